"""KaTeX's fonts cut to the signs that the book's formulas show in them: 1 to 8 kB a font instead of up to 28.

Which font a sign is drawn in follows from KaTeX's own style: its rules give family, weight and style by the classes of a span.

>>> fonts = used([HTML.format("mathnormal", "x")], faces(STYLE), rules(STYLE))
>>> {name: "".join(sorted(signs)) for name, signs in fonts.items()}
{'Main.woff2': '=', 'Math.woff2': 'x'}
"""

import re

START = '<span class="katex-html"'
HTML = START + ' aria-hidden="true"><span class="base">=<span class="mord {}">{}</span></span></span>'  # for the examples
STYLE = (
    "@font-face{font-family:A;src:url(fonts/Main.woff2)}@font-face{font-family:B;font-style:italic;src:url(fonts/Math.woff2)}"
    ".katex{font:normal 1em A,serif}.katex .mathnormal{font-family:B;font-style:italic}"
)
TOKEN = re.compile(r'<span(?: class="([^"]*)")?[^>]*>|(</span>)|<[^>]*>|([^<]+)')
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&nbsp;": "\u00a0"}
PLAIN = {"font-style": "normal", "font-weight": "400"}


def _said(body):
    """The declarations about fonts in a rule, as a dict."""
    said = dict(part.split(":", 1) for part in body.split(";") if ":" in part)
    if "font" in said:  # normal 1.21em KaTeX_Main,Times New Roman,serif
        said |= PLAIN | {"font-family": said["font"].split(" ", 2)[2].split(",")[0]}
    return {key: said[key].strip('"') for key in ("font-family", *PLAIN) if key in said}


def faces(style):
    """{(family, style, weight): the font's file name} of KaTeX's style sheet."""
    found = {}
    for selector, body in RULE.findall(style):
        if selector.strip() == "@font-face":
            said = PLAIN | _said(body)
            found[said["font-family"], said["font-style"], said["font-weight"]] = re.search(r"fonts/([\w.-]+)", body)[1]
    return found


def rules(style):
    """[(the classes that an element needs, what it is then drawn in)], in order; the formula's own rule needs ``katex``."""
    found = []
    for selectors, body in RULE.findall(style):
        said = _said(body)
        for selector in selectors.split(",") if said and "@font-face" not in selectors else []:
            last = selector.removesuffix(">span").split()[-1]  # what a parent says, its spans inherit
            found.append((frozenset(re.findall(r"\.([\w-]+)", last)), said))
    return found


def used(pages, faces, rules):
    """{file name: the set of signs that the formulas of the pages (texts of HTML) show in that font}."""
    found, known = {}, {}
    (start,) = (said for classes, said in rules if classes == {"katex"})

    def inside(outer, classes):
        key = (outer, classes)
        if key not in known:
            inner, names = dict(zip(("font-family", *PLAIN), outer, strict=True)), set((classes or "").split())
            for needed, said in rules:
                if needed and needed <= names:
                    inner |= said
            known[key] = tuple(inner.values())
        return known[key]

    for page in pages:
        place = page.find(START)
        while place >= 0:
            stack = [tuple((PLAIN | start)[key] for key in ("font-family", *PLAIN))]
            for token in TOKEN.finditer(page, place):
                if token[3] and stack[-1] in faces:
                    found.setdefault(faces[stack[-1]], set()).update(_plain(token[3]))
                elif token[2]:
                    stack.pop()
                    if len(stack) == 1:
                        break
                elif token[0].startswith("<span"):
                    stack.append(inside(stack[-1], token[1]))
            place = page.find(START, token.end())
    return found


def _plain(text):
    return re.sub(r"&[#\w]+;", lambda entity: ENTITIES.get(entity[0], entity[0]), text)


def cut(vendored, site):
    """Cut the fonts of a built site; one that no formula uses is left whole, because no page loads it."""
    from companion.book.vendor import cut_font

    fonts = vendored / "static" / "vendor" / "katex"
    style = (fonts / "katex.min.css").read_text(encoding="utf-8")
    pages = (page.read_text(encoding="utf-8") for page in sorted(site.rglob("*.html")))
    for name, signs in used(pages, faces(style), rules(style)).items():
        cut_font(fonts / "fonts" / name, site / "_static" / "vendor" / "katex" / "fonts" / name, "".join(sorted(signs)))

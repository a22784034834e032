"""The themes' style sheets without the rules for what is on no page: a third of what they were.

A rule stays if every class in its selector is a word of some page or of some script, which may set it later.

>>> slim("/*! by b.com; */ .a:not(.b) p, .b i { color: red } @media print { .b { top: 0 } .a { top: 1em } }", {"a"})
'/*! by b.com; */.a:not(.b) p{ color: red }@media print{.a{ top: 1em }}'
"""

import re

SHEETS = ("styles/pydata-sphinx-theme.css", "styles/sphinx-book-theme.css", "basic.css", "mystnb.*.css", "togglebutton.css")
COMMENT = re.compile(r"/\*(?!!).*?\*/", re.DOTALL)  # a licence, /*! …, stays
STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[{}]")
CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")
WORD = re.compile(r"[\w-]+")
GROUPS = ("@media", "@supports", "@layer", "@container")


def cut(site):
    """Slim the style sheets of a built site."""
    words = set()
    for path in [*site.rglob("*.html"), *(site / "_static").rglob("*.js")]:
        words.update(WORD.findall(path.read_text(encoding="utf-8")))
    for sheet in SHEETS:
        for path in (site / "_static").glob(sheet):
            path.write_text(slim(path.read_text(encoding="utf-8"), words), encoding="utf-8")


def slim(style, words):
    """The style sheet ``style`` without the selectors, and then the rules, whose classes are not all among ``words``."""
    return "".join(_kept(COMMENT.sub("", style), words))


def _kept(style, words):
    for prelude, body in _blocks(style):
        *before, selector = re.split(r"(?<=;)(?![^/]*\*/)|(?<=\*/)", prelude)  # licences and @charset
        yield "".join(part.strip() for part in before)
        selector = selector.strip()
        if selector.startswith(GROUPS):
            inner = "".join(_kept(body, words))
            yield f"{selector}{{{inner}}}" if inner else ""
        elif selector.startswith("@"):
            yield f"{selector}{{{body}}}"
        elif selector:
            used = [each for each in _parts(selector) if set(CLASS.findall(_outside(each))) <= words]
            yield f"{','.join(used)}{{{body}}}" if used else ""


def _blocks(style):
    """(what stands before a block, what is in it), for every block of the first level; then what stands after the last one."""
    start, depth = 0, 0
    for sign in STRING.finditer(style):
        if sign[0] == "{":
            depth += 1
            if depth == 1:
                prelude, inside = style[start : sign.start()], sign.end()
        elif sign[0] == "}":
            depth -= 1
            if depth == 0:
                yield prelude, style[inside : sign.start()]
                start = sign.end()
    yield style[start:].strip() and style[start:] + ";", ""


def _outside(selector):
    """A selector without what stands in brackets: ``:not(.a)`` needs no ``a``, ``:is(.a, .b)`` not both."""
    before = None
    while before != selector:
        before, selector = selector, re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", selector)
    return re.sub(r"\\.", "", selector)


def _parts(selector):
    """The selectors of a list, cut at its own commas only."""
    depth, part = 0, ""
    for sign in selector:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            yield part.strip()
            part = ""
        else:
            part += sign
    yield part.strip()

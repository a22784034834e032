"""Pages without a line of script in their HTML, so that a host may forbid inline scripts (``POLICY``).

Themes write small scripts and ``onclick`` attributes into the pages. Once the pages are written, such a script moves to a file
that is loaded in its place, and what a button did is named by ``data-course-action``, which ``page.js`` carries out.
"""

import re
from hashlib import sha256
from os.path import relpath

POLICY = (  # Firefox fetches the next page ahead, which `default-src` must allow
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; frame-src 'none'; "
    "form-action 'self'; base-uri 'none'"
)
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL | re.IGNORECASE)
ACTION = re.compile(r"(<[a-z][^>]*?\s)onclick=\"([\w.]+\(\))\"")
FORBIDDEN = {
    "a handler in an attribute": r"<[a-z][^>]*\son[a-z]+=\"[^\"]*\"[^>]*>",
    "an address that is a script": r"(?:href|src)=\"javascript:[^\"]*",
    "from another host": r"<(?:script|img|iframe)[^>]*\ssrc=\"(?:https?:)?//[^\"]*",
}
FOLDER = "course/inline"


def apply(site):
    """Move every inline script of a built site to a file, and rename the actions of its buttons."""
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        clean, scripts = externalised(text, relpath(site / "_static", page.parent).replace("\\", "/"))
        for name, body in scripts.items():
            path = site / "_static" / FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
        if clean != text:
            page.write_text(clean, encoding="utf-8")


def externalised(text, static):
    """The page ``text`` without inline scripts, and the scripts by file name; ``static`` is the way to the static folder.

    >>> externalised("<script>let x = 1;</script><script>let x = 1;</script>", "../_static")[0]
    '<script src="../_static/course/inline/aad7378dfeb8.js"></script>'
    """
    scripts = {}

    def move(script):
        attributes, body = script["attributes"], script["body"].strip()
        kind = re.search(r"\btype=\"([^\"]*)\"", attributes)
        if "src=" in attributes or (kind and kind[1] not in ("text/javascript", "module")):  # a file, or data
            return script[0]
        name = f"{sha256(body.encode()).hexdigest()[:12]}.js"
        if not body or name in scripts:  # said twice by a theme
            return ""
        scripts[name] = body + "\n"
        return f'<script src="{static}/{FOLDER}/{name}"></script>'

    return ACTION.sub(r'\1data-course-action="\2"', SCRIPT.sub(move, text)), scripts


def complaints(text):
    """What a page holds that ``POLICY`` forbids, one sentence each."""
    for script in SCRIPT.finditer(text):
        kind = re.search(r"\btype=\"([^\"]*)\"", script["attributes"])
        if "src=" not in script["attributes"] and not (kind and "json" in kind[1]):
            yield f"an inline script: {script['body'].strip()[:60]!r}"
    markup = SCRIPT.sub(lambda script: f"<script{script['attributes']}>", text)
    for what, pattern in FORBIDDEN.items():
        yield from (f"{what}: {found[0][:80]!r}" for found in re.finditer(pattern, markup))

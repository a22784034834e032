"""The widgets' scripts: small ES modules here, joined into what Jupyter (`_esm`) and the static page load."""

import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:function|const) (\w+))", re.MULTILINE)
COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)  # whole lines only: readers of the page do not need them
DEFAULT = re.compile(r"^export default (.*);\n", re.MULTILINE)
WIDGETS = {
    "explorer": "companion.widgets.explorer.Explorer",
    "question": "companion.widgets.question.Question",
}


@cache
def source(module):
    return (HERE / f"{module}.js").read_text(encoding="utf-8")


@cache
def modules(module):
    """The modules that ``module`` needs, each after those it needs itself; ``module`` last.

    >>> modules("controls")
    ('dom', 'markup', 'play', 'state', 'controls')
    """
    needed = (name for _, names in IMPORT.findall(source(module)) for name in modules(names))
    return (*dict.fromkeys(needed), module)


def scoped(module):
    """The module as a constant `$module` that holds what it exports; its other names stay inside.

    >>> print(scoped("dom").splitlines()[0], scoped("dom").splitlines()[-2:])
    const $dom = (() => { ['return { html, svg, show };', '})();']
    """
    text = COMMENT.sub("", IMPORT.sub(r"const \1 = $\2;\n", source(module)))
    exports = EXPORT.findall(text)
    default = DEFAULT.search(text)
    returned = default[1] if default else f"{{ {', '.join(exports)} }}"
    body = DEFAULT.sub("", EXPORT.sub("", text)).strip()
    return f"const ${module} = (() => {{\n{body}\nreturn {returned};\n}})();\n"


def esm(module):
    """The ES module that Jupyter loads for a widget."""
    return "".join(map(scoped, modules(module))) + f"export default ${module};\n"


def style():
    """The style of all widgets."""
    return (HERE / "widgets.css").read_text(encoding="utf-8")


def static_script():
    """The classic script of the static page: every widget under its `_anywidget_id`, and the host that starts them.

    No module, no blob and no network: it works from a double-clicked file and under a strict content policy.
    """
    needed = dict.fromkeys(name for module in WIDGETS for name in modules(module))
    widgets = ", ".join(f'"{key}": ${module}' for module, key in WIDGETS.items())
    parts = ['"use strict";\n(() => {\n', *map(scoped, needed)]
    host = COMMENT.sub("", source("host"))
    return "".join(parts) + f"globalThis.courseWidgets = {{ {widgets} }};\n{host}}})();\n"


def static_style():
    """The style sheet of the static page."""
    return style()

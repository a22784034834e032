"""The widgets' scripts: small ES modules here, joined into what Jupyter (`_esm`) and the static page load."""

import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
IMPORT = re.compile(r"^import\s+\{[^}]*\}\s+from\s+\"\./([a-z]+)\.js\";\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=async function|function|const|class)", re.MULTILINE)
DEFAULT = re.compile(r"^export default (\{[^}]*\});\n", re.MULTILINE)
WIDGETS = {
    "explorer": "companion.widgets.explorer.Explorer",
    "question": "companion.widgets.question.Question",
}


def source(module):
    return (HERE / f"{module}.js").read_text(encoding="utf-8")


@cache
def modules(module):
    """The names of the modules that ``module`` needs, each after those it needs itself; ``module`` last.

    >>> modules("explorer")[-1]
    'explorer'
    """
    order = []
    for needed in IMPORT.findall(source(module)):
        order += [name for name in modules(needed) if name not in order]
    return (*order, module)


def joined(names):
    """One script of the modules: without their imports and exports, since they now share one scope."""
    return "\n".join(EXPORT.sub("", IMPORT.sub("", source(name))) for name in names)


def esm(module):
    """The ES module that Jupyter loads for a widget."""
    return joined(modules(module))


def style():
    """The style of all widgets."""
    return (HERE / "widgets.css").read_text(encoding="utf-8")


def static_script():
    """The classic script of the static page: every widget under its `_anywidget_id`, and the host that starts them.

    No module, no blob and no network: it works from a double-clicked file and under a strict content policy.
    """
    needed = dict.fromkeys(name for module in WIDGETS for name in modules(module))
    script = joined(needed)
    for widget in WIDGETS.values():
        script = DEFAULT.sub(rf'(globalThis.courseWidgets ||= {{}})["{widget}"] = \1;\n', script, count=1)
    return f'"use strict";\n(() => {{\n{script}\n{source("host")}}})();\n'


def static_style():
    """The style sheet of the static page."""
    return style()

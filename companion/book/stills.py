"""What an Explorer is where no script runs: its picture at the starting values, drawn at build time by the widget's own code."""

import json
import subprocess

from docutils import nodes
from sphinx.util import logging

from companion.book.katex import NODE
from companion.book.renderer import WIDGET_VIEW
from companion.widgets import bundle

logger = logging.getLogger(__name__)
STATE = "application/vnd.jupyter.widget-state+json"
EXPLORER = bundle.WIDGETS["explorer"]


def draw(states):
    """{id: {"spec": …, "data": base64}} -> {id: HTML}; a ValueError where a state cannot be drawn."""
    command = [NODE, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", bundle.HERE / "still.js"]
    done = subprocess.run(command, input=json.dumps(states), capture_output=True, encoding="utf-8", timeout=120)
    if done.returncode:
        raise ValueError(f"a widget cannot be drawn: {done.stderr.strip()[-400:]}")
    return json.loads(done.stdout)


def explorers(notebook):
    """The Explorers that a notebook (a dict) keeps, as ``draw`` takes them."""
    models = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    return {
        key: {"spec": model["state"]["spec"]} | {b["path"][0]: b["data"] for b in model["buffers"]}
        for key, model in models.items()
        if model["state"].get("_anywidget_id") == EXPLORER
    }


def add_stills(app, doctree):
    """Put the picture of each Explorer before it, in place of the words that myst-nb's output has for it."""
    path = app.env.doc2path(app.env.docname)
    views = [node for node in doctree.findall(nodes.raw) if f'type="{WIDGET_VIEW}"' in node.astext()]
    if not views or not path.endswith(".ipynb"):
        return
    with open(path, encoding="utf-8") as file:
        states = explorers(json.load(file))
    try:
        pictures = draw(states)
    except ValueError as error:
        logger.warning("%s", error, location=app.env.docname, type="widgets")
        return
    for view in views:
        picture = pictures.get(json.loads(view.astext().split(">", 1)[1].rsplit("<", 1)[0])["model_id"])
        if picture is None:
            continue
        place = view.parent.index(view)
        view.parent.insert(place, nodes.raw(text=picture, format="html"))
        words = place + 2
        if words < len(view.parent) and view.parent[words].astext().startswith("<noscript>"):
            del view.parent[words]

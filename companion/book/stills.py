"""What the build makes of a saved Explorer: its picture for where no script runs, drawn by the widget's own code, and bytes
that compress well."""

import base64
import json
import re
import subprocess

from docutils import nodes
from sphinx.util import logging

from companion.book.katex import NODE
from companion.book.renderer import WIDGET_VIEW
from companion.widgets import bundle
from companion.widgets.differences import as_differences

logger = logging.getLogger(__name__)
STATE = "application/vnd.jupyter.widget-state+json"
SAVED = re.compile(rf'(<script[^>]*type="{re.escape(STATE)}"[^>]*>)(.*?)(</script>)', re.DOTALL)
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


def squeeze(text):
    """The text of a page whose saved states compress well: the numbers of its Explorers as differences."""
    return SAVED.sub(lambda found: found[1] + _squeezed(found[2]) + found[3], text)


def _squeezed(body):
    saved = json.loads(body)
    for entry in saved["state"].values():
        if entry["state"].get("_anywidget_id") == EXPLORER:
            compact(entry)
    return json.dumps(saved, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")


def compact(entry):
    """Change the saved state of an Explorer in place, unless it has been changed already."""
    spec = entry["state"]["spec"]
    for buffer in entry["buffers"]:
        if buffer["path"] == ["data"] and not spec.get("differences"):
            entry["state"]["spec"], data = as_differences(spec, base64.b64decode(buffer["data"]))
            buffer["data"] = base64.b64encode(data).decode()


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

"""Execute notebooks in place and normalise them, so that doing it twice changes no byte.

    python -m tools.notebooks                       every notebook of the book
    python -m tools.notebooks book/welcome.ipynb    these only
    python -m tools.notebooks --as-it-is …          normalise without executing
"""

import argparse
import json
import os
import re
import sys
import time
from hashlib import sha256
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from companion.book.bindings import problems
from tools.address import address, install
from tools.files import write_whole

ROOT = Path(__file__).parent.parent
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
REFERENCE = re.compile(r"IPY_MODEL_([0-9a-f]{32})")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
SINGLE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}


def execute(notebook, folder, *, timeout=300):
    """Run every cell in a fresh kernel, in ``folder``; the outputs and the widget state land in ``notebook``."""
    os.environ |= SINGLE_THREAD  # sums of floats depend on the number of threads
    client = NotebookClient(
        notebook, timeout=timeout, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute()


COLAB = "colab"  # the tag of the one cell that is the same in every notebook
COLAB_SOURCE = """\
import sys

if "google.colab" in sys.modules:  # Colab lacks this course's package; elsewhere it is there, and this cell does nothing
    %pip install --quiet {}"""


def add_colab_cell(notebook):
    """Before all other code comes the cell that installs the package in Colab: put in, or renewed with today's address.

    In an executed notebook the counts of all other cells move on by one, as they would if it were executed again.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    source = COLAB_SOURCE.format(install(*address()))
    if not code:
        return notebook
    if COLAB in code[0].metadata.get("tags", []):
        code[0].source = source
        return notebook
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["remove-cell", COLAB]})
    for part in [*code, *(output for each in code for output in each.outputs)]:
        if part.get("execution_count"):
            part.execution_count += 1
            cell.execution_count = 1
    notebook.cells.insert(notebook.cells.index(code[0]), cell)
    return notebook


def normalise(notebook, name):
    """Everything that differs between two runs of the same notebook is removed or named by its place."""
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index:02d}"
        cell.metadata = {key: cell.metadata[key] for key in ("tags", "mystnb") if cell.metadata.get(key)}
        if cell.cell_type == "code":
            cell.outputs = _merge_streams(cell.outputs)
    state = _normal_widgets(notebook, name)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}} | state)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _merge_streams(outputs):
    merged = []
    for output in outputs:
        if merged and output.output_type == "stream" and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


# What JupyterLab draws in a trusted notebook until its cells are run; without a script it would draw an error.
ASLEEP = 'export default { render({ el }) { el.textContent = "Run this cell to wake the widget."; } };'


def _normal_widgets(notebook, name):
    """Widget models renamed in order of appearance; their scripts and styles (a host supplies them) and orphans dropped."""
    shown = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if VIEW in output.get("data", {})
    ]
    models = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    if not shown:
        return {}
    order = list(dict.fromkeys(output.data[VIEW]["model_id"] for output in shown))
    for old in order:  # breadth first: grows while it is walked
        models[old]["state"].pop("_css", None)
        if "_anywidget_id" in models[old]["state"]:
            models[old]["state"]["_esm"] = ASLEEP
        order += [ref for ref in dict.fromkeys(REFERENCE.findall(_json(models[old]["state"]))) if ref not in order]
    new = {old: sha256(f"{name}:{index}".encode()).hexdigest()[:32] for index, old in enumerate(order)}
    for output in shown:
        output.data[VIEW]["model_id"] = new[output.data[VIEW]["model_id"]]
        output.metadata[VIEW] = {"alt": output.data["text/plain"]}  # for a reader without scripts
    renamed = {
        new[old]: json.loads(REFERENCE.sub(lambda match: "IPY_MODEL_" + new[match[1]], _json(models[old])))
        for old in order
    }
    return {"widgets": {STATE: {"state": renamed, "version_major": 2, "version_minor": 0}}}


def _json(value):
    return json.dumps(value, sort_keys=True)


def complaints(notebook):
    """Outputs that must not be published: errors, anything on stderr, memory addresses."""
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"cell {index} ends in {output.ename}: {output.evalue}"
            elif output.output_type == "stream" and output.name == "stderr":
                yield f"cell {index} writes on stderr: {output.text.strip()[:200]!r}"
            texts = [output.get("text", "")] + [
                output.get("data", {}).get(mime, "") for mime in ("text/plain", "text/html", "text/markdown")
            ]
            for text in texts:
                if address := re.search(r"[^\n]{0,60}\b0x[0-9a-fA-F]{6,}", "".join(text)):
                    yield f"cell {index} prints a memory address: {address[0]!r}"


def refresh(path, *, run=True):
    """Execute and normalise one notebook in place; the list of what is wrong with it."""
    name = path.resolve().relative_to(ROOT).as_posix()
    notebook = add_colab_cell(nbformat.read(path, as_version=4))
    if run:
        try:
            execute(notebook, path.parent)
        except CellExecutionError as error:
            return [str(error)]
    if wrong := list(complaints(notebook)):
        return wrong
    write_whole(path, nbformat.writes(normalise(notebook, name)) + "\n")
    return problems(notebook)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--as-it-is", action="store_true")
    options = parser.parse_args(arguments)
    paths = options.notebooks or sorted(
        path for path in (ROOT / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
    )
    failed = False
    for path in paths:
        start = time.perf_counter()
        wrong = refresh(path, run=not options.as_it_is)
        print(f"{path}: {time.perf_counter() - start:.0f} s" + ("" if wrong else ", good"), flush=True)
        for line in wrong:
            print(f"  {line}", flush=True)
        failed |= bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

"""The notebooks as they are committed: executed, normal, built after one plan, and fit to be read."""

import json
import re
import signal
import statistics
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from companion.book import toc
from companion.book.bindings import MARK
from companion.chapters import DEEPER, of_page
from tools import notebooks as tool

ROOT = Path(__file__).parents[1]
PAGES = toc.pages(toc.load(ROOT))
CHAPTERS = [ROOT / f"{name}.ipynb" for name in PAGES if of_page(Path(name).name)]  # core pages and deeper ones
DEEP = [path for path in CHAPTERS if path.stem.endswith(DEEPER)]
CORE = [path for path in CHAPTERS if path.with_stem(path.stem + DEEPER) in DEEP]  # what they allow: tests/test_core_pages.py
NOTEBOOKS = sorted(path for path in (ROOT / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)

PLAN = [  # of a chapter that has one page still
    "Guess first",
    "See it",
    r"\d\. .+",
    "Where it breaks",
    "What the documents say",
    "Exercises",
    "What you can now claim",
    "Next",
]
LONGEST, LONGEST_FOLDED, MEDIAN = 15, 34, 7  # lines of a code cell, each as narrow as the page


def read(path):
    return nbformat.read(path, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


def outputs(notebook):
    return [output for cell in code(notebook) for output in cell.outputs]


every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
every_first_page = pytest.mark.parametrize("path", [path for path in CHAPTERS if path not in DEEP], ids=lambda path: path.stem)
every_page_alone = pytest.mark.parametrize("path", [p for p in CHAPTERS if p not in DEEP + CORE], ids=lambda path: path.stem)


def test_every_notebook_is_in_the_book():
    named = {ROOT / f"{name}.ipynb" for name in PAGES}
    assert set(NOTEBOOKS) <= named
    assert set(CHAPTERS) <= set(NOTEBOOKS)


@every_notebook
def test_every_cell_was_executed_in_order(path):
    """nbval passes over cells that were never executed, so this is what makes it strict."""
    counts = [cell.execution_count for cell in code(read(path))]
    assert counts == list(range(1, len(counts) + 1))


@every_notebook
def test_is_normal(path):
    """`make notebooks` would change nothing but outputs: also the cell for Colab is there, with today's address."""
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOT).as_posix()
    notebook = tool.add_colab_cell(nbformat.reads(text, as_version=4))
    assert nbformat.writes(tool.normalise(notebook, name)) + "\n" == text


@every_notebook
def test_one_cell_is_for_colab_and_no_other_installs_anything(path):
    cells = read(path).cells
    assert [cell for cell in cells if tool.COLAB in tags(cell)] == [cell for cell in cells if cell.cell_type == "code"][:1]
    assert [cell.source for cell in cells if "pip install" in cell.source and tool.COLAB not in tags(cell)] == []


@every_notebook
def test_publishes_no_error_no_stderr_no_address(path):
    assert list(tool.complaints(read(path))) == []


@every_notebook
def test_tags_are_known_and_lower_case(path):
    """nbval silently ignores a tag that it does not know, such as one in capitals."""
    known = {"hide-input", "remove-input", "remove-cell", "hide-output", "raises-exception", "nbval-ignore-output", tool.COLAB}
    assert {tag for cell in read(path).cells for tag in tags(cell)} <= known


@every_notebook
def test_every_picture_has_words(path):
    for output in outputs(read(path)):
        for mime in {"image/svg+xml", "image/png"} & set(output.get("data", {})):
            assert len(output.metadata.get(mime, {}).get("alt", "").split()) > 5
            assert output.data["text/plain"].startswith("Figure: ")


@every_notebook
def test_widgets_carry_data_only(path):
    """Scripts and styles come from the book or the package, once; and what a widget says of itself is stable."""
    notebook = read(path)
    state = notebook.metadata.get("widgets", {}).get(tool.STATE, {}).get("state", {})
    assert [model for model in state.values() if "_css" in model["state"]] == []
    assert {model["state"].get("_esm", tool.ASLEEP) for model in state.values()} <= {tool.ASLEEP}
    shown = [output.data for output in outputs(notebook) if tool.VIEW in output.get("data", {})]
    assert {data[tool.VIEW]["model_id"] for data in shown} <= set(state)
    assert all(len(data["text/plain"]) > 10 for data in shown)


@every_page_alone
def test_follows_the_plan_of_a_chapter(path):
    source = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    source = re.sub(r"^```.*?^```", "", source, flags=re.M | re.S)
    titles = re.findall(r"^# (.+)$", source, re.M)
    assert len(titles) == 1 and titles[0].endswith("?")
    headings = re.findall(r"^## (.+)$", source, re.M)
    steps = [heading for heading in headings if re.fullmatch(PLAN[2], heading)]
    assert [int(step.split(".")[0]) for step in steps] == list(range(1, len(steps) + 1)) and 2 <= len(steps) <= 5
    kinds = [next((step for step in PLAN if re.fullmatch(step, heading)), heading) for heading in headings]
    assert list(dict.fromkeys(kinds)) == PLAN
    assert len(kinds) == len(PLAN) + len(steps) - 1


@every_chapter
def test_code_comes_in_small_pieces(path):
    cells = [cell for cell in code(read(path)) if tool.COLAB not in tags(cell)]
    assert "hide-input" in tags(cells[0])
    lengths = {"open": [], "hide-input": []}
    for cell in cells:
        if not set(tags(cell)) & {"remove-cell", "remove-input"}:
            lengths["hide-input" if "hide-input" in tags(cell) else "open"].append(len(cell.source.splitlines()))
    assert max(lengths["open"]) <= LONGEST and max(lengths["hide-input"]) <= LONGEST_FOLDED
    assert statistics.median(lengths["open"]) <= MEDIAN


@pytest.mark.parametrize("stem", ["residual", "clipping", "activations", "regularisation"])
def test_code_is_as_narrow_as_the_page(stem):
    """About 80 signs are shown at 1280 px; a little more is a scroll bar, not a loss."""
    (path,) = (path for path in NOTEBOOKS if path.stem == stem)
    shown = [cell for cell in code(read(path)) if not set(tags(cell)) & {"remove-cell", "remove-input"}]
    assert [line for cell in shown for line in cell.source.splitlines() if len(line) > 88] == []


@every_first_page
def test_has_at_least_four_exercises(path):
    """A chapter, on its two pages."""
    deeper = path.with_stem(path.stem + DEEPER)
    source = "\n".join(cell.source for page in [path, deeper] if page in CHAPTERS for cell in code(read(page)))
    shown = re.findall(r"^exercise\(\"(ch\d\d-[\w-]+)\"\)", source, re.M)
    assert len([name for name in shown if "-guess" not in name]) >= 4
    assert len(set(shown)) == len(shown)


@every_chapter
def test_has_the_length_of_a_sitting(path):
    """A wide band: outside of it a chapter is two chapters, or none yet."""
    words = sum(
        len(re.sub(MARK, "", cell.source).split()) for cell in read(path).cells if cell.cell_type == "markdown"
    )
    assert (300 if path in DEEP else 600 if path in CORE else 900) <= words <= 4000


@every_first_page
def test_shows_a_figure_and_a_widget(path):
    kinds = [set(output.get("data", {})) for output in outputs(read(path))]
    assert 1 <= sum("image/svg+xml" in kind for kind in kinds) <= 9
    assert any(tool.VIEW in kind for kind in kinds)


# --- the tool itself ----------------------------------------------------------------------------------------------------


def executed(*sources, folder):
    """A notebook of these code cells, executed and normalised, with its path."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    tool.execute(notebook, folder)
    return notebook


WIDGET = """import anywidget, traitlets
class Count(anywidget.AnyWidget):
    _esm = "export default {render() {}}"
    value = traitlets.Int(3).tag(sync=True)
    def __repr__(self):
        return "a widget that counts"
Count()"""


def test_two_runs_give_the_same_bytes(tmp_path):
    sources = ["print(1)\nprint(2)", WIDGET, "from companion import bind\nbind(x=0.5)"]
    first, second = (
        nbformat.writes(tool.normalise(executed(*sources, folder=tmp_path), "book/x.ipynb")) for _ in range(2)
    )
    assert first == second
    written = json.loads(first)
    counts = [model["state"] for model in written["metadata"]["widgets"][tool.STATE]["state"].values()]
    assert [state["value"] for state in counts if "value" in state] == [3]
    assert [state["_esm"] for state in counts if "value" in state] == [tool.ASLEEP]
    assert [cell["metadata"] for cell in written["cells"]] == [{}, {}, {}]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("import sys\nprint('planted', file=sys.stderr)", "cell 0 writes on stderr: 'planted'"),
        ("object()", "cell 0 prints a memory address"),
        ("print(object())", "cell 0 prints a memory address"),
    ],
)
def test_what_must_not_be_published_is_reported(tmp_path, source, complaint):
    found = list(tool.complaints(executed(source, folder=tmp_path)))
    assert len(found) == 1 and complaint in found[0]


def test_the_colab_cell_is_what_executing_it_would_give(tmp_path):
    """Put into an executed notebook, it gives the same bytes as a notebook that is executed with it; twice changes nothing."""
    sources = ["print(1)\n2", "from companion import bind\nbind(x=0.5)", "3"]
    late = tool.add_colab_cell(executed(*sources, folder=tmp_path))
    early = tool.add_colab_cell(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources]))
    tool.execute(early, tmp_path)
    texts = [nbformat.writes(tool.normalise(notebook, "x")) for notebook in (late, early, tool.add_colab_cell(late))]
    assert texts[0] == texts[1] == texts[2]
    assert [cell.execution_count for cell in late.cells] == [1, 2, 3, 4] and late.cells[1].outputs[1].execution_count == 2
    assert late.cells[0].outputs == []


def test_the_colab_cell_follows_the_address(tmp_path, monkeypatch):
    notebook = tool.add_colab_cell(executed("1", folder=tmp_path))
    monkeypatch.setattr(tool, "address", lambda: ("https://github.com/somebody/course", "main"))
    assert tool.add_colab_cell(notebook).cells[0].source.endswith("git+https://github.com/somebody/course@main")
    assert [cell.execution_count for cell in notebook.cells] == [1, 2]


@pytest.mark.parametrize("colab", [False, True])
def test_the_colab_cell_installs_in_colab_only(colab):
    """IPython runs the cell; its `%pip` is replaced by one that says what it was told."""
    from IPython.core.interactiveshell import InteractiveShell

    told = []
    shell = InteractiveShell()
    shell.register_magic_function(told.append, "line", "pip")
    source = tool.add_colab_cell(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])).cells[0].source
    there = ["sys.modules['google.colab'] = sys"] if colab else []
    shell.run_cell("\n".join(["import sys", *there])).raise_error()
    try:
        shell.run_cell(source).raise_error()
    finally:
        sys.modules.pop("google.colab", None)
    assert told == ["install --quiet " + tool.install(*tool.address())] * colab


@pytest.mark.parametrize("n", [100, 9000])
def test_a_notebook_survives_the_death_of_the_tool(tmp_path, n):
    """The process is killed when what it writes has grown to n bytes; then the tool is called again."""
    name = "trial.ipynb"
    cells = [nbformat.v4.new_code_cell("print('x' * 20_000)", execution_count=1)]
    cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text="x" * 20_000)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / name)
    before = (tmp_path / name).read_text()
    program = (
        "import pathlib, resource, signal, sys; from tools import notebooks as tool\n"
        "tool.ROOT = pathlib.Path(sys.argv[1])\n"
        "if sys.argv[2] != '0':\n"
        "    signal.signal(signal.SIGXFSZ, signal.SIG_DFL); resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)\n"
        f"sys.exit(tool.main(['--as-it-is', sys.argv[1] + '/{name}']))"
    )
    run = [sys.executable, "-c", program, str(tmp_path)]
    assert subprocess.run([*run, str(n)], cwd=ROOT).returncode == -signal.SIGXFSZ
    assert (tmp_path / name).read_text() == before
    assert subprocess.run([*run, "0"], cwd=ROOT, capture_output=True).returncode == 0
    assert [each.name for each in tmp_path.iterdir()] == [name] and len(read(tmp_path / name).cells) == 2


def test_an_error_in_a_cell_leaves_the_notebook_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    path = tmp_path / "broken.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")]), path)
    before = path.read_text()
    assert "ZeroDivisionError" in tool.refresh(path)[0]
    assert path.read_text() == before


def test_nbval_notices_an_output_that_drifted(tmp_path):
    """The comparison that `make test` runs over the book can fail: on a number, and on the words of a figure."""
    draw = "from companion.views import plots\nfig, ax = plots.figure()\nplots.show(fig, 'A picture of 3 dots, and no more.')"
    notebook = tool.normalise(executed("1 + 1", "from companion import bind\nbind(x=0.5)", draw, folder=tmp_path), "x")
    notebook.cells[2].outputs[0].data["image/svg+xml"] = "<svg>another machine</svg>"  # sanitised, so no difference
    nbformat.write(notebook, tmp_path / "same.ipynb")
    for cell, was, now in [(0, "2", "3"), (1, "0.5", "0.6"), (2, "3 dots", "4 dots")]:
        data = notebook.cells[cell].outputs[0].data
        data["text/plain"] = data["text/plain"].replace(was, now)
    nbformat.write(notebook, tmp_path / "drifted.ipynb")
    sanitise = ["--nbval", "--nbval-sanitize-with", str(ROOT / "tests" / "nbval_sanitize.cfg")]
    command = [sys.executable, "-m", "pytest", *sanitise, "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "-q"]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, cwd=tmp_path)
    assert "3 failed, 3 passed" in done.stdout

"""A failing test prints at most 40 lines: a comparison of long texts, a long output, a cell of a notebook."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
LONG = """
def test_texts():
    assert "\\n".join(map(str, range(9_000))) == "\\n".join(map(str, range(1, 9_001)))

def test_lists():
    assert [[i] * 300 for i in range(500)] == []

def test_prints():
    print("a line\\n" * 5_000)
    raise ValueError("x" * 100_000 + "\\n" + "y\\n" * 5_000)

def test_is_short():
    assert 1 == 2
"""


def failures(folder, *options):
    """What pytest prints about each failure in a folder that has the conftest of the course."""
    shutil.copy(ROOT / "conftest.py", folder)
    command = [sys.executable, "-m", "pytest", "-vv", "-p", "no:cacheprovider", "--rootdir", str(folder), *options, str(folder)]
    text = subprocess.run(command, capture_output=True, text=True, cwd=folder).stdout
    body = text.partition("= FAILURES =")[2].partition("= short test summary")[0]
    parts = [part.splitlines() for part in ("\n" + body).split("\n____")[1:]]
    return {part[0].strip("_ "): part for part in parts}


def test_a_failing_test_prints_at_most_40_lines(tmp_path):
    (tmp_path / "test_long.py").write_text(LONG)
    found = failures(tmp_path)
    assert set(found) == {"test_texts", "test_lists", "test_prints", "test_is_short"}
    for name, lines in found.items():
        assert len(lines) <= 42 and max(map(len, lines)) < 300, name  # with its title and an empty line
        assert "left out" in "".join(lines) or name == "test_is_short"
    assert "def test_texts():" in "\n".join(found["test_texts"])
    assert "test_long.py:13: AssertionError" in found["test_is_short"]


def test_a_cell_that_drifted_prints_at_most_40_lines(tmp_path):
    cell = nbformat.v4.new_code_cell("for i in range(5000):\n    print(i)", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="other\n" * 5000)]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "drifted.ipynb")
    (lines,) = failures(tmp_path, "--nbval").values()
    assert 10 < len(lines) <= 42 and "left out" in "".join(lines)

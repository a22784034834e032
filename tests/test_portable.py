"""The check on other processors finds what differs there, and names what it compared."""

import platform
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from companion import runs
from companion.chapters import CHAPTERS, of_page
from tools import portable
from tools.processor import OLDER, older, origin

pytestmark = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="the settings are for x86-64 processors")


def notebook(path, code, printed):
    """A notebook with one cell that is committed as executed."""
    output = nbformat.v4.new_output("stream", name="stdout", text=printed)
    cell = nbformat.v4.new_code_cell(code, outputs=[output], execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return str(path)


def test_a_number_of_one_processor_is_found(tmp_path, capsys):
    code = "import torch\nprint(torch.backends.cpu.get_cpu_capability())"
    assert portable.main([notebook(tmp_path / "own.ipynb", code, "AVX9000\n")]) == 1
    said = capsys.readouterr().out
    assert said.count("NOT the same") == 2 and "+ AVX9000" in said and "- DEFAULT" in said and "1 failed" in said
    assert "sse (OpenBLAS Katmai, NumPy baseline, PyTorch DEFAULT)" in said


def test_what_holds_everywhere_passes(tmp_path, capsys):
    assert portable.main([notebook(tmp_path / "sum.ipynb", "print(f'{sum([0.1] * 10):.3f}')", "1.000\n")]) == 0
    assert capsys.readouterr().out.count("the same\n1 passed") == len(OLDER)


def test_the_settings_are_two_others():
    blas = {portable.in_use(setting) for setting in older().values()}
    assert len(blas) == 2 and f"OpenBLAS {origin()['openblas']}" not in blas


def test_a_recording_is_compared_unit_by_unit():
    recording, record = runs.recordings()["ch11-revival"], runs.load("ch11-revival")
    assert portable.differences(recording, record).startswith("0 of 20 units differ, 0 by more than 2 %")

    def times(factor, row):
        return row | {"accuracy": [a * factor for a in row["accuracy"]]}

    made = replace(record, rows=(times(1.1, record.rows[0]), times(1.01, record.rows[1]), *record.rows[2:]))
    assert portable.differences(recording, made).startswith("2 of 20 units differ, 1 by more")


def test_every_chapter_is_run():
    pages = portable.chapters()
    assert {of_page(Path(page).stem) for page in pages} == set(CHAPTERS)
    assert all((portable.ROOT / page).exists() for page in pages)


def test_a_long_failure_is_cut():
    lines = ["F", "=== FAILURES ===", "____ book::Cell 1 ____", *["x"] * 100, "=== short test summary info ===", "FAILED"]
    short = list(portable.shortened("\n".join([*lines, "1 failed in 2 s"])))
    assert len(short) == portable.LINES + 2 and short[-2:] == ["… 71 lines more", "1 failed in 2 s"]

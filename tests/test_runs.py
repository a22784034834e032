"""Recorded runs: the files are what the table says, their conclusions hold, a sample is measured again, the tool resumes."""

import importlib.util
import json
import linecache
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from companion import runs
from companion.runs import Recording, grid, plain, same
from tools.runs import _hash, code_of, record

TABLE = runs.recordings()
ROOT = Path(__file__).parents[1]


def test_every_recording_has_its_file_and_every_file_its_recording():
    assert {path.stem for path in runs.files()} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_a_recorded_sample_is_measured_again(name):
    recording, recorded = TABLE[name], runs.load(name)
    setting = recording.settings[recording.sample]
    want = {key: value for key, value in recorded.rows[recording.sample].items() if key not in setting}
    got = recording.measure(recording.sample)
    assert same(got, want, recording.rtol), (setting, got, want)


@pytest.mark.parametrize("name", TABLE)
def test_a_file_holds_the_units_of_the_table(name):
    recording, recorded = TABLE[name], runs.load(name)
    kept = tuple({key: row[key] for key in s} for row, s in zip(recorded.rows, recording.settings, strict=True))
    assert kept == recording.settings
    assert (recorded.chapter, recorded.about) == (recording.chapter, recording.about)
    assert json.loads(runs.path_of(name).read_text())["code"] == _hash(code_of(recording.unit)), "run `make runs`"
    assert {"python", "numpy", "torch", "processor", "openblas", "torch_instructions"} <= set(recorded.origins[0])
    assert recorded.seconds[recording.sample] <= runs.SAMPLE_SECONDS


@pytest.mark.parametrize("name", TABLE)
def test_the_conclusions_hold(name):
    assert TABLE[name].conclusions, "say what the book may conclude from it"
    assert TABLE[name].broken(runs.load(name)) == []


def powers(base, exponent):
    if (base, exponent) in stops:
        raise KeyboardInterrupt
    calls.append((base, exponent))
    return {"power": np.float64(base) ** exponent, "steps": np.arange(exponent) / 3, "stopped": None}


calls, stops = [], []


def recording(unit=powers, **changes):
    fields = {"name": "ch06-powers", "chapter": 6, "about": "Powers.", "settings": grid(base=[2.0, 3.0], exponent=[1, 2])}
    return Recording(**fields | {"unit": unit} | changes)


def files(tmp_path):
    return {"cache": tmp_path / "cache", "folder": tmp_path, "quiet": True}


def test_what_is_recorded_can_be_read(tmp_path, monkeypatch):
    record(recording(), **files(tmp_path))
    monkeypatch.setattr(runs, "path_of", lambda name: tmp_path / f"{name}.json")
    monkeypatch.setattr(runs, "files", lambda: [*tmp_path.glob("*.json")])
    got = runs.load("ch06-powers")
    np.testing.assert_array_equal(got["power"], [2, 4, 3, 9])
    assert got.where(base=3.0, exponent=2).rows == (
        {"base": 3.0, "exponent": 2, "power": 9.0, "steps": [0.0, 0.333333], "stopped": None},
    )
    assert len(got.where(base=2).seconds) == 2 and {"python", "numpy", "processor"} <= set(got.where(base=2).origins[1])
    with pytest.raises(ValueError, match=r"base of ch06-powers must be one of 2.0, 3.0, got 5"):
        got.where(base=5)
    with pytest.raises(ValueError, match="column must be one of base, exponent, power, steps, stopped, got 'loss'"):
        got["loss"]
    with pytest.raises(ValueError, match=r"name must be a recorded run \(ch06-powers\), got 'ch06-power'"):
        runs.load("ch06-power")


def test_infinite_results_survive_the_file(tmp_path, monkeypatch):
    unit = recording(lambda **_: {"loss": [np.inf, np.nan, -np.inf]})
    record(unit, **files(tmp_path))
    monkeypatch.setattr(runs, "path_of", lambda name: tmp_path / f"{name}.json")
    monkeypatch.setattr(runs, "files", lambda: [*tmp_path.glob("*.json")])
    np.testing.assert_array_equal(runs.load("ch06-powers")["loss"][0], [np.inf, np.nan, -np.inf])


def test_a_stopped_recording_goes_on_where_it_was(tmp_path):
    calls.clear()
    stops.append((3.0, 1))
    with pytest.raises(KeyboardInterrupt):
        record(recording(), **files(tmp_path))
    stops.clear()
    assert calls == [(2.0, 1), (2.0, 2)] and not (tmp_path / "ch06-powers.json").exists()
    record(recording(), **files(tmp_path))
    assert calls[2:] == [(3.0, 1), (3.0, 2)]
    first = (tmp_path / "ch06-powers.json").read_text()
    record(recording(), **files(tmp_path))
    assert len(calls) == 4 and (tmp_path / "ch06-powers.json").read_text() == first
    record(recording(), **files(tmp_path) | {"cache": tmp_path / "a fresh clone has none"})
    assert len(calls) == 4 and (tmp_path / "ch06-powers.json").read_text() == first
    record(recording(), fresh=True, **files(tmp_path))
    assert len(calls) == 8
    old, new = (json.loads(text) for text in (first, (tmp_path / "ch06-powers.json").read_text()))
    assert old | {"seconds": 0} == new | {"seconds": 0}


def test_another_setting_is_another_unit(tmp_path):
    record(recording(), **files(tmp_path))
    calls.clear()
    clone = files(tmp_path) | {"cache": tmp_path / "a fresh clone has none"}
    record(recording(settings=grid(base=[2.0], exponent=[2, 3])), **clone)
    assert calls == [(2.0, 3)]
    again = record(recording(about="Powers of two.", settings=grid(base=[2.0], exponent=[3])), **clone)
    assert calls == [(2.0, 3)] and json.loads(again.read_text())["about"] == "Powers of two."


def test_a_whole_file_is_not_touched(tmp_path):
    target = record(recording(), **files(tmp_path))
    target.chmod(0o400)
    before = target.stat()
    record(recording(), **files(tmp_path))
    assert (target.stat().st_ino, target.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_units_keep_where_they_were_measured(tmp_path):
    target = record(recording(settings=grid(base=[2.0], exponent=[1])), **files(tmp_path))
    elsewhere = target.read_text().replace('"processor": "', '"processor": "another ')
    target.write_text(elsewhere)
    record(recording(settings=grid(base=[2.0], exponent=[1, 2])), **files(tmp_path))
    kept = json.loads(target.read_text())
    assert kept["origin"] == [0, 1] and kept["origins"][0]["processor"] == "another " + kept["origins"][1]["processor"]


CHILD = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
import test_runs as tests
from tools.runs import record

if __name__ == "__main__":
    folder = Path({folder!r})
    {before}
    record(tests.recording({unit}), cache=folder / "cache", folder=folder, jobs={jobs}, quiet=True)
"""


def child(folder, *, unit="", before="", jobs=1):
    """A process that records; it can be killed."""
    code = CHILD.format(root=str(ROOT), tests=str(ROOT / "tests"), folder=str(folder), unit=unit, before=before, jobs=jobs)
    (folder / "child.py").write_text(code, encoding="utf-8")
    return subprocess.Popen([sys.executable, str(folder / "child.py")])


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize("syncs", [1, 3, 5])  # the first unit, one in the middle, the file
def test_a_kill_in_the_middle_of_a_write_leaves_the_old_file_whole(tmp_path, syncs):
    target = record(recording(settings=grid(base=[5.0], exponent=[1])), **files(tmp_path))
    first = target.read_text()
    kill = "os.kill(os.getpid(), signal.SIGKILL) if next(left, None) is None else None"
    assert child(tmp_path, before=f"left = iter(range({syncs - 1})); os.fsync = lambda file: {kill}").wait() == -signal.SIGKILL
    assert target.read_text() == first
    calls.clear()
    record(recording(), **files(tmp_path))
    assert len(calls) == 5 - syncs and len(json.loads(target.read_text())["units"]) == 4


def endless(base, exponent):
    """Writes into the pipe that the test reads as long as somebody reads it."""
    with open(os.environ["COURSE_TEST_PIPE"], "w") as pipe:
        while True:
            pipe.write(".")
            pipe.flush()
            time.sleep(0.05)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_workers_end_with_their_parent(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_TEST_PIPE", str(tmp_path / "pipe"))
    os.mkfifo(tmp_path / "pipe")
    parent = child(tmp_path, unit="tests.endless", jobs=2)
    with open(tmp_path / "pipe", "rb", buffering=0) as pipe:  # opens when the first worker does
        assert pipe.read(1) == b"."
        parent.kill()
        parent.wait()
        end = time.monotonic() + 30
        last = b"."
        while last:  # the pipe ends when nobody has it open for writing
            said = select.select([pipe], [], [], max(0, end - time.monotonic()))[0]
            assert said and time.monotonic() < end, "a worker goes on without its parent"
            last = pipe.read(1000)


def sums(base, exponent):
    return {"power": base + exponent}


def test_another_function_is_another_unit(tmp_path):
    texts = [record(recording(unit), **files(tmp_path)).read_text() for unit in (powers, sums)]
    assert '"power": 8.0' not in texts[1] and '"result": {"power": 5.0}' in texts[1]


def test_what_a_unit_uses_of_its_file_is_its_code(tmp_path, monkeypatch):
    lines = ["import math", "A = 2", "B = 3", "def helper(x): return A * x", "def unit(x): return {'y': helper(x)}"]
    source = "\n".join([*lines, "def other(x): return B", ""])

    def code(text):
        (tmp_path / "unit_file.py").write_text(text)
        spec = importlib.util.spec_from_file_location("unit_file", tmp_path / "unit_file.py")
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "unit_file", module)
        spec.loader.exec_module(module)
        linecache.clearcache()
        return code_of(module.unit)

    first = code(source)
    assert first.splitlines()[0] == "A = 2" and "B = 3" not in first and "math" not in first and "other" not in first
    assert code(source.replace("A = 2", "A = 5 ")) != first
    assert code(source.replace("A * x", "A + x ")) != first
    assert code(source.replace("B = 3", "B = 7 ").replace("return B", "return -B")) == first
    assert code(source + "TABLE = [x for x in (1, 2)]\n") == first  # this x is not the one of unit
    commented = source.replace("A = 2", "A = 2  # layers").replace("unit(x): return", 'unit(x):\n    """Doc."""\n    return')
    assert code(commented) == code(source.replace("unit(x): return", "unit(x):\n    return"))


def test_two_cores_write_what_one_writes(tmp_path):
    unit = recording(sums)  # a worker imports it by its name
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, jobs in ((one, 1), (two, 2)):
        folder.mkdir()
        record(unit, jobs=jobs, **files(folder))
    kept = [json.loads((folder / "ch06-powers.json").read_text())["units"] for folder in (one, two)]
    assert kept[0] == kept[1]


def test_an_error_says_which_unit_it_was(tmp_path):
    unit = recording(lambda base, exponent: 1 / 0)
    with pytest.raises(ZeroDivisionError) as error:
        record(unit, **files(tmp_path))
    assert error.value.__notes__ == ["while measuring ch06-powers with {'base': 2.0, 'exponent': 1}"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "powers"}, "name must look like ch06-what-is-measured, got 'powers'"),
        ({"settings": []}, "settings of ch06-powers must hold at least one"),
        ({"settings": grid(base=[1, 1])}, "and each only once"),
        ({"sample": 4}, "sample of ch06-powers must be below 4, the number of units, got 4"),
        ({"rtol": 0}, "rtol must be a finite number > 0, got 0"),
        ({"conclusions": [sums]}, r"must say in its docstring what it is, not so \['sums'\]"),
    ],
)
def test_a_wrong_recording_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        recording(**changes)


@pytest.mark.parametrize("result", [{}, [1.0], {"base": 1.0}])
def test_a_unit_must_name_its_results(result):
    with pytest.raises(ValueError, match=r"the unit of ch06-powers must return names and results, none of \['base', 'exp"):
        recording(lambda **_: result).measure(0)


def test_only_plain_things_are_kept():
    assert plain((np.float64(1 / 3), np.bool_(True), "x", range(2))) == [0.333333, True, "x", [0, 1]]
    with pytest.raises(TypeError, match="a setting or result must be a number, a text, None, or a list of these, got <"):
        plain(object())


@pytest.mark.parametrize(
    ("got", "want", "agree"),
    [
        (1.0009, 1.0, True),
        (1.0011, 1.0, False),
        (1e-12, 0.0, False),
        ([1.0, float("nan")], [1.0, float("nan")], True),
        ([1.0], [1.0, 1.0], False),
        ({"a": 1.0}, {"b": 1.0}, False),
        ("stopped", "stopped", True),
        (None, 1.0, False),
        (True, 1.0, True),
    ],
)
def test_agreement_is_relative(got, want, agree):
    assert same({"x": got}, {"x": want}, 1e-3) == agree


def test_a_conclusion_that_does_not_hold_is_named(tmp_path):
    def grows(record):
        """A larger exponent gives a larger power."""
        return record.where(exponent=2)["power"].min() > record.where(exponent=1)["power"].max()

    unit = recording(conclusions=[grows])
    assert unit.broken(runs.read(record(unit, **files(tmp_path)))) == []
    shrinking = recording(settings=grid(base=[0.5], exponent=[1, 2]), conclusions=[grows])
    made = runs.read(record(shrinking, **files(tmp_path) | {"folder": tmp_path / "cache"}))
    assert shrinking.broken(made) == ["grows: A larger exponent gives a larger power."]


def test_reading_needs_no_torch():
    code = "import sys, companion.runs; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0

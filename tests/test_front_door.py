"""``import companion`` is quick: it never imports torch, matplotlib or a widget library."""

import subprocess
import sys

import pytest

import companion
from companion.chapters import CHAPTERS

HEAVY = ("torch", "scipy", "matplotlib", "anywidget", "sklearn", "IPython", "joblib", "tqdm", "ml_dtypes")


def heavy_after(code):
    """Which heavy packages a fresh interpreter has loaded after running ``code``."""
    script = f"import sys\n{code}\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_import_companion_loads_nothing_heavy():
    assert heavy_after("import companion") == []


@pytest.mark.parametrize("room", ["chain", "network", "theory", "propagation", "practice.checker", "claims"])
def test_a_room_does_not_import_torch(room):
    assert "torch" not in heavy_after(f"import companion.{room}")


NUMPY_ONLY = """
import sys
from importlib.abc import MetaPathFinder

class NothingElse(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {"companion", "numpy", *sys.stdlib_module_names}:
            raise ModuleNotFoundError(f"No module named {name!r} (only NumPy is here)", name=name)

sys.meta_path.insert(0, NothingElse())
import companion
"""


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


def test_answers_are_judged_with_numpy_alone():
    """One exercise of every chapter, right and wrong: what runs Python in a page has nothing else."""
    code = NUMPY_ONLY + """
from companion.practice import catalogue
from companion.chapters import CHAPTERS
for slug in CHAPTERS:
    for exercise in catalogue.of(slug):
        if exercise.kind == "code":
            wrong = exercise.mistakes[0].answer
            right, given = companion.check(exercise.id, exercise.reference), companion.check(exercise.id, wrong)
            print(slug, right.status, given.status)
            break
"""
    done = run(code)
    assert done.stderr == ""
    assert done.stdout.split("\n")[:-1] == [f"{slug} correct wrong" for slug in CHAPTERS]


def test_more_than_numpy_is_refused_there():
    for name in ("scipy", "threadpoolctl", "matplotlib", "IPython"):
        assert "only NumPy is here" in run(NUMPY_ONLY + f"import {name}").stderr


@pytest.mark.parametrize(
    "code, wanted",
    [
        ("import companion.training", 'pip install torch, or, in a clone of the course, pip install -e ".[torch]"'),
        ("from companion import torch_nets", "torch is needed here and is not installed: pip install torch"),
        ("companion.monitor", "torch is needed here"),
        ("import companion.gradient_rules", "torch is needed here"),
        ("from companion.data import digits; digits()", "sklearn is needed here and is not installed: pip install scikit-learn"),
        ("companion.exercise('ch00-q-layer')", "IPython is needed here and is not installed: pip install ipython"),
        ("companion.bind(a=1)", "IPython is needed here"),
    ],
)
def test_a_missing_package_is_named_with_the_way_to_get_it(code, wanted):
    last = run(NUMPY_ONLY + code).stderr.splitlines()[-1]
    assert last.startswith("ModuleNotFoundError") and wanted in last and "install companion" not in last


def test_the_test_can_fail():
    pytest.importorskip("torch")
    assert "torch" in heavy_after("import companion, torch")


def test_the_front_door_is_short_and_every_name_on_it_opens():
    assert len(companion.__all__) <= 14
    for name in companion.__all__:
        assert getattr(companion, name) is not None


def test_an_unknown_name_lists_the_front_door():
    with pytest.raises(AttributeError, match=r"no attribute 'chains'; the front door is: activations"):
        _ = companion.chains

"""``import companion`` is quick: it never imports torch, matplotlib or a widget library."""

import subprocess
import sys

import pytest

import companion

HEAVY = ("torch", "matplotlib", "anywidget", "sklearn")


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

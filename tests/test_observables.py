"""What a profile widget shows: three sizes, two references, one word for the network."""

import numpy as np
import pytest

from companion import signals, theory
from companion.propagation import Profile, profile
from companion.views import observables
from companion.views.observables import OBSERVABLES, SIZES, decades, fate, log10_sizes, panel
from companion.widgets import Band, Explorer, Frame

NETS = {
    biases: profile(activation="relu", initialization="torch_default", depth=40, width=50, seeds=5, batch=4, biases=biases)
    for biases in ("zero", "drawn")
}
BOTH = pytest.mark.parametrize("relative", SIZES)
EACH = pytest.mark.parametrize("shown", OBSERVABLES)


def marks(view):
    """{name: mark}, the band as "band"."""
    return {mark.name or "band": mark for mark in view.marks}


def made(values, **others):
    """A profile of given log10 δ, everything else 1."""
    values = np.atleast_2d(values)
    ones = np.zeros_like(values)
    return Profile(ones, values, *(others.get(name, ones) for name in ("told", "weights")))


@EACH
@BOTH
def test_what_is_shown_is_what_was_measured(shown, relative):
    net = NETS["drawn"]
    rate = 0.01 if shown == "relative_gradient" else 1.0
    sizes = rate * getattr(net, shown)  # (S, L), from the profile itself
    want = np.log10(sizes / sizes[:, -1:] if relative == "relative" else sizes)
    np.testing.assert_allclose(log10_sizes(net, shown, relative), want, rtol=1e-9, atol=1e-9)
    drawn = marks(panel(net, shown, relative))["measured"]
    at = drawn.x.astype(int) - 1
    np.testing.assert_allclose(drawn.y, np.median(want, axis=0)[at], rtol=1e-9, atol=1e-9)


@EACH
@BOTH
def test_the_prediction_is_that_of_the_same_thing(shown, relative):
    told = theory.sizes("relu", 3**-0.5, 150**-0.5, 40, width=50, batch=4)
    view = marks(panel(NETS["drawn"], shown, relative, theory=told))
    assert view["theory"].dash and np.abs(view["theory"].y - view["measured"].y).max() < 0.6
    wrong = theory.sizes("relu", 3**-0.5, 0.0, 40, width=50, batch=4)  # without the biases it is another line, if not for δ
    off = np.abs(marks(panel(NETS["drawn"], shown, relative, theory=wrong))["theory"].y - view["measured"].y).max()
    assert (off > 5) == (shown != "delta")


def test_the_rate_belongs_to_the_update_alone():
    net = NETS["zero"]
    for shown in OBSERVABLES:
        shift = log10_sizes(net, shown, rate=0.1) - log10_sizes(net, shown, rate=0.001)
        np.testing.assert_allclose(shift, 2 * (shown == "relative_gradient"), rtol=0, atol=1e-12)
    assert observables.label("relative_gradient", "absolute", rate=0.1).startswith("log10 (0.1 ")


def test_a_shape_is_hung_on_the_measured_last_layer():
    net, shape = made([[-3.0, -2.0, -5.0]]), [1.0, 0.0]
    assert marks(panel(net, "delta", "absolute", theory=shape))["theory"].y.tolist() == [-4.0, -5.0]
    assert marks(panel(net, "delta", "relative", theory=shape))["theory"].x.tolist() == [2, 3]


def test_without_a_prediction_the_picture_says_so():
    net = NETS["zero"]
    assert panel(net, "delta", "relative").title == observables.NO_THEORY
    assert panel(net, "delta", "relative", theory=[0.0]).title == panel(net, "delta", "relative", title="").title == ""


@EACH
def test_the_colour_says_what_delta_does_whatever_is_shown(shown):
    for lost, word in ((-2.0, "vanishing"), (-1.0, "healthy"), (1.04, "healthy"), (3.0, "exploding")):
        net = made([[lost, 0.0]], told=np.zeros((1, 2)))
        assert {mark.role for mark in panel(net, shown, "relative").marks} == {word} == {signals.fate(lost)}


def test_dead_layers_are_marked_and_overflow_explodes():
    dead = made([[-np.inf, -np.inf, -np.inf]])
    assert np.isneginf(panel(dead, "delta", "relative").marks[0].y).all() and fate(dead) == "vanishing"
    half = made([[-np.inf, 0.0], [-np.inf, 0.0], [-1.0, 0.0]])
    assert decades(half) == -np.inf and fate(made([[np.nan, np.nan]])) == "exploding"


@BOTH
def test_weights_of_exactly_zero_have_no_relative_update(relative):
    """Neither a warning nor a number: they have no share of themselves."""
    nothing = np.full((1, 3), -np.inf)
    silent = Profile(nothing, nothing, nothing, nothing)
    assert np.isnan(log10_sizes(silent, "relative_gradient", relative)).all()
    told = Profile(nothing, np.zeros((1, 3)), np.zeros((1, 3)), nothing)
    assert np.isposinf(log10_sizes(told, "relative_gradient")).all()


@BOTH
@pytest.mark.parametrize("end", [-0.01, -0.9, -3.0, -17.0, 40.0, -130.0])
def test_no_frame_hides_the_effect(relative, end):
    """All values inside, and an effect of two decades or more fills a third of the height of its side."""
    view = panel(made(np.linspace(end, 0, 30)[None] - 7), "delta", relative)
    low, high = view.y.domain
    drawn = np.concatenate([mark.y for mark in view.marks])
    assert low <= drawn.min() and drawn.max() <= high and view.y.fit is False and high - low >= 2
    if abs(end) > 2:
        assert np.ptp(drawn) >= (high - low) / 4


def test_the_numbers_are_those_of_the_picture():
    said = observables.numbers(NETS["drawn"], "weight_gradient")
    shown = marks(panel(NETS["drawn"], "weight_gradient", "relative"))["measured"].y
    assert said == {"told": round(shown[0], 1), "ratio": round(decades(NETS["drawn"]), 1), "fate": "vanishing"}
    assert said["told"] < -5 < 5 < -said["ratio"]


def test_few_points_but_both_ends():
    line = marks(panel(NETS["zero"], "delta", "relative"))["measured"]
    assert line.x[[0, -1]].tolist() == [1, 40] and len(line.x) == observables.POINTS
    assert isinstance(panel(NETS["zero"], "delta", "relative").marks[0], Band)


def test_the_controls_are_the_arguments():
    def frame(shown, relative):
        return Frame(panel(NETS["zero"], shown, relative), readouts=observables.numbers(NETS["zero"], shown))

    explorer = Explorer("three", frame, [observables.SHOWN, observables.RELATIVE], readouts=observables.READOUTS)
    assert len(explorer.spec["controls"]) == 2 and explorer.spec["rows"] == 6
    assert len({observables.label(shown, relative) for shown in OBSERVABLES for relative in SIZES}) == 6


def test_bad_theory_is_named():
    for bad in (np.zeros((2, 2)), np.zeros(50)):
        with pytest.raises(ValueError, match="theory must be Sizes, or at most 40 numbers"):
            panel(NETS["zero"], "delta", "relative", theory=bad)

"""Walks: D3's printed end, the limits of the ascents, closed forms on a parabola, and walks that run away."""

import numpy as np
import pytest

from companion.descent import walk
from companion.surfaces import HILLS, Surface, landscape

PARABOLA = Surface("parabola", 1, lambda x: x**2 / 2, lambda x: (x,))


def test_the_printed_end_of_the_document():
    """D3 prints x=-3.104, y=0.789: its ten steps of width 0.9, cut off after three decimals (rounding gives -3.105)."""
    end = walk(HILLS, (0, 0), steps=10, direction="up", slope="forward", step=0.9).points[-1]
    assert np.array_equal(np.trunc(end * 1000) / 1000, [-3.104, 0.789])
    assert np.array_equal(end.round(3), [-3.105, 0.789])


def test_the_same_walk_by_a_loop_written_out():
    def height(x, y):
        return 0.2 * np.sin(x + y + np.sqrt(x**2 + y**2)) - np.sin(x / 2)

    x, y = 0.0, 0.0
    for _ in range(10):
        z = height(x, y)
        x, y = x + (height(x + 0.9, y) - z) / 0.9, y + (height(x, y + 0.9) - z) / 0.9
    path = walk(HILLS, (0, 0), steps=10, direction="up", slope="forward", step=0.9)
    np.testing.assert_allclose(path.points[-1], [x, y], rtol=1e-12, atol=0)


@pytest.mark.parametrize(("width", "height"), [(0.9, 1.141), (0.5, 1.182), (0.1, 1.199), (0.01, 1.19999)])
def test_the_width_decides_how_high_the_ascent_ends(width, height):
    path = walk(HILLS, (0, 0), steps=500, direction="up", slope="forward", step=width)
    assert path.values[-1] == pytest.approx(height, abs=6e-4 if width > 0.01 else 6e-6)
    assert np.abs(path.points[-1] - path.points[-2]).max() < 1e-12


def test_the_exact_ascent_beside_the_tip_reaches_the_ridge():
    path = walk(HILLS, (0.01, 0.01), steps=500, direction="up")
    assert path.values[-1] == pytest.approx(1.2, rel=1e-9, abs=0)


@pytest.mark.parametrize("rate", [0.1, 1.0, 1.9, 2.0, 2.5])
def test_on_a_parabola_each_step_multiplies_by_one_minus_rate(rate):
    path = walk(PARABOLA, 3.0, steps=8, rate=rate)
    np.testing.assert_allclose(path.points[:, 0], 3.0 * (1 - rate) ** np.arange(9), rtol=1e-12, atol=0)
    np.testing.assert_allclose(path.values, path.points[:, 0] ** 2 / 2, rtol=1e-15, atol=0)


def test_up_is_down_with_the_other_sign():
    up, down = (walk(landscape(1), 58.0, steps=1, direction=direction).points[:, 0] for direction in ("up", "down"))
    assert up[1] - up[0] == pytest.approx(down[0] - down[1], rel=1e-12, abs=0)
    assert down[1] > 58.0  # the landscape falls to the right of 58


def test_a_walk_that_runs_away_is_kept():
    path = walk(PARABOLA, 1.0, steps=400, rate=1e3)
    assert path.points.shape == (401, 1)
    assert np.isinf(path.values).any()
    assert np.isnan(path.points[-1]).all()


def test_the_record_tells_how_it_was_made():
    path = walk(HILLS, [1, 1], steps=3, rate=0.5, direction="up", slope="forward", step=0.1)
    assert (path.rate, path.direction, path.slope, path.step) == (0.5, "up", "forward", 0.1)
    assert path.points.shape == (4, 2)
    assert np.array_equal(path.values, HILLS.value(path.points))
    assert walk(HILLS, [1, 1], steps=0).points.tolist() == [[1.0, 1.0]]


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"steps": -1}, ValueError, "steps must be a whole number >= 0, got -1"),
        ({"steps": 2.5}, TypeError, "steps must be a whole number >= 0, got 2.5"),
        ({"rate": 0}, ValueError, "rate must be a finite number > 0, got 0"),
        ({"rate": np.inf}, ValueError, "rate must be a finite number > 0, got inf"),
        ({"direction": "sideways"}, ValueError, "direction must be one of down, up, got 'sideways'"),
        ({"slope": "central"}, ValueError, "slope must be one of exact, forward, got 'central'"),
        ({"slope": "forward"}, TypeError, "step must be a finite number > 0, got None"),
        ({"slope": "forward", "step": -0.9}, ValueError, "step must be a finite number > 0, got -0.9"),
        ({"step": 0.9}, ValueError, "step must be left out with slope='exact', got 0.9"),
        ({"start": (1.0, np.nan)}, ValueError, r"start must be finite, got nan at index \(1,\)"),
        ({"start": 1.0}, ValueError, r"start must have shape \(2\), got \(1,\)"),
        ({"start": "here"}, TypeError, "start must be an array of numbers, got 'here'"),
        ({"start": (0, 0)}, ValueError, r"start \(0, 0\) leads to a point without a gradient, start beside it: .*cone"),
    ],
)
def test_bad_input_is_named(change, kind, message):
    arguments = {"start": (1.0, 1.0), "steps": 3} | change
    with pytest.raises(kind, match=message):
        walk(HILLS, **arguments)


def test_a_landscape_without_its_scale_is_no_surface():
    with pytest.raises(TypeError, match=r"surface must be a Surface such as HILLS or landscape\(10\), got <function"):
        walk(landscape, 58.0, steps=1)

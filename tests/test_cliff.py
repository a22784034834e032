"""The recurrent unit against derivatives and searches that know nothing of it."""

import re

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from companion.chapters.clipping import cliff
from companion.gradcheck import complex_step

POINTS = [(6.1, -2.95), (5.0, -2.6), (2.0, 0.3), (-3.0, 1.0), (0.0, 0.0)]
MODERATE = [(w, b) for w in (3.0, 5.0, 7.0) for b in (-3.5, -2.0, 0.0)]


def state(theta):
    """x_50, written out once more, for complex numbers too."""
    w, b = theta
    x = 0.5
    for _ in range(50):
        x = w / (1 + np.exp(-x)) + b
    return x


def loss(theta):
    return (1 / (1 + np.exp(-state(theta))) - 0.7) ** 2


@pytest.mark.parametrize("point", POINTS + MODERATE)
def test_the_derivatives_equal_the_complex_step(point):
    got = cliff.run(*point)
    np.testing.assert_allclose(got.loss, loss(point), rtol=1e-9, atol=0)
    # on the wall's side a rounding of x_1 is multiplied by a million
    np.testing.assert_allclose([got.by_weight, got.by_bias], complex_step(state, point), rtol=1e-8, atol=0)
    np.testing.assert_allclose(got.gradient, complex_step(loss, point), rtol=1e-8, atol=0)


def test_many_units_at_once_are_the_same_units():
    w, b = np.array(POINTS).T
    together = cliff.run(w, b)
    assert together.gradient.shape == (5, 2)
    for k, point in enumerate(POINTS):
        alone = cliff.run(*point)
        np.testing.assert_allclose(together.gradient[k], alone.gradient, rtol=1e-9, atol=0)
    assert cliff.run(w[:, None], b).loss.shape == (5, 5)


def test_the_wall_begins_where_the_fixed_point_turns_unstable():
    s = 1 / (1 + np.exp(-0.5))
    assert cliff.CUSP == pytest.approx(1 / (s * (1 - s)), rel=1e-14, abs=0)
    assert round(cliff.CUSP, 6) == 4.255252  # LITERATURE: 1 / s'(1/2), by hand
    np.testing.assert_allclose(cliff.wall([0.0, 1.0, 6.0]), [0.5, 0.5 - s, 0.5 - 6 * s], rtol=1e-15, atol=0)
    assert round(float(0.5 - cliff.wall(1.0)), 6) == 0.622459


@pytest.mark.parametrize("weight", [2.0, 3.9, 4.5, 5.0, 5.5])
def test_on_the_wall_the_state_stays_and_its_slope_is_a_geometric_series(weight):
    got = cliff.run(weight, cliff.wall(weight))
    assert got.state == pytest.approx(0.5, rel=1e-9)
    assert got.by_bias == pytest.approx(cliff.steepness(weight), rel=1e-9, abs=0)
    assert got.by_weight == pytest.approx(cliff.steepness(weight) * 0.6224593312, rel=1e-9, abs=0)


def test_the_published_height():
    """(α^50 − 1)/(α − 1) at w = 5, evaluated independently to ten digits."""
    assert cliff.steepness(5.0) == pytest.approx(18155.80818, rel=1e-9, abs=0)
    assert cliff.steepness(cliff.CUSP) == pytest.approx(50, rel=1e-9, abs=0)
    assert cliff.steepness(0) == 1


@pytest.mark.parametrize("weight", [5.0, 5.5, 6.0])
def test_the_gradient_is_largest_on_the_wall(weight):
    on = cliff.wall(weight)
    grid = on + np.linspace(-0.01, 0.01, 4001)
    best = grid[np.hypot(*cliff.run(weight, grid).gradient.T).argmax()]
    found = minimize_scalar(
        lambda b: -np.log(np.hypot(*cliff.run(weight, b).gradient)),
        bounds=(best - 5e-6, best + 5e-6),
        method="bounded",
        options={"xatol": 1e-12},
    ).x
    assert abs(found - on) < 1e-4


def test_an_unclipped_walk_is_thrown_off_the_map():
    free = cliff.walk((6.1, -2.95), rate=0.05, steps=400)
    assert free.lengths.max() == pytest.approx(1448.2, rel=1e-4)
    assert free.norms.max() == pytest.approx(28964, rel=1e-4)
    assert free.losses[-1] == pytest.approx(0.09, rel=1e-9)  # s(x) = 1: (1 − 0.7)²
    np.testing.assert_allclose(free.points[0], (6.1, -2.95))
    np.testing.assert_allclose(np.diff(free.points, axis=0), -0.05 * free.gradients[:-1], rtol=1e-9, atol=1e-12)


def test_a_clipped_walk_steps_along_what_clip_returns():
    seen = []

    def half(gradients):
        seen.append([g.shape for g in gradients])
        return [g / 2 for g in gradients]

    clipped, free = cliff.walk((6.0, -2.0), rate=0.2, steps=5, clip=half), cliff.walk((6.0, -2.0), rate=0.1, steps=5)
    assert seen[0] == [(1,), (1,)]
    np.testing.assert_array_equal(clipped.points, free.points)
    np.testing.assert_array_equal(clipped.gradients, free.gradients)


def test_no_steps_is_the_start():
    stay = cliff.walk((1, 2), rate=1.0, steps=0)
    assert stay.points.tolist() == [[1.0, 2.0]] and stay.lengths.shape == (0,) and stay.norms.shape == (1,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cliff.run(np.nan, 0.0), "weight must be finite, got nan"),
        (lambda: cliff.run(1.0, np.inf), "bias must be finite, got inf"),
        (lambda: cliff.walk((1, 2, 3), rate=1.0, steps=1), "start must have shape (2), got (3,)"),
        (lambda: cliff.walk((1, 2), rate=0.0, steps=1), "rate must be a finite number > 0, got 0.0"),
        (lambda: cliff.walk((1, 2), rate=1.0, steps=-1), "steps must be a whole number >= 0, got -1"),
        (lambda: cliff.steepness(np.inf), "weight must be a finite number, got inf"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()

"""D3's two surfaces: heights by its formulas, gradients against the complex step, the cone at the origin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.gradcheck import complex_step, relative_error
from companion.surfaces import HILLS, Surface, landscape

somewhere = st.floats(-5, 5)
along = st.floats(50, 125)


def test_hills_is_the_surface_of_the_document():
    x, y = np.meshgrid(np.arange(-5, 5, 0.25), np.arange(-5, 5, 0.25))
    want = 0.2 * np.sin(x + y + np.sqrt(x**2 + y**2)) - 1 * np.sin(x / 2)
    assert relative_error(HILLS.value(np.stack([x, y], axis=-1)), want) < 1e-14


@pytest.mark.parametrize("scale", [1, 10, 100])
def test_landscape_is_the_one_of_the_document(scale):
    x = np.linspace(50, 125, 101)
    want = scale * (
        0.3 * np.sin(x * 0.1)
        + 0.5 * np.sin(np.cos(x))
        + 0.1 * np.sin(x * 0.3 + 2)
        + 4 * np.cos(x * 0.1)
        + 6 * np.sin(x * 0.05)
    )
    assert relative_error(landscape(scale).value(x), want) < 1e-14


@given(somewhere, somewhere)
def test_hills_gradient_is_exact(x, y):
    if np.hypot(x, y) > 1e-12:  # the complex step must stay far smaller than the distance to the tip
        assert relative_error(HILLS.gradient([x, y]), complex_step(HILLS.value, [x, y])) < 1e-13


@given(along, st.sampled_from([0.001, 1.0, 10.0, 100.0]))
def test_landscape_gradient_is_exact(x, scale):
    got, want = landscape(scale).gradient(x), complex_step(landscape(scale).value, x)
    assert abs(got - want) < 1e-15 * 10 * scale  # the terms are of order scale; their sum may cancel to nearly 0


def test_landscape_gradient_is_analytic_too():
    """The curvature that chapter 2 needs: the complex step of the gradient, against a central difference."""
    curvature = complex_step(landscape(1).gradient, 60.0)
    assert curvature == pytest.approx(
        (landscape(1).gradient(60.0001) - landscape(1).gradient(59.9999)) / 0.0002, rel=1e-7, abs=0
    )


def test_top_of_the_ridge():
    """By hand: sin(x/2) = -1 at x = -π; there x + y + r = π/2 gives y = 5π/12."""
    top = np.array([-np.pi, 5 * np.pi / 12])
    assert HILLS.value(top) == pytest.approx(1.2, rel=1e-15, abs=0)
    assert np.abs(HILLS.gradient(top)).max() < 1e-15


def test_curvature_at_the_top():
    """By hand: r = 13π/12 (a 5-12-13 triangle), so ∇(x + y + r) = (1, 18)/13, and -sin(x/2) bends by -1/4."""
    top = np.array([-np.pi, 5 * np.pi / 12])
    want = -0.2 * np.outer([1, 18], [1, 18]) / 169 - np.diag([0.25, 0])
    got = HILLS.gradient(top + 1e-30j * np.eye(2)).imag / 1e-30  # (2, 2)
    assert relative_error(got, want) < 1e-14


@pytest.mark.parametrize(
    ("direction", "slope"), [((1, 0), -0.1), ((-1, 0), 0.5), ((0, 1), 0.4), ((0, -1), 0.0), ((0.6, 0.8), 0.18)]
)
def test_the_origin_is_the_tip_of_a_cone(direction, slope):
    """By hand: the slope at the tip in direction u is 0.2 (u_x + u_y + 1) - u_x / 2, which is not linear in u."""
    width = 1e-9
    assert HILLS.value(np.multiply(width, direction)) / width == pytest.approx(slope, abs=2e-9)


def test_no_gradient_is_made_up_at_the_tip():
    with pytest.raises(ValueError, match=r"point must not be \(0, 0\): .* tip of a cone .* take a point beside it"):
        HILLS.gradient([[1.0, 1.0], [0.0, -0.0]])
    assert np.isfinite(HILLS.gradient([1e-300, -1e-300])).all()


def test_forward_difference_is_a_chord():
    chord = HILLS.forward_difference([2.0, 1.0], 0.9)
    assert chord[0] == (HILLS.value([2.9, 1.0]) - HILLS.value([2.0, 1.0])) / 0.9
    assert chord[1] == (HILLS.value([2.0, 1.9]) - HILLS.value([2.0, 1.0])) / 0.9
    assert relative_error(HILLS.forward_difference([2.0, 1.0], 1e-8), HILLS.gradient([2.0, 1.0])) < 1e-6


@pytest.mark.parametrize("surface", [HILLS, landscape(10)], ids=lambda surface: surface.name)
def test_points_are_vectorised(surface):
    points = np.random.default_rng(1).uniform(1, 5, size=(3, 4, surface.dimension))
    measures = {
        "value": (surface.value, ()),
        "gradient": (surface.gradient, (surface.dimension,)),
        "chord": (lambda point: surface.forward_difference(point, 0.1), (surface.dimension,)),
    }
    for measure, tail in measures.values():
        together = measure(points)
        assert together.shape == (3, 4, *tail)
        assert np.array_equal(together[2, 1], measure(points[2, 1]))


def test_one_coordinate_also_comes_as_a_number_or_a_row():
    row = np.array([50.0, 60.0, 70.0])
    for measure in (landscape(1).value, landscape(1).gradient, lambda x: landscape(1).forward_difference(x, 0.1)):
        assert measure(row).shape == (3,)
        assert np.ndim(measure(60)) == 0
        assert measure(60) == measure(row)[1] == measure(row[:, None]).ravel()[1]


@pytest.mark.parametrize("measure", ["value", "gradient"])
def test_what_has_run_away_is_nan_without_a_warning(measure):
    assert np.isnan(getattr(HILLS, measure)([np.inf, 1.0])).any()
    assert np.isnan(getattr(landscape(1), measure)(np.nan))


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: HILLS.value(1.0), ValueError, r"point must have 2 coordinates on its last axis, got shape \(\)"),
        (lambda: HILLS.gradient([1.0, 2.0, 3.0]), ValueError, r"point must have 2 coordinates .* got shape \(3,\)"),
        (lambda: HILLS.value("top"), TypeError, "point must be an array of numbers, got 'top'"),
        (lambda: HILLS.value(None), TypeError, "point must be an array of numbers, got None"),
        (lambda: HILLS.forward_difference([1, 1], 0), ValueError, "step must be a finite number > 0, got 0"),
        (lambda: HILLS.forward_difference([1, 1], np.nan), ValueError, "step must be a finite number > 0, got nan"),
        (lambda: HILLS.forward_difference([1, 1], None), TypeError, "step must be a finite number > 0, got None"),
        (lambda: landscape(0), ValueError, "scale must be a finite number > 0, got 0"),
        (lambda: landscape("steep"), TypeError, "scale must be a finite number > 0, got 'steep'"),
    ],
)
def test_bad_input_is_named(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_a_new_surface_is_one_record():
    bowl = Surface("bowl", 3, lambda x, y, z: (x**2 + y**2 + z**2) / 2, lambda x, y, z: (x, y, z))
    assert np.array_equal(bowl.gradient([1.0, 2.0, 3.0]), [1.0, 2.0, 3.0])
    assert bowl.value([1.0, 2.0, 2.0]) == 4.5

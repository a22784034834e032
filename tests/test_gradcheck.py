"""The checks of gradients are themselves checked against closed forms."""

import numpy as np
import pytest

from companion.gradcheck import angle, central_difference, complex_step, forward_difference, relative_error

POINT = np.array([[0.3, -1.2, 2.0], [0.7, 0.1, -0.4]])


def bowl(x):
    """exp(sum(x²)/2 of a (2, 3) array); its gradient is x times its value."""
    return np.exp((x**2).sum() / 2)


def test_complex_step_is_right_to_rounding():
    assert relative_error(complex_step(bowl, POINT), POINT * bowl(POINT)) < 1e-15


def test_complex_step_sees_slopes_that_differences_lose():
    def tiny(x):
        return 1 + 1e-18 * np.sin(x).sum()

    want = 1e-18 * np.cos(POINT)
    assert relative_error(complex_step(lambda x: 1e-18 * np.sin(x).sum(), POINT), want) < 1e-15
    assert relative_error(complex_step(tiny, POINT), want) < 1e-15
    assert relative_error(central_difference(tiny, POINT), want) == 1.0


@pytest.mark.parametrize(
    ("difference", "power", "constant"),
    [(forward_difference, 1, np.sin(1.0) / 2), (central_difference, 2, np.cos(1.0) / 6)],
)
def test_error_of_differences_follows_taylor(difference, power, constant):
    step = 1e-3
    error = abs(difference(np.sin, 1.0, step=step) - np.cos(1.0))
    assert error == pytest.approx(constant * step**power, rel=2e-3, abs=0)


@pytest.mark.parametrize(
    "derivative", [complex_step, central_difference, lambda f, x: forward_difference(f, x, step=1e-7)]
)
def test_result_has_the_shape_of_x_and_x_is_untouched(derivative):
    x = POINT.copy()
    assert derivative(lambda x: (x**2).sum(), x).shape == x.shape
    assert np.array_equal(x, POINT)
    assert isinstance(derivative(np.exp, 0), float)
    assert derivative(np.exp, 0) == pytest.approx(1, rel=1e-6, abs=0)


def test_a_function_that_works_in_place_cannot_spoil_the_check():
    def careless(x):
        x *= 2
        return x.sum()

    x = POINT.copy()
    assert relative_error(forward_difference(careless, x, step=1e-6), np.full(x.shape, 2.0)) < 1e-8
    assert np.array_equal(x, POINT)


@pytest.mark.parametrize(
    ("got", "want", "error"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([1.0, 2.5], [1.0, 2.0], 0.25),
        ([0.0, 0.0], [0.0, 0.0], 0.0),
        ([], [], 0.0),
        ([1e-300], [0.0], np.inf),
        ([np.nan], [np.nan], np.inf),
        ([np.inf], [np.inf], np.inf),
        ([1e308], [-1e308], 2.0),
        ([0.0], [5e-324], 1.0),
        ([1e300], [5e-324], np.inf),
        (3, 2, 0.5),
        ([1 + 1j], [1.0], 1.0),
    ],
)
def test_relative_error(got, want, error):
    assert relative_error(got, want) == error


@pytest.mark.parametrize(
    ("first", "second", "degrees"),
    [
        ([1.0, 0.0], [0.0, 2.0], 90.0),
        ([1.0, 0.0], [-5.0, 0.0], 180.0),
        ([1e-300, 0.0], [1e300, 1e300], 45.0),
        ([1.0, 0.0], [1.0, 1e-12], np.degrees(1e-12)),
        ([1.0, 0.0], [0.0, 0.0], np.nan),
    ],
)
def test_angle(first, second, degrees):
    assert angle(first, second) == pytest.approx(degrees, rel=1e-12, abs=0, nan_ok=True)
    assert angle([first, second], second).shape == (2,)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: complex_step(np.sin, [np.nan]), ValueError, "x must be finite"),
        (lambda: complex_step(np.sin, "up"), TypeError, "x must be an array of numbers, got 'up'"),
        (lambda: complex_step(np.sin, 1.0, step=0), ValueError, "step must be a finite number > 0, got 0"),
        (lambda: complex_step(np.abs, 1.0), ValueError, "f must stay complex .* got the real number"),
        (
            lambda: complex_step(np.sin, [1.0, 2.0]),
            ValueError,
            r"f must return one number, got an array of shape \(2,\)",
        ),
        (lambda: central_difference(np.sin, 1.0, step=-1e-5), ValueError, "step must be a finite number > 0"),
        (lambda: forward_difference(np.sin, 1.0, step=None), TypeError, "step must be a finite number > 0, got None"),
        (lambda: relative_error([1.0], [1.0, 2.0]), ValueError, r"shape of want, \(2,\), got shape \(1,\)"),
        (lambda: angle([1.0, 2.0], [1.0, 2.0, 3.0]), ValueError, r"last axis of first, \(2,\), got \(3,\)"),
        (lambda: angle([1.0, np.inf], [1.0, 2.0]), ValueError, "first must be finite, got inf"),
        (lambda: relative_error("a", [1.0]), TypeError, "got must be an array of numbers, got 'a'"),
    ],
)
def test_bad_input_is_named(call, kind, message):
    with pytest.raises(kind, match=message):
        call()

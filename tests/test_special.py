"""The special functions in NumPy against SciPy's, in the middle, in the tails, at zeros; and against exact values."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from scipy import optimize
from scipy import special as scipy

from companion import special

LINE = np.r_[np.linspace(-37.5, 40, 200_001), -0.0, 1e-300, -1e-300, 2**0.5, -(2**0.5), np.geomspace(1e-20, 1, 200)]


def close(got, want, rtol=1e-15):
    np.testing.assert_allclose(got, want, rtol=rtol, atol=0)


def test_ndtr_is_scipys():
    close(special.ndtr(LINE), scipy.ndtr(LINE))


def test_ndtr_at_the_ends_without_a_warning():
    ends = np.array([-np.inf, -1e308, -40.0, 0.0, 40.0, 1e308, np.inf, np.nan])
    np.testing.assert_array_equal(special.ndtr(ends), [0, 0, 0, 0.5, 1, 1, 1, np.nan])


@pytest.mark.parametrize("z", [0.3, 1, np.float32(0.3), np.ones((2, 3), np.float32), np.zeros((0, 2)), np.ones((2, 2)) * 1j])
def test_ndtr_keeps_shape_and_precision(z):
    got, want = special.ndtr(z), scipy.ndtr(z)
    assert np.shape(got) == np.shape(want) and got.dtype == want.dtype
    close(got, want)


@pytest.mark.parametrize("step", [1e-30, 1e-20, 1e-8])
def test_ndtr_takes_a_complex_step(step):
    """The first order in the step is the density, to the last digits; SciPy's own loses some there."""
    x = np.linspace(-30, 30, 20_001)
    got = special.ndtr(x + 1j * step)
    close(got.real, special.ndtr(x), 1e-13 if step == 1e-8 else 0)  # second order: step² x / 2
    close(got.imag, step * np.exp(-x * x / 2) / np.sqrt(2 * np.pi), 1e-13 if step == 1e-8 else 1e-15)


def test_ndtr_of_any_complex_number():
    rng = np.random.default_rng(0)
    z = rng.uniform(-6, 6, 20_000) + 1j * rng.uniform(-6, 6, 20_000)
    assert (np.abs(special.ndtr(z) - scipy.ndtr(z)) <= 1e-12 * np.abs(scipy.ndtr(z))).all()


@pytest.mark.parametrize("angle", [0.0, 1e-30, 1e-8, 0.1, 1.0, 1.6, 3.0, np.pi])
@pytest.mark.parametrize("sign", [-1, 1])
def test_log1p_is_scipys(angle, sign):
    size = np.r_[np.exp(-np.linspace(1e-3, 745, 20_001)), 0.0]
    z = size * np.exp(1j * sign * angle)
    got, want = special.log1p(z), scipy.log1p(z)
    assert (np.abs(got - want) <= 1e-15 * np.abs(want)).all()
    close(got.imag, want.imag)
    close(special.log1p(size), scipy.log1p(size))


def test_digamma_is_scipys():
    x = np.r_[np.arange(1, 4000) / 2, np.linspace(1e-3, 20, 20_001), np.geomspace(1e-8, 1e8, 2001), 1.4616321449683622]
    close(special.digamma(x), scipy.digamma(x))
    assert special.digamma(2.5) == scipy.digamma(2.5)
    with pytest.raises(ValueError, match="x must be above 0, got -1.0"):
        special.digamma([1.0, -1.0])


@pytest.mark.parametrize("n", [1, 2, 3, 10, 51, 100, 1000, 1001])
def test_binomial_half_is_exact(n):
    want = np.array([float(Fraction(comb(n, k), 2**n)) for k in range(n + 1)])
    normal = want > 1e-290  # below, a float has fewer digits
    close(special.binomial_half(n)[normal], want[normal], 2.3e-16)
    assert special.binomial_half(n).sum() == pytest.approx(1, rel=1e-15, abs=0)


FUNCTIONS = [
    (lambda x: x**3 - 2 * x - 5, 2, 3),
    (lambda x: np.cos(x) - x, 0, 1),
    (lambda x: np.exp(x) - 1e-5, -20, 3),
    (lambda x: np.tanh(x - 1e-3), -9, 40),
    (lambda x: 1 / (x - 0.3), 0, 1),
    (lambda x: x, 0, 1),
    (lambda x: x - 1, 0, 1),
]


@pytest.mark.parametrize("settings", [{}, {"xtol": 1e-14, "rtol": 1e-14}, {"xtol": 1e-300, "rtol": 1e-14}])
@pytest.mark.parametrize("function, low, high", FUNCTIONS)
def test_root_goes_scipys_way(function, low, high, settings):
    """Bit for bit, at the same points."""
    ways = []
    for solve in (special.root, optimize.brentq):
        tried = []
        found = solve(lambda x, tried=tried: (tried.append(x), function(x))[1], low, high, **settings)
        ways.append((found, tried))
    assert ways[0] == ways[1]


def test_root_says_what_is_wrong():
    with pytest.raises(ValueError, match="different signs at 1 and 2, got 1 and 4"):
        special.root(lambda x: x * x, 1, 2)
    with pytest.raises(ValueError, match="did not settle at a root between -1 and 4 in 100 steps"):
        special.root(lambda x: x**9, -1, 4)

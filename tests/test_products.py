"""Lengths of products against products that are really multiplied out, and against quadrature."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi2, ks_2samp

from companion import products


def multiplied_out(width, depth, gain, count, rng):
    v = np.zeros((count, width, 1))
    v[:, 0] = 1.0
    for _ in range(depth):
        v = gain / np.sqrt(width) * rng.standard_normal((count, width, width)) @ v
    return np.log10(np.linalg.norm(v[..., 0], axis=1))


@pytest.mark.parametrize("width, depth, gain", [(1, 5, 1.0), (2, 20, 1.0), (10, 7, 1.3)])
def test_same_law_as_products_multiplied_out(width, depth, gain):
    got = products.lengths(width=width, depth=depth, gain=gain, products=10_000, rng=np.random.default_rng(1))
    want = multiplied_out(width, depth, gain, 10_000, np.random.default_rng(2))
    assert ks_2samp(got.log10_length[:, -1], want).pvalue > 1e-3


@pytest.mark.parametrize("width", [1, 2, 3, 100])
def test_typical_growth_is_the_mean_of_the_log(width):
    mean = quad(lambda t: np.log(t / width) / 2 * chi2.pdf(t, width), 0, np.inf, epsabs=1e-12, limit=200)[0]
    assert products.typical_growth(width, 1.5) == pytest.approx(1.5 * np.exp(mean), rel=1e-6)


def test_median_follows_the_typical_growth_and_rms_the_gain():
    got = products.lengths(width=100, depth=30, gain=1.1, products=20_000, rng=np.random.default_rng(3))
    assert got.median[-1] == pytest.approx(30 * np.log10(products.typical_growth(100, 1.1)), abs=0.01)
    assert got.log10_rms[-1] == pytest.approx(30 * np.log10(1.1), abs=0.01)
    assert got.median[0] == got.log10_rms[0] == 0


def test_quantiles_are_in_order_and_nothing_underflows():
    got = products.lengths(width=1, depth=5000, products=50, rng=np.random.default_rng(4))
    low, middle, high = (got.quantile(share)[-1] for share in (0.1, 0.5, 0.9))
    assert -1500 < low < middle == got.median[-1] < high < -1250
    assert np.isfinite(got.log10_rms).all() and got.log10_rms[-1] > high


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"width": 0}, ValueError, "width must be a whole number >= 1, got 0"),
        ({"depth": 1.5}, TypeError, "depth must be a whole number >= 1, got 1.5"),
        ({"gain": -1}, ValueError, "gain must be a finite number > 0, got -1"),
        ({"products": 0}, ValueError, "products must be a whole number >= 1, got 0"),
        ({"rng": 0}, TypeError, "rng must be a numpy.random.Generator, .*got 0"),
    ],
)
def test_bad_input_is_named(change, error, message):
    with pytest.raises(error, match=message):
        products.lengths(**{"width": 2, "depth": 3, "rng": np.random.default_rng(0)} | change)


def test_bad_share_is_named():
    got = products.lengths(width=2, depth=3, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="share must be a finite number >= 0 and <= 1, got 1.5"):
        got.quantile(1.5)


def test_typical_relu_growth_published_and_drawn():
    # The exact random-walk gain of Sussillo and Abbott 2014 (their fit says 1.4317), and He's network of 50 x 50.
    assert 1 / products.typical_relu_growth(100) == pytest.approx(1.4323035654111658, rel=1e-9)
    assert products.typical_relu_growth(50, 2**0.5) ** 100 == pytest.approx(0.07525002504808415, rel=1e-9)
    rng = np.random.default_rng(0)
    after = np.maximum(rng.standard_normal((40_000, 6)) / 6**0.5, 0)  # one layer of width 6 applied to unit vectors
    length = np.linalg.norm(after, axis=1)
    assert np.exp(np.log(length[length > 0]).mean()) == pytest.approx(products.typical_relu_growth(6), rel=0.01)

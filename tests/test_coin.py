"""Chapter 4's coin: products of two-valued factors against products that are really multiplied out, all of them."""

from itertools import product

import numpy as np
import pytest

from companion.chapters.products import coin


def multiplied_out(low, high, depth):
    """Every one of the 2**depth equally likely products."""
    return np.array([np.prod(factors) for factors in product((low, high), repeat=depth)])


@pytest.mark.parametrize("low, high, depth", [(0.5, 1.5, 1), (0.5, 1.5, 10), (0.9, 1.1, 7), (0.5, 2.0, 8)])
def test_same_as_all_products_multiplied_out(low, high, depth):
    every, got = np.log10(multiplied_out(low, high, depth)), coin.products_of(low, high, depth)
    values, counts = np.unique(every.round(9), return_counts=True)
    np.testing.assert_allclose(10**got.log10_product, 10**values, rtol=1e-8, atol=0)
    np.testing.assert_allclose(got.share, counts / 2**depth, rtol=1e-12, atol=0)
    assert 10**got.log10_mean == pytest.approx(((low + high) / 2) ** depth, rel=1e-12)
    for share in (0.1, 0.5, 0.9):
        assert got.quantile(share) == pytest.approx(np.quantile(every, share, method="inverted_cdf"), abs=1e-9)
    assert got.above(0.0) == pytest.approx(np.mean(every > 1e-9), rel=1e-12)


def test_the_typical_product_of_an_even_number_of_factors_is_that_of_its_pairs():
    hundred = coin.products_of(0.5, 1.5, 100)
    assert hundred.quantile(0.5) == pytest.approx(50 * np.log10(0.75), rel=1e-12)
    assert coin.typical_factor(0.5, 1.5) ** 2 == pytest.approx(0.75, rel=1e-12)
    assert coin.products_of(0.5, 2.0, 100).quantile(0.5) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"low": 0.0}, ValueError, "low must be a finite number > 0, got 0.0"),
        ({"high": 0.5}, ValueError, "high must be above low, 0.5, got 0.5"),
        ({"depth": 0}, ValueError, "depth must be a whole number >= 1, got 0"),
    ],
)
def test_a_bad_coin_is_refused(change, error, message):
    with pytest.raises(error, match=message):
        coin.products_of(**{"low": 0.5, "high": 1.5, "depth": 3} | change)

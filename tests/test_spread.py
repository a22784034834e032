"""The squared blame of chapter 14: exact moments, real networks against the law, pooling's one step."""

from itertools import permutations

import numpy as np
import pytest

from companion import products
from companion.chapters.depth_and_width import pooled, spread
from companion.data import digits
from companion.network import Network
from companion.special import binomial_half

ONE = {"networks": 200_000}


@pytest.mark.parametrize("width", [1, 2, 5, 50])
def test_the_second_moment_of_a_layer_is_one_and_five_over_n(width):
    k = np.arange(width + 1)
    exact = np.sum(binomial_half(width) * (k**2 + 2 * k)) * 4 / width**2
    np.testing.assert_allclose(spread.relative_variance([width]), exact - 1, rtol=1e-12, atol=0)


def test_one_layer_has_mean_one_and_that_variance():
    square = 10 ** spread.log10_squares([4], rng=np.random.default_rng(0), **ONE)
    np.testing.assert_allclose(square.mean(), 1, rtol=0.01)
    np.testing.assert_allclose(square.var(), 5 / 4, rtol=0.03)


def test_the_typical_network_is_the_one_of_the_digamma_formula():
    log = spread.log10_squares([50] * 20, rng=np.random.default_rng(0), **ONE)
    np.testing.assert_allclose(log.mean(), 40 * np.log10(products.typical_relu_growth(50, 2**0.5)), rtol=0.01, atol=0)


def test_each_layer_counts_with_its_own_width():
    by_turns = np.median(spread.log10_squares([10, 100] * 5, rng=np.random.default_rng(0), **ONE))
    mean_width = np.median(spread.log10_squares([55] * 10, rng=np.random.default_rng(0), **ONE))
    np.testing.assert_allclose(by_turns / mean_width, 0.55 / (10 / 55), rtol=0.15)


def test_a_wide_layer_is_the_coin():
    typical = 10 ** np.median(spread.log10_squares([200] * 40, rng=np.random.default_rng(0), **ONE))
    np.testing.assert_allclose(typical, spread.coin_median(40, 200), rtol=0.03)


@pytest.mark.parametrize("widths", [[20] * 10, [10, 40, 10, 40]], ids=str)
def test_real_networks_obey_the_law(widths):
    real = spread.measured(widths, networks=4000, rng=np.random.default_rng(0))
    law = spread.log10_squares(widths, rng=np.random.default_rng(1), **ONE)
    for share in (0.1, 0.5, 0.9):
        np.testing.assert_allclose(np.quantile(real, share), np.quantile(law, share), atol=0.08, rtol=0)


def test_a_layer_that_is_off_hands_down_nothing():
    for draw in (spread.log10_squares, spread.measured):
        dead = np.isneginf(draw([2], networks=4000, rng=np.random.default_rng(0)))
        np.testing.assert_allclose(dead.mean(), 1 / 4, atol=0.03)


def test_left_apart_is_one_minus_the_mean_cosine_of_two_different_digits():
    got = spread.left_apart(3, 16, networks=1, rng=np.random.default_rng(5))
    sizes = [64, 16, 16, 10]
    net = Network.random(sizes, activation="relu", initialization="he_normal", rng=np.random.default_rng(5), seeds=1)
    z = net(digits().train_x[:, :32])[0].T  # (32, 10)
    cosines = [u @ v / np.linalg.norm(u) / np.linalg.norm(v) for u, v in permutations(z, 2)]
    np.testing.assert_allclose(got, [1 - np.mean(cosines)], rtol=1e-9, atol=0)


def test_digits_are_alike_on_top_of_narrow_and_of_deep_networks():
    left = {
        shape: np.median(spread.left_apart(*shape, networks=20, rng=np.random.default_rng(0)))
        for shape in ((3, 64), (20, 16), (20, 64), (80, 31))
    }
    assert left[80, 31] < left[20, 16] < left[20, 64] < left[3, 64] < 1


def test_pooling_is_one_step_and_changes_no_slope():
    sizes = {
        kind: np.median(
            pooled.log10_squares(kind, networks=200, rng=np.random.default_rng(0), initialization="he_normal"), axis=0
        )
        for kind in pooled.POOLS
    }
    for kind, step in (("mean", np.log10(1 / 4)), ("max", 0.0)):
        np.testing.assert_allclose(sizes[kind][9] - sizes[kind][10], step, atol=0.3)
        for each in (kind, "none"):
            np.testing.assert_allclose(sizes[each][0] - sizes[each][9], 0, atol=0.2)


def test_bad_shapes_are_named():
    with pytest.raises(ValueError, match="widths must name at least one hidden layer, got none"):
        spread.relative_variance([])
    with pytest.raises(ValueError, match="width must be a whole number >= 6, got 5"):
        spread.coin_median(10, 5)
    with pytest.raises(ValueError, match="kind must be one of none, mean, max, got 'median'"):
        pooled.log10_squares("median", networks=1, rng=np.random.default_rng(0))

"""Guesses in the place of a backward pass: how well they agree with the gradient; and what the walk of chapter 3 counts."""

import numpy as np
import pytest

from companion.chapters.chain_rule import walk
from companion.chapters.chain_rule.guesses import agreement
from companion.layers import Dense
from companion.network import Network


@pytest.mark.parametrize("width", [4, 16, 48])
def test_a_guess_agrees_like_one_over_the_root_of_what_is_guessed(width):
    """Root mean square cosine: 1/√P for P weights, about 1/√U for U units."""
    rng = np.random.default_rng(0)
    network = Network.random([width] * 3 + [1], activation="tanh", initialization="lecun_normal", rng=rng)
    weights, units = agreement(network, rng.standard_normal((width, 1)), np.ones((1, 1)), draws=2000, rng=rng)
    assert weights * network.parameters.size**0.5 == pytest.approx(1, rel=0.1, abs=0)
    assert units * (2 * width + 1) ** 0.5 == pytest.approx(1, rel=0.25, abs=0)


def test_a_single_unit_is_guessed_without_error():
    """One number: whatever the guess, it lies along the gradient."""
    network = Network([Dense([[0.5, -1.0, 2.0]], [[0.1]], "tanh")])
    x, y = np.array([[1.0], [0.3], [-0.2]]), np.ones((1, 1))
    assert agreement(network, x, y, draws=20, rng=np.random.default_rng(1))[1] == pytest.approx(1, rel=1e-12, abs=0)


def test_one_example_is_wanted():
    network = Network([Dense([[0.5]], [[0.1]], "tanh")])
    with pytest.raises(ValueError, match=r"x must be one example, shape \(n_0, 1\), got \(1, 2\)"):
        agreement(network, np.ones((1, 2)), np.ones((1, 2)), draws=2, rng=np.random.default_rng(0))


def test_the_loss_of_the_swept_weight_is_that_of_the_walk():
    assert walk.loss(walk.LOWER[1][0]) == walk.steps(activation="relu")[-1].loss
    assert walk.loss(walk.LOWER[1][0], "tanh") == walk.steps()[-1].loss
    assert walk.loss(-0.9) == walk.loss(-0.5), "level while unit 2 is silent"
    assert walk.loss(-0.3) < walk.loss(-0.45)


def test_the_cost_is_counted_for_about_a_million():
    count, passes = walk.cost()
    assert count == 982_101 and 3 <= passes < 3.01
    assert walk.cost((1, 1, 1, 1))[1] > 4

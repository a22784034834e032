"""Counted operations against counts made by hand."""

import numpy as np
import pytest

from companion.cost import operations
from companion.network import Network

X = np.ones((3, 5))


@pytest.mark.parametrize(
    ("function", "count"),
    [
        (lambda x: x + 1, 15),
        (lambda x: np.tanh(x) * x, 30),
        (lambda x: np.ones((4, 3)) @ x, 2 * 4 * 3 * 5),
        (lambda x: x.T @ np.ones((3, 2)), 2 * 5 * 3 * 2),
        (lambda x: x.sum(-1), 15),
        (lambda x: (x[:1].mT, x > 0, np.isfinite(x)), 0),  # moving and comparing is free
        (lambda x: np.ones(100) + 1, 0),  # does not depend on x
    ],
)
def test_by_hand(function, count):
    assert operations(function, X) == count


@pytest.mark.parametrize(
    ("sizes", "most"),
    [([2, 8, 1], 4.0), ([64, 100, 100, 10], 3.1), ([700, 700, 700, 1], 3.02)],  # the slopes weigh less in wider layers
)
def test_backpropagation_costs_three_forward_passes(sizes, most):
    network = Network.random(sizes, activation="tanh", initialization="lecun_normal", rng=np.random.default_rng(0))
    x, y = np.ones((sizes[0], 1)), np.ones((sizes[-1], 1))
    forward = operations(network.forward, x)
    both = operations(lambda x: network.backward(network.forward(x), y), x)
    assert 2.9 < both / forward < most
    layers = list(zip(sizes, sizes[1:], strict=False))
    products = sum(2 * fan_in * fan_out for fan_in, fan_out in layers)  # one for each weight, to go up
    assert (
        forward == products + sum(2 * n for n in sizes[1:]) - sizes[-1]
    )  # a bias, and below the top a tanh, for each unit

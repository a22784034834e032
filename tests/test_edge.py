"""The largest curvature of a network's loss: against the whole matrix of second derivatives, made column by column."""

import numpy as np
import pytest

from companion.chapters.gradient_descent import edge
from companion.network import Network


def small(rng):
    network = Network.random([3, 4, 2], activation="tanh", initialization="lecun_normal", rng=rng)
    return network, rng.standard_normal((3, 6)), rng.standard_normal((2, 6))


def every_second_derivative(network, x, y):
    """(P, P), by central differences of the gradient."""
    parameters, columns = network.parameters, []
    for axis in np.eye(len(parameters)):
        ahead, behind = (network.with_parameters(parameters + side * 1e-5 * axis).gradients(x, y).flat for side in (1, -1))
        columns.append((ahead - behind) / 2e-5)
    return np.array(columns)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_largest_eigenvalue_of_the_second_derivatives(seed):
    network, x, y = small(np.random.default_rng(seed))
    start = np.random.default_rng(9).standard_normal(network.parameters.shape)
    found, direction = edge.sharpness(network, x, y, start=start, iterations=300)
    values, vectors = np.linalg.eigh(every_second_derivative(network, x, y))
    assert found == pytest.approx(values[-1], rel=1e-6, abs=0)
    assert abs(direction @ vectors[:, -1]) == pytest.approx(1, rel=1e-4)


def test_a_step_beyond_two_over_it_climbs_and_one_below_does_not():
    """In the sharpest direction, from the bottom of a bowl (a linear network with one layer)."""
    rng = np.random.default_rng(0)
    network = Network.random([2, 1], activation="identity", initialization="lecun_normal", rng=rng)
    x, y = rng.standard_normal((2, 5)), np.zeros((1, 5))
    bottom = network.with_parameters(np.zeros(3))
    H, direction = edge.sharpness(bottom, x, y, start=np.ones(3), iterations=500)
    for share, grows in ((0.98, False), (1.02, True)):
        moved = bottom.with_parameters(0.1 * direction)
        stepped = moved.with_parameters(moved.parameters - share * 2 / H * moved.gradients(x, y).flat)
        assert (stepped.loss(x, y) > moved.loss(x, y)) is np.True_ if grows else stepped.loss(x, y) < moved.loss(x, y)


def test_the_record_says_when_it_looked():
    found = edge.curvatures(0.1, 0, steps=4, every=2)
    assert found["steps"] == [0, 2, 4] and len(found["loss"]) == len(found["curvature"]) == 3
    assert found == edge.curvatures(0.1, 0, steps=4, every=2)


def test_bad_arguments_are_named():
    network, x, y = small(np.random.default_rng(0))
    with pytest.raises(ValueError, match="start must not be 0 everywhere"):
        edge.sharpness(network, x, y, start=np.zeros(network.parameters.shape))
    with pytest.raises(ValueError, match="rate must be a finite number > 0, got 0"):
        edge.curvatures(0, 0)

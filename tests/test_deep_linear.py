"""Deep linear networks: gradients, the shortcut through T, and the two starts."""

import numpy as np
import pytest

from companion import data
from companion.chapters.initialisation import deep_linear
from companion.gradcheck import complex_step
from companion.network import Network


def stack(rng, depth, width=6):
    return [rng.standard_normal((width if layer < depth - 1 else 3, width)) for layer in range(depth)]


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_gradients_are_those_of_a_complex_step(depth):
    rng = np.random.default_rng(0)
    weights, wanted = stack(rng, depth), rng.standard_normal((3, 6))
    _, gradients = deep_linear.loss_and_gradients(weights, wanted)
    for layer in range(depth):

        def loss(w, layer=layer):
            return deep_linear.loss_and_gradients([*weights[:layer], w, *weights[layer + 1 :]], wanted)[0]

        np.testing.assert_allclose(gradients[layer], complex_step(loss, weights[layer]), rtol=1e-9, atol=0)


def test_the_matrix_stands_for_the_data():
    """The same gradients as a network of identity layers that sees all 1437 whitened digits."""
    digits = data.digits()
    x = np.linalg.svd(digits.train_x, full_matrices=False)[2][:8] * np.sqrt(1437)  # white: x xᵀ / B = 1
    y = np.eye(10)[:, digits.train_y]
    y = (y - y.mean(1, keepdims=True)) / y.std(1, keepdims=True)
    setting = {"activation": "identity", "initialization": "lecun_normal"}
    network = Network.random([8, 8, 8, 10], **setting, rng=np.random.default_rng(0))
    slow = network.gradients(x, y).weights
    _, quick = deep_linear.loss_and_gradients([layer.weights for layer in network.layers], deep_linear.target(8))
    for got, want in zip(quick, slow, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-8, atol=0)


def test_one_layer_at_rate_one_arrives_in_one_step():
    assert deep_linear.learning_time("lecun_normal", 1, seed=0, rates=[0.5, 1.0]) == (1, 1.0)


def test_one_layer_takes_what_its_geometric_series_takes():
    """Each step multiplies the distance to T by 1 − rate, so the loss by its square."""
    law = deep_linear.INITIALIZATIONS["lecun_normal"].draw(32, 10, rng=np.random.default_rng(0))
    wanted = deep_linear.target(32)
    ratio = ((law - wanted) ** 2).sum() / (0.01 * (wanted**2).sum())
    steps = int(np.ceil(np.log(ratio) / (-2 * np.log(0.9))))
    assert deep_linear.learning_time("lecun_normal", 1, seed=0, rates=[0.1]) == (steps, 0.1)


def test_depth_costs_the_gaussian_start_more():
    times = {law: [deep_linear.learning_time(law, d, seed=1).steps for d in (2, 8)] for law in ("orthogonal", "lecun_normal")}
    assert times["orthogonal"][1] < 3 * times["orthogonal"][0]
    assert times["lecun_normal"][1] > 4 * times["lecun_normal"][0]


def test_what_does_not_arrive_says_so():
    assert deep_linear.learning_time("zeros", 2, seed=0, most=5) == (None, None)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"initialization": "big"}, "initialization must be one of"),
        ({"depth": 0}, "depth must be"),
        ({"seed": -1}, "seed must be"),
        ({"width": 61}, "width must be at most 60, the components that the digits have, got 61"),
        ({"rates": [0]}, "rates must be a finite number > 0, got 0"),
    ],
)
def test_wrong_arguments_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        deep_linear.learning_time(**{"initialization": "orthogonal", "depth": 2, "seed": 0} | changes)


def test_time_of_a_mode():
    # Saxe et al. 2014: t = tau / (2 s) ln(u_f (s - u_0) / (u_0 (s - u_f))); then the same walk in small steps.
    assert deep_linear.mode_time(1.0, start=0.001, reached=0.95) == pytest.approx(4.925596878907497, rel=1e-9)
    mode, time = 0.01, 0.0
    while mode < 1.5:
        mode, time = mode + 1e-4 * 2 * mode * (2.0 - mode), time + 1e-4
    assert time == pytest.approx(deep_linear.mode_time(2.0, start=0.01, reached=1.5), rel=1e-3)
    with pytest.raises(ValueError, match="reached must be a finite number >= 0.01 and < 1, got 1"):
        deep_linear.mode_time(1.0, start=0.01, reached=1)

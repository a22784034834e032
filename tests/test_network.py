"""The stack: every parameter entry against the complex step and against torch; the flat view; plain training."""

import numpy as np
import pytest
import torch

from companion import data
from companion.activations import ACTIVATIONS
from companion.gradcheck import complex_step
from companion.layers import Back, Dense
from companion.network import Network, train

EXACT = {"rtol": 1e-12, "atol": 0}
X = np.random.default_rng(1).standard_normal((3, 5))
TARGETS = {
    "squared_error": np.random.default_rng(2).standard_normal((2, 5)),
    "cross_entropy": np.array([0, 1, 1, 0, 1]),
}
TORCH = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu}


def make(activation="tanh", sizes=(3, 6, 4, 2), **settings):
    rng = np.random.default_rng(0)
    return Network.random(
        list(sizes), activation=activation, initialization="lecun_normal", rng=rng, bias_std=0.5, **settings
    )


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", TARGETS)
def test_every_parameter_entry_is_the_complex_step(activation, loss):
    network, y = make(activation), TARGETS[loss]
    want = complex_step(lambda flat: network.with_parameters(flat).loss(X, y, loss), network.parameters)
    np.testing.assert_allclose(network.gradients(X, y, loss).flat, want, **EXACT)


def test_twenty_sigmoid_layers_keep_their_digits():
    network = make("sigmoid", [3, *[10] * 20, 2])
    gradients = network.backward(network.forward(X), TARGETS["squared_error"])
    first = network.layers[0]

    def loss(weights):
        layers = (first.with_parameters(weights=weights), *network.layers[1:])
        return Network(layers).loss(X, TARGETS["squared_error"])

    want = complex_step(loss, first.weights)
    assert np.abs(want).max() < 1e-9  # so small that any absolute tolerance would have accepted zeros
    np.testing.assert_allclose(gradients.weights[0], want, **EXACT)


@pytest.mark.parametrize("activation", TORCH)
@pytest.mark.parametrize("loss", TARGETS)
def test_gradients_are_those_of_autograd(activation, loss):
    network = make(activation)
    parameters = [torch.tensor(m, requires_grad=True) for layer in network.layers for m in (layer.weights, layer.bias)]
    a = torch.tensor(X)
    for layer in range(3):
        a = parameters[2 * layer] @ a + parameters[2 * layer + 1]
        a = a if layer == 2 else TORCH[activation](a)
    y = torch.tensor(TARGETS[loss])
    value = ((a - y) ** 2).sum(0).mean() / 2 if loss == "squared_error" else torch.nn.functional.cross_entropy(a.T, y)
    value.backward()
    gradients = network.backward(network.forward(X), TARGETS[loss], loss)
    np.testing.assert_allclose(network.loss(X, TARGETS[loss], loss), value.item(), **EXACT)
    for layer in range(3):
        np.testing.assert_allclose(gradients.weights[layer], parameters[2 * layer].grad, **EXACT)
        np.testing.assert_allclose(gradients.biases[layer], parameters[2 * layer + 1].grad, **EXACT)


def test_the_blame_reaches_the_input():
    network = make()
    gradients = network.backward(network.forward(X), TARGETS["squared_error"])
    want = complex_step(lambda x: network.loss(x, TARGETS["squared_error"]), X)
    np.testing.assert_allclose(gradients.input, want, **EXACT)


def test_the_trace_counts_layers_from_the_input():
    network = make()
    trace = network.forward(X)
    assert trace.a[0] is trace.x and len(trace.a) == 4 and len(trace.z) == 3
    np.testing.assert_array_equal(trace.a[1], np.tanh(trace.z[0]))
    np.testing.assert_array_equal(network(X), trace.output)
    assert [d.shape for d in network.backward(trace, TARGETS["squared_error"]).deltas] == [(6, 5), (4, 5), (2, 5)]


def test_flat_parameters_go_out_and_in():
    network = make()
    flat = network.parameters
    assert flat.shape == (6 * 4 + 4 * 7 + 2 * 5,)
    np.testing.assert_array_equal(flat[:18], network.layers[0].weights.ravel())
    moved = network.with_parameters(flat + 1)
    np.testing.assert_array_equal(moved.layers[2].bias, network.layers[2].bias + 1)
    np.testing.assert_array_equal(network.parameters, flat)  # the old network is as it was
    with pytest.raises(ValueError, match=r"flat must have shape \(62,\), one entry for each parameter, got \(61,\)"):
        network.with_parameters(flat[:-1])


def test_seeds_are_networks_side_by_side():
    networks = make(seeds=4)
    assert networks.parameters.shape == (4, 62)
    gradients = networks.backward(networks.forward(X), TARGETS["squared_error"])
    losses = networks.loss(X, TARGETS["squared_error"])
    for s in range(4):
        alone = make().with_parameters(networks.parameters[s])
        np.testing.assert_allclose(losses[s], alone.loss(X, TARGETS["squared_error"]), **EXACT)
        want = alone.backward(alone.forward(X), TARGETS["squared_error"]).flat
        np.testing.assert_allclose(gradients.flat[s], want, rtol=1e-10, atol=0)


def test_any_object_with_the_four_things_is_a_layer():
    class Half:
        def __init__(self):
            self.parameters = {}

        def with_parameters(self):
            return self

        def forward(self, a):
            return type("Kept", (), {"output": a / 2})

        def backward(self, kept, g):
            return Back(g / 2, g, {})

    plain = make()
    network = Network([plain.layers[0], Half(), *plain.layers[1:]])
    y = TARGETS["squared_error"]
    want = complex_step(lambda flat: network.with_parameters(flat).loss(X, y), network.parameters)
    np.testing.assert_allclose(network.backward(network.forward(X), y).flat, want, **EXACT)
    assert "Half" in repr(network) and "Dense(3 → 6, tanh)" in repr(network)


def test_bad_shapes_name_the_layer():
    with pytest.raises(ValueError, match=r"layer 1: Dense\(3 → 6, tanh\) has 3 inputs: a must have shape \(3, B\)"):
        make().forward(X.T)
    layers = [Dense(np.ones((4, 3)), np.ones((4, 1)), "tanh"), Dense(np.ones((1, 5)), np.ones((1, 1)), "tanh")]
    with pytest.raises(
        ValueError, match=r"layer 2: Dense\(5 → 1, tanh\) has 5 inputs: a must have shape .* got \(4, 5\)"
    ):
        Network(layers).forward(X)
    with pytest.raises(ValueError, match=r"layer 3: Dense\(4 → 2, identity\) has 2 outputs: g must have shape"):
        make().pull_back(make().forward(X), np.ones((3, 5)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Network([]), "layers must hold at least one layer"),
        (lambda: make(sizes=[3]), "sizes must hold at least the inputs and one layer"),
        (lambda: make(sizes=[3, 0]), "sizes must be a whole number >= 1, got 0"),
        (lambda: make(activation="step"), "activation must be one of"),
        (lambda: make(output="softmax"), "output must be one of"),
        (lambda: make().forward(np.full((3, 1), np.nan)), "x must be finite, got nan"),
        (lambda: make().loss(X, TARGETS["squared_error"], "hinge"), "loss must be one of squared_error, cross_entropy"),
        (lambda: train(make(), X, TARGETS["squared_error"], rate=0.0, steps=3), "rate must be a finite number > 0"),
        (lambda: train(make(), X, TARGETS["squared_error"], rate=0.1, steps=-1), "steps must be a whole number >= 1"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_training_lowers_the_loss_as_the_gradient_says():
    network, y = make(), TARGETS["squared_error"]
    run = train(network, X, y, rate=1e-4, steps=1)
    slope = network.backward(network.forward(X), y).flat
    np.testing.assert_allclose(run.losses[0] - run.losses[1], 1e-4 * slope @ slope, rtol=1e-3, atol=0)
    assert run.diverged_at is None


def test_training_learns_xor():
    x, y = data.xor()
    networks = Network.random(
        [2, 8, 1], activation="tanh", initialization="xavier_normal", rng=np.random.default_rng(0), seeds=20
    )
    run = train(networks, x, y, rate=0.5, steps=2000)
    assert run.losses.shape == (2001, 20)
    right = ((run.network(x) > 0.5) == y).all((-2, -1))
    assert right.mean() >= 0.9


def test_a_run_that_overflows_stops_and_keeps_what_it_saw():
    run = train(make("identity"), X, TARGETS["squared_error"], rate=50.0, steps=1000)
    assert run.diverged_at < 1000
    assert len(run.losses) == run.diverged_at + 1
    assert np.isfinite(run.losses[:-1]).all() and not np.isfinite(run.losses[-1])

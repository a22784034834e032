"""Chapter 3: what D0, D1, D2 and D4 say about the chain rule and the backward pass.

Each evidence takes what it tests as an argument, so that a test can switch it off and see the evidence fail.
"""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from companion import data
from companion.activations import ACTIVATIONS
from companion.chain import trace
from companion.chapters.chain_rule.defects import DEFECTS
from companion.claims import Claim, Evidence
from companion.gradcheck import complex_step, relative_error
from companion.layers import Dense
from companion.network import Network, train


def _square():
    """A tanh network 4 → 4 → 4 → 4 with eight examples: small enough to check every entry, square so that every mistake runs."""
    rng = np.random.default_rng(0)
    network = Network.random([4, 4, 4, 4], activation="tanh", initialization="lecun_normal", rng=rng, bias_std=0.5)
    return network, rng.standard_normal((4, 8)), rng.standard_normal((4, 8))


def _weights(network, x, y):
    return network.gradients(x, y).weights


def _witnessed(network, x, y):
    """∂W_1, ∂W_2, ∂W_3 by the complex step, which only runs the forward pass."""
    flat = complex_step(lambda p: network.with_parameters(p).loss(x, y), network.parameters)
    gradients = iter(np.split(flat, np.cumsum([m.size for d in network.layers for m in d.parameters.values()])[:-1]))
    pairs = [(next(gradients), next(gradients)) for _ in network.layers]
    return [weights.reshape(d.weights.shape) for (weights, _), d in zip(pairs, network.layers, strict=True)]


def _errors(name):
    """Relative error of ∂W_1, ∂W_2, ∂W_3 under a planted defect; with the name "right", of the right pass."""
    network, x, y = _square()
    planted = DEFECTS[name].plant(network) if name in DEFECTS else network
    wrong, right = _weights(planted, x, y), _witnessed(network, x, y)
    return [relative_error(w, r) for w, r in zip(wrong, right, strict=True)]


def _chain_formula(at="z"):
    """``at``: where the slopes are taken, before or (wrong) after the activation."""
    rng = np.random.default_rng(0)
    w, b, x = rng.standard_normal((4, 100)), rng.standard_normal((4, 100)), rng.random(100)
    s, chains = ACTIVATIONS["sigmoid"], trace(w, b, x, activation="sigmoid")
    slopes = s.slope(getattr(chains, at))
    product = slopes[3] * w[3] * slopes[2] * w[2] * slopes[1] * w[1] * slopes[0]

    def output(b1, k):
        a = s.f(w[0, k] * x[k] + b1)
        for layer in (1, 2, 3):
            a = s.f(w[layer, k] * a + b[layer, k])
        return a

    want = [complex_step(lambda b1, k=k: output(b1, k), b[0, k]) for k in range(100)]
    holds = max(relative_error(*pair) for pair in zip(product, want, strict=True)) < 1e-12
    return Evidence(
        holds,
        f"{len(x)} random chains of {len(w)} neurons: the product of 4 slopes and 3 weights is the derivative to 12 digits.",
    )


@contextmanager
def _steeper(name, factor):
    """An activation whose slope is called ``factor`` times too large; its values stay."""
    right = ACTIVATIONS[name]
    ACTIVATIONS[name] = replace(right, slope=lambda z: factor * right.slope(z))
    try:
        yield
    finally:
        ACTIVATIONS[name] = right


def _slopes_used(layer=Dense, factor=2.0):
    """``layer``: what the network is made of; a layer that looks at slopes on its way forward would be found out."""
    network, x, y = _square()
    network = Network([layer(d.weights, d.bias, d.activation) for d in network.layers])
    output, gradients = network(x), _weights(network, x, y)
    with _steeper("tanh", factor):
        same, changed = np.array_equal(network(x), output), _weights(network, x, y)
    ratio = [float(np.median(new / old)) for new, old in zip(changed, gradients, strict=True)]
    return Evidence(
        same and np.allclose(ratio, [factor**2, factor, 1], rtol=1e-12, atol=0),
        f"Call every slope of tanh {factor:g} times too large, in two tanh layers and a linear one: the outputs stay the same to the last bit, "
        f"and ∂W₁, ∂W₂, ∂W₃ are multiplied by {ratio[0]:g}, {ratio[1]:g}, {ratio[2]:g}. The forward pass takes no derivative.",
    )


def all_nodes_errors(widths=(1, 2)):
    """Relative errors of the product over all nodes (D2's rule), and of the sum over all paths, one for each hidden width."""
    rng, s = np.random.default_rng(0), ACTIVATIONS["sigmoid"]
    product, paths = [], []
    for width in widths:
        network = Network.random(
            [1, width, 1], activation="sigmoid", output="sigmoid", initialization="standard_normal", rng=rng
        )
        passed = network.forward(np.array([[0.5]]))
        want = network.pull_back(passed, np.ones((1, 1))).input.item()  # the derivative of the output
        slopes, weights = [s.slope(z) for z in passed.z], [d.weights for d in network.layers]
        nodes = [slope.prod() * w.prod() for slope, w in zip(slopes, weights, strict=True)]
        product.append(relative_error(np.prod(nodes), want))
        each = slopes[1] * weights[1].T * slopes[0] * weights[0]  # (width, 1): one product for each path
        paths.append(relative_error(each.sum(), want))
    return *product, max(paths)


def _all_nodes(widths=(1, 2)):
    narrow, wide, paths = all_nodes_errors(widths)
    return Evidence(
        narrow < 1e-12 and wide > 0.1 and paths < 1e-12,
        f"Holds with one neuron a layer, to 12 digits. With two in the hidden layer it is off by {wide:.0%}: there are two paths, and "
        "the *sum* of their products is right to 12 digits.",
    )


def _recursion(defects=("slope_at_output", "slope_on_wrong_side")):
    slope, side, right = (_errors(name)[0] for name in (*defects, "right"))
    return Evidence(
        min(slope, side) > 0.1 and right < 1e-12,
        f"∂W₁ of a 4–4–4–4 tanh network: off by {slope:.0%} with the slope at h = f(z), off by {side:.0%} with the slope "
        "applied after Wᵀ. Right, to 12 digits, is Wᵀ(g ⊙ f′(z)).",
    )


def _reversed_index(k=2.0, depth=10):
    layers = [Dense([[1 / k]], [[0.0]], "identity")] * depth  # g_{l-1} = g_l / k, so g_l is k times g_{l-1}
    network = Network(layers)
    deltas = network.pull_back(network.forward(np.ones((1, 1))), np.ones((1, 1))).deltas
    ratio = (deltas[0] / deltas[-1]).item()
    return Evidence(
        k > 1 and ratio == k ** (1 - depth) and ratio < 1,
        f"With g_{{l}} = {k:g} g_{{l−1}} in each of {depth} layers, g₁/g_{{{depth}}} = {ratio:.4f}: a k above 1 makes the gradient *smaller* "
        "towards the input.",
    )


def _listing_backward(defects=("value_of_error", "not_passed_down")):
    value, passed = (_errors(name) for name in defects)
    return Evidence(
        min(value[2], passed[0]) > 0.5 and passed[2] < 1e-12,
        f"In a 4–4–4–4 tanh network: with f(error) for f′(z), ∂W₃ is off by {value[2]:.0%}. With the output's error handed to every layer "
        f"∂W₃ is right, and ∂W₁ off by {passed[0]:.0%}.",
    )


def _listed_check(network, x, y, step=1e-5):
    """D0's comparison for one example, given a right ∂W_1: its "difference" over the largest entry of ∂W_1."""

    def distance(shift):  # ‖a − y‖ with the first weight moved
        weights = network.layers[0].weights.copy()
        weights[0, 0] += shift
        return np.linalg.norm(Network([network.layers[0].with_parameters(weights=weights), *network.layers[1:]])(x) - y)

    right = _weights(network, x, y)[0]
    slope = (distance(step) - distance(-step)) / (2 * step)
    return np.abs(right - slope).max() / np.abs(right).max()


def _one_entry(defect="transposed"):
    network, x, y = _square()
    right = _weights(network, x, y)[0]
    wrong = _weights(DEFECTS[defect].plant(network), x, y)[0]
    first, all_ = relative_error(wrong[0, 0], right[0, 0]), relative_error(wrong, right)
    missed = [_listed_check(network, x[:, [k]], y[:, [k]]) for k in range(x.shape[1])]
    return Evidence(
        first == 0 and all_ > 0.1 and min(missed) > 0.1,
        f"A transposed ∂W₁ agrees in its first entry exactly, and is off by {all_:.0%} over all {right.size}. D0's own comparison sets that "
        f"one slope, of ‖a − y‖ and not of its loss, against *every* entry: on a right ∂W₁ the “difference” is {min(missed):.0%} to "
        f"{max(missed):.0%} of the largest entry ({x.shape[1]} examples).",
    )


def _printout(sizes=(2, 3, 1), shrink=10, rate=0.008):
    """``rate``: an epoch of four single steps at 0.001 on (ŷ − y)² moves as far as one step at 0.008 on the mean of ½(ŷ − y)²."""
    x, y = data.xor()
    rng, setting = (
        np.random.default_rng(0),
        {"activation": "relu", "output": "sigmoid", "initialization": "standard_normal"},
    )
    networks = Network.random(sizes, **setting, rng=rng, seeds=20)
    networks = networks.with_parameters(networks.parameters / shrink)
    run = train(networks, x, y, rate=rate, steps=1000)
    best, printed = 2 * run.losses[-1].min(), 0.00044
    return Evidence(
        len(networks.layers) == 2 and best > 100 * printed,
        f"[2, 3, 1] has {len(networks.layers)} weight matrices, the printout checks three. With the right gradient, ReLU and weights as listed "
        f"(N(0, 1) times a tenth), the best of 20 seeds is at {best:.2f} after 1000 epochs; printed: {printed:g}.",
    )


CLAIMS = [
    Claim(
        "D1-chain-formula",
        "D1",
        "梯度消失分析",
        "∂Loss/∂b₁ is ∂Loss/∂y₄ times σ′(z₄) w₄ σ′(z₃) w₃ σ′(z₂) w₂ σ′(z₁).",
        "true",
        _chain_formula,
        3,
    ),
    Claim(
        "D2-forward-chain-rule",
        "D2",
        "2.2.1",
        "Forward and backward pass both use the chain rule.",
        "false",
        _slopes_used,
        3,
    ),
    Claim(
        "D2-multiply-all-nodes",
        "D2",
        "2.2.1",
        "Multiplying the gradients of all nodes gives the gradient of the network.",
        "half true",
        _all_nodes,
        3,
    ),
    Claim(
        "D4-recursion",
        "D4",
        "4.1",
        "The gradient passes down by g_{l−1} = Wᵀ · g_{l} · σ′(h_{l}).",
        "false",
        _recursion,
        3,
    ),
    Claim(
        "D4-layer-index",
        "D4",
        "4.1",
        "If g_{l} is k times g_{l−1} and k is large, the gradient explodes on its way to the input.",
        "false",
        _reversed_index,
        3,
    ),
    Claim(
        "D0-backward-listing",
        "D0",
        "2.3",
        "The listing's backward pass computes the gradients: δ = error · sigmoid(error), used in every layer.",
        "false",
        _listing_backward,
        3,
    ),
    Claim(
        "D0-gradient-check",
        "D0",
        "2.3",
        "A check that moves one weight of each matrix shows that the gradients are right.",
        "false",
        _one_entry,
        3,
    ),
    Claim(
        "D0-printout",
        "D0",
        "2.3",
        "The printed losses and differences come from the listed [2, 3, 1] network at rate 0.001<!--cited-->.",
        "false",
        _printout,
        3,
    ),
]

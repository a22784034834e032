"""Chapter 3: what D0, D1, D2 and D4 say about the chain rule and the backward pass."""

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


def _errors(name):
    """Relative error of ∂W_1, ∂W_2, ∂W_3 under a planted defect."""
    network, x, y = _square()
    wrong, right = _weights(DEFECTS[name].plant(network), x, y), _weights(network, x, y)
    return [relative_error(w, r) for w, r in zip(wrong, right, strict=True)]


def _chain_formula():
    rng = np.random.default_rng(0)
    w, b, x = rng.standard_normal((4, 100)), rng.standard_normal((4, 100)), rng.random(100)
    s, chains = ACTIVATIONS["sigmoid"], trace(w, b, x, activation="sigmoid")
    product = (
        s.slope(chains.z[3]) * w[3] * s.slope(chains.z[2]) * w[2] * s.slope(chains.z[1]) * w[1] * s.slope(chains.z[0])
    )

    def output(b1, k):
        a = s.f(w[0, k] * x[k] + b1)
        for layer in (1, 2, 3):
            a = s.f(w[layer, k] * a + b[layer, k])
        return a

    want = [complex_step(lambda b1, k=k: output(b1, k), b[0, k]) for k in range(100)]
    holds = max(relative_error(*pair) for pair in zip(product, want, strict=True)) < 1e-12
    return Evidence(
        holds, "100 random chains of 4 neurons: the product of 4 slopes and 3 weights is the derivative to 12 digits."
    )


def _slopes_used():
    network, x, y = _square()
    used = []

    class Watched(Dense):
        def backward(self, kept, g):
            used.append(self)
            return super().backward(kept, g)

    watched = Network([Watched(d.weights, d.bias, d.activation) for d in network.layers])
    trace_ = watched.forward(x)
    on_the_way_up = len(used)
    watched.backward(trace_, y)
    holds = on_the_way_up == 0 and len(used) == 3
    text = f"Derivatives taken on the way up: {on_the_way_up}; on the way back: {len(used)}, one a layer. The forward pass only computes values."
    return Evidence(holds, text)


def _all_nodes():
    rng, s = np.random.default_rng(0), ACTIVATIONS["sigmoid"]
    errors = []
    for width in (1, 2):
        network = Network.random(
            [1, width, 1], activation="sigmoid", output="sigmoid", initialization="standard_normal", rng=rng
        )
        x = np.array([[0.5]])
        want = network.pull_back(network.forward(x), np.ones((1, 1))).input.item()  # the derivative of the output
        nodes = [
            s.slope(z).prod() * d.weights.prod() for z, d in zip(network.forward(x).z, network.layers, strict=True)
        ]
        errors.append(relative_error(np.prod(nodes), want))
    holds = errors[0] < 1e-12 and errors[1] > 0.1
    return Evidence(
        holds,
        f"One neuron a layer: right to 12 digits. Two neurons in the hidden layer: off by {errors[1]:.0%}, because the two "
        "paths must be added.",
    )


def _recursion():
    slope, side = _errors("slope_at_output"), _errors("slope_on_wrong_side")
    return Evidence(
        min(slope[0], side[0]) > 0.1,
        f"∂W₁ of a 4–4–4–4 tanh network: off by {slope[0]:.0%} with the slope at h = f(z), off by {side[0]:.0%} with the slope "
        "applied after Wᵀ. Right is Wᵀ(g ⊙ f′(z)).",
    )


def _reversed_index():
    k, depth = 2.0, 10
    layers = [Dense([[1 / k]], [[0.0]], "identity")] * depth  # g_{l-1} = g_l / k, so g_l is k times g_{l-1}
    network = Network(layers)
    deltas = network.pull_back(network.forward(np.ones((1, 1))), np.ones((1, 1))).deltas
    ratio = (deltas[0] / deltas[-1]).item()
    return Evidence(
        ratio == k ** (1 - depth),
        f"With g_{{l}} = 2 g_{{l−1}} in each of 10 layers, g₁/g₁₀ = {ratio:.4f}: k > 1 makes the gradient *smaller* towards the input.",
    )


def _listing_backward():
    value, passed = _errors("value_of_error"), _errors("not_passed_down")
    return Evidence(
        min(value[2], passed[0]) > 0.5 and passed[2] < 1e-12,
        f"f(error) for f′(z): ∂W₃ off by {value[2]:.0%}. The output's error handed to every layer: ∂W₃ right, ∂W₁ off by {passed[0]:.0%}.",
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


def _one_entry():
    network, x, y = _square()
    wrong, right = (_weights(n, x, y)[0] for n in (DEFECTS["transposed"].plant(network), network))
    first, all_ = relative_error(wrong[0, 0], right[0, 0]), relative_error(wrong, right)
    missed = [_listed_check(network, x[:, [k]], y[:, [k]]) for k in range(x.shape[1])]
    return Evidence(
        first == 0 and all_ > 0.1 and min(missed) > 0.1,
        f"A transposed ∂W₁ agrees in its first entry exactly, and is off by {all_:.0%} over all sixteen. D0's own comparison sets that one "
        f"slope, of ‖a − y‖ and not of its loss, against *every* entry: on a right ∂W₁ the “difference” is {min(missed):.0%} to "
        f"{max(missed):.0%} of the largest entry.",
    )


def _printout():
    x, y = data.xor()
    networks = Network.random(
        [2, 3, 1],
        activation="relu",
        output="sigmoid",
        initialization="standard_normal",
        rng=np.random.default_rng(0),
        seeds=20,
    )
    networks = networks.with_parameters(networks.parameters / 10)
    # An epoch of four single steps at 0.001 on (ŷ − y)² moves as far as one step at 0.008 on the mean of ½(ŷ − y)².
    run = train(networks, x, y, rate=0.008, steps=1000)
    best = 2 * run.losses[-1].min()
    return Evidence(
        len(networks.layers) == 2 and best > 0.2,
        f"[2, 3, 1] has {len(networks.layers)} weight matrices, the printout checks three. With the right gradient the best of 20 "
        f"seeds is at {best:.2f} after 1000 epochs; printed: 0.00044.",
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
        "D4-recursion", "D4", "4.1", "The gradient passes down by g_{l−1} = Wᵀ · g_{l} · σ′(h_{l}).", "false", _recursion, 3
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
        "The printed losses and differences come from the listed [2, 3, 1] network at rate 0.001.",
        "false",
        _printout,
        3,
    ),
]

"""Chapter 5: what the documents say about sigmoid and ReLU."""

from functools import cache
from math import sqrt

import numpy as np

from companion import signals, theory
from companion.activations import ACTIVATIONS
from companion.claims import Claim, Evidence
from companion.layers import Dense
from companion.network import Network
from companion.propagation import profile


@cache
def _growth(activation, initialization, width=100, depth=20, **options):
    """The median growth a layer over 24 networks; biases as the initialisation's library draws them."""
    measured = profile(
        activation=activation,
        initialization=initialization,
        depth=depth,
        width=width,
        biases="drawn",
        **options,
    )
    return float(np.median(measured.growth))


def _saturated(activation, initialization, width=100, depth=20):
    """The share of saturated pre-activations in layers 2 to L of one network."""
    rng = np.random.default_rng(0)
    network = Network.random(
        [width] * (depth + 1), activation=activation, output=activation, initialization=initialization, rng=rng
    )
    z = np.array(network.forward(rng.normal(size=(width, 16))).z[1:])  # (L - 1, n, B)
    return float(np.mean(ACTIVATIONS[activation].saturated(z)))


def _cost_of_one_saturated_layer(width=100, depth=20, bias=20.0):
    """How many decades δ_1 / δ_L of a sigmoid network loses when one layer in its middle is saturated by its bias."""
    rng = np.random.default_rng(0)
    network = Network.random(
        [width] * (depth + 1), activation="sigmoid", output="sigmoid", initialization="lecun_normal", rng=rng
    )
    x, y = rng.normal(size=(2, width, 16))
    layers = list(network.layers)
    middle = layers[depth // 2]
    layers[depth // 2] = Dense(middle.weights, middle.bias + bias, "sigmoid")

    def decades(network):
        deltas = network.backward(network.forward(x), y).deltas
        return signals.log10_rms(deltas[0]) - signals.log10_rms(deltas[-1])

    return float(decades(network) - decades(Network(tuple(layers))))


def _relu_is_not_the_cause(gains=(0.5, 2**0.5, 4.0)):
    growth = {gain: _growth("relu", "lecun_normal", gain=gain) for gain in gains}
    low, level, high = growth.values()
    linear, relu = _growth("identity", "lecun_normal"), _growth("relu", "lecun_normal")
    listing = 0.1  # the program's weights are 0.1 N(0, 1), and one output stands above its three hidden units: σ √1
    return Evidence(
        low < 0.9
        and abs(level - 1) < 0.05
        and high > 1.1
        and abs(linear - 1) < 0.05
        and relu < 0.75
        and listing < 1 / sqrt(2),
        f"It holds where the weights alone would keep the gradient: N(0, 1/n), 20 layers of 100, growth a layer {linear:.2f} without an activation, {relu:.2f} with ReLU. It fails where they give back what ReLU takes. One ReLU network (20 layers of 100, zero biases), three weight scales: σ_{{w}} = 0.5<!--exact--> gives a growth of {low:.2f} a layer, √2 gives {level:.2f}, 4 gives "
        f"{high:.2f}. In the program's own network, from its one output back to three hidden units, the weights contribute a factor {listing:.2f}, ReLU {1 / sqrt(2):.2f}.",
    )


def _limited_units(bias=20.0):
    free, stuck = _saturated("sigmoid", "lecun_normal"), _saturated("tanh", "standard_normal")
    vanishing, exploding = _growth("sigmoid", "lecun_normal"), _growth("tanh", "standard_normal")
    cost, free_cost = _cost_of_one_saturated_layer(bias=bias), _cost_of_one_saturated_layer(bias=0.0)
    return Evidence(
        cost > 6 and free_cost == 0 and free == 0 and vanishing < 0.5 and stuck > 0.5 and exploding > 1.5,
        f"Width 100, 20 layers. It holds for a layer saturated by its bias: sigmoid, N(0, 1/n), a bias of {bias:g} in one layer makes δ₁ smaller by {cost:.0f} decades. It fails for "
        f"units saturated by their weights: tanh, N(0, 1), {stuck:.0%} of them saturated, and the gradient *grows*, ×{exploding:.1f} a layer. And with no unit saturated "
        f"(sigmoid, N(0, 1/n)) it vanishes all the same, ×{vanishing:.2f} a layer.",
    )


def _quarter(activation="sigmoid"):
    sigmoid, z = ACTIVATIONS[activation], np.linspace(-30, 30, 60_001)
    steepest = float(sigmoid.slope(z).max())
    return Evidence(
        steepest == sigmoid.max_slope == 0.25,
        f"The largest of 60,001 slopes from z = −30 to 30 is {steepest:.4f}, at z = {z[sigmoid.slope(z).argmax()]:.3g}.",
    )


def _normal_weights(initialization="standard_normal"):
    growth = {n: _growth("sigmoid", initialization, width=n) for n in (1, 10, 100, 200)}
    edge = theory.critical_sigma_w("sigmoid", 0.0) ** 2
    return Evidence(
        growth[1] < 0.25 < growth[10] < 0.9 < growth[100] < 1.05 < growth[200] and abs(edge - 103) < 0.5,
        "It holds for narrow layers only. 20 sigmoid layers, zero biases, growth a layer: "
        + ", ".join(f"{g:.2f} at width {n}" for n, g in growth.items())
        + f". By the theory of wide layers it is 1 at width {edge:.0f}.",
    )


def _relu_for_vanishing(depth=50):
    cases = [("sigmoid", "lecun_normal"), ("relu", "lecun_normal"), ("relu", "torch_default"), ("relu", "he_normal")]
    lost = [(depth - 1) * np.log10(_growth(*case, depth=depth)) for case in cases]
    return Evidence(
        lost[0] < -30 and -9 < lost[1] < -6 and lost[2] < -18 and abs(lost[3]) < 1,
        f"{depth} layers, width 100, 24 networks, zero biases except PyTorch's own, δ₁ against the last. The switch helps: sigmoid with N(0, 1/n) loses {-lost[0]:.0f} decades, ReLU with the same weights {-lost[1]:.1f}. "
        f"The weights decide: ReLU as PyTorch draws weights and biases loses {-lost[2]:.0f}, with N(0, 2/n) {abs(lost[3]):.1f}. It holds with weights of variance 2/n.",
    )


def _relu_for_explosion(initialization="standard_normal"):
    growth = {name: _growth(name, initialization) for name in ("sigmoid", "tanh", "relu")}
    deep = {name: 99 * np.log10(_growth(name, "he_normal", depth=100)) for name in ("tanh", "relu")}
    return Evidence(
        growth["sigmoid"] < 1.05 < growth["tanh"] < growth["relu"]
        and max(growth, key=growth.get) == "relu"
        and deep["tanh"] > 1.5
        and abs(deep["relu"]) < 1,
        f"It fails with large weights. Weights N(0, 1), 20 layers of 100, zero biases, growth a layer: sigmoid {growth['sigmoid']:.2f}, tanh {growth['tanh']:.2f}, "
        f"ReLU {growth['relu']:.2f}. Of the three ReLU explodes fastest: to change to it makes the explosion worse. "
        f"It holds just above the edge: with N(0, 2/n) 100 layers of tanh explode, 10^{{{deep['tanh']:.1f}}}, and ReLU is healthy, 10^{{{deep['relu']:.1f}}}.",
    )


def _relu_is_smooth(activation="relu"):
    relu = ACTIVATIONS[activation]
    left, right = float(relu.slope(-1e-300)), float(relu.slope(1e-300))
    lost = -49 * np.log10(_growth("relu", "torch_default", depth=50))
    return Evidence(
        (left, right) == (0, 1) and relu.f(1.0) + relu.f(-1.0) != relu.f(0.0) and lost > 15,
        f"The first half is false: its slope jumps from {left:g} to {right:g} at z = 0, and f(1) + f(−1) = {float(relu.f(1.0) + relu.f(-1.0)):g} where a linear f has f(0) = {float(relu.f(0.0)):g}. "
        f"The second is right: as PyTorch draws weights and biases, δ loses {lost:.0f} decades over 50 ReLU layers of 100.",
    )


def _activation_matters(names=("sigmoid", "gelu", "relu", "tanh", "selu")):
    growth = {ACTIVATIONS[name].label: _growth(name, "lecun_normal") for name in names}
    values = list(growth.values())
    return Evidence(
        values == sorted(values) and values[0] < 0.3 and values[-1] > 1,
        "Same weights N(0, 1/n), 20 layers of 100, zero biases, growth a layer: "
        + ", ".join(f"{k} {v:.2f}" for k, v in growth.items())
        + ".",
    )


def _claim(identity, section, claim, verdict, evidence):
    return Claim(identity, identity[:2], section, claim, verdict, evidence, chapter=5)


CLAIMS = [
    _claim(
        "D0-relu-causes-vanishing",
        "2.3",
        "Vanishing is caused by ReLU: its derivative is always 0 or 1, so the gradient becomes too small or vanishes.",
        "depends",
        _relu_is_not_the_cause,
    ),
    _claim(
        "D0-limited-units",
        "2.3",
        "If the activation limits the neurons of a hidden layer, the gradient vanishes.",
        "depends",
        _limited_units,
    ),
    _claim("D1-sigmoid-quarter", "梯度消失分析", "The slope of the sigmoid is at most ¼.", "true", _quarter),
    _claim(
        "D1-normal-weights-vanish",
        "梯度消失分析",
        "So, with N(0, 1) weights, the gradient of a sigmoid network vanishes with depth.",
        "depends",
        _normal_weights,
    ),
    _claim(
        "D1-relu-against-vanishing",
        "梯度消失的解决方法",
        "Changing to another activation, such as ReLU, cures vanishing gradients.",
        "depends",
        _relu_for_vanishing,
    ),
    _claim(
        "D1-relu-against-explosion",
        "梯度爆炸的解决方法",
        "Changing to another activation, such as ReLU, cures exploding gradients.",
        "depends",
        _relu_for_explosion,
    ),
    _claim(
        "D2-relu-smooth",
        "2.2.2",
        "ReLU is a linear function and its gradient has no discontinuity; in some cases it may vanish all the same.",
        "half true",
        _relu_is_smooth,
    ),
    _claim(
        "D3-activation-matters",
        "fix 2",
        "Activations have different properties that influence the gradient through the depth of a network.",
        "true",
        _activation_matters,
    ),
]

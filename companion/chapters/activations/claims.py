"""Chapter 11: what the documents say about changing the activation, tested on fresh networks and in theory."""

from math import sqrt

import numpy as np

from companion import theory
from companion.activations import ACTIVATIONS
from companion.claims import Claim, Evidence
from companion.layers import Dense
from companion.network import Network
from companion.propagation import profile
from companion.signals import fate
from companion.weights import INITIALIZATIONS

WORDS = {6: "six", 7: "seven", 8: "eight"}


def _alternating(names, gain, width=100, depth=20, seeds=8, batch=16):
    """Median log10 of rms δ_1 / rms δ_L in networks whose layers take turns among the activations ``names``; no biases."""
    rng, draw = np.random.default_rng(0), INITIALIZATIONS["lecun_normal"].draw
    zero = np.zeros((seeds, width, 1))
    weights = [gain * draw(width, width, rng=rng, seeds=seeds) for _ in range(depth)]
    network = Network([Dense(w, zero, names[layer % len(names)]) for layer, w in enumerate(weights)])
    trace = network.forward(rng.standard_normal((width, batch)))
    deltas = network.pull_back(trace, rng.standard_normal((seeds, width, batch))).deltas
    first, last = (np.sqrt(np.mean(delta**2, axis=(1, 2))) for delta in (deltas[0], deltas[-1]))
    return float(np.median(np.log10(first / last)))


def _mixture():
    relu, tanh, sigmoid = ["relu"], ["relu", "tanh"], ["relu", "sigmoid"]
    one, mixed, worse = ({gain: _alternating(names, gain) for gain in (1.0, 1.2)} for names in (relu, tanh, sigmoid))
    fates = [[fate(decades) for decades in each.values()] for each in (one, mixed, worse)]
    return Evidence(
        fates == [["vanishing"] * 2, ["vanishing", "healthy"], ["vanishing"] * 2]
        and all(worse[gain] < one[gain] < mixed[gain] for gain in one),
        f"Holds when the weights are nearly large enough already and the partner is milder than ReLU. 20 layers, width 100, no biases, "
        f"8 networks, δ_{{1}} / δ_{{20}} with weights N(0, 1.2<!--exact-->²/n): ReLU 10^{{{one[1.2]:.1f}}}, ReLU and tanh in turns 10^{{{mixed[1.2]:.1f}}}, "
        f"which is healthy, ReLU and sigmoid in turns 10^{{{worse[1.2]:.1f}}}. With N(0, 1/n) all three vanish: 10^{{{one[1.0]:.1f}}}, "
        f"10^{{{mixed[1.0]:.1f}}}, 10^{{{worse[1.0]:.1f}}}.",
    )


def _saturated(gain, width):
    """(rms of the last layer's tanh, log10 of rms δ_1 / rms δ_9), medians of 20 networks of nine layers."""
    shape = {"depth": 9, "width": width, "seeds": 20, "batch": 16}
    net = profile(activation="tanh", initialization="lecun_normal", gain=gain, **shape)
    return 10 ** float(np.median(net.log10_signal[:, -1])), float(np.median(net.decades))


def _whole_network():
    (limited, lost), (free, kept), (too, grown) = _saturated(45.0, 10), _saturated(1.0, 10), _saturated(45.0, 100)
    return Evidence(
        min(limited, too) > 0.98 > 0.5 > free
        and [fate(each) for each in (lost, kept, grown)] == ["vanishing", "healthy", "exploding"],
        f"Holds when the layers are narrow. Nine tanh layers of ten units, no biases, 20 networks: weights so large that all outputs sit at ±1 (rms "
        f"{limited:.2f}) give δ_{{1}} / δ_{{9}} = 10^{{{lost:.1f}}}; with N(0, 1/n), nothing limited (rms {free:.2f}), it is 10^{{{kept:.1f}}}. "
        f"As limited, but 100 units wide: 10^{{+{grown:.1f}}}.",
    )


def _curvature():
    relu, z = ACTIVATIONS["relu"], np.delete(np.linspace(-5, 5, 10_001), 5000)
    bent = np.abs(relu.f(z + 1e-4) - 2 * relu.f(z) + relu.f(z - 1e-4)).max()
    network = Network.random(
        [1, 20, 20, 1], activation="relu", initialization="he_normal", bias_std=1.0, rng=np.random.default_rng(0)
    )
    line = np.linspace(-4, 4, 4001)[None]
    trace = network.forward(line)
    slope = network.pull_back(trace, np.ones((1, 4001))).input[0]
    jumps = int(np.sum(~np.isclose(np.diff(slope), 0, atol=1e-9)))
    return Evidence(
        bent < 1e-12 and jumps > 10,
        f"Away from 0 its second difference is below 10^{{-12}}<!--exact--> at all of 10,000 points: it has no curvature. The slope of a "
        f"1–20–20–1 network along a line of inputs takes {jumps} jumps, and is constant between them.",
    )


def _differentiable():
    step, jumps, used = 1e-7, {}, []
    z = np.linspace(-5, 5, 1001)  # 0 is one of them
    for record in ACTIVATIONS.values():
        left = (record.f(z) - record.f(z - step)) / step
        right = (record.f(z + step) - record.f(z)) / step
        (kinks,) = np.nonzero(np.abs(right - left) > 1e-3)
        if len(kinks):
            jumps[record.label] = [(z[k].round(9) + 0.0, left[k], right[k]) for k in kinks]
            used.append(np.isclose(record.slope(z[kinks]), left[kinks], rtol=1e-6, atol=1e-9).all())
    return Evidence(
        set(jumps) == {"ReLU", "leaky ReLU", "SELU"}
        and all([at for at, *_ in found] == [0.0] for found in jumps.values())
        and all(used),
        "Slopes from the left and from the right differ at z = 0, and nowhere else among 1,001 points, for "
        + ", ".join(f"{label} ({left:.3g} and {right:.3g})" for label, [(_, left, right)] in jumps.items())
        + f"; for the other {WORDS[len(ACTIVATIONS) - len(jumps)]} of the ten nowhere. One point does no harm: backpropagation uses the left slope there.",
    )


def _change_of_activation():
    growth = {gain: [theory.growth(name, gain, 0.0) for name in ACTIVATIONS] for gain in (0.5, 2.0)}
    tuned = [
        theory.growth(name, theory.critical_sigma_w(name, 0.0), 0.0)
        for name in ("relu", "leaky_relu", "tanh", "elu", "selu")
    ]
    low, high = min(growth[0.5]), max(growth[2.0])
    return Evidence(
        max(growth[0.5]) < 0.8 and high > sqrt(2) and np.allclose(tuned, 1, rtol=1e-9, atol=0),
        f"Holds when the gain is changed with it. Wide layers, no biases, growth of the ten activations at gain 0.5<!--exact-->: {low:.2f} to "
        f"{max(growth[0.5]):.2f}, all vanish in the long run. At gain 2: {min(growth[2.0]):.2f} to {high:.2f}. Each with its own gain, ReLU, "
        f"leaky ReLU, tanh, ELU and SELU all have growth {np.mean(tuned):.0f}.",
    )


def _claim(identity, section, claim, verdict, evidence):
    return Claim(identity, identity[:2], section, claim, verdict, evidence, chapter=11)


CLAIMS = [
    _claim(
        "D0-mixture-of-activations",
        "2.3",
        "A combination of activation functions in place of ReLU solves vanishing gradients.",
        "depends",
        _mixture,
    ),
    _claim(
        "D0-whole-network-limited",
        "2.3",
        "If the network as a whole is limited by its activations, the gradient may vanish.",
        "true",
        _whole_network,
    ),
    _claim(
        "D2-relu-curvature",
        "2.2.2",
        "ReLU has good curvature, and its gradient has no discontinuity on the way through the layers.",
        "false",
        _curvature,
    ),
    _claim("D3-all-differentiable", "fix 2", "Activation functions are all differentiable.", "false", _differentiable),
    _claim(
        "D3-change-activation",
        "fix 2",
        "Changing the activation function is a fix for vanishing and exploding gradients.",
        "depends",
        _change_of_activation,
    ),
]

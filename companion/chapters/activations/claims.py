"""Chapter 11: what the documents say about changing the activation, tested by training and on fresh networks."""

from math import sqrt

import numpy as np

from companion import runs, theory
from companion.activations import ACTIVATIONS
from companion.chapters.activations.death import toll
from companion.claims import Claim, Evidence
from companion.data import digits
from companion.layers import Dense
from companion.network import Network
from companion.weights import INITIALIZATIONS


def _alternating(names, law, width=100, depth=20, seeds=8, batch=16):
    """The median growth a layer of networks whose layers take turns among the activations ``names``."""
    rng, draw = np.random.default_rng(0), INITIALIZATIONS[law].draw
    zero = np.zeros((seeds, width, 1))
    weights = [draw(width, width, rng=rng, seeds=seeds) for _ in range(depth)]
    network = Network([Dense(w, zero, names[layer % len(names)]) for layer, w in enumerate(weights)])
    trace = network.forward(rng.standard_normal((width, batch)))
    deltas = network.pull_back(trace, rng.standard_normal((seeds, width, batch))).deltas
    rms = [np.sqrt(np.mean(delta**2, axis=(1, 2))) for delta in (deltas[0], deltas[-1])]
    return float(np.median((rms[0] / rms[1]) ** (1 / (depth - 1))))


def _mixture():
    mixed, relu = _alternating(["relu", "tanh"], "lecun_normal"), _alternating(["relu"], "lecun_normal")
    both, scaled = _alternating(["relu", "sigmoid"], "lecun_normal"), _alternating(["relu"], "he_normal")
    return Evidence(
        relu < mixed < 0.95 and both < relu and abs(scaled - 1) < 0.05,
        f"20 layers, width 100, weights N(0, 1/n), growth a layer: ReLU {relu:.2f}, ReLU and tanh in turns {mixed:.2f}, ReLU and "
        f"sigmoid in turns {both:.2f}. A mixture lies between its members. ReLU alone with N(0, 2/n): {scaled:.2f}.",
    )


def _whole_network():
    network = Network.random(
        [2] * 11, activation="relu", output="relu", initialization="he_normal", rng=np.random.default_rng(0), seeds=500
    )
    trace = network.forward(np.array([[1.0], [-0.5]]))
    gradients = network.pull_back(trace, np.ones_like(trace.output)).weights
    size = np.max([np.abs(g).max(axis=(1, 2)) for g in gradients], axis=0)  # (S,)
    dead = np.any([(z <= 0).all(axis=(1, 2)) for z in trace.z], axis=0)
    return Evidence(
        bool((size[dead] == 0).all() and (size[~dead] > 0).all()) and dead.mean() > 0.9,
        f"500 fresh ReLU networks of ten layers, two wide: {dead.mean():.0%} have a layer that is off for the input. In these every "
        "gradient is exactly 0, in the others it is not.",
    )


def _best(activation, initialization):
    """(median over seeds of the test accuracy at the best recorded rate, the latest step at which a run overflowed)."""
    kept = runs.load("ch11-swap").where(activation=activation, initialization=initialization)
    rates = dict.fromkeys(kept["rate"].tolist())
    accuracy = [np.median([row["test_accuracy"] or 0.0 for row in kept.where(rate=rate).rows]) for rate in rates]
    stops = [row["stopped_at"] for row in kept.rows if row["stopped_at"] is not None]
    return max(accuracy), max(stops) if len(stops) == len(kept.rows) else None


def _relu_for_vanishing():
    sigmoid, narrow, he = (
        _best(*start)[0] for start in (("sigmoid", "lecun_normal"), ("relu", "lecun_normal"), ("relu", "he_normal"))
    )
    return Evidence(
        sigmoid < 0.2 and sigmoid < narrow < he and he > 0.7,
        f"Digits, 20 layers, 300 steps, best of four rates, test accuracy: sigmoid {sigmoid:.2f}, ReLU with the same weights "
        f"{narrow:.2f}, ReLU with N(0, 2/n) {he:.2f}.",
    )


def _relu_for_explosion():
    tanh, stopped = _best("tanh", "standard_normal")
    relu, step = _best("relu", "standard_normal")
    scaled, _ = _best("tanh", "lecun_normal")
    return Evidence(
        stopped is None and step is not None and step <= 3 and tanh < 0.5 < scaled,
        f"Weights N(0, 1), 20 layers, four rates, three seeds: tanh learns badly ({tanh:.2f}); ReLU in its place overflows in every run, "
        f"by step {step} at the latest. Smaller weights for tanh, N(0, 1/n): {scaled:.2f}.",
    )


def _dying_is_not_vanishing():
    data = digits()
    fresh = Network.random(
        [64, 50, 50, 50, 10], activation="relu", initialization="he_normal", rng=np.random.default_rng(0), seeds=4
    )
    hurt = toll(fresh, data.train_x, data.train_y, rate=10.0, steps=1, batch=100, rng=np.random.default_rng(1))
    x, y = data.train_x[:, :200], data.train_y[:200]
    deltas = hurt.network.gradients(x, y, "cross_entropy").deltas
    ratio = np.median(np.linalg.norm(deltas[0], axis=(1, 2)) / np.linalg.norm(deltas[3], axis=(1, 2)))
    dead = float(np.mean(hurt.dead[:, 2]))
    return Evidence(
        dead > 0.4 and ratio > 0.3,
        f"One step at rate 10 (64–50–50–50–10, digits) leaves {dead:.0%} of layer 3 dead, and yet ‖δ_{{1}}‖ / ‖δ_{{4}}‖ is "
        f"{ratio:.2g}: nothing vanished. A title claims no cause; the three have different ones, and different cures.",
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
        f"Away from 0 its second difference is 0 (below 10^{{-12}}) at all of 10,000 points: it has no curvature. The slope of a "
        f"1–20–20–1 network along a line of inputs takes {jumps} jumps, and is constant between them.",
    )


def _differentiable():
    step, jumps = 1e-7, {}
    for record in ACTIVATIONS.values():
        left = (record.f(0.0) - record.f(-step)) / step
        right = (record.f(step) - record.f(0.0)) / step
        if abs(right - left) > 1e-3:
            jumps[record.label] = f"{record.label} {left:.3g} and {right:.3g}"
    return Evidence(
        set(jumps) == {"ReLU", "leaky ReLU", "SELU"},
        "Slopes from the left and from the right at z = 0 differ for "
        + ", ".join(jumps.values())
        + ". The other seven of the "
        "ten are differentiable everywhere. One point does no harm: backpropagation uses the left slope there.",
    )


def _change_of_activation():
    growth = {gain: [theory.growth(name, gain, 0.0) for name in ACTIVATIONS] for gain in (0.5, 1.0, 2.0)}
    tuned = [
        theory.growth(name, theory.critical_sigma_w(name, 0.0), 0.0)
        for name in ("relu", "leaky_relu", "tanh", "elu", "selu")
    ]
    low, high = min(growth[0.5]), max(growth[2.0])
    return Evidence(
        max(growth[0.5]) < 0.8 and high > sqrt(2) and np.allclose(tuned, 1, rtol=1e-9, atol=0),
        f"Growth of the ten activations at gain 0.5: {low:.2f} to {max(growth[0.5]):.2f}, all vanish. At gain 2: {min(growth[2.0]):.2f} to "
        f"{high:.2f}. Change the gain with the activation, and ReLU, leaky ReLU, tanh, ELU and SELU all have growth 1.",
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
        "If the network as a whole is limited by its activations, the gradient vanishes.",
        "true",
        _whole_network,
    ),
    _claim(
        "D1-relu-swap-vanishing",
        "怎么解决",
        "A network that does not learn because gradients vanish learns once sigmoid is replaced by ReLU.",
        "depends",
        _relu_for_vanishing,
    ),
    _claim(
        "D1-relu-swap-explosion",
        "梯度爆炸的解决方法",
        "A network whose gradients explode is cured by ReLU.",
        "false",
        _relu_for_explosion,
    ),
    _claim(
        "D1-dying-beside-vanishing",
        "参考资料",
        "(The title of its only reference.) Activation functions, and an explanation of vanishing, exploding and dying neurons.",
        "depends",
        _dying_is_not_vanishing,
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

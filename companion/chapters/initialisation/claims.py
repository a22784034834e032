"""Chapter 6: what the documents say about the weights at the start."""

from functools import cache
from math import log10, sqrt

import numpy as np

from companion.chapters.initialisation import deep_linear
from companion.claims import Claim, Evidence
from companion.data import digits
from companion.network import Network, train
from companion.propagation import profile
from companion.weights import INITIALIZATIONS


def _growth(activation, initialization, depth=20, width=100, **options):
    """The median growth a layer over eight networks."""
    setting = {"depth": depth, "width": width, "seeds": 8, "batch": 16} | options
    return float(np.median(profile(activation=activation, initialization=initialization, **setting).growth))


@cache
def formula_variance(n=1000):
    """n times the variance of √(6/n) ε, for ε from U(−1, 1) and from N(0, 1)."""
    rng = np.random.default_rng(0)
    return tuple(float(n * np.var(np.sqrt(6 / n) * e)) for e in (rng.uniform(-1, 1, (n, n)), rng.standard_normal((n, n))))


def after_training(rate, steps=60):
    """(step at which it diverged or None, rms δ_1 / rms δ_29, loss) of a flat start, 29 ReLU layers and the read-out, after some steps."""
    x, y = digits().train_x[:, :64], digits().train_y[:64]
    setting = {"activation": "relu", "initialization": "he_normal"}
    network = Network.random([64] * 30 + [10], **setting, rng=np.random.default_rng(0))
    run = train(network, x, y, rate=rate, steps=steps, loss="cross_entropy")
    if run.diverged_at is not None:
        return run.diverged_at, float("nan"), float("nan")
    deltas = run.network.gradients(x, y, "cross_entropy").deltas
    first, last = (float(np.sqrt(np.mean(delta**2))) for delta in (deltas[0], deltas[-2]))
    return None, first / last, float(run.losses[-1])


def _zeros():
    x, y = digits().train_x[:, :256], digits().train_y[:256]
    setting = {"activation": "relu", "initialization": "zeros"}
    network = Network.random([64, 16, 16, 10], **setting, rng=np.random.default_rng(0))
    run = train(network, x, y, rate=0.5, steps=100, loss="cross_entropy")
    largest = max(float(np.abs(layer.weights).max()) for layer in run.network.layers)
    moved = float(np.abs(run.network.layers[-1].bias).max())
    return Evidence(
        largest == 0 and moved > 0 and run.losses[-1] > 2.2,
        f"From zeros, after 100 steps on 256 digits, the largest weight of all layers is {largest:g}, exactly; only the biases of the "
        f"last layer have moved. The loss went from {run.losses[0]:.3f} to {run.losses[-1]:.3f}. (The listing below that sentence "
        "draws 0.1 · N(0, 1) instead.)",
    )


def _too_large():
    growth = {gain: _growth("relu", "lecun_normal", gain=gain) for gain in (1.0, sqrt(2), 2.0)}
    low, level, high = growth.values()
    overflow = after_training(1.0)[0]
    return Evidence(
        low < 0.75 and abs(level - 1) < 0.05 and high > 1.35 and overflow is not None,
        "“Too large” has a number: for ReLU, n Var w above 2. Growth a layer at n Var w = 1, 2, 4: "
        + ", ".join(f"{g:.2f}" for g in growth.values())
        + f". But it is not the only cause: 30 layers that start level, at 2, give NaN after {overflow} steps at a rate of 1.",
    )


def _random():
    growth = {law: _growth("relu", law) for law in ("torch_default", "he_normal", "standard_normal")}
    low, level, high = growth.values()
    return Evidence(
        low < 0.45 and abs(level - 1) < 0.05 and high > 6,
        "All three are random. ReLU, width 100, growth a layer: "
        + ", ".join(f"{INITIALIZATIONS[law].label} {g:.2f}" for law, g in growth.items())
        + ".",
    )


def _uniform():
    growth = {law: _growth("relu", law) for law in ("torch_default", "he_uniform", "he_normal", "uniform")}
    low, level, normal, high = growth.values()
    return Evidence(
        low < 0.45 and abs(level - normal) < 0.03 and high > 3.8,
        "With the right variance they do; the shape has no part in it. ReLU, width 100, growth a layer: He's variance gives "
        f"{level:.2f} with a uniform law and {normal:.2f} with a normal one; U(−1, 1) gives {high:.2f}, PyTorch's default, "
        f"uniform too, {low:.2f}.",
    )


def _xavier():
    growth = {name: _growth(name, "xavier_normal") for name in ("identity", "tanh", "relu", "sigmoid")}
    linear, tanh, relu, sigmoid = growth.values()
    return Evidence(
        abs(linear - 1) < 0.05 and 0.9 < tanh < 1 and relu < 0.75 and sigmoid < 0.3,
        f"Growth a layer: no activation {linear:.2f}, tanh {tanh:.2f}, ReLU {relu:.2f}, sigmoid {sigmoid:.2f}. "
        f"Over 30 ReLU layers that is {-29 * log10(relu):.1f} decades.",
    )


def _formula():
    uniform, normal = formula_variance()
    growth = _growth("relu", "he_normal", gain=sqrt(3))
    level = _growth("relu", "he_uniform")
    return Evidence(
        abs(uniform - 2) < 0.02 and abs(normal - 6) < 0.05 and abs(growth - sqrt(3)) < 0.1 and abs(level - 1) < 0.05,
        f"n times the variance is {uniform:.2f} if ε is from U(−1, 1): that is He's uniform law, {level:.2f} a layer with ReLU. "
        f"Xavier's is 1 for equal widths, √(3/n) ε. With ε from N(0, 1) it is {normal:.2f}, and tripling He's variance gives "
        f"{growth:.2f} a layer.",
    )


def _ensures():
    good, bad = after_training(0.003), after_training(0.3)
    tiny = after_training(1.0)[0]
    return Evidence(
        good[0] is None and 0.1 < good[1] < 10 and bad[0] is None and bad[1] < 0.1 and tiny is not None,
        f"At the start, yes. 30 layers with He's weights on 64 digits, after 60 steps: at a rate of 0.003 layer 1 has {good[1]:.2f} of the gradient of "
        f"layer 29, at 0.3 it has {bad[1]:.2f}, and at 1 the loss was NaN after {tiny} steps.",
    )


def _faster():
    steps = {law: [deep_linear.learning_time(law, 10, seed=s).steps for s in range(3)] for law in ("orthogonal", "lecun_normal")}
    quick, slow = (float(np.median(each)) for each in steps.values())
    return Evidence(
        3 * quick < slow,
        f"Ten linear layers, each start with the best of 25 rates: orthogonal weights need {quick:.0f} steps, Gaussian ones of the same "
        f"variance {slow:.0f} (medians of 3). More in rounds 4 and 5.",
    )


def _claim(identity, section, claim, verdict, evidence):
    return Claim(identity, identity[:2], section, claim, verdict, evidence, chapter=6)


CLAIMS = [
    _claim("D0-zero-start", "2.3", "All parameters start at 0, and gradient descent trains the network.", "false", _zeros),
    _claim("D1-too-large", "根本原因", "Gradients explode because the initial weights are too large.", "half true", _too_large),
    _claim("D4-random", "3.2", "Random initialisation may lead to vanishing or exploding gradients.", "true", _random),
    _claim("D4-uniform", "3.2", "Uniformly distributed weights can avoid vanishing and exploding.", "depends", _uniform),
    _claim("D4-xavier", "3.2", "Xavier initialisation makes gradients stable.", "depends", _xavier),
    _claim("D4-ensures", "3.3.1", "Initialisation makes gradients stable, so that they neither vanish nor explode.", "half true", _ensures),
    _claim("D4-faster", "3.3.1", "A suitable initialisation makes training converge faster.", "true", _faster),
    _claim("D4-formula", "4.3.1", "Xavier initialisation is W = √(6/n) · ε with a random ε.", "half true", _formula),
]

"""Chapter 6: what the documents say about the weights at the start."""

from functools import cache
from math import log10, sqrt

import numpy as np

from companion.chapters.initialisation import deep_linear, flat_start
from companion.claims import Claim, Evidence
from companion.data import digits
from companion.network import Network, train
from companion.propagation import profile
from companion.weights import INITIALIZATIONS


@cache
def _growth(activation, initialization, depth=20, width=100, **options):
    """The median growth a layer over 24 networks; biases as the initialisation's library draws them."""
    setting = {"depth": depth, "width": width, "biases": "drawn"} | options
    return float(np.median(profile(activation=activation, initialization=initialization, **setting).growth))


@cache
def formula_variance(n=1000):
    """n times the variance of √(6/n) ε, for ε from U(−1, 1) and from N(0, 1)."""
    rng = np.random.default_rng(0)
    return tuple(float(n * np.var(np.sqrt(6 / n) * e)) for e in (rng.uniform(-1, 1, (n, n)), rng.standard_normal((n, n))))


def _zeros(initialization="zeros"):
    x, y = digits().train_x[:, :256], digits().train_y[:256]
    setting = {"activation": "relu", "initialization": initialization}
    network = Network.random([64, 16, 16, 10], **setting, rng=np.random.default_rng(0))
    run = train(network, x, y, rate=0.5, steps=100, loss="cross_entropy")
    largest = max(float(np.abs(layer.weights).max()) for layer in run.network.layers)
    *others, moved = (float(np.abs(layer.bias).max()) for layer in run.network.layers)
    return Evidence(
        largest == 0 and max(others) == 0 and moved > 0 and run.losses[-1] > 2.2,
        f"A 64–16–16–10 ReLU network from zeros: after 100 steps on 256 digits the largest weight of all layers is {largest:g}, exactly; only the biases of the "
        f"last layer have moved. The loss went from {run.losses[0]:.3f} to {run.losses[-1]:.3f}. (The listing below that sentence "
        "draws 0.1<!--exact--> · N(0, 1) instead.)",
    )


def _too_large(gains=(1.0, 2**0.5, 2.0)):
    growth = {gain: _growth("relu", "lecun_normal", gain=gain) for gain in gains}
    low, level, high = growth.values()
    trained = flat_start.after(1.0)
    return Evidence(
        low < 0.75 and abs(level - 1) < 0.05 and high > 1.35 and trained.diverged == len(trained.stopped),
        "Too large weights do it, and “too large” has a number: for ReLU, n Var w above 2 (20 layers of 100, zero biases): growth a layer at n Var w = 1, 2, 4: "
        + ", ".join(f"{g:.2f}" for g in growth.values())
        + f". They are not the only cause: of {len(trained.stopped)} networks of 30 layers that start level, at 2, {trained.diverged} overflow within "
        f"{np.nanmax(trained.stopped):.0f} steps at a rate of 1.",
    )


def _random(laws=("torch_default", "he_normal", "standard_normal")):
    growth = {law: _growth("relu", law) for law in laws}
    low, level, high = growth.values()
    return Evidence(
        low < 0.45 and abs(level - 1) < 0.05 and high > 6,
        "It may: all three are random, and one holds the gradient. 20 ReLU layers of 100, biases as each library draws them, growth a layer: "
        + ", ".join(f"{INITIALIZATIONS[law].label} {g:.2f}" for law, g in growth.items())
        + ".",
    )


def _uniform(laws=("torch_default", "he_uniform", "he_normal", "uniform")):
    growth = {law: _growth("relu", law) for law in laws}
    low, level, normal, high = growth.values()
    return Evidence(
        low < 0.45 and abs(level - normal) < 0.03 and abs(level - 1) < 0.05 and high > 3.8,
        "It holds when the variance is right; the shape has no part in it. 20 ReLU layers of 100, growth a layer: He's variance gives "
        f"{level:.2f} with a uniform law and {normal:.2f} with a normal one; U(−1, 1) gives {high:.2f}, PyTorch's default, "
        f"uniform too, {low:.2f}.",
    )


def _xavier(initialization="xavier_normal"):
    growth = {name: _growth(name, initialization) for name in ("identity", "tanh", "relu", "sigmoid")}
    linear, tanh, relu, sigmoid = growth.values()
    return Evidence(
        abs(linear - 1) < 0.05 and 0.9 < tanh < 1 and relu < 0.75 and sigmoid < 0.3,
        f"20 layers of 100, zero biases, growth a layer: no activation {linear:.2f}, tanh {tanh:.2f}, ReLU {relu:.2f}, sigmoid {sigmoid:.2f}. It holds without an "
        f"activation and, at moderate depth, with tanh. Over 30 ReLU layers it loses {-29 * log10(relu):.1f} decades.",
    )


def _formula(factor=1.0):
    uniform, normal = (factor * v for v in formula_variance())
    growth = _growth("relu", "he_normal", gain=sqrt(3))
    level = _growth("relu", "he_uniform")
    return Evidence(
        abs(uniform - 2) < 0.02 and abs(normal - 6) < 0.05 and abs(growth - sqrt(3)) < 0.1 and abs(level - 1) < 0.05,
        f"Right is the scaling with 1/√n, wrong the number. n times the variance is {uniform:.2f} if ε is from U(−1, 1): that is He's uniform law, {level:.2f} a layer with "
        f"ReLU. Xavier's is 1 for equal widths, √(3/n) ε. With ε from N(0, 1) it is {normal:.2f}, and tripling He's variance gives "
        f"{growth:.2f} a layer (ReLU, 20 layers of 100).",
    )


def _ensures(careful=0.003, bold=0.3):
    start, good, bad = flat_start.after(careful, steps=0), flat_start.after(careful), flat_start.after(bold)
    left = bad.decades[np.isfinite(bad.decades)]
    settings = {"activation": "relu", "initialization": "he_normal", "depth": 50, "batch": 1}
    wide, narrow = (profile(width=n, **settings).decades for n in (100, 25))
    holds = (
        max(abs(start.decades)) < 0.7
        and good.diverged == 0
        and max(abs(good.decades)) < 0.9
        and bad.diverged >= 1
        and (left < -0.5).all()
        and abs(np.median(wide)) < 0.8
        and np.std(narrow) > 1.3 * np.std(wide)
    )
    return Evidence(
        holds,
        f"It provides them, at the start: of {len(good.stopped)} networks of 30 ReLU layers of 64 with He's weights, on 64 digits, all have δ₁ within a factor of "
        f"{np.ceil(10 ** max(abs(start.decades))):.0f} of δ₂₉, and after 60 careful steps (rate {careful:g}) still within {np.ceil(10 ** max(abs(good.decades))):.0f}. It does not ensure them: at a rate of "
        f"{bold:g} {bad.diverged} overflow, and in the others δ₁ has fallen below {np.ceil(10 ** (1 + max(left, default=0))) / 10:.1f} of δ₂₉. And single networks scatter: over 50 layers, one input, by "
        f"{np.std(wide):.1f} decades at width 100, by {np.std(narrow):.1f} at width 25.",
    )


def _faster(laws=("orthogonal", "lecun_normal")):
    steps = {law: [deep_linear.learning_time(law, 10, seed=s).steps for s in range(3)] for law in laws}
    quick, slow = (float(np.median(each)) for each in steps.values())
    return Evidence(
        4 * quick < slow,
        f"Ten linear layers of 32, whitened digits, each start with the best of 25 rates: Gaussian weights need at least {slow // quick:.0f} times the steps of orthogonal ones "
        "of the same variance (medians of three seeds). More in rounds 4 and 5.",
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

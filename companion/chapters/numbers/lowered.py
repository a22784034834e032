r"""Chapter 18: a network whose blame is handed down in a format of few bits.

Only what comes down is rounded: every δ_l, every ∂W_l, and the blame between two layers, each once, after its sum was formed
in float64 (as tensor cores form it in float32). Signals, weights and the optimiser's own numbers stay in float64.

>>> from companion.data import digits
>>> from companion.variants import VARIANTS
>>> network = VARIANTS["torch_default"].recipe.network(rng=np.random.default_rng(0))
>>> x, y = digits().train_x[:, :64], digits().train_y[:64]
>>> down = backward(network, x, y, FORMATS["float16"])
>>> bool(np.any(down.deltas[0])), bool(np.any(backward(network, x, y, FORMATS["float16"], scale=4096.0).deltas[0]))
(False, True)
"""

from dataclasses import dataclass

import numpy as np

from companion import require
from companion.activations import ACTIVATIONS
from companion.data import digits
from companion.formats import FORMATS, Format, LossScale
from companion.layers import LOSSES
from companion.network import Network
from companion.optimizers import OPTIMIZERS
from companion.signals import norm
from companion.threads import one_thread
from companion.variants import VARIANTS

BATCH = 64
LOSS = LOSSES["cross_entropy"]
ROUNDINGS = {"nearest": "to the nearest number", "stochastic": "up or down by chance"}


@dataclass(frozen=True, eq=False)
class Down:
    """What came down, multiplied by the scale: ``deltas`` δ_1 … δ_L, each (n_l, B), and ``flat``, all ∂W and ∂b in one row."""

    deltas: tuple
    flat: np.ndarray
    loss: float  # not multiplied


@one_thread()
@np.errstate(over="ignore", invalid="ignore")  # beyond the format is infinite, and infinite times 0 is NaN
def backward(network, x, y, format, scale=1.0):
    """The :class:`Down` of the mean loss of ``x`` against the digits ``y``, times ``scale``, in a format; Dense layers only."""
    require.instance("network", network, Network, "a Network of Dense layers")
    require.instance("format", format, Format, "a Format, for example FORMATS['float16']")
    scale = require.number("scale", scale, above=0)
    trace = network.forward(x)
    g, deltas, rows = format.cast(scale * LOSS.gradient(trace.output, require.labels("y", y, x.shape[1]))), [], []
    for layer, kept in zip(network.layers[::-1], trace.kept[::-1], strict=True):
        delta = format.cast(g * ACTIVATIONS[layer.activation].slope(kept.z))  # (n_l, B)
        deltas.append(delta)
        rows += [format.cast(delta.sum(1)), format.cast(delta @ kept.input.T).ravel()]
        g = format.cast(layer.weights.T @ delta)  # (n_{l-1}, B)
    return Down(tuple(deltas[::-1]), np.concatenate(rows[::-1]), float(LOSS.value(trace.output, y)))


@one_thread()
def train(
    format,
    *,
    seed,
    steps,
    scale=1.0,
    variant="torch_default",
    optimizer="adam",
    rate=0.001,
    every=20,
    kept=None,
    rounding="nearest",
    held=0,
    **settings,
):
    """Train a variant of the course's own network on the digits, 64 a step in the order of ``training``; a dictionary of results.

    - ``scale``: a number, or a :class:`~companion.formats.LossScale`, which follows its rule. A step whose gradients are not all
      finite is left out; ``skipped`` counts these.
    - ``kept``: the name of a format in which the weights are kept between steps, by ``rounding``; None is float64.
    - ``held``: so many of the lowest layers take no step.
    - ``settings`` are the optimiser's.
    - ``steps``, ``loss``, ``scales`` (K,), and ``moved`` (K, L): log10 of how far W_l is from where it began, as a share of its
      size there; all before so many steps, and after the last. ``test_accuracy``: after the last.
    """
    variant, seed = require.known("variant", variant, VARIANTS), require.seed("seed", seed)
    network = variant.recipe.network(rng=np.random.default_rng(seed))
    steps, every = require.positive_int("steps", steps), require.positive_int("every", every)
    optimizer = require.known("optimizer", optimizer, OPTIMIZERS)
    store = None if kept is None else require.known("kept", kept, FORMATS)
    require.known("rounding", rounding, ROUNDINGS)
    rate = require.number("rate", rate, above=0)
    held = require.positive_int("held", held, minimum=0, maximum=len(network.layers) - 1)
    free = np.arange(network.parameters.size) >= sum(
        layer.weights.size + layer.bias.size for layer in network.layers[:held]
    )
    dynamic = isinstance(scale, LossScale)
    scale = scale if dynamic else LossScale(require.number("scale", scale, above=0))
    x, y, order, chance = digits().train_x, digits().train_y, _order(seed), np.random.default_rng([seed, 2])
    start, w = network, network.parameters
    state, skipped, rows = optimizer.start(w), 0, []
    for step in range(steps):
        chosen = next(order)
        down = backward(network, x[:, chosen], y[chosen], format, scale.value)
        if step % every == 0:
            rows.append((step, down.loss, scale.value, _moved(network, start)))
        (gradient,), finite = scale.unscaled([down.flat])
        scale = scale.after(finite) if dynamic else scale
        if not finite:
            skipped += 1
            continue
        w, state = optimizer.step(w, free * gradient, state, rate=rate, **settings)
        if store is not None:
            w = store.stochastic(w, rng=chance) if rounding == "stochastic" else store.cast(w)
        network = network.with_parameters(w)
    rows.append((steps, down.loss, scale.value, _moved(network, start)))
    names = zip(("steps", "loss", "scales", "moved"), map(np.array, zip(*rows, strict=True)), strict=True)
    right = network(digits().test_x).argmax(0) == digits().test_y
    return dict(names) | {"skipped": skipped, "test_accuracy": float(right.mean())}


def _order(seed):
    """Indices of the examples of each step, without end: the order that ``training.train`` takes them in."""
    rng, count = np.random.default_rng([seed, 1]), digits().train_x.shape[1]
    while True:
        shuffled = rng.permutation(count)
        for first in range(0, count - BATCH + 1, BATCH):
            yield shuffled[first : first + BATCH]


def _moved(network, start):
    pairs = zip(network.layers, start.layers, strict=True)
    with np.errstate(divide="ignore"):  # log10 of 0: it has not moved at all
        return np.log10([norm(now.weights - then.weights) / norm(then.weights) for now, then in pairs])  # (L,)

r"""Gradient descent with a penalty on the weights, and what it does to the growth of the gradient on the way.

>>> rng = np.random.default_rng(0)
>>> network = Network.random([4] + [8] * 5 + [2], activation="relu", initialization="he_normal", rng=rng, seeds=3)
>>> x, y = rng.standard_normal((4, 20)), rng.integers(2, size=20)
>>> run = train(network, x, y, rate=0.1, steps=30, penalty="l2", strength=0.1)
>>> run.growth.shape, run.stopped_at.tolist()                      # 31 measurements of three networks, none diverged
((31, 3), [None, None, None])

The networks of a stack walk side by side; one that diverges stops alone. Chapter 12.
"""

from dataclasses import dataclass

import numpy as np

from companion import require, signals
from companion.fixes.decay import decoupled_decay, l1, l2
from companion.fixes.dropout import Dropout
from companion.fixes.spectral_norm import spectral_norm
from companion.layers import LOSSES
from companion.network import Network

__all__ = ["PENALTIES", "Penalised", "growth", "relu_nets", "tanh_nets", "train"]

PENALTIES = {
    "none": "none",
    "l2": "L2",
    "l1": "L1",
    "decoupled": "decoupled decay",
    "spectral": "pull to spectral norm 1",
}
"""Name → label. L2 and L1 go through the gradient; decoupled decay and the pull to spectral norm 1 act beside it."""


@dataclass(frozen=True, eq=False)
class Penalised:
    """What was measured before step k = 0, 1, …, steps in each of S networks. NaN from the step on at which one diverged.

    ``growth`` is that of the gradient a hidden layer, see :func:`growth`; ``weights`` the rms of all entries of the square
    matrices. ``stopped_at[s]`` is the number of steps after which the loss of network s was not finite (or at the last of
    which its gradient passed 1e100), or None.
    """

    network: Network
    losses: np.ndarray  # (steps + 1, S)
    growth: np.ndarray  # (steps + 1, S)
    weights: np.ndarray  # (steps + 1, S)
    stopped_at: np.ndarray  # (S,)

    @property
    def diverged(self):
        """Which networks met a NaN or an infinity, (S,)."""
        return np.array([stop is not None for stop in self.stopped_at])

    def accuracy(self, x, y):
        """Share of right answers of each last network, (S,), without dropout; chance where it diverged."""
        network = Network([layer for layer in self.network.layers if layer.parameters])
        with np.errstate(over="ignore", invalid="ignore"):
            right = np.mean(network(x).argmax(axis=-2) == y, axis=-1)  # (S,)
        return np.where(self.diverged, 1 / network.layers[-1].bias.shape[-2], right)


def relu_nets(gain, *, seeds, hidden=8, width=20, keep=1.0):
    """The chapter's networks for digits: 64–20×8–10 units, ReLU, He weights times ``gain``, zero biases; S = ``seeds``.

    So the gradient starts with a growth of ``gain`` a layer. ``keep`` below 1 puts dropout behind every hidden layer.
    """
    keep = require.number("keep", keep, above=0, at_most=1)
    layers = _layers("relu", gain, seeds, hidden, width)
    if keep < 1:
        masks = [Dropout(keep, np.random.default_rng((1, number))) for number in range(hidden)]
        layers = [layer for pair in zip(layers, masks, strict=False) for layer in pair] + layers[-1:]
    return Network(layers)


def tanh_nets(gain, *, seeds, hidden=8, width=20):
    """The same networks, weight for weight, with tanh: a large ``gain`` saturates them."""
    return Network(_layers("tanh", gain, seeds, hidden, width))


def _layers(activation, gain, seeds, hidden, width):
    gain, seeds = require.moderate("gain", gain, above=0), require.positive_int("seeds", seeds)
    hidden, width = require.positive_int("hidden", hidden), require.positive_int("width", width)
    sizes, rng = [64] + [width] * hidden + [10], np.random.default_rng(0)
    plain = Network.random(sizes, activation=activation, initialization="he_normal", rng=rng, seeds=seeds)
    return [layer.with_parameters(weights=gain * layer.weights) for layer in plain.layers]


def growth(gradients):
    """(rms δ_1 / rms δ_{L-1})^(1/(L-2)), (S,), over the hidden layers 1 … L − 1: the factor a layer towards the input."""
    first, *_, last, _ = [signals.log10_rms(delta, axis=(-2, -1)) for delta in gradients.deltas]
    with np.errstate(invalid="ignore", over="ignore"):
        return 10 ** ((first - last) / (len(gradients.deltas) - 2))


def train(network, x, y, *, rate, steps, penalty="none", strength=0.0, loss="cross_entropy"):
    """Plain gradient descent on all of ``x``, with a ``penalty`` of this ``strength`` λ on weight matrices, not on biases.

    - "l2", "l1": ½λ‖W‖² or λ Σ|w| is added to the loss;
    - "decoupled": W is multiplied by 1 − ``rate`` λ beside the step;
    - "spectral": after each step W moves the share λ of the way to W/σ_1, so λ = 1 is spectral normalisation.

    ``network`` has a leading axis S. Layers without weights (dropout) are passed through.
    """
    require.instance("network", network, Network, "a Network")
    require.known("penalty", penalty, PENALTIES)
    rate, steps = require.number("rate", rate, above=0), require.positive_int("steps", steps)
    strength = require.number("strength", strength, at_least=0)
    score = require.known("loss", loss, LOSSES)
    losses, growths, sizes, alive = [], [], [], None
    with np.errstate(
        over="ignore", invalid="ignore", divide="ignore"
    ):  # a run that overflows is stopped, not warned about
        for step in range(steps + 1):
            trace = network.forward(x)
            value = score.value(trace.output, y)  # (S,)
            if alive is None:
                alive, stopped = np.full(value.shape, True), np.full(value.shape, None)
            alive = _stop(alive & np.isfinite(value), stopped, step)
            gradients = network.backward(trace, y, loss)
            for kept, now in ((losses, value), (growths, growth(gradients)), (sizes, _size(network))):
                kept.append(np.where(alive, now, np.nan))
            if step == steps or not alive.any():
                break
            alive = _stop(alive & np.all([_finite(back, alive) for back in gradients.backs], axis=0), stopped, step + 1)
            pairs = zip(network.layers, gradients.backs, strict=True)
            network = Network([_moved(layer, back, alive, rate, penalty, strength) for layer, back in pairs])
    missing = steps + 1 - len(losses)
    full = [np.pad(np.array(kept), ((0, missing), (0, 0)), constant_values=np.nan) for kept in (losses, growths, sizes)]
    return Penalised(network, *full, stopped)


def _moved(layer, back, alive, rate, penalty, strength):
    """The layer one step later; where a network is not alive, as if its gradient were 0."""
    if not layer.parameters:
        return layer
    weights, steps = layer.weights, {}
    for name, matrix in back.parameters.items():
        steps[name] = np.where(alive[:, None, None], matrix, 0.0)
    if penalty in ("l1", "l2"):
        (steps["weights"],) = {"l1": l1, "l2": l2}[penalty]([steps["weights"]], [weights], strength)
    if penalty == "decoupled":
        (weights,) = decoupled_decay([weights], rate, strength)
    weights = weights - rate * steps["weights"]
    if penalty == "spectral":
        weights = (1 - strength) * weights + strength * spectral_norm(weights)
    return layer.with_parameters(weights=weights, bias=layer.bias - rate * steps["bias"])


def _finite(back, alive):
    """Which networks have only finite gradients, of less than 1e100, in this layer."""
    if not back.parameters:
        return alive
    return np.all([(np.abs(matrix) < 1e100).all((-2, -1)) for matrix in back.parameters.values()], axis=0)


def _stop(alive, stopped, step):
    """``alive``; whoever is not and had no stop gets this one."""
    for s in np.flatnonzero(~alive):
        stopped[s] = step if stopped[s] is None else stopped[s]
    return alive


def _size(network):
    matrices = [layer.weights for layer in network.layers if layer.parameters]
    square = [w for w in matrices if w.shape[-1] == w.shape[-2]]
    return np.sqrt(np.mean([np.mean(w**2, axis=(-2, -1)) for w in square], axis=0))  # (S,)

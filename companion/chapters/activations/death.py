r"""Dead networks and dead units: how often a narrow ReLU network is born dead, and how many units a training run kills.

A ReLU unit is *off* for an input if z ≤ 0, and *dead* if it is off for every input: its slope is then 0 wherever you look. A
whole network is dead for an input if all units of some layer are off: with zero biases nothing but zeros comes out of the
layers above, and no gradient comes back. Chapter 11; Lu et al. (2020).

>>> [round(born_dead(width, 10), 3) for width in (2, 3, 4)]
[0.944, 0.737, 0.476]
>>> one_line = np.array([[1.0, -1.0]])                                    # x and −x stand for all inputs on a line
>>> born = births(width=2, depth=10, x=one_line, nets=500, rng=np.random.default_rng(0))
>>> round(born.one(), 2), round(born.every(), 2)                          # dead for x; dead for x and for −x
(0.93, 0.89)
"""

from dataclasses import dataclass
from math import expm1, log1p

import numpy as np

from companion import require
from companion.activations import ACTIVATIONS
from companion.layers import cross_entropy
from companion.network import Network

__all__ = ["Births", "Toll", "births", "born_dead", "dead_share", "toll"]

_AT_ONCE = 2**23  # weights in memory at a time (64 MB)


def born_dead(width, depth):
    """The probability that a fresh ReLU network is dead for a given input: 1 − (1 − 2⁻ⁿ)^L.

    For ``depth`` = L hidden layers of ``width`` = n units, zero biases, and weights that are independent and symmetric about
    0: while the signal lives, each unit is off with probability ½, so a layer ends it with probability 2⁻ⁿ, however large
    the weights are.

    >>> f"{born_dead(64, 50):.2g}"                                        # no digit is lost where 1 − 2⁻ⁿ rounds to 1
    '2.7e-18'
    """
    width, depth = require.positive_int("width", width), require.positive_int("depth", depth)
    return -expm1(depth * log1p(-(0.5**width)))


@dataclass(frozen=True, eq=False)
class Births:
    """In which layer the signal of each input ended, in each of S fresh ReLU networks of L layers.

    ``died`` (S, B) holds the number of that layer, or L + 1 where the signal came through. A network of L layers is also a
    network of each smaller depth, so all shares take a ``depth`` up to L.
    """

    died: np.ndarray
    depth: int

    def one(self, depth=None):
        """The share of networks that are dead for the first input."""
        return float(self._by(depth)[:, 0].mean())

    def every(self, depth=None, inputs=None):
        """The share of networks that are dead for each of the inputs (or of the first ``inputs``)."""
        inputs = self.died.shape[1] if inputs is None else require.positive_int("inputs", inputs)
        return float(self._by(depth)[:, :inputs].all(1).mean())

    def _by(self, depth):
        depth = self.depth if depth is None else require.positive_int("depth", depth)
        if depth > self.depth:
            raise ValueError(f"depth must be at most {self.depth}, the layers that were drawn, got {depth}")
        return self.died <= depth


def births(*, width, depth, x, nets, rng):
    """Draw ``nets`` ReLU networks of ``depth`` layers, N(0, 1) weights and no biases, and follow ``x`` (n_0, B): :class:`Births`.

    The size of the weights does not matter: each signal is brought back to size 1 after every layer, which changes no sign.
    """
    width, depth, nets = (
        require.positive_int(name, value) for name, value in (("width", width), ("depth", depth), ("nets", nets))
    )
    x = require.finite_array("x", x, ndim=2)
    require.generator("rng", rng)
    at_once = max(1, _AT_ONCE // (width * max(width, len(x))))
    turns = [min(at_once, nets - first) for first in range(0, nets, at_once)]
    return Births(np.concatenate([_follow(width, depth, x, turn, rng) for turn in turns]), depth)


def _follow(width, depth, x, nets, rng):
    """In which layer each input's signal ends, (S, B)."""
    died = np.full((nets, x.shape[1]), depth + 1)
    a = np.broadcast_to(x, (nets, *x.shape))  # (S, n_0, B)
    for layer in range(1, depth + 1):
        a = np.maximum(rng.standard_normal((nets, width, a.shape[1])) @ a, 0)  # (S, n, B)
        largest = a.max(1)  # (S, B)
        died = np.where(largest == 0, np.minimum(died, layer), died)
        a /= np.where(largest == 0, 1, largest)[:, None]
    return died


def dead_share(network, x, *, below=0.0):
    """The share of units, in each hidden layer, whose slope is at most ``below`` in size for every example of ``x``.

    Shape (L − 1,), with seeds (S, L − 1). For ReLU ``below=0`` asks for dead units: off for all of ``x``. A few examples
    find more of them than all data do. GELU and SiLU have no slope of exactly 0, so name a size.

    >>> net = Network.random([64, 32, 32, 10], activation="relu", initialization="he_normal", rng=np.random.default_rng(0))
    >>> x = np.random.default_rng(1).standard_normal((64, 500))
    >>> dead_share(net, x[:, :2]).round(2), dead_share(net, x).round(2)
    (array([0.28, 0.31]), array([0., 0.]))
    """
    require.instance("network", network, Network, "a Network")
    below = require.number("below", below, at_least=0)
    trace = network.forward(x)
    pairs = zip(network.layers[:-1], trace.z[:-1], strict=True)
    slopes = [np.abs(ACTIVATIONS[layer.activation].slope(z)).max(-1) for layer, z in pairs]  # each ([S,] n)
    return np.stack([(slope <= below).mean(-1) for slope in slopes], axis=-1)


@dataclass(frozen=True, eq=False)
class Toll:
    """What a training run left alive in S networks: ``dead`` (S, L − 1) as of :func:`dead_share`, ``accuracy`` (S,).

    Both on all of the data. NaN where a network diverged: its weights are no numbers any more. ``network`` is the last one.
    """

    dead: np.ndarray
    accuracy: np.ndarray
    network: Network


def toll(network, x, y, *, rate, steps, batch, rng, below=0.01):
    """Train by plain descent on random batches, ``steps`` times, and count the dead units on all of ``x``: a :class:`Toll`.

    Cross-entropy; ``y`` holds classes. With seeds all networks see the same batches. At the default ``below`` a leaky unit
    counts too that is off for every example: alive, at a hundredth of the slope.
    """
    rate, steps = require.number("rate", rate, above=0), require.positive_int("steps", steps)
    require.instance("network", network, Network, "a Network")
    require.generator("rng", rng)
    below = require.number("below", below, at_least=0)
    batch, x = require.positive_int("batch", batch), require.finite_array("x", x, ndim=2)
    y = require.labels("y", y, x.shape[1])
    if batch > len(y):
        raise ValueError(f"batch must be at most {len(y)}, the number of examples, got {batch}")
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged network is reported as NaN, below
        for _ in range(steps):
            chosen = rng.choice(len(y), batch, replace=False)
            step = network.gradients(x[:, chosen], y[chosen], cross_entropy.name)
            network = network.with_parameters(network.parameters - rate * step.flat)
        output = network(x)  # ([S,] 10, B)
        fine = np.isfinite(output).all((-2, -1))
        dead = np.where(fine[..., None], dead_share(network, x, below=below), np.nan)
        return Toll(dead, np.where(fine, (output.argmax(-2) == y).mean(-1), np.nan), network)

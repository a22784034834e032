r"""Seven ways to start a deep sigmoid network, and one with ReLU: what the chapter compares.

>>> network = STARTS["ready"].network(depth=4, seed=0)
>>> z = network.forward(digits().train_x).z
>>> [bool(np.abs(each.mean(1)).max() < 1e-10) for each in z[:-1]]           # each hidden sigmoid sits where it is steepest
[True, True, True]

Chapter 15.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from companion import require
from companion.chapters.pretraining.greedy import pretrain, single
from companion.data import digits
from companion.fixes.lsuv import lsuv
from companion.network import Network
from companion.variants import VARIANTS, Variant

RATE, EPOCHS, BATCH = 0.1, 15, 32  # of the pre-training


def pretrained(network, *, seed, rate=RATE, noise=0.0):
    """``network`` pre-trained on the digits without their labels: 15 rounds a layer, 32 digits a step, order by ``seed``."""
    rng = np.random.default_rng([require.seed("seed", seed), 2])
    return pretrain(network, digits().train_x, rate=rate, epochs=EPOCHS, batch=BATCH, noise=noise, rng=rng).network


def shuffled(network, *, seed):
    """``network`` with the entries of each hidden matrix in a random order: the same numbers, no structure."""
    network = single(network)
    rng = np.random.default_rng([require.seed("seed", seed), 3])
    hidden = [
        layer.with_parameters(weights=rng.permuted(layer.weights.ravel()).reshape(layer.weights.shape), bias=layer.bias)
        for layer in network.layers[:-1]
    ]
    return Network([*hidden, network.layers[-1]])


def centred(network, x):
    """``network`` with hidden biases that give each sum z_l a mean of 0 over the examples ``x`` (n_0, N); nothing is learnt."""
    network = single(network)
    a, layers = require.finite_array("x", x, shape=(network.layers[0].weights.shape[1], None)), []
    if not a.shape[1]:
        raise ValueError("x must have at least one example, got none")
    for layer in network.layers[:-1]:
        bias = -(layer.weights @ a).mean(1, keepdims=True)  # (n_l, 1)
        layers.append(layer.with_parameters(weights=layer.weights, bias=bias))
        a = layers[-1].forward(a).output  # (n_l, N)
    return Network([*layers, network.layers[-1]])


@dataclass(frozen=True)
class Start:
    """A way to begin: what is drawn (a Variant), and what is done to it before training, ``prepare(network, seed)``."""

    name: str
    label: str
    drawn: Variant
    prepare: Callable = lambda network, seed: network

    def variant(self, depth):
        """The course's own network with this start and ``depth`` weight matrices."""
        return replace(self.drawn, name=self.name, label=self.label, depth=require.positive_int("depth", depth, minimum=2))

    def network(self, *, depth, seed):
        """The network that training begins with."""
        rng = np.random.default_rng(require.seed("seed", seed))
        return self.prepare(self.variant(depth).recipe.network(rng=rng), seed)


SIGMOID = VARIANTS["sigmoid"]
STARTS = {
    start.name: start
    for start in (
        Start("random", "sigmoid, N(0, 1/n)", SIGMOID),
        Start("pretrained", "sigmoid, pre-trained", SIGMOID, lambda network, seed: pretrained(network, seed=seed)),
        Start("rescaled", "sigmoid, N(0, 16/n)", replace(SIGMOID, gain=4.0)),
        Start(
            "centred",
            "sigmoid, N(0, 16/n), centred",
            replace(SIGMOID, gain=4.0),
            lambda network, seed: centred(network, digits().train_x),
        ),
        Start("relu", "ReLU, He's weights", VARIANTS["he"]),
        Start(
            "shuffled",
            "sigmoid, pre-trained, then shuffled",
            SIGMOID,
            lambda network, seed: shuffled(pretrained(network, seed=seed), seed=seed),
        ),
        Start(
            "ready",
            "sigmoid, orthogonal × 4, centred",
            replace(SIGMOID, initialization="orthogonal", gain=4.0),
            lambda network, seed: centred(network, digits().train_x),
        ),
        Start(
            "lsuv",
            "sigmoid, LSUV",
            replace(SIGMOID, initialization="orthogonal"),
            lambda network, seed: lsuv(network, digits().train_x),
        ),
    )
}

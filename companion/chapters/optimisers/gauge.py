"""Only the scale is wrong: one number at the outputs mends a network whose weights are all too small."""

from dataclasses import dataclass

import numpy as np

from companion import require, torch_nets, training
from companion.variants import VARIANTS

torch = torch_nets.torch
nn = torch.nn


class Louder(nn.Module):
    """A module whose outputs are multiplied by a fixed number."""

    def __init__(self, module, factor):
        super().__init__()
        self.module, self.factor = module, factor

    def forward(self, x):
        return self.factor * self.module(x)


@dataclass(frozen=True, eq=False)
class Twins:
    """The losses of the batches, (K,) each: of the good start, of its halved twin, and of that with its outputs multiplied."""

    good: np.ndarray
    halved: np.ndarray
    louder: np.ndarray


def twins(*, seed, steps=30, factor=0.5):
    """Train three networks of the course without biases: He's start; every weight times ``factor``; that, made louder.

    With L weight matrices the outputs are factor^L times as large, since ReLU passes a factor on; multiplied by factor^−L they
    are the old ones. A weight is ``factor`` times as large and its gradient 1/``factor`` times, so SGD takes the same relative
    steps at factor² times the rate: to the last bit, if the factor is a power of two. Chapter 13.

    >>> three = twins(seed=0, steps=5)
    >>> bool((three.good == three.louder).all()), bool((three.good == three.halved).any())
    (True, False)
    """
    factor = require.number("factor", factor, at_least=0.1, at_most=10)

    def losses(scale, louder=1.0, rate=0.01):
        module = torch_nets.module(VARIANTS["he"].recipe, seed=seed, dtype=torch.float32)
        for layer in torch_nets.weight_layers(module):
            layer.bias = None
            layer.weight.data *= scale
        settings = {"momentum": 0.9, "steps": steps, "batch": 64, "seed": seed, "record_every": 1}
        return training.train(Louder(module, louder), rate=rate, **settings).loss

    depth = VARIANTS["he"].depth
    return Twins(losses(1.0), losses(factor), losses(factor, factor**-depth, 0.01 * factor**2))

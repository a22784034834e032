r"""Dropout, inverted: in training each entry is kept with probability ``keep``, and what is kept is divided by it.

The mean of every entry stays, its second moment grows by 1/keep: forward, and in the gradients on their way back.

>>> layer = Dropout(0.5, np.random.default_rng(0))
>>> layer.forward(np.ones((1, 6))).output                      # a fresh mask at each forward pass
array([[0., 2., 2., 2., 0., 0.]])
>>> layer.settle(None).forward(np.ones((1, 6))).output         # in use: nothing is dropped
array([[1., 1., 1., 1., 1., 1.]])

Srivastava et al. (2014). Chapter 12.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from companion import require
from companion.layers import Back


class DropoutKept(NamedTuple):
    """What dropout keeps: its input, the mask of 0s and 1/keeps, and its output."""

    input: np.ndarray  # (n, B)
    mask: np.ndarray  # (n, B)
    output: np.ndarray  # (n, B)


@dataclass(frozen=True, eq=False, repr=False)
class Dropout:
    """y = mask ⊙ x, the mask 1/``keep`` with probability ``keep``, else 0. No parameters.

    ``rng`` is a generator, or a sequence of S of them, one a seed: then network s has the same masks whichever other
    networks stand beside it.
    """

    keep: float
    rng: np.random.Generator | tuple

    def __post_init__(self):
        require.number("keep", self.keep, above=0, at_most=1)
        rngs = self.rng if isinstance(self.rng, (list, tuple)) else [self.rng]
        if not rngs or not all(isinstance(rng, np.random.Generator) for rng in rngs):
            raise TypeError(f"rng must be a numpy.random.Generator or one for each seed, got {self.rng!r}")

    @property
    def parameters(self):
        return {}

    def with_parameters(self):
        return self

    @np.errstate(over="ignore", invalid="ignore")  # an infinite signal stays visible
    def forward(self, a):
        a = require.numbers("a", a)
        mask = np.ones(a.shape) if self.keep == 1 else (self._uniform(a.shape) < self.keep) / self.keep
        return DropoutKept(a, mask, mask * a)

    def backward(self, kept, g):
        return Back(kept.mask * g, g, {})

    def settle(self, a):
        """Dropout in use: keeps all."""
        return replace(self, keep=1.0)

    def _uniform(self, shape):
        if isinstance(self.rng, np.random.Generator):
            return self.rng.random(shape)
        if shape[0] != len(self.rng):
            raise ValueError(
                f"{self!r} has a generator for each of {len(self.rng)} seeds: a must have as many, got {shape}"
            )
        return np.stack([rng.random(shape[1:]) for rng in self.rng])

    def __repr__(self):
        return f"Dropout({self.keep:g})"

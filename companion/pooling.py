r"""Pooling layers: each output is the mean, or the largest, of a window of inputs; the backward pass is derived by hand.

The units of a layer are C maps of one grid, row after row, as PyTorch's ``flatten`` leaves them: ``grid=(8, 8)`` reads 64 units
as one picture and 128 as two, ``grid=(10,)`` reads them as rows of ten. Every map is pooled alone, so n units become
n · (outputs of a map) / (places of the grid). Columns are examples, and leading axes (seeds) pass, as in :mod:`companion.layers`.

>>> pool = MaxPool(2, grid=(4,))
>>> pool
MaxPool(4 → 2; size 2, stride 2)
>>> kept = pool.forward([[1.0], [3.0], [2.0], [0.0]])                 # one example of four units
>>> kept.output.ravel(), pool.backward(kept, [[10.0], [20.0]]).input.ravel()
(array([3., 2.]), array([ 0., 10., 20.,  0.]))
>>> mean = MeanPool(2, grid=(4,))
>>> mean.backward(mean.forward(kept.input), [[10.0], [20.0]]).input.ravel()
array([ 5.,  5., 10., 10.])

A window that would reach beyond the grid is left out, as PyTorch does without padding: the inputs that no window covers get no
blame, and those that several cover get the sum. Chapter 14.
"""

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from companion import require
from companion.layers import Back

__all__ = ["MaxPool", "MeanPool", "PoolKept", "global_mean"]


class PoolKept(NamedTuple):
    """What a pooling layer keeps: its input, its output, and which place of each window was chosen (None for the mean)."""

    input: np.ndarray  # (n_in, B)
    output: np.ndarray  # (n_out, B)
    chosen: np.ndarray | None  # (C, *outputs of a map, B)


@dataclass(frozen=True, repr=False)
class _Pool:
    """``size`` of the window, the ``grid`` it moves over and its ``stride`` (None: its size): a number, or one for each axis."""

    size: tuple
    grid: tuple
    stride: tuple | None = None

    def __post_init__(self):
        grid = _axes("grid", self.grid)
        size = _axes("size", self.size, len(grid))
        stride = size if self.stride is None else _axes("stride", self.stride, len(grid))
        if any(window > places for window, places in zip(size, grid, strict=True)):
            raise ValueError(f"size must fit into the grid of {_times(grid)}, got {_times(size)}")
        for name, value in {"size": size, "grid": grid, "stride": stride}.items():
            object.__setattr__(self, name, value)

    @property
    def pooled(self):
        """The grid of the outputs."""
        return tuple((n - k) // s + 1 for n, k, s in zip(self.grid, self.size, self.stride, strict=True))

    @property
    def parameters(self):
        return {}

    def with_parameters(self):
        return self

    def forward(self, a):
        a = require.numbers("a", a)
        if a.ndim < 2 or a.shape[-2] % prod(self.grid) or not a.shape[-2]:
            wanted = f"({prod(self.grid)}, B), or a multiple of {prod(self.grid)} rows"
            raise ValueError(f"{self!r} pools maps of {_times(self.grid)}: a must have shape {wanted}, got {a.shape}")
        maps = a.reshape(*a.shape[:-2], -1, *self.grid, a.shape[-1])  # (C, *grid, B)
        windows = np.stack([maps[..., *place, :] for place in self._places()])  # (k, C, *pooled, B)
        chosen, output = self._pool(windows)
        return PoolKept(a, output.reshape(*a.shape[:-2], -1, a.shape[-1]), chosen)

    def backward(self, kept, g):
        kept, g = require.instance("kept", kept, PoolKept, "what forward gives"), require.numbers("g", g)
        if g.shape != kept.output.shape:
            raise ValueError(f"g must have the shape of the output, {kept.output.shape}, got {g.shape}")
        lead, batch = g.shape[:-2], g.shape[-1]
        maps = g.reshape(*lead, -1, *self.pooled, batch)  # (C, *pooled, B)
        below = np.zeros((*maps.shape[: len(lead) + 1], *self.grid, batch), np.result_type(g, float))  # (C, *grid, B)
        for number, place in enumerate(self._places()):
            below[..., *place, :] += self._share(kept.chosen, number) * maps
        return Back(below.reshape(kept.input.shape), g, {})

    def _places(self):
        """For each place in a window, row after row: the slices of the grid where the windows have it."""
        for corner in product(*map(range, self.size)):
            steps = zip(corner, self.stride, self.pooled, strict=True)
            yield tuple(slice(first, first + stride * (count - 1) + 1, stride) for first, stride, count in steps)

    def __repr__(self):
        name = f"{type(self).__name__}({_times(self.grid)} → {_times(self.pooled)}"
        return f"{name}; size {_times(self.size)}, stride {_times(self.stride)})"


class MeanPool(_Pool):
    """The mean of each window: on the way back each of its k inputs gets 1/k of the output's blame.

    >>> MeanPool(3, grid=(7,), stride=2).pooled                   # windows may overlap: a stride below the size
    (3,)
    """

    def _pool(self, windows):
        return None, windows.mean(0)

    def _share(self, chosen, place):
        return 1 / prod(self.size)


class MaxPool(_Pool):
    """The largest of each window: on the way back it gets all of the output's blame, the others get nothing.

    Of equal ones the first, row after row, as in PyTorch. Complex inputs are compared by their real part, so that the complex
    step can differentiate where no two are equal.
    """

    def _pool(self, windows):
        chosen = windows.real.argmax(0)
        return chosen, np.take_along_axis(windows, chosen[None], 0)[0]

    def _share(self, chosen, place):
        return chosen == place


def global_mean(grid):
    """The :class:`MeanPool` whose window is the whole ``grid``: one number a map.

    >>> global_mean((8, 8))
    MeanPool(8 × 8 → 1 × 1; size 8 × 8, stride 8 × 8)
    """
    return MeanPool(grid, grid)


def _axes(argument, value, count=None):
    """``value`` as a tuple of one or two whole numbers; with ``count``, one number stands for that many."""
    if count is not None and not isinstance(value, tuple | list):
        value = (value,) * count
    numbers = require.listed(argument, value)
    if len(numbers) not in ((1, 2) if count is None else (count,)):
        wanted = "one or two whole numbers" if count is None else f"one whole number, or {count}"
        raise ValueError(f"{argument} must be {wanted}, got {require.shown(value)}")
    return tuple(require.positive_int(argument, number) for number in numbers)


def _times(numbers):
    return " × ".join(map(str, numbers))

r"""What the normalisations share: subtract a mean, divide by a standard deviation, and the way back through both.

With x̂ = (x − m)/s, s = √(v + ε), m and v the mean and the variance over one set of N entries, a change of x moves x̂ in
three ways: itself, through m and through s. Summed, with h = ∂ℒ/∂x̂ = γ g,

∂ℒ/∂x = (h − mean(h) − x̂ · mean(h x̂)) / s,

so what passes down has no part along the constant vector and none along x̂. The fixes differ in the set alone: over
which axis the means go. Derived in chapter 8.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np

from companion import require
from companion.layers import Back


class NormKept(NamedTuple):
    """What a normalisation keeps: its input, x̂ and s (shaped to go with x̂), and its output."""

    input: np.ndarray  # (n, B)
    normalized: np.ndarray  # (n, B)
    scale: np.ndarray
    output: np.ndarray  # (n, B)


@dataclass(frozen=True, eq=False, repr=False)
class Normalization:
    """y = γ x̂ + β, one γ and one β a unit, both (n, 1); with seeds (S, n, 1). Subclasses say over which axis."""

    gamma: np.ndarray
    beta: np.ndarray
    eps: float = 1e-5
    axis: ClassVar[int]

    def __post_init__(self):
        object.__setattr__(self, "gamma", column("gamma", self.gamma))
        object.__setattr__(self, "beta", column("beta", self.beta))
        if self.gamma.shape != self.beta.shape:
            raise ValueError(f"beta must have the shape of gamma, {self.gamma.shape}, got {self.beta.shape}")
        require.number("eps", self.eps, at_least=0)

    @property
    def units(self):
        return self.gamma.shape[-2]

    @property
    def parameters(self):
        return {"gamma": self.gamma, "beta": self.beta}

    def with_parameters(self, **matrices):
        return replace(self, **matrices)

    def forward(self, a):
        a = self.checked("a", a)
        split = self._split(a)
        centred = split - split.mean(self.axis, keepdims=True)
        scale = np.sqrt((centred**2).mean(self.axis, keepdims=True) + self.eps)
        normalized = (centred / scale).reshape(a.shape)
        return NormKept(a, normalized, scale, self.gamma * normalized + self.beta)

    def backward(self, kept, g):
        h, normalized = self._split(self.gamma * g), self._split(kept.normalized)
        through_mean = h.mean(self.axis, keepdims=True)
        through_scale = normalized * (h * normalized).mean(self.axis, keepdims=True)
        back = ((h - through_mean - through_scale) / kept.scale).reshape(g.shape)
        return Back(back, g, {"gamma": (g * kept.normalized).sum(-1, keepdims=True), "beta": g.sum(-1, keepdims=True)})

    def _split(self, x):
        """``x`` laid out so that :attr:`axis` runs over one set."""
        return x

    def checked(self, argument, a):
        return columns(self, argument, a, self.units)

    def __repr__(self):
        return f"{type(self).__name__}({self.units})"


def column(argument, value):
    """``value`` as a column, (n, 1), or a stack of columns; complex numbers pass."""
    array = np.asarray(require.numbers(argument, value))
    if array.dtype.kind != "c":
        array = require.finite_array(argument, value)
    if array.ndim < 2 or array.shape[-1] != 1:
        raise ValueError(f"{argument} must have shape (n, 1), one number a unit, got {array.shape}")
    return array


def columns(layer, argument, a, units):
    """``a`` with one column an example and ``units`` rows; else an error that names the layer."""
    a = require.numbers(argument, a)
    if a.ndim < 2 or a.shape[-2] != units:
        raise ValueError(f"{layer!r} has {units} inputs: {argument} must have shape ({units}, B), got {a.shape}")
    return a

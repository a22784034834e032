r"""Batch normalisation: each unit is centred and scaled over the batch, in training; by fixed numbers in use.

>>> layer = BatchNorm([[1.0]], [[0.0]], eps=0.0)
>>> layer.forward(np.array([[1.0, 5.0]])).output
array([[-1.,  1.]])
>>> layer.evaluate([[1.0]], [[4.0]]).forward(np.array([[5.0]])).output      # an example alone, with the statistics given
array([[2.]])

It takes the scale of the weights out of the forward pass, and puts a growth of its own into the backward pass:
``theory.batch_norm_growth``. Ioffe and Szegedy (2015); Yang et al. (2019). Chapter 8.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from companion import require
from companion.fixes.normalization import Normalization, column, columns
from companion.layers import Back


@dataclass(frozen=True, eq=False, repr=False)
class BatchNorm(Normalization):
    """Over the batch: m and v of each unit are those of the B examples at hand (v divides by B)."""

    axis = -1

    def checked(self, argument, a):
        a = super().checked(argument, a)
        if a.shape[-1] < 2:
            raise ValueError(
                f"{self!r} needs a batch of at least 2 examples: {argument} must have shape ({self.units}, B) with B >= 2, "
                f"got {a.shape}. One example minus its own mean is 0; to use a trained network, evaluate(mean, var)"
            )
        return a

    def evaluate(self, mean, var):
        """The layer for use: the same γ and β, with the statistics ``mean`` and ``var``, (n, 1), whatever the batch."""
        return FixedNorm(self.gamma, self.beta, mean, var, self.eps)

    def settle(self, a):
        """:meth:`evaluate` with the statistics of ``a``, (n, B): all of the training data, say."""
        a = self.checked("a", a)
        return self.evaluate(a.mean(-1, keepdims=True), a.var(-1, keepdims=True))


class FixedKept(NamedTuple):
    """What :class:`FixedNorm` keeps."""

    input: np.ndarray  # (n, B)
    normalized: np.ndarray  # (n, B)
    output: np.ndarray  # (n, B)


@dataclass(frozen=True, eq=False, repr=False)
class FixedNorm:
    """Batch norm in evaluation mode: y = γ (x − mean)/√(var + ε) + β, with mean and var constants. One example is enough.

    The way back has one path, through x: ∂ℒ/∂x = γ g/√(var + ε).
    """

    gamma: np.ndarray
    beta: np.ndarray
    mean: np.ndarray
    var: np.ndarray
    eps: float = 1e-5

    def __post_init__(self):
        for name in ("gamma", "beta", "mean", "var"):
            object.__setattr__(self, name, column(name, getattr(self, name)))
            if getattr(self, name).shape[-2] != self.gamma.shape[-2]:
                raise ValueError(
                    f"{name} must have shape ({self.gamma.shape[-2]}, 1) as gamma has, got {getattr(self, name).shape}"
                )
        require.number("eps", self.eps, at_least=0)
        if (self.var.real < 0).any():
            raise ValueError(f"var must not be negative, got {self.var.min()}")

    @property
    def parameters(self):
        return {"gamma": self.gamma, "beta": self.beta}

    def with_parameters(self, **matrices):
        return replace(self, **matrices)

    def forward(self, a):
        a = columns(self, "a", a, self.gamma.shape[-2])
        normalized = (a - self.mean) / np.sqrt(self.var + self.eps)
        return FixedKept(a, normalized, self.gamma * normalized + self.beta)

    def backward(self, kept, g):
        gradients = {"gamma": (g * kept.normalized).sum(-1, keepdims=True), "beta": g.sum(-1, keepdims=True)}
        return Back(self.gamma * g / np.sqrt(self.var + self.eps), g, gradients)

    def __repr__(self):
        return f"BatchNorm({self.gamma.shape[-2]}, evaluation)"

r"""RMS normalisation: each example is divided by the root mean square of its units. No mean, no β.

>>> RMSNorm(np.ones((2, 1)), eps=0.0).forward(np.array([[3.0], [-3.0]])).output.ravel()
array([ 1., -1.])

Without the mean there is one path less on the way back: with r = √(mean x² + ε), x̂ = x/r and h = γ g,
∂ℒ/∂x = (h − x̂ · mean(h x̂))/r. Zhang and Sennrich (2019). Chapter 8.
"""

from dataclasses import dataclass, replace

import numpy as np

from companion import require
from companion.fixes.normalization import NormKept, column, columns
from companion.layers import Back


@dataclass(frozen=True, eq=False, repr=False)
class RMSNorm:
    """y = γ x/r, r the root mean square over the n units of each example; γ (n, 1), with seeds (S, n, 1)."""

    gamma: np.ndarray
    eps: float = 1e-5

    def __post_init__(self):
        object.__setattr__(self, "gamma", column("gamma", self.gamma))
        require.number("eps", self.eps, at_least=0)

    @property
    def parameters(self):
        return {"gamma": self.gamma}

    def with_parameters(self, **matrices):
        return replace(self, **matrices)

    def forward(self, a):
        a = columns(self, "a", a, self.gamma.shape[-2])
        scale = np.sqrt((a**2).mean(-2, keepdims=True) + self.eps)  # (1, B)
        normalized = a / scale
        return NormKept(a, normalized, scale, self.gamma * normalized)

    def backward(self, kept, g):
        h = self.gamma * g
        through_scale = kept.normalized * (h * kept.normalized).mean(-2, keepdims=True)
        return Back((h - through_scale) / kept.scale, g, {"gamma": (g * kept.normalized).sum(-1, keepdims=True)})

    def __repr__(self):
        return f"RMSNorm({self.gamma.shape[-2]})"

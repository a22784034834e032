r"""Residual connections: ρ x + s F(x). The gradient has a way down that passes through no weights.

>>> from companion.layers import Dense
>>> block = Residual([Dense([[0.0]], [[0.0]], "tanh")])
>>> block.forward(np.array([[3.0]])).output                            # F = 0 gives the identity, not 2x
array([[3.]])
>>> block.backward(block.forward(np.array([[3.0]])), np.array([[1.0]])).input
array([[1.]])

What the wrapper adds to a block: ``shortcut`` ρ, ``scale`` s, and whether s is learnt. Its variants set these numbers:
1/√L keeps the sum of L blocks bounded; ReZero starts at s = 0 and learns it; ``fixes.fixup`` changes the branch's
weights. He et al. (2016); Bachlechner et al. (2021). Chapter 9.
"""

from dataclasses import dataclass, replace

import numpy as np

from companion import require
from companion.stack import Stack, StackKept


@dataclass(frozen=True, eq=False, repr=False)
class Residual(Stack):
    """ρ x + s F(x), F the ``layers`` one after the other. F must give back the shape that it is given.

    ``scale`` is a number, or an array (1, 1), with seeds (S, 1, 1). With ``learn`` it is a parameter, ``"scale"``.
    """

    shortcut: float = 1.0
    scale: float | np.ndarray = 1.0
    learn: bool = False

    def __post_init__(self):
        super().__post_init__()
        require.number("shortcut", self.shortcut)
        require.flag("learn", self.learn)
        scale = np.asarray(require.numbers("scale", self.scale))
        if scale.dtype.kind != "c":
            scale = require.finite_array("scale", self.scale)
        if scale.shape[-2:] not in ((), (1, 1)):
            raise ValueError(f"scale must be a number or an array of shape (1, 1), got {scale.shape}")
        object.__setattr__(self, "scale", scale if scale.ndim else scale.reshape(1, 1))

    @property
    def parameters(self):
        return super().parameters | ({"scale": self.scale} if self.learn else {})

    def with_parameters(self, **matrices):
        scale = matrices.pop("scale", self.scale) if self.learn else self.scale
        return replace(super().with_parameters(**matrices), scale=scale)

    def forward(self, a):
        kept = super().forward(a)
        if kept.output.shape[-2:] != kept.input.shape[-2:]:
            raise ValueError(
                f"layers of a residual block must keep the shape of their input, {kept.input.shape[-2:]}, "
                f"got {kept.output.shape[-2:]} from {self!r}"
            )
        return StackKept(kept.input, kept.kept, self.shortcut * kept.input + self.scale * kept.output)

    def backward(self, kept, g):
        back = super().backward(kept, self.scale * g)  # down the branch …
        parameters = dict(back.parameters)
        if self.learn:
            parameters["scale"] = (g * kept.kept[-1].output).sum((-2, -1), keepdims=True)
        return back._replace(input=self.shortcut * g + back.input, delta=g, parameters=parameters)  # … and the shortcut

    def __repr__(self):
        scale = f"{self.scale.flat[0]:.3g}{' learnt' if self.learn else ''}"
        return f"Residual({', '.join(map(repr, self.layers))}; shortcut={self.shortcut:g}, scale={scale})"


def with_scaled_weights(layers, factors):
    """The layers with the weight matrices among them multiplied, the k-th by ``factors[k]``: how a branch begins.

    >>> from companion.layers import Dense
    >>> with_scaled_weights([Dense([[2.0]], [[1.0]], "relu")], [0.5])[0].weights
    array([[1.]])
    """
    factors, new = iter(factors), []
    for layer in layers:
        own = layer.parameters
        new.append(layer.with_parameters(weights=next(factors) * own["weights"]) if "weights" in own else layer)
    return new

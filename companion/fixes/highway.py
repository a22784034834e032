r"""A highway block: a gate decides, unit by unit, how much is transformed and how much is carried on unchanged.

y = T ⊙ F(x) + (1 − T) ⊙ x, with T = s(W_T x + b_T). A negative gate bias b_T makes the block nearly the identity at the
start: the ingredient that lets deep ones train.

>>> from companion.layers import Dense
>>> gate = Dense([[0.0]], [[-50.0]], "sigmoid")                        # closed: everything is carried
>>> Highway([Dense([[9.0]], [[0.0]], "tanh")], gate).forward(np.array([[3.0]])).output
array([[3.]])

Srivastava et al. (2015). Chapter 9.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from companion.layers import Dense, Kept
from companion.stack import Stack


class HighwayKept(NamedTuple):
    """What a highway block keeps: its input, what each part of F and the gate kept, and its output."""

    input: np.ndarray  # (n, B)
    kept: tuple
    gate: Kept
    output: np.ndarray  # (n, B)


@dataclass(frozen=True, eq=False, repr=False)
class Highway(Stack):
    """T ⊙ F(x) + (1 − T) ⊙ x; F the ``layers``, T the ``gate``: a Dense layer with a sigmoid, as wide as x.

    The gate's parameters are ``"gate.weights"`` and ``"gate.bias"``; its δ is not among the network's.
    """

    gate: Dense

    def __post_init__(self):
        super().__post_init__()
        if not isinstance(self.gate, Dense) or self.gate.activation != "sigmoid":
            raise ValueError(f"gate must be a Dense layer with a sigmoid, got {self.gate!r}")

    @property
    def parameters(self):
        return super().parameters | _prefixed(self.gate.parameters)

    def with_parameters(self, **matrices):
        own = {name: matrices.pop(f"gate.{name}") for name in ("weights", "bias") if f"gate.{name}" in matrices}
        return replace(super().with_parameters(**matrices), gate=self.gate.with_parameters(**own))

    def forward(self, a):
        kept, gate = super().forward(a), self.gate.forward(a)
        t, f, x = gate.output, kept.output, kept.input
        if not t.shape[-2:] == f.shape[-2:] == x.shape[-2:]:
            raise ValueError(
                f"layers and gate of a highway block must keep the shape of their input, {x.shape[-2:]}, "
                f"got {f.shape[-2:]} and {t.shape[-2:]} from {self!r}"
            )
        return HighwayKept(x, kept.kept, gate, t * f + (1 - t) * x)

    def backward(self, kept, g):
        t, f, x = kept.gate.output, kept.kept[-1].output, kept.input
        back = super().backward(kept, t * g)
        gate = self.gate.backward(kept.gate, g * (f - x))
        return back._replace(
            input=(1 - t) * g + back.input + gate.input,  # carried, transformed, and through the gate's opinion
            delta=g,
            parameters=back.parameters | _prefixed(gate.parameters),
        )


def _prefixed(parameters):
    return {f"gate.{name}": matrix for name, matrix in parameters.items()}

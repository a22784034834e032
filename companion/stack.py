r"""Layers made of layers: a stack that counts as one layer, and an activation that stands alone.

A block of a network is W, then perhaps a normalisation, then f. :class:`Stack` makes one layer of it, so that
``network.layers[l]`` stays the l-th block whatever is inside. Its parameters are those of its parts, numbered from 1.

>>> from companion.layers import Dense
>>> block = Stack([Dense([[1.0, 2.0]], [[0.5]], "identity"), Activate("relu")])
>>> block, list(block.parameters)
(Stack(Dense(2 → 1, identity), relu), ['1.weights', '1.bias'])
>>> block.forward(np.array([[1.0, -1.0], [0.0, 0.0]])).output
array([[1.5, 0. ]])

Chapters 8 and 9.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from companion import require
from companion.activations import ACTIVATIONS
from companion.layers import Back, layer_tuple


class StackKept(NamedTuple):
    """What a stack keeps: its input, what each part kept, and its output."""

    input: np.ndarray  # (n_in, B)
    kept: tuple
    output: np.ndarray  # (n_out, B)


class ActivateKept(NamedTuple):
    """What an activation keeps: the values that it was applied to, and its output."""

    input: np.ndarray  # (n, B)
    output: np.ndarray  # (n, B)


@dataclass(frozen=True, repr=False)
class Activate:
    """a → f(a), with f named by ``activation``; no parameters.

    >>> Activate("tanh").backward(Activate("tanh").forward(np.zeros((1, 2))), np.ones((1, 2))).input
    array([[1., 1.]])
    """

    activation: str

    def __post_init__(self):
        require.known("activation", self.activation, ACTIVATIONS)

    @property
    def parameters(self):
        return {}

    def with_parameters(self):
        return self

    def forward(self, a):
        a = require.numbers("a", a)
        return ActivateKept(a, ACTIVATIONS[self.activation].f(a))

    def backward(self, kept, g):
        return Back(g * ACTIVATIONS[self.activation].slope(kept.input), g, {})

    def __repr__(self):
        return self.activation


@dataclass(frozen=True, eq=False, repr=False)
class Stack:
    """``layers``, one after the other, as one layer."""

    layers: tuple

    def __post_init__(self):
        object.__setattr__(self, "layers", layer_tuple(self.layers))

    @property
    def parameters(self):
        return _numbered(layer.parameters for layer in self.layers)

    def with_parameters(self, **matrices):
        inner = [{} for _ in self.layers]
        for name, matrix in matrices.items():
            number, _, rest = name.partition(".")
            if name not in self.parameters:
                raise ValueError(f"parameters of {self!r} are {', '.join(self.parameters)}, got {name!r}")
            inner[int(number) - 1][rest] = matrix
        return replace(
            self, layers=[layer.with_parameters(**own) for layer, own in zip(self.layers, inner, strict=True)]
        )

    def forward(self, a):
        a, kept = require.numbers("a", a), []
        for layer in self.layers:
            kept.append(layer.forward(kept[-1].output if kept else a))
        return StackKept(a, tuple(kept), kept[-1].output)

    def backward(self, kept, g):
        backs, given = [], g
        for layer, own in zip(self.layers[::-1], kept.kept[::-1], strict=True):
            backs.append(layer.backward(own, g))
            g = backs[-1].input
        backs = tuple(backs[::-1])
        return Back(g, given, _numbered(back.parameters for back in backs), backs)

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(map(repr, self.layers))})"


def rebuilt(layers, a, visit):
    """The layers with each innermost one replaced by ``visit(layer, its input)``, from the input side up.

    ``a`` goes up through the *new* layers. A layer made of layers has the field ``layers``, which is visited in its
    place. This is how data-dependent rules walk any network: see ``fixes.lsuv`` and ``fixes.evaluation``.

    >>> rebuilt([Activate("relu")], np.ones((1, 1)), lambda layer, a: Activate("tanh"))
    (tanh,)
    """
    new = []
    for layer in layers:
        parts = getattr(layer, "layers", None)
        new.append(visit(layer, a) if parts is None else replace(layer, layers=rebuilt(parts, a, visit)))
        a = new[-1].forward(a).output
    return tuple(new)


def _numbered(dictionaries):
    return {f"{number}.{name}": m for number, own in enumerate(dictionaries, 1) for name, m in own.items()}

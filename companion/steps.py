"""One forward and one backward pass of a small network, step by step: what is active, what is known, and the sentence for it.

All numbers are those of :class:`companion.network.Network`; a step only says which of them are known by now. Chapter 3.

>>> steps = backpropagation_steps([[[0.5, -1.0], [1.0, 1.0]], [[1.0, -2.0]]], [1.0, 1.0], "tanh", 0.0)
>>> len(steps), steps[3].sentence
(9, 'The output: z = 1.00 × (−0.46) + (−2.00) × 0.96 = −2.39, and a = −2.39.')
>>> steps[6].way, steps[6].lit
('back', ((2, 0, 0), (2, 0, 1)))
"""

from dataclasses import dataclass

import numpy as np

from companion import require
from companion.activations import ACTIVATIONS
from companion.layers import LOSSES, Dense
from companion.network import Network
from companion.views.drawing import Drawing, say

MOST = 8  # units of a layer, and layers


@dataclass(frozen=True, eq=False)
class Step:
    """One step of the walk; arrays layer by layer, NaN where a number is not known yet."""

    way: str  # "" at the start and at the loss, "up" on the way to it, "back" on the way from it
    lit: tuple  # what is active: (layer, unit) and (layer, unit, unit below)
    values: tuple  # a_0 = x, a_1, …, a_L
    z: tuple  # z_1, …, z_L
    weights: tuple
    blame: tuple  # δ_1, …, δ_L
    slopes: tuple  # ∂ℒ/∂W_1, …, ∂ℒ/∂W_L
    activations: tuple  # their names, layer by layer
    target: np.ndarray
    loss: float
    sentence: str

    def drawing(self):
        """The step as a picture."""
        notes = [
            [f"x_{i}" for i in range(1, len(self.values[0]) + 1)],
            *([f"z {say(z)}" if say(z) else "" for z in row] for row in self.z),
        ]
        wanted = ", ".join(f"{value:g}".replace("-", "−") for value in self.target)
        labels = ["input", *map(_rule, self.activations[:-1]), f"wanted: {wanted}"]
        known = {"blame": self.blame, "slopes": self.slopes}
        return Drawing(self.values, self.weights, **known, notes=notes, labels=labels, lit=self.lit, way=self.way)


def backpropagation_steps(weights, inputs, activation, target, *, output="identity"):
    """The :class:`Step` records of one example through a network without biases, from its inputs to the slope of each weight.

    ``weights``: a matrix (n_l, n_{l-1}) a layer; ``inputs`` (n_0,); ``target``: what is wanted, (n_L,) or one number. The
    loss is half the squared error. One step a unit on the way up, one for the loss, and on the way back two a layer: first
    the blame δ of its units, then the slopes of the weights below them.
    """
    layers = _layers(weights, activation, output)
    x = require.finite_array("inputs", inputs, shape=(layers[0].weights.shape[1],))
    target = np.atleast_1d(require.finite_array("target", target))
    if target.shape != (len(layers[-1].weights),):
        raise ValueError(f"target must hold {len(layers[-1].weights)} numbers, one an output, got shape {target.shape}")
    network = Network(layers)
    trace = network.forward(x[:, None])
    back = network.backward(trace, target[:, None])
    loss = float(LOSSES["squared_error"].value(trace.output, target[:, None]))
    return tuple(_Walk(layers, x, trace, back, target, loss).steps())


class _Walk:
    """What is known by now, and the steps that add to it."""

    def __init__(self, layers, x, trace, back, target, loss):
        self.layers, self.a, self.z = layers, [a[:, 0] for a in trace.a], [z[:, 0] for z in trace.z]
        self.delta, self.dw = [d[:, 0] for d in back.deltas], back.weights
        self.weights, self.target, self.loss = tuple(layer.weights for layer in layers), target, loss
        self.known = {name: [np.full_like(row, np.nan) for row in rows] for name, rows in self._rows().items()}
        self.known["a"][0][:] = x
        self.seen = np.nan

    def _rows(self):
        return {"a": self.a, "z": self.z, "delta": self.delta, "dw": self.dw}

    def _step(self, sentence, way="", lit=()):
        a, z, delta, dw = (tuple(row.copy() for row in self.known[name]) for name in ("a", "z", "delta", "dw"))
        names = tuple(layer.activation for layer in self.layers)
        return Step(way, tuple(lit), a, z, self.weights, delta, dw, names, self.target, self.seen, sentence)

    def steps(self):
        yield self._step(
            f"The inputs are {_and(self.a[0])}, and every weight has its number. Nothing else is known yet."
        )
        for layer in range(1, len(self.a)):
            for unit in range(len(self.a[layer])):
                yield self._up(layer, unit)
        self.seen = self.loss
        errors = " + ".join(f"½ ({say(a)} − {_signed(y)})²" for a, y in zip(self.a[-1], self.target, strict=True))
        yield self._step(
            f"The loss: {errors} = {say(self.loss)}.", lit=[(len(self.z), unit) for unit in range(len(self.a[-1]))]
        )
        for layer in reversed(range(1, len(self.a))):
            yield self._back(layer)
            yield self._told(layer)

    def _up(self, layer, unit):
        below, weights = self.a[layer - 1], self.weights[layer - 1][unit]
        z, a, record = self.z[layer - 1][unit], self.a[layer][unit], ACTIVATIONS[self.layers[layer - 1].activation]
        self.known["z"][layer - 1][unit], self.known["a"][layer][unit] = z, a
        terms = " + ".join(
            f"{_signed(w, first=i == 0)} × {_signed(v)}" for i, (w, v) in enumerate(zip(weights, below, strict=True))
        )
        through = f"a = {say(a)}" if record.name == "identity" else f"a = {record.label}({say(z)}) = {say(a)}"
        sentence = f"{self._name(layer, unit)}: z = {terms} = {say(z)}, and {through}."
        return self._step(sentence, "up", [(layer, unit), *((layer, unit, i) for i in range(len(below)))])

    def _back(self, layer):
        self.known["delta"][layer - 1][:] = self.delta[layer - 1]
        slopes = ACTIVATIONS[self.layers[layer - 1].activation].slope(self.z[layer - 1])
        units = range(len(slopes))
        told = [self._blame(layer, unit, slopes[unit]) for unit in units]
        lit = [(layer, unit) for unit in units]
        if layer < len(self.z):
            lit += [(layer + 1, above, unit) for above in range(len(self.z[layer])) for unit in units]
        start = (
            "The blame at the output" if layer == len(self.z) else "The blame on the right × the weight between × the slope"
        )
        return self._step(f"{start}: {'; '.join(told)}.", "back", lit)

    def _blame(self, layer, unit, slope):
        got = say(self.delta[layer - 1][unit])
        if layer == len(self.z):
            error = f"{say(self.a[-1][unit])} − {_signed(self.target[unit])}"
            linear = self.layers[-1].activation == "identity"
            return f"δ = {error} = {got}" if linear else f"δ = ({error}) × {say(slope)} = {got}"
        parts = [
            f"{_signed(d, first=i == 0)} × {_signed(w)}"
            for i, (d, w) in enumerate(zip(self.delta[layer], self.weights[layer][:, unit], strict=True))
        ]
        total = parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"
        return f"unit {unit + 1} δ = {total} × {say(slope)} = {got}"

    def _told(self, layer):
        self.known["dw"][layer - 1][:] = self.dw[layer - 1]
        shape = self.dw[layer - 1].shape
        lit = [(layer, unit, below) for unit in range(shape[0]) for below in range(shape[1])]
        told = [
            f"{say(self.delta[layer - 1][unit])} × {_signed(self.a[layer - 1][below])} = {say(self.dw[layer - 1][unit, below])}"
            for unit in range(shape[0]) for below in range(shape[1])
        ]  # fmt: skip
        return self._step(
            f"What each weight is told, the blame on its right × the value on its left: {'; '.join(told)}.", "back", lit
        )

    def _name(self, layer, unit):
        if layer == len(self.z):
            return "The output" if len(self.z[-1]) == 1 else f"Output {unit + 1}"
        return f"Unit {unit + 1}" if len(self.z) == 2 else f"Layer {layer}, unit {unit + 1}"


def _layers(weights, activation, output):
    matrices = [require.finite_array("weights", matrix, ndim=2) for matrix in require.listed("weights", weights)]
    for name, value in (("activation", activation), ("output", output)):
        require.known(name, value, ACTIVATIONS)
    if not 1 <= len(matrices) <= MOST or not all(1 <= n <= MOST for matrix in matrices for n in matrix.shape):
        raise ValueError(
            f"weights must be 1 to {MOST} matrices of at most {MOST} by {MOST}, got shapes {[m.shape for m in matrices]}"
        )
    if any(above.shape[1] != below.shape[0] for below, above in zip(matrices, matrices[1:], strict=False)):
        raise ValueError(
            f"weights must fit on each other, (n_l, n_(l-1)) a layer, got shapes {[m.shape for m in matrices]}"
        )
    names = [activation] * (len(matrices) - 1) + [output]
    return [Dense(matrix, np.zeros((len(matrix), 1)), name) for matrix, name in zip(matrices, names, strict=True)]


def _rule(name):
    """What a unit does with its z."""
    return "a = z" if name == "identity" else f"a = {ACTIVATIONS[name].label}(z)"


def _signed(value, *, first=False):
    """A number inside a product: a negative one in parentheses, unless it stands first."""
    text = say(value)
    return f"({text})" if text.startswith("−") and not first else text


def _and(values):
    texts = [say(value) for value in values]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"

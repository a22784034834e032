r"""Layers and losses: what the forward pass computes, and beside it the backward pass derived from it by hand.

A layer is any object with four things, so that a fix can be one more layer, or a wrapper around one:

- ``forward(a)`` takes what the layer below gives, a_{l-1} of shape (n, B), and returns what it keeps for the way back;
  ``.output`` of that is a_l;
- ``backward(kept, g)`` takes g = ∂ℒ/∂a_l and returns a :class:`Back`: the blame passed down, δ_l, and the gradients;
- ``parameters``, a dictionary from names to matrices;
- ``with_parameters(**matrices)``, the same layer with other numbers in it.

Every array may carry a leading axis S (seeds): S networks then cost one batched product instead of a loop.

>>> import numpy as np
>>> layer = Dense([[1.0, 2.0]], [[0.5]], "tanh")
>>> layer
Dense(2 → 1, tanh)
>>> kept = layer.forward(np.zeros((2, 3)))                        # three examples of two inputs
>>> kept.z
array([[0.5, 0.5, 0.5]])
>>> layer.backward(kept, np.ones((1, 3))).parameters["bias"] == 3 / np.cosh(0.5) ** 2
array([[ True]])

Derived in chapter 3, after Rumelhart et al. (1986) and Nielsen (2015, chapter 2).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from companion import require
from companion.activations import ACTIVATIONS


class Kept(NamedTuple):
    """What a forward pass keeps for the backward pass: a_{l-1}, z_l and a_l."""

    input: np.ndarray  # (n_in, B)
    z: np.ndarray  # (n_out, B)
    output: np.ndarray  # (n_out, B)


class Back(NamedTuple):
    """What a backward pass gives: ``input`` = ∂ℒ/∂a_{l-1}, ``delta`` = ∂ℒ/∂z_l, ``parameters`` = ∂ℒ/∂ each parameter.

    A layer without weights has no z: its ``delta`` is ∂ℒ/∂a_l, what it was given. A layer made of layers puts theirs in
    ``backs``.
    """

    input: np.ndarray  # (n_in, B)
    delta: np.ndarray  # (n_out, B)
    parameters: dict[str, np.ndarray]
    backs: tuple = ()


@dataclass(frozen=True, eq=False, repr=False)
class Dense:
    """A fully connected layer: z = W a + b, output f(z), with f named by ``activation``.

    ``weights`` is W, (fan_out, fan_in); ``bias`` is b, (fan_out, 1); both may have the same leading axes, usually S.
    Complex numbers pass through untouched, so that the complex step can differentiate the whole layer.
    """

    weights: np.ndarray
    bias: np.ndarray
    activation: str

    def __post_init__(self):
        require.known("activation", self.activation, ACTIVATIONS)
        weights, bias = _matrix("weights", self.weights), _matrix("bias", self.bias)
        wanted = (*weights.shape[:-1], 1)
        if bias.shape != wanted:
            raise ValueError(f"bias must have shape {wanted} to go with weights of shape {weights.shape}, got {bias.shape}")
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "bias", bias)

    @property
    def parameters(self):
        return {"weights": self.weights, "bias": self.bias}

    def with_parameters(self, **matrices):
        return replace(self, **matrices)

    def forward(self, a):
        a = self._columns("a", a, "inputs", self.weights.shape[-1])
        z = self.weights @ a + self.bias  # (n_out, B)
        return Kept(a, z, ACTIVATIONS[self.activation].f(z))

    def backward(self, kept, g):
        g = self._columns("g", g, "outputs", self.weights.shape[-2])
        delta = g * ACTIVATIONS[self.activation].slope(kept.z)  # (n_out, B): the slope at z, where f was applied
        return Back(
            input=self.weights.mT @ delta,  # (n_in, B): every path from a_{l-1} up to z_l, summed
            delta=delta,
            # The sums over the batch. They are means where the loss is one: its gradient already carries 1/B.
            parameters={"weights": delta @ kept.input.mT, "bias": delta.sum(-1, keepdims=True)},
        )

    def __repr__(self):
        stack = "".join(f"{n} × " for n in self.weights.shape[:-2])
        fan_out, fan_in = self.weights.shape[-2:]
        return f"Dense({stack}{fan_in} → {fan_out}, {self.activation})"

    def _columns(self, argument, array, side, count):
        """``array`` with one column an example, ``count`` rows; else an error that names this layer."""
        array = require.numbers(argument, array)  # any array: one that counts its operations passes too
        if array.ndim < 2 or array.shape[-2] != count:
            raise ValueError(f"{self!r} has {count} {side}: {argument} must have shape ({count}, B), got {array.shape}")
        return array


def _matrix(argument, value):
    """``value`` as a real or complex array with at least two axes."""
    array = np.asarray(require.numbers(argument, value))
    if array.dtype.kind not in "fc":
        array = require.finite_array(argument, value)
    if array.ndim < 2:
        raise ValueError(f"{argument} must be a matrix (or a stack of them), got shape {array.shape}")
    return array


@dataclass(frozen=True)
class Loss:
    """A loss as two functions of the output a_L and the target y, both for the *mean* over the batch.

    ``value(a, y)`` has one number for each leading index of ``a`` (a plain float without seeds);
    ``gradient(a, y)`` is ∂ℒ/∂a_L, like ``a``. It contains the 1/B of the mean, and so does every δ that follows from it.
    """

    name: str
    label: str
    value: Callable[[np.ndarray, np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray, np.ndarray], np.ndarray]


def layer_tuple(layers):
    """``layers`` as a tuple, one layer at least; else an error."""
    layers = require.listed("layers", layers)
    if not all(hasattr(layer, "parameters") for layer in layers):
        raise TypeError(f"layers must be a list of layers, such as Dense, got {require.shown(layers)}")
    if not layers:
        raise ValueError("layers must hold at least one layer, got none")
    return layers


def _error(a, y):
    a, y = require.numbers("a", a), np.asarray(require.numbers("y", y))
    if a.ndim < 2:
        raise ValueError(f"a must hold outputs of shape (n, B), got shape {a.shape}")
    if y.shape not in (a.shape, a.shape[-2:]):  # broadcasting (B,) against (n, B) would average the wrong thing
        raise ValueError(f"y must have the shape of the output, {a.shape[-2:]}, got {y.shape}")
    return a - y


def _labels(a, y):
    y = np.asarray(require.numbers("y", y))
    if a.ndim < 2:
        raise ValueError(f"a must hold logits of shape (K, B), got shape {a.shape}")
    if y.dtype.kind not in "iu" or y.shape != a.shape[-1:] or y.min() < 0 or y.max() >= a.shape[-2]:
        raise ValueError(
            f"y must hold one class from 0 to {a.shape[-2] - 1} for each of {a.shape[-1]} examples, "
            f"got {y.dtype} values of shape {y.shape}"
        )
    return y


def _squared_error_value(a, y):
    return 0.5 * (_error(a, y) ** 2).sum(-2).mean(-1)


def _squared_error_gradient(a, y):
    return _error(a, y) / np.shape(a)[-1]


def _shifted(a):
    """Logits minus their largest real part: the softmax does not change, and exp cannot overflow."""
    return a - a.real.max(-2, keepdims=True)


def _cross_entropy_value(a, y):
    a = require.numbers("a", a)
    labels, a = _labels(a, y), _shifted(a)
    return (np.log(np.exp(a).sum(-2)) - a[..., labels, np.arange(len(labels))]).mean(-1)


def _cross_entropy_gradient(a, y):
    a = require.numbers("a", a)
    labels, a = _labels(a, y), _shifted(a)
    gradient = np.exp(a) / np.exp(a).sum(-2, keepdims=True)  # the softmax …
    gradient[..., labels, np.arange(len(labels))] -= 1  # … minus the target, one-hot
    return gradient / a.shape[-1]


squared_error = Loss("squared_error", "squared error", _squared_error_value, _squared_error_gradient)
"""½‖a_L − y‖², mean over the batch; y like a_L, (n, B). Its gradient is (a_L − y) / B."""

cross_entropy = Loss("cross_entropy", "cross-entropy", _cross_entropy_value, _cross_entropy_gradient)
"""−log softmax(a_L)[y], mean over the batch: a_L holds logits (K, B), y whole numbers below K, (B,)."""

LOSSES = {loss.name: loss for loss in (squared_error, cross_entropy)}

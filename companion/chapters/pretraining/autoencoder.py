r"""A tied autoencoder by hand: one matrix on the way up and, turned over, on the way down.

>>> pair = Autoencoder(weights=[[1.0, 1.0]], bias=[[-1.0]], bias_down=[[0.0], [0.0]])       # 2 → 1 → 2
>>> x = np.array([[1.0], [1.0]])
>>> kept = pair.forward(x)
>>> kept.code.round(2), kept.output.round(2).ravel()                        # s(1) = 0.73, handed back twice
(array([[0.73]]), array([0.73, 0.73]))
>>> pair.backward(kept, x)["weights"].round(3)
array([[-0.302, -0.302]])

``x`` (n, B) holds an example a column; the code h = s(W x + b) has shape (m, B), W (m, n). What comes back is x̂ = Wᵀ h + c,
judged by ½‖x̂ − x‖²; or, where the x are themselves sigmoids' outputs, x̂ = s(Wᵀ h + c), judged by the cross-entropy. Either way
the blame of the last sums is x̂ − x. No label occurs. :func:`corrupt` makes it a denoising one: it sees a spoilt x̃ and is to give
back the clean x. Chapter 15; Bengio et al. (2007), Vincent et al. (2010).
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from companion import require
from companion.activations import ACTIVATIONS

LOSSES = {  # of the last sums z, entry by entry; the slope of either is output − x
    "identity": lambda z, x: 0.5 * (z - x) ** 2,
    "sigmoid": lambda z, x: ACTIVATIONS["softplus"].f(z) - x * z,  # −x ln s(z) − (1 − x) ln(1 − s(z)), exact in the tails
}


class Seen(NamedTuple):
    """What a forward pass keeps: its input, the sums z = W x + b, the code s(z), the sums Wᵀ h + c, and what comes back."""

    input: np.ndarray  # (n, B)
    z: np.ndarray  # (m, B)
    code: np.ndarray  # (m, B)
    z_down: np.ndarray  # (n, B)
    output: np.ndarray  # (n, B)


@dataclass(frozen=True, eq=False, repr=False)
class Autoencoder:
    """An encoder f(W x + b), f named by ``activation``, and a decoder with the same W, turned over.

    ``weights`` is W, (m, n); ``bias`` is b, (m, 1); ``bias_down`` is c, (n, 1). ``output`` is "identity", for inputs of any size
    (loss ½‖x̂ − x‖²), or "sigmoid", for inputs from 0 to 1 (cross-entropy −x ln x̂ − (1 − x) ln(1 − x̂), summed over the entries).
    Complex numbers pass, for the complex step.
    """

    weights: np.ndarray
    bias: np.ndarray
    bias_down: np.ndarray
    activation: str = "sigmoid"
    output: str = "identity"

    def __post_init__(self):
        require.known("activation", self.activation, ACTIVATIONS)
        require.known("output", self.output, LOSSES)
        weights = _matrix("weights", self.weights)
        units, inputs = weights.shape
        for name, rows in (("bias", units), ("bias_down", inputs)):
            column = _matrix(name, getattr(self, name))
            if column.shape != (rows, 1):
                raise ValueError(f"{name} must have shape ({rows}, 1) to go with weights {weights.shape}, got {column.shape}")
            object.__setattr__(self, name, column)
        object.__setattr__(self, "weights", weights)

    @property
    def parameters(self):
        return {"weights": self.weights, "bias": self.bias, "bias_down": self.bias_down}

    def with_parameters(self, **matrices):
        return replace(self, **matrices)

    def forward(self, x):
        """The :class:`Seen` of ``x``, (n, B)."""
        x = self._columns("x", x)
        z = self.weights @ x + self.bias  # (m, B)
        code = ACTIVATIONS[self.activation].f(z)
        z_down = self.weights.T @ code + self.bias_down  # (n, B): the same W
        return Seen(x, z, code, z_down, ACTIVATIONS[self.output].f(z_down))

    def loss(self, x, target=None):
        """The loss of the input ``x`` against ``target``, mean over the batch; ``target`` None is ``x`` itself."""
        target = self._target(x if target is None else target)
        return LOSSES[self.output](self.forward(x).z_down, target).sum(0).mean()

    def backward(self, seen, target):
        """The gradients of the loss against ``target``, (n, B): a dictionary like :attr:`parameters`.

        W is used twice, so its gradient has two terms: as the encoder's, blame of the code times input; as the decoder's,
        code times blame of the output.
        """
        seen = require.instance("seen", seen, Seen, "what forward gives")
        target = self._target(target)
        blame_down = (seen.output - target) / target.shape[1]  # (n, B), with the 1/B of the mean
        blame = (self.weights @ blame_down) * ACTIVATIONS[self.activation].slope(seen.z)  # (m, B)
        return {
            "weights": blame @ seen.input.T + seen.code @ blame_down.T,  # (m, n): going up, and coming down
            "bias": blame.sum(1, keepdims=True),
            "bias_down": blame_down.sum(1, keepdims=True),
        }

    def __repr__(self):
        units, inputs = self.weights.shape
        return f"Autoencoder({inputs} → {units} → {inputs}, {self.activation}, {self.output})"

    def _columns(self, argument, array):
        array, inputs = np.asarray(require.numbers(argument, array)), self.weights.shape[1]
        if array.ndim != 2 or array.shape[0] != inputs:
            raise ValueError(f"{self!r} has {inputs} inputs: {argument} must have shape ({inputs}, B), got {array.shape}")
        return array

    def _target(self, target):
        target = self._columns("target", target)
        low, high = target.real.min(), target.real.max()
        if self.output == "sigmoid" and not (low >= 0 and high <= 1):
            raise ValueError(f"target must lie from 0 to 1 with output 'sigmoid', got {low:g} to {high:g}")
        return target


def corrupt(x, *, noise, rng):
    """``x`` with a share ``noise`` of its entries set to 0, each by chance: what a denoising autoencoder gets to see.

    >>> corrupt(np.ones((2, 3)), noise=0.5, rng=np.random.default_rng(0))
    array([[1., 0., 0.],
           [0., 1., 1.]])
    """
    x, noise = require.finite_array("x", x), require.number("noise", noise, at_least=0, below=1)
    return x * (require.generator("rng", rng).random(x.shape) >= noise)


def _matrix(argument, value):
    array = np.asarray(require.numbers(argument, value))
    array = array if array.dtype.kind in "fc" else array.astype(float)
    if array.ndim != 2:
        raise ValueError(f"{argument} must be a matrix, got shape {array.shape}")
    return array

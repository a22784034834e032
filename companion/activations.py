"""Ten activations: a function, its slope, and the largest slope it can have. Chapter 5.

``f`` and ``slope`` take an array (or a number) of pre-activations z and return one of the same shape. Both stay exact
in the tails, where the textbook forms do not: s(z)(1 - s(z)) is 0 from z = 37 on, s(z) s(-z) is not. Neither
overflows at |z| = 800. ``f`` also takes complex z (branching on the real part), which is what a complex-step
gradient check needs. At a kink the slope is the one from the left, as in PyTorch.

>>> s = ACTIVATIONS["sigmoid"]
>>> float(s.slope(0.0)), f"{s.slope(100.0):.3g}"
(0.25, '3.72e-44')
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from companion.special import log1p, ndtr

LEAK = 0.01  # PyTorch's default; Maas et al. 2013
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805  # Klambauer et al. 2017: mean 0, variance 1 is kept


@dataclass(frozen=True)
class Activation:
    """An activation function, elementwise.

    ``max_slope`` is max |f'(z)| over all z, the most that one layer's activation can multiply a gradient by.
    ``kinks`` are the z where f' jumps; ``homogeneous`` says that f(cz) = c f(z) for every c > 0. ``shared`` gives f and
    f' at once where they have a costly part in common; ``both`` is the way to ask for them.

    >>> relu = ACTIVATIONS["relu"]
    >>> relu.f(np.array([-2.0, 3.0])), relu.slope(np.array([-2.0, 3.0]))
    (array([0., 3.]), array([0., 1.]))
    """

    name: str
    label: str
    f: Callable
    slope: Callable
    max_slope: float
    kinks: tuple = ()
    homogeneous: bool = False
    shared: Callable | None = None

    def both(self, z):
        """(f(z), f'(z)), to the last bit what ``f`` and ``slope`` give, in less time where they share work.

        >>> ACTIVATIONS["sigmoid"].both(np.array([0.0]))
        (array([0.5]), array([0.25]))
        """
        return self.shared(z) if self.shared else (self.f(z), self.slope(z))

    def saturated(self, z):
        """Where the slope is below a tenth of the steepest: a unit there passes almost no gradient on. Chapter 5.

        >>> ACTIVATIONS["tanh"].saturated(np.array([0.0, 1.5, 2.0]))
        array([False, False,  True])
        """
        return np.abs(self.slope(z)) < 0.1 * self.max_slope


def _identity(z):
    return +np.asarray(z)


def _identity_slope(z):
    return np.ones_like(z, dtype=np.result_type(np.real(z), np.float16))


def _decay(z):
    """exp(-|z|), with |z| = z or -z by the sign of the real part, so that it never overflows."""
    if np.iscomplexobj(z):
        return np.exp(np.where(np.real(z) < 0, z, np.negative(z)))
    return np.exp(-np.abs(z))  # the same, at a third of the time


def _sigmoid(z):
    e = _decay(z)
    return np.where(np.real(z) < 0, e, 1.0) / (1 + e)


def _sigmoid_slope(z):
    e = _decay(z)
    return e / (1 + e) ** 2  # s(z) s(-z)


def _tanh_slope(z):
    return 4 * _sigmoid_slope(np.multiply(2, z))  # 1/cosh(z)^2, without cosh's overflow


def _relu(z):
    return np.where(np.real(z) < 0, 0, z)


def _relu_slope(z):
    return np.heaviside(np.real(z), 0)


def _leaky_relu(z):
    return np.where(np.real(z) < 0, np.multiply(LEAK, z), z)


def _leaky_relu_slope(z):
    return np.where(np.real(z) > 0, 1, np.full_like(z, LEAK, dtype=np.result_type(np.real(z), np.float16)))


def _elu(z, alpha=1.0):
    return np.where(np.real(z) < 0, alpha * np.expm1(_lower(z)), z)


def _elu_slope(z, alpha=1.0):
    return np.where(np.real(z) > 0, 1, alpha * np.exp(_lower(z)))


def _lower(z):
    """z where its real part is negative, else 0: the half on which ELU takes an exponential."""
    return np.where(np.real(z) < 0, z, 0)


def _selu(z):
    return SELU_SCALE * _elu(z, SELU_ALPHA)


def _selu_slope(z):
    return SELU_SCALE * _elu_slope(z, SELU_ALPHA)


def _gelu(z):
    return z * ndtr(z)


def _gelu_slope(z):
    return _gelu_both(z)[1]


def _gelu_both(z):
    below = ndtr(z)
    return z * below, below + z * np.exp(-np.square(z) / 2) / (2 * np.pi) ** 0.5


def _silu(z):
    return z * _sigmoid(z)


def _silu_slope(z):
    return _sigmoid(z) * (1 + z * _sigmoid(np.negative(z)))


def _softplus(z):
    return log1p(_decay(z)) + np.where(np.real(z) < 0, 0, z)


_ROOT_TWO = 2**0.5  # GELU is steepest here: f'' = (2 - z^2) phi(z)
_W = 1.199678640257734  # w tanh w = 1; SiLU is steepest at z = 2w, with slope (1 + w)/2

ACTIVATIONS = {
    record.name: record
    for record in (
        Activation("identity", "identity", _identity, _identity_slope, 1.0, homogeneous=True),
        Activation("sigmoid", "sigmoid", _sigmoid, _sigmoid_slope, 0.25),
        Activation("tanh", "tanh", np.tanh, _tanh_slope, 1.0),
        Activation("relu", "ReLU", _relu, _relu_slope, 1.0, kinks=(0.0,), homogeneous=True),
        Activation("leaky_relu", "leaky ReLU", _leaky_relu, _leaky_relu_slope, 1.0, kinks=(0.0,), homogeneous=True),
        Activation("elu", "ELU", _elu, _elu_slope, 1.0, kinks=(0.0,)),
        Activation("selu", "SELU", _selu, _selu_slope, SELU_SCALE * SELU_ALPHA, kinks=(0.0,)),
        Activation("gelu", "GELU", _gelu, _gelu_slope, float(_gelu_slope(_ROOT_TWO)), shared=_gelu_both),
        Activation("silu", "SiLU", _silu, _silu_slope, (1 + _W) / 2),
        Activation("softplus", "softplus", _softplus, _sigmoid, 1.0),
    )
}

"""The one-neuron-a-layer chain: every factor of its gradient, and where a sigmoid factor can reach 1.

a_l = f(z_l), z_l = w_l a_{l-1} + b_l, a_0 = x. The derivative of the output is one product of numbers, and each number is
w_l f'(z_l). Chapters 3 and 4.

>>> path = trace([1.0, 1.0, 1.0], [0.0, 0.0, 0.0], 0.5, activation="sigmoid")
>>> path.factors.round(3).tolist()                     # each at most 1/4
[0.235, 0.227, 0.225]
"""

from dataclasses import dataclass
from math import acosh, log, sqrt

import numpy as np

from companion.activations import ACTIVATIONS
from companion.require import finite_array, known, number

__all__ = ["ChainTrace", "bound", "explosion_interval", "explosion_width", "trace"]


@dataclass(frozen=True, eq=False)
class ChainTrace:
    """What happened in a chain of L neurons; arrays (L,), or (L, ...) for many chains at once; layer 1 first."""

    z: np.ndarray  # pre-activations
    a: np.ndarray  # activations
    factors: np.ndarray  # w_l f'(z_l) = d a_l / d a_{l-1}
    bias_gradients: np.ndarray  # d a_L / d b_l

    @property
    def log10_product(self):
        """log10 |d a_l / d x| for each layer l: a running sum of logs, so it never underflows (-inf if a factor is 0).

        >>> chain = trace(np.ones(1000), np.zeros(1000), 0.5, activation="sigmoid")
        >>> float(chain.factors.prod()), round(chain.log10_product[-1])
        (0.0, -648)
        """
        with np.errstate(divide="ignore"):
            return np.cumsum(np.log10(np.abs(self.factors)), axis=0)


def trace(weights, biases, x, *, activation):
    """Run ``x`` through the chain and record every factor of its derivative.

    weights, biases: (L,), or (L, ...) for many chains at once; x: one number, or one a chain (...). The bias gradient is
    d a_L / d b_l = f'(z_l) times the factors above layer l; the factor w_l itself is not in it.

    >>> chain = trace([2.0, 3.0], [0.0, -1.0], 0.5, activation="identity")
    >>> chain.a.tolist(), chain.bias_gradients.tolist()
    ([1.0, 2.0], [3.0, 1.0])
    """
    f = known("activation", activation, ACTIVATIONS)
    weights = finite_array("weights", weights)  # (L, ...)
    if weights.ndim == 0 or len(weights) == 0:
        raise ValueError(f"weights must hold one number a layer, at least one, got shape {weights.shape}")
    biases = finite_array("biases", biases, shape=weights.shape)
    a = finite_array("x", x)  # () or (...)
    if a.shape not in ((), weights.shape[1:]):
        raise ValueError(f"x must be one number or one a chain, shape {weights.shape[1:]}, got shape {a.shape}")

    z, activations = np.empty_like(weights), np.empty_like(weights)
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z[layer] = w * a + b
        a = activations[layer] = f.f(z[layer])
    slopes = f.slope(z)
    factors = weights * slopes
    above = np.ones_like(factors)  # the product of the factors of all later layers
    above[:-1] = np.cumprod(factors[:0:-1], axis=0)[::-1]
    return ChainTrace(z=z, a=activations, factors=factors, bias_gradients=slopes * above)


def bound(weight, *, activation="sigmoid"):
    """The largest size a factor w f'(z) can have, |w| max|f'|: |w|/4 for sigmoid, whatever the input and the bias.

    >>> bound(-3.0)
    0.75
    """
    return abs(number("weight", weight)) * known("activation", activation, ACTIVATIONS).max_slope


def explosion_interval(weight, bias):
    """The inputs x with |w s'(wx + b)| >= 1, as (low, high); None if there are none (|w| < 4).

    Closed form: s'(z) = 1 / (4 cosh²(z/2)), so the condition is cosh(z/2) <= sqrt(|w|)/2. Chapter 4.

    >>> low, high = explosion_interval(8.0, -4.0)
    >>> round(low, 4), round(high, 4)                  # centred where the neuron's z is 0
    (0.2797, 0.7203)
    >>> explosion_interval(3.9, 0.0) is None
    True
    """
    weight, bias = number("weight", weight), number("bias", bias)
    if abs(weight) < 4:
        return None
    reach = 2 * acosh(sqrt(abs(weight)) / 2)  # |z| at which the factor is exactly 1
    ends = (-bias - reach) / weight, (-bias + reach) / weight
    return min(ends), max(ends)


def explosion_width(weight):
    """Length of the interval of inputs x with |w s'(wx + b)| >= 1; the bias only moves it. 0.0 below |w| = 4.

    (2/|w|) ln(|w| (1 + sqrt(1 - 4/|w|)) / 2 - 1): at most 0.4477, at |w| = 6.894. An exercise in Nielsen (2015), chapter 5.

    >>> round(explosion_width(6.894151), 4), explosion_width(4), explosion_width(1)
    (0.4477, 0.0, 0.0)
    """
    size = abs(number("weight", weight))
    if size <= 4:
        return 0.0
    return 2 / size * log(size * (1 + sqrt(1 - 4 / size)) / 2 - 1)

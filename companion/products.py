"""Products of random matrices: how long a vector is after l of them, typically and on average. Chapter 4.

W has independent N(0, 1/n) entries. It turns a unit vector, whatever its direction, into n independent N(0, 1/n) numbers, so
the squared length is multiplied by χ²_n / n: mean 1, but the mean of its *logarithm* is below 0. Logs add, and so a product
shrinks in nearly every draw while its mean square stays exactly 1. Gains multiply both.

>>> round(typical_growth(2), 4), round(typical_growth(100), 4)
(0.7493, 0.995)
"""

from dataclasses import dataclass

import numpy as np

from companion import require
from companion.special import binomial_half, digamma

__all__ = ["Lengths", "lengths", "typical_growth", "typical_relu_growth"]


@dataclass(frozen=True, eq=False)
class Lengths:
    """log10 of the lengths |W_l ⋯ W_1 v| of S products, (S, L + 1): a unit vector v first, then after 1, 2, …, L matrices."""

    log10_length: np.ndarray

    @property
    def median(self):
        """The middle one of the S products, (L + 1,), in log10."""
        return np.median(self.log10_length, axis=0)

    @property
    def log10_rms(self):
        """log10 of the root mean square over the S products, (L + 1,). A few long ones make it, so it needs many."""
        largest = self.log10_length.max(axis=0)
        return largest + np.log10(np.mean(100.0 ** (self.log10_length - largest), axis=0)) / 2

    def quantile(self, share):
        """The log10 length that ``share`` of the products stay below, (L + 1,)."""
        return np.quantile(self.log10_length, require.number("share", share, at_least=0, at_most=1), axis=0)


def lengths(*, width, depth, gain=1.0, products=500, rng):
    """Lengths of ``products`` vectors, each multiplied by ``depth`` fresh matrices with N(0, gain²/n) entries, n = ``width``.

    Drawn without the matrices, from the exact law of the length: one χ²_n a matrix.

    >>> shrunk = lengths(width=2, depth=100, rng=np.random.default_rng(0))
    >>> round(float(shrunk.median[-1])), shrunk.log10_length.shape
    (-13, (500, 101))
    """
    width, depth = require.positive_int("width", width), require.positive_int("depth", depth)
    products, gain = require.positive_int("products", products), require.number("gain", gain, above=0)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, for example default_rng(0), got {rng!r}")
    steps = np.log10(rng.chisquare(width, size=(products, depth)) / width) / 2 + np.log10(gain)
    return Lengths(np.concatenate([np.zeros((products, 1)), np.cumsum(steps, axis=1)], axis=1))


def typical_growth(width, gain=1.0):
    """What one matrix does to a typical length: gain · exp(½[ln(2/n) + ψ(n/2)]), below the root mean square, ``gain``.

    ψ is the digamma function; for large n the exponent is -1/(2n). The median of many products follows it.

    >>> round(typical_growth(1), 4)                 # exp of the mean of ln|N(0, 1)|
    0.5298
    """
    width, gain = require.positive_int("width", width), require.number("gain", gain, above=0)
    return float(gain * np.exp((np.log(2 / width) + digamma(width / 2)) / 2))


def typical_relu_growth(width, gain=1.0):
    """Typical factor a layer for a ReLU signal, a_l = relu(W a_{l-1}) with N(0, gain²/n) entries, in networks that live.

    Of n units k are on, k ~ Binomial(n, ½); the squared length is multiplied by χ²_k / n. Its inverse at gain 1 is the gain that
    keeps the typical network's size (Sussillo and Abbott 2014); He's √2 keeps the mean, and the typical network shrinks.

    >>> round(typical_relu_growth(50, 2**0.5) ** 100, 4)  # mean 1, typically 0.075, after 50 layers of width 50
    0.0753
    """
    width, gain = require.positive_int("width", width), require.number("gain", gain, above=0)
    on = np.arange(1, width + 1)
    share = binomial_half(width)[1:]
    log_square = np.log(2 / width) + share @ digamma(on / 2) / share.sum()
    return float(gain * np.exp(log_square / 2))

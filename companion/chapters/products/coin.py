"""A product of factors that are thrown like a coin: each one low or high, with equal chance.

The smallest case of a long random product, and exact: after L layers there are only L + 1 different products, and the binomial
law says how likely each is. With ½ and 1½ the mean factor is 1, and the mean product too; nearly all products are lost.

>>> two = products_of(0.5, 1.5, 2)
>>> (10**two.log10_product).round(2).tolist(), two.share.tolist()
([0.25, 0.75, 2.25], [0.25, 0.5, 0.25])
>>> round(typical_factor(0.5, 1.5), 3)
0.866
"""

from dataclasses import dataclass

import numpy as np

from companion import require
from companion.special import binomial_half

__all__ = ["Products", "products_of", "typical_factor"]


@dataclass(frozen=True, eq=False)
class Products:
    """Every product of L factors: log10 of its size, rising, (L + 1,), and the share of all products that have it, (L + 1,)."""

    log10_product: np.ndarray
    share: np.ndarray

    @property
    def log10_mean(self):
        """log10 of the mean product: the mean factor to the power of L."""
        largest = self.log10_product.max()
        return float(largest + np.log10(self.share @ 10 ** (self.log10_product - largest)))

    def quantile(self, share):
        """The smallest log10 product that at least ``share`` of all products do not exceed; 0.5 is the median."""
        share = require.number("share", share, at_least=0, at_most=1)
        reached = np.flatnonzero(np.cumsum(self.share) >= share * (1 - 1e-12))
        return float(self.log10_product[reached[0]])

    def above(self, log10_size):
        """The share of the products that are larger than 10^``log10_size``, from 0 to 1."""
        log10_size = require.number("log10_size", log10_size)
        return float(self.share[self.log10_product > log10_size + 1e-9].sum())


def products_of(low, high, depth):
    """All products of ``depth`` factors, each ``low`` or ``high`` with equal chance. Chapter 4.

    >>> hundred = products_of(0.5, 1.5, 100)
    >>> f"10^{hundred.quantile(0.5):.1f}", f"10^{hundred.log10_mean:.1f}", f"{hundred.above(0.0):.4f}"
    ('10^-6.2', '10^0.0', '0.0033')
    """
    low, high = _pair(low, high)
    depth = require.positive_int("depth", depth)
    highs = np.arange(depth + 1)
    return Products((depth - highs) * np.log10(low) + highs * np.log10(high), binomial_half(depth))


def typical_factor(low, high):
    """What one layer does to the typical product: the factor with the mean log, √(low · high).

    >>> typical_factor(0.5, 2.0)
    1.0
    """
    low, high = _pair(low, high)
    return float(10 ** ((np.log10(low) + np.log10(high)) / 2))


def _pair(low, high):
    low = require.moderate("low", low, above=0)
    high = require.moderate("high", high, above=0)
    if not low < high:
        raise ValueError(f"high must be above low, {low:g}, got {high:g}")
    return low, high

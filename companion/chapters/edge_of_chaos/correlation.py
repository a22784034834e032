r"""What a very wide random network does to two inputs: the length map, the correlation map and its depth scale. Chapter 7.

Two inputs give pre-activations u and v in every layer: jointly normal over the units, mean square q, correlation c. In the
limit of width a layer maps c to (sigma_w^2 E f(u) f(v) + sigma_b^2) / q. Its stable fixed point c* says what two inputs become
(1: indistinguishable; below 1: unrelated copies), its slope there how fast. Weights are N(0, sigma_w^2 / n), biases
N(0, sigma_b^2); standard deviations go in, as in :mod:`companion.theory`. Poole et al. 2016, Schoenholz et al. 2017.

>>> c = fixed_point("tanh", 2.0, 0.05**0.5)
>>> round(c, 6), round(6 * depth_scale("tanh", 2.0, 0.05**0.5), 1)  # chaotic: similar inputs are torn apart
(0.165065, 41.9)
"""

from math import inf, log, sqrt

import numpy as np

from companion import require, theory
from companion.activations import ACTIVATIONS
from companion.quadrature import gaussian_mean
from companion.special import root

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_REACH = 9.0  # standard deviations of the inner normal variable; beyond them lies 10^-19 of its mass
_FLAT = 1e-11  # a slope this close to 1 is 1: the edge itself is only known to the digits of its root


def correlation_map(activation, sigma_w, sigma_b, c):
    """The correlation one layer on, for two inputs of correlation ``c``, at the length q* that the network settles at.

    >>> round(correlation_map("relu", 2**0.5, 0.0, 0.0), 6)  # 1 / pi: even unrelated inputs become similar
    0.31831
    """
    record, sigma_w, sigma_b, q = _settled(activation, sigma_w, sigma_b)
    c = _correlation(c)
    return (sigma_w**2 * _mean_product(record.f, record, q, c) + sigma_b**2) / q


def slope(activation, sigma_w, sigma_b, c):
    """The slope of the correlation map at ``c``, sigma_w^2 E f'(u) f'(v). At c = 1 it is chi, the factor of a gradient.

    >>> round(slope("tanh", 1.0, 0.05**0.5, 1.0), 6)
    0.759032
    """
    record, sigma_w, sigma_b, q = _settled(activation, sigma_w, sigma_b)
    return sigma_w**2 * _mean_product(record.slope, record, q, _correlation(c))


def fixed_point(activation, sigma_w, sigma_b):
    """c*, the correlation that all pairs of inputs end at, from any start in (0, 1).

    1 where chi <= 1 (ordered: inputs become the same), below 1 where chi > 1 (chaotic). The map is a power series in c
    with coefficients >= 0, so it is convex on [0, 1] and there is exactly one such point.

    >>> fixed_point("tanh", 1.0, 0.05**0.5), fixed_point("tanh", 2.0, 0.0)
    (1.0, 0.0)
    """
    record, sigma_w, sigma_b, q = _settled(activation, sigma_w, sigma_b)

    def excess(c):
        return (sigma_w**2 * _mean_product(record.f, record, q, np.float64(c)) + sigma_b**2) / q - c

    if theory.chi(activation, sigma_w, sigma_b) <= 1 + _FLAT:
        return 1.0
    if excess(0.0) < 1e-14:  # an odd activation without bias: unrelated stays unrelated
        return 0.0
    gap = 0.5
    while excess(1 - gap) >= 0:  # c* lies between 1 - gap and 1
        gap /= 2
        if gap < 1e-7:
            return 1.0
    return root(excess, 0.0, 1 - gap, xtol=1e-14, rtol=1e-14)


def depth_scale(activation, sigma_w, sigma_b):
    """xi: the distance of two inputs' correlation from c* shrinks by the factor e every xi layers. Infinite at the edge.

    xi = -1 / log(slope at c*). Where c* = 1 that slope is chi, so the gradient has the same depth scale. Networks train up
    to a depth of about 6 xi (Schoenholz et al. 2017).

    >>> round(depth_scale("tanh", 1.0, 0.05**0.5), 2)
    3.63
    """
    steep = slope(activation, sigma_w, sigma_b, fixed_point(activation, sigma_w, sigma_b))
    return inf if steep >= 1 - _FLAT else -1 / log(steep)


def lengths(activation, sigma_w, sigma_b, depth):
    """q_1 .. q_L: the mean square of z in each layer, for inputs of mean square 1, by the length map.

    >>> lengths("relu", 2**0.5, 0.0, 3).round(6)
    array([2., 2., 2.])
    """
    return _paths(activation, sigma_w, sigma_b, np.float64(1.0), depth, follow=False)[0]


def correlations(activation, sigma_w, sigma_b, c, depth):
    """c_1 .. c_L: the correlation of two inputs' z in each layer, for inputs of mean square 1 and correlation ``c``.

    Follows the length too, so it is right from the first layer on.

    >>> correlations("identity", 1.5, 0.0, 0.3, 4).round(6)
    array([0.3, 0.3, 0.3, 0.3])
    """
    return _paths(activation, sigma_w, sigma_b, _correlation(c), depth, follow=True)[1]


def _paths(activation, sigma_w, sigma_b, c, depth, *, follow):
    record, sigma_w, sigma_b = _setting(activation, sigma_w, sigma_b)
    depth = require.positive_int("depth", depth)
    q, covariance, found = 1.0, c, np.empty((2, depth))
    mean_square, mean_product = q, covariance
    for layer in range(depth):
        q = sigma_w**2 * mean_square + sigma_b**2
        c = min((sigma_w**2 * mean_product + sigma_b**2) / q, 1.0)
        found[:, layer] = q, c
        mean_square = _mean_square(record, q)
        mean_product = _mean_product(record.f, record, q, np.float64(c)) if follow else mean_square
    return found


def _setting(activation, sigma_w, sigma_b):
    record = require.known("activation", activation, ACTIVATIONS)
    return record, require.number("sigma_w", sigma_w, above=0), require.number("sigma_b", sigma_b, at_least=0)


def _settled(activation, sigma_w, sigma_b):
    """The setting, and the length q* at which two inputs are compared."""
    record, sigma_w, sigma_b = _setting(activation, sigma_w, sigma_b)
    q = theory.length_fixed_point(activation, sigma_w, sigma_b)
    if q == 0:
        setting = f"{activation}, sigma_w = {sigma_w:g} and sigma_b = {sigma_b:g}"
        raise ValueError(f"no correlation map: with {setting} the signal dies out, so there is no length to compare at")
    return record, sigma_w, sigma_b, q


def _correlation(c):
    c = np.asarray(c, dtype=float)
    if not (np.isfinite(c) & (np.abs(c) <= 1)).all():
        raise ValueError(f"c must be a correlation, from -1 to 1, got {c}")
    return c


def _mean_square(record, q):
    scale = sqrt(q)
    return gaussian_mean(lambda z: record.f(scale * z) ** 2, tuple(k / scale for k in record.kinks))


def _mean_product(g, record, q, c):
    """E g(u) g(v) for normal u, v of mean square q and correlation c, for each c of an array."""
    if c.ndim:
        return np.array([_mean_product(g, record, q, each) for each in c.ravel()]).reshape(c.shape)
    scale, rest = sqrt(q), sqrt(max(0.0, 1 - float(c) ** 2))
    kinks = tuple(k / scale for k in record.kinks)

    def outer(z):
        return g(scale * z) * _conditional_mean(lambda v: g(scale * v), kinks, c * z, rest)

    return gaussian_mean(outer, kinks)


def _conditional_mean(g, kinks, mean, spread):
    """E g(v) for v ~ N(mean, spread^2), for each mean of an array; the range is split at 0 and at the kinks of g."""
    if spread == 0:
        return g(mean)
    edges = [np.clip((k - mean) / spread, -_REACH, _REACH) for k in sorted({0.0, *kinks})]  # in units of the spread
    edges = np.stack([np.full_like(mean, -_REACH), *edges, np.full_like(mean, _REACH)])  # (pieces + 1, N)
    half, middle = np.diff(edges, axis=0)[..., None] / 2, (edges[1:] + edges[:-1])[..., None] / 2
    t = middle + half * _NODES  # (pieces, N, nodes)
    weight = half * _WEIGHTS * np.exp(-t * t / 2) / sqrt(2 * np.pi)
    return np.sum(weight * g(mean[:, None] + spread * t), axis=(0, 2))

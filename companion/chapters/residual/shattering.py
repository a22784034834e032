r"""What a shortcut does to gradients: how large they get, block by block, and how alike they are for two inputs. Chapter 9.

A block is ρ x + s F(x); F holds one or more times [batch norm,] f, W. In the limit of width the mean square q of the stream
x and the mean square of ∂ℒ/∂x follow from one block to the next:

    q ← ρ² q + s² E F²,        E g² ← (ρ² + s² σ_w² E f'² / q) E g²  (the 1/q: batch norm divides by the stream's size)

>>> round(float(law(blocks=10).log10_gradient[0]), 4), round(float(5 * np.log10(2)), 4)  # x + W relu(x), N(0, 2/n): ×√2 a block
(1.5051, 1.5051)
>>> round(shortcut_factor(0.5), 4), round(float(27 * np.log10(shortcut_factor(0.5))), 1)
(1.8639, 7.3)

Two inputs that are unrelated get gradients with a correlation that falls with depth: Balduzzi et al. (2017) call it
shattering. Sources: Yang and Schoenholz (2017); He et al. (2016); Veit et al. (2016).
"""

from dataclasses import dataclass
from math import acos, comb, pi, sqrt

import numpy as np

from companion import require
from companion.activations import ACTIVATIONS
from companion.quadrature import gaussian_mean
from companion.weights import INITIALIZATIONS

EPS = 1e-5  # what BatchNorm adds to the variance


@dataclass(frozen=True, eq=False)
class Stream:
    """Sizes along the stream x_0, x_1, …, x_K of a network of K blocks, by theory, each (K + 1,)."""

    square: np.ndarray  # q: the mean square of x_k (with norm: its variance over the batch), 1 at the input
    log10_gradient: np.ndarray  # log10 (rms ∂ℒ/∂x_k / rms ∂ℒ/∂x_K)


def law(*, blocks, activation="relu", sigma_w=2**0.5, shortcut=1.0, scale=1.0, norm=False, matrices=1):
    """The :class:`Stream` of ``blocks`` blocks ``shortcut`` · x + ``scale`` · F(x) in the limit of width, as a record.

    F holds ``matrices`` times [batch norm if ``norm``,] ``activation``, W with entries N(0, ``sigma_w``²/n). Batch norm is
    taken in the limit of a large batch.

    >>> tanh = [law(blocks=k, activation="tanh").log10_gradient[0] for k in (50, 200)]
    >>> float(round(tanh[1] / tanh[0], 1))                              # four times the depth, twice the exponent: √L
    2.1
    """
    f = require.known("activation", activation, ACTIVATIONS)
    blocks, matrices = require.positive_int("blocks", blocks), require.positive_int("matrices", matrices)
    sigma_w, norm = require.moderate("sigma_w", sigma_w, above=0), require.flag("norm", norm)
    shortcut, scale = require.moderate("shortcut", shortcut), require.moderate("scale", scale)
    square, factors = [1.0], []
    for _ in range(blocks):
        out, slope = _branch(f, sigma_w, square[-1], norm, matrices)
        factors.append(shortcut**2 + scale**2 * slope)
        square.append(shortcut**2 * square[-1] + scale**2 * out)
    with np.errstate(divide="ignore"):  # no shortcut and no branch: nothing arrives
        above = 0.5 * np.cumsum(np.log10(factors)[::-1])[::-1]
    return Stream(np.array(square), np.append(above, 0.0))


def _branch(f, sigma_w, square, norm, matrices):
    """(mean square of F, mean square of its Jacobian's entries times n) for a stream of this mean square."""
    slope = 1.0
    for _ in range(matrices):
        if norm:
            slope /= square + EPS
            square /= square + EPS
        slope *= sigma_w**2 * _mean(lambda z: f.slope(z) ** 2, f, square)
        mean = _mean(f.f, f, square) if norm else 0.0  # the next norm takes it out
        square = sigma_w**2 * (_mean(lambda z: f.f(z) ** 2, f, square) - mean**2)
    return square, slope


def _mean(g, f, square):
    size = sqrt(square)
    if size == 0:
        return float(g(np.float64(0)))
    return gaussian_mean(lambda xi: g(size * xi), tuple(kink / size for kink in f.kinks))


def shortcut_factor(shortcut, *, matrices=2):
    """By how much a block multiplies the mean square of the gradient: ρ² + (π/(π − 1))^m (1 − ρ²).

    For ReLU blocks with a batch norm before each of their ``matrices`` = m layers, once the stream has settled (|ρ| < 1). At
    ρ = 1 it is 1 in this formula and a power of the depth in truth: the stream never settles.

    >>> [round(shortcut_factor(rho), 3) for rho in (0, 0.5, 0.9, 1)]
    [2.152, 1.864, 1.219, 1.0]
    """
    shortcut = require.moderate("shortcut", shortcut, at_least=-1, at_most=1)
    matrices = require.positive_int("matrices", matrices)
    return shortcut**2 + (pi / (pi - 1)) ** matrices * (1 - shortcut**2)


def path_share(blocks, least, most):
    """The share of the 2^``blocks`` paths through residual blocks that go through ``least`` to ``most`` of the branches.

    >>> f"{path_share(54, 5, 17):.2%}"
    '0.45%'
    """
    blocks, least = require.positive_int("blocks", blocks), require.positive_int("least", least, minimum=0)
    most = require.positive_int("most", most, minimum=least)
    return sum(comb(blocks, k) for k in range(least, most + 1)) / 2**blocks


@dataclass(frozen=True)
class Kind:
    """A kind of ReLU network whose gradients shatter; it has a batch norm and a shortcut, or not."""

    name: str
    label: str
    norm: bool
    shortcut: bool


KINDS = {
    kind.name: kind
    for kind in (
        Kind("plain", "plain", False, False),
        Kind("batch_norm", "batch norm", True, False),
        Kind("residual", "batch norm + shortcut", True, True),
    )
}


def correlations(kind, depth):
    """By theory: the correlation of ∂ℒ/∂x for two unrelated inputs and one read-out, for networks of 1, …, ``depth`` layers.

    ReLU, N(0, 2/n). The part of the gradient that two inputs share goes through the units that are on for both. Unrelated
    inputs share a quarter of the units, an input with itself half. Without norm the inputs of deeper layers get more and
    more alike; batch norm keeps them unrelated.

    >>> [f"{correlations(kind, 50)[-1]:.2g}" for kind in KINDS]
    ['0.00091', '8.9e-16', '0.094']
    """
    kind, depth = require.known("kind", kind, KINDS), require.positive_int("depth", depth)
    shares, c, square = [], 0.0, 1.0
    for _ in range(depth):
        both = 1 - acos(c) / pi  # on for both, over on for one
        if kind.shortcut:
            both = (1 + both / square) / (1 + 1 / square)  # the shortcut's part is shared in full
            square += 1 - 1 / pi
        shares.append(both)
        if not kind.norm:
            c = min(1.0, (sqrt(1 - c * c) + (pi - acos(c)) * c) / pi)
    return np.cumprod(shares)


def residual_power(depth):
    """∏ (1 + 1/2k)/(1 + 1/k) ∼ L^(−½), the law of Balduzzi et al. for batch norm + shortcut.

    It follows if every block adds 1 to the variance of the stream. In truth it adds 1 − 1/π: the mean of ReLU's output is the
    same for all examples, and the next norm takes it out. So ``correlations`` has the power −½ π/(π − 1) = −0.73.

    >>> round(float(residual_power(50)[-1]), 3)
    0.158
    """
    k = np.arange(1, require.positive_int("depth", depth) + 1)
    return np.cumprod((1 + 1 / (2 * k)) / (1 + 1 / k))


def simulate(kind, depth, *, width, batch, seed):
    """The same correlation in a random network: mean over all pairs of ``batch`` unrelated inputs.

    Every example gets the same read-out. Statistics of the batch are held fixed on the way back: in a large batch they
    hardly depend on the one example whose gradient is asked for.

    >>> round(simulate("batch_norm", 2, width=200, batch=128, seed=0), 1)
    0.2
    """
    kind, depth = require.known("kind", kind, KINDS), require.positive_int("depth", depth)
    width, batch = require.positive_int("width", width), require.positive_int("batch", batch, minimum=2)
    rng = np.random.default_rng(require.seed("seed", seed))
    x, went = rng.standard_normal((width, batch)), []  # (n, B)
    for _ in range(depth):
        w = INITIALIZATIONS["he_normal"].draw(width, width, rng=rng)
        mean, size = (x.mean(1, keepdims=True), x.std(1, keepdims=True)) if kind.norm else (0.0, 1.0)
        z = (x - mean) / size
        went.append((w, z > 0, size))
        x = kind.shortcut * x + w @ np.maximum(z, 0)
    g = np.repeat(rng.standard_normal((width, 1)), batch, axis=1)
    for w, on, size in reversed(went):
        g = kind.shortcut * g + (w.T @ g) * on / size
    return float(_mean_correlation(g))


def _mean_correlation(g):
    """Of all pairs of different columns of g (n, B): their mean inner product over their mean square."""
    batch = g.shape[1]
    own = (g**2).sum()
    return ((g.sum(1) ** 2).sum() - own) / ((batch - 1) * own)

r"""How far a ReLU network's blame is from its average: the square of its length, layer by layer, with He's weights.

Blame g comes in above L hidden ReLU layers of n_1, …, n_L units, weights N(0, 2/n), biases 0, one example. Layer l hands down
the square of its length times χ²_k · 2/n_l, where k of its n_l units are on, each with chance ½ (Hanin and Nica 2020: as if
the coins had nothing to do with the weights). That factor has mean 1 and variance 5/n_l: 4/n_l from the weights, 1/n_l from
the coins. Its *logarithm* has a mean of about −5/(2 n_l) and a variance of about 5/n_l. Logs add: the sum of 1/n_l says it all.

>>> drawn = log10_squares([50] * 50, networks=20_000, rng=np.random.default_rng(0))
>>> print(f"the middle one of {len(drawn)}: {10 ** np.median(drawn):.2f}")          # their mean is 1
the middle one of 20000: 0.08
"""

from math import prod

import numpy as np

from companion import require
from companion.data import digits
from companion.network import Network

__all__ = ["coin_median", "left_apart", "log10_squares", "measured", "relative_variance"]

AT_ONCE = 2**23  # weights in memory at a time


def relative_variance(widths):
    """Variance over mean² of the squared blame at layer 1: ∏ (1 + 5/n_l) − 1, exactly. Chapter 14.

    >>> round(relative_variance([100] * 50), 1)
    10.5
    """
    return prod(1 + 5 / n for n in _widths(widths)) - 1


def coin_median(depth, width):
    """The median squared blame if each layer were a coin, 1 − s or 1 + s with s² = 5/n: (1 − 5/n)^(L/2), from pairs.

    >>> round(coin_median(50, 50), 3)
    0.072
    """
    depth, width = require.positive_int("depth", depth), require.positive_int("width", width, minimum=6)
    return (1 - 5 / width) ** (depth / 2)


def log10_squares(widths, *, networks, rng):
    """log10 of ‖δ_1‖² over ‖g‖² in so many networks, (networks,), drawn from its exact law; −inf where a whole layer is off."""
    networks, rng = require.positive_int("networks", networks), require.generator("rng", rng)
    log = np.zeros(networks)
    with np.errstate(divide="ignore"):
        for n in _widths(widths):
            on = rng.binomial(n, 0.5, size=networks)
            log += np.log10(2 * rng.standard_gamma(on / 2) * 2 / n)  # 2 Γ(k/2) is χ²_k, and 0 for k = 0
    return log


def measured(widths, *, networks, rng):
    """What :func:`log10_squares` draws, measured: real networks, one random example and one random g each, (networks,)."""
    networks, rng = require.positive_int("networks", networks), require.generator("rng", rng)
    widths = _widths(widths)
    sizes = [widths[0], *widths, widths[-1]]
    turn = max(1, AT_ONCE // sum(a * b for a, b in zip(sizes, sizes[1:], strict=False)))
    found = []
    for first in range(0, networks, turn):
        seeds = min(turn, networks - first)
        net = Network.random(sizes, activation="relu", initialization="he_normal", rng=rng, seeds=seeds)
        g = rng.standard_normal((seeds, sizes[-1], 1))
        back = net.pull_back(net.forward(rng.standard_normal((seeds, sizes[0], 1))), g)
        with np.errstate(divide="ignore"):
            found.append(np.log10((back.deltas[0] ** 2).sum((1, 2)) / (g**2).sum((1, 2))))
    return np.concatenate(found)


def left_apart(depth, width, *, networks, rng):
    """How different two digits are on top: 1 − the cosine of their z_L, mean over pairs of 32 digits, in each network.

    The course's own network with He's weights, ``depth`` layers. 1: at right angles; 0: one direction for all, or no signal.

    >>> narrow, wide = (left_apart(20, n, networks=20, rng=np.random.default_rng(0)) for n in (16, 64))
    >>> bool(np.median(narrow) < np.median(wide) < 0.1)
    True
    """
    depth, width = require.positive_int("depth", depth, minimum=2), require.positive_int("width", width)
    networks, rng = require.positive_int("networks", networks), require.generator("rng", rng)
    sizes = [64, *[width] * (depth - 1), 10]
    net = Network.random(sizes, activation="relu", initialization="he_normal", rng=rng, seeds=networks)
    z = net(digits().train_x[:, :32])  # (S, 10, 32)
    length = np.linalg.norm(z, axis=1, keepdims=True)
    unit = np.divide(z, length, out=np.full_like(z, np.nan), where=length > 0)
    return np.nan_to_num(1 - unit.mT @ unit).sum((1, 2)) / (32 * 31)


def _widths(widths):
    widths = [require.positive_int("widths", n) for n in require.listed("widths", widths)]
    if not widths:
        raise ValueError("widths must name at least one hidden layer, got none")
    return widths

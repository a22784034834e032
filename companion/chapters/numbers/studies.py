"""Chapter 18: what the course's own network hands down before training, and what a format leaves of it.

>>> before = layers("float16", 1.0, depth=20)
>>> bool(before.zeros[0] == 1), bool(before.zeros[-1] == 0)            # layer 1, layer 20
(True, True)
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from companion import require, signals
from companion.chapters.numbers.lowered import backward
from companion.data import digits
from companion.formats import FORMATS
from companion.variants import VARIANTS


@dataclass(frozen=True, eq=False)
class Layers:
    """Each (L,): log10 of the blame, times the scale, at three quantiles; the shares of it that became 0, infinite or NaN."""

    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray
    zeros: np.ndarray
    beyond: np.ndarray


def layers(format, scale, *, depth=20, variant="torch_default", seed=0):
    """The blame of a variant before training, 64 digits: as it is, and what of it is lost in a format.

    Units that are off get no blame in any format: they are left out.
    """
    format, scale = require.known("format", format, FORMATS), require.number("scale", scale, above=0)
    depth, seed = require.positive_int("depth", depth, minimum=2), require.seed("seed", seed)
    require.known("variant", variant, VARIANTS)
    exact = _down(depth, variant, seed)
    alive = [delta != 0 for delta in exact.deltas]
    sizes = [np.quantile(np.log10(abs(d[on])), (0.1, 0.5, 0.9)) for d, on in zip(exact.deltas, alive, strict=True)]
    network, x, y = _setting(depth, variant, seed)
    rounded = backward(network, x, y, format, scale).deltas
    kept = [delta[on] for delta, on in zip(rounded, alive, strict=True)]
    low, middle, high = np.log10(scale) + np.array(sizes).T
    return Layers(
        low,
        middle,
        high,
        *(np.array([f(k).mean() for k in kept]) for f in (lambda k: k == 0, lambda k: ~np.isfinite(k))),
    )


def largest_blame():
    """The largest entry of any δ_l of the course's own network with PyTorch's defaults, before training."""
    return max(float(np.max(np.abs(delta))) for delta in _down(20, "torch_default", 0).deltas)


def largest_gradient():
    """The largest entry of any ∂W_l or ∂b_l, sums over 64 digits, of the same network."""
    return float(np.max(np.abs(_down(20, "torch_default", 0).flat)))


def lost_layer():
    """The highest layer in which float16 makes most of the blame 0."""
    return int(np.flatnonzero(layers("float16", 1.0).zeros > 0.5)[-1]) + 1


def spread(variant="sigmoid"):
    """log10 of how much z_L differs from digit to digit, beside its size, before training."""
    network, x, _ = _setting(20, variant, 0)
    z = network.forward(x).z[-1]
    return signals.log10_rms(z - z.mean(1, keepdims=True)) - signals.log10_rms(z)


def _setting(depth, variant, seed):
    recipe = replace(require.known("variant", variant, VARIANTS), depth=depth).recipe
    network = recipe.network(rng=np.random.default_rng(require.seed("seed", seed)))
    return network, digits().train_x[:, :64], digits().train_y[:64]


@cache
def _down(depth, variant, seed):
    return backward(*_setting(depth, variant, seed), FORMATS["float64"])

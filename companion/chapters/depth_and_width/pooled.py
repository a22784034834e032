"""Pooling in the middle of a network: what it does to the squared blame, and what the layers above and below do.

Ten ReLU layers of 64 units, a pooling layer that makes 16 of them (windows of 2 × 2 on a grid of 8 × 8), ten layers of 16.

>>> plain, mean = (log10_squares(kind, networks=20, rng=np.random.default_rng(0)) for kind in ("none", "mean"))
>>> plain.shape, mean.shape                                        # layers 1 to 20, and the blame that came in on top
((20, 21), (20, 21))
"""

import numpy as np

from companion import require
from companion.network import Network
from companion.pooling import MaxPool, MeanPool

__all__ = ["POOLS", "log10_squares"]

POOLS = {"none": None, "mean": MeanPool(2, grid=(8, 8)), "max": MaxPool(2, grid=(8, 8))}
HALF, BELOW, ABOVE = 10, 64, 16  # layers in each half, and their units


def log10_squares(kind, *, networks, rng, initialization="torch_default"):
    """log10 ‖δ_l‖² over ‖g‖², with g the blame above layer 20, in each network, (networks, 21); g itself comes last.

    ``kind``: a key of ``POOLS``. Without pooling all layers have 64 units. Biases are 0; one random example and g a network.
    Chapter 14.
    """
    pool = require.known("kind", kind, POOLS)
    networks, rng = require.positive_int("networks", networks), require.generator("rng", rng)
    top = BELOW if pool is None else ABOVE
    settings = {"activation": "relu", "initialization": initialization, "rng": rng, "seeds": networks}
    lower = Network.random([BELOW] * (HALF + 1), output="relu", **settings)
    upper = Network.random([top] * (HALF + 2), **settings)  # the last one, linear, brings in g
    net = Network([*lower.layers, *([] if pool is None else [pool]), *upper.layers])
    g = rng.standard_normal((networks, top, 1))
    deltas = net.pull_back(net.forward(rng.standard_normal((networks, BELOW, 1))), g).deltas
    with np.errstate(divide="ignore"):
        return np.log10([(delta**2).sum((1, 2)) / (g**2).sum((1, 2)) for delta in deltas]).T

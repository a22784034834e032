"""Gradients without a backward pass: how well does a random direction, scaled by the slope along it, agree with the gradient?

The forward gradient (Baydin et al. 2022) takes a random direction v in weight space, computes the slope v·g along it, which
needs one pass forward and none back, and answers (v·g) v. On average that is g. Perturbing the z of the units instead of the
weights (Ren et al. 2023) has fewer numbers to guess.

>>> rng = np.random.default_rng(0)
>>> network = Network.random([8, 8, 1], activation="tanh", initialization="lecun_normal", rng=rng)
>>> weights, units = agreement(network, rng.standard_normal((8, 1)), np.ones((1, 1)), draws=2000, rng=rng)
>>> print(f"{weights:.2f} {units:.2f} with {network.parameters.size} parameters")
0.11 0.30 with 81 parameters
"""

import numpy as np

from companion import require
from companion.network import Network


def agreement(network, x, y, *, draws, rng):
    """Root mean square cosine with the gradient, of guesses at the weights and of guesses at the units: ``(weights, units)``.

    ``x``, ``y``: one example, (n_0, 1) and (n_L, 1), under the squared error; ``draws`` guesses of each kind.
    """
    require.instance("network", network, Network, "a Network")
    draws, rng = require.positive_int("draws", draws), require.generator("rng", rng)
    if require.finite_array("x", x, ndim=2).shape[1] != 1:
        raise ValueError(f"x must be one example, shape (n_0, 1), got {np.shape(x)}")
    trace = network.forward(x)
    gradients = network.backward(trace, require.finite_array("y", y, ndim=2))
    flat = gradients.flat  # (P,)
    ways = rng.standard_normal((draws, flat.size))
    weights = ways @ flat / np.linalg.norm(ways, axis=1) / np.linalg.norm(flat)
    delta = np.concatenate(gradients.deltas)[:, 0]  # (U,)
    # What a unit's δ says to its weights and bias is δ times (a, 1): so each δ counts with the length of that.
    below = [np.full(len(d), np.sum(a**2) + 1) for d, a in zip(gradients.deltas, trace.a[:-1], strict=True)]
    size = np.concatenate(below)  # (U,)
    ways = rng.standard_normal((draws, delta.size))
    guesses = (ways @ delta)[:, None] * ways  # (draws, U)
    units = guesses @ (size * delta) / np.sqrt(guesses**2 @ size) / np.linalg.norm(flat)
    return float(np.sqrt(np.mean(weights**2))), float(np.sqrt(np.mean(units**2)))

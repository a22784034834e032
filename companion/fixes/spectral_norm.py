r"""Spectral normalisation: a weight matrix divided by its largest singular value, so that no vector grows.

>>> w = np.array([[3.0, 0.0], [0.0, 1.0]])
>>> spectral_norm(w)
array([[1.        , 0.        ],
       [0.        , 0.33333333]])

Lipschitz ≤ 1 by construction, and so vanishing by default: a large square Gaussian matrix ends at σ_w = ½.
Miyato et al. (2018). Chapter 12.
"""

import numpy as np

from companion import require


def spectral_norm(weights, *, steps=None, rng=None):
    """``weights``, ([S,] fan_out, fan_in), over its :func:`largest_singular_value` (found in the same way)."""
    weights = _matrix(weights)
    sigma = np.asarray(largest_singular_value(weights, steps=steps, rng=rng))
    if not np.all(sigma > 0):
        raise ValueError("weights must not be all zero: their largest singular value is 0")
    return weights / sigma[..., None, None]


def largest_singular_value(weights, *, steps=None, rng=None):
    """σ_1 = max ‖Wv‖/‖v‖; exact, or with ``steps`` by as many steps of power iteration from a vector drawn by ``rng``.

    Power iteration is never above σ_1. Libraries take one step for each training step and keep the vector.

    >>> round(float(largest_singular_value(np.diag([3.0, 2.0]), steps=20, rng=np.random.default_rng(0))), 3)
    3.0
    """
    weights = _matrix(weights)
    if steps is None:
        return np.linalg.svd(weights, compute_uv=False)[..., 0]
    steps = require.positive_int("steps", steps)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator to draw the first vector of steps, got {rng!r}")
    scale = np.abs(weights).max((-2, -1), keepdims=True)
    scaled = weights / np.where(scale > 0, scale, 1)
    u = rng.standard_normal((*weights.shape[:-1], 1))  # (fan_out, 1)
    for _ in range(steps):
        v = _unit(scaled.mT @ u)
        u = _unit(scaled @ v)
    return (u.mT @ scaled @ v * scale)[..., 0, 0]


def _matrix(weights):
    weights = require.finite_array("weights", weights)
    if weights.ndim < 2 or not weights.size:
        raise ValueError(f"weights must be a matrix (or a stack of them), got shape {weights.shape}")
    return weights


def _unit(v):
    length = np.linalg.norm(v, axis=-2, keepdims=True)
    return v / np.where(length > 0, length, 1)

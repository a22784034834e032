"""How unevenly a wide random network stretches directions: the spread of its Jacobian's singular values. Chapters 4, 6 and 7.

A mean square of 1 says nothing about single directions: the squared singular values of J = ∂z_L/∂z_1 may spread over decades
around it. At width without end their variance over mean² grows by μ₂/μ₁² − 1 − s₁ a layer: μ_k = E f'^2k at the length where
the network settles, s₁ = −1 for Gaussian and 0 for orthogonal weights (Pennington, Schoenholz and Ganguli 2017).

>>> [round(jacobian_variance("relu", 10, orthogonal=orthogonal), 6) for orthogonal in (True, False)]
[10.0, 20.0]
"""

from math import pi

import numpy as np

from companion import require
from companion.activations import ACTIVATIONS
from companion.quadrature import gaussian_mean


def mean_singular_value(gain=1.0):
    """Mean singular value of a large square matrix with N(0, gain²/n) entries: 8 gain / (3π), by the quarter-circle law.

    >>> round(mean_singular_value(), 4)
    0.8488
    """
    return 8 * require.number("gain", gain, above=0) / (3 * pi)


def jacobian_variance(activation, depth, *, q=1.0, orthogonal=False):
    """Variance over mean² of the squared singular values of ``depth`` layers whose pre-activations have mean square ``q``.

    >>> round(jacobian_variance("tanh", 10, q=1 / 64, orthogonal=True), 3)  # nearly an isometry
    0.017
    """
    record = require.known("activation", activation, ACTIVATIONS)
    orthogonal = require.flag("orthogonal", orthogonal)
    depth, q = require.positive_int("depth", depth), require.moderate("q", q, above=0)
    scale = np.sqrt(q)
    kinks = tuple(kink / scale for kink in record.kinks)
    first, second = (gaussian_mean(lambda z, k=k: record.slope(scale * z) ** k, kinks) for k in (2, 4))
    return depth * (second / first**2 - 1 + (0 if orthogonal else 1))

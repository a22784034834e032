r"""Gradient clipping: four rules that make a list of gradients smaller, never larger, before the step.

Each takes a list of arrays, one a parameter, and returns a new list; what is within the limit comes back as it was, bit
for bit. No norm under- or overflows on the way: gradients of 1e300 are cut to the limit, not to 0.

>>> gradients = [np.array([3.0, 0.0]), np.array([4.0])]
>>> clip_global(gradients, 1.0)                                # one factor for all: the direction stays
[array([0.6, 0. ]), array([0.8])]
>>> clip_each(gradients, 1.0)                                  # a factor for each array: it does not
[array([1., 0.]), array([1.])]

Mikolov (2012) by value; Pascanu et al. (2013) by norm; Brock et al. (2021) adaptive. Chapter 10.
"""

import numpy as np

from companion import require, signals


def clip_value(gradients, limit):
    """Every entry into [−limit, limit]. The direction turns.

    >>> clip_value([np.array([3.0, 0.1])], 0.1)
    [array([0.1, 0.1])]
    """
    limit = require.number("limit", limit, above=0)
    return [np.clip(array, -limit, limit) for array in arrays("gradients", gradients)]


def clip_each(gradients, limit):
    """Each array to a norm of at most ``limit``, on its own: the total can be limit · √(number of arrays)."""
    limit = require.number("limit", limit, above=0)
    return [_shortened([array], limit)[0] for array in arrays("gradients", gradients)]


def clip_global(gradients, limit):
    """All arrays by one factor, so that the norm over all of them is at most ``limit``.

    >>> clip_global([np.full(100, 1e300)], 1.0)[0][:2]         # their norm, 1e301, is fine; squared, nothing would be
    array([0.1, 0.1])
    """
    limit = require.number("limit", limit, above=0)
    return _shortened(arrays("gradients", gradients), limit)


def clip_adaptive(gradients, weights, limit, eps=1e-3):
    """Each row of a gradient to at most ``limit`` times the norm of the same row of the weights (or ``eps``, if larger).

    A row holds the weights into one unit. A single column, such as a bias, counts as one row. One-dimensional too.

    >>> clip_adaptive([np.array([[3.0, 4.0], [0.0, 1e-9]])], [np.array([[0.0, 1.0], [1.0, 0.0]])], 0.5)
    [array([[3.e-01, 4.e-01],
           [0.e+00, 1.e-09]])]
    """
    limit, eps = require.number("limit", limit, above=0), require.number("eps", eps, above=0)
    new = []
    for gradient, weight in pairs(gradients, weights):
        rows = gradient.reshape(gradient.shape[0] if gradient.ndim > 1 and gradient.shape[-1] > 1 else 1, -1)
        lengths = signals.norm(weight.reshape(rows.shape), axis=1)
        with np.errstate(over="ignore"):  # an infinite limit cuts nothing
            allowed = limit * np.maximum(lengths, eps)
        cut = [_shortened([row], most)[0] for row, most in zip(rows, allowed, strict=True)]
        new.append(np.stack(cut).reshape(gradient.shape))
    return new


def arrays(argument, values):
    """``values`` as a list of arrays of finite numbers; else an error that names the one."""
    if isinstance(values, np.ndarray | str | bytes) or not hasattr(values, "__iter__"):
        raise TypeError(f"{argument} must be a list of arrays, one a parameter, got {type(values).__name__}")
    new = [np.array(value) for value in values]
    for number, array in enumerate(new):
        require.finite_array(f"{argument}[{number}]", array)
    if not new:
        raise ValueError(f"{argument} must hold at least one array, got none")
    return new


def pairs(gradients, weights):
    """Both lists as arrays, side by side; else an error that names the first place where they do not match."""
    gradients, weights = arrays("gradients", gradients), arrays("weights", weights)
    if [g.shape for g in gradients] != [w.shape for w in weights]:
        raise ValueError(
            f"weights must have the shapes of gradients, {[g.shape for g in gradients]}, got {[w.shape for w in weights]}"
        )
    return list(zip(gradients, weights, strict=True))


def _shortened(new, limit):
    """The arrays by one factor ≤ 1, so that their common norm is at most ``limit``.

    With the largest entry brought to [½, 1) by a power of two, the norm is near 1 whatever the size of the entries.
    """
    power = int(np.frexp(max(np.abs(array).max(initial=0.0) for array in new))[1])
    near_one = [np.ldexp(array, -power) for array in new]
    size = signals.norm([signals.norm(array) for array in near_one if array.size] or [0.0])
    with np.errstate(over="ignore"):  # a norm beyond float64 is beyond every limit
        if np.ldexp(size, power) <= limit:
            return new
    # Rounding can put an entry a digit above what it was, where the norm is barely over the limit.
    return [
        np.clip(near * (limit / size), -np.abs(array), np.abs(array)) for near, array in zip(near_one, new, strict=True)
    ]

r"""How large is a signal? Two sizes that neither underflow nor overflow, and their logarithms.

A gradient can have entries of 1e-200. Squared, they are exactly 0 in float64, so the textbook ``sqrt(mean(x**2))``
calls such a gradient dead; in float32 this already happens at 1e-23. Here the entries are divided by a power of two near
the largest one first, which is exact, and the size is multiplied back last.

>>> import numpy as np
>>> tiny = np.full(100, 1e-23, dtype=np.float32)
>>> float(np.sqrt(np.sum(tiny**2))), f"{norm(tiny):.3g}"
(0.0, '1e-22')

``rms`` is the size that does not depend on how many entries there are: the book's profiles show it. ``norm`` is the
length of the vector: clipping uses it. NaN and infinite entries pass through, all-zero arrays have log10 -inf.
:func:`fate` says in one word what a ratio of two such sizes means; the whole book uses the word in this sense.

Chapters 0, 4 and 18.
"""

import numpy as np

HEALTHY = 1.0
"""How many decades, up or down, the gradient may change over a whole network and still be called healthy."""


def rms(x, axis=None):
    """Root mean square of the entries, √(mean |x|²), over ``axis`` (None: over all of them).

    >>> rms([3.0, -4.0, 0.0, 0.0])
    2.5
    >>> rms([[1e-200, 1e-200], [1e200, 1e200]], axis=1)
    array([1.e-200, 1.e+200])
    """
    return _restored(*_scaled(x, axis, np.mean))


def log10_rms(x, axis=None):
    """log10 of :func:`rms`, also where the rms itself is below or above what float64 can hold.

    >>> f"{log10_rms([1e-300, -1e-300]):.4g}", f"{log10_rms([0.0, 0.0]):g}"
    ('-300', '-inf')
    """
    return _logarithm(*_scaled(x, axis, np.mean))


def norm(x, axis=None):
    """Euclidean length, √(sum |x|²), over ``axis`` (None: over all entries).

    >>> norm([3.0, -4.0]), f"{norm([3e200, 4e200]):.4g}"
    (5.0, '5e+200')
    """
    return _restored(*_scaled(x, axis, np.sum))


def log10_norm(x, axis=None):
    """log10 of :func:`norm`, finite even where the norm itself overflows.

    >>> f"{log10_norm(np.full(100, 1e308)):.4g}"
    '309'
    """
    return _logarithm(*_scaled(x, axis, np.sum))


def fate(decades):
    """What a gradient does whose size at layer 1 is 10^``decades`` of that at layer L: the book's one definition.

    "healthy" is at most :data:`HEALTHY` decade, up or down; less is "vanishing", more "exploding". What is judged is the
    number as it is shown, with one decimal: 10^−1.04 is shown as 10^−1.0, and healthy.

    >>> fate(-12.0), fate(-1.04), fate(1.1), fate(-np.inf)
    ('vanishing', 'healthy', 'exploding', 'vanishing')
    """
    if np.isnan(decades):  # 0 / 0: the signal died, or overflowed
        raise ValueError("decades must be a number or ±inf, got nan: there is no gradient at either end")
    shown = round(float(decades), 1) if np.isfinite(decades) else decades
    return "vanishing" if shown < -HEALTHY else "exploding" if shown > HEALTHY else "healthy"


def _scaled(x, axis, combine):
    """(size, exponent), with the true size = size · 2**exponent and ``size`` of order one."""
    if np.asarray(x).dtype.kind not in "cfiub":
        raise TypeError(f"x must be an array of numbers, got dtype {np.asarray(x).dtype}")
    if np.size(x) == 0:
        raise ValueError(f"x must have at least one entry, got shape {np.shape(x)}")
    magnitudes = np.asarray(np.abs(x), dtype=float)  # a fresh array: what follows may change it in place
    largest = magnitudes.max(axis=axis, keepdims=True)
    exponent = np.frexp(np.where(np.isfinite(largest), largest, 1.0))[1].clip(-1000, 1000)
    # A factor 2**-exponent changes no digit and brings the largest entry near 1: within 2**±74 even at the ends of the
    # range, where the clip keeps the factor itself finite.
    magnitudes *= 2.0**-exponent
    with np.errstate(over="ignore"):  # only beside an infinite or NaN entry, which decides the answer anyway
        size = np.sqrt(combine(np.square(magnitudes, out=magnitudes), axis=axis))
    return size, exponent.reshape(np.shape(size))


def _restored(size, exponent):
    with np.errstate(over="ignore"):  # a norm can be beyond float64 although each entry is inside: that is inf
        return _plain(np.ldexp(size, exponent))


def _logarithm(size, exponent):
    with np.errstate(divide="ignore"):  # log10(0) = -inf is the answer wanted
        return _plain(np.log10(size) + exponent * np.log10(2.0))


def _plain(value):
    return float(value) if np.ndim(value) == 0 else value

"""Surfaces to walk on: the height at a point, the exact gradient there, and the slope of a chord instead of it.

Letters: d coordinates on the last axis. ``point (..., d)``, ``value (...)``, ``gradient (..., d)``; a surface over one
coordinate also takes a plain number, or an array of positions whose last axis is not 1, entry by entry.
Infinities and NaN are answered with NaN, without a warning, so that a walk that runs away stays visible.

>>> HILLS.value([1.0, 1.0]).round(4)
np.float64(-0.5333)
>>> HILLS.gradient([1.0, 1.0]).round(4)
array([-0.7676, -0.3288])

Chapters 1 and 2. Source: both surfaces are those of document D3 (Warfield 2023); the gradients are ours.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from companion import require


@dataclass(frozen=True)
class Surface:
    """A height over ``dimension`` coordinates, with its exact gradient. A new surface is one such record.

    ``height(*coordinates)`` returns the height, ``slopes(*coordinates)`` one partial derivative per coordinate, all
    entry by entry. A height that is analytic (and hence takes complex coordinates) can be checked by the complex step.

    >>> saddle = Surface("saddle", 2, lambda x, y: (x**2 - y**2) / 2, lambda x, y: (x, -y))
    >>> saddle.gradient([3.0, 1.0])
    array([ 3., -1.])
    """

    name: str
    dimension: int
    height: Callable
    slopes: Callable

    def value(self, point):
        """The height at ``point``: shape ``(...)`` for points ``(..., d)``.

        >>> landscape(1).value([[50.0], [58.0]]).round(3)
        array([4.753, 4.95 ])
        """
        coordinates, _ = self._coordinates(point)
        with np.errstate(over="ignore", invalid="ignore"):
            return self.height(*coordinates)

    def gradient(self, point):
        """The exact partial derivatives, in the shape of ``point``: the arrow up the steepest way, long as the slope.

        Raises ValueError where there is none: at the tip of the cone (0, 0) of ``HILLS``.

        >>> landscape(1).gradient(58.0).round(4)
        np.float64(-0.5462)
        """
        coordinates, shape = self._coordinates(point)
        with np.errstate(over="ignore", invalid="ignore"):
            return np.stack(self.slopes(*coordinates), axis=-1).reshape(shape)[()]

    def forward_difference(self, point, step):
        """The slopes of chords of width ``step`` along each axis (D3's "pseudo-gradient"); shape of ``point``.

        >>> HILLS.forward_difference([0.0, 0.0], 0.9).round(4)
        array([-0.2669,  0.2164])
        """
        step = require.number("step", step, above=0)
        coordinates, shape = self._coordinates(point)
        with np.errstate(over="ignore", invalid="ignore"):
            here = self.height(*coordinates)
            ahead = [
                self.height(*(other + step * (k == axis) for k, other in enumerate(coordinates)))
                for axis in range(self.dimension)
            ]
            return np.stack([(there - here) / step for there in ahead], axis=-1).reshape(shape)[()]

    def _coordinates(self, point):
        """``point`` as a list of d arrays, and its own shape."""
        array = np.asarray(require.numbers("point", point))
        array = array.astype(np.result_type(array.dtype, float))
        if self.dimension == 1 and array.shape[-1:] != (1,):
            return [array[()]], array.shape
        if array.shape[-1:] != (self.dimension,):
            raise ValueError(f"point must have {self.dimension} coordinates on its last axis, got shape {array.shape}")
        return list(np.moveaxis(array, -1, 0)), array.shape


def _radius(x, y):
    """√(x² + y²): without underflow for real numbers, analytic for complex ones."""
    return np.sqrt(x * x + y * y) if np.iscomplexobj(x) or np.iscomplexobj(y) else np.hypot(x, y)


def _hills(x, y):
    return 0.2 * np.sin(x + y + _radius(x, y)) - np.sin(x / 2)


def _hills_slopes(x, y):
    r = _radius(x, y)
    if np.any(r == 0):
        raise ValueError(
            "point must not be (0, 0): the surface has the tip of a cone there and no gradient "
            "(its slopes are -0.1 and 0.4 ahead, but -0.5 and 0 behind); take a point beside it"
        )
    ripple = 0.2 * np.cos(x + y + r)
    return ripple * (1 + x / r) - np.cos(x / 2) / 2, ripple * (1 + y / r)


HILLS = Surface("hills", 2, _hills, _hills_slopes)
"""D3's surface z = 0.2 sin(x + y + r) − sin(x/2), r = √(x² + y²). Ridge top: 1.2 at (−π, 5π/12)."""


def landscape(scale):
    """D3's one-dimensional loss landscape, ``scale`` times as high (and as steep); D3 uses scale 1, 10 and 100.

    >>> landscape(10).value(58.0) == 10 * landscape(1).value(58.0)
    np.True_
    """
    scale = require.number("scale", scale, above=0)

    def height(x):
        small = 0.3 * np.sin(0.1 * x) + 0.5 * np.sin(np.cos(x)) + 0.1 * np.sin(0.3 * x + 2)
        return scale * (small + 4 * np.cos(0.1 * x) + 6 * np.sin(0.05 * x))

    def slopes(x):
        small = 0.03 * np.cos(0.1 * x) - 0.5 * np.cos(np.cos(x)) * np.sin(x) + 0.03 * np.cos(0.3 * x + 2)
        return (scale * (small - 0.4 * np.sin(0.1 * x) + 0.3 * np.cos(0.05 * x)),)

    return Surface(f"landscape({scale:g})", 1, height, slopes)

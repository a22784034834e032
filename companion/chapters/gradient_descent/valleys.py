"""Valleys of a loss over one parameter: where they are, how sharply they bend, and how far a step may go there.

Near the bottom of a valley of curvature h, a step of gradient descent multiplies the distance to the bottom by
1 − rate · h. So the walk comes closer while rate · h < 2, jumps from side to side at 2, and leaves above 2.

>>> from companion.surfaces import landscape
>>> valley = nearest(valleys(landscape(1), 50, 125), 60)
>>> f"bottom {valley.x:.2f}, curvature {valley.curvature:.4f}, largest rate {valley.largest_rate:.3f}"
'bottom 60.19, curvature 0.3207, largest rate 6.236'

Chapter 2.
"""

from dataclasses import dataclass

import numpy as np

from companion import require
from companion.surfaces import Surface

STEP = 1e-30  # of the complex step: nothing is subtracted, so it can be this small
CLOSE = 0.05  # a walk has arrived, and a step is small, within this distance


@dataclass(frozen=True)
class Valley:
    """The bottom ``x`` of a valley, the loss ``value`` there, and the second derivative ``curvature`` > 0."""

    x: float
    value: float
    curvature: float

    @property
    def largest_rate(self):
        """2 / curvature: with a larger rate no walk settles here, however near the bottom it starts."""
        return 2 / self.curvature


def curvature(surface, x):
    """The second derivative at each of the positions ``x``, in the shape of ``x``: complex step of the exact gradient.

    >>> from companion.surfaces import Surface
    >>> bowl = Surface("bowl", 1, lambda x: 3 * x**2, lambda x: (6 * x,))
    >>> curvature(bowl, np.array([0.0, 5.0]))
    array([6., 6.])
    """
    _over_one_parameter(surface)
    return surface.gradient(require.finite_array("x", x) + 1j * STEP).imag / STEP


def largest_curvature(surface, low, high, *, points=20_001):
    """H, the largest curvature between ``low`` and ``high``, looked up at ``points`` places.

    A walk that stays between the two with a rate below 2 / H goes down at every step: this is the *guarantee*. A valley
    that is flatter than H lets larger rates settle.

    >>> from companion.surfaces import landscape
    >>> round(largest_curvature(landscape(1), 50, 125), 4)
    0.4956
    """
    return float(curvature(surface, _between(low, high, points)).max())


def valleys(surface, low, high, *, points=20_001):
    """All valleys with their bottom between ``low`` and ``high``, from left to right.

    A bottom lies where the slope changes from down to up between two of the ``points`` looked at; bisection then finds
    it to the last digit. Two bottoms closer than (high − low) / points are missed.

    >>> from companion.surfaces import landscape
    >>> [round(valley.x, 1) for valley in valleys(landscape(1), 50, 90)]
    [53.1, 60.2, 67.3, 86.1]
    """
    _over_one_parameter(surface)
    x = _between(low, high, points)
    down = surface.gradient(x) < 0
    turns = np.flatnonzero(down[:-1] & ~down[1:])
    left, right = x[turns], x[turns + 1]
    for _ in range(60):  # each halves the interval: 60 are more than a float64 can tell apart
        middle = (left + right) / 2
        falling = surface.gradient(middle) < 0
        left, right = np.where(falling, middle, left), np.where(falling, right, middle)
    records = zip(right, surface.value(right), curvature(surface, right), strict=True)
    return tuple(Valley(*map(float, record)) for record in records)


def nearest(found, x):
    """The valley whose bottom is nearest to ``x``."""
    found, x = _valleys(found), require.number("x", x)
    if not found:
        raise ValueError("found must have at least one valley, got none")
    return min(found, key=lambda valley: abs(valley.x - x))


def fate(points, found):
    """What has become of a walk ``points (steps + 1,)``, in a word; ``found`` are the valleys of its landscape.

    A last step below ``CLOSE`` means "settled" near a bottom. Elsewhere it means "frozen", or "creeping" if the walk has
    covered at least a tenth of the way to the bottom nearest to its start: a small step alone does not tell them apart.
    With longer steps it is a "two-cycle" if the last four points alternate (within a fiftieth of a step), else "moving".

    >>> valley = [Valley(0.5, 0.0, 2.0)]
    >>> fate([0.0, 1.0, 0.0, 1.0], valley), fate([9.0, 9.01, 9.02, 9.03], valley)
    ('two-cycle', 'frozen')
    """
    found, points = _valleys(found), require.numbers("points", points)
    if points.ndim != 1 or len(points) < 4:
        raise ValueError(f"points must be at least 4 positions of one parameter, got shape {points.shape}")
    with np.errstate(invalid="ignore"):  # a walk that ran away: inf - inf
        step = abs(points[-1] - points[-2])
        alternates = (abs(points[-2:] - points[-4:-2]) < 0.02 * step).all()
        moved = abs(points[-1] - points[0])
    if not step < CLOSE:
        return "two-cycle" if alternates else "moving"
    if abs(nearest(found, points[-1]).x - points[-1]) < CLOSE:
        return "settled"
    return "frozen" if moved < 0.1 * abs(nearest(found, points[0]).x - points[0]) else "creeping"


def _valleys(found):
    if not isinstance(found, list | tuple) or not all(isinstance(each, Valley) for each in found):
        raise TypeError(f"found must be a list of valleys, got {require.shown(found)}")
    return found


def _over_one_parameter(surface):
    require.instance("surface", surface, Surface, "a Surface")
    if surface.dimension != 1:
        raise ValueError(f"surface must have 1 parameter, got {surface.dimension} ({surface.name})")


def _between(low, high, points):
    low = require.moderate("low", low)
    high = require.moderate("high", high, above=low)
    return np.linspace(low, high, require.positive_int("points", points, minimum=2))

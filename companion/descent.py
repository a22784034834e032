"""Walks on a surface, each step as long as rate times slope: up for a height, down for a loss. Chapters 1 and 2."""

from dataclasses import dataclass

import numpy as np

from companion import require
from companion.surfaces import Surface

_SIGNS = {"down": -1.0, "up": 1.0}
_SLOPES = {
    "exact": lambda surface, point, step: surface.gradient(point),
    "forward": lambda surface, point, step: surface.forward_difference(point, step),
}


@dataclass(frozen=True)
class Path:
    """Where a walk went, start first: ``points (steps + 1, d)``, heights ``values (steps + 1,)``, and how it walked."""

    points: np.ndarray
    values: np.ndarray
    rate: float
    direction: str
    slope: str
    step: float | None


def walk(surface, start, *, steps, rate=1.0, direction="down", slope="exact", step=None):
    """Take ``steps`` steps of ``rate`` times the slope from ``start``, and keep every point.

    ``slope="exact"`` follows the gradient, ``slope="forward"`` the forward differences of width ``step``.
    A walk that runs away is kept as it is, with its infinities and NaN. An exact walk that meets a point without a
    gradient, the tip of the cone (0, 0) of ``HILLS``, is a ValueError: start beside it.

    D3's ten steps uphill; D3 prints the end as (-3.104, 0.789), cut off rather than rounded:

    >>> from companion.surfaces import HILLS
    >>> path = walk(HILLS, (0, 0), steps=10, direction="up", slope="forward", step=0.9)
    >>> path.points[-1].round(5)
    array([-3.10495,  0.78927])
    """
    require.instance("surface", surface, Surface, "a Surface such as HILLS or landscape(10)")
    steps = require.positive_int("steps", steps, minimum=0)
    rate = require.number("rate", rate, above=0)
    sign = require.known("direction", direction, _SIGNS)
    slope_at = require.known("slope", slope, _SLOPES)
    step = _chord_width(slope, step)
    points = np.empty((steps + 1, surface.dimension))
    points[0] = _one_point(start, surface)
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(steps):
            try:
                points[k + 1] = points[k] + sign * rate * slope_at(surface, points[k], step)
            except ValueError as error:
                raise ValueError(
                    f"start {require.shown(start)} leads to a point without a gradient, start beside it: {error}"
                ) from None
    return Path(points, surface.value(points), rate, direction, slope, step)


def _chord_width(slope, step):
    """``step``, which only the forward differences take and cannot do without."""
    if slope == "forward":
        return require.number("step", step, above=0)
    if step is not None:
        raise ValueError(f"step must be left out with slope='exact', got {require.shown(step)}: it belongs to slope='forward'")
    return None


def _one_point(start, surface):
    """``start`` as one finite point of the surface, ``(d,)``; a plain number is a point over one coordinate."""
    start = require.finite_array("start", start)
    return require.finite_array("start", np.atleast_1d(start), shape=(surface.dimension,))

"""Chapter 1: what D3 says about the gradient, its simplified form, and the walk uphill."""

import numpy as np

from companion import gradcheck
from companion.claims import Claim, Evidence
from companion.cost import operations
from companion.descent import walk
from companion.surfaces import HILLS

POINT = np.array([2.0, 2.0])
TOP = np.array([-np.pi, 5 * np.pi / 12])
WIDTH = 0.9  # of D3's chords


def _points():
    """10,000 points of D3's square, off the tip of the cone."""
    return np.random.default_rng(3).uniform(-5, 5, size=(10_000, 2))


def _ascent(steps=10, width=WIDTH):
    return walk(HILLS, (0, 0), steps=steps, direction="up", slope="forward", step=width)


def _steepest_at_origin():
    """The steepest one-sided slope at the tip of the cone, and its direction in degrees."""
    degrees = np.linspace(0, 360, 3600, endpoint=False)
    u = np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=-1)  # (3600, 2)
    slopes = HILLS.value(1e-9 * u) / 1e-9
    return slopes.max(), u[slopes.argmax()]


def _direction_and_steepness():
    degrees = np.arange(360)
    u = np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=-1)  # (360, 2)
    slopes = HILLS.value(POINT + 1e-30j * u).imag / 1e-30
    gradient = HILLS.gradient(POINT)
    off, length = gradcheck.angle(u[slopes.argmax()], gradient), np.hypot(*gradient)
    return Evidence(
        off <= 0.5 and abs(slopes.max() / length - 1) < 1e-4,
        f"At (2, 2), of 360 directions the steepest lies {off:.1f}° from the gradient and rises with slope {slopes.max():.4f}; the gradient's "
        f"length is {length:.4f}. True of steps short enough, at points where there is a gradient.",
    )


def _arrow_at_origin():
    arrow = HILLS.forward_difference((0.0, 0.0), WIDTH)
    steepest, u = _steepest_at_origin()
    off = gradcheck.angle(arrow, u)
    return Evidence(
        3 < off < 7 and np.hypot(*arrow) < 0.7 * steepest,
        f"Nearly the direction: {off:.0f}° off. Not the steepness: the arrow says {np.hypot(*arrow):.2f}, the steepest slope is {steepest:.2f}. "
        "And the point is the tip of a cone, where there is no gradient.",
    )


def _red_line():
    path = _ascent()
    # Where z(end) is meant the listing draws z + z(end): too high by z, the height of the start, at nine of ten starts.
    excess = path.values[1:-1]
    return Evidence(
        path.values[0] == 0 and excess.min() > 0.1,
        "The listing adds the height of the start to the height of the end. At (0, 0), height 0, that does no harm; at the later points "
        f"of its walk the red line ends too high, by {excess.min():.2f} to {excess.max():.2f}.",
    )


def _same_concept():
    points = _points()
    gradient = HILLS.gradient(points)
    angles = {h: gradcheck.angle(HILLS.forward_difference(points, h), gradient) for h in (WIDTH, 0.01)}
    middle = {h: np.median(a) for h, a in angles.items()}
    downhill = np.mean(angles[WIDTH] > 90)
    return Evidence(
        middle[WIDTH] > 8 and downhill > 0.04 and middle[0.01] < 0.2,
        f"10,000 random points: at width 0.01 the angle to the gradient is {middle[0.01]:.2f}° (median), at D3's width 0.9 it is "
        f"{middle[WIDTH]:.0f}°, and at {downhill:.0%} of the points the arrow even leads downhill. The same idea only for small widths.",
    )


def _better_and_cheaper():
    def chords(point):
        """The forward differences, for arithmetic that can be counted."""
        here = HILLS.height(*point)
        ahead = (HILLS.height(point[0] + WIDTH, point[1]), HILLS.height(point[0], point[1] + WIDTH))
        return [(there - here) / WIDTH for there in ahead]

    column = POINT[:, None]
    counted = operations(chords, column), operations(lambda point: HILLS.slopes(*point), column)
    error = gradcheck.relative_error(np.ravel(chords(column)), HILLS.gradient(POINT))
    exact = gradcheck.relative_error(HILLS.gradient(POINT), gradcheck.complex_step(HILLS.value, POINT))
    return Evidence(
        exact < 1e-14 and error > 0.5 and counted[1] < counted[0],
        f"At (2, 2) the error of the chords is {error:.0%}, that of the formula below 10⁻¹⁴. Faster: {counted[1]} arithmetic operations "
        f"against {counted[0]}, if a sine or a root counts as one. The chords need {len(POINT) + 1} heights, one more than there are "
        "parameters; for many parameters see chapter 3.",
    )


def _ideal_parameters():
    path = _ascent()
    end, top = (f"(−{-x:.5f}, {y:.5f})" for x, y in (path.points[-1], TOP))
    return Evidence(
        np.array_equal(np.trunc(path.points[-1] * 1000) / 1000, [-3.104, 0.789]) and path.values[-1] < 1.16,
        f"The walk ends at {end}; what is printed is cut off, not rounded. Its height there is {path.values[-1]:.3f}; the top, "
        f"{HILLS.value(TOP):.1f}, is at {top}.",
    )


def _local_maximum():
    path = _ascent(steps=500)
    peak = path.values.argmax()
    slope = np.hypot(*HILLS.gradient(path.points[-1]))
    return Evidence(
        path.values[-1] < path.values[peak] - 0.01 and slope > 0.1,
        f"With width 0.9 the walk is highest, {path.values[peak]:.3f}, after {peak} steps; then it goes down and settles at "
        f"{path.values[-1]:.3f}, where the surface still has slope {slope:.2f}. With the exact gradient it reaches 1.2.",
    )


CLAIMS = [
    Claim(
        "D3-direction-and-steepness",
        "D3",
        "什么是梯度",
        "At a given point the gradient shows the direction towards higher points and how steep the surface is.",
        "true",
        _direction_and_steepness,
        1,
    ),
    Claim(
        "D3-arrow-at-the-origin",
        "D3",
        "什么是梯度",
        "The blue arrow shows the direction of greatest increase at the point marked ×, which is (0, 0).",
        "half true",
        _arrow_at_origin,
        1,
    ),
    Claim(
        "D3-red-line",
        "D3",
        "什么是梯度",
        "The red line shows where you arrive if you follow the gradient for a while.",
        "half true",
        _red_line,
        1,
    ),
    Claim(
        "D3-same-concept",
        "D3",
        "实际梯度",
        "Whatever the mathematics, the simplified gradient and the actual gradient are the same concept.",
        "half true",
        _same_concept,
        1,
    ),
    Claim(
        "D3-exact-is-better",
        "D3",
        "实际梯度",
        "The true gradient is more accurate than the pseudo-gradient and faster to compute.",
        "true",
        _better_and_cheaper,
        1,
    ),
    Claim(
        "D3-ideal-parameters",
        "D3",
        "简单模型中的梯度",
        "Ten steps along the gradient find the ideal parameters x = −3.104, y = 0.789.",
        "false",
        _ideal_parameters,
        1,
    ),
    Claim(
        "D3-local-maximum",
        "D3",
        "简单模型中的梯度",
        "Following this gradient step by step is a search that leads to a local maximum.",
        "false",
        _local_maximum,
        1,
    ),
]

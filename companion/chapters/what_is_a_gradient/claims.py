"""Chapter 1: what D3 says about the gradient, its simplified form, and the walk uphill.

Each evidence takes what it tests as an argument, so that a test can switch it off and see the evidence fail.
"""

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


def _direction_and_steepness(gradient=HILLS.gradient, short=0.01, long=2.0):
    degrees = np.arange(360)
    u = np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=-1)  # (360, 2)
    slopes = HILLS.value(POINT + 1e-30j * u).imag / 1e-30
    arrow = gradient(POINT)
    off, length = gradcheck.angle(u[slopes.argmax()], arrow), np.hypot(*arrow)
    rise = {step: float(HILLS.value(POINT + step * arrow / length) - HILLS.value(POINT)) for step in (short, long)}
    tip = HILLS.value(1e-9 * u) / 1e-9  # one-sided slopes at (0, 0): where there is a gradient, opposite ones cancel
    lifted = float(np.abs(tip[:180] + tip[180:]).min())
    return Evidence(
        off <= 0.5
        and abs(slopes.max() / length - 1) < 1e-4
        and abs(rise[short] / (short * length) - 1) < 0.01
        and rise[long] < 0
        and lifted > 0.1,
        f"At (2, 2), of 360 directions the steepest lies {off:.1f}° from the gradient and rises with slope {slopes.max():.4f}; the gradient's "
        f"length is {length:.4f}. Holds for short steps (one of {short:g} rises by {rise[short]:.4f}, one of {long:g} *falls* by "
        f"{-rise[long]:.2f}) and where there is a gradient: not at (0, 0), where opposite slopes add up to {lifted:.1f} in every direction.",
    )


def _arrow_at_origin(width=WIDTH):
    arrow = HILLS.forward_difference((0.0, 0.0), width)
    steepest, u = _steepest_at_origin()
    off, back = gradcheck.angle(arrow, u), float(HILLS.value(-1e-9 * u) / 1e-9)
    return Evidence(
        3 < off < 7 and np.hypot(*arrow) < 0.7 * steepest and abs(back + steepest) > 0.1,
        f"Nearly the direction: {off:.0f}° off (chords of width {width:g}). Not the steepness: the arrow says {np.hypot(*arrow):.2f}, the "
        f"steepest slope is {steepest:.2f}. And straight back the slope is {back:.2f}".replace("-", "−")
        + ", not its opposite: the point is the tip of a cone, where there is no gradient.",
    )


def _red_line(surface=HILLS, start=(0, 0)):
    path = walk(surface, start, steps=10, direction="up", slope="forward", step=WIDTH)
    drawn = path.values[:-1] + path.values[1:]  # where z(end) is meant, the listing draws z + z(end)
    excess = drawn - path.values[1:]
    return Evidence(
        excess[0] == 0 and excess[1:].min() > 0.1,
        "Where you arrive, yes; how high, only from height 0: the listing adds the height of the start to that of the end. From (0, 0) that "
        f"does no harm; at the nine later points of its walk the red line ends too high, by {excess[1:].min():.2f} to {excess.max():.2f}.",
    )


def _same_concept(widths=(WIDTH, 0.01)):
    points, (wide, narrow) = _points(), widths
    gradient = HILLS.gradient(points)
    angles = {h: gradcheck.angle(HILLS.forward_difference(points, h), gradient) for h in widths}
    middle = {h: np.median(a) for h, a in angles.items()}
    downhill = {h: np.mean(a > 90) for h, a in angles.items()}
    return Evidence(
        middle[wide] > 8 and downhill[wide] > 0.04 and middle[narrow] < 0.2 and downhill[narrow] < 0.001,
        f"10,000 random points: at width {narrow:g} the angle to the gradient is {middle[narrow]:.2f}° (median), at D3's width {wide:g} it is "
        f"{middle[wide]:.0f}°, and at {downhill[wide]:.0%} of the points the arrow even leads downhill. Holds for small widths.",
    )


def _better_and_cheaper(width=WIDTH, formula=HILLS.slopes):
    def chords(point):
        """The forward differences, for arithmetic that can be counted."""
        here = HILLS.height(*point)
        ahead = (HILLS.height(point[0] + width, point[1]), HILLS.height(point[0], point[1] + width))
        return [(there - here) / width for there in ahead]

    column = POINT[:, None]
    counted = operations(chords, column), operations(lambda point: formula(*point), column)
    error = gradcheck.relative_error(np.ravel(chords(column)), HILLS.gradient(POINT))
    exact = gradcheck.relative_error(HILLS.gradient(POINT), gradcheck.complex_step(HILLS.value, POINT))
    narrow = gradcheck.relative_error(HILLS.forward_difference(POINT, 1e-8), HILLS.gradient(POINT))
    return Evidence(
        exact < 1e-14 and error > 0.5 and 1e-11 < narrow < 1e-6 and counted[1] < counted[0],
        f"At (2, 2) the error of the chords is {error:.0%}, that of the formula below 10⁻¹⁴<!--below=formula_error-->. Faster here: {counted[1]} arithmetic operations "
        f"against {counted[0]}, if a sine or a root counts as one. The chords need {len(POINT) + 1} heights, one more than there are "
        "parameters; for many parameters see chapter 3. Holds at narrow widths too: at 10⁻⁸<!--exact--> the chords are off by less than a millionth.",
    )


def _ideal_parameters(width=WIDTH):
    path = _ascent(width=width)
    x, y = path.points[-1]
    printed = np.trunc(path.points[-1] * 1000) / 1000
    cut = not np.array_equal(printed, np.round(path.points[-1], 3))
    lower = float(HILLS.value(TOP) - path.values[-1])
    return Evidence(
        np.array_equal(printed, [-3.104, 0.789]) and cut and lower > 0.04,
        f"The walk ends at (−{-x:.5f}, {y:.5f}); what is printed is cut off, not rounded. It stands {lower:.3f} below the top, which is "
        f"{HILLS.value(TOP):.1f} high and lies at (−{-TOP[0]:.5f}, {TOP[1]:.5f}): the ten steps have not found it.",
    )


def _local_maximum(width=WIDTH, exact="exact"):
    path = _ascent(steps=500, width=width)
    peak = path.values.argmax()
    slope = np.hypot(*HILLS.gradient(path.points[-1]))
    beside = path.points[peak]
    true = walk(HILLS, beside, steps=500, direction="up", slope=exact, step=None if exact == "exact" else width)
    top = float(HILLS.value(TOP))
    ridge = walk(HILLS, (2, -3), steps=500, direction="up")
    return Evidence(
        path.values[-1] < path.values[peak] - 0.01
        and slope > 0.1
        and abs(true.values[-1] - top) < 1e-6
        and ridge.points[-1][1] < -5
        and np.all(np.diff(ridge.values[-100:]) > 0),
        f"With D3's width {width:g} the walk is highest, {path.values[peak]:.3f}, after {peak} steps; then it goes down and settles at "
        f"{path.values[-1]:.3f}, where the surface still has slope {slope:.2f}. Started again at its highest point with the *exact* gradient, "
        f"it reaches {true.values[-1]:.3f}, the top. Holds when the slopes are exact and a top lies uphill. From (2, −3) even the exact walk creeps "
        f"along a ridge: after 500 steps it has left D3's square at y = −5 for y = −{-ridge.points[-1][1]:.0f}, and still climbs.",
    )


NUMBERS = {
    "formula_error": lambda: gradcheck.relative_error(HILLS.gradient(POINT), gradcheck.complex_step(HILLS.value, POINT))
}

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
        "The parameters at which ten steps along the gradient end, x = −3.104, y = 0.789<!--cited-->, are “ideal”, as the listing prints.",
        "false",
        _ideal_parameters,
        1,
    ),
    Claim(
        "D3-local-maximum",
        "D3",
        "简单模型中的梯度",
        "Following this gradient step by step is a search that leads to a local maximum.",
        "depends",
        _local_maximum,
        1,
    ),
]

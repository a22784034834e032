"""Chapter 2: what D0, D2 and D3 say about gradient descent, its steps, and where it stops."""

import numpy as np

from companion.chapters.gradient_descent.valleys import nearest, valleys
from companion.claims import Claim, Evidence
from companion.descent import walk
from companion.surfaces import landscape

LANDSCAPE = landscape(1)
VALLEYS = valleys(LANDSCAPE, 40, 130)
HOME = nearest(VALLEYS, 60)  # the valley nearest to D3's start
START = 58.0
STARTS = np.linspace(50, 125, 76)


def _walk(scale, start=START, *, steps=20):
    return walk(landscape(scale), start, steps=steps)


def _slope(scale, x):
    return abs(float(landscape(scale).gradient(x)))


def _way(path):
    """The share of the way to the bottom that a walk has covered."""
    start, end = path.points[[0, -1], 0]
    return (end - start) / (HOME.x - start)


def _minus(number):
    return f"{number:.2f}".replace("-", "−")


def _global_optimum():
    ends = [nearest(VALLEYS, _walk(1, start, steps=200).points[-1, 0]) for start in STARTS]
    lowest = min(VALLEYS, key=lambda valley: valley.value)
    hits = sum(end is lowest for end in ends)
    others = len({end.x for end in ends} - {lowest.x})
    return Evidence(
        hits < 0.2 * len(ends),
        f"{len(ends)} starts from 50 to 125 (scale 1, rate 1, 200 steps): {hits} end in the lowest valley, at {lowest.x:.2f}; "
        f"the others in {others} other valleys.",
    )


def _every_step_lowers():
    climbs = {
        scale: np.mean([np.diff(_walk(scale, start, steps=100).values) > 1e-9 for start in STARTS[::4]])
        for scale in (4, 10)
    }
    return Evidence(
        climbs[4] == 0 and climbs[10] > 0.4,
        f"{len(STARTS[::4])} walks of 100 steps at rate 1: at scale 4, where rate × curvature stays below 2, {climbs[4]:.0f} steps "
        "climb; at scale 10 more than 40 % of them do.",
    )


def _small_parameters():
    end = _walk(0.001).points[-1, 0]
    return Evidence(
        abs(end - START) < 0.02,
        f"Scale 0.001, slopes near {_slope(0.001, START):.1g}: after 20 steps the parameter is {end:.2f}, having started at {START:g}. "
        "It is frozen, not small.",
    )


def _gradient_shrinks():
    healthy, frozen = _walk(1), _walk(0.001)
    ends = _slope(1, healthy.points[-1, 0]), _slope(0.001, frozen.points[-1, 0])
    return Evidence(
        max(ends) < 1e-3 and _way(healthy) > 0.99 and _way(frozen) < 0.01,
        f"After 20 steps the slope is {ends[0]:.2g} at scale 1 and {ends[1]:.2g} at scale 0.001: equally small. The first walk has covered "
        f"{_way(healthy):.1%} of its way, the second {_way(frozen):.1%}. Only the second has a problem.",
    )


def _local_minimum():
    ends = [_walk(1, HOME.x + aside, steps=100).points[-1, 0] for aside in (-1, 1)]
    away = max(abs(end - HOME.x) for end in ends)
    return Evidence(
        _slope(1, HOME.x) < 1e-12 and away < 1e-9,
        f"At the bottom {HOME.x:.2f} the slope is 0, that much is true. Nothing jumps out: pushed 1 to either side, the walk is back "
        "within 10⁻⁹ after 100 steps.",
    )


def _step_size():
    path = _walk(6.5, steps=400)
    low, high = sorted(path.points[-2:, 0])
    slopes = [_slope(6.5, x) for x in (low, high)]
    return Evidence(
        abs(path.points[-1, 0] - path.points[-3, 0]) < 1e-9 and min(slopes) > 0.5,
        f"Scale 6.5: it oscillates, yes, between {low:.2f} and {high:.2f}. But the slope there is {min(slopes):.2f} after 400 steps, "
        "and stays: it never vanishes.",
    )


def _scale_one():
    steepest = np.abs(LANDSCAPE.gradient(np.linspace(50, 125, 2001))).max()
    return Evidence(
        steepest > 1 and _way(_walk(1)) > 0.99 and _way(_walk(0.001)) < 0.01,
        f"At scale 1 slopes reach {steepest:.2f} and 20 steps cover {_way(_walk(1)):.1%} of the way to the valley: this is the *healthy* one. "
        f"It takes scale 0.001 to freeze ({_way(_walk(0.001)):.1%} of the way).",
    )


def _ends(scale, steps=200):
    """Where the walks from all STARTS end, (76,)."""
    surface, x = landscape(scale), STARTS
    for _ in range(steps):
        x = x - surface.gradient(x)
    return x


def _slow_or_unstable():
    small, large = _ends(1), _ends(4)  # both below 2 / curvature: both settle
    loss, deeper = LANDSCAPE.value(small), LANDSCAPE.value(large)
    caught = deeper < loss - 0.01
    at = STARTS.tolist().index(74)
    moving = {scale: np.abs(np.diff(_walk(scale, steps=500).points[-100:, 0])).max() for scale in (1, 10, 100)}
    return Evidence(
        caught[at]
        and caught.sum() > 10
        and (deeper < loss + 1e-9).all()
        and _way(_walk(0.01)) < 0.1
        and moving[1] < 1e-9
        and min(moving[10], moving[100]) > 1,
        f"Slow: at scale 0.01, 20 steps cover {_way(_walk(0.01)):.0%} of the way. Unstable: at scales 10 and 100 steps longer than 1 go on "
        f"after 400 steps. Caught: from {caught.sum()} of {len(STARTS)} starts scale 1 settles higher than scale 4, from none lower. From 74 "
        f"it stays at {small[at]:.2f} (loss {_minus(loss[at])}); scale 4 reaches {large[at]:.2f} ({_minus(deeper[at])} there at scale 1).",
    )


CLAIMS = [
    Claim(
        "D0-global-optimum",
        "D0",
        "2.1",
        "Following the gradient approaches the global optimum.",
        "false",
        _global_optimum,
        2,
    ),
    Claim(
        "D0-every-step-lowers",
        "D0",
        "2.2",
        "The update W ← W − α∇J makes the function value smaller.",
        "depends",
        _every_step_lowers,
        2,
    ),
    Claim(
        "D0-small-parameters",
        "D0",
        "2.3",
        "Where the gradient is close to zero, each step leaves the *parameters* very small or close to zero.",
        "false",
        _small_parameters,
        2,
    ),
    Claim(
        "D2-gradient-shrinks",
        "D2",
        "2.1",
        "As training goes on, the gradient becomes very small, and the model cannot go on learning.",
        "half true",
        _gradient_shrinks,
        2,
    ),
    Claim(
        "D2-local-minimum",
        "D2",
        "2.2.1.1",
        "At a local minimum the gradient is very small, so that the model keeps jumping out of it and searches again.",
        "half true",
        _local_minimum,
        2,
    ),
    Claim(
        "D2-step-size",
        "D2",
        "2.2.1.2",
        "A badly chosen step size keeps the walk oscillating, and in the end the gradient vanishes.",
        "half true",
        _step_size,
        2,
    ),
    Claim(
        "D3-scale-one",
        "D3",
        "为什么梯度爆炸和梯度消失不好",
        "Of three landscapes (scale 1, 10, 100) the first has gradients of almost zero, and too little improves.",
        "false",
        _scale_one,
        2,
    ),
    Claim(
        "D3-slow-or-unstable",
        "D3",
        "为什么梯度爆炸和梯度消失不好",
        "Small gradients are slow and may be caught in shallow local minima; exploding ones are unstable and may not converge.",
        "true",
        _slow_or_unstable,
        2,
    ),
]

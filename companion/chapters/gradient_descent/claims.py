"""Chapter 2: what D0, D2 and D3 say about gradient descent, its steps, and where it stops.

D3's landscape, exact gradient, rate 1; a scale multiplies the loss. Each evidence takes what it tests as an argument, so that
a test can switch it off and see the evidence fail.
"""

import numpy as np

from companion import data, signals
from companion.chapters.gradient_descent.valleys import largest_curvature, nearest, valleys
from companion.claims import Claim, Evidence
from companion.descent import walk
from companion.network import Network, train
from companion.surfaces import landscape

LANDSCAPE = landscape(1)
VALLEYS = valleys(LANDSCAPE, 40, 130)
HOME = nearest(VALLEYS, 60)  # the valley nearest to D3's start
START = 58.0
STARTS = np.linspace(50, 125, 76)
LOWEST = min(VALLEYS, key=lambda valley: valley.value)


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


def _fallen(path, scale):
    """The share of the way *down*, to the lowest bottom, by which the loss of a walk has fallen."""
    start, end = path.values[[0, -1]] / scale
    return (start - end) / (start - LOWEST.value)


def _global_optimum(starts=STARTS, steps=200):
    ends = [nearest(VALLEYS, _walk(1, start, steps=steps).points[-1, 0]) for start in starts]
    hits = np.array([end is LOWEST for end in ends])
    near = starts[hits]
    others = len({end.x for end in ends} - {LOWEST.x})
    span = f"from {near[0]:g} to {near[-1]:g}" if len(near) else "from nowhere"
    together = len(near) > 1 and np.array_equal(near, starts[(near[0] <= starts) & (starts <= near[-1])])
    return Evidence(
        0 < hits.sum() < 0.2 * len(ends) and others > 3 and together,
        f"{len(ends)} starts from 50 to 125 (scale 1, rate 1, {steps} steps): {hits.sum()} end in the lowest valley, at {LOWEST.x:.2f}; the "
        f"others in {others} other valleys. Holds when the start lies in the lowest valley already, here {span}.",
    )


def _every_step_lowers(small=4, large=10):
    climbs = {
        scale: np.mean([np.diff(_walk(scale, start, steps=100).values) > 1e-9 for start in STARTS[::4]])
        for scale in (small, large)
    }
    product = small * largest_curvature(LANDSCAPE, 40, STARTS[-1])  # the walks from 50 leave to the left, for 46.6
    return Evidence(
        climbs[small] == 0 and climbs[large] > 0.4 and product < 2,
        f"{len(STARTS[::4])} walks of 100 steps at rate 1: at scale {small}, where rate × curvature is at most {product:.2f}, "
        f"{climbs[small]:.0f} steps climb; at scale {large} more than two in five do. Holds when rate × curvature stays below 2.",
    )


def _small_parameters(scale=0.001):
    path = _walk(scale)
    end = path.points[-1, 0]
    return Evidence(
        abs(end - START) < 0.02 and _way(path) < 0.01,
        f"Scale {scale:g}, slopes near {_slope(scale, START):.1g}: after 20 steps the parameter is {end:.2f}, having started at {START:g}, and "
        f"the loss has fallen by {_fallen(path, scale):.2%} of what there is to fall. It is frozen, not small.",
    )


def _gradient_shrinks(arrives=1, freezes=0.001):
    there, frozen = _walk(arrives), _walk(freezes)
    ends = _slope(arrives, there.points[-1, 0]), _slope(freezes, frozen.points[-1, 0])
    return Evidence(
        max(ends) < 1e-3 and _way(there) > 0.99 and _way(frozen) < 0.01,
        f"It becomes small, yes: after 20 steps the slope is {ends[0]:.2g} at scale {arrives:g} and {ends[1]:.2g} at scale {freezes:g}. That "
        f"is no obstacle where it has arrived: the first walk has covered {_way(there):.1%} of the way to its bottom, the second "
        f"{_way(frozen):.1%}. Only the second could still go on, and cannot.",
    )


def _local_minimum(small=1, large=8):
    ends = [_walk(small, HOME.x + aside, steps=100).points[-1, 0] for aside in (-1, 1)]
    away = max(abs(end - HOME.x) for end in ends)
    thrown = _walk(large, HOME.x + 0.1, steps=100).points[:, 0]
    return Evidence(
        _slope(small, HOME.x) < 1e-12
        and away < 1e-9
        and large > HOME.largest_rate
        and np.abs(thrown - HOME.x).max() > 1,
        f"The slope is 0 at the bottom {HOME.x:.2f}, that much is true, and for that reason nothing jumps out: at scale {small:g}, pushed 1 to "
        f"either side, the walk is back within 10⁻⁹<!--below=away--> after 100 steps. It is a long step that leaves: at scale {large:g}, beyond "
        f"2/curvature = {HOME.largest_rate:.2f}, a walk a tenth beside the bottom moves away by more than 1.",
    )


def _step_size(scale=6.5, rates=(0.1, 100)):
    """One curve, on which the slope stays; and networks, in which too large a rate makes it vanish."""
    path = _walk(scale, steps=400)
    low, high = sorted(path.points[-2:, 0])
    slope = min(_slope(scale, x) for x in (low, high))
    digits, rng = data.digits(), np.random.default_rng(0)
    x, y = digits.train_x[:, :200], digits.train_y[:200]
    networks = Network.random(
        [64, 30, 30, 30, 30, 10], activation="sigmoid", initialization="lecun_normal", rng=rng, seeds=8
    )
    runs = [train(networks, x, y, rate=rate, steps=20, loss="cross_entropy") for rate in rates]
    left = [
        signals.norm(run.network.gradients(x, y, "cross_entropy").weights[0], axis=(-2, -1)) for run in runs
    ]  # (8,) each
    share = left[1].max() / left[0].min()
    swings = (np.diff(runs[1].losses, axis=0) > 0).any(axis=0)
    return Evidence(
        abs(path.points[-1, 0] - path.points[-3, 0]) < 1e-9
        and high - low > 0.1
        and slope > 0.5
        and share < 0.01
        and swings.all(),
        f"On D3's landscape it oscillates and does not vanish: at scale {scale:g} between {low:.2f} and {high:.2f}, and the slope there is "
        f"{slope:.2f} after 400 steps. In {len(swings)} sigmoid networks with 4 hidden layers of 30 (200 digits, N(0, 1/n), biases 0) it does: "
        f"after 20 steps at rate {rates[1]:g}, the loss rising on the way, ∂W₁ has less than a hundredth of the length that it has at rate "
        f"{rates[0]:g}. Holds when the long steps saturate the units.",
    )


def _scale_one(scale=1, larger=10):
    steepest = np.abs(landscape(scale).gradient(np.linspace(50, 125, 2001))).max()
    path = _walk(scale)
    x, seen = START + np.linspace(-1, 1, 201), []
    for step in range(220):
        x = x - larger * LANDSCAPE.gradient(x)
        seen += [LANDSCAPE.value(x)] if step >= 20 else []
    low = np.mean(np.mean(seen, axis=0) < -9)  # the share of 201 walks that stay there, on the mean
    first, last = path.values[[0, -1]] / scale
    return Evidence(
        steepest > 1 and _way(path) > 0.99 and _fallen(path, scale) < 0.05 and low > 0.8,
        f"Almost zero, no: slopes reach {steepest:.2f}, and 20 steps cover {_way(path):.1%} of the way to the nearest bottom. Too little "
        f"improves, yes: there the loss has gone from {first:.2f} to {_minus(last)}, {_fallen(path, scale):.0%} of the way down to "
        f"{_minus(LOWEST.value)}. At scale {larger:g} more than four in five of {len(x)} walks from 57 to 59 are at a "
        "(divided) loss below −9 on the mean of steps 21 to 220.",
    )


def _ends(scale, steps=200):
    """Where the walks from all STARTS end, (76,)."""
    surface, x = landscape(scale), STARTS
    for _ in range(steps):
        x = x - surface.gradient(x)
    return x


def _slow_or_unstable(slow=0.01, unstable=(10, 100), careful=1):
    small, large = _ends(careful), _ends(4)  # both below 2 / curvature: both settle
    loss, deeper = LANDSCAPE.value(small), LANDSCAPE.value(large)
    caught = deeper < loss - 0.01
    at = STARTS.tolist().index(74)
    moving = {scale: np.abs(np.diff(_walk(scale, steps=500).points[-100:, 0])).max() for scale in (careful, *unstable)}
    creeping = _walk(slow)
    return Evidence(
        caught[at]
        and caught.sum() > 10
        and (deeper < loss + 1e-9).all()
        and _way(creeping) < 0.1
        and moving[careful] < 1e-9
        and min(moving[scale] for scale in unstable) > 1,
        f"Slow: at scale {slow:g}, 20 steps cover {_way(creeping):.0%} of the way, and the loss falls from {creeping.values[0] / slow:.2f} to "
        f"{creeping.values[-1] / slow:.2f} (divided by the scale). Unstable: at scales {unstable[0]} and {unstable[1]} steps longer than 1 go "
        f"on after 400 steps. Caught: from {caught.sum()} of {len(STARTS)} starts scale {careful} settles higher than scale 4, from none lower. "
        f"From 74 it stays at {small[at]:.2f} (loss {_minus(loss[at])}); scale 4 reaches {large[at]:.2f} ({_minus(deeper[at])} there at scale 1).",
    )


NUMBERS = {"away": lambda: max(abs(_walk(1, HOME.x + aside, steps=100).points[-1, 0] - HOME.x) for aside in (-1, 1))}

CLAIMS = [
    Claim(
        "D0-global-optimum",
        "D0",
        "2.1",
        "Following the gradient approaches the global optimum.",
        "depends",
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
        "At a local minimum the gradient is very small, so that the model has to jump out of it again and again, and searches anew.",
        "half true",
        _local_minimum,
        2,
    ),
    Claim(
        "D2-step-size",
        "D2",
        "2.2.1.2",
        "A badly chosen step size keeps the walk oscillating, and in the end the gradient vanishes.",
        "depends",
        _step_size,
        2,
    ),
    Claim(
        "D3-scale-one",
        "D3",
        "为什么梯度爆炸和梯度消失不好",
        "Of three landscapes (scale 1, 10, 100) the first has gradients of almost zero, and too little improves.",
        "half true",
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

r"""The smallest recurrent network, and the cliff in its loss: one unit that runs for T = 50 steps, after Pascanu et al. (2013).

x_t = w s(x_{t−1}) + b with x_0 = ½ and the sigmoid s; the loss is ℒ = (s(x_50) − 0.7)². Two parameters, so the whole
landscape can be drawn. Where x_0 is the *unstable fixed point*, the loss falls off a cliff; this is the straight line
b = ½ − s(½) w, from w = 1/s′(½) on.

>>> run(6.1, -2.95).loss.round(4)                       # on the high plain, a little above the cliff
np.float64(0.0589)
>>> bool(np.isclose(run(5.0, wall(5.0)).by_bias, steepness(5.0), rtol=1e-9, atol=0)), round(steepness(5.0), 3)
(True, 18155.808)

Chapter 10; figure 6 and section 2.3 of Pascanu et al. (2013). The equation of the line and the steepness on it are ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp

import numpy as np

from companion import require
from companion.activations import ACTIVATIONS

T, START, TARGET = 50, 0.5, 0.7
_SIGMOID = ACTIVATIONS["sigmoid"]
CUSP = float(1 / _SIGMOID.slope(START))
"""The weight 4.2553 at which the wall begins: below it the fixed point ½ is stable."""


@dataclass(frozen=True, eq=False)
class Run:
    """The unit after 50 steps; arrays of the common shape (…) of weight and bias."""

    loss: np.ndarray  # (s(x_50) − 0.7)²
    state: np.ndarray  # x_50
    by_weight: np.ndarray  # d x_50 / d w
    by_bias: np.ndarray  # d x_50 / d b

    @property
    def gradient(self):
        """(∂ℒ/∂w, ∂ℒ/∂b) on a new last axis, (…, 2)."""
        outer = 2 * (_SIGMOID.f(self.state) - TARGET) * _SIGMOID.slope(self.state)  # dℒ / d x_50
        return np.stack([outer * self.by_weight, outer * self.by_bias], axis=-1)


def run(weight, bias):
    """Run the unit, and beside it the two derivatives of its state, by hand (both numbers or arrays that broadcast).

    x_t = w s_{t−1} + b with s_{t−1} = s(x_{t−1}), so d x_t/d w = s_{t−1} + w s′_{t−1} · d x_{t−1}/d w, and the same with 1
    in place of s_{t−1} for b. Nothing is approximated. Derivatives above 1e308 (a weight beyond about 10^6) become inf.

    >>> still = run(0.0, 1.0)                              # without a weight the state is b
    >>> still.state, still.by_bias
    (np.float64(1.0), np.float64(1.0))
    """
    weight, bias = np.broadcast_arrays(require.finite_array("weight", weight), require.finite_array("bias", bias))
    if weight.ndim == 0:
        return _unrolled(float(weight), float(bias), _sigmoid_of_a_number)
    with np.errstate(over="ignore", invalid="ignore"):
        return _unrolled(weight, bias, _SIGMOID.f)


def _unrolled(weight, bias, sigmoid):
    state, by_weight, by_bias = START, 0.0, 0.0
    for _ in range(T):
        signal = sigmoid(state)
        factor = weight * (signal * sigmoid(-state))  # s′(x) = s(x) s(−x)
        state = weight * signal + bias
        by_weight = signal + factor * by_weight
        by_bias = 1 + factor * by_bias
    return Run(*(np.asarray(value)[()] for value in ((sigmoid(state) - TARGET) ** 2, state, by_weight, by_bias)))


def _sigmoid_of_a_number(x):
    """The sigmoid of one float: thirty times as fast as an array of one entry, and a walk takes hundreds of them."""
    e = exp(-abs(x))
    return (e if x < 0 else 1.0) / (1 + e)


def wall(weight):
    """The bias b = ½ − s(½) w at which ½ is a fixed point: x_t = ½ for ever. From w = CUSP on it is unstable, the cliff.

    >>> wall(5.0).round(4)
    np.float64(-2.6123)
    """
    return (START - _SIGMOID.f(START) * require.finite_array("weight", weight))[()]


def steepness(weight):
    """d x_50/d b on the wall, a geometric series: (α^50 − 1)/(α − 1) with the factor α = w s′(½); 50 at α = 1.

    >>> round(steepness(4.0), 2), f"{steepness(6.0):.3g}"
    (15.91, '7.05e+07')
    """
    factor = require.moderate("weight", weight) * float(_SIGMOID.slope(START))
    return float(np.polyval(np.ones(T), factor))


@dataclass(frozen=True, eq=False)
class Walk:
    """Gradient descent on (w, b): ``points`` (K + 1, 2), and at each of them ``losses`` (K + 1,) and ``gradients`` (K + 1, 2).

    The gradients are those of the loss, before any clipping.
    """

    points: np.ndarray
    losses: np.ndarray
    gradients: np.ndarray

    @property
    def lengths(self):
        """How far each step went, (K,)."""
        return np.hypot(*np.diff(self.points, axis=0).T)

    @property
    def norms(self):
        """‖g‖ at each point, (K + 1,)."""
        return np.hypot(*self.gradients.T)


def walk(start, *, rate, steps, clip: Callable | None = None):
    """``steps`` steps of gradient descent from ``start`` = (w, b).

    ``clip`` takes the list of the two gradients, each an array of one entry, and returns the list to step along: a function of
    ``companion.fixes.clipping`` with its limit filled in. None: the gradient itself.

    >>> free = walk((6.1, -2.95), rate=0.05, steps=200)
    >>> free.lengths.argmax(), round(free.lengths.max())     # 188 small steps, then one off the map
    (np.int64(188), 1448)
    """
    point = require.finite_array("start", start, shape=(2,))
    rate, steps = require.number("rate", rate, above=0), require.positive_int("steps", steps, minimum=0)
    clip = None if clip is None else require.function("clip", clip)
    points, losses, gradients = np.empty((steps + 1, 2)), np.empty(steps + 1), np.empty((steps + 1, 2))
    for k in range(steps + 1):
        here = run(*point)
        points[k], losses[k], gradients[k] = point, here.loss, here.gradient
        along = gradients[k] if clip is None else np.concatenate(clip([gradients[k, :1], gradients[k, 1:]]))
        point = point - rate * along
    return Walk(points, losses, gradients)

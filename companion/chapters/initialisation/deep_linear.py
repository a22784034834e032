r"""How long does a deep linear network learn? Gradient descent on products of matrices, for orthogonal and Gaussian starts.

Without activations a_L = W_L … W_1 x, whatever the depth: a network that can do no more than one matrix, and yet learns as a
deep one does. For whitened inputs the squared error depends on the data through one matrix T, the correlation of targets and
inputs, and is ½‖W_L … W_1 − T‖² plus a constant. So no example is touched during training.

>>> for law in ("orthogonal", "lecun_normal"):
...     print(law, learning_time(law, 5, seed=0).steps)
orthogonal 7
lecun_normal 22

Saxe, McClelland and Ganguli (2014). Chapter 6.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from companion import require
from companion.data import digits
from companion.weights import INITIALIZATIONS

RATES = tuple(10 ** (np.arange(-24, 1) / 8))
"""The learning rates that are tried, eight to a decade from 0.001 to 1; the best one counts."""


class Learning(NamedTuple):
    """``steps`` until the loss had fallen to the goal, at the best of the rates, ``rate``; (None, None): not in time."""

    steps: int | None
    rate: float | None


def target(width):
    """T (10, ``width``): the correlations of the ten digits with the first ``width`` whitened principal components.

    Its singular values are between 0 and 1 (canonical correlations, but for the scale of the ten targets).

    >>> np.linalg.svd(target(32), compute_uv=False)[:3].round(2)
    array([0.98, 0.94, 0.92])
    """
    width = require.positive_int("width", width)
    if width > 60:
        raise ValueError(f"width must be at most 60, the components that the digits have, got {width}")
    return _target(width)


@cache
def _target(width):
    data = digits()
    components = np.linalg.svd(data.train_x, full_matrices=False)[2][:width]  # (n, B), orthonormal rows
    wanted = np.eye(10)[:, data.train_y]
    wanted = (wanted - wanted.mean(1, keepdims=True)) / wanted.std(1, keepdims=True)  # (10, B)
    return wanted @ components.T / np.sqrt(components.shape[1])


def loss_and_gradients(weights, wanted):
    """½‖W_L … W_1 − T‖² and its gradient for each W_l. ``weights``: a list of matrices, or of stacks (R, n, n) of them."""
    below = [np.eye(weights[0].shape[-1])]  # W_l … W_1, from the input side
    for w in weights:
        below.append(w @ below[-1])
    above = below[-1] - wanted  # ∂ℒ/∂(W_L … W_1), on its way down
    loss, gradients = 0.5 * (above**2).sum((-2, -1)), []
    for w, product in zip(weights[::-1], below[-2::-1], strict=True):
        gradients.append(above @ product.mT)
        above = w.mT @ above
    return loss, gradients[::-1]


def learning_time(initialization, depth, *, seed, width=32, rates=RATES, goal=0.01, most=3000):
    """Steps of gradient descent until the loss is ``goal`` times that of an all-zero network: a :class:`Learning`.

    All ``rates`` run side by side from the same weights, ``depth`` − 1 matrices (n, n) and one (10, n); the first to get
    there decides. The number is that of the best rate in the list, so it measures the start, not the patience with rates.
    """
    law, depth = require.known("initialization", initialization, INITIALIZATIONS), require.positive_int("depth", depth)
    rng, wanted = np.random.default_rng(require.seed("seed", seed)), target(width)
    drawn = [law.draw(width, width if layer < depth - 1 else 10, rng=rng) for layer in range(depth)]
    rates = require.finite_array("rates", rates, ndim=1)
    rate = np.array([require.number("rates", r, above=0) for r in rates])[:, None, None]  # (R, 1, 1)
    weights = [np.repeat(w[None], len(rate), axis=0) for w in drawn]  # (R, n, n)
    enough = require.moderate("goal", goal, above=0) * 0.5 * (wanted**2).sum()
    with np.errstate(over="ignore", invalid="ignore"):  # a rate that is too large ends in NaN, and does not count
        for step in range(require.positive_int("most", most) + 1):
            loss, gradients = loss_and_gradients(weights, wanted)
            if (loss <= enough).any():
                return Learning(step, float(rate[np.nanargmin(loss), 0, 0]))
            weights = [w - rate * dw for w, dw in zip(weights, gradients, strict=True)]
    return Learning(None, None)


def mode_time(strength, *, start, reached):
    """Time that one mode of a two-layer linear network takes from ``start`` to ``reached`` on its way to ``strength``.

    Exact for small steps, in units of 1 / rate: the mode follows a logistic curve, so a strong one is learnt first.

    >>> round(mode_time(1.0, start=0.001, reached=0.95), 4)
    4.9256
    """
    strength = require.moderate("strength", strength, above=0)
    start = require.moderate("start", start, above=0, below=strength)
    reached = require.moderate("reached", reached, at_least=start, below=strength)
    return float(np.log(reached * (strength - start) / (start * (strength - reached))) / (2 * strength))

"""What the first steps of training do to the gradient of a deep ReLU network with batch norm: it explodes at the start only."""

from functools import cache

import numpy as np

from companion import signals
from companion.data import digits
from companion.recipes import Recipe


@cache
def ratios(rate, *, steps=5, seeds=5, depth=40, width=64, batch=256, norm="batch_norm"):
    """log10 of rms δ_1 / rms δ_depth, (seeds, steps + 1): before the first step of plain descent, after one, two ….

    ``depth`` ReLU layers with He weights, the ``norm`` in front of f, and a linear read-out; the first ``batch`` digits, all of
    them in every step, cross-entropy. From the third step on rounding errors show: give bands then, not digits.

    >>> before, after = np.median(ratios(1.0, steps=1, seeds=2), axis=0)
    >>> bool(before > 2.5), bool(after < 1)
    (True, True)
    """
    x, y = digits().train_x[:, :batch], digits().train_y[:batch]
    recipe = Recipe(depth=depth + 1, width=width, norm=norm)
    network, found = recipe.network(rng=np.random.default_rng(0), seeds=seeds), []
    for _ in range(steps + 1):
        gradients = network.gradients(x, y, "cross_entropy")
        first, last = (signals.log10_rms(gradients.deltas[k], axis=(1, 2)) for k in (0, depth - 1))
        found.append(first - last)
        network = network.with_parameters(network.parameters - rate * gradients.flat)
    return np.array(found).T  # (S, steps + 1)

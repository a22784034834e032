"""What training makes of a flat start: 30 layers whose gradient is level at step 0, some steps of plain descent later."""

from functools import cache
from typing import NamedTuple

import numpy as np

from companion import signals
from companion.data import digits
from companion.layers import LOSSES
from companion.network import Network


class After(NamedTuple):
    """S networks after training; NaN where a network diverged."""

    stopped: np.ndarray  # (S,) the step whose loss was not finite, NaN without one
    decades: np.ndarray  # (S,) log10 of rms δ_1 / rms δ_29
    loss: np.ndarray  # (S,)

    @property
    def diverged(self):
        """How many did."""
        return int(np.isfinite(self.stopped).sum())


@cache
def after(rate, *, steps=60, seeds=8, initialization="he_normal"):
    """29 ReLU layers of width 64 and a linear read-out, zero biases, on 64 digits as one batch, cross-entropy.

    >>> start = after(0.003, steps=0, seeds=3)
    >>> bool((abs(start.decades) < 0.5).all()), start.diverged
    (True, 0)
    """
    x, y, loss = digits().train_x[:, :64], digits().train_y[:64], LOSSES["cross_entropy"]
    setting = {"activation": "relu", "initialization": initialization}
    nets = [Network.random([64] * 30 + [10], **setting, rng=np.random.default_rng(seed)) for seed in range(seeds)]
    return After(*np.array([_walk(net, x, y, loss, rate, steps) for net in nets]).T)


def _walk(network, x, y, loss, rate, steps):
    """(stopped, decades, loss) of one network."""
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(steps + 1):
            trace = network.forward(x)
            value = loss.value(trace.output, y)
            if not np.isfinite(value):
                return float(step), np.nan, np.nan
            back = network.backward(trace, y, "cross_entropy")
            if step < steps:
                network = network.with_parameters(network.parameters - rate * back.flat)
    return np.nan, signals.log10_rms(back.deltas[0]) - signals.log10_rms(back.deltas[-2]), value

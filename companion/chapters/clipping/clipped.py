"""Gradient descent with a clip between gradient and step, which keeps the length of every gradient it met. Chapter 10.

>>> from companion.fixes.clipping import clip_global
>>> steep = Network([Dense([[100.0]], [[0.0]], "identity")])                # fits y = 2x, from far away
>>> x, y = np.array([[1.0, -1.0]]), np.array([[2.0, -2.0]])
>>> run = train(steep, x, y, rate=1.0, steps=3, clip=lambda g: clip_global(g, 1.0), loss="squared_error")
>>> run.norms, run.network.parameters                                       # three steps of length 1
(array([98., 97., 96.]), array([97.,  0.]))
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from companion import require, signals
from companion.layers import LOSSES, Dense  # noqa: F401 - Dense for the example above
from companion.network import Network


@dataclass(frozen=True, eq=False)
class Clipped:
    """A run of K steps: ``losses`` (K + 1,), ``norms`` (K,) of the gradients *before* clipping, the last ``network``.

    ``stopped_at`` is the step whose gradient was not finite (the run ends there, the parameters stay), or None.
    """

    network: Network
    losses: np.ndarray
    norms: np.ndarray
    stopped_at: int | None


def train(network, x, y, *, rate, steps, clip: Callable | None = None, loss="cross_entropy"):
    """``steps`` steps of gradient descent on all of ``x``, each along ``clip(gradients)``.

    ``clip`` takes a list of arrays, one for each weight matrix and each bias in the order of the layers, and returns such a
    list; None steps along the gradients themselves. A gradient with NaN or infinity ends the run before any clipping.
    """
    require.instance("network", network, Network, "a Network")
    clip = None if clip is None else require.function("clip", clip)
    record = require.known("loss", loss, LOSSES)
    rate, steps = require.number("rate", rate, above=0), require.positive_int("steps", steps)
    losses, norms, stopped_at = [], [], None
    with np.errstate(over="ignore", invalid="ignore"):  # a run that overflows is stopped, not warned about
        for step in range(steps):
            trace = network.forward(x)
            losses.append(record.value(trace.output, y))
            back = network.backward(trace, y, loss)
            if not np.isfinite(back.flat).all():
                stopped_at = step
                break
            norms.append(signals.norm(back.flat))
            gradients = [matrix for layer in back.backs for matrix in layer.parameters.values()]
            along = gradients if clip is None else clip(gradients)
            flat = np.concatenate([matrix.ravel() for matrix in along])
            network = network.with_parameters(network.parameters - rate * flat)
        else:
            losses.append(network.loss(x, y, loss))
    return Clipped(network, np.array(losses), np.array(norms), stopped_at)

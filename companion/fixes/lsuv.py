r"""Layer-sequential unit variance: run data through the network once, and scale each layer until its output z has variance 1.

>>> from companion.network import Network
>>> rng = np.random.default_rng(0)
>>> network = Network.random([8, 50, 50, 3], activation="relu", initialization="orthogonal", rng=rng)
>>> x = rng.standard_normal((8, 100))
>>> [round(float(z.std()), 6) for z in lsuv(network, x).forward(x).z]
[1.0, 1.0, 1.0]

Mishkin and Matas (2016), who start from orthogonal matrices. Chapter 6.
"""

from dataclasses import replace

import numpy as np

from companion import require
from companion.network import Network
from companion.stack import rebuilt


def lsuv(network, x):
    """``network`` with each layer's weights (and biases) divided by the standard deviation of its z over units and ``x``.

    Not by the variance: z is linear in W. Each seed is scaled on its own. Layer by layer from the input side, since the
    scale of one layer is the input of the next; one pass is exact. A layer whose z does not vary is an error.
    """
    require.instance("network", network, Network, "a Network")
    return replace(network, layers=rebuilt(network.layers, require.finite_array("x", x), _unit_variance))


def _unit_variance(layer, a):
    if "weights" not in layer.parameters:
        return layer
    std = layer.forward(a).z.std((-2, -1), keepdims=True)  # (1, 1)
    if not np.all(std > 0):
        raise ValueError(f"network must have a z that varies in every layer, got a constant one in {layer!r}")
    return layer.with_parameters(**{name: matrix / std for name, matrix in layer.parameters.items()})

r"""A trained network as it is used: batch norm with the statistics of given data, dropout off.

>>> import numpy as np
>>> from companion.fixes import FIXES, Site
>>> from companion.network import Network
>>> network = Network([FIXES["batch_norm"].build(Site(1))])
>>> evaluation(network, np.array([[1.0, 5.0]]))(np.array([[5.0]])).round(5)        # one example: no error, no zero
array([[1.]])

Chapter 8.
"""

from dataclasses import replace

from companion import require
from companion.network import Network
from companion.stack import rebuilt


def evaluation(network, x):
    """``network`` in evaluation mode: every layer that behaves differently in use is replaced by what its ``settle`` gives.

    The statistics are those of ``x``, (n_0, B), as it goes through the layers already settled: give all of the training
    data. (Libraries keep a running mean over the batches instead, which lags behind the weights.)
    """
    require.instance("network", network, Network, "a Network")
    settled = rebuilt(network.layers, require.finite_array("x", x), _settled)
    return replace(network, layers=settled)


def _settled(layer, a):
    return layer.settle(a) if hasattr(layer, "settle") else layer

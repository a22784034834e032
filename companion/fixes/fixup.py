r"""Fixup: a residual branch of m weight layers starts at 0, its other layers small enough that steps stay of one size.

The last weight matrix of each branch is 0, the others are multiplied by blocks^(−1/(2m − 2)), and the branch has a
learnt scale that starts at 1. No normalisation is needed. (The paper also starts the network's last layer at 0; here it
keeps its draw, so that gradients flow at the first step.)

>>> fixup_scale(16, 2), fixup_scale(16, 3)
(0.25, 0.5)

Zhang, Dauphin and Ma (2019). Chapter 9.
"""

import numpy as np

from companion import require
from companion.fixes.residual import Residual, with_scaled_weights


def fixup_scale(blocks, layers):
    """What the weights of all but the last of a branch's ``layers`` are multiplied by: blocks^(−1/(2 layers − 2)).

    >>> fixup_scale(16, 1)
    Traceback (most recent call last):
    ValueError: layers must be a whole number >= 2, got 1
    """
    blocks, layers = require.positive_int("blocks", blocks), require.positive_int("layers", layers, minimum=2)
    return blocks ** (-1 / (2 * layers - 2))


def fixup(layers, blocks, stack=()):
    """The :class:`~companion.fixes.residual.Residual` of ``layers``, one of ``blocks`` in the network, by Fixup's rules.

    ``stack`` is the leading axes of its learnt scale: (S,) with seeds.
    """
    weighted = sum("weights" in layer.parameters for layer in layers)
    factors = [fixup_scale(blocks, weighted)] * (weighted - 1) + [0.0]
    return Residual(with_scaled_weights(layers, factors), scale=np.ones((*stack, 1, 1)), learn=True)

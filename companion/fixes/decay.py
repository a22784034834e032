r"""Weight penalties: what L1 and L2 add to a gradient, and the decay that stands beside the gradient.

All take lists of arrays, one a parameter, and return new lists.

>>> l2([np.array([0.0])], [np.array([2.0])], 0.1), l1([np.array([0.0])], [np.array([-2.0])], 0.1)
([array([0.2])], [array([-0.1])])

With no gradient, k steps of L2 or of decoupled decay leave (1 − rate · strength)^k of a weight. They differ as soon as
the step is not a plain one: Adam divides what L2 added, and leaves decoupled decay alone.
Loshchilov and Hutter (2019). Chapter 12.
"""

import numpy as np

from companion import require
from companion.fixes.clipping import arrays, pairs


def l2(gradients, weights, strength):
    """Gradients of loss + ½ strength ‖w‖²: each plus strength · w."""
    strength = require.number("strength", strength, at_least=0)
    return [g + strength * w for g, w in pairs(gradients, weights)]


def l1(gradients, weights, strength):
    """Gradients of loss + strength Σ|w|: each plus strength · sign(w); at w = 0, nothing."""
    strength = require.number("strength", strength, at_least=0)
    return [g + strength * np.sign(w) for g, w in pairs(gradients, weights)]


def decoupled_decay(weights, rate, strength):
    """The weights a step later, as far as decay goes: (1 − rate · strength) w. The gradient's step comes on its own.

    >>> decoupled_decay([np.array([2.0])], 0.1, 0.5)
    [array([1.9])]
    """
    rate, strength = require.number("rate", rate, above=0), require.number("strength", strength, at_least=0)
    return [(1 - rate * strength) * w for w in arrays("weights", weights)]

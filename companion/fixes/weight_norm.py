r"""Weight normalisation: each row of W as a length times a direction, W_i = g_i v_i/‖v_i‖, both of them learnt.

>>> weight_norm(np.array([[3.0, 4.0]]), np.array([[10.0]]))
array([[6., 8.]])

Training moves v and g in place of W. On the way back, ∂ℒ/∂g_i is the part of ∂ℒ/∂W_i along the direction, and ∂ℒ/∂v_i the
part across it, times g_i/‖v_i‖: a longer v turns more slowly. Salimans and Kingma (2016). Chapter 8.
"""

import numpy as np

from companion import require, signals


def weight_norm(directions, lengths):
    """W, (fan_out, fan_in), from v of the same shape and g, (fan_out, 1); a leading axis S may stand before both."""
    directions, lengths, norms = _checked(directions, lengths)
    return lengths * (directions / norms)


def weight_norm_backward(directions, lengths, gradient):
    """(∂ℒ/∂v, ∂ℒ/∂g) from ``gradient`` = ∂ℒ/∂W.

    >>> weight_norm_backward(np.array([[3.0, 4.0]]), np.array([[10.0]]), np.array([[1.0, 0.0]]))
    (array([[ 1.28, -0.96]]), array([[0.6]]))
    """
    directions, lengths, norms = _checked(directions, lengths)
    gradient = require.finite_array("gradient", gradient, shape=directions.shape)
    unit = directions / norms
    along = (gradient * unit).sum(-1, keepdims=True)  # (fan_out, 1)
    return lengths / norms * (gradient - along * unit), along


def _checked(directions, lengths):
    directions, lengths = require.finite_array("directions", directions), require.finite_array("lengths", lengths)
    if directions.ndim < 2 or lengths.shape != (*directions.shape[:-1], 1):
        raise ValueError(
            f"lengths must have shape (fan_out, 1), one for each row of directions of shape {directions.shape}, "
            f"got {lengths.shape}"
        )
    norms = np.expand_dims(signals.norm(directions, axis=-1), -1)
    if not norms.all():
        raise ValueError("directions must have no row of zeros: it points nowhere")
    return directions, lengths, norms

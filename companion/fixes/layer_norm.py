r"""Layer normalisation: each example is centred and scaled over its own units. No example sees another.

>>> import numpy as np
>>> LayerNorm(np.ones((2, 1)), np.zeros((2, 1)), eps=0.0).forward(np.array([[1.0, 0.0], [5.0, 8.0]])).output
array([[-1., -1.],
       [ 1.,  1.]])

Ba et al. (2016). Chapter 8.
"""

from dataclasses import dataclass

from companion.fixes.normalization import Normalization


@dataclass(frozen=True, eq=False, repr=False)
class LayerNorm(Normalization):
    """Over the n units of each example. Training and use are the same, and a batch of one is as good as any."""

    axis = -2

    def __post_init__(self):
        super().__post_init__()
        if self.units < 2:
            raise ValueError(f"gamma must have at least 2 units, got {self.gamma.shape}: one unit minus its mean is 0")

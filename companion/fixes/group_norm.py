r"""Group normalisation: the units of each example in groups, each group centred and scaled on its own.

One group is layer normalisation. Groups are runs of neighbouring units.

>>> import numpy as np
>>> layer = GroupNorm(np.ones((4, 1)), np.zeros((4, 1)), eps=0.0, groups=2)
>>> layer.forward(np.array([[1.0], [3.0], [10.0], [20.0]])).output.ravel()
array([-1.,  1., -1.,  1.])

Wu and He (2018). Chapter 8.
"""

from dataclasses import dataclass, field

from companion import require
from companion.fixes.normalization import Normalization


@dataclass(frozen=True, eq=False, repr=False)
class GroupNorm(Normalization):
    """Over n/groups units of each example."""

    groups: int = field(kw_only=True)
    axis = -2

    def __post_init__(self):
        super().__post_init__()
        groups = require.positive_int("groups", self.groups)
        if self.units % groups or self.units == groups:
            raise ValueError(f"groups must divide the {self.units} units into parts of 2 or more, got {groups}")

    def _split(self, x):
        *lead, units, batch = x.shape
        return x.reshape(*lead, self.groups, units // self.groups, batch)  # (G, n/G, B)

    def __repr__(self):
        return f"GroupNorm({self.units}, groups={self.groups})"

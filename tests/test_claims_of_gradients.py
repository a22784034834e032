"""The evidence of chapters 1 and 2 can fail: each has the thing that it tests switched off."""

import numpy as np
import pytest

from companion.chapters.gradient_descent import claims as descent
from companion.chapters.what_is_a_gradient import claims as gradient
from companion.surfaces import HILLS, Surface

BOWL = Surface("bowl", 2, lambda x, y: -(x * x + y * y) / 2, lambda x, y: (-x, -y))


@pytest.mark.parametrize(
    "broken",
    [
        lambda: gradient._direction_and_steepness(lambda point: HILLS.forward_difference(point, 0.9)),
        lambda: gradient._direction_and_steepness(lambda point: 2 * HILLS.gradient(point)),
        lambda: gradient._direction_and_steepness(long=0.1),
        lambda: gradient._arrow_at_origin(width=0.1),
        lambda: gradient._red_line(surface=BOWL),  # it stays at height 0
        lambda: gradient._same_concept(widths=(0.02, 0.01)),
        lambda: gradient._same_concept(widths=(0.9, 0.5)),
        lambda: gradient._better_and_cheaper(width=1e-3),  # an accurate chord
        lambda: gradient._better_and_cheaper(formula=lambda *p: [HILLS.slopes(*p) for _ in range(3)]),
        lambda: gradient._ideal_parameters(width=0.5),
        lambda: gradient._local_maximum(width=0.01),
        lambda: gradient._local_maximum(exact="forward"),
        lambda: descent._global_optimum(starts=np.linspace(95, 101, 20)),
        lambda: descent._global_optimum(starts=np.linspace(50, 90, 20)),
        lambda: descent._every_step_lowers(large=2),
        lambda: descent._every_step_lowers(small=8),
        lambda: descent._small_parameters(scale=1),
        lambda: descent._gradient_shrinks(freezes=1),
        lambda: descent._gradient_shrinks(arrives=0.001),
        lambda: descent._local_minimum(small=8),
        lambda: descent._local_minimum(large=4),
        lambda: descent._step_size(scale=4),  # settles
        lambda: descent._step_size(rates=(0.1, 1)),  # saturates nothing
        lambda: descent._scale_one(scale=0.001),
        lambda: descent._scale_one(larger=1),
        lambda: descent._slow_or_unstable(slow=1),
        lambda: descent._slow_or_unstable(unstable=(2, 100)),
        lambda: descent._slow_or_unstable(careful=4),
    ],
)
def test_broken_evidence_fails(broken):
    assert not broken().holds


def test_the_walk_at_scale_one_goes_four_hundredths_of_the_way_down():
    """Its loss goes from 4.95 to 4.28, with −10.31 to be had; it had been called the healthy one."""
    path = descent._walk(1)
    assert path.values[[0, -1]].round(2).tolist() == [4.95, 4.28] and round(descent.LOWEST.value, 2) == -10.31
    assert descent._fallen(path, 1) == pytest.approx(0.044, abs=0.001)

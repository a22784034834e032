"""Batch norm's explosion is that of step 0: the first steps of training take most of it away."""

import numpy as np
import pytest

from companion.chapters.normalisation.first_steps import ratios


@pytest.mark.parametrize(("rate", "one", "five"), [(0.1, (1.2, 2.3), 1.7), (1.0, (-0.5, 1.2), 1.2)])
def test_one_step_takes_most_of_the_range_away(rate, one, five):
    """40 layers, 256 digits: 10^3 at step 0; Yang et al. (2019) say so in their abstract."""
    runs = ratios(rate)  # (5, 6)
    assert ((2.7 < runs[:, 0]) & (runs[:, 0] < 3.3)).all()
    assert ((one[0] < runs[:, 1]) & (runs[:, 1] < one[1])).all()
    assert (runs[:, 5] < five).all()


def test_without_the_norm_there_is_no_such_range():
    assert (np.abs(ratios(0.01, steps=0, norm=None)[:, 0]) < 1).all()

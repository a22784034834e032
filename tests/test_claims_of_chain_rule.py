"""The evidence of chapter 3 can fail: each has the defect that it tests taken out, or another put in."""

import numpy as np
import pytest

from companion.activations import ACTIVATIONS
from companion.chapters.chain_rule import claims
from companion.layers import Dense, Kept


class Linearised(Dense):
    """A layer whose forward pass does use the chain rule's slope: f(0) + f′(0) z."""

    def forward(self, a):
        f, z = ACTIVATIONS[self.activation], self.weights @ a + self.bias
        return Kept(a, z, f.f(0 * z) + f.slope(0 * z) * z)


@pytest.mark.parametrize(
    "broken",
    [
        lambda: claims._chain_formula(at="a"),
        lambda: claims._slopes_used(layer=Linearised),
        lambda: claims._all_nodes(widths=(1, 1)),
        lambda: claims._all_nodes(widths=(2, 2)),
        lambda: claims._recursion(defects=("right", "slope_on_wrong_side")),
        lambda: claims._recursion(defects=("slope_at_output", "right")),
        lambda: claims._reversed_index(k=0.5),
        lambda: claims._listing_backward(defects=("right", "not_passed_down")),
        lambda: claims._listing_backward(defects=("value_of_error", "right")),
        lambda: claims._one_entry(defect="slope_at_output"),
        lambda: claims._printout(sizes=(2, 3, 3, 1)),
        lambda: claims._printout(sizes=(2, 8, 1), shrink=1, rate=5),
    ],
)
def test_broken_evidence_fails(broken):
    assert not broken().holds


def test_an_activation_is_put_back():
    before = ACTIVATIONS["tanh"]
    with claims._steeper("tanh", 3.0):
        assert np.array_equal(ACTIVATIONS["tanh"].slope(np.array([0.0])), [3.0])
    assert ACTIVATIONS["tanh"] is before

"""Each planted defect is wrong where it should be, and only there."""

import numpy as np
import pytest

from companion.chapters.chain_rule.defects import DEFECTS
from companion.gradcheck import complex_step, relative_error
from companion.network import Network

X = np.random.default_rng(1).standard_normal((3, 5))
Y = np.random.default_rng(2).standard_normal((3, 5))
SQUARE = Network.random(
    [3, 3, 3, 3], activation="tanh", initialization="lecun_normal", rng=np.random.default_rng(0), bias_std=0.5
)
TRUE = complex_step(lambda flat: SQUARE.with_parameters(flat).loss(X, Y), SQUARE.parameters)


def errors(name):
    """Relative error of the gradient of (W_1, b_1, W_2, b_2, W_3, b_3)."""
    network = DEFECTS[name].plant(SQUARE)
    flat = network.backward(network.forward(X), Y).flat
    ends = np.cumsum([9, 3] * 3)[:-1]
    return [relative_error(g, w) for g, w in zip(np.split(flat, ends), np.split(TRUE, ends), strict=True)]


WRONG = {  # which of W_1, b_1, W_2, b_2, W_3, b_3 come out wrong; the output is the identity, whose slope is 1 anywhere
    "slope_at_output": [1, 1, 1, 1, 0, 0],
    "value_of_error": [1, 1, 1, 1, 1, 1],
    "slope_on_wrong_side": [1, 1, 0, 0, 0, 0],
    "not_passed_down": [1, 1, 1, 1, 0, 0],
    "transposed": [1, 0, 1, 0, 1, 0],
}


@pytest.mark.parametrize("name", DEFECTS)
def test_it_is_wrong_in_its_own_places(name):
    assert [error > 1e-2 for error in errors(name)] == [bool(wrong) for wrong in WRONG[name]]


@pytest.mark.parametrize("name", DEFECTS)
def test_the_forward_pass_stays_right(name):
    np.testing.assert_array_equal(DEFECTS[name].plant(SQUARE)(X), SQUARE(X))


def test_the_first_entry_of_a_transpose_is_right():
    network = DEFECTS["transposed"].plant(SQUARE)
    got, want = (n.backward(n.forward(X), Y).weights[0] for n in (network, SQUARE))
    assert got[0, 0] == want[0, 0] and relative_error(got, want) > 0.1


def test_records_name_their_document():
    assert {d.name: d.document for d in DEFECTS.values() if d.document} == {
        "slope_at_output": "D4",
        "value_of_error": "D0",
        "slope_on_wrong_side": "D4",
        "not_passed_down": "D0",
    }

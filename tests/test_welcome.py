"""Chapter 0's investigation: which settings are flat is measured, not typed."""

from itertools import product

import numpy as np
import pytest

from companion import signals
from companion.practice.checker import find
from companion.propagation import profile

ACTIVATIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu"}
WEIGHTS = {
    "LeCun weights": "lecun_normal",
    "N(0, 1) weights": "standard_normal",
    "He weights": "he_normal",
    "the PyTorch default": "torch_default",
}


@pytest.mark.parametrize("option", find("ch00-i-flat").options, ids=lambda option: option.text)
def test_a_setting_is_called_healthy_if_and_only_if_it_is(option):
    assert flat(*option.text.split(" with ")) is option.correct


def test_every_flat_setting_of_the_widget_is_offered():
    known = {"ReLU with He weights", "tanh with LeCun weights"}  # the prompt names them
    offered = {option.text for option in find("ch00-i-flat").options} | known
    others = [pair for pair in product(ACTIVATIONS, WEIGHTS) if " with ".join(pair) not in offered]
    assert len(others) == 5
    assert [pair for pair in others if flat(*pair)] == []


def flat(activation, weights):
    setting = {"activation": ACTIVATIONS[activation], "initialization": WEIGHTS[weights], "biases": "drawn"}
    return signals.fate(np.median(profile(**setting, depth=50, width=100).decades)) == "healthy"

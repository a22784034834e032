"""Chapter 0's investigation: which settings are flat is measured, not typed."""

import numpy as np
import pytest

from companion.checker import find
from companion.propagation import profile

ACTIVATIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "SELU": "selu", "ReLU": "relu"}
WEIGHTS = {
    "LeCun weights": "lecun_normal",
    "N(0, 1) weights": "standard_normal",
    "He weights": "he_normal",
    "the PyTorch default": "torch_default",
}


@pytest.mark.parametrize("option", find("ch00-i-flat").options, ids=lambda option: option.text)
def test_a_setting_is_called_flat_if_and_only_if_it_is(option):
    activation, weights = option.text.split(" with ")
    networks = profile(activation=ACTIVATIONS[activation], initialization=WEIGHTS[weights], depth=50, width=100)
    assert bool(abs(np.median(networks.decades)) < 2) is option.correct

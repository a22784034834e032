"""The evidence of chapters 4 to 8 can fail: with a healthy net in place of the sick one, or the tested thing switched off."""

from importlib import import_module

import numpy as np
import pytest

from companion.propagation import profile

BROKEN = {  # chapter: evidence, and what is changed
    "products": [
        ("_layer_one_lags", {"activation": "tanh"}),
        ("_layer_one_leads", {"initialization": "lecun_normal"}),
        ("_below_one", {"scale": 0.1}),
        ("_narrow_interval", {"width": 10}),
        ("_unstable", {"initialization": "he_normal"}),
        ("_above_one", {"initialization": "lecun_normal"}),
        ("_both_at_once", {"factor": 1.0}),
        ("_overflow", {"initialization": "xavier_normal"}),
    ],
    "sigmoid_relu": [
        ("_relu_is_not_the_cause", {"gains": (1.39, 1.4, 1.41)}),
        ("_limited_units", {"bias": 0.0}),
        ("_quarter", {"activation": "tanh"}),
        ("_normal_weights", {"initialization": "lecun_normal"}),
        ("_relu_for_vanishing", {"depth": 5}),
        ("_relu_for_explosion", {"initialization": "lecun_normal"}),
        ("_relu_is_smooth", {"activation": "identity"}),
        ("_activation_matters", {"names": ("selu", "relu", "sigmoid")}),
    ],
    "initialisation": [
        ("_zeros", {"initialization": "he_normal"}),
        ("_too_large", {"gains": (1.39, 1.4, 1.41)}),
        ("_random", {"laws": ("he_uniform", "he_normal", "orthogonal")}),
        ("_uniform", {"laws": ("he_uniform", "torch_default", "he_normal", "uniform")}),
        ("_xavier", {"initialization": "he_normal"}),
        ("_ensures", {"bold": 0.003}),
        ("_faster", {"laws": ("lecun_normal", "orthogonal")}),
        ("_formula", {"factor": 0.5}),
    ],
    "edge_of_chaos": [
        ("_factors", {"low": 1.3}),
        ("_unsuitable_activation", {"sigma_w": 10.0}),
        ("_same_output", {"fixes": ()}),
        ("_by_hand", {"off": 1.3}),
        ("_always_smaller", {"variances": (0.2, 0.5, 0.7, 0.9)}),
    ],
    "normalisation": [
        ("_removes_the_scale", {"fixes": ()}),
        ("_out_of_the_saturated_region", {"norm": "rms_norm"}),
        ("_averages_gradients", {"norm": None}),
        ("_ensures_flow", {"norm": "layer_norm"}),
        ("_reduces_variance", {"norm": "rms_norm"}),
        ("_needs_a_batch", {"norm": "layer_norm"}),
        ("_formula", {"added": -0.5}),
    ],
}
CASES = [(chapter, *case) for chapter, cases in BROKEN.items() for case in cases]


@pytest.mark.parametrize(("chapter", "name", "change"), CASES, ids=[f"{chapter}{name}" for chapter, name, _ in CASES])
def test_an_evidence_with_its_cause_taken_away_does_not_hold(chapter, name, change):
    assert not getattr(import_module(f"companion.chapters.{chapter}.claims"), name)(**change).holds


@pytest.mark.parametrize("chapter", BROKEN)
def test_every_evidence_of_the_chapter_is_broken(chapter):
    module = import_module(f"companion.chapters.{chapter}.claims")
    assert {claim.evidence.__name__ for claim in module.CLAIMS} == {name for name, _ in BROKEN[chapter]}


def test_a_flat_line_of_weight_gradients_says_how_large_they_are():
    """ReLU, zero biases, 20 × 100: log10 rms ∂W is +15 in every layer with N(0, 1), −0.9 with He; δ spans 16 decades."""
    laws = ("he_normal", "standard_normal")
    level, loud = (profile(activation="relu", initialization=law, depth=20, width=100) for law in laws)
    for run, want in ((level, -0.9), (loud, 15.2)):
        sizes = np.median(run.log10_weight_gradient, axis=0)
        assert np.ptp(sizes) < 0.3 and abs(np.median(sizes) - want) < 0.2
    assert np.median(loud.decades) > 15.5


def test_at_width_100_a_large_batch_goes_below_the_limit_of_width():
    """1.211 is the limit of infinite width, and no bound at width 100: 1.202 at a batch of 256."""
    growth = import_module("companion.chapters.normalisation.claims")._growth
    assert 1.19 < growth("relu", ["batch_norm"], batch=256, law="he_normal") < 1.2107

"""Chapters 9 to 12: each evidence is broken once (a healthy net for the sick one, the tested thing switched off), and fails."""

import importlib
from functools import partial

import numpy as np
import pytest

from companion import claims
from companion.chapters.regularisation.penalised import relu_nets, train
from companion.data import digits
from companion.fixes.clipping import clip_global

RESIDUAL, CLIPPING, ACTIVATIONS, REGULARISATION = (
    importlib.import_module(f"companion.chapters.{slug}.claims")
    for slug in ("residual", "clipping", "activations", "regularisation")
)


def only(module, name, **forced):
    """The module's function with some arguments forced, whatever it is called with."""
    function = getattr(module, name)
    return lambda *given, **options: function(*given, **options | forced)


def without_shortcuts(activation, initialization, fixes=(), *rest, **options):
    return LOST(activation, initialization, [fix for fix in fixes if fix == "batch_norm"], *rest, **options)


LOST = RESIDUAL._lost
BREAKS = {
    "D1-resnet-against-vanishing": (RESIDUAL, "_lost", without_shortcuts),
    "D1-resnet-against-explosion": (RESIDUAL, "_lost", without_shortcuts),
    "D2-two-identical-units": (RESIDUAL, "Residual", lambda layers: layers[0]),
    "D2-resnet-avoids-both": (RESIDUAL, "_lost", without_shortcuts),
    "D2-new-head": (RESIDUAL, "Recipe", only(RESIDUAL, "Recipe", residual=None)),
    "D3-skip-against-explosion": (RESIDUAL, "_lost", without_shortcuts),
    "D4-residual-form": (RESIDUAL, "Residual", lambda layers: layers[0]),
    "D4-residual-cost": (RESIDUAL, "Recipe", only(RESIDUAL, "Recipe", residual=None)),
    "D1-clip-against-explosion": (CLIPPING, "_net", lambda *_: HEALTHY()),
    "D2-clip-against-vanishing": (CLIPPING, "_net", lambda *_: HEALTHY()),
    "D2-clip-at-minima": (CLIPPING, "_clip", lambda limit: lambda gradients: [np.sign(g) for g in gradients]),
    "D2-clip-absolute-value": (CLIPPING, "clip_value", clip_global),
    "D2-clip-listing": (CLIPPING, "clip_each", clip_global),
    "D3-clip-magnitude": (CLIPPING, "clip_global", lambda gradients, limit: gradients),
    "D4-clip-limits": (CLIPPING, "clip_value", clip_global),
    "D4-clip-badly-set": (CLIPPING, "_clip", lambda limit: lambda gradients: gradients),
    "D0-mixture-of-activations": (ACTIVATIONS, "_alternating", lambda names, gain: ALTERNATING(["relu"], gain)),
    "D0-whole-network-limited": (ACTIVATIONS, "_saturated", lambda gain, width: SATURATED(1.0, width)),
    "D2-relu-curvature": (ACTIVATIONS, "ACTIVATIONS", {"relu": ACTIVATIONS.ACTIVATIONS["softplus"]}),
    "D3-all-differentiable": (
        ACTIVATIONS,
        "ACTIVATIONS",
        {name: f for name, f in ACTIVATIONS.ACTIVATIONS.items() if name != "selu"},
    ),
    "D3-change-activation": (ACTIVATIONS.theory, "critical_sigma_w", lambda name, sigma_b: 1.0),
    "D1-explosion-grows-weights": (REGULARISATION, "relu_nets", lambda gain, **shape: relu_nets(1.0, **shape)),
    "D1-penalty-limits-explosion": (REGULARISATION, "train", only(REGULARISATION, "train", strength=0.0)),
    "D2-small-penalty-vanishes": (REGULARISATION, "train", only(REGULARISATION, "train", strength=0.0)),
    "D2-small-penalty-unstable": (REGULARISATION, "train", only(REGULARISATION, "train", strength=0.0)),
    "D2-penalty-against-vanishing": (REGULARISATION, "train", only(REGULARISATION, "train", strength=0.0)),
    "D2-small-penalty-underfits": (REGULARISATION, "train", only(REGULARISATION, "train", strength=0.0)),
    "D2-dropout-and-batch-norm": (REGULARISATION, "profile", only(REGULARISATION, "profile", fixes=())),
    "D3-penalty-reduces-explosion": (REGULARISATION, "train", only(REGULARISATION, "train", strength=0.0)),
}
NET, ALTERNATING, SATURATED = CLIPPING._net, ACTIVATIONS._alternating, ACTIVATIONS._saturated
HEALTHY = partial(NET, "relu", "he_normal", 5)


def test_each_claim_of_these_chapters_is_broken_once():
    assert set(BREAKS) == {claim.id for claim in claims.load() if claim.chapter in (9, 10, 11, 12)}


@pytest.mark.parametrize("identity", BREAKS)
def test_broken_evidence_does_not_hold(identity, monkeypatch):
    module, name, replacement = BREAKS[identity]
    (claim,) = (claim for claim in claims.load() if claim.id == identity)
    monkeypatch.setattr(module, name, replacement)
    assert not claim.evidence().holds


def test_a_strength_of_five_saves_some_networks_and_loses_others():
    """400 networks of growth 2: 281 diverge without a penalty, 184 with L2 of 5: 136 are saved, 39 are newly lost."""
    x, y = digits().train_x[:, :100], digits().train_y[:100]
    free, strong = (
        train(relu_nets(2.0, seeds=400), x, y, rate=0.1, steps=15, penalty="l2", strength=s).diverged
        for s in (0.0, 5.0)
    )
    assert 265 <= free.sum() <= 297
    assert 165 <= strong.sum() <= 203
    assert 115 <= (free & ~strong).sum() <= 157
    assert 25 <= (~free & strong).sum() <= 53


def test_a_strength_of_three_does_not_save_all():
    """Growth 1.6, 200 networks, 60 steps: 29 are lost."""
    x, y = digits().train_x[:, :100], digits().train_y[:100]
    run = train(relu_nets(1.6, seeds=200), x, y, rate=0.1, steps=60, penalty="l2", strength=3.0)
    assert 15 <= run.diverged.sum() <= 45
    assert run.accuracy(digits().test_x, digits().test_y)[~run.diverged].max() < 0.3

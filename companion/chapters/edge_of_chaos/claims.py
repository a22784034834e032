"""Chapter 7: what the documents say about products of factors, and about what a good start can ensure."""

from math import log10, sqrt

import numpy as np

from companion import theory
from companion.activations import ACTIVATIONS
from companion.claims import Claim, Evidence
from companion.propagation import profile
from companion.quadrature import gaussian_mean

BIAS = sqrt(0.05)


def _growth(activation, gain, depth=40, bias_std=0.0):
    """The median growth a layer over eight networks of width 100, weights N(0, gain²/n)."""
    measured = profile(
        activation=activation,
        initialization="lecun_normal",
        gain=gain,
        bias_std=bias_std,
        depth=depth,
        width=100,
        seeds=8,
        batch=8,
    )
    return float(np.median(measured.growth))


def _factors():
    edge = theory.critical_sigma_w("tanh", BIAS)
    growth = [_growth("tanh", sigma_w, bias_std=BIAS) for sigma_w in (1.0, edge, 2.0)]
    decades = [39 * log10(g) for g in growth]
    return Evidence(
        decades[0] < -2 and abs(decades[1]) < 0.4 and decades[2] > 2,
        f"40 tanh layers, σ_{{b}}² = 0.05: 10^{{{decades[0]:.1f}}} at σ_{{w}}² = 1, 10^{{{decades[2]:.1f}}} at 4, and 10^{{{decades[1]:.1f}}} at "
        f"{edge**2:.2f}, where the mean square is multiplied by 1. What counts is that mean, χ, not the single factors.",
    )


def _unsuitable_activation():
    edge = theory.critical_sigma_w("sigmoid", 0.0)
    sigmoid, at_edge = _growth("sigmoid", 1.0), _growth("sigmoid", edge)
    tanh, relu = _growth("tanh", 1.0, bias_std=BIAS), _growth("relu", 1 / sqrt(3))
    return Evidence(
        sigmoid < 0.3 and abs(at_edge - 1) < 0.06 and tanh < 0.9 and relu < 0.5,
        f"Growth a layer of a sigmoid network: {sigmoid:.2f} at σ_{{w}} = 1, {at_edge:.2f} at its edge, σ_{{w}} = {edge:.1f}. Others vanish "
        f"too: tanh {tanh:.2f} (σ_{{w}}² = 1, σ_{{b}}² = 0.05), ReLU {relu:.2f} with PyTorch's default weights.",
    )


def _same_output():
    keep = 1 / sqrt(gaussian_mean(lambda z: np.tanh(z) ** 2))
    q, settled = theory.length_fixed_point("tanh", keep, 0.0), theory.growth("tanh", keep, 0.0)
    tanh, relu = _growth("tanh", keep), _growth("relu", sqrt(2))
    return Evidence(
        abs(q - 1) < 1e-9 and tanh > 1.05 and abs(relu - 1) < 0.05,
        f"A mean square of z that stays the same from layer to layer: with ReLU (gain √2) the growth is {relu:.2f} a layer; with tanh "
        f"(gain {keep:.3f}) {tanh:.3f} over 40 layers, and {settled:.3f} once q has settled at {q:.0f}, a factor of {settled**99:,.0f} over "
        "99 steps.",
    )


def _ensures():
    settings = {"activation": "relu", "initialization": "he_normal", "depth": 50, "batch": 1, "seeds": 24}
    wide, narrow = (profile(width=n, **settings).decades for n in (100, 25))
    return Evidence(
        abs(np.median(wide)) < 0.8 and np.std(narrow) > 1.4 * np.std(wide),
        f"ReLU with N(0, 2/n) is exactly critical, in the mean. Over 50 layers the ratio of 24 networks has a spread of {np.std(wide):.2f} "
        f"decades at width 100, of {np.std(narrow):.2f} at width 25.",
    )


def _by_hand():
    edges = {f: theory.critical_sigma_w(f, 0.0) ** 2 for f in ("tanh", "relu", "sigmoid")}
    growth = _growth("relu", sqrt(edges["relu"]))
    return Evidence(
        abs(growth - 1) < 0.05 and abs(edges["relu"] - 2) < 1e-9,
        "No trial is needed for the scale: χ = 1 without biases gives σ_{w}² = "
        + ", ".join(f"{edge:.4g} for {ACTIVATIONS[name].label}" for name, edge in edges.items())
        + f"; ReLU there measures {growth:.2f} a layer.",
    )


def _always_smaller():
    growth = {sw2: theory.growth("tanh", sqrt(sw2), BIAS) for sw2 in (1.0, 1.5, 2.5, 4.0)}
    values = list(growth.values())
    return Evidence(
        values[1] < 1 < values[2],
        "The factor is the same law at every depth and lies on either side of 1: √χ = "
        + ", ".join(f"{g:.3f} at σ_{{w}}² = {sw2:g}" for sw2, g in growth.items())
        + ".",
    )


def _claim(identity, section, claim, verdict, evidence):
    return Claim(identity, identity[:2], section, claim, verdict, evidence, chapter=7)


CLAIMS = [
    _claim(
        "D1-factors-beside-one",
        "根本原因",
        "The deeper the network, the more factors; if they are larger or smaller than 1, the gradient ends up huge or near 0.",
        "true",
        _factors,
    ),
    _claim(
        "D1-unsuitable-activation",
        "根本原因",
        "The cause of vanishing gradients: an unsuitable activation function (sigmoid).",
        "half true",
        _unsuitable_activation,
    ),
    _claim(
        "D1-same-output",
        "梯度爆炸的解决方法",
        "Against explosion: make the output of every layer the same, as pre-training does, and batch norm by keeping the variance.",
        "depends",
        _same_output,
    ),
    _claim(
        "D4-ensures-stability",
        "2.2.2",
        "Weight initialisation can ensure that gradients are stable, and so avoids vanishing.",
        "half true",
        _ensures,
    ),
    _claim(
        "D4-initialisation-by-hand",
        "3.3.1",
        "Initialisation has to be adjusted by hand to work best.",
        "half true",
        _by_hand,
    ),
    _claim(
        "D4-smaller-after-l-layers",
        "4.1",
        "After L layers the gradient gradually becomes smaller and finally approaches 0.",
        "depends",
        _always_smaller,
    ),
]

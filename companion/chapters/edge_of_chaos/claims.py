"""Chapter 7: what the documents say about products of factors, and about what a good start can ensure."""

from math import log10, sqrt

import numpy as np

from companion import theory
from companion.activations import ACTIVATIONS
from companion.claims import Claim, Evidence
from companion.propagation import profile
from companion.quadrature import gaussian_mean

BIAS = sqrt(0.05)


def _growth(activation, gain, depth=40, bias_std=0.0, **options):
    """The median growth a layer over eight networks of width 100, weights N(0, gain²/n), batches of 8."""
    measured = profile(
        activation=activation,
        gain=gain,
        bias_std=bias_std,
        depth=depth,
        width=100,
        seeds=8,
        batch=8,
        **({"initialization": "lecun_normal"} | options),
    )
    return float(np.median(measured.growth))


def _factors(low=1.0, high=2.0):
    edge = theory.critical_sigma_w("tanh", BIAS)
    growth = [_growth("tanh", sigma_w, bias_std=BIAS) for sigma_w in (low, edge, high)]
    shallow = 9 * log10(_growth("tanh", low, bias_std=BIAS, depth=10))
    decades = [39 * log10(g) for g in growth]
    return Evidence(
        decades[0] < -2 and decades[0] < 2 * shallow < 0 and abs(decades[1]) < 0.4 and decades[2] > 2,
        f"40 tanh layers of 100, σ_{{b}}² = 0.05<!--exact-->, δ₁ against δ₄₀: 10^{{{decades[0]:.1f}}} at σ_{{w}}² = 1 (over 10 layers 10^{{{shallow:.1f}}}), 10^{{{decades[2]:.1f}}} at 4, and 10^{{{decades[1]:.1f}}} at "
        f"{edge**2:.2f}, where the mean square is multiplied by 1. What counts is that mean, χ, not the single factors.",
    )


def _unsuitable_activation(sigma_w=1.0):
    edge = theory.critical_sigma_w("sigmoid", 0.0)
    sigmoid, at_edge = _growth("sigmoid", sigma_w), _growth("sigmoid", edge)
    tanh, relu = _growth("tanh", 1.0, bias_std=BIAS), _growth("relu", 1.0, initialization="torch_default", biases="drawn")
    return Evidence(
        sigmoid < 0.3 and abs(at_edge - 1) < 0.06 and tanh < 0.9 and relu < 0.5,
        f"Not unsuitable at every scale: growth a layer of a sigmoid network {sigmoid:.2f} at σ_{{w}} = 1, {at_edge:.2f} at its edge, σ_{{w}} = {edge:.1f}. And others vanish "
        f"too: tanh {tanh:.2f} (σ_{{w}}² = 1, σ_{{b}}² = 0.05<!--exact-->), ReLU {relu:.2f} with PyTorch's default weights and biases (40 layers of 100).",
    )


def _same_output(fixes=("batch_norm",)):
    keep = 1 / sqrt(gaussian_mean(lambda z: np.tanh(z) ** 2))
    q, settled = theory.length_fixed_point("tanh", keep, 0.0), theory.growth("tanh", keep, 0.0)
    tanh, relu = _growth("tanh", keep), _growth("relu", sqrt(2))
    normal = [_growth(name, 1.0, fixes=fixes) for name in ("tanh", "relu")]
    return Evidence(
        abs(q - 1) < 1e-9 and tanh > 1.05 and abs(relu - 1) < 0.05 and min(normal) > 1.05,
        f"A mean square of z that stays the same from layer to layer, 40 layers of 100, zero biases. It holds with ReLU and gain √2: the growth is {relu:.2f} a layer. It fails with "
        f"tanh (gain {keep:.3f}): {tanh:.3f}, and {settled:.3f} once q has settled at {q:.0f}, a factor of {settled**99:,.0f} over "
        f"99 steps; and with batch norm: tanh {normal[0]:.2f}, ReLU {normal[1]:.2f} in batches of 8.",
    )


def _by_hand(off=1.0):
    edges = {f: theory.critical_sigma_w(f, 0.0) ** 2 for f in ("tanh", "relu", "sigmoid")}
    growth = {f: _growth(f, off * sqrt(edge)) for f, edge in edges.items()}
    return Evidence(
        all(abs(g - 1) < 0.08 for g in growth.values()) and abs(edges["relu"] - 2) < 1e-9 and edges["sigmoid"] > 50 * edges["relu"],
        "It has to fit the activation, but not by trial: χ = 1 without biases gives σ_{w}² = "
        + ", ".join(f"{edge:.4g} for {ACTIVATIONS[name].label}" for name, edge in edges.items())
        + "; there 40 layers of 100 measure "
        + ", ".join(f"{g:.2f}" for g in growth.values())
        + " a layer.",
    )


def _always_smaller(variances=(1.0, 1.5, 2.5, 4.0)):
    growth = {sw2: theory.growth("tanh", sqrt(sw2), BIAS) for sw2 in variances}
    values = list(growth.values())
    return Evidence(
        max(values[:2]) < 1 < min(values[2:]),
        "The factor of a layer lies on either side of 1. Tanh, σ_{b}² = 0.05<!--exact-->, wide layers: √χ = "
        + ", ".join(f"{g:.3f} at σ_{{w}}² = {sw2:g}" for sw2, g in growth.items())
        + ". It holds when χ is below 1. (D4 says it of vanishing, without a condition.)",
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

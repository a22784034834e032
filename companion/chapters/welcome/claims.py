"""Chapter 0: what the five documents say in their introductions and conclusions."""

import numpy as np

from companion.claims import Claim, Evidence
from companion.propagation import profile


def _decades(activation, initialization, *, depth=20, width=100):
    """Median over 24 networks of log10(rms δ_1 / rms δ_L)."""
    return float(np.median(profile(activation=activation, initialization=initialization, depth=depth, width=width, batch=8).decades))


def _vanishing_is_exploding():
    down, up = _decades("sigmoid", "lecun_normal"), _decades("relu", "standard_normal")
    return Evidence(
        down < -5 and up > 5,
        f"Over 20 layers: sigmoid with LeCun weights 10^{{{down:.0f}}}, ReLU with N(0, 1) weights 10^{{+{up:.0f}}}. Opposite directions.",
    )


def _later_layers():
    size = np.median(profile(activation="sigmoid", initialization="lecun_normal", depth=20, width=100, batch=8).log10_delta, axis=0)
    relative = size - size[-1]
    return Evidence(
        relative[0] < -5 and relative[-2] > -1,
        f"Relative to layer 20, layer 19 gets 10^{{{relative[-2]:.1f}}} and layer 1 gets 10^{{{relative[0]:.0f}}}: the input side pays.",
    )


def _input_side_freezes():
    networks = profile(activation="sigmoid", initialization="lecun_normal", depth=20, width=100, batch=8)
    share = np.median(networks.log10_weight_gradient[:, 0] - networks.log10_weight_gradient[:, -1])
    return Evidence(
        share < -5, f"One step changes the weights of layer 1 by 10^{{{share:.0f}}} of the change at layer 20 (sigmoid, LeCun, 24 nets)."
    )


def _bigger_models():
    down, deep_down = (_decades("sigmoid", "lecun_normal", depth=depth, width=50) for depth in (10, 40))
    up, deep_up = (_decades("relu", "standard_normal", depth=depth, width=50) for depth in (10, 40))
    wide = _decades("sigmoid", "lecun_normal", depth=10, width=200)
    return Evidence(
        deep_down < down - 10 and deep_up > up + 10 and abs(wide - down) < 1,
        f"Four times deeper: 10^{{{down:.1f}}} becomes 10^{{{deep_down:.1f}}} (sigmoid, LeCun), 10^{{+{up:.1f}}} becomes "
        f"10^{{+{deep_up:.1f}}} (ReLU, N(0, 1)). Four times wider: 10^{{{down:.1f}}} stays 10^{{{wide:.1f}}}. Depth, not size.",
    )


def _more_examples():
    shallow, deep = (_decades("sigmoid", "lecun_normal", depth=depth) for depth in (10, 40))
    setting = {"activation": "sigmoid", "initialization": "lecun_normal", "depth": 20, "width": 100}
    few, many = (float(np.median(profile(**setting, batch=batch).decades)) for batch in (8, 128))
    return Evidence(
        deep < shallow - 10 and abs(many - few) < 0.5,
        f"Depth 10 to 40: 10^{{{shallow:.1f}}} becomes 10^{{{deep:.1f}}}. A batch of 128 examples instead of 8: "
        f"10^{{{few:.1f}}} stays 10^{{{many:.1f}}}. And all of it before the first step of training.",
    )


CLAIMS = [
    Claim(
        "D0-vanishing-is-exploding",
        "D0",
        "1",
        "Vanishing gradient, “or called” exploding gradient: two names of one thing.",
        "false",
        _vanishing_is_exploding,
        0,
    ),
    Claim(
        "D0-later-layers",
        "D0",
        "1",
        "Some nodes get tiny updates, so that the gradient of the layers *behind* them vanishes or explodes.",
        "false",
        _later_layers,
        0,
    ),
    Claim(
        "D4-input-side-freezes",
        "D4",
        "1",
        "The gradient shrinks on its way back, so that the shallow layers (input side) cannot update.",
        "true",
        _input_side_freezes,
        0,
    ),
    Claim(
        "D3-bigger-models",
        "D3",
        "结论",
        "As models grow, gradients can become very large or very small.",
        "depends",
        _bigger_models,
        0,
    ),
    Claim(
        "D2-more-examples",
        "D2",
        "2.1",
        "The deeper the network *or the more examples it is trained on*, the more the gradient decays, step after step.",
        "half true",
        _more_examples,
        0,
    ),
]

"""Chapter 0: what the five documents say in their introductions and conclusions.

Unless a sentence says otherwise: 20 layers of 100, 24 networks before training, 8 examples, biases as the initialisation's
own library draws them (0, except for PyTorch's default). Each evidence takes what it tests as an argument, so that a test can
put a healthy network in place of the sick one and see it fail.
"""

import numpy as np

from companion import data
from companion.claims import Claim, Evidence
from companion.network import Network, train
from companion.propagation import profile

SICK = ("sigmoid", "lecun_normal")
NETWORKS = "20 layers of 100, 24 networks, batch 8"


def _profile(activation, initialization, *, depth=20, width=100, seeds=24, biases="drawn"):
    setting = {"activation": activation, "initialization": initialization, "biases": biases}
    return profile(**setting, depth=depth, width=width, seeds=seeds, batch=8)


def _decades(activation, initialization, **size):
    """Median over the networks of log10(rms δ_1 / rms δ_L)."""
    return float(np.median(_profile(activation, initialization, **size).decades))


def _ten(decades):
    """A power of ten in light markup, with one decimal and no minus before a zero."""
    return f"10^{{{round(float(decades), 1) + 0.0:.1f}}}"


def _vanishing_is_exploding(
    vanishing=("relu", "torch_default"), exploding=("relu", "standard_normal"), level=("relu", "he_normal")
):
    down, up, between = _decades(*vanishing), _decades(*exploding), _decades(*level)
    return Evidence(
        down < -5 and up > 5 and abs(between) < 1,
        f"δ₁/δ₂₀ of ReLU networks ({NETWORKS}): {_ten(down)} with PyTorch's default weights and biases, {_ten(up)} with N(0, 1), and "
        f"{_ten(between)} between them, with He's N(0, 2/n). One activation, opposite directions: the one needs larger weights, the other "
        "smaller ones.",
    )


def _later_layers(activation="sigmoid", initialization="lecun_normal"):
    size = np.median(_profile(activation, initialization).log10_delta, axis=0)
    relative = size - size[-1]
    return Evidence(
        relative[0] < -5 and relative[-2] > -1 and (np.diff(relative) > 0).all(),
        f"Sigmoid, N(0, 1/n), biases 0 ({NETWORKS}): δ of layer 19 is 10^{{{relative[-2]:.1f}}} of that of layer 20, δ of layer 1 is "
        f"10^{{{relative[0]:.0f}}} of it, and every layer gets less than the one behind it. The small ones lie *before*, on the input side. (“Behind” may "
        "be meant along the way back: then the place is right, the cause is not.) No update makes them small: none of these networks has taken a step.",
    )


def _input_side_freezes(cases=(SICK, ("relu", "torch_default")), healthy=("relu", "he_normal")):
    """The share of itself by which a step of rate 1 changes layer 1, and the last layer."""
    share = {case: np.median(_profile(*case).log10_relative_gradient, axis=0) for case in (*cases, healthy)}  # (L,)
    zero = np.median(_profile("relu", "torch_default", biases="zero").log10_relative_gradient, axis=0)
    first, second = (share[case] for case in cases)
    level = abs(zero[-1] - zero[0])
    return Evidence(
        max(first[0], second[0], zero[0]) < -5
        and share[healthy][0] > -3
        and min(first[-1], second[-1]) > -3
        and level < 1,
        f"A step of plain descent at rate 1 changes the weights of layer 1 by a share of {_ten(first[0])} (sigmoid, N(0, 1/n)) or {_ten(second[0])} "
        f"(ReLU, PyTorch's default), where He's ReLU has {_ten(share[healthy][0])} ({NETWORKS}). Layer 20 gets {_ten(first[-1])} and "
        f"{_ten(second[-1])}. With biases set to 0 the ReLU network gives *all* its layers {_ten(zero[0])}, "
        "and the output side freezes as well. Holds when δ vanishes and the step is proportional to the gradient: Adam (chapter 13) divides by the "
        "gradient's size, and moves such a layer until that size is far below its ε.",
    )


def _bigger_models(vanishing=SICK, exploding=("relu", "standard_normal"), level=("relu", "he_normal")):
    sizes = {"small": (10, 50), "deep": (40, 50), "wide": (10, 200)}
    down, up, flat = (
        {name: _decades(*law, depth=depth, width=width, seeds=12) for name, (depth, width) in sizes.items()}
        for law in (vanishing, exploding, level)
    )
    return Evidence(
        down["deep"] < down["small"] - 10
        and up["deep"] > up["small"] + 10
        and up["wide"] > up["small"] + 2
        and abs(down["wide"] - down["small"]) < 0.5
        and max(map(abs, flat.values())) < 1,
        f"δ₁/δ_{{L}}, 12 networks, batch 8, biases 0. From 10 layers of 50 to 40 layers of 50: 10^{{{down['small']:.1f}}} becomes "
        f"10^{{{down['deep']:.1f}}} (sigmoid, N(0, 1/n)), 10^{{+{up['small']:.1f}}} becomes 10^{{+{up['deep']:.1f}}} (ReLU, N(0, 1)). From 10 "
        f"layers of 50 to 10 of 200: 10^{{{down['small']:.1f}}} and 10^{{{down['wide']:.1f}}}, but 10^{{+{up['small']:.1f}}} and "
        f"10^{{+{up['wide']:.1f}}}, because N(0, 1) does not shrink with the width. It *can*; it need not: ReLU with N(0, 2/n) has "
        f"{_ten(flat['deep'])} at 40 layers and {_ten(flat['wide'])} at width 200. Holds when a layer's factor is not 1.",
    )


def _trained_size(networks, x, y):
    trained = train(networks, x, y, rate=0.1, steps=50, loss="cross_entropy").network
    return float(np.median(np.linalg.norm(trained.gradients(x, y, "cross_entropy").flat, axis=-1)))


def _more_examples(deep=SICK, counts=(10, 100, 1000, 1437)):
    shallow, deeper = (_decades(*deep, depth=depth, seeds=12) for depth in (10, 40))
    digits, rng = data.digits(), np.random.default_rng(0)
    networks = Network.random([64, 30, 30, 30, 10], activation="tanh", initialization="lecun_normal", rng=rng, seeds=4)
    gradients = [networks.gradients(digits.train_x[:, :n], digits.train_y[:n], "cross_entropy").flat for n in counts]
    sizes = [float(np.median(np.linalg.norm(g, axis=-1))) for g in gradients]
    later = [_trained_size(networks, digits.train_x[:, :n], digits.train_y[:n]) for n in counts]
    return Evidence(
        deeper < shallow - 10
        and sizes[0] > 1.3 * sizes[-1]
        and abs(sizes[-1] / sizes[-2] - 1) < 0.05
        and later[0] < 0.7 * min(later[1:]),
        f"Deeper: yes. δ₁/δ_{{L}} of sigmoid networks with N(0, 1/n) (width 100, 12 networks, biases 0) is 10^{{{shallow:.1f}}} at 10 layers, "
        f"10^{{{deeper:.1f}}} at 40, before the first step. More examples: no. The whole gradient of a tanh network on {counts[0]}, "
        f"{counts[1]}, {counts[2]:,} and {counts[3]:,} digits has length {', '.join(f'{size:.2f}' for size in sizes)} (3 hidden layers of 30, "
        "4 networks) before the first step: it falls while the chance of few examples averages out, and then stays. After 50 steps at rate 0.1<!--exact--> "
        f"it is {', '.join(f'{size:.2f}' for size in later)}: the *fewest* examples, soonest learnt, leave the smallest gradient.",
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
        "As models grow, gradients may explode to very large or vanish to very small values.",
        "true",
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

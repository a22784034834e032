"""Chapter 9: what the documents say about residual connections."""

import numpy as np

from companion.claims import Claim, Evidence
from companion.fixes import FIXES, Residual
from companion.layers import Dense
from companion.network import Network
from companion.propagation import profile
from companion.recipes import Recipe
from companion.signals import fate
from companion.weights import INITIALIZATIONS

DEPTH = 50


def _lost(activation, initialization, fixes=(), depth=DEPTH, batch=32, **options):
    """log10(rms δ_1 / rms δ_L), the median of four networks."""
    net = profile(
        activation=activation,
        initialization=initialization,
        depth=depth,
        width=64,
        batch=batch,
        seeds=4,
        fixes=fixes,
        **options,
    )
    return float(np.median(net.decades))


def _flow():
    cases = {"sigmoid": "lecun_normal", "ReLU": "lecun_normal"}
    plain = {name: _lost(name.lower(), law) for name, law in cases.items()}
    through = {name: _lost(name.lower(), law, ["residual"]) for name, law in cases.items()}
    bent = {name: _lost(name.lower(), law, ["residual_last"]) for name, law in cases.items()}  # the activation on the sum
    return plain, through, bent


def _vanishing_is_cured():
    plain, through, bent = _flow()
    return Evidence(
        {fate(lost) for lost in plain.values()} == {"vanishing"}
        and min(*through.values(), bent["ReLU"]) > -0.1
        and fate(bent["sigmoid"]) == "vanishing",
        f"{DEPTH} layers, width 64, N(0, 1/n), no biases, 4 networks. Plain, δ_{{1}} is below δ_{{{DEPTH}}} by "
        + ", ".join(f"{-lost:.1f} ({name})" for name, lost in plain.items())
        + " decades; with a shortcut, x + W f(x), it is never below, but above by "
        + ", ".join(f"{gained:.1f} ({name})" for name, gained in through.items())
        + f". With f on the sum, as in the ResNet of 2015, it is above by {bent['ReLU']:.1f} for ReLU, which a ResNet has; a sigmoid there "
        f"would lose {-bent['sigmoid']:.1f} decades in spite of the shortcuts.",
    )


def _explosion_gets_worse():
    plain, through = (_lost("relu", "he_normal", fixes, gain=2**0.5) for fixes in ((), ["residual"]))
    expected = [49 * np.log10(chi) / 2 for chi in (2, 3)]
    normal, bridged = (_lost("relu", "he_normal", fixes) for fixes in (["batch_norm"], ["batch_norm", "residual"]))
    return Evidence(
        np.allclose([plain, through], expected, rtol=0.1) and through > plain + 3 and bridged < normal - 2,
        f"Holds where a batch norm makes the explosion. {DEPTH} ReLU layers, width 64, batch 32, no biases, 4 networks, N(0, 2/n) and batch norm "
        f"before f: δ grows by 10^{{{normal:.1f}}} plain and by 10^{{{bridged:.1f}}} with shortcuts. Where the weights make it, N(0, 4/n) without a norm, "
        f"it is the other way round: 10^{{{plain:.1f}}} plain, 10^{{{through:.1f}}} with shortcuts, since a shortcut turns the factor χ into 1 + χ.",
    )


def _sum_of_two():
    rng, n = np.random.default_rng(0), 16
    silent = Dense(np.zeros((n, n)), np.zeros((n, 1)), "identity")
    x = rng.standard_normal((n, 8))
    one = Network([Residual([silent])] * 20)(x)
    two = x
    for _ in range(20):  # “the output is the sum of the outputs of two identical residual units”
        unit = Residual([silent]).forward(two).output
        two = unit + unit
    once, ratio = (np.linalg.norm(y) / np.linalg.norm(x) for y in (one + one, two))
    return Evidence(
        np.array_equal(one, x) and once == 2 and ratio == 2**20,
        f"With silent branches (all weights 0) 20 blocks x + F(x) give x back. The sum of two identical units, read for the whole network, "
        f"gives {once:.0f} x; read for every block, {ratio:,.0f} x, which is 2^{{20}} x.",
    )


def _avoids_both():
    plain, through = (_lost("relu", "he_normal", fixes) for fixes in ((), ["residual"]))
    return Evidence(
        abs(plain) < 0.7 and abs(through - 49 * np.log10(2) / 2) < 0.7,
        f"The half that holds: nothing vanishes. But {DEPTH} ReLU layers of 64 with N(0, 2/n) and no biases, which keep the gradient "
        f"(10^{{{plain:.1f}}}), multiply it by 10^{{{through:.1f}}} once shortcuts are added, {10 ** (through / 49):.2f} a block (theory: √2).",
    )


def _head_swap():
    lost = {}
    for shortcut in (None, "identity"):
        rng = np.random.default_rng(0)
        recipe = Recipe(depth=12, activation="sigmoid", initialization="lecun_normal", residual=shortcut)
        net, head = recipe.network(rng=rng), INITIALIZATIONS["lecun_normal"].draw(64, 3, rng=rng)
        other = Network([*net.layers[:-1], Dense(head, np.zeros((3, 1)), "identity")])
        x = rng.standard_normal((64, 32))
        for network, classes in ((net, 10), (other, 3)):
            deltas = network.pull_back(network.forward(x), rng.standard_normal((classes, 32))).deltas
            lost[shortcut, classes] = np.log10(np.linalg.norm(deltas[0]) / np.linalg.norm(deltas[-2]))
    plain, swapped, bridged, bridged_swapped = lost.values()
    return Evidence(
        max(plain, swapped) < -6 and abs(plain - swapped) < 0.1 and 0 < bridged < 0.2 and 0 < bridged_swapped < 0.2,
        f"The half that holds is the network that is loaded; the new layer adds nothing. From layer 11 to layer 1 of 12 sigmoid layers of 64, N(0, 1/n), a gradient "
        f"changes by 10^{{{plain:.2f}}} plain and by 10^{{{bridged:.2f}}} with shortcuts. A new head for three classes leaves both as they "
        f"were: 10^{{{swapped:.2f}}} and 10^{{{bridged_swapped:.2f}}}.",
    )


def _last_form():
    """x + f(Wx + b), 50 blocks: (log10 growth of δ over the network, log10 rms of the output) for ReLU and tanh."""
    found = {}
    for activation in ("relu", "tanh"):
        rng = np.random.default_rng(0)
        draw = INITIALIZATIONS["he_normal"].draw
        net = Network([Residual([Dense(draw(64, 64, rng=rng), np.zeros((64, 1)), activation)]) for _ in range(DEPTH)])
        trace = net.forward(rng.standard_normal((64, 32)))
        g = rng.standard_normal((64, 32))
        down = net.pull_back(trace, g).input
        found[activation] = (
            np.log10(np.linalg.norm(down) / np.linalg.norm(g)),
            np.log10(np.sqrt(np.mean(trace.output**2))),
        )
    return found


def _form_is_stable():
    found = _last_form()
    return Evidence(
        found["relu"][0] > 9 and found["relu"][1] > 9 and 1 < found["tanh"][0] < 4,
        f"The half that holds: as D4 writes it, x + σ(Wx + b), N(0, 2/n), b = 0, {DEPTH} blocks of 64, no gradient vanishes. Stable it is not. With σ = ReLU the branch can only add, so "
        f"the signal grows to 10^{{{found['relu'][1]:.1f}}} and the gradient by 10^{{{found['relu'][0]:.1f}}}; with tanh by "
        f"10^{{{found['tanh'][0]:.1f}}}.",
    )


def _stability():
    one, scaled, normed = (
        _lost("relu", "he_normal", fixes) for fixes in (["residual"], ["residual_scaled"], ["batch_norm", "residual"])
    )
    half = _lost("relu", "he_normal", ["batch_norm", FIXES["residual"].using(shortcut=0.5)], batch=64)
    return Evidence(
        one > 6 and 0 < scaled < 0.4 and normed < 1.6 and half > 2.5,
        f"Holds when the branches are bounded and the shortcut is whole. {DEPTH} ReLU layers of 64, N(0, 2/n), no biases, 4 networks, growth of δ: "
        f"10^{{{scaled:.2f}}} with branches times 1/√L, 10^{{{normed:.1f}}} with batch norm (batch 32); but 10^{{{one:.1f}}} with plain sums, "
        f"10^{{{half:.1f}}} with batch norm (batch 64) and a shortcut of ½.",
    )


def _complexity():
    width = 64
    plain, bridged = (
        Recipe(depth=12, width=width, residual=kind).network(rng=np.random.default_rng(0))
        for kind in (None, "identity")
    )
    x = np.random.default_rng(1).standard_normal((64, 8))
    changed = not np.allclose(plain(x), bridged(x), rtol=0.1, atol=0)  # the shortcuts are there
    products, sums = 2 * width**2, width
    work = products + 2 * width * (width - 1)  # multiplications and additions of two matrix-vector products
    return Evidence(
        len(plain.parameters) == len(bridged.parameters) and changed and sums / work < 0.01,
        f"Not in parameters: twelve layers of width {width} have {len(plain.parameters):,} without and {len(bridged.parameters):,} with identity shortcuts. "
        f"The half that holds: a block of two layers has {sums} more additions beside {products:,} multiplications and nearly as many additions, {sums / work:.1%} more to compute.",
    )


def _claim(identity, section, claim, verdict, evidence):
    return Claim(identity, identity[:2], section, claim, verdict, evidence, chapter=9)


CLAIMS = [
    _claim(
        "D1-resnet-against-vanishing",
        "梯度消失的解决方法",
        "The shortcuts of ResNet cure vanishing gradients.",
        "true",
        _vanishing_is_cured,
    ),
    _claim(
        "D1-resnet-against-explosion",
        "怎么解决",
        "The shortcuts of ResNet are a remedy for vanishing and for exploding gradients.",
        "depends",
        _explosion_gets_worse,
    ),
    _claim(
        "D2-two-identical-units",
        "3.3",
        "The output of the network is the sum of the outputs of two identical residual units.",
        "false",
        _sum_of_two,
    ),
    _claim(
        "D2-resnet-avoids-both",
        "3.3",
        "The residual structure avoids vanishing or exploding gradients.",
        "half true",
        _avoids_both,
    ),
    _claim(
        "D2-new-head",
        "4.2",
        "How to use residual networks as a remedy: load a pretrained ResNet-18 and replace its last layer.",
        "half true",
        _head_swap,
    ),
    _claim(
        "D3-skip-against-explosion",
        "fix 4",
        "Residual and skip connections help with exploding gradients.",
        "depends",
        _stability,
    ),
    _claim(
        "D4-residual-form",
        "4.3.3",
        "The residual form h + σ(W h + b) keeps the gradient flowing and the model stable.",
        "half true",
        _form_is_stable,
    ),
    _claim(
        "D4-residual-cost",
        "3.3.3",
        "Residual connections make the model more complex, which may hurt training and inference speed.",
        "half true",
        _complexity,
    ),
]

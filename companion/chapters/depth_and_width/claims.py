"""Chapter 14: what D1, D2 and D3 say about fewer layers, wider ones, and pooling."""

import numpy as np

from companion.chapters.depth_and_width import pooled
from companion.claims import Claim, Evidence
from companion.data import digits
from companion.network import train
from companion.propagation import profile
from companion.recipes import Recipe


def _read(depth, initialization, seeds=3):
    """The share of the test digits that each of so many ReLU networks of width 32 reads after 150 steps on 200 digits, (S,)."""
    data = digits()
    recipe = Recipe(depth=depth, width=32, initialization=initialization, biases="drawn")
    start = recipe.network(rng=np.random.default_rng(0), seeds=seeds)
    run = train(start, data.train_x[:, :200], data.train_y[:200], rate=0.1, steps=150, loss="cross_entropy")
    return (run.network(data.test_x).argmax(-2) == data.test_y).mean(-1)


def _fewer_layers(short=3, long=20):
    few, many = _read(short, "torch_default"), _read(long, "torch_default")
    return Evidence(
        bool((few > 0.6).all() and (many < 0.2).all()),
        f"ReLU, PyTorch's defaults, width 32, 200 digits, 150 steps of gradient descent at rate 0.1<!--exact-->, {len(few)} seeds: with {short} "
        f"layers all read more than 0.6<!--exact--> of the test digits, with {long} none more than 0.2<!--exact-->. It holds where the layers "
        "stand plainly one after the other; with shortcuts, scaled, 80 layers learn as well as 5 (recorded, on the chapter's page).",
    )


def _shorter(short=3, long=20):
    decades = {}
    for name, gain, law in (("defaults", 1.0, "torch_default"), ("doubled", 2.0, "he_normal")):
        for depth in (short, long):
            run = profile(activation="relu", initialization=law, gain=gain, depth=depth, width=64)
            decades[name, depth] = float(np.median(run.decades))
    holds = all(abs(decades[name, short]) < 1 and abs(decades[name, long]) > 5 for name in ("defaults", "doubled"))
    return Evidence(
        holds,
        f"ReLU, width 64, zero biases, 24 networks: δ_{{1}}/δ_{{L}} is 10^{{{decades['defaults', long]:.1f}}} in {long} layers with PyTorch's default "
        f"weights and 10^{{{decades['doubled', long]:.1f}}} with doubled He's; in {short} layers 10^{{{decades['defaults', short]:.1f}}} and "
        f"10^{{{decades['doubled', short]:.1f}}}. It helps where each layer multiplies by the same factor: the exponent is the depth.",
    )


def _enough(short=3, long=10):
    few, many = _read(short, "he_normal"), _read(long, "he_normal")
    return Evidence(
        bool(np.median(few) > np.median(many) - 0.05 and np.median(few) > 0.7),
        f"It is so for the digits. He's weights, width 32, 200 digits, 150 steps, {len(few)} seeds: {short} layers read no less than {long} (medians, "
        "within 0.05<!--exact-->), and at equal numbers of weights no depth up to 80 read noticeably more than 3 layers did (recorded). It says nothing of larger tasks.",
    )


def _pooling(initialization="torch_default"):
    slopes, ends = {}, {}
    for kind in pooled.POOLS:
        sizes = pooled.log10_squares(kind, networks=40, rng=np.random.default_rng(0), initialization=initialization)
        middle = np.median(sizes, axis=0)
        slopes[kind], ends[kind] = (middle[9] - middle[0]) / 9, middle[0]
    apart = max(abs(slopes[kind] - slopes["none"]) for kind in ("mean", "max"))
    best = max(ends[kind] - ends["none"] for kind in ("mean", "max"))
    return Evidence(
        apart < 0.05 and best < 0.5 and slopes["none"] > 0.7,
        f"20 ReLU layers, PyTorch's default weights, zero biases, 4 units pooled into 1 in the middle, 40 networks: the layers below lose "
        f"{slopes['mean']:.2f} decades of squared blame each behind mean pooling, {slopes['max']:.2f} behind max pooling, {slopes['none']:.2f} without. "
        f"At layer 1 that makes 10^{{{ends['mean']:.1f}}}, 10^{{{ends['max']:.1f}}} and 10^{{{ends['none']:.1f}}}. It does make the network smaller, as D2 says; "
        "nothing of the blame is saved by it.",
    )


def _wider(initialization="he_normal"):
    growth, spread = {}, {}
    for width in (16, 64, 256):
        run = profile(activation="relu", initialization=initialization, depth=20, width=width, batch=4)
        growth[width], spread[width] = float(np.median(run.growth)), float(np.std(run.decades))
    normal = {
        width: float(np.median(profile(activation="relu", initialization="standard_normal", depth=20, width=width, seeds=8).growth))
        for width in (16, 64)
    }
    holds = all(0.9 < each < 1.1 for each in growth.values()) and spread[16] > 1.5 * spread[256] and normal[64] > 1.5 * normal[16]
    return Evidence(
        holds,
        f"20 ReLU layers, zero biases, 24 networks. Width does not change what a layer hands down: with He's weights the growth a layer is "
        f"{growth[16]:.2f}, {growth[64]:.2f} and {growth[256]:.2f} at widths 16, 64 and 256. It narrows the scatter: δ_{{1}}/δ_{{20}} varies by "
        f"{spread[16]:.2f}, {spread[64]:.2f} and {spread[256]:.2f} decades (standard deviation). So it helps where a network is deeper than wide. With "
        f"N(0, 1) weights it does harm: ×{normal[16]:.1f} a layer at width 16, ×{normal[64]:.1f} at 64.",
    )


CLAIMS = [
    Claim(
        "D1-compress-layers",
        "D1",
        "怎么解决",
        "Vanishing and exploding come from too many layers; compress the number of layers.",
        "true",
        _fewer_layers,
        14,
    ),
    Claim(
        "D2-few-layers-suffice",
        "D2",
        "3.2",
        "In practice the features of only the first (or the last) few layers are often enough.",
        "true",
        _enough,
        14,
    ),
    Claim(
        "D2-pooling-before-the-last",
        "D2",
        "3.2",
        "A pooling layer before the last few layers makes the network less complex, and so avoids the vanishing gradient.",
        "false",
        _pooling,
        14,
    ),
    Claim(
        "D2-wider-instead",
        "D2",
        "3.2",
        "More width makes the model more able, and so avoids the vanishing gradient of too large a network.",
        "half true",
        _wider,
        14,
    ),
    Claim(
        "D3-shorten-the-network",
        "D3",
        "fix 4",
        "Simply shortening the network can help.",
        "true",
        _shorter,
        14,
    ),
]

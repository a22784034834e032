"""Chapter 15: what D1 says about pre-training and fine-tuning, which it lists among the cures of explosion."""

import numpy as np

from companion import layers, signals
from companion.chapters.pretraining.greedy import pretrain
from companion.chapters.pretraining.starts import centred
from companion.claims import Claim, Evidence
from companion.data import digits
from companion.recipes import Recipe

SEEDS = range(3)
SIGMOID = {"activation": "sigmoid", "initialization": "lecun_normal"}
SETTING = "Width 64, digits, zero biases at the start, 3 seeds, practice with 600<!--exact--> digits, 20<!--exact--> a step"


def _drawn(seed, **settings):
    return Recipe(**settings).network(rng=np.random.default_rng(seed))


def _ready(network, seed, rate=0.1, epochs=5):
    rng = np.random.default_rng([seed, 2])
    return pretrain(network, digits().train_x[:, :600], rate=rate, epochs=epochs, batch=20, rng=rng)


def _fall(network):
    """Decades from the blame of the last layer to that of the first."""
    deltas = network.gradients(digits().train_x, digits().train_y, "cross_entropy").deltas
    return signals.log10_rms(deltas[0]) - signals.log10_rms(deltas[-1])


def _said(decades):
    return f"{decades:+.1f}".replace("-", "−")


def _spread(network):
    """The standard deviation of a unit's output over the digits, rms over the units, of each hidden layer."""
    return np.array([signals.rms(a.std(1)) for a in network.forward(digits().train_x).a[1:-1]])


def _cures_explosion(gain=32.0):
    loud = [_drawn(seed, depth=8, gain=gain, **SIGMOID) for seed in SEEDS]
    sigmoid = np.median([_fall(network) for network in loud])
    after = np.median([_fall(_ready(network, seed).network) for seed, network in enumerate(loud)])
    twice = [_drawn(seed, depth=8, gain=2.0) for seed in SEEDS]
    stopped = [_ready(network, seed).stopped for seed, network in enumerate(twice)]
    plain = [_ready(_drawn(seed, depth=8), seed).stopped for seed in SEEDS]
    slow = [_ready(network, seed, rate=0.003).network for seed, network in enumerate(twice)]
    slowly = np.median([_fall(network) for network in slow])
    on = np.median([(network.forward(digits().train_x).a[-2] > 0).mean() for network in slow])
    relu = np.median([_fall(network) for network in twice])
    faint = [_drawn(seed, depth=6, **SIGMOID) for seed in SEEDS]
    vanishing, mended = (np.median([_fall(n) for n in nets]) for nets in (faint, [_ready(n, s).network for s, n in enumerate(faint)]))
    return Evidence(
        sigmoid > 1 and after > 1 and stopped == plain == [1] * 3 and relu > 1.5 and on < 0.2 and slowly < relu - 1 and mended > vanishing + 1,
        f"{SETTING}; decades from the blame of the last layer to that of layer 1. Of 8 exploding layers it does not cure the sigmoids (N(0, 1/n) times {gain:g}: "
        f"{_said(sigmoid)} before, {_said(after)} after). At the same rate, 0.1<!--exact-->, He's ReLU weights overflow in the practice of layer 1 itself, doubled or "
        f"not: that says nothing about explosion. Doubled and at 0.003<!--exact--> their total falls from {_said(relu)} to {_said(slowly)}, as most units are switched off: in layer 7, {100 * on:.0f} % are on. What it was made for is *vanishing*: 6 sigmoid layers, N(0, 1/n), {_said(vanishing)} "
        f"before and {_said(mended)} after.",
    )


def _same_outputs(depth=8):
    nets = [_drawn(seed, depth=depth, **SIGMOID) for seed in SEEDS]
    before, after = (np.median([_spread(n) for n in each], axis=0) for each in (nets, [_ready(n, s, epochs=10).network for s, n in enumerate(nets)]))
    return Evidence(
        before[-1] / before[0] < 1e-3 and 0.4 < after[-1] / after[0] < 1.1,
        f"{SETTING}, {depth - 1} hidden sigmoid layers, N(0, 1/n). As an outcome it is about right: the spread of a unit's output over the digits goes from {after[0]:.2f} in "
        f"layer 1 to {after[-1]:.2f} in layer {depth - 1} (without pre-training from {before[0]:.2f} to 10^{{{np.log10(before[-1]):.1f}}}). But nothing sets it: "
        "what is minimised is how badly a layer's input is given back, and nothing holds the spread once the labels come. Batch norm sets it, at every step.",
    )


def _local_then_global(depth=6, seeds=SEEDS, classes=10):
    chance, losses = np.log(classes), []
    nets = [_ready(_drawn(seed, depth=depth, **SIGMOID), seed).network for seed in seeds]
    for network in nets:
        losses.append(layers.cross_entropy.value(network(digits().train_x), digits().train_y))
    return Evidence(
        min(losses) > chance - 0.05,
        f"{SETTING}, {depth} layers. What is put together are not parts of a solution: the loss on the digits after pre-training is {min(losses):.2f} or more in every seed, where guessing "
        f"has {chance:.2f}. Each layer is stopped after 5<!--exact--> rounds, in no optimum of anything that knows labels; fine-tuning goes downhill from there as from any start.",
    )


def _little_used(depth=8):
    def told(network):
        return signals.log10_norm(network.gradients(digits().train_x, digits().train_y, "cross_entropy").weights[0])

    nets = [_drawn(seed, depth=depth, **SIGMOID) for seed in SEEDS]
    learnt = np.median([told(_ready(network, seed).network) for seed, network in enumerate(nets)])
    strong = {"activation": "sigmoid", "initialization": "orthogonal", "gain": 4.0}
    computed = np.median([told(centred(_drawn(seed, depth=depth, **strong), digits().train_x)) for seed in SEEDS])
    drawn = np.median([told(network) for network in nets])
    return Evidence(
        learnt > drawn + 2 and computed > learnt - 0.3,
        f"{SETTING}, {depth} sigmoid layers. Layer by layer and without labels, hardly any more, and for a start it is not needed: what W₁ is told before the first step, 10^{{{drawn:.1f}}} as "
        f"drawn and 10^{{{learnt:.1f}}} after pre-training, is 10^{{{computed:.1f}}} with orthogonal weights × 4 and biases that centre each sum, computed in one pass. "
        "Pre-training of whole networks on other data, with fine-tuning after it, is what large models are made by.",
    )


CLAIMS = [
    Claim(
        "D1-pretraining-explosion",
        "D1",
        "梯度爆炸的解决方法",
        "Pre-training layer by layer, then fine-tuning, is a cure for exploding gradients.",
        "depends",
        _cures_explosion,
        15,
    ),
    Claim(
        "D1-pretraining-outputs",
        "D1",
        "梯度爆炸的解决方法",
        "Pre-training makes the outputs of all layers alike, as batch norm keeps their variance.",
        "half true",
        _same_outputs,
        15,
    ),
    Claim(
        "D1-pretraining-optimum",
        "D1",
        "梯度爆炸的解决方法",
        "It first finds local optima and then puts them together in search of the global one.",
        "false",
        _local_then_global,
        15,
    ),
    Claim(
        "D1-pretraining-little-used",
        "D1",
        "梯度爆炸的解决方法",
        "It has its merits, but is not much used any more.",
        "half true",
        _little_used,
        15,
    ),
]

"""Chapter 18: what D1 and D4 say about numbers that overflow."""

import numpy as np

from companion.chapters.numbers.lowered import backward
from companion.claims import Claim, Evidence
from companion.data import digits
from companion.formats import FORMATS
from companion.optimizers import OPTIMIZERS
from companion.runs import load
from companion.variants import VARIANTS, Variant


def first_broken(gain, seed, steps=5):
    """(what was first not finite, at which step, log10 of the largest weight then) of He's network times ``gain``, in float32."""
    from companion import torch_nets, training  # here, so that the ledger is there without torch too

    module = torch_nets.module(Variant("x", "x", gain=gain).recipe, seed=seed, dtype=torch_nets.torch.float32)
    run = training.train(module, rate=0.01, momentum=0.9, batch=64, steps=steps, seed=seed)
    largest = max(float(weight.detach().abs().max()) for weight in run.module.parameters())
    return run.stopped and run.stopped.what, run.stopped and run.stopped.step, np.log10(largest)


def _weights_overflow(gain=2.0):
    found = [first_broken(gain, seed) for seed in range(3)]
    calm = [first_broken(1.0, seed)[0] for seed in range(3)]
    with np.errstate(over="ignore", invalid="ignore"):
        scores = np.exp(np.float32([100.0, 0.0]))  # small weights, one large score
        softmax = scores / scores.sum()
    largest, last = max(each[2] for each in found), max(each[1] or 0 for each in found)  # of the weights; of the steps
    return Evidence(
        {each[0] for each in found} == {"signal"}
        and largest < 37
        and last == 1
        and calm == [None] * 3
        and bool(np.isnan(softmax[0])),
        f"Twenty ReLU layers of 64, He's weights doubled, zero biases, digits, SGD at rate 0.01<!--exact--> with momentum 0.9<!--exact-->, float32, 3 seeds. The loss is "
        f"NaN after {last} step, as it says. But no weight overflows: the largest is 10^{{{largest:.1f}}}, and float32 holds 10^{{38}}<!--exact-->. It is their *product* over the "
        "layers, the signal, that leaves the format first. And NaN needs no large weight: a softmax that does not subtract the largest score makes it from a score of 100<!--exact-->.",
    )


def _overflow_ends(scale=2.0**24):
    network, adam = VARIANTS["torch_default"].recipe.network(rng=np.random.default_rng(0)), OPTIMIZERS["adam"]
    x, y = digits().train_x[:, :64], digits().train_y[:64]
    down = backward(network, x, y, FORMATS["float16"], scale)
    w = network.parameters
    taken = adam.step(w, down.flat, adam.start(w), rate=0.001)[0]
    ruined = float(np.mean(np.isnan(taken)))
    rows = load("ch18-formats").where(variant="dynamic")
    ends = [np.mean(row["loss"][-3:]) for row in rows.rows]
    low, high = int(rows["skipped"].min()), int(rows["skipped"].max())
    return Evidence(
        ruined > 0.9 and low >= 5 and high < 40 and max(ends) < 2,
        f"The course's network with PyTorch's defaults, its blame in float16, loss times 2^{{24}}<!--exact-->, Adam: the blame overflows at once. It holds if the step is taken: {ruined:.0%} of the weights "
        f"are NaN after it, for good (in this package's NumPy, where a ReLU that is off multiplies NaN by 0; PyTorch masks it, and fewer are hit). It does not where such a step is left out and the scale halved (5 recorded runs, 240<!--exact--> steps), between 5<!--exact--> and 40<!--exact--> steps are lost and all five networks go on to learn (loss below 2<!--exact-->).",
    )


CLAIMS = [
    Claim(
        "D1-weights-overflow",
        "D1",
        "带来的现象",
        "In the extreme the weights become so large that they overflow, and so the loss is NaN.",
        "half true",
        _weights_overflow,
        18,
    ),
    Claim(
        "D4-overflow-ends-training",
        "D4",
        "1",
        "Explosion ends in numerical overflow, and then the model cannot be trained.",
        "depends",
        _overflow_ends,
        18,
    ),
]

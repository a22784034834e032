"""Chapter 13: what D0, D2, D3 and D4 say about the rate and the optimiser.

Each evidence takes what it tests as an argument, so that a test can switch it off and see the evidence fail.
"""

import numpy as np

from companion import data, schedules
from companion.chapters.optimisers.listing import LISTING, rates_of, undefined
from companion.claims import Claim, Evidence
from companion.network import Network, train
from companion.optimizers import OPTIMIZERS
from companion.propagation import profile
from companion.runs import load


def _read(name, **setting):
    """The shares of the test digits that the networks of a recording read, (S,); NaN where one stopped."""
    return load(name).where(**setting)["accuracy"].astype(float)


def _decay(record="ch13-rates", net="default", way="step-lr", steady="rate-0.1"):
    decayed, kept = (_read(record, net=net, way=each) for each in (way, steady))
    rate = schedules.step_decay(0.1, every=30)
    return Evidence(
        (np.nan_to_num(decayed) < 0.25).all() and (kept < 0.25).all() and rate(199) < rate(0),
        f"Decay makes every step smaller, {rate(0):g} to {rate(199):.0g} here, where the steps of the lower layers are far "
        f"too small "
        f"already. The course's own network with PyTorch's defaults, 200 steps of SGD with momentum 0.9<!--exact-->: none of "
        f"{len(decayed)} networks reads a quarter "
        f"of the test digits, with the decay or without. Holds when the steps are too *long*.",
    )


def _ends(depth, rate, seeds=4, steps=150):
    """The losses of sigmoid networks of 30 units (weights N(0, 1/n), biases 0) on 200 digits after so many full-batch steps."""
    digits = data.digits()
    x, y = digits.train_x[:, :200], digits.train_y[:200]
    sizes = [64, *[30] * (depth - 1), 10]
    net = Network.random(sizes, activation="sigmoid", initialization="lecun_normal", rng=np.random.default_rng(0), seeds=seeds)
    return train(net, x, y, rate=rate, steps=steps, loss="cross_entropy").losses[-1]


def _higher_rate(shallow=3, deep=8, low=0.1, high=3.0):
    slow, fast = (_ends(shallow, rate) for rate in (low, high))
    still = [_ends(deep, rate) for rate in (low, high)]
    return Evidence(
        (fast < 0.5 * slow).all() and min(ends.min() for ends in still) > 2,
        f"Sigmoid networks of 30 units, weights N(0, 1/n), biases 0, 200 digits, 150 full-batch steps, {len(slow)} seeds. "
        f"{shallow} layers: "
        f"from rate {low:g} to {high:g} the loss falls in each from {slow.min():.1f} or more to {fast.max():.2f} or less. "
        f"{deep} layers: it stays "
        "above 2 at both. Holds when the layers are few: there is one rate, and in a deep network the layers differ by powers "
        "of ten.",
    )


def _listing(listing=LISTING, epochs=100):
    rates, missing = rates_of(listing, epochs), undefined(listing)
    return Evidence(
        max(rates) == rates[0] and rates[-1] < rates[0] / 500 and {"model", "num_epochs", "train"} <= set(missing),
        f"It lowers the rate: {rates[0]:g}, after 30 epochs {rates[30]:.2g}, after 60 {rates[60]:.1g}, after 90 "
        f"{rates[90]:.1g}; it never raises it. Nor does it run as it stands: {', '.join(missing)} are defined nowhere, and the "
        "argument of `train(...)` is a placeholder.",
    )


def _rate_scales_the_step(start="torch_default", biases="drawn", rates=(0.001, 0.01, 0.1)):
    w, g = np.array([1.0, -2.0]), np.array([0.3, 1e-6])
    sgd = OPTIMIZERS["sgd"]
    steps = [w - sgd.step(w, g, sgd.start(w), rate=rate)[0] for rate in rates]
    nets = profile(activation="relu", initialization=start, depth=20, width=64, seeds=8, biases=biases)
    told = np.median(nets.log10_weight_gradient, axis=0)  # (L,)
    apart = told.max() - told.min()
    tried = _read("ch13-rates", net="default")
    return Evidence(
        all(np.allclose(step, rate * g, rtol=1e-5, atol=0) for step, rate in zip(steps, rates, strict=True))
        and apart > 4
        and not (tried > 0.5).any(),
        f"The step is rate times gradient, in every entry. In PyTorch's defaults (ReLU, 20 layers of 64, drawn biases, 8 "
        f"seeds) what the layers "
        f"are told differs by more than {np.floor(apart):.0f} powers of ten, so one rate cannot suit them all: at "
        f"0.1<!--exact-->, 1, 10 "
        f"and with a schedule none of "
        f"{len(tried)} networks learns in 200 steps.",
    )


def _optimizer_flow(trains="default-adam", fails="sigmoid-adam"):
    record = load("ch13-course-network")
    good, bad = (np.array([row["test_accuracy"] for row in record.where(variant=name).rows]) for name in (trains, fails))
    others = _read("ch13-optimizers", net="default", way="rmsprop")
    sigmoid = profile(activation="sigmoid", initialization="lecun_normal", depth=20, width=64, seeds=8)
    arrives = np.median(sigmoid.log10_delta[:, 0] - sigmoid.log10_delta[:, -1])
    return Evidence(
        (bad < 0.2).all() and (good > 0.5).sum() >= 4 and (others < 0.2).all() and arrives < -8,
        f"It acts after the backward pass: before the first step δ_{{1}}/δ_{{20}} of the sigmoid network is "
        f"10^{{{arrives:.0f}}} whatever takes the step. "
        f"20 layers of 64, rate 0.001<!--exact-->: with Adam {(good > 0.5).sum()} of {len(good)} networks with PyTorch's "
        f"defaults learn "
        f"in 800 steps and none of {len(bad)} "
        f"sigmoid ones; with RMSprop none of {len(others)} defaults in 300. Holds when only the scale is wrong: then the "
        f"steps are mended, and the gradients follow.",
    )


def _step_size(low=0.1, high=10.0):
    """A rate far too large, in networks: it swings, and the gradient does not vanish by that; at a small one it had vanished
before."""
    rows = {rate: load("ch13-rates").where(net="default", way=f"rate-{rate:g}").rows for rate in (low, high)}
    swing = {rate: min(np.ptp(row["loss"]) for row in each) for rate, each in rows.items()}
    nets = profile(activation="relu", initialization="torch_default", depth=20, width=64, seeds=8, biases="drawn")
    start = np.median(nets.log10_delta[:, 0] - nets.log10_delta[:, -1])
    return Evidence(
        swing[low] < 0.3 and swing[high] > 0.5 and start < -4,
        f"In a deep network it is the other way round: with PyTorch's defaults δ_{{1}}/δ_{{20}} is 10^{{{start:.0f}}} before "
        f"any step is taken. "
        f"At rate {low:g} the loss of {len(rows[low])} networks hardly moves (200 steps), at {high:g} it swings by more than "
        f"0.5<!--exact--> in each. Holds when long steps "
        "throw units into a region without slope (chapter 2).",
    )


CLAIMS = [
    Claim(
        "D0-rate-decay",
        "D0",
        "2.3",
        "Among the ways to solve vanishing gradients is a schedule that lowers the learning rate.",
        "false",
        _decay,
        13,
    ),
    Claim(
        "D2-step-size-deep",
        "D2",
        "2.2.1.2",
        "In deep learning a badly set step size makes the gradient swing, and in the end vanish.",
        "depends",
        _step_size,
        13,
    ),
    Claim(
        "D2-higher-rate",
        "D2",
        "3.4",
        "Raising the learning rate speeds up convergence, and can to some extent prevent vanishing gradients.",
        "half true",
        _higher_rate,
        13,
    ),
    Claim(
        "D2-rate-listing",
        "D2",
        "4.3",
        "A listing raises the learning rate: 0.1<!--cited-->, with `StepLR(step_size=30, gamma=0.1)`, for 100 epochs.",
        "false",
        _listing,
        13,
    ),
    Claim(
        "D3-rate",
        "D3",
        "fix 1",
        "The rate multiplies the gradient and so sets the length of the steps; it may help a little, but the gradients differ "
        "within a model, so it is "
        "not seen as a cure.",
        "true",
        _rate_scales_the_step,
        13,
    ),
    Claim(
        "D4-optimizer-flow",
        "D4",
        "3.2",
        "Choosing a suitable optimiser, such as Adam or RMSprop, ensures the flow of gradients and the stability of the model.",
        "false",
        _optimizer_flow,
        13,
    ),
]

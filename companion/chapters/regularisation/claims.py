"""Chapter 12: what D1, D2 and D3 say about penalties and dropout."""

import numpy as np

from companion import signals
from companion.chapters.regularisation.penalised import growth, relu_nets, tanh_nets, train
from companion.claims import Claim, Evidence
from companion.data import digits
from companion.fixes import FIXES
from companion.propagation import profile

_DIGITS = digits()
X, Y = _DIGITS.train_x[:, :100], _DIGITS.train_y[:100]


CHANCE = 0.15  # of ten classes, with room for luck


def _run(gain, strength, penalty="l2", *, seeds=10, steps=15, rate=0.1, **shape):
    return train(
        relu_nets(gain, seeds=seeds, **shape), X, Y, rate=rate, steps=steps, penalty=penalty, strength=strength
    )


def _lost(run):
    return int(run.diverged.sum())


def _guesses(run):
    """Do the networks that were saved read no better than by chance?"""
    return bool(run.accuracy(_DIGITS.test_x, _DIGITS.test_y)[~run.diverged].mean() < CHANCE)


# Which of these networks diverge is chaotic: rounding decides it for some. So counts are held against bands, and bands are shown.


def _weights_grow():
    (few, most), factor, mild = (50, 85), 10**6, 2
    exploding, sound = _run(2.0, 0.0, seeds=100, steps=12), _run(1.0, 0.0, seeds=100, steps=12)
    ends = [exploding.weights[stop - 1, s] for s, stop in enumerate(exploding.stopped_at) if stop is not None]
    grown = np.array(ends) / exploding.weights[0][exploding.diverged]
    return Evidence(
        few < _lost(exploding) < most and grown.min() > factor and (sound.weights[-1] / sound.weights[0]).max() < mild,
        f"100 ReLU networks of nine layers, 20 wide, growth 2 a layer, rate 0.1<!--exact-->: {few} to {most} diverge within 12 steps, and in each "
        f"of them the hidden weights are more than 10^{{{np.log10(factor):.0f}}} times as large one step before the end. In 100 healthy networks "
        f"(growth 1) they do not even double.",
    )


def _limits_explosion():
    (few, most), apart, saved = (30, 55), 8, 18
    free, *usual, strong = (_run(1.6, s, kind, seeds=60, steps=25) for kind, s in
                            (("none", 0.0), ("l1", 0.01), ("l2", 0.01), ("l2", 3.0)))  # fmt: skip
    return Evidence(
        few < _lost(free) < most
        and all(abs(_lost(run) - _lost(free)) < apart for run in usual)
        and _lost(strong) < saved
        and _guesses(strong),
        f"Holds when the penalty is so strong that it empties the network. 60 ReLU networks of nine layers, 20 wide, growth 1.6<!--exact--> a layer, "
        f"rate 0.1<!--exact-->, 25 steps: {few} to {most} diverge without a penalty, and with L1 or L2 of 0.01<!--exact--> it is the same number to within "
        f"{apart}. With L2 of 3 it is fewer than {saved}, and those that are saved read the digits as by chance.",
    )


def _reduces_explosion():
    (few, most), apart, less = (60, 85), 10, 10
    free, *usual, strong = (_run(2.0, s, kind, seeds=100, steps=12) for kind, s in
                            (("none", 0.0), ("l1", 0.01), ("l2", 0.01), ("l2", 5.0)))  # fmt: skip
    saved, hurt = free.diverged & ~strong.diverged, ~free.diverged & strong.diverged
    low = float(np.nanmedian(strong.growth[-1]))
    return Evidence(
        few < _lost(free) < most
        and all(abs(_lost(run) - _lost(free)) < apart for run in usual)
        and _lost(strong) < _lost(free) - less
        and min(saved.sum(), hurt.sum()) >= 5
        and _guesses(strong)
        and low < 0.1,
        f"Holds for some networks, at a strength that ruins them. 100 ReLU networks of nine layers, 20 wide, growth 2 a layer, rate 0.1<!--exact-->: "
        f"{few} to {most} diverge within 12 steps; with L1 or L2 of 0.01<!--exact--> the same number to within {apart}. L2 of 5 saves some of them and loses "
        f"others that would have lived, more than {less} fewer in all; those that live have a growth below 0.1<!--exact--> a layer, and guess.",
    )


def _too_small_vanishes():
    end = {s: float(np.median(_run(1.0, s, seeds=5, steps=40).growth[-1])) for s in (0.0, 0.01, 0.1, 0.5)}
    values = list(end.values())
    settings, low, high = {"rate": 0.1, "steps": 40, "penalty": "l2"}, 0.7, 1.0
    nets = tanh_nets(32, seeds=20, width=20)  # chaotic: bands
    free, small, held = (
        float(np.median(train(nets, X, Y, strength=s, **settings).growth[-1])) for s in (0.0, 0.01, 0.3)
    )
    start = float(np.median(growth(nets.gradients(X, Y, "cross_entropy"))))
    return Evidence(
        values[0] > 0.95
        and values[-1] < 0.3
        and values[0] > values[2] > values[3]
        and max(free, small) < low
        and min(start, held) > high,
        f"Holds when large weights saturate the units. Nine tanh layers, 20 wide, He weights times 32, 20 networks: the growth a layer starts at "
        f"{start:.1f}; after 40 steps at rate 0.1<!--exact--> with λ = 0 or 0.01<!--exact--> it is below {low}, with 0.3<!--exact--> above {high:.0f}. Nine ReLU layers, He weights, five networks: "
        + ", ".join(f"{g:.1f} at λ = {s:g}" for s, g in end.items())
        + ". There nothing vanishes without a penalty; with too much of it the gradient does.",
    )


def _shallow(strength):
    run = _run(1.0, strength, seeds=5, steps=150, hidden=2, width=32)
    return run, float(np.median(run.accuracy(_DIGITS.test_x, _DIGITS.test_y)))


def _unstable():
    (free, right), (_, held) = _shallow(0.0), _shallow(0.01)
    rises = int(np.sum(np.diff(free.losses, axis=0) > 0))
    return Evidence(
        rises == 0 and 0.005 < held - right < 0.05,
        f"64–32–32–10 units, 100 digits, rate 0.1<!--exact-->, 150 steps, five networks: without a penalty the loss rises in {rises} of 750 steps. "
        f"On new digits {right:.0%} are right without, {held:.0%} with L2 of 0.01<!--exact-->. The half that holds: without it the network generalises a "
        f"little worse. It trains calmly all the same.",
    )


def _mitigates_vanishing():
    runs = {s: _run(0.6, s, seeds=5, steps=40) for s in (0.0, 0.01, 0.1)}
    end = {s: float(np.median(run.growth[-1])) for s, run in runs.items()}
    values = list(end.values())
    full, half, wide = (
        float(np.median(growth(tanh_nets(g, seeds=20, width=n).gradients(X, Y, "cross_entropy"))))
        for g, n in ((32, 10), (16, 10), (32, 20))
    )
    settings = {"rate": 0.1, "steps": 40, "penalty": "l2"}  # chaotic: rounding moves the second digit, so none is shown
    free, held = (
        np.median(train(tanh_nets(32, seeds=20, width=10), X, Y, strength=s, **settings).growth[-1]) for s in (0.0, 0.3)
    )
    return Evidence(
        values == sorted(values, reverse=True)
        and values[-1] < 0.5
        and half > 3 * full
        and full < 0.5
        and wide > 1
        and held > 5 * free,
        f"Holds when large weights saturate narrow layers. Nine tanh layers of 10, He weights times 32, 20 networks: halving all weights lifts the "
        f"growth a layer from {full:.2f} to {half:.2f}, and after 40 steps at rate 0.1<!--exact--> with λ = 0.3<!--exact--> it is more than five times that without a "
        f"penalty. (20 wide, such a start does not vanish: {wide:.1f}.) Nine ReLU layers started at a growth of 0.6<!--exact-->: after 40 steps it is "
        + ", ".join(f"{g:.2f} with λ = {s:g}" for s, g in end.items())
        + ", so there a penalty makes it worse.",
    )


def _too_small_underfits():
    loss = {s: float(np.median(_shallow(s)[0].losses[-1])) for s in (0.0, 0.01, 0.5)}
    return Evidence(
        loss[0.0] < loss[0.01] < 1 < loss[0.5],
        "64–32–32–10 units, five networks: the loss on the 100 training digits after 150 steps is "
        + ", ".join(f"{v:.2g} at λ = {s:g}" for s, v in loss.items())
        + ". It is the large coefficient that underfits.",
    )


def _dropout_and_norm():
    def measured(*fixes):
        case = {"activation": "relu", "initialization": "he_normal", "gain": 0.6, "depth": 20, "width": 100}
        return float(np.median(profile(**case, seeds=6, batch=16, fixes=fixes).growth))

    plain, dropped, normed = measured(), measured(FIXES["dropout"].using(keep=0.8)), measured("batch_norm")
    ends = [19 * np.log10(each) for each in (plain, dropped, normed)]
    return Evidence(
        [signals.fate(each) for each in ends] == ["vanishing", "vanishing", "exploding"]
        and np.isclose(dropped / plain, 0.8**-0.5, rtol=0.03),
        f"The half that holds is batch norm. 20 ReLU layers, width 100, batch 16, no biases, 6 networks, growth a layer {plain:.2f}; with dropout of "
        f"0.2<!--exact--> it is {dropped:.2f}, a factor of {dropped / plain:.2f}: over the 20 layers δ still loses {-ends[1]:.1f} decades. With batch norm "
        f"(before the activation) it is {normed:.2f}: the vanishing has ended, and δ grows by 10^{{{ends[2]:.1f}}}.",
    )


def _claim(identity, section, claim, verdict, evidence):
    return Claim(identity, identity[:2], section, claim, verdict, evidence, chapter=12)


CLAIMS = [
    _claim(
        "D1-explosion-grows-weights",
        "梯度爆炸的解决方法",
        "When gradients explode, the weights get very large.",
        "true",
        _weights_grow,
    ),
    _claim(
        "D1-penalty-limits-explosion",
        "梯度爆炸的解决方法",
        "L1 or L2 limit the weights and so can prevent the explosion to some extent.",
        "depends",
        _limits_explosion,
    ),
    _claim(
        "D2-small-penalty-vanishes",
        "2.2",
        "Too small a regularisation term makes the errors shrink on their way back, down to a vanishing gradient.",
        "depends",
        _too_small_vanishes,
    ),
    _claim(
        "D2-small-penalty-unstable",
        "2.2.3",
        "Too small a regularisation term limits generalisation and makes the training unstable.",
        "half true",
        _unstable,
    ),
    _claim(
        "D2-penalty-against-vanishing",
        "3.5",
        "Regularisation, which holds the norm of the weights in a range, can mitigate vanishing gradients.",
        "depends",
        _mitigates_vanishing,
    ),
    _claim(
        "D2-small-penalty-underfits",
        "3.5",
        "If the coefficient of the regularisation is too small, the model underfits.",
        "false",
        _too_small_underfits,
    ),
    _claim(
        "D2-dropout-and-batch-norm",
        "3.5",
        "Against vanishing one may also add dropout and batch normalisation.",
        "half true",
        _dropout_and_norm,
    ),
    _claim(
        "D3-penalty-reduces-explosion",
        "fix 7",
        "L1 and L2 penalise large weights, and that can reduce exploding gradients.",
        "depends",
        _reduces_explosion,
    ),
]

"""Chapter 10: what D1 to D4 say about gradient clipping. They disagree on what is cut."""

from math import sqrt

import numpy as np

from companion.chapters.clipping.clipped import train
from companion.claims import Claim, Evidence
from companion.data import digits
from companion.fixes.clipping import clip_each, clip_global, clip_value
from companion.gradcheck import angle
from companion.network import Network

_DIGITS = digits()
X, Y = _DIGITS.train_x[:, :300], _DIGITS.train_y[:300]
PAIR = np.array([3.0, 0.1])


def _net(activation, law, hidden, seed=0):
    sizes, rng = [64] + [30] * hidden + [10], np.random.default_rng(seed)
    return Network.random(sizes, activation=activation, initialization=law, rng=rng)


def _clip(limit):
    return lambda gradients: clip_global(gradients, limit)


def _gradients(network):
    backs = network.gradients(X, Y, "cross_entropy").backs
    return [matrix for back in backs for matrix in back.parameters.values()]


def _flat(gradients):
    return np.concatenate([matrix.ravel() for matrix in gradients])


def _accuracy(network):
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.mean(network(_DIGITS.test_x).argmax(axis=0) == _DIGITS.test_y))


def _against_explosion():
    free, cut = (
        train(_net("relu", "standard_normal", 20), X, Y, rate=0.01, steps=20, clip=c) for c in (None, _clip(1.0))
    )
    deep = train(_net("relu", "standard_normal", 700), X[:, :4], Y[:4], rate=0.01, steps=1, clip=_clip(1.0))
    return Evidence(
        free.stopped_at == 2 and cut.stopped_at is None and cut.norms.min() > 1e10 and deep.stopped_at == 0,
        f"20 hidden ReLU layers, weights N(0, 1): without a clip NaN after {free.stopped_at} steps; with a threshold of 1 all 20 steps are "
        f"finite. But the gradient still has the norm 10^{{{np.log10(cut.norms[-1]):.0f}}}, and at 700 layers the forward pass overflows "
        "in the first step, before there is anything to clip.",
    )


def _against_vanishing():
    net = _net("sigmoid", "lecun_normal", 9)
    free, cut, listing = (
        train(net, X, Y, rate=0.1, steps=100, clip=c) for c in (None, _clip(1.0), lambda g: clip_each(g, 0.1))
    )
    changed, by_listing = (int(np.sum(free.network.parameters != other.network.parameters)) for other in (cut, listing))
    return Evidence(
        changed == 0
        and by_listing > 0.9 * free.network.parameters.size
        and free.norms.max() < 1
        and listing.losses[-1] > free.losses[-1] - 1e-4
        and free.losses[-1] > 2.29,
        f"Ten sigmoid layers, N(0, 1/n), rate 0.1<!--exact-->, 100 steps. Threshold 1 on the global norm: the largest of all gradients has the norm "
        f"{free.norms.max():.2f}, so none is cut, and {changed} of {free.network.parameters.size:,} parameters differ from the run "
        f"without clipping. The listing's 0.1<!--exact--> per tensor does cut, and more than 90<!--exact--> % differ; the loss is {listing.losses[-1]:.3f} with it and "
        f"{free.losses[-1]:.3f} without. (A gradient that only too long a step makes vanish is another case: the next claim.)",
    )


def _wells(rule):
    """Where 41 walks on (x² − 1)² + 0.3 x end, 200 steps at rate 0.05: (how many in the worse minimum, the largest last slope)."""
    x = np.linspace(-2, 2, 41)

    def slope(x):
        return 4 * x * (x**2 - 1) + 0.3

    for _ in range(200):
        x = x - 0.05 * np.concatenate([rule([g[None]])[0] for g in slope(x)])
    return int(np.sum(x > 0)), float(np.abs(slope(x)).max())


def _kept_by_long_steps(rule):
    """‖∂W₁‖ after 20 steps at rate 100, as a share of what it was at the start, in three sigmoid networks."""
    starts = [_net("sigmoid", "lecun_normal", 4, seed) for seed in range(3)]
    ends = [train(net, X, Y, rate=100.0, steps=20, clip=rule).network for net in starts]
    sizes = [[np.linalg.norm(_gradients(net)[0]) for net in nets] for nets in (starts, ends)]
    return np.divide(*sizes[::-1])


def _at_a_minimum():
    (free, flat), (cut, still) = _wells(lambda g: g), _wells(_clip(1.0))
    tiny, little, much = 10**-12, 0.01, 0.4
    lost, kept = _kept_by_long_steps(None), _kept_by_long_steps(_clip(0.01))
    return Evidence(
        max(flat, still) < tiny and cut >= free > 0 and lost.max() < little and kept.min() > much,
        f"The half that holds is the step. Four hidden sigmoid layers of 30, N(0, 1/n), 20 steps at a rate of 100, three networks: without a "
        f"clip the gradient of W₁ ends below {little:.0%} of what it was, with a threshold of 0.01<!--exact--> it keeps more than {much:.0%}. Minima it leaves as they are: "
        f"(x² − 1)² + 0.3<!--exact--> x has two. Of 41 walks from −2 to 2, rate 0.05<!--exact-->, {free} end in the worse one without a clip and {cut} with "
        f"a clip at 1, all with a slope below 10^{{{np.log10(tiny):.0f}}}: clipping leads past no minimum, and lengthens no slope that vanishes there.",
    )


def _absolute_value():
    text, listing = clip_value([PAIR], 0.1)[0], clip_each([PAIR], 0.1)[0]
    turned = [float(angle(cut, PAIR)) for cut in (text, listing)]
    return Evidence(
        turned[0] > 40 and turned[1] < 1e-6,
        f"That is one rule in use, a cut by value; its own listing follows another. From (3, 0.1)<!--exact--> and threshold 0.1<!--exact--> the text makes ({text[0]:.1f}, {text[1]:.1f}), turned by "
        f"{turned[0]:.0f}°; the listing makes ({listing[0]:.3f}, {listing[1]:.4f}), turned by {turned[1]:.0f}°.",
    )


def _listing():
    gradients = _gradients(_net("relu", "he_normal", 5))
    cut = clip_each(gradients, 0.1)
    total, turned = np.linalg.norm(_flat(cut)), float(angle(_flat(cut), _flat(gradients)))
    return Evidence(
        0.1 < total <= 0.1 * sqrt(len(cut)) * (1 + 1e-12) and turned > 10,
        f"0.1<!--exact--> is the maximum for each tensor. Its own two allow {0.1 * sqrt(2):.3f} in all; a ReLU network with {len(cut)} tensors keeps "
        f"{total:.2f}, {total / 0.1:.1f} times the “maximum”, and the gradient as a whole is turned by {turned:.0f}°.",
    )


def _magnitude():
    start, moved = _net("relu", "he_normal", 5), {}
    for name, rule in (("all parameters", clip_global), ("each tensor", clip_each), ("each entry", clip_value)):
        after = train(start, X, Y, rate=0.01, steps=1, clip=lambda g, rule=rule: rule(g, 0.1)).network
        moved[name] = float(np.linalg.norm(after.parameters - start.parameters)) / 0.01
    whole, *others = moved.values()
    before = float(np.linalg.norm(_flat(_gradients(start))))
    return Evidence(
        before > 1 and np.isclose(whole, 0.1, rtol=1e-9, atol=0) and min(others) > 0.3,
        f"Holds when the magnitude is one norm over all parameters. A ReLU network (64–30×5–10) with a gradient of {before:.2f} takes one step with the "
        f"threshold 0.1<!--exact-->; the length of the step, divided by the rate, is "
        + ", ".join(f"{length:.2f} (magnitude of {name})" for name, length in moved.items())
        + ". The document does not say which.",
    )


def _between_two_thresholds():
    gradients = _gradients(_net("relu", "he_normal", 5))
    cut = _flat(clip_value(gradients, 0.002))
    turned = float(angle(cut, _flat(gradients)))
    return Evidence(
        turned > 40 and np.linalg.norm(cut) > 0.05,
        f"The formula is a cut by value, which bounds the norm only loosely: {cut.size:,} entries within ±0.002<!--exact--> have the norm {np.linalg.norm(cut):.2f}, {np.linalg.norm(cut) / 0.002:.0f} "
        f"times the threshold, and the gradient is turned by {turned:.0f}°.",
    )


def _badly_set():
    high, low = 0.6, 0.25
    found = {
        limit: _accuracy(train(_net("relu", "he_normal", 5), X, Y, rate=0.1, steps=60, clip=_clip(limit)).network)
        for limit in (0.001, 1.0)
    }
    return Evidence(
        found[0.001] < low and found[1.0] > high,
        f"Holds when the threshold is far too low. ReLU network 64–30×5–10, N(0, 2/n), rate 0.1<!--exact-->, 60 steps: more than {high:.0%} of the test digits are "
        f"right with a threshold of 1, fewer than {low:.0%} with 0.001<!--exact-->.",
    )


def _claim(identity, section, claim, verdict, evidence):
    return Claim(identity, identity[:2], section, claim, verdict, evidence, chapter=10)


CLAIMS = [
    _claim(
        "D1-clip-against-explosion",
        "梯度爆炸的解决方法",
        "A gradient beyond a threshold is forced back into the range; this prevents exploding gradients.",
        "half true",
        _against_explosion,
    ),
    _claim(
        "D2-clip-against-vanishing",
        "3.1",
        "Gradient clipping is a common technique that solves the vanishing-gradient problem.",
        "false",
        _against_vanishing,
    ),
    _claim(
        "D2-clip-at-minima",
        "3.1",
        "Clipping avoids the vanishing gradients of local minima, and those of a badly set step size.",
        "half true",
        _at_a_minimum,
    ),
    _claim(
        "D2-clip-absolute-value",
        "3.1",
        "It is implemented by comparing the absolute value with the threshold and setting it to the threshold.",
        "half true",
        _absolute_value,
    ),
    _claim(
        "D2-clip-listing",
        "4.1",
        "The listing's loop sets the maximum of the gradient, its norm, to 0.1<!--exact-->.",
        "half true",
        _listing,
    ),
    _claim(
        "D3-clip-magnitude",
        "fix 6",
        "If the gradient exceeds the threshold, set its magnitude to the threshold.",
        "depends",
        _magnitude,
    ),
    _claim(
        "D4-clip-limits",
        "4.3.2",
        "Clipping limits the norm of the gradient, by g_{l} = clip(g_{l}, α, β).",
        "half true",
        _between_two_thresholds,
    ),
    _claim(
        "D4-clip-badly-set",
        "3.3.2",
        "A badly set threshold may limit the performance of the model.",
        "true",
        _badly_set,
    ),
]

"""Chapter 10: gradient clipping. Four rules, the direction they keep, what a limit can and cannot do, and the bug it hides."""

from functools import cache
from math import atan, degrees, sqrt

import numpy as np

from companion.chapters.clipping.clipped import train
from companion.data import digits
from companion.fixes.clipping import clip_each, clip_global, clip_value
from companion.network import Network
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option


@cache
def _changed_parameters():
    """How many parameters of a vanishing network differ after 100 steps with and without a clip at 1."""
    sizes, rng = [64] + [30] * 9 + [10], np.random.default_rng(0)
    net = Network.random(sizes, activation="sigmoid", initialization="lecun_normal", rng=rng)
    x, y = digits().train_x[:, :300], digits().train_y[:300]
    free, cut = (train(net, x, y, rate=0.1, steps=100, clip=c) for c in (None, lambda g: clip_global(g, 1.0)))
    return np.sum(free.network.parameters != cut.network.parameters)


def _turn(p, q, limit):
    return degrees(atan(min(q, limit) / min(p, limit)) - atan(q / p))


def _turn_by_cosine(p, q, limit):
    cut = min(p, limit), min(q, limit)
    long, left = sqrt(p**2 + q**2), sqrt(cut[0] ** 2 + cut[1] ** 2)
    return np.degrees(np.arccos(p / long * (cut[0] / left) + q / long * (cut[1] / left)))  # of 1 + 2e-16: NaN


def _turn_inputs(rng):
    drawn = [(p, p * share) for p, share in rng.uniform(0.1, 1, size=(3, 2))]
    cases = [(p, q, 0.5 * (p + q)) for p, q in drawn] + [(p, q, 0.4 * q) for p, q in drawn]
    return [(3.0, 0.1, 0.1), (3.0, 0.1, 5.0), *cases]


def _clip_inputs(rng):
    long = [rng.normal(size=(4, 3)), rng.normal(size=(4, 1)), 5 * rng.normal(size=(2, 4))]
    short = [1e-3 * g for g in long]
    return [(long, 1.0), (short, 1.0), ([1e200 * g for g in long], 0.5)]


def _naive(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * min(1.0, limit / norm) for g in gradients]


def _always(gradients, limit):
    largest = max(np.abs(g).max() for g in gradients)
    norm = largest * np.sqrt(sum(np.sum((g / largest) ** 2) for g in gradients))
    return [g * (limit / norm) for g in gradients]


def _always_naive(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * (limit / norm) for g in gradients]


def _each_naive(gradients, limit):
    return [g * min(1.0, limit / np.sqrt(np.sum(g**2))) for g in gradients]


def _added(gradients, limit):
    norm = sum(np.linalg.norm(g) for g in gradients)
    return [g * min(1.0, limit / norm) for g in gradients]


def _way():
    """How far the healthy networks of round 4 end from their start, the shortest of three ways."""
    x, y = digits().train_x[:, :300], digits().train_y[:300]
    starts = [
        Network.random(
            [64] + [30] * 5 + [10], activation="relu", initialization="he_normal", rng=np.random.default_rng(seed)
        )
        for seed in range(3)
    ]
    ends = [train(net, x, y, rate=0.1, steps=100).network for net in starts]
    return min(np.linalg.norm(end.parameters - net.parameters) for net, end in zip(starts, ends, strict=True))


NUMBERS = {
    "three": lambda: 0.1 * sqrt(3),
    "step": lambda: 0.1 * 0.001,
    "farthest": lambda: 1000 * 0.1 * 0.001,
    "way": _way,
    "before": lambda: degrees(atan(0.1 / 3)),
    "turned": lambda: _turn(3.0, 0.1, 0.1),
}

EXERCISES = [
    Guess(
        "ch10-guess",
        "Clip a gradient that vanishes",
        r"""A sigmoid network of ten layers (64–30–…–30–10, 9,700 parameters, weights $N(0, 1/n)$) learns to read 300 digits, and
its gradient vanishes. Train it twice from the same weights, 100 steps at rate 0.1<!--exact-->: once with plain gradient descent, once with
every gradient clipped to a norm of at most 1, the remedy that D2 lists first *against vanishing*.

How many of the 9,700 parameters are different in the end, by even one bit?""",
        answer=_changed_parameters,
        unit="parameters",
        comment="A rule that only ever makes long gradients shorter has nothing to say to short ones.",
        purpose="Commit to a number before you see one.",
    ),
    Number(
        "ch10-q-three-tensors",
        "Three tensors, one threshold",
        r"""A model has three parameter tensors. D2's listing clips each tensor's gradient to a norm of at most $\tau = 0.1$<!--exact-->. How long
can the gradient of the whole model be after that?""",
        answer=lambda: 0.1 * sqrt(3),
        rtol=0.01,
        mistakes=(
            Mistake(
                0.1,
                "That would be one factor for all of them, computed from the norm over all. The listing's loop has a norm for each.",
            ),
            Mistake(
                lambda: 0.3,
                "Lengths do not add: the three tensors are different coordinates of one long vector, so their squares add.",
            ),
            Mistake(
                lambda: 0.1 / sqrt(3),
                "Each tensor may be 0.1<!--exact--> long by itself; together they are longer than that, not shorter.",
            ),
            Mistake(0.03, "These are the three squares added; the length is the root of that."),
        ),
        hints=(
            "The gradient of the model is one vector that holds the entries of all three tensors.",
            "$\\|g\\|^2 = \\|g_1\\|^2 + \\|g_2\\|^2 + \\|g_3\\|^2$, and each term can be as large as $\\tau^2$.",
        ),
        solution=r"""$\|g\|^2 = \|g_1\|^2 + \|g_2\|^2 + \|g_3\|^2 \le 3\tau^2$, so the length can be
$\tau\sqrt3 \approx 0.173$<!--=three-->. With $m$ tensors it is $\tau\sqrt m$: a threshold tuned on a small model means something else in a deeper
one.""",
        purpose="Reads a loop over parameters for what it bounds.",
    ),
    Choice(
        "ch10-q-lower",
        "A lower threshold, to be safe",
        r"""A run (rate 0.1<!--exact-->, global norm at most 1) goes well; one step in twenty is cut. A colleague lowers the threshold to 0.001<!--exact-->, “to
be on the safe side”. What happens?""",
        options=[
            Option(
                "nothing much: the gradients keep their direction, and that is what counts",
                advice="The direction is kept. But what is the longest step now, rate × threshold, and how far is it to go?",
            ),
            Option(
                "it crawls: every step is cut, and 1,000 steps cannot go farther than 0.1<!--=farthest-->",
                correct=True,
                advice="Rate × threshold × steps bounds the whole way. Too low a threshold is a learning rate near zero.",
            ),
            Option(
                "it becomes unstable: the cut gradients point the wrong way",
                advice="One factor for all entries turns nothing. Cutting by value would.",
            ),
            Option(
                "it is safer, and only a little slower",
                advice="By how much? A step was typically rate × gradient; compare its length with rate × 0.001<!--exact-->.",
            ),
        ],
        hints=(
            "How long is a step whose gradient has been cut to 0.001<!--exact-->, at a rate of 0.1<!--exact-->?",
            "After $K$ steps the parameters are at most $K \\eta \\tau$ away from where they started.",
        ),
        solution=r"""Each step is at most $\eta\tau = 0.0001$<!--=step--> long, so 1,000 of them move the parameters by at most $0.1$<!--=farthest-->; the networks of
round 4 end more than 3<!--above=way--> away from their start. The cut is no longer a safety net but the learning rule: all gradients get the same
length.""",
        purpose="A limit on the step is a limit on the way.",
    ),
    Code(
        "ch10-d-turn",
        "By how much does a cut by value turn?",
        r"""A gradient has two entries, $g = (p, q)$ with $0 < q \le p$. Each is cut to at most $\tau$. Derive the angle, in degrees,
between $g$ and what is left of it, for *every* $\tau > 0$.""",
        stub="def turn(p, q, limit):\n    ...",
        reference=_turn,
        inputs=_turn_inputs,
        rtol=1e-9,
        mistakes=(
            Mistake(
                lambda p, q, limit: degrees(atan(min(q, limit) / min(p, limit))),
                "This is the direction of the cut gradient, measured from the first axis. g was not on the axis: subtract its own angle.",
            ),
            Mistake(
                lambda p, q, limit: atan(min(q, limit) / min(p, limit)) - atan(q / p),
                "Right, in radians; degrees are asked for.",
            ),
            Mistake(
                lambda p, q, limit: degrees(atan(q / min(p, limit)) - atan(q / p)),
                "You cut p only. Below τ = q the second entry is cut too, and the angle stops growing.",
            ),
            Mistake(
                lambda p, q, limit: degrees(atan(q / limit) - atan(q / p)),
                "You cut always. What is within the limit stays as it is: an entry becomes min(entry, τ).",
            ),
            Mistake(
                lambda p, q, limit: degrees(atan(q / p) - atan(min(q, limit) / min(p, limit))),
                "Size right, sign wrong: the cut gradient is farther from the first axis than g.",
            ),
            Mistake(
                lambda p, q, limit: 0.0,
                "That is the cut by the norm: both entries shrink by one factor. Here each is cut for itself.",
            ),
            Mistake(
                _turn_by_cosine,
                "Right, until the angle is 0: there arccos loses half of its digits, and a cosine that rounds to just above 1 gives NaN. "
                "Take the difference of two arctans.",
            ),
        ),
        hints=(
            "The angle of a vector with the first axis is $\\arctan$ of second entry over first. Take it before and after the cut.",
            "After the cut the entries are $\\min(p, \\tau)$ and $\\min(q, \\tau)$: three cases, one formula.",
        ),
        solution=r"""$$\varphi(\tau) = \arctan\frac{\min(q, \tau)}{\min(p, \tau)} - \arctan\frac qp .$$

For $\tau \ge p$ nothing happens. Between $q$ and $p$ the first fraction is $q/\tau$ and grows. Below $q$ it is 1: the cut gradient
lies on the diagonal, whatever $g$ was. For $(3, 0.1)$<!--exact--> at $\tau = 0.1$<!--exact--> that is 45° <!--exact-->less 1.9°<!--=before-->, 43.1°<!--=turned-->.

```python
def turn(p, q, limit):
    before = np.arctan(q / p)
    after = np.arctan(min(q, limit) / min(p, limit))
    return np.degrees(after - before)
```""",
        purpose="Derives what the figure of round 1 shows for one threshold.",
    ),
    Number(
        "ch10-d-summed",
        "The same run in disguise",
        r"""By mistake, a loss is *summed* over its 300 examples instead of averaged. The gradients are clipped by global norm at
$\tau = 1$ and the rate is 0.1<!--exact-->. Written with the right, averaged gradient $g$, every step of this run is again a clipped step
$-\eta' \min(1, \tau'/\|g\|)\, g$. Which threshold $\tau'$ does it really use?""",
        answer=lambda: 1 / 300,
        rtol=0.01,
        mistakes=(
            Mistake(
                1.0,
                "That is the threshold for the summed gradient, which is 300<!--exact--> times as long as the right one.",
            ),
            Mistake(300.0, "The summed gradient 300 g is cut where ‖300 g‖ > 1. Solve that for ‖g‖."),
            Mistake(
                30.0,
                "This is the rate η′ = 300 × 0.1<!--exact-->. The threshold is asked for: when is 300 ‖g‖ above 1?",
            ),
            Mistake(lambda: 0.1 / 300, "The rate does not enter the condition for a cut: 300 ‖g‖ > 1."),
        ),
        hints=(
            "Put $300\\,g$ for the gradient into $-\\eta \\min(1, \\tau/\\|\\cdot\\|)\\,(\\cdot)$.",
            "$0.1\\,\\min(1, \\tfrac{1}{300\\|g\\|})\\,300\\,g = 30\\,\\min(1, \\tfrac{1/300}{\\|g\\|})\\,g$<!--exact-->.",
        ),
        solution=r"""$-0.1\,\min\bigl(1, \tfrac{1}{300\|g\|}\bigr)\,300\,g = -30\,\min\bigl(1, \tfrac{1/300}{\|g\|}\bigr)\,g$<!--exact-->: the rate is 30 and
the threshold 1/300. Their product, the longest step, is still 0.1<!--exact-->, and this is why the mistake stays hidden: practically every step
is cut, and a cut step does not depend on the factor.""",
        purpose="Sees what a clip makes of a factor that should not be there.",
    ),
    Code(
        "ch10-c-global",
        "Clip by global norm",
        r"""`gradients` is a list of arrays. Return a new list in which all of them are multiplied by *one* factor, so that the norm over
all entries is at most `limit`. A gradient within the limit comes back as it was. It must also be right for entries of $10^{200}$<!--exact-->,
whose squares overflow.""",
        stub="def clip(gradients, limit):\n    ...",
        reference=clip_global,
        inputs=_clip_inputs,
        rtol=1e-9,
        mistakes=(
            Mistake(
                _always,
                "You scale every gradient to the limit, also those that are shorter: the factor must never be above 1.",
            ),
            Mistake(
                _always_naive,
                "Two things: the factor must never be above 1 (short gradients come back as they were), and the square of 10^{200}<!--exact--> is ∞.",
            ),
            Mistake(
                clip_each,
                "A factor for each array turns the gradient as a whole. One norm over all arrays, one factor.",
            ),
            Mistake(
                _each_naive,
                "A factor for each array turns the gradient as a whole: one norm over all arrays. And 10^{200}<!--exact--> squared is ∞.",
            ),
            Mistake(
                clip_value, "You cut each entry. Here all entries shrink by one factor, so that the direction stays."
            ),
            Mistake(
                _naive,
                "Right, until a square overflows: then the norm is ∞ and the factor 0, the whole step is lost. "
                "Divide by the largest entry first.",
            ),
            Mistake(_added, "Norms of parts do not add up to the norm of the whole; their squares do."),
        ),
        hints=(
            "The norm over all arrays is the root of the sum of *all* squared entries, and the factor is `min(1, limit / norm)`.",
            "With `m` the largest absolute entry, $\\|g\\| = m\\,\\|g/m\\|$: nothing in $g/m$ is above 1, so nothing overflows.",
        ),
        solution=r"""One norm, one factor, never above 1, and the largest entry taken out before anything is squared:

```python
def clip(gradients, limit):
    m = max(np.abs(g).max() for g in gradients)
    norm = m * np.sqrt(sum(np.sum((g / m) ** 2) for g in gradients))
    factor = min(1.0, limit / norm)
    return [g * factor for g in gradients]
```

(If all entries are 0 there is nothing to clip; the package's version takes care of that case too.)""",
        purpose="The rule that nearly everybody uses, in four lines that do not overflow.",
    ),
    Choice(
        "ch10-i-hidden-bug",
        "The bug that clipping hides",
        r"""Repeat the run with the summed loss from *Where it breaks*, and beside it the correct run:
`train(healthy(seed), x, y, rate=0.1, steps=100, clip=summed)` and the same with `clip=at(1.0)`, for a few seeds. Compare what a training log would show: final loss, accuracy, longest step, and the norms
before the clip (those of the wrong run are 300<!--exact--> times the `norms` recorded, since the factor sits inside the clip).

Which entry of the log gives the bug away, in every seed?""",
        options=[
            Option(
                "the final loss: it is higher with the bug",
                advice="Look again, over several seeds. The wrong run often ends *lower*: its steps stay long where the right ones get short.",
            ),
            Option(
                "the accuracy on the test digits",
                advice="Measure it, over several seeds: the two differ by a few per cent, and now the one is better, now the other.",
            ),
            Option(
                "the longest step",
                advice="Rate × threshold in both: this is exactly what the clip bounds. The correct run takes such steps too.",
            ),
            Option(
                "the norms before the clip: at the first step 300<!--exact--> times those of the right run, and every step is cut",
                correct=True,
                advice="Log the norm before the clip, and the share of steps that were cut. A clip that always acts hides something.",
            ),
        ],
        hints=(
            "Which of these numbers does the clip itself determine? Those cannot tell you anything.",
            "`train` records `norms`, measured before the clip. Compare the share above 1 in both runs.",
        ),
        solution=r"""Loss, accuracy and step look healthy, or better. The norm before the clip does not: it is hundreds at the first step,
and every step is cut, where the right run needs the clip for some of its steps (with one seed for none, with another for
most; never for all). So log both. If every step is cut, look for the reason first: a missing mean, for example, or a threshold far below the usual norm. A lower rate hides it further: it shortens the steps, not the gradients.""",
        purpose="Learns which number to log before a clip is trusted.",
    ),
]

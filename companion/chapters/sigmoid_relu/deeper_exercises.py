"""Chapter 5, the deeper page: the law of the width, slopes that keep their tail, dead units."""

from math import pi, sqrt

import numpy as np

from companion import theory
from companion.activations import ACTIVATIONS
from companion.practice.checker import Code, Mistake, Number


def _textbook(z):
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


def _slope_inputs(rng):
    return [(rng.normal(size=6),), (np.array([-800.0, -700, -40, 0, 40, 700, 800]),)]


def _dead_inputs(rng):
    batches = [rng.normal(size=(20, size)) for size in (3, 2, 4)]
    for z in batches:
        z[:6] = -np.abs(z[:6])  # six dead units
    batches[1][6:9] = -1  # three that are off in one batch
    batches[2][5] = 0  # z = 0 is off: ReLU's slope there is 0
    return [(batches,), (batches[:2],)]


def _dead_share(batches):
    return np.mean(np.all(np.concatenate(batches, axis=1) <= 0, axis=1))


NUMBERS = {
    "tanh_growth": lambda: sqrt(4 / (3 * sqrt(2 * pi)) * sqrt(100)),
}

EXERCISES = [
    Number(
        "ch05-d-tanh-width",
        "The width law of tanh",
        r"""Give tanh layers $N(0, 1)$ weights and no biases. For large width, $\chi \to c\,\sqrt n$, as it does for the sigmoid
with $c = 1/(6\sqrt\pi)$. Derive $c$ for tanh.""",
        answer=lambda: theory.chi("tanh", 1e4, 0.0) / 1e4,  # n = 10^8; the limit is (4/3) / sqrt(2 pi)
        rtol=0.01,
        mistakes=(
            Mistake(
                lambda: 1 / (6 * sqrt(pi)),
                "That is the sigmoid's. Two things change: the integral of f′², and the mean square of a.",
            ),
            Mistake(
                lambda: 2 / sqrt(2 * pi),
                "You integrated f′ (that gives f(∞) − f(−∞) = 2). The mean square needs the integral of f′².",
            ),
            Mistake(
                lambda: 4 / 3 / sqrt(pi),
                "You kept the sigmoid's q = n/2. A saturated tanh is −1 or 1, and its square is 1 in both cases.",
            ),
            Mistake(
                1.0,
                "You used the steepest slope, E f′² = 1. Nearly all units are saturated: average over the few that are not.",
            ),
            Mistake(
                lambda: 4 / 3,
                "The integral is right. It still has to be multiplied by the density of z at 0, which is 1/√(2πq).",
            ),
        ),
        hints=(
            "Follow the three steps of the law for the sigmoid: how large is $q$, what is the density of $z$ near 0, what is "
            "$\\int f'(u)^2\\,du$?",
            "With $t = \\tanh u$: $f' = 1 - t^2$ and $dt = f'\\,du$, so $\\int f'^2\\,du = \\int_{-1}^{1} (1 - t^2)\\,dt$.",
        ),
        solution=r"""Almost every unit is saturated, so $a^2 \approx 1$ and $q \approx n$ (for the sigmoid it was $n/2$). The
density of $z$ near 0 is $1/\sqrt{2\pi q} = 1/\sqrt{2\pi n}$. The integral is $\int_{-1}^{1}(1-t^2)\,dt = \tfrac43$. So

$$\chi \approx n \cdot \frac{1}{\sqrt{2\pi n}} \cdot \frac43 = \frac{4}{3\sqrt{2\pi}}\,\sqrt n .$$

At $n = 100$ that is a growth of 2.3<!--=tanh_growth--> a layer: saturated, and exploding.""",
        purpose="Derives a law of your own, by the steps of the sigmoid's.",
    ),
    Code(
        "ch05-c-slope",
        "A slope that keeps its tail",
        r"""Write the slope of the sigmoid for an array `z`. It must be right to 12 digits at $z = \pm 40$ and $\pm 700$, and
finite at $\pm 800$.""",
        stub="def sigmoid_slope(z):\n    ...",
        reference=ACTIVATIONS["sigmoid"].slope,
        inputs=_slope_inputs,
        rtol=1e-12,
        mistakes=(
            Mistake(
                _textbook,
                "s(1 − s) is 0 from z = 37 on, where s rounds to 1 and 1 − s is lost. Write 1 − s(z) as s(−z).",
            ),
            Mistake(
                lambda z: (1 - np.tanh(z / 2) ** 2) / 4,
                "1 − tanh² loses its digits wherever tanh rounds to 1. Start from an exponential that is small there.",
            ),
            Mistake(
                lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
                "Right for z > 0, but exp(800) overflows and ∞/∞ is NaN. The slope is even: use exp(−|z|).",
            ),
            Mistake(lambda z: 1 / (1 + np.exp(-z)), "This is the sigmoid itself; its slope is asked for."),
        ),
        hints=(
            "$1 - s(z) = s(-z)$ holds exactly on paper. Which side keeps its digits at $z = 40$?",
            "With $e = \\exp(-|z|)$, never above 1, both factors are fractions of $1$, $e$ and $1 + e$.",
        ),
        solution=r"""$s(z)\,s(-z) = e/(1+e)^2$ with $e = \exp(-|z|)$: nothing is subtracted, and the exponential is at most 1.

```python
def sigmoid_slope(z):
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2
```""",
        purpose="Numbers that vanish in the formula, not in the network.",
    ),
    Code(
        "ch05-c-dead",
        "Off, or dead?",
        r"""A data set went through a ReLU layer in mini-batches. `batches` is a list of its pre-activations, each units ×
examples, $(n, B_i)$. Return the share of units that are dead for this data set: off ($z \le 0$) for *every* example.""",
        stub="def dead_share(batches):\n    ...",
        reference=_dead_share,
        inputs=_dead_inputs,
        mistakes=(
            Mistake(
                lambda batches: np.mean(np.concatenate(batches, axis=1) <= 0),
                "That is the share of unit–example pairs that are off, about one half in any healthy ReLU layer. "
                "A unit is dead only if it is off for every example.",
            ),
            Mistake(
                lambda batches: np.mean([np.mean(np.all(z <= 0, axis=1)) for z in batches]),
                "A unit that is off throughout one batch may be on in the next. First find the units that are off in all of "
                "them, then take the share; a mean over batches counts too many.",
            ),
            Mistake(
                lambda batches: np.mean(batches[0][:, 0] <= 0),
                "You looked at one example. Half of the units are off for it, and most of them are on for another one.",
            ),
            Mistake(
                lambda batches: np.mean(np.all(batches[-1] <= 0, axis=1)),
                "Only the last batch is left in your answer: combine it with the ones before.",
            ),
            Mistake(
                lambda batches: np.mean(np.all(np.concatenate(batches, axis=1) <= 0, axis=0)),
                "Wrong axis: this is the share of examples for which the whole layer is off. Units are rows.",
            ),
            Mistake(
                lambda batches: np.mean(np.all(np.concatenate(batches, axis=1) < 0, axis=1)),
                "At z = 0 ReLU's slope is 0 too: off means z ≤ 0.",
            ),
            Mistake(
                lambda batches: np.sum(np.all(np.concatenate(batches, axis=1) <= 0, axis=1)),
                "This counts the dead units; their share of the n units is asked for.",
            ),
        ),
        hints=(
            "Put the batches side by side first: `np.concatenate(batches, axis=1)` has all examples of a unit in one row.",
            "`np.all(…, axis=1)` asks one question of each row, that is of each unit.",
        ),
        solution=r"""A row is a unit; all of its examples, from all batches, must be off.

```python
def dead_share(batches):
    z = np.concatenate(batches, axis=1)  # (n, B)
    return np.mean(np.all(z <= 0, axis=1))
```""",
        purpose="The one measurement behind the words “dying ReLU”.",
    ),
]

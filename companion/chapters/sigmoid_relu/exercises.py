"""Chapter 5: sigmoid and ReLU. What one layer does to the blame; the deeper page has exercises of its own."""

import numpy as np

from companion import theory
from companion.activations import ACTIVATIONS
from companion.chapters.sigmoid_relu import deeper_exercises, questions
from companion.practice.checker import Choice, Code, Mistake, Number, Option, Order
from companion.propagation import profile
from companion.quadrature import gaussian_mean


def _flat_slopes():
    """The mean squared slope of a sigmoid layer with N(0, 1) weights, width 100, in layer 11: the widget's."""
    nets = profile(
        activation="sigmoid", initialization="standard_normal", depth=20, width=100, biases="drawn", seeds=8, batch=16
    )
    spread = 10 * np.median(nets.signal[:, 9])
    return gaussian_mean(lambda z: ACTIVATIONS["sigmoid"].slope(spread * z) ** 2)


NUMBERS = {
    "quarters": lambda: 0.25**19,
    "half": lambda: 0.5**19,
    "halved": lambda: theory.growth("relu", 1.0, 0.0) ** 19,
    "flat": lambda: 100 * _flat_slopes(),
    "flat_slopes": _flat_slopes,
}

EXERCISES = [
    *questions.QUESTIONS,
    Choice(
        "ch05-q-halving",
        "ReLU lets the gradient through",
        r"""A ReLU network has 20 wide layers, weights $N(0, 1/(2n))$, no biases. The slope is 1 wherever a unit is on. What is
rms $\delta_1$ / rms $\delta_{20}$, typically (the blame at layer 1 against that at layer 20)?""",
        options=[
            Option(
                "about 1: a slope of 1 changes nothing",
                advice="Only half of the units have the slope 1. What happens to the mean square if half of the entries become 0?",
            ),
            Option(
                "about 10^{-3}<!--=halved-->",
                advice="That is one loss of half the squares a layer. Here both take half: the weights and the slopes.",
            ),
            Option(
                "about 10^{-6}<!--=half-->",
                correct=True,
                advice="A quarter of the mean square stays in each layer, so half of the rms, 19<!--exact--> times.",
            ),
            Option(
                "about 10^{-11}<!--=quarters-->",
                advice="A quarter of the *mean square* stays in each layer. The rms is its root.",
            ),
        ],
        hints=(
            "Which share of the entries of $f'(z)$ is 1, and which is 0?",
            "A layer multiplies the mean square of $\\delta$ by $n\\,v$ times the mean squared slope. Here $n\\,v = \\tfrac12$.",
        ),
        solution=r"""The mean squared slope is ½, since $z$ is positive half of the time and its size does not matter. So
the factor is $\tfrac12 \cdot \tfrac12 = \tfrac14$ and the growth is ½ a layer, and nineteen of them are $2^{-19}$, about $10^{-5.7}$<!--=half-->.""",
        purpose="Squares first, the root at the end.",
    ),
    Order(
        "ch05-q-order",
        "Faintest first",
        r"""Five networks of 20 layers, width 100. Put them in order of what reaches layer 1, faintest first. You need only the factor of one layer,
$n\,v$ times the mean squared slope.""",
        items=(
            "sigmoid, weights N(0, 1/n)",
            "ReLU, weights N(0, 1/(3n))",
            "ReLU, weights N(0, 1/n)",
            "sigmoid, weights N(0, 1)",
            "ReLU, weights N(0, 1)",
        ),
        mistakes=(
            Mistake(
                (
                    "ReLU, weights N(0, 1)",
                    "sigmoid, weights N(0, 1)",
                    "ReLU, weights N(0, 1/n)",
                    "ReLU, weights N(0, 1/(3n))",
                    "sigmoid, weights N(0, 1/n)",
                ),
                "That is the right order from the other end: faintest first.",
            ),
            Mistake(
                lambda order: order[:2] == ("ReLU, weights N(0, 1/(3n))", "sigmoid, weights N(0, 1/n)"),
                "Compare one layer: ReLU with 1/(3n) has the factor 1/3 · 1/2 = 1/6, the sigmoid at best 1 · 1/16.",
            ),
            Mistake(
                lambda order: order.index("ReLU, weights N(0, 1/n)") < order.index("ReLU, weights N(0, 1/(3n))"),
                "Compare ReLU with 1/(3n) and ReLU with 1/n: the same function, and 1/(3n) is a third of the variance 1/n.",
            ),
            Mistake(
                lambda order: order.index("sigmoid, weights N(0, 1)") < order.index("ReLU, weights N(0, 1/n)"),
                "Saturated is not faint: the sigmoid with N(0, 1) is the flat network of your first guess. What was its factor?",
            ),
            Mistake(
                lambda order: order[0] != "sigmoid, weights N(0, 1/n)",
                "With N(0, 1/n) the sigmoid's factor is at most 1/16. None of the others is as small.",
            ),
            Mistake(
                lambda order: order[-1] != "ReLU, weights N(0, 1)",
                "N(0, 1) has the variance 1, whatever n is: n times 1 is 100<!--exact--> here. What is its factor?",
            ),
        ),
        hints=(
            "Write the factor of each: $n\\,v$ is 1, 1/3, 1, 100 or 100<!--exact-->.",
            "ReLU's mean squared slope is ½, the sigmoid's at most 1/16. With N(0, 1) the $z$ leave the place where it has that: its factor, 0.96<!--=flat-->, stands on this page.",
        ),
        comment="The factors: at most 1/16, then 1/6, 1/2, 0.96<!--=flat--> and 50<!--exact-->.",
        solution="The sigmoid: 1 · 1/16 at most. ReLU: 1/3 · 1/2, then 1 · 1/2, and 100 · 1/2<!--exact--> with N(0, 1). Between them the saturated sigmoid: 100 · 0.0096<!--=flat_slopes-->. Nineteen times each, the order is the same.",
        purpose="Neither the variance nor the function alone: their product decides.",
    ),
    Number(
        "ch05-q-half-slope",
        "A function of your own",
        r"""You invent $f(z) = z$ for $z > 0$ and $f(z) = z/2$ for $z \le 0$. Half of the $z$ are positive. Which $n\,v$ keeps the size of the blame?""",
        answer=1.6,
        mistakes=(
            Mistake(
                lambda: 1 / 0.75,
                "You took the mean of the slopes, ¾. Blame adds in squares: square each slope, then take the mean.",
            ),
            Mistake(
                lambda: 1 / 0.75**2,
                "You squared the mean. It is the other way round: square each slope, then take the mean.",
            ),
            Mistake(0.625, "That is the mean squared slope. What must it be multiplied by to give 1?"),
            Mistake(lambda: 1.6**0.5, "That is the root of n v; n v itself is asked for."),
            Mistake(1.25, "That is the sum of the two squares. Take their mean, and ask what makes up for it."),
            Mistake(2.0, "That is ReLU's. Your units are never quite off: ½ squared is ¼."),
            Mistake(
                0.8,
                "Two slopes are averaged here: half of the units have 1, half have ½. Divide the sum of the squares by 2.",
            ),
        ),
        hints=(
            "Of 1,000<!--exact--> units, 500<!--exact--> have the slope 1 and 500<!--exact--> the slope ½.",
            "The mean squared slope is $(1 + \\tfrac14)/2 = 5/8$.",
        ),
        solution=r"""The mean squared slope is $(1 + \tfrac14)/2 = \tfrac58$, so $n\,v = \tfrac85 = 1.6$<!--exact-->.""",
        comment="The mean squared slope is ⅝, and n v makes up for it.",
        purpose="The rule, for a function that stands in no table.",
    ),
    Number(
        "ch05-i-tanh-cross",
        "The width of a fixed 0.1<!--exact-->",
        r"""Much code found on the web draws its weights as `0.1 * randn`, that is from $N(0, 0.01)$<!--exact-->, at every width. A tanh
network is given these weights, no biases, and very many layers. The slope of tanh is at most 1. Below which width must the blame vanish,
whatever the $z$ are?""",
        answer=lambda: theory.critical_sigma_w("tanh", 0.0) ** 2 / 0.1**2,
        rtol=0.02,
        unit="units",
        mistakes=(
            Mistake(1, "One is what n v must be at least. Which n makes it 1, where v is 0.01<!--exact-->?"),
            Mistake(50, "It does vanish there, n v is ½. But up to which width is the factor surely below 1?"),
            Mistake(1_000, "0.1<!--exact--> squared is 0.01<!--exact-->. Which n makes n · 0.01<!--exact--> just 1?"),
            Mistake(
                10_000,
                "0.01<!--exact--> is the variance; the standard deviation is 0.1<!--exact-->. So n v = n/100.",
            ),
            Mistake(
                200,
                "There n v is 2<!--exact-->, and slopes below 1 can still be made up for, as in the widget. From which width down can "
                "they not, even if every slope is 1?",
            ),
            Mistake(10, "n/10 would be the sum of n equal weights. Random ones add in squares: n v = n/100."),
            Mistake(
                104,
                "That is about the width at which the sigmoid with N(0, 1) weights crosses. Here it is tanh with N(0, 0.01)<!--exact-->.",
            ),
        ),
        hints=(
            "What is $n\\,v$ at width $n$?",
            "The mean squared slope is at most 1, so the factor is at most $n\\,v$. When is that below 1?",
        ),
        solution=r"""The mean squared slope is at most 1, so the factor is at most $n\,v = n/100$. That is below 1 in every layer narrower than 100.""",
        comment="The factor is at most n v, which is n/100. With a fixed 0.1<!--exact--> the width alone decides.",
        purpose="The rule, for a habit found in much code.",
    ),
    Code(
        "ch05-c-factor",
        "The growth of a layer",
        r"""A layer of $n$ units is followed by one of the same width. The weights between them have the variance `variance`; `slopes` is an array of the $n$ slopes of the earlier layer. By how much is
the **size** (rms) of the blame multiplied on its way from the later layer to the earlier one, typically? (`growth(0.01, np.ones(100))` should give 1.)""",
        stub="def growth(variance, slopes):\n    ...",
        reference=lambda variance, slopes: np.sqrt(len(slopes) * variance * np.mean(slopes**2)),
        inputs=lambda rng: [(0.01, rng.random(100)), (0.5, np.array([1.0, 0, 0, 1])), (1 / 30, 0.25 * rng.random(30))],
        mistakes=(
            Mistake(
                lambda variance, slopes: len(slopes) * variance * np.mean(slopes**2),
                "That is the factor on the mean of the squares. The rms is its root.",
            ),
            Mistake(
                lambda variance, slopes: np.sqrt(len(slopes) * variance) * np.mean(slopes),
                "Square each slope before you take the mean: blame adds in squares.",
            ),
            Mistake(
                lambda variance, slopes: np.sqrt(variance * np.mean(slopes**2)),
                "One path is there, and n of them add up: the n is missing.",
            ),
            Mistake(
                lambda variance, slopes: np.sqrt(variance * len(slopes)),
                "The weights are there, the slopes are not.",
            ),
        ),
        hints=(
            "The factor: n times the variance times the mean of the squared slopes.",
            "`np.mean(slopes**2)`, and a root around the whole.",
        ),
        solution=r"""The rule of this page, with a root around it.

```python
def growth(variance, slopes):
    return np.sqrt(len(slopes) * variance * np.mean(slopes**2))
```""",
        purpose="The rule of this page as one line.",
    ),
    *deeper_exercises.EXERCISES,
]

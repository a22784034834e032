"""Chapter 14: what depth, width and pooling do to the blame."""

import numpy as np

from companion.chapters.depth_and_width import deeper_exercises, questions
from companion.chapters.depth_and_width.spread import log10_squares
from companion.practice.checker import Choice, Code, Mistake, Number, Option


def _narrowest(below=-2.0):
    """The smallest width at which the median squared blame through 19 hidden layers is above a hundredth."""
    widths = range(6, 40)
    medians = [np.median(log10_squares([n] * 19, networks=20_000, rng=np.random.default_rng(n))) for n in widths]
    return next(n for n, median in zip(widths, medians, strict=True) if median > below)


def _typical(widths):
    return np.exp(-2.5 * np.sum(1 / np.asarray(widths)))


def _mean_pool_backward(blame, k):
    return np.repeat(blame, k) / k


NUMBERS = {"narrowest": _narrowest}

EXERCISES = [
    *questions.QUESTIONS,
    Choice(
        "ch14-q-median",
        "One network of many",
        "A theory of some start says: “At any depth the mean squared blame at layer 1 is exactly what came in on top.” You build one "
        "network of 100 layers of 50 units by it. What do you expect of *yours*?",
        options=[
            Option(
                "About what came in: the theory says so.",
                advice="It says so of the mean of very many networks. Yours is one of them, and most lie far below the mean.",
            ),
            Option(
                "Much less than came in.",
                correct=True,
                advice="Depth over width is 2, so the middle network has about e^{−5} of it, less than a hundredth. Theories of "
                "starts are about means; your run is one draw.",
            ),
            Option("Much more than came in.", advice="That happens, but seldom: those few hold the mean up."),
            Option(
                "Exactly what came in, as there are no biases.",
                advice="Without biases the *mean* is exact. A single network scatters with every layer.",
            ),
        ],
        hints=[
            "Is “mean” a statement about every network?",
            "What is $L/n$ here, and what does the formula say of the median?",
        ],
        solution="$L/n = 100/50 = 2$<!--exact-->, so the median is about $e^{-5 \\cdot 2/2} = e^{-5} = 0.007$<!--exact-->. "
        "The theory is right, and your network is not the average one.",
        purpose="What is a theorem about the mean worth for one run?",
    ),
    Number(
        "ch14-q-widths",
        "Unequal layers",
        "Ten hidden layers of 20 units, then twenty of 100. How many layers of 100 units would lose as much blame in a typical network?",
        answer=70.0,
        unit="layers",
        rtol=0.001,
        mistakes=[
            Mistake(30.0, "That counts layers. A layer of 20 scatters five times as much as one of 100."),
            Mistake(50.0, "Those are the ten narrow ones alone. Add the twenty that have 100 units already."),
            Mistake(22.0, "A narrow layer counts *more* than a wide one, not less: 1/n."),
            Mistake(
                lambda: 100 * 30 / (2200 / 30),
                "You divided 30 layers by the mean width. Add 1/n layer by layer instead: the mean of 1/n is not 1 over the mean.",
            ),
            Mistake(0.7, "That is the sum of 1/n. How many layers of 100 have that sum?"),
        ],
        hints=[
            "Each layer counts with $1/n$. Add them up.",
            "$10/20 + 20/100 = 0.7$<!--exact-->. How many hundredths is that?",
        ],
        solution="$10/20 + 20/100 = 0.5 + 0.2 = 0.7$<!--exact-->, as with $70$<!--exact--> layers of 100.",
        purpose="Thirty layers, but what does each of them count?",
    ),
    Number(
        "ch14-q-pool",
        "Three times mean pooling",
        "A small network for pictures has three *mean* pooling layers of $2 \\times 2$ units, and between them layers that keep the "
        "squared blame on average. Which share of the *length* of the blame (the root of the squared blame) is left below?",
        answer=1 / 8,
        rtol=0.01,
        comment="A constant, paid once for each pooling layer, not for each layer.",
        mistakes=[
            Mistake(1 / 64, "That is the factor on the *squared* blame. The length is its root."),
            Mistake(0.5, "That is one pooling layer. There are three, and factors multiply."),
            Mistake(0.25, "That is one pooling layer, on the squared blame."),
            Mistake(1.5, "Factors multiply: ½ · ½ · ½."),
            Mistake(8.0, "Eight times smaller, yes. Which share is left?"),
            Mistake(64.0, "That many times smaller is the *square*. Take the root, and give the share that is left."),
            Mistake(1.0, "So it would be with max pooling, which hands all of it to one unit."),
            Mistake(3 / 4, "Factors multiply; three quarters would be three of four parts."),
        ],
        hints=[
            "One mean pooling of four units leaves ¼ of the *squared* blame.",
            "Three of them leave a sixty-fourth of the square.",
        ],
        solution="$\\left(\\tfrac14\\right)^3 = \\tfrac1{64}$ of the square, so $\\tfrac18 = 0.125$<!--exact--> of the length.",
        purpose="Pooling costs a constant; depth costs a power.",
    ),
    Number(
        "ch14-i-narrow",
        "How narrow?",
        "The course's own network has 19 hidden layers. Below about which width does a *typical* start of He's hand down less than a "
        "hundredth of the squared blame, so that it is called vanishing? (The formula is near enough; or try the widget.)",
        answer=_narrowest,
        rtol=0.3,
        atol=0.5,
        unit="units",
        comment="The formula gives about 10; narrow layers lose a little more than it says: measured 12<!--=narrowest--> (20,000<!--exact--> networks a width).",
        mistakes=[
            Mistake(64.0, "That is its own width: it hands down about half."),
            Mistake(5.0, "There even the coin's tails, 1 − s, is 0. Vanishing begins well before that."),
            Mistake(100.0, "Layers as wide as that lose a third or so in 19 steps. Much narrower."),
            Mistake(
                20.7, "There L/n is nearly 1, and the median a tenth. The exponent has a half: solve 5 · 19/(2n) = 4.6<!--exact-->."
            ),
        ],
        hints=["$e^{-4.6}$<!--exact--> is a hundredth.", "Solve $5 \\cdot 19/(2n) = 4.6$<!--exact--> for $n$."],
        solution="$5 \\cdot 19/(2n) = 4.6$<!--exact--> gives $n$ of about 10; narrow layers lose a little more than the formula says: "
        "measured 12<!--=narrowest-->.",
        purpose="A width below which even a fair start is faint.",
    ),
    Code(
        "ch14-c-typical",
        "The typical network",
        "Given the `widths` of all hidden layers, return the median squared blame that reaches layer 1 (of 1 on top), by the formula.",
        stub="def typical(widths):\n    ...",
        reference=_typical,
        inputs=lambda rng: [([50] * 50,), ([100] * 19 + [5],), (rng.integers(10, 200, size=30).tolist(),)],
        rtol=1e-9,
        mistakes=[
            Mistake(
                lambda widths: np.exp(-2.5 * len(widths) / np.mean(widths)),
                "That is L/n with the mean width: right only where all widths are equal. Each layer counts with its own 1/n.",
            ),
            Mistake(
                lambda widths: np.exp(-5 * np.sum(1 / np.asarray(widths))),
                "The exponent has a half: a *pair* of layers makes 1 − 5/n.",
            ),
            Mistake(
                lambda widths: np.exp(2.5 * np.sum(1 / np.asarray(widths))),
                "The typical network loses blame: the exponent is negative.",
            ),
            Mistake(
                lambda widths: 2.5 * np.sum(1 / np.asarray(widths)),
                "That is the exponent without its sign. The median is e to the power of minus that.",
            ),
            Mistake(
                lambda widths: -2.5 * np.sum(1 / np.asarray(widths)),
                "That is the exponent. The median is e to the power of it.",
            ),
            Mistake(
                lambda widths: np.exp(-0.5 * np.sum(1 / np.asarray(widths))),
                "The 5 is missing: a layer scatters by 5/n, not by 1/n.",
            ),
            Mistake(lambda widths: 1.0, "That is the mean over all networks. The typical one is asked for."),
        ],
        hints=[
            "Which number does each layer add to the exponent?",
            "$-\\tfrac52 \\sum_l 1/n_l$, with the widths one by one.",
        ],
        solution="$e^{-\\frac52 \\sum_l 1/n_l}$:\n\n```python\ndef typical(widths):\n    return np.exp(-2.5 * sum(1 / n for n in widths))\n```",
        purpose="One narrow layer must show in the answer.",
    ),
    Code(
        "ch14-c-mean-pool",
        "Back through mean pooling",
        "Each entry of `blame` is that of one output, the mean of `k` neighbours: inputs 0 to k − 1 made output 0, the next k output 1, "
        "and so on. Return the blame of all inputs, a row of `k * len(blame)` numbers.",
        stub="def mean_pool_backward(blame, k):\n    ...",
        reference=_mean_pool_backward,
        inputs=lambda rng: [(np.array([1.0, -2.0]), 4), (rng.standard_normal(5), 2), (rng.standard_normal(3), 3)],
        rtol=1e-12,
        mistakes=[
            Mistake(
                lambda blame, k: np.repeat(blame, k),
                "You forgot 1/k: nudge one input of k by 0.01<!--exact-->, and their mean moves by 0.01<!--exact-->/k only.",
            ),
            Mistake(
                lambda blame, k: np.tile(blame, k) / k,
                "The shares are right, their places are not: output 0 was made by the *first* k inputs (np.repeat, not np.tile).",
            ),
            Mistake(
                lambda blame, k: np.repeat(blame, k) / k**2,
                "1/k² is what happens to the square. Each input is told 1/k of the blame.",
            ),
            Mistake(
                lambda blame, k: np.repeat(blame, k) / np.sqrt(k),
                "1/√k is what happens to the length of them all. Each input is told 1/k.",
            ),
            Mistake(lambda blame, k: blame / k, "One number an output; there are k inputs to each: np.repeat."),
        ],
        hints=[
            "What does one of k inputs do to their mean?",
            "`np.repeat(blame, k)` gives each output's blame to its k inputs.",
        ],
        solution="Each of the k inputs moves the mean by 1/k of its own move:\n\n```python\ndef mean_pool_backward(blame, k):\n"
        "    return np.repeat(blame, k) / k\n```",
        purpose="The whole of mean pooling's way back in one line.",
    ),
    *deeper_exercises.EXERCISES,
]

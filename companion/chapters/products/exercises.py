"""Chapter 4: products of numbers, of matrices, and where they end."""

import numpy as np

from companion.chapters.products import deeper_exercises, questions
from companion.chapters.products.claims import two_part_deltas
from companion.practice.checker import Choice, Code, Mistake, Number, Option
from companion.propagation import profile
from companion.weights import INITIALIZATIONS


def _layers_to_a_tenth(factor=0.9):
    return int(np.ceil(np.log(0.1) / np.log(factor)))


def _good_level():
    """log10 rms ∂W, from the good start: the median of the layers of the middle one of 24 networks."""
    run = profile(activation="relu", initialization="he_normal", depth=20, width=64)
    return float(np.median(run.log10_weight_gradient[:, 0]))


def _level():
    return _good_level() + 19 * np.log10(0.7)


def _typical(factors):
    return np.exp(np.mean(np.log(factors)))


def _peak():
    deltas = two_part_deltas()
    return float(deltas.max() - deltas[0])


NUMBERS = {
    "level": _good_level,
    "level_log10": _good_level,
    "down_seven": lambda: -np.log10(0.7),
    "down_nineteen": lambda: -19 * np.log10(0.7),
    "low_level_log10": _level,
    "nine_threes": lambda: 9 * np.log10(3),
    "at_21": lambda: 0.9**21,
    "at_22": lambda: 0.9**22,
    "nine_tenths": lambda: np.log10(0.9),
    "uniform_growth": lambda: np.sqrt(300 * 0.1**2 * INITIALIZATIONS["uniform"].variance(300, 300)),
}

EXERCISES = [
    *questions.QUESTIONS,
    Choice(
        "ch04-q-small-weights",
        "All weights below a tenth",
        "A linear network (no activation) of width 300, every weight drawn evenly from $-0.1$<!--exact--> to $0.1$<!--exact-->. (Drawn evenly from $-c$ to $c$, a number has the variance $c^2/3$.) What happens to the blame over 10 layers?",
        options=[
            Option(
                "It vanishes: a product of numbers below a tenth is tiny.",
                advice="One product of ten weights is tiny indeed. But the blame is the sum over all paths through the layers. How many "
                "paths are there?",
            ),
            Option(
                "It keeps its size, about.",
                correct=True,
                advice="Width times variance decides: √(300 · 0.01<!--exact-->/3) = 1<!--=uniform_growth--> a layer, although no single weight reaches a tenth.",
            ),
            Option(
                "It explodes: 300 weights add up in every sum.",
                advice="They have random signs, so 300 terms add up to the size of √300 of them. Compute width times variance.",
            ),
            Option(
                "It cannot be said without the input.",
                advice="In a linear network the input does not enter the factors of the blame at all: no slope, only weights.",
            ),
        ],
        hints=[
            "One entry of $W^{\\mathsf T}\\delta$ is a sum of 300 terms. What is its variance?",
            "The variance of a weight is $0.1^2/3$<!--exact-->. Compare $n\\,v$ with 1.",
        ],
        solution="Each entry of $W^{\\mathsf T}\\delta$ has $n\\,v = 300 \\cdot 0.01/3 = 1$<!--=uniform_growth--> times the variance of $\\delta$. So the size "
        "stays, about. In a layer it is $n\\,v$ that is compared with 1, not the single weight.",
        purpose="Is a weight below 1 a factor below 1?",
    ),
    Number(
        "ch04-q-tenth",
        "How deep is too deep?",
        "Every layer hands down 0.9<!--exact--> of the blame that it gets. After how many layers is less than a tenth left, so that it is called vanishing?",
        answer=_layers_to_a_tenth,
        rtol=0.001,
        atol=0.05,
        unit="layers",
        mistakes=[
            Mistake(9, "You subtract nine tenths. Each layer takes a tenth of *what is left*."),
            Mistake(10, "You subtract ten tenths. Each layer takes a tenth of *what is left*."),
            Mistake(
                lambda: np.log(0.1) / np.log(0.9),
                "There a tenth is left, exactly, and there is no such layer. The next whole number of layers.",
            ),
            Mistake(23, "After 22 layers it is already less than a tenth. The first such layer is asked for."),
            Mistake(21, "After 21 layers a little more than a tenth is left. One more."),
        ],
        hints=[
            "0.9<!--exact--> to the power of how much is a tenth?",
            "Logs: $L\\,\\log_{10} 0.9 = -1$<!--exact-->, and $\\log_{10} 0.9 = -0.0458$<!--=nine_tenths-->.",
        ],
        solution="$0.9^{21} = 0.109$<!--=at_21--> and $0.9^{22} = 0.098$<!--=at_22-->: 22 layers.",
        purpose="A factor near 1 has a depth at which it stops being near 1.",
    ),
    Number(
        "ch04-q-level",
        "Layer 10, in the middle",
        "Twenty ReLU layers of 64 units, no biases, random inputs and a random blame on top. From the good start every layer is told about the same: the entries of its $\\partial W$ "
        "have the size $10^{-0.9}$<!--=level_log10--> (rms, measured). Now all weights are multiplied by 0.7<!--exact-->: each factor lies 0.155<!--=down_seven--> decades lower. "
        "Which power of ten is layer 10, in the middle, told now?",
        answer=_level,
        rtol=0.001,
        atol=0.1,
        unit="powers of ten",
        comment="(The page rounds where it starts, so you may have a little less.)",
        mistakes=[
            Mistake(
                lambda: _good_level() + 10 * np.log10(0.7),
                "You counted the ten layers above: that is the blame. The signal has come up through nine smaller layers below.",
            ),
            Mistake(
                lambda: _good_level() + 9 * np.log10(0.7),
                "You counted the nine layers below: that is the signal. The blame has come down through ten smaller layers above.",
            ),
            Mistake(
                lambda: 19 * np.log10(0.7),
                "By so much it lies lower than from the good start, which lies at -0.9<!--=level--> itself.",
            ),
            Mistake(
                lambda: _good_level() + np.log10(0.7),
                "That is one factor of 0.7<!--exact-->. How many layers, above and below, have a say in what layer 10 is told?",
            ),
            Mistake(lambda: 10 ** _level(), "If you mean a power of ten, type its exponent alone."),
            Mistake(
                _good_level,
                "That is the good start. Each of the other layers is a factor of 0.7<!--exact--> smaller now.",
            ),
        ],
        hints=[
            "What layer 10 is told is the blame, through ten layers above, times the signal, through nine layers below.",
            "Nineteen times 0.155<!--=down_seven--> decades down, from -0.9<!--=level-->.",
        ],
        solution="Ten layers above and nine below make $19 \\cdot 0.155 = 2.9$<!--=down_nineteen--> decades down: $10^{-3.9}$<!--=low_level_log10-->, "
        "and the same in every other layer.",
        purpose="Whichever layer you ask, nineteen others answer.",
    ),
    Number(
        "ch04-i-both",
        "One network, both diseases",
        "A ReLU network without biases, 20 layers of 100 units, is ill in two ways: layers 1 to 10 have He's weights *divided* by 3, layer 11 "
        "has He's weights, layers 12 to 20 have them *times* 3. By how many decades does the largest blame of all layers lie above $\\delta_1$? "
        "A prediction in your head is near enough. (On the deeper page it is built in twelve lines.)",
        answer=_peak,
        rtol=0.05,
        atol=0.2,
        unit="decades",
        comment="That is measured; nine factors of 3 are 4.3<!--=nine_threes-->, and random matrices scatter around it.",
        mistakes=[
            Mistake(
                lambda: 0.0,
                "You compared δ_{1} with δ_{20}: there the two diseases cancel. Look at the layers between.",
            ),
            Mistake(
                lambda: 10 * np.log10(3),
                "That is ten factors of 3. From layer 20 to layer 11 there are nine.",
            ),
            Mistake(3.0**9, "That is the factor, 3^{9}. In decades it is its log10."),
            Mistake(np.log10(3), "That is one factor of 3. How many are there between layer 20 and layer 11?"),
            Mistake(1.0, "One decade is two factors of 3, about. How many are there between layer 20 and layer 11?"),
            Mistake(lambda: -_peak(), "The other way round: by how much is the largest *above* δ_{1}?"),
            Mistake(
                lambda: 2 * _peak(),
                "That counts the way up and the way down. From δ_{1} to the peak there are nine factors of 3.",
            ),
            Mistake(lambda: _peak() * np.log(10), "That is the natural logarithm. Decades are powers of ten: log10."),
        ],
        hints=[
            "Go down from the top. In which layer is the blame largest?",
            "On the way from layer 20 to layer 11 the blame passes nine layers with a factor of 3; how many decades are nine factors of 3?",
        ],
        solution=f"From layer 20 down to layer 11, $\\delta$ grows by about $3^9$, {9 * np.log10(3):.1f} decades; from layer 10 down to layer 1 it shrinks by as much. "
        f"Measured: {_peak():.1f} decades. The two ends are alike, as if all were healthy, and yet the blame grows through half of the layers and shrinks through the others: "
        "look at the whole profile, not at its ends.",
        purpose="“One model can have vanishing and exploding gradients at once”: where does it do what?",
    ),
    Code(
        "ch04-c-typical",
        "The typical factor",
        "You are given many `factors`, all positive, all drawn in the same way. A long product of such factors has, per factor, the size $G$: "
        "the median product of $L$ of them is about $G^L$. Write the function that estimates $G$.",
        stub="def typical(factors):\n    ...",
        reference=_typical,
        inputs=lambda rng: [
            (np.array([0.1, 10.0]),),
            (np.abs(rng.standard_normal(1000)),),
            (rng.chisquare(2, size=1000) / 2,),
        ],
        rtol=1e-9,
        mistakes=[
            Mistake(
                np.mean,
                "That is the mean factor. A factor of 10 and one of ⅒ make 1, but their mean is 5. Take the mean of the *logarithms*.",
            ),
            Mistake(
                lambda factors: np.log(np.mean(factors)),
                "That is the log of the mean. What adds up along a product are the logs: mean of the log, then back with exp.",
            ),
            Mistake(
                lambda factors: np.mean(np.log(factors)), "That is ln G, the exponent per factor. Go back with exp."
            ),
            Mistake(
                lambda factors: np.sqrt(np.mean(np.square(factors))),
                "That is the root mean square: what the *mean square* of products follows, not the typical product.",
            ),
            Mistake(
                np.median,
                "The median of one factor is not the growth of a product of many: the logs add, so their mean counts.",
            ),
        ],
        hints=["What do you do with a product to make it a sum?", "The sum of $L$ logs is about $L$ times their mean."],
        solution="$\\ln \\prod_l f_l = \\sum_l \\ln f_l \\approx L \\cdot \\overline{\\ln f}$, so $G = e^{\\overline{\\ln f}}$, the geometric mean.\n\n"
        "```python\ndef typical(factors):\n    return np.exp(np.mean(np.log(factors)))\n```",
        purpose="The whole chapter in one line of code.",
    ),
    *deeper_exercises.EXERCISES,
]

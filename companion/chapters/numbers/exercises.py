"""Chapter 18: windows of formats, lost steps, and the first NaN."""

import numpy as np

from companion.chapters.numbers import deeper_exercises, questions
from companion.chapters.numbers.studies import layers
from companion.formats import FORMATS, underflow_depth
from companion.practice.checker import Choice, Code, Mistake, Number, Option

SHOWN = tuple(range(0, 25, 4))  # the powers of two that the widget multiplies the loss by
EIGHT, BRAIN = FORMATS["float8_e5m2"], FORMATS["bfloat16"]


def _rescue():
    """The smallest power of two in the widget at which less than a fifth of every layer's blame is 0 in float8_e5m2."""
    return next(k for k in SHOWN if layers("float8_e5m2", 2.0**k).zeros.max() < 0.2)


def _depth(exponent_bits, fraction_bits, factor):
    lowest = 2 - 2 ** (exponent_bits - 1)  # of the smallest normal number
    return int(np.ceil((lowest - fraction_bits - 1) / np.log2(factor)))


def _normal_depth(exponent_bits, fraction_bits, factor):
    return int(np.floor((2 - 2 ** (exponent_bits - 1)) / np.log2(factor))) + 1


def _whole_step_depth(exponent_bits, fraction_bits, factor):
    return int(np.floor((2 - 2 ** (exponent_bits - 1) - fraction_bits) / np.log2(factor))) + 1


NUMBERS = {
    "rescued_zeros": lambda: 100 * layers("float8_e5m2", 2.0 ** _rescue()).zeros.max(),
    "before_zeros": lambda: 100 * layers("float8_e5m2", 2.0 ** (_rescue() - 4)).zeros.max(),
    "eight_depth": lambda: underflow_depth(EIGHT, 0.25),
    "half_step": lambda: BRAIN.spacing(0.5) / 2,
}

EXERCISES = [
    *questions.QUESTIONS,
    Choice(
        "ch18-q-which",
        "Range or digits?",
        "Both have 16 bits. float16 spends five on the power of two and ten on digits, bfloat16 eight and seven. Your network's blame spans 20<!--exact--> decades from layer to layer, and its weights are kept in float32. Which format for the blame?",
        options=[
            Option(
                "float16: ten bits of digits keep the blame more exactly.",
                advice="They keep well what they can hold. But 20<!--exact--> decades do not fit into a window of 12.3<!--exact-->, at any scale of the loss.",
            ),
            Option(
                "bfloat16: its window is wide enough for 20<!--exact--> decades.",
                correct=True,
                advice="Its powers of two reach as far as float32's. With three digits fewer in binary every blame is off by up to 0.4 %<!--exact-->, which a direction bears well.",
            ),
            Option(
                "Either, if the loss is scaled.",
                advice="A scale moves all layers together. 20<!--exact--> decades stay 20<!--exact--> decades, and float16's window has 12.3<!--exact-->.",
            ),
        ],
        hints=["A scale moves the window. Does it widen it?", "float16's window is 12.3<!--exact--> decades wide."],
        solution="20<!--exact--> decades do not fit into 12.3<!--exact-->, whatever the scale. bfloat16 has float32's range, and needs no scale; its few digits hurt where small steps are *added* to weights, and those are in float32 here.",
        purpose="Two formats, two weaknesses.",
    ),
    Number(
        "ch18-d-eight",
        "The depth of eight bits",
        "float8_e5m2 has powers of two from $2^{-14}$ up, like float16, but only two bits of digits: four numbers between one power of two and the next. The blame begins at 1, and every layer hands down a quarter. After how many layers is it 0? "
        "(What lies exactly halfway between 0 and the last step is written as 0.)",
        answer=lambda: underflow_depth(EIGHT, 0.25),
        rtol=1e-6,
        atol=0.01,
        unit="layers",
        mistakes=[
            Mistake(8, "After 8 layers it is 2^{−16}, and that is the last step above 0: still there."),
            Mistake(
                7,
                "After 7 layers it is 2^{−14}, the smallest power of two. But below it the even steps go on down to 0: two bits more.",
            ),
            Mistake(13, "That is float16, with ten bits of digits. Here the steps below 2^{−14} are 2^{−16}."),
            Mistake(17, "2^{−17} is halfway between the last step and 0. But ¼ is 2^{−2}: two powers a layer."),
            Mistake(18, "That is the power of two. A quarter is two powers of two."),
            Mistake(6, "After 6 layers it is 2^{−12}: a plain number of the format."),
            Mistake(
                4,
                "That many numbers lie between two powers of two. How many quarters make 2^{−16}, and what comes then?",
            ),
            Mistake(10, "One less: after 9 layers it is 2^{−18} already."),
        ],
        hints=[
            "Between $2^{-14}$ and $2^{-13}$ the numbers are $2^{-14}/4$ apart, and so they are below, down to 0.",
            "The last step above 0 is $2^{-16}$. What is $(¼)^8$?",
        ],
        solution="Steps of $2^{-14}/4 = 2^{-16}$ lead down to 0. $(¼)^8 = 2^{-16}$ is the last of them, and $(¼)^9 = 2^{-18}$ is less than half of it: 9<!--=eight_depth--> layers.",
        purpose="The guess, in eight bits.",
    ),
    Number(
        "ch18-q-step",
        "The smallest step",
        "A weight of 0.5<!--exact--> is kept in bfloat16, which has 128 numbers, evenly spaced, from one power of two to the next. A step upwards moves it only if it is larger than what?",
        answer=lambda: BRAIN.spacing(0.5) / 2,
        rtol=0.03,
        mistakes=[
            Mistake(
                1 / 256,
                "That is the distance to the next number, 0.5<!--exact-->/128. Already a little more than *half* of it is rounded up.",
            ),
            Mistake(
                1 / 128,
                "That is the distance at 1. From 0.5<!--exact--> to 1 there are 128 numbers too, so they lie twice as close; and half a distance is enough.",
            ),
            Mistake(
                0.0005,
                "That is a healthy step, a thousandth of the weight. It is lost. How much larger would it have to be?",
            ),
            Mistake(1 / 1024, "Twice as large. The distance at 0.5<!--exact--> is 0.5<!--exact-->/128."),
        ],
        hints=[
            "How far is the next number above 0.5<!--exact-->?",
            "Half of that distance is where rounding changes its mind.",
        ],
        solution="From 0.5<!--exact--> to 1 there are 128 steps of $0.5/128 = 0.0039$<!--exact-->. A step of less than half of it, 0.00195<!--=half_step-->, is rounded away: 0.4 %<!--exact--> of the weight.",
        purpose="A healthy step is a thousandth of its weight. Is that enough?",
    ),
    Choice(
        "ch18-q-first",
        "The first that broke",
        "A run ends with a loss of NaN. You print the largest signal of each layer: layers 1 to 6 rise from 3 to $10^{33}$<!--exact-->, layer 7 has ∞, layers 8 to 20 have NaN. Where do you look first?",
        options=[
            Option(
                "At the loss: that is where NaN was seen.",
                advice="The loss is the last to hear of it. NaN spreads to everything above: go down to where it began.",
            ),
            Option(
                "At layer 8: it is the first with NaN.",
                advice="It only subtracted two infinities that layer 7 sent. What is wrong before that?",
            ),
            Option(
                "At the rise from layer 1 to layer 7.",
                correct=True,
                advice="The signal grows by 6.5<!--exact--> decades a layer until the format ends. NaN in layer 8, and the loss, are consequences.",
            ),
            Option("At layer 20: it is the last.", advice="Everything from layer 8 on is a consequence."),
        ],
        hints=["NaN travels upwards with the signal.", "What did layer 8 receive?"],
        solution="Look for the first thing that is not finite, and then for what led there: layer 7 overflowed because the signal grows by 6.5<!--exact--> decades a layer: $10^{33}$<!--exact--> becomes $10^{39.5}$<!--exact-->, and float32 ends at $10^{38.5}$<!--exact-->.",
        purpose="NaN is seen at the end and born at the beginning.",
    ),
    Number(
        "ch18-i-rescue",
        "A scale for eight bits",
        "In the widget: float8_e5m2, 20 layers. Which is the smallest of its powers of two at which less than a fifth of *every* layer's blame is 0? Give the exponent.",
        answer=_rescue,
        rtol=1e-6,
        atol=0.01,
        mistakes=[
            Mistake(0, "There all of the lower half is 0. Move the factor up and watch the blue line at layer 1."),
            Mistake(
                4, "There all of the lower layers are 0. Move the factor further up and watch the blue line at layer 1."
            ),
            Mistake(
                8,
                "There all of the lowest layers are 0. Move the factor further up and watch the blue line at layer 1.",
            ),
            Mistake(2.0**20, "Right, as a number. The exponent is asked for: 20."),
            Mistake(12, "There all of layer 1 is still 0. Look at the left end of the second picture."),
            Mistake(16, "There most of layer 1 is still 0. One stop further."),
            Mistake(24, "There nothing is 0, but at the top the blame is infinite; and there is a smaller one."),
        ],
        hints=["Look at layer 1: it is the faintest.", "The blue line at layer 1 must be below 0.2<!--exact-->."],
        solution="$2^{20}$: there 11<!--=rescued_zeros--> % of layer 1 is 0, at $2^{16}$ it is 90<!--=before_zeros--> %, and at $2^{24}$ the top is infinite. One scale in seven fits: the window is hardly wider than the blame.",
        purpose="Move the window until everything is in it.",
    ),
    Code(
        "ch18-c-depth",
        "When is it zero?",
        "A format has `exponent_bits` for the power of two and `fraction_bits` for the digits; its smallest power of two is $2^{\\,2 - 2^{e-1}}$, with $e$ the exponent bits (float16: $2^{2-16} = 2^{-14}$). A product starts at 1 and is multiplied by `factor`, between 0 and 1. "
        "Return the first number of factors after which the exact product is written as 0: half of the last step above 0, or less. Use logarithms: the product itself may be too small for Python.",
        stub="def depth(exponent_bits, fraction_bits, factor):\n    ...",
        reference=_depth,
        inputs=lambda rng: [(5, 10, 0.25), (8, 7, 0.25), (8, 23, 0.25), (11, 52, 0.25), (5, 2, 0.41), (4, 3, 0.9)],
        mistakes=[
            Mistake(
                _normal_depth,
                "You stop at the smallest power of two. Below it the even steps go on, `fraction_bits` powers of two further down.",
            ),
            Mistake(
                _whole_step_depth,
                "You stop below the last step. Down to *half* of it a number is still rounded up to that step.",
            ),
            Mistake(
                lambda e, m, f: -_depth(e, m, f),
                "The size is right, the sign is not: both logarithms are negative, and so their quotient is positive.",
            ),
            Mistake(
                lambda e, m, f: _depth(e, m, f) - 1,
                "One too few: the first number of factors *after which* it is 0.",
            ),
            Mistake(
                lambda e, m, f: int(np.ceil((2 - 2 ** (e - 1) - m - 1) / np.log(f))),
                "The exponent is one of 2, your logarithm is the natural one: use log2.",
            ),
        ],
        hints=[
            "The last step above 0 is the smallest power of two, divided by $2^m$, with $m$ the fraction bits. Half of it is one power lower.",
            "$f^L \\le 2^{k}$ means $L \\ge k / \\log_2 f$, since $\\log_2 f$ is negative.",
        ],
        solution="Half of the last step is $2^{k}$ with $k = 2 - 2^{e-1} - m - 1$.\n\n"
        "```python\ndef depth(exponent_bits, fraction_bits, factor):\n    k = 2 - 2 ** (exponent_bits - 1) - fraction_bits - 1\n    return int(np.ceil(k / np.log2(factor)))\n```",
        purpose="The guess, for every format and every factor.",
    ),
    *deeper_exercises.EXERCISES,
]

"""Chapter 5: the guess and the questions on the spot, of the core page (in its order) and of the deeper one."""

from math import sqrt

import numpy as np

from companion import theory
from companion.activations import ACTIVATIONS
from companion.practice.checker import Choice, Guess, Mistake, Number, Option
from companion.propagation import profile
from companion.quadrature import gaussian_mean


def _factor(width):
    """What a wide sigmoid layer with N(0, 1) weights multiplies the mean square of δ by."""
    return theory.chi("sigmoid", sqrt(width), 0.0)


def _flat_factor():
    """The same at width 100, in layer 11, whose z have the spread that the widget of the core page measures."""
    nets = profile(
        activation="sigmoid", initialization="standard_normal", depth=20, width=100, biases="drawn", seeds=8, batch=16
    )
    spread = 10 * np.median(nets.signal[:, 9])
    return 100 * gaussian_mean(lambda z: ACTIVATIONS["sigmoid"].slope(spread * z) ** 2)


def _measured():
    """The growth a layer of ReLU networks with N(0, 1/n), the median of 24 networks."""
    return np.median(profile(activation="relu", initialization="lecun_normal", depth=20, width=100).growth)


NUMBERS = {
    "narrow": lambda: _factor(100),
    "flat_slopes": lambda: _flat_factor() / 100,
    "wide": lambda: _factor(400),
    "root_half": lambda: sqrt(0.5),
}

QUESTIONS = [
    Guess(
        "ch05-guess",
        "Half of the units are off",
        r"""A ReLU layer gets blame from the layer above it. The weights between them, alone, would keep the size of the
blame. Then each unit multiplies what has reached it by its slope: 1 if it is on, 0 if it is off. Half of the units are off.

Which share of the size is left? (Size: the rms, the root of the mean of the squares.)""",
        answer=_measured,
        comment="Half of the squares are gone, so their *mean* is halved: ½ would be right for that. The rms is its root, "
        "0.71<!--=root_half-->, and real networks lie close to it (the measured number is the median of 24<!--exact-->).",
        purpose="One layer, reasoned before it is measured.",
    ),
    Choice(
        "ch05-s-swap",
        "Which one learns?",
        "Same weights at the start, same digits, only the function differs. Which of the three has the lowest loss after "
        "400<!--exact--> steps? Choose, then press ▶ for all three.",
        options=[
            Option("the sigmoid", advice="Play it: its loss never leaves the line of guessing."),
            Option(
                "ReLU", advice="It leaves the line of guessing, but late. Is it the first to do so? Play all three."
            ),
            Option(
                "tanh",
                correct=True,
                advice="It is S-shaped like the sigmoid, stretched and moved down. So that shape is not the crime.",
            ),
            Option(
                "none, all three only guess",
                advice="Two of the three fall below the line of guessing. Play each to its end.",
            ),
        ],
    ),
    Choice(
        "ch05-s-saturated",
        "Steep or flat?",
        "Two sigmoid networks, 20 layers of 100<!--exact--> units. With N(0, 1/n) all units work where the sigmoid is "
        "steep. With N(0, 1), larger weights, most units are *saturated*: they work where it is almost flat. Which "
        "network loses the blame on its way down?",
        options=[
            Option(
                "the steep one",
                correct=True,
                advice="Its steepest slope is only ¼. In the flat one few units are steep, but its weights are ten times as "
                "large, and that is enough. Check it in the widget below.",
            ),
            Option(
                "the flat one",
                advice="Most of its units pass next to nothing on. But a few are steep, and its weights are ten times as large. "
                "Try both in the widget below.",
            ),
            Option("both", advice="One of them keeps it within a decade. Try both in the widget below."),
            Option(
                "neither",
                advice="The steepest slope of a sigmoid is only ¼. What do nineteen such slopes leave?",
            ),
        ],
    ),
    Choice(
        "ch05-s-weights",
        "Weights for ReLU",
        "With which of the three is ReLU healthy?",
        options=[
            Option("N(0, 1/n)", advice="Read the power of ten: layer 1 gets about a thousandth."),
            Option(
                "N(0, 2/n)",
                correct=True,
                advice="Half of its bars are 0 with all three, and these weights make up for it. The next section says why.",
            ),
            Option("N(0, 1)", advice="Read the power of ten: it explodes."),
        ],
    ),
    Number(
        "ch05-s-keep",
        "A sigmoid at its best",
        r"A ReLU layer keeps half of the squares, so $n\,v = 2$ makes its factor 1. Suppose that all $z$ of a sigmoid layer "
        r"are 0, where its slope is ¼. Which $n\,v$ makes its factor 1?",
        answer=16.0,
        mistakes=(
            Mistake(4.0, "That makes up for the slope once. Blame counts in squares: what is ¼ squared?"),
            Mistake(1 / 16, "That is what the slopes leave of the squares. The weights have to make up for it."),
            Mistake(0.25, "That is the slope. Square it, and ask what makes up for it."),
            Mistake(2.0, "That is ReLU's, which keeps half of the squares. A sigmoid keeps a sixteenth at most."),
            Mistake(1.0, "That would be enough if the slopes took nothing."),
            Mistake(8.0, "Half of that is missing: a sixteenth of the squares is left. What times 1/16 is 1?"),
            Mistake(256.0, "That makes up for the square twice: the factor itself counts squares."),
        ),
        comment="16<!--exact--> times a sixteenth is 1. But such large weights do not leave the z at 0, as the next section "
        "shows.",
    ),
    Choice(
        "ch05-s-twins",
        "The better twin",
        "Sigmoid and tanh have the same S-shape. Why does tanh keep the blame with N(0, 1/n) weights?",
        options=[
            Option("tanh does not saturate", advice="It does: at z = 3<!--exact--> its slope is below a hundredth."),
            Option(
                "its slope at 0 is 1, and its z stay near 0",
                correct=True,
                advice="So nearly all of its bars stay near 1. The sigmoid's reach ¼ at most, wherever its z are.",
            ),
            Option(
                "its outputs are larger", advice="On its way down the blame is multiplied by slopes, not by outputs."
            ),
            Option("its weights are larger", advice="All three have the same weights."),
        ],
    ),
    Number(
        "ch05-s-flat",
        "Saturated, and yet",
        r"With $N(0, 1)$ the variance is 1, so $n\,v$ is the width. In the flat network of your guess the width is 100 "
        r"and, as the widget shows, the mean squared slope 0.0096<!--=flat_slopes-->. What is the factor of a layer?",
        answer=lambda: round(_flat_factor(), 2),
        rtol=0.008,
        mistakes=(
            Mistake(
                lambda: sqrt(_flat_factor()),
                "That is its root, for the size of the blame. The factor itself is asked for.",
            ),
            Mistake(1.0, "Nearly. Multiply the two numbers."),
            Mistake(
                lambda: _flat_factor() / 100, "That is what the slopes alone leave. The weights multiply it by n v."
            ),
            Mistake(lambda: _flat_factor() / 10, "The variance is 1, so n v is 100<!--exact-->, not its root."),
            Mistake(
                lambda: 100 * sqrt(_flat_factor() / 100),
                "The mean squared slope is a mean of squares already: no root of it.",
            ),
        ),
        comment="Nearly 1, for 100<!--exact--> is nearly 104<!--exact-->. Most units are saturated, but the large weights "
        "make up for them: that is why the flat network keeps its blame.",
    ),
    Number(
        "ch05-s-four-times",
        "Four times as wide",
        "At width 100 the factor of a layer is 0.99<!--=narrow-->. About how large is it at width 400?",
        answer=2.0,
        rtol=0.06,
        mistakes=(
            Mistake(
                lambda: 4 * _factor(100),
                "Four times the paths, yes. But the z spread twice as far, so half as many units are steep.",
            ),
            Mistake(
                lambda: _factor(100) / 2, "Half as many units are steep, yes. But four times as many paths bring blame."
            ),
            Mistake(
                lambda: _factor(100),
                "The two do not cancel: four times the paths, but how many of the steep units are left?",
            ),
            Mistake(
                0.25, "The share of steep units falls as 1/√n, so it is halved. And there are four times the paths."
            ),
            Mistake(
                lambda: sqrt(_factor(400)), "That is the growth, its root. The factor on the squares is asked for."
            ),
            Mistake(
                lambda: 16 * _factor(100), "Four times the paths is all that the width adds; the variance stays 1."
            ),
        ),
        comment="The paths win: four times the paths, half the steep units, so twice the factor (computed: 1.93<!--=wide-->). "
        "It grows as √n.",
    ),
    Choice(
        "ch05-s-repair",
        "Why not the sigmoid?",
        "Training closes ReLU's gap of about three decades. Why does it not close the sigmoid's gap of twelve?",
        options=[
            Option(
                "its first layers do not move at all",
                correct=True,
                advice="Play the film again: in the colour of −∞ no weight changes. ReLU's layers creep, and get going.",
            ),
            Option(
                "its slopes become too steep",
                advice="They cannot: a quarter is the most, and it has that from the start.",
            ),
            Option(
                "its rate is too large for the upper layers",
                advice="Play the sigmoid's film again: how large are the steps of its first layers?",
            ),
            Option(
                "its units are saturated",
                advice="None is, with N(0, 1/n): all of them work near its steepest place.",
            ),
        ],
    ),
    Number(
        "ch05-s-healthy",
        "Healthy, and slow",
        "The sigmoid's weights have the variance 104/n<!--exact-->, those of ReLU 2/n. Suppose that one step adds "
        "the same numbers to both. As a share of the weights' own size (their rms), how many times smaller is the sigmoid's "
        "change?",
        answer=7.2,
        rtol=0.03,
        mistakes=(
            Mistake(52, "That compares the variances. The size of the weights is their rms, the root."),
            Mistake(10.2, "That is the size of these weights, times √n. The other network's have a size too: √2."),
            Mistake(104, "That is n v of this one alone. Compare sizes, and with the other network."),
            Mistake(1, "The same change is a smaller share of larger weights."),
            Mistake(26, "Half of 52<!--exact-->? The size of the weights is the root of their variance."),
            Mistake(1.41, "That is the size of ReLU's weights, times √n. How large are the sigmoid's against them?"),
        ),
        comment="The variance is 52<!--exact--> times as large, so the size √52<!--exact--> times.",
    ),
]

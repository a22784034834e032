"""Chapter 5: the guess and the questions on the spot, of the core page (in its order) and of the deeper one."""

from math import sqrt

import numpy as np

from companion import theory
from companion.practice.checker import Choice, Guess, Mistake, Number, Option
from companion.propagation import profile


def _factor(width):
    """What a wide sigmoid layer with N(0, 1) weights multiplies the mean square of δ by."""
    return theory.chi("sigmoid", sqrt(width), 0.0)


def _measured():
    """The growth a layer of ReLU networks with N(0, 1/n), the median of 24 networks."""
    return np.median(profile(activation="relu", initialization="lecun_normal", depth=20, width=100).growth)


NUMBERS = {
    "narrow": lambda: _factor(100),
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
                "large (their variance a hundred times). Check it in the widget below; *One walk up* says why that is enough.",
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
        "ReLU's bars",
        "Larger weights flatten most of the sigmoid's bars. What do they do to ReLU's? Guess before you try.",
        options=[
            Option("fewer of them are 1", advice="A ReLU's slope asks only whether z is above 0, not how far. Try it."),
            Option(
                "nothing: half are 0, half are 1",
                correct=True,
                advice="Only the sign of z counts. So here the weights alone decide: try which of the three are healthy.",
            ),
            Option("more of them are 1", advice="Larger weights stretch the z to both sides. Do more of them cross 0?"),
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
        comment="16<!--exact--> times a sixteenth is 1. Do such weights leave the z at 0? The next section asks.",
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
                advice="tanh z = 2 s(2z) − 1, so its slope at 0 is 2 · 2 · ¼ = 1. The sigmoid's bars reach ¼ at most.",
            ),
            Option(
                "its outputs are larger", advice="On its way down the blame is multiplied by slopes, not by outputs."
            ),
            Option("its weights are larger", advice="All three have the same weights."),
        ],
    ),
    Choice(
        "ch05-s-sixteen",
        "Your 16<!--exact-->, nineteen times",
        r"Every layer of a sigmoid network gets weights with $n\,v = 16$. How much of layer 20's blame reaches layer 1?",
        options=[
            Option(
                "as much as layer 20 has",
                advice="It would, if all z stayed at 0. But with weights four times as large as N(0, 1/n), do they? "
                "See the fourth line of the output.",
            ),
            Option(
                "less",
                correct=True,
                advice="16<!--exact--> would be enough if all z were 0. Anywhere else the slope is below ¼. How much less? "
                "See the fourth line of the output.",
            ),
            Option("more", advice="The slope is ¼ at most, so 16<!--exact--> times its mean square is 1 at most."),
        ],
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
                advice="Play the film again: in the colour of −∞ no weight changes. All of ReLU's layers creep, and get going.",
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
        "The sigmoid's weights have the variance 104/n<!--exact-->, those of ReLU 2/n. Both blames are healthy, and the "
        "first step adds about as much to both (measured). As a share of the weights' own size (their rms), how many times smaller is the sigmoid's "
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

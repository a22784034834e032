"""Chapter 14: the guess and the questions on the spot of the core page, in its order."""

import numpy as np

from companion.chapters.depth_and_width.spread import log10_squares
from companion.practice.checker import Choice, Guess, Mistake, Number, Option


def fifty(share=0.5):
    """That share of many networks of 50 hidden layers of 50 units hand down less squared blame."""
    return 10 ** np.quantile(log10_squares([50] * 50, networks=20_000, rng=np.random.default_rng(0)), share)


NUMBERS = {
    "fifty": fifty,
    "pairs": lambda: (0.7 * 1.3) ** 25,
    "below": lambda: 100 * np.mean(log10_squares([50] * 50, networks=20_000, rng=np.random.default_rng(0)) < 0),
    "coin": lambda: np.sqrt(5 / 50),
    "wider": lambda: np.sqrt(5 / 500),
}

QUESTIONS = [
    Guess(
        "ch14-guess",
        "Fair on average",
        "Suppose that a ReLU layer of 50 units tosses a coin: heads, it hands down 1.3<!--exact--> times the squared blame that "
        "it gets, tails, 0.7<!--exact--> times. Fifty such layers, and 1 comes in on top: on average over all such coins exactly "
        "1 arrives at layer 1. What arrives in the *typical* case, the middle one of many?",
        answer=lambda: (0.7 * 1.3) ** 25,
        comment="An up and a down make 1.3 · 0.7 = 0.91<!--exact-->, and 25 such pairs 0.09<!--=pairs-->. Real networks of 50 layers "
        "of 50 units come near it: measured 0.08<!--=fifty-->.",
        purpose="Commit to a number before you look: the difference is what you learn.",
    ),
    Choice(
        "ch14-s-below",
        "Below average",
        "Fifty layers of 50, as the picture shows them now. About what share of the networks hands down *less* than the "
        "average, 1?",
        options=[
            Option(
                "a half", advice="A half lies below the *median*. On which side of the purple line is most of the heap?"
            ),
            Option(
                "more than four in five",
                correct=True,
                advice="About 87<!--=below--> %. A few lucky networks, far on the right, hold the average up.",
            ),
            Option("all of them", advice="Then the average would lie below 1, and it is exactly 1."),
        ],
    ),
    Choice(
        "ch14-s-double",
        "Twice as deep, twice as wide",
        "Now 100 layers of 100 units. Where will the heap lie, compared with 50 layers of 50? Answer, then move both sliders.",
        options=[
            Option(
                "further left: there are twice as many layers",
                advice="Twice as many tosses, yes. But a wider layer scatters less. Move both sliders.",
            ),
            Option(
                "in the same place",
                correct=True,
                advice="Twice as many layers, each of which scatters less: the two cancel. The picture on the right has depth "
                "*divided by* width on its axis, and its dots stay where they were.",
            ),
            Option(
                "further right: wider layers scatter less",
                advice="Each layer does, yes. But there are twice as many. Move both sliders.",
            ),
        ],
    ),
    Number(
        "ch14-s-coin",
        "A wider coin",
        "How large is $s$ for a layer of 500<!--exact--> units?",
        answer=0.1,
        rtol=0.01,
        comment="Ten times the width of our 50, so a tenth of s²: s is divided by the root of ten, 0.32<!--=coin--> becomes 0.1<!--=wider-->.",
        mistakes=[
            Mistake(0.01, "That is s². The coin lands at 1 + s or 1 − s."),
            Mistake(
                lambda: np.sqrt(1 / 500),
                "That is the root of 1/n, the units being on or off. The weights scatter too: 5/n in all.",
            ),
            Mistake(
                lambda: np.sqrt(4 / 500),
                "That is what the weights add, 4/n. The units' being on or off adds another 1/n.",
            ),
            Mistake(1 / 500, "That is 1/n. In all it is 5/n, and s is the root of it."),
            Mistake(10.0, "The reciprocal: 5 divided by 500, then the root."),
            Mistake(0.032, "That is 0.32<!--=coin--> divided by ten. s² is divided by ten, so s by the root of ten."),
            Mistake(0.9, "That is 1 − s, tails. How large is s?"),
            Mistake(1.1, "That is 1 + s, heads. How large is s?"),
        ],
    ),
    Choice(
        "ch14-s-narrow",
        "One narrow layer",
        "Nineteen hidden layers of 100 units. Then one more is put between them, of only 5. What does it do to the typical "
        "blame?",
        options=[
            Option(
                "Little: it is one layer of twenty.",
                advice="Each layer counts with 1/n. Compare 1/5 with nineteen times 1/100.",
            ),
            Option(
                "It costs as much again as the nineteen wide ones together.",
                correct=True,
                advice="1/5 = 0.20<!--exact-->, and 19/100 = 0.19<!--exact-->. The narrowest layers decide.",
            ),
            Option(
                "It stops all of the blame.",
                advice="On average it hands down all that it gets, as any other layer. But it scatters more: compare 1/5 with "
                "nineteen times 1/100.",
            ),
        ],
    ),
    Number(
        "ch14-s-pool",
        "What is left",
        "Blame 1 comes down to a *mean* pooling of four units. What is the squared blame of the four together?",
        answer=0.25,
        comment="Four times a sixteenth. Behind max pooling it is 1, as before.",
        mistakes=[
            Mistake(1.0, "That is the sum of the four blames. Square each of them first, then add."),
            Mistake(1 / 16, "That is the square of one of them. There are four."),
            Mistake(4.0, "Each of the four is told ¼, not 1. Square it, and add four of them."),
            Mistake(0.5, "That is the length, the root. The square is asked for."),
        ],
    ),
    Choice(
        "ch14-s-train",
        "How deep?",
        "Networks with as many weights each: 3 layers of 245, 5 of 149, 10 of 94, 20 of 64, 40 of 44, 80 of 31. Up to which "
        "depth will all five of a kind read four of five test digits? (A guess.)",
        options=[
            Option(
                "5", advice="Look at the dots: how much of its blame does the typical network of 20 layers of 64 lose?"
            ),
            Option(
                "20",
                correct=True,
                advice="Ten and twenty layers still do. Deeper ones pay twice, as their layers are narrower, too.",
            ),
            Option(
                "40",
                advice="Its typical blame would do. But its depth over its width is three times that of 20 layers of 64, and something "
                "else scatters as blame does: read on below.",
            ),
            Option("80", advice="You saw these on top of the page: they hardly leave guessing."),
        ],
    ),
    Number(
        "ch14-s-fixed",
        "Four times as wide",
        "ReLU, and every weight drawn with variance 1, whatever the width. A layer of 50 units then hands down on average "
        "25<!--exact--> times the squared blame that it gets. And a layer of 200?",
        answer=100.0,
        comment="Width times variance, and ReLU lets half through: n/2.",
        mistakes=[
            Mistake(
                25.0,
                "That is so where the variance is made smaller as the width grows, as in He's 2/n. Here it stays 1.",
            ),
            Mistake(200.0, "That is width times variance. ReLU lets half of the squares through."),
            Mistake(50.0, "Twice? The width is four times as large, and squared blame adds up over all units."),
            Mistake(400.0, "Sixteen times? Four times as many units send blame, each as much as before: four times."),
            Mistake(10.0, "That is the growth of the blame itself, the root. The squared blame is asked for."),
        ],
    ),
]

"""Chapter 5: the guess and the questions on the spot of the core page, in its order."""

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
    "root_half": lambda: sqrt(0.5),
}

QUESTIONS = [
    Guess(
        "ch05-guess",
        "Half of the units are off",
        r"""Take one ReLU layer. The weights hand the blame down at its old size: on average the squares add up to what they were.
Then each unit multiplies what reached it by its slope: 1 if it is on, 0 if it is off. Half of the units are off.

What is left? Give the rms below divided by the rms above (rms: the root of the mean of the squares).""",
        answer=_measured,
        comment="That is a layer in the middle one of 24<!--exact--> networks. By reasoning: half of the squares are gone, "
        "so their mean is halved; the rms is the root of ½, 0.71<!--=root_half-->.",
        purpose="One layer, reasoned before it is measured.",
    ),
    Choice(
        "ch05-s-swap",
        "Which one learns?",
        "Same weights at the start, same digits, only the function differs. Which of the three reads the most digits after "
        "400<!--exact--> steps? Choose, then play all three.",
        options=[
            Option("the sigmoid", advice="Play it: its loss never leaves the line of guessing."),
            Option("ReLU", advice="It leaves the line of guessing, late. Play the third one: it is far ahead."),
            Option(
                "tanh",
                correct=True,
                advice="A sigmoid, stretched and moved down, and it saturates as well. So being S-shaped is not the crime.",
            ),
            Option(
                "none, all three only guess",
                advice="Two of the three fall below the line of guessing. Play each to its end.",
            ),
        ],
    ),
    Choice(
        "ch05-s-weights",
        "Four weights",
        "ReLU at width 100. With which weights does layer 1 get about as much as layer 20?",
        options=[
            Option("N(0, 1/n)", advice="Look at the read-out: layer 1 gets about a thousandth."),
            Option("N(0, 2/n)", correct=True, advice="The line stays level. Why just here, the next section says."),
            Option("N(0, 1)", advice="Look at the power of ten: it explodes."),
            Option(
                "PyTorch default",
                advice="Its variance is 1/(3n), a third of the first one's. It is the faintest of the four.",
            ),
        ],
    ),
    Choice(
        "ch05-s-saturated",
        "Steep or flat?",
        "Sigmoid at width 300. With N(0, 1/n) all units work where it is steep, with N(0, 1) most work where it is flat. Which "
        "network loses the blame on its way down?",
        options=[
            Option(
                "the steep one",
                correct=True,
                advice="Its best slope is only ¼. In the other one few units are steep, but their weights are far larger. "
                "Why that is enough: section *The width that flips a sigmoid*.",
            ),
            Option("the flat one", advice="Most of its units pass nothing on, a few do. Look at the right picture."),
            Option("both", advice="Look at the right picture for both weights."),
            Option("neither", advice="Look at the right picture with N(0, 1/n)."),
        ],
    ),
    Number(
        "ch05-s-keep",
        "Keep the size",
        r"Which $\sigma_w^2$ keeps the size of the blame in a ReLU layer?",
        answer=2.0,
        mistakes=(
            Mistake(0.5, "½ is what the slopes leave. The weights have to make up for it."),
            Mistake(1.0, "That keeps it before the slopes. They take half of the squares."),
            Mistake(lambda: sqrt(2), "That is σ_{w}; its square is asked for."),
            Mistake(lambda: sqrt(0.5), "That is the growth with σ_{w}² = 1. Which σ_{w}² makes it 1?"),
            Mistake(4.0, "Half of the squares are lost, not three quarters."),
        ),
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
                advice="So the mean squared slope is nearly 1. The sigmoid's is at most 1/16.",
            ),
            Option(
                "its outputs are larger", advice="On its way down the blame is multiplied by slopes, not by outputs."
            ),
            Option("its weights are larger", advice="All three have the same weights."),
        ],
    ),
    Number(
        "ch05-s-four-times",
        "Four times as wide",
        "At width 100 the factor on the squares is 0.99<!--=narrow--> a layer. About how large is it at width 400? Reason first, "
        "then move the slider.",
        answer=lambda: _factor(400),
        rtol=0.06,
        mistakes=(
            Mistake(
                lambda: 4 * _factor(100),
                "Four times the paths, yes. But the z spread twice as far, so half as many units are steep.",
            ),
            Mistake(
                lambda: _factor(100) / 2, "Half as many units are steep, yes. But four times as many paths bring blame."
            ),
            Mistake(lambda: _factor(100), "The width does not cancel: four times the paths, half the steep units."),
            Mistake(
                lambda: sqrt(_factor(400)), "That is the growth, its root. The factor on the squares is asked for."
            ),
            Mistake(
                lambda: 16 * _factor(100), "Four times the paths is all that the width adds; the variance stays 1."
            ),
        ),
    ),
    Choice(
        "ch05-s-repair",
        "Why not the sigmoid?",
        "Training closes ReLU's gap of three decades. Why does it not close the sigmoid's gap of twelve?",
        options=[
            Option(
                "a step is too small to change its lower layers at all",
                correct=True,
                advice="What is repaired layer by layer from above needs a first layer that moves. Below, nothing does.",
            ),
            Option(
                "its slopes become steeper",
                advice="They cannot: a quarter is the most, and it has that from the start.",
            ),
            Option("it needs a smaller rate", advice="A smaller rate makes the steps smaller still."),
            Option(
                "its units are saturated",
                advice="None is, with N(0, 1/n): all of them work where the sigmoid is steepest.",
            ),
        ],
    ),
    Number(
        "ch05-s-healthy",
        "Healthy, and slow",
        "One step changes layer 1 of this network (variance 104/n<!--exact-->) and of ReLU with 2/n by the same numbers, say. "
        "As a share of the weights' own size (rms), how many times smaller is the change here?",
        answer=lambda: sqrt(104 / 2),
        rtol=0.03,
        mistakes=(
            Mistake(52, "That compares the variances. The size of the weights is their rms, the root."),
            Mistake(10.2, "The other network's weights have a size too: √2 where these have 10.2<!--exact-->."),
            Mistake(104, "That is σ_{w}² of this one alone. Compare sizes, and with the other network."),
            Mistake(1, "The same change is a smaller share of larger weights."),
        ),
    ),
]

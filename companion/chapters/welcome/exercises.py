"""Chapter 0: read the picture, run a first check."""

import numpy as np

from companion.practice.checker import Choice, Code, Guess, Mistake, Option
from companion.propagation import profile


def _decades():
    networks = profile(activation="sigmoid", initialization="lecun_normal", depth=20, width=100)
    return float(np.median(networks.decades))


def _line(activation, initialization):
    """log10 of δ_l over δ_50, the median of the widget's networks, (50,)."""
    setting = {"activation": activation, "initialization": initialization, "biases": "drawn"}
    size = profile(**setting, depth=50, width=100).log10_delta
    return np.median(size - size[:, -1:], axis=0)


NUMBERS = {
    "e": lambda: np.e,
    "twelve_percent": lambda: np.log10(0.12),
    "relu_up": lambda: _line("relu", "standard_normal")[0],
    "five_layers": lambda: -5 * _line("sigmoid", "lecun_normal")[0] / 49,
    "selu_growth": lambda: 100 * (10 ** (_line("selu", "lecun_normal")[0] / 49) - 1),
    "tanh_growth": lambda: 100 * (10 ** (_line("tanh", "he_normal")[0] / 49) - 1),
    "tanh_lost": lambda: -_line("tanh", "lecun_normal")[0],
    "tanh_first": lambda: (_line("tanh", "lecun_normal")[0] - _line("tanh", "lecun_normal")[10]) / _line("tanh", "lecun_normal")[0],
}


EXERCISES = [
    Guess(
        "ch00-guess",
        "Twenty layers of sigmoid",
        "A network has 20 layers of 100 sigmoid neurons, its weights drawn from $N(0, 1/n)$, its biases 0. The loss tells the last layer how to "
        "change. How much of that message reaches the first layer? Give the ratio of the two gradients as a power of ten: "
        "type $-1$ for a tenth, $-3$ for a thousandth, $0$ for all of it.",
        answer=_decades,
        unit="powers of ten",
        comment="A loss of a little over half a decade a layer looks harmless; nineteen of them in a row are not.",
        purpose="Commit to a number before you look: the difference is what you learn.",
    ),
    Choice(
        "ch00-q-axis",
        "Read the axis",
        "In the picture above, the line of a network ends at $-12$ over layer 1. What does it say about the gradient there, "
        "compared with the gradient at the last layer?",
        options=[
            Option(
                "It is 12<!--exact--> times smaller.",
                advice="The axis counts powers of ten, not multiples: each unit down divides by 10. Count decades: 12 of them.",
            ),
            Option(
                "It is a million million times smaller (10^{12}<!--exact-->).",
                correct=True,
                advice="Twelve decades: a factor of 10^{-12}<!--exact-->, one part in a million million.",
            ),
            Option(
                "It points the other way: it is negative.",
                advice="A size is never negative. The logarithm is negative because the *ratio* is below 1.",
            ),
            Option(
                "It is 12 %<!--exact--> of it.",
                advice="12 %<!--exact--> would be about −0.9<!--=twelve_percent--> on this axis, not even one decade down.",
            ),
        ],
        hints=["What would $-1$ mean on this axis? And $-2$?", "$\\log_{10} r = -12$ is the same sentence as $r = 10^{-12}$<!--exact-->."],
        solution="The axis shows $\\log_{10}(\\mathrm{rms}\\,\\delta_1 / \\mathrm{rms}\\,\\delta_L)$. At $-12$ the ratio is $10^{-12}$<!--exact-->: "
        "one part in a million million.",
        purpose="Every profile in this book has this axis.",
    ),
    Choice(
        "ch00-q-layer",
        "Where is it smallest?",
        "In a deep network the gradient $\\delta_l$ vanishes. Which layers get the smallest?",
        options=[
            Option(
                "The last ones, near the loss.",
                advice="The loss is computed right behind the last layer, so its gradient has passed through nothing. Follow the "
                "gradient: it starts at layer L and walks towards layer 1.",
            ),
            Option(
                "The first ones, near the input.",
                correct=True,
                advice="The gradient at layer 1 has been multiplied by every layer above it.",
            ),
            Option(
                "All of them alike: vanishing means that training is finished.",
                advice="A small gradient is not a small loss. Look at the widget again: at the same moment one end of the line is "
                "at 0 and the other at −12.",
            ),
            Option(
                "The middle ones, which are furthest from both ends.",
                advice="The line in the widget has no dip: it is straight and lowest at one end. At which one?",
            ),
        ],
        hints=["Layer 1 is nearest the input. Where is the loss?", "At which end of the widget's line is the gradient smallest?"],
        solution="The gradient starts at the loss, behind layer $L$, and is multiplied once per layer on its way down to layer 1. "
        "So layer 1 gets the longest product, and the smallest $\\delta$. Whether it is also the layer whose *weights* change least is "
        "another question: their gradient is $\\delta_l\\,a_{l-1}^{\\mathsf T}$. With a sigmoid, or in a ReLU network with PyTorch's own biases, it is; in a "
        "ReLU network without biases all layers stand still together (chapter 4).",
        purpose="Two of the five documents disagree about it; and δ is one of three things that “the gradient of a layer” may mean.",
    ),
    Code(
        "ch00-c-decades",
        "Your first check",
        "Write a function that takes the size `first` of the gradient at layer 1 and the size `last` at layer $L$ and returns how many "
        "decades (powers of ten) lie between them: $-12$ for $10^{-13}$<!--exact--> and $10^{-1}$<!--exact-->.",
        stub="def decades(first, last):\n    ...",
        reference=lambda first, last: np.log10(first) - np.log10(last),
        inputs=lambda rng: [
            (1e-13, 1e-1),
            (3e4, 2e-3),
            (10.0 ** rng.uniform(-9, -5, size=4), 10.0 ** rng.uniform(-2, 1, size=4)),
        ],
        rtol=1e-9,
        mistakes=[
            Mistake(
                lambda first, last: np.log(first / last),
                "That is the natural logarithm, which counts factors of 2.718<!--=e-->. Decades are factors of ten: `np.log10`.",
            ),
            Mistake(
                lambda first, last: np.log10(last / first),
                "Upside down: layer 1 is divided by layer L, so that a vanishing gradient comes out negative.",
            ),
            Mistake(
                lambda first, last: first / last,
                "That is the ratio itself. How many powers of ten is it?",
            ),
            Mistake(
                lambda first, last: np.log10(first),
                "That is the size at layer 1 alone, and depends on the size of the loss. Compare it with the last layer.",
            ),
        ],
        hints=[
            "A ratio first: what do you divide by what?",
            "The number of decades of a ratio $r$ is $\\log_{10} r$; in NumPy `np.log10(r)`.",
        ],
        solution="A ratio, then its power of ten. As a difference of logarithms it also works where the ratio itself would be too "
        "small for a float.\n\n"
        "```python\ndef decades(first, last):\n    return np.log10(first) - np.log10(last)\n```",
        purpose="The number that the whole book is about, in one line; and a first look at what `check` does.",
    ),
    Choice(
        "ch00-i-flat",
        "Hunt for flat lines",
        "ReLU with He weights keeps its line flat. Set the widget to depth 50. Which other settings are *healthy*: layer 1 gets between a "
        "tenth and ten times of what layer 50 gets (as read below the controls)? Choose all that are.",
        options=[
            Option("sigmoid with LeCun weights", advice="Sigmoid with LeCun weights loses three<!--=five_layers--> decades every five layers."),
            Option("sigmoid with N(0, 1) weights", correct=True, advice="Sigmoid with N(0, 1) weights stays level: so much for “sigmoid is guilty”."),
            Option(
                "tanh with He weights",
                correct=True,
                advice="tanh with He weights just passes: it *grows*, by 4 %<!--=tanh_growth--> a layer, and with twice as many layers it would explode. "
                "Chapter 7 finds weights and biases with which it is exactly flat.",
            ),
            Option(
                "tanh with LeCun weights",
                correct=True,
                advice="tanh with LeCun weights loses one<!--=tanh_lost--> decade in 50 layers, more than half<!--above=tanh_first--> of it in the ten nearest "
                "the input: chapter 7 says why this line bends.",
            ),
            Option(
                "tanh with the PyTorch default",
                advice="tanh with the PyTorch default falls steadily: those weights are smaller than LeCun's by a factor of √3.",
            ),
            Option("SELU with LeCun weights", correct=True, advice="Flat enough at this depth: it *grows*, by 4 %<!--=selu_growth--> a layer (chapter 5)."),
            Option(
                "ReLU with N(0, 1) weights",
                advice="ReLU with N(0, 1) weights does not vanish, it *explodes*: more than 40<!--above=relu_up--> decades up is not flat either.",
            ),
        ],
        hints=[
            "Move one control at a time, and read the number below the controls rather than the line.",
            "There are four, and one of them uses the activation with the worst reputation.",
        ],
        solution="Sigmoid with $N(0,1)$ weights, tanh with He and with LeCun weights, and SELU with LeCun weights. No activation is flat with all "
        "weights, and no weights are flat with all activations: what counts is the pair. Chapter 5 says why.",
        purpose="No activation and no initialisation is safe or guilty alone.",
    ),
]

"""Chapter 14: the exercises of the deeper page."""

import numpy as np

from companion.practice.checker import Choice, Code, Mistake, Number, Option


def _max_pool_backward(x, blame, k):
    windows = x.reshape(-1, k)
    told = np.zeros_like(windows)
    told[np.arange(len(windows)), windows.argmax(1)] = blame
    return told.ravel()


def _all_ties(x, blame, k):
    windows = x.reshape(-1, k)
    return ((windows == windows.max(1, keepdims=True)) * blame[:, None]).ravel()


def _signal(x, blame, k):
    told = _max_pool_backward(x, blame, k)
    return np.where(told != 0, x, 0.0)


EXERCISES = [
    Choice(
        "ch14-d-variance",
        "A product of independent factors",
        "$f_1, \\dots, f_L$ are independent, each with mean 1 and variance $v$. What is the variance of their product?",
        options=[
            Option(
                "L v",
                advice="Variances add for a *sum*. For a product the mean squares multiply: what is E f² in terms of v?",
            ),
            Option("v^{L}", advice="Check L = 2 with v = 0.1<!--exact-->: E (f₁f₂)² = 1.1<!--exact-->², not 1 + 0.01<!--exact-->."),
            Option(
                "(1 + v)^{L} − 1",
                correct=True,
                advice="E f² = 1 + v, and independent mean squares multiply. For small v L it is about v L; then it "
                "grows without bound.",
            ),
            Option(
                "(1 + v)^{L}",
                advice="That is the mean square of the product. Its variance is less by the square of its mean, 1.",
            ),
        ],
        hints=[
            "variance = mean square − mean²",
            "$\\mathrm{E}\\,(f_1 f_2)^2 = \\mathrm{E} f_1^2 \\cdot \\mathrm{E} f_2^2$",
        ],
        solution="$\\mathrm{E}\\prod f_l^2 = (1 + v)^L$, and the mean of the product is 1: the variance is $(1 + v)^L - 1$.",
        purpose="What becomes of the scatter of one layer in a product of many?",
    ),
    Number(
        "ch14-q-harmonic",
        "A narrow middle",
        "An autoencoder has hidden layers of 400, 100, 20, 100 and 400<!--exact--> units. Which *equal* width would "
        "five layers need to "
        "scatter as much?",
        answer=5 / (2 / 400 + 2 / 100 + 1 / 20),
        rtol=0.02,
        unit="units",
        mistakes=[
            Mistake(204.0, "That is the mean of the widths. Average 1/n instead, then turn it over."),
            Mistake(100.0, "That is the middle one of the widths. Average 1/n instead, then turn it over."),
            Mistake(0.075, "That is the sum of 1/n. Five layers of n have 5/n."),
            Mistake(1 / 0.075, "That is 1 over the sum. Five layers share it: 5 over the sum."),
            Mistake(
                20.0, "The narrow layer is two thirds of the sum, not all of it, and there are five layers to share it."
            ),
        ],
        hints=["Add up $1/n$.", "$5/n$ should be $0.075$<!--exact-->."],
        solution="$2/400 + 2/100 + 1/20 = 0.075$<!--exact-->, and $5/n = 0.075$<!--exact--> for $n = 67$<!--exact-->.",
        purpose="Which average of the widths counts?",
    ),
    Code(
        "ch14-c-max-pool",
        "Back through max pooling",
        "`x` is a row of `k * len(blame)` inputs; output i of a max pooling was the largest of inputs i k to i k + k "
        "− 1. Return the blame of "
        "all inputs. Of equal inputs the first gets it all.",
        stub="def max_pool_backward(x, blame, k):\n    ...",
        reference=_max_pool_backward,
        inputs=lambda rng: [
            (np.array([1.0, 3.0, 2.0, 0.0]), np.array([10.0, 20.0]), 2),
            (rng.standard_normal(12), rng.standard_normal(4), 3),
            (np.array([0.0, 0.0, 1.0, 1.0]), np.array([5.0, 7.0]), 2),
        ],
        rtol=1e-12,
        mistakes=[
            Mistake(
                _all_ties, "Right but for ties: of two equal inputs only the first gets the blame (argmax, not ==)."
            ),
            Mistake(_signal, "You handed down the *signal* of the largest. It is told the blame of its output."),
            Mistake(
                lambda x, blame, k: np.repeat(blame, k) / k,
                "That is mean pooling. Here all of it goes to the largest, and nothing to the others.",
            ),
            Mistake(
                lambda x, blame, k: np.repeat(blame, k),
                "Only the largest of the window gets the blame; the others get 0.",
            ),
        ],
        hints=["Make rows of k: `x.reshape(-1, k)`.", "`argmax(1)` says which entry of each row is the first largest."],
        solution="```python\ndef max_pool_backward(x, blame, k):\n    windows = x.reshape(-1, k)\n    told = "
        "np.zeros_like(windows)\n"
        "    told[np.arange(len(windows)), windows.argmax(1)] = blame\n    return told.ravel()\n```",
        purpose="The winner takes all.",
    ),
    Choice(
        "ch14-i-budget",
        "One budget",
        "You have about 78,000 weights for the digits, plain layers with He's weights, and must choose the shape. "
        "What do the runs of "
        "section 7 say?",
        options=[
            Option(
                "As deep as the budget allows: depth makes networks able.",
                advice="Which of the rows in the table grows towards the right?",
            ),
            Option(
                "Few layers and wide ones; beyond twenty layers add shortcuts or do not go there.",
                correct=True,
                advice="Up to twenty layers all of them learn, and none reads more than the shallow ones. (That "
                "digits need no depth is a "
                "fact about digits.)",
            ),
            Option(
                "Forty layers with batch norm.",
                advice="Look at its row: batch norm's own growth makes forty layers too many.",
            ),
        ],
        hints=["Read the table by rows.", "Where does each row end?"],
        solution="Depth has a price and, on this task, no return.",
        purpose="Choose by evidence.",
    ),
]

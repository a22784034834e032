"""Chapter 15: what a layer minimises, what it hands down then, and what a start from other data is worth."""

import numpy as np

from companion.activations import ACTIVATIONS
from companion.chapters.pretraining import deeper_exercises, questions
from companion.practice.checker import Choice, Code, Mistake, Number, Option
from companion.runs import load


def _tied(W, b, c, x, *, up=True, down=True, slope=True, mean=True):
    """∂W of ½‖Wᵀ s(W x + b) + c − x‖², mean over the batch; what is switched off is a mistake."""
    s = ACTIVATIONS["sigmoid"]
    z = W @ x + b
    code = s.f(z)
    error = (W.T @ code + c - x) / (x.shape[1] if mean else 1)
    delta = (W @ error) * (s.slope(z) if slope else 1)
    return up * (delta @ x.T) + down * (code @ error.T)


def _inputs(rng):
    sizes = [(3, 4, 5), (2, 2, 1), (6, 3, 4)]
    return [
        (rng.standard_normal((m, n)), rng.standard_normal((m, 1)), rng.standard_normal((n, 1)), rng.standard_normal((n, batch)))
        for m, n, batch in sizes
    ]


def _after(way):
    """Per cent read after transfer to shifted digits, the median of five networks, to the nearest ten."""
    accuracy = load("ch15-transfer").where(task="shifted", way=way)["accuracy"]
    return round(100 * float(np.median(accuracy)), -1)


def _left_at_random():
    """Decades from the blame of layer 19 to that of layer 1 at the random start, median of five networks."""
    began = [row["began"] for row in load("ch15-course-network").where(variant="random").rows]
    return float(np.median([delta[18] - delta[0] for delta in began]))


NUMBERS = {
    "eighteen": lambda: 0.5**9,
    "eighteen_log10": lambda: 9 * np.log10(0.5),
    "left": lambda: 9 * np.log10(2),
    "random_left": _left_at_random,
    "frozen": lambda: _after("frozen below"),
    "fine": lambda: _after("fine-tuned"),
    "scratch": lambda: _after("from scratch"),
}

EXERCISES = [
    *questions.QUESTIONS,
    Choice(
        "ch15-q-minimised",
        "What is made small?",
        "While layer 3 of a sigmoid network is pre-trained in this way, what is it that each step makes smaller?",
        options=[
            Option(
                "The loss on the digits, as far as layer 3 is responsible for it.",
                advice="For that the labels would have to be known, and the layers above layer 3. Neither takes part.",
            ),
            Option(
                "How far the outputs of layer 3 are from having the same variance as its inputs.",
                advice="That happens to come out, about, but no step measures it. What is compared with what in an autoencoder?",
            ),
            Option(
                "How badly the outputs of layer 2 are given back from the outputs of layer 3.",
                correct=True,
                advice="Layer 2's outputs are its inputs, and they are its targets too. Neither label nor blame from above occurs.",
            ),
            Option(
                "The blame that layer 3 hands down.",
                advice="On the contrary: it grows. But no step looks at that blame either.",
            ),
        ],
        hints=["What goes in, and what is it compared with?", "Layer 3 sees what layer 2 puts out. It is to give just that back."],
        solution="Layer 3 gets the outputs of layer 2, and the error is the difference between these and what comes back through the same matrix, turned over.",
        purpose="The whole idea in one sentence.",
    ),
    Number(
        "ch15-q-linear",
        "Without a sigmoid on the way down",
        "A layer of one unit: up through weight $w$ and a sigmoid at its steepest (slope ¼), down through the same $w$ *without* a sigmoid. It gives nudges back completely. "
        "What share of the blame does this layer hand down?",
        answer=0.5,
        rtol=0.01,
        comment="The round trip is w · ¼ · w = 1, so w = 2, and the blame gets w · ¼ = ½. So this decoder stops half way: ten such layers leave a thousandth.",
        mistakes=[
            Mistake(1.0, "That is with a sigmoid on the way down too. Now the way down is w alone: which w makes w · ¼ · w = 1?"),
            Mistake(2.0, "That is w. The blame is multiplied by w times the slope ¼."),
            Mistake(0.25, "That is the slope alone, or w = 1. Which w gives a whole nudge back?"),
            Mistake(4.0, "With w = 4 a nudge would come back as 4 · ¼ · 4 = 4 of itself. Without a sigmoid on the way down a smaller w is enough."),
        ],
        hints=["A nudge goes up: times w, times ¼. And down: times w.", "$w^2/4 = 1$<!--exact-->."],
        solution="$w \\cdot \\tfrac14 \\cdot w = 1$ gives $w = 2$, and blame passes $w \\cdot \\tfrac14 = \\tfrac12$.",
        purpose="What a layer learns depends on what it is asked for.",
    ),
    Number(
        "ch15-q-eighteen",
        "Half of it, eighteen times",
        "Pre-training is broken off early: from each layer of one unit only half of a nudge comes back, through a sigmoid up and a sigmoid down. How many decades of its blame are left behind on the way from "
        "layer 19 to layer 1, which are eighteen steps? (Two decades: a hundredth arrives.)",
        answer=lambda: -9 * np.log10(0.5),
        rtol=0.02,
        unit="decades",
        mistakes=[
            Mistake(lambda: -18 * np.log10(0.5), "That takes ½ a layer. Half of a nudge comes *back*; one way is the root of it."),
            Mistake(lambda: 9 * np.log10(0.5), "The sign: the question is how many decades are left behind, a positive number."),
            Mistake(0.5**9, "That is the share that arrives. How many decades is it below 1?"),
            Mistake(9.0, "Nine halves are multiplied, not added: how many decades is ½ to the ninth?"),
            Mistake(2.0**9, "That is how many times less arrives. As decades it is the logarithm of it."),
            Mistake(lambda: -9.5 * np.log10(0.5), "Nineteen layers have eighteen steps between them."),
        ],
        hints=["One way is the root of ½.", "Eighteen roots of ½ are nine halves: $½^9 = 0.002$<!--=eighteen-->."],
        solution="$\\sqrt{½}^{\\,18} = ½^9 = 0.002$<!--=eighteen-->, which is $10^{-2.7}$<!--=eighteen_log10-->: 2.7<!--=left--> decades. Random weights leave about eleven<!--=random_left--> behind on the same way.",
        purpose="Even a poor round trip is worth much.",
    ),
    Choice(
        "ch15-q-frozen",
        "Freeze it?",
        "Six ReLU layers have learnt to read digits. Now the digits stand one pixel further to the right, and 200<!--exact--> of them have labels. The layers below the last are *frozen* (kept as they are); only a new last layer "
        "learns, for 20<!--exact--> steps. Compared with fine-tuning all layers from the same start, it reads …",
        options=[
            Option(
                "more: what was learnt is not spoilt.",
                advice="Nothing is spoilt, but is it still right? Layer 1 looks at single pixels, and each stroke now lies on another pixel.",
            ),
            Option(
                "about the same: the last layer is what differs between tasks.",
                advice="Here the *inputs* differ: each stroke lies on another pixel. So what must be learnt anew?",
            ),
            Option(
                "less: what was learnt no longer fits the moved pixels, and only one layer may change.",
                correct=True,
                advice="Frozen they read about as much as from scratch, fine-tuned clearly more. Freezing is a bet that the lower layers already fit the new inputs.",
            ),
        ],
        hints=["Which layer sees the pixels?", "In a fully connected layer a pixel further right is another input, with weights of its own."],
        solution="Medians of five networks, to the nearest ten: frozen 60 %<!--=frozen-->, fine-tuned 70 %<!--=fine-->, from scratch 60 %<!--=scratch-->. With layer 1 alone frozen it lies between the first two: not layer 1 alone would have to change.",
        purpose="A start from other data is as good as the data are alike.",
    ),
    Code(
        "ch15-c-tied",
        "Both uses of W",
        "Write the gradient of the tied autoencoder's loss with respect to `W`. The code is $h = s(W x + b)$, what comes back $\\hat x = W^{\\mathsf T} h + c$, the loss ½‖x̂ − x‖², mean over the examples, which are the columns "
        "of `x`. Shapes: `W` (m, n), `b` (m, 1), `c` (n, 1), `x` (n, B).",
        stub="def tied(W, b, c, x):\n    h = 1 / (1 + np.exp(-(W @ x + b)))\n    ...",
        reference=lambda W, b, c, x: _tied(W, b, c, x),
        inputs=_inputs,
        rtol=1e-9,
        mistakes=[
            Mistake(
                lambda W, b, c, x: _tied(W, b, c, x, down=False),
                "That is the way up alone. W is used twice: on the way down it carries the code, and is told code times error there.",
            ),
            Mistake(
                lambda W, b, c, x: _tied(W, b, c, x, up=False),
                "That is the way down alone. W is used twice: on the way up it makes the code, and is told δ times input there.",
            ),
            Mistake(
                lambda W, b, c, x: _tied(W, b, c, x, slope=False),
                "The blame of the code passes the sigmoid on its way to the sum: times h (1 − h).",
            ),
            Mistake(
                lambda W, b, c, x: _tied(W, b, c, x, mean=False),
                "The loss is the mean over the examples: divide by their number, B.",
            ),
            Mistake(
                lambda W, b, c, x: -_tied(W, b, c, x),
                "The sign is turned: the error is what comes back minus what was asked for, x̂ − x.",
            ),
        ],
        hints=[
            "First the error e = (x̂ − x)/B. Then the blame of the code: W e, times the slope h (1 − h).",
            "Way up: δ xᵀ. Way down: h eᵀ. Both have the shape of W, (m, n); add them.",
        ],
        solution="$\\partial W = \\delta\\,x^{\\mathsf T} + h\\,e^{\\mathsf T}$.\n\n```python\ndef tied(W, b, c, x):\n    h = 1 / (1 + np.exp(-(W @ x + b)))\n"
        "    e = (W.T @ h + c - x) / x.shape[1]      # blame of what comes back\n    delta = (W @ e) * h * (1 - h)           # blame of the code's sums\n    return delta @ x.T + h @ e.T            # up, and down\n```",
        purpose="A weight that is used twice is told twice.",
    ),
    *deeper_exercises.EXERCISES,
]

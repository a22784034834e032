"""Exercises of the deeper page of chapter 13: what ε is inside a root, the rate under batch norm, and how a rate is handed on."""

import numpy as np

from companion.practice.checker import Choice, Mistake, Number, Option

NUMBERS = {"inside": lambda: 1 / np.sqrt(2)}

DEEPER = [
    Number(
        "ch13-d-root",
        "Inside the root",
        r"""With ε *inside* the root, $m/\sqrt{v + \epsilon}$, and $\epsilon = 10^{-8}$<!--exact-->: at which steady gradient
is the step
$1/\sqrt2 = 0.71$<!--=inside--> of the rate?""",
        answer=1e-4,
        rtol=0.01,
        comment="Where g² = ε. Outside, the law bends at g = ε itself, ten thousand times lower.",
        mistakes=[
            Mistake(1e-8, "That is where it bends with ε outside. Inside it stands beside g²."),
            Mistake(1e-16, "You squared. g² = ε: take the root."),
            Mistake(1e4, "The reciprocal: g is the root of ε, and small."),
        ],
        hints=["The step is g / √(g² + ε).", "It is 1/√2 where both terms under the root are equal."],
        solution=r"$g^2 = \epsilon$, so $g = \sqrt{10^{-8}} = 10^{-4}$<!--exact-->. Many gradients of healthy networks lie "
                 r"below that.",
        purpose="The same ε in two libraries need not be the same optimiser.",
    ),
    Number(
        "ch13-d-effective",
        "The rate under batch norm",
        r"""A weight matrix stands below a batch norm, so that multiplying it by 3 changes no output. What is the rate to be
multiplied by, so that
SGD's step from the larger matrix changes the outputs exactly as much as before?""",
        answer=9.0,
        rtol=0.001,
        comment="The gradient is a third as large, and the matrix three times: both ask for a factor of three.",
        mistakes=[
            Mistake(
                3.0,
                "The gradient is a third as large, true. But the step is also compared with a matrix three times as large.",
            ),
            Mistake(1.0, "What of the gradient? If three times W gives the same loss, its slope is a third."),
            Mistake(1 / 9, "The larger matrix needs the *larger* rate: its gradient is smaller, and it is larger."),
            Mistake(1 / 3, "The larger matrix needs the *larger* rate. And there are two factors of three."),
            Mistake(6.0, "The two factors of three multiply."),
        ],
        hints=[
            r"$\mathcal L(3W) = \mathcal L(W)$. Differentiate both sides.",
            r"What counts is the change relative to the matrix, $\|\Delta W\|/\|W\|$.",
        ],
        solution=r"""$\mathcal L(cW) = \mathcal L(W)$ gives $\nabla\mathcal L(cW) = \nabla\mathcal L(W)/c$. The relative change
$\eta\|\nabla\mathcal L\|/\|W\|$ is then $\eta/c^2$ of what it was: what counts is $\eta/\|W\|^2$. For $c = 3$ the rate has
to be 9<!--exact--> times as large. As $W$ grows
while it trains, the rate that counts falls by itself.""",
        purpose="Why a rate says little without the size of what it moves.",
    ),
    Choice(
        "ch13-q-transfer",
        "From a small model to a large one",
        r"""You found the best rate of Adam on a model of width 64<!--exact--> and train one of width 1,024. By the rule of
the spectral condition,
what do you do with the rate of the hidden matrices?""",
        options=[
            Option(
                "Keep it.",
                advice="Each weight would move as far as before, and all together: a sum over 16<!--exact--> times as many inputs moves "
                       "16<!--exact--> times as far.",
            ),
            Option(
                "Divide it by 16<!--exact-->.",
                correct=True,
                advice="Adam moves all entries of a row alike. Their effects add up over the width, so the step must fall as "
                       "1/width.",
            ),
            Option(
                "Divide it by 4, the root of 16<!--exact-->.",
                advice="So it would be if the entries of a step were independent of each other. Steps are not: they add up.",
            ),
            Option(
                "Multiply it by 16<!--exact-->.",
                advice="With more inputs the same step of each weight has more effect, not less.",
            ),
        ],
        hints=[
            "A step of Adam has entries of about the size of the rate, whatever the width.",
            "A unit sums over its inputs, and the steps agree in sign.",
        ],
        solution=r"The largest singular value of Adam's step is about rate × width (its entries agree), and of a square "
                 r"matrix it should not depend on the width. So "
        "the rate is divided by as much as the width is multiplied by. That is the rule of μP for hidden matrices under Adam.",
        purpose="Tune small, train large.",
    ),
]

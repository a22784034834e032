"""Chapter 15: the exercises of the deeper page."""

from companion.practice.checker import Choice, Mistake, Number, Option

EXERCISES = [
    Number(
        "ch15-d-grow",
        "The weight that one way asks for",
        "Behind $\\tanh$ (slope 1 at its steepest) a tied layer of one unit gives nudges back completely, through "
        "$\\tanh$ up and $\\tanh$ down, small signals. Which weight is that?",
        answer=1.0,
        rtol=0.01,
        comment="So tanh with N(0, 1/n) begins where pre-training would lead. It is the sigmoid's slope of ¼ that made "
        "pre-training worth so much.",
        mistakes=[
            Mistake(4.0, "That is the sigmoid, whose slope is ¼. The slope of tanh is 1."),
            Mistake(0.25, "That is the slope of a sigmoid. Which w makes (w · 1)² = 1?"),
            Mistake(2.0, "That is a sigmoid with a linear way down."),
        ],
        hints=["One way is w times the slope.", "$(w \\cdot 1)^2 = 1$<!--exact-->."],
        solution="$(w \\cdot 1)^2 = 1$: $w = 1$.",
        purpose="Why nobody missed it once tanh and ReLU had fair weights.",
    ),
    Choice(
        "ch15-i-lsuv",
        "Does it beat a computed start?",
        "LSUV (chapter 6) scales each layer until its sums have variance 1. For twenty sigmoids, does it do as well as "
        "pre-training? Think of what the measured table above says about which property counts.",
        options=[
            Option(
                "Yes: it looks at the data too.",
                advice="It looks at the data, but for the size of z. A z of size 1 leaves a sigmoid's slope near ¼, and "
                "weights of size 1 to 2 then hand down less than a half.",
            ),
            Option(
                "No: sums of size 1 are too small for a sigmoid to hand on what it gets.",
                correct=True,
                advice="Its factor a layer stays far below 1. Orthogonal × 4 with centred sums has the factor that "
                "pre-training learns, and needs no learning.",
            ),
            Option(
                "No: only learning from data can do it.",
                advice="*Orthogonal × 4, centred* has learnt nothing, and reads most digits.",
            ),
        ],
        hints=[
            "What size must a weight have so that weight times slope is 1?",
            "LSUV makes the sums of size 1; where the slope is ¼, it leaves weights of what gain?",
        ],
        solution="LSUV looks at the size of the sums. The rule that a sigmoid needs is another: weight "
        "times slope 1 and sums centred.",
        purpose="A rule for the signal is not yet a rule for the blame.",
    ),
]

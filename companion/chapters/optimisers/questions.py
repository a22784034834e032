"""Small questions along the page of chapter 13, in their order: guess, reason, move, check."""

import numpy as np

from companion.optimizers import OPTIMIZERS
from companion.practice.checker import Choice, Guess, Mistake, Number, Option

RATE, STEPS = 0.001, 100


def moved(name, gradients, *, rate=RATE, **settings):
    """How far one weight has gone, from 0 and against its gradients, after a step for each of ``gradients``."""
    optimizer, w = OPTIMIZERS[name], np.zeros(1)
    state = optimizer.start(w)
    for g in gradients:
        w, state = optimizer.step(w, np.array([float(g)]), state, rate=rate, **settings)
    return -float(w[0])


def steady(g, **settings):
    """How far Adam moves a weight whose gradient is ``g`` at each of 100 steps."""
    return moved("adam", [g] * STEPS, **settings)


def swinging(g):
    """The same where the sign changes at every step, after the second half of the steps: in rates a step, the largest."""
    path = [moved("adam", [g * (-1) ** k for k in range(steps)]) for steps in range(STEPS // 2, STEPS + 1)]
    return np.abs(np.diff(path)).max() / RATE


NUMBERS = {
    "half_least": lambda: float(np.finfo(np.float16).smallest_subnormal),
}

QUESTIONS = [
    Guess(
        "ch13-guess",
        "A gradient that stays small",
        r"""A weight's gradient is 0.0001<!--exact--> at every step, and the rate is 0.001<!--exact-->. With SGD, 100<!--exact-->
steps move it by $100 \cdot 0.001 \cdot 0.0001 = 0.00001$<!--exact-->. Adam first *divides each weight's gradient by the usual
size of that weight's gradient*, and then multiplies by the rate. **How far does Adam move this weight in 100<!--exact-->
steps?**""",
        answer=lambda: steady(1e-4),
        comment="The usual size of this gradient is 0.0001<!--exact--> itself, so each step is one whole rate, and a "
                "hundred of "
        "them make 0.1<!--exact-->. A gradient of 10 at every step would have moved it just as far.",
        purpose="Commit to a number before you look: the difference is what you learn.",
    ),
    Number(
        "ch13-s-eps",
        "As small as ε",
        r"""A gradient of $10^{-8}$<!--exact--> at every step, as small as $\epsilon$. How far do 100<!--exact--> steps of Adam at
rate 0.001<!--exact--> go?""",
        answer=lambda: steady(1e-8),
        rtol=0.02,
        comment="Each step is g / (g + ε) = ½ of the rate.",
        mistakes=[
            Mistake(
                0.1,
                "So far it would go without ε. Here ε is as large as the gradient, and stands below the line with it.",
            ),
            Mistake(0.0, "ε makes the step smaller, not 0: it is g / (g + ε) times the rate."),
            Mistake(0.0005, "That is one step. There are 100<!--exact--> of them."),
            Mistake(0.5, "That is the share g / (g + ε) of *one* rate. Times the rate, times 100<!--exact--> steps."),
            Mistake(50.0, "That is in rates. Times 0.001<!--exact-->."),
            Mistake(1e-9, "That is SGD: rate × gradient, 100<!--exact--> times. Adam divides the gradient first."),
            Mistake(0.2, "You divided by ½. The share g / (g + ε) is below 1: multiply by it."),
        ],
    ),
    Number(
        "ch13-s-below",
        "Far below ε",
        r"""Adam with $\epsilon = 10^{-8}$<!--exact-->, gradient $10^{-10}$<!--exact-->: how many *rates* does it go in
100<!--exact--> steps? (About.)""",
        answer=lambda: steady(1e-10) / RATE,
        rtol=0.05,
        comment="Far below ε a step is g / ε times the rate: as with SGD, a hundred times smaller gradient, a hundred times "
                "smaller "
        "step. Set ε to 10^{-16}<!--exact-->, and it is 100<!--exact--> rates again.",
        mistakes=[
            Mistake(100.0, "That is for gradients far above ε. Here g / (g + ε) is about a hundredth."),
            Mistake(0.01, "That is one step. There are 100<!--exact--> of them."),
            Mistake(50.0, "That is for a gradient as large as ε. This one is a hundred times smaller."),
            Mistake(0.001, "That is the way, not the number of rates: divide it by the rate, 0.001<!--exact-->."),
            Mistake(1e4, "You turned g / ε round: the gradient is the *smaller* one here."),
        ],
    ),
    Choice(
        "ch13-s-swing",
        "A gradient that changes its sign",
        "The gradient is 1, −1, 1, −1 and so on. How far is Adam from its start after 100<!--exact--> steps?",
        options=[
            Option(
                "About 100<!--exact--> rates: only the size counts.",
                advice="The size is divided out, the signs are not: the average *m* is one of gradients with their signs.",
            ),
            Option(
                "It stays near its start.",
                correct=True,
                advice="In *m* plus and minus nearly cancel, in *v* the squares do not. Adam forgets the size of a gradient; "
                       "whether "
                "it agrees with the ones before it remembers.",
            ),
            Option(
                "Exactly nowhere, from the first step on.",
                advice="The first step knows no other gradient: it is a whole rate long. Later ones are short, not 0.",
            ),
        ],
    ),
    Choice(
        "ch13-s-same-size",
        "Equally small",
        r"The two networks are told about equally little in layer 1. With Adam, the halved ReLU network is well on its way after "
        r"300<!--exact--> steps. And the ten sigmoid layers?",
        options=[
            Option(
                "They are as far: Adam brings every gradient to the same size.",
                advice="It does bring it to that size. But what is it that it enlarges? Look at the last column.",
            ),
            Option(
                "They stay far behind: what they are told is nearly the same for every digit.",
                correct=True,
                advice="Equally small is not equally bad. Adam enlarges what is there, and hardly anything of what tells a 3 "
                       "from an 8 "
                "is still there.",
            ),
            Option(
                "They are as far if ε is small enough.",
                advice="ε decides down to which size a gradient is enlarged. Does the enlarged one know which digit it was?",
            ),
        ],
    ),
    Number(
        "ch13-s-rate",
        "How many times the rate?",
        r"""PyTorch's defaults: at the start layer 1 is told about $10^{-9}$<!--exact--> (rms of $\partial W_1$), a healthy
network
about $10^{-2}$<!--exact-->. With SGD, by which factor would you have to raise the rate, to make up for that?""",
        answer=1e7,
        rtol=0.01,
        comment="But there is one rate for all layers, and layer 20<!--exact--> is told enough as it is. What will steps of that "
        "length do to it? The picture goes up to a factor of a thousand.",
        mistakes=[
            Mistake(7.0, "Seven *powers* of ten. The factor is ten to that power."),
            Mistake(1e-7, "That is how much smaller it is. The rate has to make up for it: the other way round."),
            Mistake(1e9, "Then the step would be as large as 1. It need only be as large as that of the healthy one."),
            Mistake(1e11, "The powers of ten are −9 and −2: subtract them, do not add."),
        ],
    ),
    Choice(
        "ch13-s-half",
        "Adam in sixteen bits",
        r"The smallest number that *float16* (16 bits) can hold is $6 \cdot 10^{-8}$<!--=half_least-->; what is under half of "
        r"that becomes 0. A weight's "
        r"gradient is $10^{-4}$<!--exact-->, at every step. What is Adam's step in float16?",
        options=[
            Option(
                "One rate, as always.",
                advice="What becomes of the square of 10^{-4}<!--exact--> in float16? And of ε?",
            ),
            Option(
                "0: the gradient is too small.",
                advice="The gradient itself is large enough to be kept. Its square is 10^{-8}<!--exact-->: is that?",
            ),
            Option(
                "Infinite: it divides by 0.",
                correct=True,
                advice="The square becomes 0, and so does ε = 10^{-8}<!--exact-->. That is why optimisers keep their averages "
                       "in float32, "
                "and why there is an ε to choose.",
            ),
        ],
    ),
]

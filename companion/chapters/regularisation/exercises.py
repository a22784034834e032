"""Chapter 12: penalties. How fast decay acts, in which direction, what spectral norm leaves, AdamW's step."""

from functools import cache
from math import log, sqrt

import numpy as np

from companion.chapters.regularisation.penalised import relu_nets, train
from companion.data import digits
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option

RATE, STRENGTH = 0.02, 0.05


def _decoupled_step(w, m, v, rate, strength):
    return (1 - rate * strength) * w - rate * m / (np.sqrt(v) + 1e-8)


def _step_inputs(rng):
    w, m = rng.normal(size=(2, 5))
    v = m**2 * rng.uniform(1, 4, 5)
    return [(w, m, v, 0.1, 0.2), (10 * w, 1e-4 * m, 1e-8 * v, 0.01, 0.5)]


@cache
def _steps_to_nan():
    """The median number of steps after which an exploding network (growth 2) without a penalty meets a NaN."""
    x, y = digits().train_x[:, :100], digits().train_y[:100]
    run = train(relu_nets(2.0, seeds=100), x, y, rate=0.1, steps=12)
    return float(np.median([stop for stop in run.stopped_at if stop is not None]))


NUMBERS = {
    "nan": _steps_to_nan,
    "share": lambda: 0.1 * 0.01,
    "half_life": lambda: log(0.5) / (20 * log(1 - RATE * STRENGTH)),
    "undo": lambda: 2 * sqrt(2),
    "strong": lambda: 1 - 0.1 * 3,
}

EXERCISES = [
    Guess(
        "ch12-guess",
        "Half of a weight",
        r"""A weight gets no gradient from the loss, only from an L2 penalty $\tfrac12\lambda w^2$. The learning rate is $\eta = 0.1$<!--exact-->,
the strength $\lambda = 0.01$<!--exact-->, both rather large in practice.

After how many steps of gradient descent is the weight half as large?""",
        answer=lambda: log(0.5) / log(1 - 0.1 * 0.01),
        unit="steps",
        log=False,
        comment="Each step takes a thousandth<!--=share--> of what is left. An exploding network ends in NaN after about four<!--=nan--> steps.",
        purpose="Commit to a number before you see one.",
    ),
    Choice(
        "ch12-q-direction",
        "Which way does it push?",
        r"""In a deep ReLU network without biases the gradient shrinks to a half in every layer on its way to the input. You raise the strength of the L2
penalty. What happens to rms $\delta_1$ / rms $\delta_L$?""",
        options=[
            Option(
                "It rises: the penalty adds λw to the gradient, so the gradient is larger.",
                advice="λw is added to ∂W, the gradient of one matrix, after the backward pass. It never enters δ, and what it does to W is to shrink it.",
            ),
            Option(
                "It falls: smaller weights make the product smaller.",
                correct=True,
                advice="Every matrix between layer L and layer 1 gets smaller, and ReLU's slopes do not grow in return.",
            ),
            Option(
                "It stays: a penalty acts on weights, δ is a gradient.",
                advice="δ_{l} = (W_{l+1}ᵀ δ_{l+1}) ⊙ f′(z_{l}): the weights are the factors that δ is made of.",
            ),
            Option(
                "It stays near ½: the penalty holds the weights where they are.",
                advice="A penalty has its minimum at w = 0, not at the present size. What does its gradient λw do to a weight?",
            ),
        ],
        hints=(
            "Write δ₁ as a product. Which of its factors contain a weight?",
            "The step that comes from the penalty alone is $w \\to (1 - \\eta\\lambda)\\,w$.",
        ),
        solution=r"""$\delta_1 = f'(z_1) \odot W_2^{\mathsf T} \cdots W_L^{\mathsf T} \delta_L$ with slopes in between. A penalty multiplies each $W$
by $1 - \eta\lambda$ a step, so the ratio is multiplied by $(1 - \eta\lambda)^{L-1}$ a step. Without biases ReLU's slopes, 0 or 1, stay
what they are when all weights shrink by one factor. For a vanishing gradient this is the wrong direction, at any strength. Only slopes that come back as the weights
shrink, those of saturated sigmoid or tanh units, can turn it round.""",
        purpose="Tells what a penalty adds to ∂W from what it does to δ.",
    ),
    Number(
        "ch12-d-half-life",
        "The half-life of a product",
        rf"""Decay alone acts on a ReLU network without biases: $\eta = {RATE:g}$, $\lambda = {STRENGTH:g}$. A gradient passes
through 20 weight matrices. Derive after how many steps it is half of what it was.""",
        answer=lambda: log(0.5) / (20 * log(1 - RATE * STRENGTH)),
        rtol=0.02,
        unit="steps",
        mistakes=(
            Mistake(
                lambda: log(2) / (RATE * STRENGTH),
                "That is the half-life of one weight. All 20 factors shrink at once.",
            ),
            Mistake(
                lambda: log(2) / STRENGTH,
                "ln 2 / λ forgets the rate: a step multiplies the weight by 1 − ηλ, not by 1 − λ.",
            ),
            Mistake(
                lambda: log(2) / STRENGTH / 20,
                "You divided by the number of matrices, good; but a step multiplies the weight by 1 − ηλ, not by 1 − λ.",
            ),
            Mistake(
                lambda: 20 * log(2) / (RATE * STRENGTH),
                "More matrices make it faster, not slower: all of them shrink in the same step.",
            ),
            Mistake(
                lambda: 0.5 / (RATE * STRENGTH) / 20,
                "Half of 1/(ηλ) would be right if each step took the same amount. It takes the same *share*: use ln 2.",
            ),
        ),
        hints=(
            "After $k$ steps each matrix is $(1 - \\eta\\lambda)^k$ times what it was. The gradient contains 20 of them.",
            "Solve $(1 - \\eta\\lambda)^{20 k} = \\tfrac12$; for small $\\eta\\lambda$, $\\ln(1 - \\eta\\lambda) \\approx -\\eta\\lambda$.",
        ),
        solution=r"""$(1 - \eta\lambda)^{20k} = \tfrac12$ gives $k = \ln 2 / (20\,\eta\lambda) \approx 35$<!--=half_life-->. ReLU without biases
passes a factor on unchanged, so nothing else moves.""",
        purpose="Puts the decay law and the product of layers together.",
    ),
    Number(
        "ch12-d-spectral",
        "Undo it",
        r"""Wide square Gaussian matrices are divided by their largest singular value and used in a ReLU network without biases. By which
one number must all of them be multiplied so that the gradient neither grows nor shrinks?""",
        answer=lambda: 2 * sqrt(2),
        rtol=0.01,
        mistakes=(
            Mistake(2.0, "That restores σ_w = 1. ReLU still takes half of the mean square in each layer."),
            Mistake(lambda: sqrt(2), "That pays for ReLU. But after the division σ_w is ½, not 1."),
            Mistake(8.0, "That is the ratio of the mean squares; a weight is multiplied by its root."),
            Mistake(1.0, "A largest stretch of 1 is not a typical stretch of 1: most directions shrink."),
        ),
        hints=(
            "A square matrix with $N(0, 1/n)$ entries has the largest singular value 2. What is $\\sigma_w$ afterwards?",
            "The growth is $\\sigma_w/\\sqrt2$. Which $\\sigma_w$ makes it 1?",
        ),
        solution=r"""After the division $\sigma_w = \tfrac12$, so the growth is $\tfrac12\cdot\tfrac1{\sqrt2} = 1/\sqrt8$, and $\sqrt8 =
2\sqrt2 = 2.83$<!--=undo--> undoes it. Then the largest singular value is 2.83<!--=undo-->, and the promise of a Lipschitz constant of 1 is gone: you can
have one or the other.""",
        purpose="Puts a bound and a typical size side by side.",
    ),
    Code(
        "ch12-c-decoupled",
        "The step of AdamW",
        r"""`m` and `v` are Adam's bias-corrected averages of the gradient of the *loss* and of its square. Write one step with decoupled
decay: the weights first decay with rate × strength, and the Adam step, with ε = 1e-8<!--exact--> added to √v, comes on top. Return the new `w`.""",
        stub="def decoupled_step(w, m, v, rate, strength):\n    ...",
        reference=_decoupled_step,
        inputs=_step_inputs,
        rtol=1e-9,
        mistakes=(
            Mistake(
                lambda w, m, v, rate, strength: w - rate * (m + strength * w) / (np.sqrt(v) + 1e-8),
                "Here the decay is divided by √v too: weights with large gradients then hardly decay. That is Adam with L2. "
                "Decoupled means that √v never touches it.",
            ),
            Mistake(
                lambda w, m, v, rate, strength: (1 - strength) * w - rate * m / (np.sqrt(v) + 1e-8),
                "The decay has to be multiplied by the rate: 1 − rate · strength.",
            ),
            Mistake(
                lambda w, m, v, rate, strength: (1 - rate * strength) * (w - rate * m / (np.sqrt(v) + 1e-8)),
                "Nearly: you let the fresh step decay as well. Only the old weight does.",
            ),
            Mistake(
                lambda w, m, v, rate, strength: (1 + rate * strength) * w - rate * m / (np.sqrt(v) + 1e-8),
                "The sign: this lets the weights grow.",
            ),
            Mistake(
                lambda w, m, v, rate, strength: (1 - rate * strength) * w - rate * m / (v + 1e-8),
                "v averages squares; the step divides by its root.",
            ),
            Mistake(
                lambda w, m, v, rate, strength: (1 - rate * strength) * w - rate * m / np.sqrt(v + 1e-8),
                "ε is added to √v, not to v.",
            ),
            Mistake(
                lambda w, m, v, rate, strength: w - rate * m / (np.sqrt(v) + 1e-8),
                "This is Adam alone; where does the weight decay?",
            ),
        ),
        hints=(
            "Two terms: what is left of the old weight, and Adam's step $-\\eta\\, m/(\\sqrt v + \\varepsilon)$.",
            "What is left of the old weight is $(1 - \\eta\\lambda)\\,w$, whatever its gradients were.",
        ),
        solution=r"""```python
def decoupled_step(w, m, v, rate, strength):
    return (1 - rate * strength) * w - rate * m / (np.sqrt(v) + 1e-8)
```

With `(m + strength * w) / √v` instead, the decay of a weight depends on how large its gradients have been.""",
        purpose="The one line in which Adam with L2 and AdamW differ.",
    ),
    Choice(
        "ch12-i-mild",
        "The price of a rescue",
        r"""A hundred networks explode mildly: `relu_nets(1.6, seeds=100)`, trained at a rate of 0.1<!--exact--> for 30 steps on 100 digits, as in
round 2. Give `penalty="l2"` the `strength` 0, 0.1<!--exact--> and 3. Each time count `run.diverged`, and look at the accuracy on new digits and at the
last growth of those that live. What does a strength of 3 buy?""",
        options=[
            Option(
                "Nothing: about as many diverge as without a penalty",
                advice="That is what you see at 0.1<!--exact-->. Count again at 3: far fewer diverge.",
            ),
            Option(
                "All hundred live, and they learn like a start with gain 1",
                advice="Count `run.diverged`: a few are lost at 3 as well. And look at the accuracy of those that live.",
            ),
            Option(
                "Most of them live, and read no more digits than by chance",
                correct=True,
                advice="They live because their weights are gone, and the gradient with them.",
            ),
            Option(
                "Most of them live, and read about half of the digits",
                advice="About half is what a start with gain 1 reads without a penalty, after 60 steps. Look at `run.accuracy` of those that live.",
            ),
        ],
        hints=(
            'The call is `train(relu_nets(1.6, seeds=100), X, Y, rate=0.1, steps=30, penalty="l2", strength=…)`.',
            "`run.diverged` has one entry for each network; `run.accuracy(digits().test_x, digits().test_y)[~run.diverged]` is of those that live.",
        ),
        solution=r"""A strength of 3 takes a factor of 0.7<!--=strong--> on every weight at every step. Most of the networks stay finite, not all, and those know no
digit: the accuracy is that of guessing, and the growth has fallen to almost 0. The penalty did not tame the gradient, it removed the weights.
A start with gain 1 costs nothing.""",
        purpose="Finds out that the cure is the other disease.",
    ),
]

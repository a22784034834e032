"""Chapter 7: the edge of chaos. χ over depth, what a kept variance does not keep, ReLU's critical point, bisection, the 6ξ rule."""

from math import sqrt

import numpy as np

from companion import runs, theory
from companion.chapters.edge_of_chaos import correlation
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option
from companion.propagation import profile
from companion.quadrature import gaussian_mean

BIAS = 0.05
_KEEP = 1 / sqrt(gaussian_mean(lambda z: np.tanh(z) ** 2))  # the gain at which tanh keeps q = 1
_GROWTH = theory.growth("tanh", _KEEP, 0.0)


def _hundred_layers():
    settings = {"activation": "tanh", "initialization": "lecun_normal", "gain": 5 / 3, "width": 100}
    return 10 ** np.median(profile(depth=100, seeds=8, batch=8, **settings).decades)


def _bisect(chi_at):
    """The root of chi_at(σ_w²) = 1 between 0.5 and 100."""

    def solve(sb2):
        low, high = 0.5, 100.0
        for _ in range(48):
            middle = (low + high) / 2
            low, high = (middle, high) if chi_at(middle, sb2) < 1 else (low, middle)
        return middle

    return solve


def _critical(sb2):
    return theory.critical_sigma_w("tanh", sqrt(sb2)) ** 2


def _square(g, q):
    return gaussian_mean(lambda xi: g(np.sqrt(q) * xi) ** 2)


def _slope(z):
    return 1 / np.cosh(z) ** 2


def _at_length_one(sw2, sb2):
    return sw2 * _square(_slope, 1.0)


def _one_step(sw2, sb2):
    return sw2 * _square(_slope, sw2 * _square(np.tanh, 1.0) + sb2)


def _without_bias(sw2, sb2):
    return theory.chi("tanh", sqrt(sw2), 0.0)


def _bias_not_squared(sw2, sb2):
    return theory.chi("tanh", sqrt(sw2), sb2)


def _broken_rule():
    """The recorded weight scale at depth 40 that is farthest below 90 % although 6ξ > 40."""
    kept = runs.load("ch07-training").where(depth=40)
    scales = np.unique(kept["variance"])
    inside = [v for v in scales if 6 * correlation.depth_scale("tanh", sqrt(v), sqrt(BIAS)) > 40]
    return min(inside, key=lambda v: kept.where(variance=v)["accuracy"].mean())


def _six(variance):
    return 6 * correlation.depth_scale("tanh", sqrt(variance), sqrt(BIAS))


def _accuracy(variance):
    return float(runs.load("ch07-training").where(depth=40, variance=variance)["accuracy"].mean())


_CHAOTIC = ("tanh", 2.0, sqrt(BIAS))
NUMBERS = {
    "chi_1": lambda: theory.chi("tanh", 1.0, sqrt(BIAS)),
    "growth_1": lambda: theory.growth("tanh", 1.0, sqrt(BIAS)),
    "forty": lambda: theory.growth("tanh", 1.0, sqrt(BIAS)) ** 39,
    "edge": lambda: _critical(BIAS),
    "six_1": lambda: _six(1.0),
    "six_125": lambda: _six(1.25),
    "six_15": lambda: _six(1.5),
    "six_21": lambda: _six(2.1),
    "six_3": lambda: _six(3.0),
    "six_4": lambda: _six(4.0),
    "accuracy_15": lambda: _accuracy(1.5),
    "accuracy_4": lambda: _accuracy(4.0),
    "chi_4": lambda: theory.chi(*_CHAOTIC),
    "xi_4": lambda: correlation.depth_scale(*_CHAOTIC),
    "own_4": lambda: 1 / np.log(theory.chi(*_CHAOTIC)),
    "slope_4": lambda: correlation.slope(*_CHAOTIC, correlation.fixed_point(*_CHAOTIC)),
    "first_4": lambda: round(theory.growth(*_CHAOTIC) ** 39, -1),
}

EXERCISES = [
    Guess(
        "ch07-guess",
        "The library's own gain",
        r"""PyTorch recommends the gain $5/3$ for tanh: weights $N(0, (5/3)^2/n)$, biases zero. Build a plain network of 100 such layers,
100 units wide.

How large is $\delta_1$ compared with $\delta_{100}$? Give rms $\delta_1$ / rms $\delta_{100}$ (for example `1e-6`, `1` or `1e6`).""",
        answer=_hundred_layers,
        log=True,
        comment="A gain chosen to keep the signal alive is not chosen to keep the gradient: a tenth more in every layer.",
        purpose="Commit to a number before you see one.",
    ),
    Number(
        "ch07-q-forty",
        "From χ to a ratio",
        r"""A tanh network has $\sigma_w^2 = 1$, $\sigma_b^2 = 0.05$<!--exact-->, so $\chi = 0.759$<!--=chi_1-->. It has 40 layers. What is
rms $\delta_1$ / rms $\delta_{40}$ according to $\chi$?""",
        answer=lambda: theory.growth("tanh", 1.0, sqrt(BIAS)) ** 39,
        rtol=0.05,
        mistakes=(
            Mistake(
                lambda: theory.chi("tanh", 1.0, sqrt(BIAS)) ** 39,
                "χ is the factor of the *mean square*. The rms is its root: √χ a layer.",
            ),
            Mistake(
                lambda: theory.chi("tanh", 1.0, sqrt(BIAS)) ** 40,
                "Two things: χ multiplies the mean square, so take its root; and from layer 40 to layer 1 there are 39 steps.",
            ),
            Mistake(
                lambda: theory.growth("tanh", 1.0, sqrt(BIAS)) ** 40,
                "The root is right. From layer 40 down to layer 1 the gradient takes 39 steps, not 40.",
            ),
            Mistake(
                lambda: theory.growth("tanh", 1.0, sqrt(BIAS)) ** -39,
                "That is δ_{40} / δ_{1}. χ < 1 makes the gradient smaller towards the input.",
            ),
            Mistake(lambda: sqrt(theory.chi("tanh", 1.0, sqrt(BIAS))), "That is one layer. There are 39 of them."),
        ),
        hints=(
            "What does $\\chi$ multiply in each layer: the rms of $\\delta$, or its mean square?",
            "$\\sqrt\\chi = 0.871$<!--=growth_1--> a layer, and there are 39 steps from layer 40 to layer 1.",
        ),
        solution=r"""The mean square is multiplied by $\chi^{39}$, so the rms by $\chi^{39/2}$, about 0.0046<!--=forty-->: more than two
decades. That is the network that stays at the level of guessing in round 4.""",
        purpose="Tells a mean square from a size, and steps from layers.",
    ),
    Choice(
        "ch07-q-variance",
        "A variance of 1 in every layer",
        r"""A colleague prints the mean square of $z_l$ in all 100 layers of a wide plain tanh network without biases, random weights: 1.00<!--exact--> everywhere. "So the gain is right, and the
gradient will neither vanish nor explode." What do you answer?""",
        options=[
            Option(
                "Right: what keeps the signal keeps the gradient.",
                advice=f"Forward the weights make up for E f², backward for E f′². For tanh at q = 1 the two differ by {_GROWTH**2 - 1:.0%}.",
            ),
            Option(
                "The gradient vanishes: tanh has slopes below 1.",
                advice=f"The slopes are below 1, but σ_{{w}}² is not: it is {_KEEP**2:.2f} here, and the slopes do not bring that down to 1.",
            ),
            Option(
                f"The gradient explodes by a factor of about {round(_GROWTH**99, -2):,.0f}.",
                correct=True,
                advice=f"σ_{{w}} = {_KEEP:.4f} keeps q = 1, and χ is {_GROWTH**2:.3f} there: {_GROWTH:.3f} a layer, over 99 steps.",
            ),
            Option(
                "Nothing can be said without training the network.",
                advice="q and σ_{w} are all that χ needs: E f′² follows from q = 1 by one integral.",
            ),
        ],
        hints=(
            "Which gain gives $q = 1$ for tanh? It is in round 5.",
            "$\\chi = \\sigma_w^2\\,\\mathrm E f'(\\xi)^2$ with $\\sigma_w^2 = 1/\\mathrm E f(\\xi)^2$.",
        ),
        solution=rf"""Without biases, $q = 1$ in every layer means $\sigma_w^2 = 1/\mathrm E \tanh(\xi)^2 = {_KEEP:.4f}^2$. Then
$\chi = \mathrm E f'^2 / \mathrm E f^2 = {_GROWTH**2:.3f}$, the growth is {_GROWTH:.3f} a layer, and 99 of them make {round(_GROWTH**99, -2):,.0f}.

Printing activations finds dead and overflowing signals. Whether the gradient arrives, only the gradient says.""",
        purpose="The most common wrong check of an initialisation.",
    ),
    Number(
        "ch07-d-relu-point",
        "ReLU's critical point",
        r"""Give ReLU the weight scale that makes $\chi = 1$, and tanh's biases: $\sigma_w^2 = 2$, $\sigma_b^2 = 0.05$<!--exact-->. In layer 1 the mean square of
$z$ is $q_1 = 1$. Derive $q_l$. What is $q_{41}$, forty layers on?""",
        answer=lambda: 1 + 40 * BIAS,
        rtol=0.005,
        mistakes=(
            Mistake(
                1.0,
                "That is so without biases. Each layer adds σ_{b}² = 0.05<!--exact-->, and with σ_{w}²/2 = 1 nothing takes it away.",
            ),
            Mistake(
                1.05, "That is one layer on. The next layer starts from 1.05<!--exact-->, keeps all of it, and adds 0.05<!--exact--> again."
            ),
            Mistake(
                lambda: 1 + 41 * BIAS, "From layer 1 to layer 41 there are 40 steps; each adds σ_{b}² = 0.05<!--exact--> once."
            ),
            Mistake(
                lambda: 1 + 40 * sqrt(BIAS),
                "You added the standard deviation σ_{b}. Mean squares add variances: 0.05<!--exact--> a layer.",
            ),
            Mistake(
                lambda: 2.0**40 + BIAS * (2.0**40 - 1),
                "The weights multiply by σ_{w}² E f², and E f² is q/2 for ReLU: the factor is 1, not 2.",
            ),
            Mistake(
                lambda: 0.1,
                "That is a fixed point for σ_{w}² = 1. With σ_{w}² = 2 the line q/2 · 2 + 0.05<!--exact--> never meets the diagonal.",
            ),
        ),
        hints=(
            "$\\mathrm E f(\\sqrt q\\,\\xi)^2 = q/2$: half of the $z$ are cut off, and they carry half of the mean square.",
            "$q_{l+1} = \\tfrac12\\sigma_w^2\\,q_l + \\sigma_b^2$. What is $\\tfrac12\\sigma_w^2$?",
        ),
        solution=r"""$q_{l+1} = \tfrac12\cdot 2\,q_l + \sigma_b^2 = q_l + \sigma_b^2$, so $q_{41} = 1 + 40\,\sigma_b^2 = 3$. The length never
settles unless $\sigma_b = 0$. So in ReLU's map the line $\sigma_w^2 = 2$ keeps the gradient, but only its end $(2, 0)$ keeps the signal too.
Compare the panel $q_l$ of the widget, ReLU at $\sigma_w^2 = 2$.""",
        purpose="Derives what zero biases buy in He's initialisation.",
    ),
    Code(
        "ch07-c-bisection",
        "Find the edge",
        r"""Write a function that takes $\sigma_b^2$ and returns the critical $\sigma_w^2$ of **tanh**, to six digits. For a given $\sigma_w^2$: let $q$ settle
with the length map, compute $\chi$ there, and halve the interval $(0.5, 100)$<!--exact--> until it is small. (`mean_square` of round 1 is at hand;
`theory.chi` takes standard deviations.)""",
        stub="def critical_variance(sb2):\n    ...",
        reference=_critical,
        inputs=lambda rng: [(0.05,), (0.2,), (float(rng.uniform(0.5, 1)),)],
        rtol=1e-6,
        mistakes=(
            Mistake(
                _bisect(_at_length_one),
                "You computed χ at q = 1. χ belongs to the q that this σ_w² settles at: iterate the length map first, inside the "
                "search.",
            ),
            Mistake(
                _bisect(_one_step),
                "One step of the length map is not its fixed point. Iterate until q no longer changes.",
            ),
            Mistake(
                _bisect(_without_bias),
                "Your length map has no biases: each layer adds σ_{b}² to q. (Without it the edge is at σ_w² = 1.)",
            ),
            Mistake(
                _bisect(_bias_not_squared),
                "`theory.chi` takes standard deviations: hand it the root of sb2.",
            ),
            Mistake(
                lambda sb2: sqrt(_critical(sb2)),
                "That is σ_{w}; its square is asked for.",
            ),
        ),
        hints=(
            "$\\chi$ rises with $\\sigma_w^2$: if it is below 1 in the middle of the interval, the edge lies above the middle.",
            "Two loops: the outer one halves the interval some 40<!--exact--> times, the inner one iterates $q$ until it rests.",
        ),
        solution=r"""The fixed point has to be found anew for every $\sigma_w^2$ tried.

```python
def critical_variance(sb2):
    from companion import theory

    low, high = 0.5, 100.0
    for _ in range(48):
        middle = (low + high) / 2
        if theory.chi("tanh", middle**0.5, sb2**0.5) < 1:
            low = middle
        else:
            high = middle
    return middle
```

`theory.chi` finds the fixed point itself. For $\sigma_b^2 = 0.05$<!--exact--> the answer is 1.760955<!--=edge-->. There is a way without any search, too: choose
$q$, take $\sigma_w^2 = 1/\mathrm E f'^2$, and read $\sigma_b^2 = q - \sigma_w^2\,\mathrm E f^2$ off the length map. The widget draws its curve so.""",
        purpose="Computes the curve that the chapter is named after.",
    ),
    Number(
        "ch07-i-six",
        "Where the 6ξ rule fails",
        r"""In the recorded runs of round 4 at **depth 40**, several weight scales should train by the rule ($6\xi > 40$) and yet their networks do not reach 90 %<!--exact--> in 200 steps, on average. At which $\sigma_w^2$ is the accuracy farthest below?

Look at the table, or ask `runs.load("ch07-training")`.""",
        answer=_broken_rule,
        rtol=0.01,
        mistakes=(
            Mistake(
                1.0,
                "It fails there, as the rule says: 6ξ is 22<!--=six_1-->, and 40 layers are too many. Look for a scale with 6ξ > 40.",
            ),
            Mistake(
                1.25,
                "A good catch: 6ξ = 41<!--=six_125--> is just enough, and 90 %<!--exact--> are not reached. One other scale is farther below.",
            ),
            Mistake(
                1.5, "The rule holds there: 6ξ = 95<!--=six_15-->, and the accuracy is above 0.9<!--above=accuracy_15-->. (Did you read the row of depth 80?)"
            ),
            Mistake(2.5, "That one reaches about 90 %<!--exact-->. Go on along the row."),
            Mistake(1.76, "On the edge nearly all digits are learnt at depth 40. (Did you read the row of depth 80?)"),
            Mistake(3.0, "Below 90 %<!--exact--> it is, but at 6ξ = 54<!--=six_3--> the fall has only begun. Go on along the row."),
            Mistake(
                2.1, "The rule holds there: 6ξ = 116<!--=six_21-->, and the accuracy is high. (Did you read the row of depth 80?)"
            ),
        ),
        hints=(
            "Go along the row of depth 40 and compare each accuracy with the $6\\xi$ above it.",
            "Look at both ends of the row; the chaotic one is worse. Look at the chaotic end.",
        ),
        solution=r"""$\sigma_w^2 = 4$: $6\xi = 42$<!--=six_4--> would just allow 40 layers, and fewer than two thirds<!--below=accuracy_4--> of the digits are learnt.

On the ordered side signal and gradient have the same scale, since $s_* = \chi$. On the chaotic side they do not: $\xi$ belongs to the slope at
$c_*$, 0.87<!--=slope_4--> at $\sigma_w^2 = 4$, but the gradient grows by $\chi = 1.342$<!--=chi_4-->, so its own scale $1/\ln\chi$ is 3.4<!--=own_4--> layers, half of
$\xi = 7.0$<!--=xi_4-->. Layer 1 gets a gradient $\chi^{39/2}$, about 310<!--=first_4--> times that of layer 40, and one rate has to serve both.""",
        purpose="Reads a rule of thumb against the data that it came with.",
    ),
]

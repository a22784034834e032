"""Chapter 4, the deeper page: what a sigmoid allows, matrices of two units, the end of the numbers."""

import numpy as np

from companion.activations import ACTIVATIONS
from companion.chain import explosion_interval, explosion_width, trace
from companion.practice.checker import Code, Mistake, Number
from companion.products import typical_growth
from companion.special import digamma

SLOPE = ACTIVATIONS["sigmoid"].slope


def _two_factors():
    return 5 * SLOPE(0.0) * 5 * SLOPE(3.0)


def _reach(weight=8.0):
    """How far from 0 the z of a sigmoid neuron may lie for a factor of at least 1."""
    low, high = explosion_interval(weight, 0.0)
    return weight * (high - low) / 2


def _peak_neuron():
    """After how many neurons the product of a chain with w = 8, b = −4 is largest, from x = 0.51."""
    return int(np.argmax(trace([8.0] * 30, [-4.0] * 30, 0.51, activation="sigmoid").log10_product)) + 1


def _underflow_depth(dtype):
    product, depth = dtype(1), 0
    while product > 0:
        product, depth = product * dtype(0.25), depth + 1
    return depth


def _stops_at_normals(dtype):
    product, depth = dtype(1), 0
    while product >= np.finfo(dtype).tiny:
        product, depth = product * dtype(0.25), depth + 1
    return depth


NUMBERS = {
    "reach_8": _reach,
    "upper_8": lambda: (1 + np.sqrt(0.5)) / 2,
    "fair": lambda: typical_growth(2) ** 100,
    "slope_ratio": lambda: SLOPE(0.0) / SLOPE(3.0),
    "s_3": lambda: ACTIVATIONS["sigmoid"].f(3.0),
    "s_minus_3": lambda: ACTIVATIONS["sigmoid"].f(-3.0),
    "psi_1": lambda: digamma(1.0),
    "mu_2": lambda: np.log(typical_growth(2)),
    "zero_16": lambda: _underflow_depth(np.float16),
    "zero_32": lambda: _underflow_depth(np.float32),
    "zero_64": lambda: _underflow_depth(np.float64),
}

EXERCISES = [
    Number(
        "ch04-s-bound",
        "At most",
        "Four sigmoid neurons in a row, each with weight 2. How large can the product of their four factors be, at most?",
        answer=0.5**4,
        rtol=0.01,
        mistakes=[
            Mistake(2.0**4, "These are the weights alone. Each of them meets a slope of at most ¼."),
            Mistake(0.25**4, "These are the slopes alone. Each of them is multiplied by a weight of 2."),
            Mistake(0.5, "That is one neuron, 2 · ¼. Four of them are in the row."),
            Mistake(1.0, "That would take factors of 1. Each is the weight, 2, and a slope of at most ¼: ½."),
            Mistake(2.0, "That adds four factors of ½. In a row they multiply."),
        ],
        solution="Each factor is at most $2 \\cdot \\tfrac14 = \\tfrac12$, and $(\\tfrac12)^4 = \\tfrac1{16}$.",
    ),
    Number(
        "ch04-q-two-factors",
        "Two factors in a row",
        "A chain of sigmoid neurons, each with weight $w = 5$. One neuron has $z = 0$, the next one $z = 3$. By how much "
        "do the two "
        "together multiply a gradient on its way to the input?",
        answer=_two_factors,
        rtol=0.01,
        mistakes=[
            Mistake(
                lambda: (5 * 0.25) ** 2,
                "5/4 is the bound |w|/4, reached at z = 0 only. At z = 3 the slope is already more than "
                "five<!--above=slope_ratio--> times smaller.",
            ),
            Mistake(25.0, "These are the weights alone. Each of them meets a slope, at most ¼ and here once far less."),
            Mistake(
                lambda: SLOPE(3.0),
                "That is the slope at z = 3 alone. Each neuron's factor is its weight times its "
                "slope, and there are two neurons.",
            ),
            Mistake(lambda: 5 * SLOPE(0.0), "That is the neuron at z = 0 alone. The product has two factors."),
            Mistake(lambda: 5 * SLOPE(3.0), "That is the neuron at z = 3 alone. The product has two factors."),
            Mistake(
                lambda: SLOPE(0.0) * SLOPE(3.0), "These are the two slopes. Each factor is a weight times a slope."
            ),
            Mistake(
                lambda: 5 * SLOPE(0.0) + 5 * SLOPE(3.0),
                "Along one path factors multiply; sums belong to different paths.",
            ),
        ],
        hints=[
            "A factor is $w\\,s'(z)$, with $s'(z) = s(z)\\,s(-z)$.",
            "$s'(0) = \\tfrac14$ and $s'(3) = s(3)\\,s(-3)$, about 0.953<!--=s_3--> times 0.047<!--=s_minus_3-->.",
        ],
        solution=f"$5 \\cdot \\tfrac14 = 1.25$<!--exact--> and $5\\,s'(3) = {5 * SLOPE(3.0):.3f}$; the product is "
        f"${_two_factors():.3f}$. The weight "
        "is above 4, one factor is above 1, and the product is still far below it: one saturated neuron undoes several "
        "exploding ones.",
        purpose="What does a large weight promise, and what does it keep?",
    ),
    Number(
        "ch04-d-reach",
        "The edge of the window",
        "A sigmoid neuron has weight 8. How far from 0 may its $z$ lie for the factor $8\\,s'(z)$ to be at least 1? Give "
        "the positive end.",
        answer=_reach,
        rtol=0.01,
        mistakes=[
            Mistake(lambda: 2 * _reach(), "That is the whole width of the window, from end to end."),
            Mistake(lambda: _reach() / 8, "That is in units of the input x. Here z itself is asked for."),
            Mistake(lambda: (1 + np.sqrt(0.5)) / 2, "That is s(z) at the edge. Now find the z that belongs to it."),
        ],
        hints=[
            "At the edge $s(1 - s) = \\tfrac18$. Solve for the larger $s$.",
            "$s = 0.854$<!--=upper_8-->. From $s = 1/(1 + e^{-z})$ follows $z = \\ln\\frac{s}{1 - s}$.",
        ],
        solution="$s(1-s) = \\tfrac18$ gives $s = \\tfrac12(1 + \\sqrt{1/2}) = 0.854$<!--=upper_8-->, and $z = "
        "\\ln\\frac{s}{1-s} = 1.76$<!--=reach_8-->.",
        purpose="How narrow is the window in which a weight of 8 can do harm?",
    ),
    Number(
        "ch04-i-peak",
        "The last moment",
        "A chain with $w = 8$, $b = -4$ starts at $x = 0.51$<!--exact-->. After how many neurons is the product largest? "
        "Find it with the widget, or with "
        "the code of the section.",
        answer=_peak_neuron,
        rtol=0.001,
        unit="neurons",
        mistakes=[
            Mistake(1, "The second factor is still above 1, so the product still grows."),
            Mistake(
                lambda: _peak_neuron() + 1,
                "That is the first neuron with a factor below 1: the product falls there. One before it.",
            ),
            Mistake(30, "At the end the chain has lost everything that it won. Play it, and stop at the top."),
        ],
        hints=[
            "The product grows as long as the factors are above 1.",
            "Play the neurons and watch the second picture: when does the dot leave the window?",
        ],
        solution=f"After {_peak_neuron()}. Up to there each neuron doubled the gradient, nearly, and with it the distance "
        f"from the middle of the window. "
        "That distance is what ends the explosion.",
        purpose="Explosion in a sigmoid chain ends itself. When?",
    ),
    Number(
        "ch04-q-fair",
        "A hundred fair matrices",
        "A vector of length 1 is multiplied by 100 random $2 \\times 2$ matrices with entries from $N(0, \\tfrac12)$, "
        "which keep the mean squared length exactly. How long is "
        "it typically at the end? Give the power of ten.",
        answer=lambda: 100 * np.log10(typical_growth(2)),
        rtol=0.01,
        unit="powers of ten",
        mistakes=[
            Mistake(
                0.0, "That is the root *mean* square. The typical length follows the mean log, and that is below 0."
            ),
            Mistake(
                lambda: 100 * np.log(typical_growth(2)),
                "That is the natural logarithm. Powers of ten: divide by ln 10.",
            ),
            Mistake(
                lambda: 200 * np.log10(typical_growth(2)),
                "That is the *squared* length. The length itself has half of this exponent.",
            ),
        ],
        hints=[
            "The mean log of one factor is $\\mu_2 = \\tfrac12[\\ln 1 + \\psi(1)]$, and $\\psi(1) = -0.5772$<!--=psi_1-->.",
            "$100\\,\\mu_2 / \\ln 10$.",
        ],
        solution="$\\mu_2 = -0.2886$<!--=mu_2-->; a hundred of them leave $10^{-12.5}$<!--=fair-->.",
        purpose="Fair on average, and nearly every product is lost.",
    ),
    Code(
        "ch04-d-width",
        "Derive the explosion interval",
        "For which inputs $x$ is $|w\\,s'(wx+b)| \\ge 1$? Derive the *length* of that interval and write it as a function "
        "of the weight. "
        "The weight may be negative; where there is no such input, return 0.0<!--exact-->.",
        stub="def width(w):\n    ...",
        reference=explosion_width,
        inputs=lambda rng: [(4.5,), (6.894,), (-9.0,), (100.0,), (2.0,), (float(rng.uniform(5, 50)),)],
        rtol=1e-9,
        mistakes=[
            Mistake(
                lambda w: explosion_width(w) / 2,
                "That is the distance from the centre to one end. The interval has two sides: double it.",
            ),
            Mistake(
                lambda w: explosion_width(w) * abs(w),
                "That is the interval of z. One step of x moves z by w: divide by |w|.",
            ),
            Mistake(
                lambda w: explosion_width(w) * abs(w) / 2,
                "That is the z at one end. Double it for both sides, and divide by |w|, since x moves z by w.",
            ),
            Mistake(
                lambda w: explosion_width(w) if w > 0 else 0.0,
                "A negative weight explodes just as well: only |w| matters.",
            ),
        ],
        hints=[
            "With $s = s(z)$ the slope is $s(1-s)$. Solve $s(1-s) = 1/|w|$ for the larger $s$.",
            "From $s$ back to $z$: $z = \\ln\\frac{s}{1-s}$, and here $\\frac{s}{1-s} = |w|\\,s - 1$.",
            "The slope is symmetric, so $z$ runs from $-z^*$ to $z^*$. And $x = (z - b)/w$.",
        ],
        solution="$s(1-s) = 1/|w|$ gives $s = \\tfrac12\\bigl(1 + \\sqrt{1 - 4/|w|}\\bigr)$, real for $|w| \\ge 4$ only. "
        "Then "
        "$z^* = \\ln\\frac{s}{1-s} = \\ln(|w| s - 1)$, the interval of $z$ is $2z^*$ long, that of $x$ is $2 z^*/|w|$. "
        "The bias only moves "
        "it.\n\n"
        "```python\ndef width(w):\n    w = abs(w)\n    if w <= 4:\n        return 0.0\n"
        "    s = (1 + np.sqrt(1 - 4 / w)) / 2\n    return 2 / w * np.log(w * s - 1)\n```",
        purpose="D1 shows this formula as a picture only; now it is yours.",
    ),
    Code(
        "ch04-c-underflow",
        "When is a product exactly zero?",
        "Multiply 1 by 0.25<!--exact--> again and again in the number format `dtype` (`np.float16`, `np.float32`, "
        "`np.float64`). Return how many factors it "
        "takes until the product is *exactly* 0.",
        stub="def underflow_depth(dtype):\n    ...",
        reference=_underflow_depth,
        inputs=lambda rng: [(np.float16,), (np.float32,), (np.float64,)],
        rtol=1e-9,
        mistakes=[
            Mistake(
                _stops_at_normals,
                "You stop at the smallest *normal* number. Below it come the subnormals, with ever fewer digits: go on "
                "until it is 0.",
            ),
            Mistake(
                lambda dtype: _underflow_depth(np.float64),
                "That is float64 every time. Keep the product *and* the factor in dtype: `dtype(1)`, `dtype(0.25)`.",
            ),
            Mistake(
                lambda dtype: _underflow_depth(dtype) - 1,
                "That is the last depth at which the product is still above 0. One more.",
            ),
        ],
        hints=[
            "`dtype(1)` makes a number of that format, and the product of two such numbers stays in it.",
            "A loop: `while product > 0`.",
        ],
        solution="In float16 the 13<!--=zero_16-->th factor is the last straw; a float32 product is 0 after "
        "75<!--=zero_32--> factors, a float64 product after 538<!--=zero_64-->.\n\n"
        "```python\ndef underflow_depth(dtype):\n    product, depth = dtype(1), 0\n    while product > 0:\n"
        "        product, depth = product * dtype(0.25), depth + 1\n    return depth\n```",
        purpose="A vanishing gradient can become an exact zero, and then no learning rate helps.",
    ),
]

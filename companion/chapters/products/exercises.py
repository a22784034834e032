"""Chapter 4: products of numbers, of matrices, and where they end."""

import numpy as np

from companion import signals
from companion.activations import ACTIVATIONS
from companion.chain import explosion_width
from companion.chapters.products.claims import two_part_deltas, two_part_network
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option
from companion.products import typical_growth
from companion.weights import INITIALIZATIONS

SLOPE = ACTIVATIONS["sigmoid"].slope


def _two_factors():
    return 5 * SLOPE(0.0) * 5 * SLOPE(3.0)


def _typical(factors):
    return np.exp(np.mean(np.log(factors)))


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


def _halves():
    """log10 of the median rms ∂W_l in layers 1 to 10 over that in layers 12 to 20 of :func:`two_part_network`."""
    network, (x, g) = two_part_network()
    sizes = [signals.log10_rms(dW) for dW in network.pull_back(network.forward(x), g).weights]
    return float(np.median(sizes[:10]) - np.median(sizes[11:]))


def _peak():
    deltas = two_part_deltas()
    return float(deltas.max() - deltas[0])


NUMBERS = {
    "slope_ratio": lambda: SLOPE(0.0) / SLOPE(3.0),
    "s_3": lambda: ACTIVATIONS["sigmoid"].f(3.0),
    "s_minus_3": lambda: ACTIVATIONS["sigmoid"].f(-3.0),
    "uniform_growth": lambda: np.sqrt(100 * INITIALIZATIONS["uniform"].variance(100, 100)),
    "zero_16": lambda: _underflow_depth(np.float16),
    "zero_32": lambda: _underflow_depth(np.float32),
    "zero_64": lambda: _underflow_depth(np.float64),
}

EXERCISES = [
    Guess(
        "ch04-guess",
        "A hundred fair matrices",
        "Draw 100 random $2 \\times 2$ matrices with entries from $N(0, \\tfrac12)$ and multiply a vector of length 1 by all of them. The "
        "variance ½ is chosen so that each matrix keeps the *mean squared length* exactly: on average nothing grows, nothing shrinks. "
        "How long is the vector typically at the end? Give the power of ten: type $0$ for “still about 1”, $-2$ for a hundredth.",
        answer=lambda: 100 * np.log10(typical_growth(2)),
        unit="powers of ten",
        comment="Fair on average, and yet nearly every product is lost: the mean is kept alive by a few huge ones.",
        purpose="Commit to a number before you look: the difference is what you learn.",
    ),
    Number(
        "ch04-q-two-factors",
        "Two factors in a row",
        "A chain of sigmoid neurons, each with weight $w = 5$. One neuron has $z = 0$, the next one $z = 3$. By how much do the two "
        "together multiply a gradient on its way to the input?",
        answer=_two_factors,
        rtol=0.01,
        mistakes=[
            Mistake(
                lambda: (5 * 0.25) ** 2,
                "5/4 is the bound |w|/4, reached at z = 0 only. At z = 3 the slope is already more than five<!--above=slope_ratio--> times smaller.",
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
        solution=f"$5 \\cdot \\tfrac14 = 1.25$<!--exact--> and $5\\,s'(3) = {5 * SLOPE(3.0):.3f}$; the product is ${_two_factors():.3f}$. The weight "
        "is above 4, one factor is above 1, and the product is still far below it: one saturated neuron undoes several exploding ones.",
        purpose="What does a large weight promise, and what does it keep?",
    ),
    Choice(
        "ch04-q-small-weights",
        "All weights below one",
        "A linear network (no activation) of width 100, every weight drawn from $U(-1, 1)$, so every weight is smaller than 1 in size. "
        "What happens to a gradient over 10 layers?",
        options=[
            Option(
                "It vanishes: a product of numbers below 1 is small.",
                advice="One product of ten weights is tiny indeed. But a gradient is the sum over all paths through the layers. How many "
                "paths are there?",
            ),
            Option(
                "It stays as it is: positive and negative weights cancel.",
                advice="Signs cancel in the mean, not in the size. A sum of 100 terms of random sign has a size of √100 terms.",
            ),
            Option(
                "It explodes: each layer multiplies it by almost 6.",
                correct=True,
                advice="Width times variance decides: √(100 · ⅓) = 5.8<!--=uniform_growth--> a layer, although no single weight reaches 1.",
            ),
            Option(
                "It cannot be said without the input.",
                advice="In a linear network the input does not enter the gradient's factors at all: no slope, only weights.",
            ),
        ],
        hints=[
            "One entry of $W^{\\mathsf T}\\delta$ is a sum of 100 terms. What is its variance?",
            "$\\mathrm{Var}\\,U(-1, 1) = \\tfrac13$. Compare $n\\,\\mathrm{Var}\\,w$ with 1.",
        ],
        solution="Each entry of $W^{\\mathsf T}\\delta$ has variance $n\\,\\mathrm{Var}(w)$ times that of $\\delta$: $100 \\cdot \\tfrac13$. So the rms grows by "
        "$\\sqrt{100/3} = 5.8$<!--=uniform_growth--> a layer. In a layer it is $n\\,\\mathrm{Var}\\,w$ that is compared with 1, not the single weight.",
        purpose="D3 has a rule for this. Does it hold in a layer?",
    ),
    Code(
        "ch04-d-width",
        "Derive the explosion interval",
        "For which inputs $x$ is $|w\\,s'(wx+b)| \\ge 1$? Derive the *length* of that interval and write it as a function of the weight. "
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
        solution="$s(1-s) = 1/|w|$ gives $s = \\tfrac12\\bigl(1 + \\sqrt{1 - 4/|w|}\\bigr)$, real for $|w| \\ge 4$ only. Then "
        "$z^* = \\ln\\frac{s}{1-s} = \\ln(|w| s - 1)$, the interval of $z$ is $2z^*$ long, that of $x$ is $2 z^*/|w|$. The bias only moves "
        "it.\n\n"
        "```python\ndef width(w):\n    w = abs(w)\n    if w <= 4:\n        return 0.0\n"
        "    s = (1 + np.sqrt(1 - 4 / w)) / 2\n    return 2 / w * np.log(w * s - 1)\n```",
        purpose="D1 shows this formula as a picture only; now it is yours.",
    ),
    Code(
        "ch04-c-typical",
        "The typical factor",
        "You are given many `factors`, all positive, drawn from one law. A long product of such factors has, per factor, the size $G$: "
        "the median product of $L$ of them is about $G^L$. Write the function that estimates $G$.",
        stub="def typical(factors):\n    ...",
        reference=_typical,
        inputs=lambda rng: [
            (np.array([0.1, 10.0]),),
            (np.abs(rng.standard_normal(1000)),),
            (rng.chisquare(2, size=1000) / 2,),
        ],
        rtol=1e-9,
        mistakes=[
            Mistake(
                np.mean,
                "That is the mean factor. A factor of 10 and one of ⅒ make 1, but their mean is 5. Take the mean of the *logarithms*.",
            ),
            Mistake(
                lambda factors: np.log(np.mean(factors)),
                "That is the log of the mean. What adds up along a product are the logs: mean of the log, then back with exp.",
            ),
            Mistake(
                lambda factors: np.mean(np.log(factors)), "That is ln G, the exponent per factor. Go back with exp."
            ),
            Mistake(
                lambda factors: np.sqrt(np.mean(np.square(factors))),
                "That is the root mean square: what the *mean square* of products follows, not the typical product.",
            ),
            Mistake(
                np.median,
                "The median of one factor is not the growth of a product of many: the logs add, so their mean counts.",
            ),
        ],
        hints=["What do you do with a product to make it a sum?", "The sum of $L$ logs is about $L$ times their mean."],
        solution="$\\ln \\prod_l f_l = \\sum_l \\ln f_l \\approx L \\cdot \\overline{\\ln f}$, so $G = e^{\\overline{\\ln f}}$, the geometric mean.\n\n"
        "```python\ndef typical(factors):\n    return np.exp(np.mean(np.log(factors)))\n```",
        purpose="The whole chapter in one line of code.",
    ),
    Code(
        "ch04-c-underflow",
        "When is a product exactly zero?",
        "Multiply 1 by 0.25<!--exact--> again and again in the number format `dtype` (`np.float16`, `np.float32`, `np.float64`). Return how many factors it "
        "takes until the product is *exactly* 0.",
        stub="def underflow_depth(dtype):\n    ...",
        reference=_underflow_depth,
        inputs=lambda rng: [(np.float16,), (np.float32,), (np.float64,)],
        rtol=1e-9,
        mistakes=[
            Mistake(
                _stops_at_normals,
                "You stop at the smallest *normal* number. Below it come the subnormals, with ever fewer digits: go on until it is 0.",
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
        solution="In float16 the 13<!--=zero_16-->th factor is the last straw; a float32 product is 0 after 75<!--=zero_32--> factors, a float64 product after 538<!--=zero_64-->.\n\n"
        "```python\ndef underflow_depth(dtype):\n    product, depth = dtype(1), 0\n    while product > 0:\n"
        "        product, depth = product * dtype(0.25), depth + 1\n    return depth\n```",
        purpose="A vanishing gradient can become an exact zero, and then no learning rate helps.",
    ),
    Number(
        "ch04-i-both",
        "One network, both diseases",
        "Build a bias-free ReLU network of 20 layers, width 100, that is ill in two ways: layers 1 to 10 with He weights *divided* by 3, layer 11 "
        "with He weights, layers 12 to 20 with He weights *times* 3. Measure rms $\\delta_l$ in every layer: how many decades does the "
        "largest one lie above $\\delta_1$?\n\n"
        "```python\nfrom companion import signals\nfrom companion.layers import Dense\nfrom companion.network import Network\n"
        "from companion.weights import INITIALIZATIONS\n\nrng = np.random.default_rng(0)\nlayers = []\n"
        "for scale in [1 / 3] * 10 + [1] + [3] * 9:\n"
        '    weights = scale * INITIALIZATIONS["he_normal"].draw(100, 100, rng=rng)\n'
        '    layers.append(Dense(weights, np.zeros((100, 1)), "relu"))\nnetwork = Network(layers)\n'
        "x, g = rng.standard_normal((2, 100, 32))\ngradients = network.pull_back(network.forward(x), g)   # .deltas, .weights\n```",
        answer=_peak,
        rtol=0.05,
        atol=0.2,
        unit="decades",
        mistakes=[
            Mistake(
                lambda: 0.0,
                "You compared δ_{1} with δ_{20}, as the growth G does: the two diseases cancel there. Look at *all* layers. "
                "(Or did you look at ∂W? In a bias-free ReLU network it does not follow δ.)",
            ),
            Mistake(lambda: -_peak(), "The other way round: by how much is the largest *above* δ_{1}?"),
            Mistake(
                lambda: 2 * _peak(),
                "That counts the way up and the way down. From δ_{1} to the peak there are nine factors of 3.",
            ),
            Mistake(
                lambda: _peak() * np.log(10), "That is the natural logarithm. Decades are powers of ten: `np.log10`."
            ),
        ],
        hints=[
            "`[signals.log10_rms(delta) for delta in gradients.deltas]` has one number a layer.",
            "On the way from layer 20 to layer 11 the gradient passes nine layers with a factor of 3; which layers lie between 10 and 1?",
        ],
        solution=f"From layer 20 down to layer 11, $\\delta$ grows by about $3^9$, {9 * np.log10(3):.1f} decades; from layer 10 down to layer 1 it shrinks by as much. "
        f"Measured: {_peak():.1f} decades. The two ends are alike, $G \\approx 1$, and half of the layers explode while the other half vanish. "
        "So look at the whole profile, not at its ends. (The weight gradients of this network are two flat stretches a factor of "
        f"{10 ** _halves():.0f} apart, the ratio of the two weight scales; $\\delta$ rises and falls by four decades, and they do not show that shape: "
        "see “Where it breaks”.)",
        purpose="D3 says that one model can have both diseases at once. Make one.",
    ),
]

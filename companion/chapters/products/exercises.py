"""Chapter 4: products of numbers, of matrices, and where they end."""

import numpy as np

from companion import signals
from companion.activations import ACTIVATIONS
from companion.chain import explosion_interval, explosion_width, trace
from companion.chapters.products.claims import two_part_deltas, two_part_network
from companion.chapters.products.coin import products_of, typical_factor
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option
from companion.products import typical_growth
from companion.special import digamma
from companion.weights import INITIALIZATIONS

SLOPE = ACTIVATIONS["sigmoid"].slope


def _two_factors():
    return 5 * SLOPE(0.0) * 5 * SLOPE(3.0)


def _forty():
    """The typical product of forty factors, half of them 0.8 and half of them 1.2."""
    return typical_factor(0.8, 1.2) ** 40


def _reach(weight=8.0):
    """How far from 0 the z of a sigmoid neuron may lie for a factor of at least 1."""
    low, high = explosion_interval(weight, 0.0)
    return weight * (high - low) / 2


def _peak_neuron():
    """After how many neurons the product of a chain with w = 8, b = −4 is largest, from x = 0.51."""
    return int(np.argmax(trace([8.0] * 30, [-4.0] * 30, 0.51, activation="sigmoid").log10_product)) + 1


def _layers_to_a_tenth(factor=0.9):
    return int(np.ceil(np.log(0.1) / np.log(factor)))


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
    "forty": _forty,
    "winners": lambda: 100 * products_of(0.5, 1.5, 100).above(0.0),
    "needed_highs": lambda: int(np.ceil(100 * np.log(2) / np.log(3))),
    "bold_mean_log10": lambda: products_of(0.5, 2.0, 100).log10_mean,
    "reach_8": _reach,
    "upper_8": lambda: (1 + np.sqrt(0.5)) / 2,
    "at_21": lambda: 0.9**21,
    "at_22": lambda: 0.9**22,
    "fair": lambda: typical_growth(2) ** 100,
    "slope_ratio": lambda: SLOPE(0.0) / SLOPE(3.0),
    "s_3": lambda: ACTIVATIONS["sigmoid"].f(3.0),
    "s_minus_3": lambda: ACTIVATIONS["sigmoid"].f(-3.0),
    "nine_tenths": lambda: np.log10(0.9),
    "psi_1": lambda: digamma(1.0),
    "mu_2": lambda: np.log(typical_growth(2)),
    "uniform_growth": lambda: np.sqrt(300 * 0.1**2 * INITIALIZATIONS["uniform"].variance(300, 300)),
    "zero_16": lambda: _underflow_depth(np.float16),
    "zero_32": lambda: _underflow_depth(np.float32),
    "zero_64": lambda: _underflow_depth(np.float64),
}

EXERCISES = [
    Number(
        "ch04-s-nineteen",
        "Twice, nineteen times",
        "In the doubled network each layer hands down about twice the blame that it gets. There are nineteen such steps from layer 20 to "
        "layer 1. By which factor has the blame grown there?",
        answer=2.0**19,
        rtol=0.05,
        mistakes=[
            Mistake(2.0 * 19, "That is 2 + 2 + … + 2. Each step *multiplies* what arrives: 2 · 2 · … · 2."),
            Mistake(2.0**20, "Twenty layers have nineteen steps between them, as twenty posts have nineteen gaps."),
            Mistake(19.0**2, "That is 19 squared. Nineteen factors of 2 are 2 to the power of 19."),
        ],
        solution="$2^{10}$ is about a thousand, $2^9$ about five hundred: together half a million, $2^{19} = 524\\,288$<!--exact-->.",
    ),
    Guess(
        "ch04-guess",
        "A fair game",
        "Toss a coin for each of 100 layers: heads, the layer multiplies by 1½, tails, by ½. On average that is a factor of exactly 1. "
        "What is a *typical* product of the hundred? Give the power of ten: $0$ for “about 1”, $-2$ for a hundredth.",
        answer=lambda: products_of(0.5, 1.5, 100).quantile(0.5),
        unit="powers of ten",
        comment="Heads and tails come about equally often, and one of each makes 1½ · ½ = ¾. Fifty such pairs are left.",
        purpose="Commit to a number before you look: the difference is what you learn.",
    ),
    Choice(
        "ch04-s-winners",
        "Above average",
        "Factors ½ or 1½, a hundred layers: what share of all products ends *above* the average, 1?",
        options=[
            Option(
                "Half of them.",
                advice="Half lie above the *median*. Where in the heap is the average, the dashed line?",
            ),
            Option(
                "About one in three hundred.",
                correct=True,
                advice="Those with 64<!--=needed_highs--> heads or more: 0.33<!--=winners--> %. They are so large that they carry the average alone.",
            ),
            Option(
                "None.", advice="Then the average would lie below 1, and it is exactly 1. Somebody must be above it."
            ),
        ],
    ),
    Choice(
        "ch04-s-bold",
        "½ or 2",
        "Now the factors are ½ or 2. What do the typical and the mean product do over 100 layers?",
        options=[
            Option(
                "Both stay at 1.",
                advice="The typical one does: ½ · 2 = 1. But the mean factor is now 1¼, and 1¼ to the power of 100 is not 1.",
            ),
            Option(
                "The typical one stays at 1, the mean explodes.",
                correct=True,
                advice="To 10^{9.7}<!--=bold_mean_log10-->. While factors scatter this much, no setting serves both.",
            ),
            Option(
                "The typical one vanishes, the mean stays at 1.",
                advice="That was ½ or 1½. Here a loss and a win cancel: ½ · 2 = 1.",
            ),
        ],
    ),
    Number(
        "ch04-s-pairs",
        "In pairs",
        "Forty layers; each multiplies by 0.8<!--exact--> or by 1.2<!--exact--> with equal chance. How large is the typical product?",
        answer=_forty,
        rtol=0.02,
        mistakes=[
            Mistake(
                1.0,
                "That is the mean: a factor of 1 on average. The typical product is made of pairs, a loss times a win.",
            ),
            Mistake(lambda: 0.96**40, "There are forty layers, but only twenty *pairs*."),
            Mistake(lambda: np.log10(_forty()), "That is its power of ten. The product itself is asked for: 10 to the power of that."),
            Mistake(0.96, "That is one pair, two layers. Twenty pairs are to be multiplied."),
        ],
        solution="One pair makes $0.8 \\cdot 1.2 = 0.96$<!--exact-->, and twenty pairs $0.96^{20} = 0.44$<!--=forty-->. Smaller scatter, smaller loss; but a loss.",
    ),
    Number(
        "ch04-s-variance",
        "The fair variance",
        "A linear layer of 400 units (no activation). Which variance of its weights keeps the *mean* squared length of what passes through it?",
        answer=1 / 400,
        rtol=0.01,
        mistakes=[
            Mistake(1.0, "Then the squared length is multiplied by 400: one term of size 1 for each of 400 units."),
            Mistake(0.05, "That is the *standard deviation*, 1/√400. Its square is the variance."),
            Mistake(400.0, "That multiplies by 400 · 400. The variance has to make up for the 400 terms."),
        ],
        solution="Width times variance must be 1: $v = 1/400 = 0.0025$<!--exact-->. (Behind ReLU it is twice that: see below.)",
    ),
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
        ],
        solution="Each factor is at most $2 \\cdot \\tfrac14 = \\tfrac12$, and $(\\tfrac12)^4 = \\tfrac1{16}$.",
    ),
    Choice(
        "ch04-s-seventy",
        "A smaller cut",
        "Before you look: all weights of the good start times 0.7<!--exact-->. What do ten such networks do within 400 steps?",
        options=[
            Option(
                "Stand still: below 1 is below 1.",
                advice="0.7<!--exact--> to the power of 19 is about a thousandth, ½ to the power of 19 a five-hundred-thousandth. A thousandth can be waited for.",
            ),
            Option("Learn, but late.", correct=True, advice="A thousandth of the message is little, not nothing."),
            Option(
                "Learn like the good start.",
                advice="Nineteen factors of 0.7<!--exact--> make about a thousandth. Should that change nothing at all?",
            ),
        ],
    ),
    Choice(
        "ch04-s-which-layer",
        "Loudest where?",
        "The doubled ReLU network, all biases zero: layer 1 receives half a million times the blame of layer 20. What are its *weights* told, "
        "compared with those of layer 20?",
        options=[
            Option(
                "Half a million times as much.",
                advice="That is the blame. What weights are told is blame times *signal*, and the signal is smallest at layer 1.",
            ),
            Option(
                "About the same.",
                correct=True,
                advice="On the way up the blame halves and the signal doubles with each layer. Every layer is told far too much.",
            ),
            Option(
                "Half a million times less.", advice="That is the signal. What weights are told is blame times signal."
            ),
        ],
    ),
    Choice(
        "ch04-q-small-weights",
        "All weights below a tenth",
        "A linear network (no activation) of width 300, every weight drawn evenly from $-0.1$<!--exact--> to $0.1$<!--exact-->. What happens to a gradient over 10 layers?",
        options=[
            Option(
                "It vanishes: a product of numbers below a tenth is tiny.",
                advice="One product of ten weights is tiny indeed. But a gradient is the sum over all paths through the layers. How many "
                "paths are there?",
            ),
            Option(
                "It keeps its size, about.",
                correct=True,
                advice="Width times variance decides: √(300 · 0.01<!--exact-->/3) = 1<!--=uniform_growth--> a layer, although no single weight reaches a tenth.",
            ),
            Option(
                "It explodes: 300 weights add up in every sum.",
                advice="They have random signs, so 300 terms add up to the size of √300 of them. Compute width times variance.",
            ),
            Option(
                "It cannot be said without the input.",
                advice="In a linear network the input does not enter the gradient's factors at all: no slope, only weights.",
            ),
        ],
        hints=[
            "One entry of $W^{\\mathsf T}\\delta$ is a sum of 300 terms. What is its variance?",
            "Drawn evenly from $-c$ to $c$, a number has the variance $c^2/3$. Compare $n\\,v$ with 1.",
        ],
        solution="Each entry of $W^{\\mathsf T}\\delta$ has $n\\,v = 300 \\cdot 0.01/3 = 1$<!--=uniform_growth--> times the variance of $\\delta$. So the size "
        "stays, about. In a layer it is $n\\,v$ that is compared with 1, not the single weight.",
        purpose="Is a weight below 1 a factor below 1?",
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
            Mistake(lambda: SLOPE(3.0), "That is the slope at z = 3 alone. Each neuron's factor is its weight times its slope, and there are two neurons."),
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
    Number(
        "ch04-q-tenth",
        "How deep is too deep?",
        "Every layer hands down 0.9<!--exact--> of the gradient that it gets. After how many layers is less than a tenth left, so that it is called vanishing?",
        answer=_layers_to_a_tenth,
        rtol=0.001,
        atol=0.05,
        unit="layers",
        mistakes=[
            Mistake(9, "You subtract nine tenths. Each layer takes a tenth of *what is left*."),
            Mistake(10, "You subtract ten tenths. Each layer takes a tenth of *what is left*."),
            Mistake(
                lambda: np.log(0.1) / np.log(0.9),
                "There a tenth is left, exactly, and there is no such layer. The next whole number of layers.",
            ),
            Mistake(21, "After 21 layers a little more than a tenth is left. One more."),
        ],
        hints=[
            "0.9<!--exact--> to the power of how much is a tenth?",
            "Logs: $L\\,\\log_{10} 0.9 = -1$<!--exact-->, and $\\log_{10} 0.9 = -0.0458$<!--=nine_tenths-->.",
        ],
        solution="$0.9^{21} = 0.109$<!--=at_21--> and $0.9^{22} = 0.098$<!--=at_22-->: 22 layers.",
        purpose="A factor near 1 has a depth at which it stops being near 1.",
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
    Number(
        "ch04-d-reach",
        "The edge of the window",
        "A sigmoid neuron has weight 8. How far from 0 may its $z$ lie for the factor $8\\,s'(z)$ to be at least 1? Give the positive end.",
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
        solution="$s(1-s) = \\tfrac18$ gives $s = \\tfrac12(1 + \\sqrt{1/2}) = 0.854$<!--=upper_8-->, and $z = \\ln\\frac{s}{1-s} = 1.76$<!--=reach_8-->.",
        purpose="How narrow is the window in which a weight of 8 can do harm?",
    ),
    Number(
        "ch04-i-peak",
        "The last moment",
        "A chain with $w = 8$, $b = -4$ starts at $x = 0.51$<!--exact-->. After how many neurons is the product largest? Find it with the widget, or with "
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
        solution=f"After {_peak_neuron()}. Up to there each neuron doubled the gradient, nearly, and with it the distance from the middle of the window. "
        "That distance is what ends the explosion.",
        purpose="Explosion in a sigmoid chain ends itself. When?",
    ),
    Number(
        "ch04-q-fair",
        "A hundred fair matrices",
        "A vector of length 1 is multiplied by 100 random $2 \\times 2$ matrices with entries from $N(0, \\tfrac12)$, which keep the mean squared length exactly. How long is "
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
]

"""Chapter 0: what is wrong with the left network, one neuron, nineteen factors, a first check."""

from dataclasses import replace
from functools import cache

import numpy as np

from companion import data, runs, signals
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option
from companion.propagation import profile
from companion.variants import VARIANTS


def _decades():
    networks = profile(activation="sigmoid", initialization="lecun_normal", depth=20, width=100)
    return float(np.median(networks.decades))


def _line(activation, initialization):
    """log10 of δ_l over δ_50, the median of the widget's networks, (50,)."""
    setting = {"activation": activation, "initialization": initialization, "biases": "drawn"}
    size = profile(**setting, depth=50, width=100).log10_delta
    return np.median(size - size[:, -1:], axis=0)


@cache
def _deltas():
    """log10 rms of δ_l of the course's own network as PyTorch makes it, before the first step: ten networks, (L, 10)."""
    networks = VARIANTS["torch_default"].recipe.network(rng=np.random.default_rng(0), seeds=10)
    deltas = networks.gradients(data.digits().train_x, data.digits().train_y, "cross_entropy").deltas
    return np.array([signals.log10_rms(delta, axis=(1, 2)) for delta in deltas])


def arrives():
    """log10 of δ_1 / δ_20 in the course's own network as PyTorch makes it, the median of ten."""
    return float(np.median(_deltas()[0] - _deltas()[-1]))


def _hop():
    """What one hidden layer hands back of δ, the median over layers 1 to 18 and ten networks."""
    return float(10 ** np.median(_deltas()[:18] - _deltas()[1:19]))


def first_hop():
    """What the ten units of layer 20 hand back to layer 19, the median of ten networks."""
    return float(10 ** np.median(_deltas()[18] - _deltas()[19]))


def hop_up():
    """What one hidden layer leaves of the difference between two digits on its way up, the median over layers and pairs."""
    networks = VARIANTS["torch_default"].recipe.network(rng=np.random.default_rng(0), seeds=10)
    signals_up = networks.forward(data.digits().train_x[:, :100]).a[1:20]  # 19 hidden layers, each (10, 64, 100)
    apart = np.array([np.linalg.norm(a[..., ::2] - a[..., 1::2], axis=1) for a in signals_up])  # (19, 10, 50)
    return float(np.median(apart[1:] / apart[:-1]))


def differ(initialization):
    """How much the answers to two digits differ before training, as a share of their size: the median of ten networks."""
    recipe = replace(VARIANTS["torch_default"], initialization=initialization, biases="torch").recipe
    sums = recipe.network(rng=np.random.default_rng(0), seeds=10).forward(data.digits().train_x[:, :100]).z[-1]  # (10, 10, 100)
    apart = np.linalg.norm(sums[..., ::2] - sums[..., 1::2], axis=1) / np.linalg.norm(sums[..., ::2], axis=1)
    return float(np.median(apart))


def _nineteen_hops():
    """log10 of what is left after nineteen hops of 0.41, to one decimal."""
    return round(19 * np.log10(0.41), 1)


def _ends(variant, column):
    """The last recorded value of each seed of the course's own network, (S,) or (S, L)."""
    return np.array([row[column][-1] for row in runs.load("ch00-course-network").where(variant=variant).rows])


def _read(variant):
    """The share of the test digits that each seed reads, (S,)."""
    return runs.load("ch00-course-network").where(variant=variant)["test_accuracy"]


def _silent(variant):
    """The share of hidden units that are 0 for every digit before the first step, the median of ten networks."""
    networks = VARIANTS[variant].recipe.network(rng=np.random.default_rng(0), seeds=10)
    hidden = networks.forward(data.digits().train_x).z[:-1]
    return float(np.median([(z.max(-1) <= 0).mean(-1) for z in hidden], axis=1).mean())


def downwards(variant, moment=0):
    """log10 of δ_1 / δ_L at one of the recorded moments, 0 before the first step, (S,)."""
    rows = runs.load("ch00-course-network").where(variant=variant).rows
    deltas = [row["delta"][row["moments"].index(moment)] for row in rows]
    return np.array([delta[0] - delta[-1] for delta in deltas])


def _twenty():
    """log10 of δ_1 / δ_20 of the widget's networks: ReLU, PyTorch's default."""
    networks = profile(activation="relu", initialization="torch_default", biases="drawn", depth=20, width=100)
    return float(np.median(networks.decades))


NUMBERS = {
    "fast_reads": lambda: 100 * _read("default-fast").max(),
    "mended_reads": lambda: 100 * _read("one-line").min(),
    "first_moves": lambda: 10 ** np.median(_ends("torch_default", "moved")[:, 0]),
    "last_moves": lambda: 100 * 10 ** np.median(_ends("torch_default", "moved")[:, -1]),
    "silent": lambda: 100 * _silent("torch_default"),
    "hop_back": _hop,
    "added": lambda: 19 * 2,
    "doubled": lambda: 2.0**19,
    "sixteen": lambda: np.ceil(6 / -np.log10(0.41)),
    "fifteen": lambda: 6 / -np.log10(0.41),
    "hop_cost": lambda: -np.log10(0.41),
    "after_fifteen": lambda: 0.41**15,
    "after_twelve": lambda: 0.41**12,
    "hop_share": lambda: 0.41,
    "nineteen_share": lambda: 0.41**19,
    "parts": lambda: 1e9 * 0.41**19,
    "size_100": lambda: np.sqrt(100 / 2),
    "arrives_hundred": lambda: 10 ** np.median(downwards("one-line-100")),
    "faded_hundred": lambda: np.sum(downwards("one-line-100", 150) < -1),
    "default_20_power": lambda: 10 ** _twenty(),
    "share_50": lambda: 10 ** _twenty() / 2.5,
    "default_50_power": lambda: 10 ** _line("relu", "torch_default")[0],
    "e": lambda: np.e,
    "twelve_percent": lambda: np.log10(0.12),
    "relu_up": lambda: _line("relu", "standard_normal")[0],
    "five_layers": lambda: -5 * _line("sigmoid", "lecun_normal")[0] / 49,
    "tanh_growth": lambda: 100 * (10 ** (_line("tanh", "he_normal")[0] / 49) - 1),
    "tanh_border": lambda: 10 ** _line("tanh", "lecun_normal")[0],
}


EXERCISES = [
    Choice(
        "ch00-s-wrong",
        "What is wrong with the left one?",
        "Same digits, same rule, same number of weights. What keeps the left network of the first page from learning?",
        options=[
            Option(
                "The learning rate is too small.",
                advice="At ten times the rate it stays where it is: none of ten seeds reads more than 15 %<!--below=fast_reads--> of new digits.",
            ),
            Option(
                "The data are too hard for twenty layers.",
                advice="The right network has the same twenty layers and the same digits: each of its ten seeds reads more than 80 %<!--above=mended_reads--> of new ones.",
            ),
            Option(
                "Its ReLU units all answer 0.",
                advice="About 38 %<!--=silent--> of them do, for every digit. (For *one* digit it is about half.) The others pass signals on in every layer; if all answered 0, layer 1 would get "
                "exactly nothing. It does get something, only far too little.",
            ),
            Option(
                "The blame that reaches layer 1 is too faint.",
                correct=True,
                advice="In 400 steps layer 1 moves by less than a millionth<!--below=first_moves--> of its size, layer 20 by 5 %<!--=last_moves-->.",
            ),
        ],
    ),
    Choice(
        "ch00-s-predict",
        "Which layers will move?",
        "Layer 1 is nearest the input, layer 20 nearest the loss. Which layers of the left network will 400 steps change?",
        options=[
            Option("all of them", advice="Play it to the end: the strips near the input stay empty."),
            Option("those near the input", advice="Play it to the end: it is the other way round."),
            Option(
                "those near the loss",
                correct=True,
                advice="Layer 20 moves by 5 %<!--=last_moves--> of its size, layer 1 by less than a millionth<!--below=first_moves-->. Why?",
            ),
            Option(
                "none",
                advice="Play it to the end: the last strips take colour. Layer 20 moves by 5 %<!--=last_moves--> of its size.",
            ),
        ],
    ),
    Guess(
        "ch00-guess",
        "What reaches layer 1?",
        "Layer 20 gets its blame from the loss itself. From there it takes nineteen hops to layer 1. If every hop leaves 0.41<!--=hop_back-->, what share is left "
        "at layer 1? Answer with a power of ten: type $-1$ for a tenth, $-3$ for a thousandth, $0$ for all of it.",
        answer=_nineteen_hops,
        unit="powers of ten",
        comment="0.41<!--exact--> is 10^{−0.39}<!--=hop_share-->, so nineteen hops leave 10^{−7.4}<!--=nineteen_share-->, 44<!--=parts--> parts in a thousand million. "
        "Half a power of ten off is a very good guess. Were you much nearer to 0? Every hop takes its share again, of what is left. Near −19? That would be a tenth a hop. Above 0? Then the minus is missing: shares of a share get smaller.",
        purpose="Reason first: multiply 0.41<!--exact--> by itself a few times and count the zeros.",
    ),
    Choice(
        "ch00-s-deep",
        "Deeper",
        "*ReLU* with the *PyTorch default*, from depth 20 to depth 50: what happens to $\\delta_1/\\delta_L$, the share of the blame that reaches layer 1?",
        options=[
            Option(
                "It stays at 10^{−7.5}<!--=default_20_power-->: the factor of a layer is the same.",
                advice="The factor stays, but there are 49 of them now, not 19. Each costs its share again.",
            ),
            Option(
                "It falls to about 10^{−19}<!--=default_50_power-->.",
                correct=True,
                advice="Measured: 10^{−19.2}<!--=default_50_power-->. More layers repeat the same factor: the line keeps its slope and gets longer.",
            ),
            Option(
                "It falls to 10^{−7.9}<!--=share_50-->: 2.5<!--exact--> times the layers, 2.5<!--exact--> times less.",
                advice="Factors multiply: each of the 30<!--exact--> further hops leaves 0.41<!--exact--> *of what is left*.",
            ),
        ],
    ),
    Choice(
        "ch00-s-fate",
        "Larger weights",
        "*ReLU* with *N(0, 1)*: mean square 1<!--exact-->. What will the blame do on its way down 50 layers of 100<!--exact--> units?",
        options=[
            Option(
                "vanish",
                advice="These weights are much *larger* than the default's. Put n = 100<!--exact--> and mean square 1<!--exact--> into the formula: more than 1<!--exact--> or less?",
            ),
            Option(
                "stay healthy",
                advice="That needs a factor of 1 a hop. Put n = 100<!--exact--> and mean square 1<!--exact--> into the formula.",
            ),
            Option(
                "explode",
                correct=True,
                advice="A hop multiplies by √(100 · 1 · ½) = 7.1<!--=size_100-->. Over 50 layers that makes more than 40<!--above=relu_up--> decades: the same activation, the other fate.",
            ),
        ],
    ),
    Choice(
        "ch00-s-shown",
        "Three things",
        "In the widget above: *ReLU* with the *PyTorch default*, depth 20. Show *its own update*, *absolute* (as it is, not as a share of the last layer's): which layers would one step of training hardly change?",
        options=[
            Option(
                "those near the loss",
                advice="They stand next to the loss and hear it first: the right end of the line is the highest.",
            ),
            Option(
                "those near the input",
                correct=True,
                advice="The left end: what arrives is faint there, so the step is small. In the four nearest the input the line is flat: δ goes on falling towards the input, but ∂W is δ times the signal from below, and that rises there, from layer to layer, by about as much.",
            ),
            Option("all alike", advice="Look at the two ends of the line: they are decades apart."),
        ],
    ),
    Number(
        "ch00-s-nudge",
        "Another weight",
        "The first page's single unit with $w = 0.8$<!--exact-->, input 1, wanted 1. What is its weight told, the gradient $\\mathrm d\\mathcal L/\\mathrm dw$?",
        answer=-0.2,
        mistakes=[
            Mistake(
                0.2, "The size is right. But a larger w makes the loss *smaller* here: which sign has such a slope?"
            ),
            Mistake(0.02, "That is the loss, ½(0.8<!--exact--> − 1)². Its slope is (a − 1) · 1."),
            Mistake(-0.5, "That was the gradient at w = 0.5<!--exact-->. Here a = 0.8<!--exact-->."),
        ],
    ),
    Number(
        "ch00-s-hops",
        "One more unit",
        "Three units in a chain, weights $0.5$<!--exact-->, $0.4$<!--exact-->, $0.3$<!--exact--> from the input up. Say the last one's blame is $-0.8$<!--exact-->. What arrives at the first?",
        answer=-0.096,
        comment="The two weights *between* them, 0.4<!--exact--> and 0.3<!--exact-->, times the blame. The third lies below the first unit: the blame has not passed it.",
        mistakes=[
            Mistake(
                -0.048,
                "You also multiplied by the first weight. It stands *below* the first unit: the blame has not passed it.",
            ),
            Mistake(
                -0.16,
                "You multiplied by 0.5<!--exact--> and 0.4<!--exact-->, the two lowest weights. Which two lie between the last unit and the first?",
            ),
            Mistake(0.096, "The sign stays: both weights on the way are positive."),
            Mistake(-0.24, "That is what arrives at the *middle* unit. One hop more."),
            Mistake(-0.12, "You multiplied the two weights. Now times the blame, −0.8<!--exact-->."),
            Mistake(-0.8, "That is the blame of the last unit. Two hops lead to the first."),
            Mistake(
                -0.32,
                "That is the number of the chain above, which has two units. Here two weights lie between the last and the first.",
            ),
        ],
    ),
    Number(
        "ch00-s-signs",
        "Two numbers, random signs",
        "Take 5<!--exact--> and 12<!--exact-->, each with a random sign. What is the root of the mean square of their sum?",
        answer=13,
        comment="Squares add: 25 + 144 = 169, and the root is 13.",
        mistakes=[
            Mistake(17, "That is the sum when both signs agree, its largest size. Squares add, sizes do not."),
            Mistake(169, "That is the mean square. One step is left: its root."),
            Mistake(0, "The *mean* of the sum is 0: as often + as −. Its size is not: square first."),
            Mistake(
                12,
                "Nearly: the larger one rules. But the square of the 5<!--exact--> counts too: add the squares, then take the root.",
            ),
            Mistake(
                7,
                "That is the sum when the signs differ. When they agree it is 17<!--exact-->: square both, take the mean, then the root.",
            ),
        ],
    ),
    Choice(
        "ch00-s-double",
        "More of it",
        "The line makes the factor of a hop 1. If every weight were then twice as large, how much more blame would reach layer 1 after nineteen hops?",
        options=[
            Option("half as much", advice="Each hop multiplies by the weights: larger weights hand back *more*."),
            Option("twice as much", advice="Twice as much after *one* hop. There are nineteen."),
            Option(
                "38<!--=added--> times as much", advice="Nineteen times two: but hops do not add up, they multiply."
            ),
            Option(
                "over 500,000<!--above=doubled--> times as much",
                correct=True,
                advice="2^{19} = 524,288<!--=doubled-->: an exploding gradient. The start has to be right on both sides.",
            ),
        ],
    ),
    Choice(
        "ch00-s-top",
        "Why not the top alone?",
        "In the left network layer 20 *does* move. Why does it not learn the digits alone? Think of what it gets to see.",
        options=[
            Option(
                "It has only ten units.",
                advice="Ten are enough for ten digits: the right network's layer 20 has no more.",
            ),
            Option(
                "What comes up to it is nearly the same for every digit.",
                correct=True,
                advice="Its input has passed nineteen layers, and each made the digits more alike. Read on for how much.",
            ),
            Option(
                "It moves in the wrong direction.",
                advice="It does what lowers its loss. With the same input for every digit, the best it can say is “each one in ten”.",
            ),
        ],
    ),
    Choice(
        "ch00-s-hundred",
        "The same disease?",
        "Think of the start, before the first step. The line makes the factor of a hop 1<!--exact-->. Is the blame lost again, over ninety-nine hops?",
        options=[
            Option(
                "Yes: ninety-nine hops are too many.",
                advice="1<!--exact--> times 1<!--exact-->, however often, is 1<!--exact-->. Measured before training: 10^{−0.5}<!--=arrives_hundred--> of it, about a third, arrives at layer 1 (the median of ten seeds).",
            ),
            Option(
                "No: at first enough of it arrives. Something else goes wrong.",
                correct=True,
                advice="Measured before training: 10^{−0.5}<!--=arrives_hundred--> of it arrives at layer 1, about a third (the median of ten seeds). So the start is healthy. Once the network trains, the blame fades here as well: after 150<!--exact--> steps nine<!--=faded_hundred--> of the ten seeds get less than a tenth of it at layer 1.",
            ),
            Option(
                "No: it explodes.",
                advice="That takes a factor above 1<!--exact-->. The line makes it 1<!--exact-->: weights twice as large would explode.",
            ),
        ],
    ),
    Choice(
        "ch00-q-axis",
        "Read the axis",
        "In a picture like the widget's, the line of a network stands at $-12$ over layer 1. What does it say about δ there, "
        "compared with δ at the last layer?",
        options=[
            Option(
                "It is 12<!--exact--> times smaller.",
                advice="The axis counts powers of ten, not multiples: each unit down divides by 10. Count decades: 12 of them.",
            ),
            Option(
                "It is a million million times smaller (10^{12}<!--exact-->).",
                correct=True,
                advice="Twelve decades: a factor of 10^{-12}<!--exact-->, one part in a million million.",
            ),
            Option(
                "It points the other way: it is negative.",
                advice="A size is never negative. The logarithm is negative because the *ratio* is below 1.",
            ),
            Option(
                "It is 12 %<!--exact--> of it.",
                advice="12 %<!--exact--> would be about −0.9<!--=twelve_percent--> on this axis, not even one decade down.",
            ),
        ],
        hints=[
            "What would $-1$ mean on this axis? And $-2$?",
            "$\\log_{10} r = -12$ is the same sentence as $r = 10^{-12}$<!--exact-->.",
        ],
        solution="The axis shows $\\log_{10}(\\mathrm{rms}\\,\\delta_1 / \\mathrm{rms}\\,\\delta_L)$. At $-12$ the ratio is $10^{-12}$<!--exact-->: "
        "one part in a million million.",
        purpose="Most profiles in this book have this axis.",
    ),
    Choice(
        "ch00-q-layer",
        "Where is it largest?",
        "In the widget *ReLU* with *N(0, 1)* weights explodes. Which layers get the largest δ?",
        options=[
            Option(
                "The last ones, near the loss.",
                advice="The loss is computed right behind the last layer, so its gradient has passed through nothing yet. It starts at layer L and *grows* on its way to layer 1.",
            ),
            Option(
                "The first ones, near the input.",
                correct=True,
                advice="The gradient at layer 1 has been multiplied by every layer above it: what makes it smallest where it vanishes makes it largest where it explodes.",
            ),
            Option(
                "All of them alike: exploding means that the loss is large.",
                advice="A large gradient is not a large loss. Look at the widget again: at the same moment one end of the line is at 0 and the other far above.",
            ),
            Option(
                "The middle ones, which are furthest from both ends.",
                advice="The line in the widget has no hump: it is straight and highest at one end. At which one?",
            ),
        ],
        hints=[
            "Layer 1 is nearest the input. Where is the loss?",
            "At which end of the widget's line is the gradient largest?",
        ],
        solution="The gradient starts at the loss, behind layer $L$, and is multiplied once per layer on its way down to layer 1. "
        "So layer 1 gets the longest product: the smallest $\\delta$ if the factors are below 1, the largest if they are above.",
        purpose="Vanishing has its victims at the input. And exploding?",
    ),
    Number(
        "ch00-q-million",
        "How many hops until a millionth?",
        "Each hop leaves 0.41<!--exact--> of the blame. What is the smallest number of hops after which less than a millionth of it is left?",
        answer=NUMBERS["sixteen"],
        rtol=1e-9,
        unit="hops",
        comment="Six decades at 0.387<!--=hop_cost--> a hop are 15.5<!--=fifteen-->; hops are whole. A network of seventeen layers is already that deep.",
        mistakes=[
            Mistake(
                15, "Nearly: after 15 hops a little *more* than a millionth is left: 10^{−5.8}<!--=after_fifteen-->."
            ),
            Mistake(15.5, "Hops are whole. After 15 of them, is it less than a millionth already?"),
            Mistake(12, "After 12 hops 10^{−4.6}<!--=after_twelve--> is left: more than a millionth. Keep multiplying."),
            Mistake(6, "That would be right for a factor of 0.1<!--exact--> a hop: one decade each."),
            Mistake(
                7, "One decade a hop would be too fast: 0.41<!--exact--> costs only 0.39<!--=hop_cost--> of a decade."
            ),
            Mistake(17, "That is the number of *layers*; the hops between them are one fewer."),
            Mistake(
                19,
                "Those are the hops of the left network, which leave 10^{−7.4}<!--=nineteen_share-->: less than a millionth, but not the first time.",
            ),
            Mistake(
                20,
                "Those are the layers of the left network. Its nineteen hops leave 10^{−7.4}<!--=nineteen_share-->: a millionth is passed earlier.",
            ),
        ],
        hints=[
            "Each hop costs $\\log_{10} 0.41$<!--exact--> decades. How many is that?",
            "Six decades, divided by what one hop costs; round up.",
        ],
        solution="One hop costs $0.387$<!--=hop_cost--> decades, a millionth is 6<!--exact--> decades away: $6/0.387 = 15.5$<!--=fifteen-->, so 16<!--=sixteen--> hops. "
        "A network of seventeen layers is already that deep.",
        purpose="A factor that looks harmless, and how few layers it takes.",
    ),
    Code(
        "ch00-c-decades",
        "Your first check",
        "Write a function that takes the size `first` of δ at layer 1 and its size `last` at layer $L$, and returns how many "
        "decades (powers of ten) lie between them: $-12$ for $10^{-13}$<!--exact--> and $10^{-1}$<!--exact-->.",
        stub="def decades(first, last):\n    ...",
        reference=lambda first, last: np.log10(first) - np.log10(last),
        inputs=lambda rng: [
            (1e-13, 1e-1),
            (3e4, 2e-3),
            (10.0 ** rng.uniform(-9, -5, size=4), 10.0 ** rng.uniform(-2, 1, size=4)),
        ],
        rtol=1e-9,
        mistakes=[
            Mistake(
                lambda first, last: np.log(first / last),
                "That is the natural logarithm, which counts factors of 2.718<!--=e-->. Decades are factors of ten: `np.log10`.",
            ),
            Mistake(
                lambda first, last: np.log10(last / first),
                "Upside down: layer 1 is divided by layer L, so that a vanishing gradient comes out negative.",
            ),
            Mistake(
                lambda first, last: first / last,
                "That is the ratio itself. How many powers of ten is it?",
            ),
            Mistake(
                lambda first, last: np.log10(first),
                "That is the size at layer 1 alone, and depends on the size of the loss. Compare it with the last layer.",
            ),
        ],
        hints=[
            "A ratio first: what do you divide by what?",
            "The number of decades of a ratio $r$ is $\\log_{10} r$; in NumPy `np.log10(r)`.",
        ],
        solution="A ratio, then its power of ten. As a difference of logarithms it also works where the ratio itself would be too "
        "small for a float.\n\n"
        "```python\ndef decades(first, last):\n    return np.log10(first) - np.log10(last)\n```",
        purpose="The number that the whole book is about, in one line.",
    ),
    Choice(
        "ch00-i-flat",
        "Hunt for flat lines",
        "*ReLU* with *He* weights keeps its line flat; *tanh* with *LeCun* weights ends just on the border, at $10^{-1.0}$<!--=tanh_border-->. Set the widget to depth 50. Which other settings are *healthy*: layer 1 gets between a "
        "tenth and ten times of what layer 50 gets (the reading below the controls)? Choose all that are.",
        options=[
            Option(
                "sigmoid with LeCun weights",
                advice="Sigmoid with LeCun weights loses three<!--=five_layers--> decades every five layers.",
            ),
            Option(
                "sigmoid with N(0, 1) weights",
                correct=True,
                advice="Sigmoid with N(0, 1) weights stays nearly level: so much for “sigmoid is guilty”.",
            ),
            Option(
                "tanh with He weights",
                correct=True,
                advice="tanh with He weights just passes: it *grows*, by 4 %<!--=tanh_growth--> a layer, and with twice as many layers it would explode.",
            ),
            Option(
                "tanh with the PyTorch default",
                advice="tanh with the PyTorch default falls steadily: those weights are smaller than LeCun's by a factor of √3.",
            ),
            Option(
                "ReLU with N(0, 1) weights",
                advice="ReLU with N(0, 1) weights does not vanish, it *explodes*: more than 40<!--above=relu_up--> decades up is not flat either.",
            ),
        ],
        hints=[
            "Move one control at a time, and read the number below the controls rather than the line.",
            "There are two, and no two of them share an activation or a start.",
        ],
        solution="Sigmoid with $N(0,1)$ weights and tanh with He weights. No activation is flat with all "
        "weights, and no weights are flat with all activations: what counts is the pair. Chapter 5 says why.",
        purpose="No activation and no initialisation is safe or guilty alone.",
    ),
    Guess(
        "ch00-guess-sigmoid",
        "Twenty layers of sigmoid",
        "A network has 20 layers of 100 sigmoid neurons, its weights drawn from $N(0, 1/n)$, its biases 0. The loss blames the last "
        "layer. How much of that blame reaches the first layer? Give the ratio of the two δ as a power of ten: "
        "type $-1$ for a tenth, $-3$ for a thousandth, $0$ for all of it.",
        answer=_decades,
        unit="powers of ten",
        comment="A loss of a little over half a decade a layer looks harmless; nineteen of them in a row are not.",
        purpose="Commit to a number before you look: the difference is what you learn.",
    ),
]

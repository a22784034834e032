"""Chapter 0: what is wrong with the left network, one neuron, nineteen factors, a first check."""

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


def _nineteen_hops():
    """log10 of what is left after nineteen hops like those between the hidden layers."""
    return 19 * np.log10(_hop())


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
    "arrives_log": arrives,
    "first_hop": first_hop,
    "alike": lambda: np.array([row["correlation"] for row in runs.load("ch00-course-network").where(variant="torch_default").rows])[:, :, -1].min(),
    "hundred": lambda: (_read("one-line-100") > 0.5).sum(),
    "added": lambda: 19 * 2,
    "doubled": lambda: 2.0**19,
    "sixteen": lambda: np.ceil(6 / -np.log10(0.41)),
    "fifteen": lambda: 6 / -np.log10(0.41),
    "hop_cost": lambda: -np.log10(0.41),
    "after_fifteen": lambda: 0.41**15,
    "hop_log": lambda: np.log10(0.41),
    "nineteen_hops": lambda: 19 * np.log10(0.41),
    "default_20_power": lambda: 10 ** _twenty(),
    "share_50": lambda: 10 ** _twenty() / 2.5,
    "default_50_power": lambda: 10 ** _line("relu", "torch_default")[0],
    "e": lambda: np.e,
    "twelve_percent": lambda: np.log10(0.12),
    "relu_up": lambda: _line("relu", "standard_normal")[0],
    "five_layers": lambda: -5 * _line("sigmoid", "lecun_normal")[0] / 49,
    "selu_growth": lambda: 100 * (10 ** (_line("selu", "lecun_normal")[0] / 49) - 1),
    "tanh_growth": lambda: 100 * (10 ** (_line("tanh", "he_normal")[0] / 49) - 1),
    "tanh_lost": lambda: -_line("tanh", "lecun_normal")[0],
    "tanh_first": lambda: (_line("tanh", "lecun_normal")[0] - _line("tanh", "lecun_normal")[10]) / _line("tanh", "lecun_normal")[0],
}


EXERCISES = [
    Choice(
        "ch00-s-wrong",
        "What is wrong with the left one?",
        "Same digits, same optimiser, same number of weights. What keeps the left network from learning?",
        options=[
            Option(
                "Its steps are too small.",
                advice="At ten times the rate it stays where it is: none of ten seeds reads more than 15 %<!--below=fast_reads--> of new digits.",
            ),
            Option(
                "The data are too hard for twenty layers.",
                advice="The right network has the same twenty layers and the same digits: each of its ten seeds reads more than 80 %<!--above=mended_reads--> of new ones.",
            ),
            Option(
                "Its ReLU units have died.",
                advice="Some are silent for every digit, about 38 %<!--=silent-->. The others pass signals on in every layer; with all dead, layer 1 would get "
                "exactly nothing. It does get something, only far too little.",
            ),
            Option(
                "What the loss says reaches layer 1 too faintly.",
                correct=True,
                advice="In 400 steps layer 1 moves by less than a millionth<!--below=first_moves--> of its size, layer 20 by 5 %<!--=last_moves-->. The rest of this page "
                "measures where the message goes.",
            ),
        ],
    ),
    Choice(
        "ch00-s-predict",
        "What will the two losses do?",
        "Same digits, same rule, 400 steps. Only the first weights of the right network are drawn by another line.",
        options=[
            Option("Both fall, the left one later.", advice="Play it to the end, and look for the left loss to begin. In none of ten seeds does it."),
            Option("The right one falls, the left one stays.", correct=True, advice="In all ten seeds of each. One line, and it only changes where training *begins*."),
            Option("Both fall alike: training corrects the start.", advice="That would be fine, and it is what many expect. Play it: something keeps the left one from beginning."),
        ],
    ),
    Guess(
        "ch00-guess",
        "What reaches layer 1?",
        "In the left network each hidden layer hands on about 0.41<!--=hop_back--> of the message that comes to it from above. Layer 20 hears the loss itself. After "
        "nineteen such hops, what is left at layer 1? Answer with a power of ten: type $-1$ for a tenth, $-3$ for a thousandth, $0$ for all of it.",
        answer=_nineteen_hops,
        unit="powers of ten",
        comment="Nineteen times log10 0.41<!--exact--> = −0.39<!--=hop_log--> is −7.4<!--=nineteen_hops-->: half a decade off is a very good guess. In the left network itself it is −7.8<!--=arrives_log-->: the first hop comes from only ten units, and "
        "hands back 0.16<!--=first_hop-->.",
        purpose="Reason first: multiply 0.41<!--exact--> by itself a few times and count the zeros.",
    ),
    Choice(
        "ch00-s-deep",
        "Deeper",
        "*ReLU* with the *PyTorch default*, from depth 20 to depth 50: what happens to the ratio $\\delta_1/\\delta_L$?",
        options=[
            Option(
                "It stays at 10^{−7.5}<!--=default_20_power-->: the factor of a layer is the same.",
                advice="The factor stays, but there are 49 of them now, not 19. Each costs its share again.",
            ),
            Option(
                "It falls to about 10^{−19}<!--=default_50_power-->.",
                correct=True,
                advice="Measured: 10^{−19.2}<!--=default_50_power-->. Depth repeats the factor; the line only gets longer.",
            ),
            Option(
                "It falls to 10^{−7.9}<!--=share_50-->: 2.5<!--exact--> times the layers, 2.5<!--exact--> times less.",
                advice="Factors multiply: each further hop costs the same share *of what is left*, 0.39<!--=hop_cost--> of a decade.",
            ),
        ],
    ),
    Choice(
        "ch00-s-fate",
        "One menu",
        "Now *ReLU* with *N(0, 1)*: weights as wide as the bell curve itself. What will the message do on its way down?",
        options=[
            Option("vanish", advice="These weights are much *larger* than the default's. Move the menu and look again."),
            Option("stay healthy", advice="Look at the right end of the axis and at the left: they are tens of decades apart."),
            Option(
                "explode",
                correct=True,
                advice="The same activation, the third fate: larger weights hand back more than they get, more than 40<!--above=relu_up--> decades over 50 layers.",
            ),
        ],
    ),
    Choice(
        "ch00-s-shown",
        "Three things",
        "In the first page's widget: *ReLU* with the *PyTorch default*, depth 20. Show *its own update*, *absolute* (as it is, not as a share of the last layer's): which layers would one step of training hardly change?",
        options=[
            Option("those near the loss", advice="They stand next to the loss and hear it first: the right end of the line is the highest."),
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
        "The same neuron with $w = 0.8$<!--exact-->, input 1, wanted 1. What is the gradient $\\mathrm d\\mathcal L/\\mathrm dw$?",
        answer=-0.2,
        mistakes=[
            Mistake(0.2, "The size is right. But a larger w makes the loss *smaller* here: which sign has such a slope?"),
            Mistake(0.02, "That is the loss, ½(0.8<!--exact--> − 1)². Its slope is (a − 1) · 1."),
            Mistake(-0.5, "That was the gradient at w = 0.5<!--exact-->. Here a = 0.8<!--exact-->."),
        ],
    ),
    Number(
        "ch00-s-hops",
        "One more neuron",
        "Three neurons in a chain, weights $0.5$<!--exact-->, $0.4$<!--exact-->, $0.3$<!--exact--> from the input up. Say the last one's blame is $-0.8$<!--exact-->. What arrives at the first?",
        answer=-0.096,
        mistakes=[
            Mistake(-0.048, "You also multiplied by the first weight. It stands *below* the first neuron: the blame has not passed it."),
            Mistake(-0.16, "You multiplied by 0.5<!--exact--> and 0.4<!--exact-->, the two lowest weights. Which two lie between the last neuron and the first?"),
            Mistake(0.096, "The sign stays: both weights on the way are positive."),
            Mistake(-0.24, "That is what arrives at the *middle* neuron. One hop more."),
            Mistake(-0.32, "That is the number of the chain above, which has two neurons. Here two weights lie between the last and the first."),
        ],
    ),
    Choice(
        "ch00-s-double",
        "More of it",
        "The line makes the factor of a hop 1. If it made the weights twice as large again, what would reach layer 1 after nineteen hops?",
        options=[
            Option("half as much", advice="Each hop multiplies by the weights: larger weights hand back *more*."),
            Option("twice as much", advice="Twice as much after *one* hop. There are nineteen."),
            Option("38<!--=added--> times as much", advice="Nineteen times two: but hops do not add up, they multiply."),
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
        "In the left network layer 20 *does* move. Why does it not learn the digits alone?",
        options=[
            Option("It has only ten units.", advice="Ten are enough for ten digits: the right network's layer 20 has no more."),
            Option(
                "What comes up to it is nearly the same for every digit.",
                correct=True,
                advice="The signals of two digits are almost identical there (correlation 1.00<!--=alike-->, where 1 is identical): what differs between them has faded on the way up. Nothing is left to tell a 3 from an 8.",
            ),
            Option("It moves in the wrong direction.", advice="It does what lowers its loss. With the same input for every digit, the best it can say is “each one in ten”."),
        ],
    ),
    Choice(
        "ch00-s-hundred",
        "A hundred layers",
        "The same line in a network of 100 layers, ten seeds. After 400 steps, how many read more than half of the new digits?",
        options=[
            Option("all ten", advice="A fair guess: it mended twenty. Below is what happens."),
            Option("about half", advice="A fair guess, if luck decided. The recording is harder than that."),
            Option("none", correct=True, advice="None<!--=hundred--> of ten. The line mends twenty layers, not a hundred: chapters 8 and 9 bring what does."),
        ],
    ),
    Choice(
        "ch00-q-axis",
        "Read the axis",
        "In the widget above, the line of a network, relative to the last layer, ends at $-12$ over layer 1. What does it say about the gradient there, "
        "compared with the gradient at the last layer?",
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
        hints=["What would $-1$ mean on this axis? And $-2$?", "$\\log_{10} r = -12$ is the same sentence as $r = 10^{-12}$<!--exact-->."],
        solution="The axis shows $\\log_{10}(\\mathrm{rms}\\,\\delta_1 / \\mathrm{rms}\\,\\delta_L)$. At $-12$ the ratio is $10^{-12}$<!--exact-->: "
        "one part in a million million.",
        purpose="Every profile in this book has this axis.",
    ),
    Choice(
        "ch00-q-layer",
        "Where is it smallest?",
        "In a deep network the gradient $\\delta_l$ vanishes. Which layers get the smallest?",
        options=[
            Option(
                "The last ones, near the loss.",
                advice="The loss is computed right behind the last layer, so its gradient has passed through nothing. Follow the "
                "gradient: it starts at layer L and walks towards layer 1.",
            ),
            Option(
                "The first ones, near the input.",
                correct=True,
                advice="The gradient at layer 1 has been multiplied by every layer above it.",
            ),
            Option(
                "All of them alike: vanishing means that training is finished.",
                advice="A small gradient is not a small loss. Look at the widget again: at the same moment one end of the line is "
                "at 0 and the other at −12.",
            ),
            Option(
                "The middle ones, which are furthest from both ends.",
                advice="The line in the widget has no dip: it is straight and lowest at one end. At which one?",
            ),
        ],
        hints=["Layer 1 is nearest the input. Where is the loss?", "At which end of the widget's line is the gradient smallest?"],
        solution="The gradient starts at the loss, behind layer $L$, and is multiplied once per layer on its way down to layer 1. "
        "So layer 1 gets the longest product, and the smallest $\\delta$. Whether it is also the layer whose *weights* change least is "
        "another question: their gradient is $\\delta_l\\,a_{l-1}^{\\mathsf T}$. With a sigmoid, or in a ReLU network with PyTorch's own biases, it is; in a "
        "ReLU network without biases all layers stand still together (chapter 4).",
        purpose="Popular articles disagree about it; and δ is one of three things that “the gradient of a layer” may mean.",
    ),
    Number(
        "ch00-q-million",
        "How many layers until a millionth?",
        "Each hop hands back 0.41<!--exact--> of the message. What is the smallest number of hops after which less than a millionth of it is left?",
        answer=NUMBERS["sixteen"],
        rtol=1e-9,
        unit="hops",
        mistakes=[
            Mistake(15, "Nearly: after 15 hops a little *more* than a millionth is left: 10^{−5.8}<!--=after_fifteen-->."),
            Mistake(6, "That would be right for a factor of 0.1<!--exact--> a hop: one decade each."),
            Mistake(7, "One decade a hop would be too fast: 0.41<!--exact--> costs only 0.39<!--=hop_cost--> of a decade."),
            Mistake(17, "That is the number of *layers*; the hops between them are one fewer."),
        ],
        hints=["Each hop costs $\\log_{10} 0.41$<!--exact--> decades. How many is that?", "Six decades, divided by what one hop costs; round up."],
        solution="One hop costs $0.39$<!--=hop_cost--> decades, a millionth is 6<!--exact--> decades away: $6/0.39 = 15.5$<!--=fifteen-->, so 16<!--=sixteen--> hops. "
        "A network of seventeen layers is already that deep.",
        purpose="A factor that looks harmless, and how few layers it takes.",
    ),
    Code(
        "ch00-c-decades",
        "Your first check",
        "Write a function that takes the size `first` of the gradient at layer 1 and the size `last` at layer $L$ and returns how many "
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
        "*ReLU* with *He* weights keeps its line flat. Set the widget to depth 50, and show the *δ that arrives*. Which other settings are *healthy*: layer 1 gets between a "
        "tenth and ten times of what layer 50 gets (as read below the controls; a reading of 10^{−1.0}<!--exact--> still counts)? Choose all that are.",
        options=[
            Option("sigmoid with LeCun weights", advice="Sigmoid with LeCun weights loses three<!--=five_layers--> decades every five layers."),
            Option("sigmoid with N(0, 1) weights", correct=True, advice="Sigmoid with N(0, 1) weights stays level: so much for “sigmoid is guilty”."),
            Option(
                "tanh with He weights",
                correct=True,
                advice="tanh with He weights just passes: it *grows*, by 4 %<!--=tanh_growth--> a layer, and with twice as many layers it would explode. "
                "Chapter 7 finds weights and biases with which it is exactly flat.",
            ),
            Option(
                "tanh with LeCun weights",
                correct=True,
                advice="tanh with LeCun weights loses one<!--=tanh_lost--> decade in 50 layers, more than half<!--above=tanh_first--> of it in the ten nearest "
                "the input: chapter 7 says why this line bends.",
            ),
            Option(
                "tanh with the PyTorch default",
                advice="tanh with the PyTorch default falls steadily: those weights are smaller than LeCun's by a factor of √3.",
            ),
            Option("SELU with LeCun weights", correct=True, advice="Flat enough at this depth: it *grows*, by 4 %<!--=selu_growth--> a layer (chapter 5)."),
            Option(
                "ReLU with N(0, 1) weights",
                advice="ReLU with N(0, 1) weights does not vanish, it *explodes*: more than 40<!--above=relu_up--> decades up is not flat either.",
            ),
        ],
        hints=[
            "Move one control at a time, and read the number below the controls rather than the line.",
            "There are four, and one of them uses the activation with the worst reputation.",
        ],
        solution="Sigmoid with $N(0,1)$ weights, tanh with He and with LeCun weights, and SELU with LeCun weights. No activation is flat with all "
        "weights, and no weights are flat with all activations: what counts is the pair. Chapter 5 says why.",
        purpose="No activation and no initialisation is safe or guilty alone.",
    ),
    Guess(
        "ch00-guess-sigmoid",
        "Twenty layers of sigmoid",
        "A network has 20 layers of 100 sigmoid neurons, its weights drawn from $N(0, 1/n)$, its biases 0. The loss tells the last layer how to "
        "change. How much of that message reaches the first layer? Give the ratio of the two gradients as a power of ten: "
        "type $-1$ for a tenth, $-3$ for a thousandth, $0$ for all of it.",
        answer=_decades,
        unit="powers of ten",
        comment="A loss of a little over half a decade a layer looks harmless; nineteen of them in a row are not.",
        purpose="Commit to a number before you look: the difference is what you learn.",
    ),
]

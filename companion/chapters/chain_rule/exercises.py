"""Chapter 3: the chain rule, read from the loss."""

import numpy as np

from companion import runs
from companion.activations import ACTIVATIONS
from companion.chapters.chain_rule import walk
from companion.chapters.chain_rule.defects import DEFECTS
from companion.gradcheck import relative_error
from companion.network import Network
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option, Order
from companion.steps import backpropagation_steps


def _passes():
    """What forward and backward pass together cost, in forward passes, for a network of about a million parameters."""
    return walk.cost()[1]


# --- the walk through the drawn network -------------------------------------------------------------------------------

_TIE = "1.00<!--exact-->, from unit 1 to the output"
_LEFT, _RIGHT = "−0.60<!--exact-->, from input 1 to unit 2", "−1.40<!--exact-->, from unit 2 to the output"


def _last(**setting):
    """The last step of the walk: everything is known."""
    return walk.steps(**setting)[-1]


def _as_drawn(number):
    """With two decimals, as the drawing has it."""
    return round(float(number), 2)


def _loudest(activations=walk.SHOWN, weights=tuple(walk.WEIGHTS)):
    """What the weight from input 1 to unit 2 is told where it is told most, in all settings of the walk."""
    settings = [(i, w, f) for i in walk.INPUTS for w in weights for f in activations]
    return max((_last(inputs=i, weights=w, activation=f).slopes[0][1, 0] for i, w, f in settings), key=abs)


def _left(start=20, end=1):
    """log10 of the blame of layer ``end`` over that of layer ``start``, PyTorch's defaults before the first step, the median of
    ten seeds."""
    rows = runs.load("ch00-course-network").where(variant="torch_default").rows
    return float(np.median([row["delta"][0][end - 1] - row["delta"][0][start - 1] for row in rows]))


def _moved():
    """How far the weights of layers 1 to 19 have moved at the end of training, relative to their size and in per cent: the median
    of ten seeds in the layer that has moved most, PyTorch's defaults."""
    rows = runs.load("ch00-course-network").where(variant="torch_default").rows
    return 100 * 10 ** float(np.median([row["moved"][-1] for row in rows], axis=0)[:-1].max())


def _hop():
    """What one of the eighteen hops from layer 19 back to layer 1 leaves."""
    return 10 ** (_left(start=19) / 18)


def _shares():
    """Of a nudge of input 1: what reaches the loss through unit 1, and through unit 2."""
    return _last().blame[0] * _last().weights[0][:, 0]


def _after(weights="large", steps=20, rate=0.1):
    """The last step of the walk through the network that twenty steps of training make of a setting."""
    now = _last(weights=weights)
    for _ in range(steps):
        moved = [w - rate * told for w, told in zip(now.weights, now.slopes, strict=True)]
        now = backpropagation_steps(moved, walk.INPUTS["a"], "tanh", walk.TARGET)[-1]
    return now


def _by_hand():
    """The last step with the inputs (2, −1)."""
    return _last(inputs="d")


# --- the derivation: one neuron a layer, four layers ------------------------------------------------------------------


def _blame(w, z, slope, g):
    return g * slope(z[3]) * w[3] * slope(z[2]) * w[2] * slope(z[1]) * w[1] * slope(z[0])


def _chains(rng):
    tables = [ACTIVATIONS[name].slope for name in ("sigmoid", "tanh", "softplus")]
    return [(rng.uniform(0.5, 2, 4), rng.standard_normal(4), slope, rng.uniform(0.5, 2)) for slope in tables]


# --- one layer, by hand -----------------------------------------------------------------------------------------------


def _slope(z):
    return 1 / np.cosh(z) ** 2


def _backward(W, b, x, y):
    z = W @ x + b
    delta = (np.tanh(z) - y) / x.shape[1] * _slope(z)
    return delta @ x.T, delta.sum(1, keepdims=True)


def _with(change):
    """The right answer with another δ."""

    def backward(W, b, x, y):
        z = W @ x + b
        delta = change(np.tanh(z), z, y, x.shape[1])
        return delta @ x.T, delta.sum(1, keepdims=True)

    return backward


def _bias_mean(W, b, x, y):
    weights, bias = _backward(W, b, x, y)
    return weights, bias / x.shape[1]


# --- a check that can fail --------------------------------------------------------------------------------------------


def _agree(got, want, rtol):
    return bool((np.abs(got - want) <= rtol * np.abs(want)).all())


def _pairs(rng):
    want = rng.standard_normal((3, 4))
    tiny = 3e-13 * want
    off = want.copy()
    off[2, 1] *= 1.01
    small = want.copy()
    small[0, 0] = 1e-9
    lost = small.copy()
    lost[0, 0] = 0.0
    return [
        (want, want, 1e-9),
        (np.zeros_like(tiny), tiny, 1e-9),
        (off, want, 1e-6),
        (tiny * (1 + 1e-12), tiny, 1e-9),
        (-want, want, 1e-9),
        (lost, small, 1e-6),
        (1000 * want * (1 + 1e-7), 1000 * want, 1e-6),
        (want * (1 + 5e-6), want, 1e-6),  # within NumPy's own rtol, 10⁻⁵
        (3 * want, want, 0.7),  # within 0.7 of got, not of want
    ]


# --- the investigation ------------------------------------------------------------------------------------------------

_PLANTED = {"A": "not_passed_down", "B": "transposed", "C": None, "D": "slope_on_wrong_side", "E": "value_of_error"}
_NAMES = {
    "not_passed_down": "every layer gets the error of the output",
    "transposed": "the weight gradient is transposed",
    None: "nothing is wrong",
    "slope_on_wrong_side": "the slope multiplies Wᵀg instead of g",
    "value_of_error": "f(error) stands where f′(z) belongs",
}


def suspects():
    """``({"A": network, …, "E": network}, x, y)``: one tanh network 4 → 4 → 4 → 4 with five backward passes."""
    rng = np.random.default_rng(0)
    network = Network.random([4, 4, 4, 4], activation="tanh", initialization="lecun_normal", rng=rng, bias_std=0.5)
    five = {letter: DEFECTS[name].plant(network) if name else network for letter, name in _PLANTED.items()}
    return five, rng.standard_normal((4, 8)), rng.standard_normal((4, 8))


def _least_wrong(letter):
    """The smallest relative error in front of the last layer, in per cent, of one of the five passes."""
    five, x, y = suspects()
    wrong, right = five[letter].gradients(x, y), five["C"].gradients(x, y)
    pairs = [*zip(wrong.weights[:-1], right.weights[:-1], strict=True), *zip(wrong.biases[:-1], right.biases[:-1], strict=True)]
    return 100 * min(relative_error(*pair) for pair in pairs)


NUMBERS = {
    "passes": _passes,
    "default_blame": lambda: 10 ** _left(),
    "moved": _moved,
    "first_hop": lambda: 10 ** _left(end=19),
    "eighteen": lambda: 10 ** _left(start=19),
    "hop": _hop,
    "loudest": _loudest,
    "move_left": lambda: abs(_last().slopes[0][1, 0] / _last().blame[1][0]),
    "move_tie": lambda: abs(_last().values[1][0]),
    "move_right": lambda: abs(_last().values[1][1]),
    "louder_left": lambda: _last(inputs="c", weights="large", activation="relu").slopes[0][1, 0],
    "slope": lambda: 1 - _last().values[1][0] ** 2,
    "shares": lambda: _shares().sum(),
    "share_1": lambda: _shares()[0],
    "share_2": lambda: _shares()[1],
    "five_error": lambda: _last(weights="large").blame[1][0],
    "five_slope": lambda: 1 - _last(weights="large").values[1][0] ** 2,
    "five_blame": lambda: _last(weights="large").blame[0][0],
    "lost_error": lambda: _after().blame[1][0],
    "lost_tie": lambda: _after().weights[1][0, 0],
    "lost_moved": lambda: 100 * np.max(np.abs(_after().weights[0][0] / _last(weights="large").weights[0][0] - 1)),
    "lost_other": lambda: _last(weights="large").blame[0][1],
    "tenfold_error": lambda: _last(weights="tenfold").blame[1][0],
    "hand_answer": lambda: _by_hand().values[2][0],
    "hand_blame": lambda: _by_hand().blame[0][1],
    "least_wrong": lambda: _least_wrong("A"),
}

EXERCISES = [
    Order(
        "ch03-s-order",
        "Who has the largest hand in it?",
        "Each of these three weights is raised by 0.01<!--exact--> (−0.60<!--exact--> to −0.59<!--exact-->), one at a time. Order them by how far the **answer** moves, the largest move first.",
        items=(_LEFT, _TIE, _RIGHT),
        mistakes=[
            Mistake(
                (_RIGHT, _TIE, _LEFT),
                "That is the order of the weights' own sizes. A weight of −1.40<!--exact--> that only ever sees a value of −0.15<!--exact--> has little to say.",
            ),
            Mistake(
                lambda order: order[0] == _TIE,
                "A nudge of 1.00<!--exact--> moves the answer by 0.69<!--exact--> of it. A nudge of −0.60<!--exact--> is multiplied by the input 1, then by the "
                "slope of tanh, close to 1 at −0.15<!--exact-->, then by −1.40<!--exact-->.",
            ),
            Mistake(
                lambda order: order[0] == _RIGHT,
                "Unit 2 has the value −0.15<!--exact-->: that is all a nudge on its right is multiplied by.",
            ),
            Mistake(
                lambda order: order[1] == _RIGHT,
                "The first place is right. Of the other two, which one sits on the larger value: 0.69<!--exact--> or −0.15<!--exact-->?",
            ),
        ],
        comment="The answer moves by 1.37<!--=move_left-->, 0.69<!--=move_tie--> and 0.15<!--=move_right--> of the nudge. A nudge is multiplied by the value on the *left* of its weight, and then by everything "
        "on its way to the right: that of −0.60<!--exact--> by the input 1, the slope of tanh (close to 1 at −0.15<!--exact-->), and −1.40<!--exact-->.",
    ),
    Number(
        "ch03-s-blame",
        "The blame of unit 1",
        "At step 6 only the blame at the output is known, 0.90<!--exact-->. What will the blame of **unit 1** be? "
        "(By how much does the loss change if its $z$ is nudged? Follow the nudge to the right.) Answer, then press ›.",
        answer=lambda: _as_drawn(_last().blame[0][0]),
        rtol=0.02,
        mistakes=[
            Mistake(0.9, "That is the blame at the output. Between z of unit 1 and the output lie a slope, 0.52<!--exact-->, *and* a weight."),
            Mistake(lambda: _last().slopes[1][0, 0], "That is the blame at the output times the *value* of unit 1: what the weight is told. What goes on back takes the weight and the slope."),
            Mistake(0.52, "That is the slope, by which the nudge of z reaches a. Then come the weight, and the blame at the output."),
            Mistake(lambda: _last().blame[0][1], "That is the blame of unit 2."),
            Mistake(0.36, "Check the slope: at unit 1 it is 0.52<!--exact-->, and the weight between is 1.00<!--exact-->."),
            Mistake(lambda: 0.9 * -1.4 * (1 - _last().values[1][0] ** 2), "The weight is not the right one: −1.40<!--exact--> belongs to unit 2, and 1.00<!--exact--> to unit 1."),
        ],
        comment="0.90<!--exact--> × 1.00<!--exact--> × 0.52<!--=slope-->: the blame on the right, the weight between, the slope.",
    ),
    Choice(
        "ch03-s-double",
        "Ten times one weight",
        "With tanh and inputs (1, 0.5)<!--exact-->, the weight −1.40<!--exact--> is made ten times as large. What becomes of the blame of **unit 2**, from which it leads to the output? Answer, then set *−1.4<!--exact-->: × 10* and look.",
        options=[
            Option("It stays: the weight does not lead into the unit.", advice="The blame comes back from the output, through this very weight."),
            Option("It becomes ten times as large.", advice="So it would if the blame at the output stayed. Look at the output: the answer has changed too."),
            Option(
                "It becomes more than ten times as large.",
                correct=True,
                advice="The weight comes in twice: on the way back it is a factor, and on the way forward it makes the error larger, 2.78<!--=tenfold_error--> for 0.90<!--exact-->. "
                "The hop alone multiplies by 14<!--exact--> × 0.98<!--exact-->: *exploding*.",
            ),
            Option("It becomes a tenth.", advice="A larger weight hands more back, not less."),
        ],
    ),
    Choice(
        "ch03-s-five",
        "Larger weights on the left",
        "With tanh and inputs (1, 0.5)<!--exact-->, the **four weights on the left** are made five times as large; the other two are as drawn. What becomes of the blame of **unit 1**? Answer, then set *left four: × 5<!--exact-->* and look.",
        options=[
            Option("It stays: the four are not on its way back.", advice="Not as factors. But they make z, 4.25<!--exact--> now, and the way back passes the slope at z."),
            Option("It becomes about twice as large, as the error does.", advice="The error is 1.89<!--=five_error--> for 0.90<!--exact-->, and the weight between is 1.00<!--exact--> as before. And the slope, at z = 4.25<!--exact-->?"),
            Option("It becomes five times as large.", advice="The four lie on its left, and blame comes from the right: error × weight × slope. What becomes of these three?"),
            Option(
                "Next to nothing is left of it.",
                correct=True,
                advice="z is 4.25<!--exact--> now, a is next to 1, and the slope 1 − a^{2} is 0.0008<!--=five_slope-->. The weight between is 1, so the blame is 1.89<!--=five_error--> × 0.0008<!--=five_slope--> = 0.0015<!--=five_blame-->: *vanishing*. "
                "tanh is flat there: the unit is *saturated*. Larger weights, and the blame is lost.",
            ),
        ],
    ),
    Choice(
        "ch03-s-relu",
        "A silent unit",
        "In the widget, inputs (1, 0.5)<!--exact--> and weights as drawn, choose **ReLU**. Unit 2 has z = −0.15<!--exact-->. Which weights are told exactly 0?",
        options=[
            Option(
                "the two into unit 2, and the one from it to the output",
                correct=True,
                advice="On its left the slope 0 stops the blame. On its right the value 0 leaves nothing to be told.",
            ),
            Option("only the two into unit 2", advice="The weight on its right is told blame × value. What is the value of unit 2 now?"),
            Option("only the one from it to the output", advice="And on its left? The blame must pass the slope of ReLU at −0.15<!--exact-->."),
            Option("all six", advice="Unit 1 is awake: z = 0.85<!--exact-->. Look at its lines."),
        ],
    ),
    Number(
        "ch03-s-paths",
        "Two paths",
        "**Input 1** leads to both units, whose blames are 0.47<!--exact--> and −1.23<!--exact--> (weights as drawn). Treat it like a unit without an activation: if *its value* is nudged, by what is the nudge multiplied until it reaches the loss?",
        answer=lambda: _as_drawn(_shares().sum()),
        rtol=0.02,
        mistakes=[
            Mistake(lambda: _shares()[0], "That is the path through unit 1. There is another."),
            Mistake(lambda: _shares()[1], "That is the path through unit 2. There is another."),
            Mistake(lambda: _shares()[0] - _shares()[1], "Both shares have the right size. The second is the product of two negative numbers."),
            Mistake(0.47, "That is the blame of unit 1, before its weight to input 1. And there is a second path."),
            Mistake(1.7, "Those are the two blames, added in size. On the way back to input 1 each passes the weight between."),
            Mistake(0.76, "Those are the two blames, added. On the way back to input 1 each passes the weight between."),
            Mistake(lambda: _shares().prod(), "Along a path factors multiply; the shares of two paths are *added*."),
            Mistake(lambda: _last().blame[0].sum(), "Those are the blames of the two units, added (and what its two weights are told). On the way back to input 1 each passes the weight between."),
            Mistake(lambda: _last().blame[0][1], "That is the blame of unit 2, before its weight to input 1. And there is a second path."),
            Mistake(lambda: -_last().blame[0][1], "That is the blame of unit 2 but for its sign, before its weight to input 1. And there is a second path."),
            Mistake(0.2, "Those are the two weights, added. Each path ends in a blame: multiply by it first."),
        ],
        comment="0.47<!--exact--> × 0.80<!--exact--> = 0.38<!--=share_1--> through unit 1, (−1.23<!--exact-->) × (−0.60<!--exact-->) = 0.74<!--=share_2--> through unit 2; added before rounding they make 1.11<!--=shares-->.",
    ),
    Number(
        "ch03-s-told",
        "By hand, from left to right and back",
        "The network of the core page, with tanh and the inputs (2, −1)<!--exact-->, on paper and with a pocket calculator: what is the weight 0.90<!--exact-->, from input 2 to unit 2, told?",
        answer=lambda: _by_hand().slopes[0][1, 1],
        rtol=0.02,
        mistakes=[
            Mistake(lambda: -_by_hand().slopes[0][1, 1], "The size is right. Input 2 is −1<!--exact-->, and the blame of unit 2 is negative as well."),
            Mistake(lambda: 0.9 * _by_hand().blame[0][1], "That is blame × the weight itself: what would go on back, to the input. The weight is told blame × the *value on its left*."),
            Mistake(lambda: _by_hand().slopes[0][1, 0], "That is what the other weight of unit 2 is told, the one from input 1."),
            Mistake(lambda: _by_hand().slopes[0][0, 1], "That is the other weight of input 2, the one to unit 1."),
            Mistake(lambda: 1.4 * _by_hand().blame[1][0], "The slope of tanh at unit 2 is missing: z is −2.1<!--exact-->, where tanh is nearly flat."),
            Mistake(lambda: _last().slopes[0][1, 1], "That is with the inputs (1, 0.5)<!--exact-->. All values, slopes and blames are others now."),
        ],
        hints=["Forward: z of the two units is 1.5<!--exact--> and −2.1<!--exact-->.", "The blame of unit 2 is error × (−1.40)<!--exact--> × slope, with the slope $1 - a^2$."],
        solution="The answer is 2.26<!--=hand_answer-->, which is also the error. The blame of unit 2 is $2.26 \\cdot (-1.40) \\cdot (1 - \\tanh^2 2.1) = -0.18$<!--=hand_blame-->, and times $-1$ it is 0.18<!--exact-->.",
    ),
    Choice(
        "ch03-s-keep",
        "What must be kept?",
        "Which numbers must the way forward keep, so that the way back can do its work?",
        options=[
            Option("Only the output.", advice="Then who knows the slope of each unit, and the value on the left of each weight?"),
            Option(
                "The values a of all units.",
                correct=True,
                advice="Each weight is told blame × the a on its left, and each blame passes a slope. (For tanh it is 1 − a^{2}: a is enough. Where a does not tell the slope, z is kept too.) This is one reason why training takes far more memory than answering.",
            ),
            Option("What every weight is told.", advice="That is the *result*. What is it made of?"),
            Option("Nothing: it can all be read off the weights.", advice="The same weights with another input give other values. Which lines on the way back use `a_1` and `x`?"),
        ],
    ),
    Choice(
        "ch03-s-rings",
        "And after training?",
        "Before the first step $10^{-7.8}$<!--=default_blame--> of the blame at layer 20 is left at layer 1. (The welcome page's widget read $10^{-7.5}$<!--cited-->: a hop from only ten units leaves less.) How much is left after 400<!--exact--> steps of training with these defaults?",
        options=[
            Option("More: training mends what is broken.", advice="It could, by changing the factors on the way: weights and slopes. Who tells these weights to change?"),
            Option(
                "About as much as before.",
                correct=True,
                advice="To mend the factors, the weights on the way would have to move. They are told to by this very blame: after 400<!--exact--> steps no layer but the last has moved by even 1 %<!--below=moved--> of its size (median of ten seeds).",
            ),
            Option("Less: every step loses a little more.", advice="A step would have to make the factors smaller still. How far does it move weights that are told next to nothing?"),
        ],
    ),
    Number(
        "ch03-s-train",
        "One hop",
        "PyTorch's defaults, under *Then train* on the core page: the first hop back, from ten units, leaves 0.16<!--=first_hop-->. The other eighteen<!--exact-->, between layers of 64<!--exact-->, leave $10^{-7}$<!--=eighteen--> together. "
        "What does **one** of these leave, if all are alike?",
        answer=lambda: _as_drawn(_hop()),
        rtol=0.03,
        mistakes=[
            Mistake(lambda: _left(start=19) / 18, "That is the power of ten. One hop leaves 10 to this power."),
            Mistake(lambda: 10 ** _left(start=19) / 18, "That is an eighteenth of what is left. Hops multiply: which number, multiplied eighteen times, gives that?"),
            Mistake(1e-7 / 18, "Hops multiply, so do not divide by eighteen: which number, multiplied eighteen times, gives that?"),
            Mistake(7 / 18, "Did you divide 7 by 18? That is a power of ten, and its sign is gone. Or take the mean of all nineteen? The first hop is not like the others."),
            Mistake(lambda: 10 ** _left(end=19), "That is the first hop, from ten units. The other eighteen are alike."),
            Mistake(0.5, "Eighteen halves leave 10^{-5.4}<!--exact-->. A hop must leave less."),
            Mistake(0.1, "A tenth each would leave 10^{-18}<!--exact-->. A hop must leave more."),
        ],
        hints=["$q^{18} = 10^{-7}$<!--=eighteen-->. Take the 18th<!--exact--> root: divide the power of ten by 18<!--exact-->."],
        solution="$10^{-7/18} = 0.41$<!--=hop-->: the factor that the welcome page found from the weights alone, $\\sqrt{64 \\cdot \\tfrac{1}{3 \\cdot 64} \\cdot \\tfrac12}$. In the first hop ten terms are added, not 64<!--exact-->: $\\sqrt{10 \\cdot \\tfrac{1}{3 \\cdot 64} \\cdot \\tfrac12} = 0.16$<!--=first_hop-->.",
    ),
    Choice(
        "ch03-s-corner",
        "At the corner",
        "The loss against one weight, with ReLU, as on the core page: up to the corner the curve is level, behind it steep. What is the derivative at the corner?",
        options=[
            Option("0, because PyTorch says so.", advice="PyTorch, and the package behind this page, do choose 0. But what is it that they choose from?"),
            Option("the slope to the right", advice="A step to the left would see another one."),
            Option(
                "There is none; a program has to choose one.",
                correct=True,
                advice="Most choose 0, the slope to the left. A z of exactly 0 is rare, but for biases of 0 and inputs of 0.",
            ),
            Option("the mean of both", advice="That is what a central difference would say. Neither side has it."),
        ],
    ),
    Guess(
        "ch03-guess",
        "A million derivatives",
        "A network has a million weights, and you want the slope of the loss along each of them. With nudges that "
        "takes 1,000,001 forward passes. Backpropagation does it with one pass forward and one pass back. What do these two cost together, "
        "in forward passes?",
        answer=_passes,
        unit="forward passes",
        comment="The way back costs *two* products a weight, the way forward one. The number of weights is not in it.",
        purpose="Commit to a number before you look.",
    ),
    Choice(
        "ch03-q-cost",
        "One layer only",
        "A deep network, all its layers of one size. You want to train only the **first** layer, the one at the inputs, and leave all other weights as they are. What do the pass "
        "forward and the pass back cost now, together?",
        options=[
            Option(
                "About two forward passes.",
                correct=True,
                advice="One forward, and one product a weight on the way back, to hand the blame on. What the other weights would be told need not be computed.",
            ),
            Option(
                "About three, as before.",
                advice="That is for all weights. Of the two products a weight on the way back, which one can be left out?",
            ),
            Option(
                "Little more than one: a single layer needs little.",
                advice="How does the blame get to the first layer? Through every layer on its right.",
            ),
            Option(
                "Three, divided by the number of layers.",
                advice="The pass forward alone costs one. And the blame has to come all the way.",
            ),
        ],
        hints=[
            "On the way back each weight takes part in two products: one for what it is told (blame on its right × value on its left), one for the blame that it hands on (blame on its right × weight).",
            "Which of the two can you leave out in the layers that stay as they are?",
        ],
        solution="All slopes cost about three<!--=passes--> forward passes: one product a weight forward, two back. Of the two, what a weight is told can be left out where nothing is trained; the "
        "blame must still be handed on, through every layer. So about two are left. Had you chosen the *last* layer, at the output, the way back would be short, and cost next to nothing.",
        purpose="Which layers you train decides what the way back costs.",
    ),
    Choice(
        "ch03-q-lost",
        "One unit out of reach",
        "The widget's network with *left four: × 5<!--exact-->* (tanh, inputs (1, 0.5)<!--exact-->) answers 1.89<!--=five_error-->, and the blame of unit 1 is lost: 0.0015<!--=five_blame-->. Train it as under *Then train*, twenty steps "
        "at the rate 0.1<!--exact-->. What happens?",
        options=[
            Option(
                "Next to nothing: the answer stays near 1.89<!--=five_error-->.",
                advice="The blame is lost at unit 1. What are the weights told that do not need the blame of unit 1?",
            ),
            Option(
                "The answer comes close to 0, and all six weights have a part in it.",
                advice="What are the two weights into unit 1 told? Their blame is 0.0015<!--=five_blame-->, and falls with the error.",
            ),
            Option(
                "The answer comes close to 0, but the two weights into unit 1 stay where they are.",
                correct=True,
                advice="To less than 0.1 %<!--below=lost_moved-->, they do. The other four learn the example without them.",
            ),
            Option(
                "The answer comes closer to 0; all three weights of unit 1 stay where they are.",
                advice="Two of them do. The third, on the right of unit 1, is told the blame of the *output* × the value of unit 1. How large are these?",
            ),
        ],
        hints=[
            "Set the widget to it, and read the six ∂ of its last step. Each step moves a weight by a tenth of its ∂.",
            "Which of the six weights have the blame of unit 1 as a factor?",
        ],
        solution="The answer comes down to 0.005<!--=lost_error-->. The weight from unit 1 to the output is told 1.89<!--=five_error--> at first, and goes from 1.00<!--exact--> to 0.24<!--=lost_tie-->; unit 2, with a blame of "
        "−1.58<!--=lost_other-->, moves its weights too. The two weights into unit 1 stay, to less than 0.1 %<!--below=lost_moved-->. So the loss falls, and does not tell that two weights learn nothing. In the "
        "network of the welcome page most layers were such weights, and what came up to the top ones was nearly the same for every digit.",
        purpose="What one lost blame means for learning.",
    ),
    Number(
        "ch03-q-chain",
        "Three units in a row",
        "A chain of three units; here the last one has an activation too. The slopes are $f'(z_1) = 0.25$<!--exact-->, $f'(z_2) = 0.5$<!--exact-->, $f'(z_3) = 0.2$<!--exact-->; the weights $w_2 = 2$, $w_3 = -3$; and "
        "$\\partial\\mathcal L/\\partial a_3 = 0.4$<!--exact--> (so far this was $a - y$). What is the blame $\\delta_1$ of the first unit?",
        answer=-0.06,
        mistakes=[
            Mistake(-0.24, "The first slope is missing: δ belongs to z_1, before the activation."),
            Mistake(-0.12, "That is δ_2, one unit short: a weight and a slope are still to come. (Or the slope f'(z_2) is missing, which gives the same number.)"),
            Mistake(-0.15, "That is ∂a_3/∂z_1. The loss changes with a_3 at the rate 0.4<!--exact-->."),
            Mistake(-0.015, "The sign is right; the size is a quarter of it. The slope 0.25<!--exact--> goes in once, and both weights do."),
            Mistake(0.01, "Those are the slopes alone. Between two units stands a weight."),
            Mistake(-0.3, "The slope of the last unit is missing: the error is known at a_3, and δ_3 = 0.4 · 0.2<!--exact-->."),
        ],
        hints=["Start at the output: $\\delta_3 = 0.4 \\cdot 0.2$<!--exact-->.", "$\\delta_2 = \\delta_3\\, w_3\\, f'(z_2)$, and once more."],
        solution="$\\delta_3 = 0.08$<!--exact-->, $\\delta_2 = 0.08 \\cdot (-3) \\cdot 0.5 = -0.12$<!--exact-->, $\\delta_1 = -0.12 \\cdot 2 \\cdot 0.25 = -0.06$<!--exact-->.",
        purpose="A weight and a slope for each layer: here five factors behind the error, about a hundred in a network of fifty.",
    ),
    Number(
        "ch03-i-loudest",
        "Told the most",
        "Back to the widget, under *See it*, at its last step. Over **all** its settings (inputs, weights, activation): what is the weight from input 1 to unit 2 told where it is told **most** (in size)? Answer with its sign. "
        "Say first which of its four factors each control moves: error, weight, slope, input.",
        answer=_loudest,
        rtol=0.02,
        mistakes=[
            Mistake(lambda: _loudest(weights=["drawn", "large", "zero"]), "Loud, but there is a louder one. Which weight comes in twice, into the error *and* into the blame? And which activation has no ceiling?"),
            Mistake(lambda: _loudest(activations=["tanh"]), "That is the largest with tanh, where no unit has a value above 1 in size. Is there an activation without that limit?"),
            Mistake(lambda: _loudest(activations=["sigmoid"]), "That is the largest with the sigmoid, whose slope is at most 1/4."),
            Mistake(lambda: _loudest(activations=["tanh", "sigmoid"], weights=["drawn", "large", "zero"]), "Which change makes the weight between unit 2 and the output larger, and which activation has no ceiling?"),
            Mistake(lambda: _last(inputs="c", weights="tenfold", activation="relu").blame[-1][0], "That is the error. The weight is told error × weight × slope × input."),
            Mistake(lambda: _last(inputs="c", weights="tenfold", activation="relu").slopes[0][1, 1], "The right setting, but the other weight of unit 2: this one comes from input 2."),
            Mistake(lambda: -_last(inputs="c", weights="tenfold", activation="relu").slopes[0][1, 1], "The right setting, but that is the other weight of unit 2, and its sign is turned. This one comes from input 1."),
            Mistake(lambda: _last(weights="tenfold").slopes[0][1, 0], "With tanh, which holds the values below 1 and the slopes down, and with the first inputs. Try the other activations, and the other inputs."),
            Mistake(lambda: _last(inputs="c", activation="relu").slopes[0][1, 0], "The right activation and inputs. Which weight is in the error *and* in the blame?"),
            Mistake(lambda: _last(inputs="c", weights="tenfold", activation="sigmoid").slopes[0][1, 0], "The right inputs and weights. But the sigmoid stays below 1, and its slope below ¼. Which activation has no ceiling?"),
            Mistake(lambda: 10 * _last().slopes[0][1, 0], "Ten times the first setting? A weight ten times as large moves the error as well. Try it in the widget."),
            Mistake(lambda: _last().slopes[0][1, 0], "That is the first setting. Which control moves which of the four factors?"),
            Mistake(lambda: _last(inputs="b").slopes[0][1, 0], "That is with tanh and the weights as drawn. Which weight is in the error *and* in the blame?"),
        ],
        hints=[
            "Its factors: the error at the output, the weight between unit 2 and the output, the slope at unit 2; and the input on the left of the weight.",
            "The error has no limit where the activation has none. And one of the weights is in two factors.",
        ],
        solution="| control | moves |\n|---|---|\n| inputs | the input, and through z the slope and the error |\n| −1.4 × 10<!--exact--> or 0 | the weight and the error |\n"
        "| left four × 5<!--exact--> | the slope and the error |\n| activation | the slope and the error |\n\n"
        "ReLU, the inputs (−1, 2)<!--exact-->, the weight −1.4<!--exact--> times ten: unit 2 has $z = 2.4$<!--exact--> and slope 1, the answer is −33.6<!--exact-->, and the weight is told "
        "$-33.6 \\cdot (-14) \\cdot 1 \\cdot (-1) = -470$<!--=loudest-->. The left weights times five reach −23.5<!--=louder_left--> only: they make the error larger, not the weight between. With tanh large weights on the left flatten the slopes as well. Which effect wins, blow up or fade, is the story of the next chapters.",
        purpose="A weight is told much where its four factors are large, not where it is large itself.",
    ),
    Code(
        "ch03-d-chain",
        "The blame of the first bias",
        "Four units in a row: $z_l = w_l a_{l-1} + b_l$, $a_l = f(z_l)$. Given the weights `w` and the sums `z` (arrays of four; "
        "`w[0]` is $w_1$), the function `slope` ($f'$) and the number `g` $= \\partial\\mathcal L/\\partial a_4$, return "
        "$\\partial\\mathcal L/\\partial b_1$. Derive it on paper first.",
        stub="def blame(w, z, slope, g):\n    ...",
        reference=_blame,
        inputs=_chains,
        mistakes=[
            Mistake(
                lambda w, z, slope, g: g * np.prod(slope(z[1:])) * np.prod(w[1:]),
                "The first slope is missing: b₁ moves a₁ through z₁, and ∂a₁/∂z₁ = f′(z₁).",
            ),
            Mistake(
                lambda w, z, slope, g: g * np.prod(slope(z)) * np.prod(w),
                "w₁ does not belong: it carries x into z₁, but b₁ enters z₁ directly, ∂z₁/∂b₁ = 1. (With w₁ it is ∂ℒ/∂x.)",
            ),
            Mistake(
                lambda w, z, slope, g: np.prod(slope(z)) * np.prod(w[1:]),
                "That is ∂a₄/∂b₁. The loss changes with a₄ at the rate g: multiply by it.",
            ),
            Mistake(
                lambda w, z, slope, g: g * np.prod(slope(z)),
                "The slopes alone: each time the blame passes from z_{l+1} to a_l it is multiplied by w_{l+1} too.",
            ),
        ],
        hints=[
            "Write the path from $b_1$ to the loss: $b_1 \\to z_1 \\to a_1 \\to z_2 \\to \\dots \\to a_4 \\to \\mathcal L$. Each arrow "
            "is one factor.",
            "An arrow $z_l \\to a_l$ gives $f'(z_l)$, an arrow $a_{l-1} \\to z_l$ gives $w_l$, and $b_1 \\to z_1$ gives 1.",
            "There are four slopes and three weights in the product.",
        ],
        solution="$$\\frac{\\partial\\mathcal L}{\\partial b_1} = g\\,f'(z_4)\\,w_4\\,f'(z_3)\\,w_3\\,f'(z_2)\\,w_2\\,f'(z_1)$$\n\n"
        "```python\ndef blame(w, z, slope, g):\n    return g * np.prod(slope(z)) * np.prod(w[1:])\n```",
        purpose="The formula of every deep chain, from your own pen.",
    ),
    Choice(
        "ch03-q-rate",
        "What belongs to the gradient?",
        "You double the learning rate and start again from the same weights. What happens to $\\partial\\mathcal L/\\partial W_1$ before "
        "the first step?",
        options=[
            Option(
                "It doubles.",
                advice="The *step* doubles. Read the backward pass once more: where would the learning rate stand?",
            ),
            Option(
                "Nothing: the learning rate is not in it.",
                correct=True,
                advice="The gradient belongs to the loss and the weights. The rate only says how far to walk along it.",
            ),
            Option(
                "It doubles in the last layer, and less in those before it.",
                advice="Blame is handed back through weights and slopes. Neither knows the learning rate.",
            ),
        ],
        hints=[
            "Which symbols occur in $\\delta_l = (W_{l+1}^{\\mathsf T}\\delta_{l+1}) \\odot f'(z_l)$?",
            "The rate $\\eta$ enters after the gradient is known: $W \\leftarrow W - \\eta\\,\\partial W$.",
        ],
        solution="Nothing. The gradient is a property of the loss at these weights; $\\eta$ multiplies it afterwards. (Later steps differ, "
        "because the weights then differ.) So a vanishing gradient and a small learning rate are two causes, not one.",
        purpose="What the gradient knows, and what it does not.",
    ),
    Code(
        "ch03-c-backward",
        "One layer, back",
        "One tanh layer, $a = \\tanh(Wx + b)$, under the squared error $\\mathcal L = \\frac{1}{B}\\sum_b \\tfrac12\\lVert a_b - y_b\\rVert^2$. "
        "Shapes: `W` (m, n), `b` (m, 1), `x` (n, B), `y` (m, B). Return the pair $\\partial\\mathcal L/\\partial W$, "
        "$\\partial\\mathcal L/\\partial b$, shaped like `W` and `b`.",
        stub="def backward(W, b, x, y):\n    ...",
        reference=_backward,
        inputs=lambda rng: [
            tuple(rng.standard_normal(shape) for shape in ((m, n), (m, 1), (n, 5), (m, 5))) for m, n in ((2, 3), (4, 1))
        ],
        mistakes=[
            Mistake(
                _with(lambda a, z, y, B: (a - y) / B * _slope(a)),
                "The slope is taken at the output a. f was applied to z, so its slope is needed at z.",
            ),
            Mistake(
                _with(lambda a, z, y, B: (a - y) * _slope(z)),
                "That is the sum over the batch. The loss is the mean, so δ carries 1/B.",
            ),
            Mistake(
                _with(lambda a, z, y, B: (a - y) / B),
                "The slope is missing: the error is known at a, the weights act on z, and between them lies f′(z).",
            ),
            Mistake(
                _with(lambda a, z, y, B: (y - a) / B * _slope(z)),
                "The size is right, the sign is not: the loss rises with a − y.",
            ),
            Mistake(
                _with(lambda a, z, y, B: 2 * (a - y) / B * _slope(z)),
                "Twice too large: the ½ in the loss cancels the 2 of the square.",
            ),
            Mistake(
                _bias_mean,
                "∂W is right. For ∂b you averaged δ over the batch, but δ already carries 1/B: add its columns.",
            ),
        ],
        hints=[
            "Three steps: the error at $a$, the blame $\\delta$ at $z$, the share of each weight.",
            "$\\partial\\mathcal L/\\partial a = (a - y)/B$. Multiply it, entry by entry, by the slope of tanh, $1 - a^2$.",
            "$\\partial W = \\delta x^{\\mathsf T}$ adds over the batch by itself; $\\partial b$ adds the columns of $\\delta$.",
        ],
        solution="```python\ndef backward(W, b, x, y):\n    z = W @ x + b                                     # (m, B)\n"
        "    a = np.tanh(z)                                    # (m, B)\n    delta = (a - y) / x.shape[1] * (1 - a**2)         # (m, B)\n"
        "    return delta @ x.T, delta.sum(1, keepdims=True)   # (m, n), (m, 1)\n```",
        purpose="All of backpropagation is this layer, repeated.",
    ),
    Code(
        "ch03-c-agree",
        "A check that can fail",
        "Write the comparison at the heart of a gradient check: return `True` if *every* entry of the array `got` is within `rtol` times the "
        "size of the same entry of `want`, and `False` otherwise. Gradients may be of any size.",
        stub="def agree(got, want, rtol):\n    ...",
        reference=_agree,
        inputs=_pairs,
        mistakes=[
            Mistake(
                lambda got, want, rtol: bool(np.allclose(got, want, rtol=rtol)),
                "`np.allclose` also allows 10^{-8}<!--exact--> in absolute terms, so it accepts zeros for a gradient of 10^{-13}<!--exact-->. Set `atol=0`.",
            ),
            Mistake(
                lambda got, want, rtol: bool(np.allclose(got, want, atol=0)),
                "You never use `rtol`: NumPy's own 10^{-5}<!--exact--> decides.",
            ),
            Mistake(
                lambda got, want, rtol: bool(np.allclose(got, want)),
                "NumPy's two defaults decide: a relative 10^{-5}<!--exact--> where `rtol` belongs, and an absolute 10^{-8}<!--exact--> that accepts zeros for a "
                "gradient of 10^{-13}<!--exact-->. Pass `rtol=rtol, atol=0`.",
            ),
            Mistake(
                lambda got, want, rtol: bool((np.abs(got - want) <= rtol * np.abs(got)).all()),
                "You measure against `got`: a wrong gradient that is large then allows itself a large error. Measure against `want`.",
            ),
            Mistake(
                lambda got, want, rtol: bool(np.abs(got - want).max() <= rtol * np.abs(want).max()),
                "You compare with the largest entry. A small entry beside a large one may then be anything, even 0: compare each with "
                "itself.",
            ),
            Mistake(
                lambda got, want, rtol: bool(np.abs(got[0, 0] - want[0, 0]) <= rtol * np.abs(want[0, 0])),
                "You look at one entry; the wrong entry is elsewhere.",
            ),
            Mistake(
                lambda got, want, rtol: bool((got - want <= rtol * np.abs(want)).all()),
                "Differences have a sign: −5 is less than any tolerance. Take the absolute value.",
            ),
            Mistake(
                lambda got, want, rtol: bool((np.abs(got - want) <= rtol).all()),
                "That tolerance is absolute. Multiply it by the size of `want`.",
            ),
        ],
        hints=[
            "What does `np.allclose(np.zeros(3), 1e-13)` say? Why?",
            "Compare `np.abs(got - want)` with `rtol * np.abs(want)`, entry by entry, with nothing added.",
        ],
        solution="```python\ndef agree(got, want, rtol):\n    return bool((np.abs(got - want) <= rtol * np.abs(want)).all())\n```\n\n"
        "The same as `np.allclose(got, want, rtol=rtol, atol=0)`.",
        purpose="With vanishing gradients the default tolerances accept anything.",
    ),
    Order(
        "ch03-i-suspects",
        "Five backward passes",
        "The table above shows, for five backward passes of one and the same network (identity output), the relative error of each "
        "gradient against the complex step. Name what is wrong with A, B, C, D and E: put the five findings in that order. (In the notebook "
        "you can look closer: `suspects()` gives you the networks.)",
        items=tuple(_NAMES[name] for name in _PLANTED.values()),
        mistakes=[
            Mistake(
                tuple(_NAMES[_PLANTED[k]] for k in "EBCDA"),
                "A and E are exchanged. In one of them the last layer is right: handing back the output's error leaves the output itself alone.",
            ),
            Mistake(
                tuple(_NAMES[_PLANTED[k]] for k in "DBCAE"),
                "A and D are exchanged. The slope on the wrong side spoils only what is handed *on*, and the output's slope is 1: so "
                "which is the first layer to notice?",
            ),
            Mistake(
                lambda given: given.index(_NAMES[None]) != 2,
                "One pass is sound: it is the one whose errors are all 0.",
            ),
            Mistake(
                lambda given: given.index(_NAMES["transposed"]) != 1,
                "A transposed weight gradient leaves δ and the biases alone. Which pass has wrong weights and right biases?",
            ),
        ],
        hints=[
            "Start with the easy ones: which pass is right everywhere, and which is right in all biases?",
            "The output layer is the identity: its slope is 1 wherever you take it. A pass whose ∂b₃ is wrong even there has something else in the place of the slope.",
            "A defect in what is *handed back* shows one layer further left. With the slope on the wrong side, the output layer (slope 1) hands "
            "back the right thing; the layer on its left does not.",
        ],
        solution="A: W₃ is right and everything on its left is wrong, by more than 100 %<!--above=least_wrong-->: the output's error is handed to every layer. "
        "B: weights wrong, biases right: transposed. C: sound. D: only the first layer is wrong: the second one handed it a "
        "wrong error, the third has slope 1 and could not. E: wrong from the output on: f(error).",
        purpose="Where a gradient first goes wrong tells you which line to read.",
    ),
]

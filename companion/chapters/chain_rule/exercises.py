"""Chapter 3: the chain rule, read from the loss."""

import numpy as np

from companion.activations import ACTIVATIONS
from companion.chapters.chain_rule import walk
from companion.chapters.chain_rule.defects import DEFECTS
from companion.gradcheck import relative_error
from companion.network import Network
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option, Order


def _passes():
    """What forward and backward pass together cost, in forward passes, for a network of about a million parameters."""
    return walk.cost()[1]


# --- the walk through the drawn network -------------------------------------------------------------------------------

_TIE = "1.00, from unit 1 to the output"
_BELOW, _ABOVE = "−0.60, from input 1 to unit 2", "−1.40, from unit 2 to the output"


def _last(**setting):
    """The last step of the walk: everything is known."""
    return walk.steps(**setting)[-1]


def _loudest(activations=walk.SHOWN, weights=tuple(walk.WEIGHTS)):
    """The largest size of what the weight from input 1 to unit 2 is told, in all settings of the walk."""
    settings = [(i, w, f) for i in walk.INPUTS for w in weights for f in activations]
    return max(abs(_last(inputs=i, weights=w, activation=f).slopes[0][1, 0]) for i, w, f in settings)


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
    """The smallest relative error below the last layer, in per cent, of one of the five passes."""
    five, x, y = suspects()
    wrong, right = five[letter].gradients(x, y), five["C"].gradients(x, y)
    pairs = [*zip(wrong.weights[:-1], right.weights[:-1], strict=True), *zip(wrong.biases[:-1], right.biases[:-1], strict=True)]
    return 100 * min(relative_error(*pair) for pair in pairs)


NUMBERS = {"passes": _passes, "loudest": lambda: -_loudest(), "least_wrong": lambda: _least_wrong("A")}

EXERCISES = [
    Order(
        "ch03-s-order",
        "Who has the largest hand in it?",
        "Each of these three weights grows by 0.01<!--exact-->, one at a time. Order them by how far the **answer** moves, the largest move first.",
        items=(_BELOW, _TIE, _ABOVE),
        mistakes=[
            Mistake(
                (_ABOVE, _TIE, _BELOW),
                "That is the order of the weights' own sizes. A weight of −1.40<!--exact--> that only ever sees a value of −0.15<!--exact--> has little to say.",
            ),
            Mistake(
                lambda order: order[0] == _TIE,
                "A nudge of 1.00<!--exact--> moves the answer by 0.69<!--exact--> of it. A nudge of −0.60<!--exact--> is multiplied by the input 1, then by the "
                "slope of tanh, close to 1 at −0.15<!--exact-->, then by −1.40<!--exact-->.",
            ),
            Mistake(
                lambda order: order[0] == _ABOVE,
                "Unit 2 has the value −0.15<!--exact-->: that is all a nudge above it is multiplied by.",
            ),
            Mistake(
                lambda order: order[1] == _ABOVE,
                "The first is right. Of the other two, which one sits on the larger value: 0.69<!--exact--> or −0.15<!--exact-->?",
            ),
        ],
    ),
    Number(
        "ch03-s-blame",
        "The blame of unit 1",
        "Go to step 6 and stop. The blame above is 0.90<!--exact-->, the weight between is 1.00<!--exact-->, and the slope of tanh at unit 1 is 0.52<!--exact-->. What "
        "blame reaches **unit 1**? Then press ›.",
        answer=lambda: _last().blame[0][0],
        rtol=0.02,
        mistakes=[
            Mistake(0.9, "That is the blame above. On its way down it passes the weight *and* the slope."),
            Mistake(lambda: _last().slopes[1][0, 0], "That is the blame above times the *value* of unit 1: what the weight is told. What goes on down takes the weight and the slope."),
            Mistake(0.52, "That is the slope. Times the weight, times the blame above."),
            Mistake(lambda: _last().blame[0][1], "That is the blame of unit 2."),
        ],
    ),
    Choice(
        "ch03-s-double",
        "Double one weight",
        "With tanh and inputs (1, 0.5)<!--exact-->: double the weight −1.40<!--exact-->. What becomes of the blame of **unit 2**, right below it?",
        options=[
            Option("It stays: the weight is not below the unit.", advice="The blame comes from above, through this very weight."),
            Option("It doubles.", advice="So it would if the blame above stayed. Look at the output: the answer has changed too."),
            Option(
                "It more than doubles.",
                correct=True,
                advice="The factor doubles, and so does not the error, but it grows as well: the answer is now further from 0. Even the blame of unit 1 rises, because of the error.",
            ),
            Option("It halves.", advice="A larger weight hands more down, not less."),
        ],
    ),
    Choice(
        "ch03-s-relu",
        "A silent unit",
        "Back to the weights as drawn, and choose **ReLU**, which is max(0, z). Unit 2 has z = −0.15<!--exact-->. Which weights are told exactly 0?",
        options=[
            Option(
                "the two below unit 2, and the one above it",
                correct=True,
                advice="Below it the slope 0 stops the blame. Above it the value 0 leaves nothing to be told.",
            ),
            Option("only the two below unit 2", advice="The weight above is told blame × value. What is the value of unit 2 now?"),
            Option("only the one above it", advice="And below? The blame must pass the slope of ReLU at −0.15<!--exact-->."),
            Option("all six", advice="Unit 1 is awake: z = 0.85<!--exact-->. Look at its edges."),
        ],
    ),
    Number(
        "ch03-s-told",
        "What is the last one told?",
        "One weight is left: 0.90<!--exact-->, from input 2 (value 0.50<!--exact-->) to unit 2 (blame −1.23<!--exact-->). What is it told?",
        answer=lambda: _last().slopes[0][1, 1],
        rtol=0.02,
        mistakes=[
            Mistake(lambda: _last().blame[0][1] * 0.9, "That is blame × the weight itself: it would go on down, to the input. The weight is told blame × the *value below it*."),
            Mistake(lambda: _last().slopes[0][1, 0], "That is the blame. The value below this weight is 0.50<!--exact-->, not 1."),
            Mistake(lambda: _last().slopes[0][0, 1], "That is the other weight of input 2, the one to unit 1."),
        ],
    ),
    Choice(
        "ch03-s-keep",
        "What must be kept?",
        "Which numbers must the way up keep, so that the way back can do its work?",
        options=[
            Option("Only the output.", advice="Then who knows the slope at each z, and the value below each weight?"),
            Option(
                "All values a and all z.",
                correct=True,
                advice="The slopes are taken at z, and each weight is told blame × the a below it. This is why training takes far more memory than answering.",
            ),
            Option("The slope of every weight.", advice="Those are the *result*. What are they made of?"),
            Option("Nothing: it can all be read off the weights.", advice="The same weights with another input give other slopes. Which lines use `z` and `a`?"),
        ],
    ),
    Choice(
        "ch03-s-train",
        "The same lines, two fates",
        "Both networks were told what to do by one and the same backward pass, which is exact in both. Why does the upper one not learn?",
        options=[
            Option("Its gradient is computed wrongly.", advice="It is the same code, and right to the last digits in both."),
            Option(
                "Its gradient is right, and next to nothing below the top layers.",
                correct=True,
                advice="Each layer hands down less than it got. Twenty times less and less is a product of twenty factors.",
            ),
            Option("Its learning rate is too small.", advice="With ten times the rate no seed of it learns either: that was recorded too."),
            Option("Its last layer is told nothing.", advice="Look at the top row of its map: the last layer moves."),
        ],
    ),
    Choice(
        "ch03-s-corner",
        "At the corner",
        "At the corner the curve is level to the left and steep to the right. What is the derivative there?",
        options=[
            Option("0, because PyTorch says so.", advice="PyTorch, and `companion`, do choose 0. But what is it that they choose from?"),
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
        "A network has a million parameters, and you want the slope of the loss in every one of them. With forward differences that "
        "takes 1,000,001 forward passes. Backpropagation does it with one pass up and one pass back. What do these two cost together, "
        "in forward passes?",
        answer=_passes,
        unit="forward passes",
        comment="Counted, operation by operation, below. The number of parameters is not in it.",
        purpose="Commit to a number before you look.",
    ),
    Choice(
        "ch03-q-cost",
        "What grows?",
        "You double the width of every hidden layer, so that a large network has about four times as many weights. Compared with "
        "*its own* forward pass, what does its gradient now cost?",
        options=[
            Option(
                "About three forward passes, as before.",
                correct=True,
                advice="The forward pass itself is four times as expensive; the ratio does not change. One product per weight on the way "
                "up, two on the way back.",
            ),
            Option(
                "Four times as many forward passes as before.",
                advice="That is the price of finite differences: one pass per parameter. On the way back each layer is visited once, "
                "whatever its size.",
            ),
            Option(
                "Twice as many: one for each unit.",
                advice="No pass belongs to a unit. All units of a layer are served by the same two matrix products.",
            ),
            Option(
                "As many as there are layers.",
                advice="One backward pass visits all layers. Count products per weight: how many on the way up, how many on the way back?",
            ),
        ],
        hints=[
            "On the way up, each weight takes part in one product per example. Which two products use it on the way back?",
            "On the way back: $\\delta_l\\,a_{l-1}^{\\mathsf T}$ and $W_l^{\\mathsf T}\\delta_l$.",
        ],
        solution="Each weight costs one product on the way up, and two on the way back: one in $\\partial W_l = \\delta_l\\,a_{l-1}^"
        "{\\mathsf T}$ and one in $W_l^{\\mathsf T}\\delta_l$. So the pair of passes costs about three<!--=passes--> forward passes, for any width; "
        "the slopes and sums come on top, but they belong to units, and a large network has far fewer units than weights.",
        purpose="Why training large networks is possible at all.",
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
                "It doubles in the last layer, and less below.",
                advice="Blame is passed down through weights and slopes. Neither knows the learning rate.",
            ),
        ],
        hints=[
            "Which symbols occur in $\\delta_l = (W_{l+1}^{\\mathsf T}\\delta_{l+1}) \\odot f'(z_l)$?",
            "The rate $\\eta$ enters after the gradient is known: $W \\leftarrow W - \\eta\\,\\partial W$.",
        ],
        solution="Nothing. The gradient is a property of the loss at these weights; $\\eta$ multiplies it afterwards. (Later steps differ, "
        "because the weights then differ.) So a vanishing gradient and a small learning rate are two causes, not one.",
        purpose="A small gradient and a small step are two causes, not one.",
    ),
    Number(
        "ch03-q-chain",
        "Three neurons in a row",
        "A chain of three neurons. The slopes are $f'(z_1) = 0.25$<!--exact-->, $f'(z_2) = 0.5$<!--exact-->, $f'(z_3) = 0.2$<!--exact-->; the weights $w_2 = 2$, $w_3 = -3$; and "
        "$\\partial\\mathcal L/\\partial a_3 = 0.4$<!--exact-->. What is the blame $\\delta_1$ of the first neuron?",
        answer=-0.06,
        mistakes=[
            Mistake(-0.24, "The first slope is missing: δ belongs to z_1, below the activation."),
            Mistake(-0.12, "One of the three slopes is missing: there is one for each neuron on the way."),
            Mistake(-0.15, "That is ∂a_3/∂z_1. The loss changes with a_3 at the rate 0.4<!--exact-->."),
            Mistake(0.01, "Those are the slopes alone. Between two neurons stands a weight."),
            Mistake(-0.3, "The slope of the last neuron is missing: the error is known at a_3, and δ_3 = 0.4 · 0.2<!--exact-->."),
        ],
        hints=["Start at the top: $\\delta_3 = 0.4 \\cdot 0.2$<!--exact-->.", "$\\delta_2 = \\delta_3\\, w_3\\, f'(z_2)$, and once more."],
        solution="$\\delta_3 = 0.08$<!--exact-->, $\\delta_2 = 0.08 \\cdot (-3) \\cdot 0.5 = -0.12$<!--exact-->, $\\delta_1 = -0.12 \\cdot 2 \\cdot 0.25 = -0.06$<!--exact-->.",
        purpose="A weight and a slope for each layer: five factors here, a hundred in a network of fifty.",
    ),
    Code(
        "ch03-d-chain",
        "The blame of the first bias",
        "Four neurons in a row: $z_l = w_l a_{l-1} + b_l$, $a_l = f(z_l)$. Given the weights `w` and pre-activations `z` (arrays of four; "
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
            "$\\partial\\mathcal L/\\partial a = (a - y)/B$. Multiply it, entry by entry, by $1/\\cosh^2 z$.",
            "$\\partial W = \\delta x^{\\mathsf T}$ adds over the batch by itself; $\\partial b$ adds the columns of $\\delta$.",
        ],
        solution="```python\ndef backward(W, b, x, y):\n    z = W @ x + b                                     # (m, B)\n"
        "    delta = (np.tanh(z) - y) / x.shape[1] / np.cosh(z) ** 2\n"
        "    return delta @ x.T, delta.sum(1, keepdims=True)   # (m, n), (m, 1)\n```",
        purpose="All of backpropagation is this layer, repeated.",
    ),
    Number(
        "ch03-i-loudest",
        "The loudest message",
        "Back to the walk. Over **all** its settings (inputs, weights, activation): how large, in size, can you make what the weight from input 1 to unit 2 is told? "
        "Say first which of its three factors each control moves.",
        answer=_loudest,
        rtol=0.02,
        mistakes=[
            Mistake(lambda: _loudest(weights=["drawn", "double", "zero"]), "Loud, but there is a louder one: which other change makes the *error* larger?"),
            Mistake(lambda: _loudest(activations=["tanh"]), "That is the largest with tanh, whose slope is at most 1 and whose values are at most 1. Is there an activation without that limit?"),
            Mistake(lambda: _loudest(activations=["sigmoid"]), "That is the largest with the sigmoid, whose slope is at most 1/4."),
        ],
        hints=[
            "Three factors: the error at the output, the weight above unit 2, the slope at unit 2; and the input below the weight.",
            "The error has no limit where the activation has none.",
        ],
        solution="ReLU, the inputs (−1, 2)<!--exact-->, the weights below times five: unit 2 has $z = 12$<!--exact--> and slope 1, the answer is −16.8<!--exact-->, and the weight is told "
        "$-16.8 \\cdot (-1.4) \\cdot 1 \\cdot (-1) = -23.5$<!--=loudest-->. With tanh every value is at most 1, and the error with it.",
        purpose="Large weights make errors large, or slopes small. Which of the two wins decides between explosion and vanishing.",
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
                "A and E are exchanged. In one of them the top layer is right: handing down the output's error leaves the output itself alone.",
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
            "A defect in what is *handed down* shows one layer lower. With the slope on the wrong side, the output layer (slope 1) hands "
            "down the right thing; the layer below it does not.",
        ],
        solution="A: W₃ is right and everything below is wrong, by more than 100 %<!--above=least_wrong-->: the output's error is handed to every layer. "
        "B: weights wrong, biases right: transposed. C: sound. D: only the first layer is wrong: the second one handed it a "
        "wrong error, the third has slope 1 and could not. E: wrong from the top: f(error).",
        purpose="Where a gradient first goes wrong tells you which line to read.",
    ),
]

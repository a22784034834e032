"""Chapter 3: the chain rule, read from the loss."""

import numpy as np

from companion import cost
from companion.activations import ACTIVATIONS
from companion.chapters.chain_rule.defects import DEFECTS
from companion.gradcheck import relative_error
from companion.network import Network
from companion.practice.checker import Choice, Code, Guess, Mistake, Option, Order

_MILLION = [700, 700, 700, 1]  # 982,101 parameters


def _passes():
    """What forward and backward pass together cost, in forward passes, for a network of about a million parameters."""
    network = Network.random(_MILLION, activation="tanh", initialization="lecun_normal", rng=np.random.default_rng(0))
    x, y = np.ones((_MILLION[0], 1)), np.ones((1, 1))
    both = cost.operations(lambda x: network.backward(network.forward(x), y), x)
    return both / cost.operations(network.forward, x)


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


NUMBERS = {"passes": _passes, "least_wrong": lambda: _least_wrong("A")}

EXERCISES = [
    Guess(
        "ch03-guess",
        "A million derivatives",
        "A network has a million parameters, and you want the slope of the loss in every one of them. With forward differences that "
        "takes 1,000,001 forward passes. Backpropagation does it with one pass up and one pass back. What do these two cost together, "
        "in forward passes?",
        answer=_passes,
        unit="forward passes",
        comment="Counted, operation by operation, in section 3. The number of parameters is not in it.",
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
        purpose="Two of the documents blame the learning rate for small gradients.",
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
        purpose="D1's formula, from your own pen.",
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

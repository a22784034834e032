"""Chapter 11: activations as a fix. Each with its own scale, networks that are born dead, units that a step kills."""

from functools import cache

import numpy as np

from companion.activations import ACTIVATIONS
from companion.chapters.activations import death
from companion.data import digits
from companion.network import Network
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option
from companion.quadrature import gaussian_mean


def _born_dead():
    x = np.array([[1.0]])
    return death.births(width=2, depth=10, x=x, nets=2000, rng=np.random.default_rng(0)).one()


def _cut(batches):
    """(S, B): is the example cut off, that is, does it meet a layer with all units off?"""
    layers = [np.concatenate(parts, axis=-1) for parts in zip(*batches, strict=True)]  # L arrays (S, n, B)
    return np.any([np.all(z <= 0, axis=1) for z in layers], axis=0)


def _layer_batches(rng):
    one = [[rng.normal(-0.4, 1, size=(60, 2, size)) for _ in range(4)] for size in (1, 3, 2)]
    return [(one,), (one[:2],)]


def _wide_enough():
    """The smallest width at which 100 layers are born dead with a probability below 1 %."""
    return next(n for n in range(1, 64) if death.born_dead(n, 100) < 0.01)


@cache
def _dead_at(rate, examples=None):
    """The mean share of dead units in layer 3 after one step, as in round 4."""
    x, y = digits().train_x, digits().train_y
    fresh = Network.random(
        [64, 50, 50, 50, 10], activation="relu", initialization="he_normal", rng=np.random.default_rng(0), seeds=8
    )
    hurt = death.toll(fresh, x, y, rate=rate, steps=1, batch=100, rng=np.random.default_rng(1)).network
    return death.dead_share(hurt, x[:, :examples])[:, 2].mean()


def _half(examples, *rates):
    """The rate at which half of them are dead, between the rates tried."""
    return float(np.exp(np.interp(0.5, [_dead_at(rate, examples) for rate in rates], np.log(rates))))


NUMBERS = {
    "gelu_slope": lambda: gaussian_mean(lambda z: ACTIVATIONS["gelu"].slope(z) ** 2),
    "gelu_signal": lambda: gaussian_mean(lambda z: ACTIVATIONS["gelu"].f(z) ** 2),
    "gelu_steepest": lambda: ACTIVATIONS["gelu"].max_slope,
    "leak": lambda: 100 * (1 - 1 / np.sqrt(1 + 0.01**2)),
    "six": lambda: 100 * 2.0**-6,
    "thirteen": lambda: 100 * death.born_dead(13, 100),
    "fourteen": lambda: 100 * death.born_dead(14, 100),
    "width": _wide_enough,
    "fewer": lambda: 17 - _wide_enough(),
    "log": lambda: 4 * np.log2(10),
    "tail": lambda: ACTIVATIONS["sigmoid"].slope(10.0),
    "at_one": lambda: 100 * _dead_at(1.0),
    "at_three": lambda: _dead_at(3.0),
    "at_seven": lambda: _dead_at(7.0),
    "at_ten": lambda: _dead_at(10.0),
    "at_thirty": lambda: _dead_at(30.0),
    "half": lambda: _half(None, 7.0, 8.0),
}

EXERCISES = [
    Guess(
        "ch11-guess",
        "Born dead",
        r"""A ReLU network has ten hidden layers of two units each, fresh symmetric random weights and zero biases. You give it
one input. What is the chance that the signal does not come through, so that no weight in this network gets a gradient from this
input?

Give a number from 0 to 1.""",
        answer=_born_dead,
        comment="Measured on 2,000 networks. Two coins show tails together every fourth time, and each of the ten layers throws "
        "its two coins.",
        purpose="Commit to a number before you see one.",
    ),
    Choice(
        "ch11-q-gelu",
        "GELU at gain 1",
        r"""A plain network of 20 GELU layers has weights $N(0, 1/n)$ (gain 1) and no biases. What becomes of $\delta$, towards the
input?""",
        options=[
            Option(
                "It holds: for large z GELU is the identity",
                advice="The z are not large. With gain 1 the signal shrinks in every layer, to where GELU is a straight line of slope ½.",
            ),
            Option(
                "It explodes: the steepest slope of GELU is 1.129<!--=gelu_steepest-->",
                advice="The steepest slope bounds one path. What counts is the mean square over all z, which is 0.46<!--=gelu_slope--> at most here.",
            ),
            Option(
                "It vanishes, by about ½ a layer",
                correct=True,
                advice="The signal dies out, and near 0 GELU is z/2: E f′² tends to ¼, so the growth tends to ½.",
            ),
            Option(
                "It vanishes, by 1/√2 a layer, as with ReLU: the two curves look the same",
                advice="From afar, yes. But ReLU looks the same at every scale, and GELU does not: near 0 it is a line of slope ½.",
            ),
        ],
        hints=(
            "Where do the $z$ go, layer by layer, if $\\mathrm E f^2 = 0.43$<!--=gelu_signal--> at $q = 1$ and the gain is 1?",
            "What is GELU, $z\\,\\Phi(z)$, for very small $z$?",
        ),
        solution=r"""$\mathrm E f^2 < q$ at each $q$, so with gain 1 the mean square of $z$ falls in every layer. Near 0, $\Phi(z) \approx
\tfrac12$ and GELU is $z/2$: the signal and the gradient are then both halved a layer. GELU at gain 1 loses *more* than ReLU. Without biases, and with inputs of mean square 1, it vanishes at gain 1.4<!--exact--> too, and explodes at 1.6<!--exact-->; in between
there is no gain that holds. With biases there is one (round 1).""",
        purpose="Reads a growth off the place where the units work.",
    ),
    Code(
        "ch11-d-leaky",
        "The gain for any leak",
        r"""A leaky ReLU has the slope 1 for $z > 0$ and $\alpha$ for $z < 0$. Derive the gain $\sigma_w = \sqrt{n\,\mathrm{Var}\,w}$
at which $\delta$ keeps its mean square, and write it as a function of $\alpha$.""",
        stub="def gain(alpha):\n    ...",
        reference=lambda alpha: np.sqrt(2 / (1 + alpha**2)),
        inputs=lambda rng: [(0.0,), (0.01,), (0.2,), (float(rng.uniform(0.3, 0.9)),), (1.0,)],
        mistakes=(
            Mistake(
                lambda alpha: np.sqrt(2),
                "That is right for α = 0 only. The negative half also passes something on: α² of the mean square.",
            ),
            Mistake(
                lambda alpha: 2 / (1 + alpha**2),
                "That is σ_{w}², the variance times the width. The gain is its root.",
            ),
            Mistake(
                lambda alpha: np.sqrt(2 / (1 + alpha)),
                "Mean squares: the negative half contributes α², not α.",
            ),
            Mistake(
                lambda alpha: 2 / (1 + alpha),
                "You divided by the mean slope. Random terms add in squares: take the mean of f′², then the root.",
            ),
            Mistake(
                lambda alpha: np.sqrt(1 / (1 + alpha**2)),
                "Each half of the z-axis has probability ½: E f′² = (1 + α²)/2.",
            ),
            Mistake(
                lambda alpha: np.sqrt((1 + alpha**2) / 2),
                "That is √(E f′²), what the activation takes. The gain has to give it back: the reciprocal.",
            ),
        ),
        hints=(
            "$\\chi = \\sigma_w^2\\,\\mathrm E f'^2$ must be 1. How often is the slope 1, how often $\\alpha$?",
            "Check the ends: $\\alpha = 0$ is ReLU, $\\alpha = 1$ is the identity.",
        ),
        solution=r"""Half of the $z$ have slope 1, the other half $\alpha$, so $\mathrm E f'^2 = \tfrac12(1 + \alpha^2)$, whatever the
scale. $\chi = 1$ gives $\sigma_w = \sqrt{2/(1+\alpha^2)}$ (He et al. 2015): $\sqrt2$ for ReLU, 1 for the identity. At $\alpha = 0.01$<!--exact-->
it differs from $\sqrt2$ by 0.005<!--=leak--> %: the leak is no matter of scale.

```python
def gain(alpha):
    return np.sqrt(2 / (1 + alpha**2))
```""",
        purpose="The formula behind `nn.init.calculate_gain('leaky_relu', alpha)`.",
    ),
    Number(
        "ch11-d-width",
        "Wide enough",
        r"""How many units must each of 100 hidden ReLU layers have, so that a fresh network (zero biases) is dead for a given input
with a probability below 1<!--exact--> %? Give the smallest width.""",
        answer=_wide_enough,
        rtol=0.001,
        unit="units",
        mistakes=(
            Mistake(
                7,
                "2^{−7} is below 1<!--exact--> %, but that is the chance of one layer. All 100 layers must pass the signal.",
            ),
            Mistake(13, "Nearly: 100 · 2^{−13} is 1.2<!--=thirteen--> %. Round up."),
            Mistake(6, "Even a single layer of 6 is off with 1.6<!--=six--> %."),
            Mistake(17, "You asked for 0.1<!--exact--> %. For 1<!--exact--> % three<!--=fewer--> units fewer will do."),
        ),
        hints=(
            "For small chances $1 - (1 - 2^{-n})^L \\approx L\\,2^{-n}$.",
            "$2^{-n} < 10^{-4}$, so $n > 4 \\log_2 10$.",
        ),
        solution=r"""$1-(1-2^{-n})^{100} \approx 100 \cdot 2^{-n} < 0.01$ needs $n > \log_2 10^4 = 13.3$<!--=log-->: 14<!--=width--> units, with 0.6<!--=fourteen--> %. The
width enters in the exponent, the depth as a factor: every doubling of the depth costs *one* unit. A network of hundreds of units a layer
is, for all practical purposes, never born dead.""",
        purpose="Turns the formula round.",
    ),
    Code(
        "ch11-c-cut",
        "Dead for one batch, or for all data?",
        r"""60 narrow ReLU networks with biases saw a data set in mini-batches. `batches[i][l]` holds $z_{l+1}$ for batch $i$, of
shape (networks, units, examples) $= (S, n, B_i)$. An example is *cut off* in a network if all units of some layer are off for it
($z \le 0$). Return the share of networks that are dead for the data: every example, of all batches, is cut off.

(With biases a layer above the dead one can be on again: its signal is constant then, and knows nothing of the input.)""",
        stub="def dead_networks(batches):\n    ...",
        reference=lambda batches: np.mean(np.all(_cut(batches), axis=1)),
        inputs=_layer_batches,
        mistakes=(
            Mistake(
                lambda batches: np.mean([np.mean(np.all(_cut([batch]), axis=1)) for batch in batches]),
                "A network that is dead for one batch may live for the next. First find what is cut off in all batches, then take "
                "the share of networks; the mean over batches counts too many.",
            ),
            Mistake(
                lambda batches: np.mean(np.all(_cut(batches[:1]), axis=1)),
                "You looked at the first batch only. Dead means dead for all of the data.",
            ),
            Mistake(
                lambda batches: np.mean(np.all(_cut(batches[-1:]), axis=1)),
                "Only the last batch is left in your answer: combine it with the ones before.",
            ),
            Mistake(
                lambda batches: np.mean(_cut(batches)),
                "That is the share of network–example pairs. A network with one example left alive is not dead.",
            ),
            Mistake(
                lambda batches: np.mean(
                    np.any(
                        [
                            np.all(np.concatenate(parts, axis=-1) <= 0, axis=(1, 2))
                            for parts in zip(*batches, strict=True)
                        ],
                        axis=0,
                    )
                ),
                "You want one layer that stops every example. They may end in different layers: ask for each example whether it is "
                "cut off anywhere.",
            ),
            Mistake(
                lambda batches: np.mean(np.all(_cut([batch[-1:] for batch in batches]), axis=1)),
                "You looked at the last layer only. With biases it can be on again above a dead layer.",
            ),
            Mistake(
                lambda batches: np.mean(np.any(_cut(batches), axis=1)),
                "That counts a network as dead if a single example is cut off.",
            ),
            Mistake(
                lambda batches: np.sum(np.all(_cut(batches), axis=1)),
                "This counts the dead networks; their share is asked for.",
            ),
        ),
        hints=(
            "For one layer, `np.all(z <= 0, axis=1)` is $(S, B)$: which examples does it stop in which network?",
            "Combine the layers with `np.any`, put the batches side by side, and only then ask for *all* examples of a network.",
        ),
        solution=r"""Three questions, in this order: all units of a layer? any layer? all examples?

```python
def dead_networks(batches):
    cut = []
    for layers in batches:  # L arrays (S, n, B)
        stopped = [np.all(z <= 0, axis=1) for z in layers]  # (S, B) each
        cut.append(np.any(stopped, axis=0))
    return np.mean(np.all(np.concatenate(cut, axis=1), axis=1))
```""",
        purpose="Exchanging two words, *any* and *all*, is the usual mistake in every measurement of death.",
    ),
    Choice(
        "ch11-q-output",
        "A saturated output",
        r"""A deep ReLU network (weights $N(0, 2/n)$) ends in one sigmoid that says *yes* or *no*. It is trained with the squared
error. For some examples it is wrong and sure: $z = 10$ where the answer is *no*. These examples are hardly learned. What helps?""",
        options=[
            Option(
                "Replace ReLU in the hidden layers: it is dying",
                advice="Nothing says that hidden units are dead. The factor that is missing is the output's own slope, 0.00005<!--=tail--> at z = 10.",
            ),
            Option(
                "Train with cross-entropy instead",
                correct=True,
                advice="Its slope in z is a − y: 1 when the output is wrong and sure. The flat tail is divided out.",
            ),
            Option(
                "Use ReLU for the output too",
                advice="Then the output is no probability, and for z ≤ 0 it has no slope at all: dead instead of slow.",
            ),
            Option(
                "Draw the hidden weights larger",
                advice="That makes z larger still, and the output's slope smaller. The scale of the hidden layers was right.",
            ),
        ],
        hints=(
            "Which factors are there between the loss and $z$ of the output?",
            "The slope of the squared error contains $s'(z)$. Differentiate $-\\ln(1 - s(z))$.",
        ),
        solution=r"""Squared error: $\partial(a-y)^2/\partial z = 2(a-y)\,s'(z)$, and $s'(10) = 4.5\cdot10^{-5}$<!--=tail-->. Cross-entropy with
target 0: $\partial(-\ln(1-a))/\partial z = s'(z)/(1-a) = a$, nearly 1. The loss is part of the chain too; an activation can
starve the gradient at its very first factor.""",
        purpose="Not every flat slope sits in a hidden layer.",
    ),
    Number(
        "ch11-i-half",
        "How large a step kills half of a layer?",
        r"""Go on from round 4: eight ReLU networks, 64–50–50–50–10, one step of plain descent on 100 digits. At which learning rate
is half of layer 3 dead after this one step? Use `after_one_step(rate)` and all training images.""",
        answer=lambda: _half(None, 7.0, 8.0),
        rtol=0.12,
        mistakes=(
            Mistake(
                lambda: _half(20, 4.5, 6.5),
                "That is where half of them are off for a few examples. Count on all 1,437 images: some of these units are on for others.",
            ),
            Mistake(
                1.0, "At rate 1 only 3.5<!--=at_one--> % of the layer are dead. Try larger rates, in equal ratios."
            ),
            Mistake(
                3.0,
                "At rate 3 a quarter<!--=at_three--> of the layer is dead. The share grows slowly with the rate: try larger ones.",
            ),
            Mistake(
                30.0,
                "At rate 30 it is more than half<!--above=at_thirty-->, and it does not grow much any more. Go back in smaller steps.",
            ),
        ),
        hints=(
            "Try rates in equal ratios: 1, 2, 4, 8, 16. The third column is layer 3.",
            "Between the two rates around one half, try their geometric mean.",
        ),
        solution=r"""At a rate of 7 it is 0.46<!--=at_seven-->, at 10 it is 0.53<!--=at_ten-->, so about 8<!--=half-->. That is the dose for these networks and this batch: with another
batch, or other eight networks, it can be twice as large. Two things to see on the way. The share never gets
near 1: a step moves the common part of all $z$ of a unit down or *up*, and what goes up is on for every input from then on. And
layer 1 stays at 0 at every rate: its inputs have mean 0, so no change of its weights shifts $z$ to one side for all of them,
and its bias, which could, moves too little.""",
        purpose="Finds a dose by experiment.",
    ),
]

"""Chapter 8: normalisation. What a block ignores, what its scale does to a step, the way back by hand, small batches."""

import numpy as np

from companion import theory
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option
from companion.propagation import profile


def _deep_batch_norm():
    measured = profile(activation="relu", initialization="he_normal", depth=50, width=100, fixes=["batch_norm"])
    return 10 ** np.median(measured.decades)


def _normalized(x, axis=1):
    spread = np.sqrt(x.var(axis, keepdims=True))
    return (x - x.mean(axis, keepdims=True)) / spread, spread


def _backward(x, g, axis=1):
    hat, spread = _normalized(x, axis)
    through_mean = g.mean(axis, keepdims=True)
    through_spread = hat * (g * hat).mean(axis, keepdims=True)
    return (g - through_mean - through_spread) / spread


def _forgets_the_mean(x, g):
    hat, spread = _normalized(x)
    return (g - hat * (g * hat).mean(1, keepdims=True)) / spread


def _forgets_the_spread(x, g):
    return (g - g.mean(1, keepdims=True)) / _normalized(x)[1]


def _sums(x, g):
    hat, spread = _normalized(x)
    return (g - g.sum(1, keepdims=True) - hat * (g * hat).sum(1, keepdims=True)) / spread


def _backward_inputs(rng):
    return [(3 + 2 * rng.normal(size=(5, 4)), rng.normal(size=(5, 4))), (rng.normal(size=(3, 7)), rng.normal(size=(3, 7)))]


def _rms_inputs(rng):
    return [(2 + rng.normal(size=(6, 4)),), (5 * rng.normal(size=(3, 1)),)]


def _halving(excess):
    """The smallest batch at which ``excess(batch)`` is at most half of what it is at 8."""
    return next(batch for batch in range(8, 1000) if excess(batch) <= excess(8) / 2)


def _growth_excess(batch):
    return theory.batch_norm_growth("relu", batch) - theory.batch_norm_growth("relu")


def _square_excess(batch):
    return theory.batch_norm_growth("relu", batch) ** 2 - theory.batch_norm_growth("relu") ** 2


NUMBERS = {
    "limit": lambda: theory.batch_norm_growth("relu"),
    "halving": lambda: _halving(_growth_excess),
    "rule": lambda: 3 + 2 * (8 - 3),
}

EXERCISES = [
    Guess(
        "ch08-guess",
        "Fifty layers, all normalised",
        r"""A ReLU network has 50 layers of 100 units, He weights, and batch norm in front of every ReLU, with batches of 32. So
what enters a ReLU has mean 0 and variance 1, in every layer. Training has not begun.

How large is $\delta_1$ compared with $\delta_{50}$? Give rms $\delta_1$ / rms $\delta_{50}$ (for example `1e-3`, `1` or `100`).""",
        answer=_deep_batch_norm,
        log=True,
        comment="The signal is the same in every layer. The gradient is not: it goes back through the division as well.",
        purpose="Commit to a number before you see one.",
    ),
    Choice(
        "ch08-q-gamma",
        "What can still be turned?",
        r"""A block computes $z = Wa + b$, then batch norm with $\gamma$ and $\beta$ (training mode, $\varepsilon = 0$), then ReLU.
Which changes alter what the block gives out? Mark all that do.""",
        options=[
            Option(
                "Multiply W by 2.",
                advice="Then z − m and √v both double, and their ratio is what it was. The scale of W has no effect.",
            ),
            Option("Multiply γ by 2.", correct=True, advice="γ and β act after the division, so nothing takes them away."),
            Option(
                "Add 5 to every entry of b.",
                advice="Then m grows by 5 too, and z − m is what it was. A bias before batch norm does nothing: β has its job.",
            ),
            Option("Add 5 to every entry of β.", correct=True, advice="γ and β act after the division, so nothing takes them away."),
            Option(
                "Multiply one row of W by 2.",
                advice="A row belongs to one unit, and each unit is divided by its own √v. Each row may be scaled on its own.",
            ),
        ],
        hints=(
            "Follow one unit: what does the change do to its mean $m$, and to its $\\sqrt v$?",
            "Anything that shifts or stretches $z$ over the batch is undone. What comes after the division?",
        ),
        solution=r"""$\hat z = (z - m)/\sqrt v$ does not change if all $z$ of a unit are multiplied by $c > 0$ or shifted. So neither the
scale of a row of $W$ nor $b$ has any effect; $\gamma$ and $\beta$ act on $\hat z$ and do. Libraries therefore leave out the bias of a layer
in front of batch norm.""",
        purpose="Says which numbers of a normalised block are still alive.",
    ),
    Number(
        "ch08-d-rate",
        "A longer W, the same turn",
        r"""The weights of a normalised layer are $W$. You replace them by $3W$; the loss stays the same ($\varepsilon = 0$). What counts for
such a layer is how far a step *turns* the weights: $\|\Delta W\|/\|W\|$.

By which factor must you multiply the learning rate of plain descent, $\Delta W = -\eta\,\partial\mathcal L/\partial W$, so that one step turns
$3W$ as far as it turned $W$?""",
        answer=9.0,
        rtol=1e-6,
        mistakes=(
            Mistake(
                3.0,
                "Half of it. Two things each call for a factor of 3: the gradient at 3W is a third as long, and W itself is three times as long.",
            ),
            Mistake(
                1 / 3,
                "You let the gradient grow with the weights. It is the other way round: ℒ(αW) = ℒ(W), so a given ΔW is a smaller "
                "change of a longer W, and the slope is 1/α of what it was.",
            ),
            Mistake(
                1.0,
                "That would be right if ∂ℒ/∂W grew with W. The loss does not change along the ray αW: what does that make of its slope?",
            ),
            Mistake(1 / 9, "The right power, the wrong way round: at 3W the step is too short by 9, not too long."),
        ),
        hints=(
            "Differentiate $\\mathcal L(\\alpha W) = \\mathcal L(W)$ with respect to $W$, by the chain rule.",
            "The left side gives $\\alpha$ times the gradient at $\\alpha W$. Then put it into $\\eta\\,\\|\\partial W\\|/\\|\\alpha W\\|$.",
        ),
        solution=r"""$\mathcal L(\alpha W) = \mathcal L(W)$ for all $W$; differentiate: $\alpha\,\nabla\mathcal L(\alpha W) = \nabla\mathcal L(W)$. The
gradient at $3W$ is a third of the one at $W$, and $\|3W\|$ is three times $\|W\|$: together the turn is a ninth, so the rate must be 9
times as large. In general it goes with $\|W\|^2$: for a normalised layer a growing weight is a falling learning rate.""",
        purpose="Derives what the scale of a normalised weight still does.",
    ),
    Code(
        "ch08-c-backward",
        "The way back through a batch",
        r"""`x` holds the $z$ of a layer, units × examples, $(n, B)$. Batch norm with $\gamma = 1$, $\beta = 0$, $\varepsilon = 0$ turns them into
$\hat x$. `g` is $\partial\mathcal L/\partial\hat x$. Return $\partial\mathcal L/\partial x$. It is compared at $B = 4$ and $B = 7$.""",
        stub="def batch_norm_backward(x, g):\n    ...",
        reference=_backward,
        inputs=_backward_inputs,
        mistakes=(
            Mistake(
                lambda x, g: g / _normalized(x)[1],
                "You treated m and v as constants. That is evaluation mode; in training they move with every x, and at a batch of 4 "
                "the two missing terms are half of the answer.",
            ),
            Mistake(
                _forgets_the_mean,
                "The way through v is there, the one through m is not: raising one x raises the mean and lowers all the others.",
            ),
            Mistake(
                _forgets_the_spread,
                "The way through m is there, the one through v is not: an x far from the mean also stretches √v.",
            ),
            Mistake(_sums, "Means over the batch, not sums: m and v are themselves means, each with its 1/B."),
            Mistake(
                lambda x, g: _backward(x, g, axis=0),
                "The means run over units here: that is layer norm. Batch norm takes them over examples, the second axis.",
            ),
            Mistake(
                lambda x, g: _backward(x, g) * _normalized(x)[1],
                "Everything is right but the last division: x̂ is (x − m)/√v.",
            ),
            Mistake(lambda x, g: _normalized(x)[0], "This is x̂, the way forward. The way back starts from g."),
        ),
        hints=(
            "An $x$ reaches the loss on three ways: directly, through $m$, through $v$. Round 3 writes all three.",
            "$(g - \\overline{g} - \\hat x\\;\\overline{g \\hat x})/\\sqrt v$, where the bar is the mean over the batch, a number for each unit.",
        ),
        solution=r"""```python
def batch_norm_backward(x, g):
    m, s = x.mean(1, keepdims=True), x.std(1, keepdims=True)
    hat = (x - m) / s
    return (g - g.mean(1, keepdims=True) - hat * (g * hat).mean(1, keepdims=True)) / s
```""",
        purpose="The one derivation that separates training from evaluation mode.",
    ),
    Code(
        "ch08-c-rms",
        "RMS norm",
        r"""Write RMS norm without $\gamma$ and without $\varepsilon$: each *example* of `x`, $(n, B)$, is divided by the root mean square of its $n$
units. It must work for a batch of one.""",
        stub="def rms_norm(x):\n    ...",
        reference=lambda x: x / np.sqrt((x**2).mean(0, keepdims=True)),
        inputs=_rms_inputs,
        mistakes=(
            Mistake(
                lambda x: _normalized(x, 0)[0],
                "This is layer norm: RMS norm does not take the mean off.",
            ),
            Mistake(
                lambda x: x / x.std(0, keepdims=True),
                "A standard deviation takes the mean off before it squares. The root mean square does not.",
            ),
            Mistake(
                lambda x: x / np.sqrt((x**2).mean(1, keepdims=True)),
                "You took the mean over the batch. Each example is a column: take it over the units, the first axis.",
            ),
            Mistake(
                lambda x: x / np.linalg.norm(x, axis=0, keepdims=True),
                "That makes each column 1 long, so its entries shrink with the width. Mean of the squares, not their sum.",
            ),
            Mistake(lambda x: x / (x**2).mean(0, keepdims=True), "The root is missing."),
            Mistake(
                lambda x: x / np.sqrt((x**2).mean()),
                "One number for the whole batch: then every example depends on the others. One number for each column.",
            ),
        ),
        hints=(
            "Which axis are the units, which the examples? The result at `B = 1` must be the column of a larger batch.",
            "`(x**2).mean(0, keepdims=True)` has one number a column.",
        ),
        solution=r"""```python
def rms_norm(x):
    return x / np.sqrt((x**2).mean(0, keepdims=True))  # (n, B) / (1, B)
```""",
        purpose="One line, and no example sees another.",
    ),
    Number(
        "ch08-i-batch",
        "How large must a batch be?",
        r"""A small batch makes ReLU with batch norm grow faster: at $B = 8$ the growth a layer lies some way above its limit
$\sqrt{\pi/(\pi-1)}$. Call this distance the excess.

What is the smallest batch whose excess is at most half of the one at $B = 8$? Use `theory.batch_norm_growth("relu", batch)`; then see whether
`profile(…, fixes=["batch_norm"], batch=…)` agrees.""",
        answer=lambda: _halving(_growth_excess),
        rtol=1e-9,
        unit="examples",
        mistakes=(
            Mistake(16, "That would be an excess that goes like 1/B. Small batches are worse than that: look at B − 3 in the linear law."),
            Mistake(
                lambda: _halving(_square_excess),
                "Nearly: there the excess of the *square* is halved. The growth is its root, and its excess is still just above half.",
            ),
        ),
        hints=(
            "`theory.batch_norm_growth(\"relu\")` without a batch is the limit.",
            "Try batches one after the other, from 8 upwards; it is not far.",
        ),
        solution=r"""```python
from companion.theory import batch_norm_growth as growth

excess = {B: growth("relu", B) - growth("relu") for B in range(8, 33)}
print(next(B for B in excess if excess[B] <= excess[8] / 2))
```

It is 14<!--=halving-->, a little below 16: the spread $v$ of a handful of numbers is now and then very small, and $1/v$ then very large. On average $1/v$ is
$(B-1)/(B-3)$ of its large-batch value, so an excess goes roughly with $1/(B-3)$: halving it takes about twice the $B - 3$, not twice the $B$. (The rule names 13<!--=rule-->, where a little more than half is left.) And however large the batch, the limit
1.21<!--=limit--> stays.""",
        purpose="Finds out how fast the price of small batches falls, and that a price remains.",
    ),
]

"""Chapter 6: initialisation. What a library's default costs, the variance that keeps a gradient, LSUV, kernels, twins."""

from functools import cache
from math import sqrt

import numpy as np

from companion.data import digits
from companion.network import Network, train
from companion.practice.checker import Code, Guess, Mistake, Number
from companion.propagation import profile
from companion.quadrature import gaussian_mean


def _default_loss():
    measured = profile(activation="relu", initialization="torch_default", depth=30, width=100, biases="drawn")
    return -np.median(measured.decades)


def _bent(z):
    return np.where(z > 0, 1.0, 0.5)


@cache
def twin_steps(spread):
    """Steps until the loss of nearly equal neurons is below 1: 64–16–16–10 tanh, weights 0.1 + spread · N(0, 1)."""
    setting = {"activation": "tanh", "initialization": "constant"}
    equal = Network.random([64, 16, 16, 10], **setting, rng=np.random.default_rng(0))
    rng = np.random.default_rng(0)
    noisy = [layer.weights + spread * rng.standard_normal(layer.weights.shape) for layer in equal.layers]
    network = Network([layer.with_parameters(weights=w) for layer, w in zip(equal.layers, noisy, strict=True)])
    x, y = digits().train_x[:, :256], digits().train_y[:256]
    losses = train(network, x, y, rate=0.5, steps=500, loss="cross_entropy").losses
    return int(np.argmax(losses < 1))


def _lsuv(weights, x, size=lambda z, w: z.std(), pass_on=lambda z: np.maximum(z, 0), measured=lambda z: z):
    """LSUV, and by its options the wrong ones."""
    scaled, a = [], x
    for w in weights:
        w = w / size(measured(w @ a), w)
        scaled.append(w)
        a = pass_on(w @ a)
    return scaled


def _lsuv_unscaled(weights, x):
    scaled, a = [], x
    for w in weights:
        scaled.append(w / (w @ a).std())
        a = np.maximum(w @ a, 0)
    return scaled


def _lsuv_inputs(rng):
    return [
        ([rng.normal(size=shape) for shape in ((9, 5), (9, 9), (4, 9))], rng.normal(size=(5, 40))),
        ([0.1 * rng.normal(size=(6, 6)) for _ in range(4)], 3 * rng.normal(size=(6, 30))),
    ]


def _kernel_inputs(rng):
    return [(64, 3, 7), (128, 64, 3), (32, 96, 1), (int(rng.integers(5, 50)), int(rng.integers(51, 99)), 5)]


NUMBERS = {
    "leaky": lambda: 2 / (1 + 0.01**2),
    "fan_in": lambda: 64 * 3 * 3,
    "window": lambda: sqrt(3 * 3),
    "twin_delay": lambda: twin_steps(1e-6) - twin_steps(1e-4),
}

EXERCISES = [
    Guess(
        "ch06-guess",
        "Thirty layers out of the box",
        r"""Thirty times `nn.Linear(100, 100)` followed by `nn.ReLU()`, with the weights and biases that PyTorch gives them. Nobody set
anything. By how many powers of ten is rms $\delta_1$ smaller than rms $\delta_{30}$? (`3` means a thousandth.)""",
        answer=_default_loss,
        unit="decades",
        comment="The default gives the weights a third of the variance 1/n, and ReLU halves: 1/6 of the mean square a layer, "
        "29<!--exact--> times.",
        purpose="Commit to a number before you see one.",
    ),
    Number(
        "ch06-q-default",
        "The variance of the default",
        r"""PyTorch draws the weights of `nn.Linear(100, 100)` from $U(-1/\sqrt n,\ 1/\sqrt n)$ with $n = 100$. What is the variance
of one weight?""",
        answer=1 / 300,
        rtol=0.02,  # 0.0033 is right
        mistakes=(
            Mistake(1 / 100, "1/n is the square of the *bound*. Most of the weights lie well inside it: U(−r, r) has variance r²/3."),
            Mistake(1 / 1200, "The interval is 2/√n long, not 1/√n: its length squared, over 12, is the variance."),
            Mistake(1 / sqrt(300), "That is the standard deviation; its square is asked for."),
            Mistake(1 / sqrt(100), "That is the bound 1/√n itself."),
            Mistake(2 / 100, "2/n is what ReLU would need (He). The default is six times smaller."),
        ),
        hints=(
            "The variance of $U(-r, r)$ is the mean of $w^2$, an integral over $-r \\ldots r$.",
            "$\\frac{1}{2r}\\int_{-r}^{r} w^2\\,dw = \\frac{r^2}{3}$. Which $r$ is it here?",
        ),
        solution=r"""$r = 1/\sqrt n$, so the variance is $r^2/3 = 1/(3n) = 1/300$. A linear layer then keeps a third of the mean square,
a ReLU layer a sixth. (The code says `kaiming_uniform_(a=√5)`. With $\mathrm{gain}^2 = 2/(1 + a^2) = \tfrac13$ that is the same number; no
activation of slope $\sqrt5$ is meant.)""",
        purpose="Reads a library's default as a number.",
    ),
    Number(
        "ch06-d-leaky",
        "He for a gentler kink",
        r"""An activation has slope 1 for $z > 0$ and slope ½ for $z < 0$. Derive the value of $n\,\mathrm{Var}\,w$ that keeps the mean
square of the gradient in wide layers of equal width.""",
        answer=lambda: 1 / gaussian_mean(lambda z: _bent(z) ** 2, (0.0,)),
        rtol=0.01,
        mistakes=(
            Mistake(1.0, "That assumes E f′² = 1, as for no activation at all. Half of the slopes are ½ here."),
            Mistake(2.0, "That is ReLU's: it assumes that the other half of the slopes is 0. Here they still let ¼ of the square through."),
            Mistake(4 / 3, "You averaged the slope: (1 + ½)/2 = ¾. The mean square needs the mean of the *squared* slope."),
            Mistake(16 / 9, "You squared the mean slope, (¾)². Square first, then average."),
            Mistake(5 / 8, "That is E f′², what the activation takes. The weights must pay it back: 1 / E f′²."),
            Mistake(lambda: sqrt(1.6), "That is the gain, the factor on the standard deviation. The variance is asked for."),
        ),
        hints=(
            "What is kept a layer is $\\chi = n\\,\\mathrm{Var}\\,w \\cdot \\mathrm E f'^2$. Which value must it have?",
            "$z$ is negative half of the time: $\\mathrm E f'^2 = \\tfrac12 \\cdot 1 + \\tfrac12 \\cdot \\tfrac14$.",
        ),
        solution=r"""$\mathrm E f'^2 = \tfrac12(1 + \tfrac14) = \tfrac58$, so $n\,\mathrm{Var}\,w = \tfrac85$. In general, for slope $\alpha$ on the
left, it is $2/(1 + \alpha^2)$: He for $\alpha = 0$, LeCun for $\alpha = 1$ (He et al., 2015). For the usual
leaky ReLU, $\alpha = 0.01$<!--exact-->, that is 1.9998<!--=leaky-->: He's value will do.""",
        purpose="Derives the right start for an activation that no table lists.",
    ),
    Code(
        "ch06-c-lsuv",
        "Measure instead of deriving",
        r"""Write layer-sequential unit variance for a ReLU network without biases. `weights` is a list of matrices, `x` holds one
example a column. From the input side up, divide each matrix by one number such that its $z = W a$ has standard deviation 1 over units and
examples, with $a$ from the layers *already scaled*. Return the new list.""",
        stub="def lsuv(weights, x):\n    ...",
        reference=_lsuv,
        inputs=_lsuv_inputs,
        mistakes=(
            Mistake(
                lambda weights, x: _lsuv(weights, x, size=lambda z, w: z.var()),
                "You divided by the variance. z is linear in W, so dividing W by c divides the *standard deviation* by c.",
            ),
            Mistake(
                lambda weights, x: _lsuv(weights, x, size=lambda z, w: np.sqrt(np.mean(z**2))),
                "That is the root mean square. The standard deviation subtracts the mean of z first.",
            ),
            Mistake(
                _lsuv_unscaled,
                "Each layer was measured with the old signals. Once the layer below is scaled, its a changes: pass on the new one.",
            ),
            Mistake(
                lambda weights, x: _lsuv(weights, x, measured=lambda z: np.maximum(z, 0)),
                "You measured after ReLU. Layer-sequential unit variance sets the size of z.",
            ),
            Mistake(
                lambda weights, x: _lsuv(weights, x, pass_on=lambda z: z),
                "The activation is missing: the next layer gets max(z, 0), not z.",
            ),
            Mistake(
                lambda weights, x: _lsuv(weights, x, size=lambda z, w: w.std() * sqrt(w.shape[1])),
                "That sets the size of the weights. What counts is the size of z for these data.",
            ),
            Mistake(
                lambda weights, x: _lsuv(weights, x, size=lambda z, w: z.std(axis=1, keepdims=True)),
                "One number for the whole matrix: you scaled each unit by its own standard deviation.",
            ),
        ),
        hints=(
            "A loop over the matrices carries `a` along; it starts with `x`.",
            "In the loop: `W = W / (W @ a).std()`, keep it, then `a = np.maximum(W @ a, 0)`.",
        ),
        solution=r"""One pass is exact, because $z$ is linear in $W$.

```python
def lsuv(weights, x):
    scaled, a = [], x
    for W in weights:
        W = W / (W @ a).std()
        scaled.append(W)
        a = np.maximum(W @ a, 0)
    return scaled
```""",
        purpose="The start that needs no formula for the activation.",
    ),
    Code(
        "ch06-c-kernel",
        "He for a convolution",
        r"""A convolution has a kernel of shape `(channels_out, channels_in, k, k)`: each output pixel is a sum over a $k \times k$ window
of every input channel. Return the standard deviation that He's forward rule gives its weights.""",
        stub="def he_std(channels_out, channels_in, k):\n    ...",
        reference=lambda channels_out, channels_in, k: sqrt(2 / (channels_in * k**2)),
        inputs=_kernel_inputs,
        mistakes=(
            Mistake(
                lambda channels_out, channels_in, k: sqrt(2 / channels_in),
                "The fan-in counts every number that is summed: the window contributes k² of them for each input channel.",
            ),
            Mistake(
                lambda channels_out, channels_in, k: sqrt(2 / (channels_in * k)),
                "The window is k wide *and* k high: k² numbers for each channel.",
            ),
            Mistake(
                lambda channels_out, channels_in, k: sqrt(2 / (channels_out * k**2)),
                "That is the backward rule, with the fan-out. Forward, a sum runs over the *input* channels.",
            ),
            Mistake(
                lambda channels_out, channels_in, k: 2 / (channels_in * k**2),
                "That is the variance. Its root is asked for.",
            ),
            Mistake(
                lambda channels_out, channels_in, k: sqrt(2 / ((channels_in + channels_out) * k**2)),
                "That is Xavier's compromise of fan-in and fan-out. He's forward rule takes the fan-in alone.",
            ),
            Mistake(
                lambda channels_out, channels_in, k: sqrt(1 / (channels_in * k**2)),
                "ReLU's ½ is not paid back yet: the variance is 2 over the fan-in.",
            ),
        ),
        hints=(
            "How many products are added up for one output pixel?",
            "The fan-in is `channels_in * k * k`; the variance is 2 over it.",
        ),
        solution=r"""```python
def he_std(channels_out, channels_in, k):
    return (2 / (channels_in * k * k)) ** 0.5
```
For 64 input channels and a 3 × 3 window the fan-in is 576<!--=fan_in-->. Who forgets the window gets weights three<!--=window--> times too large, and as many times the
signal, in every layer.""",
        purpose="Counts a fan-in where it is easy to get wrong.",
    ),
    Number(
        "ch06-i-twins",
        "A smallest difference",
        r"""Round 1 starts its neurons almost equal. Use its `twins(spread)` and find the step at which the loss is first below 1, for
spreads of $10^{-4}$<!--exact-->, $10^{-6}$<!--exact--> and 0 (`np.argmax(losses < 1)`). How many steps *more* does $10^{-6}$<!--exact--> need than $10^{-4}$<!--exact-->? Then think about what the
answer says of the smallest spread that works.""",
        answer=lambda: twin_steps(1e-6) - twin_steps(1e-4),
        rtol=0.15,
        unit="steps",
        mistakes=(
            Mistake(lambda: twin_steps(1e-6), "That is the step itself. How many more is it than with a spread of 10^{-4}<!--exact-->?"),
            Mistake(lambda: 99 * twin_steps(1e-4), "That would be a hundred times as many: it assumes that differences grow by a constant amount a step. They grow by a factor."),
            Mistake(0.0, "The two do differ: look for the first step with `losses < 1`, not at the last loss."),
        ),
        hints=(
            "`np.argmax(losses < 1)` is the first step at which the condition holds. For a spread of 0 it is 0, because it never does.",
            "If the difference of two neurons grows by a constant factor a step, a hundredth of it costs a constant number of steps.",
        ),
        solution=r"""About 115<!--=twin_delay--> steps: a hundredth of the spread costs a constant delay, not a hundred times the steps, because the
difference between two neurons grows by a factor a step. So for this task, which needs more than one neuron, there is no smallest spread.
Anything that is not exactly equal gets there (in a computer it has to show in the digits of 0.1<!--exact-->), and exactly equal never does on paper: with spread 0 the rows of $W_1$ are equal after any number of steps (in a computer,
up to rounding).""",
        purpose="Finds out by measuring what “breaking symmetry” needs.",
    ),
]

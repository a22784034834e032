"""Chapter 9: residual connections. What a shortcut keeps, what a sum adds up to, blocks by hand, and blocks taken out."""

from functools import cache

import numpy as np

from companion import runs
from companion.data import digits
from companion.network import Network, train
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option
from companion.recipes import Recipe


def _measured_growth():
    recorded = runs.load("ch09-shortcut").where(rho=0.5)["log10_delta"]  # (S, 54)
    return 10 ** np.median(recorded[:, 0])


def _size_inputs(rng):
    return [(1, 1.0), (10, 1.0), (40, 1.0), (50, 50**-0.5), (30, float(rng.uniform(0.1, 0.9)))]


def _block_inputs(rng):
    return [tuple(rng.normal(size=shape) for shape in ((5, 7), (5, 5), (5, 5))) for _ in range(3)]


def _relu(z):
    return np.maximum(z, 0)


def _rezero_inputs(rng):
    shapes = ((5, 7), (5, 5), (5, 7))
    drawn = [[rng.normal(size=shape) for shape in shapes] for _ in range(3)]
    return [(x, w, alpha, g) for (x, w, g), alpha in zip(drawn, (0.0, 0.5, -1.3), strict=True)]


def _rezero(x, w, alpha, g):
    branch = w @ _relu(x)
    return [g + alpha * (x > 0) * (w.T @ g), alpha * g @ _relu(x).T, (g * branch).sum()]


def _no_shortcut(x, w, alpha, g):
    right = _rezero(x, w, alpha, g)
    return [right[0] - g, *right[1:]]


def _alpha_forgotten(x, w, alpha, g):
    right = _rezero(x, w, 1.0, g)
    return [g + alpha * (x > 0) * (w.T @ g), *right[1:]]


def _scaled_shortcut(x, w, alpha, g):
    right = _rezero(x, w, alpha, g)
    return [alpha * (g + (x > 0) * (w.T @ g)), *right[1:]]


def _mean_alpha(x, w, alpha, g):
    right = _rezero(x, w, alpha, g)
    return [*right[:2], (g * (w @ _relu(x))).mean()]


def _no_slope(x, w, alpha, g):
    right = _rezero(x, w, alpha, g)
    return [g + alpha * (w.T @ g), *right[1:]]


@cache
def _trained(residual):
    net = Recipe(depth=14, width=32, residual=residual).network(rng=np.random.default_rng(0))
    x, y = digits().train_x[:, :400], digits().train_y[:400]
    return train(net, x, y, rate=0.3 if residual else 0.1, steps=150, loss="cross_entropy").network.layers


def _accuracy_without(residual, removed):
    layers = [layer for number, layer in enumerate(_trained(residual)) if number not in removed]
    return np.mean(Network(layers)(digits().test_x).argmax(0) == digits().test_y)


SECOND = tuple(range(2, 13, 2))
NUMBERS = {"straight": lambda: 0.5**53}

EXERCISES = [
    Guess(
        "ch09-guess",
        "A shortcut of one half",
        r"""A network has 54 blocks $x \leftarrow \tfrac12 x + F(x)$. Each $F$ holds two layers of batch norm, ReLU and weights
$N(0, 2/n)$. On the straight way from the end to block 1 a gradient is halved 53<!--exact--> times: $2^{-53} \approx 10^{-16}$<!--=straight-->.

How large is the *whole* gradient at block 1, compared with the last block, rms $\delta_1$ / rms $\delta_{54}$? (Answer with a number
such as 1e-16<!--exact-->, 1, or 1e3<!--exact-->.)""",
        answer=_measured_growth,
        log=True,
        comment="The straight way is one path of many, and a batch norm on a small stream divides by a small number.",
        purpose="Commit to a number before you see one.",
    ),
    Choice(
        "ch09-q-zero",
        "What is left when the branches are silent?",
        r"""Every branch of a network of 20 residual blocks $y = x + F(x)$ is zero: all weights of $F$ are 0. What comes out for an input
$x$, and what becomes of a gradient $g$ on its way down?""",
        options=[
            Option(
                "x comes out, g arrives",
                correct=True,
                advice="Each block is the identity, forward and backward. This is what zero-init, Fixup and ReZero start from.",
            ),
            Option(
                "0 comes out, 0 arrives",
                advice="That is a plain network with weights 0. Here x is added after each branch.",
            ),
            Option(
                "2^{20} x comes out, 2^{20} g arrives",
                advice="That is “the sum of two identical units”, each of which passes x on. The shortcut passes x once, the branch adds 0.",
            ),
            Option(
                "x comes out, 0 arrives: without weights there is no gradient",
                advice="The *weights* of the branch are 0, but ∂y/∂x = I + ∂F/∂x, and I is not 0. The gradient needs no weights.",
            ),
        ],
        hints=(
            "Write down $y$ for one block with $F(x) = 0$.",
            "$\\partial y/\\partial x = I + \\partial F/\\partial x$: what is each part?",
        ),
        solution=r"""$y = x + 0 = x$ in each block, so $x$ comes out. On the way back $\partial y/\partial x = I + 0$, so $g$ arrives
unchanged: of the $2^{20}$ paths only the one along all shortcuts is open.""",
        purpose="Reads off the floor under the gradient.",
    ),
    Code(
        "ch09-d-size",
        "How large is the sum after L blocks?",
        r"""$x_{l} = x_{l-1} + s\,W_l\,\mathrm{relu}(x_{l-1})$, $L$ blocks, $W_l$ with entries $N(0, 2/n)$, the entries of $x_0$ are $N(0, 1)$.
Derive the root mean square of the entries of $x_L$ in a wide network, for any $L$ and $s$.""",
        stub="def stream_rms(blocks, s):\n    ...",
        reference=lambda blocks, s: (1 + s**2) ** (blocks / 2),
        inputs=_size_inputs,
        mistakes=(
            Mistake(
                lambda blocks, s: (1 + s) ** blocks,
                "You added standard deviations. Stream and branch are uncorrelated, since W is random with mean 0: their *variances* add.",
            ),
            Mistake(
                lambda blocks, s: (1 + s**2) ** blocks,
                "That is the mean square. The rms, its root, is asked for.",
            ),
            Mistake(
                lambda blocks, s: np.sqrt(1 + blocks * s**2),
                "Each branch would add the same amount. Without a norm it is as large as s times its *input*, and that grows.",
            ),
            Mistake(
                lambda blocks, s: 1 + blocks * s**2,
                "Two things: the branch grows with its input, so the factors multiply; and the rms is the root of the mean square.",
            ),
            Mistake(
                lambda blocks, s: (1 + s**2 / 2) ** (blocks / 2),
                "ReLU halves the mean square, but the weights N(0, 2/n) double it again: the branch has that of its input, times s².",
            ),
        ),
        hints=(
            "What is the mean square of $W\\,\\mathrm{relu}(x)$, if that of $x$ is $q$? Round 3 of chapter 5 has it.",
            "$q \\leftarrow q + s^2 q$: the cross term $\\mathrm E\\,x\\,(W\\,\\mathrm{relu}(x))$ is 0, since $W$ has mean 0.",
        ),
        solution=r"""$\mathrm E(W\,\mathrm{relu}(x))^2 = n\cdot\frac2n\cdot\frac q2 = q$, and the cross term is 0. So $q \leftarrow (1+s^2)\,q$, and after
$L$ blocks the rms is $(1+s^2)^{L/2}$: $2^{L/2}$ for $s=1$, below $\sqrt e$ for $s = 1/\sqrt L$.

```python
def stream_rms(blocks, s):
    return (1 + s**2) ** (blocks / 2)
```""",
        purpose="The law behind the first two rounds.",
    ),
    Code(
        "ch09-c-block",
        "A block that leaves the sum alone",
        r"""Write a pre-activation block of two layers without norm and biases: each weight matrix comes *after* its ReLU, and nothing is
done to the sum. `x` is $(n, B)$, `w1` and `w2` are $(n, n)$.""",
        stub="def block(x, w1, w2):\n    ...",
        reference=lambda x, w1, w2: x + w2 @ _relu(w1 @ _relu(x)),
        inputs=_block_inputs,
        mistakes=(
            Mistake(
                lambda x, w1, w2: _relu(x + w2 @ _relu(w1 @ x)),
                "That is the block of 2015, with ReLU after the sum: it cuts the shortcut wherever the sum is negative.",
            ),
            Mistake(
                lambda x, w1, w2: _relu(x + w2 @ _relu(w1 @ _relu(x))),
                "The branch is right, but ReLU after the sum puts a slope of 0 or 1 on the shortcut.",
            ),
            Mistake(
                lambda x, w1, w2: x + w2 @ _relu(w1 @ x),
                "The first ReLU is missing: in a pre-activation block f comes before each weight matrix, also the first.",
            ),
            Mistake(
                lambda x, w1, w2: x + _relu(w2 @ _relu(w1 @ x)),
                "The branch ends in a ReLU, so it can only add: the mean of the stream grows and grows. End it with the weights.",
            ),
            Mistake(lambda x, w1, w2: w2 @ _relu(w1 @ _relu(x)), "This is the branch. Add the input of the block."),
            Mistake(
                lambda x, w1, w2: _relu(x) + w2 @ _relu(w1 @ _relu(x)),
                "The shortcut carries relu(x) here. It must carry x itself.",
            ),
        ),
        hints=("Write the branch first: ReLU, W₁, ReLU, W₂.", "The sum is the last thing that happens."),
        solution=r"""```python
def block(x, w1, w2):
    return x + w2 @ np.maximum(w1 @ np.maximum(x, 0), 0)
```

From block to block $x$ passes through nothing but additions.""",
        purpose="Five wrong places for one ReLU.",
    ),
    Code(
        "ch09-c-rezero",
        "ReZero, backwards",
        r"""$y = x + \alpha\,W\,\mathrm{relu}(x)$ with one learnt number $\alpha$. Given $g = \partial\mathcal L/\partial y$, $(n, B)$, return the list
$[\partial\mathcal L/\partial x,\ \partial\mathcal L/\partial W,\ \partial\mathcal L/\partial\alpha]$.

Look at what each of them is at $\alpha = 0$, where training starts.""",
        stub="def rezero_backward(x, w, alpha, g):\n    ...",
        reference=_rezero,
        inputs=_rezero_inputs,
        mistakes=(
            Mistake(
                _no_shortcut, "∂ℒ/∂x has two parts. At α = 0 yours is 0: the shortcut's part, g itself, is missing."
            ),
            Mistake(
                _alpha_forgotten,
                "What W receives has passed α on its way down: ∂ℒ/∂W = α g relu(x)ᵀ. At α = 0 it is 0.",
            ),
            Mistake(_scaled_shortcut, "α scales the branch, not the shortcut: ∂ℒ/∂x = g + α (…)."),
            Mistake(
                _mean_alpha,
                "All n·B entries share one α, so their gradients add up. (If ℒ is a mean over the batch, g already has the 1/B.)",
            ),
            Mistake(
                _no_slope, "On its way down to x the branch passes ReLU: multiply by its slope, which is 0 where x ≤ 0."
            ),
        ),
        hints=(
            "Three derivatives of $y = x + \\alpha\\,b$, with $b = W\\,\\mathrm{relu}(x)$: what multiplies $\\alpha$?",
            "$\\partial\\mathcal L/\\partial\\alpha$ is the sum of $g \\odot b$ over all units and examples.",
        ),
        solution=r"""```python
def rezero_backward(x, w, alpha, g):
    a = np.maximum(x, 0)
    dx = g + alpha * (x > 0) * (w.T @ g)
    return [dx, alpha * g @ a.T, (g * (w @ a)).sum()]
```

At $\alpha = 0$ the gradient passes unchanged, the weights get nothing, and only $\alpha$ learns. One step later they all do.""",
        purpose="A fix is one number; see who learns first.",
    ),
    Number(
        "ch09-i-lesion",
        "Take out every second block",
        r"""*Where it breaks* trains a residual network of twelve blocks on 400 digits and takes out one block at a time. Now take out six
at once: the blocks 2, 4, 6, 8, 10 and 12. What share of the test digits does the rest still read?

`residual` holds the trained network, and `residual.layers[k]` is block $k$; layers 0 and 13 change the width and must stay.""",
        answer=lambda: _accuracy_without("scaled", SECOND),
        rtol=0.01,
        mistakes=(
            Mistake(
                lambda: _accuracy_without(None, SECOND),
                "That is what is left of the plain network. The residual one is called `residual`.",
            ),
            Mistake(
                lambda: _accuracy_without("scaled", ()),
                "That is the whole network. `layers[k] for k in …` must leave out six of them.",
            ),
            Mistake(
                lambda: _accuracy_without("scaled", SECOND[:1]),
                "Only block 2 is gone. Leave out all six in one network.",
            ),
            Mistake(
                lambda: _accuracy_without("scaled", range(1, 7)),
                "These are the first six. The task takes out every second one.",
            ),
        ),
        hints=(
            "`kept = [layer for k, layer in enumerate(residual.layers) if k not in (2, 4, 6, 8, 10, 12)]`",
            "`accuracy(Network(kept))`, with `accuracy` from *Where it breaks*.",
        ),
        solution=r"""```python
kept = [layer for k, layer in enumerate(residual.layers) if k not in (2, 4, 6, 8, 10, 12)]
accuracy(Network(kept))
```

Half of the blocks are gone, and $2^{12} - 2^6$ of the $2^{12}$ paths with them; most digits are still read. Compare with one block out of the
plain network.""",
        purpose="Looks at a residual network as a sum of paths, as Veit et al. did.",
    ),
]

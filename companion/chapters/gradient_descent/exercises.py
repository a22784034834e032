"""Exercises of chapter 2: the questions along its page, then scale against rate, frozen weights, 2/H, a descent loop,
schedules, stops."""

import numpy as np

from companion.chapters.gradient_descent.questions import QUESTIONS
from companion.chapters.gradient_descent.valleys import largest_curvature, nearest, valleys
from companion.practice.checker import Choice, Code, Mistake, Number, Option
from companion.surfaces import landscape

LANDSCAPE = landscape(1)


def critical_scale(x):
    """The loss scale (at rate 1) above which no walk settles in the valley nearest to ``x``."""
    return nearest(valleys(LANDSCAPE, 45, 130), x).largest_rate


def ends(rates):
    """The losses that 301 walks from 50 to 125 end with, (301,), one step for each of the ``rates``."""
    x = np.linspace(50, 125, 301)
    for rate in rates:
        x = x - rate * LANDSCAPE.gradient(x)
    return LANDSCAPE.value(x)


def deep(rates):
    """The share of these walks, in percent, that end below a loss of −10."""
    return 100 * np.mean(ends(rates) < -10)


# --- descend: the reference and its expected mistakes --------------------------------------------------------------


def descend(gradient, w, b, rate, steps, *, sign=-1, moves_b=True, at_once=True):
    for _ in range(steps):
        dw, db = gradient(w, b)
        if not at_once:
            db = gradient(w + sign * rate * dw, b)[1]
        w, b = w + sign * rate * dw, b + moves_b * sign * rate * db
    return w, b


def line_fit(x, y):
    """The gradient, in w and b, of the mean squared error of w x + b."""

    def gradient(w, b):
        error = w * x + b - y
        return 2 * np.mean(error * x), 2 * np.mean(error)

    return gradient


def fits(rng):
    cases = []
    for steps in (1, 5, 40):
        x = rng.uniform(-1, 2, size=20)
        cases.append((line_fit(x, rng.normal() * x + rng.normal()), 0.5, -0.25, 0.1, steps))
    return cases


# --- kind_of_stop --------------------------------------------------------------------------------------------------


def kind_of_stop(loss, point, *, reach=0.1, sides=(1, -1), names=("frozen", "saddle", "valley"), size=np.abs):
    here = loss(point)
    changes = np.array([loss(point + side * reach * axis) - here for axis in np.eye(len(point)) for side in sides])
    frozen, saddle, valley = names
    if size(changes).max() < 1e-6:
        return frozen
    return saddle if changes.min() < 0 else valley


def stops(rng):
    def frozen(p):
        return 1e-9 * LANDSCAPE.value(p[0]) + 1e-9 * np.sum(p**2)

    def saddle(p):
        return (p[0] ** 2 - p[1] ** 2) / 2

    def one_way_down(p):
        return p[0] ** 2 + p[1] ** 3 + p[2] ** 2

    def valley(p):
        return 3 * (p[0] - 1) ** 2 + 0.01 * (p[1] + 2) ** 2

    def ridge(p):
        return -(p[0] ** 2)

    cases = (
        (frozen, [58.0, 1.0]),
        (saddle, [0.0, 0.0]),
        (one_way_down, [0.0, 0.0, 0.0]),
        (valley, [1.0, -2.0]),
        (ridge, [0.0, 0.0]),
    )
    return [(loss, np.array(point)) for loss, point in cases]


HOME, OTHER = (nearest(valleys(LANDSCAPE, 45, 130), x) for x in (58, 91.5))
NUMBERS = {
    "deep_short": lambda: deep([1] * 40),
    "deep_long": lambda: deep([10] * 40),
    "deep_falling": lambda: deep([10] * 20 + [1] * 20),
    "lowest": lambda: min(valley.value for valley in valleys(LANDSCAPE, 45, 130)),
    "home": lambda: HOME.x,
    "bottom_91": lambda: OTHER.x,
    "curvature_91": lambda: OTHER.curvature,
    "limit_91": lambda: OTHER.largest_rate,
}

EXERCISES = [
    *QUESTIONS,
    Choice(
        "ch02-q-scale",
        "Twice the loss, half the rate",
        r"You double the loss (say, you *sum* over two examples where you took their mean) and halve the learning rate. "
        r"What happens "
        r"to the walk?",
        options=[
            Option(
                "It goes downhill twice as fast.",
                advice="The slope doubles, but the step is rate × slope, and the rate has halved. Which of the two does the "
                "walk see on its own?",
            ),
            Option(
                "Nothing: every point of the walk is the same.",
                correct=True,
                advice="A step is rate × gradient. Twice one and half the other is the same step, bit for bit.",
            ),
            Option(
                "It settles more safely, because the rate is smaller.",
                advice="A smaller rate is safer on the *same* loss. Here the curvature has doubled as well: rate × curvature "
                "is what it was.",
            ),
            Option(
                "It ends in a different valley, because the landscape has changed.",
                advice="Doubling the loss stretches it upwards. No valley moves: the bottoms are where the slope is 0, and "
                "twice 0 is 0.",
            ),
        ],
        hints=[
            "Write down one step with the old loss, and one with the new loss and rate.",
            r"The gradient of $2\mathcal L$ is $2\nabla\mathcal L$. By what is it multiplied in the step?",
        ],
        solution=r"$x - \tfrac{\eta}{2}\,\nabla(2\mathcal L)(x) = x - \eta\,\nabla\mathcal L(x)$: step by step the same "
        r"walk. That is why "
        "a learning rate of plain descent, without the loss it belongs to, says nothing. Sum your loss over 32<!--exact--> examples "
        "where you took their mean, and you have multiplied your rate by 32<!--exact-->.",
        purpose="What to ask before you copy somebody's learning rate.",
    ),
    Number(
        "ch02-d-limit",
        "Two directions, one rate",
        r"""A loss over two parameters has a valley of curvature 0.4<!--exact--> in $x$ and 0.1<!--exact--> in $y$, and it
is multiplied by 5:

$$\mathcal L(x, y) = 5\left(\tfrac12 \cdot 0.4\, x^2 + \tfrac12 \cdot 0.1\, y^2\right).$$

Derive what one step of gradient descent does to $x$ and to $y$. Up to which learning rate does the walk settle at $(0, 0)$?""",
        answer=lambda: 2 / (5 * 0.4),
        rtol=0.005,
        comment="The steepest bend decides: y alone would allow 4.",
        mistakes=[
            Mistake(2.0, "That is the largest curvature, 5<!--exact--> times 0.4<!--exact-->. The limit is 2 *divided by* it."),
            Mistake(
                0.5,
                "That is 1/H: up to there x comes closer *without changing sides*. Between 1/H and 2/H it jumps across the "
                "bottom, and still comes closer each time.",
            ),
            Mistake(
                4.0,
                "That is the limit of the flatter direction y. At this rate x is multiplied by 1 − 4·2 = −7 each step: the "
                "steepest bend decides.",
            ),
            Mistake(
                5.0, "You have the limit of the loss without the factor 5. The scale multiplies every curvature too."
            ),
            Mistake(2.5, "That is 1/H of the loss without the scale. The limit is 2/H, and the scale multiplies H."),
            Mistake(0.4, "That is the curvature in x, without the scale. The limit is 2 *divided by* the product of both."),
            Mistake(
                0.2,
                "The limit is 2 *divided by* the largest curvature, 5<!--exact--> times 0.4<!--exact-->.",
            ),
            Mistake(
                1.6,
                "You used the mean of the two curvatures. The directions do not average: x and y each have a limit, and the "
                "smaller limit wins.",
            ),
        ],
        hints=[
            r"$\partial\mathcal L/\partial x = 5 \cdot 0.4\, x = 2x$<!--exact-->. So "
            r"$x_{k+1} = x_k - \eta\, 2x_k = (1 - 2\eta)\,x_k$. Now the same "
            "for $y$.",
            r"$|1 - \eta H| < 1$ means $0 < \eta H < 2$. It has to hold in both directions.",
        ],
        solution=r"""The step multiplies $x$ by $1 - 2\eta$ and $y$ by $1 - 0.5\eta$<!--exact-->. Both have size below 1
only if $\eta < 2/2 = 1$
and $\eta < 2/0.5 = 4$<!--exact-->, so the limit is **1**: $\eta = 2/H$ with $H$ the *largest* curvature. At $\eta = 1$
itself $x$ jumps between
two points for ever. The price: at this rate $y$ shrinks by only a half each step. The ratio of the two curvatures, 4, is
called the
condition number.""",
        purpose="Every network has many directions, and one rate for all of them.",
    ),
    Choice(
        "ch02-q-signs",
        "Where is the rate?",
        r"Nobody hands you $H$. You run plain descent over one weight, on the same examples at every step, and log its slope: "
        r"3, −2, 1.4<!--exact-->, −0.9<!--exact-->, and so on. The loss falls. If this is a bowl, where is the rate $\eta$?",
        options=[
            Option(
                "Below 1/H.",
                advice="There the walk comes in from one side, and the slope keeps its sign. Here the sign changes at every "
                "step.",
            ),
            Option(
                "Between 1/H and 2/H.",
                correct=True,
                advice="It jumps over the bottom (the sign changes) and comes closer (the size falls): the factor is "
                "between −1 and 0.",
            ),
            Option(
                "Above 2/H.",
                advice="There the walk moves away: each slope would be larger than the one before.",
            ),
            Option(
                "You cannot tell without H.",
                advice="The sign and the size of two slopes in a row give the factor 1 − ηH. What is it here?",
            ),
        ],
        hints=[
            "Divide each slope by the one before: that is the factor 1 − ηH.",
            "The factor is about −0.7<!--exact-->. Where does ηH lie then?",
        ],
        solution=r"The slope is $Hx$, so it is multiplied by $1 - \eta H$ as $x$ is: here by about $-0.7$<!--exact-->, and "
        r"$\eta H$ is about 1.7<!--exact-->. With momentum, or with new examples at every step, the signs say much less.",
        purpose="You seldom know a curvature; slopes you can always log.",
    ),
    Code(
        "ch02-c-descend",
        "Write gradient descent",
        r"""Write the whole algorithm for a model with a weight `w` and a bias `b`. `gradient(w, b)` returns the two slopes
`(dw, db)` of the loss. Take `steps` steps with learning rate `rate`, and return the last `(w, b)`. Then
`descend(lambda w, b: (4 * w, b), 1, 1, 0.1, 2)` gives 0.36<!--exact--> and 0.81<!--exact-->.""",
        stub="def descend(gradient, w, b, rate, steps):\n    ...",
        reference=descend,
        inputs=fits,
        rtol=1e-9,
        mistakes=[
            Mistake(
                lambda *arguments: descend(*arguments, sign=+1),
                "You walk uphill: the gradient points up, so a loss goes down with *minus* rate × gradient.",
            ),
            Mistake(
                lambda *arguments: descend(*arguments, moves_b=False),
                "Only w moves. The update is for *all* parameters, weights and biases.",
            ),
            Mistake(
                lambda *arguments: descend(*arguments, at_once=False),
                "You ask for the slope of b after w has already moved. One gradient, taken at one point, moves both.",
            ),
            Mistake(
                lambda gradient, w, b, rate, steps: descend(gradient, w, b, rate, min(steps, 1)),
                "Only one step is taken: is the `return` inside the loop?",
            ),
            Mistake(
                lambda gradient, w, b, rate, steps: descend(gradient, w, b, 1.0, steps),
                "The step is the gradient itself: multiply it by `rate`.",
            ),
            Mistake(
                lambda gradient, w, b, rate, steps: descend(gradient, w, b, rate * steps, 1),
                "The slope changes as you walk: ask for it again at every step.",
            ),
        ],
        hints=[
            "A loop over `range(steps)`; in it, one call of `gradient` and two subtractions.",
            "`dw, db = gradient(w, b)` first; only then change `w` and `b`.",
        ],
        solution="""One gradient a step, taken where the walk stands now; both parameters move by it.

```python
def descend(gradient, w, b, rate, steps):
    for _ in range(steps):
        dw, db = gradient(w, b)
        w, b = w - rate * dw, b - rate * db
    return w, b
```""",
        purpose="The whole algorithm, for all parameters at once.",
    ),
    Choice(
        "ch02-i-decay",
        "Forty steps: which plan?",
        r"""You have forty steps on the article's landscape, from any start between 50 and 125, and want to end as low as
possible. (The lowest bottom is at a loss of −10.3<!--=lowest-->.) Four plans for the
learning rate. Decide first. (In the downloaded notebook, the cell below tries a plan on 301<!--exact--> starts.)""",
        options=[
            Option(
                "1 all the way: it always settles.",
                advice="It settles in the *nearest* dip. How many of the starts have a deep one nearby?",
            ),
            Option(
                "10 all the way: it gets over the hills.",
                advice="It gets over the hills into the deep part, and then it cannot rest there. What does it need once it "
                "has arrived?",
            ),
            Option(
                "10 for twenty steps, then 1 for twenty.",
                correct=True,
                advice="Long steps find the deep part, short ones settle in it.",
            ),
            Option(
                "1 for twenty steps, then 10 for twenty.",
                advice="That begins by settling in the nearest dip, and ends by being thrown about. Turn it round.",
            ),
        ],
        hints=[
            "What are long steps good at, and what can they not do?",
            "In the widget: rate 10 gets over the hills and does not rest, rate 1 rests at once.",
        ],
        solution="""Of 301<!--exact--> starts, 20<!--=deep_short--> % end below a loss of −10 with rate 1, about
34<!--=deep_long--> % with rate 10, and 89<!--=deep_falling--> % with the long steps first. A learning rate that
falls while you train is called a *schedule*; nearly every large model is trained with one.""",
        purpose="Nobody says that the rate must stay the same.",
    ),
    Choice(
        "ch02-q-frozen",
        "A thousand steps with nothing to say",
        r"The gradient at the first layer of a network is about $10^{-12}$<!--exact--> in every entry. Its weights were "
        r"drawn from $N(0, 1)$. "
        r"After 1,000 steps of plain gradient descent at rate 0.1<!--exact-->, what do these weights look like?",
        options=[
            Option(
                "All of them are close to 0.",
                advice="So a popular introduction says. But the update *subtracts* rate × gradient; it multiplies nothing. What is "
                "1 minus 10^{-13}<!--exact-->, a thousand times?",
            ),
            Option(
                "As they were drawn, to about ten digits.",
                correct=True,
                advice="A thousand steps of 10^{-13}<!--exact--> move each weight by at most 10^{-10}<!--exact-->. They are "
                "frozen at random values.",
            ),
            Option(
                "Each is at the bottom of a valley: the gradient is almost 0.",
                advice="A small gradient is found at a bottom, but also wherever the loss hardly depends on the weights. "
                "Random weights are not at a bottom by accident.",
            ),
            Option(
                "They are NaN.",
                advice="That is what an *exploding* gradient can do. Nothing here grows.",
            ),
        ],
        hints=["How long is one step?", "How far can a thousand such steps get, at most?"],
        solution=r"One step is $0.1 \cdot 10^{-12} = 10^{-13}$<!--exact--> long, so 1,000 steps move a weight by at most "
        r"$10^{-10}$<!--exact-->. The layer "
        "still passes its input through random weights; it just never learns. Small gradients freeze parameters. They do not "
        "shrink them.",
        purpose="The sentence most often got wrong about vanishing gradients.",
    ),
    Number(
        "ch02-i-valley",
        "Another valley, another limit",
        r"""Start near $x = 91$ instead of 58, keep rate 1, and turn up the scale. **Measure** the scale at which the walk stops
settling in the valley there: run `walk(landscape(scale), 91.5, steps=2000)` for a range of scales and watch the last points.
(Without a kernel: that valley has curvature 0.45<!--=curvature_91-->.) Two digits after the point are enough.""",
        answer=lambda: critical_scale(91.5),
        rtol=0.005,
        mistakes=[
            Mistake(
                lambda: critical_scale(60),
                "That is the limit of the valley at 60.19<!--=home-->, where the walk from 58 settles. This one bends more "
                "sharply.",
            ),
            Mistake(
                lambda: 2 / largest_curvature(LANDSCAPE, 50, 125),
                "That is the scale up to which *every* step goes down, from the sharpest bend anywhere between 50 and 125. The "
                "bottom of this valley bends a little less.",
            ),
            Mistake(
                lambda: critical_scale(91.5) / 2,
                "Up to there (1/H) the walk comes in from one side only. It still settles up to twice that scale, jumping from "
                "side to side.",
            ),
        ],
        hints=[
            "Just above the limit the last points alternate between two places: compare `points[-1]` with `points[-2]`.",
            r"Near the limit the walk needs many steps to decide; $2/\text{curvature}$ tells you where to look closely.",
        ],
        solution=r"""The bottom is at $x = 91.68$<!--=bottom_91-->, its curvature $h =$ 0.4500<!--=curvature_91-->, so the
limit is $2/h =$ 4.44<!--=limit_91-->. Below it the last two points
agree; above it they alternate. A landscape has as many limits as valleys, and a large step settles only in the *flat* ones.""",
        purpose="Predict with 2/curvature, then catch the walk obeying it.",
    ),
    Code(
        "ch02-i-stop",
        "Three ways to stand still",
        r"""Three trainings have stopped: in each, the gradient is smaller than $10^{-6}$<!--exact-->. Write
`kind_of_stop(loss, point)`, which
looks around instead of trusting the gradient. Move each coordinate of `point` (an array) by $+0.1$<!--exact--> and by
$-0.1$<!--exact-->, one at a time,
and compare the losses with `loss(point)`. Return `"frozen"` if none of them differs by more than $10^{-6}$<!--exact-->,
`"saddle"` if one of them
is lower, and `"valley"` if all are higher.""",
        stub="def kind_of_stop(loss, point):\n    ...",
        reference=kind_of_stop,
        inputs=stops,
        mistakes=[
            Mistake(
                lambda loss, point: "frozen",
                "You call all of them frozen. The gradient is small in all three; move a little and compare the losses.",
            ),
            Mistake(
                lambda loss, point: "valley",
                "You call all of them valleys. A gradient of 0 also stands on a saddle, and where nothing matters.",
            ),
            Mistake(
                lambda loss, point: kind_of_stop(loss, point, sides=(1,)),
                "You look in one direction along each coordinate. A way down may lie on the other side: take "
                "+0.1<!--exact--> *and* −0.1<!--exact-->.",
            ),
            Mistake(
                lambda loss, point: kind_of_stop(loss, point, names=("frozen", "valley", "saddle")),
                "Saddle and valley are swapped: from a saddle there is a way *down*.",
            ),
            Mistake(
                lambda loss, point: "saddle" if kind_of_stop(loss, point) == "frozen" else kind_of_stop(loss, point),
                "Ask first whether anything changes at all: a frozen point, too, has a neighbour that is lower by a hair.",
            ),
            Mistake(
                lambda loss, point: kind_of_stop(loss, point, size=np.positive),
                "A way down is a change too: ask for the largest *size* of a change, `np.abs(changes).max()`.",
            ),
        ],
        hints=[
            "`np.eye(len(point))` has one row per coordinate: `point + 0.1 * row` moves one of them.",
            "Collect all the changes of the loss in one array first; then ask about its largest size, and then about its "
            "minimum.",
        ],
        solution="""Look around before you judge. (In many dimensions a saddle's way down may run between the axes: then
look along
random directions, or at the eigenvalues of the second derivatives.)

```python
def kind_of_stop(loss, point):
    steps = [side * 0.1 * row for row in np.eye(len(point)) for side in (1, -1)]
    changes = np.array([loss(point + step) - loss(point) for step in steps])
    if np.abs(changes).max() < 1e-6:
        return "frozen"
    return "saddle" if changes.min() < 0 else "valley"
```""",
        purpose="Vanished, arrived or stuck on a pass: the gradient alone cannot tell you.",
    ),
]

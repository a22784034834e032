"""Exercises of chapter 1: which way, how steep, what an arrow promises; and three ways to a slope.

In the order of the two pages: asked between the sections of the core page, at its end, on the deeper page.
"""

import numpy as np

from companion import data, gradcheck, runs
from companion.chapters.what_is_a_gradient import runs as measured
from companion.descent import walk
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option, Order
from companion.surfaces import HILLS

POINT = np.array([2.0, 2.0])
WIDTHS = np.arange(1, 91) / 100


def guess():
    return gradcheck.angle(HILLS.forward_difference(POINT, 0.9), HILLS.gradient(POINT))


def height(width, steps=10):
    """Where an ascent with chords of this width, started at (0, 0), ends."""
    return walk(HILLS, (0, 0), steps=steps, direction="up", slope="forward", step=width).values[-1]


def best_width():
    return max(WIDTHS, key=height)


def rings_gradient(x, y):
    r = np.hypot(x, y)
    return -2 * np.sin(r) * x / r + 0.5, -2 * np.sin(r) * y / r


def pairs(rng):
    return [tuple(rng.uniform(0.5, 4.0, size=2)) for _ in range(5)]


def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def bowl(x):
    return (x * x).sum() / 2 - x[0]


def wave(x):
    return np.exp(-x[0]) * np.sin(x).sum()


def complex_gradient(f, x, *, direction=lambda n, i: np.eye(n)[i], part=np.imag, h=1e-30, scale=1e30):
    return np.array([part(f(x + 1j * h * direction(len(x), i))) * scale for i in range(len(x))])


def downhill(point, gradient, length):
    return point - length * gradient / np.linalg.norm(gradient)


def slopes(rng):
    """Points with a gradient, and how long the step shall be."""
    return [(rng.uniform(-2, 2, n), rng.uniform(-3, 3, n), length) for n in (2, 5) for length in (0.1, 2.0)]


PARAMETERS = 79_690  # weights and biases of the course's own network


def measured_cosine():
    """The typical cosine of the recorded random directions."""
    cosines = runs.load("ch01-first-step").where(variant="he")["cosines"]
    return np.sqrt((cosines**2).mean())


def overshot(rate=100):
    """The smallest rise of the loss after one step of this rate, ten networks with PyTorch's defaults."""
    digits, rises = data.digits(), []
    for seed in range(measured.SEEDS):
        net = measured.start("torch_default", seed)
        moved = net.with_parameters(
            net.parameters - rate * net.gradients(digits.train_x, digits.train_y, "cross_entropy").flat
        )
        rises.append(
            moved.loss(digits.train_x, digits.train_y, "cross_entropy")
            - net.loss(digits.train_x, digits.train_y, "cross_entropy")
        )
    return min(rises)


NUMBERS = {"rings_x": lambda: rings_gradient(3, 4)[0], "rings_y": lambda: rings_gradient(3, 4)[1]}

EXERCISES = [
    Choice(
        "ch01-s-level",
        "Why do the random walkers stay level?",
        "In the core page's first picture both walkers take steps of the same length. Why does the random one get nowhere?",
        options=[
            Option(
                "nearly every direction is almost level",
                correct=True,
                advice="No single random step changes the loss visibly, because a typical direction has only 1/√n of the full slope. (Where a solid line zigzags, the steps are too long: chapter 2.)",
            ),
            Option(
                "it goes far up and far down, and the two cancel",
                advice="Then the dashed lines would jump up and down. They are smooth: no single step does anything.",
            ),
            Option(
                "it stands in a valley, where the loss cannot fall",
                advice="The other walker starts at the very same place, and its loss falls with the first step.",
            ),
        ],
    ),
    Choice(
        "ch01-s-way",
        "Which direction is steepest?",
        "You stand at the dot. Along which of the four arrows does the height rise **fastest**?",
        options=[
            Option(
                "A",
                advice="It does climb. But a short step along B crosses more height: the top is far away, and the slope under your feet does not know of it.",
            ),
            Option(
                "B",
                correct=True,
                advice="Across the lines the next height is nearest: no other arrow climbs as much in the same short step.",
            ),
            Option(
                "C",
                advice="C runs along the line: there you gain nothing at all: that direction is level.",
            ),
            Option("D", advice="That is straight down: the numbers on the lines get smaller."),
        ],
    ),
    Number(
        "ch01-s-contour",
        "Arrow and line",
        "At which angle does the arrow cross the line of equal height through its point, in degrees?",
        answer=90,
        unit="degrees",
        mistakes=[
            Mistake(0, "Then you would walk along the line, and the height would not change."),
            Mistake(180, "Then you would walk along the line, backwards, and the height would not change."),
            Mistake(-90, "Which of the two comes first does not matter here: give the angle without a sign."),
            Mistake(45, "Look at a point where the line is nearly straight, such as x = 1, y = −3."),
        ],
        comment="At every point. Why, you will see below.",
    ),
    Choice(
        "ch01-s-short",
        "Where is the arrow short?",
        "Look for places where the arrow nearly disappears. What do you find there?",
        options=[
            Option(
                "tops, and nothing else",
                advice="Try x = 3, y = −1.5<!--exact--> as well: the bottom of the long valley.",
            ),
            Option(
                "tops and pits",
                advice="Two of three. Try x = −3, y = −2.5<!--exact-->, on the ridge at the left: down along x, but up along y.",
            ),
            Option(
                "tops, pits, and passes (up on two sides, down on the other two)",
                correct=True,
                advice="A length near 0 says *level here*, and not more: which of the three it is, the arrow does not tell. Passes: x = −3, y = −2.5<!--exact-->, where the ridge climbs slowly along y, both ways; and x = 3, y = 1.5<!--exact-->, between the two pits. That one looks like a top in the cuts: along x and along y it falls. It climbs askew (up and left, down and right), where no cut is drawn.",
            ),
            Option(
                "the places farthest from the tops",
                advice=f"Try the top itself, x = −3, y = 1.5<!--exact-->: there the arrow is short, too ({np.hypot(*HILLS.gradient((-3.0, 1.5))):.2f}).",
            ),
        ],
    ),
    Number(
        "ch01-s-partial",
        "A partial slope",
        r"The same hill, $f(x, y) = x^2 + 3y$, at (−1, 5). How large is $\partial f/\partial x$ there?",
        answer=-2,
        mistakes=[
            Mistake(1, "That is x², a part of the height. Its slope along x is 2x."),
            Mistake(3, "That is the slope along y. Hold y, and move x."),
            Mistake(4, "That is the slope at (2, 1). Put in x = −1."),
            Mistake(2, "Mind the sign: 2x, at x = −1."),
            Mistake(13, "That is 2x + 3y. For the slope along x, 3y does not matter: it stays as it is."),
            Mistake(-5, "Leave the slope along y out: 3y does not change when only x moves."),
            Mistake(16, "That is the height f(−1, 5). The slope along x is 2x, whatever y is."),
        ],
    ),
    Order(
        "ch01-s-directions",
        "From steepest up to steepest down",
        r"The gradient is still $g = (4, 3)$. Put these four directions into order, the largest slope first.",
        items=("along g", "along x", "at a right angle to g", "back along x"),
        mistakes=[
            Mistake(
                ("back along x", "at a right angle to g", "along x", "along g"),
                "The right order, from the other end: steepest up comes first.",
            ),
            Mistake(
                lambda order: order[0] == "back along x",
                "Back along x you go down: the slope is −4, the smallest of the four.",
            ),
            Mistake(
                lambda order: order[0] == "along x",
                "Along x the slope is 4. Along g it is the length of g: √(4² + 3²).",
            ),
            Mistake(
                lambda order: order[0] == "at a right angle to g",
                "At a right angle to g the cosine is 0: that direction is level, slope 0.",
            ),
            Mistake(
                lambda order: order.index("back along x") < order.index("at a right angle to g"),
                "At a right angle to g the slope is 0. Back along x it is −4, which is less.",
            ),
            Mistake(
                lambda order: order.index("at a right angle to g") < order.index("along x"),
                "At a right angle to g the slope is 0. Along x it is 4, which is more.",
            ),
        ],
        comment="The slopes are 5, 4, 0 and −4.",
    ),
    Choice(
        "ch01-s-differences",
        "Where will it come to rest?",
        r"""With *differences* each slope is measured from the point to 0.9<!--exact--> *ahead* of it, along $x$ and along $y$. Guess first: where does the walk from (2, 2) come to
rest then? (To see it: *Step* back to 0, choose *differences*, press ▶.)""",
        options=[
            Option(
                "on the top: it only makes a detour",
                advice="Press ▶, and read the true slope at the end: on a top it would be 0.",
            ),
            Option(
                "beside the top, below it",
                correct=True,
                advice="A difference is 0 when both of its ends are equally high: then the top lies between them, and the walk stands at one end.",
            ),
            Option(
                "nowhere: it circles around the top",
                advice="Each step is the difference itself. Is there a place beside the top where a difference is 0?",
            ),
            Option(
                "in a pit",
                advice="The differences begin in another direction than the slopes. But press ▶, and follow the height.",
            ),
        ],
    ),
    Number(
        "ch01-s-promise",
        "What is promised to the network that never learns?",
        r"""With PyTorch's defaults the gradient of the same network is only about 0.03<!--exact--> long. At the course's rate, 0.01<!--exact-->, by how much does
**one step** lower the loss, if the promise is kept?""",
        answer=0.01 * 0.03**2,
        rtol=0.15,
        mistakes=[
            Mistake(
                0.01 * 0.03, "That is the length of the step. The loss falls by the length of the step times the slope."
            ),
            Mistake(0.03**2, "Times the rate: the step is only 0.01<!--exact--> of the gradient."),
            Mistake(0.01 * 0.03**2 / 2, "No half: the promise is rate × length²."),
            Mistake(0.03, "That is the slope. The loss falls by the slope times the length of the step."),
            Mistake(0.0036, "That is what all four hundred steps of page 0 would promise together. One step?"),
            Mistake(
                0.25,
                "That is the promise of the little hill above, whose gradient is 5 long. Here it is 0.03<!--exact--> long.",
            ),
        ],
        comment="Written out, 0.000009<!--exact-->.",
        solution=r"""$0.01\cdot 0.03^2 = 9\cdot 10^{-6}$<!--exact-->. Four hundred such steps, one like the other, promise less than 0.004<!--exact-->; page 0's momentum makes a step at most ten times as long, so even then it is less than 0.04<!--exact-->, and the loss is 2.3<!--exact-->.""",
    ),
    Choice(
        "ch01-s-corner",
        "One number for two slopes",
        r"Which number would you write down as the slope along $y$ at (0, 0)?",
        options=[
            Option(
                "0.4<!--exact-->",
                advice="Then a step of 0.1<!--exact--> back would lower the height by 0.04<!--exact-->. It does not change it.",
            ),
            Option("0", advice="Then a step of 0.1<!--exact--> ahead would be level. It climbs by 0.04<!--exact-->."),
            Option(
                "0.2<!--exact-->, the mean",
                advice="That is wrong on both sides: ahead it is 0.4<!--exact-->, and behind 0.",
            ),
            Option(
                "none of them fits",
                correct=True,
                advice="One number cannot say both. Without a slope along y there is no second entry, and so no gradient.",
            ),
        ],
    ),
    Number(
        "ch01-q-slope",
        "One slope from two",
        r"At some point the gradient is (−6, 8). How steep is the direction $(0.6, 0.8)$<!--exact--> there?",
        answer=2.8,
        mistakes=[
            Mistake(
                10,
                "That is the slope in the steepest direction, the length of the gradient. Or you lost a minus: the sum is −3.6<!--exact--> + 6.4<!--exact-->.",
            ),
            Mistake(
                28,
                "Count the decimals: −6 · 0.6<!--exact--> is −3.6<!--exact-->, and 8 · 0.8<!--exact--> is 6.4<!--exact-->.",
            ),
            Mistake(
                14, "That adds the sizes of the two slopes. Multiply each by its entry of the direction, with its sign."
            ),
            Mistake(
                2, "−6 + 8 weighs both axes alike. Weigh each by the direction: 0.6<!--exact--> and 0.8<!--exact-->."
            ),
            Mistake(
                4.8,
                "That is 8 · 0.6<!--exact-->: pair the first entry with the first, −6 · 0.6<!--exact-->, and add both products.",
            ),
            Mistake(6.4, "That is the part of y. The part of x, −6 · 0.6<!--exact-->, comes on top."),
            Mistake(
                1.4, "That is the sum of the direction's entries. Multiply each by the slope along its axis first."
            ),
        ],
        hints=["Multiply entry by entry, then add.", "−6 · 0.6<!--exact--> = −3.6<!--exact-->."],
        solution=r"$-6\cdot 0.6 + 8\cdot 0.8 = -3.6 + 6.4 = 2.8$<!--exact-->: up, but far from the steepest slope, 10.",
        purpose="Two slopes know about every direction.",
    ),
    Choice(
        "ch01-q-direction",
        "Where does the arrow point?",
        r"You stand at (2, 2) and know the exact gradient there. What does its direction tell you?",
        options=[
            Option(
                "the way to the nearest top",
                advice="The arrow knows nothing of tops: it is built from slopes at one point. Set the widget to (2, 2): the arrow points up the map, and both tops lie far to the left.",
            ),
            Option(
                "the way to the highest point within one unit",
                advice="One unit is already too far: the surface bends, and the arrow was computed without looking there. It speaks about "
                "steps so short that the surface is a plane.",
            ),
            Option(
                "the direction of the fastest rise, for short steps",
                correct=True,
                advice="A statement about this point only: take the step, and ask again at the next point.",
            ),
            Option(
                "which of the axes is steeper, x or y: the arrow always lies on that one",
                advice="It weighs both axes: each slope is one component of the arrow. Only where one of the two slopes is 0 does it lie on an "
                "axis.",
            ),
        ],
        hints=[
            "What enters the formula of the gradient: the height somewhere else, or only slopes at the point?",
            "In the widget: which part of the ground do the two orange strokes touch?",
        ],
        solution=r"""The gradient at a point contains the slopes **at that point** and nothing else. The slope in the
direction $u$ is $\lVert g\rVert\cos\theta$, so of all directions the one along $g$ is the steepest: for a step short enough. How short, the arrow does
not say. That a walk still finds a top is the merit of asking again after every step.""",
        purpose="What an arrow was made of decides what it can say.",
    ),
    Code(
        "ch01-c-downhill",
        "One step down",
        r"""Take one step **straight downhill** from `point`, a step of exactly the given `length`. The gradient there is handed to you as `g`.
From (2, 1) with $g = (4, 3)$, a step of length 0.5<!--exact--> leads to (1.6<!--exact-->, 0.7<!--exact-->).""",
        stub="def downhill(point, g, length):\n    ...",
        reference=downhill,
        inputs=slopes,
        mistakes=[
            Mistake(
                lambda point, gradient, length: point + length * gradient / np.linalg.norm(gradient),
                "That is straight up: mind the sign.",
            ),
            Mistake(
                lambda point, gradient, length: point - length * gradient,
                "Your step is `length` times as long as the gradient. Divide by the gradient's own length first.",
            ),
            Mistake(
                lambda point, gradient, length: point - length * gradient / np.abs(gradient).sum(),
                "The sum of the sizes is not the length of an arrow: that is √(g₁² + g₂² + …), `np.linalg.norm(g)`.",
            ),
            Mistake(
                lambda point, gradient, length: point - length * np.sign(gradient),
                "Each entry moves by `length`: that is another direction, and a longer step. Keep the proportions of the gradient.",
            ),
            Mistake(
                lambda point, gradient, length: -length * gradient / np.linalg.norm(gradient),
                "That is the step. Add it to the point.",
            ),
        ],
        hints=[
            "A vector divided by its own length is 1 long, and points the same way.",
            "`np.linalg.norm(g)` is its length. Down is the opposite of the gradient.",
        ],
        solution=r"""```python
def downhill(point, g, length):
    return point - length * g / np.linalg.norm(g)
```

The first walker of the first picture takes such steps, 0.05<!--exact--> long, among 79,690<!--exact--> dimensions: the line is the same.""",
        purpose="Direction and length are two decisions. A step of gradient descent takes both from the gradient.",
    ),
    Code(
        "ch01-d-rings",
        "A gradient by hand",
        r"""Derive the two partial derivatives of

$$z(x, y) = 2\cos r + \tfrac{x}{2}, \qquad r = \sqrt{x^2 + y^2},$$

on paper, and write them as a function that returns the pair $(\partial z/\partial x,\ \partial z/\partial y)$. At (3, 4) it is (1.651<!--=rings_x-->, 1.534<!--=rings_y-->).""",
        stub="def rings_gradient(x, y):\n    r = np.hypot(x, y)\n    ...",
        reference=rings_gradient,
        inputs=pairs,
        mistakes=[
            Mistake(
                lambda x, y: (-2 * np.sin(np.hypot(x, y)) + 0.5, -2 * np.sin(np.hypot(x, y))),
                "The inner derivative is missing: r depends on x, with ∂r/∂x = x/r (and y/r along y). Multiply the slope of 2 cos r by it.",
            ),
            Mistake(
                lambda x, y: (
                    2 * np.sin(np.hypot(x, y)) * x / np.hypot(x, y) + 0.5,
                    2 * np.sin(np.hypot(x, y)) * y / np.hypot(x, y),
                ),
                "The sign of the first term is wrong: the derivative of cos r is −sin r.",
            ),
            Mistake(
                lambda x, y: (
                    -2 * np.sin(np.hypot(x, y)) * x / np.hypot(x, y),
                    -2 * np.sin(np.hypot(x, y)) * y / np.hypot(x, y),
                ),
                "The term x/2 has a slope too: 1/2 along x, 0 along y.",
            ),
            Mistake(
                lambda x, y: (-2 * np.sin(np.hypot(x, y)) * x + 0.5, -2 * np.sin(np.hypot(x, y)) * y),
                "∂r/∂x is x/r, not x: differentiate the square root as well as the x² below it.",
            ),
            Mistake(
                lambda x, y: (
                    -2 * np.sin(np.hypot(x, y)) * x / np.hypot(x, y) + 0.5,
                    -2 * np.sin(np.hypot(x, y)) * y / np.hypot(x, y) + 0.5,
                ),
                "Along y the term x/2 does not change: it adds 1/2 to the first slope only.",
            ),
        ],
        hints=[
            r"Chain rule: $\dfrac{\partial}{\partial x}\,2\cos r = -2\sin r\cdot\dfrac{\partial r}{\partial x}$.",
            r"$r^2 = x^2 + y^2$. Differentiate both sides by $x$: $2r\,\partial r/\partial x = 2x$.",
        ],
        solution=r"""From $r^2 = x^2 + y^2$ follows $\partial r/\partial x = x/r$ and $\partial r/\partial y = y/r$. Hence

$$\frac{\partial z}{\partial x} = -2\sin r\,\frac{x}{r} + \frac12, \qquad \frac{\partial z}{\partial y} = -2\sin r\,\frac{y}{r}.$$

```python
def rings_gradient(x, y):
    r = np.hypot(x, y)
    return -2 * np.sin(r) * x / r + 0.5, -2 * np.sin(r) * y / r
```

At the origin the hill has no corner, since $\sin r$ goes to 0 as fast as $r$: the gradient there is (1/2, 0). Only the code divides 0 by 0.""",
        purpose="The inner derivative, here x/r, becomes backpropagation in chapter 3.",
    ),
    Number(
        "ch01-i-random",
        "What is a random step worth?",
        r"""A network of a million parameters. How many times as long as a step along the gradient must a typical **random** step be, to change the loss as much? (Take the
ground as flat enough for both.)""",
        answer=1000,
        rtol=0.05,
        mistakes=[
            Mistake(1e6, "That is n. The squares of the shares are 1/n each. And the share itself?"),
            Mistake(PARAMETERS**0.5, "That is right for 79,690<!--exact--> parameters. Here there are a million."),
            Mistake(
                PARAMETERS,
                "That is the number of parameters on this page. Here there are a million, and the share is 1/√n.",
            ),
            Mistake(
                0.001,
                "That is the cosine: so much of the full slope a random direction has. How much longer must its step be?",
            ),
            Mistake(
                1,
                "A random direction is nearly level: its slope is the full one times cos θ, and a typical cos θ is 1/√n.",
            ),
        ],
        hints=[
            "Gain = length of the step × slope. How large is the slope along a typical random direction?",
            "The typical cosine is 1/√n.",
        ],
        solution=f"""The typical cosine is $1/\\sqrt{{n}} = 1/1000$<!--exact-->, so the step must be 1000<!--exact--> times as long; and half of the random ones go up. For the network of this page it is
1/282<!--exact--> = {PARAMETERS**-0.5:.4f}; the recorded directions have {measured_cosine():.4f}. See it grow:

```python
rng = np.random.default_rng(0)
for n in (10, 100, 1000):
    g, u = rng.standard_normal(n), rng.standard_normal((1000, n))
    cosines = u @ g / np.linalg.norm(u, axis=1) / np.linalg.norm(g)
    print(n, np.sqrt((cosines**2).mean()))
```""",
        purpose="It decides what a random step is worth in a large network.",
    ),
    Guess(
        "ch01-guess",
        "How far off is the arrow of the differences?",
        r"""D3's arrow is built from differences: move by 0.9<!--exact--> along $x$, then along $y$, and divide each change of height by 0.9<!--exact-->. How large is the
**angle between it and the gradient** at (2, 2), in degrees? (0: the same direction. 90: no help at
all. 180: exactly downhill.)""",
        answer=guess,
        unit="degrees",
        comment="The difference along x does not even get the sign right: it looks over a crest. One number, the width 0.9<!--exact-->, did this.",
    ),
    Choice(
        "ch01-s-slower",
        "Why does it slow down?",
        "Exact slopes, from (2, 2). The steps get shorter and shorter near the top. Who shortens them?",
        options=[
            Option(
                "nobody: a step is the rate times the gradient, and the gradient gets shorter",
                correct=True,
                advice="On a top the ground is level: the nearer the walk comes, the shorter its steps.",
            ),
            Option(
                "the rate, which falls with every step",
                advice="The rate is 1 on the whole walk. What else is in the product?",
            ),
            Option(
                "the walk, which knows that the top is near",
                advice="It knows the slopes at one point, and nothing of tops. Which of them changes near a top?",
            ),
        ],
    ),
    Number(
        "ch01-q-standstill",
        "A walk stands still",
        r"""A hill like a parabola, equally steep on both sides of its top. A walk with differences of width 0.45<!--exact-->, each from the point to 0.45<!--exact--> ahead of it,
has come to rest. How far from the top does it stand?""",
        answer=0.225,
        rtol=0.03,
        mistakes=[
            Mistake(0, "On the top the stroke ahead leads down: the difference is not 0 there, and the walk goes on."),
            Mistake(0.45, "That is where the stroke ends. The top lies between its two ends: where?"),
            Mistake(
                0.9,
                "That is the width of the walk above. Here the stroke is 0.45<!--exact--> wide, and the top lies inside it.",
            ),
        ],
        hints=[
            "It rests where its difference is 0. Draw the hill, and a level stroke with both ends on it.",
            "The hill is the same on both sides: where between the two ends is the top?",
        ],
        solution=r"""At rest both ends of the stroke are equally high, and the top is above its middle: $0.45/2 = 0.225$<!--exact--> ahead. Half the width, half as far; and since a
parabola falls with the square of the distance, a quarter of the height lost. Only for the exact slope does standing still mean level ground: a top, a pass or a pit.""",
        purpose="Training stands still as well. What that says depends on what has been measured.",
    ),
    Code(
        "ch01-c-central",
        "The central difference",
        r"""Write the central difference of a function of one number: the change of $f$ from $x - h$ to $x + h$, as a slope.""",
        stub="def central(f, x, h):\n    ...",
        reference=central,
        inputs=lambda rng: [
            (f, rng.uniform(0.2, 1.2), h) for f in (np.sin, np.exp, np.cos, np.tanh) for h in (0.1, 0.01)
        ],
        mistakes=[
            Mistake(
                lambda f, x, h: (f(x + h) - f(x - h)) / h,
                "Twice too steep: from x − h to x + h the run is 2h, not h.",
            ),
            Mistake(
                lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h,
                "`/ 2 * h` divides by 2 and then multiplies by h: write `/ (2 * h)`.",
            ),
            Mistake(
                lambda f, x, h: (f(x + h) - f(x)) / h,
                "That is the forward difference: its chord lies on one side of x. Go h back as well.",
            ),
            Mistake(
                lambda f, x, h: (f(x) - f(x - h)) / h,
                "That is the backward difference: its chord lies on one side of x. Go h ahead as well.",
            ),
            Mistake(
                lambda f, x, h: f(x + h) - f(x - h),
                "That is the change of height. A slope is the change divided by the run, here 2h.",
            ),
            Mistake(
                lambda f, x, h: (f(x + h / 2) - f(x - h / 2)) / h,
                "A central difference, but of half the width: here h is the distance to each side, so the points are x − h and x + h.",
            ),
        ],
        hints=[
            "A slope is rise over run. What is the run from $x - h$ to $x + h$?",
            "Two calls of `f`, one subtraction, one division.",
        ],
        solution=r"""```python
def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)
```

The errors of the two halves, $\pm\frac{h}{2}f''$, cancel; what is left is $\frac{h^2}{6}f'''$. Hence the slope 2 in the figure of the three errors.""",
        purpose="For the same two evaluations the error becomes h² instead of h (for a gradient: 2n evaluations against n + 1). "
        "It is the usual way to check a gradient.",
    ),
    Code(
        "ch01-c-complex",
        "The complex step",
        r"""Write the whole gradient of $f$, a function of an array of $n$ numbers, by the complex step: for each entry $i$, add $10^{-30}\,\mathrm i$<!--exact--> to
that entry alone and read the slope off the imaginary part of $f$.""",
        stub="def complex_gradient(f, x):\n    h = 1e-30\n    ...",
        reference=complex_gradient,
        inputs=lambda rng: [(f, rng.uniform(-1.0, 1.0, size=n)) for f in (bowl, wave) for n in (1, 3)],
        mistakes=[
            Mistake(
                lambda f, x: complex_gradient(f, x, part=np.abs),
                "np.abs mixes the height into the slope and forgets the sign: it is not analytic. Keep everything complex and take `.imag`.",
            ),
            Mistake(
                lambda f, x: complex_gradient(f, x, part=np.real),
                "The real part is the height; the slope sits in the imaginary part, `.imag`.",
            ),
            Mistake(
                lambda f, x: complex_gradient(f, x, scale=1.0),
                "Divide by h: the imaginary part is h times the slope.",
            ),
            Mistake(
                lambda f, x: complex_gradient(f, x, direction=lambda n, i: np.ones(n)),
                "All entries moved at once: that is the slope in the direction (1, 1, …), the sum of the partial derivatives. Move one at a time.",
            ),
            Mistake(
                lambda f, x: complex_gradient(f, x, direction=lambda n, i: np.arange(n) <= i),
                "Entry 0 is still moved when you reach entry 1: begin with a fresh copy for every entry.",
            ),
        ],
        hints=[
            "An array of floats cannot hold an imaginary part: begin with `moved = x.astype(complex)`, fresh for every entry.",
            r"For small $h$: $f(x + \mathrm i h) = f(x) + \mathrm i h f'(x) - \dots$, so the slope is `f(moved).imag / h`.",
        ],
        solution=r"""```python
def complex_gradient(f, x):
    h = 1e-30
    gradient = np.zeros(len(x))
    for i in range(len(x)):
        moved = x.astype(complex)
        moved[i] += 1j * h
        gradient[i] = f(moved).imag / h
    return gradient
```

No two nearly equal numbers are subtracted, so nothing cancels, and $h$ may be as small as you like. The price: `f` must be analytic all the
way. `np.abs` and casts to float lose the imaginary part. At a kink, such as `max` or a comparison, decide by the real part alone.""",
        purpose="This is the check that the companion's own slopes have to pass.",
    ),
    Number(
        "ch01-i-width",
        "A width that wins only at first",
        r"""Ascents from (0, 0), rate 1, chords of width $h$ between 0.01 and 0.9<!--exact-->. **Which $h$ ends highest after ten steps?** Find it to within about 0.03<!--exact-->
with `walk(HILLS, (0, 0), steps=10, direction="up", slope="forward", step=h)`. Then try the same widths with 500 steps, and explain
the difference to yourself before you open the solution.""",
        answer=best_width,
        rtol=0.2,
        mistakes=[
            Mistake(
                0.01,
                "That is the best of them after 500 steps. After ten, the walk is still on its way, and something else counts: how far it has come.",
            ),
            Mistake(
                0.1,
                "The best of the widths in the explorer. Scan between them: the highest end lies between 0.1 and 0.5<!--exact-->.",
            ),
            Mistake(0.9, "D3's width: after ten steps it ends lowest of all. Scan the smaller ones."),
            Mistake(0.5, "Too wide: after ten steps it ends lower than width 0.1<!--exact-->. Scan between the two."),
        ],
        hints=[
            "`widths = np.arange(1, 91) / 100`, one walk for each, `path.values[-1]`, then `np.argmax`.",
            "With 500 steps the order is simple: the narrower, the higher. So at ten steps something must speak *for* wider chords. Where does each "
            "walk stand in $x$ after ten steps, and where is it heading?",
        ],
        solution=f"""Around {best_width():.2f}, at height {height(best_width()):.4f}; width 0.01<!--exact--> reaches {height(0.01):.4f}. With 500 steps the order is
that of the widths: {height(0.01, 500):.5f} for 0.01<!--exact-->, {height(best_width(), 500):.3f} for {best_width():.2f}.

Near a top the slopes shrink with the way that is left. The walk with narrow chords heads for the top itself, and slows down before it. The walk with
wide chords heads for a place half a width *beyond* the top in $x$, so it still has some way to go and keeps its speed. After ten steps nobody has
arrived, and the walk with the more distant goal is ahead. A result at one fixed number of steps cannot tell a good
direction from a long step: compare where the walks settle as well.

```python
widths = np.arange(1, 91) / 100
ends = [walk(HILLS, (0, 0), steps=10, direction="up", slope="forward", step=h).values[-1] for h in widths]
widths[np.argmax(ends)]
```""",
        purpose="What wins a short race need not be right: the same trap waits whenever two optimisers are compared after a few steps.",
    ),
]

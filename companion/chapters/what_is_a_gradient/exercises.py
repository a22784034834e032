"""Exercises of chapter 1: direction, a chain rule, two ways to a slope, a standstill, a width that wins only at first."""

import numpy as np

from companion import gradcheck
from companion.descent import walk
from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option
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


EXERCISES = [
    Guess(
        "ch01-guess",
        "How far off is the arrow?",
        r"""Document D3 draws an arrow at a point of a hilly surface from two *chords*: it moves 0.9<!--exact--> to the side along $x$, then
along $y$, and divides each change of height by 0.9<!--exact-->. The true gradient uses the slopes of the surface at the point itself.
At $(2, 2)$, how large is the **angle between the two arrows**, in degrees? (0: the same direction. 90: no help at all. 180: exactly
downhill.)""",
        answer=guess,
        unit="degrees",
        comment="The chord along x does not even get the sign right: it looks over a crest. One number, the width 0.9<!--exact-->, did this.",
    ),
    Choice(
        "ch01-q-direction",
        "Where does the arrow point?",
        r"You stand at $(2, 2)$ and know the exact gradient there. What does its direction tell you?",
        options=[
            Option(
                "the way to the nearest top",
                advice="The arrow knows nothing of tops: it is built from slopes at one point. Measure the angle between the gradient at "
                "(2, 2) and the line to the top where the exact walk ends.",
            ),
            Option(
                "the way to the highest point within one unit",
                advice="One unit is already too far: the surface bends, and the arrow was computed without looking there. It speaks about "
                "steps so short that the surface is a plane.",
            ),
            Option(
                "the direction in which the height rises fastest, for a step short enough",
                correct=True,
                advice="A statement about this point only: take the step, and ask again at the next point.",
            ),
            Option(
                "the axis, x or y, along which the slope is larger",
                advice="It weighs both axes: each slope is one component of the arrow. Only where one of the two slopes is 0 does it lie on an "
                "axis.",
            ),
        ],
        hints=[
            "What enters the formula of the gradient: the height somewhere else, or only slopes at the point?",
            "Round 2 measures the slope in 72 directions. Of which point are these slopes?",
        ],
        solution=r"""The gradient at a point contains the slopes **at that point** and nothing else. By Cauchy–Schwarz the slope in the
direction $u$ is $\lvert g\rvert\cos\theta$, so of all directions the one along $g$ is the steepest: for a step short enough. How short, the arrow does
not say. That the ascent still finds a top is the merit of asking again after every step.""",
        purpose="A gradient is local: it is the most common thing to forget about it.",
    ),
    Code(
        "ch01-d-rings",
        "A gradient by hand",
        r"""Derive the two partial derivatives of

$$z(x, y) = 2\cos r + \tfrac{x}{2}, \qquad r = \sqrt{x^2 + y^2},$$

on paper, and write them as a function that returns the pair $(\partial z/\partial x,\ \partial z/\partial y)$.""",
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

Here the origin is harmless: $\sin r$ goes to 0 as fast as $r$, so that the first term vanishes there instead of making a cone.""",
        purpose="The inner derivative x/r is where most slips with this surface happen; in chapter 3 it becomes backpropagation.",
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

The errors of the two halves, $\pm\frac{h}{2}f''$, cancel; what is left is $\frac{h^2}{6}f'''$. Hence the slope 2 in the figure of round 3.""",
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
    Choice(
        "ch01-q-standstill",
        "A walk stands still",
        r"An ascent with chords of width 0.9<!--exact--> has not moved for a hundred steps. What do you know?",
        options=[
            Option(
                "it is on a top",
                advice="Then the exact slope would be 0 there, and in round 4 it is not: the walk stands half a width beside the top.",
            ),
            Option(
                "the slopes that it follows are 0 at this place; for chords that is not the gradient",
                correct=True,
                advice="A chord is level when its two ends are equally high: the top lies somewhere between them.",
            ),
            Option(
                "it needs more steps",
                advice="Each further step is the rate times the same zero: 500 steps and 5,000 end at the same place.",
            ),
            Option(
                "the gradient has vanished",
                advice="The chord has, the gradient has not: compute `HILLS.gradient` at the end of the walk and look at its length.",
            ),
        ],
        hints=[
            "Draw one crest and a level chord under it. Where is the left end of the chord?",
            "What does the walk add at each step: the exact gradient, or what it takes for the gradient?",
        ],
        solution=r"""A walk stands still where the slope *it uses* is 0. For a chord of width $h$ that is where the surface is equally high at $x$ and $x + h$: the
top is about $h/2$ further on, above the middle of the chord, and the height lost grows with $h^2$. Only for the exact gradient does standing still mean a critical point: a top, a
saddle or a pit.""",
        purpose="Stopped is not the same as optimal; in chapter 2 a vanishing gradient makes the same impression.",
    ),
    Number(
        "ch01-i-width",
        "A width that wins only at first",
        r"""Ascents from $(0, 0)$, rate 1, chords of width $h$ between 0.01 and 0.9<!--exact-->. **Which $h$ ends highest after ten steps?** Find it to within about 0.03<!--exact-->
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

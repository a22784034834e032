"""Exercises of chapter 13: the questions along its page, then Adam by hand and in code, a schedule, and which kind is this."""

import numpy as np

from companion.chapters.optimisers.deeper_exercises import DEEPER
from companion.chapters.optimisers.questions import QUESTIONS, moved
from companion.practice.checker import Choice, Code, Mistake, Number, Option
from companion.schedules import step_decay

# --- Adam: the reference and its expected mistakes -----------------------------------------------------------------


def adam(gradient, w, rate, steps, *, corrected=True, inside=False, square=True, both=(0.9, 0.999), eps=1e-8):
    m, v = np.zeros_like(w), np.zeros_like(w)
    for k in range(1, steps + 1):
        g = gradient(w)
        m = both[0] * m + (1 - both[0]) * g
        v = both[1] * v + (1 - both[1]) * (g**2 if square else abs(g))
        m_hat, v_hat = (m / (1 - both[0] ** k), v / (1 - both[1] ** k)) if corrected else (m, v)
        root = np.sqrt(v_hat + eps) if inside else (np.sqrt(v_hat) if square else v_hat) + eps
        w = w - rate * m_hat / root
    return w


def slopes(rng):
    """Bowls with curvatures over ten decades: some gradients lie below ε, some below √ε."""
    cases = []
    for steps in (1, 3, 50):
        curvature = 10.0 ** rng.uniform(-9, 1, size=6)
        cases.append((lambda w, curvature=curvature: curvature * w, rng.normal(size=6), 0.01, steps))
    return cases


def once(gradient, w, rate, steps):
    """The gradient of the start, at every step."""
    start = gradient(w)
    return adam(lambda _: start, w, rate, steps)


# --- a warm-up -----------------------------------------------------------------------------------------------------


def warm(step, rate, steps):
    return rate * min(1.0, (step + 1) / steps)


def plans(rng):
    rate, steps = float(rng.uniform(0.01, 1)), int(rng.integers(5, 40))
    return [(step, rate, steps) for step in (0, 1, steps // 2, steps - 1, steps, 3 * steps)]


NUMBERS = {
    "first_uncorrected": lambda: 0.1 / np.sqrt(0.001),
    "listing_end": lambda: step_decay(0.1, every=30)(95),
    "three_quarters": lambda: moved("adam", [3e-6] * 100, rate=0.01, eps=1e-6),
}

EXERCISES = [
    *QUESTIONS,
    Number(
        "ch13-q-distance",
        "How far?",
        r"""Adam with $\epsilon = 10^{-6}$<!--exact--> and rate 0.01<!--exact-->. A weight's gradient is $3 \cdot
10^{-6}$<!--exact-->
at every step. How far does it move in 100<!--exact--> steps?""",
        answer=lambda: moved("adam", [3e-6] * 100, rate=0.01, eps=1e-6),
        rtol=0.01,
        comment="g / (g + ε) = 3/4 of the rate, a hundred times.",
        mistakes=[
            Mistake(1.0, "That is without ε. It stands below the line too: g / (g + ε)."),
            Mistake(0.25, "That is ε / (g + ε). The gradient stands on top."),
            Mistake(75.0, "That is in rates. Times the rate, 0.01<!--exact-->."),
            Mistake(0.0075, "That is one step. There are 100<!--exact--> of them."),
            Mistake(3e-6, "That is SGD, rate × gradient. Adam divides the gradient by its own size first."),
            Mistake(3.0, "You divided the gradient by ε alone. Below the line stands g + ε."),
            Mistake(0.5, "That is for a gradient as large as ε. This one is three times as large."),
        ],
        hints=["A steady gradient has m = g and √v = g.", "One step is rate · g / (g + ε)."],
        solution=r"$100 \cdot 0.01 \cdot \dfrac{3}{3 + 1} = 0.75$<!--=three_quarters-->.",
        purpose="The whole law in one line.",
    ),
    Number(
        "ch13-d-first",
        "The first step, uncorrected",
        r"""Leave the two divisions by $1 - 0.9^k$<!--exact--> and $1 - 0.999^k$<!--exact--> out of Adam (and forget ε). How
long is the
**first**
step then, in rates?""",
        answer=lambda: 0.1 / np.sqrt(0.001),
        rtol=0.01,
        comment="The two averages begin at 0 and fill at different speeds: m is a tenth of g, √v only a thirty-second part.",
        mistakes=[
            Mistake(1.0, "That is with the divisions. Without them m is 0.1<!--exact--> g after one step. And v?"),
            Mistake(100.0, "v is 0.001<!--exact--> g². You forgot its root."),
            Mistake(0.1, "That is m. It is still divided by the root of v."),
            Mistake(lambda: np.sqrt(0.001) / 0.1, "You turned the fraction round: m stands on top."),
            Mistake(lambda: 0.1 / 0.001**2, "v is 0.001<!--exact--> g²; take its root."),
            Mistake(10.0, "That would be 1 / 0.1<!--exact-->. What is the root of 0.001<!--exact-->?"),
        ],
        hints=[
            "After one step m is 0.1<!--exact--> g and v is 0.001<!--exact--> g².",
            "Divide m by the root of v; g cancels.",
        ],
        solution=r"$\dfrac{0.1\,g}{\sqrt{0.001\,g^2}} = \dfrac{0.1}{0.0316} = 3.16$<!--=first_uncorrected-->: three times too "
                 r"long, in every "
        "weight at once. With the divisions it is one rate.",
        purpose="Why the two divisions are there.",
    ),
    Number(
        "ch13-q-schedule",
        "After ninety-five epochs",
        r"""A listing that is to *raise* the rate sets it to 0.1<!--exact--> and hands it to PyTorch's `StepLR` with
`step_size=30, gamma=0.1`: after every 30<!--exact--> epochs the rate is multiplied by 0.1<!--exact-->. What is it after
95<!--exact--> epochs?""",
        answer=lambda: step_decay(0.1, every=30)(95),
        rtol=0.001,
        comment="Three times a tenth of a tenth: this schedule only ever lowers the rate.",
        mistakes=[
            Mistake(0.1, "It is multiplied by a tenth after 30, after 60 and after 90<!--exact--> epochs."),
            Mistake(0.001, "That is after 60<!--exact--> epochs. At 90<!--exact--> there is one more tenth."),
            Mistake(
                0.01,
                "That is after 30<!--exact--> epochs. Two more tenths follow, at 60<!--exact--> and at 90<!--exact-->.",
            ),
            Mistake(1e-5, "It starts at 0.1<!--exact--> and is multiplied three times, not four."),
            Mistake(100.0, "You multiplied by ten each time. A gamma of 0.1<!--exact--> lowers the rate."),
            Mistake(0.3 * 0.1, "It is multiplied by 0.1<!--exact--> three times, not by 0.3<!--exact-->."),
        ],
        hints=[
            "How often is 95<!--exact--> a full 30<!--exact-->?",
            "Multiply 0.1<!--exact--> by 0.1<!--exact--> so many times.",
        ],
        solution=r"Three full thirties: $0.1 \cdot 0.1^3 = 0.0001$<!--=listing_end-->.",
        purpose="Read what a schedule does, not what it is said to do.",
    ),
    Choice(
        "ch13-i-kind",
        "Which kind is this?",
        r"""A network of twenty layers stays at the loss of guessing with SGD. Before its first step you measure:

- layer 1 is told $10^{-8}$<!--exact--> (rms of $\partial W_1$), a healthy network $10^{-2}$<!--exact-->;
- between two digits its outputs differ by 40 %<!--exact--> of their size;
- of the directions, the most and the least stretched differ by a factor of 100<!--exact-->, as in a network that trains well.

Which remedy is the **cheapest** that will do?""",
        options=[
            Option(
                "Another activation.",
                advice="That is for a signal that is lost. Here two digits still look different at the top.",
            ),
            Option(
                "Orthogonal weights.",
                advice="They are for directions that are squeezed. Here the factor is that of a network that trains well.",
            ),
            Option(
                "Larger starting weights, or Adam.",
                correct=True,
                advice="Only the scale is wrong: everything that matters still arrives, too small. One number a layer at the "
                       "start repairs "
                "it; Adam does too, a little later.",
            ),
            Option(
                "Ten million times the rate.",
                advice="One rate is for all parameters. The last layer's biases are told enough as it is, and would be thrown "
                       "far away.",
            ),
        ],
        hints=[
            "Which of the three numbers is unlike that of a network that trains?",
            "Only the first. So what is wrong, and what is not?",
        ],
        solution="Only the scale is wrong (the first of the three kinds). Draw the weights larger: a factor of about two in "
                 "each of the twenty "
        "layers. If you cannot change the start, Adam will do, with an ε well below what the layers are told.",
        purpose="Three numbers before you reach for a remedy.",
    ),
    Code(
        "ch13-c-adam",
        "Write Adam",
        r"""Write Adam for an array of weights. `gradient(w)` returns their gradients, an array like `w`. Take `steps` steps
with the rate
`rate`, β's of 0.9<!--exact--> and 0.999<!--exact--> and $\epsilon = 10^{-8}$<!--exact-->, and return the last `w`.""",
        stub="def adam(gradient, w, rate, steps):\n    ...",
        reference=adam,
        inputs=slopes,
        rtol=1e-9,
        mistakes=[
            Mistake(
                lambda *given: adam(*given, corrected=False),
                "The two averages begin at 0. Divide each by 1 − β^k, with k = 1 at the first step.",
            ),
            Mistake(
                lambda *given: adam(*given, inside=True),
                "ε stands inside the root. PyTorch has it outside, √v + ε. Inside, it counts for far larger gradients.",
            ),
            Mistake(
                lambda *given: adam(*given, square=False), "*v* is the average of the *squares*, and its root is taken."
            ),
            Mistake(lambda *given: adam(*given, eps=0.0), "The ε is missing below the line."),
            Mistake(
                lambda *given: adam(*given, both=(0.999, 0.9)),
                "The two β's are exchanged: the average of the squares is the slower one.",
            ),
            Mistake(once, "Ask for the gradient again at every step: it changes as the weights move."),
            Mistake(
                lambda gradient, w, rate, steps: adam(gradient, w, rate, min(steps, 1)),
                "Only one step is taken: is the `return` inside the loop?",
            ),
            Mistake(
                lambda gradient, w, rate, steps: adam(gradient, w, -rate, steps),
                "You walk uphill: subtract the step.",
            ),
        ],
        hints=[
            "The twelve lines above do it for one weight. With arrays, begin with `np.zeros_like(w)`.",
            "Ask for `g = gradient(w)` inside the loop; count the steps from 1.",
        ],
        solution="""```python
def adam(gradient, w, rate, steps):
    m, v = np.zeros_like(w), np.zeros_like(w)
    for k in range(1, steps + 1):
        g = gradient(w)
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        w = w - rate * (m / (1 - 0.9**k)) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)
    return w
```""",
        purpose="The optimiser that most networks are trained with, in eight lines.",
    ),
    Code(
        "ch13-c-warm-up",
        "Write a warm-up",
        r"""A *warm-up* lets the rate grow evenly over the first `steps` steps: after the pattern of $\frac1n, \frac2n,
\dots, 1$ times `rate`, and
`rate` from then on. Steps are counted from 0. Write the rate at `step`.""",
        stub="def warm_up(step, rate, steps):\n    ...",
        reference=warm,
        inputs=plans,
        rtol=1e-12,
        mistakes=[
            Mistake(
                lambda step, rate, steps: rate * min(1.0, step / steps),
                "At step 0 the rate would be 0: the first step moves nothing. Begin with 1/n.",
            ),
            Mistake(
                lambda step, rate, steps: 0.0 * step,
                "The rate is 0 for ever: whole-number division (`//`) of a step by more steps gives 0. Use `/`.",
            ),
            Mistake(
                lambda step, rate, steps: rate * (step + 1) / steps,
                "It goes on growing. From the last step of the warm-up on the rate stays as it is: take the smaller of it and 1.",
            ),
            Mistake(
                lambda step, rate, steps: rate / steps,
                "That is the first rate, for ever. It grows with `step`.",
            ),
            Mistake(
                lambda step, rate, steps: rate * max(0.0, 1 - step / steps),
                "That falls. A warm-up grows first.",
            ),
        ],
        hints=["The share at step k is (k + 1) / n, and never more than 1.", "`min(1, …)`"],
        solution="""```python
def warm_up(step, rate, steps):
    return rate * min(1, (step + 1) / steps)
```""",
        purpose="Where the first steps are the dangerous ones, this is the usual cure; the deeper page has a case.",
    ),
    *DEEPER,
]

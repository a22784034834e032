"""Small questions along the pages of chapter 2, in their order: predict, move, check."""

import numpy as np

from companion.chapters.gradient_descent.valleys import nearest, valleys
from companion.practice.checker import Choice, Guess, Mistake, Number, Option
from companion.runs import load
from companion.surfaces import landscape

LANDSCAPE = landscape(1)
VALLEYS = valleys(LANDSCAPE, 45, 130)
HOME, NEXT, SHARP = (nearest(VALLEYS, x) for x in (58, 67, 91))
SLOPE = -float(LANDSCAPE.gradient(58.0))


def longest_rate():
    """Of the rates 0.01, 0.02, …, the largest at which twenty steps in the bowl 2x² end no further out than they began."""
    rates = np.arange(1, 101) / 100
    x = np.ones(100)
    for _ in range(20):
        x = x - rates * 4 * x
    return rates[abs(x) <= 1].max()


def moved(variant):
    """By what share of its size layer 1 of the course's own network has moved at the last step recorded: median of the seeds."""
    rows = load("ch02-course-network").where(variant=variant).rows
    last = max(len(row["moved"]) for row in rows)
    return 10 ** np.median([row["moved"][-1][0] for row in rows if len(row["moved"]) == last])


def changed(variant):
    """What share of layer 1 the last recorded step changes: median of the seeds still running."""
    rows = load("ch02-course-network").where(variant=variant).rows
    last = max(len(row["update"]) for row in rows)
    return 10 ** np.median([row["update"][-1][0] for row in rows if len(row["update"]) == last])


NUMBERS = {
    "faint_step": lambda: 0.001 * SLOPE,
    "way_frozen": lambda: 100 * 20 * 0.001 * SLOPE / (HOME.x - 58),
    "faint": lambda: max(changed("rate-1e-05"), changed("rate-0.1")),
    "slope_start": lambda: -SLOPE,
    "slope_size": lambda: SLOPE,
    "next": lambda: NEXT.x,
    "bend_91": lambda: SHARP.curvature,
    "product_58": lambda: 5.5 * HOME.curvature,
    "product_91": lambda: 5.5 * SHARP.curvature,
    "limit_91": lambda: SHARP.largest_rate,
    "moved_good": lambda: 100 * moved("rate-0.003"),
    "moved_large": lambda: moved("rate-0.1"),
}

QUESTIONS = [
    Choice(
        "ch02-s-stalled",
        "Three times as fast?",
        r"A friend's network of this kind learns well at rate 0.01<!--exact-->. You take 0.03<!--exact-->, to be three times as "
        r"fast. What do you expect?",
        options=[
            Option(
                "It learns, three times as fast.",
                advice="Longer steps gain more only up to a limit. In the next picture, look at the column of 0.03<!--exact-->.",
            ),
            Option(
                "It learns, but ends a little worse.",
                advice="In the next picture, how many of the ten networks at 0.03<!--exact--> are filled dots?",
            ),
            Option(
                "Most likely it no longer learns well.",
                correct=True,
                advice="On this side the change is sudden: three times too far, and few get through.",
            ),
        ],
    ),
    Guess(
        "ch02-guess",
        "How long may a step be?",
        r"""The simplest valley that there is: one parameter $x$, and the loss $2x^2$. You stand at $x = 1$, where the
slope is 4<!--exact-->; at any $x$ it is $4x$.
One step leads to $x - \eta \cdot 4x$. **Up to which learning rate** $\eta$ does the walk still come closer to the bottom,
at 0?""",
        answer=longest_rate,
        comment="A step of rate 0.25<!--exact--> lands on the bottom. At twice that rate it lands just as far away on the other "
        "side, and so does the next.",
        purpose="Commit to a number before you look: the difference is what you learn.",
    ),
    Number(
        "ch02-s-creep",
        "Twenty faint steps",
        r"""As drawn, the slope at 58 is −0.546<!--=slope_start-->. With *a thousandth* of it and rate 1, how far
does the parameter move in 20<!--exact--> steps? (About.)""",
        answer=lambda: 20 * 0.001 * SLOPE,
        rtol=0.1,
        comment="Each step is about 0.00055<!--=faint_step--> long: 20 of them are 0.5<!--=way_frozen--> % of the way to the "
        "bottom.",
        mistakes=[
            Mistake(
                lambda: -20 * 0.001 * SLOPE,
                "The size is right. The sign: a step *subtracts* rate × slope, and this slope is negative.",
            ),
            Mistake(lambda: 0.001 * SLOPE, "That is one step. The walk takes 20 of them, all about equally long."),
            Mistake(lambda: SLOPE, "That is the slope as drawn. Here it is a thousandth of that, and there are 20 steps."),
            Mistake(1.0, "That is the rate. One step is rate × slope, and there are 20."),
            Mistake(0.02, "That is 20 thousandths. The slope, 0.546<!--=slope_size--> as drawn, multiplies each step too."),
            Mistake(lambda: 20 * SLOPE, "You left out the thousandth: it multiplies the slope, and so each step."),
            Mistake(
                0.001, "That is a thousandth. The slope is a thousandth *of* 0.546<!--=slope_size-->, and there are 20 steps."
            ),
            Mistake(
                58.0,
                "That is where it stands, about. How far has it *moved* from 58? (A step subtracts; it does not shrink it to 0.)",
            ),
            Mistake(lambda: HOME.x - 58, "That is the whole way to the bottom. How long is one step?"),
        ],
    ),
    Choice(
        "ch02-s-arrived",
        "Arrived: is that good?",
        "On this landscape, at rate 1, the walk from 58 comes to rest. What has it gained?",
        options=[
            Option(
                "All there is to gain: the slope is 0 now.",
                advice="The slope says that no *small* step helps here. The picture shows how low the loss is elsewhere.",
            ),
            Option(
                "Little: it rests in a shallow dip, high above the lowest bottom.",
                correct=True,
                advice="Arriving is one thing, improving another. Descent finds the nearest bottom, good or bad.",
            ),
            Option(
                "Nothing: it has not moved.", advice="It has moved by more than 2. Compare the loss before and after."
            ),
        ],
    ),
    Choice(
        "ch02-s-where",
        "Where does it stop settling?",
        "Loss as drawn, start 58. Which is the first of these rates at which the walk does *not* come to rest in the dip at 60?",
        options=[
            Option("4", advice="At 4 it jumps from side to side, but each time closer, and soon it rests."),
            Option("5.5<!--exact-->", advice="There it jumps from side to side too, but each time closer: at step 20 it rests."),
            Option(
                "6.5<!--exact-->",
                correct=True,
                advice="It jumps between two points and comes no closer: between 5.5<!--exact--> and 6.5<!--exact--> is a "
                "limit. At 8 it "
                "is thrown into the next valley.",
            ),
            Option("8", advice="At 8 it has left for another valley, true. But what does it do at 6.5<!--exact-->?"),
        ],
    ),
    Number(
        "ch02-s-factor",
        "Two steps",
        r"""The bowl with $H = 4$ again, rate 0.45<!--exact-->, from $x = 1$. Where is the walk after **two** steps?""",
        answer=lambda: (1 - 0.45 * 4) ** 2,
        rtol=0.005,
        comment="The factor is 1 − 0.45<!--exact--> · 4 = −0.8<!--exact-->: the walk has changed sides twice, and stands closer.",
        mistakes=[
            Mistake(-0.8, "That is where it is after one step. The second multiplies by the same factor."),
            Mistake(0.8, "That is the size after *one* step; it stands at −0.8<!--exact--> then. Multiply once more."),
            Mistake(0.1, "You took the rate off twice. A step takes off rate × slope, and the slope is 4x."),
            Mistake(0.55, "You took off the rate alone. A step takes off rate × slope, and the slope at 1 is 4."),
            Mistake(-1.6, "Each step *multiplies* by the factor 1 − ηH; you added two of them."),
            Mistake(0.36, "That is two steps at rate 0.1<!--exact-->. Here the rate is 0.45<!--exact-->."),
            Mistake(0.3025, "You took 1 − η for the factor. It is 1 − η·H, with H = 4."),
            Mistake(
                1.0,
                "It would be back at 1 if the factor were −1, at rate 0.5<!--exact-->. Here it is 1 − 0.45<!--exact--> · 4.",
            ),
            Mistake(-0.64, "The size is right. What is the sign of a negative number times itself?"),
        ],
    ),
    Number(
        "ch02-s-flat",
        "Which valley can hold it?",
        r"""At rate 8 the walk from 58 is thrown out, happens to land in the next valley, and comes to rest there, at
67.28<!--=next-->. So the
curvature there is **below which number**?""",
        answer=lambda: 2 / 8,
        rtol=0.005,
        comment="It rests, so rate × curvature is below 2, and the rate is 8.",
        mistakes=[
            Mistake(
                0.125,
                "That is 1/8, where the walk would be fastest. It still settles up to twice as large a curvature.",
            ),
            Mistake(
                lambda: HOME.largest_rate,
                "That is the largest *rate* of the first valley. Asked is a curvature, that of the second.",
            ),
            Mistake(0.5, "Then rate × curvature would be 4, twice too much. It may be up to 2."),
            Mistake(0.2, "There the walk rests, and a little above as well: up to rate × curvature = 2."),
            Mistake(2.0, "The *product* rate × curvature must stay below 2, and the rate is 8."),
            Mistake(1.0, "Then rate × curvature would be 8. It may be up to 2."),
            Mistake(4.0, "You divided 8 by 2. The limit is rate × curvature = 2: solve for the curvature."),
            Mistake(16.0, "You multiplied. The limit is rate × curvature = 2: solve for the curvature."),
            Mistake(
                lambda: HOME.curvature,
                "That is the curvature of the valley that threw it out. This one must be flatter.",
            ),
            Mistake(8.0, "That is the rate. Which curvature times 8 makes just 2?"),
            Mistake(0.3, "That is nearly the curvature of the valley that threw it out: times 8 it is above 2."),
        ],
    ),
    Choice(
        "ch02-s-small",
        "The gradient is nearly 0",
        "A network's training has stopped with a tiny gradient. Which *one* number tells you most about whether it has arrived?",
        options=[
            Option(
                "The gradient, to more digits.",
                advice="Both walks above have about the same slope, and one has not begun. More digits do not part them.",
            ),
            Option(
                "How far the loss has fallen below that of guessing.",
                correct=True,
                advice="A network that has arrived somewhere has learned on its way. One that is frozen still guesses.",
            ),
            Option(
                "How small the parameters are.",
                advice="A vanishing gradient does not shrink them: they are what they were when it began.",
            ),
        ],
    ),
    Choice(
        "ch02-s-side",
        "Too small or too large?",
        "A network of this kind is at the loss of guessing after 400<!--exact--> steps. You may look at one more number. "
        "Which one says on which side of the right rate you are? (Compare the last steps of 0.00001<!--exact--> and "
        "0.1<!--exact--> above.)",
        options=[
            Option("The accuracy.", advice="It is that of guessing on both sides, as the loss is."),
            Option(
                "How far the weights have moved from where they were drawn.",
                correct=True,
                advice="In the widget, at the last step: layer 1 has hardly moved at the smallest rate, "
                "by 16<!--=moved_good--> % at the one that learns, by half<!--=moved_large--> at the largest.",
            ),
            Option(
                "What one step changes now.",
                advice="In the widget, at the last step: less than 10^{-5}<!--below=faint--> of layer 1, in the median, at the "
                "smallest rate *and* at the largest. Early it would have told; so late, a tiny step is found on both sides.",
            ),
        ],
    ),
    Choice(
        "ch02-s-place",
        "The same step elsewhere",
        r"Rate 5.5<!--exact-->, from 91, where the curvature is 0.45<!--=bend_91-->. What happens?",
        options=[
            Option(
                "It settles, as from 58.",
                advice="In the dip at 60, rate × curvature is 1.76<!--=product_58-->. And here?",
            ),
            Option(
                "It does not come to rest.",
                correct=True,
                advice="Rate × curvature is 2.5<!--=product_91-->, above 2. This valley holds walks up to rate "
                "4.44<!--=limit_91--> only.",
            ),
            Option(
                "It creeps in more slowly.",
                advice="A sharper bend makes the slope larger, and so the step longer. Is rate × curvature still below 2?",
            ),
        ],
    ),
    Number(
        "ch02-s-momentum",
        "The limit with momentum",
        r"""A valley has curvature 0.5<!--exact-->, so plain descent may go up to rate 4. What is the limit with momentum
$\beta = 0.9$<!--exact-->?""",
        answer=lambda: 2 * (1 + 0.9) / 0.5,
        rtol=0.005,
        mistakes=[
            Mistake(4.0, "That is the limit without momentum, 2/H. Momentum multiplies it by 1 + β."),
            Mistake(3.8, "That is 2 (1 + β). Divide by the curvature."),
            Mistake(
                40.0,
                "You divided by 1 − β: so far do steps of one sign add up. The limit grows by the factor 1 + β only.",
            ),
            Mistake(0.4, "You multiplied by 1 − β. Momentum *raises* the limit, by the factor 1 + β."),
        ],
    ),
]

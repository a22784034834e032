"""Chapter 15: the guess and the questions on the spot of the core page, in its order."""

import numpy as np

from companion.chapters.pretraining.autoencoder import Autoencoder
from companion.practice.checker import Choice, Guess, Mistake, Number, Option
from companion.runs import load

X = np.array([[1.0], [0.0]])
BY_HAND = Autoencoder([[2.0, -1.0]], [[-2.0]], [[0.0], [0.0]])


def median(record, column, **setting):
    """The median over the seeds of one column of a recording."""
    return float(np.median(load(record).where(**setting)[column].astype(float)))


def told(depth, variant):
    """log10 of what W_1 is told before the first step, median over the seeds."""
    return median("ch15-starts", "told", depth=depth, variant=variant)


def told_at_twenty(variant):
    rows = load("ch15-course-network").where(variant=variant).rows
    return float(np.median([row["told"][0] for row in rows]))


def read(variant):
    """Per cent of the test digits that the course's own network reads after 400 steps, median over the seeds."""
    return 100 * median("ch15-course-network", "test_accuracy", variant=variant)


def stepped():
    """The first weight of the autoencoder by hand after one step at a rate of 1."""
    return float((BY_HAND.weights - BY_HAND.backward(BY_HAND.forward(X), X)["weights"])[0, 0])


NUMBERS = {
    "told_6_log10": lambda: told(6, "pretrained"),
    "random_20_log10": lambda: told_at_twenty("random"),
    "told_20_log10": lambda: told_at_twenty("pretrained"),
    "loud_before_log10": lambda: median("ch15-exploding", "before", start="sigmoid"),
    "loud_after_log10": lambda: median("ch15-exploding", "after", start="sigmoid"),
    "up": lambda: float(BY_HAND.weights[0, 0] - stepped()),
    "stepped": stepped,
}

QUESTIONS = [
    Guess(
        "ch15-guess",
        "Twenty sigmoids, once more",
        "The network above is pre-trained in this way, without a single label. Then it is trained with labels as usual: "
        "the same 400 steps, the same rate. "
        "How many per cent of the test digits does it read then? (Guessing reads 10.)",
        answer=lambda: read("pretrained"),
        unit="%",
        comment="The median of five<!--exact--> networks. The steps are the same as before; only the place from which "
        "they start is another.",
        purpose="Commit to a number before you look: the difference is what you learn.",
    ),
    Choice(
        "ch15-s-zero",
        "Before the first label",
        "At step 0, after all that practice, the pre-trained networks' loss is no better than that of guessing. Why?",
        options=[
            Option(
                "The practice has taught them nothing yet.",
                advice="Then they would go on as the random ones do. Play: what do the same steps make of them?",
            ),
            Option(
                "They have learnt to give images back, and no one has told them what a 3 is called.",
                correct=True,
                advice="No label was used, and the last layer is still as it was drawn. Pre-training is a place to start from, "
                "not a part of the answer.",
            ),
            Option(
                "They are sure of wrong answers.",
                advice="Then the loss would be far *above* that of guessing. The last layer's weights are small, as they were "
                "drawn: its ten outputs are all about alike.",
            ),
        ],
    ),
    Choice(
        "ch15-s-depth",
        "From six layers to twenty",
        "Before the first step, $W_1$ of the pre-trained networks is told $10^{-1.2}$<!--=told_6_log10--> at six layers. "
        "Look at their line. What will it be told at twenty?",
        options=[
            Option(
                "About as much: the line hardly falls.",
                correct=True,
                advice="10^{-1.5}<!--=told_20_log10-->, fourteen layers deeper. Without pre-training it is "
                "10^{-12}<!--=random_20_log10-->.",
            ),
            Option(
                "About 10^{-12}<!--=random_20_log10-->.",
                advice="That is the random start, which loses more than half a decade with each layer. Look at the other "
                "line: what does one more layer cost it?",
            ),
            Option(
                "About 10^{-4}<!--exact-->: twenty is three times six.",
                advice="Then each layer would cost the same share. But from five to six layers the line of the "
                "pre-trained networks hardly falls.",
            ),
        ],
    ),
    Number(
        "ch15-s-step",
        "One step",
        "Take one step at a rate of 1: each weight minus its own slope. What is the first weight, 2, afterwards?",
        answer=stepped,
        rtol=0.002,
        comment="Its slope comes from the way up alone: the first output was right. And the second weight goes from −1 to "
        "−¾, by the way down alone.",
        mistakes=[
            Mistake(2.125, "That is uphill: a step goes *against* the slope, 2 minus 0.125<!--=up-->."),
            Mistake(
                2.0,
                "You took the way down alone: there the first weight is told ½ · 0. On the way up it is told δ "
                "times its input.",
            ),
            Mistake(0.125, "That is the slope. The step subtracts it from the weight."),
            Mistake(1.5, "You took the code's blame ½ before the slope of the sigmoid. δ is ½ · ¼."),
            Mistake(2.25, "That uses the second weight's slope, −¼. The first one's is ⅛."),
            Mistake(1.75, "A quarter is the size of the second weight's slope. The first one's is ⅛."),
        ],
        solution="The slope of the first weight is $\\tfrac18 + 0$, so it becomes $2 - 0.125 = 1.875$<!--=stepped-->.",
    ),
    Number(
        "ch15-s-round",
        "There and back",
        "In another layer of one unit, 0.81<!--exact--> of a nudge comes back. What share of the blame does that layer "
        "hand down?",
        answer=0.9,
        rtol=0.01,
        comment="There and back are two equal factors; the blame passes through one of them.",
        mistakes=[
            Mistake(0.81, "0.81<!--exact--> is there *and* back, two factors. The blame comes down once."),
            Mistake(0.6561, "You squared it. There and back is already the square of one way."),
            Mistake(
                0.405,
                "Half the way is not half the share: the two factors are *multiplied*. Which number times "
                "itself is 0.81<!--exact-->?",
            ),
            Mistake(0.19, "That is what is lost of the nudge. Which share of the blame arrives?"),
            Mistake(3.6, "That is the weight. The factor is the weight times the slope, ¼."),
        ],
        solution="Two equal factors make 0.81<!--exact-->, so each is $\\sqrt{0.81} = 0.9$<!--exact-->.",
    ),
    Choice(
        "ch15-s-shuffled",
        "The same numbers, mixed",
        "Take the pre-trained twenty layers and put the numbers inside each hidden matrix in a random order; the biases "
        "stay. So every weight has kept its size. What happens in the 400 steps?",
        options=[
            Option(
                "It learns all the same: large enough weights were the cure.",
                advice="*Random × 4* is large too, and no cure at twenty layers. And where do the sums land when each bias "
                "was learnt for other weights?",
            ),
            Option(
                "It learns, but later.",
                advice="Sums off the middle lose a share in each layer, and these factors are multiplied. What is left "
                "after twenty?",
            ),
            Option(
                "It does not learn at all.",
                correct=True,
                advice="None of five<!--exact--> does: they stay at guessing. Each bias was learnt for its own weights; "
                "with others the sums lie off the middle, where the sigmoid is flatter.",
            ),
        ],
    ),
    Choice(
        "ch15-s-explode",
        "Too loud",
        "Eight sigmoid layers with weights 32<!--exact--> times as large as in the random start: their blame grows on its "
        "way down. Most sums are so large that the sigmoid is flat there. "
        "Now they are pre-trained. What becomes of the growth?",
        options=[
            Option(
                "It is cured: giving back needs a factor of 1.",
                advice="Layer by layer they do learn to give back. But is there and back the square of one way, when the "
                "sums lie far from the steep middle?",
            ),
            Option(
                "It stays as it was.",
                correct=True,
                advice="From 10^{1.3}<!--=loud_before_log10--> to 10^{1.3}<!--=loud_after_log10-->. The layers do learn to give their "
                "input back, with sigmoids that are on or off. Their slopes differ from those on the way down, so one way is not the "
                "root of there and back.",
            ),
            Option(
                "It turns into vanishing.",
                advice="For that the weights would have to shrink far. But sigmoids that are on or off can give back "
                "with large weights too.",
            ),
        ],
    ),
]

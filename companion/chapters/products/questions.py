"""Chapter 4: the guess and the questions on the spot of the core page, in its order, and one that stands on the deeper page."""

import numpy as np

from companion.chapters.products.coin import products_of, typical_factor
from companion.practice.checker import Choice, Guess, Mistake, Number, Option


def _forty():
    """The typical product of forty factors, half of them 0.8 and half of them 1.2."""
    return typical_factor(0.8, 1.2) ** 40


NUMBERS = {
    "forty": _forty,
    "winners": lambda: 100 * products_of(0.5, 1.5, 100).above(0.0),
    "needed_highs": lambda: int(np.ceil(100 * np.log(2) / np.log(3))),
    "bold_mean_log10": lambda: products_of(0.5, 2.0, 100).log10_mean,
    "bold_above": lambda: 100 * products_of(0.5, 2.0, 100).above(0.0),
    "eleven": lambda: 100 * (1 - 0.1 ** (1 / 19)),
    "thousandth": lambda: 0.7**19,
    "a_tenth": lambda: 0.886**19,
    "twentieths": lambda: 0.95**19,
    "hundred_log10": lambda: products_of(0.5, 1.5, 100).quantile(0.5),
    "less": lambda: 0.85**19,
    "more": lambda: 1.2**19,
}

QUESTIONS = [
    Choice(
        "ch04-s-nineteen",
        "A tenth of it",
        "By how much must *all* weights of the good start be smaller so that only a tenth of its blame reaches layer 1, "
        "nineteen hops down?",
        options=[
            Option(
                "By about 90<!--exact--> %.",
                advice="Then *one* hop leaves a tenth. There are nineteen, and each takes its share of what is left.",
            ),
            Option(
                "By about 30<!--exact--> %.",
                advice="0.7<!--exact-->^{19} = 0.001<!--=thousandth-->: only a thousandth arrives.",
            ),
            Option(
                "By about 11<!--=eleven--> %.",
                correct=True,
                advice="0.886<!--exact-->^{19} = 0.10<!--=a_tenth-->. So little in each layer makes the gradient vanish.",
            ),
            Option(
                "By about 5<!--exact--> %: 90<!--exact--> % shared among nineteen hops.",
                advice="Hops do not add up. Each takes 5<!--exact--> % of *what is left*: "
                "0.95<!--exact-->^{19} = 0.38<!--=twentieths-->.",
            ),
        ],
    ),
    Guess(
        "ch04-guess",
        "A fair game",
        "Toss a coin for each of 100 layers: heads, the layer multiplies by 1½, tails, by ½. On average that is a factor "
        "of exactly 1. "
        "What is a *typical* product of the hundred? Give the power of ten: $0$ for “about 1”, $-2$ for a hundredth.",
        answer=lambda: products_of(0.5, 1.5, 100).quantile(0.5),
        unit="powers of ten",
        comment="Heads and tails come about equally often, and one of each makes 1½ · ½ = ¾. "
        "Fifty such pairs make ¾^{50} = 10^{−6.25}<!--=hundred_log10-->.",
        purpose="Commit to a number before you look: the difference is what you learn.",
    ),
    Choice(  # on the deeper page
        "ch04-s-winners",
        "Above average",
        "Factors ½ or 1½, a hundred layers: what share of all products ends *above* the average, 1?",
        options=[
            Option(
                "Half of them.",
                advice="Half lie above the *median*, and the average lies far above that.",
            ),
            Option(
                "About one in three hundred.",
                correct=True,
                advice="Those with 64<!--=needed_highs--> heads or more: 0.33<!--=winners--> %. They are so large that "
                "they carry the average alone.",
            ),
            Option(
                "None.", advice="Then the average would lie below 1, and it is exactly 1. Somebody must be above it."
            ),
        ],
    ),
    Choice(
        "ch04-s-bold",
        "½ or 2",
        "Now the factors are ½ or 2. What do the typical and the mean product do over 100 layers?",
        options=[
            Option(
                "Both stay at 1.",
                advice="The typical one does: ½ · 2 = 1. But the mean factor is now 1¼, and 1¼ to the power of 100 is not 1.",
            ),
            Option(
                "The typical one stays at 1, the mean explodes.",
                correct=True,
                advice="The mean goes to 10^{9.69}<!--=bold_mean_log10-->. While factors scatter this much, nothing keeps "
                "both at 1. (Above 1 lie 46<!--=bold_above--> %, as many below; the others are exactly 1.)",
            ),
            Option(
                "The typical one vanishes, the mean stays at 1.",
                advice="That was ½ or 1½. Here an up and a down cancel: ½ · 2 = 1.",
            ),
        ],
    ),
    Number(
        "ch04-s-pairs",
        "In pairs",
        "Forty layers; each multiplies by 0.8<!--exact--> or by 1.2<!--exact--> with equal chance. How large is the "
        "typical product? Two digits will do.",
        answer=_forty,
        comment="Twenty pairs, each 0.96<!--exact-->. Smaller steps up and down cost less, but they cost.",
        rtol=0.02,
        mistakes=[
            Mistake(
                1.0,
                "That is the mean: a factor of 1 on average. The typical product is made of pairs, an up times a down.",
            ),
            Mistake(lambda: 0.96**40, "There are forty layers, but only twenty *pairs*."),
            Mistake(
                lambda: np.log10(_forty()),
                "That is the logarithm of the typical product. The product itself is asked for: 10 to the power of that.",
            ),
            Mistake(lambda: 0.96**10, "Those are ten pairs: twenty layers. Forty are twenty pairs."),
            Mistake(0.4, "Near, but the product of twenty pairs is asked for to two digits."),
            Mistake(0.8, "That is one layer down. Forty layers are twenty pairs, each an up times a down."),
            Mistake(1.2, "That is one layer up. Forty layers are twenty pairs, each an up times a down."),
            Mistake(0.96, "That is one pair, two layers. Twenty pairs are to be multiplied."),
        ],
        solution="One pair makes $0.8 \\cdot 1.2 = 0.96$<!--exact-->, and twenty pairs $0.96^{20} = 0.44$<!--=forty-->. "
        "Smaller steps up and down cost less, but they cost.",
    ),
    Number(
        "ch04-s-variance",
        "The fair variance",
        "A linear layer of 400 units (no activation). Which variance of its weights keeps the *mean* squared length of "
        "what passes through it?",
        answer=1 / 400,
        comment="And 2/n with ReLU, which lets half through.",
        rtol=0.01,
        mistakes=[
            Mistake(1.0, "Then the squared length is multiplied by 400: one term of size 1 for each of 400 units."),
            Mistake(0.05, "That is the *standard deviation*, 1/√400. Its square is the variance."),
            Mistake(2 / 400, "2/n is for ReLU, which lets half through. Here nothing is cut away: 1/n."),
            Mistake(400.0, "That multiplies by 400 · 400. The variance has to make up for the 400 terms."),
        ],
        solution="Width times variance must be 1: $v = 1/400 = 0.0025$<!--exact-->. With ReLU it is twice that.",
    ),
    Choice(
        "ch04-s-seventy",
        "Too little or too much",
        "All weights of the good start times 0.85<!--exact-->: 0.05<!--=less--> of its blame reaches layer 1. "
        "Times 1.2<!--exact-->: 32<!--=more--> times as much. Ten networks of each kind, 400 steps: which kind will fail?",
        options=[
            Option(
                "Times 0.85<!--exact-->.",
                advice="Its first steps are about a twentieth of the good start's. That takes longer, but does it do harm? "
                "What do steps do that are 32<!--=more--> times too large?",
            ),
            Option(
                "Times 1.2<!--exact-->.",
                correct=True,
                advice="Nearly all of these end as *not a number*. Steps that are somewhat too small take time; "
                "steps that are too large destroy what they change.",
            ),
            Option(
                "Both: each is off by more than a factor of ten.",
                advice="On the log axis they are about equally far off. "
                "But too small a step and too large a step do different things to a weight.",
            ),
        ],
    ),
    Choice(
        "ch04-s-which-layer",
        "Loudest where?",
        "Layer 1 receives four times the blame of layer 3. What is its *weight* told, compared with that of layer 3?",
        options=[
            Option(
                "Four times as much.",
                advice="That is the blame. What a weight is told is blame times *signal*, and the signal is smallest at "
                "layer 1.",
            ),
            Option(
                "The same.",
                correct=True,
                advice="4 · 1 = 2 · 2 = 1 · 4. From layer to layer the blame halves and the signal doubles.",
            ),
            Option("A quarter of it.", advice="That is the signal. What a weight is told is blame times signal."),
        ],
    ),
]

"""Chapter 18: the guess and the questions on the spot of the core page, in its order."""

# ruff: noqa: E501 - sentences for readers
import numpy as np

from companion.chapters.numbers.studies import largest_blame, largest_gradient, layers, lost_layer
from companion.formats import FORMATS, underflow_depth
from companion.practice.checker import Choice, Guess, Mistake, Number, Option

HALF = FORMATS["float16"]


def _down():
    """By how many decades the blame of layer 1 lies below that of layer 20."""
    middle = layers("float16", 1.0).middle
    return middle[-1] - middle[0]


NUMBERS = {
    "largest": lambda: HALF.largest,
    "lost_layer": lost_layer,
    "top_middle_log10": lambda: layers("float16", 1.0).middle[-1],
    "top_middle": lambda: layers("float16", 1.0).middle[-1],
    "bottom_log10": lambda: layers("float16", 1.0).middle[0],
    "a_layer": lambda: _down() / 19,
    "all_down": lambda: _down(),
    "top": largest_blame,
    "gradient": largest_gradient,
    "beyond": lambda: largest_blame() * 2.0**24,
}

QUESTIONS = [
    Guess(
        "ch18-guess",
        "A quarter, again and again",
        "The blame begins at 1 in the top layer, and every layer hands down a quarter of it: ¼ after one layer, 1/16 after two. Everything is written in float16. After how many layers is the "
        "blame written as 0?",
        answer=lambda: underflow_depth(HALF, 0.25),
        unit="layers",
        comment="¼ is 2^{−2}. Twelve layers make 2^{−24}, the last step above 0. The thirteenth makes 2^{−26}, which is nearer to 0 than to that step.",
        purpose="The last step above 0 is 2⁻²⁴, and ¼ is a power of two as well.",
    ),
    Choice(
        "ch18-s-where",
        "Where does float16 give up?",
        "The blame is about $10^{-2.8}$<!--=top_middle_log10--> at layer 20 and falls by 0.4<!--=a_layer--> decades (factors of ten) a layer. float16 writes 0 below $10^{-7.5}$<!--exact-->. In which layers is most of it 0?",
        options=[
            Option(
                "In layer 1 only.",
                advice="Layer 1 lies 19 · 0.4<!--=a_layer--> = 7.6<!--=all_down--> decades lower than layer 20, at about 10^{−10.4}<!--=bottom_log10-->. How many layers above it are below the window too?",
            ),
            Option(
                "From layer 8 down to layer 1.",
                correct=True,
                advice="From −2.8<!--=top_middle--> to −7.5<!--exact--> it is 4.7<!--exact--> decades, at 0.4<!--exact--> a layer twelve layers: 20 − 12 = 8. Measured: most is 0 from layer 8<!--=lost_layer--> down.",
            ),
            Option(
                "From layer 12 down to layer 1.",
                advice="Twelve layers are what it takes to fall to the edge. Count them from layer 20 downwards.",
            ),
            Option(
                "In all twenty.",
                advice="Layer 20 receives 10^{−2.8}<!--=top_middle_log10-->, far above 10^{−7.5}<!--exact-->: that float16 can write.",
            ),
        ],
    ),
    Choice(
        "ch18-s-narrow",
        "Eight bits",
        "Windows are so many decades wide: float16 12.3<!--exact-->, float8_e5m2 9.9<!--exact-->, float8_e4m3 5.7<!--exact-->. The blame of twenty layers spans about 8, and a scale moves all of it up together. Which formats can hold most of it, at *some* scale?",
        options=[
            Option(
                "float16 only.",
                advice="With its 9.9<!--exact--> decades float8_e5m2 has room for 8. Try it at 2^{20}<!--exact-->: some zeros remain in the lowest layers, where single entries are smaller than the middle.",
            ),
            Option(
                "float16 and float8_e5m2.",
                correct=True,
                advice="What is 8<!--exact--> decades wide fits through 12.3<!--exact--> or 9.9<!--exact-->, but not through 5.7<!--exact-->. In float8_e4m3 the lower layers are 0 or the upper ones are lost, at every scale.",
            ),
            Option(
                "All three.",
                advice="Try float8_e4m3: when the lowest layers come in, the top has gone out. 8<!--exact--> decades do not fit into 5.7<!--exact-->.",
            ),
        ],
    ),
    Number(
        "ch18-s-largest-scale",
        "How large a scale?",
        "The largest single blame of the course's network is 0.014<!--=top-->, just below $2^{-6}$<!--exact-->. float16 ends at 65,504<!--=largest-->, just below $2^{16}$. By which power of two may the loss be multiplied at most, before blame is infinite? Give the exponent.",
        answer=lambda: 16 - int(np.ceil(np.log2(largest_blame()))),
        rtol=1e-6,
        atol=0.01,
        unit="",
        comment="0.014<!--=top--> · 2^{22} is just below 2^{16}; with 2^{23} it is beyond. The gradients are larger, being sums over 64 digits: up to 0.046<!--=gradient-->, just below 2^{−4}, so with *them* this network ends at 2^{20}.",
        mistakes=[
            Mistake(
                10,
                "You subtracted 6 from 16. The blame is *small*: from 2^{−6} up to 2^{16} there is more room than 16.",
            ),
            Mistake(
                24,
                "The widget shows it: at 2^{24} the top is infinite. 0.014<!--=top--> · 2^{24} is over 200,000<!--above=beyond-->, beyond the end.",
            ),
            Mistake(
                12,
                "That is safe, and the one of the first picture. But how much further may it go before 0.014<!--=top--> becomes 2^{16}?",
            ),
            Mistake(
                20,
                "That is where the *gradients* end, which are sums over 64 digits. The blame itself has room for two more factors of 2.",
            ),
            Mistake(
                16, "That would be the answer for a blame of 1. This one is 2^{6} times smaller, so there is more room."
            ),
            Mistake(23, "That brings it to just below 2^{17}, beyond 65,504<!--=largest-->. One less."),
            Mistake(21, "The blame has room for one more factor of 2."),
            Mistake(2.0**22, "Right, as a number. The exponent is asked for: 22."),
        ],
    ),
    Choice(
        "ch18-s-nan",
        "Which is not a number?",
        "Infinity is a number of the format, with plain rules. Which of these has *no* sensible answer, so that the format writes NaN?",
        options=[
            Option("∞ + ∞", advice="Two things beyond all bounds make one beyond all bounds: ∞."),
            Option("1 / ∞", advice="A share of 1 among ever more is 0, and the format says 0."),
            Option(
                "∞ / ∞",
                correct=True,
                advice="The two infinities may stand for 10^{39}<!--exact--> and 10^{50}<!--exact-->, or the other way round: any quotient is possible. So NaN.",
            ),
            Option("2 · ∞", advice="Twice something beyond all bounds is ∞."),
        ],
    ),
    Number(
        "ch18-s-thousand",
        "A thousand small steps",
        "A weight of 1 is kept in bfloat16, whose next number above 1 is 1.0078125<!--exact-->. A thousand steps of 0.003<!--exact--> each are added, one after the other. What is the weight in the end?",
        answer=1.0,
        rtol=1e-6,
        comment="1.003<!--exact--> is nearer to 1 than to 1.0078<!--exact-->, so it is written as 1, a thousand times.",
        mistakes=[
            Mistake(
                4.0,
                "So it would be in exact numbers. But what is 1.003<!--exact--> written as, after the *first* step?",
            ),
            Mistake(
                8.8125,
                "That would be a thousand steps up to the next number. Which number is nearest to 1.003<!--exact-->?",
            ),
            Mistake(
                1.0078125,
                "1.003<!--exact--> is nearer to 1 than to 1.0078125<!--exact-->: halfway would be 1.0039<!--exact-->.",
            ),
            Mistake(3.0, "That is the sum of the steps; and the weight began at 1. But is any of the steps taken?"),
            Mistake(1.003, "bfloat16 has no such number: after 1 comes 1.0078125<!--exact-->."),
        ],
    ),
    Choice(
        "ch18-s-too-large",
        "Much too much",
        "With the loss multiplied by $2^{24}$ the blame at the top of this network is infinite in float16. A step whose blame is not finite is left out. How does the network train?",
        options=[
            Option(
                "As in float32: the scale is divided out again.",
                advice="∞ / 2^{24} is still ∞. What has left the window at the top is lost as well.",
            ),
            Option(
                "It stands still: not one step is taken.",
                correct=True,
                advice="In all five runs every one of the 240 steps is left out. So the scale must come down, and it can do so by itself: next paragraph.",
            ),
            Option(
                "It explodes.",
                advice="It would be ruined if the steps were taken. They are left out.",
            ),
        ],
    ),
    Choice(
        "ch18-s-alive",
        "Alive, and no use",
        "No blame is 0 there, and Adam (its ε at $10^{-30}$<!--exact-->) moves every layer; yet in 240<!--exact--> steps the loss does not leave 2.30<!--exact-->. In layer 20 one digit differs from another only in the twelfth decimal. Which helps?",
        options=[
            Option(
                "A larger loss scale.",
                advice="Nothing is 0 here, so nothing has to be moved into a window. Adam rescales it anyway.",
            ),
            Option(
                "A format with more digits.",
                advice="It has float64's sixteen already. Even with a thousand, all digits would look alike to layer 20: the difference is there, and too faint beside what they share.",
            ),
            Option(
                "Another start, so that the digits stay apart on their way up.",
                correct=True,
                advice="What is lost is not the size of the blame but what it is about. Chapters 6 and 7 keep the inputs apart.",
            ),
        ],
    ),
]

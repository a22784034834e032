"""Chapter 18, the deeper page: the dynamic scale, norms, and a product that will not die."""

# ruff: noqa: E501 - sentences for readers
import numpy as np

from companion.formats import FORMATS
from companion.practice.checker import Choice, Code, Mistake, Number, Option
from companion.signals import norm


def _clipped(gradient, limit):
    size = norm(gradient)
    return gradient * min(1.0, limit / size) if size else gradient


def _step(scaled, scale, limit):
    if not np.isfinite(scaled).all():
        return np.zeros_like(scaled), scale / 2
    return _clipped(scaled / scale, limit), scale


def _norm(x):
    largest = np.max(np.abs(x))
    return largest * np.sqrt(np.sum((x / largest) ** 2)) if largest else 0.0


def _stuck(factor=0.9, format="float16"):
    """Where the product ends that is rounded after every factor: as a number of smallest steps."""
    product, before = 1.0, 2.0
    while product < before:
        before, product = product, FORMATS[format].cast(factor * product)
    return round(product / FORMATS[format].smallest_subnormal)


NUMBERS = {"stuck": _stuck, "stuck_times": lambda: 0.9 * _stuck()}

EXERCISES = [
    Number(
        "ch18-d-stuck",
        "The product that will not die",
        "In float16 the number 1 is multiplied by 0.9<!--exact-->, rounded, multiplied by 0.9<!--exact--> again, and so on. Far below $2^{-14}$, where the numbers are whole multiples of the last step $2^{-24}$, it stops getting smaller. At how many of these steps?",
        answer=_stuck,
        rtol=1e-6,
        atol=0.01,
        unit="steps",
        mistakes=[
            Mistake(0, "It never gets to 0. What is 0.9<!--exact--> times *one* step, rounded to whole steps?"),
            Mistake(
                1,
                "One step would stay, since 0.9<!--exact--> is rounded to 1. But does the product come down so far? Try 6, 5, 4.",
            ),
            Mistake(
                5,
                "5<!--exact--> times 0.9<!--exact--> is 4.5<!--exact-->, halfway between 4 and 5. In a tie the even one wins: 4.",
            ),
            Mistake(10, "10<!--exact--> times 0.9<!--exact--> is 9: it goes on down."),
            *(
                Mistake(n, f"{n} times 0.9<!--exact--> is {0.9 * n:.1f}, rounded to {n - 1}: one further down.")
                for n in (7, 8, 9)
            ),
            Mistake(6, "6<!--exact--> times 0.9<!--exact--> is 5.4<!--exact-->, rounded to 5: one further down."),
        ],
        hints=[
            "Multiply a whole number of steps by 0.9<!--exact--> and round to a whole number.",
            "It stands still where $n - 0.9\\,n$<!--exact--> is at most one half; in a tie the even one wins.",
        ],
        solution="Six steps become 5.4<!--exact-->, rounded to 5; five become 4.5<!--exact-->, a tie, and the even one wins: 4; four become 3.6<!--=stuck_times-->, rounded to 4<!--=stuck-->, and there it stays. "
        "No factor above ½ ever gets to 0 so: one step times 0.51<!--exact--> is rounded up to one step.",
        purpose="Rounded after every factor, or once at the end: that is not the same.",
    ),
    Code(
        "ch18-c-scaler",
        "Unscale, then clip",
        "`scaled` is a gradient (an array) of the loss times `scale`. If all of it is finite, return the gradient to step with, divided by the scale and then, where its norm is above `limit`, shortened to it; and the scale as it is. If not, return zeros, "
        "so that nothing moves, and half the scale.",
        stub="def step(scaled, scale, limit):\n    ...",
        reference=_step,
        inputs=lambda rng: [
            (rng.standard_normal(20), 1024.0, 1.0),
            (1e4 * rng.standard_normal(20), 1024.0, 1.0),
            (np.array([1.0, np.inf, 2.0]), 1024.0, 1.0),
            (np.array([np.nan, 1.0]), 64.0, 0.5),
            (np.zeros(3), 64.0, 0.5),
        ],
        rtol=1e-9,
        mistakes=[
            Mistake(
                lambda scaled, scale, limit: (
                    (_clipped(scaled, limit) / scale, scale)
                    if np.isfinite(scaled).all()
                    else _step(scaled, scale, limit)
                ),
                "You clip the *scaled* gradient: then the limit is `scale` times too strict, and the step depends on the scale. Divide first.",
            ),
            Mistake(
                lambda scaled, scale, limit: (
                    (_clipped(scaled, limit), scale) if np.isfinite(scaled).all() else _step(scaled, scale, limit)
                ),
                "The scale is not divided out: the gradient is `scale` times too large until it is clipped.",
            ),
            Mistake(
                lambda scaled, scale, limit: (
                    (scaled / scale, scale) if np.isfinite(scaled).all() else _step(scaled, scale, limit)
                ),
                "Divided, but not clipped: where the norm is above `limit`, shorten it.",
            ),
            Mistake(
                lambda scaled, scale, limit: (
                    _step(scaled, scale, limit) if np.isfinite(scaled).all() else (np.zeros_like(scaled), scale)
                ),
                "The step is left out, but the next one will overflow too: halve the scale.",
            ),
        ],
        hints=["`np.isfinite(scaled).all()` is the first question.", "Divide, then take the norm, then shorten."],
        solution="```python\ndef step(scaled, scale, limit):\n    if not np.isfinite(scaled).all():\n        return np.zeros_like(scaled), scale / 2\n    gradient = scaled / scale\n    size = np.sqrt(np.sum(gradient**2))\n"
        "    if size > limit:\n        gradient = gradient * limit / size\n    return gradient, scale\n```",
        purpose="What `torch.amp.GradScaler` does, and the order in which it must be used.",
    ),
    Choice(
        "ch18-q-zero-step",
        "A step of nothing",
        "A float32 gradient has a hundred entries of $10^{25}$<!--exact-->. Its squares are beyond $10^{38}$<!--exact-->, so its norm comes out as ∞. Then it is clipped to a norm of 1. What is the step?",
        options=[
            Option(
                "Of length 1, as asked.",
                advice="So it would be with the right norm, 10^{26}<!--exact-->. But the factor is 1/∞.",
            ),
            Option(
                "0: nothing moves.",
                correct=True,
                advice="The factor is limit / norm = 1 / ∞ = 0. The loss stands still, and no NaN tells why.",
            ),
            Option(
                "NaN.",
                advice="NaN would need 0 · ∞ or ∞/∞. The entries themselves are finite: 0 · 10^{25}<!--exact--> = 0.",
            ),
        ],
        hints=["By which factor does clipping multiply?", "limit / norm, with a norm of ∞."],
        solution="The factor is 1/∞, that is 0<!--exact-->; and with it every entry becomes 0<!--exact-->. With the right norm, $10^{26}$<!--exact-->, each would become 0.1<!--exact-->.",
        purpose="An overflow that nobody sees.",
    ),
    Code(
        "ch18-c-norm",
        "A norm that does not lie",
        "Return the Euclidean length of the array `x`, √(sum of squares), right to nine digits also where the squares are too small or too large for float64. An array of zeros has the length 0.",
        stub="def norm(x):\n    ...",
        reference=_norm,
        inputs=lambda rng: [
            (rng.standard_normal(50),),
            (1e-200 * rng.standard_normal(50),),
            (1e200 * rng.standard_normal(50),),
            (np.zeros(4),),
        ],
        rtol=1e-9,
        mistakes=[
            Mistake(
                lambda x: np.sqrt(np.sum(x**2)),
                "It is 0 where the entries are 1e-200<!--exact--> and inf where they are 1e200<!--exact-->: their *squares* leave float64. Bring the entries near 1 first.",
            ),
            Mistake(
                lambda x: np.max(np.abs(x)) * np.sqrt(np.sum((x / np.max(np.abs(x))) ** 2)),
                "Right but for zeros: there 0 is divided by 0. Ask first whether the largest entry is 0.",
            ),
            Mistake(
                lambda x: np.sqrt(np.sum((x / np.max(np.abs(x))) ** 2)) if np.any(x) else 0.0,
                "You divided by the largest entry. Multiply it back at the end.",
            ),
            Mistake(lambda x: np.max(np.abs(x)), "That is the largest entry, not the length."),
        ],
        hints=["Divide by the largest entry before squaring.", "The length of $x / c$ is that of $x$, divided by $c$."],
        solution="```python\ndef norm(x):\n    largest = np.max(np.abs(x))\n    if largest == 0:\n        return 0.0\n    return largest * np.sqrt(np.sum((x / largest) ** 2))\n```\n\n"
        "A power of two near the largest entry in its place changes no digit: so `companion.signals.norm` does it.",
        purpose="The wrong norm turns clipping into a step of length 0.",
    ),
]

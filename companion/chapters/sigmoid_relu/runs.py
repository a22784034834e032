"""Chapter 5: the course's own network with another activation, and with weights that keep a sigmoid's gradient alive."""

from dataclasses import replace

import numpy as np

from companion.course_network import VARIANTS, learnt, recording
from companion.signals import fate

STRONG = replace(VARIANTS["sigmoid"], name="sigmoid-strong", label="sigmoid, N(0, 104/n)", gain=10.2)


def _decades(record, variant, moment):
    """log10 of δ_1 / δ_20 in every seed, (S,)."""
    deltas = np.array([row["delta"][moment] for row in record.where(variant=variant).rows])
    return deltas[:, 0] - deltas[:, -1]


def the_swap_alone_reads_part(record):
    """ReLU with N(0, 1/n): every seed reads more than guessing, 0.15 of the test digits, and none more than 0.7."""
    return learnt(record, "relu", 0.15) == 10 and learnt(record, "relu", 0.7) == 0


def the_starts_that_fit_read_most(record):
    """With tanh and N(0, 1/n) as with ReLU and N(0, 2/n) every seed reads more than 0.85."""
    return learnt(record, "tanh", 0.85) == learnt(record, "he", 0.85) == 10


def the_sigmoid_only_guesses(record):
    """With sigmoid and N(0, 1/n) no seed reads more than 0.15, and no weight of layer 1 changes at all."""
    moved = [row["moved"][-1][0] for row in record.where(variant="sigmoid").rows]
    return learnt(record, "sigmoid", 0.15) == 0 and np.isneginf(moved).all()


def training_mends_three_decades(record):
    """ReLU with N(0, 1/n): δ_1 begins 10^−4 to 10^−2.5 of δ_20 in every seed; after 400 steps the median is above 10^−1.2."""
    start, end = _decades(record, "relu", 0), _decades(record, "relu", -1)
    return ((-4 <= start) & (start <= -2.5)).all() and np.median(end) > -1.2


def too_large_stops_at_once(record):
    """ReLU with N(0, 1): every seed meets a number that is not finite in the second step."""
    stops = [row["stopped"] for row in record.where(variant="relu-normal").rows]
    return all(step == 1 for step in stops)


def healthy_is_not_yet_fast(record):
    """The strong sigmoid begins healthy in at least eight seeds, δ_1 within a decade of δ_20; no seed reads 0.6 in 400 steps."""
    healthy = [fate(decades) == "healthy" for decades in _decades(record, "sigmoid-strong", 0)]
    return sum(healthy) >= 8 and learnt(record, "sigmoid-strong", 0.6) == 0


def it_needs_more_steps(record):
    """After 1,200 steps at least eight of its seeds read more than 0.5, and none more than 0.85."""
    return learnt(record, "sigmoid-strong-long", 0.5) >= 8 and learnt(record, "sigmoid-strong-long", 0.85) == 0


def a_larger_rate_does_not_help(record):
    """At rate 0.1 no more than two of its seeds read more than 0.3."""
    return learnt(record, "sigmoid-strong-fast", 0.3) <= 2


RECORDINGS = [
    recording(
        "ch05-course-network",
        5,
        "Another function, other weights.",
        [
            replace(VARIANTS["he"], name="relu-normal", label="ReLU, N(0, 1)", initialization="standard_normal"),
            VARIANTS["sigmoid"],
            VARIANTS["tanh"],
            VARIANTS["he"],
            replace(VARIANTS["he"], name="relu", label="ReLU, N(0, 1/n)", initialization="lecun_normal"),
            STRONG,
            replace(STRONG, name="sigmoid-strong-fast", label=f"{STRONG.label}, ten times the rate", rate=0.1),
            replace(STRONG, name="sigmoid-strong-long", label=f"{STRONG.label}, 1200 steps", steps=1200),
        ],
        conclusions=[
            the_swap_alone_reads_part,
            the_starts_that_fit_read_most,
            the_sigmoid_only_guesses,
            training_mends_three_decades,
            too_large_stops_at_once,
            healthy_is_not_yet_fast,
            it_needs_more_steps,
            a_larger_rate_does_not_help,
        ],
    ),
]

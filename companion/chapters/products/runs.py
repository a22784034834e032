"""Chapter 4: the course's own network with its starting weights halved and doubled, and what lies between."""

from dataclasses import replace

import numpy as np

from companion.course_network import VARIANTS, Variant, learnt, recording, train
from companion.runs import Recording, grid

HE = VARIANTS["he"]
STARTS = [
    replace(HE, name="halved", label="all weights halved", gain=0.5),
    replace(HE, name="he", label="a good start (He)"),
    replace(HE, name="doubled", label="all weights doubled", gain=2.0),
]
SCALES = (0.7, 0.85, 1.2, 1.5)  # between them; 0.5, 1 and 2 are the three starts


def scaled(scale, seed):
    """How the course's own network ends when every weight of the good start is multiplied by ``scale``."""
    result = train(Variant("scaled", "scaled", gain=scale), seed)
    return {"loss": result["test_loss"], "accuracy": result["test_accuracy"], "stopped": result["stopped"]}


def slower(scale, seed):
    """As :func:`scaled`, at a tenth of the rate."""
    result = train(Variant("slower", "slower", gain=scale, rate=0.001), seed)
    return {"loss": result["test_loss"], "accuracy": result["test_accuracy"], "stopped": result["stopped"]}


def halved_stand_still(record):
    """Halved, no seed reads more than 0.2, each loss ends within 0.02 of ln 10, layer 1 moves by less than 10^−4 of its size."""
    rows = record.where(variant="halved").rows
    still = all(row["moved"][-1][0] < -4 and abs(row["test_loss"] - np.log(10)) < 0.02 for row in rows)
    return still and learnt(record, "halved", 0.2) == 0


def the_good_start_learns(record):
    """From the good start all ten seeds read more than 0.85."""
    return learnt(record, "he", 0.85) == 10


def doubled_are_over_at_once(record):
    """Doubled, all ten seeds begin with a loss above 10^5 and meet a number that is not finite within two steps."""
    rows = record.where(variant="doubled").rows
    return all(row["loss"][0] > 1e5 and row["stopped"] is not None and row["stopped"] <= 2 for row in rows)


def eighty_five_hundredths_learn(record):
    """Times 0.85 all ten seeds read more than half of the test digits."""
    return (record.where(scale=0.85)["accuracy"] > 0.5).all()


def seven_tenths_are_late(record):
    """Times 0.7 every loss has begun to fall, below 2.2, and none is below 0.8; times 0.85 eight or more are below that."""
    late, early = (record.where(scale=scale)["loss"] for scale in (0.7, 0.85))
    return (late < 2.2).all() and (late > 0.8).all() and (early < 0.8).sum() >= 8


def a_little_more_is_too_much(record):
    """Times 1.2 at least seven of ten seeds stop at a number that is not finite, times 1.5 all ten, within five steps."""
    much, more = (record.where(scale=scale)["stopped"] for scale in (1.2, 1.5))
    return sum(step is not None for step in much) >= 7 and all(step is not None and step <= 5 for step in more)


def a_smaller_rate_moves_the_cliff(record):
    """At a tenth of the rate times 1.2 all ten seeds read more than half; times 1.5 at least nine stop, within ten steps."""
    much, more = (record.where(scale=scale) for scale in (1.2, 1.5))
    return (much["accuracy"] > 0.5).all() and sum(step is not None and step <= 10 for step in more["stopped"]) >= 9


RECORDINGS = [
    recording(
        "ch04-course-network",
        4,
        "One start, its weights halved and doubled.",
        STARTS,
        sample=20,  # doubled: over at once, and not chaotic
        conclusions=[halved_stand_still, the_good_start_learns, doubled_are_over_at_once],
    ),
    Recording(
        "ch04-scales",
        4,
        "The course's own network, its starting weights multiplied by one number: loss and accuracy on the test digits.",
        unit=scaled,
        settings=grid(scale=SCALES, seed=range(10)),
        sample=30,  # one that stops at once: it is not chaotic
        conclusions=[eighty_five_hundredths_learn, seven_tenths_are_late, a_little_more_is_too_much],
    ),
    Recording(
        "ch04-slower",
        4,
        "The course's own network, started too large, at rate 0.001 instead of 0.01: loss and accuracy on the test digits.",
        unit=slower,
        settings=grid(scale=(1.2, 1.5), seed=range(10)),
        sample=10,  # one that stops at once: it is not chaotic
        conclusions=[a_smaller_rate_moves_the_cliff],
    ),
]

"""Chapter 2: the course's own network at nine rates, and how sharply the loss of a small network bends while it trains."""

from dataclasses import replace

import numpy as np

from companion.chapters.gradient_descent.edge import at_the_start, curvatures
from companion.course_network import VARIANTS, recording, train
from companion.runs import Recording, grid

HE, SEEDS = VARIANTS["he"], range(10)
RATES = (1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
GUESSING = np.log(10)


def end(rate, seed):
    """Where the course's own network is after 400 steps at that rate: its loss and accuracy on the test digits (NaN where it
    stopped), and log10 of how far each layer has moved, as a share of its size."""
    result = train(replace(HE, name="rate", rate=rate), seed)
    moved = np.round(result["moved"][-1], 1) + 0.0 if len(result["moved"]) else []  # (L,)
    return {"loss": result["test_loss"], "accuracy": result["test_accuracy"], "moved": moved, "stopped": result["stopped"]}


def _learned(record, rate):
    """How many of the ten seeds read more than 80 % of the test digits."""
    return int((record.where(rate=rate)["accuracy"] > 0.8).sum())


def too_small_a_rate_learns_nothing(record):
    """At 10⁻⁵ no seed reads more than 0.3 of the test digits, and none has stopped."""
    kept = record.where(rate=1e-5)
    return kept["accuracy"].max() < 0.3 and all(row["stopped"] is None for row in kept.rows)


def one_decade_works(record):
    """From 0.001 to 0.01 nearly every seed reads more than 80 %: at least 26 of 30, and all ten at 0.003."""
    return sum(_learned(record, rate) for rate in (1e-3, 3e-3, 1e-2)) >= 26 and _learned(record, 3e-3) == 10


def three_times_more_is_too_much(record):
    """At 0.03 at most three of the ten do."""
    return _learned(record, 3e-2) <= 3


def at_a_tenth_none_is_left(record):
    """From 0.1 on no seed reads half of the digits, and of each ten at least eight have stopped or stand at guessing."""
    kept = [record.where(rate=rate) for rate in RATES if rate >= 0.1]
    lost = [sum(not abs(loss - GUESSING) > 0.1 for loss in each["loss"].astype(float)) for each in kept]  # NaN is lost too
    return not any((each["accuracy"].astype(float) > 0.5).any() for each in kept) and min(lost) >= 8


def the_weights_tell_the_sides_apart(record):
    """At 10⁻⁵ no layer has moved by a fiftieth of its size; at 0.1, where a seed has not stopped, some layer by a third."""
    small = [max(row["moved"]) for row in record.where(rate=1e-5).rows]
    large = [max(row["moved"]) for row in record.where(rate=0.1).rows if row["stopped"] is None]
    return max(small) < -1.7 and min(large, default=0) > -0.5


def _changes(record, variant, k=slice(None)):
    """log10 of what a step changes of a layer, the median over seeds, layers and the recorded steps ``k``."""
    return np.median(np.concatenate([np.array(row["update"])[k].ravel() for row in record.where(variant=variant).rows]))


def a_faint_step_is_faint_everywhere(record):
    """At 10⁻⁵ a step changes 10⁻⁶ to 10⁻⁵ of a layer, and no layer's median is more than a decade from another's."""
    layers = np.median([row["update"] for row in record.where(variant="rate-1e-05").rows], axis=(0, 1))  # (L,)
    return -6 < _changes(record, "rate-1e-05") < -5 and np.ptp(layers) < 1


def a_good_step_is_a_thousandth(record):
    """At 0.003 it is 10^−3.5 to 10^−2.5, and in every seed the loss of the last recorded batch is below 0.5."""
    ends = [row["loss"][-1] for row in record.where(variant="rate-0.003").rows]
    return -3.5 < _changes(record, "rate-0.003") < -2.5 and max(ends) < 0.5


def too_long_steps_fade(record):
    """At 0.1 the first step changes more than 10^−2.5; the last ones, of the seeds that still run, below 10⁻³. None learns."""
    ends = [row["loss"][-1] for row in record.where(variant="rate-0.1").rows]
    return _changes(record, "rate-0.1", slice(1)) > -2.5 and _changes(record, "rate-0.1", slice(26, None)) < -3 and min(ends) > 1


def _late(record, rate):
    """The curvature as a share of the limit 2/η, after 250 steps and later, (S, K)."""
    kept = record.where(rate=rate)
    return kept["curvature"][:, kept["steps"][0] >= 250] * rate / 2


def it_hovers_at_the_limit(record):
    """At rates 0.3 and 0.4 every seed stays within a fifth of 2/η from step 250 on, and their mean within a twentieth."""
    late = np.array([_late(record, rate) for rate in (0.3, 0.4)])
    return abs(late - 1).max() < 0.2 and abs(late.mean(axis=(1, 2)) - 1).max() < 0.05


def a_small_rate_never_meets_it(record):
    """At rate 0.1 it stays below three quarters of 2/η in every seed."""
    return (record.where(rate=0.1)["curvature"] * 0.1 / 2).max() < 0.75


def it_rises_by_itself(record):
    """At rate 0.1 it rises from step 50 to step 500 in every seed."""
    curvature = record.where(rate=0.1)["curvature"]
    return (curvature[:, -1] > curvature[:, 1]).all()


def the_loss_falls_all_the_same(record):
    """At every rate the loss of every seed ends below a tenth of where it began."""
    return (record["loss"][:, -1] < 0.1 * record["loss"][:, 0]).all()


def the_limit_begins_near_the_edge(record):
    """With momentum 0.9, 2(1 + β)/H lies above 0.01 at the start in at least nine of ten seeds, and below 0.03 in a third."""
    limits = 2 * 1.9 / record["curvature"]
    return np.mean(limits > 0.01) >= 0.9 and np.mean(limits < 0.03) > 1 / 3 and 0.01 < np.median(limits) < 0.1


def one_number_does_not_do(record):
    """The largest of the curvatures is more than ten times the smallest."""
    return record["curvature"].max() > 10 * record["curvature"].min()


RECORDINGS = [
    Recording(
        "ch02-rates",
        2,
        "The course's own network after 400 steps (He's weights, momentum 0.9, 64 digits a step), by learning rate.",
        unit=end,
        settings=grid(rate=RATES, seed=SEEDS),
        rtol=0.05,
        conclusions=[
            too_small_a_rate_learns_nothing,
            one_decade_works,
            three_times_more_is_too_much,
            at_a_tenth_none_is_left,
            the_weights_tell_the_sides_apart,
        ],
    ),
    recording(
        "ch02-course-network",
        2,
        "The course's own network at three learning rates.",
        [replace(HE, name=f"rate-{rate:g}", label=f"rate {rate:g}", rate=rate) for rate in (1e-5, 3e-3, 1e-1)],
        SEEDS,
        conclusions=[a_faint_step_is_faint_everywhere, a_good_step_is_a_thousandth, too_long_steps_fade],
    ),
    Recording(
        "ch02-edge",
        2,
        "Largest curvature of a tanh network (64, four times 32, 10) on 200 digits, all at once, squared error, plain descent.",
        unit=curvatures,
        settings=grid(rate=[0.1, 0.3, 0.4], seed=range(10)),
        rtol=0.02,
        conclusions=[it_hovers_at_the_limit, a_small_rate_never_meets_it, it_rises_by_itself, the_loss_falls_all_the_same],
    ),
    Recording(
        "ch02-start",
        2,
        "Largest curvature of the course's own network (He's weights) on its first 64 digits, before the first step.",
        unit=at_the_start,
        settings=grid(seed=range(50)),
        rtol=0.02,
        conclusions=[the_limit_begins_near_the_edge, one_number_does_not_do],
    ),
]

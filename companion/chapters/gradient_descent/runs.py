"""Chapter 2: the course's own network at nine rates, and how sharply the loss of a small network bends while it trains."""

import numpy as np

from companion.chapters.gradient_descent.edge import curvatures
from companion.runs import Recording, grid


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


RECORDINGS = [
    Recording(
        "ch02-edge",
        2,
        "Largest curvature of a tanh network (64, four times 32, 10) on 200 digits, all at once, squared error, plain descent.",
        unit=curvatures,
        settings=grid(rate=[0.1, 0.3, 0.4], seed=range(10)),
        rtol=0.02,
        conclusions=[it_hovers_at_the_limit, a_small_rate_never_meets_it, it_rises_by_itself, the_loss_falls_all_the_same],
    ),
]

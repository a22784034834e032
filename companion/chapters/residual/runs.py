"""Chapter 9: which networks of 50 layers train, and what a shortcut ρ does to the gradient over 54 blocks with batch norm."""

import numpy as np

from companion.data import digits
from companion.fixes import FIXES
from companion.propagation import profile
from companion.recipes import Recipe
from companion.runs import Recording, grid
from companion.training import train

DEPTH, WIDTH, STEPS, BATCH, MOMENTUM, SEEDS = 50, 32, 200, 64, 0.9, 2
RATES = (0.01, 0.03)
KINDS = {  # what the recipe adds to 50 ReLU layers that start with N(0, 2/n)
    "plain": {},
    "batch norm": {"norm": "batch_norm"},
    "residual": {"residual": "identity"},
    "residual, 1/√L": {"residual": "scaled"},
    "ReZero": {"residual": "rezero"},
    "Fixup": {"residual": "fixup", "block": 2},
    "batch norm + residual": {"norm": "batch_norm", "residual": "identity"},
}
SMALLER = (1e-5, 1e-4, 1e-3)  # further rates for the one that diverges


def training(kind, rate, seed):
    """Train one kind at one rate; its test accuracy counts as 0 where it stopped."""
    recipe = Recipe(depth=DEPTH, width=WIDTH, **KINDS[kind])
    run = train(recipe, rate=rate, momentum=MOMENTUM, steps=STEPS, batch=BATCH, seed=seed, record_every=10)
    data = digits()
    return {
        "stopped": run.stopped and str(run.stopped),
        "accuracy": 0.0 if run.stopped else run.evaluate(data.test_x, data.test_y)[1],
        "loss": run.loss,
        "decades": run.delta[0, 1] - run.delta[0, -2] if len(run.delta) else None,  # δ of the first over the last block
    }


def shortcut(rho, seed):
    """log10 rms δ at the end of each of 54 blocks ρ x + W f(N(W f(N(x)))), relative to the last one."""
    fixes = ["batch_norm", FIXES["residual"].using(shortcut=rho)]
    net = profile(
        activation="relu",
        initialization="he_normal",
        depth=108,
        width=300,
        batch=256,
        seeds=[seed],
        fixes=fixes,
        block=2,
    )
    delta = net.log10_delta[0, 1::2]  # (54,)
    return {"log10_delta": delta - delta[-1]}


def _best(record, kind):
    """The test accuracy at the better of the two rates, mean of the seeds."""
    return max(record.where(kind=kind, rate=rate)["accuracy"].mean() for rate in RATES)


def unbounded_networks_hardly_learn(record):
    """Plain layers and batch norm alone read less than half of the digits after 200 steps."""
    return max(_best(record, "plain"), _best(record, "batch norm")) < 0.5


def bounded_shortcuts_learn(record):
    """All four bounded kinds of shortcut read more than 0.93, in every seed at the better rate, and are within 0.04."""
    kinds = ("residual, 1/√L", "ReZero", "Fixup", "batch norm + residual")
    means = [_best(record, kind) for kind in kinds]
    worst = [max(record.where(kind=kind, rate=rate)["accuracy"].min() for rate in RATES) for kind in kinds]
    return min(worst) > 0.93 and max(means) - min(means) < 0.04


def bare_shortcuts_overflow(record):
    """Residual blocks alone start at a loss above 10^5 and learn at no rate: at least 8 of 10 overflow, none reads 0.2."""
    kept = record.where(kind="residual")
    stopped = [row["stopped"] for row in kept.rows if row["stopped"]]
    return len(stopped) >= 8 and kept["accuracy"].max() < 0.2 and min(row["loss"][0] for row in kept.rows) > 1e5


def bare_shortcuts_overflow_at_once(record):
    """Where residual blocks alone overflow they do so within five steps."""
    stopped = [row["stopped"] for row in record.where(kind="residual").rows if row["stopped"]]
    return all(int(each.split()[1].strip(":")) <= 5 for each in stopped)


def _factor(record, rho):
    """The factor of the mean square of δ a block over the upper half, of each seed."""
    return 10 ** (2 * record.where(rho=rho)["log10_delta"][:, 26] / 27)


def the_shortcut_law(record):
    """Below ρ = 1 the factor a block is within 4 % of ρ² + (π/(π−1))² (1 − ρ²), mean of the seeds."""
    law = {rho: rho**2 + (np.pi / (np.pi - 1)) ** 2 * (1 - rho**2) for rho in (0.0, 0.5, 0.7, 0.9, 0.95)}
    return all(abs(_factor(record, rho).mean() / law[rho] - 1) < 0.04 for rho in law)


def a_smaller_shortcut_explodes_more(record):
    """The smaller ρ, the larger the growth over all blocks, in every seed: over 10^6.5 at 0.5, under 10^1.5 at 1."""
    grown = np.array([record.where(rho=rho)["log10_delta"][:, 0] for rho in (0.0, 0.5, 0.7, 0.9, 0.95, 1.0)])
    return (grown.min(1)[:-1] > grown.max(1)[1:]).all() and grown[1].min() > 6.5 and grown[-1].max() < 1.5


RECORDINGS = [
    Recording(
        "ch09-training",
        9,
        f"Digits, {DEPTH} layers of {WIDTH}, {STEPS} steps, momentum {MOMENTUM}, batch {BATCH}: the kind, the rate, the seed.",
        unit=training,
        settings=[
            *grid(kind=[*KINDS], rate=RATES, seed=range(SEEDS)),
            *grid(kind=["residual"], rate=SMALLER, seed=range(SEEDS)),
        ],
        conclusions=[
            unbounded_networks_hardly_learn,
            bounded_shortcuts_learn,
            bare_shortcuts_overflow,
            bare_shortcuts_overflow_at_once,
        ],
    ),
    Recording(
        "ch09-shortcut",
        9,
        "54 ReLU blocks of two layers with batch norm, N(0, 2/n), width 300, batch 256: the shortcut ρ, the seed.",
        unit=shortcut,
        settings=grid(rho=[0.0, 0.5, 0.7, 0.9, 0.95, 1.0], seed=range(3)),
        conclusions=[the_shortcut_law, a_smaller_shortcut_explodes_more],
    ),
]

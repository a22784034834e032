"""Chapter 11: another activation on a broken start, and what becomes of units after one step that was too large."""

import numpy as np

from companion.chapters.activations.death import toll
from companion.data import digits
from companion.network import Network
from companion.recipes import Recipe
from companion.runs import Recording, grid
from companion.training import train

DEPTH, WIDTH, STEPS, BATCH, SEEDS = 20, 64, 300, 64, 3
RATES = (0.01, 0.03, 0.1, 0.3)
STARTS = (
    ("sigmoid", "lecun_normal"),
    ("relu", "lecun_normal"),
    ("relu", "he_normal"),
    ("gelu", "he_normal"),
    ("tanh", "standard_normal"),
    ("relu", "standard_normal"),
    ("leaky_relu", "standard_normal"),
    ("tanh", "lecun_normal"),
)
SIZES, BAD, GOOD = (64, 50, 50, 50, 10), 10.0, 0.1
MILESTONES = (0, 50, 200, 1000)  # good steps after the bad one


def swap(activation, initialization, rate, seed):
    """Train one start at one rate."""
    recipe = Recipe(depth=DEPTH, width=WIDTH, activation=activation, initialization=initialization)
    run = train(recipe, rate=rate, steps=STEPS, batch=BATCH, seed=seed, record_every=10)
    data = digits()
    return {
        "stopped_at": run.stopped.step if run.stopped else None,
        "test_accuracy": None if run.stopped else run.evaluate(data.test_x, data.test_y)[1],
        "steps": run.steps,
        "loss": run.loss,
        "decades": run.delta[0, 0] - run.delta[0, -1],  # log10(rms δ_1 / rms δ_L) before the first step
    }


def revival(activation, seed):
    """One bad step, then good ones: the share of units without a slope above 0.01 in each hidden layer, and the accuracy."""
    x, y, rng = digits().train_x, digits().train_y, np.random.default_rng([seed, 1])
    net = Network.random(
        list(SIZES), activation=activation, initialization="he_normal", rng=np.random.default_rng(seed)
    )
    tolls = [toll(net, x, y, rate=BAD, steps=1, batch=100, rng=rng)]
    for start, stop in zip(MILESTONES, MILESTONES[1:], strict=False):
        tolls.append(toll(tolls[-1].network, x, y, rate=GOOD, steps=stop - start, batch=100, rng=rng))
    return {"dead": [t.dead for t in tolls], "accuracy": [t.accuracy for t in tolls]}


RECORDINGS = [
    Recording(
        "ch11-swap",
        11,
        f"Digits, {DEPTH} layers of {WIDTH}, {STEPS} steps of plain descent, batch {BATCH}: the start, the rate, the seed.",
        unit=swap,
        settings=[
            {"activation": f, "initialization": law, "rate": rate, "seed": seed}
            for f, law in STARTS
            for rate in RATES
            for seed in range(SEEDS)
        ],
    ),
    Recording(
        "ch11-revival",
        11,
        f"Digits, {'–'.join(map(str, SIZES))} units: a step at rate {BAD:g}, then {MILESTONES} at {GOOD:g}.",
        unit=revival,
        settings=grid(activation=["relu", "leaky_relu", "gelu", "silu"], seed=range(5)),
    ),
]

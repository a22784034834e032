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


def _scores(record, activation, initialization):
    """The test accuracies of the seeds at the rate with the best median; 0 where a run stopped."""
    kept = record.where(activation=activation, initialization=initialization)
    each = [[row["test_accuracy"] or 0.0 for row in kept.where(rate=rate).rows] for rate in RATES]
    return np.array(max(each, key=np.median))


def the_swap_alone_is_not_enough(record):
    """A: sigmoid guesses (below 0.15), ReLU with the same weights is better and still below 0.4, with 2/n above 0.6."""
    starts = ("sigmoid", "lecun_normal"), ("relu", "lecun_normal"), ("relu", "he_normal")
    sigmoid, narrow, he = (np.median(_scores(record, *start)) for start in starts)
    return sigmoid < 0.15 < narrow < 0.4 and he > 0.6


def gelu_depends_on_the_seed(record):
    """GELU with ReLU's weights: its seeds, at their best rate, are more than 0.2 apart, and all above 0.3."""
    scores = _scores(record, "gelu", "he_normal")
    return np.ptp(scores) > 0.2 and scores.min() > 0.3


def the_swap_explodes(record):
    """B: tanh with N(0, 1) guesses (below 0.25) and never overflows; ReLU and leaky ReLU always do, by the third step."""
    stops = [
        row["stopped_at"]
        for name in ("relu", "leaky_relu")
        for row in record.where(activation=name, initialization="standard_normal").rows
    ]
    tanh = record.where(activation="tanh", initialization="standard_normal").rows
    return (
        all(step is not None and step <= 2 for step in stops)
        and all(row["stopped_at"] is None for row in tanh)
        and np.median(_scores(record, "tanh", "standard_normal")) < 0.25
    )


def tanh_at_its_scale_is_the_best(record):
    """Tanh with N(0, 1/n) reads more than 0.93 in every seed, more than any ReLU or GELU network."""
    others = [row["test_accuracy"] or 0.0 for row in record.rows if row["activation"] != "tanh"]
    return _scores(record, "tanh", "lecun_normal").min() > max(0.93, *others)


def _quiet(record, activation):
    """(milestones, layers): the share of quiet units, mean of the seeds."""
    return np.array(record.where(activation=activation)["dead"]).mean(0)


def layer_2_of_relu_stays_dead(record):
    """ReLU: a step too large kills over a fifth of layers 2 and 3; in layer 2 the share stays within 0.05, layer 1 loses none."""
    quiet = _quiet(record, "relu")
    return quiet[0, 1:].min() > 0.2 and abs(quiet[:, 1] - quiet[0, 1]).max() < 0.05 and quiet[:, 0].max() == 0


def layer_3_comes_back_in_part(record):
    """After 1000 good steps ReLU has back between a fifth and a half of what was dead in layer 3, leaky ReLU more than half."""
    back = {name: 1 - _quiet(record, name)[-1, 2] / _quiet(record, name)[0, 2] for name in ("relu", "leaky_relu")}
    return 0.2 < back["relu"] < 0.5 < back["leaky_relu"]


def smooth_units_hardly_die(record):
    """SiLU has no quiet unit, GELU at once less than half of ReLU's."""
    return _quiet(record, "silu").max() == 0 and (_quiet(record, "gelu")[0, 1:] < _quiet(record, "relu")[0, 1:] / 2).all()


def all_learn_all_the_same(record):
    """After the 1000 steps the median accuracy on the training images is above 0.99 for all four."""
    names = ("relu", "leaky_relu", "gelu", "silu")
    return min(np.median(np.array(record.where(activation=name)["accuracy"])[:, -1]) for name in names) > 0.99


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
        conclusions=[
            the_swap_alone_is_not_enough,
            gelu_depends_on_the_seed,
            the_swap_explodes,
            tanh_at_its_scale_is_the_best,
        ],
    ),
    Recording(
        "ch11-revival",
        11,
        f"Digits, {'–'.join(map(str, SIZES))} units: a step at rate {BAD:g}, then {MILESTONES} at {GOOD:g}.",
        unit=revival,
        settings=grid(activation=["relu", "leaky_relu", "gelu", "silu"], seed=range(5)),
        conclusions=[
            layer_2_of_relu_stays_dead,
            layer_3_comes_back_in_part,
            smooth_units_hardly_die,
            all_learn_all_the_same,
        ],
    ),
]

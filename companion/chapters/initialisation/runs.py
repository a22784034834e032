"""Chapter 6: the ladder (which start trains at which depth) and the learning time of deep linear networks."""

import numpy as np

from companion.chapters.initialisation import deep_linear
from companion.data import digits
from companion.fixes.lsuv import lsuv
from companion.recipes import Recipe
from companion.runs import Recording, grid
from companion.training import train

EPOCHS, BATCH = 30, 48
LAWS = {  # what the ladder starts with: a law and a gain, or LSUV on top of it
    "torch_default": ("torch_default", 1.0),
    "xavier_normal": ("xavier_normal", 1.0),
    "he_normal": ("he_normal", 1.0),
    "orthogonal": ("orthogonal", 2**0.5),
    "lsuv": ("orthogonal", 1.0),
}


def ladder(depth, start, seed):
    """Train ``depth`` matrices of width 64, ReLU, zero biases, on the digits; what the losses and gradients did."""
    law, gain = LAWS[start]
    recipe = Recipe(depth=depth, width=64, initialization=law, gain=gain)
    network = recipe.network(rng=np.random.default_rng(seed))
    if start == "lsuv":
        network = lsuv(network, digits().train_x)
    data, per_epoch = digits(), digits().train_x.shape[1] // BATCH
    every = 5
    run = train(
        network,
        rate=0.01,
        momentum=0.9,
        batch=BATCH,
        steps=EPOCHS * per_epoch,
        seed=seed,
        record_every=every,
    )
    epoch = [run.loss[run.steps // per_epoch == e].mean() for e in range(EPOCHS)]
    loss, accuracy = run.evaluate(data.train_x, data.train_y)
    return {
        "epoch_loss": epoch,  # (30,) mean over the recorded batches of each epoch
        "loss": loss,
        "accuracy": accuracy,
        "test_accuracy": run.evaluate(data.test_x, data.test_y)[1],
        "log10_delta": run.delta[0],  # (L,) before the first step
        "stopped": None if run.stopped is None else str(run.stopped),
    }


def linear(start, depth, seed):
    """Steps that a deep linear network needs, at the best of 25 learning rates."""
    return deep_linear.learning_time(start, depth, seed=seed)._asdict()


def _ends(record, depth, start):
    """The losses that the seeds end with; infinite where a run stopped."""
    rows = record.where(depth=depth, start=start).rows
    return np.array([np.inf if row["stopped"] else row["loss"] for row in rows])


def the_default_stalls(record):
    """Ten layers from PyTorch's default weights are enough to stall every seed at the loss of guessing."""
    return all(np.allclose(_ends(record, depth, "torch_default"), np.log(10), rtol=0.01, atol=0) for depth in (10, 22, 30))


def ten_layers_learn_by_heart(record):
    """Ten layers from Xavier's or He's weights read every training digit, in every seed."""
    kept = [record.where(depth=10, start=start) for start in ("xavier_normal", "he_normal")]
    return all((each["accuracy"] == 1).all() and (each["loss"] < 0.01).all() for each in kept)


def at_22_layers_xavier_is_late(record):
    """At 22 layers every He network gets below a loss of 0.2 in some epoch, no Xavier network below 0.4 in any."""
    he, xavier = (record.where(depth=22, start=start)["epoch_loss"] for start in ("he_normal", "xavier_normal"))
    return he.min(axis=1).max() < 0.2 and xavier.min() > 0.4


def at_30_layers_xavier_waits(record):
    """At 30 layers no Xavier network has learned anything after five epochs; every He network has."""
    xavier, he = (record.where(depth=30, start=start)["epoch_loss"][:, :5] for start in ("xavier_normal", "he_normal"))
    return xavier.min() > 2.25 and np.nanmin(he, axis=1).max() < 2.1


def at_30_layers_the_rate_is_too_bold(record):
    """At 30 layers no He network has learned the digits by heart: each stopped, or stands at a loss above 0.1."""
    return _ends(record, 30, "he_normal").min() > 0.1


def relatives_of_he_learn_too(record):
    """At 30 layers every orthogonal and every LSUV network starts to learn within five epochs: its loss falls below 2.1."""
    kept = [record.where(depth=30, start=start)["epoch_loss"][:, :5] for start in ("orthogonal", "lsuv")]
    return max(np.nanmin(each, axis=1).max() for each in kept) < 2.1


def _steps(record, start):
    """(depths, seeds)"""
    return np.array([record.where(start=start, depth=depth)["steps"] for depth in (2, 5, 10, 15, 20)])


def orthogonal_needs_few_steps(record):
    """From orthogonal weights 20 layers need at most three times the steps of two, in every seed at most 15."""
    steps = _steps(record, "orthogonal")
    return steps.max() <= 15 and np.median(steps[-1]) <= 3 * np.median(steps[0])


def gaussian_needs_more_with_depth(record):
    """From Gaussian weights every seed needs more steps at each further depth, from under 10 to over 100."""
    steps = _steps(record, "lecun_normal")
    return (steps.min(1)[1:] > steps.max(1)[:-1])[:3].all() and steps[0].max() < 10 and steps[-1].min() > 100


def gaussian_loses_at_every_depth(record):
    """At each depth the fastest Gaussian network needs more steps than the slowest orthogonal one."""
    return (_steps(record, "lecun_normal").min(1) > _steps(record, "orthogonal").max(1)).all()


RECORDINGS = [
    Recording(
        "ch06-ladder",
        6,
        "ReLU networks of width 64 on the digits, zero biases, 30 epochs of 29 batches of 48, SGD 0.01 with momentum 0.9.",
        unit=ladder,
        settings=[
            *grid(depth=[10, 22, 30], start=["torch_default", "xavier_normal", "he_normal"], seed=range(3)),
            *grid(depth=[30], start=["orthogonal", "lsuv"], seed=range(3)),
        ],
        conclusions=[
            the_default_stalls,
            ten_layers_learn_by_heart,
            at_22_layers_xavier_is_late,
            at_30_layers_xavier_waits,
            at_30_layers_the_rate_is_too_bold,
            relatives_of_he_learn_too,
        ],
    ),
    Recording(
        "ch06-linear",
        6,
        "Deep linear networks of width 32: steps until 1 % of the loss is left, best of 25 learning rates.",
        unit=linear,
        settings=grid(start=["orthogonal", "lecun_normal"], depth=[2, 5, 10, 15, 20], seed=range(5)),
        conclusions=[orthogonal_needs_few_steps, gaussian_needs_more_with_depth, gaussian_loses_at_every_depth],
    ),
]

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
    ),
    Recording(
        "ch06-linear",
        6,
        "Deep linear networks of width 32: steps until 1 % of the loss is left, best of 25 learning rates.",
        unit=linear,
        settings=grid(start=["orthogonal", "lecun_normal"], depth=[2, 5, 10, 15, 20], seed=range(5)),
    ),
]

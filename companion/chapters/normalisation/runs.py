"""Chapter 8: how deep a network with batch norm can be trained, without residual connections and with them."""

import numpy as np

from companion.recipes import Recipe
from companion.runs import Recording, grid
from companion.training import train

LAST = 6  # records at the end that the results are a mean of: steps 250, 260 … 290 and 299


def depth_unit(depth, residual, rate, seed):
    """300 steps on the digits; the gradient before the first of them, loss and accuracy over the last fifty."""
    recipe = Recipe(depth=depth, width=64, activation="relu", norm="batch_norm", residual=residual)
    run = train(recipe, rate=rate, momentum=0.9, steps=300, batch=128, seed=seed, record_every=10)
    return {
        "decades": run.delta[0, 0] - run.delta[0, -1],
        "loss": run.loss[-LAST:].mean(),
        "accuracy": run.accuracy[-LAST:].mean(),
        "stopped": None if run.stopped is None else run.stopped.step,
        "steps": run.steps,
        "course": np.array(run.loss),
    }


RECORDINGS = [
    Recording(
        "ch08-depth",
        8,
        "ReLU networks with batch norm on the digits: width 64, He weights, batch 128, 300 steps, momentum 0.9, cross-entropy.",
        depth_unit,
        [
            *grid(depth=[10, 20, 40, 60, 100], residual=[None], rate=[0.01, 0.03], seed=[0, 1]),
            *grid(depth=[10, 40, 100], residual=["identity"], rate=[0.03], seed=[0, 1]),
        ],
        rtol=0.02,
    ),
]

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


def _best(record, depth, residual=None):
    """Accuracy at the better rate, for each seed."""
    tried = record.where(depth=depth, residual=residual)
    return np.array([tried.where(seed=seed)["accuracy"].max() for seed in (0, 1)])


def twenty_layers_learn(record):
    """10 and 20 layers with batch norm read more than 0.95 of the digits, in every seed."""
    return min(_best(record, 10).min(), _best(record, 20).min()) > 0.95


def forty_layers_are_half_way(record):
    """40 layers read between 0.3 and 0.7."""
    return 0.3 < _best(record, 40).min() and _best(record, 40).max() < 0.7


def sixty_layers_hardly_learn(record):
    """60 layers read less than 0.35, and less than every network of 40."""
    return _best(record, 60).max() < min(0.35, _best(record, 40).min())


def a_hundred_layers_guess(record):
    """100 layers read less than 0.15."""
    return _best(record, 100).max() < 0.15


def shortcuts_learn_at_any_depth(record):
    """With residual connections 10, 40 and 100 layers all read more than 0.99."""
    return min(_best(record, depth, "identity").min() for depth in (10, 40, 100)) > 0.99


def gradients_grow_with_depth(record):
    """Before training δ_1 / δ_L grows with the depth, from under 10^0.5 at 10 layers to over 10^7 at 100."""
    grown = [np.median(record.where(depth=depth, residual=None)["decades"]) for depth in (10, 20, 40, 60, 100)]
    return bool((np.diff(grown) > 0).all()) and grown[0] < 0.5 and grown[-1] > 7


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
        conclusions=[
            twenty_layers_learn,
            forty_layers_are_half_way,
            sixty_layers_hardly_learn,
            a_hundred_layers_guess,
            shortcuts_learn_at_any_depth,
            gradients_grow_with_depth,
        ],
    ),
]

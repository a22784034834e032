"""Chapter 7: the factor of a gradient in very wide networks, and which depths train along the line sigma_b^2 = 0.05."""

from math import sqrt

import numpy as np

from companion import theory
from companion.data import digits
from companion.propagation import profile
from companion.recipes import Recipe
from companion.runs import Recording, grid
from companion.training import train

BIAS = 0.05  # sigma_b^2, the bias variance of Schoenholz et al. 2017


def growth(variance, seed):
    """chi in one tanh network 1000 wide and 40 deep, from layers 10 to 40, where the length has settled."""
    wide = profile(
        activation="tanh",
        initialization="lecun_normal",
        depth=40,
        width=1000,
        seeds=[seed],
        batch=8,
        gain=sqrt(variance),
        bias_std=sqrt(BIAS),
    )
    decades = wide.log10_delta[0, 9] - wide.log10_delta[0, 39]
    return {"chi": 10 ** (2 * decades / 30), "q": variance * wide.signal[0, -1] ** 2 + BIAS}


def training(depth, variance, seed):
    """Accuracy on the training digits after 200 steps."""
    recipe = Recipe(
        depth=depth,
        width=100,
        activation="tanh",
        initialization="lecun_normal",
        gain=sqrt(variance),
        bias_std=sqrt(BIAS),
    )
    run = train(recipe, rate=0.01, steps=200, batch=64, seed=seed, record_every=200)
    loss, accuracy = run.evaluate(digits().train_x, digits().train_y)
    return {"loss": loss, "accuracy": accuracy}


def chi_is_the_theory(record):
    """The mean of five networks is within 1 % of χ at every scale, and each network within 2 %."""
    chi = {v: theory.chi("tanh", sqrt(v), sqrt(BIAS)) for v in np.unique(record["variance"])}
    ratios = np.array([record.where(variance=v)["chi"] / chi[v] for v in chi])
    return abs(ratios.mean(1) - 1).max() < 0.01 and abs(ratios - 1).max() < 0.02


def _learnt(record, depth):
    """Accuracy at each scale of ``training``, the mean of the seeds."""
    return {v: record.where(depth=depth, variance=v)["accuracy"].mean() for v in np.unique(record["variance"])}


def twenty_layers_train_everywhere(record):
    """20 layers learn at every scale: 0.55 to 0.8 at 1, above 0.9 at all others."""
    learnt = _learnt(record, 20)
    return 0.55 < learnt.pop(1.0) < 0.8 and min(learnt.values()) > 0.9


def forty_layers_train_near_the_edge(record):
    """40 layers read above 0.94 from 1.5 to 2.1, guess at 1, and are in between at 1.25, 3 and 4."""
    learnt = _learnt(record, 40)
    near = [learnt[v] for v in (1.5, 1.76, 2.1)]
    return min(near) > 0.94 and learnt[1.0] < 0.15 and all(0.3 < learnt[v] < 0.9 for v in (1.25, 3.0, 4.0))


def four_is_the_worst_exception(record):
    """Of the scales at which 40 layers should train by the rule, 4 is the worst: below 0.65 and below all others."""
    learnt = _learnt(record, 40)
    outside = learnt.pop(1.0), learnt.pop(4.0)
    return outside[1] < 0.65 and outside[1] < min(learnt.values())


def eighty_layers_train_at_the_edge_only(record):
    """80 layers read more at 1.5, 1.76 and 2.1, above 0.4, than at every other scale, where it is below 0.4."""
    learnt = _learnt(record, 80)
    near = [learnt.pop(v) for v in (1.5, 1.76, 2.1)]
    return min(near) > 0.4 > max(learnt.values())


RECORDINGS = [
    Recording(
        "ch07-growth",
        7,
        "tanh, width 1000, depth 40, batch 8, σ_b² = 0.05: the factor of the mean square of δ a layer, measured from layer 10 to "
        "40, and q of the layer that would follow.",
        unit=growth,
        settings=grid(variance=[1.0, 1.4, 1.760955, 2.5, 4.0], seed=range(5)),
        conclusions=[chi_is_the_theory],
    ),
    Recording(
        "ch07-training",
        7,
        "tanh, width 100, σ_b² = 0.05, digits: loss and accuracy on the training set after 200 steps of gradient descent, rate "
        "0.01, batch 64.",
        unit=training,
        settings=grid(depth=[20, 40, 80], variance=[1.0, 1.25, 1.5, 1.76, 2.1, 2.5, 3.0, 4.0], seed=range(2)),
        sample=6,
        conclusions=[
            twenty_layers_train_everywhere,
            forty_layers_train_near_the_edge,
            four_is_the_worst_exception,
            eighty_layers_train_at_the_edge_only,
        ],
    ),
]

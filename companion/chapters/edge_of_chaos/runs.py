"""Chapter 7: the factor of a gradient in very wide networks, and which depths train along the line sigma_b^2 = 0.05."""

from math import sqrt

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


RECORDINGS = [
    Recording(
        "ch07-growth",
        7,
        "tanh, width 1000, depth 40, batch 8, σ_b² = 0.05: the factor of the mean square of δ a layer, measured from layer 10 to "
        "40, and q of the layer that would follow.",
        unit=growth,
        settings=grid(variance=[1.0, 1.4, 1.760955, 2.5, 4.0], seed=range(5)),
    ),
    Recording(
        "ch07-training",
        7,
        "tanh, width 100, σ_b² = 0.05, digits: loss and accuracy on the training set after 200 steps of gradient descent, rate "
        "0.01, batch 64.",
        unit=training,
        settings=grid(depth=[20, 40, 80], variance=[1.0, 1.25, 1.5, 1.76, 2.1, 2.5, 3.0, 4.0], seed=range(2)),
        sample=6,
    ),
]

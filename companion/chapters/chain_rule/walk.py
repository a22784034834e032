"""The 2–2–1 network of chapter 3, walked through forward and back: what its widget shows at one setting."""

from functools import cache

import numpy as np

from companion.activations import ACTIVATIONS
from companion.cost import operations
from companion.network import Network
from companion.steps import backpropagation_steps

LOWER, UPPER = [[0.8, 0.1], [-0.6, 0.9]], [[1.0, -1.4]]
TARGET = 0.0
INPUTS = {"a": (1.0, 0.5), "b": (1.0, 0.0), "c": (-1.0, 2.0), "d": (2.0, -1.0)}
WEIGHTS = {  # what is done to the weights as they are drawn
    "drawn": ("as drawn", lambda lower, upper: (lower, upper)),
    "tenfold": ("−1.4: × 10", lambda lower, upper: (lower, upper * [1, 10])),
    "zero": ("−1.4: set to 0", lambda lower, upper: (lower, upper * [1, 0])),
    "large": ("left four: × 5", lambda lower, upper: (5 * lower, upper)),
}
TITLES = {"": "The network", "up": "The signal goes forward", "back": "The blame comes back"}
SHOWN = ("tanh", "sigmoid", "relu")


@cache
def steps(inputs="a", weights="drawn", activation="tanh"):
    """The :class:`companion.steps.Step` records of one setting."""
    changed = WEIGHTS[weights][1](np.array(LOWER), np.array(UPPER))
    return backpropagation_steps(changed, INPUTS[inputs], activation, TARGET)


def loss(weight, activation="relu"):
    """The loss with another number for the weight from input 1 to unit 2."""
    lower = [LOWER[0], [weight, LOWER[1][1]]]
    return backpropagation_steps([lower, UPPER], INPUTS["a"], activation, TARGET)[-1].loss


@cache
def cost(sizes=(700, 700, 700, 1)):
    """(weights and biases, the cost of all their slopes by one pass forward and one back, in forward passes), counted."""
    network = Network.random(list(sizes), activation="tanh", initialization="lecun_normal", rng=np.random.default_rng(0))
    x, y = np.ones((sizes[0], 1)), np.ones((1, 1))
    both = operations(lambda x: network.backward(network.forward(x), y), x)
    return network.parameters.size, both / operations(network.forward, x)


def frame(step, inputs, weights, activation):
    """Step number ``step``, its numbers on the network, and its sentence."""
    from companion import widgets  # here, because answers are judged with NumPy alone

    now = steps(inputs, weights, activation)[step]
    picture = widgets.Panel([widgets.Network(now.drawing())], bare=True, height=290, title=TITLES[now.way])
    return widgets.Frame([picture], readouts={"sentence": now.sentence})


def explorer():
    """Forward in three steps, the loss, and back in four."""
    from companion.widgets import Choice, Explorer, Slider

    last = len(steps()) - 1
    inputs = {key: f"({x:g}, {y:g})".replace("-", "−") for key, (x, y) in INPUTS.items()}
    return Explorer(
        "steps",
        frame,
        [
            Slider("step", range(last + 1), label="Step", play=last),
            Choice("inputs", inputs, label="Inputs"),
            Choice("weights", {key: words for key, (words, _) in WEIGHTS.items()}, label="Weights"),
            Choice("activation", {name: ACTIVATIONS[name].label for name in SHOWN}, label="Activation f"),
        ],
        summary="{sentence}",
        title="One pass forward, one pass back",
        caption="Two inputs, two units with activation f, one output without, no biases. Loss: half the squared error. "
        "Widths and greys compare the numbers of one picture: another setting is drawn to its own scale. "
        "Only what is printed is rounded.",
    )

"""Chapter 1: what the gradient of the course's own network promises at the start, and what other directions give."""

import numpy as np

from companion.data import digits
from companion.layers import LOSSES
from companion.runs import Recording, grid
from companion.variants import VARIANTS

RATES = 10.0 ** np.arange(-5, 0.1, 0.5)
SEEDS, RANDOM = 10, 100  # networks, and random directions each
STEP, STEPS = 0.05, 30  # of the walks: the length of a step, and how many


def start(variant, seed):
    """The course's own network before its first step, in float64."""
    return VARIANTS[variant].recipe.network(rng=np.random.default_rng(seed))


def _loss_and_gradient(network):
    """The loss over all training digits, and its gradient as one long row."""
    data = digits()
    trace = network.forward(data.train_x)
    loss = LOSSES["cross_entropy"].value(trace.output, data.train_y)
    return loss, network.backward(trace, data.train_y, "cross_entropy").flat


def first_step(variant, seed):
    """How long the gradient is, how much a step of each rate lowers the loss, and the cosines of random directions."""
    network, data = start(variant, seed), digits()
    loss, gradient = _loss_and_gradient(network)
    length = np.linalg.norm(gradient)
    after = [
        network.with_parameters(network.parameters - rate * gradient).loss(data.train_x, data.train_y, "cross_entropy")
        for rate in RATES
    ]
    directions = np.random.default_rng([seed, 1]).standard_normal((RANDOM, len(gradient)))
    cosines = directions @ gradient / np.linalg.norm(directions, axis=1) / length  # (RANDOM,)
    return {"loss": loss, "length": length, "drop": loss - np.array(after), "cosines": cosines}


def walk(way, seed):
    """The loss on a walk of equal steps from the He start: against the gradient, or each in a random direction."""
    network, rng, losses = start("he", seed), np.random.default_rng([seed, 2]), []
    for step in range(STEPS + 1):
        if way == "random":
            losses.append(network.loss(digits().train_x, digits().train_y, "cross_entropy"))
            direction = rng.standard_normal(len(network.parameters))
        else:
            loss, gradient = _loss_and_gradient(network)
            losses.append(loss)
            direction = -gradient
        if step < STEPS:
            network = network.with_parameters(network.parameters + STEP * direction / np.linalg.norm(direction))
    return {"losses": losses}


def kept(record, variant="he"):
    """The measured drop as a share of the promised one, rate × length²: (networks, rates)."""
    rows = record.where(variant=variant)
    return rows["drop"] / (RATES * rows["length"][:, None] ** 2)


def a_short_step_keeps_the_promise(record):
    """At rate 10^-5 each He network's loss falls by what the gradient promises, within 1 %."""
    return bool((np.abs(kept(record)[:, 0] - 1) < 0.01).all())


def a_long_step_does_not(record):
    """At rate 0.1 most He networks get less than a tenth of what was promised and none gets half; at 1 most climb."""
    tenfold, hundredfold = kept(record)[:, 8], kept(record)[:, 10]
    return bool(np.median(tenfold) < 0.1 and tenfold.max() < 0.5 and np.median(hundredfold) < 0)


def the_default_network_keeps_its_promise(record):
    """With PyTorch's defaults every network keeps at least 85 % of the promise at every rate up to 1."""
    return bool(kept(record, "torch_default").min() > 0.85)


def random_directions_are_level(record):
    """The cosine of a random direction has a typical size of 1/√n, within 10 %."""
    cosines = record.where(variant="he")["cosines"]
    return bool(abs(np.sqrt((cosines**2).mean() * start("he", 0).parameters.size) - 1) < 0.1)


def the_default_arrow_is_short(record):
    """PyTorch's defaults give each network a gradient at least 30 times shorter than any He network has."""
    default, he = (record.where(variant=variant)["length"] for variant in ("torch_default", "he"))
    return bool(he.min() > 30 * default.max())


def against_the_gradient_the_loss_falls(record):
    """Thirty steps against the gradient lower every loss by at least 0.4; random ones move none by 0.1."""
    fallen = {way: rows[:, 0] - rows[:, -1] for way in ("down", "random") for rows in [record.where(way=way)["losses"]]}
    return bool(fallen["down"].min() > 0.4 and np.abs(fallen["random"]).max() < 0.1)


RECORDINGS = [
    Recording(
        "ch01-first-step",
        1,
        "Twenty ReLU layers of 64, all 1,437 training digits, before the first step: the variant, the seed.",
        unit=first_step,
        settings=grid(variant=["he", "torch_default"], seed=range(SEEDS)),
        conclusions=[
            a_short_step_keeps_the_promise,
            a_long_step_does_not,
            the_default_network_keeps_its_promise,
            random_directions_are_level,
            the_default_arrow_is_short,
        ],
    ),
    Recording(
        "ch01-walk",
        1,
        f"The same network with He weights, {STEPS} steps of length {STEP}: the way, the seed.",
        unit=walk,
        settings=grid(way=["random", "down"], seed=range(SEEDS)),
        conclusions=[against_the_gradient_the_loss_falls],
    ),
]

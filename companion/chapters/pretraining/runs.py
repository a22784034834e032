"""Chapter 15: one network from several starts, of two to six layers and of the course's twenty; exploding starts; transfer."""

import numpy as np

from companion import course_network, signals
from companion.chapters.pretraining import greedy, transfer
from companion.chapters.pretraining.starts import BATCH, EPOCHS, STARTS
from companion.course_network import learnt
from companion.data import digits
from companion.recipes import Recipe
from companion.runs import Recording, grid

SEEDS = range(5)
DEPTHS = (2, 3, 4, 5, 6)
DRAWN = ("random", "pretrained")
COMPARED = ("random", "pretrained", "rescaled", "relu")
EXPLODING = {  # name: (the recipe of eight layers, the rate of the pre-training)
    "sigmoid": ({"activation": "sigmoid", "initialization": "lecun_normal", "gain": 32.0}, 0.1),
    "relu": ({"activation": "relu", "initialization": "he_normal", "gain": 2.0}, 0.1),
    "relu-slowly": ({"activation": "relu", "initialization": "he_normal", "gain": 2.0}, 0.003),
}


def at_start(network):
    """Before training, over all 1,437 digits: log10 rms of each δ_l, log10 ‖∂W_l‖, and how far each layer's outputs spread.

    The spread of a layer is the standard deviation of a unit's output over the digits, rms over the units.
    """
    data = digits()
    trace = network.forward(data.train_x)
    found = network.backward(trace, data.train_y, "cross_entropy")
    return {
        "delta": np.array([signals.log10_rms(delta) for delta in found.deltas]),
        "told": np.array([signals.log10_norm(slopes) for slopes in found.weights]),
        "spread": np.array([signals.rms(a.std(1)) for a in trace.a[1:]]),
    }


def begun(depth, variant, seed):
    """The course's own network, ``depth`` layers of it, from one of ``STARTS``: how it begins, its loss, and how it ends."""
    start = STARTS[variant]
    network = start.network(depth=depth, seed=seed)
    result = course_network.train(start.variant(depth), seed, start=lambda _: network)
    kept = {name: result[name] for name in ("steps", "test_loss", "test_accuracy", "stopped")}
    return kept | {"loss": np.round(result["loss"], 3), "told": at_start(network)["told"][0], "fall": _fall(network)}


def course(variant, seed):
    """What ``course_network.unit`` measures, from one of ``STARTS``, and how it began; what the layers do only of ``DRAWN``."""
    start = STARTS[variant]
    network = start.network(depth=20, seed=seed)
    result = course_network.train(start.variant(20), seed, start=lambda _: network)
    kept = ["steps", "test_loss", "test_accuracy", "stopped"]
    shown = ["loss", *(["update", "moved", "delta"] if variant in DRAWN else [])]
    rounded = {name: np.round(result[name], course_network.DECIMALS[name]) + 0.0 for name in shown}
    begin = at_start(network)
    return {name: result[name] for name in kept} | rounded | {
        "told": np.round(begin["told"], 2),
        "began": np.round(begin["delta"], 2),
        "spread": np.round(begin["spread"], 4),
    }


def exploding(start, seed):
    """Eight layers that explode, before and after pre-training: decades from δ_8 to δ_1; and how much each of them learns."""
    settings, rate = EXPLODING[start]
    rng = np.random.default_rng(seed)
    network = Recipe(depth=8, **settings).network(rng=rng)
    after = greedy.pretrain(
        network, digits().train_x, rate=rate, epochs=EPOCHS, batch=BATCH, rng=np.random.default_rng([seed, 2])
    )
    variant = STARTS["random"].variant(8)
    ends = {
        name: course_network.train(variant, seed, start=lambda _, n=n: n)
        for name, n in (("plain", network), ("pretrained", after.network))
    }
    return {
        "before": _fall(network),
        "after": np.nan if after.stopped else _fall(after.network),
        "stopped": after.stopped,
        "errors": [errors[[0, -1]] for errors in after.errors],
        **{f"{name}_accuracy": end["test_accuracy"] for name, end in ends.items()},
    }


def moved_on(task, way, seed):
    """Accuracy after transfer: all digits → the same a pixel to the right, or digits 0–4 → 5–9; 200 labelled digits, 20 steps."""
    if task == "shifted":
        goal, source = transfer.shifted(labelled=200), digits()
    else:
        goal, source = transfer.only(range(5, 10), labelled=200), transfer.only(range(5))
    return {"accuracy": transfer.transferred(goal, source, way=way, seed=seed, steps=20)}


def _fall(network):
    """Decades from the blame of the last layer to that of the first."""
    delta = at_start(network)["delta"]
    return delta[0] - delta[-1]


def _rows(record, **setting):
    return record.where(**setting).rows


def only_the_right_starts_learn(record):
    """At twenty layers all five pre-trained, ready-made, ReLU networks read above 0.85, the centred half; none else reads 0.3."""
    ends = {name: learnt(record, name, 0.85) for name in ("pretrained", "ready", "relu")}
    ends["centred"] = learnt(record, "centred")
    return set(ends.values()) == {5} and not any(learnt(record, name, 0.3) for name in STARTS if name not in ends)


def the_random_start_guesses_for_ever(record):
    """From the random start layer 1 is exactly still in float32 and each loss ends within 0.02 of ln 10."""
    rows = _rows(record, variant="random")
    return all(np.isneginf(row["moved"][-1][0]) and abs(row["test_loss"] - np.log(10)) < 0.02 for row in rows)


def the_pretrained_blame_falls_in_one_place(record):
    """Pre-trained, δ_1 is 10^−1.9 to 10^−1.7 of δ_20 in every seed, and more than half of these decades go below layer 20."""
    began = [row["began"] for row in _rows(record, variant="pretrained")]
    falls = [(delta[0] - delta[19], delta[18] - delta[19]) for delta in began]
    return all(-1.95 < whole < -1.65 and last < whole / 2 for whole, last in falls)


def random_fails_from_five_layers_on(record):
    """The random start reads more than 0.7 at two and three layers in every seed, and none reads 0.2 at five and six."""
    reads = {depth: record.where(depth=depth, variant="random")["test_accuracy"] for depth in DEPTHS}
    return all((reads[depth] > 0.7).all() for depth in (2, 3)) and all((reads[depth] < 0.2).all() for depth in (5, 6))


def pretrained_reads_at_every_depth(record):
    """Pre-trained networks of two to six layers read more than 0.9, every one of them."""
    return (np.array([row["test_accuracy"] for row in record.rows if row["variant"] == "pretrained"]) > 0.9).all()


def what_w1_is_told(record):
    """From three to six layers, what W_1 is told falls by 1.7 decades or more at random, by 0.4 or less pre-trained."""
    told = {(d, v): np.median(record.where(depth=d, variant=v)["told"]) for d in (3, 6) for v in ("random", "pretrained")}
    return told[3, "random"] - told[6, "random"] > 1.7 and told[3, "pretrained"] - told[6, "pretrained"] < 0.4


def sigmoids_stay_loud(record):
    """The exploding sigmoids grow by more than a decade before and after pre-training, in every seed."""
    return all(row["before"] > 1 and row["after"] > 1 for row in _rows(record, start="sigmoid"))


def relu_overflows_in_practice(record):
    """Doubled, ReLU stops in the pre-training of layer 1 at rate 0.1, in every seed."""
    return all(row["stopped"] == 1 for row in _rows(record, start="relu"))


def slow_practice_mends_relu(record):
    """At the small rate ReLU's growth falls from above a decade to below half a one and it reads more than 0.5.

    Yet from layer 3 on the inputs are given back worse than by their mean.
    """
    rows = _rows(record, start="relu-slowly")
    worse = all(errors[-1] > 1 for row in rows for errors in row["errors"][2:])
    return worse and all(row["before"] > 1 and row["after"] < 0.5 and row["pretrained_accuracy"] > 0.5 for row in rows)


def _reads(record, task, way):
    return float(np.median(record.where(task=task, way=way)["accuracy"]))


def fine_tuning_is_ahead_on_shifted_digits(record):
    """One pixel to the right, fine-tuning all layers is ahead of scratch and of frozen layers by more than 0.03 in the median."""
    fine = _reads(record, "shifted", "fine-tuned")
    return all(fine - _reads(record, "shifted", way) > 0.03 for way in ("from scratch", "frozen below"))


def it_is_not_on_other_classes(record):
    """For the digits 5 to 9 after 0 to 4, frozen layers are behind a start from scratch by more than 0.1 in the median."""
    return _reads(record, "classes", "from scratch") - _reads(record, "classes", "frozen below") > 0.1


RECORDINGS = [
    Recording(
        "ch15-course-network",
        15,
        f"The course's own network from eight starts. {course_network.SETTINGS}.",
        unit=course,
        settings=grid(variant=list(STARTS), seed=SEEDS),
        rtol=0.05,
        conclusions=[only_the_right_starts_learn, the_random_start_guesses_for_ever, the_pretrained_blame_falls_in_one_place],
    ),
    Recording(
        "ch15-starts",
        15,
        f"Two to six layers from four starts. {course_network.SETTINGS}.",
        unit=begun,
        settings=grid(depth=DEPTHS, variant=COMPARED, seed=SEEDS),
        sample=80,  # six layers, random: it hardly moves
        rtol=0.05,
        conclusions=[random_fails_from_five_layers_on, pretrained_reads_at_every_depth, what_w1_is_told],
    ),
    Recording(
        "ch15-exploding",
        15,
        "Eight layers of 64 that explode, pre-trained, and then trained as the course's own network.",
        unit=exploding,
        settings=grid(start=list(EXPLODING), seed=range(3)),
        sample=3,  # one that overflows at once
        rtol=0.05,
        conclusions=[sigmoids_stay_loud, relu_overflows_in_practice, slow_practice_mends_relu],
    ),
    Recording(
        "ch15-transfer",
        15,
        "Six ReLU layers that learnt some digits learn others, of which 200 are labelled: accuracy after 20 steps.",
        unit=moved_on,
        settings=grid(task=("shifted", "classes"), way=transfer.WAYS, seed=SEEDS),
        rtol=0.3,
        conclusions=[fine_tuning_is_ahead_on_shifted_digits, it_is_not_on_other_classes],
    ),
]

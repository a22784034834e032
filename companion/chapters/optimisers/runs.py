"""Chapter 13: the course's own network with other optimisers, rates and schedules, and three kinds of vanishing."""

from dataclasses import replace

import numpy as np

from companion.chapters.optimisers.transfer import RULES, handed_on
from companion.course_network import VARIANTS, Variant, learnt, recording, train
from companion.runs import Recording, grid

GUESSING = float(np.log(10))
SEEDS = range(5)

ADAM = {"optimizer": "adam", "momentum": 0.0, "rate": 0.001}
TINY = ADAM | {"settings": {"eps": 1e-30}}
NETS = {  # what is not as in the course's own network
    "default": {"initialization": "torch_default", "biases": "drawn"},
    "halved": {"gain": 0.5},
    "doubled": {"gain": 2.0},
    "sigmoid": {"activation": "sigmoid", "initialization": "lecun_normal"},
    "sigmoid-10": {"activation": "sigmoid", "initialization": "lecun_normal", "depth": 10},
    "orthogonal": {"activation": "tanh", "initialization": "orthogonal", "gain": 0.7, "width": 16},
    "gaussian": {"activation": "tanh", "initialization": "lecun_normal", "gain": 0.7, "width": 16},
}
STEP_LR = {"schedule": "step_decay", "schedule_settings": {"every": 30}}  # D2's, in steps
WAYS = {
    "sgd": {},
    "adam": ADAM,
    "tiny": TINY,
    "rate-0.1": {"rate": 0.1},
    "rate-1": {"rate": 1.0},
    "rate-10": {"rate": 10.0},
    "step-lr": {"rate": 0.1} | STEP_LR,
    "rate-0.001": {"rate": 1e-3},
    "rate-1e-7": {"rate": 1e-7},
    "rmsprop": {"optimizer": "rmsprop", "momentum": 0.0, "rate": 0.001},
    "sign": {"optimizer": "sign", "momentum": 0.0, "rate": 0.001},
    "muon": {"optimizer": "muon", "momentum": 0.0, "rate": 0.02},
}


def trained(net, way, seed, steps=400):
    """The course's own network with a changed start, trained in a changed way: its loss on the batch at some steps, how many of
    the test digits it reads (NaN where it stopped), log10 of how far layers 1 and 20 have moved, and how alike two inputs are in
    the last layer, at five moments."""
    result = train(Variant(net, net, steps=steps, **NETS[net] | WAYS[way]), seed)
    moved = [round(float(moved), 1) for moved in result["moved"][-1][[0, -1]]] if len(result["moved"]) else []
    return {
        "at": result["steps"],
        "loss": np.round(result["loss"], 3),
        "accuracy": result["test_accuracy"],
        "moved": moved,
        "alike": np.round(result["correlation"][:, -1], 4) if len(result["moved"]) else [],
        "stopped": result["stopped"],
    }


def squeezed(start, way, seed):
    """The same of forty tanh layers, every weight 0.85 times as large as is fair, 200 steps: orthogonal matrices, or
Gaussian ones
    that squeeze most directions."""
    changes = {"activation": "tanh", "initialization": start, "gain": 0.85, "depth": 40, "steps": 200} | WAYS[way]
    result = train(Variant("squeezed", "squeezed", **changes), seed)
    return {"at": result["steps"], "loss": np.round(result["loss"], 3), "accuracy": result["test_accuracy"]}


PLANS = {
    "none": {},
    "warm_up": {"schedule": "warm_up", "schedule_settings": {"steps": 50}},
    "one_cycle": {"schedule": "one_cycle", "schedule_settings": {"steps": 200}},
}


def warmed(plan, rate, seed):
    """Ten layers of the course's own network, 200 steps of Adam by a plan that has ``rate`` as its largest: the test loss."""
    changes = {"depth": 10, "steps": 200, "optimizer": "adam", "momentum": 0.0, "rate": rate} | PLANS[plan]
    result = train(Variant("warmed", "warmed", **changes), seed)
    return {"loss": result["test_loss"], "accuracy": result["test_accuracy"]}


def _settings(nets, ways, seeds=SEEDS, **more):
    return grid(net=nets, way=ways, seed=seeds, **{name: [value] for name, value in more.items()})


def _end(row):
    """The loss of the last three recorded batches, their mean."""
    return float(np.mean(row["loss"][-3:]))


def _ends(record, **setting):
    return np.array([_end(row) for row in record.where(**setting).rows])


def _learn(record, above=0.5, **setting):
    """How many seeds read more than that share of the test digits; one that stopped does not."""
    return int(np.sum(record.where(**setting)["accuracy"].astype(float) > above))


def adam_trains_the_defaults_and_not_the_sigmoid(record):
    """With Adam at least four of five default networks read more than half of the test digits, no sigmoid network more than
0.2."""
    return learnt(record, "default-adam") >= 4 and learnt(record, "sigmoid-adam", 0.2) == 0


def they_learn_late(record):
    """Before step 60 no loss of the default networks is below 2."""
    rows = record.where(variant="default-adam").rows
    early = [loss for row in rows for step, loss in zip(row["steps"], row["loss"], strict=True) if step < 60]
    return min(early) > 2


def adam_repairs_a_scale(record):
    """Halved, no network moves away from guessing with SGD (2.2 to 2.4); with Adam, of either eps, all end below 1.8."""
    still = abs(_ends(record, net="halved", way="sgd") - GUESSING).max() < 0.1
    return still and all(_ends(record, net="halved", way=way).max() < 1.8 for way in ("adam", "tiny"))


def adam_repairs_no_lost_signal(record):
    """Ten sigmoid layers: with Adam, of either eps, no network ends below 1.5 or reads more than 0.3 of the test digits."""
    ways = ("adam", "tiny")
    ends = min(_ends(record, net="sigmoid-10", way=way).min() for way in ways)
    return ends > 1.5 and sum(_learn(record, 0.3, net="sigmoid-10", way=way) for way in ways) == 0


def patience_rebuilds_a_part(record):
    """After 1,500 steps at least one ten-layer sigmoid network reads more than 0.3, none 0.8; of twenty layers none reads 0.3."""
    reads = record.where(net="sigmoid-10", way="adam")["accuracy"].astype(float)
    return 0.3 < reads.max() < 0.8 and _learn(record, 0.3, net="sigmoid", way="tiny") == 0


def squeezed_networks_stay_behind(record):
    """With SGD all end at guessing (2.2 to 2.4); with Adam the median of the Gaussian ones ends higher than that of the
orthogonal."""
    still = abs(np.array([_end(row) for row in record.where(way="sgd").rows]) - GUESSING).max() < 0.1
    gaussian, orthogonal = (np.median(_ends(record, start=start, way="adam")) for start in ("lecun_normal", "orthogonal"))
    return bool(still and gaussian > orthogonal)


def no_rate_trains_the_defaults(record):
    """At 0.1, 1, 10, and with a step schedule from 0.1, no default network reads more than 0.25 of the test digits."""
    return not np.any(record.where(net="default")["accuracy"].astype(float) > 0.25)


def an_explosion_needs_far_smaller_rates(record):
    """Doubled, every network stops within ten steps at rates of 0.001 and more; at 1e-7 and with Adam none stops or learns."""
    lost = [row["stopped"] for row in record.where(net="doubled").rows if row["way"] not in ("rate-1e-7", "adam")]
    left = [row for row in record.where(net="doubled").rows if row["way"] in ("rate-1e-7", "adam")]
    alive = all(row["stopped"] is None and row["accuracy"] < 0.5 for row in left)
    return all(step is not None and step <= 10 for step in lost) and alive


def no_optimizer_trains_the_sigmoid(record):
    """Of RMSprop, sign and Muon none lets a sigmoid network of 20 layers read more than 0.3 of the test digits in 300 steps."""
    return _learn(record, 0.3, net="sigmoid") == 0


def _best(record, rule, width):
    """The rate of the smallest loss, the median of the seeds."""
    rates = sorted(set(record["rate"]))
    loss = [np.median(np.nan_to_num(record.where(rule=rule, width=width, rate=r)["loss"].astype(float), nan=9.0)) for r in rates]
    return rates[int(np.argmin(loss))]


def the_best_rate_falls_unless_it_is_handed_on(record):
    """With one rate for all the best is at most 0.003 at width 512 and at least 0.01 at 32; by μP it is at least 0.01 at both."""
    held = min(_best(record, "standard", 32), _best(record, "mup", 512))
    return _best(record, "standard", 512) <= 0.003 and held >= 0.01


def decay_holds_what_warm_up_alone_does_not(record):
    """At 0.03 each one-cycle network reads more than 0.85 of the test digits; with the warm-up alone none does."""
    cycle, alone = (record.where(plan=plan, rate=0.03)["accuracy"].astype(float) for plan in ("one_cycle", "warm_up"))
    return cycle.min() > 0.85 and not (alone > 0.85).any()


COURSE = recording(
    "ch13-course-network",
    13,
    "Two starts that SGD cannot train, with Adam at rate 0.001 for 800 steps; the short one is what the tests measure again.",
    [
        replace(
            VARIANTS["torch_default"], name="default-adam", label="PyTorch's defaults, with Adam", steps=800, **ADAM
        ),
        replace(VARIANTS["sigmoid"], name="sigmoid-adam", label="sigmoid, with Adam", steps=800, **ADAM),
        replace(VARIANTS["sigmoid"], name="short", label="sigmoid, with Adam, 60 steps", steps=60, **ADAM),
    ],
    seeds=SEEDS,
    conclusions=[adam_trains_the_defaults_and_not_the_sigmoid, they_learn_late],
)

RECORDINGS = [
    Recording(
        "ch13-kinds",
        13,
        "Two starts that are told equally little, with SGD, Adam, and Adam with an eps of 1e-30: 300 steps.",
        unit=trained,
        settings=_settings(["halved", "sigmoid-10"], ["sgd", "adam", "tiny"], steps=300),
        conclusions=[adam_repairs_a_scale, adam_repairs_no_lost_signal],
    ),
    Recording(
        "ch13-patience",
        13,
        "Sigmoid networks with Adam for 1,500 steps: ten layers, and twenty with an eps of 1e-30; a short one is measured again.",
        unit=trained,
        settings=_settings(["sigmoid-10"], ["sgd"], [0], steps=100)
        + _settings(["sigmoid-10"], ["adam"], range(3), steps=1500)
        + _settings(["sigmoid"], ["tiny"], range(3), steps=1500),
        conclusions=[patience_rebuilds_a_part],
    ),
    Recording(
        "ch13-squeezed",
        13,
        "Forty tanh layers: orthogonal and Gaussian weights of equal size, with SGD and Adam, 200 steps.",
        unit=squeezed,
        settings=grid(start=["lecun_normal", "orthogonal"], way=["sgd", "adam"], seed=SEEDS),
        conclusions=[squeezed_networks_stay_behind],
    ),
    Recording(
        "ch13-rates",
        13,
        "Other rates and schedules of SGD, from PyTorch's default start and from one that explodes: 200 steps.",
        unit=trained,
        settings=_settings(
            ["doubled"], ["rate-0.1", "rate-1", "rate-10", "step-lr", "rate-0.001", "rate-1e-7", "adam"], steps=200
        )
        + _settings(["default"], ["rate-0.1", "rate-1", "rate-10", "step-lr"], steps=200),
        conclusions=[no_rate_trains_the_defaults, an_explosion_needs_far_smaller_rates],
    ),
    replace(COURSE, settings=COURSE.settings[:11], sample=10),
    Recording(
        "ch13-optimizers",
        13,
        "Other optimisers on two starts that SGD cannot train, and on the squeezed one: 300 steps.",
        unit=trained,
        settings=_settings(["gaussian", "default", "sigmoid"], ["rmsprop", "sign", "muon"], range(3), steps=300),
        sample=18,
        conclusions=[no_optimizer_trains_the_sigmoid],
    ),
    Recording(
        "ch13-transfer",
        13,
        "A rate of Adam handed on from width 32 to wider networks, by one rate for all or by the rule of μP: 60 steps.",
        unit=handed_on,
        settings=grid(rule=RULES, width=[32, 128, 512], rate=[0.001, 0.003, 0.01, 0.03, 0.1], seed=range(3)),
        conclusions=[the_best_rate_falls_unless_it_is_handed_on],
    ),
    Recording(
        "ch13-warm-up",
        13,
        "Ten layers of the course's own network, Adam with and without a warm-up, 200 steps: loss on the test digits.",
        unit=warmed,
        settings=grid(plan=PLANS, rate=[0.001, 0.003, 0.01, 0.03], seed=range(3)),
        conclusions=[decay_holds_what_warm_up_alone_does_not],
    ),
]

r"""Transfer at its smallest: what a network has learnt from some digits as the start for others, of which few have labels.

>>> task = shifted(labelled=50)
>>> task.train_x.shape, task.test_x.shape
((64, 50), (64, 360))
>>> factors("slower below", 3).round(2)                                     # of the rate, layer 1 first
array([0.15, 0.38, 1.  ])

Chapter 15; Howard and Ruder (2018) for rates that differ by layer.
"""

from dataclasses import dataclass, replace

import numpy as np

from companion import require, torch_nets, training
from companion.data import Digits, digits
from companion.recipes import Recipe

DISCRIMINATE = 2.6  # Howard & Ruder (2018): each layer learns so many times slower than the one above
WAYS = ("from scratch", "fine-tuned", "frozen below", "slower below", "slower above", "first and last", "first frozen")


@dataclass(frozen=True, eq=False)
class Task:
    """Digits to learn from and to be judged by: columns ``train_x``, ``test_x`` and their labels."""

    train_x: np.ndarray
    train_y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray


def shifted(*, labelled, by=1):
    """All digits, moved ``by`` pixels to the right (what leaves the picture is lost), the first ``labelled`` with a label."""
    data = digits()
    by = require.positive_int("by", by, minimum=0, maximum=7)
    train, test = (_moved(x * data.std + data.mean, by) for x in (data.train_x, data.test_x))
    mean, std = train.mean(1, keepdims=True), train.std(1, keepdims=True)
    std[std == 0] = 1.0
    return _first(Task((train - mean) / std, data.train_y, (test - mean) / std, data.test_y), labelled)


def only(classes, *, labelled=None):
    """The digits of some ``classes``; None: all of them are labelled, else the first ``labelled``."""
    data, classes = digits(), require.listed("classes", classes)
    classes = [require.positive_int("classes", c, minimum=0, maximum=9) for c in classes]
    if not classes:
        raise ValueError("classes must hold at least one digit, got none")
    train, test = np.isin(data.train_y, classes), np.isin(data.test_y, classes)
    task = Task(data.train_x[:, train], data.train_y[train], data.test_x[:, test], data.test_y[test])
    return task if labelled is None else _first(task, labelled)


def factors(way, depth):
    """What the rate is multiplied by in layers 1 to ``depth``, one of ``WAYS``: (depth,)."""
    require.known("way", way, dict.fromkeys(WAYS))
    depth = require.positive_int("depth", depth)
    below = np.arange(depth)[::-1]  # how many layers above
    return {
        "frozen below": (below == 0).astype(float),
        "slower below": DISCRIMINATE**-below,
        "slower above": DISCRIMINATE ** -below[::-1],
        "first frozen": (below < depth - 1).astype(float),
        "first and last": ((below == 0) | (below == depth - 1)).astype(float),
    }.get(way, np.ones(depth))


def transferred(task, source, *, way, seed, depth=6, steps=200):
    """Accuracy on ``task.test_x`` after learning ``task`` from what learnt ``source`` first, with a last layer drawn anew.

    ReLU, He's weights, ``depth`` layers of 64; the source as the course's own network (400 steps, rate 0.01, momentum 0.9, 64 a
    step), the task for ``steps`` steps of at most 64. ``way``: one of ``WAYS``; "from scratch" learns no source.
    """
    for name, given in (("task", task), ("source", source)):
        require.instance(name, given, Task | Digits, "a Task, or the digits")
    rates = np.repeat(factors(way, depth), 2)  # of weights and biases
    recipe, settings = Recipe(depth=depth), {"rate": 0.01, "momentum": 0.9}
    network = recipe.network(rng=np.random.default_rng([require.seed("seed", seed), 4]))
    if way != "from scratch":
        first = (source.train_x, source.train_y)
        run = training.train(recipe, first, steps=400, batch=64, seed=seed, record_every=400, **settings)
        learnt = torch_nets.parameters(run.module)
        last = sum(matrix.size for matrix in network.layers[-1].parameters.values())
        network = network.with_parameters(np.r_[learnt[:-last], network.parameters[-last:]])
    run = training.train(
        network,
        (task.train_x, task.train_y),
        steps=steps,
        batch=min(64, task.train_x.shape[1]),
        seed=seed,
        record_every=steps,
        clip=lambda gradients: [rate * g for rate, g in zip(rates, gradients, strict=True)],
        **settings,
    )
    return run.evaluate(task.test_x, task.test_y)[1]


def _moved(x, by):
    """Images (64, N) moved to the right by so many pixels; zeros come in."""
    images = x.reshape(8, 8, -1)
    out = np.zeros_like(images)
    out[:, by:] = images[:, : 8 - by]
    return out.reshape(64, -1)


def _first(task, labelled):
    most = task.train_x.shape[1]
    labelled = require.positive_int("labelled", labelled, maximum=most)
    return replace(task, train_x=task.train_x[:, :labelled], train_y=task.train_y[:labelled])

"""Chapter 14: networks of other shapes: as many weights in fewer or more layers, and twenty layers of other widths."""

from dataclasses import replace

import numpy as np

from companion import torch_nets, training
from companion.chapters.depth_and_width.spread import coin_median, measured
from companion.course_network import VARIANTS, Variant, learnt, recording
from companion.data import digits
from companion.fixes import FIXES
from companion.fixes.lsuv import lsuv
from companion.recipes import Recipe
from companion.runs import Recording, grid

torch = training.torch

SHAPES = {3: 245, 5: 149, 10: 94, 20: 64, 40: 44, 80: 31}  # depth: width, each with about 78,000 weights
KINDS = {  # what else is done, in these networks of other shapes
    "he": {},
    "default": {"initialization": "torch_default", "biases": "drawn"},
    "shortcut": {"residual": "scaled"},
    "batch_norm": {"norm": "batch_norm"},
}
RATES = tuple(2.0**power for power in range(-9, -4))
WIDTHS = (8, 16, 32, 64, 128)
SIZES = [*((20, width) for width in WIDTHS), (3, 8), (40, 128)]  # (depth, width)
DRAWN = [(5, 149), (20, 64), (80, 31), (51, 50)]  # (depth, width): in the dots of the core page; fifty hidden layers of 50
TRAINED = [
    *grid(kind=["he"], depth=SHAPES, seed=range(5)),
    *grid(kind=["default"], depth=[3, 5, 10, 20], seed=range(5)),
    *grid(kind=["shortcut"], depth=[5, 20, 40, 80], seed=range(5)),
    *grid(kind=["batch_norm"], depth=[20, 40], seed=range(3)),
]


def weights(depth, width):
    """How many weights (without biases) the course's own network has in such a shape.

    >>> [weights(depth, width) for depth, width in SHAPES.items()]
    [78155, 77629, 77644, 78464, 76824, 77252]
    """
    return 64 * width + (depth - 2) * width**2 + 10 * width


def trained(kind, depth, seed):
    """Accuracy on the test digits after the course's 400 steps, of a network of one of the ``SHAPES``; NaN if it stopped."""
    return _accuracy(Variant(kind, kind, depth=depth, width=SHAPES[depth], **KINDS[kind]), seed)


def of_width(depth, width, seed):
    """The same for the course's own network, He's weights, with other numbers of layers and units."""
    return _accuracy(Variant("he", "He", depth=depth, width=width), seed)


def mended(depth, width, seed):
    """Accuracy where each layer was rescaled at the start, so that its z have variance 1 on digits: no size is left to luck."""
    he = Variant("he", "He", depth=depth, width=width)
    net = lsuv(he.recipe.network(rng=np.random.default_rng(seed)), digits().train_x[:, :200])
    run = training.train(torch_nets.mirror(net, dtype=torch.float32), seed=seed, record_every=he.steps, **he.training)
    return {"accuracy": np.nan if run.stopped else run.evaluate(digits().test_x, digits().test_y)[1]}


def transferred(alpha, blocks, rate, seed):
    """Loss and movement after 60 Adam steps of x + L^−α W relu(x), L ``blocks`` of width 32 between a first and a last layer.

    ``loss``: the mean of the last two batches; ``moved``: how far the middle one of the blocks is, as a share of its size.
    """
    recipe = Recipe(depth=blocks + 2, width=32, residual=FIXES["residual"].using(scale=blocks**-alpha))
    run = training.train(recipe, seed=seed, optimizer="adam", rate=rate, steps=60, batch=128, record_every=10)
    return {"loss": float(np.mean(run.loss[-2:])), "moved": float(np.median(run.moved[-1][1:-1]))}


def squares(depth, width, seed):
    """log10 of the squared blame at layer 1, of 1 at the top, in 100 networks of that shape before training, (100,)."""
    drawn = measured([width] * (depth - 1), networks=100, rng=np.random.default_rng(seed))
    return {"log10_square": np.round(drawn, 3)}


def _accuracy(variant, seed):
    module = torch_nets.module(variant.recipe, seed=seed, dtype=torch.float32)
    run = training.train(module, seed=seed, record_every=variant.steps, **variant.training)
    return {"accuracy": np.nan if run.stopped else run.evaluate(digits().test_x, digits().test_y)[1]}


def short_learn_and_long_do_not(record):
    """Five layers of 149: every seed reads more than 0.9. Eighty of 31: none reads more than 0.5."""
    return learnt(record, "short", 0.9) == 5 and learnt(record, "long", 0.5) == 0


def _read(record, kind, depth):
    return record.where(kind=kind, depth=depth)["accuracy"]


def with_he_twenty_layers_are_enough(record):
    """He's weights: every seed reads more than 0.8 up to 10 layers, most at 20, none more than 0.7 at 40 and at 80."""
    few = all((_read(record, "he", depth) > 0.8).all() for depth in (3, 5, 10)) and np.median(_read(record, "he", 20)) > 0.8
    return few and all((_read(record, "he", depth) < 0.7).all() for depth in (40, 80))


def with_the_defaults_five(record):
    """PyTorch's defaults: every seed reads more than 0.9 at 3 and 5 layers, none more than 0.2 at 10 and 20."""
    few = all((_read(record, "default", depth) > 0.9).all() for depth in (3, 5))
    return few and all((_read(record, "default", depth) < 0.2).all() for depth in (10, 20))


def with_shortcuts_all(record):
    """Shortcuts, scaled: every seed reads more than 0.9 at 5, 20, 40 and 80 layers."""
    return all((_read(record, "shortcut", depth) > 0.9).all() for depth in (5, 20, 40, 80))


def batch_norm_does_not_save_forty(record):
    """Batch norm: every seed reads more than 0.85 at 20 layers, none more than 0.7 at 40."""
    return (_read(record, "batch_norm", 20) > 0.85).all() and (_read(record, "batch_norm", 40) < 0.7).all()


def wide_read_and_narrow_do_not(record):
    """Twenty layers: of width 8 no seed reads more than 0.75 and one or more only guess; of 64 and 128 most read 0.85."""
    narrow = _of(record, 20, 8)
    wide = all(np.median(_of(record, 20, width)) > 0.85 for width in (64, 128))
    return wide and (narrow < 0.75).all() and (narrow < 0.15).any()


def between_them_it_is_luck(record):
    """Twenty layers of 8, 16 and 32: at each width the best of five seeds reads 0.2 or more above the worst."""
    return all(np.ptp(_of(record, 20, width)) > 0.2 for width in (8, 16, 32))


def eight_units_are_enough_for_three_layers(record):
    """Three layers of width 8: every seed reads more than 0.8."""
    return (_of(record, 3, 8) > 0.8).all()


def width_does_not_cure_forty_layers(record):
    """Forty layers of width 128: no seed reads more than 0.85."""
    return (_of(record, 40, 128) < 0.85).all()


def a_fair_size_does_not_save_the_long(record):
    """Each layer rescaled: of eighty layers of 31 no seed reads more than 0.6."""
    return not (_of(record, 80, 31) > 0.6).any()


def _of(record, depth, width):
    return record.where(depth=depth, width=width)["accuracy"]


def median_of(record, column, alpha, blocks):
    """The median over seeds at each rate, rising, in the record of :func:`transferred`."""
    rows = record.where(alpha=alpha, blocks=blocks)
    return np.array([np.median(rows[column][rows["rate"] == rate]) for rate in np.unique(rows["rate"])])


def at_one_over_l_depth_changes_little(record):
    """Branches times 1/L: at the smallest rate 64 blocks end at 0.6 to 1.5 times the loss of 4, times 1/√L below 0.6."""
    ratio = {alpha: median_of(record, "loss", alpha, 64)[0] / median_of(record, "loss", alpha, 4)[0] for alpha in (0.5, 1.0)}
    return 0.6 < ratio[1.0] < 1.5 and ratio[0.5] < 0.6


def at_one_over_root_l_depth_needs_another_rate(record):
    """At the two largest rates 64 blocks end above 1.6 times the loss of 4 with 1/√L, and below 2 times with 1/L."""
    ratio = {a: median_of(record, "loss", a, 64)[3:] / median_of(record, "loss", a, 4)[3:] for a in (0.5, 1.0)}
    return (ratio[0.5] > 1.6).all() and (ratio[1.0] < 2.0).all()


def at_one_over_l_the_best_loss_of_64_is_lower(record):
    """The best of the five rates: 64 blocks with 1/L end below 0.75 times the loss of 64 with 1/√L."""
    best = {a: median_of(record, "loss", a, 64).min() for a in (0.5, 1.0)}
    return best[1.0] < 0.75 * best[0.5]


def at_one_over_root_l_each_block_moves_less(record):
    """At the same rate: times 1/L a block of 64 moves 0.85 to 1.2 times as far as one of 4, times 1/√L below 0.9 times."""
    ratio = {a: median_of(record, "moved", a, 64)[:4] / median_of(record, "moved", a, 4)[:4] for a in (0.5, 1.0)}
    return ((0.85 < ratio[1.0]) & (ratio[1.0] < 1.2)).all() and (ratio[0.5] < 0.9).all()


def medians_are_near_the_coin(record):
    """The median of 500 is between 0.7 and 1.6 times the coin's (1 − 5/n)^(L/2) in every shape, above 0.8 in the short one."""
    medians = {shape: 10 ** np.median(of_shape(record, *shape)) for shape in DRAWN}
    near = all(0.7 < found / coin_median(depth - 1, width) < 1.6 for (depth, width), found in medians.items())
    return near and medians[5, 149] > 0.8


def of_shape(record, depth, width):
    """All networks of one shape in the record of :func:`squares`, (500,)."""
    return np.concatenate(record.where(depth=depth, width=width)["log10_square"])


RECORDINGS = [
    recording(
        "ch14-course-network",
        14,
        "As many weights in 5 layers of 149 and in 80 layers of 31.",
        [
            replace(VARIANTS["he"], name="short", label="5 layers of 149", depth=5, width=149),
            replace(VARIANTS["he"], name="long", label="80 layers of 31", depth=80, width=31),
        ],
        seeds=range(5),
        conclusions=[short_learn_and_long_do_not],
    ),
    Recording(
        "ch14-shapes",
        14,
        "Accuracy on the test digits of networks with about 78,000 weights in 3 to 80 layers, with four kinds of fixes.",
        unit=trained,
        settings=TRAINED,
        rtol=0.05,
        conclusions=[
            with_he_twenty_layers_are_enough,
            with_the_defaults_five,
            with_shortcuts_all,
            batch_norm_does_not_save_forty,
        ],
    ),
    Recording(
        "ch14-widths",
        14,
        "Accuracy on the test digits of twenty layers of 8 to 128 units, of three layers of 8 and of forty of 128, He's weights.",
        unit=of_width,
        settings=[setting for shape in SIZES for setting in grid(depth=[shape[0]], width=[shape[1]], seed=range(5))],
        sample=25,
        rtol=0.05,
        conclusions=[
            wide_read_and_narrow_do_not,
            between_them_it_is_luck,
            eight_units_are_enough_for_three_layers,
            width_does_not_cure_forty_layers,
        ],
    ),
    Recording(
        "ch14-mended",
        14,
        "The same for networks whose layers were each rescaled at the start to a variance of z of 1.",
        unit=mended,
        settings=[*grid(depth=[20], width=[16], seed=range(3)), *grid(depth=[80], width=[31], seed=range(3))],
        sample=3,
        rtol=0.05,
        conclusions=[a_fair_size_does_not_save_the_long],
    ),
    Recording(
        "ch14-transfer",
        14,
        "Residual blocks x + L^−α W relu(x), 60 steps of Adam on the digits at five rates: does the best one depend on L?",
        unit=transferred,
        settings=grid(alpha=[0.5, 1.0], blocks=[4, 16, 64], rate=RATES, seed=range(3)),
        rtol=0.05,
        conclusions=[
            at_one_over_l_depth_changes_little,
            at_one_over_root_l_depth_needs_another_rate,
            at_one_over_l_the_best_loss_of_64_is_lower,
            at_one_over_root_l_each_block_moves_less,
        ],
    ),
    Recording(
        "ch14-squares",
        14,
        "log10 of the squared blame at layer 1, of 1 at the top, in 500 networks of each shape before training, He's weights.",
        unit=squares,
        settings=[setting for shape in DRAWN for setting in grid(depth=[shape[0]], width=[shape[1]], seed=range(5))],
        conclusions=[medians_are_near_the_coin],
    ),
]

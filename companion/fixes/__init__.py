r"""Remedies: one file each, one record each in :data:`FIXES`, which chapters, widgets and tests go over.

>>> [name for name, fix in FIXES.items() if fix.kind == "wrapper"]
['residual', 'residual_scaled', 'residual_last', 'rezero', 'zero_init', 'fixup', 'highway']
>>> FIXES["clip_global"].make([np.array([30.0, 40.0])], 5.0)
[array([3., 4.])]

A fix is a layer, a wrapper around layers, a rule on weights, or a function on gradients: see :class:`Fix`. Which layers
and wrappers a network has is said by ``recipes.Recipe``; ``propagation.profile(fixes=…)`` measures them. Chapters 6 to 12.
"""

import numpy as np

from companion.fixes.assembly import ORDERS, assemble
from companion.fixes.batch_norm import BatchNorm, FixedNorm
from companion.fixes.clipping import clip_adaptive, clip_each, clip_global, clip_value
from companion.fixes.decay import decoupled_decay, l1, l2
from companion.fixes.dropout import Dropout
from companion.fixes.evaluation import evaluation
from companion.fixes.fix import AFTER, BEFORE, Fix, Site, per_seed, structural
from companion.fixes.fixup import fixup, fixup_scale
from companion.fixes.group_norm import GroupNorm
from companion.fixes.highway import Highway
from companion.fixes.layer_norm import LayerNorm
from companion.fixes.lsuv import lsuv
from companion.fixes.residual import Residual, with_scaled_weights
from companion.fixes.rms_norm import RMSNorm
from companion.fixes.spectral_norm import largest_singular_value, spectral_norm
from companion.fixes.weight_norm import weight_norm, weight_norm_backward
from companion.layers import Dense
from companion.weights import INITIALIZATIONS

__all__ = [
    "FIXES",
    "BatchNorm",
    "Dropout",
    "Fix",
    "FixedNorm",
    "GroupNorm",
    "Highway",
    "LayerNorm",
    "ORDERS",
    "RMSNorm",
    "Residual",
    "Site",
    "assemble",
    "clip_adaptive",
    "clip_each",
    "clip_global",
    "clip_value",
    "decoupled_decay",
    "evaluation",
    "fixup_scale",
    "l1",
    "l2",
    "largest_singular_value",
    "lsuv",
    "spectral_norm",
    "structural",
    "weight_norm",
    "weight_norm_backward",
]


def _batch_norm(site, *, eps=1e-5):
    return BatchNorm(site.column(1), site.column(0), eps)


def _layer_norm(site, *, eps=1e-5):
    return LayerNorm(site.column(1), site.column(0), eps)


def _rms_norm(site, *, eps=1e-5):
    return RMSNorm(site.column(1), eps)


def _group_norm(site, *, groups=4, eps=1e-5):
    return GroupNorm(site.column(1), site.column(0), eps, groups=groups)


def _dropout(site, *, keep=0.8):
    return Dropout(keep, per_seed(site, lambda rng: rng.spawn(1)[0]))


def _residual(site, layers, *, shortcut=1.0, scale=1.0):
    return Residual(layers, shortcut, scale)


def _residual_scaled(site, layers, *, shortcut=1.0):
    return Residual(layers, shortcut, site.blocks**-0.5)


def _rezero(site, layers):
    return Residual(layers, 1.0, np.zeros((*site.stack, 1, 1)), learn=True)


def _zero_init(site, layers, *, shortcut=1.0):
    last = sum("weights" in layer.parameters for layer in layers) - 1
    return Residual(with_scaled_weights(layers, [1.0] * last + [0.0]), shortcut)


def _fixup(site, layers):
    return fixup(layers, site.blocks, site.stack)


def _highway(site, layers, *, bias=-2.0):
    draw = INITIALIZATIONS["lecun_normal"].draw
    weights = site.draw(lambda rng: draw(site.width, site.width, rng=rng))
    return Highway(layers, Dense(weights, site.column(bias), "sigmoid"))


FIRST, LAST, WEIGHTS = "activation first", "activation last", "weights first"

FIXES = {
    record.name: record
    for record in (
        Fix("batch_norm", "batch norm", "layer", _batch_norm, 8, "Ioffe and Szegedy (2015)", BEFORE),
        Fix("layer_norm", "layer norm", "layer", _layer_norm, 8, "Ba et al. (2016)", BEFORE),
        Fix("rms_norm", "RMS norm", "layer", _rms_norm, 8, "Zhang and Sennrich (2019)", BEFORE),
        Fix("group_norm", "group norm", "layer", _group_norm, 8, "Wu and He (2018)", BEFORE),
        Fix("dropout", "dropout", "layer", _dropout, 12, "Srivastava et al. (2014)", AFTER),
        Fix("residual", "residual", "wrapper", _residual, 9, "He et al. (2016)", FIRST),
        Fix("residual_scaled", "residual, 1/√L", "wrapper", _residual_scaled, 9, "Balduzzi et al. (2017)", FIRST),
        Fix("residual_last", "residual, f on the sum", "wrapper", _residual, 9, "He et al. (2015)", LAST),
        Fix("rezero", "ReZero", "wrapper", _rezero, 9, "Bachlechner et al. (2021)", FIRST),
        Fix("zero_init", "residual, last weights 0", "wrapper", _zero_init, 9, "Goyal et al. (2017): γ of the last norm", FIRST),
        Fix("fixup", "Fixup", "wrapper", _fixup, 9, "Zhang, Dauphin and Ma (2019)", FIRST, layers=2),
        Fix("highway", "highway", "wrapper", _highway, 9, "Srivastava et al. (2015)", WEIGHTS),
        Fix("spectral_norm", "spectral norm", "weights", spectral_norm, 12, "Miyato et al. (2018)"),
        Fix("weight_norm", "weight norm", "weights", weight_norm, 8, "Salimans and Kingma (2016)"),
        Fix("lsuv", "LSUV", "weights", lsuv, 6, "Mishkin and Matas (2016)"),
        Fix("clip_value", "clip by value", "gradients", clip_value, 10, "Mikolov (2012)"),
        Fix("clip_each", "clip each parameter", "gradients", clip_each, 10, "Mikolov (2012)"),
        Fix("clip_global", "clip by global norm", "gradients", clip_global, 10, "Pascanu et al. (2013)"),
        Fix("clip_adaptive", "adaptive clipping", "gradients", clip_adaptive, 10, "Brock et al. (2021)"),
        Fix("l2", "L2", "gradients", l2, 12, "Krogh and Hertz (1992)"),
        Fix("l1", "L1", "gradients", l1, 12, "Tibshirani (1996)"),
        Fix("decoupled_decay", "decoupled decay", "gradients", decoupled_decay, 12, "Loshchilov and Hutter (2019)"),
    )
}

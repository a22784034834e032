r"""How a block is put together: weights W, the layers before the activation, f, the layers after it, and a wrapper.

Three orders, one record each:

- ``weights first``: W N f D, all of it wrapped (a plain network; a highway's branch);
- ``activation first``: N f D W, all of it wrapped: the sum that goes up is never bent (He et al. 2016, "pre-activation");
- ``activation last``: W N wrapped, then f D on the sum (the ResNet of 2015).

>>> import numpy as np
>>> from companion.fixes import FIXES, Site
>>> w = Dense(np.eye(2), np.zeros((2, 1)), "identity")
>>> fixes = [FIXES["batch_norm"], FIXES["residual"]]
>>> assemble([w], "relu", fixes, Site(2))
Residual(BatchNorm(2), relu, Dense(2 → 2, identity); shortcut=1, scale=1)
>>> assemble([w], "relu", fixes, Site(2), order="activation last")
Stack(Residual(Dense(2 → 2, identity), BatchNorm(2); shortcut=1, scale=1), relu)
>>> assemble([w], "relu", fixes[:1], Site(2))
Stack(Dense(2 → 2, identity), BatchNorm(2), relu)

Chapters 8 and 9.
"""

from dataclasses import replace

from companion import require
from companion.fixes.fix import AFTER, BEFORE
from companion.layers import Dense
from companion.stack import Activate, Stack


def _weights_first(weights, before, f, after, wrap):
    parts = []
    for w in weights:
        parts += [w, *before(), f, *after()]
    return [wrap(parts)]


def _activation_first(weights, before, f, after, wrap):
    parts = []
    for w in weights:
        parts += [*before(), f, *after(), w]
    return [wrap(parts)]


def _activation_last(weights, before, f, after, wrap):
    parts = []
    for w in weights:
        parts += [f, *after()] if parts else []
        parts += [w, *before()]
    return [wrap(parts), f, *after()]


ORDERS = {
    "weights first": _weights_first,
    "activation first": _activation_first,
    "activation last": _activation_last,
}


def assemble(weights, activation, fixes, site, *, order=None):
    """One layer made of the Dense layers ``weights`` (linear ones), the ``activation`` and the ``fixes``.

    ``fixes``: records of kind layer and at most one wrapper. ``order``: the wrapper's own unless given; weights first
    without a wrapper. Plain layers come back as they would stand in a plain network.
    """
    wrappers = [fix for fix in fixes if fix.kind == "wrapper"]
    if len(wrappers) > 1:
        raise ValueError(f"fixes must hold at most one wrapper, got {', '.join(fix.name for fix in wrappers)}")
    if not all(w.activation == "identity" for w in weights):
        raise ValueError(f"weights must be linear layers, got {weights}")

    def layers(place):
        return lambda: [fix.build(site) for fix in fixes if fix.kind == "layer" and fix.place == place]

    def wrap(parts):
        return wrappers[0].build(site, parts) if wrappers else stacked(parts)

    order = order or (wrappers[0].place if wrappers else "weights first")
    build = ORDERS[require.known("order", order, ORDERS) and order]
    return stacked(build(weights, layers(BEFORE), Activate(activation), layers(AFTER), wrap))


def stacked(parts):
    """The layers as one: a linear Dense with the activation that follows it is one Dense; a single layer stands alone."""
    parts, joined = list(parts), []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Activate) and isinstance(last, Dense) and last.activation == "identity":
            joined[-1] = replace(last, activation=part.activation)
        else:
            joined.append(part)
    return joined[0] if len(joined) == 1 else Stack(joined)

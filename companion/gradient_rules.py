r"""Clipping and decay inside a training step: the functions of ``fixes``, on the gradients and weights of a torch module.

>>> list(CLIPS), list(DECAYS)
(['clip_value', 'clip_each', 'clip_global', 'clip_adaptive'], ['l2', 'l1', 'decoupled_decay'])
>>> w = torch.zeros(2, 2, requires_grad=True)
>>> (3 * w[0, 0] + 4 * w[1, 1]).backward()
>>> GradientRules("clip_global", 1.0, None, 0.0).apply([w], rate=0.1)
>>> w.grad.diagonal()
tensor([0.6000, 0.8000])

A new record in ``FIXES`` whose function has the argument ``limit`` or ``strength`` is one more rule here. Chapters 10 and 12.
"""

from inspect import signature

import numpy as np

from companion import require
from companion.fixes import FIXES

torch = require.package("torch")


def _gradient_rules(argument):
    """The fixes that are functions on gradients and have this argument."""
    return {
        name: fix.make
        for name, fix in FIXES.items()
        if fix.kind == "gradients" and argument in signature(fix.make).parameters
    }


CLIPS, DECAYS = _gradient_rules("limit"), _gradient_rules("strength")


class GradientRules:
    """What happens to gradients and weights between the backward pass and the step, by the functions of ``fixes``."""

    def __init__(self, clip, limit, decay, strength):
        self.limit = require.number("limit", limit, above=0)
        self.strength = require.number("strength", strength, at_least=0)
        self.decay = None if decay is None else require.known("decay", decay, DECAYS)
        self.clip = clip if clip is None or callable(clip) else self._with_limit(require.known("clip", clip, CLIPS))

    @torch.no_grad()
    def apply(self, parameters, rate):
        moved = [p for p in parameters if p.grad is not None]
        matrices = [p for p in moved if p.ndim >= 2]
        if self.decay and "rate" in signature(self.decay).parameters:
            _fill(matrices, self.decay(_arrays(matrices), rate, self.strength))
        elif self.decay:
            grads = [p.grad for p in matrices]
            _fill(grads, self.decay(_arrays(grads), _arrays(matrices), self.strength))
        if self.clip:
            grads = [p.grad for p in moved]
            weights = (_arrays(moved),) if "weights" in signature(self.clip).parameters else ()
            _fill(grads, self.clip(_arrays(grads), *weights))

    def _with_limit(self, rule):
        if "weights" in signature(rule).parameters:
            return lambda gradients, weights: rule(gradients, weights, self.limit)
        return lambda gradients: rule(gradients, self.limit)


def _arrays(tensors):
    return [tensor.detach().numpy() for tensor in tensors]


def _fill(tensors, arrays):
    for tensor, array in zip(tensors, arrays, strict=True):
        tensor.copy_(torch.from_numpy(np.asarray(array)))

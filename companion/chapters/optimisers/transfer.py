"""A rate found on a narrow network, handed on to a wide one: one rate for all layers, or by the rule of μP."""

import numpy as np

from companion import require, torch_nets, training
from companion.recipes import Recipe

torch = torch_nets.torch

BASE = 32  # the width at which both rules are the same
RULES = ("standard", "mup")


class Shared(torch.optim.Adam):
    """Adam in which each parameter has its own share of the rate."""

    def __init__(self, parameters, shares):
        super().__init__([{"params": [p], "share": share} for p, share in zip(parameters, shares, strict=True)])

    def step(self, closure=None):
        for group in self.param_groups:  # training sets the rate of each group before each step
            group["lr"] *= group["share"]
        return super().step(closure)


def handed_on(rule, width, rate, seed, steps=60):
    """The mean ``loss`` of the last ten batches after so many steps of Adam: ReLU, 64 → width → width → 10, He's weights.

    With ``rule`` "mup" (Yang et al. 2022, for Adam) the hidden and the last matrix have the rate 32/width times ``rate``, and
    the last one starts (32/width)^½ times as large; first matrix and biases have ``rate``. NaN where the run stopped.

    >>> handed_on("mup", 32, 0.01, seed=0, steps=10) == handed_on("standard", 32, 0.01, seed=0, steps=10)
    True
    """
    require.known("rule", rule, dict.fromkeys(RULES))
    rate = require.number("rate", rate, above=0, at_most=1e6)
    module = torch_nets.module(Recipe(depth=3, width=width), seed=seed, dtype=torch.float32)
    share = BASE / width if rule == "mup" else 1.0
    torch_nets.weight_layers(module)[-1].weight.data *= share**0.5
    shares = [1.0, 1.0, share, 1.0, share, 1.0]  # W and b of the three layers
    run = training.train(
        module,
        rate=rate,
        steps=steps,
        batch=64,
        seed=seed,
        optimizer=lambda parameters: Shared(parameters, shares),
        record_every=1,
    )
    return {"loss": float("nan") if run.stopped else float(np.mean(run.loss[-10:]))}

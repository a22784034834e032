r"""The optimisers of :mod:`companion.optimizers` as ``torch.optim`` optimisers, to train modules with.

>>> weights, biases = (nn.Parameter(torch.ones(shape)) for shape in ((2, 3), (2,)))
>>> build("adam", [weights, biases], rate=0.1, settings={"eps": 1e-16}).defaults["eps"]
1e-16
>>> type(build("sign", [weights, biases], rate=0.1)).__name__
'ByRule'

Where torch has the same optimiser it takes the steps; the NumPy rule takes them where torch has none (``sign``), and for
``muon``, which torch has only from 2.9 on and rounds to bfloat16: so each torch gives the same. Chapter 13.
"""

from companion import require
from companion.optimizers import OPTIMIZERS

torch = require.package("torch")
nn = torch.nn

__all__ = ["ByRule", "build"]


def build(optimizer, parameters, *, rate, settings=None):
    """The ``optimizer`` of that name in ``OPTIMIZERS`` for ``parameters``, a list of tensors; other ``settings`` are refused."""
    record = require.known("optimizer", optimizer, OPTIMIZERS)
    parameters = [require.instance("parameters", p, torch.Tensor, "tensors") for p in require.listed("parameters", parameters)]
    rate, chosen = require.number("rate", rate, at_least=0), record.chosen(settings)
    if record.torch:
        kind, also = record.torch
        return getattr(torch.optim, kind)(parameters, lr=rate, **also, **chosen)
    return ByRule(parameters, record, rate, chosen)


class ByRule(torch.optim.Optimizer):
    """A torch optimiser that takes the steps of a record, in NumPy and on the processor.

    What is not a matrix goes to the record's ``others``, if it has them (AdamW beside Muon, as Jordan et al. 2024 have it), at
    the same rate and ``weight_decay``.
    """

    def __init__(self, parameters, record, rate, settings):
        rest = [p for p in parameters if record.others and p.ndim != 2]
        groups = [{"params": [p for p in parameters if not any(p is q for q in rest)], "record": record, "settings": settings}]
        if rest:
            decay = {"weight_decay": settings["weight_decay"]}
            groups.append({"params": rest, "record": OPTIMIZERS[record.others], "settings": decay})
        super().__init__([group for group in groups if group["params"]], {"lr": rate})

    @torch.no_grad()
    def step(self, closure=None):
        """One step of every parameter that has a gradient."""
        loss = None if closure is None else torch.enable_grad()(closure)()
        for group in self.param_groups:
            for p in (p for p in group["params"] if p.grad is not None):
                w, record = p.detach().numpy(), group["record"]
                state = self.state[p] or record.start(w)
                w, self.state[p] = record.step(w, p.grad.numpy(), state, rate=group["lr"], **group["settings"])
                p.copy_(torch.from_numpy(w))
        return loss

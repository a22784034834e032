r"""What to watch while a network trains: δ at every weight matrix, how far its weights move, the first number that is not finite.

>>> net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)).double()
>>> monitor = Monitor(net)
>>> with monitor.hooks():
...     monitor.recording = True
...     net(torch.ones(5, 3, dtype=torch.float64)).mean().backward()
>>> monitor.log10_delta().shape                                    # one number for each weight matrix
(2,)

Layer 1 is the weight matrix nearest the input; δ_l = ∂ℒ/∂z_l, z_l what the l-th weight matrix gives. Chapters 6 to 22.
"""

from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from companion import require, signals
from companion.torch_nets import weight_layers

torch = require.package("torch")
nn = torch.nn


@dataclass(frozen=True)
class Stop:
    """Why a run ended early: ``what`` was first not finite, in ``layer`` (1 = input side), at ``step``.

    ``what``: "signal" (what the layer's weights give), "loss" (layer None), "gradient" (searched from the loss downwards;
    layer None: in no weight matrix) or "weights" (after the step).

    >>> print(Stop(step=17, layer=3, what="gradient"))
    step 17: the gradient of layer 3 is not finite
    """

    step: int
    layer: int | None
    what: str

    def __str__(self):
        where = "" if self.layer is None else f" of layer {self.layer}"
        return f"step {self.step}: the {self.what}{where} is not finite"


class Monitor:
    """Watches the L weight matrices of ``module`` while :meth:`hooks` is open; δ is kept where ``recording`` is set."""

    def __init__(self, module):
        self.layers = weight_layers(module)
        self.parameters = [p for p in module.parameters() if p.requires_grad]
        self.recording = False
        self._signals = {}  # number of the layer -> its latest outputs
        self._deltas = {}
        self._first = self.weights()

    @contextmanager
    def hooks(self):
        handles = [layer.register_forward_hook(self._seen(number)) for number, layer in enumerate(self.layers)]
        try:
            yield self
        finally:
            for handle in handles:
                handle.remove()
            self._signals.clear()

    def start(self, recording):
        """Forget the step before."""
        self.recording = recording
        self._signals.clear()
        self._deltas.clear()

    def log10_delta(self):
        """log10 rms of δ_l, (L,), of the latest backward pass; NaN for a layer that no gradient came to."""
        sizes = np.full(len(self.layers), np.nan)
        for number, deltas in self._deltas.items():  # several where a layer is used several times
            sizes[number] = signals.log10_rms(np.concatenate([delta.ravel() for delta in deltas]))
        return sizes

    def weights(self):
        """A copy of the weight matrices as they are now."""
        return [layer.weight.detach().numpy().copy() for layer in self.layers]

    def update(self, before):
        """‖ΔW_l‖ / ‖W_l‖, (L,), since ``weights()`` gave ``before``; inf where W_l was 0 and moved."""
        moved = [signals.norm(new - old) for new, old in zip(self.weights(), before, strict=True)]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.array(moved) / np.array([signals.norm(old) for old in before])

    def moved(self):
        """‖W_l − W_l at the start‖ / ‖W_l at the start‖, (L,): :meth:`update` since the monitor was made."""
        return self.update(self._first)

    def correlation(self):
        """The cosine between the z_l of two inputs, (L,): the mean over all pairs of the latest batch; NaN without a pair."""
        seen = [self._signals.get(number, ()) for number in range(len(self.layers))]
        return np.array([_mean_cosine(signals_of) if signals_of else np.nan for signals_of in seen])

    def broken_forward(self, step, loss):
        """The :class:`Stop` if the loss is not finite, with the first layer whose signal is not; else None."""
        if torch.isfinite(loss):
            return None
        broken = (n for n in sorted(self._signals) if not all(_finite([z]) for z in self._signals[n]))
        layer = next(broken, None)
        return Stop(step, None, "loss") if layer is None else Stop(step, layer + 1, "signal")

    def broken_backward(self, step):
        """The :class:`Stop` if a gradient is not finite, with the last layer (nearest the loss) where; else None."""
        return self._broken(step, "gradient", [p.grad for p in self.parameters], lambda w: w.grad, reverse=True)

    def broken_weights(self, step):
        """The :class:`Stop` if a parameter is not finite after the step; else None."""
        return self._broken(step, "weights", self.parameters, lambda w: w)

    def _broken(self, step, what, tensors, part, reverse=False):
        if _finite(tensors):
            return None
        numbers = sorted(range(len(self.layers)), reverse=reverse)
        found = (n for n in numbers if not _finite([part(p) for p in self.layers[n].parameters(recurse=False)]))
        layer = next(found, None)
        return Stop(step, None if layer is None else layer + 1, what)

    def _seen(self, number):
        def keep(module, inputs, z):
            self._signals.setdefault(number, []).append(z.detach())
            if self.recording and z.requires_grad:
                z.register_hook(lambda g: self._deltas.setdefault(number, []).append(g.detach().numpy()))

        return keep


def _mean_cosine(several):
    """Mean cosine between two different rows (B, n): the squared length of their sum has each pair twice."""
    z = torch.cat([each.flatten(1).double() for each in several], dim=1)
    rows = nn.functional.normalize(z / z.abs().amax(1, keepdim=True), dim=1, eps=0)  # 0 / 0: a unit vector of nothing
    if len(rows) < 2:
        return np.nan
    return float((rows.sum(0).square().sum() - len(rows)) / (len(rows) * (len(rows) - 1)))


def _finite(tensors):
    """Whether every entry is finite. The largest magnitude is: one number a tensor, and NaN stays NaN."""
    return bool(torch.isfinite(nn.utils.get_total_norm([t for t in tensors if t is not None], torch.inf)))

"""Three numbers, measured before training, that tell three kinds of vanishing apart."""

from dataclasses import dataclass

import numpy as np

from companion import require, torch_nets
from companion.course_network import Variant
from companion.data import digits
from companion.signals import log10_rms

torch = torch_nets.torch


@dataclass(frozen=True)
class Symptoms:
    """What one network says of itself before the first step, on 64 digits, in float64.

    ``told``: log10 rms of ∂W_1, what layer 1 is told. ``differ``: how much the outputs (before the softmax) differ from input to
    input, rms of the difference from their mean, as a share of their rms. ``squeezed``: of the slope of the ten outputs with
    respect to the 64 pixels, a matrix (10, 64), the largest singular value over the smallest, at the first digit.
    """

    told: float
    differ: float
    squeezed: float


def symptoms(variant, *, seed):
    """The :class:`Symptoms` of a :class:`companion.variants.Variant` drawn with that seed. Chapter 13.

    >>> sigmoid = Variant("sigmoid", "sigmoid", activation="sigmoid", initialization="lecun_normal")
    >>> found = symptoms(sigmoid, seed=0)
    >>> f"{found.differ:.0e}"  # all inputs give the same outputs, to eleven digits
    '2e-12'
    """
    require.instance("variant", variant, Variant, "a Variant of the course's own network")
    module = torch_nets.module(variant.recipe, seed=seed)
    x = torch.tensor(digits().train_x[:, :64].T.copy(), dtype=torch.float64)
    y = torch.tensor(digits().train_y[:64])
    z = module(x)
    torch.nn.functional.cross_entropy(z, y).backward()
    first = torch_nets.weight_layers(module)[0].weight.grad.numpy()
    z = z.detach().numpy()  # (B, 10)
    slope = torch.autograd.functional.jacobian(module, x[0]).numpy()  # (10, 64)
    sizes = np.linalg.svd(slope, compute_uv=False)
    return Symptoms(
        log10_rms(first), float(np.sqrt(np.mean((z - z.mean(0)) ** 2) / np.mean(z**2))), float(sizes[0] / sizes[-1])
    )

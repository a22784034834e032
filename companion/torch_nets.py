r"""The same networks in PyTorch: a recipe, or any NumPy network of the package, as an ``nn.Module`` with the same weights.

The layers are PyTorch's own (``nn.Linear``, ``nn.BatchNorm1d`` …), and autograd derives their gradients. That these agree with
the gradients derived by hand, to 1e-10, is the independent check of both.

>>> from companion.recipes import Recipe
>>> net = module(Recipe(depth=3, width=8, activation="tanh", norm="layer_norm"), seed=0)
>>> net(torch.zeros(5, 64, dtype=torch.float64)).shape                # PyTorch's way round: one example a row
torch.Size([5, 10])

A module takes examples as rows, (B, n_0); the book's NumPy networks take columns, (n_0, B). Chapters 6 to 12.
"""

from collections.abc import Callable

import numpy as np

from companion import require
from companion.activations import LEAK
from companion.fixes.batch_norm import BatchNorm, FixedNorm
from companion.fixes.dropout import Dropout
from companion.fixes.group_norm import GroupNorm
from companion.fixes.highway import Highway
from companion.fixes.layer_norm import LayerNorm
from companion.fixes.residual import Residual
from companion.fixes.rms_norm import RMSNorm
from companion.layers import Dense
from companion.network import Network
from companion.pooling import MaxPool, MeanPool
from companion.stack import Activate, Stack

torch = require.package("torch")
nn = torch.nn

ACTIVATION_MODULES: dict[str, Callable[[], nn.Module]] = {
    "identity": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(LEAK),
    "elu": nn.ELU,
    "selu": nn.SELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": lambda: nn.Softplus(threshold=36.0),  # beyond, e^-z is lost in float64 anyway; the default of 20 is not exact
}
"""PyTorch's module for each of the package's activations."""


class ResidualBlock(nn.Module):
    """ρ x + s F(x), as :class:`companion.fixes.residual.Residual`; s is a parameter if it is learnt."""

    def __init__(self, branch, shortcut, scale, learn):
        super().__init__()
        self.branch, self.shortcut, self.scale = branch, shortcut, _Scale(scale, learn)

    def forward(self, x):
        return self.shortcut * x + self.scale(self.branch(x))


class HighwayBlock(nn.Module):
    """T ⊙ F(x) + (1 − T) ⊙ x, as :class:`companion.fixes.highway.Highway`."""

    def __init__(self, branch, gate):
        super().__init__()
        self.branch, self.gate = branch, gate

    def forward(self, x):
        t = self.gate(x)
        return t * self.branch(x) + (1 - t) * x


class SettledBatchNorm(nn.BatchNorm1d):
    """Batch norm that stays in evaluation mode, as :class:`companion.fixes.batch_norm.FixedNorm`."""

    def train(self, mode=True):
        return super().train(False)


class _Scale(nn.Module):
    """A module of its own, so that the scale follows the branch's parameters, in the order of the NumPy network."""

    def __init__(self, scale, learn):
        super().__init__()
        if learn:
            self.factor = nn.Parameter(torch.tensor(float(scale), dtype=torch.float64))
        else:
            self.register_buffer("factor", torch.tensor(float(scale), dtype=torch.float64))

    def forward(self, x):
        return self.factor * x


def module(recipe, *, seed, dtype=torch.float64):
    """The ``nn.Module`` of ``recipe.network(rng=default_rng(seed))``: the same network, the same weights."""
    seed = require.seed("seed", seed)
    if not hasattr(recipe, "network"):
        raise TypeError(f"recipe must be a Recipe, got {require.shown(recipe)}")
    return mirror(recipe.network(rng=np.random.default_rng(seed)), dtype=dtype)


def mirror(network, *, dtype=torch.float64):
    """Any NumPy :class:`~companion.network.Network` (without a seeds axis) as an ``nn.Sequential`` with the same weights.

    Its parameters stand in the order of ``network.parameters``. Dropout draws from torch's generator, not from NumPy's.
    """
    require.instance("network", network, Network, "a companion.network.Network")
    require.instance("dtype", dtype, torch.dtype, "a torch.dtype, for example torch.float64")
    if network.parameters.ndim != 1:
        raise ValueError(f"network must be a single one, without a seeds axis, got {network.parameters.shape} parameters")
    return _sequence(network.layers).to(dtype)


def load(module, network):
    """Copy the weights of ``network`` into ``module``, which must be the module of a network like it. Returns ``module``."""
    _module(module)
    own, new = module.state_dict(), mirror(network).state_dict()
    shapes = [{name: tuple(tensor.shape) for name, tensor in state.items()} for state in (own, new)]
    if shapes[0] != shapes[1]:
        name = next(n for n in [*shapes[0], *shapes[1]] if shapes[0].get(n) != shapes[1].get(n))
        raise ValueError(
            f"network must have the layers of module, but {name!r} has shape {shapes[0].get(name)} in module "
            f"and {shapes[1].get(name)} in network"
        )
    module.load_state_dict(new)
    return module


def weight_layers(module):
    """The parts of any module that hold a weight matrix (or a kernel), in the order in which they were put together.

    The gate of a highway block is not among them, as it is not in the NumPy network: it stands beside the path.

    >>> weight_layers(nn.Sequential(nn.Linear(2, 3), nn.LayerNorm(3), nn.Linear(3, 1)))
    [Linear(in_features=2, out_features=3, bias=True), Linear(in_features=3, out_features=1, bias=True)]
    """
    _module(module)
    gates = {part for block in module.modules() if isinstance(block, HighwayBlock) for part in block.gate.modules()}
    weighted = [part for part in module.modules() if getattr(getattr(part, "weight", None), "ndim", 0) >= 2]
    return [part for part in weighted if part not in gates]


def parameters(module):
    """All parameters of a module in one row (P,), laid out as ``Network.parameters``."""
    _module(module)
    return torch.cat([p.detach().flatten() for p in module.parameters()]).numpy().copy()


def gradients(module):
    """The gradients that the last ``backward()`` left, in one row (P,), laid out as ``Gradients.flat``."""
    _module(module)
    missing = [name for name, p in module.named_parameters() if p.grad is None]
    if missing:
        raise ValueError(f"module has no gradient yet for {', '.join(missing)}: call backward() on a loss first")
    return torch.cat([p.grad.flatten() for p in module.parameters()]).numpy().copy()


def _module(module):
    return require.instance("module", module, nn.Module, "a torch.nn.Module")


def _sequence(layers):
    return nn.Sequential(*(part for layer in layers for part in _parts(layer)))


def _parts(layer):
    """The modules that do what ``layer`` does, one after the other."""
    if type(layer) not in BUILDERS:
        raise TypeError(f"torch has no counterpart for {layer!r}; there is one for {', '.join(t.__name__ for t in BUILDERS)}")
    return BUILDERS[type(layer)](layer)


def _dense(layer):
    fan_out, fan_in = layer.weights.shape
    linear = nn.utils.skip_init(nn.Linear, fan_in, fan_out, dtype=torch.float64)
    return [_filled(linear, layer.weights, layer.bias), *_activation(layer)]


def _activation(layer):
    return [] if layer.activation == "identity" else [ACTIVATION_MODULES[layer.activation]()]


def _norm(build):
    """A builder for a normalisation: ``build(layer)`` is torch's module, γ and β are copied into it."""
    return lambda layer: [_filled(build(layer).double(), *layer.parameters.values())]


def _settled(layer):
    target = SettledBatchNorm(layer.gamma.shape[-2], eps=layer.eps).double().eval()
    target.running_mean.copy_(torch.tensor(layer.mean).flatten())
    target.running_var.copy_(torch.tensor(layer.var).flatten())
    return [_filled(target, layer.gamma, layer.beta)]


def _pool(kind):
    """A builder for a pooling layer: ``nn.<kind>Pool1d`` or ``2d`` on the maps, between a reshaping and its inverse."""

    def build(layer):
        pool = getattr(nn, f"{kind}Pool{len(layer.grid)}d")
        return [nn.Unflatten(1, (-1, *layer.grid)), pool(layer.size, layer.stride), nn.Flatten()]

    return build


def _filled(target, weight, bias=None):
    with torch.no_grad():
        target.weight.copy_(torch.tensor(weight).reshape(target.weight.shape))
        if bias is not None:
            target.bias.copy_(torch.tensor(bias).reshape(target.bias.shape))
    return target


BUILDERS: dict[type, Callable] = {
    Dense: _dense,
    Activate: _activation,
    Stack: lambda layer: [_sequence(layer.layers)],
    BatchNorm: _norm(lambda layer: nn.BatchNorm1d(layer.units, eps=layer.eps)),
    FixedNorm: _settled,
    LayerNorm: _norm(lambda layer: nn.LayerNorm(layer.units, eps=layer.eps)),
    RMSNorm: _norm(lambda layer: nn.RMSNorm(layer.gamma.shape[-2], eps=layer.eps)),
    GroupNorm: _norm(lambda layer: nn.GroupNorm(layer.groups, layer.units, eps=layer.eps)),
    MeanPool: _pool("Avg"),
    MaxPool: _pool("Max"),
    Dropout: lambda layer: [nn.Dropout(1 - layer.keep)],
    Residual: lambda layer: [ResidualBlock(_sequence(layer.layers), layer.shortcut, layer.scale.item(), layer.learn)],
    Highway: lambda layer: [HighwayBlock(_sequence(layer.layers), _sequence([layer.gate]))],
}
"""What builds the torch counterpart of each NumPy layer. A new fix that is a layer is one more row."""

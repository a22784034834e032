r"""A recipe: what a network is made of, as one record; NumPy networks and PyTorch modules are built from it.

>>> recipe = Recipe(depth=4, width=8, inputs=3, outputs=2, norm="batch_norm", residual="scaled")
>>> for layer in recipe.network(rng=np.random.default_rng(0)).layers:
...     print(layer)
Dense(3 → 8, identity)
Residual(BatchNorm(8), relu, Dense(8 → 8, identity); shortcut=1, scale=0.707)
Residual(BatchNorm(8), relu, Dense(8 → 8, identity); shortcut=1, scale=0.707)
Stack(BatchNorm(8), relu, Dense(8 → 2, identity))

``depth`` counts weight matrices, so a network has δ_1 to δ_depth, as everywhere in the book. The first and the last
matrix change the width and stand outside the residual blocks. Chapters 6 to 12.
"""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from companion import require
from companion.activations import ACTIVATIONS
from companion.fixes import FIXES, ORDERS, Fix, Site, assemble, structural
from companion.fixes.fix import PLACES
from companion.layers import Dense
from companion.network import Network
from companion.weights import BIASES, INITIALIZATIONS

NORMS = {name: fix for name, fix in FIXES.items() if name.endswith("_norm") and fix.kind == "layer"}
RECIPE_BIASES = BIASES | {"torch": "as PyTorch's nn.Linear draws them, whatever the weights"}
RESIDUALS = {  # what ``residual`` may say, and the record in FIXES that it means
    "identity": FIXES["residual"],
    "scaled": FIXES["residual_scaled"],
    "last": FIXES["residual_last"],
    "rezero": FIXES["rezero"],
    "zero": FIXES["zero_init"],
    "fixup": FIXES["fixup"],
    "highway": FIXES["highway"],
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a network is made of.

    - ``depth``: weight matrices in all, L ≥ 2; ``width``: units of the hidden layers; ``inputs``, ``outputs``.
    - ``activation``, ``initialization``: names. ``gain`` multiplies every drawn weight.
    - ``biases``: "zero"; "drawn" as the initialisation's own library draws them (only PyTorch's default is not zero then);
      "torch" as ``nn.Linear`` draws them, whatever the weights; or, with ``bias_std``, N(0, ``bias_std``²).
    - ``norm``: None, a name in :data:`NORMS`, or a :class:`~companion.fixes.Fix` of that kind (for its settings);
      ``norm_position``: ``"before"`` the activation or ``"after"`` it.
    - ``residual``: None; a name in :data:`RESIDUALS`; a number ρ, an identity branch beside a shortcut scaled by ρ; or a wrapper
      ``Fix``, such as ``FIXES["residual"].using(shortcut=0.5, scale=0.1)``.
    - ``block``: weight matrices in one residual block; depth − 2 must be a multiple of it. Read with ``residual`` only.
    - ``order``: a key of ``fixes.ORDERS``; None is the residual's own, "activation first" (pre-activation) for most. Read with
      ``residual`` only.
    - ``keep``: dropout keeps this share of each hidden activation, in training; 1 is no dropout.

    >>> Recipe(depth=12, residual="fixup", block=3)
    Traceback (most recent call last):
    ValueError: depth must be 2 + a multiple of block = 3, so that whole blocks fit between first and last layer, got 12
    """

    depth: int = 10
    width: int = 64
    inputs: int = 64
    outputs: int = 10
    activation: str = "relu"
    initialization: str = "he_normal"
    gain: float = 1.0
    biases: str = "zero"
    bias_std: float = 0.0
    norm: str | Fix | None = None
    residual: str | float | Fix | None = None
    keep: float = 1.0
    norm_position: str = "before"
    block: int = 1
    order: str | None = None

    def __post_init__(self):
        require.positive_int("depth", self.depth, minimum=2)
        for name in ("width", "inputs", "outputs", "block"):
            require.positive_int(name, getattr(self, name))
        require.known("activation", self.activation, ACTIVATIONS)
        require.known("initialization", self.initialization, INITIALIZATIONS)
        require.moderate("gain", self.gain, above=0)
        require.moderate("bias_std", self.bias_std, at_least=0)
        require.known("biases", self.biases, RECIPE_BIASES)
        if self.biases != "zero" and self.bias_std:
            raise ValueError(
                f"biases must be 'zero' where bias_std gives their size, got {self.biases!r} with bias_std = {self.bias_std:g}"
            )
        require.number("keep", self.keep, above=0, at_most=1)
        require.known("norm_position", self.norm_position, PLACES)
        if self.norm is not None:
            structural("norm", self.norm, NORMS, ("layer",))
        if self.residual is not None:
            _wrapper(self.residual)
        if self.order is not None:
            require.known("order", self.order, ORDERS)
        if self.residual is not None and self.block < _wrapper(self.residual).layers:
            least = _wrapper(self.residual).layers
            raise ValueError(f"block must be at least {least} with residual {self.residual!r}, got {self.block}")
        if self.residual is not None and (self.depth - 2) % self.block:
            raise ValueError(
                f"depth must be 2 + a multiple of block = {self.block}, so that whole blocks fit between first and last "
                f"layer, got {self.depth}"
            )

    @property
    def blocks(self):
        """How many residual blocks there are; without ``residual``, how many hidden layers."""
        return (self.depth - 2) // self.block if self.residual is not None else self.depth - 1

    @property
    def fixes(self):
        """The records of what is switched on, a layer or a wrapper each."""
        fixes = []
        if self.norm is not None:
            fixes.append(structural("norm", self.norm, NORMS, ("layer",)).placed(self.norm_position))
        if self.keep < 1:
            fixes.append(FIXES["dropout"].using(keep=self.keep))
        if self.residual is not None:
            fixes.append(_wrapper(self.residual))
        return tuple(fixes)

    def network(self, *, rng, seeds=None):
        """A :class:`~companion.network.Network` by this recipe; with ``seeds=S``, S of them with a leading axis.

        Weights and biases are drawn layer by layer, as in ``Network.random``: the same ``rng`` gives the same numbers
        whatever fixes are on. What the fixes draw comes from generators of their own.

        >>> Recipe(depth=3, width=5, inputs=4, outputs=2).network(rng=np.random.default_rng(0))
        Network(4 → 5 → 5 → 2: relu, relu, identity)
        """
        stack = () if seeds is None else (require.positive_int("seeds", seeds),)
        linear = self._linear(rng, seeds)
        site = Site(self.width, max(self.blocks, 1), seeds, tuple(rng.spawn(*stack)) if stack else (rng.spawn(1)[0],))
        if self.residual is None:
            hidden = [assemble([w], self.activation, self.fixes, site) for w in linear[:-1]]
            return Network([*hidden, linear[-1]])
        return Network(self._blocks(linear, site))

    def _linear(self, rng, seeds):
        """The L weight matrices as linear layers."""
        law, sizes = INITIALIZATIONS[self.initialization], [self.inputs, *[self.width] * (self.depth - 1), self.outputs]
        layers = []
        for fan_in, fan_out in zip(sizes, sizes[1:], strict=False):
            weights = self.gain * law.draw(fan_in, fan_out, rng=rng, seeds=seeds)
            layers.append(Dense(weights, self._bias(law, fan_in, fan_out, rng, seeds), "identity"))
        return layers

    def _bias(self, law, fan_in, fan_out, rng, seeds):
        law = INITIALIZATIONS["torch_default"] if self.biases == "torch" else law
        if self.biases != "zero":
            return law.draw_bias(fan_in, fan_out, rng=rng, seeds=seeds)
        shape = (*(() if seeds is None else (seeds,)), fan_out, 1)
        return self.bias_std * rng.standard_normal(shape) if self.bias_std else np.zeros(shape)

    def _blocks(self, linear, site):
        """First layer, blocks, last layer. The ends are blocks without the wrapper, so every W but the first has its N and f."""
        first, *middle, last = linear
        plain = [fix for fix in self.fixes if fix.kind == "layer"]
        order = self.order or self.fixes[-1].place
        blocks = [
            assemble(middle[k : k + self.block], self.activation, self.fixes, site, order=order)
            for k in range(0, len(middle), self.block)
        ]
        if order == "activation first":
            return [first, *blocks, assemble([last], self.activation, plain, site, order=order)]
        return [assemble([first], self.activation, plain, site), *blocks, last]


def _wrapper(residual):
    """The wrapper's record for what ``residual`` says."""
    if isinstance(residual, Real) and not isinstance(residual, bool):
        return FIXES["residual"].using(shortcut=require.number("residual", residual))
    if isinstance(residual, str):
        return require.known("residual", residual, RESIDUALS)
    return structural("residual", residual, FIXES, ("wrapper",))

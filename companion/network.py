r"""A network: a stack of layers that keeps its trace on the way up and hands the blame down on the way back.

>>> import numpy as np
>>> network = Network.random([2, 8, 1], activation="tanh", initialization="xavier_normal", rng=np.random.default_rng(0))
>>> network
Network(2 → 8 → 1: tanh, identity)
>>> x, y = np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[1.0, 0.0]])      # two examples, as columns
>>> gradients = network.backward(network.forward(x), y)
>>> [delta.shape for delta in gradients.deltas]                             # δ_1, δ_2
[(8, 2), (1, 2)]
>>> gradients.flat.shape == network.parameters.shape == (33,)
True

Everything works with a leading axis S too: ``Network.random(..., seeds=24)`` is 24 networks in one.
Chapter 3; Rumelhart et al. (1986).
"""

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from companion import require
from companion.layers import LOSSES, Dense
from companion.threads import LARGE, one_thread
from companion.weights import INITIALIZATIONS


@dataclass(frozen=True, eq=False)
class Trace:
    """What one forward pass went through. ``kept`` holds what each layer kept, layer 1 first."""

    x: np.ndarray
    kept: tuple

    @property
    def a(self):
        """The L + 1 signals a_0 = x, a_1, …, a_L: ``trace.a[l]`` is a_l."""
        return [self.x, *(kept.output for kept in self.kept)]

    @property
    def z(self):
        """The L pre-activations z_1, …, z_L: ``trace.z[0]`` is z_1. One for each weight matrix, also inside blocks."""
        return [kept.z for kept in _leaves(self.kept, "kept") if hasattr(kept, "z")]

    @property
    def output(self):
        return self.a[-1]


@dataclass(frozen=True, eq=False)
class Gradients:
    """What one backward pass found. ``backs`` holds each layer's :class:`~companion.layers.Back`, layer 1 first.

    ``deltas``, ``weights`` and ``biases`` have one entry for each weight matrix, also of those inside blocks.
    """

    backs: tuple

    @property
    def deltas(self):
        """δ_1, …, δ_L: how the loss changes with each z_l, (n_l, B). Each column already carries 1/B."""
        return [back.delta for back in self._weighted]

    @property
    def weights(self):
        return [back.parameters["weights"] for back in self._weighted]

    @property
    def biases(self):
        return [back.parameters["bias"] for back in self._weighted]

    @property
    def _weighted(self):
        return [back for back in _leaves(self.backs, "backs") if "weights" in back.parameters]

    @property
    def input(self):
        """∂ℒ/∂x, (n_0, B)."""
        return self.backs[0].input

    @property
    def flat(self):
        """All parameter gradients in one row, in the order of :attr:`Network.parameters`."""
        return _flat([back.parameters for back in self.backs])


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """A stack of ``layers``, nearest the input first. See :mod:`companion.layers` for what a layer is.

    A network never changes: :meth:`with_parameters` gives a new one.
    """

    layers: tuple

    def __post_init__(self):
        layers = tuple(self.layers)
        if not layers:
            raise ValueError("layers must hold at least one layer, got none")
        object.__setattr__(self, "layers", layers)

    @classmethod
    def random(cls, sizes, *, activation, initialization, rng, output="identity", bias_std=0.0, seeds=None):
        """A network of :class:`~companion.layers.Dense` layers with random weights and N(0, ``bias_std``²) biases.

        ``sizes`` = [n_0, n_1, …, n_L]. Layers 1 to L − 1 use ``activation``, the last one ``output``. With
        ``seeds=S`` every parameter has a leading axis S.
        """
        if len(sizes) < 2:
            raise ValueError(f"sizes must hold at least the inputs and one layer, got {sizes!r}")
        law = require.known("initialization", initialization, INITIALIZATIONS)
        bias_std = require.number("bias_std", bias_std, at_least=0)
        layers = []
        for fan_in, fan_out in pairwise(sizes):
            weights = law.draw(fan_in, fan_out, rng=rng, seeds=seeds)  # ([S,] fan_out, fan_in)
            shape = (*weights.shape[:-1], 1)
            bias = bias_std * rng.standard_normal(shape) if bias_std else np.zeros(shape)
            layers.append(Dense(weights, bias, output if len(layers) == len(sizes) - 2 else activation))
        return cls(layers)

    def forward(self, x):
        """The :class:`Trace` of ``x``, (n_0, B)."""
        x = np.asanyarray(x)
        if not np.isfinite(x).all():
            raise ValueError(f"x must be finite, got {x[~np.isfinite(x)][0]}")
        kept, a = [], x
        with one_thread(x.size >= LARGE):
            for number, layer in enumerate(self.layers, 1):
                with _named(number):
                    kept.append(layer.forward(a))
                a = kept[-1].output
        return Trace(x, tuple(kept))

    def __call__(self, x):
        """The output a_L alone, (n_L, B)."""
        return self.forward(x).output

    def loss(self, x, y, loss="squared_error"):
        """The loss of ``x`` against ``y``, mean over the batch; one number a seed."""
        return require.known("loss", loss, LOSSES).value(self(x), y)

    def backward(self, trace, y, loss="squared_error"):
        """The :class:`Gradients` of the loss, from the trace of one forward pass."""
        return self.pull_back(trace, require.known("loss", loss, LOSSES).gradient(trace.output, y))

    def gradients(self, x, y, loss="squared_error"):
        """One forward and one backward pass: the :class:`Gradients` of the loss of ``x`` against ``y``."""
        return self.backward(self.forward(x), y, loss)

    def pull_back(self, trace, g):
        """The :class:`Gradients` for any read-out whose derivative ∂ℒ/∂a_L is ``g``, (n_L, B)."""
        backs = []
        with one_thread(trace.x.size >= LARGE):
            for number, (layer, kept) in reversed(list(enumerate(zip(self.layers, trace.kept, strict=True), 1))):
                with _named(number):
                    backs.append(layer.backward(kept, g))
                g = backs[-1].input
        return Gradients(tuple(backs[::-1]))

    @property
    def parameters(self):
        """All parameters in one row (P,), with seeds (S, P): layer by layer, each matrix row by row."""
        return _flat([layer.parameters for layer in self.layers])

    def with_parameters(self, flat):
        """The same network with the numbers of ``flat``, laid out as in :attr:`parameters` (complex ones pass)."""
        flat, own = np.asarray(flat), self.parameters
        if flat.shape != own.shape:
            raise ValueError(f"flat must have shape {own.shape}, one entry for each parameter, got {flat.shape}")
        layers, start = [], 0
        for layer in self.layers:
            matrices = {}
            for name, matrix in layer.parameters.items():
                stop = start + matrix.shape[-2] * matrix.shape[-1]
                matrices[name], start = flat[..., start:stop].reshape(matrix.shape), stop
            layers.append(layer.with_parameters(**matrices))
        return Network(layers)

    def __repr__(self):
        if not all(isinstance(layer, Dense) for layer in self.layers):
            return f"Network({', '.join(map(repr, self.layers))})"
        sizes = [self.layers[0].weights.shape[-1], *(layer.weights.shape[-2] for layer in self.layers)]
        return f"Network({' → '.join(map(str, sizes))}: {', '.join(layer.activation for layer in self.layers)})"


@dataclass(frozen=True, eq=False)
class Training:
    """The record of a training run: ``losses[k]`` is the loss after k steps, (steps + 1,) or with seeds (steps + 1, S).

    ``network`` is the last one. ``diverged_at`` is the step after which a loss was NaN or infinite (the run stops there,
    and that loss is the last one recorded), or None.
    """

    network: Network
    losses: np.ndarray
    diverged_at: int | None


@one_thread()
def train(network, x, y, *, rate, steps, loss="squared_error"):
    """Plain gradient descent on all of ``x`` at once: θ ← θ − ``rate`` ∂ℒ/∂θ, ``steps`` times.

    With seeds all networks walk side by side, and the first one to diverge stops the run.

    >>> line = Network([Dense([[0.0]], [[0.0]], "identity")])               # a_1 = w x + b
    >>> run = train(line, np.array([[-1.0, 1.0]]), np.array([[-1.0, 3.0]]), rate=1.0, steps=1)
    >>> run.losses, run.network.parameters                                  # one step to w = 2, b = 1
    (array([2.5, 0. ]), array([2., 1.]))
    """
    record = require.known("loss", loss, LOSSES)
    rate, steps = require.number("rate", rate, above=0), require.positive_int("steps", steps)
    losses = []
    with np.errstate(over="ignore", invalid="ignore"):  # a run that overflows is stopped below, not warned about
        for step in range(steps + 1):
            trace = network.forward(x)
            losses.append(record.value(trace.output, y))
            diverged = not np.isfinite(losses[-1]).all()
            if diverged or step == steps:
                return Training(network, np.array(losses), step if diverged else None)
            network = network.with_parameters(network.parameters - rate * network.backward(trace, y, loss).flat)


def _flat(layers):
    """Every matrix of every layer's dictionary in one row; leading axes stay in front."""
    return np.concatenate([m.reshape(*m.shape[:-2], -1) for matrices in layers for m in matrices.values()], axis=-1)


def _leaves(records, inner):
    """The records of the innermost layers, in order: what a layer made of layers holds under ``inner``, else itself."""
    for record in records:
        parts = getattr(record, inner, ())
        yield from _leaves(parts, inner) if parts else (record,)


@contextmanager
def _named(number):
    """Errors inside say which layer they come from."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"layer {number}: {error}") from None

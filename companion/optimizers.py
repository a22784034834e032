r"""Optimisers, one step each in NumPy: what becomes of a weight when its gradient arrives.

>>> adam = OPTIMIZERS["adam"]
>>> w = np.array([1.0, 1.0])
>>> state = adam.start(w)
>>> for _ in range(100):                                          # the same gradient at every step, tiny or large
...     w, state = adam.step(w, np.array([1e-4, 10.0]), state, rate=0.001)
>>> ((1 - w) / 0.001).round(1)                                    # how far it went, in rates
array([100., 100.])

A step takes the weights ``w`` and their gradient ``g``, arrays of one shape, and gives the new weights and the new state; what
comes in is not changed. A state is a dict of arrays shaped as ``w``, and ``"steps"``, how many were taken. Settings have
torch's names and defaults. Equal to ``torch.optim`` over 200 steps (``sign`` has no counterpart there; ``muon`` computes in the
precision of ``w`` what torch computes in bfloat16). Chapter 13.
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature

import numpy as np

from companion import require

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)  # Jordan et al. 2024


@dataclass(frozen=True)
class Optimizer:
    """An optimiser: its state at the start, and one step. ``buffers`` name the arrays of the state, all 0 at the start."""

    name: str
    buffers: tuple
    rule: Callable  # (w, g, state, rate, **settings) -> new w; it may change the arrays of this state, a copy
    source: str
    torch: tuple = ()  # the name of the same optimiser in torch.optim, and what else it is given there; () where there is none
    others: str | None = None  # who takes the steps of what is not a matrix, where this one cannot

    @property
    def settings(self):
        """What may be set, with torch's defaults, as a dict."""
        return {name: each.default for name, each in list(signature(self.rule).parameters.items())[4:]}

    def chosen(self, settings):
        """All settings as a dict: torch's defaults but for ``settings``, a dict or None. An unknown or wild one is refused.

        >>> OPTIMIZERS["adam"].chosen({"eps": 1e-16})
        {'betas': (0.9, 0.999), 'eps': 1e-16, 'weight_decay': 0.0}
        >>> OPTIMIZERS["sgd"].chosen({"eps": 1e-16})
        Traceback (most recent call last):
        ValueError: a setting of sgd must be one of weight_decay, got 'eps'
        """
        given = require.instance("settings", {} if settings is None else settings, dict, "a dict such as {'eps': 1e-16}, or None")
        return self.settings | {name: _setting(self, name, value) for name, value in given.items()}

    def start(self, w):
        """The state before the first step on weights like ``w``."""
        w = self._weights(w)
        return {name: np.zeros_like(w) for name in self.buffers} | {"steps": 0}

    def step(self, w, g, state, *, rate, **settings):
        """``(w, state)`` after one step of ``rate`` along the gradient ``g``, both arrays of one shape.

        A setting that the optimiser has not, or out of its range, is an error that names it. Gradients may hold NaN and
        infinities: then the weights do.
        """
        w = self._weights(w)
        g = require.numbers("g", g)
        if g.shape != w.shape:
            raise ValueError(f"g must have the shape {w.shape} of w, got an array of shape {g.shape}")
        rate = require.number("rate", rate, at_least=0)
        state = self._state(state, w)
        chosen = self.chosen(settings)
        state["steps"] += 1
        with np.errstate(all="ignore"):  # an infinite gradient makes infinite weights, and no noise
            return self.rule(w, g.astype(w.dtype), state, rate, **chosen), state

    def _weights(self, w):
        w = require.numbers("w", w)
        if w.dtype.kind == "c" or w.dtype.itemsize > 8:
            raise TypeError(f"w must be real numbers of at most 64 bits, got an array of {w.dtype}")
        if self.others and w.ndim != 2:
            raise ValueError(f"w must be a matrix for {self.name}, got an array of shape {w.shape}")
        return w if w.dtype.kind == "f" else w.astype(float)

    def _state(self, state, w):
        require.instance("state", state, dict, f"a state of {self.name}, as start or step gives it")
        if set(state) != {*self.buffers, "steps"}:
            there = require.shown(sorted(map(str, state)))
            raise ValueError(f"state must have {', '.join([*self.buffers, 'steps'])}, got {there}")
        require.positive_int("steps of state", state["steps"], minimum=0)
        buffers = {name: require.numbers(f"{name} of state", state[name]) for name in self.buffers}
        for name, array in buffers.items():
            if array.shape != w.shape:
                raise ValueError(f"{name} of state must have the shape {w.shape} of w, got an array of shape {array.shape}")
        return {name: np.array(array, dtype=w.dtype) for name, array in buffers.items()} | {"steps": state["steps"]}


def orthogonalised(g, *, steps=5, eps=1e-7):
    """A matrix (m, n) like ``g`` whose singular values all lie near 1: what Muon takes for the direction of its step.

    Newton–Schulz's iteration with the coefficients of Jordan et al. (2024): after 5 ``steps`` the singular values that were
    above a hundredth of ‖g‖ lie between 0.68 and 1.21, not at 1; a g of zeros stays zero. Chapter 13.

    >>> sizes = np.linalg.svd(orthogonalised(np.diag([1.0, 0.1, 0.02])), compute_uv=False)
    >>> bool(0.68 < sizes.min() < sizes.max() < 1.21)
    True
    """
    g = require.finite_array("g", g, ndim=2)
    steps = require.positive_int("steps", steps, maximum=100)
    return _newton_schulz(g, steps, require.number("eps", eps, above=0))


def _newton_schulz(g, steps, eps):
    a, b, c = NEWTON_SCHULZ
    x = g / max(np.linalg.norm(g), eps)
    x = x.T if g.shape[0] > g.shape[1] else x
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if g.shape[0] > g.shape[1] else x


def _sgd(w, g, state, rate, weight_decay=0.0):
    return w - rate * (g + weight_decay * w)


def _momentum(w, g, state, rate, momentum=0.9, weight_decay=0.0):
    return w - rate * _velocity(w, g, state, momentum, weight_decay)[0]


def _nesterov(w, g, state, rate, momentum=0.9, weight_decay=0.0):
    velocity, g = _velocity(w, g, state, momentum, weight_decay)
    return w - rate * (g + momentum * velocity)


def _velocity(w, g, state, momentum, weight_decay):
    """The old directions, each step fainter by ``momentum``, and the new one; the decayed gradient beside it."""
    g = g + weight_decay * w
    state["velocity"] = momentum * state["velocity"] + g
    return state["velocity"], g


def _rmsprop(w, g, state, rate, alpha=0.99, eps=1e-8, weight_decay=0.0):
    g = g + weight_decay * w
    state["square"] = alpha * state["square"] + (1 - alpha) * g**2
    return w - rate * g / (np.sqrt(state["square"]) + eps)


def _adam(w, g, state, rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    g = g + weight_decay * w
    state["mean"] = betas[0] * state["mean"] + (1 - betas[0]) * g
    state["square"] = betas[1] * state["square"] + (1 - betas[1]) * g**2
    mean = state["mean"] / (1 - betas[0] ** state["steps"])  # the zeros at the start, divided out
    square = state["square"] / (1 - betas[1] ** state["steps"])
    return w - rate * mean / (np.sqrt(square) + eps)


def _adamw(w, g, state, rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    return _adam((1 - rate * weight_decay) * w, g, state, rate, betas, eps)


def _sign(w, g, state, rate, weight_decay=0.0):
    return w - rate * np.sign(g + weight_decay * w)


def _muon(w, g, state, rate, momentum=0.95, nesterov=True, weight_decay=0.1, eps=1e-7, ns_steps=5):
    state["velocity"] = momentum * state["velocity"] + (1 - momentum) * g
    update = (1 - momentum) * g + momentum * state["velocity"] if nesterov else state["velocity"]
    rows, columns = w.shape
    longer = np.sqrt(max(1, rows / columns))
    return (1 - rate * weight_decay) * w - rate * longer * _newton_schulz(update, ns_steps, eps)


_RANGES = {
    "momentum": {"at_least": 0, "below": 1},
    "alpha": {"at_least": 0, "below": 1},
    "eps": {"at_least": 0},
    "weight_decay": {"at_least": 0},
}


def _setting(optimizer, name, value):
    require.known(f"a setting of {optimizer.name}", name, optimizer.settings)
    if name == "betas":
        pair = require.listed("betas", value)
        if len(pair) != 2:
            raise ValueError(f"betas must be two numbers, got {require.shown(value)}")
        return tuple(require.number("betas", beta, at_least=0, below=1) for beta in pair)
    if name == "nesterov":
        return require.flag(name, value)
    if name == "ns_steps":
        return require.positive_int(name, value, maximum=100)
    return require.number(name, value, **_RANGES[name])


_ALL = [
    Optimizer("sgd", (), _sgd, "Robbins & Monro 1951", ("SGD", {})),
    Optimizer("momentum", ("velocity",), _momentum, "Polyak 1964", ("SGD", {})),
    Optimizer("nesterov", ("velocity",), _nesterov, "Nesterov 1983; Sutskever et al. 2013", ("SGD", {"nesterov": True})),
    Optimizer("rmsprop", ("square",), _rmsprop, "Tieleman & Hinton 2012", ("RMSprop", {})),
    Optimizer("adam", ("mean", "square"), _adam, "Kingma & Ba 2015", ("Adam", {})),
    Optimizer("adamw", ("mean", "square"), _adamw, "Loshchilov & Hutter 2019", ("AdamW", {})),
    Optimizer("sign", (), _sign, "Bernstein et al. 2018"),
    Optimizer("muon", ("velocity",), _muon, "Jordan et al. 2024", others="adamw"),
]
OPTIMIZERS = {optimizer.name: optimizer for optimizer in _ALL}
"""By name: sgd momentum nesterov rmsprop adam adamw sign muon. ``companion.training`` takes each of them."""

r"""How a layer's weights begin: eleven initialisations, one record each.

A record says what law the entries of a fresh weight matrix follow and how wide that law is. The width is all that
matters for the size of a wide layer's signals, and it is exact: :meth:`Initialization.variance`.

>>> import numpy as np
>>> he = INITIALIZATIONS["he_normal"]
>>> he.draw(100, 50, rng=np.random.default_rng(0)).shape       # (fan_out, fan_in): W multiplies columns
(50, 100)
>>> he.variance(100, 50)
0.02

Sources: LeCun et al. (1998), Glorot and Bengio (2010), Saxe et al. (2014), He et al. (2015). Chapters 5 and 6.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from companion import require

CONSTANT = 0.1
"""The value of every weight under ``constant``: any number would do, since equal neurons stay equal."""

BIASES = {"zero": "all 0", "drawn": "as the initialisation's own library draws them"}
"""How biases may begin: the names, and words for them."""


@dataclass(frozen=True)
class Initialization:
    """A law for the entries of a weight matrix of shape (fan_out, fan_in).

    ``name`` is the key in :data:`INITIALIZATIONS`, ``label`` the words for a menu or an axis. ``law`` and ``spread`` are
    the two halves of the recipe: the kind of random matrix, and its variance as a function of the two fans.
    ``bias_spread`` is the variance with which the initialisation's own library draws the biases: 0, except for PyTorch's
    ``nn.Linear``, which draws them by the law of its weights.
    """

    name: str
    label: str
    law: Callable[[np.random.Generator, tuple[int, ...], float], np.ndarray]
    spread: Callable[[int, int], float]
    bias_spread: Callable[[int, int], float] = lambda fan_in, fan_out: 0.0

    def variance(self, fan_in, fan_out):
        """The exact variance of one entry, over all draws of the matrix.

        It is the variance about the mean, so it is 0 for ``zeros`` and for ``constant``. Times ``fan_in``, it is the
        squared gain σ_w² of mean-field theory (the entries of every other law have mean 0).

        >>> INITIALIZATIONS["torch_default"].variance(100, 50) == 1 / 300
        True
        """
        return float(self.spread(*_fans(fan_in, fan_out)))

    def draw(self, fan_in, fan_out, *, rng, seeds=None):
        """Weights of shape (fan_out, fan_in); with ``seeds=S``, S independent matrices at once: (S, fan_out, fan_in).

        The stack is what S single draws from the same ``rng`` would give, in order.

        >>> INITIALIZATIONS["orthogonal"].draw(3, 2, rng=np.random.default_rng(0), seeds=24).shape
        (24, 2, 3)
        """
        fan_in, fan_out = _fans(fan_in, fan_out)
        stack = () if seeds is None else (require.positive_int("seeds", seeds),)
        return self.law(require.generator("rng", rng), (*stack, fan_out, fan_in), self.spread(fan_in, fan_out))

    def draw_bias(self, fan_in, fan_out, *, rng, seeds=None):
        """Biases of shape (fan_out, 1), or (S, fan_out, 1), as the initialisation's own library draws them: mostly 0.

        >>> INITIALIZATIONS["he_normal"].draw_bias(100, 2, rng=np.random.default_rng(0)).ravel()
        array([0., 0.])
        >>> bool(np.abs(INITIALIZATIONS["torch_default"].draw_bias(100, 50, rng=np.random.default_rng(0))).max() < 1 / 10)
        True
        """
        fan_in, fan_out = _fans(fan_in, fan_out)
        stack = () if seeds is None else (require.positive_int("seeds", seeds),)
        variance = self.bias_spread(fan_in, fan_out)
        require.generator("rng", rng)
        return self.law(rng, (*stack, fan_out, 1), variance) if variance else np.zeros((*stack, fan_out, 1))


def _fans(fan_in, fan_out):
    return require.positive_int("fan_in", fan_in), require.positive_int("fan_out", fan_out)


def _normal(rng, shape, variance):
    return np.sqrt(variance) * rng.standard_normal(shape)


def _uniform(rng, shape, variance):
    bound = np.sqrt(3 * variance)  # U(-r, r) has variance r² / 3
    return rng.uniform(-bound, bound, shape)


def _orthogonal(rng, shape, variance):
    """Uniform (Haar) on the matrices whose shorter side is orthonormal: WWᵀ = 1 if wide, WᵀW = 1 if tall."""
    *stack, rows, columns = shape
    gaussian = rng.standard_normal((*stack, max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(gaussian)
    # LAPACK picks the signs of R's diagonal; Q is uniform only once that choice is undone (Mezzadri, 2007).
    q = q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]
    return q if rows >= columns else np.swapaxes(q, -1, -2)


INITIALIZATIONS = {
    record.name: record
    for record in (
        Initialization("zeros", "all zero", lambda rng, shape, _: np.zeros(shape), lambda i, o: 0.0),
        Initialization(
            "constant", f"all {CONSTANT:g}", lambda rng, shape, _: np.full(shape, CONSTANT), lambda i, o: 0.0
        ),
        Initialization("standard_normal", "N(0, 1)", _normal, lambda i, o: 1.0),
        Initialization("uniform", "U(−1, 1)", _uniform, lambda i, o: 1 / 3),
        Initialization("lecun_normal", "LeCun normal", _normal, lambda i, o: 1 / i),
        Initialization("xavier_uniform", "Xavier uniform", _uniform, lambda i, o: 2 / (i + o)),
        Initialization("xavier_normal", "Xavier normal", _normal, lambda i, o: 2 / (i + o)),
        Initialization("he_uniform", "He uniform", _uniform, lambda i, o: 2 / i),
        Initialization("he_normal", "He normal", _normal, lambda i, o: 2 / i),
        Initialization("orthogonal", "orthogonal", _orthogonal, lambda i, o: 1 / max(i, o)),
        Initialization(
            "torch_default", "PyTorch default", _uniform, lambda i, o: 1 / (3 * i), bias_spread=lambda i, o: 1 / (3 * i)
        ),
    )
}

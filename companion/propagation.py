"""How large signals and gradients are in each layer of random networks: many seeds at once, nothing underflows.

A network here is x → z_1 → a_1 → … → a_L, with z_l = W_l a_{l-1} + b_l, a_l = f(z_l), all layers of one width, and as many
inputs. Inputs x are N(0, 1). The loss reads the last layer out along a random direction for each example,
ℒ = (1/B) Σ_b ⟨c_b, a_L(x_b)⟩ with c ~ N(0, 1), so that ∂ℒ/∂a_L is noise of one size: what the layers do to it is all that is
seen. Ratios between layers depend on these choices; they are the same in the whole book. Chapters 0 and 4 to 14.

>>> p = profile(activation="sigmoid", initialization="lecun_normal", depth=20, width=100)
>>> p.delta.shape, round(float(np.median(p.decades)))          # 24 networks; δ_1 is 12 decades below δ_20
((24, 20), -12)

With ``fixes`` the layers are blocks of :mod:`companion.fixes`. δ_l is still ∂ℒ/∂z_l, z_l what the l-th weight matrix gives
out (plus bias), wherever in its block that matrix stands; a_l is what the l-th block hands on.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from companion import require, signals
from companion.activations import ACTIVATIONS
from companion.fixes import FIXES, Site, assemble, structural
from companion.layers import Dense
from companion.network import Gradients
from companion.threads import one_thread
from companion.weights import BIASES, INITIALIZATIONS

__all__ = ["Profile", "profile"]

_AT_ONCE = 2**24  # weights in memory at a time (128 MB); more seeds than fit are done in turns


@dataclass(frozen=True, eq=False)
class Profile:
    """Sizes in every layer of S random networks, (S, L), layer 1 (nearest the input) first.

    Kept as log10 of the root mean square over units and examples, so that 1e-400 is as exact as 1: read ``log10_delta``,
    not ``log10(delta)``, where a network is deep. -inf: every entry is 0. A NaN says that the signal itself overflowed.
    """

    log10_signal: np.ndarray  # a_l
    log10_delta: np.ndarray  # δ_l = ∂ℒ/∂z_l
    log10_weight_gradient: np.ndarray  # ∂ℒ/∂W_l
    log10_weights: np.ndarray  # W_l

    @property
    def signal(self):
        """rms of a_l, (S, L)."""
        return _power_of_ten(self.log10_signal)

    @property
    def delta(self):
        """rms of δ_l = ∂ℒ/∂z_l, (S, L); 0 below 1e-324."""
        return _power_of_ten(self.log10_delta)

    @property
    def weight_gradient(self):
        """rms of ∂ℒ/∂W_l, (S, L). Nearly flat in a ReLU network *without biases*, whatever δ does: see chapter 4."""
        return _power_of_ten(self.log10_weight_gradient)

    @property
    def log10_relative_gradient(self):
        """log10 of ‖∂ℒ/∂W_l‖ / ‖W_l‖, (S, L); +inf where the weights are all 0."""
        return self.log10_weight_gradient - self.log10_weights

    @property
    def relative_gradient(self):
        """‖∂ℒ/∂W_l‖ / ‖W_l‖, (S, L): times the rate, the share by which one step of descent changes layer l."""
        return _power_of_ten(self.log10_relative_gradient)

    @property
    def decades(self):
        """log10(rms δ_1 / rms δ_L), (S,): -12 means that layer 1 gets a million-millionth of what layer L gets."""
        with np.errstate(invalid="ignore"):  # a dead network: 0 / 0
            return self.log10_delta[:, 0] - self.log10_delta[:, -1]

    @property
    def growth(self):
        """G = (rms δ_1 / rms δ_L)^(1/(L-1)), (S,): the growth a layer, towards the input. Below 1 vanishes. Needs L ≥ 2.

        >>> p = profile(activation="identity", initialization="orthogonal", depth=9, width=8, seeds=3, gain=2.0)
        >>> p.growth.round(12).tolist()
        [2.0, 2.0, 2.0]
        """
        layers = self.log10_delta.shape[1]
        if layers < 2:
            raise ValueError(f"growth needs a depth of at least 2, got {layers}")
        return _power_of_ten(self.decades / (layers - 1))


@one_thread()
def profile(
    *,
    activation,
    initialization,
    depth,
    width,
    seeds=24,
    batch=32,
    biases="zero",
    gain=1.0,
    bias_std=0.0,
    fixes=(),
    block=None,
):
    """Measure S random networks: rms of the signal a_l, of δ_l and of ∂ℒ/∂W_l in every layer. Returns a :class:`Profile`.

    ``seeds``: how many networks (seeds 0, 1, …), or the seeds themselves. A seed stands for one network and its examples,
    whichever other seeds are asked for with it. ``gain`` multiplies the drawn weights. ``biases``: "zero", "drawn" as the
    initialisation's own library draws them (only PyTorch's default is not zero then), or, with ``bias_std``, N(0, bias_std²).
    ``fixes``: layers and at most one wrapper, by their names in ``fixes.FIXES`` or as records with settings of their own
    (``FIXES["residual"].using(shortcut=0.5)``). A seed has the same examples, weights and biases with any fixes. A wrapper
    goes around ``block`` weight matrices (None: as few as it needs, which is 1, for Fixup 2); ``signal`` is then the same for
    all matrices of a block.

    >>> relu = profile(activation="relu", initialization="he_normal", depth=50, width=100, seeds=[0, 7])
    >>> relu.growth.round(1).tolist()
    [1.0, 1.0]
    >>> relu = profile(activation="relu", initialization="he_normal", depth=50, width=100, seeds=[0, 7], fixes=["batch_norm"])
    >>> relu.growth.round(1).tolist()                               # batch norm makes it explode
    [1.2, 1.2]
    """
    f = require.known("activation", activation, ACTIVATIONS)
    law = require.known("initialization", initialization, INITIALIZATIONS)
    depth, width = require.positive_int("depth", depth), require.positive_int("width", width)
    batch, seeds = require.positive_int("batch", batch), _seeds(seeds)
    gain, bias_std = require.moderate("gain", gain, above=0), require.moderate("bias_std", bias_std, at_least=0)
    require.known("biases", biases, BIASES)
    if biases == "drawn" and bias_std:
        raise ValueError(
            f"biases must be 'zero' where bias_std gives their size, got 'drawn' with bias_std = {bias_std:g}"
        )
    fixes = _fixes(fixes)
    block = _block(block, fixes, depth)

    def turn(seeds):
        drawn = _draw(seeds, law, depth, width, batch, gain, biases, bias_std)
        return _measure_blocks(f, fixes, block, seeds, *drawn) if fixes else _measure(f, *drawn)

    step = max(1, _AT_ONCE // (depth * width * width))
    return Profile(*np.concatenate([turn(seeds[i : i + step]) for i in range(0, len(seeds), step)], axis=1))


def _fixes(fixes):
    if isinstance(fixes, str) or not isinstance(fixes, Iterable):
        raise TypeError(f"fixes must be a list of fixes, such as ['batch_norm', 'residual'], got {require.shown(fixes)}")
    return [structural("fixes", fix, FIXES) for fix in fixes]


def _block(block, fixes, depth):
    needed = max((fix.layers for fix in fixes), default=1)
    if block is None:
        block = needed
    elif require.positive_int("block", block) < needed:
        raise ValueError(f"block must be at least {needed} with {', '.join(fix.name for fix in fixes)}, got {block}")
    if depth % block:
        raise ValueError(f"depth must be a multiple of block = {block}, so that whole blocks fit, got {depth}")
    return block


def _seeds(seeds):
    if isinstance(seeds, Iterable) and not isinstance(seeds, str | bytes):
        seeds = [require.seed("seeds", seed) for seed in seeds]
        if not seeds:
            raise ValueError("seeds must name at least one seed, got none")
        return seeds
    return range(require.positive_int("seeds", seeds))


def _draw(seeds, law, depth, width, batch, gain, bias_law, bias_std):
    """(x, ∂ℒ/∂a_L, weights, biases) of the networks named ``seeds``; each from a generator of its own."""
    x, g = np.empty((2, len(seeds), width, batch))  # (S, n, B)
    weights = np.empty((len(seeds), depth, width, width))  # (S, L, n, n)
    biases = np.zeros((len(seeds), depth, width, 1))
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        x[s], g[s] = rng.standard_normal((2, width, batch))
        weights[s] = law.draw(width, width, rng=rng, seeds=depth)
        if bias_law == "drawn":
            biases[s] = law.draw_bias(width, width, rng=rng, seeds=depth)
        elif bias_std:
            biases[s] = bias_std * rng.standard_normal(biases[s].shape)
    if gain != 1:
        weights *= gain
    g /= batch
    return x, g, weights, biases


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # inf, NaN and log10(0) are results here
def _measure(f, x, g, weights, biases):
    """log10 rms of a_l, δ_l, ∂ℒ/∂W_l and W_l, (4, S, L): one forward and one backward pass over all seeds at once.

    δ, and a where f(ca) = c f(a), travel with a largest entry near 1 and their power of two beside them, so they can
    shrink or grow without end. Of the forward pass only the slopes f'(z_l) and the a_{l-1}, near 1, are kept.
    """
    depth = weights.shape[1]
    inputs, slopes = np.empty((2, depth, *x.shape))  # (L, S, n, B)
    sizes = np.empty((4, depth, len(x)))  # (4, L, S)
    sizes[3] = signals.log10_rms(weights, axis=(2, 3)).T
    scale_free = f.homogeneous and not biases.any()

    a, powers = _near_one(x)  # a_0 = a * 2**powers[0], powers (S,)
    powers = [powers]
    for layer in range(depth):
        inputs[layer] = a
        z = weights[:, layer] @ a  # (S, n, B)
        if not scale_free:
            z = z * np.ldexp(1.0, powers[-1])[:, None, None] + biases[:, layer]
        a, slopes[layer] = f.both(z)
        a, power = _near_one(a)
        powers.append(power + powers[-1] if scale_free else power)
        sizes[0, layer] = _log10_rms(a, powers[-1])

    power = 0
    for layer in reversed(range(depth)):
        delta, shift = _near_one(g * slopes[layer])
        power = power + shift
        sizes[1, layer] = _log10_rms(delta, power)
        sizes[2, layer] = _log10_rms(delta @ inputs[layer].mT, power + powers[layer])  # ∂ℒ/∂W_l = δ_l a_{l-1}ᵀ
        g = weights[:, layer].mT @ delta
    return sizes.mT  # (4, S, L)


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _measure_blocks(f, fixes, block, seeds, x, g, weights, biases):
    """What ``_measure`` gives, for networks of blocks: any layers, ``block`` weight matrices in each.

    The way back is linear in g, so g travels near 1 here too. The signal is what it is: beyond 1e±308 it is lost.
    """
    depth, width = weights.shape[1:3]
    site = Site(width, depth // block, len(seeds), tuple(np.random.default_rng((1, seed)) for seed in seeds))
    sizes = np.empty((4, depth, len(x)))  # (4, L, S)
    linear = [Dense(weights[:, layer], biases[:, layer], "identity") for layer in range(depth)]
    went, a = [], x
    for first in range(0, depth, block):
        made = assemble(linear[first : first + block], f.name, fixes, site)
        went.append((made, made.forward(a)))
        a = went[-1][1].output
        sizes[0, first : first + block] = signals.log10_rms(a, axis=(1, 2))

    powers = 0
    for first in reversed(range(0, depth, block)):
        g, power = _near_one(g)
        powers = powers + power
        made, kept = went.pop()
        back = made.backward(kept, g)
        own = Gradients((back,))
        for row, arrays, power in ((1, own.deltas, powers), (2, own.weights, powers), (3, _matrices(made), 0)):
            inside = [signals.log10_rms(array, axis=(1, 2)) for array in arrays]
            sizes[row, first : first + block] = inside + power * np.log10(2)
        g = back.input
    return sizes.mT  # (4, S, L)


def _matrices(block):
    """The weight matrices of a block's layers, as they stand there (Fixup changes them); not those of a highway's gate."""
    named = ((name.split("."), matrix) for name, matrix in block.parameters.items())
    return [matrix for name, matrix in named if name[-1] == "weights" and "gate" not in name]


def _near_one(v):
    """(v / 2^k, k): each seed's largest entry brought near 1, exactly. v (S, n, B) is changed in place; k (S,)."""
    largest = np.maximum(v.max((1, 2)), -v.min((1, 2)))
    power = np.frexp(largest)[1].clip(-1000, 1000)
    v *= np.ldexp(1.0, -power)[:, None, None]
    return v, power


def _log10_rms(v, power):
    """log10 of the rms of v · 2^power, (S,), for a v near 1."""
    flat = v.reshape(len(v), -1)
    return 0.5 * np.log10(np.vecdot(flat, flat) / flat.shape[1]) + power * np.log10(2)


def _power_of_ten(exponent):
    with np.errstate(over="ignore", under="ignore"):
        return 10.0**exponent

"""What a very wide random network does to a signal and to a gradient, one layer at a time. Chapters 0 and 4 to 12.

Weights are N(0, sigma_w^2 / n), biases N(0, sigma_b^2); z is a pre-activation, q = E z^2 its mean square. In the limit
of width a layer maps q to sigma_w^2 E f(sqrt(q) z)^2 + sigma_b^2 with z ~ N(0, 1) (the length map), and multiplies the
mean square of a gradient, on its way to the input, by chi = sigma_w^2 E f'(sqrt(q) z)^2. Poole et al. 2016, Schoenholz
et al. 2017. Standard deviations go in, mean squares come out; ``growth``, ``sizes`` and ``log10_delta`` are not squared.

>>> round(growth("sigmoid", 1.0, 0.0), 3), round(growth("relu", 1.0, 0.0), 3)
(0.236, 0.707)
"""

from dataclasses import dataclass
from math import acos, inf, isclose, pi, sqrt

import numpy as np

from companion import require
from companion.activations import ACTIVATIONS
from companion.quadrature import gaussian_mean
from companion.special import root

_ZERO, _HUGE = 1e-12, 1e30  # a mean square that has shrunk below (grown above) these never comes back


def length_fixed_point(activation, sigma_w, sigma_b):
    """q*, the mean square of the pre-activations z that the length map settles at, started at q = 1.

    0 means that the signal dies out. A ValueError says that it grows without bound. Where every q is a fixed point
    (ReLU at sigma_w^2 = 2, identity at 1, no bias) nothing moves and the answer is the start, 1.

    >>> round(length_fixed_point("tanh", 1.5, 0.0), 6), length_fixed_point("tanh", 1.0, 0.0)
    (0.793354, 0.0)
    >>> length_fixed_point("relu", 2.0, 0.0)
    Traceback (most recent call last):
    ValueError: no length fixed point: with relu, sigma_w = 2 and sigma_b = 0 the mean square of z grows without bound
    """
    record, sigma_w, sigma_b = _setting(activation, sigma_w, sigma_b)
    q = _limit_length(record, sigma_w, sigma_b)
    if q == inf:
        setting = f"{activation}, sigma_w = {sigma_w:g} and sigma_b = {sigma_b:g}"
        raise ValueError(f"no length fixed point: with {setting} the mean square of z grows without bound")
    return q


def chi(activation, sigma_w, sigma_b):
    """chi = sigma_w^2 E f'(sqrt(q*) z)^2: what one layer multiplies the mean square of dL/dz by.

    Below 1 gradients vanish, above 1 they explode. Where q* is 0 or infinite, chi is the limit there. It is also what a small
    difference in *direction* between two inputs is multiplied by (chi_perp in physics); for one in length see ``chi_parallel``.

    >>> round(chi("tanh", 5 / 3, 0.0), 4)  # PyTorch's gain for tanh: exploding
    1.2098
    """
    record, sigma_w, sigma_b = _setting(activation, sigma_w, sigma_b)
    return sigma_w**2 * _mean_square(record, record.slope, _limit_length(record, sigma_w, sigma_b))


def growth(activation, sigma_w, sigma_b):
    """sqrt(chi): the predicted growth of rms dL/dz per layer, towards the input.

    >>> round(growth("relu", 2**0.5, 0.0), 12)
    1.0
    """
    return sqrt(chi(activation, sigma_w, sigma_b))


@dataclass(frozen=True, eq=False)
class Sizes:
    """The sizes that ``sizes`` predicts for every layer, (L,), under the names of a ``propagation.Profile``: log10 of an rms."""

    log10_signal: np.ndarray  # a_l
    log10_delta: np.ndarray  # dL/dz_l
    log10_weight_gradient: np.ndarray  # dL/dW_l
    log10_weights: np.ndarray  # W_l

    @property
    def log10_relative_gradient(self):
        """log10 of the norm of dL/dW_l over that of W_l, (L,): one step of descent changes layer l by this, times the rate."""
        return self.log10_weight_gradient - self.log10_weights


def sizes(activation, sigma_w, sigma_b, depth, *, width, batch):
    """What ``propagation.profile`` measures, predicted: a :class:`Sizes`, absolute, for l = 1 .. L = depth.

    It starts from inputs of mean square 1 and the noise N(0, 1) / batch that enters at a_L, and follows q through the layers.
    rms dL/dW_l = sqrt(batch) rms dL/dz_l rms a_{l-1}: the examples' random directions are independent, so what two of them
    add to dL/dW_l is uncorrelated; and dL/dz_l and a_{l-1} are taken as independent, which random weights make of wide layers
    (linear layers of any width). ``width`` gives the size of W_l, sigma_w / sqrt(width), and nothing else: a narrow or very
    deep network strays from the mean square, depth / width says how far (chapter 4).

    >>> zero, drawn = (sizes("relu", 3**-0.5, sigma_b, 50, width=100, batch=32) for sigma_b in (0.0, 300**-0.5))  # PyTorch's
    >>> told = [p.log10_weight_gradient for p in (zero, drawn)]
    >>> [round(float(first - last), 1) + 0.0 for first, *_, last in told]  # layer 1 / layer 50: equal without biases, not with
    [0.0, -17.7]
    >>> [round(float(layers[0]), 1) for layers in told]  # layer 1 itself: as little either way
    [-20.0, -20.0]
    """
    record, sigma_w, sigma_b = _setting(activation, sigma_w, sigma_b)
    depth, width, batch = (
        require.positive_int(name, value) for name, value in (("depth", depth), ("width", width), ("batch", batch))
    )
    signal, slope = _squares(record, sigma_w, sigma_b, depth)  # log10, each (L,)
    delta = np.append(2 * np.log10(sigma_w) + slope[:-1], slope[-1])  # one factor a layer, delta_L itself last
    delta = np.cumsum(delta[::-1])[::-1] / 2 - np.log10(batch)
    told = np.log10(batch) / 2 + delta + np.append(0.0, signal[:-1]) / 2
    return Sizes(signal / 2, delta, told, np.full(depth, np.log10(sigma_w / sqrt(width))))


def log10_delta(activation, sigma_w, sigma_b, depth):
    """log10 of rms dL/dz_l over rms dL/dz_L, for l = 1 .. L = depth: the shape of what ``sizes`` predicts, of any width.

    Unlike ``growth`` it does not wait for q to settle. So it also holds at the edge, where q falls too slowly for any rate
    (tanh, sigma_w = 1).

    >>> round(float(log10_delta("tanh", 1.0, 0.0, 50)[0]), 1)  # chi is exactly 1, and yet most of a decade is lost
    -0.9
    """
    delta = sizes(activation, sigma_w, sigma_b, depth, width=1, batch=1).log10_delta
    return delta - delta[-1]


def critical_sigma_w(activation, sigma_b):
    """The smallest sigma_w at which chi = 1, the edge between vanishing and exploding.

    A ValueError says that chi jumps over 1 (GELU with small biases: below, signals die out; above, they grow without bound).

    >>> round(critical_sigma_w("tanh", 0.05**0.5) ** 2, 4)  # Schoenholz et al. 2017
    1.761
    """
    record, _, sigma_b = _setting(activation, 1.0, sigma_b)

    def excess(sigma_w):
        return chi(activation, sigma_w, sigma_b) - 1

    low = 1 / record.max_slope  # chi <= (sigma_w max_slope)^2, so no smaller sigma_w can do
    if excess(low) >= 0:
        return low
    high = 1.1 * low
    while excess(high) < 0:
        low, high = high, 1.1 * high
    edge = root(excess, low, high, xtol=1e-14, rtol=1e-14)
    if abs(excess(edge)) > 1e-6:
        raise ValueError(
            f"no critical sigma_w: for {activation}, sigma_b = {sigma_b:g}, chi jumps over 1 at {edge:.6g}"
        )
    return edge


def edge(activation, q):
    """(sigma_w, sigma_b) with which q is a fixed point of the length map and chi = 1: one point of the edge of chaos.

    A ValueError says that there is none: the variance of the biases would have to be negative.

    >>> sigma_w, sigma_b = edge("gelu", 10.0)
    >>> round(sigma_w**2, 5), round(sigma_b**2, 5)
    (1.95582, 0.32346)
    """
    record, q = require.known("activation", activation, ACTIVATIONS), require.moderate("q", q, above=0)
    variance = 1 / _mean_square(record, record.slope, q)
    bias = q - variance * _mean_square(record, record.f, q)
    if bias < -1e-12 * q:
        raise ValueError(f"no edge with {activation} at q = {q:g}: the variance of the biases would have to be {bias:.3g}")
    return sqrt(variance), sqrt(max(bias, 0.0))


def chi_parallel(activation, sigma_w, q):
    """sigma_w^2 E f f' z / sqrt(q), the slope of the length map at q: what a layer multiplies a small change of q by.

    Below 1 a fixed point q is stable, above 1 lengths run away from it. A network is critical in the full sense where
    ``chi`` and this are 1 (Roberts, Yaida and Hanin 2022, chapter 5). For tanh that is q = 0, for ReLU every q.

    >>> q = (3 + 17**0.5) / 2                                                # GELU, Roberts et al. 2022, section 5.3.4
    >>> sigma_w, sigma_b = edge("gelu", q)
    >>> round(chi_parallel("gelu", sigma_w, q), 9), round(sigma_w**2, 5), round(sigma_b**2, 5)
    (1.0, 1.98306, 0.17292)
    """
    record, sigma_w, _ = _setting(activation, sigma_w, 0.0)
    root = sqrt(require.moderate("q", q, above=0))
    slope = gaussian_mean(lambda z: record.f(root * z) * record.slope(root * z) * z, tuple(k / root for k in record.kinks))
    return sigma_w**2 * slope / root


def batch_norm_growth(activation, batch_size=None):
    """Growth of rms dL/dz per layer, towards the input, in a wide net of batch norm, f, weights. Above 1: exploding.

    ``batch_size=None`` is the limit of large batches, sqrt(E f'^2 / Var f), for every activation. For a finite batch
    there is a closed form where f(cz) = c f(z) for c > 0 (Yang et al. 2019, Theorem 8): identity, ReLU, leaky ReLU.
    The scale of the weights cancels. A batch of three or fewer has no finite mean square.

    >>> round(batch_norm_growth("relu") ** 2, 6), round(batch_norm_growth("identity", 8) ** 2, 6)
    (1.466942, 1.2)
    """
    record = require.known("activation", activation, ACTIVATIONS)
    if batch_size is None:
        mean = gaussian_mean(record.f, record.kinks)
        variance = gaussian_mean(lambda z: (record.f(z) - mean) ** 2, record.kinks)
        return sqrt(_mean_square(record, record.slope, 1.0) / variance)
    batch = require.positive_int("batch_size", batch_size, minimum=4)
    if not record.homogeneous:
        known = ", ".join(name for name, other in ACTIVATIONS.items() if other.homogeneous)
        raise ValueError(f"activation must be one of {known} for a finite batch (no closed form), got {activation!r}")
    kernel, slope = _kernel(record, -1 / (batch - 1))  # two examples of a centred batch correlate by -1/(B-1)
    return sqrt(((slope + batch - 1) / (1 - kernel) - 1) / (batch - 3))


def layer_norm_growth(activation, *, place="before", sigma_w=1.0):
    """Growth of rms dL/dz per layer, towards the input, in a wide net with layer norm ``place`` the activation.

    Before f: sqrt(E f'^2 / E f^2). The scale of the weights cancels as with batch norm, but the mean of f stays in: the units
    of one example have random weights of their own, so their mean is near 0 already and taking it off does nothing.
    After f the mean over the units is E f, and it goes: sigma_w sqrt(E f'(z)^2 / Var f(z)) with z ~ N(0, sigma_w^2), the
    cure of batch norm without a batch. (Batch norm after f has the same growth in large batches.)

    >>> round(layer_norm_growth("relu"), 12), round(layer_norm_growth("sigmoid"), 2), round(batch_norm_growth("sigmoid"), 2)
    (1.0, 0.39, 1.02)
    >>> round(layer_norm_growth("sigmoid", place="after"), 2), round(layer_norm_growth("relu", place="after"), 3)
    (1.02, 1.211)
    """
    return _norm_growth(activation, place, sigma_w, centred=True)


def rms_norm_growth(activation, *, place="before", sigma_w=1.0):
    """:func:`layer_norm_growth` for RMS norm, which takes no mean off: sigma_w sqrt(E f'(z)^2 / E f(z)^2) after f.

    >>> rms_norm_growth("sigmoid") == layer_norm_growth("sigmoid"), round(rms_norm_growth("sigmoid", place="after"), 2)
    (True, 0.39)
    """
    return _norm_growth(activation, place, sigma_w, centred=False)


def _norm_growth(activation, place, sigma_w, centred):
    record = require.known("activation", activation, ACTIVATIONS)
    after = require.known("place", place, {"before": False, "after": True})
    sigma_w = require.moderate("sigma_w", sigma_w, above=0)
    if not after:  # then z is standard normal, and the next division takes sigma_w^2 E f^2
        return sqrt(_mean_square(record, record.slope, 1.0) / _mean_square(record, record.f, 1.0))
    q, kinks = sigma_w**2, tuple(k / sigma_w for k in record.kinks)
    mean = gaussian_mean(lambda z: record.f(sigma_w * z), kinks) if centred else 0.0
    spread = gaussian_mean(lambda z: (record.f(sigma_w * z) - mean) ** 2, kinks)
    return sigma_w * sqrt(_mean_square(record, record.slope, q) / spread)


def _setting(activation, sigma_w, sigma_b):
    record = require.known("activation", activation, ACTIVATIONS)
    return record, require.moderate("sigma_w", sigma_w, above=0), require.moderate("sigma_b", sigma_b, at_least=0)


def _mean_square(record, function, q):
    """E function(sqrt(q) z)^2; at q = 0 the limit from above, so that a kink at 0 counts from both sides."""
    scale = sqrt(min(max(q, 1e-200), 1e200))
    return gaussian_mean(lambda z: function(scale * z) ** 2, tuple(k / scale for k in record.kinks))


def _squares(record, sigma_w, sigma_b, depth):
    """log10 of E f(z_l)^2 and E f'(z_l)^2, each (L,), from inputs of mean square 1; in logarithms where f(cz) = c f(z)."""
    squares, unit = np.empty((2, depth)), _mean_square(record, record.f, 1.0)
    signal, bias = 0.0, 2 * np.log(sigma_b) if sigma_b else -inf  # natural logarithms here
    for layer in range(depth):
        q = np.logaddexp(signal + 2 * np.log(sigma_w), bias)
        square = float(np.exp(np.clip(q, -460.0, 460.0)))
        signal = q + np.log(unit) if record.homogeneous else np.log(_mean_square(record, record.f, square))
        squares[:, layer] = signal, np.log(_mean_square(record, record.slope, square))
    return squares / np.log(10)


def _limit_length(record, sigma_w, sigma_b):
    """Where the length map takes q from 1: a fixed point, 0 or infinity."""

    def excess(q):
        return (sigma_w**2 * _mean_square(record, record.f, q) + sigma_b**2) / q - 1

    if record.homogeneous:  # the map is a straight line, q -> factor q + sigma_b^2
        factor = sigma_w**2 * _mean_square(record, record.f, 1.0)
        if isclose(factor, 1, rel_tol=1e-12):
            return inf if sigma_b else 1.0
        return sigma_b**2 / (1 - factor) if factor < 1 else inf
    can_die = sigma_b == 0 and record.f(0.0) == 0
    step = 2.0 if excess(1.0) > 0 else 0.5  # the map is increasing, so q goes one way until its excess changes sign
    near, far = 1.0, step
    while (excess(far) > 0) == (step > 1):
        near, far = far, far * step
        if far > _HUGE:
            return inf
        if far < _ZERO and can_die:
            return 0.0
    return root(excess, near, far, xtol=1e-300, rtol=1e-14)


def _kernel(record, c):
    """E f(u)f(v) / E f(u)^2 for unit normals u, v of correlation c, and its derivative in c; f is two half-lines."""
    right, left = float(record.f(1.0)), -float(record.f(-1.0))
    (same, same_slope), (cross, cross_slope) = _relu_kernel(c), _relu_kernel(-c)
    total, mixed = right**2 + left**2, 2 * right * left
    return (total * same - mixed * cross) / total, (total * same_slope + mixed * cross_slope) / total


def _relu_kernel(c):
    """2 E relu(u) relu(v), and its derivative in c: the arc-cosine kernel of degree 1 (Cho and Saul 2009)."""
    return (sqrt(1 - c * c) + (pi - acos(c)) * c) / pi, (pi - acos(c)) / pi

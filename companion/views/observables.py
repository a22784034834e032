"""Three things are called "the gradient of layer l", and every profile widget can show each of them. Chapters 0 to 12.

δ_l = ∂ℒ/∂z_l is what arrives at the layer. ∂W_l = ∂ℒ/∂W_l = δ_l a_{l-1}ᵀ is what its weights are told: the signal is in it too,
so a small a_{l-1} makes it small where δ_l is not. η‖∂W_l‖ / ‖W_l‖ is what the layer does: the share by which one step of plain
gradient descent, at rate η, changes its weights (the first step; momentum and Adam take others). Each is shown as it is, or
relative to the last layer: a network whose layers are all told the same tiny thing looks healthy in the second picture alone.

>>> from companion import theory
>>> from companion.propagation import profile
>>> nets = profile(activation="relu", initialization="torch_default", depth=50, width=100, seeds=4, biases="drawn")
>>> expected = theory.sizes("relu", 3**-0.5, 300**-0.5, 50, width=100, batch=32)
>>> told = panel(nets, "weight_gradient", "relative", theory=expected)
>>> told.y.label, told.marks[1].role, round(decades(nets, "weight_gradient"))
('log10 (rms ∂W_{l} / rms ∂W_{L})', 'vanishing', -18)

An Explorer takes the controls ``SHOWN`` and ``RELATIVE``, whose values are the arguments ``shown`` and ``relative`` of ``panel``,
and the read-outs ``READOUTS``, whose values are ``numbers(profile, shown)``. The colour and the word say what δ does
(``signals.fate``, the book's one definition), whatever is shown.
"""

import numpy as np

from companion import require, signals
from companion.widgets import Axis, Band, Choice, Line, Panel, Readout

RATE = 0.01
"""The rate η of the relative update: that of the course's own network."""

OBSERVABLES = {  # names of a ``propagation.Profile``: (in a menu, its symbol on an axis)
    "delta": ("δ that arrives", "rms δ"),
    "weight_gradient": ("∂W it is told", "rms ∂W"),
    "relative_gradient": ("its own update", "update"),
}
SIZES = {"relative": "relative", "absolute": "absolute"}  # to the last layer, or as it is

SHOWN = Choice("shown", {name: words for name, (words, _) in OBSERVABLES.items()}, label="Of layer l, show")
RELATIVE = Choice("relative", SIZES, label="Its size")
READOUTS = (
    Readout("told", "shown: layer 1 / layer L", "10^{:.1f}"),
    Readout("ratio", "δ_{1} / δ_{L}", "10^{:.1f}"),
    Readout("fate", "so it is"),
)

NO_THEORY = "no prediction in closed form here"
REACHES = (2, 4, 8, 16, 32, 64, 128, 256, 512)  # decades: a frame at most half empty, and what is flat looks flat
STEPS = (1, 2, 5, 10, 20, 50, 100)
POINTS = 13  # places at which a line is drawn in a deep network: a page holds many frames


def panel(
    profile, shown, relative, *, theory=None, rate=RATE, name="measured", unit="layer", layers=None, title=None, height=300
):
    """A Panel of one size in every layer: median of the networks (line), their middle 80 % (band), prediction (dashed).

    ``profile``: a ``propagation.Profile``; ``shown``: a key of ``OBSERVABLES``; ``relative``: a key of ``SIZES``. ``theory``:
    what ``theory.sizes`` predicts, or log10 of the shown size relative to the last layer, (K,) for the last K layers, which is
    hung on the measured last layer where absolute sizes are shown; with None the title (unless one is given) says that there is
    none. ``layers``: the right end of the x axis where pictures of different depth are compared. 0 is marked as −∞ at the edge.
    """
    measured = log10_sizes(profile, shown, relative, rate=rate)  # (S, L)
    low, middle, high = _over_networks(measured)  # each (L,)
    depth, role = len(middle), fate(profile)
    told = None if theory is None else _predicted(theory, shown, relative, rate, middle)  # (K,)
    at = _places(depth)
    marks = [Band(low[at], high[at], x=at + 1, role=role)] if len(measured) > 1 else []
    marks.append(Line(middle[at], x=at + 1, name=name, role=role))
    if told is not None:
        at = at[at >= depth - len(told)]
        marks.append(Line(told[at - (depth - len(told))], x=at + 1, name="theory", role="theory", dash=True))
    elif title is None:
        title = NO_THEORY
    x = Axis(f"{unit} l (1 = input side)", domain=(1, max(layers or depth, 2)))
    y = Axis(label(shown, relative, rate=rate), domain=_frame(marks, relative), fit=False)
    return Panel(marks, x=x, y=y, title=title or "", height=height)


def log10_sizes(profile, shown, relative="absolute", *, rate=RATE):
    """log10 of the shown size of every layer, (S, L); −inf where it is 0, also relative to a last layer of 0."""
    values = np.atleast_2d(_of(profile, shown, rate))  # (S, L)
    require.known("relative", relative, SIZES)
    return values if relative == "absolute" else _against_last(values)


def decades(profile, shown="delta"):
    """log10 of the size at layer 1 over that at layer L, the median of the networks."""
    return float(_over_networks(log10_sizes(profile, shown, "relative")[:, :1])[1, 0])


def fate(profile):
    """What δ does in most of these networks, the word of ``signals.fate``; beyond all numbers is "exploding"."""
    lost = decades(profile)
    return "exploding" if np.isnan(lost) else signals.fate(lost)


def numbers(profile, shown):
    """The values of ``READOUTS``: decades between layers 1 and L of what is shown and of δ, to one decimal, and the word."""
    told, ratio = (round(decades(profile, which), 1) + 0.0 for which in (shown, "delta"))
    return {"told": told, "ratio": ratio, "fate": fate(profile)}


def label(shown, relative, *, rate=RATE):
    """What stands on the y axis."""
    require.known("relative", relative, SIZES)
    rate, (_, symbol) = require.moderate("rate", rate, above=0), require.known("shown", shown, OBSERVABLES)
    if shown == "relative_gradient":
        return f"log10 ({rate:g} ‖∂W_{{l}}‖ / ‖W_{{l}}‖)" if relative == "absolute" else "log10 (update_{l} / update_{L})"
    return f"log10 {symbol}_{{l}}" if relative == "absolute" else f"log10 ({symbol}_{{l}} / {symbol}_{{L}})"


def _over_networks(values):
    """The 10 %, 50 % and 90 % quantiles, (3, L), of ``values`` (S, L), also where some are infinite."""
    with np.errstate(invalid="ignore"):  # ∞ − ∞, between two quantiles
        between = np.quantile(values, (0.1, 0.5, 0.9), axis=0)
        nearest = np.quantile(values, (0.1, 0.5, 0.9), axis=0, method="nearest")
    return np.where(np.isnan(between), nearest, between)


def _of(sizes, shown, rate):
    name = require.known("shown", shown, {name: f"log10_{name}" for name in OBSERVABLES})
    if not hasattr(sizes, "log10_delta"):
        raise TypeError(f"profile must be a Profile, as of propagation.profile, got {require.shown(sizes)}")
    rate = np.log10(require.moderate("rate", rate, above=0))
    with np.errstate(invalid="ignore"):  # weights and their gradient may both be 0
        return getattr(sizes, name) + (rate if shown == "relative_gradient" else 0.0)


def _against_last(values):
    with np.errstate(invalid="ignore"):
        relative = values - values[..., -1:]
    return np.where(np.isneginf(values), -np.inf, relative)


def _predicted(theory, shown, relative, rate, middle):
    if not hasattr(theory, "log10_delta"):  # a shape alone
        told = np.asarray(require.numbers("theory", theory), float)
        if told.ndim != 1 or not 1 <= len(told) <= len(middle):
            raise ValueError(f"theory must be Sizes, or at most {len(middle)} numbers, one a layer, got shape {told.shape}")
        return told if relative == "relative" else told + middle[-1]
    told = _of(theory, shown, rate)
    return told if relative == "absolute" else _against_last(told)


def _places(depth):
    """Indices of the layers that are drawn: all, or about ``POINTS`` at equal distances, the first and the last among them."""
    if depth <= 2 * POINTS:
        return np.arange(depth)
    return np.unique(np.linspace(0, depth - 1, POINTS).round().astype(int))


def _frame(marks, relative):
    """The ends of the y axis: symmetric around 0 where sizes are relative, else round numbers, at least two decades apart."""
    drawn = np.concatenate([np.r_[mark.low, mark.high] if isinstance(mark, Band) else mark.y for mark in marks])
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size:
        drawn = np.zeros(1)
    if relative == "relative":
        far = np.abs(drawn).max()
        reach = next((reach for reach in REACHES if far <= reach), REACHES[-1])
        return -reach, reach
    low, high = drawn.min(), drawn.max()
    step = next((step for step in STEPS if high - low <= 8 * step), STEPS[-1])
    low, high = step * np.floor(low / step), step * np.ceil(high / step)
    return (low, high) if high - low >= 2 else (low - 1, high + 1)

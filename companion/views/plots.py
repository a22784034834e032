"""Figures: a theme, a display object with alternative text, and drawings of the package's records.

A figure follows the reader's theme (inline SVG in theme colours), has a picture for notebooks that are not trusted (PNG) and says
in words what it shows. The words are obligatory, computed from the data, and compared by the tests.

>>> fig, ax = figure(height=2)
>>> said = line(ax, [1, 2, 3], [0, -1, -2], label="a chain", role="vanishing")
>>> show(fig, f"One line. {said}")
Figure: One line. a chain goes from 0 at 1 to -2 at 3.

Every drawing takes an ``ax`` and data or a record, changes neither, and returns a sentence for the alternative text.
"""

import io
import re

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from companion import require
from companion.activations import Activation
from companion.views import networks
from companion.views.drawing import Drawing
from companion.views.style import COLOURS, DIVERGING, FONT, LINES, PAPER, SEQUENTIAL, SHEET, THEME

WIDTH = 6.4  # inches: the reading column


def figure(height=3.2, columns=1, rows=1, **subplots):
    """A figure of the full column width in the course's style: ``(fig, ax)``, or ``(fig, array of axes)`` for several.

    From here on matplotlib's settings are the course's (drawing reads them too). No pyplot, hence no hidden current figure.
    """
    height = require.number("height", height, above=0)
    matplotlib.rcParams.update(matplotlib.rc_params_from_file(SHEET, use_default_template=False))
    fig = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(fig)
    axes = fig.subplots(require.positive_int("rows", rows), require.positive_int("columns", columns), **subplots)
    return fig, axes


class Shown:
    """A finished figure: SVG, PNG and its alternative text, for any notebook front end."""

    def __init__(self, fig, alt):
        require.instance("fig", fig, Figure, "a matplotlib Figure, as of figure()")
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError(f"alt must say in words what the figure shows, got {require.shown(alt)}")
        self.alt = " ".join(alt.split())
        self.svg, self.png = _svg(fig), _png(fig)
        fig.clear()

    def __repr__(self):
        return f"Figure: {self.alt}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = {"image/svg+xml": self.svg, "image/png": self.png, "text/plain": repr(self)}
        return data, {"image/svg+xml": {"alt": self.alt}, "image/png": {"alt": self.alt, "needs_background": "light"}}


def show(fig, alt):
    """The figure as the last expression of a cell. ``alt`` says what it shows, with numbers; an empty one is a ValueError."""
    return Shown(fig, alt)


def _svg(fig):
    """Deterministic SVG whose ink, paper and font are the page's; on a page without them, dark ink on white."""
    file = io.StringIO()
    fig.savefig(file, format="svg")  # its metadata, with the date, goes below
    svg = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", "", file.getvalue(), flags=re.DOTALL)
    for colour, variable in THEME.items():
        svg = svg.replace(colour, variable)
    svg = re.sub(r"'DejaVu Sans'[^;\"]*", FONT, svg)
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, count=1, flags=re.DOTALL)  # it would style the whole page
    root = f"stroke-linejoin: round; stroke-linecap: butt; background: {THEME[PAPER]}"
    svg = svg.replace("<svg ", f'<svg style="{root}" ', 1)
    return re.sub(r"\n\s*", "\n", svg).strip() + "\n"


def _png(fig):
    """PNG bytes on white, for front ends that refuse SVG; the sentinels are as good as black and white there."""
    file = io.BytesIO()
    fig.savefig(file, format="png", dpi=90, facecolor="white", metadata={"Software": None})
    return file.getvalue()


# --- drawing: an ax and data in, a sentence out -------------------------------------------------------------------------


def line(ax, x, y, *, label="", role="healthy", direct=True, **style):
    """One line in the colour and dash of its role; ``direct`` writes the label at its right end (else: legend)."""
    colour = require.known("role", role, COLOURS)
    x, y = _numbers("x", x, 1), _numbers("y", y, 1)
    if len(x) != len(y):
        raise ValueError(f"y must have a value for each of the {len(x)} of x, got {len(y)}")
    ax.plot(x, y, **{"color": colour, "linestyle": LINES[role], "label": label} | style)
    if direct and label:
        name_end(ax, x, y, label, role)
    return f"{label or 'The line'} goes from {_say(y[0])} at {_say(x[0])} to {_say(y[-1])} at {_say(x[-1])}."


def name_end(ax, x, y, text, role="healthy"):
    """Write ``text`` at the last finite point of a line, in its colour: better than a legend."""
    finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if len(finite):
        at = (x[finite[-1]], y[finite[-1]])
        ax.annotate(text, at, (5, 0), textcoords="offset points", va="center", color=COLOURS[role], annotation_clip=False)


def band(ax, x, values, *, label="", role="vanishing", quantiles=(0.1, 0.9), direct=True, **style):
    """The middle of many runs: ``values`` (S, K) as a band between two quantiles (default 10 % and 90 %), median as a line."""
    require.known("role", role, COLOURS)
    x, values = _numbers("x", x, 1), _numbers("values", values, 2)  # (K,), (S, K)
    if values.shape[1] != len(x):
        raise ValueError(f"values must have shape (S, {len(x)}), a column for each of x, got {values.shape}")
    quantiles = [
        require.number("quantiles", share, at_least=0, at_most=1)
        for share in require.finite_array("quantiles", quantiles, shape=(2,))
    ]
    low, middle, high = _quantiles(values, (quantiles[0], 0.5, quantiles[1]))  # each (K,)
    ax.fill_between(x, low, high, color=require.known("role", role, COLOURS), alpha=0.22, linewidth=0)
    said = line(ax, x, middle, label=label, role=role, direct=direct, **style)
    return f"{said[:-1]} (median of {len(values)}; band from the {quantiles[0]:.0%} to the {quantiles[1]:.0%} quantile)."


SIZES = {  # the sizes of a ``propagation.Profile``, and how an axis names them
    "delta": "rms δ = ∂ℒ/∂z",
    "signal": "rms a",
    "weight_gradient": "rms ∂ℒ/∂W",
    "relative_gradient": "‖∂ℒ/∂W‖ / ‖W‖",
}


def profile(ax, profile, *, label="", role="vanishing", what="delta", theory=None, direct=True):
    """Size per layer, all seeds, of a ``propagation.Profile``: log10 of ``what``, a key of ``SIZES``.

    ``theory``: a growth per layer towards the input, or log10 sizes relative to the last layer (L,) as of
    ``theory.log10_delta``; drawn as a dashed line through the median at the last layer, the measurement as dots.
    """
    require.known("role", role, COLOURS)
    require.known("what", what, SIZES)
    if not hasattr(profile, what) and not hasattr(profile, f"log10_{what}"):
        raise TypeError(f"profile must be a Profile, as of propagation.profile, got {require.shown(profile)}")
    values = getattr(profile, f"log10_{what}", None)
    if values is None:
        with np.errstate(divide="ignore"):
            values = np.log10(getattr(profile, what))  # (S, L)
    layers = np.arange(1, values.shape[1] + 1)
    dots = {} if theory is None else {"linestyle": "none", "marker": "o", "markersize": 3.5}
    said = band(ax, layers, values, label=label, role=role, direct=direct, **dots)
    if theory is not None:
        relative = np.asarray(theory) if np.ndim(theory) else (layers[-1] - layers) * np.log10(theory)  # (L,)
        predicted = np.median(values[:, -1]) + relative
        said += " " + line(ax, layers, predicted, label="The theory, dashed,", role="theory", direct=False)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="layer l (1 = input side)", ylabel=f"log10 {SIZES[what]}")
    return said


def losses(ax, losses, *, label="", role="healthy", direct=True):
    """Loss against step for one run (K,) or many (S, K), on a logarithmic axis: each run thin, their median bold."""
    require.known("role", role, COLOURS)
    runs = np.atleast_2d(_numbers("losses", losses, 1, 2))  # (S, K)
    steps = np.arange(runs.shape[1])
    if len(runs) > 1:
        ax.plot(steps, runs.T, color=COLOURS[role], alpha=0.25, linewidth=0.7)
    said = line(ax, steps, np.median(runs, axis=0), label=label, role=role, direct=direct)
    ax.set(xlabel="training step k", ylabel="loss ℒ", yscale="log")
    return said if len(runs) == 1 else f"{said[:-1]} (median of {len(runs)} runs)."


def bars(ax, heights, *, labels=None, role="healthy", quantity="size"):
    """One bar a layer (or a name), its value written above it."""
    require.known("role", role, COLOURS)
    heights = _numbers("heights", heights, 1)
    labels = [str(i) for i in range(1, len(heights) + 1)] if labels is None else list(labels)
    if len(labels) != len(heights):
        raise ValueError(f"labels must be {len(heights)}, one for each of heights, got {len(labels)}")
    drawn = ax.bar(labels, heights, color=COLOURS[role], width=0.62)
    ax.bar_label(drawn, [_say(h) for h in heights], padding=2, fontsize=9)
    ax.set(ylabel=quantity)
    ax.grid(axis="x", visible=False)
    return f"{quantity}: " + ", ".join(f"{name} {_say(h)}" for name, h in zip(labels, heights, strict=True)) + "."


def surface(ax, surface, x, y, *, path=None, levels=18, colours=None, role="exploding", quantity="height"):
    """A surface as filled contours over the ranges ``x`` and ``y`` (low, high), with a walk (steps + 1, 2) on top of it."""
    require.known("role", role, COLOURS)
    if not hasattr(surface, "value"):
        raise TypeError(f"surface must be a Surface such as HILLS, got {require.shown(surface)}")
    x, y = (require.finite_array(name, ends, shape=(2,)) for name, ends in (("x", x), ("y", y)))
    grid = np.stack(np.meshgrid(np.linspace(*x, 121), np.linspace(*y, 121)), axis=-1)  # (121, 121, 2)
    value = surface.value(grid)
    filled = ax.contourf(grid[..., 0], grid[..., 1], value, levels, cmap=colours or SEQUENTIAL)
    ax.figure.colorbar(filled, ax=ax, label=quantity, pad=0.02)
    ax.set(xlabel="x", ylabel="y", xlim=x, ylim=y)
    ax.grid(visible=False)
    said = f"{quantity} from {_say(value.min())} to {_say(value.max())}."
    return said if path is None else said + " " + walk(ax, path, role=role)


def walk(ax, points, *, label="the walk", role="exploding"):
    """A walk (steps + 1, 2) as a line with a ring at its start and a dot at its end."""
    require.known("role", role, COLOURS)
    points = _numbers("points", points, 2)
    if points.shape[1] != 2:
        raise ValueError(f"points must have shape (steps + 1, 2), got {points.shape}")
    ax.plot(*points.T, color=PAPER, linewidth=3.4, solid_capstyle="round")
    ax.plot(*points.T, color=COLOURS[role], linewidth=1.6, marker=".", markersize=4)
    ax.plot(*points[0], "o", color=COLOURS[role], markerfacecolor=PAPER, markersize=7)
    ax.plot(*points[-1], "o", color=COLOURS[role], markeredgecolor=PAPER, markersize=7)
    start, end = (f"({_say(p[0])}, {_say(p[1])})" for p in (points[0], points[-1]))
    return f"{label} takes {len(points) - 1} steps from {start} to {end}."


def activation(ax, activation, *, reach=5.0, role="vanishing"):
    """An activation f (solid) and its slope f′ (dashed) over −reach … reach."""
    require.known("role", role, COLOURS)
    require.instance("activation", activation, Activation, "a record of ACTIVATIONS")
    z = np.linspace(-require.moderate("reach", reach, above=0), reach, 401)
    f, slope = activation.f(z), activation.slope(z)
    ax.plot(z, f, color=COLOURS[role], label="f")
    ax.plot(z, slope, color=COLOURS[role], linestyle="--", label="f′")
    ax.set(xlabel="z", title=activation.label)
    ends = [_say(end) for values in (f, slope) for end in (values.min(), values.max())]
    return "{}: f from {} to {}; its slope, dashed, from {} to {}.".format(activation.label, *ends)


def heat(ax, values, *, x, y, quantity, diverging=False, limit=None):
    """A heat map of ``values`` (ny, nx) over the ranges ``x`` and ``y``; diverging: symmetric about 0, up to ``limit``."""
    values = _numbers("values", values, 2)
    if np.isnan(values).all():
        raise ValueError(f"values must have at least one number, got NaN only, shape {values.shape}")
    x, y = (require.finite_array(name, ends, shape=(2,)) for name, ends in (("x", x), ("y", y)))
    limit = np.nanmax(np.abs(values)) if limit is None else limit
    style = {"cmap": DIVERGING, "vmin": -limit, "vmax": limit} if diverging else {"cmap": SEQUENTIAL}
    drawn = ax.imshow(values, origin="lower", extent=(*x, *y), aspect="auto", **style)
    ax.figure.colorbar(drawn, ax=ax, label=quantity, pad=0.02)
    ax.grid(visible=False)
    return f"{quantity} from {_say(np.nanmin(values))} to {_say(np.nanmax(values))}."


def network(ax, drawing):
    """A network as a :class:`~companion.views.drawing.Drawing` has it, on an ``ax`` that loses its axes."""
    require.instance("drawing", drawing, Drawing, "a Drawing, as of companion.views.drawing")
    return networks.draw(ax, drawing)


def _numbers(argument, value, *ndims):
    """``value`` as floats (NaN and infinities too) with one of these numbers of axes, and at least one entry."""
    array = np.asarray(require.numbers(argument, value))
    if array.ndim not in ndims or not array.size or array.dtype.kind == "c":
        wanted = " or ".join(map(str, ndims))
        raise ValueError(f"{argument} must be real numbers on {wanted} axes, at least one, got shape {array.shape}")
    return array.astype(float)


def _say(value):
    return f"{value:.3g}".replace("-0", "0") if value == 0 else f"{value:.3g}"


def _quantiles(values, quantiles):
    """Quantiles over seeds by sorting, so that infinities (an underflowed log) stay what they are."""
    ordered = np.sort(values, axis=0)
    places = [min(len(values) - 1, round(q * (len(values) - 1))) for q in quantiles]
    return [ordered[p] for p in places]

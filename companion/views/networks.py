"""Drawings of networks with matplotlib; ``plots.network`` is the way in."""

import re
from itertools import zip_longest

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from companion.views.style import COLOURS, FROM_PAPER, INK, PAPER

UNDER = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6}  # a number on an edge interrupts it
SUB = re.compile(r"_(\d)")


def draw(ax, drawing):
    """Draw all of it and say in a sentence what there is to see."""
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.set_axis_off()
    (_strips if drawing.strips else _nodes)(ax, drawing)
    for label, places in zip(drawing.labels, drawing.places, strict=False):
        ax.text(places[0, 0], 0.0, label, ha="center", va="bottom", fontsize=9, color=COLOURS["theory"])
    return drawing.sentence()


def _nodes(ax, drawing):
    """Circles and edges, with their numbers where there is room."""
    places, texts = np.concatenate(drawing.places), drawing.texts
    for pair, share, lit in zip(drawing.edges, drawing.widths, drawing.lit_edges, strict=True):
        sign = {"color": COLOURS["purple"], "linestyle": (0, (4, 2))} if share < 0 else {"color": INK}
        width = 0.8 + 3 * np.sqrt(abs(np.nan_to_num(share)))  # by the root: one large weight leaves the others seen
        ax.plot(*places[pair].T, linewidth=width, alpha=0.75 if share < 0 else 0.38, zorder=1, **sign)
        if lit:
            ends, back = pair[::-1] if drawing.way == "back" else pair, drawing.way == "back"
            role = (drawing.fates[pair[0]] or drawing.fates[pair[1]] or "healthy") if back else "healthy"
            look = {"arrowstyle": "-|>", "color": COLOURS[role], "linewidth": 2, "shrinkA": 16, "shrinkB": 16}
            ax.annotate("", places[ends[1]], places[ends[0]], arrowprops=look, zorder=2)
    size = 30 if drawing.numbered else 14
    for i, (place, share, word) in enumerate(zip(places, drawing.fill, drawing.fates, strict=True)):
        lit = drawing.lit_nodes[i]
        edge = COLOURS[word] if word and (not lit or drawing.way == "back") else INK
        look = {
            "marker": "o",
            "markersize": size,
            "markeredgecolor": edge,
            "markeredgewidth": 3.2 if lit else 2 if word else 0.9,
        }
        ax.plot(*place, color=PAPER, zorder=3, **look | {"markeredgewidth": 0})
        ink = to_rgba(COLOURS["purple"] if share < 0 else INK, 0.5 * abs(np.nan_to_num(share)))
        ax.plot(*place, markerfacecolor=ink, zorder=4, **look)
    if not drawing.numbered:
        return
    for (below, above), weight, slope in zip_longest(drawing.edges, texts["weights"], texts["slopes"], fillvalue=""):
        share = 0.48 if drawing.sizes[-1] == 1 and above == len(places) - 1 else 0.36
        at, look = places[below] + share * (places[above] - places[below]), {"ha": "center", "zorder": 5, "bbox": UNDER}
        ax.annotate(
            weight, at, (0, 0), textcoords="offset points", va="bottom" if slope else "center", fontsize=9, **look
        )
        if slope:
            colour = COLOURS[drawing.fates[above] or "theory"]
            ax.annotate(
                f"∂ {slope}", at, (0, -1), textcoords="offset points", va="top", fontsize=9, color=colour, **look
            )
    for i, place in enumerate(places):
        look = {"textcoords": "offset points", "ha": "center", "va": "center", "fontsize": 9, "zorder": 6}
        ax.annotate(texts["values"][i], place, (0, 0), **look)
        if texts["notes"]:
            ax.annotate(SUB.sub(lambda m: chr(0x2080 + int(m[1])), texts["notes"][i]), place, (0, 23), **look)
        if texts["blame"] and texts["blame"][i]:
            colour = COLOURS[drawing.fates[i] or "theory"]
            ax.annotate(f"δ {texts['blame'][i]}", place, (0, -23), color=colour, **look)


def _strips(ax, drawing):
    """A layer is a strip of cells; its blame, a bar below it. The frame of a strip of which nothing is known is dotted."""
    wide = 0.62 / len(drawing.sizes)
    start, down = 0, (0.9 if drawing.labels else 1.0) / max(drawing.sizes)
    for size, places, word in zip(drawing.sizes, drawing.places, drawing.fates, strict=True):
        low, high = places[-1, 1] - down / 2, places[0, 1] + down / 2
        ends = (places[0, 0] - wide / 2, places[0, 0] + wide / 2, low, high)
        part, start = drawing.fill[start : start + size], start + size
        style = (
            {"cmap": "PuOr_r", "vmin": -1, "vmax": 1}
            if drawing.limits is None
            else {"cmap": FROM_PAPER, "vmin": 0, "vmax": 1}
        )
        ax.imshow(part[:, None], extent=ends, aspect="auto", interpolation="nearest", **style)
        line = {"edgecolor": COLOURS["theory"], "linewidth": 0.6, "linestyle": ":" if np.isnan(part).all() else "-"}
        ax.add_patch(Rectangle((ends[0], low), wide, high - low, fill=False, **line))
        if word:
            ax.add_patch(Rectangle((ends[0], low - 0.03), wide, 0.02, facecolor=COLOURS[word], linewidth=0))
    ax.set(xlim=(0, 1), ylim=(-0.02, 1.02))

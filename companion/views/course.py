r"""The course's own network in training, always the same three pictures: the network, its loss, what each step changes.

``record`` is one that :func:`companion.course_network.recording` made, as of ``companion.runs.load``. The network is drawn as
strips, one a layer, the inputs first (dotted: they have no weights); the fuller a strip's colour, the further its weights
have moved from where they began.
What is drawn of the layers is the median of the seeds that are still running; of the losses, every seed is a line.

>>> from companion import runs
>>> record = runs.load("ch00-course-network")
>>> network, loss, updates = panels(record, "torch_default", 390, label="PyTorch's defaults")
>>> said(record, "torch_default", 390, label="PyTorch's defaults").split(";")[0]
"PyTorch's defaults after 390 steps: the loss is 2.30, the median of 10 seeds"

An Explorer plays it: ``Slider("step", steps(record, …), play=True)`` and a frame of panels. All chapters.
"""

import numpy as np

from companion import require
from companion.runs import Record
from companion.views import plots
from companion.views.drawing import Drawing
from companion.views.style import COLOURS, FROM_PAPER
from companion.widgets import Axis, Heat, Line, Network, Panel, Rule

MOVED = (-6.0, 0.0)  # log10 of the share of its size by which a layer has moved: no colour below a millionth
UPDATE = (-8.0, -1.0)  # log10 of what one step changes
LOSS = (0.0, 3.5)
GUESSING = float(np.log(10))  # the loss of who gives each of ten digits the same chance
DIGIT_PIXELS, UNITS, DIGITS = 64, 64, 10


def steps(record, variant):
    """The steps at which a variant was recorded, those of the seed that ran longest: the values of a slider."""
    return max((row["steps"] for row in _rows(record, variant)), key=len)


def panels(record, variant, step, *, label=None):
    """Three Panels (network, loss, updates) of one variant up to ``step``, one of its recorded steps.

    ``label`` names the variant in the titles; None: its name.
    """
    rows, k, label = _at(record, variant, step, label)
    whole = steps(record, variant)
    x = Axis("step", domain=(0, whole[-1]))
    lines = [Line(row["loss"][: k + 1], x=row["steps"][: k + 1], role="healthy") for row in rows if row["steps"]]
    update = _median(rows, "update", k)  # (k + 1, L)
    layers = update.shape[1]
    heat = Heat(
        (np.repeat(update, 2, axis=0) if k == 0 else update).T,
        x=(0, whole[k] if k else whole[1] / 4),
        y=(1, layers),
        limits=UPDATE,
        label="log10 ‖ΔW‖ / ‖W‖",
    )
    return (
        Panel([Network(drawing(record, variant, step))], title=label, height=190, bare=True),
        Panel([*lines, Rule(y=GUESSING, name="guessing")], x=x, y=Axis("loss", domain=LOSS), title=f"{label}: loss", height=210),
        Panel([heat], x=x, y=Axis("layer", domain=(0.5, layers + 0.5)), title=f"{label}: what a step changes", height=210),
    )


def drawing(record, variant, step):
    """The network after ``step`` steps as a :class:`~companion.views.drawing.Drawing`: a strip a layer, coloured by ``moved``."""
    rows, k, _ = _at(record, variant, step, None)
    moved = _median(rows, "moved", k)[-1]  # (L,)
    strips = [np.full(DIGITS if layer == len(moved) else UNITS, share) for layer, share in enumerate(moved, 1)]
    named = {len(moved): str(len(moved))} | {layer: str(layer) for layer in range(5, len(moved), 5)}
    return Drawing(
        [np.full(DIGIT_PIXELS, np.nan), *strips],
        limits=MOVED,
        quantity="log10 of how far it moved",
        labels=["in", *(named.get(layer, "") for layer in range(1, len(moved) + 1))],
    )


def numbers(record, variant, step):
    """What the pictures show in five numbers: loss, log10 of what layers 1 and L have moved, seeds running, and of how many."""
    rows, k, _ = _at(record, variant, step, None)
    running = [row for row in rows if len(row["steps"]) > k]
    moved = _median(rows, "moved", k)[-1]
    loss = float(np.median([row["loss"][k] for row in running]))
    return {"loss": loss, "first": moved[0], "last": moved[-1], "running": len(running), "seeds": len(rows)}


def said(record, variant, step, *, label=None):
    """The pictures in words."""
    _, _, label = _at(record, variant, step, label)
    found = numbers(record, variant, step)
    first, last = (_moved(found[end]) for end in ("first", "last"))
    stopped = found["seeds"] - found["running"]
    left = f" of the {found['running']} seeds still running" if stopped else f" of {found['seeds']} seeds"
    layers = len(_rows(record, variant)[0]["delta"][0])
    return (
        f"{label} after {step} steps: the loss is {found['loss']:.2f}, the median{left}; layer 1 {first}, layer {layers} {last}."
    )


def figure(record, variants, *, height=2.3, strips=True):
    """The three pictures at the last recorded step, a row for each of ``variants``: names, or {name: label}. For a notebook.

    ``strips=False`` leaves the drawing of the network out: the two on its right remain.
    """
    names = variants if isinstance(variants, dict) else {name: name for name in require.listed("variants", variants)}
    height = require.number("height", height, at_least=1, at_most=20)  # inches
    strips = require.flag("strips", strips)
    if not names:
        raise ValueError(f"variants must name at least one, got {require.shown(variants)}")
    for name in names:
        _rows(record, name, "variants")
    ratios = (1.1, 1, 1) if strips else (1, 1.15)
    fig, axes = plots.figure(height * len(names), columns=len(ratios), rows=len(names), squeeze=False, width_ratios=ratios)
    words = [_draw(axes[i], record, name, label) for i, (name, label) in enumerate(names.items())]
    return plots.show(fig, " ".join(words))


def _draw(axes, record, variant, label):
    rows, whole = _rows(record, variant), steps(record, variant)
    *network, losses, updates = axes
    for ax in network:
        plots.network(ax, drawing(record, variant, whole[-1]))
    axes[0].set_title(label)
    for row in rows:
        losses.plot(row["steps"], row["loss"], color=COLOURS["healthy"], alpha=0.5, linewidth=0.8)
    losses.axhline(GUESSING, color=COLOURS["theory"], linestyle=(0, (4, 2)), linewidth=1)
    losses.set(xlabel="step", ylabel="loss", ylim=LOSS)
    update = _median(rows, "update", len(whole) - 1).T  # (L, K)
    style = {"vmin": UPDATE[0], "vmax": UPDATE[1], "cmap": FROM_PAPER, "origin": "lower", "aspect": "auto"}
    drawn = updates.imshow(update, extent=(0, whole[-1], 0.5, len(update) + 0.5), **style)
    updates.figure.colorbar(drawn, ax=updates, label="log10 ‖ΔW‖ / ‖W‖", pad=0.02)
    updates.set(xlabel="step", ylabel="layer")
    updates.grid(visible=False)
    return said(record, variant, whole[-1], label=label)


def _rows(record, variant, argument="variant"):
    require.instance("record", record, Record, "a Record of the course's own network, as of companion.runs.load")
    if "moved" not in record.rows[0]:
        raise ValueError(f"record must be one of the course's own network, got {record.name}")
    require.known(argument, variant, {row["variant"]: None for row in record.rows})
    return record.where(variant=variant).rows


def _at(record, variant, step, label):
    """(rows, index of the step, label)."""
    rows, whole = _rows(record, variant), steps(record, variant)
    if len(whole) < 2:
        raise ValueError("step must be one of the recorded ones, and there are none: every seed stopped at once")
    if isinstance(step, bool) or not isinstance(step, int | np.integer) or step not in whole:
        there = f"{whole[0]}, {whole[1]}, … {whole[-1]}, the recorded ones"
        raise ValueError(f"step must be one of {there}, got {require.shown(step)}")
    if label is not None and not (isinstance(label, str) and label.strip()):
        raise ValueError(f"label must be a text, got {require.shown(label)}")
    return rows, whole.index(step), label or variant


def _median(rows, column, k):
    """Median of the seeds running at each of the first k + 1 recorded steps, (k + 1, L); the middle one, so that −inf stays."""
    kept = []
    for index in range(k + 1):
        values = np.sort([row[column][index] for row in rows if len(row[column]) > index], axis=0)  # (S', L)
        kept.append(values[(len(values) - 1) // 2])
    return np.array(kept)


def _moved(decades):
    if np.isneginf(decades):
        return "has not moved at all"
    return f"has moved by 10^{decades:.1f} of its size".replace("-", "−")

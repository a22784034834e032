"""A page with nothing but widgets on it, as the book writes them, without a network and under a strict content policy:
no inline script or style but the two of the book, by their hashes, no `style` attribute, no `eval`."""

import base64
import json
from hashlib import sha256
from html import escape

import numpy as np
from ipywidgets.widgets.widget import _remove_buffers

from companion.book.stills import STATE, compact, draw, explorers
from companion.views.drawing import Drawing
from companion.widgets import (
    Arrow,
    Axis,
    Band,
    Bars,
    Choice,
    Dot,
    Explorer,
    Frame,
    Heat,
    Line,
    Network,
    Panel,
    Question,
    Readout,
    Rule,
    Slider,
    static_script,
    static_style,
)
from companion.widgets import Path as Walk

POLICY = "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:"
INK = {"light": ("#fff", "#222832", "#48566b"), "dark": ("#222832", "#ced6dd", "#9ca4af")}  # the theme's


def entry(widget):
    """A widget as the notebook keeps it: without script and style, its bytes as base64 beside the state."""
    state, paths, buffers = _remove_buffers(widget.get_state())
    for key in ("_esm", "_css", "layout"):
        state.pop(key, None)
    encoded = [
        {"path": path, "encoding": "base64", "data": base64.b64encode(buffer).decode()}
        for path, buffer in zip(paths, buffers, strict=True)
    ]
    return {
        "model_name": state["_model_name"],
        "model_module": state["_model_module"],
        "state": state,
        "buffers": encoded,
    }


def digest(text):
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()


def page(widgets, theme="light", stills=False):
    """The text of the page; a widget given twice is shown twice, each with a state of its own. ``stills``: with the pictures
    that the build draws for readers without scripts."""
    models = {f"model{i}": entry(widget) for i, widget in enumerate(widgets)}
    pictures = draw(explorers({"metadata": {"widgets": {STATE: {"state": models}}}})) if stills else {}
    for model in models.values():
        if model["buffers"]:  # as the book's pages hold them
            compact(model)
    views = "".join(
        f'{pictures.get(key, "")}<script type="application/vnd.jupyter.widget-view+json">{json.dumps({"model_id": key})}</script>'
        for key in models
    )
    paper, ink, muted = INK[theme]
    script = static_script()
    style = f""":root {{ --pst-color-background: {paper}; --pst-color-on-background: {paper}; }}
:root {{ --pst-color-text-base: {ink}; --pst-color-text-muted: {muted}; }}
body {{ background: {paper}; color: {ink}; font-family: sans-serif; margin: 0; }}
main {{ max-width: 46rem; margin: auto; padding: 8px; }}
{static_style()}"""
    return f"""<!doctype html>
<html lang="en" data-theme="{theme}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{escape(POLICY.format(digest(script), digest(style)))}">
<title>Stage</title>
<style>{style}</style>
<script type="application/vnd.jupyter.widget-state+json">{json.dumps({"state": models})}</script>
</head>
<body><main><h1>Stage</h1>{views}</main><script>{script}</script></body>
</html>"""


def products(depth, base):
    """A line that shrinks, with its end marked; at depth 10 it underflows and is interrupted."""
    layers = np.arange(1.0, depth + 1)
    y = layers * np.log10({"sigmoid": 0.25, "tanh": 0.9}[base])
    if depth == 10:
        y[-1], y[4], y[6] = -np.inf, np.nan, np.inf
    marks = [
        Band(y - 0.3, y + 0.3, role="vanishing"),
        Line(y, name="product", role="vanishing", markers=True),
        Line(y - 0.1, name="theory", role="theory", dash=True),
        Rule(y=0, name="no change"),
    ]
    x, axis = Axis("layer l"), Axis("log10 product", domain=(-6, 1))
    bars = Panel([Bars(10**y, name="product", role="sky")], x, Axis("product", domain=(0, 1)), height=150)
    return Frame([Panel(marks, x, axis), bars], readouts={"last": y[-1]})


def walk(x, y, steps):
    """A walk on a map, out of the frame in the end."""
    grid = np.linspace(-2, 2, 31)
    height = np.add.outer(grid**2, grid**2)
    height[0, 0] = np.nan
    points = np.stack([x * 1.6 ** np.arange(steps + 1), y * np.ones(steps + 1)], axis=1)
    marks = [Heat(height, x=(-2, 2), y=(-2, 2), label="height"), Walk(points, name="walk"), Dot(0, 0, "bottom")]
    ends = {"x": Axis("x", domain=(-2, 2)), "y": Axis("y", domain=(-2, 2))}
    return Frame([Panel(marks, **ends, title="Map", click=("x", "y"), equal=True)])


def explorer(name="products"):
    return Explorer(
        name,
        products,
        [
            Slider("depth", [2, 5, 10], label="Depth L", start=5),
            Choice("base", {"sigmoid": "sigmoid", "tanh": "tanh"}, label="Factor"),
        ],
        readouts=[Readout("last", "last", "10^{:.1f}")],
        summary="With {depth} layers of {base} the product is {last}.",
        caption="No network was harmed.",
    )


def map_explorer():
    stops = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5]
    controls = [Slider("x", stops, start=0.5), Slider("y", stops, start=0), Slider("steps", [0, 1, 5])]
    return Explorer("walk", walk, controls, summary="From ({x}, {y}), {steps} steps.")


def bound_explorer():
    """Neurons of a chain: there is no fifth of four."""
    controls = [
        Slider("depth", [2, 4, 8], label="Neurons", start=4),
        Slider("neuron", [1, 2, 3, 4, 5, 6, 7, 8], label="Change neuron", at_most="depth"),
    ]
    return Explorer("bound", chain, controls, summary="Neuron {neuron} of {depth}.")


def chain(depth, neuron):
    return Frame([Panel([Bars(np.arange(1.0, depth + 1)), Rule(x=neuron)], Axis("layer l"), Axis("factor"))])


def play_explorer(seconds=1, stops=9):
    """A slider that plays, above a choice."""
    controls = [Slider("step", range(stops), label="Step k", play=seconds), Choice("base", ["sigmoid", "tanh"])]
    return Explorer("played", played, controls, summary="After {step} steps with {base}.")


def played(step, base):
    return Frame(
        [Panel([Line(np.arange(step + 1.0), name=base)], Axis("step k", domain=(1, 20)), Axis("way", domain=(0, 20)))]
    )


def arrow_explorer():
    """An arrow on a map and a field of them; at length 4 the arrow leaves the frame."""
    return Explorer("arrows", arrows, [Slider("length", [0, 1, 4], start=1)], summary="An arrow of {length}.")


def arrows(length):
    grid = np.linspace(-2, 2, 9)
    x, y = (axis.ravel() for axis in np.meshgrid([-1, 0, 1], [-1, 1]))
    ends = {"x": Axis("x", domain=(-2, 2)), "y": Axis("y", domain=(-2, 2))}
    field = Arrow(x, y, x + 0.3, y + 0.1, name="wind", role="sky")
    marks = [Heat(np.add.outer(grid, grid), x=(-2, 2), y=(-2, 2), label="height"), field]
    return Frame([Panel([*marks, Arrow(0, 0, length, 0, name="gradient", role="exploding")], **ends, equal=True)])


def network_explorer():
    """A small net with all its numbers, on its way up or back."""
    return Explorer("net", small_net, [Choice("way", ["up", "back"])], summary="The message goes {way}. {sentence}")


def small_net(way):
    back = way == "back"
    drawing = Drawing(
        [[1.0, -0.5], [0.75, 0.03], [np.nan if not back else -0.9]],
        weights=[[[0.8, 0.1], [-1.3, 0.4]], [[0.5, -2.0]]],
        blame=[[0.42, -0.004], [0.9]] if back else [[np.nan] * 2, [np.nan]],
        slopes=[np.full((2, 2), np.nan), [[0.7, 0.03]]] if back else None,
        notes=[["x_1", "x_2"], ["z 0.75", "z 0.03"], [""]],
        labels=["inputs", "hidden", "output"],
        lit=[(1, 0), (1, 0, 0), (1, 0, 1)] if not back else [(2, 0), (2, 0, 0), (2, 0, 1)],
        way=way,
    )
    return Frame([Panel([Network(drawing)], bare=True)], readouts={"sentence": drawing.sentence()})


def strips_explorer():
    """Twenty layers of 64 units, whose cells have values, or one a layer and none for the inputs."""
    return Explorer(
        "strips", strip_net, [Choice("kind", ["cells", "layers", "signs"])], summary="As {kind}: {sentence}"
    )


def strip_net(kind):
    sizes = [64, *[64] * 20, 10]
    rng = np.random.default_rng(0)
    values = [
        np.full(n, layer / 21 if layer else np.nan) if kind == "layers" else rng.random(n) - 0.5 * (kind == "signs")
        for layer, n in enumerate(sizes)
    ]
    blame = [np.full(n, 10.0 ** (layer / 10)) for layer, n in enumerate(sizes)]
    limits = None if kind == "signs" else (0, 1)
    labels = ["x", *map(str, range(1, 22))]
    drawing = Drawing(values, blame=blame, limits=limits, quantity="movement", labels=labels)
    return Frame([Panel([Network(drawing)], bare=True)], readouts={"sentence": drawing.sentence()})


def far_explorer():
    """A line on a long axis: at power 1 it is small, at 40 it leaves the frame."""
    return Explorer("far", far, [Slider("power", [1, 10, 40], start=10)], summary="To the power of {power}.")


def far(power):
    y = power * np.linspace(0, 1, 60)
    line = Line(y, name="product", role="exploding")
    bound = Line(0 * y, name="bound (|w|/4)^l", role="theory", dash=True)
    return Frame([Panel([line, bound], Axis("layer l (1 = input side)"), Axis("log10 (product)", domain=(-20, 20)))])


QUESTIONS = {
    "choice": {
        "options": [
            {"text": "10^{-3}", "correct": False, "advice": "Count again."},
            {"text": "10^{-12}", "correct": True, "advice": "A *decade* a tick."},
        ]
    },
    "number": {"answer": 0.25, "rtol": 0.01, "unit": "a layer", "mistakes": [{"value": 0.5, "advice": "Squared."}]},
    "order": {"items": ["second", "first"], "answer": [1, 0], "mistakes": []},
    "guess": {"answer": 1e-12, "log": True, "unit": "", "comment": "Most say a thousandth.", "text": "10^{−12}"},
}


def question(kind):
    return Question({"id": f"q-{kind}", "kind": kind, "title": f"A {kind} question"} | QUESTIONS[kind])

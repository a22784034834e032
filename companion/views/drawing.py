"""A network as a picture: where its nodes lie, how they are filled, how wide and of which kind each edge is.

One record for figures (``plots.network``) and widgets (``widgets.Network``); both only draw what is computed here.

>>> drawing = Drawing([[1.0, 0.5], [0.3]], weights=[[[2.0, -1.0]]], blame=[[0.2]])
>>> drawing.places[1].tolist(), drawing.edges.tolist(), drawing.fates
([[0.88, 0.5]], [[0, 2], [1, 2]], ('', '', 'healthy'))
>>> drawing.sentence()
'A network of 2, 1 units. Values: 1.00, 0.50; 0.30. Weights: 2.00, −1.00. Blame: 0.20 (healthy).'

In the book's pictures ink is positive and purple, dashed, negative; blame has the colour of its fate
(:func:`companion.signals.fate`), against the rms of the blame in the last layer. Chapters 0 and 3.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from companion import require
from companion.signals import fate, log10_rms

FEW, NUMBERED = 8, 4  # units a layer (and layers) up to which nodes are circles; and have their numbers written on them
MOST = 8192  # nodes of one picture
MARGIN = 0.12  # of the frame, beside the nodes
WAYS = ("", "up", "back")


@dataclass(frozen=True, eq=False)
class Drawing:
    """A picture of a network with L layers above its inputs.

    ``values`` L + 1 arrays (n_l,), the inputs first: they fill the nodes. ``weights`` L arrays (n_l, n_{l-1}) or None.
    ``blame`` L arrays (n_l,) for layers 1 … L, or L + 1 with the inputs', or None; ``slopes``, of the loss along each weight,
    as ``weights``. NaN anywhere: not known (yet). ``limits`` (low, high): fill from nothing at low to the full colour at high;
    without them the fill is the value's share of the largest, with its sign. ``notes`` (a list of texts for each layer) stand
    above the nodes, ``labels`` (one a layer) below the columns. ``lit``: what is active, (l, unit) for nodes and
    (l, unit, unit below) for edges, ``way`` "up" (the message, in ink) or "back" (the blame, in the colour of its fate).
    """

    values: tuple
    weights: tuple | None = None
    blame: tuple | None = None
    slopes: tuple | None = None
    limits: tuple | None = None
    quantity: str = "value"
    notes: tuple = ()
    labels: tuple = ()
    lit: tuple = ()
    way: str = ""

    def __post_init__(self):
        self._keep("values", [_array("values", row, (None,)) for row in require.listed("values", self.values)])
        if len(self.values) < 2 or not all(self.sizes) or sum(self.sizes) > MOST:
            raise ValueError(f"values must hold two or more layers, at most {MOST} units, got sizes {self.sizes}")
        pairs = list(zip(self.sizes[1:], self.sizes, strict=False))
        for name, rows in (("weights", self.weights), ("slopes", self.slopes)):
            if rows is not None:
                self._keep(name, _rows(name, rows, pairs))
        if self.blame is not None:
            blame = require.listed("blame", self.blame)
            if len(blame) == len(self.sizes) - 1:
                blame = (np.full(self.sizes[0], np.nan), *blame)
            self._keep("blame", _rows("blame", blame, [(size,) for size in self.sizes]))
        if self.limits is not None:
            low, high = require.finite_array("limits", self.limits, shape=(2,))
            if not low < high:
                raise ValueError(f"limits must be two rising numbers, got {self.limits!r}")
            self._keep("limits", (float(low), float(high)))
        self._keep(
            "notes", [tuple(map(str, require.listed("notes", row))) for row in require.listed("notes", self.notes)]
        )
        if self.notes and tuple(map(len, self.notes)) != self.sizes:
            raise ValueError(f"notes must be texts for layers of {self.sizes}, got {tuple(map(len, self.notes))}")
        self._keep("labels", map(str, require.listed("labels", self.labels)))
        if self.labels and len(self.labels) != len(self.sizes):
            raise ValueError(f"labels must be {len(self.sizes)}, one a layer, got {len(self.labels)}")
        if self.way not in WAYS:
            raise ValueError(f"way must be 'up', 'back' or '', got {require.shown(self.way)}")
        self._keep("lit", map(self._part, require.listed("lit", self.lit)))

    def _keep(self, name, rows):
        object.__setattr__(self, name, tuple(rows))

    def _part(self, part):
        place = tuple(part) if isinstance(part, tuple | list) else ()
        shape = (self.sizes[place[0]], *self.sizes[place[0] - 1 : place[0]]) if _is_layer(place, self.sizes) else ()
        if (
            len(place) not in (2, 3)
            or len(place[1:]) > len(shape)
            or any(i not in range(n) for i, n in zip(place[1:], shape, strict=False))
        ):
            raise ValueError(
                f"lit must hold (layer, unit) or (layer, unit, unit below) of {self.sizes}, got {require.shown(part)}"
            )
        return place

    # --- geometry -----------------------------------------------------------------------------------------------------

    @property
    def sizes(self):
        """Units a layer, the inputs first."""
        return tuple(len(row) for row in self.values)

    @property
    def strips(self):
        """Is it so large that a layer is a strip of cells, without edges?"""
        return max(self.sizes) > FEW or len(self.sizes) > FEW

    @property
    def numbered(self):
        """Do nodes and edges carry their numbers?"""
        return max(self.sizes) <= NUMBERED and len(self.sizes) <= NUMBERED + 1

    @cached_property
    def places(self):
        """The middle of each node, a (n_l, 2) array a layer, in a frame of 1 by 1; unit 0 at the top."""
        floor, tallest = (0.1 if self.labels else 0.0), max(self.sizes)
        side = min(0.5 / len(self.sizes), MARGIN if not self.strips else 1)
        columns = np.linspace(side, 1 - side, len(self.sizes))
        heights = [0.5 + ((n - 1) / 2 - np.arange(n)) / tallest for n in self.sizes]
        return tuple(
            np.column_stack([np.full(len(h), x), floor + (1 - floor) * h])
            for x, h in zip(columns, heights, strict=True)
        )

    @cached_property
    def edges(self):
        """Pairs (node below, node above) by their number, unit by unit from the inputs on: (E, 2); none in strips."""
        if self.strips or (self.weights is None and self.slopes is None):
            return np.zeros((0, 2), int)
        starts = np.cumsum((0, *self.sizes))
        return np.array([
            (starts[layer - 1] + below, starts[layer] + unit)
            for layer in range(1, len(self.sizes)) for unit in range(self.sizes[layer]) for below in range(self.sizes[layer - 1])
        ])  # fmt: skip

    # --- looks --------------------------------------------------------------------------------------------------------

    @property
    def scale(self):
        """The values of an empty and of a full node: ``limits``, or 0 and the largest size."""
        return self.limits or (0.0, _largest(self.values))

    @cached_property
    def fill(self):
        """Each node's share of the full colour, −1 … 1, NaN where its value is not known: (nodes,)."""
        low, high = self.scale
        return np.clip((np.concatenate(self.values) - low) / (high - low), -1.0 if self.limits is None else 0.0, 1.0)

    @cached_property
    def widths(self):
        """Each edge's weight as a share of the largest, −1 … 1, NaN where it is not known: (E,)."""
        if self.weights is None or not len(self.edges):
            return np.full(len(self.edges), np.nan)
        return np.concatenate([row.ravel() for row in self.weights]) / _largest(self.weights)

    @cached_property
    def fates(self):
        """Each node's fate, '' where there is no blame: (nodes,); in strips each layer's."""
        if self.blame is None:
            return ("",) * (len(self.sizes) if self.strips else sum(self.sizes))
        own = self.blame if self.strips else np.concatenate(self.blame)[:, None]
        last = self.blame[-1][np.isfinite(self.blame[-1])]
        return tuple(_fate(part, last) for part in own)

    @cached_property
    def lit_nodes(self):
        starts = np.cumsum((0, *self.sizes))
        lit = [starts[part[0]] + part[1] for part in self.lit if len(part) == 2]
        return np.isin(np.arange(sum(self.sizes)), lit)

    @cached_property
    def lit_edges(self):
        starts = np.cumsum((0, *self.sizes))
        lit = {(starts[p[0] - 1] + p[2], starts[p[0]] + p[1]) for p in self.lit if len(p) == 3}
        return np.array([tuple(pair) in lit for pair in self.edges], bool)

    # --- words --------------------------------------------------------------------------------------------------------

    @property
    def texts(self):
        """{kind: the numbers as texts}, one a node ("values", "notes", "blame") or one an edge ("weights", "slopes")."""
        kinds = {"values": self.values, "blame": self.blame, "weights": self.weights, "slopes": self.slopes}
        said = {kind: tuple(say(v) for row in rows or () for v in row.ravel()) for kind, rows in kinds.items()}
        return said | {"notes": tuple(note for row in self.notes for note in row)}

    def sentence(self):
        """What the picture shows, for those who do not see it."""
        said = f"A network of {_runs(self.sizes)} units."
        return f"{said} {self._numbers() if self.numbered else self._layers()}"

    def _numbers(self):
        parts = [f"{self.quantity.capitalize()}s: {_listed(self.values)}."]
        if self.weights is not None:
            parts.append(f"Weights: {_listed(self.weights)}.")
        if any(self.fates):
            told = [f"{text} ({word})" for text, word in zip(self.texts["blame"], self.fates, strict=True) if word]
            parts.append(f"Blame: {', '.join(told)}.")
        if self.slopes is not None and _known(self.slopes):
            parts.append(f"Slopes along the weights: {_listed(self.slopes)}.")
        return " ".join(parts)

    def _layers(self):
        means = [row[np.isfinite(row)].mean() if np.isfinite(row).any() else np.nan for row in self.values]
        first, last = (say(mean) or "not yet known" for mean in (means[0], means[-1]))
        said = f"Mean {self.quantity}: {first} in the first layer drawn, {last} in the last."
        if not self.strips or not any(self.fates):
            return said
        blamed = [
            (word, [layer for layer, own in enumerate(self.fates) if own == word])
            for word in dict.fromkeys(self.fates)
            if word
        ]
        return said + " Blame: " + ", ".join(f"{word} in {_spans(layers)}" for word, layers in blamed) + "."


def say(value):
    """A number as it stands on a node: two decimals, more where it is small; nothing where it is not known.

    >>> say(-1.3), say(0.0453), say(2e-7), say(float("nan"))
    ('−1.30', '0.045', '2e−7', '')
    """
    value = float(value) + 0.0  # no −0
    if np.isnan(value):
        return ""
    text = f"{value:.2f}" if abs(value) >= 0.0995 or value == 0 else f"{value:.2g}"
    return text.replace("e-0", "e-").replace("-", "−").replace("inf", "∞")


def _array(argument, value, shape):
    array = np.asarray(require.numbers(argument, value))
    if array.dtype.kind == "c":
        raise TypeError(f"{argument} must be real numbers, got {require.shown(value)}")
    if array.ndim != len(shape) or any(want not in (None, got) for want, got in zip(shape, array.shape, strict=True)):
        wanted = "(" + ", ".join("n" if n is None else str(n) for n in shape) + ")"
        raise ValueError(f"{argument} must have an array of shape {wanted} there, got shape {array.shape}")
    return array.astype(float)


def _rows(argument, rows, shapes):
    rows = require.listed(argument, rows)
    if len(rows) != len(shapes):
        raise ValueError(f"{argument} must hold {len(shapes)} arrays, got {len(rows)}")
    return [_array(argument, row, shape) for row, shape in zip(rows, shapes, strict=True)]


def _is_layer(place, sizes):
    whole = all(isinstance(i, int | np.integer) and not isinstance(i, bool) for i in place)
    return bool(place) and whole and 0 <= place[0] < len(sizes)


def _largest(rows):
    flat = np.abs(np.concatenate([row.ravel() for row in rows]))
    flat = flat[np.isfinite(flat)]
    return float(flat.max()) if flat.size and flat.max() > 0 else 1.0


def _fate(part, last):
    part = part[np.isfinite(part)]
    if not part.size or not last.size:
        return ""
    decades = log10_rms(part) - log10_rms(last)
    return "" if np.isnan(decades) else fate(decades)


def _known(rows):
    return any(np.isfinite(row).any() for row in rows)


def _runs(sizes):
    """(64, 64, 64, 10) -> '3 × 64, 10'."""
    runs = [[size, sum(1 for _ in same)] for size, same in groupby(sizes)]
    return ", ".join(f"{count} × {size}" if count > 2 else ", ".join([str(size)] * count) for size, count in runs)


def _spans(layers):
    """[0, 1, 2, 5] -> 'layers 0–2, 5'."""
    spans = []
    for layer in layers:
        if spans and spans[-1][1] == layer - 1:
            spans[-1][1] = layer
        else:
            spans.append([layer, layer])
    words = ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in spans)
    return f"layer{'s' if len(layers) > 1 else ''} {words}"


def _listed(rows):
    return "; ".join(", ".join(say(v) or "not yet known" for v in row.ravel()) for row in rows)

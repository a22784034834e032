"""Many frames in few bytes: every array and every text once, in the smallest form in which the eye sees no difference.

A packed grid is a small dict (``spec``: layouts, texts) and bytes (``data``): a table of the arrays, one row of
indices a setting, then the arrays. ``unpack`` is the inverse; unpack.js does the same in the page.
"""

from zlib import crc32

import numpy as np

from companion.widgets.texts import fields, format_value

FORMAT = 2  # of the packed state; states without a number (and without a checksum) are read too
KINDS = ("<f2", "<f4", "<f8", "|u1")  # what the low bits of a table entry say
EYE = 1 / 2000  # of the visible span: a third of a pixel on a panel of 600
SHADES, UNDER, MISSING, OVER = 252, 253, 254, 255  # a heat map's bytes: 0..SHADES, then −inf, nan, +inf

ARRAYS = ("x", "y", "low", "high", "heights", "values", "limits")  # what stands for an array in a packed mark
ARRAYS += ("sizes", "fill", "scale", "ends", "widths", "fates", "lit", "lit_edges")
WORDS = ("name", "label", "labels", "value_texts", "note_texts", "blame_texts", "weight_texts", "slope_texts")


class Packer:
    """Collects frames; equal arrays, texts and layouts are kept once."""

    def __init__(self, readouts=(), summary=""):
        formats = {readout.name: readout.format for readout in readouts}
        mentioned = [(name, template or formats.get(name)) for name, template in fields(summary)]
        self.fields = [(readout.name, readout.format) for readout in readouts] + mentioned
        self.arrays, self.texts, self.layouts, self.rows = {}, {}, {}, []

    def add(self, frame, controls=None):
        """Pack ``frame``; ``controls`` are {name: (value, text)}, for the fields of the summary that name them."""
        row = Row(self)
        layout = {
            "panels": [row.panel(panel) for panel in frame.panels],
            "columns": frame.columns,
            "texts": row.fields(self.fields, self.field_texts(frame, controls or {})),
        }
        key = repr(layout)
        number, _ = self.layouts.setdefault(key, (len(self.layouts), layout))
        self.rows.append([number, *row.slots])

    def field_texts(self, frame, controls):
        """The text of every read-out, and then of every field of the summary, in this frame."""
        texts = []
        for name, template in self.fields:
            if name in frame.readouts:
                texts.append(format_value(frame.readouts[name], template or self.format_of(name)))
            elif name in controls:
                value, text = controls[name]
                texts.append(format_value(value, template) if template else text)
            else:
                raise ValueError(f"readouts of Frame must contain {name!r}, got {sorted(frame.readouts)}")
        return texts

    def format_of(self, name):
        return next((template for known, template in self.fields if known == name and template), None)

    def pack(self):
        """``(spec, data)``."""
        width = max(len(row) for row in self.rows)
        rows = np.zeros((len(self.rows), width), "<u4")
        for place, row in zip(rows, self.rows, strict=True):
            place[: len(row)] = row
        chunks = [chunk for _, chunk in self.arrays.values()]
        table = np.array([chunk.size * 4 + KINDS.index(chunk.dtype.str) for chunk in chunks], "<u4")
        wide = max(rows.max(initial=0), table.max(initial=0)) > 0xFFFF
        dtype = "<u4" if wide else "<u2"
        # Column by column: neighbours are then alike, which compresses best.
        parts = [table.astype(dtype).tobytes(), rows.T.astype(dtype).tobytes(), *(chunk.tobytes() for chunk in chunks)]
        data = b"".join(parts)
        spec = {
            "format": FORMAT,
            "sum": crc32(data),
            "arrays": len(chunks),
            "wide": bool(wide),
            "rows": rows.shape[0],
            "width": width,
            "layouts": [layout for _, layout in self.layouts.values()],
            "texts": list(self.texts),
        }
        return spec, data


class Row:
    """The numbers of one frame's arrays and texts; a layout refers to them by their place in it."""

    def __init__(self, packer):
        self.packer, self.slots, self.shared = packer, [], {}

    def slot(self, number):
        self.slots.append(number)
        return len(self.slots) - 1

    def text(self, text):
        return self.slot(self.packer.texts.setdefault(text, len(self.packer.texts)))

    def fields(self, fields, texts):
        """A slot for each text; a field that is mentioned twice has one."""
        places = {}
        for field, text in zip(fields, texts, strict=True):
            if field not in places:
                places[field] = self.text(text)
        return [places[field] for field in fields]

    def array(self, chunk, *, shared=False):
        """The slot of an array; where ``shared``, that of an equal one in this frame (the layers of all lines, say)."""
        key = (chunk.dtype.str, chunk.tobytes())
        number, _ = self.packer.arrays.setdefault(key, (len(self.packer.arrays), chunk))
        if not shared:
            return self.slot(number)
        if number not in self.shared:
            self.shared[number] = self.slot(number)
        return self.shared[number]

    def panel(self, panel):
        spans = {
            "x": visible(panel.x, [getattr(mark, name) for mark in panel.marks for name in mark.on_x]),
            "y": visible(panel.y, [getattr(mark, name) for mark in panel.marks for name in mark.on_y]),
        }
        return {
            "x": self.axis(panel.x),
            "y": self.axis(panel.y),
            "marks": [self.mark(mark, panel, spans) for mark in panel.marks],
            "title": self.text(panel.title),
            "click": list(panel.click),
            "height": panel.height,
            "equal": panel.equal,
        } | ({"bare": True} if panel.bare else {})

    def axis(self, axis):
        domain = None if axis.domain is None else self.array(np.array(axis.domain, "<f8"))
        fit = {} if axis.fit is None else {"fit": axis.fit}
        return {"label": self.text(axis.label), "scale": axis.scale, "domain": domain} | fit

    def mark(self, mark, panel, spans):
        packed = {"kind": mark.kind} | {
            name: getattr(mark, name) for name in mark.settings if getattr(mark, name) is not None
        }
        for name in mark.words:
            words = getattr(mark, name)
            packed[name] = self.text(words) if isinstance(words, str) else [self.text(word) for word in words]
        for axis, names in (("x", mark.on_x), ("y", mark.on_y)):
            for name in names:
                values = getattr(mark, name)
                if values is not None:
                    chunk = smallest(np.atleast_1d(values), getattr(panel, axis).scale, *spans[axis])
                    packed[name] = self.array(chunk, shared=axis == "x" and chunk.size > 2)  # a point is equal by chance
        for name in mark.plain:
            packed[name] = self.array(getattr(mark, name))
        if mark.kind == "heat":
            packed["limits"] = self.array(mark.limits.astype("<f8"))
            packed["values"] = self.array(shades(mark.values, mark.limits))
            packed["rows"] = len(mark.values)
        return packed


def visible(axis, arrays):
    """The ends of the axis, on its scale: its domain, or the range of the finite data."""
    if axis.domain is not None:
        return on_scale(np.array(axis.domain), axis.scale)
    values = [on_scale(np.ravel(array), axis.scale) for array in arrays if array is not None]
    values = np.concatenate(values) if values else np.zeros(0)
    values = values[np.isfinite(values)]
    return (values.min(), values.max()) if values.size else (0.0, 1.0)


def on_scale(values, scale):
    if scale == "linear":
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(values)


def smallest(values, scale, low, high):
    """``values`` in the first of float16, float32, float64 that moves nothing visible by more than EYE."""
    want = on_scale(values, scale)
    span = high - low
    for kind in KINDS[:2]:
        with np.errstate(over="ignore"):
            packed = values.astype(kind)
        got = on_scale(packed.astype(float), scale)
        finite = np.isfinite(want)
        if not (np.array_equal(got[~finite], want[~finite], equal_nan=True) and np.isfinite(got[finite]).all()):
            continue
        beyond = np.maximum(np.maximum(low - want[finite], want[finite] - high), 0)
        if (np.abs(got[finite] - want[finite]) <= EYE * (span + beyond)).all():
            return packed
    return values.astype("<f8")


def shades(values, limits):
    """A heat map's values as bytes between the limits, top to bottom as given."""
    low, high = limits
    with np.errstate(invalid="ignore"):
        steps = np.nan_to_num(np.rint(np.clip((values - low) / (high - low), 0, 1) * SHADES)).astype("u1")
    steps[np.isneginf(values)], steps[np.isnan(values)], steps[np.isposinf(values)] = UNDER, MISSING, OVER
    return steps.ravel()


def unpack(spec, data, index):
    """Frame number ``index`` as a plain dict in which numbers of arrays and texts are replaced by what they stand for."""
    dtype = np.dtype("<u4" if spec["wide"] else "<u2")
    table = np.frombuffer(data, dtype, spec["arrays"])
    start = table.nbytes
    rows = np.frombuffer(data, dtype, spec["rows"] * spec["width"], start).reshape(spec["width"], spec["rows"])
    sizes = [int(entry) // 4 * np.dtype(KINDS[entry % 4]).itemsize for entry in table]
    starts = start + rows.nbytes + np.concatenate([[0], np.cumsum(sizes)]).astype(int)
    row = rows[:, index]
    layout = spec["layouts"][row[0]]
    slots = row[1:]

    def array(slot):
        number = slots[slot]
        entry = int(table[number])
        return np.frombuffer(data, KINDS[entry % 4], entry // 4, int(starts[number]))

    def text(slot):
        return [text(each) for each in slot] if isinstance(slot, list) else spec["texts"][slots[slot]]

    def mark(packed):
        return {k: array(v) if k in ARRAYS else text(v) if k in WORDS else v for k, v in packed.items()}

    def axis(packed):
        domain = None if packed["domain"] is None else array(packed["domain"])
        return packed | {"label": text(packed["label"]), "domain": domain}

    panels = [
        panel | {"x": axis(panel["x"]), "y": axis(panel["y"]), "title": text(panel["title"])}
        | {"marks": [mark(packed) for packed in panel["marks"]]}
        for panel in layout["panels"]
    ]  # fmt: skip
    return {"panels": panels, "columns": layout["columns"], "texts": [text(slot) for slot in layout["texts"]]}

"""The mark that draws a network: bytes and texts of a ``companion.views.drawing.Drawing``."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from companion.require import instance
from companion.views.drawing import Drawing
from companion.widgets.marks import Mark

FATES = ("", "vanishing", "healthy", "exploding")  # a byte each
UNKNOWN = 255  # where a share (0 … 200 for −1 … 1) is not known


@dataclass(frozen=True, eq=False)
class Network(Mark):
    """A network as ``drawing`` has it, for a ``Panel(…, bare=True)``: nodes and edges, or strips where it is large.

    >>> mark = Network(Drawing([[1.0, 0.5], [0.3]], weights=[[[2.0, -1.0]]]))
    >>> mark.fill.tolist(), mark.widths.tolist(), mark.weight_texts
    ([200, 150, 130], [200, 50], ('2.00', '−1.00'))
    """

    drawing: Drawing
    on_x, on_y, settings = ("x",), ("y",), ("way", "strips", "colors")
    plain = ("sizes", "fill", "scale", "ends", "widths", "fates", "lit", "lit_edges")
    words = ("label", "labels", "value_texts", "note_texts", "blame_texts", "weight_texts", "slope_texts")

    def __post_init__(self):
        instance("drawing of Network", self.drawing, Drawing, "a Drawing, as of companion.views.drawing")

    # --- places and settings ------------------------------------------------------------------------------------------

    @property
    def x(self):
        return np.concatenate(self.drawing.places)[:, 0]

    @property
    def y(self):
        return np.concatenate(self.drawing.places)[:, 1]

    @property
    def way(self):
        return self.drawing.way

    @property
    def strips(self):
        return self.drawing.strips

    @property
    def colors(self):
        return None if self.drawing.limits is None else "sequential"

    # --- texts --------------------------------------------------------------------------------------------------------

    @property
    def label(self):
        return self.drawing.quantity

    @property
    def labels(self):
        return self.drawing.labels

    @property
    def value_texts(self):
        return self._texts["values"]

    @property
    def note_texts(self):
        return self._texts["notes"]

    @property
    def blame_texts(self):
        return self._texts["blame"]

    @property
    def weight_texts(self):
        return self._texts["weights"]

    @property
    def slope_texts(self):
        return self._texts["slopes"]

    @cached_property
    def _texts(self):
        if self.drawing.numbered:
            return self.drawing.texts
        return dict.fromkeys(("values", "notes", "blame", "weights", "slopes"), ())

    # --- bytes --------------------------------------------------------------------------------------------------------

    @property
    def sizes(self):
        return np.array(self.drawing.sizes, "<f2")

    @property
    def scale(self):
        """The values that an empty and a full node stand for."""
        return np.array(self.drawing.scale, "<f8")

    @property
    def fill(self):
        """A byte a node; a byte a layer where in every strip all cells are filled alike."""
        shares = _bytes(self.drawing.fill)
        layers = np.split(shares, np.cumsum(self.drawing.sizes)[:-1])
        alike = self.drawing.strips and all((layer == layer[0]).all() for layer in layers)
        return np.array([layer[0] for layer in layers], "u1") if alike else shares

    @property
    def ends(self):
        """The nodes below and above each edge."""
        return self.drawing.edges.astype("<f2").ravel()

    @property
    def widths(self):
        return _bytes(self.drawing.widths)

    @property
    def fates(self):
        return np.array([FATES.index(word) for word in self.drawing.fates], "u1")

    @property
    def lit(self):
        return self.drawing.lit_nodes.astype("u1")

    @property
    def lit_edges(self):
        return self.drawing.lit_edges.astype("u1")


def _bytes(shares):
    return np.where(np.isnan(shares), UNKNOWN, np.rint(100 + 100 * np.nan_to_num(shares))).astype("u1")

"""A frame: all that is shown at one setting of the controls."""

from dataclasses import dataclass, field

import numpy as np

from companion import require
from companion.widgets.marks import Mark

SCALES = ("linear", "log")


@dataclass(frozen=True)
class Axis:
    """An axis with its ``label`` (quantity and unit); ``domain`` fixes its ends, None takes them from the frame.

    ``fit``: may a y axis around 0 show a 4th or a 16th of its domain, at least four units, where all marks lie inside?
    The picture says what it shows. None allows it for logarithms (labels that begin with log10).
    """

    label: str = ""
    scale: str = "linear"
    domain: tuple | None = None
    fit: bool | None = None

    def __post_init__(self):
        if self.fit not in (None, True, False):
            raise ValueError(f"fit of Axis must be True, False or None, got {require.shown(self.fit)}")
        require.known("scale of Axis", self.scale, dict.fromkeys(SCALES))
        if self.domain is None:
            return
        ends = np.asarray(require.numbers("domain of Axis", self.domain))
        if ends.shape != (2,) or not np.isfinite(ends).all() or not ends[0] < ends[1]:
            raise ValueError(f"domain of Axis must be two rising finite numbers, got {self.domain!r}")
        if self.scale == "log" and ends[0] <= 0:
            raise ValueError(f"domain of a log Axis must be above 0, got {self.domain!r}")
        object.__setattr__(self, "domain", (float(ends[0]), float(ends[1])))


@dataclass(frozen=True)
class Panel:
    """Marks on a pair of axes.

    A click sets the sliders named in ``click=(x control, y control)``, either of them None. ``height`` in pixels;
    ``equal=True`` gives both axes the same units (for maps), ``bare=True`` leaves the axes out (for a ``Network``: one frame of
    1 by 1, without a click).
    """

    marks: tuple
    x: Axis = field(default_factory=Axis)
    y: Axis = field(default_factory=Axis)
    title: str = ""
    click: tuple = ()
    height: int = 260
    equal: bool = False
    bare: bool = False

    def __post_init__(self):
        marks = require.listed("marks of Panel", self.marks)
        for mark in marks:
            if not isinstance(mark, Mark):
                raise TypeError(
                    f"marks of Panel must be Line, Band, Bars, Heat, Path, Arrow, Dot, Rule or Network, got {mark!r}"
                )
        object.__setattr__(self, "marks", marks)
        click = (self.click,) if isinstance(self.click, str) else tuple(self.click)
        if len(click) > 2 or not all(name is None or isinstance(name, str) for name in click):
            raise ValueError(f"click of Panel must name one or two sliders, got {self.click!r}")
        object.__setattr__(self, "click", click)
        require.flag("bare of Panel", self.bare)
        if any(mark.kind == "network" for mark in marks) and not self.bare:
            raise ValueError("bare of Panel must be True where a Network is drawn, got False")
        if self.bare:
            for axis in ("x", "y"):
                object.__setattr__(self, axis, Axis(domain=(0, 1)))


@dataclass(frozen=True)
class Frame:
    """Panels, and the values of the read-outs; ``columns`` is how many panels stand side by side where there is room."""

    panels: tuple
    readouts: dict = field(default_factory=dict)
    columns: int | None = None

    def __post_init__(self):
        panels = (self.panels,) if isinstance(self.panels, Panel) else require.listed("panels of Frame", self.panels)
        if not panels or not all(isinstance(panel, Panel) for panel in panels):
            raise TypeError(f"panels of Frame must be one or more Panel, got {self.panels!r}")
        object.__setattr__(self, "panels", panels)
        object.__setattr__(
            self, "readouts", {k: v.item() if hasattr(v, "item") else v for k, v in self.readouts.items()}
        )
        object.__setattr__(self, "columns", self.columns or min(len(panels), 2))


@dataclass(frozen=True)
class Readout:
    """A named number (or word) of the frame, shown under the controls as ``label``: value in ``format``."""

    name: str
    label: str = ""
    format: str | None = None

"""Widgets of the course: they run in the static page without a kernel, and call the companion with one."""

from companion.widgets.bundle import static_script, static_style
from companion.widgets.controls import Choice, Slider
from companion.widgets.explorer import Explorer
from companion.widgets.frames import Axis, Frame, Panel, Readout
from companion.widgets.marks import Arrow, Band, Bars, Dot, Heat, Line, Path, Rule
from companion.widgets.network import Network
from companion.widgets.question import Question

__all__ = [
    "Arrow",
    "Axis",
    "Band",
    "Bars",
    "Choice",
    "Dot",
    "Explorer",
    "Frame",
    "Heat",
    "Line",
    "Network",
    "Panel",
    "Path",
    "Question",
    "Readout",
    "Rule",
    "Slider",
    "static_script",
    "static_style",
]

"""Explorer: a function's result, drawn, with its arguments as controls."""

import json
from itertools import product
from math import prod

import anywidget
import traitlets

from companion.widgets.bundle import esm, style
from companion.widgets.controls import Choice, Slider
from companion.widgets.frames import Frame, Readout
from companion.widgets.packing import Packer, unpack
from companion.widgets.texts import fields, fill

LIMIT = 300_000  # bytes of base64 and layout that one widget may add to a page


class Explorer(anywidget.AnyWidget):
    """Draws ``frame(**values)`` for every setting of ``controls``; the page then needs no kernel.

    ``name`` is unique on its page and the key of the state in the URL (``#name:depth=20``). ``summary`` is a template
    with the names of controls and read-outs; filled in, it is the text alternative of the picture. With a live kernel
    ``values`` may be read and set, and settings between the grid's call ``frame`` again.

    >>> from companion.widgets import Explorer, Frame, Line, Panel, Slider
    >>> Explorer(
    ...     "power",
    ...     lambda depth: Frame([Panel([Line([0.25**layer for layer in range(depth)])])]),
    ...     [Slider("depth", [5, 10])],
    ...     summary="A product of {depth} factors.",
    ... )
    Explorer 'power': A product of 5 factors. Controls: depth.
    """

    _esm = esm("explorer")
    _css = style()
    _ipython_display_ = None  # ipywidgets 7 (Colab) would use its own, which cuts the text
    spec = traitlets.Dict().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    live = traitlets.Dict().tag(sync=True)
    live_data = traitlets.Bytes().tag(sync=True)

    def __init__(self, name, frame, controls, readouts=(), summary="", caption="", *, title=""):
        self._controls = _checked(name, frame, controls, readouts)
        self._frame, self._summary, self._readouts = frame, summary, tuple(readouts)
        spec, data = self._grid()
        spec |= {
            "name": name,
            "title": title,
            "caption": caption,
            "summary": summary,
            "fields": [field for field, _ in fields(summary)],
            "controls": [control.spec() for control in self._controls.values()],
            "readouts": [readout.label or readout.name for readout in readouts],
        }
        super().__init__(spec=spec, data=data, values=self._start())
        self._check_size()
        self.observe(self._answer, "values")

    @property
    def size(self):
        """Bytes that this widget adds to a page (base64 of the data, and the layout)."""
        return _size(self.spec, self.data)

    def __repr__(self):
        labels = ", ".join(control.label for control in self._controls.values())
        return f"Explorer {self.spec['name']!r}: {self.describe()} Controls: {labels}."

    def describe(self):
        """The text alternative at the starting values."""
        index = 0
        for control in self._controls.values():
            index = index * len(control.values) + control.values.index(control.start)
        texts = unpack(self.spec, self.data, index)["texts"]
        return fill(self._summary, texts[len(self._readouts) :])

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data and "text/plain" in data:
            data["text/plain"] = repr(self)  # ipywidgets cuts it after 110 characters
        return bundle

    def _start(self):
        return {name: control.start for name, control in self._controls.items()}

    def _grid(self):
        packer = Packer(self._readouts, self._summary)
        for combination in product(*(control.values for control in self._controls.values())):
            self._add(packer, dict(zip(self._controls, combination, strict=True)))
        return packer.pack()

    def _add(self, packer, values):
        try:
            frame = self._frame(**values)
            if not isinstance(frame, Frame):
                raise TypeError(f"frame must return a Frame, got {frame!r}")
            for panel in frame.panels:
                _check_click(panel, self._controls)
            packer.add(frame, {name: (value, self._controls[name].text(value)) for name, value in values.items()})
        except Exception as error:
            settings = ", ".join(f"{name}={value!r}" for name, value in values.items())
            error.add_note(f"in frame({settings})")
            raise

    @traitlets.validate("values")
    def _read(self, proposal):
        unknown = set(proposal["value"]) - set(self._controls)
        if unknown:
            raise ValueError(f"values must name only {', '.join(self._controls)}, got {sorted(unknown)}")
        values = (self.values or self._start()) | proposal["value"]
        return {name: control.read(values[name]) for name, control in self._controls.items()}

    def _answer(self, _change):
        """Between the grid's settings, send the one frame asked for; an error is sent as a text."""
        values = dict(self.values)
        if all(values[name] in control.values for name, control in self._controls.items()):
            return
        packer = Packer(self._readouts, self._summary)
        try:
            self._add(packer, values)
            spec, data = packer.pack()
        except Exception as error:  # whatever frame raises belongs to the reader, not to the kernel's log
            spec, data = {"error": f"{type(error).__name__}: {error}"}, b""
        with self.hold_sync():
            self.live_data = data
            self.live = spec | {"values": values}

    def _check_size(self):
        if self.size <= LIMIT:
            return
        counts = " × ".join(f"{len(control.values)} {name}" for name, control in self._controls.items())
        settings = prod(len(control.values) for control in self._controls.values())
        raise ValueError(
            f"explorer {self.spec['name']!r} must pack to at most {LIMIT // 1000} kB, got {self.size / 1000:.0f} kB: "
            f"{counts} = {settings} settings, {self.spec['arrays']} different arrays. Give a control fewer values, draw "
            "fewer points a line, or let settings share arrays (equal arrays are stored once)."
        )


def _size(spec, data):
    return (len(data) + 2) // 3 * 4 + len(json.dumps(spec, ensure_ascii=False).encode())


def _checked(name, frame, controls, readouts):
    if not isinstance(name, str) or not name.replace("-", "_").isidentifier():
        raise ValueError(f"name of Explorer must be letters, digits, - and _ (it is a key in the URL), got {name!r}")
    if not callable(frame):
        raise TypeError(f"frame of Explorer {name!r} must be a function of the controls, got {frame!r}")
    for control in controls:
        if not isinstance(control, Slider | Choice):
            raise TypeError(f"controls of Explorer {name!r} must be Slider or Choice, got {control!r}")
    for readout in readouts:
        if not isinstance(readout, Readout):
            raise TypeError(f"readouts of Explorer {name!r} must be Readout, got {readout!r}")
    named = {control.name: control for control in controls}
    if not named or len(named) < len(controls):
        names = [control.name for control in controls]
        raise ValueError(f"controls of Explorer {name!r} must be one or more with different names, got {names}")
    return named


def _check_click(panel, controls):
    for name in panel.click:
        if name is not None and not isinstance(controls.get(name), Slider):
            sliders = [key for key, control in controls.items() if isinstance(control, Slider)]
            raise ValueError(f"click of Panel must name sliders of the Explorer ({', '.join(sliders)}), got {name!r}")

"""Question: a quiz exercise that is answered, and met with advice, in the page itself."""

import anywidget
import traitlets

from companion.widgets.bundle import esm, style
from companion.widgets.markup import plain

FIELDS = {
    "choice": ("options",),
    "number": ("answer", "rtol"),
    "order": ("items", "answer"),
    "guess": ("answer",),
}


class Question(anywidget.AnyWidget):
    """Asks for the answer to an exercise; ``record`` is what its ``public()`` gives. ``answer`` is the reader's last one.

    >>> Question({"id": "q", "kind": "choice", "title": "Sign", "options": [
    ...     {"text": "up", "correct": True, "advice": ""}, {"text": "down", "correct": False, "advice": "Other way."}]})
    Question 'q': Sign (1) up (2) down. Answer with check("q", …).
    """

    _esm = esm("question")
    _css = style()
    _ipython_display_ = None  # ipywidgets 7 (Colab) would use its own, which cuts the text
    spec = traitlets.Dict().tag(sync=True)
    answer = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init__(self, record):
        kind = record.get("kind")
        if kind not in FIELDS:
            raise ValueError(f"kind of a Question must be one of {', '.join(FIELDS)}, got {kind!r}")
        missing = [field for field in ("id", *FIELDS[kind]) if field not in record]
        if missing:
            raise ValueError(f"record of a {kind} Question must contain {', '.join(missing)}, got {sorted(record)}")
        super().__init__(spec=dict(record))

    def __repr__(self):
        spec = self.spec
        shown = [option["text"] for option in spec.get("options", ())] or spec.get("items", ())
        listed = "".join(f" ({number}) {plain(text)}" for number, text in enumerate(shown, 1))
        return f'Question {spec["id"]!r}: {plain(spec.get("title", ""))}{listed}. Answer with check("{spec["id"]}", …).'

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data and "text/plain" in data:
            data["text/plain"] = repr(self)  # ipywidgets cuts it after 110 characters
        return bundle

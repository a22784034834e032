"""Markdown as the result of a cell, readable as plain text where nothing renders it.

>>> Markdown("**Yes**")
**Yes**
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Markdown:
    """Text that a notebook renders; its ``plain`` form (the text itself) makes a changed word a changed output."""

    text: str
    plain: str = ""

    def __repr__(self):
        return self.plain or self.text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/markdown": self.text, "text/plain": repr(self)}


def table(header, rows):
    """A pipe table; a pipe or a line break inside a cell is escaped.

    >>> print(table(["a", "b"], [["1", "x|y"]]))
    | a | b |
    |---|---|
    | 1 | x\\|y |
    """
    cells = [[" ".join(str(cell).split()).replace("|", "\\|") for cell in row] for row in [header, *rows]]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([lines[0], "|" + "---|" * len(header), *lines[1:]])


def unmarked(text):
    """``text`` without the invisible marks that bind its numbers (see ``companion.book.bindings``).

    >>> unmarked("about 0.236<!--=growth--> a layer")
    'about 0.236 a layer'
    """
    return re.sub(r"<!--.*?-->", "", text)


def unmarked_fields(record):
    """Take the marks out of every text of a frozen dataclass, also of texts in tuples; for its ``__post_init__``."""
    for name, value in vars(record).items():
        if isinstance(value, str):
            object.__setattr__(record, name, unmarked(value))
        elif isinstance(value, tuple):
            object.__setattr__(record, name, tuple(unmarked(each) if isinstance(each, str) else each for each in value))


def light(text):
    """Light markup (x_{12}, 10^{-3}; `code` and *emphasis* are Markdown already) as Markdown.

    >>> light("δ_{1} is 10^{-12}, `a_{1}` is code")
    'δ<sub>1</sub> is 10<sup>−12</sup>, `a_{1}` is code'
    """
    parts = re.split(r"(`[^`]*`)", text)  # every second part is code
    return "".join(part if i % 2 else _scripts(part) for i, part in enumerate(parts))


def _scripts(text):
    for mark, tag in (("^", "sup"), ("_", "sub")):
        text = re.sub(rf"\{mark}\{{([^}}]*)\}}", lambda m, tag=tag: f"<{tag}>{m[1].replace('-', '−')}</{tag}>", text)
    return text

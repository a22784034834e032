"""Markdown as the result of a cell, readable as plain text where nothing renders it.

>>> Markdown("**Yes**")
**Yes**
"""

from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Markdown:
    """Text that a notebook renders; its plain form is the text itself, so that a changed word is a changed output."""

    text: str

    def __repr__(self):
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/markdown": self.text, "text/plain": self.text}


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

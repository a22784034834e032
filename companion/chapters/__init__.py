"""The chapters, one room each: ``companion/chapters/<slug>/``, named as the chapter's notebook.

A room holds what belongs to its chapter alone: ``exercises.py`` (a list ``EXERCISES``), ``claims.py`` (``CLAIMS``), ``runs.py``
(``RECORDINGS``) with the recorded files beside it, and the studies that no other chapter uses. This file knows no chapter but by
name: it finds what the rooms hold when it is asked. A room that lacks a file lacks these records, and that is all.

A chapter has one page or two: a core page, ``<slug>.ipynb``, and a deeper page, ``<slug>_deeper.ipynb``, one level below it.

>>> number("chain_rule"), slug("ch03"), of_page("chain_rule_deeper"), of_page("glossary")
(3, 'chain_rule', 'chain_rule', None)
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).parent
DEEPER = "_deeper"  # how the name of a deeper page ends
CHAPTERS = {  # slug: number, in the order of the book; a new chapter is a row here and a folder beside this file
    "welcome": 0,
    "what_is_a_gradient": 1,
    "gradient_descent": 2,
    "chain_rule": 3,
    "products": 4,
    "sigmoid_relu": 5,
    "initialisation": 6,
    "edge_of_chaos": 7,
    "normalisation": 8,
    "residual": 9,
    "clipping": 10,
    "activations": 11,
    "regularisation": 12,
    "optimisers": 13,
    "depth_and_width": 14,
    "pretraining": 15,
    "numbers": 18,
}


def number(slug):
    """The number of a chapter."""
    return CHAPTERS[slug]


def slug(label):
    """The slug of the chapter that an id like ``ch03-q-cost`` begins with; None if there is no such chapter."""
    return {f"ch{number:02d}": slug for slug, number in CHAPTERS.items()}.get(label.partition("-")[0])


def of_page(stem):
    """The slug of the chapter that a page belongs to, by the page's name without folder and ending; None for other pages."""
    slug = stem.removesuffix(DEEPER)
    return slug if slug in CHAPTERS else None


def records(slug, kind):
    """What a chapter's room holds of one kind: ``records("products", "claims")`` is the list ``CLAIMS`` of its ``claims.py``.

    ``kind`` is ``"exercises"``, ``"claims"`` or ``"runs"``; a room without that file holds none.
    """
    name = f"{__name__}.{slug}.{kind}"
    if find_spec(name) is None:
        return []
    return getattr(import_module(name), {"runs": "RECORDINGS"}.get(kind, kind.upper()))

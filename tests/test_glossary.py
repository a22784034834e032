"""The glossary has the words under which readers search: other names, American spelling."""

from pathlib import Path

import pytest

GLOSSARY = (Path(__file__).parents[1] / "book" / "glossary.md").read_text(encoding="utf-8")
WORDS = [
    "Kaiming",
    "Glorot",
    "optimizer",
    "initialization",
    "normalization",
    "regularization",
    "backprop",
    "ResNet",
    "BatchNorm",
    "AdamW",
]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_readers_search_for_is_there(word):
    assert word in GLOSSARY


def test_the_three_words_are_defined_as_the_package_uses_them():
    """``signals.fate``: a factor of ten, up or down."""
    from companion import signals

    assert signals.HEALTHY == 1.0 and "differ by at most a factor of ten" in GLOSSARY
    assert "less than a tenth" in GLOSSARY and "more than ten times" in GLOSSARY


def test_the_three_words_have_one_place_that_pages_link_to():
    """A page whose widget shows a profile says with a link what its word and colour mean."""
    assert GLOSSARY.count("(three-words)=") == 1
    book = Path(__file__).parents[1] / "book"
    pages = {path.stem: path.read_text(encoding="utf-8") for path in book.glob("*/*.ipynb")}
    shown = {name for name, text in pages.items() if "observables.RELATIVE" in text}
    assert shown >= {"initialisation", "edge_of_chaos", "normalisation", "residual", "activations"}
    assert not {name for name in shown if "(three-words)" not in pages[name]}

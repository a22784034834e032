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

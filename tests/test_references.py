"""The bibliography: every reference can be opened, and no two look alike where they are cited."""

import re
from pathlib import Path

import pytest

BIBLIOGRAPHY = Path(__file__).parents[1] / "book" / "references.bib"
ENTRIES = re.split(r"(?m)^(?=@\w+\{)", BIBLIOGRAPHY.read_text(encoding="utf-8"))[1:]
KEYS = {re.match(r"@\w+\{(\w+),", entry).group(1): entry for entry in ENTRIES if not entry.startswith("@comment")}
LINKS = {"doi": r"10\.\d{4,}/\S+", "eprint": r"\d{4}\.\d{4,5}", "url": r"https?://\S+"}


def field(entry, name):
    found = re.search(rf"(?m)^\s*{name}\s*=\s*\{{(.*)\}},?$", entry)
    return found and found.group(1)


def label(entry):
    """What a page shows: one surname, two, or "et al.", and the year."""
    names = [name.partition(",")[0] for name in field(entry, "author").split(" and ")]
    return (*(names if len(names) < 3 else [names[0], "et al."]), field(entry, "year"))


@pytest.mark.parametrize("key", KEYS)
def test_a_reference_has_a_link_that_opens(key):
    given = {name: field(KEYS[key], name) for name in LINKS if field(KEYS[key], name)}
    assert given, f"{key} has neither doi, eprint nor url"
    assert all(re.fullmatch(LINKS[name], value) for name, value in given.items()), given


def test_no_two_references_share_a_label():
    labels = [label(entry) for entry in KEYS.values()]
    assert [name for name in labels if labels.count(name) > 1] == []


def test_keys_are_unique():
    assert len(KEYS) == sum(not entry.startswith("@comment") for entry in ENTRIES)

"""Core pages keep to the rules that can be counted (`python -m tools.check --counts PAGE` prints the counts)."""

import copy
import json
from pathlib import Path

import pytest

from companion.book import core_page, toc
from companion.chapters import CHAPTERS, DEEPER

ROOT = Path(__file__).parents[1]
ABOVE = toc.above(toc.load(ROOT))
PAGES = {Path(name).name: name for name in ABOVE}
CORE = [slug for slug in CHAPTERS if slug + DEEPER in PAGES]
ONE_PAGE_STILL = {  # chapters that are not divided yet: a row goes when its deeper page comes, and none is added
    "initialisation",
    "edge_of_chaos",
    "normalisation",
    "residual",
    "clipping",
    "activations",
    "regularisation",
}


def notebook(name):
    return json.loads((ROOT / f"{name}.ipynb").read_text(encoding="utf-8"))


def overdue(core, waiting):
    """What is wrong with the list of chapters that are not divided yet, one sentence each."""
    for slug in CHAPTERS:
        if slug in core and slug in waiting:
            yield f"{slug} has got its deeper page: take it out of ONE_PAGE_STILL"
        if slug not in core and slug not in waiting:
            yield f"{slug} has no deeper page {slug}{DEEPER} in _toc.yml"
    yield from (f"{slug} in ONE_PAGE_STILL is no chapter" for slug in sorted(set(waiting) - set(CHAPTERS)))


def test_every_chapter_is_divided_or_named():
    assert list(overdue(CORE, ONE_PAGE_STILL)) == []


def test_the_list_of_chapters_can_only_shrink():
    assert list(overdue({"welcome"}, set(CHAPTERS))) == ["welcome has got its deeper page: take it out of ONE_PAGE_STILL"]
    assert list(overdue(set(), set(CHAPTERS) - {"products"})) == ["products has no deeper page products_deeper in _toc.yml"]
    assert list(overdue(set(), {*CHAPTERS, "attic"})) == ["attic in ONE_PAGE_STILL is no chapter"]


@pytest.mark.parametrize("slug", CORE)
def test_a_core_page_keeps_to_the_rules(slug):
    name = PAGES[slug]
    faults = core_page.faults(core_page.read(notebook(name)))
    assert not faults, "\n" + "\n".join(f"{name}: {fault}" for fault in faults)


@pytest.mark.parametrize("slug", CORE)
def test_a_deeper_page_stands_below_its_core_page(slug):
    """Only the first page of the book cannot have pages below it: its deeper page is the first in the list."""
    core, deeper = PAGES[slug], PAGES[slug + DEEPER]
    assert deeper == core + DEEPER and ABOVE[deeper] == core
    assert list(ABOVE)[list(ABOVE).index(core) + 1] == deeper
    title = core_page.read(notebook(deeper)).title
    assert title.endswith(", deeper"), f"{deeper}: the title ends in ', deeper', found {title!r}"


def test_every_deeper_page_has_its_core_page():
    assert {name for name in PAGES if name.endswith(DEEPER)} == {slug + DEEPER for slug in CORE}


# --- the rules can fail ---------------------------------------------------------------------------------------------------


def prose(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def cell(source, *outputs, tags=("remove-input",)):
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source, "outputs": list(outputs)}


WIDGET = {"data": {core_page.VIEW: {"model_id": "m"}}}


def ask(name, answered=True):
    task = {"data": {"text/markdown": f"What is {name}?"}}
    return cell(f'exercise("ch99-{name}")', task, *[WIDGET] * answered)


def good():
    """The cells of a page that keeps to the rules, three of them in every section."""
    sections = {
        "# How far?": ["Two sentences."],
        "## At stake: a net": ["It fails."],
        "## Guess first": [ask("guess")],
        "## See it: move": [cell("Explorer()", WIDGET), ask("s-one"), ask("s-two")],
        "## A number": [cell("x = 1\ny = 2", tags=()), ask("s-three")],
        "## Another one": [ask("s-four")],
        "## Then train": [ask("s-five")],
        "## Where it breaks": ["See the [proof](x_deeper.ipynb).", ask("s-six")],
        "## Is it so?": ["D1 says so. See the [ledger](../ledger.ipynb)."],
        "## Exercises": [*(ask(f"q-{i}") for i in range(3)), *(ask(f"c-{i}", answered=False) for i in range(2))],
        "## What you can now do": ["* this\n* that\n* more\n\nNext: [why?](y.ipynb)"],
    }
    found = []
    for heading, cells in sections.items():
        found.append(prose(heading))
        found += [prose(each) if isinstance(each, str) else each for each in cells]
    return {"cells": found}


def faults(change):
    page = copy.deepcopy(good())
    change(page["cells"])
    return core_page.faults(core_page.read(page))


def at(heading):
    """The index of the cell with this heading."""
    return next(i for i, each in enumerate(good()["cells"]) if each["source"].startswith(heading))


def into(heading, *cells):
    return lambda page: page.__setitem__(slice(at(heading) + 1, at(heading) + 1), list(cells))


def without(heading, which=0, cells=1):
    return lambda page: page.__delitem__(slice(at(heading) + which, at(heading) + which + cells))


def test_a_good_page_has_no_fault():
    assert faults(lambda page: None) == []


def test_a_section_of_its_own_may_stand_before_what_is_seen():
    """Between the guess and "Then train" the order is free, where a widget needs words that a small case brings."""

    def earlier(page):
        start, end = at("## A number"), at("## Another one")
        page[at("## See it") : end] = page[start:end] + page[at("## See it") : start]

    assert faults(earlier) == []
    assert faults(lambda page: page.insert(1, page.pop(at("## A number"))))  # but not before what is at stake


OPEN = [cell("x = 1", tags=()) for _ in range(12)]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda page: page[0].update(source="# A title"), "the title is a question, found 'A title'"),
        (without("## Then train"), "the sections are At stake · Guess first · See it · (own) · Where it breaks · Is it so?"),
        (lambda page: page.insert(1, page.pop(at("## Is it so?"))), "the sections are Is it so? · At stake"),
        (without("## Another one", cells=2), "the page has 1 sections of its own naming, allowed are 2 to 3"),
        (into("## A number", prose("word " * 1600)), "unfolded words, allowed are 1600"),
        (into("## A number", cell("table", {"data": {"text/markdown": "| word " * 1600}})), "unfolded words, allowed are 1600"),
        (into("## A number", *OPEN), "the page has 13 visible code cells, allowed are 12"),
        (into("## A number", *[cell("x\n" * 6, tags=())] * 2), "the visible code cells have a median of 6 lines, allowed are 5"),
        (without("## Guess first", 1), "section 'Guess first' asks 0 questions that are answered in the page, needed is 1"),
        (without("## Another one", 1), "section 'Another one' asks 0 questions"),
        (without("## Then train", 1), "section 'Then train' asks 0 questions"),
        (without("## Where it breaks", 2), "section 'Where it breaks' asks 0 questions"),
        (without("## See it", 1), "section 'See it: move' shows 0 widgets, needed is 1"),
        (without("## See it", 2), "section 'See it: move' asks 1 question, needed are 2"),
        (without("## Exercises", 4, 2), "section 'Exercises' has 3 exercises, allowed are 5 to 6"),
        (into("## Exercises", ask("q-7"), ask("q-8")), "section 'Exercises' has 7 exercises"),
        (without("## Exercises", 1), "section 'Exercises' has 2 exercises that are answered in the page, needed are 3"),
        (without("## What you", 1), "section 'What you can now do' lists 0 things, expected are 3"),
        (without("## Is it so?", 1), "section 'Is it so?' has 0 links to the ledger, needed is 1"),
        (into("## A number", prose("The Hessian says.")), "the page says 'Hessian', which belongs to a deeper page"),
        (into("## A number", prose("A digamma function.")), "the page says 'digamma'"),
        (into("## A number", prose("<details>It is χ² distributed.</details>")), "the page says 'χ²'"),
        (into("## A number", prose(r"It is $\chi^2$.")), r"the page says '\\chi^2'"),
        (into("## A number", prose("As D3 says.")), "section 'A number' names D3, which a newcomer has not met"),
        (without("## Where it breaks", 1), "the page has 0 links to its deeper page from 'Where it breaks' on, needed is 1"),
        (into("## A number", prose("First [read](x_deeper.ipynb).")), "section 'A number' has 1 unfolded links to a deeper page"),
    ],
)
def test_a_planted_fault_is_found(change, fault):
    assert [found for found in faults(change) if fault in found], faults(change)


@pytest.mark.parametrize(
    "change",
    [
        into("## A number", prose("<details>\n\n" + "word " * 1600 + "[more](x_deeper.ipynb)\n\n</details>")),
        into("## A number", prose(":::{dropdown} More\n" + "word " * 1600 + "\n:::")),
        into("## A number", prose("::::{admonition} Hint\n:class: tip dropdown\n:::{note}\n" + "word " * 1600 + "\n:::\n::::")),
        into("## A number", prose("```python\n" + "word " * 1600 + "\n```"), prose("<!-- " + "word " * 1600 + "-->")),
        into("## A number", cell("print()", {"data": {"text/plain": "word " * 1600}}, tags=["hide-input"])),
        into("## A number", *[cell("x\n" * 9, tags=["hide-input"])] * 20),
        into("## A number", prose("See [the claims](../ledger.ipynb#document=D1).")),
    ],
)
def test_what_is_folded_or_hidden_is_not_counted(change):
    assert faults(change) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It has 12<!--exact--> layers.", 4),
        ("$a + b$ and $$\nc = d\n$$", 3),
        ("| a | b c |\n|---|---|\n| 1 | 2 |", 5),
        ("A {term}`gradient` of [two words](https://example.org/a b) – *so*.", 6),
        (":::{note}\nthree words here\n:::", 3),
        ("![a picture](x.png) `code` here", 2),
    ],
)
def test_words_are_counted_as_they_are_read(text, count):
    assert core_page.words(text) == count


def test_the_counts_of_a_page_are_told():
    lines = [" ".join(line.split()) for line in core_page.told(core_page.read(good()))]
    assert lines[1:3] == ["visible code cells 1 of 12", "their median lines 2 of 5, the longest has 2"]
    assert "See it: move 3 words, 2 questions, 2 exercises, a widget" in lines

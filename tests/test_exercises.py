"""Every exercise: the right answer passes, each expected mistake earns its own advice, a stub is "not started"."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from companion.book import core_page
from companion.chapters import CHAPTERS, DEEPER
from companion.practice import catalogue as exercises
from companion.practice.checker import Choice, Code, Guess, Number, Order

ROOT = Path(__file__).parents[1]
ALL = exercises.load()
SPOT = "s"  # the sort of a question on the spot: a line in the run of the text, whose advice says all there is to say
KINDS = {"q": (Choice, Number, Order), "d": (Number, Code, Choice, Order), "c": (Code,), "i": (Number, Choice, Code, Order)}
KINDS[SPOT] = KINDS["q"]
PRACTICE = [e for e in ALL if not isinstance(e, Guess)]
NUMBERED = [e for e in PRACTICE if e.numbered]
CODES = [e for e in ALL if isinstance(e, Code)]


def each(records):
    return pytest.mark.parametrize("record", records, ids=lambda record: record.id)


def right_answer(record):
    """An answer that must pass."""
    if isinstance(record, Code):
        return record.reference
    if isinstance(record, Choice):
        right = [i for i, option in enumerate(record.options, 1) if option.correct]
        return right if record.several else right[0]
    return tuple(record.items) if isinstance(record, Order) else record.value()


def wrong_answers(record):
    """(answer, the advice it must earn) for every mistake that the record lists."""
    if isinstance(record, Choice):
        return [(i, option.advice) for i, option in enumerate(record.options, 1) if not option.correct]
    if isinstance(record, Number):
        return [(m["value"], m["advice"]) for m in record.public()["mistakes"]]
    return [(m.answer, m.advice) for m in record.mistakes if isinstance(record, Code) or not callable(m.answer)]


def light_texts(record):
    """Texts that widgets draw: light markup only."""
    yield from (getattr(record, name, "") for name in ("title", "unit", "comment"))
    for option in getattr(record, "options", ()):
        yield from (option.text, option.advice)
    yield from (mistake.advice for mistake in getattr(record, "mistakes", ()))
    yield from getattr(record, "items", ())


@pytest.mark.parametrize("slug", CHAPTERS)
def test_a_chapter_has_a_guess_and_every_sort_of_exercise(slug):
    records, chapter = exercises.of(slug), f"ch{CHAPTERS[slug]:02d}"
    guesses = [e.id for e in records if isinstance(e, Guess)]
    assert guesses[0] == f"{chapter}-guess" and all(re.fullmatch(rf"{chapter}-guess-[a-z0-9-]+", id) for id in guesses[1:])
    sorts = [e.id.split("-")[1] for e in records if e.numbered]
    assert len(sorts) >= 4
    assert set(sorts) >= {"q", "c", "i"} | ({"d"} if chapter != "ch00" else set())  # the welcome derives nothing


@each(ALL)
def test_a_displayed_formula_stands_alone(record):
    """Markdown shows $$…$$ as text where no blank line is above and below it."""
    for text in (record.prompt, *getattr(record, "hints", ()), getattr(record, "solution", "")):
        for block in text.strip().split("\n\n"):
            assert "$$" not in block or re.fullmatch(r"\$\$[^$]+\$\$", block.strip()), block


@pytest.mark.parametrize("slug", CHAPTERS)
def test_an_exercise_stands_on_one_page_of_its_chapter(slug):
    """On the core page or on the deeper one, and in the order of their numbers."""
    shown = [id for stem in (slug, slug + DEEPER) for id in shown_on(stem)]
    assert sorted(shown) == sorted(e.id for e in exercises.of(slug))
    numbered = [e.id for e in exercises.of(slug) if e.numbered]
    assert [id for id in shown if id in numbered] == numbered, "their numbers do not go up as the pages are read"


def shown_on(stem):
    """The ids of the exercises that the page of that name shows, in order."""
    for path in (ROOT / "book").rglob(f"{stem}.ipynb"):
        if ".ipynb_checkpoints" not in path.parts:
            page = core_page.read(json.loads(path.read_text(encoding="utf-8")))
            return [id for section in page.sections for id in section.exercises]
    return []


def test_ids_are_unique():
    ids = [record.id for record in ALL]
    assert len(ids) == len(set(ids))


@each(PRACTICE)
def test_the_id_says_chapter_sort_and_subject(record):
    match = re.fullmatch(r"ch\d\d-([qdcis])-[a-z0-9-]+", record.id)
    assert match, record.id
    assert isinstance(record, KINDS[match[1]])
    assert record.numbered == (match[1] != SPOT)


@each([e for e in ALL if not e.numbered])
def test_a_question_on_the_spot_has_no_number(record):
    assert exercises.find(record.id) == (record, "")


@pytest.mark.parametrize("slug", CHAPTERS)
def test_the_others_are_counted(slug):
    numbers = [exercises.find(e.id)[1] for e in exercises.of(slug) if e.numbered]
    assert numbers == [f"{CHAPTERS[slug]}.{count}" for count in range(1, len(numbers) + 1)]


@each([e for e in PRACTICE if not e.numbered])
def test_a_question_on_the_spot_is_light(record):
    """One line of question; what there is to say about an answer is its advice."""
    assert 0 < len(record.prompt.split()) <= 45
    assert len(getattr(record, "options", "--")) <= 4
    assert all(option.advice.strip() for option in getattr(record, "options", ()))


@each(NUMBERED)
def test_it_has_prompt_purpose_hints_and_solution(record):
    assert record.prompt.strip()
    assert record.purpose.strip()
    assert record.solution.strip()
    assert len(record.hints) >= 2
    assert all(hint.strip() for hint in record.hints)


@each(PRACTICE)
def test_the_right_answer_passes(record):
    verdict = record.judge(right_answer(record))
    assert verdict.correct, verdict


@each(PRACTICE)
def test_every_expected_mistake_earns_its_own_advice(record):
    expected = wrong_answers(record)
    assert expected, "an exercise without an expected mistake gives no specific advice"
    for answer, advice in expected:
        verdict = record.judge(answer)
        assert (verdict.status, verdict.advice) == ("wrong", advice)
    advices = [advice for _, advice in expected]
    assert len(set(advices)) == len(advices)
    assert all(advice.strip() for advice in advices)


@each(PRACTICE)
def test_no_answer_is_not_started(record):
    assert record.judge(None).status == "not started"


@each(CODES)
def test_an_untouched_stub_is_not_started(record):
    scope = {"np": np}
    exec(record.stub, scope)  # noqa: S102 - the stub is ours
    name = re.search(r"^def (\w+)\(", record.stub, re.MULTILINE)[1]
    assert record.judge(scope[name]).status == "not started"


@each(CODES)
def test_the_folded_solution_passes(record):
    block = re.search(r"```python\n(.*?)```", record.solution, re.DOTALL)
    assert block, "the solution of a code exercise shows its code"
    scope = {"np": np}
    exec(block[1], scope)  # noqa: S102 - the solution is ours
    name = re.search(r"^def (\w+)\(", record.stub, re.MULTILINE)[1]
    assert record.judge(scope[name]).correct, record.judge(scope[name])


@each([e for e in ALL if isinstance(e, Guess | Number)])
def test_a_number_is_computed_alike_twice(record):
    assert np.isfinite(record.value())
    assert record.value() == record.value()


@each([e for e in ALL if e.quiz])
def test_a_quiz_is_plain_data(record):
    assert json.loads(json.dumps(record.public()))["id"] == record.id


@each(ALL)
def test_texts_hold_only_markup_that_their_place_can_draw(record):
    for text in light_texts(record):
        found = re.search(r"\$|\*\*|\]\(|<[a-z/!]|\\", text)
        assert not found, f"{found[0]!r} in {text!r}: light markup is `code`, *emphasis*, x_{{12}}, 10^{{-3}}"
    for text in (record.prompt, record.purpose, record.solution, *record.hints):
        outside = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        assert outside.count("$") % 2 == 0, f"an odd number of $ in {text!r}"
        assert not re.search(r"\\begin\{align\*?\}|<script|<img", outside), text
        shown = re.search(r"[\^_]\{", re.sub(r"\$[^$]*\$", "", outside))
        assert not shown, f"light markup in Markdown, which shows its braces: {text!r}"

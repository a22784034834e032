"""The kinds of exercise: each answer earns its own words. Exercises of the book are judged in test_exercises."""

from dataclasses import replace

import numpy as np
import pytest

from companion.practice.checker import Choice, Code, Guess, Mistake, Number, Option, Order, check, exercise, find, hint
from companion.practice.trial import STATUSES, Verdict


def _slope(f, x, step):
    return (f(x + step) - f(x - step)) / (2 * step)


CODE = Code(
    "ch99-c-slope",
    "Slope",
    "Write it.",
    stub="def slope(f, x, step):\n    ...",
    reference=_slope,
    inputs=lambda rng: [(np.sin, rng.normal(size=3), 1e-3), (np.exp, 1.0, 1e-3)],
    mistakes=[Mistake(lambda f, x, step: (f(x + step) - f(x - step)) / step, "Divide by 2h.")],
    hints=["First.", "Second."],
)
NUMBER = Number("ch99-q-ratio", "Ratio", "How small?", answer=lambda: 1e-12, mistakes=[Mistake(lambda: 1e-6, "Both sides.")])
CHOICE = Choice("ch99-q-one", "One", "Which?", options=[Option("Left", advice="Look right."), Option("Right", True, "Indeed.")])
ABC = [Option("a", True, "A."), Option("b", True, "B."), Option("c", advice="Not c.")]
MANY = Choice("ch99-q-all", "All", "Which?", options=ABC)
BACKWARDS = Mistake(("d", "c", "b", "a"), "Backwards.")
ORDER = Order("ch99-q-order", "Order", "Sort.", items=["a", "b", "c", "d"], mistakes=[BACKWARDS])
GUESS = Guess("ch99-guess", "Guess", "How many?", answer=lambda: 1e-12, log=True, comment="A decade a layer.")


def mutate(f, x, step):
    x = np.atleast_1d(x) if np.ndim(x) == 0 else x
    x += 1
    return x


def explode(f, x, step):
    y = x["a"]
    return y


@pytest.mark.parametrize(
    ("answer", "status", "advice"),
    [
        (_slope, "correct", ""),
        (CODE.mistakes[0].answer, "wrong", "Divide by 2h."),
        (lambda f, x, step: None, "not started", ""),
        (lambda f, x, step: ..., "not started", ""),
        (None, "not started", ""),
        (0.5, "error", "Give the function itself, check(…, slope), not what it returns."),
        (lambda f, x: 1.0, "error", "It is called as `slope(f, x, step)`, with 3 arguments: too many positional arguments."),
        (explode, "error", 'IndexError in your line `y = x["a"]`: only integers'),
        (mutate, "error", "It changes its arguments in place"),
        (lambda f, x, step: "0.5", "wrong", "The result must be numbers, not a str."),
        (lambda f, x, step: np.zeros(2), "wrong", "The result has shape (2,); it should have shape (3,)."),
        (lambda f, x, step: _slope(f, x, step) * np.nan, "wrong", "The result is NaN at index 0"),
        (lambda f, x, step: _slope(f, x, step) * np.inf, "wrong", "The result overflows at index 0"),
        (lambda f, x, step: _slope(f, x, step) + 0j, "wrong", "The result is complex"),
        (lambda f, x, step: np.float32(_slope(f, x, step)), "wrong", "The result is float32; keep float64."),
        (lambda f, x, step: -_slope(f, x, step), "wrong", "The result has the right size and the opposite sign."),
        (lambda f, x, step: np.zeros(np.shape(x)), "wrong", "The result is 0 at index 0, but should be"),
        (lambda f, x, step: _slope(f, x, step) if np.ndim(x) else None, "wrong", "The result is None: is a return missing?"),
    ],
)
def test_code(answer, status, advice):
    verdict = CODE.judge(answer)
    assert verdict.status == status
    assert verdict.advice.startswith(advice)
    assert (verdict.more == 'hint("ch99-c-slope")') is (status in ("wrong", "error"))


def test_an_untouched_stub_and_not_implemented_are_not_started():
    scope = {}
    exec(CODE.stub, scope)  # noqa: S102 - the stub is ours
    assert CODE.judge(scope["slope"]).status == "not started"

    def later(f, x, step):
        raise NotImplementedError

    assert CODE.judge(later).status == "not started"


def test_code_is_judged_relatively_only():
    tiny = Code("ch99-c-t", "t", "p", stub="def f(x):\n    ...", reference=lambda x: x * 1e-300, inputs=lambda rng: [(1.0,)])
    assert tiny.judge(lambda x: 0.0).status == "wrong"
    assert tiny.judge(lambda x: x * 1e-300).correct


def test_code_compares_parts_words_and_truths():
    many = Code(
        "ch99-c-m",
        "m",
        "p",
        stub="def f(x):\n    ...",
        reference=lambda x: {"sum": x.sum(), "parts": (x, "up", True, [np.zeros(2), np.zeros(3)])},
        inputs=lambda rng: [(np.arange(3.0),)],
    )

    def answer(**changed):
        return lambda x: {"sum": x.sum(), "parts": (x, "up", True, [np.zeros(2), np.zeros(3)])} | changed

    assert many.judge(answer()).correct
    assert "must be a dict with the keys sum, parts" in many.judge(lambda x: x).advice
    assert "must be 4 things, not 2 things in a tuple" in many.judge(answer(parts=(1, 2))).advice
    assert "(part 2) must be 'up', not 'down'" in many.judge(answer(parts=(np.arange(3.0), "down", True, []))).advice
    assert "(part 3) must be True, not 1." in many.judge(answer(parts=(np.arange(3.0), "up", 1.0, []))).advice
    assert "The result at 'sum' is 4, but should be 3." in many.judge(answer(sum=4.0)).advice


@pytest.mark.parametrize(
    ("answer", "status", "advice"),
    [
        (1e-12, "correct", "1e-12."),
        ("1e-12", "correct", "1e-12."),
        (np.array([1e-12]), "correct", ""),
        (1e-6, "wrong", "Both sides."),
        (-1e-12, "wrong", "The size is right, the sign is not."),
        (-12, "wrong", "That is the power of ten"),
        (1e12, "wrong", "That is the reciprocal"),
        (1e-10, "wrong", "That is in percent; give the fraction."),
        (1e-8, "wrong", "Too large by 4.0 powers of ten."),
        (2e-12, "wrong", "Too large."),
        (0, "wrong", "Too small."),
        (None, "not started", ""),
        (..., "not started", ""),
        (float("nan"), "error", "nan is not a usable answer"),
        (1j, "error", "Answer with a real number; this one is complex"),
        (np.zeros(3), "error", "Answer with one number; this is an array of shape (3,)."),
        (True, "error", "Answer with a number, not with bool."),
        ("many", "error", "Write a number such as 0.25, −3, 1e-12, 10^-12 or 2*sqrt(pi), not “many”."),
        (len, "error", "Answer with the number, not with the function"),
    ],
)
def test_number(answer, status, advice):
    verdict = NUMBER.judge(answer)
    assert (verdict.status, verdict.advice[: len(advice)]) == (status, advice)


def test_zero_is_no_answer_to_a_tiny_number_but_atol_can_allow_it():
    assert not NUMBER.judge(0.0).correct
    assert Number("ch99-q-z", "z", "p", answer=0.0, atol=0.1).judge(0.05).correct


@pytest.mark.parametrize(
    ("answer", "status", "advice"),
    [
        (2, "correct", "Indeed."),
        (np.int64(2), "correct", "Indeed."),
        ("right", "correct", "Indeed."),
        (1, "wrong", "Look right."),
        (None, "not started", ""),
        (0, "error", "Answer with a number from 1 to 2, not 0."),
        (True, "error", "Answer with a number from 1 to 2, not True."),
        ("up", "error", "Answer with a number from 1 to 2, not 'up'."),
    ],
)
def test_choice(answer, status, advice):
    verdict = CHOICE.judge(answer)
    assert (verdict.status, verdict.advice) == (status, advice)


def test_several_right_options():
    assert MANY.judge([1, 2]).advice == "A. B."
    assert MANY.judge([1]).advice == "So far so good, but 1 more is right."
    assert MANY.judge([1, 3]).advice == "Not c."
    assert "a list of numbers" in MANY.judge([7]).advice


def test_a_choice_needs_a_right_option():
    with pytest.raises(ValueError, match="at least one of them correct"):
        Choice("ch99-q-x", "x", "p", options=[Option("a"), Option("b")])


@pytest.mark.parametrize(
    ("answer", "status", "advice"),
    [
        (("a", "b", "c", "d"), "correct", ""),
        (("d", "c", "b", "a"), "wrong", "Backwards."),
        (("a", "b", "d", "c"), "wrong", "The first 2 are right; number 3 is not."),
        (("b", "a", "c", "d"), "wrong", "The first one is not."),
        ((), "not started", ""),
        (("a", "b"), "error", "Answer with each item once, as a tuple like (1, 2, 3, 4)"),
        (7, "error", "Answer with each item once"),
    ],
)
def test_order(answer, status, advice):
    verdict = ORDER.judge(answer)
    assert (verdict.status, verdict.advice[: len(advice)]) == (status, advice)


def test_order_is_shown_shuffled_and_takes_the_numbers_shown():
    assert ORDER.shown != ORDER.items
    assert sorted(ORDER.shown) == sorted(ORDER.items)
    assert ORDER.judge(tuple(ORDER.shown.index(item) + 1 for item in ORDER.items)).correct
    public = ORDER.public()
    assert [public["items"][i] for i in public["answer"]] == list(ORDER.items)
    assert [public["items"][i] for i in public["mistakes"][0]["orders"][0]] == ["d", "c", "b", "a"]


def test_numbers_are_shown_with_the_digits_in_which_they_differ():
    record = Code("ch99-c-one", "One", "Give 1/3.", stub="", reference=lambda: 1 / 3, inputs=lambda rng: [()], rtol=1e-12)
    assert "is 0.33333334, but should be 0.33333333." in record.judge(lambda: 1 / 3 + 5e-9).advice
    assert "is 3, but should be 0.333333." in record.judge(lambda: 3.0).advice


def test_guess_reveals_and_judges_nothing():
    verdict = GUESS.judge(1e-3)
    assert verdict.status == "guessed" and not verdict.correct
    assert verdict.advice == "You guessed 10^{-3.0}; in fact: 10^{-12.0}. A decade a layer."
    assert GUESS.public()["text"] == "10^{-12.0}"


def test_a_quiz_takes_only_plain_data():
    import json

    for record in (NUMBER, CHOICE, MANY, ORDER, GUESS):
        assert json.loads(json.dumps(record.public()))["id"] == record.id
        assert record.quiz
    assert not CODE.quiz


def test_a_verdict_reads_the_same_in_text_and_markdown():
    verdict = Verdict("wrong", "Divide by 2h.", 'hint("ch99-c-slope")')
    assert repr(verdict) == 'Not yet. Divide by 2h.\nStuck? hint("ch99-c-slope")'
    bundle = verdict._repr_mimebundle_()
    assert bundle["text/plain"] == repr(verdict)
    assert bundle["text/markdown"] == '✗ **Not yet.** Divide by 2h.\n\nStuck? `hint("ch99-c-slope")`'
    assert {CODE.judge(a).status for a in (_slope, None, 0.5, np.sin)} <= set(STATUSES)


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(ValueError, match=r"there is no exercise 'ch00-q-axs'; did you mean ch00-q-axis"):
        find("ch00-q-axs")
    with pytest.raises(ValueError, match=r"there is no exercise 'nonsense'; did you mean ch\d\d-"):
        check("nonsense", 1)
    with pytest.raises(TypeError, match="exercise id must be a text like 'ch00-q-axis', got 3"):
        check(3, 1)


def test_hints_come_in_order_and_start_again():
    first = hint("ch00-q-axis", 1)
    assert str(first.text).startswith("**Hint 1 of 2.**")
    assert hint("ch00-q-axis").text.startswith("**Hint 2 of 2.**")
    assert hint("ch00-q-axis") == first
    with pytest.raises(ValueError, match="number must be a hint from 1 to 2, got 3"):
        hint("ch00-q-axis", 3)


def test_an_error_deep_in_a_library_is_shown_at_the_reader_s_own_line():
    def inverse(f, x, step):
        singular = np.zeros((2, 2))
        return np.linalg.inv(singular)

    assert CODE.judge(inverse).advice == "LinAlgError in your line `return np.linalg.inv(singular)`: Singular matrix"


@pytest.mark.parametrize("record", [NUMBER, ORDER], ids=["number", "order"])
def test_a_right_answer_earns_its_comment(record):
    told = replace(record, comment="A decade a layer.")
    right = 1e-12 if record is NUMBER else tuple(ORDER.items)
    assert told.judge(right).advice == f"{record.judge(right).advice} A decade a layer.".strip()
    assert told.public()["comment"] == "A decade a layer." and "comment" not in record.public()
    assert "decade" not in told.judge(0.5 if record is NUMBER else tuple(ORDER.items[::-1])).advice


@pytest.mark.parametrize("length", range(2, 9))
def test_an_order_is_never_shown_solved(length):
    record = Order("ch99-q-o", "o", "p", items=[f"item {i}" for i in range(length)])
    assert record.shown != tuple(record.items)
    assert record.shown == record.shown


@pytest.fixture
def shown(monkeypatch):
    """What ``exercise`` displays, in order."""
    seen = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    return seen


def test_a_quiz_is_shown_as_task_widget_and_folded_help(shown):
    exercise("ch00-q-axis")
    task, widget, help_ = shown
    assert task.text.startswith('<h3 class="course-exercise" id="ch00-q-axis">Exercise 0.1. Read the axis</h3>')
    assert widget.spec["options"][1]["correct"]
    assert help_.text.count("<details") == help_.text.count("</details>") == 3  # two hints and the solution


def test_code_is_shown_without_a_widget_and_says_where_it_runs(shown):
    exercise("ch00-c-decades")
    task, help_ = shown
    assert "Where the page is a notebook (⤓ downloads it, for JupyterLab, Colab or Binder), `check` tells" in task.text
    assert "```python" in help_.text


def test_a_guess_has_no_number_and_no_folds(shown):
    exercise("ch00-guess")
    assert len(shown) == 2
    assert ">What reaches layer 1?</h3>" in shown[0].text

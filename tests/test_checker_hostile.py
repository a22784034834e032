"""Anything at all is an answer: every kind of exercise turns it into a verdict, and leaves the process as it was."""

import decimal
import fractions
import math
import os
import random
import re
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from hostile import ERRORS, coroutine, itself, raiser, random_value, values
from markdown_it import MarkdownIt
from test_checker import CHOICE, CODE, GUESS, MANY, NUMBER, ORDER

from companion.practice import patience, trial
from companion.practice.checker import check
from companion.practice.plain import plain
from companion.practice.trial import STATUSES, Verdict

KINDS = {"choice": CHOICE, "choices": MANY, "number": NUMBER, "order": ORDER, "guess": GUESS, "code": CODE}


def answers(kind):
    """At least a thousand answers for a kind of exercise; for code, also functions that return or raise them."""
    rng = np.random.default_rng(6)
    made = [*values(), *(random_value(rng) for _ in range(1000))]
    if kind != "code":
        return made
    return [*made, *(lambda f, x, step, value=value: value for value in made)]


def state():
    """What an answer could change."""
    numpy_state = np.random.get_state()
    return (
        (numpy_state[1].tobytes(), numpy_state[2:], random.getstate(), np.geterr(), repr(np.get_printoptions()), os.getcwd()),
        (
            tuple(warnings.filters),
            sys.getrecursionlimit(),
            sys.stdout,
            np.mean,
            math.sqrt,
            sum,
            signal.getsignal(signal.SIGALRM),
        ),
        signal.getitimer(signal.ITIMER_REAL),
    )


def assert_verdict(verdict, answer=None):
    assert isinstance(verdict, Verdict) and verdict.status in STATUSES
    assert len(repr(verdict)) < 2000, f"{len(repr(verdict))} characters for {type(answer)}"
    assert verdict._repr_mimebundle_()["text/plain"] == repr(verdict)
    assert "\n" not in verdict.advice


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_gets_a_verdict(kind):
    given, before, seen = answers(kind), state(), set()
    assert len(given) >= 1000
    start = time.process_time()  # the machine's other work does not count
    for answer in given:
        verdict = KINDS[kind].judge(answer)
        assert_verdict(verdict, answer)
        seen.add(verdict.status)
    assert state() == before
    assert time.process_time() - start < 60
    assert {"error", "not started"} <= seen


@pytest.mark.parametrize("exercise_id", ["ch00-q-axis", "ch00-q-layer", "ch00-guess", "ch00-c-decades"])
def test_check_itself_takes_anything(exercise_id):
    for answer in values():
        assert_verdict(check(exercise_id, answer), answer)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (decimal.Decimal("1e-12"), "correct"),
        (fractions.Fraction(1, 10**12), "correct"),
        (np.float16(1), "wrong"),
        (np.longdouble(1) / 10**12, "correct"),
        (10**400, "error"),
        (np.timedelta64(3, "s"), "error"),
        (decimal.Decimal("sNaN"), "error"),
    ],
)
def test_every_sort_of_number_is_read(answer, status):
    assert NUMBER.judge(answer).status == status


def test_tensors_are_numbers():
    torch = pytest.importorskip("torch")
    assert NUMBER.judge(torch.tensor(1e-12, dtype=torch.float64, requires_grad=True)).correct
    assert CODE.judge(lambda f, x, step: torch.tensor(CODE.reference(f, x, step), requires_grad=True)).correct


def test_what_is_too_large_or_masked_is_named_and_not_read():
    assert "that is too large or contains itself" in plain(itself()[0]).name
    assert plain(range(10**12)).name == "range"
    assert plain(np.ma.array([1.0], mask=[True])).name == "masked array"
    assert "not with coroutine" in NUMBER.judge(coroutine()).advice
    assert CODE.judge(coroutine).status == "error"

    async def slope(f, x, step):
        return 1.0

    assert CODE.judge(slope).advice.startswith("The result must be numbers, not a coroutine.")


def test_a_very_long_number_is_refused_at_once():
    start = time.process_time()
    assert "That has 100,000 characters" in NUMBER.judge("1" * 10**5).advice
    assert NUMBER.judge(10**100_000).status == "error"
    assert time.process_time() - start < 1


@pytest.mark.parametrize("error", [*ERRORS, type("Odd", (Exception,), {"__str__": raiser(ValueError)})])
def test_whatever_a_function_raises_is_told_with_its_line(error):
    def slope(f, x, step):
        raise error

    verdict = CODE.judge(slope)
    assert verdict.status == "error"
    assert "in your line `raise error`" in verdict.advice
    assert ("Interrupted" if error is KeyboardInterrupt else error.__name__) in verdict.advice


def endless(f, x, step):
    while True:
        step += 1


def swallows(f, x, step):
    while True:
        try:
            while True:
                step += 1
        except Exception:
            pass


@pytest.mark.parametrize("function", [endless, swallows, lambda f, x, step: time.sleep(60)])
def test_an_endless_function_is_interrupted(monkeypatch, function):
    monkeypatch.setattr(trial, "SECONDS", 0.2)
    before = state()
    verdict = CODE.judge(function)
    assert (verdict.status, state()) == ("error", before)
    assert re.fullmatch(
        r"It had not returned after 0.2 s and was interrupted in your line `.*`. Does a loop never end\?", verdict.advice
    )


def test_an_answer_whose_conversion_never_ends_is_interrupted(monkeypatch):
    monkeypatch.setattr(trial, "SECONDS", 0.2)
    forever = type("Forever", (), {"__float__": lambda self: endless(0, 0, 0)})()
    assert "had not returned" in NUMBER.judge(forever).advice


def in_a_thread(work):
    results = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def test_beside_the_main_thread_a_function_is_interrupted_too(monkeypatch):
    monkeypatch.setattr(trial, "SECONDS", 0.2)
    assert "had not returned" in in_a_thread(lambda: CODE.judge(endless)).advice
    monkeypatch.undo()
    assert in_a_thread(lambda: CODE.judge(CODE.reference)).correct


def test_where_nothing_can_interrupt_nothing_does(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(signal, "setitimer", raiser(AssertionError))
    monkeypatch.setattr(threading, "Thread", raiser(AssertionError))
    assert CODE.judge(CODE.reference).correct


def test_another_s_alarm_goes_on():
    rung = []
    handler = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with patience.limit(5):
            time.sleep(0.01)
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] < 0.3
        time.sleep(0.4)
        assert rung == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def test_an_interrupt_by_the_reader_is_one_line():
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # a process in the background ignores it

    def interrupted(*_):
        os.kill(os.getpid(), signal.SIGINT)  # from within, so that it comes neither too early nor too late
        while True:
            pass

    try:
        verdict = CODE.judge(interrupted)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert re.fullmatch(r"Cannot be checked. Interrupted in your line `.*`: nothing was judged.", repr(verdict).splitlines()[0])


def test_an_interrupt_while_the_right_answer_is_measured_is_one_line(monkeypatch):
    monkeypatch.setattr(type(GUESS), "value", raiser(KeyboardInterrupt))
    assert check("ch00-guess", 1).advice == "Interrupted: nothing was judged."


def test_the_process_is_left_as_found(tmp_path):
    def slope(f, x, step):
        np.seterr(all="raise")
        np.random.seed(1)  # noqa: NPY002
        random.seed(1)
        warnings.simplefilter("ignore")
        np.set_printoptions(precision=1)
        os.chdir(tmp_path)
        sys.setrecursionlimit(5000)
        sys.stdout = None
        np.mean = np.median
        math.sqrt = None
        signal.setitimer(signal.ITIMER_REAL, 0)
        return CODE.reference(f, x, step)

    before = state()
    verdict = CODE.judge(slope)
    assert state() == before
    assert verdict.correct
    assert verdict.advice == "`math.sqrt`, `numpy.mean` had been replaced by something else; what was there before is back."


def test_a_function_replaced_in_an_earlier_cell_is_named_and_put_back():
    from companion import theory

    mean, judged = np.mean, []
    try:
        np.mean = judged.append
        verdict = NUMBER.judge(1e-12)
        assert verdict.correct and verdict.advice.endswith(
            "`numpy.mean` had been replaced by something else; what was there before is back."
        )
        assert np.mean is mean
    finally:
        np.mean = mean

    def slope(f, x, step):
        theory.gaussian_mean = None
        raise ValueError("late")

    assert "`companion.theory.gaussian_mean` had been replaced" in CODE.judge(slope).advice
    assert callable(theory.gaussian_mean)


HTML = [
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "&lt;",
    "a|b",
    "`<i>`",
    "\\`<i>x</i>`",
    "``<i>``",
    "` `` <i>",
    "[a](javascript:b)",
    "![a](b)",
]


@pytest.mark.parametrize("text", [*HTML, "</p><h1>", "<!-- x", "$x$", "\n\n# head\n\n- <i>"])
@pytest.mark.parametrize("kind", KINDS)
def test_html_in_an_answer_is_shown_as_text(kind, text):
    def slope(f, x, step):
        raise ValueError(text)

    given = [text, [text], (text, 1), {text: 1}, type(text, (), {})(), type(text, (Exception,), {})]
    for answer in [*given, slope, lambda f, x, step: text, lambda f, x, step: type(text, (), {})()]:
        verdict = KINDS[kind].judge(answer)
        html = MarkdownIt("gfm-like", {"linkify": False}).render(verdict._repr_mimebundle_()["text/markdown"])
        tags = set(re.findall(r"<(/?\w+)", html)) - {
            "p",
            "/p",
            "strong",
            "/strong",
            "code",
            "/code",
            "em",
            "/em",
            "sub",
            "/sub",
            "sup",
            "/sup",
        }
        assert not tags, (verdict, html)
        assert not re.search(r"\$[^<]*\$", html)

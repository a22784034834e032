"""The kinds of exercise: records that know the right answer, the mistakes to expect, and the advice that each deserves.

>>> sum_ = Code("ch99-c-sum", "Sum", "Write $a + b$.", stub="def f(a, b):\\n    ...", reference=lambda a, b: a + b,
...             inputs=lambda rng: [(2.0, 3.0)], mistakes=[Mistake(lambda a, b: a * b, "You multiplied. Add.")])
>>> sum_.judge(lambda a, b: a * b)
Not yet. You multiplied. Add.
>>> sum_.judge(lambda a, b: a + b)
Correct.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import permutations
from math import isfinite, log10
from numbers import Integral, Real

import numpy as np

from companion.practice import trial, typed
from companion.practice.plain import Thing, name, plain
from companion.practice.surroundings import with_note
from companion.practice.trial import Verdict
from companion.require import shown
from companion.views.markdown import unmarked_fields


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that is expected, and the advice it earns. ``answer``: for Number a value (or a function that computes
    it), for Order a tuple of items (or a predicate of one), for Code a wrong implementation."""

    answer: object
    advice: str

    def __post_init__(self):
        unmarked_fields(self)


@dataclass(frozen=True)
class Option:
    """An answer to choose; ``advice`` says why it is right, or what to think about instead."""

    text: str
    correct: bool = False
    advice: str = ""

    def __post_init__(self):
        unmarked_fields(self)


@dataclass(frozen=True)
class Exercise:
    """What all kinds share. Texts are Markdown with $math$; advice is light markup (`code`, *emphasis*, x_{12})."""

    id: str
    title: str
    prompt: str
    hints: tuple = field(default=(), kw_only=True)
    solution: str = field(default="", kw_only=True)
    purpose: str = field(default="", kw_only=True)
    kind = ""

    def __post_init__(self):
        unmarked_fields(self)

    @property
    def quiz(self):
        """Can it be answered on the page (choice, number, order, guess), without running code?"""
        return self.kind != "code"

    @property
    def numbered(self):
        """Has it a number, as in "Exercise 4.2"? A guess has none, nor has a question on the spot (``ch04-s-…``)."""
        return self.kind != "guess" and self.id.split("-")[1:2] != ["s"]

    def judge(self, answer):
        """The verdict on an answer, whatever it is."""
        given, problem, replaced = trial.guarded(lambda: plain(answer))
        if problem:
            return self._verdict("error", with_note(problem, replaced))
        verdict = self._judged(given)
        return replace(verdict, advice=with_note(verdict.advice, replaced))

    def _verdict(self, status, advice=""):
        more = f'hint("{self.id}")' if status in ("wrong", "error") and self.hints else ""
        return Verdict(status, advice, more)


@dataclass(frozen=True)
class Guess(Exercise):
    """Predict, then reveal: nothing is right or wrong. ``log``: compared as powers of ten."""

    answer: Callable[[], float] = None
    unit: str = ""
    log: bool = False
    comment: str = ""
    kind = "guess"

    def value(self):
        return float(_call(self.answer))

    def public(self):
        """What the widget needs to know."""
        fields = {"answer": self.value(), "unit": self.unit, "log": self.log, "comment": self.comment}
        return _shared(self) | fields | {"text": self._said(self.value())}

    def _judged(self, answer):
        if answer is None or answer is Ellipsis:
            return self._verdict("not started")
        guess, problem = _one_number(answer, self.unit)
        if problem:
            return self._verdict("error", problem)
        return self._verdict(
            "guessed", f"You guessed {self._said(guess)}; in fact: {self._said(self.value())}. {self.comment}"
        )

    def _said(self, value):
        plain = f"{value:,.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"
        number = f"10^{{{log10(value):.1f}}}" if self.log and value > 0 else plain
        return f"{number} {self.unit}".strip()


@dataclass(frozen=True)
class Choice(Exercise):
    """One (or, with several correct ones, each) of the ``options``; answered by number (1, 2 …) or by text."""

    options: tuple = ()
    kind = "choice"

    def __post_init__(self):
        super().__post_init__()
        if len(self.options) < 2 or not any(option.correct for option in self.options):
            raise ValueError(f"options of {self.id} must be two or more, at least one of them correct, got {self.options!r}")

    @property
    def several(self):
        return sum(option.correct for option in self.options) > 1

    def public(self):
        options = [{"text": o.text, "correct": o.correct, "advice": o.advice} for o in self.options]
        return _shared(self) | {"options": options, "multiple": self.several}

    def _judged(self, answer):
        answer = _listed(answer)
        answers = list(answer) if isinstance(answer, list | tuple | set) else [answer]
        if any(a is None or a is Ellipsis for a in answers) or not answers:
            return self._verdict("not started")
        chosen = [self._option(a) for a in answers]
        if None in chosen:
            many = "a list of numbers" if self.several else "a number"
            return self._verdict("error", f"Answer with {many} from 1 to {len(self.options)}, not {shown(answer)}.")
        wrong = [option for option in chosen if not option.correct]
        if wrong:
            return self._verdict("wrong", wrong[0].advice)
        missing = sum(option.correct for option in self.options) - len(set(chosen))
        if missing:
            return self._verdict("wrong", f"So far so good, but {missing} more {'is' if missing == 1 else 'are'} right.")
        return self._verdict("correct", " ".join(dict.fromkeys(option.advice for option in chosen)))

    def _option(self, answer):
        if isinstance(answer, Integral) and not isinstance(answer, bool) and 1 <= answer <= len(self.options):
            return self.options[answer - 1]
        texts = [option.text.casefold() for option in self.options]
        wanted = str(answer).strip().casefold() if isinstance(answer, str | Real) and not isinstance(answer, bool) else None
        return self.options[texts.index(wanted)] if wanted in texts else None


@dataclass(frozen=True)
class Number(Exercise):
    """A number, right within ``rtol`` (relative) or, where 0 is near, within ``atol``; ``comment`` follows the right answer."""

    answer: object = None
    rtol: float = 0.01
    atol: float = 0.0
    unit: str = ""
    mistakes: tuple = ()
    comment: str = ""
    kind = "number"

    def value(self):
        return float(_call(self.answer))

    def public(self):
        mistakes = [{"value": float(_call(m.answer)), "advice": m.advice} for m in self.mistakes]
        return _shared(self) | {
            "answer": self.value(),
            "rtol": self.rtol,
            "atol": self.atol,
            "unit": self.unit,
            "mistakes": mistakes,
            **_comment(self),
        }

    def _judged(self, answer):
        if answer is None or answer is Ellipsis:
            return self._verdict("not started")
        got, problem = _one_number(answer, self.unit)
        if problem:
            return self._verdict("error", problem)
        want = self.value()
        if self._near(got, want):
            return self._verdict("correct", f"{f'{_written(want)} {self.unit}'.strip()}. {self.comment}".strip())
        for mistake in self.mistakes:
            if self._near(got, float(_call(mistake.answer))):
                return self._verdict("wrong", mistake.advice)
        return self._verdict("wrong", self._guidance(got, want))

    def _near(self, got, want):
        return abs(got - want) <= max(self.rtol * abs(want), self.atol)

    def _guidance(self, got, want):
        """Advice for a mistake nobody listed: sign, logarithm, reciprocal, percent, or just the direction."""
        if want and self._near(-got, want):
            return "The size is right, the sign is not."
        if want > 0 and abs(log10(want)) >= 2 and self._near(got, log10(want)):
            return "That is the power of ten; the number itself is asked for."
        if got and want and self._near(1 / got, want):
            return "That is the reciprocal: which of the two goes into which?"
        if want and self._near(got / 100, want):
            return "That is in percent; give the fraction."
        if got and want and (got > 0) != (want > 0):
            return f"Look at the sign first: it is {'above' if want > 0 else 'below'} 0."
        apart = log10(abs(got)) - log10(abs(want)) if got and want else 0
        if abs(apart) >= 1:
            return f"Too {'large' if apart > 0 else 'small'} by {abs(apart):.1f} powers of ten."
        if want < 0:  # "−2 is larger than −3" helps nobody
            return f"Too {'large' if got < want else 'small'} in size."
        return f"Too {'large' if got > want else 'small'}."


@dataclass(frozen=True)
class Order(Exercise):
    """Put ``items`` (given in the right order) in order; shown shuffled by a fixed seed. Answered with a tuple of texts or of
    the numbers shown; ``comment`` follows the right answer."""

    items: tuple = ()
    mistakes: tuple = ()
    comment: str = ""
    kind = "order"

    @property
    def shown(self):
        """The items as shown: shuffled, never in the right order."""
        rng = np.random.default_rng(len(self.items))
        while True:
            order = rng.permutation(len(self.items))
            if (np.diff(order) < 0).any():
                return tuple(self.items[i] for i in order)

    def public(self):
        shown = self.shown
        every = tuple(permutations(range(len(shown))))
        orders = ([o for o in every if self._is(mistake, [shown[i] for i in o])] for mistake in self.mistakes)
        mistakes = [{"orders": o, "advice": mistake.advice} for o, mistake in zip(orders, self.mistakes, strict=True)]
        return _shared(self) | {
            "items": list(shown),
            "answer": [shown.index(i) for i in self.items],
            "mistakes": mistakes,
            **_comment(self),
        }

    def _judged(self, answer):
        answer = _listed(answer)
        if answer is None or answer is Ellipsis or (isinstance(answer, list | tuple) and not answer):
            return self._verdict("not started")
        given = self._items(answer)
        if given is None:
            numbers = tuple(range(1, len(self.items) + 1))
            return self._verdict("error", f"Answer with each item once, as a tuple like {numbers}, not {shown(answer)}.")
        if given == tuple(self.items):
            return self._verdict("correct", self.comment)
        for mistake in self.mistakes:
            if self._is(mistake, given):
                return self._verdict("wrong", mistake.advice)
        first = next(i for i, (got, want) in enumerate(zip(given, self.items, strict=True)) if got != want)
        if first == 0:
            return self._verdict("wrong", "The first one is not.")
        return self._verdict("wrong", f"The first {first} {'is' if first == 1 else 'are'} right; number {first + 1} is not.")

    @staticmethod
    def _is(mistake, given):
        return mistake.answer(tuple(given)) if callable(mistake.answer) else tuple(mistake.answer) == tuple(given)

    def _items(self, answer):
        if not isinstance(answer, list | tuple):
            return None
        if all(isinstance(a, Integral) and not isinstance(a, bool) and 1 <= a <= len(self.items) for a in answer):
            answer = [self.shown[a - 1] for a in answer]
        texts = [a for a in answer if isinstance(a, str)]
        return tuple(texts) if len(texts) == len(answer) and sorted(texts) == sorted(self.items) else None


@dataclass(frozen=True)
class Code(Exercise):
    """A function to write: compared with ``reference`` on ``inputs(rng)``, a list of argument tuples (rtol, never an atol)."""

    stub: str = ""
    reference: Callable = None
    inputs: Callable = None
    rtol: float = 1e-9
    mistakes: tuple = ()
    kind = "code"

    def judge(self, answer):
        status, advice = trial.run(self, answer)
        return self._verdict(status, advice)


def _shared(record):
    return {"id": record.id, "kind": record.kind, "title": record.title}


def _comment(record):
    """What follows the right answer, where there is something to say."""
    return {"comment": record.comment} if record.comment else {}


def _call(value):
    return value() if callable(value) else value


def _written(value):
    """A number of an answer: a whole one below a million exactly, any other with four significant digits."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e6 else f"{value:.4g}"


def _listed(answer):
    """A short vector as the list, a 0-d array as the number that it means; anything else as it is."""
    return answer.tolist() if isinstance(answer, np.ndarray) and answer.ndim < 2 and answer.size < 100 else answer


def _one_number(answer, unit=""):
    """``(number, "")``, or ``(None, what is wrong with it)``, of plain data."""
    if isinstance(answer, str):
        return typed.number(answer, unit)
    if isinstance(answer, np.ndarray) and answer.size != 1:
        return None, f"Answer with one number; this is an array of shape {answer.shape}."
    if isinstance(answer, np.ndarray):
        answer = answer.item()
    if isinstance(answer, Thing) and answer.callable:
        return None, "Answer with the number, not with the function: call it first."
    if isinstance(answer, complex | np.complexfloating):
        return None, f"Answer with a real number; this one is complex ({answer:.4g})."
    if isinstance(answer, bool) or not isinstance(answer, Real):
        return None, f"Answer with a number, not with {name(answer)}."
    if not isfinite(answer):
        return None, f"{answer} is not a usable answer: something overflowed, or 0 was divided by 0."
    return float(answer), ""

"""Run a reader's function beside the reference and say, in one sentence, what is different.

>>> Verdict("wrong", "Divide by 2h.", 'hint("ch01-c-central")')
Not yet. Divide by 2h.
Stuck? hint("ch01-c-central")
"""

import inspect
import linecache
from copy import deepcopy
from dataclasses import dataclass
from numbers import Number
from types import FunctionType, MethodType

import numpy as np

from companion.practice.patience import TimeUp, limit
from companion.practice.plain import name as kind_name
from companion.practice.plain import plain
from companion.practice.surroundings import left_as_found, with_note
from companion.require import shown
from companion.views.markdown import inert, light

SEED = 20230612
SECONDS = 20  # so long may an answer run
STATUSES = {
    "correct": "Correct.",
    "wrong": "Not yet.",
    "guessed": "Noted.",
    "not started": "Not started yet.",
    "error": "Cannot be checked.",
}
_MARKS = {"correct": "✓", "wrong": "✗", "guessed": "●", "not started": "○", "error": "⚠"}


@dataclass(frozen=True, repr=False)
class Verdict:
    """The answer to an answer: ``status`` is one of STATUSES; ``advice`` and ``more`` (how to get a hint) may be empty."""

    status: str
    advice: str = ""
    more: str = ""

    @property
    def correct(self):
        return self.status == "correct"

    def __repr__(self):
        return " ".join(f"{STATUSES[self.status]} {self.advice}".split()) + (f"\nStuck? {self.more}" if self.more else "")

    def _repr_mimebundle_(self, include=None, exclude=None):
        stuck = f"\n\nStuck? `{self.more}`" if self.more else ""
        text = f"{_MARKS[self.status]} **{STATUSES[self.status]}** {light(inert(self.advice))}".strip() + stuck
        return {"text/markdown": text, "text/plain": repr(self)}


class _Problem(Exception):
    """What is wrong with a reader's function, in words."""


def guarded(work, trace=lambda error: ""):
    """``(result of work(), "", names)``, or ``(None, what is wrong, names)``: work runs the reader's code, for SECONDS at most;
    the names are those of functions that it replaced."""
    result, advice = None, ""
    try:
        with left_as_found() as replaced, limit(SECONDS):
            result = work()
    except _Problem as problem:
        advice = str(problem)
    except TimeUp as error:
        advice = f"It had not returned after {SECONDS} s and was interrupted{trace(error)}. Does a loop never end?"
    except KeyboardInterrupt as error:
        advice = f"Interrupted{trace(error)}: nothing was judged."
    return result, advice, replaced


def run(exercise, function):
    """``(status, advice)`` for a reader's ``function``: a listed mistake first, then what is wrong with the first bad output."""
    if function is None or function is Ellipsis:
        return "not started", ""
    if not callable(function):
        return "error", f"Give the function itself, check(…, {_name(exercise)}), not what it returns."
    cases = exercise.inputs(np.random.default_rng(SEED))  # a list of argument tuples
    want = [exercise.reference(*deepcopy(case)) for case in cases]
    try:
        got, advice, replaced = guarded(lambda: [_call(exercise, function, case) for case in cases], _place_in(function))
    except NotImplementedError:
        return "not started", ""
    status, advice = ("error", advice) if advice else _judged(exercise, cases, got, want)
    return status, with_note(advice, replaced)


def _judged(exercise, cases, got, want):
    if all(output is None or output is Ellipsis for output in got):
        return "not started", ""
    complaint = _complaint(cases, got, want, exercise.rtol)
    if not complaint:
        return "correct", ""
    for mistake in exercise.mistakes:
        if _same(got, _outputs(mistake.answer, cases), exercise.rtol):
            return "wrong", mistake.advice
    return "wrong", complaint


def _call(exercise, function, case):
    """What the function gives for one case, as plain data."""
    arguments = deepcopy(case)
    try:
        mismatch = _mismatch(function, arguments)
        with np.errstate(all="ignore"):
            output = None if mismatch else plain(function(*arguments))
    except (NotImplementedError, KeyboardInterrupt, TimeUp):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a reader wrote must become a message, SystemExit too
        raise _Problem(_trace(function, error)) from None
    if mismatch:
        raise _Problem(f"It is called as {_first_line(exercise)}, with {len(case)} arguments: {mismatch}.")
    if _changed(arguments, case):
        raise _Problem("It changes its arguments in place: work on a copy, or build a new array.")
    return output


def _mismatch(function, arguments):
    """Why the function cannot take the arguments; "" if it can, or if it does not say what it takes."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return ""
    try:
        signature.bind(*arguments)
    except TypeError as error:
        return str(error)
    return ""


def _changed(after, before):
    """Were arrays or lists among the arguments written to?"""
    if isinstance(before, np.ndarray):
        return not np.array_equal(after, before, equal_nan=before.dtype.kind in "fc")
    if isinstance(before, list | tuple):
        return len(after) != len(before) or any(_changed(a, b) for a, b in zip(after, before, strict=True))
    return False


def _trace(function, error):
    """The kind of error, the reader's own line in which it happened, and its words."""
    try:
        words = " ".join(str(error).split())[:300]
    except Exception:  # noqa: BLE001 - the error may be of the reader's own kind
        words = ""
    return f"{kind_name(error)}{_place_in(function)(error)}{': ' if words else ''}{words}"


def _place_in(function):
    """A function that says in which line of ``function``'s file an error happened."""

    def place(error):
        file = function.__code__.co_filename if issubclass(type(function), FunctionType | MethodType) else None
        line, trace = None, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == file:
                line = trace.tb_lineno
            trace = trace.tb_next
        text = linecache.getline(file, line).strip()[:200] if line else ""
        return f" in your line `{text}`" if text else (f" in line {line} of your cell" if line else "")

    return place


def _outputs(function, cases):
    """What a listed mistake gives; None where it cannot run."""
    outputs = []
    for case in cases:
        try:
            with np.errstate(all="ignore"):
                outputs.append(function(*deepcopy(case)))
        except Exception:  # noqa: BLE001 - a wrong implementation may fail on some inputs
            outputs.append(None)
    return outputs


def _complaint(cases, got, want, rtol):
    """What is wrong with the first output that differs; "" if all agree."""
    for case, ours, right in zip(cases, got, want, strict=True):
        said = _difference(ours, right, rtol, "")
        if said:
            return f"{said} It was called with {_briefly(case)}."
    return ""


def _difference(got, want, rtol, where):
    if isinstance(want, dict):
        if not isinstance(got, dict) or set(got) != set(want):
            return f"The result{where} must be a dict with the keys {', '.join(map(str, want))}, not {_kind(got)}."
        pairs = [(got[key], want[key], f"{where} at {key!r}") for key in want]
        return _first(_difference(g, w, rtol, place) for g, w, place in pairs)
    if isinstance(want, tuple | list) and not _is_numbers(want):
        if not isinstance(got, tuple | list) or len(got) != len(want):
            return f"The result{where} must be {len(want)} things, not {_kind(got)}."
        pairs = [(g, w, f"{where} (part {i})") for i, (g, w) in enumerate(zip(got, want, strict=True), 1)]
        return _first(_difference(g, w, rtol, place) for g, w, place in pairs)
    if want is None or isinstance(want, str | bool | np.bool_):
        kinds = bool | np.bool_ if isinstance(want, bool | np.bool_) else type(want)
        same = isinstance(got, kinds) and got == want
        return "" if same else f"The result{where} must be {want!r}, not {_briefly(got)}."
    return _number_difference(got, np.asarray(want), rtol, where)


def _number_difference(got, want, rtol, where):
    if got is None:
        return f"The result{where} is None: is a return missing?"
    if not _is_numbers(got):
        return f"The result{where} must be numbers, not {_kind(got)}."
    got = np.asarray(got)
    if got.shape != want.shape:
        return f"The result{where} has shape {got.shape}; it should have shape {want.shape}."
    if np.iscomplexobj(got) and not np.iscomplexobj(want):
        return f"The result{where} is complex; take the part that is meant (`.real` or `.imag`)."
    if want.dtype.kind in "iub" and got.dtype.kind == "f" and not np.array_equal(got, np.round(got)):
        return f"The result{where} should be whole numbers, not {_briefly(got)}."
    if want.dtype == float and got.dtype in (np.float16, np.float32):
        return f"The result{where} is {got.dtype}; keep float64."
    bad = ~_close(got, want, rtol)
    if not bad.any():
        return ""
    place = tuple(int(i) for i in np.argwhere(bad)[0])
    entry = f" at index {place if len(place) > 1 else place[0]}" if place else ""
    if np.isnan(got[place]) and not np.isnan(want[place]):
        return f"The result{where} is NaN{entry}: 0/0, ∞ − ∞, or a function outside its domain."
    if np.isinf(got[place]) and not np.isinf(want[place]):
        return f"The result{where} overflows{entry}: is an exponential too large, or a division by 0?"
    if got.dtype.kind in "ifc" and _close(-got, want, rtol).all():
        return f"The result{where} has the right size and the opposite sign."
    is_, meant = _apart(got[place].item(), want[place].item())
    return f"The result{where} is {is_}{entry}, but should be {meant}."


def _apart(first, second):
    """Both numbers as texts, with as many digits (six at least) as it takes to tell them apart."""
    for digits in range(6, 18):
        texts = f"{first:.{digits}g}", f"{second:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def _close(got, want, rtol):
    """Entrywise, relative only; equal infinities and NaN agree."""
    got, want = (a if a.dtype.kind in "fc" else a.astype(float) for a in (got, want))
    with np.errstate(all="ignore"):
        near = np.abs(got - want) <= rtol * np.abs(want)
    return near | (got == want) | (np.isnan(got) & np.isnan(want))


def _same(first, second, rtol):
    return not _first(_difference(a, b, rtol, "") for a, b in zip(first, second, strict=True))


def _first(texts):
    return next((text for text in texts if text), "")


def _is_numbers(value):
    try:
        return np.asarray(value).dtype.kind in "biufc"
    except (TypeError, ValueError):
        return False


def _kind(value):
    if isinstance(value, tuple | list):
        return f"{len(value)} things in a {type(value).__name__}"
    return f"a {kind_name(value)}"


def _briefly(value):
    if isinstance(value, tuple):
        return ", ".join(_briefly(part) for part in value) or "nothing"
    if isinstance(value, np.ndarray) and value.size > 4:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=4, separator=", ")
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    if isinstance(value, Number | str | np.bool_ | type(None)):
        return shown(value)
    return getattr(value, "__name__", _kind(value))


def _first_line(exercise):
    lines = [line for line in exercise.stub.splitlines() if line.startswith("def ")]
    return f"`{lines[0].removeprefix('def ').rstrip(':')}`" if lines else f"`{_name(exercise)}`"


def _name(exercise):
    return next((line[4:].split("(")[0] for line in exercise.stub.splitlines() if line.startswith("def ")), "f")

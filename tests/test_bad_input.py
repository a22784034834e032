"""Bad input to every public function: an error that names argument, value and expectation, and nothing else happens.

Functions are discovered: a new one fails here until a valid call of it stands in CALLS and each of its arguments has a kind, and
then until it refuses what no argument of that kind may be.
"""

import importlib
import inspect
import re
import traceback
import warnings
from pathlib import Path

import numpy as np
import pytest
from bad_input_calls import CALLS, KINDS, RECORDS, ROOMS

import companion
from companion.practice.patience import TimeUp, limit

HOME = str(Path(companion.__file__).parent)
PATIENCE = 90  # s, after which it is not the machine: what draws takes half a second when nothing else runs
RAGGED = [[1.0], [1.0, 2.0]]
STRANGE = ["x", None, object(), b"1", {}, lambda: 1]
NO_NUMBER = [*STRANGE, True, 1j, [], [1.0], np.zeros(3), float("nan"), float("inf"), -float("inf"), 10**400]
BAD = {
    "count": [*NO_NUMBER, -1, 1.5, 10**12],
    "seed": [*NO_NUMBER, -1, 1.5],
    "positive": [*NO_NUMBER, 0, -1.0],
    "nonnegative": [*NO_NUMBER, -1.0],
    "share": [*NO_NUMBER, -1.0, 2.0],
    "real": NO_NUMBER,
    "name": ["nonsense", "", None, 3, True, [], ["relu"], object(), b"relu", np.zeros(2)],
    "array": [*STRANGE, RAGGED, ["a"], [object()], np.array([1.0, np.nan]), np.array([[np.inf]]), [10**400], np.array([True])],
    "numbers": [*STRANGE, RAGGED, ["a"], [object()]],
    "labels": [*STRANGE, RAGGED, ["a"], np.zeros(2), np.full(4, 0.5), np.full(4, -1), np.full(4, 99), np.zeros((2, 2, 2))],
    "generator": ["x", None, 0, object(), np.random],
    "function": ["x", None, 0, object(), []],
    "object": [*STRANGE, 3, [], np.zeros(2)],
    "list": [*[s for s in STRANGE if s != {}], 3, [None], np.float64(2)],
    "flag": ["x", None, 3, 1.0, [], object()],
    "rate": ["x", None, 0, -1.0, True, float("nan"), [], object()],
    "correlation": [*STRANGE, RAGGED, ["a"], [object()], float("nan"), 1.1, [2.0], np.array([True])],
    "any": [],
    "text": [None, "", "  ", 3, object()],
    "decades": ["x", None, object(), True, 1j, [], [1.0], np.zeros(3), float("nan")],
    "axis": ["x", 5, 1.5, object(), [0]],
}

ODD = {  # such a value may be taken or refused, but by name, and without a warning
    "count": [1, 0],
    "positive": [1e-100, 1e300, 1.7e308, np.float32(1), np.int8(3)],
    "real": [1e-100, 1.7e308, -1.7e308, np.float32(1), np.int8(-128)],
    "array": [np.zeros((2, 3, 4, 5)), np.zeros(0), np.zeros((0, 3)), np.full((2, 4), 1e100), [[5e-324]], 2.0],
}
ODD |= {"nonnegative": ODD["positive"], "share": ODD["positive"], "numbers": [*ODD["array"], np.full((2, 4), np.nan), np.inf]}


def discovered():
    """{"room.function": function} of everything public in ROOMS: functions, and classes that readers build."""
    found = {}
    for room in ROOMS:
        module = importlib.import_module(f"companion.{room}")
        for name, value in vars(module).items():
            own = getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
            if own and callable(value) and f"{room}.{name}" not in RECORDS:
                found[f"{room}.{name}"] = value
    return found


PUBLIC = discovered()


def test_every_public_function_has_a_valid_call():
    missing = sorted(set(PUBLIC) - set(CALLS))
    assert not missing, f"give these a valid call in CALLS (or, if readers never build them, a line in RECORDS): {missing}"


def kinds(name):
    """{argument: kind} of a function in CALLS."""
    function, good, own = call(name)
    arguments = [p for p in inspect.signature(function).parameters if p not in ("args", "kwargs")]
    return {
        a: own.get(a) or KINDS.get(a) for a in arguments if a in good or inspect.signature(function).parameters[a].kind != 4
    }


def call(name):
    """(function, valid arguments, kinds of its own) of an entry."""
    entry = CALLS[name]
    function, good, *own = (
        entry() if callable(entry) else (PUBLIC[name], *entry) if isinstance(entry, tuple) else (PUBLIC[name], entry)
    )
    return function, good, own[0] if own else {}


def default_of(function, argument):
    return inspect.signature(function).parameters[argument].default


def complaint(name, argument, bad, odd=False):
    """What is wrong with how a function meets one bad argument; "" if nothing is."""
    function, good, _ = call(name)
    if bad is None and default_of(function, argument) is None:
        return ""
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        try:
            with limit(PATIENCE):
                function(**good | {argument: bad})
        except TimeUp:
            return "does not return"
        except (TypeError, ValueError) as error:
            raised_in = traceback.extract_tb(error.__traceback__)[-1].filename
            named = rf"\b{argument}\b" if not odd else r"\bmust\b|\bno\b|\bhas\b"  # an odd shape may be the other one's fault
            if not re.search(named, str(error)) or not raised_in.startswith(HOME):
                return f"raw error {type(error).__name__}: {str(error)[:150]} ({Path(raised_in).name})"
        except Exception as error:
            return f"raw {type(error).__name__}: {str(error)[:150]}"
        else:
            if not odd:
                return "accepted"
    return f"leaked a warning: {leaked[0].message}" if leaked else ""


@pytest.mark.parametrize("name", sorted(CALLS))
def test_bad_input_is_refused_by_name(name):
    function, good, _ = call(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        function(**good)
    unknown = [argument for argument, kind in kinds(name).items() if kind not in BAD]
    assert not unknown, f"give these arguments of {name} a kind in KINDS: {unknown}"
    found = []
    for argument, kind in kinds(name).items():
        for bad in BAD[kind]:
            wrong = complaint(name, argument, bad)
            if wrong:
                found.append(f"{argument}={type(bad).__name__} {repr(bad)[:40]}: {wrong}")
        for value in ODD.get(kind, ()):
            wrong = complaint(name, argument, value, odd=True)
            if wrong:
                found.append(f"{argument}={type(value).__name__} {repr(value)[:40]}: {wrong}")
    assert not found, f"{len(found)} in {name}\n" + "\n".join(found[:60])

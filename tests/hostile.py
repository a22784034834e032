"""Values that do their worst when somebody looks at them: what the tests of the checker answer with."""

# ruff: noqa: E501

import asyncio
import datetime
import decimal
import enum
import fractions
import functools
import itertools
import math
import re
import sys
import types
from collections import OrderedDict, namedtuple

import numpy as np
import pytest

SPECIAL = ("str", "repr", "float", "int", "index", "array", "eq", "hash", "bool", "len", "iter", "getitem", "getattr", "format")
SPECIAL += (
    "call",
    "complex",
    "contains",
    "deepcopy",
    "instancecheck",
    "lt",
    "abs",
    "neg",
    "class",
    "signature",
    "code",
    "name",
)
ERRORS = (ValueError, SystemExit, KeyboardInterrupt, GeneratorExit, RecursionError, MemoryError, asyncio.CancelledError)


def raiser(error):
    def raise_it(self, *args, **named):
        raise error("<img src=x onerror=alert(1)> | $x$ [a](javascript:b) `c`")

    return raise_it


def hostile(*names, error=ValueError, base=object):
    """A value, all of whose named special methods raise."""
    scope = {f"__{name}__": property(raiser(error)) if name == "class" else raiser(error) for name in names}
    return type("Hostile", (base,), scope)()


def evil_class():
    meta = type(
        "Meta", (type,), {f"__{n}__": raiser(ValueError) for n in ("getattr", "repr", "str", "eq", "hash", "len", "call")}
    )
    return meta("<b>", (), {})


def liar(base):
    """A value of a subclass of a plain type that raises whatever is done with it."""
    return hostile("str", "repr", "float", "int", "iter", "len", "eq", "hash", "getitem", "bool", "add", "mul", base=base)


def itself():
    a = [1]
    a.append(a)
    d = {"a": a}
    d["d"] = d
    wide = [0]
    for _ in range(12):
        wide = [wide] * 12
    deep = ()
    for _ in range(5000):
        deep = (deep,)
    return [a, d, wide, deep]


def generator():
    yield 1
    raise SystemExit


async def coroutine():
    return 1


def torch_values():
    torch = pytest.importorskip("torch")
    grad = torch.ones(3, requires_grad=True)
    half = torch.zeros(2, dtype=torch.bfloat16)
    return [grad, grad.sum(), half, torch.tensor(1e-12), torch.nn.Linear(2, 2), torch.float32, torch.eye(2).to_sparse()]


def arrays():
    masked = np.ma.array([1.0, 2.0], mask=[True, False])
    record = np.zeros(2, dtype=[("a", float), ("b", int)])
    # fmt: off
    return [
        masked, np.ma.masked, np.ma.array([1.0]), record, record[0], np.ones((1, 1)).view(np.matrix), np.array([None, "a"]),
        np.array([1, 2, 3, 4]), np.array(list("abcd")), np.array("b"), np.array([b"x"]), np.array([[]]), np.zeros((2, 0)), np.array(None),
        np.datetime64("NaT"), np.timedelta64(3, "s"), np.array(["NaT"], dtype="M8[s]"), np.float16(1), np.longdouble("1e4000"),
        np.longdouble(1) / 3, np.clongdouble(1j), np.uint64(2**63), np.bool_(True), np.array([True, False, True]), np.void(b"a"),
        np.array([hostile("float", "repr")], dtype=object), np.broadcast_to(1.0, (10**6,)), np.array(7), np.nan, np.str_("b"),
        np.array([1e308, 1e308, -1e308]), np.zeros(3) + 1j, np.array([-np.inf, np.nan, 0]), np.dtype(float), np.mean, np.add, np,
        np.zeros(3, dtype=np.uint8), np.zeros(3, dtype=bool), np.arange(3, dtype=np.int8), np.zeros(3, dtype=np.complex64),
    ]
    # fmt: on


def plain_values():
    # fmt: off
    return [
        0, 1, -1, 2, 10**400, -(10**400), 2**1030, 10**5000, 1e-12, 5e-324, 1e308, -0.0, math.inf, -math.inf, math.nan, True, False,
        1j, complex("nan"), "", "b", "1e-12", "right", "x" * 10**6, "1" * 10**5, "(" * 10**5, "\0", "\ud800", "１", "<b>1</b>", "a|b",
        "10^-12", "1e-12\n", "{}", "{0}", "%s", "$x$", "`", "```", "\\`<i>`", "\x1b[31m", None, ..., NotImplemented, b"1", bytearray(b"1"),
        fractions.Fraction(1, 3), fractions.Fraction(10**400), decimal.Decimal("sNaN"), decimal.Decimal("NaN"), decimal.Decimal("1e-12"),
        decimal.Decimal("1e999999"), datetime.datetime(2020, 1, 1), datetime.timedelta(1), datetime.date.max, range(10**12), range(4),
        {1, 2}, frozenset("ab"), {}, {"a": 1}, {(): [None]}, [], (), [[]], [1, [2, [3]]], ("a", "b", "c", "d"), ["d", "c", "b", "a"],
        (1, 1, 2, 3), (1, 2, 3, 4), [True, 2, 3, 4], [1, 2], [None], [...], {None}, OrderedDict(a=1), namedtuple("P", "x y")(1, 2),
        int, type, object(), object, KeyError, KeyError("a"), len, exit, lambda: 1, lambda f, x: 1, lambda *a, **k: 1, memoryview(b"1"),
        functools.partial(pow, 2), itertools.count(), iter([1]), generator(), generator, coroutine, sys, slice(1), property(), super,
        enum.IntEnum("N", "a b c").b, enum.Enum("E", "a").a, types.SimpleNamespace(a=1), re.compile("a"),
    ]
    # fmt: on


def values():
    """A few hundred values, each at least once as itself; those with state are made anew on every call."""
    yield from plain_values()
    yield from arrays()
    yield from torch_values()
    yield from itself()
    yield evil_class()
    yield from (liar(base) for base in (str, int, float, list, tuple, dict, set, frozenset, complex, fractions.Fraction))
    for error in ERRORS:
        yield from (hostile(name, error=error) for name in SPECIAL)
        yield hostile(*SPECIAL, error=error)


def random_value(rng, depth=0):
    """A random container of random values."""
    kind = rng.integers(8)
    if depth > 3 or kind < 2:
        pool = [
            rng.normal(),
            int(rng.integers(-5, 9)),
            "abcd"[rng.integers(4)],
            None,
            ...,
            True,
            rng.normal(size=3),
            10**400,
            hostile("float"),
        ]
        return pool[rng.integers(len(pool))]
    parts = [random_value(rng, depth + 1) for _ in range(rng.integers(6))]
    if kind == 2:
        return np.array([*parts, None, ""], dtype=object)[:-2]
    if kind == 3:
        return dict(enumerate(parts))
    return tuple(parts) if kind < 6 else parts

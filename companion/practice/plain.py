"""An answer as plain data. Whatever a reader hands over becomes a number, a text, an array of numbers, a container of these, or
a `Thing` of which only the name is known; nothing that judges it afterwards runs the reader's code.

>>> plain([1, (2.0, "three"), None])
[1, (2.0, 'three'), None]
>>> plain(x for x in "abc"), plain(10**400)
(a generator, inf)
"""

import sys
from dataclasses import dataclass
from inspect import iscoroutine
from math import inf, nan
from numbers import Complex

import numpy as np

from companion.practice.patience import TimeUp

MOST = 100_000  # things in a container, those inside its parts counted too
DEEPEST = 20
_LONGEST = 1_000_000  # characters of a text


@dataclass(frozen=True)
class Thing:
    """What is neither a number nor a text: its name in words, and whether it can be called."""

    name: str
    callable: bool = False

    def __repr__(self):
        return f"a{'n' if self.name[:1] in tuple('aeiouAEIOU') else ''} {self.name}"


class _TooMuch(Exception):
    """A container holds more than MOST things, is deeper than DEEPEST, or contains itself."""


def plain(value):
    """``value`` as plain data; only KeyboardInterrupt and a time limit get out of here."""
    try:
        with np.errstate(all="ignore"):
            return _plain(value, [MOST], 0)
    except _TooMuch:
        return Thing(f"{name(value)} that is too large or contains itself")


def name(value):
    """The name of a value's type, whatever its metaclass does."""
    return value.name if type(value) is Thing else type.__dict__["__name__"].__get__(type(value))[:60]


def _plain(value, left, depth):
    left[0] -= 1
    if left[0] < 0 or depth > DEEPEST:
        raise _TooMuch
    kind = type(value)
    if value is None or value is Ellipsis or kind is bool or kind is Thing:
        return value
    if issubclass(kind, str):
        return str.__str__(value)[:_LONGEST]
    if issubclass(kind, tuple | list):
        each = tuple.__iter__ if issubclass(kind, tuple) else list.__iter__
        parts = [_plain(part, left, depth + 1) for part in each(value)]
        return tuple(parts) if issubclass(kind, tuple) else parts
    if issubclass(kind, dict):
        return {_key(key): _plain(part, left, depth + 1) for key, part in dict.items(value)}
    if issubclass(kind, set | frozenset):
        each = set.__iter__ if issubclass(kind, set) else frozenset.__iter__
        return {_key(part) for part in each(value)}
    try:
        return _number(value)
    except (TimeUp, KeyboardInterrupt):
        raise
    except BaseException:  # noqa: BLE001 - SystemExit from a `__float__` must not end the process
        return Thing(name(value), callable(value))


def _key(key):
    return key if type(key) in (str, int, float, bool, type(None)) else Thing(name(key))


def _number(value):
    """A number or an array of numbers, or a Thing; may raise whatever the value's own methods raise."""
    kind = type(value)
    if issubclass(kind, int):
        return _real(int.__int__(value))
    if issubclass(kind, float) and not issubclass(kind, np.generic):
        return float.__float__(value)
    if iscoroutine(value):
        value.close()  # else Python warns that nobody awaited it
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray | np.generic):
        return _array(value)
    if isinstance(value, Complex):  # Fraction among them
        return complex(value) if isinstance(value, complex) else _real(value)
    if hasattr(kind, "__array__"):
        return _array(np.asarray(value))
    if hasattr(kind, "__float__") and not isinstance(value, type):  # Decimal, a SymPy number
        return _real(value)
    return Thing(name(value), callable(value))


def _real(value):
    """An int of the usual size as it is, anything else as a float: what is too large is infinite, a signalling NaN is NaN."""
    if type(value) is int and value.bit_length() < 1000:
        return value
    try:
        return float.__float__(float(value))
    except OverflowError:
        return inf
    except ValueError:
        return nan


def _array(value):
    if isinstance(value, np.ma.MaskedArray) and np.ma.getmaskarray(value).any():
        return Thing("masked array")
    array = np.array(value, subok=False)
    if array.dtype.kind == "U" and array.ndim == 0:
        return str(array)
    if array.dtype.kind not in "biufc":
        return Thing(array.dtype.name if array.ndim == 0 else f"array of {array.dtype.name} values")
    if array.dtype.itemsize > (16 if array.dtype.kind == "c" else 8):
        array = array.astype(complex if array.dtype.kind == "c" else float)
    return array if isinstance(value, np.ndarray) or array.ndim else array[()]

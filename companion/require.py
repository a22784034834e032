"""Checks of arguments. Every error names the argument, the value received and what was expected.

>>> positive_int("depth", 0)
Traceback (most recent call last):
ValueError: depth must be a whole number >= 1, got 0
"""

from collections.abc import Iterable
from importlib import import_module
from math import inf, isfinite
from numbers import Integral, Real
from reprlib import Repr

import numpy as np

INSTALL = {"sklearn": "scikit-learn", "IPython": "ipython"}  # where the name to install is not the name to import


def package(name):
    """The module ``name`` of another project; if that is not installed, a ModuleNotFoundError that says how to get it.

    >>> package("math").sqrt(4.0)
    2.0
    >>> package("perpetuum_mobile")
    Traceback (most recent call last):
    ModuleNotFoundError: perpetuum_mobile is needed here and is not installed: pip install perpetuum_mobile
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        wanted = name.partition(".")[0]
        if error.name != wanted:
            raise
        how = f"pip install {INSTALL.get(wanted, wanted)}"
        if wanted == "torch":
            how += """, or, in a clone of the course, pip install -e ".[torch]" (pytorch.org has small builds without CUDA)"""
        raise ModuleNotFoundError(f"{wanted} is needed here and is not installed: {how}", name=wanted) from None

LARGEST = 1e100  # of a number that is squared on the way
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 100
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = _SHORT.maxset = 10


def shown(value):
    """Any value as a short text for a message, whatever its own ``repr`` does.

    >>> shown(10**5000), shown(np.zeros((50, 2))), shown([1, "two"])
    ('a int', 'an array of shape (50, 2)', "[1, 'two']")
    """
    if isinstance(value, np.ndarray) and value.size > 6:
        return f"an array of shape {value.shape}"
    try:
        value = value.item() if isinstance(value, np.generic) else value
        return " ".join(_SHORT.repr(value).split())
    except Exception:  # noqa: BLE001 - a message must not fail because of what it tells
        return f"a {type(value).__name__}"


def positive_int(argument, value, *, minimum=1, maximum=10**8):
    """``value`` as an ``int`` from ``minimum`` to ``maximum``; else a TypeError (not whole) or ValueError (beyond)."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not minimum <= value <= maximum:
        most = f" and <= {maximum:,}" if whole and value > maximum else ""
        raise (ValueError if whole else TypeError)(f"{argument} must be a whole number >= {minimum}{most}, got {shown(value)}")
    return int(value)


def seed(argument, value):
    """``value`` as a seed, a whole number from 0 on."""
    return positive_int(argument, value, minimum=0, maximum=2**64)


def number(argument, value, *, above=None, at_least=None, below=None, at_most=None, largest=inf):
    """``value`` as a finite ``float`` within the bounds given; else a TypeError or ValueError."""
    real = isinstance(value, Real) and not isinstance(value, bool)
    try:
        got = float(value) if real else np.nan
    except (OverflowError, ValueError):
        got = np.nan
    inside = (
        isfinite(got)
        and abs(got) <= largest
        and (above is None or got > above)
        and (at_least is None or got >= at_least)
        and (below is None or got < below)
        and (at_most is None or got <= at_most)
    )
    if not inside:
        bounds = {">": above, ">=": at_least, "<": below, "<=": at_most}
        wanted = "".join(f" and {sign} {bound:g}" for sign, bound in bounds.items() if bound is not None).removeprefix(" and")
        size = f", at most {largest:g} in size" if isfinite(got) and abs(got) > largest else ""
        raise (ValueError if real else TypeError)(f"{argument} must be a finite number{wanted}{size}, got {shown(value)}")
    return got


def moderate(argument, value, **bounds):
    """:func:`number` for what is squared on the way: at most 1e100 in size."""
    return number(argument, value, largest=LARGEST, **bounds)


def finite_array(argument, value, *, ndim=None, shape=None):
    """``value`` as a finite float array of the given ``ndim`` or ``shape`` (None in a shape: any length)."""
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "iuf" and array.size:
            raise TypeError
        array = array.astype(float, copy=False)
    except (TypeError, ValueError):
        raise TypeError(f"{argument} must be an array of numbers, got {shown(value)}") from None
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{argument} must have {ndim} axes, got shape {array.shape}")
    if shape is not None and (
        array.ndim != len(shape) or any(want not in (None, got) for want, got in zip(shape, array.shape, strict=True))
    ):
        wanted = "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"
        raise ValueError(f"{argument} must have shape {wanted}, got {array.shape}")
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{argument} must be finite, got {array[where]} at index {where}")
    return array


def known(argument, name, table):
    """The record ``table[name]``; else a ValueError that lists the names there are."""
    if not isinstance(name, str) or name not in table:
        raise ValueError(f"{argument} must be one of {', '.join(table)}, got {shown(name)}")
    return table[name]


def generator(argument, value):
    """``value`` if it is a random generator; else a TypeError."""
    return instance(argument, value, np.random.Generator, "a numpy.random.Generator, for example default_rng(0)")


def instance(argument, value, kind, words):
    """``value`` if it is a ``kind``, described by ``words``; else a TypeError."""
    if not isinstance(value, kind):
        raise TypeError(f"{argument} must be {words}, got {shown(value)}")
    return value


def function(argument, value):
    """``value`` if it can be called; else a TypeError."""
    if not callable(value):
        raise TypeError(f"{argument} must be a function, got {shown(value)}")
    return value


def flag(argument, value):
    """``value`` as True or False; else a TypeError."""
    return bool(instance(argument, value, bool | np.bool_, "True or False"))


def numbers(argument, value):
    """``value`` as an array of real or complex numbers, NaN and infinities among them; else a TypeError."""
    try:
        array = np.asanyarray(value)
    except (TypeError, ValueError):  # a list of lists of different lengths
        array = None
    if array is None or array.dtype.kind not in "biufc":
        raise TypeError(f"{argument} must be an array of numbers, got {shown(value)}")
    return array


def labels(argument, value, examples):
    """``value`` as whole numbers, one for each of so many examples."""
    array = np.asarray(numbers(argument, value))
    if array.dtype.kind not in "iu" or array.shape != (examples,):
        raise ValueError(f"{argument} must hold one class, a whole number, for each of {examples} examples, got {shown(value)}")
    return array


def listed(argument, value):
    """``value``, a list or another iterable but no text, as a tuple; else a TypeError."""
    if not isinstance(value, Iterable) or isinstance(value, str | bytes):
        raise TypeError(f"{argument} must be a list, got {shown(value)}")
    return tuple(value)

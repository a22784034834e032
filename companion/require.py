"""Checks of arguments. Every error names the argument, the value received and what was expected.

>>> positive_int("depth", 0)
Traceback (most recent call last):
ValueError: depth must be a whole number >= 1, got 0
"""

from importlib import import_module
from numbers import Integral, Real

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


def positive_int(argument, value, *, minimum=1):
    """``value`` as an ``int`` of at least ``minimum``; else a TypeError (not whole) or ValueError (too small)."""
    expected = f"{argument} must be a whole number >= {minimum}, got {value!r}"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(expected)
    if value < minimum:
        raise ValueError(expected)
    return int(value)


def number(argument, value, *, above=None, at_least=None, below=None, at_most=None):
    """``value`` as a finite ``float`` within the bounds given; else a TypeError or ValueError."""
    bounds = {">": above, ">=": at_least, "<": below, "<=": at_most}
    wanted = " and ".join(f"{sign} {bound:g}" for sign, bound in bounds.items() if bound is not None)
    expected = f"{argument} must be a finite number{' ' + wanted if wanted else ''}, got {value!r}"
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(expected)
    value = float(value)
    inside = (
        np.isfinite(value)
        and (above is None or value > above)
        and (at_least is None or value >= at_least)
        and (below is None or value < below)
        and (at_most is None or value <= at_most)
    )
    if not inside:
        raise ValueError(expected)
    return value


def finite_array(argument, value, *, ndim=None, shape=None):
    """``value`` as a finite float array of the given ``ndim`` or ``shape`` (None in a shape: any length)."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{argument} must be an array of numbers, got {value!r}") from None
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
        raise ValueError(f"{argument} must be one of {', '.join(table)}, got {name!r}")
    return table[name]

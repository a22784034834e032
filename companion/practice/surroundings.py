"""The process around an answer: what a reader's code changes in it is put back, and functions that it replaced are named.

>>> with left_as_found() as replaced:
...     np.mean = sum
>>> replaced, np.mean is sum
(['numpy.mean'], False)
"""

import builtins
import math
import os
import random
import sys
import warnings
from contextlib import contextmanager

import numpy as np

_BUILTINS = (
    "abs",
    "all",
    "any",
    "enumerate",
    "float",
    "int",
    "isinstance",
    "len",
    "list",
    "map",
    "max",
    "min",
    "pow",
    "range",
)
_BUILTINS += ("repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "type", "zip")


def _tools(*modules):
    """{module: {name: function}} of the functions and classes in modules."""
    return {m: {name: tool for name, tool in vars(m).items() if name[0] != "_" and callable(tool)} for m in modules}


_ORIGINALS = _tools(math, np, np.linalg, np.random) | {builtins: {name: getattr(builtins, name) for name in _BUILTINS}}


def _put_back(tools, replaced):
    for module, functions in tools.items():
        now = vars(module)
        for name, tool in functions.items():
            if now.get(name) is not tool:
                setattr(module, name, tool)
                replaced.append(f"{module.__name__}.{name}")


@contextmanager
def left_as_found():
    """Yields the list of the names of functions that were replaced, before or inside: it is complete when the context ends."""
    replaced = []
    _put_back(_ORIGINALS, replaced)
    ours = _tools(*(module for name, module in sys.modules.copy().items() if name.startswith("companion.") and module))
    numpy_state, state, streams = np.random.get_state(), random.getstate(), (sys.stdout, sys.stderr)
    recursion, call, folder = sys.getrecursionlimit(), np.geterrcall(), _folder()
    try:
        with warnings.catch_warnings(), np.errstate(), np.printoptions():
            yield replaced
    finally:
        _put_back(_ORIGINALS | ours, replaced)
        np.random.set_state(numpy_state)
        random.setstate(state)
        sys.stdout, sys.stderr = streams
        sys.setrecursionlimit(recursion)
        np.seterrcall(call)
        if folder and folder != _folder():
            os.chdir(folder)


def _folder():
    try:
        return os.getcwd()
    except OSError:
        return ""  # it was removed


def with_note(advice, replaced):
    """``advice``, and a sentence that names what was replaced."""
    if not replaced:
        return advice
    names = ", ".join(f"`{name}`" for name in dict.fromkeys(replaced))
    end = "." if advice and advice[-1] not in ".?!" else ""
    return f"{advice}{end} {names} had been replaced by something else; what was there before is back.".strip()

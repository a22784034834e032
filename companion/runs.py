"""Recorded runs: what takes longer than a page may is measured once, kept with its provenance, and sampled by every test run.

A :class:`Recording` says what is to be measured: one function, and the settings it is called with, one *unit* each. They
stand in the chapter's ``runs.py``, in a list ``RECORDINGS``. ``make runs`` (``tools/runs.py``) measures the
units that are missing and writes ``<name>.json`` beside that file; :func:`load` gives that file as a :class:`Record`.

Training is chaotic: on another processor the last digit of a sum differs, and after some hundred steps so do the first ones. So
what the book says about a recording are not its digits but the *conclusions* that stand beside it: each a function that says
whether its sentence is true of a record, of this one as of one that was measured on another processor.

>>> grid(depth=[10, 20], seed=[0])
[{'depth': 10, 'seed': 0}, {'depth': 20, 'seed': 0}]
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import numpy as np

from companion import chapters, require

DIGITS = 6  # significant digits that are kept
SAMPLE_SECONDS = 5  # what a test may spend on one unit


@dataclass(frozen=True)
class Recording:
    """What is to be recorded: ``unit(**setting)`` for each of the ``settings``, a dictionary of named results each.

    ``unit`` is a function of a module, deterministic for its setting, with torch (if any) on one thread. Its results are
    numbers, texts, None, or lists and arrays of these. ``sample`` is the index of the setting that the tests measure again, in
    at most 5 s, and ``rtol`` how far from the record it may be on any processor: a sample is a unit that is not chaotic.

    ``conclusions`` are functions of a :class:`Record` that return whether the sentence in their docstring is true of it. They are
    what the book may say: they hold for the committed record, and for one measured on an older processor.

    >>> roots = Recording("ch06-roots", 6, "Square roots.", unit=lambda x: {"root": x**0.5}, settings=grid(x=[4, 9]))
    >>> roots.measure(1)
    {'root': 3.0}
    """

    name: str
    chapter: int
    about: str
    unit: Callable[..., dict]
    settings: tuple[dict, ...]
    sample: int = 0
    rtol: float = 1e-3
    conclusions: tuple[Callable, ...] = ()

    def __post_init__(self):
        if not isinstance(self.name, str) or not re.fullmatch(rf"ch{self.chapter:02d}-[a-z0-9-]+", self.name):
            raise ValueError(f"name must look like ch{self.chapter:02d}-what-is-measured, got {require.shown(self.name)}")
        settings = tuple(plain(setting) for setting in self.settings)
        if not settings or len({json.dumps(setting, sort_keys=True) for setting in settings}) < len(settings):
            raise ValueError(f"settings of {self.name} must hold at least one, and each only once, got {list(settings)}")
        if require.positive_int("sample", self.sample, minimum=0) >= len(settings):
            raise ValueError(f"sample of {self.name} must be below {len(settings)}, the number of units, got {self.sample}")
        require.number("rtol", self.rtol, above=0)
        if silent := [each.__name__ for each in self.conclusions if not each.__doc__]:
            raise ValueError(f"each of the conclusions of {self.name} must say in its docstring what it is, not so {silent}")
        object.__setattr__(self, "settings", settings)
        object.__setattr__(self, "conclusions", tuple(self.conclusions))

    def measure(self, index):
        """The results of unit number ``index``, measured now."""
        setting = self.settings[index]
        result = plain(self.unit(**setting))
        if not isinstance(result, dict) or not result or setting.keys() & result.keys():
            raise ValueError(f"the unit of {self.name} must return names and results, none of {[*setting]}, got {result!r}")
        return result

    def broken(self, record):
        """The conclusions that ``record`` does not bear out: name and sentence."""
        return [f"{each.__name__}: {each.__doc__.strip()}" for each in self.conclusions if not each(record)]


@dataclass(frozen=True, eq=False)
class Record:
    """What was recorded. ``rows``: one dictionary a unit, its setting and its results together.

    ``record["loss"]`` is the column of that name as an array, a unit a row; ``record.where(depth=20)`` keeps the units with
    that setting. ``origins`` (versions, processor and the instructions in use) and ``seconds`` of processor time say how each
    unit came about.
    """

    name: str
    chapter: int
    about: str
    rows: tuple[dict, ...]
    origins: tuple[dict[str, str], ...]
    seconds: tuple[float, ...]

    def __getitem__(self, column):
        require.known("column", column, self.rows[0])
        return np.array([row[column] for row in self.rows])

    def where(self, **setting):
        for name, value in setting.items():
            require.known("setting", name, self.rows[0])
            there = dict.fromkeys(repr(row[name]) for row in self.rows)
            if repr(value) not in there and not any(row[name] == value for row in self.rows):
                raise ValueError(f"{name} of {self.name} must be one of {', '.join(there)}, got {value!r}")
        kept = [i for i, row in enumerate(self.rows) if all(row[name] == value for name, value in setting.items())]
        if not kept:
            raise ValueError(f"no unit of {self.name} has {setting}")
        return replace(self, **{name: tuple(getattr(self, name)[i] for i in kept) for name in ("rows", "origins", "seconds")})


def load(name):
    """The :class:`Record` called ``name``, as it was recorded; nothing is measured and torch is not needed."""
    names = sorted(path.stem for path in files())
    if not isinstance(name, str) or name not in names:
        listed = ", ".join(names) or "there is none yet"
        raise ValueError(f"name must be a recorded run ({listed}), got {require.shown(name)}")
    return read(path_of(name))


def files():
    """The files of all recorded runs."""
    return [path for slug in chapters.CHAPTERS for path in sorted((chapters.FOLDER / slug).glob("*.json"))]


def path_of(name):
    """Where the recorded run ``name`` stands: in its chapter's room."""
    return chapters.FOLDER / chapters.slug(name) / f"{name}.json"


@cache
def read(path):
    """The :class:`Record` in a file."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    rows = tuple(unit["setting"] | unit["result"] for unit in kept["units"])
    origins = tuple(kept["origins"][number] for number in kept["origin"])
    return Record(kept["name"], kept["chapter"], kept["about"], rows, origins, tuple(kept["seconds"]))


def recordings():
    """Every :class:`Recording` of every chapter, by name. Imports what they measure with."""
    found = [each for slug in chapters.CHAPTERS for each in chapters.records(slug, "runs")]
    table = {each.name: each for each in found}
    if len(table) < len(found):
        raise ValueError(f"two recordings have the same name among {[each.name for each in found]}")
    return table


def grid(**axes):
    """Settings for every combination of the values: ``grid(depth=[10, 20], seed=range(3))`` are six."""
    return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]


def plain(value):
    """``value`` as it is written: lists for arrays and tuples, 6 significant digits for floats.

    >>> plain({"loss": np.array([np.pi, np.inf]), "steps": np.int64(3)})
    {'loss': [3.14159, inf], 'steps': 3}
    """
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple | range):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"a setting or result must be a number, a text, None, or a list of these, got {value!r}")


def same(got, want, rtol):
    """Whether two results agree: the same names, shapes and texts, and numbers within ``rtol`` (relative only).

    >>> same({"loss": 1.0005}, {"loss": 1.0}, 1e-3), same({"loss": 0.0}, {"loss": 1e-30}, 1e-3)
    (True, False)
    """
    if isinstance(want, dict):
        return isinstance(got, dict) and got.keys() == want.keys() and all(same(got[k], want[k], rtol) for k in want)
    if isinstance(want, list):
        return (
            isinstance(got, list)
            and len(got) == len(want)
            and all(same(g, w, rtol) for g, w in zip(got, want, strict=True))
        )
    if isinstance(want, float | int) and not isinstance(want, bool):
        return isinstance(got, float | int) and bool(np.isclose(got, want, rtol=rtol, atol=0, equal_nan=True))
    return got == want

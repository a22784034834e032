"""The exercises, one file a chapter: a list ``EXERCISES`` of records (kinds in ``companion.checker``), nothing else.

>>> "ch00" in chapters()
True
"""

from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules


def chapters():
    """The chapters that have exercises: ``("ch00", …)``."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def of(chapter):
    """The exercises of a chapter, in order."""
    return tuple(import_module(f"companion.exercises.{chapter}").EXERCISES)


def load():
    """All exercises of all chapters."""
    return tuple(exercise for chapter in chapters() for exercise in of(chapter))


def find(exercise_id):
    """``(exercise, its number like "3.2")``; an unknown id is a ValueError that names the nearest ones. A guess has number ""."""
    if not isinstance(exercise_id, str):
        raise TypeError(f"exercise id must be a text like 'ch00-q-axis', got {exercise_id!r}")
    chapter = exercise_id.partition("-")[0]
    if chapter in chapters():
        count = 0
        for exercise in of(chapter):
            count += exercise.kind != "guess"
            if exercise.id == exercise_id:
                return exercise, "" if exercise.kind == "guess" else f"{int(chapter[2:])}.{count}"
    ids = [exercise.id for exercise in load()]
    near = get_close_matches(exercise_id, ids, n=3, cutoff=0.5) or [i for i in ids if i.startswith(chapter)] or ids[:3]
    raise ValueError(f"there is no exercise {exercise_id!r}; did you mean {', '.join(near)}?")

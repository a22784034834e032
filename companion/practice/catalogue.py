"""The exercises of all chapters: each chapter's ``exercises.py`` has a list ``EXERCISES`` of records (see ``kinds``).

>>> find("ch00-q-layer")[1]
'0.2'
"""

from difflib import get_close_matches

from companion import chapters
from companion.require import shown


def of(slug):
    """The exercises of a chapter, in order."""
    return tuple(chapters.records(slug, "exercises"))


def load():
    """All exercises of all chapters."""
    return tuple(exercise for slug in chapters.CHAPTERS for exercise in of(slug))


def find(exercise_id):
    """``(exercise, its number like "3.2")``; an unknown id is a ValueError that names the nearest ones.

    The number is "" for a guess and for a question on the spot."""
    if not isinstance(exercise_id, str):
        raise TypeError(f"exercise id must be a text like 'ch00-q-axis', got {shown(exercise_id)}")
    label, slug = exercise_id.partition("-")[0], chapters.slug(exercise_id)
    if slug:
        count = 0
        for exercise in of(slug):
            count += exercise.numbered
            if exercise.id == exercise_id:
                return exercise, f"{chapters.number(slug)}.{count}" if exercise.numbered else ""
    ids = [exercise.id for exercise in load()]
    near = get_close_matches(exercise_id[:60], ids, n=3, cutoff=0.5) or [i for i in ids if i.startswith(label)] or ids[:3]
    raise ValueError(f"there is no exercise {shown(exercise_id)}; did you mean {', '.join(near)}?")

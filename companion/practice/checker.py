"""Show an exercise, judge an answer, give a hint.

An exercise is a record in ``companion/chapters/<slug>/exercises.py``; the page's quiz, ``check`` and the tests are views of it.

>>> check("ch00-q-layer", 1).status, check("ch00-q-layer", 2).status
('wrong', 'correct')
"""

from importlib import import_module
from numbers import Integral

from companion import require
from companion.practice import catalogue
from companion.practice.kinds import Choice, Code, Guess, Mistake, Number, Option, Order
from companion.practice.trial import Verdict
from companion.require import shown
from companion.views.markdown import Markdown

__all__ = ["Choice", "Code", "Guess", "Mistake", "Number", "Option", "Order", "check", "exercise", "find", "hint"]


def find(exercise_id):
    """The exercise with this id; an unknown id is a ValueError that names the nearest."""
    return catalogue.find(exercise_id)[0]


def check(exercise_id, answer):
    """Judge an answer: a choice by number or text, a number, an order as a tuple, code as the function itself."""
    try:
        return find(exercise_id).judge(answer)
    except KeyboardInterrupt:  # also while the right answer is being measured
        return Verdict("error", "Interrupted: nothing was judged.")


def hint(exercise_id, number=None):
    """The next hint (or hint ``number``) of an exercise."""
    exercise = find(exercise_id)
    if not exercise.hints:
        return Markdown("This exercise has no hints.")
    if number is None:
        number = _HINTS_SHOWN.get(exercise_id, 0) % len(exercise.hints) + 1
    if isinstance(number, bool) or not isinstance(number, Integral) or not 1 <= number <= len(exercise.hints):
        raise ValueError(f"number must be a hint from 1 to {len(exercise.hints)}, got {shown(number)}")
    _HINTS_SHOWN[exercise_id] = number
    return Markdown(f"**Hint {number} of {len(exercise.hints)}.** {exercise.hints[number - 1]}")


_HINTS_SHOWN = {}  # which hint a reader has seen last: a convenience of this session, never a part of a verdict


def exercise(exercise_id):
    """Show an exercise in a notebook: task, quiz (where there is one), staged hints and the folded solution."""
    display = require.package("IPython.display").display
    record, number = catalogue.find(exercise_id)
    display(Markdown(_task(record, number)))
    if record.quiz:
        display(import_module("companion.widgets").Question(record.public()))
    below = _folded(record)
    if below:
        display(Markdown(below))


WHERE = (
    "Write it in the next cell. Where the page is a notebook (⤓ downloads it, for JupyterLab, Colab or Binder), "
    "`check` tells you at once."
)


def _task(record, number):
    heading = f"Exercise {number}. {record.title}" if number else record.title
    parts = [f'<h3 class="course-exercise" id="{record.id}">{heading}</h3>', record.prompt.strip()]
    if record.purpose:
        parts.append(f"*{record.purpose.strip()}*")
    if record.kind == "code":
        parts.append(WHERE)
    return "\n\n".join(parts)


def _folded(record):
    folds = [(f"Hint {i}", text) for i, text in enumerate(record.hints, 1)]
    if record.solution:
        folds.append(("Solution", record.solution))
    return "\n\n".join(
        f'<details class="course-fold"><summary>{title}</summary>\n\n{text.strip()}\n\n</details>' for title, text in folds
    )

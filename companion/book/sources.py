"""The numbers in texts that stand in code: exercises and claims.

The texts of a chapter's ``exercises.py`` and ``claims.py`` carry the same marks as the prose of the notebooks (see ``bindings``);
their values come from a dictionary of functions ``NUMBERS = {"growth": lambda: …}`` in the same file, which only the tests call.
What an f-string computes needs no mark. Readers never see a mark: records take them out of their texts when they are made.

>>> texts('f("0.5 is half", f"{0.25:.2f} is 0.25")')
['0.5 is half', '… is 0.25']
"""

import ast

from companion.book.bindings import MARK, text_problems

NOT_PROSE = {"stub", "id", "section", "document"}  # arguments that hold code or names


def texts(source):
    """The texts of Python code, in order, without docstrings; ``…`` stands for what an f-string computes."""
    tree = ast.parse(source)
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in NOT_PROSE}
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            skipped.add(id(node.body[0].value))
        elif isinstance(node, ast.JoinedStr):
            skipped.update(id(part) for value in node.values for part in ast.walk(value))
        elif isinstance(node, ast.Dict):
            skipped.update(id(key) for key in node.keys)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in skipped]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return [text for text in map(_text, found) if " " in text]  # a single word is a name, such as a section's


def _text(node):
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    return node.value if isinstance(node.value, str) else ""


def problems(source, numbers):
    """What is wrong with the numbers in the texts of Python code, one sentence each; ``numbers`` are functions by key."""
    used, found = set(), []
    named = {key for text in texts(source) for key in [mark["key"] for mark in MARK.finditer(text)] if key in numbers}
    values = {key: numbers[key]() for key in sorted(named)}
    for text in texts(source):
        found += [f"{problem}, in {' '.join(text.split())[:80]!r}" for problem in text_problems(text, values, used)]
    return found + [f"{key} is in NUMBERS but never used" for key in numbers if key not in used]

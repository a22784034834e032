"""Numbers in prose that are bound to the computation they come from.

A cell tagged ``remove-cell`` records values, ``bind(growth=0.23614)``; the prose writes the number, in digits or as a word, with
an invisible mark after it: ``about 0.236<!--=growth-->``, ``twice<!--=ratio-->``. A bound on what was measured is a mark too:
``below 0.3<!--below=growth-->`` says that the value lies below the written number, ``above=`` that it lies above.

``problems`` says where text and value differ, and which decimals, powers of ten and results in integers (``64°``, ``30-fold``,
``5 %``) have no mark. ``<!--exact-->`` exempts constants and chosen settings: the number, pair, range or formula directly before
it, never what was measured. ``<!--cited-->`` exempts numbers quoted from a source, back to the start of the sentence.

A written power of ten is compared by its exponent; a value whose key ends in ``_log10`` is the exponent itself, for sizes
that a float cannot hold.
"""

import math
import re
from numbers import Real

from companion.book.numbers import NUMBER, agrees, difference, last, plain

MARK = re.compile(r"<!--\s*(?:(?P<relation>=|below=|above=)\s*(?P<key>\w+)|(?P<exempt>exact|cited))\s*-->")
UNREADABLE = re.compile(r"<!--(?!\s*(?:(?:=|below=|above=)\s*\w+|exact|cited)\s*-->)[^\n]{0,30}")
_CLOSERS = re.compile(r"(?:[*_$\s%°×)\]}\\]|-fold\b|fold\b|</?\w+>)+$")


def bind(**values):
    """Record numbers under the names by which the prose refers to them; call it in a cell tagged ``remove-cell``.

    >>> bind(growth=0.2361432, depth=20)
    bound: growth = 0.2361, depth = 20
    """
    from IPython.display import display

    display(Bindings(values))


class Bindings:
    """The values of one ``bind`` call: four digits as text (compared by nbval), every digit in the metadata."""

    def __init__(self, values):
        self.values = {key: _number(key, value) for key, value in values.items()}

    def __repr__(self):
        return "bound: " + ", ".join(f"{key} = {value:.4g}" for key, value in self.values.items())

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(self)}, {"bindings": self.values}


def _number(key, value):
    """``value`` as a Python int or a finite float."""
    value = value.item() if hasattr(value, "item") and getattr(value, "size", 1) == 1 else value
    expected = f"{key} must be a finite number, got {value!r}"
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(expected)
    if not math.isfinite(value):
        raise ValueError(f"{expected}; bind its log10 as {key}_log10 if it under- or overflows")
    return value if isinstance(value, int) else float(value)


def recorded(notebook):
    """``{key: value}`` over all ``bind`` outputs of a notebook (the dict of its JSON); a key bound twice is an error."""
    values = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            for key, value in output.get("metadata", {}).get("bindings", {}).items():
                if key in values:
                    raise ValueError(f"{key} is bound twice")
                values[key] = value
    return values


def problems(notebook):
    """What is wrong with the numbers in the prose of a notebook, one sentence each; an empty list is a pass."""
    try:
        values = recorded(notebook)
    except ValueError as error:
        return [str(error)]
    found, used = [], set()
    for index, cell in enumerate(notebook["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            found += [f"cell {index}: {problem}" for problem in text_problems(source, values, used)]
        elif re.search(r"^\s*bind\(", source, re.M) and "remove-cell" not in cell["metadata"].get("tags", []):
            found.append(f"cell {index}: a cell that calls bind() needs the tag remove-cell")
    return found + [f"{key} is bound but never used" for key in values if key not in used]


def text_problems(source, values, used):
    """What is wrong with the numbers of one Markdown text; the keys that it names are added to the set ``used``."""
    for line in _prose_lines(source):
        marks = list(MARK.finditer(line))
        if wrong := UNREADABLE.search(line):
            yield f"a mark must be =key, below=key, above=key, exact or cited, got {wrong[0]!r}"
        if marks and re.match(r"\s*(?:[-*+>]\s+)*<!--", line):
            yield f"a mark is first on its line: {line.strip()[:60]!r}"
        if marks and line.lstrip().startswith("#"):
            yield f"a mark stands in a heading: {line.strip()[:60]!r}"
            continue
        for mark in marks:
            used |= {mark["key"]} - {None}
            yield from _mark_problems(line, mark, values)
        if not line.lstrip().startswith("#"):
            yield from (f"{number!r} has no mark (bind it, or exempt it as exact or cited)" for number in _loose(line))


def _mark_problems(line, mark, values):
    key, before = mark["key"], line[: mark.start()]
    number = _number_before(before)
    if mark["exempt"] == "exact":
        measured = [name for text in _exempted(before) for name in _measured(text, values)]
        if measured:
            yield f"{before[-30:]!r} is exempt as exact, but it is measured: bind it to {' or '.join(measured)}"
    elif key is None:
        return
    elif key not in values:
        yield f"{key} is not bound by any cell"
    elif number is None:
        yield f"no number stands before the mark of {key}: {before[-30:]!r}"
    elif mark["relation"] == "=" and not agrees(key, values[key], number):
        yield f"{key} is {values[key]:.6g}, but the prose says {number[0]!r}"
    elif mark["relation"] == "below=" and not difference(key, values[key], number) < 0:
        yield f"{key} is {values[key]:.6g}, not below {number[0]!r}"
    elif mark["relation"] == "above=" and not difference(key, values[key], number) > 0:
        yield f"{key} is {values[key]:.6g}, not above {number[0]!r}"


def _measured(text, values):
    """The bound values, other than integers, that a number exempted as exact agrees with to three digits or more."""
    number = NUMBER.fullmatch(text)
    if not number or len(re.sub(r"\D|^[0.]+", "", number["mantissa"] or number["plain"] or "")) < 3:
        return []
    return [key for key, value in values.items() if not isinstance(value, int) and agrees(key, value, number)]


def _prose_lines(source):
    """The lines of Markdown prose: without code, display mathematics, directive options, link targets and tags."""
    source = re.sub(r"^(\s*)(```+|~~~+).*?^\1\2\s*$", "", source, flags=re.M | re.S)
    source = re.sub(r"\$\$.*?\$\$", "", source, flags=re.S)
    source = re.sub(r"\{[\w:-]+\}`[^`]*`|(`+)[^`].*?\1", "", source)
    source = re.sub(r"\]\([^)]*\)|<https?://[^>]*>|https?://\S+", "]", source)
    source = re.sub(r"<(?!!--)[^>]*>", "", source)
    return [line for line in source.splitlines() if not re.match(r"\s*:[\w-]+:", line)]


def _number_before(text):
    """The last number in ``text`` when only closing marks (``$ * % °`` …) follow it."""
    text = plain(MARK.sub("", text))
    closers = _CLOSERS.search(text)
    if closers:
        in_exponent = re.search(r"\^\{[^{}]*$", text[: closers.start()])
        text = text[: closers.start()] + ("}" if in_exponent else "")
    number = last(text)
    return number if number and number.end() == len(text) else None


_SECTION = re.compile(r"(?:D\d|§|[Ss]ections?|[Cc]hapters?|[Ff]igures?|[Vv]ersions?|Python|PyTorch|and|,|–)\s*\(?$")
_BETWEEN = r"(?:[*_$\s%°×()\[\]{}\\]|,|–|-|/|=|·|<|≤|σ\w*|\band\b|\bor\b|\bto\b|\bof D\d\b)*"
_RESULT = re.compile(r"\s?(?:°|%|\\%)|-?fold\b|\s(?:decades|times|orders)\b")  # after an integer that is a result


def _exempted(before):
    """The numbers that ``exact`` after the text ``before`` covers: those of the formula, pair, range or list that ends there."""
    return [number[0] for number in NUMBER.finditer(before, _exempt_from(before))]


def _exempt_from(before):
    """Where the formula, or the run of numbers with nothing but signs, units and "and" between them, begins."""
    blank = MARK.sub(lambda m: " " * len(m[0]), before)
    if formula := re.search(r"\$[^$]*\$[*_]*\s*$", blank):
        return formula.start()
    start = len(blank)
    for number in reversed(list(NUMBER.finditer(blank))):
        if not re.fullmatch(_BETWEEN, blank[number.end() : start]):
            break
        start = number.start()
    return start


def _loose(line):
    """The decimals, powers of ten and results in integers of a line that no mark covers."""
    line = plain(line)
    covered = []
    for mark in MARK.finditer(line):
        before = line[: mark.start()]
        if mark["exempt"] == "cited":
            start = max((m.end() for m in re.finditer(r"[.!?;]\s|\|", before)), default=0)
        elif mark["exempt"]:
            start = _exempt_from(before)
        else:
            formula = re.search(r"\$[^$]*\$[*_]*$", MARK.sub(lambda m: " " * len(m[0]), before).rstrip())
            number = None if formula else last(before)
            start = formula.start() if formula else number.start() if number else mark.start()
        covered.append((start, mark.start()))
    section = False
    for number in NUMBER.finditer(MARK.sub(lambda m: " " * len(m[0]), line)):
        text, before, after = number[0], line[: number.start()], line[number.end() :]
        named = _SECTION.search(before)
        section = bool(named) and (section or named[0].strip(" (") not in ("and", ",", "–"))
        loose = "." in text or number["power"] or number["exponent"] or _RESULT.match(after)
        if not loose or section or re.match(r"\.\d", after) or re.search(r"[\w.]$", before):
            continue
        if not any(start <= number.start() < end for start, end in covered):
            yield text

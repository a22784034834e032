"""Numbers in prose that are bound to the computation they come from.

A cell tagged ``remove-cell`` records values, ``bind(growth=0.23614)``; the prose writes the number with an
invisible mark after it, ``about 0.236<!--=growth-->``. ``problems`` says where the two differ, and which decimals
or powers of ten in the prose have no mark. ``<!--exact-->`` exempts constants and chosen settings,
``<!--cited-->`` exempts numbers quoted from a source; both reach back to the start of their sentence.

Half a unit in the last written digit is allowed. A written power of ten is compared by its exponent; a value whose
key ends in ``_log10`` is the exponent itself, for sizes that a float cannot hold.
"""

import math
import re
from numbers import Real

from companion import require

MARK = re.compile(r"<!--\s*(?:=\s*(?P<key>\w+)|(?P<exempt>exact|cited))\s*-->")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_MANTISSA = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_TIMES = r"\s*(?:\\cdot|\\times|·|×)\s*"
_POWER = r"10\^(?:\{[-+]?\d+(?:\.\d+)?\}|[-+]?\d+(?:\.\d+)?)|10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+"
NUMBER = re.compile(
    rf"(?P<sign>(?<![\w.)}}])[-+])?(?:(?:(?P<mantissa>{_MANTISSA}){_TIMES})?(?P<power>{_POWER})"
    rf"|(?P<plain>{_MANTISSA})(?:[eE](?P<exponent>[-+]?\d+))?)"
)
_CLOSERS = re.compile(r"(?:[*_$\s%°×)\]}\\]|</?\w+>)+$")


def bind(**values):
    """Record numbers under the names by which the prose refers to them; call it in a cell tagged ``remove-cell``.

    >>> bind(growth=0.2361432, depth=20)
    bound: growth = 0.2361, depth = 20
    """
    require.package("IPython.display").display(Bindings(values))


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


def agrees(key, value, match):
    """Whether ``value``, bound under ``key``, rounds to the number that ``NUMBER`` matched in the prose."""
    digits = (match["mantissa"] or match["plain"] or "1").replace(",", "")
    half = 0.5 * 10.0 ** -len(digits.partition(".")[2]) * (1 + 1e-9)
    sign = -1.0 if match["sign"] == "-" else 1.0
    logarithmic = key.endswith("_log10")
    power = (match["power"] or "").translate(_SUPERSCRIPT).removeprefix("10").strip("^{}") or match["exponent"]
    if power is None:  # a plain number
        return abs((10.0**value if logarithmic else value) - sign * float(digits)) <= half
    if not logarithmic and (value == 0 or math.copysign(1.0, value) != sign):
        return False
    exponent = value if logarithmic else math.log10(abs(value))
    if match["mantissa"] or match["plain"]:
        return abs(10.0 ** (exponent - float(power)) - float(digits)) <= half
    return abs(exponent - float(power)) <= 0.5 * 10.0 ** -len(power.partition(".")[2]) * (1 + 1e-9)


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
            found += [f"cell {index}: {problem}" for problem in _prose_problems(source, values, used)]
        elif re.search(r"^\s*bind\(", source, re.M) and "remove-cell" not in cell["metadata"].get("tags", []):
            found.append(f"cell {index}: a cell that calls bind() needs the tag remove-cell")
    return found + [f"{key} is bound but never used" for key in values if key not in used]


def _prose_problems(source, values, used):
    for line in _prose_lines(source):
        marks = list(MARK.finditer(line))
        if marks and re.match(r"\s*(?:[-*+>]\s+)*<!--", line):
            yield f"a mark is first on its line: {line.strip()[:60]!r}"
        if marks and line.lstrip().startswith("#"):
            yield f"a mark stands in a heading: {line.strip()[:60]!r}"
            continue
        for mark in marks:
            key = mark["key"]
            if key is None:
                continue
            used.add(key)
            number = _number_before(line[: mark.start()])
            if key not in values:
                yield f"{key} is not bound by any cell"
            elif number is None:
                yield f"no number stands before the mark of {key}: {line[max(0, mark.start() - 30) : mark.start()]!r}"
            elif not agrees(key, values[key], number):
                yield f"{key} is {values[key]:.6g}, but the prose says {number[0]!r}"
        if not line.lstrip().startswith("#"):
            yield from (f"{number!r} has no mark (bind it, or exempt it as exact or cited)" for number in _loose(line))


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
    text = _plain(MARK.sub("", text))
    closers = _CLOSERS.search(text)
    if closers:
        in_exponent = re.search(r"\^\{[^{}]*$", text[: closers.start()])
        text = text[: closers.start()] + ("}" if in_exponent else "")
    last = _last(text)
    return last if last and last.end() == len(text) else None


def _plain(text):
    return text.replace("{,}", ",").replace("−", "-")


_SECTION = re.compile(r"(?:D\d|§|[Ss]ections?|[Cc]hapters?|[Ff]igures?|[Vv]ersions?|Python|PyTorch|and|,|–)\s*\(?$")


def _loose(line):
    """The decimals and powers of ten in a line that no mark covers."""
    line = _plain(line)
    covered = []
    for mark in MARK.finditer(line):
        before = line[: mark.start()]
        if mark["exempt"]:
            start = max((m.end() for m in re.finditer(r"[.!?;]\s|\|", before)), default=0)
        else:
            math_before = re.search(r"\$[^$]*\$[*_]*$", MARK.sub(lambda m: " " * len(m[0]), before).rstrip())
            number = None if math_before else _last(before)
            start = math_before.start() if math_before else number.start() if number else mark.start()
        covered.append((start, mark.start()))
    section = False
    for number in NUMBER.finditer(MARK.sub(lambda m: " " * len(m[0]), line)):
        text, before, after = number[0], line[: number.start()], line[number.end() :]
        named = _SECTION.search(before)
        section = bool(named) and (section or named[0].strip(" (") not in ("and", ",", "–"))
        loose = "." in text or number["power"] or number["exponent"]
        if not loose or section or re.match(r"\.\d", after) or re.search(r"[\w.]$", before):
            continue
        if not any(start <= number.start() < end for start, end in covered):
            yield text


def _last(text):
    numbers = list(NUMBER.finditer(text))
    return numbers[-1] if numbers else None

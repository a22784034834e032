"""Numbers as prose writes them: found in a text, and compared with a computed value.

A number is written in digits (``0.236``, ``1,437``, ``3.2·10^{-13}``, ``10⁻¹²``) or as a word (``twice``, ``two thirds``,
``thirty-fold``). Half a unit in the last written digit is allowed; a ratio in words, ``half`` or ``twice``, a tenth of itself.

>>> agrees("x", 0.2361, last("about 0.236")), agrees("x", 2.05, last("about twice")), agrees("x", 2.05, last("10⁻²"))
(True, True, False)
"""

import math
import re
from dataclasses import dataclass

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_MANTISSA = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_TIMES = r"\s*(?:\\cdot|\\times|·|×)\s*"
_POWER = r"10\^(?:\{[-+]?\d+(?:\.\d+)?\}|[-+]?\d+(?:\.\d+)?)|10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+"
_DIGITS = (
    rf"(?P<sign>(?<![\w.)}}])[-+])?(?:(?:(?P<mantissa>{_MANTISSA}){_TIMES})?(?P<power>{_POWER})"
    rf"|(?P<plain>{_MANTISSA})(?:[eE](?P<exponent>[-+]?\d+))?)"
)
NUMBER = re.compile(_DIGITS)

RATIOS = {"half": 1 / 2, "halved": 1 / 2, "quarter": 1 / 4, "twice": 2, "double": 2, "doubled": 2, "thrice": 3}
RATIOS |= {"third": 1 / 3, "thirds": 1 / 3, "quarters": 1 / 4, "fifth": 1 / 5, "tenth": 1 / 10, "hundredth": 1 / 100}
RATIOS |= {"thousandth": 1e-3, "millionth": 1e-6, "hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9}
COUNTS = "zero one two three four five six seven eight nine ten eleven twelve".split()
COUNTS = {word: number for number, word in enumerate(COUNTS)} | {"no": 0, "none": 0, "once": 1, "fifteen": 15}
COUNTS |= {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
RATIO_SLACK = 0.1  # how far from a ratio in words a value may be, as a share of it
WRITTEN = re.compile(
    rf"{_DIGITS}|\b(?:(?P<count>{'|'.join(COUNTS)})[ -])?(?P<ratio>{'|'.join(RATIOS)})(?=\b|fold)"
    rf"|\b(?P<word>{'|'.join(COUNTS)})(?=\b|fold)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Written:
    """``sign · size · 10^exponent``; size is None for a bare power of ten, exponent None where none is written.

    ``slack`` is how far a value may be: from the size, or of a bare power of ten from its exponent.
    """

    sign: float
    size: float | None
    exponent: float | None
    slack: float


def plain(text):
    """``text`` with its numbers in one spelling: no TeX commas, one minus sign."""
    return text.replace("{,}", ",").replace("−", "-")


def last(text):
    """The last number written in ``text``, in digits or in words, as a match; None if there is none."""
    found = list(WRITTEN.finditer(plain(text)))
    return found[-1] if found else None


def read(match):
    """What a match of ``NUMBER`` or ``WRITTEN`` says, as :class:`Written`."""
    group = match.groupdict()
    if group.get("ratio"):
        size = COUNTS.get((group["count"] or "one").lower()) * RATIOS[group["ratio"].lower()]
        return Written(1.0, size, None, RATIO_SLACK * size)
    if group.get("word"):
        return Written(1.0, COUNTS[group["word"].lower()], None, _half_a_unit(""))
    sign = -1.0 if group["sign"] == "-" else 1.0
    power = (group["power"] or "").translate(_SUPERSCRIPT).removeprefix("10").strip("^{}") or group["exponent"]
    digits = (group["mantissa"] or group["plain"] or "").replace(",", "")
    if not digits:
        return Written(sign, None, float(power), _half_a_unit(power))
    return Written(sign, float(digits), float(power) if power else None, _half_a_unit(digits))


def _half_a_unit(digits):
    return 0.5 * 10.0 ** -len(digits.partition(".")[2]) * (1 + 1e-9)


def agrees(key, value, match):
    """Whether ``value``, bound under ``key``, rounds to the number that ``match`` found in the prose."""
    written, logarithmic = read(match), key.endswith("_log10")
    if written.size is not None and written.exponent is None:
        return abs((10.0**value if logarithmic else value) - written.sign * written.size) <= written.slack
    if not logarithmic and (value == 0 or math.copysign(1.0, value) != written.sign):
        return False
    exponent = value if logarithmic else math.log10(abs(value))
    if written.size is None:
        return abs(exponent - written.exponent) <= written.slack
    return abs(10.0 ** (exponent - written.exponent) - written.size) <= written.slack


def difference(key, value, match):
    """The bound value minus the written number; where the key ends in ``_log10``, of their logarithms."""
    written = read(match)
    size, exponent = 1.0 if written.size is None else written.size, written.exponent or 0.0
    if key.endswith("_log10"):
        return value - (math.log10(size) + exponent)
    return value - written.sign * size * 10.0**exponent

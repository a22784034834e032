"""Numbers as people type them: 10^-12, 2·10⁻³, 1/4, 25 %, 0,25. The page reads the same (widgets/judge.js).

>>> number("2·10⁻³")
(0.002, '')
>>> number("3 decades", unit="decades")
(3.0, '')
>>> number("1,000")
(None, '“1,000”: a thousand or a decimal comma? Write it with a point, or without a comma.')
"""

import re
from math import isfinite, nan

HOW = "Write a number such as 0.25, −3, 1e-12 or 10^-12, not “{}”."
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
_POWER = re.compile(r"([+-]?)(?:(\d+\.?\d*|\.\d+)[*·×x])?10\^([+-]?\d+\.?\d*)")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


def number(raw, unit=""):
    """``(value, "")``, or ``(None, what is wrong with it)``. ``unit`` may stand behind the number."""
    lowered = re.sub(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda raised: "^" + raised[0].translate(_RAISED), raw.strip().replace("**", "^"))
    text = re.sub(r"[{}()\s]", "", re.sub("[−–]", "-", lowered)).lower()
    text = text.removesuffix(re.sub(r"\s", "", unit).lower())
    if re.search(r"\d,\d{3}(\D|$)", text) and "." not in text:
        return None, f"“{raw.strip()}”: a thousand or a decimal comma? Write it with a point, or without a comma."
    text = re.sub(r"^×(?=\d)", "", text.replace(",", ".") if text.count(",") == 1 else text)
    parts = [_plain(part) for part in text.removesuffix("%").split("/")]
    value = parts[0] if len(parts) == 1 else parts[0] / parts[1] if len(parts) == 2 and parts[1] else nan
    return (value / (100 if text.endswith("%") else 1), "") if isfinite(value) else (None, HOW.format(raw.strip()))


def _plain(text):
    if _NUMBER.fullmatch(text):
        return float(text)
    power = _POWER.fullmatch(text)
    if power is None or float(power[3]) > 308:
        return nan
    return (-1 if power[1] == "-" else 1) * float(power[2] or 1) * 10.0 ** float(power[3])

"""Numbers as people type them: 10^-12, 2·10⁻³, 1/4, 4/(3 sqrt(2π)), 25 %, 0,25. The page reads the same (widgets/typed.js).

>>> number("2·10⁻³")
(0.002, '')
>>> number("3 decades", unit="decades")
(3.0, '')
>>> number("sqrt(2)/2 + e^0")
(1.7071067811865475, '')
>>> number("1,000")
(None, '“1,000”: a thousand or a decimal comma? Write it with a point, or without a comma.')
"""

import math
import re

LONGEST = 100  # characters of an answer
HOW = "Write a number such as 0.25, −3, 1e-12, 10^-12 or 2*sqrt(pi), not “{}”."
_CONSTANTS = {"pi": math.pi, "e": math.e}
_FUNCTIONS = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "ln": math.log,
    "log10": math.log10,
    "log2": math.log2,
}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SIGNS = {"**": "^", "−": "-", "–": "-", "·": "*", "π": "pi", "√": "sqrt", "{": "(", "}": ")"}
_SIGNS |= {"½": ".5", "¼": ".25", "¾": ".75", "⅛": ".125"}
_TOKEN = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|log10|log2|[a-z]+|[-+*/^()]")


def number(raw, unit=""):
    """``(value, "")``, or ``(None, what is wrong with it)``. ``unit`` may stand behind the number."""
    raw = raw.strip()
    if len(raw) > LONGEST:
        return None, f"That has {len(raw):,} characters. Write a number with at most {LONGEST}."
    text = re.sub(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda raised: "^" + raised[0].translate(_RAISED), raw)
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    text = re.sub(r"\s", "", text).lower().removesuffix(re.sub(r"\s", "", unit).lower())
    if re.search(r"[0-9],[0-9]{3}([^0-9]|$)", text) and "." not in text:
        return None, f"“{raw}”: a thousand or a decimal comma? Write it with a point, or without a comma."
    text = re.sub(r"^×(?=[0-9])", "", text.replace(",", ".") if text.count(",") == 1 else text)
    text = re.sub(r"([0-9.)])x(?=[0-9.(])", r"\1*", text.replace("×", "*"))
    try:
        value = _Reader(text.removesuffix("%")).value() / (100 if text.endswith("%") else 1)
    except (ArithmeticError, ValueError):
        return None, HOW.format(raw)
    return value, ""


class _Reader:
    """Reads an expression by recursive descent; what is none is a ValueError, and so is a value without a finite number."""

    def __init__(self, text):
        self.tokens = _TOKEN.findall(text)
        if "".join(self.tokens) != text:
            raise ValueError

    def value(self):
        value = self.sum()
        if self.tokens:
            raise ValueError
        return value

    def next(self, *wanted):
        """The next token, taken if it is one of those wanted (any, if none is named); else ""."""
        return self.tokens.pop(0) if self.tokens and (not wanted or self.tokens[0] in wanted) else ""

    def sum(self):
        value = self.product()
        while sign := self.next("+", "-"):
            value = _finite(value + self.product() * (1 if sign == "+" else -1))
        return value

    def product(self):
        value, divided = self.signed(), False
        while self.tokens and self.tokens[0] not in ("+", "-", ")"):
            sign = self.next("*", "/")
            if not sign and (divided or not re.match(r"[a-z(]", self.tokens[0])):
                raise ValueError  # 2π is a product, but 1/2π might be meant as 1/(2π)
            right, divided = self.signed(), divided or sign == "/"
            value = _finite(value / right if sign == "/" else value * right)
        return value

    def signed(self):
        if sign := self.next("+", "-"):
            return self.signed() * (1 if sign == "+" else -1)
        value = self.atom()
        return _finite(math.pow(value, self.signed())) if self.next("^") else value

    def atom(self):
        token = self.next()
        if token == "(":
            value = self.sum()
            if not self.next(")"):
                raise ValueError
            return value
        if token in _FUNCTIONS:
            return _finite(_FUNCTIONS[token](self.atom()))
        return _CONSTANTS[token] if token in _CONSTANTS else _finite(float(token))


def _finite(value):
    if not math.isfinite(value):
        raise ValueError
    return value

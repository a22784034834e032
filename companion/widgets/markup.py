"""Light markup: plain text with `code`, *emphasis*, x_{12} and 10^{-3}. The widgets' markup.js draws the same."""

import re

MARKS = re.compile(r"`([^`]*)`|\*([^\s*](?:[^*]*[^\s*])?)\*|\^\{([^{}]*)\}|_\{([^{}]*)\}")


def plain(text):
    """``text`` without its marks, as a screen reader or a terminal gets it.

    >>> plain("the slope of *all* `relu` layers is 10^{-3} of δ_{12}")
    'the slope of all relu layers is 10^−3 of δ12'
    """
    return MARKS.sub(lambda m: m[1] or m[2] or ("^" + _minus(m[3]) if m[3] is not None else _minus(m[4] or "")), text)


def _minus(text):
    return text.replace("-", "−")

"""Light markup: `code`, *emphasis*, x_{12} or x_l, 10^{-3}, 10^-3 or x^l. markup.js draws the same."""

import re

MARKS = re.compile(
    r"`([^`]*)`|\*([^\s*](?:[^*]*[^\s*])?)\*"  # code, emphasis
    r"|\^\{([^{}]*)\}|\^([-−]?\d+(?:\.\d+)?|[A-Za-z](?!\w))"  # raised
    r"|_\{([^{}]*)\}|_([A-Za-z0-9])(?![\w{])"  # lowered
)


def plain(text):
    """``text`` without its marks, as a screen reader or a terminal gets it.

    >>> plain("the slope of *all* `relu` layers is 10^{-3} of δ_{12}")
    'the slope of all relu layers is 10^−3 of δ12'
    """

    def words(match):
        code, emphasis, raised, power, lowered, index = match.groups()
        if (raised or power) is not None:
            return "^" + (raised or power).replace("-", "−")
        return code or emphasis or (lowered or index or "").replace("-", "−")

    return MARKS.sub(words, text)

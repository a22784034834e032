"""Light markup: plain text with `code`, *emphasis*, x_{12} or x_l, and 10^{-3} or 10^-3. The widgets' markup.js draws the same."""

import re

MARKS = re.compile(
    r"`([^`]*)`|\*([^\s*](?:[^*]*[^\s*])?)\*|\^\{([^{}]*)\}|\^([-−]?\d+(?:\.\d+)?)|_\{([^{}]*)\}|_([A-Za-z0-9])(?![\w{])"
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

"""Light markup: plain text with `code`, *emphasis*, x_{12} and 10^{-3}. The widgets' markup.js draws the same."""

import re

RAISED = re.compile(r"\^\{([^{}]*)\}")
LOWERED = re.compile(r"_\{([^{}]*)\}")
EMPHASIS = re.compile(r"(?<!\*)\*([^\s*](?:[^*]*[^\s*])?)\*(?!\*)")
CODE = re.compile(r"`([^`]*)`")


def plain(text):
    """``text`` without its marks, as a screen reader or a terminal gets it.

    >>> plain("the slope of *all* `relu` layers is 10^{−3} of δ_{12}")
    'the slope of all relu layers is 10^−3 of δ12'
    """
    text = EMPHASIS.sub(r"\1", CODE.sub(r"\1", text))
    return LOWERED.sub(r"\1", RAISED.sub(r"^\1", text))

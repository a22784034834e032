"""Numbers and templates as text, in the light markup that the widgets draw (10^{-3}, x_{12}, `code`, *emphasis*)."""

import re
from numbers import Real
from string import Formatter

from companion.widgets.markup import plain

ZERO = re.compile(r"-(?=0(?:\.0*)?(?![\d.e]))")  # of a number that rounds to nothing
POWER = re.compile(r"(?:(?<![\d.])1(?:\.0*)?|(\d(?:\.\d+)?))e([+-]\d+)")


def format_value(value, template=None):
    """``value`` through a format template, with true minus signs, powers of ten, and infinities named.

    >>> format_value(-12.34, "10^{:.1f}")
    '10^{−12.3}'
    >>> format_value(0.000012345, "{:.3g}"), format_value(float("-inf")), format_value(float("nan"), "10^{:.1f}")
    ('1.23×10^{−5}', '−∞', 'not a number')
    >>> format_value(-0.04, "10^{:.1f}")
    '10^{0.0}'
    """
    if isinstance(value, str) and template is None:
        return value
    if value != value:  # whatever the unit would be
        return "not a number"
    text = (template or "{:.3g}").format(value)
    if isinstance(value, Real) and not isinstance(value, bool):
        text = ZERO.sub("", text).replace("inf", "∞")
        text = POWER.sub(lambda m: (f"{m[1]}×" if m[1] else "") + f"10^{{{int(m[2])}}}", text)
        text = re.sub(r"\^(-?[\d.∞]+)", r"^{\1}", text)
        text = re.sub(r"(?<![\w])-(?=[\d.∞])", "−", text)
    return text


def fields(template):
    """The names, each with its format (None without one), that a template mentions.

    >>> fields("With {depth} layers: {ratio:.1f}.")
    [('depth', None), ('ratio', '{:.1f}')]
    """
    found = []
    for _, name, spec, conversion in Formatter().parse(template):
        if name is None:
            continue
        if conversion or not name.isidentifier():
            raise ValueError(f"summary may only contain {{name}} or {{name:format}}, got {{{name}}} in {template!r}")
        found.append((name, "{:" + spec + "}" if spec else None))
    return found


def fill(template, texts):
    """The template with its n-th field replaced by ``texts[n]``; markup is flattened to plain text.

    >>> fill("With {depth} layers: {ratio:.1f}.", ["20", "10^{−3}"])
    'With 20 layers: 10^−3.'
    """
    waiting = iter(texts)
    parts = [literal + ("" if name is None else next(waiting)) for literal, name, _, _ in Formatter().parse(template)]
    return plain("".join(parts))

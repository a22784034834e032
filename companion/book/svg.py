"""A figure's SVG in fewer bytes, with the same picture: steps instead of places, and no names that nothing refers to.

>>> slim('<g id="a"><path id="b" d="M 1.2345 2 \\nL 1.5 2.00 \\nL 1.5 3 \\nz\\n"/></g>\\n<use href="#b"/>')
'<g><path id="b" d="M1.23 2l.27 0 0 1z"/></g><use href="#b"/>'
"""

import re

DECIMALS = 2  # of a coordinate: a hundredth of a pixel
LONG_DECIMAL = re.compile(r"(?<![\w.])-?\d+\.\d{3,}(?![\w.])")
TAG = re.compile(r"<[^>]*>")
REFERENCE = re.compile(r"(?:url\(#|href=\"#)([^)\"]*)")
POINTS = {"M": 1, "L": 1, "C": 3, "Q": 2}  # of the commands of a path that matplotlib writes
NUMBER = r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
PATH = re.compile(rf"(?:[MLCQzZ]|{NUMBER}|[\s,])*")


def slim(svg):
    """The SVG without what no reader sees: long decimals, unused ids, rotations by nothing, line breaks between elements."""
    used = set(REFERENCE.findall(svg))
    svg = TAG.sub(lambda tag: LONG_DECIMAL.sub(lambda number: f"{float(number[0]):.{DECIMALS}f}", tag[0]), svg)
    svg = re.sub(r" id=\"([^\"]*)\"", lambda found: found[0] if found[1] in used else "", svg)
    svg = re.sub(r" transform=\"rotate\(-?0 [^)]*\)\"", "", svg)
    svg = re.sub(r" d=\"([^\"]*)\"", lambda found: f' d="{steps(found[1])}"', svg)
    return re.sub(r">\s*\n\s*<", "><", svg)


def steps(path):
    """The data of a path in steps from point to point; as it is where it holds other commands than matplotlib's."""
    if not PATH.fullmatch(path):
        return path
    said, x, y, start, command, last = [], 0.0, 0.0, (0.0, 0.0), "M", ""
    signs = re.findall(rf"[MLCQzZ]|{NUMBER}", path)
    while signs:
        command = signs.pop(0) if signs[0].isalpha() else command
        if command in "zZ":
            said.append("z")
            (x, y), last = start, "z"
            continue
        count = 2 * POINTS[command]
        values, signs = [round(float(sign), DECIMALS) for sign in signs[:count]], signs[count:]
        if command == "M":
            start = values
            said.append(f"M{_short(values[0])} {_short(values[1])}")
        else:
            word = " ".join(_short(value - origin) for value, origin in zip(values, [x, y] * POINTS[command], strict=True))
            said.append((command.lower() if command != last else " ") + word)
        (x, y), last = values[-2:], command
    return "".join(said).replace(" -", "-")


def _short(value):
    """
    >>> [_short(value) for value in (-0.001, 0.5, -0.25, 196.9, 40.0)]
    ['0', '.5', '-.25', '196.9', '40']
    """
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return re.sub(r"^(-?)0\.", r"\1.", text) if text not in ("-0", "") else "0"

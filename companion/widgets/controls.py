"""What a reader can change: a slider over given values, or a choice among options."""

from dataclasses import dataclass
from math import isfinite
from numbers import Integral, Real

from companion import require
from companion.widgets.texts import format_value

PLAYED = 4  # seconds from the first value of a slider to its last


@dataclass(frozen=True)
class Slider:
    """A slider that stops at ``values`` (rising numbers, any spacing); a live kernel also takes what lies between them.

    ``at_most`` names another slider of the Explorer, listed before this one, whose value this one may not exceed.
    ``play`` puts three buttons beside it: previous, play, next. Played, it runs through all its values in four seconds, or
    in as many as ``play`` says.

    >>> Slider("depth", [2, 5, 10], label="Depth L", start=5).text(5)
    '5'
    """

    name: str
    values: tuple
    label: str = ""
    start: float | None = None
    format: str = "{:g}"
    at_most: str | None = None
    play: bool | float = False

    def __post_init__(self):
        _check_name("Slider", self.name)
        values = require.listed(f"values of slider {self.name!r}", self.values)
        numbers = [v for v in values if isinstance(v, Real) and not isinstance(v, bool) and isfinite(v)]
        if (
            len(numbers) != len(values)
            or len(values) < 2
            or any(b <= a for a, b in zip(values, values[1:], strict=False))
        ):
            raise ValueError(
                f"values of slider {self.name!r} must be two or more rising finite numbers, got {values!r}"
            )
        object.__setattr__(self, "values", tuple(v.item() if hasattr(v, "item") else v for v in values))
        _settle_start(self, "slider")
        if self.at_most is not None and not isinstance(self.at_most, str):
            raise ValueError(
                f"at_most of slider {self.name!r} must be the name of another slider, got {self.at_most!r}"
            )
        if not isinstance(self.play, bool):
            require.number(f"play of slider {self.name!r}, if not True or False,", self.play, above=0)

    @property
    def whole(self):
        """Are all values whole numbers (so that only whole numbers make sense between them)?"""
        return all(isinstance(value, Integral) for value in self.values)

    def read(self, value):
        """``value``, from a reader, as a number that ``frame`` can take; a ValueError where it is not one."""
        low, high = self.values[0], self.values[-1]
        if isinstance(value, bool) or not isinstance(value, Real) or not low <= value <= high:
            raise ValueError(f"{self.name} must be a number from {low:g} to {high:g}, got {value!r}")
        return round(value) if self.whole else float(value)

    def text(self, value):
        return format_value(value, self.format)

    def spec(self):
        extras = {"at_most": self.at_most, "play": PLAYED if self.play is True else self.play}
        return {
            "kind": "slider",
            "name": self.name,
            "label": self.label,
            "values": list(self.values),
            "texts": [self.text(value) for value in self.values],
            "start": self.values.index(self.start),
            "whole": self.whole,
        } | {name: extra for name, extra in extras.items() if extra}


@dataclass(frozen=True)
class Choice:
    """A choice among options: a list of values, or ``{value: text}``.

    >>> Choice("activation", {"sigmoid": "sigmoid", "relu": "ReLU"}).text("relu")
    'ReLU'
    """

    name: str
    options: dict
    label: str = ""
    start: object = None

    def __post_init__(self):
        _check_name("Choice", self.name)
        options = self.options
        if not isinstance(options, dict):
            options = {value: str(value) for value in require.listed(f"options of choice {self.name!r}", options)}
        if len(options) < 2 or not all(isinstance(value, str | int | float) for value in options):
            raise ValueError(
                f"options of choice {self.name!r} must be two or more texts or numbers, got {self.options!r}"
            )
        object.__setattr__(self, "options", dict(options))
        _settle_start(self, "choice")

    @property
    def values(self):
        return tuple(self.options)

    def read(self, value):
        if value not in self.options:
            known = ", ".join(str(option) for option in self.options)
            raise ValueError(f"{self.name} must be one of {known}, got {value!r}")
        return value

    def text(self, value):
        return self.options[value]

    def spec(self):
        return {
            "kind": "choice",
            "name": self.name,
            "label": self.label,
            "values": list(self.options),
            "texts": list(self.options.values()),
            "start": self.values.index(self.start),
        }


def _check_name(kind, name):
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"name of a {kind} must be a Python identifier (it is an argument of frame), got {name!r}")


def _settle_start(control, kind):
    object.__setattr__(control, "label", control.label or control.name)
    start = control.values[0] if control.start is None else control.start
    if start not in control.values:
        values = ", ".join(str(value) for value in control.values)
        raise ValueError(f"start of {kind} {control.name!r} must be one of its values {values}, got {start!r}")
    object.__setattr__(control, "start", control.values[control.values.index(start)])

"""What can be drawn in a panel. Records only: the drawing is in marks.js. NaN and ±inf are drawn as what they are."""

from dataclasses import dataclass, field, fields

import numpy as np

from companion.require import known, numbers, positive_int, shown

ROLES = ("vanishing", "healthy", "exploding", "theory", "sky", "purple", "orange")
COLORS = ("sequential", "diverging")


class Mark:
    """A mark tells which of its fields are arrays on the x axis, arrays on the y axis, other arrays, texts, and settings."""

    on_x = ()
    on_y = ()
    plain = ()  # arrays of whole bytes, or of numbers that are no places
    words = ("name",)
    settings = ("role",)

    @property
    def kind(self):
        return type(self).__name__.lower()

    def _array(self, name, ndim=1):
        value = getattr(self, name)
        where = f"{name} of {type(self).__name__}"
        array = np.asarray(numbers(where, value))
        if array.dtype.kind == "c":
            raise TypeError(f"{where} must be an array of real numbers, got {shown(value)}")
        array = array.astype(float)
        if array.ndim != ndim or (ndim and 0 in array.shape):
            wanted = f"{ndim} axes and at least one value" if ndim else "one number"
            raise ValueError(f"{where} must have {wanted}, got shape {array.shape}")
        object.__setattr__(self, name, array)
        return array

    def _same_length(self, *names):
        lengths = {name: len(getattr(self, name)) for name in names if getattr(self, name) is not None}
        if len(set(lengths.values())) > 1:
            got = ", ".join(f"{name}: {length}" for name, length in lengths.items())
            raise ValueError(f"{', '.join(lengths)} of {type(self).__name__} must have one length, got {got}")

    def _known(self, name, table):
        known(f"{name} of {type(self).__name__}", getattr(self, name), dict.fromkeys(table))


@dataclass(frozen=True, eq=False)
class Line(Mark):
    """A line through ``y`` over ``x`` (1, 2, 3 … without one)."""

    y: np.ndarray
    x: np.ndarray | None = None
    name: str = ""
    role: str = "healthy"
    dash: bool = False
    markers: bool = False
    on_x, on_y, settings = ("x",), ("y",), ("role", "dash", "markers")

    def __post_init__(self):
        self._array("y")
        if self.x is not None:
            self._array("x")
        self._same_length("y", "x")
        self._known("role", ROLES)


@dataclass(frozen=True, eq=False)
class Band(Mark):
    """The area between ``low`` and ``high`` over ``x`` (1, 2, 3 … without one): the spread of several runs."""

    low: np.ndarray
    high: np.ndarray
    x: np.ndarray | None = None
    name: str = ""
    role: str = "healthy"
    on_x, on_y = ("x",), ("low", "high")

    def __post_init__(self):
        self._array("low")
        self._array("high")
        if self.x is not None:
            self._array("x")
        self._same_length("low", "high", "x")
        self._known("role", ROLES)


@dataclass(frozen=True, eq=False)
class Bars(Mark):
    """One bar a value of ``heights``, from zero, at 1, 2, 3 … with ``labels`` below them (numbers without)."""

    heights: np.ndarray
    labels: tuple = ()
    name: str = ""
    role: str = "healthy"
    on_y, words = ("heights",), ("name", "labels")

    def __post_init__(self):
        self._array("heights")
        object.__setattr__(self, "labels", tuple(str(label) for label in self.labels))
        if self.labels:
            self._same_length("heights", "labels")
        self._known("role", ROLES)


@dataclass(frozen=True, eq=False)
class Heat(Mark):
    """Colours for ``values`` (ny, nx) at ``np.linspace(*y, ny)`` and ``np.linspace(*x, nx)``, first row at the lowest y.

    ``limits`` (default: the range of the values, symmetric about 0 when diverging) are the ends of the colours.
    ``contours`` lines of equal value; None draws them on maps only (panels with ``equal=True``).
    """

    values: np.ndarray
    x: np.ndarray = field(default=(0.0, 1.0))
    y: np.ndarray = field(default=(0.0, 1.0))
    colors: str = "sequential"
    label: str = ""
    limits: tuple | None = None
    contours: int | None = None
    on_x, on_y, words, settings = ("x",), ("y",), ("label",), ("colors", "contours")

    def __post_init__(self):
        values = self._array("values", ndim=2)
        self._known("colors", COLORS)
        if self.contours is not None:
            positive_int("contours of Heat", self.contours, minimum=0)
        if self.limits is None:
            finite = values[np.isfinite(values)]
            low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
            if self.colors == "diverging":
                low, high = -max(abs(low), abs(high)), max(abs(low), abs(high))
            object.__setattr__(self, "limits", (low, high) if high > low else (low - 0.5, low + 0.5))
        for name in ("x", "y", "limits"):
            pair = self._array(name)
            if pair.shape != (2,) or not np.isfinite(pair).all() or not pair[0] < pair[1]:
                raise ValueError(f"{name} of Heat must be two rising finite numbers, got {getattr(self, name)!r}")


@dataclass(frozen=True, eq=False)
class Path(Mark):
    """A walk through ``points`` (n, 2): a line with a dot a step, its start and its end marked."""

    points: np.ndarray
    name: str = ""
    role: str = "exploding"
    on_x, on_y = ("x",), ("y",)

    def __post_init__(self):
        points = self._array("points", ndim=2)
        if points.shape[1] != 2:
            raise ValueError(f"points of Path must have shape (n, 2), got {points.shape}")
        self._known("role", ROLES)

    @property
    def x(self):
        return self.points[:, 0]

    @property
    def y(self):
        return self.points[:, 1]


@dataclass(frozen=True, eq=False)
class Dot(Mark):
    """One marked point."""

    x: float
    y: float
    name: str = ""
    role: str = "healthy"
    on_x, on_y = ("x",), ("y",)

    def __post_init__(self):
        self._array("x", ndim=0)
        self._array("y", ndim=0)
        self._known("role", ROLES)


@dataclass(frozen=True, eq=False)
class Arrow(Mark):
    """An arrow from (``x0``, ``y0``) to (``x1``, ``y1``), such as a gradient on a map; lists of numbers are one arrow each.

    >>> Arrow(0, 0, [1, 2], [1, 0]).x.tolist()           # start and tip of one arrow after the other
    [0.0, 1.0, 0.0, 2.0]
    """

    x0: np.ndarray
    y0: np.ndarray
    x1: np.ndarray
    y1: np.ndarray
    name: str = ""
    role: str = "healthy"
    on_x, on_y = ("x",), ("y",)

    def __post_init__(self):
        ends = ("x0", "y0", "x1", "y1")
        ndims = {name: np.ndim(numbers(f"{name} of Arrow", getattr(self, name))) for name in ends}
        arrays = {name: self._array(name, ndim=min(1, ndim)) for name, ndim in ndims.items()}
        count = max(array.size for array in arrays.values())
        for name, array in arrays.items():
            object.__setattr__(self, name, np.full(count, array) if array.ndim == 0 else array)
        self._same_length(*ends)
        self._known("role", ROLES)

    @property
    def x(self):
        return np.stack([self.x0, self.x1], axis=1).ravel()

    @property
    def y(self):
        return np.stack([self.y0, self.y1], axis=1).ravel()


@dataclass(frozen=True, eq=False)
class Rule(Mark):
    """A straight line across the panel at one ``x`` or one ``y``."""

    x: float | None = None
    y: float | None = None
    name: str = ""
    role: str = "theory"
    on_x, on_y = ("x",), ("y",)

    def __post_init__(self):
        if (self.x is None) == (self.y is None):
            raise ValueError(f"Rule must have either x or y, got x={self.x!r}, y={self.y!r}")
        self._array("x" if self.y is None else "y", ndim=0)
        self._known("role", ROLES)


def same(first, second):
    """Do two marks hold the same? (``==`` of arrays is not a truth value.)"""
    return type(first) is type(second) and all(
        np.array_equal(a, b, equal_nan=True) if isinstance(a, np.ndarray) else a == b
        for a, b in ((getattr(first, f.name), getattr(second, f.name)) for f in fields(first))
    )

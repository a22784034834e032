r"""Number formats: what each can hold, what becomes of a number that it cannot, and loss scaling, which moves numbers into reach.

A format of so many bits has one for the sign, some for the exponent e and the rest for the fraction: ± 1.fraction · 2^e. The
lowest exponent is written without the leading 1: these are the *subnormal* numbers, evenly spaced down to 0.

>>> half = FORMATS["float16"]
>>> half.largest, half.smallest_normal == 2**-14, half.smallest_subnormal == 2**-24
(65504.0, True, True)
>>> half.cast([1.0001, 1e-8, 1e5])                     # the nearest number of the format, 0 and infinity among them
array([ 1.,  0., inf])
>>> {name: underflow_depth(format, 0.25) for name, format in FORMATS.items() if format.bits > 8}
{'float64': 538, 'float32': 75, 'float16': 13, 'bfloat16': 67}

``float8_e4m3`` is the variant without infinities, largest 448, that libraries call ``float8_e4m3fn``. Values are handed about as
float64 arrays, rounded once; ``dtype`` is the type of NumPy or ``ml_dtypes`` for arrays *in* the format.

IEEE 754-2019; Kalamkar et al. (2019) for bfloat16; Micikevicius et al. (2018) for loss scaling, (2022) for FP8. Chapter 18.
"""

from dataclasses import dataclass, replace
from math import ceil, log2

import numpy as np

from companion import require, signals


@dataclass(frozen=True)
class Format:
    """A binary format: sign, ``exponent_bits`` and ``fraction_bits``. ``infinite``: does it keep codes for infinity?

    >>> FORMATS["bfloat16"].code(-1.5)                                    # sign, exponent, fraction
    ('1', '01111111', '1000000')
    """

    name: str
    exponent_bits: int
    fraction_bits: int
    library: str = "numpy"  # where its type is from
    infinite: bool = True

    @property
    def bits(self):
        return 1 + self.exponent_bits + self.fraction_bits

    @property
    def bias(self):
        """What is added to e so that its code is never negative."""
        return 2 ** (self.exponent_bits - 1) - 1

    @property
    def largest(self):
        if self.infinite:  # the highest exponent code means infinity or NaN
            return (2 - self.epsilon) * 2.0**self.bias
        return (2 - 2 * self.epsilon) * 2.0 ** (self.bias + 1)  # one single code means NaN

    @property
    def smallest_normal(self):
        return 2.0 ** (1 - self.bias)

    @property
    def smallest_subnormal(self):
        return 2.0 ** (1 - self.bias - self.fraction_bits)

    @property
    def epsilon(self):
        """The spacing just above 1."""
        return 2.0**-self.fraction_bits

    @property
    def dtype(self):
        """The type for arrays in this format."""
        name = self.name if self.infinite else f"{self.name}fn"
        return np.dtype(getattr(require.package(self.library), name))

    def spacing(self, x):
        """The distance between neighbours of the format at ``x``, from |x| upwards.

        >>> FORMATS["bfloat16"].spacing([1.0, 300.0]), FORMATS["float16"].spacing(0.0) == 2**-24
        (array([0.0078125, 2.       ]), True)
        """
        return _plain(np.ldexp(1.0, self._last(require.finite_array("x", x))))

    def cast(self, x):
        """``x`` rounded to the nearest number of the format, in a tie to the even one; what is too large is infinite.

        Without infinities it is NaN, as in ``ml_dtypes``. NaN and infinities among ``x`` may be.

        >>> FORMATS["float8_e4m3"].cast([0.3, 449.0, 500.0])
        array([3.125e-01, 4.480e+02,       nan])
        """
        if self.library == "numpy":
            with np.errstate(over="ignore"):
                return _plain(_real("x", x).astype(self.dtype).astype(float))
        return self._rounded(x, np.rint)  # ml_dtypes goes from float64 by way of float32, and so rounds twice

    def stochastic(self, x, *, rng):
        """``x`` rounded up or down by chance, so that the mean is ``x``: up with the share of the way that it has gone.

        >>> rounded = FORMATS["bfloat16"].stochastic(np.full(10_000, 1.001), rng=np.random.default_rng(0))
        >>> sorted(set(rounded.tolist())), f"{rounded.mean():.3f}"
        ([1.0, 1.0078125], '1.001')
        """
        rng = require.generator("rng", rng)
        return self._rounded(x, lambda steps: np.floor(steps + rng.random(np.shape(steps))))

    def _rounded(self, x, whole):
        x = _real("x", x)
        last = self._last(x)
        with np.errstate(over="ignore", invalid="ignore"):
            near = np.ldexp(whole(np.ldexp(x, -last)), last)
            near = np.where(np.abs(near) > self.largest, np.copysign(np.inf, x), near)
        return _plain(near if self.infinite else np.where(np.isinf(near), np.nan, near))

    def _last(self, x):
        """The exponent of the last place at ``x``: 2 to the power of it is the spacing there."""
        exponent = np.where(x == 0, 1 - self.bias, np.frexp(x)[1] - 1)
        return np.maximum(exponent, 1 - self.bias) - self.fraction_bits

    def code(self, x):
        """The bits of the number nearest to ``x``: sign, exponent and fraction, as three texts."""
        near = np.array([self.cast(require.number("x", x))]).astype(self.dtype)
        whole = int(near.view(f"u{self.bits // 8}")[0])
        text = f"{whole:0{self.bits}b}"
        return text[0], text[1 : 1 + self.exponent_bits], text[1 + self.exponent_bits :]


FORMATS = {
    record.name: record
    for record in (
        Format("float64", 11, 52),
        Format("float32", 8, 23),
        Format("float16", 5, 10),
        Format("bfloat16", 8, 7, "ml_dtypes"),
        Format("float8_e4m3", 4, 3, "ml_dtypes", infinite=False),
        Format("float8_e5m2", 5, 2, "ml_dtypes"),
    )
}
"""By name: float64 float32 float16 bfloat16 float8_e4m3 float8_e5m2."""


@dataclass(frozen=True)
class Lost:
    """Shares of the numbers that were neither 0 nor infinite before: ``zeros`` became 0, ``beyond`` infinite or NaN."""

    zeros: float
    beyond: float


def lost(format, x, scale=1.0):
    """What the format loses of ``x``, multiplied by ``scale`` first: :class:`Lost`. Zeros of ``x`` itself do not count.

    >>> lost(FORMATS["float16"], [0.0, 1e-9, 1e-3, 1e3]), lost(FORMATS["float16"], [0.0, 1e-9, 1e-3, 1e3], scale=2.0**10).beyond
    (Lost(zeros=0.3333333333333333, beyond=0.0), 0.3333333333333333)
    """
    format, scale = _format(format), require.number("scale", scale, above=0)
    x = _real("x", x)
    x = x[np.isfinite(x) & (x != 0)]
    if not x.size:
        raise ValueError("x must have at least one finite number that is not 0, got none")
    with np.errstate(over="ignore"):
        kept = np.asarray(format.cast(scale * x))
    return Lost(float(np.mean(kept == 0)), float(np.mean(~np.isfinite(kept))))


def underflow_depth(format, factor, start=1.0):
    """The first L at which ``start · factor**L`` is 0 in the format: where it comes to half the smallest subnormal, or less.

    It is the *product* that is rounded, once. Rounded after every factor, one above ½ never gets to 0 (the deeper page).
    """
    format, start = _format(format), require.number("start", start, above=0)
    factor = require.number("factor", factor, above=0, below=1)
    decades = (log2(format.smallest_subnormal) - 1 - log2(start)) / log2(factor)
    return max(0, ceil(decades))


safe_norm = signals.norm
"""√(sum |x|²) without under- or overflow on the way: divide by a power of two near the largest entry, multiply back last."""


@dataclass(frozen=True)
class LossScale:
    """A dynamic loss scale, by ``torch.amp.GradScaler``'s rule; a record that :meth:`after` a step gives the next one.

    Where a gradient is infinite or NaN, the scale is multiplied by ``backoff`` and the step is left out. After ``interval``
    steps in a row that went well it is multiplied by ``growth``. ``good`` counts them.

    >>> scale = LossScale(2.0**16, interval=2)
    >>> [scale := scale.after(finite) for finite in (False, True, True)][-1].value
    65536.0
    """

    value: float = 2.0**16
    growth: float = 2.0
    backoff: float = 0.5
    interval: int = 2000
    good: int = 0

    def __post_init__(self):
        require.number("value", self.value, at_least=0)
        require.number("growth", self.growth, above=1)
        require.number("backoff", self.backoff, above=0, below=1)
        require.positive_int("interval", self.interval)
        require.positive_int("good", self.good, minimum=0)

    def unscaled(self, gradients):
        """(the gradients divided by the scale, whether all of them were finite), of a list of arrays."""
        arrays = [_real(f"gradients[{i}]", g) for i, g in enumerate(require.listed("gradients", gradients))]
        if not self.value:
            raise ValueError("value must be above 0 to divide by it, got 0.0")
        finite = all(np.isfinite(array).all() for array in arrays)
        return [array / self.value for array in arrays], finite

    def after(self, finite):
        """The scale after a step whose gradients were all ``finite``, or not. It is kept in float32, as torch does."""
        if not require.flag("finite", finite):
            return replace(self, value=self._float32(self.value * self.backoff), good=0)
        if self.good + 1 < self.interval:
            return replace(self, good=self.good + 1)
        grown = self._float32(self.value * self.growth)
        return replace(self, value=grown if np.isfinite(grown) else self.value, good=0)

    @staticmethod
    def _float32(value):
        return float(FORMATS["float32"].cast(value))


def _format(format):
    return require.instance("format", format, Format, "a Format, for example FORMATS['float16']")


def _real(argument, value):
    """``value`` as float64, NaN and infinities among it."""
    array = np.asarray(require.numbers(argument, value))
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{argument} must be an array of real numbers, got {require.shown(value)}")
    return array.astype(float)


def _plain(value):
    return float(value) if np.ndim(value) == 0 else value

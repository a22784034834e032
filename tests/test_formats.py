"""Formats, against NumPy's, ml_dtypes' and torch's own; the safe norm against mpmath; the loss scale against torch's scaler."""

from itertools import product

import mpmath
import numpy as np
import pytest

from companion.formats import FORMATS, LossScale, lost, safe_norm, underflow_depth

ml_dtypes = pytest.importorskip("ml_dtypes")
NARROW = [name for name, format in FORMATS.items() if format.bits <= 16]


def every_number(format):
    """All finite numbers of a format of at most 16 bits, as float64."""
    codes = np.arange(2**format.bits, dtype=f"u{format.bits // 8}")
    with np.errstate(invalid="ignore"):  # some of them are NaN
        numbers = codes.view(format.dtype).astype(float)
    return np.unique(numbers[np.isfinite(numbers)])


@pytest.mark.parametrize("name", FORMATS)
def test_the_limits_are_the_librarys(name):
    format = FORMATS[name]
    info = ml_dtypes.finfo(format.dtype)
    own = [format.bits, format.largest, format.smallest_normal, format.smallest_subnormal, format.epsilon]
    theirs = [info.bits, info.max, info.smallest_normal, info.smallest_subnormal, info.eps]
    assert own == [float(each) for each in theirs]


@pytest.mark.parametrize("name", NARROW)
def test_every_number_of_a_format_stays_and_its_neighbour_is_a_spacing_away(name):
    format = FORMATS[name]
    numbers = every_number(format)
    assert np.array_equal(format.cast(numbers), numbers)
    upwards = numbers[numbers >= 0]
    assert np.array_equal(upwards[:-1] + format.spacing(upwards[:-1]), upwards[1:])


@pytest.mark.parametrize("name", NARROW)
def test_what_lies_between_goes_to_the_nearest_and_a_tie_to_the_even_one(name):
    format = FORMATS[name]
    numbers = every_number(format)
    low, high = numbers[:-1], numbers[1:]
    middle = (low + high) / 2  # exact in float64
    aside = (high - low) * 2.0**-30
    assert np.array_equal(format.cast(middle - aside), low)
    assert np.array_equal(format.cast(middle + aside), high)
    even = (np.arange(len(numbers)) - np.flatnonzero(numbers == 0)[0]) % 2 == 0
    assert np.array_equal(format.cast(middle), np.where(even[:-1], low, high))


@pytest.mark.parametrize("name", FORMATS)
def test_rounding_agrees_with_the_library_on_float32(name):
    format, rng = FORMATS[name], np.random.default_rng(0)
    x = (rng.standard_normal(20_000) * 2.0 ** rng.uniform(-160, 124, 20_000)).astype(np.float32)
    x = np.r_[x, np.float32([0, np.inf, -np.inf, np.nan, 448, 464, 465, 57344, 61439, 61440, 65519, 65520])]
    with np.errstate(over="ignore", invalid="ignore"):
        theirs = x.astype(format.dtype).astype(float)
    assert np.array_equal(format.cast(x.astype(float)), theirs, equal_nan=True)


@pytest.mark.parametrize("name", ["float32", "float16", "bfloat16", "float8_e5m2"])
def test_rounding_agrees_with_torch(name):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    x = torch.tensor(rng.standard_normal(5000) * 2.0 ** rng.uniform(-30, 20, 5000), dtype=torch.float32)
    theirs = x.to(getattr(torch, name)).double().numpy()
    assert np.array_equal(FORMATS[name].cast(x.double().numpy()), theirs)


def test_a_number_near_a_tie_is_not_rounded_twice():
    x = 1 + 2.0**-8 + 2.0**-40  # above the tie of bfloat16, but on it in float32
    assert FORMATS["bfloat16"].cast(x) == 1 + 2.0**-7
    assert float(np.float64(x).astype(ml_dtypes.bfloat16)) == 1  # why cast does not ask the library


@pytest.mark.parametrize("name", FORMATS)
def test_the_first_depth_at_which_a_product_is_zero(name):
    format = FORMATS[name]
    for factor, start in product((0.5, 0.25, 0.41, 0.9), (1.0, 3e-3)):
        depth = underflow_depth(format, factor, start)
        with mpmath.workprec(200):
            half = mpmath.mpf(format.smallest_subnormal) / 2
            sizes = [start * mpmath.mpf(factor) ** n for n in (depth - 1, depth)]
            assert sizes[0] > half >= sizes[1]
        if format.bits < 64:
            assert format.cast([float(size) for size in sizes]).astype(bool).tolist() == [True, False]


def test_the_known_depths():
    depths = {name: underflow_depth(FORMATS[name], 0.25) for name in ("float16", "bfloat16", "float32", "float64")}
    assert depths == {"float16": 13, "bfloat16": 67, "float32": 75, "float64": 538}  # log2 of half the smallest, over 2


def test_what_a_cast_loses_leaves_out_what_was_zero_before():
    found = lost(FORMATS["float16"], [0.0, 2.0**-26, 2.0**-25, 1.5 * 2.0**-25, 7e4, np.inf])
    assert (found.zeros, found.beyond) == (0.5, 0.25)
    assert lost(FORMATS["float8_e4m3"], [448.0, 500.0]).beyond == 0.5  # NaN there, for want of infinities


def test_stochastic_rounding_is_right_on_average_and_only_between_neighbours():
    format, rng = FORMATS["float8_e5m2"], np.random.default_rng(0)
    for x in (1.1, -0.3, 3e-5, 2.0):
        rounded = format.stochastic(np.full(40_000, x), rng=rng)
        near = sorted({format.cast(x), *rounded.tolist()})
        assert len(near) <= 2 and np.ptp(near) <= format.spacing(x)
        assert abs(rounded.mean() - x) < 4 * format.spacing(x) / 2 / 200  # four standard errors at most
    assert np.isinf(format.stochastic(np.inf, rng=rng)) and format.stochastic(0.0, rng=rng) == 0


@pytest.mark.parametrize("size", [1, 2, 100, 5000])
@pytest.mark.parametrize("power", [-300, -160, 0, 150, 300])
def test_the_safe_norm_is_right_to_fifteen_digits(size, power):
    x = np.random.default_rng(size).uniform(-1, 1, size) * 10.0**power
    with mpmath.workdps(50):
        exact = mpmath.sqrt(mpmath.fsum(mpmath.mpf(each) ** 2 for each in x))
        assert abs(safe_norm(x) / exact - 1) <= 1e-15


@pytest.mark.parametrize("interval", [1, 2, 3])
def test_the_scale_follows_torchs_rule(interval):
    torch = pytest.importorskip("torch")
    settings = {"growth_factor": 3.0, "backoff_factor": 0.25, "growth_interval": interval}
    theirs = torch.amp.GradScaler("cpu", init_scale=2.0**120, **settings)  # so that growing would leave float32 once
    own = LossScale(2.0**120, growth=3.0, backoff=0.25, interval=interval)
    w = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([w], lr=0.0)
    pattern = np.random.default_rng(0).random(60) < 0.8
    for finite in pattern.tolist():
        w.grad = torch.full_like(w, 2.0 if finite else torch.inf)
        theirs.scale(torch.zeros(1))  # it starts on the first call
        gradients, seen = own.unscaled([w.grad.numpy()])
        theirs.unscale_(optimizer)
        assert seen == finite and np.allclose(gradients[0], w.grad.numpy(), rtol=1e-6, atol=0)
        theirs.step(optimizer)
        theirs.update()
        own = own.after(finite)
        assert own.value == theirs.get_scale()


def test_a_format_shows_its_bits():
    assert FORMATS["float16"].code(0.1) == ("0", "01011", "1001100110")  # 1.599609375 · 2^−4
    assert FORMATS["float8_e4m3"].code(448.0) == ("0", "1111", "110")  # Micikevicius et al. 2022, table 1
    assert FORMATS["float8_e5m2"].code(57344.0) == ("0", "11110", "11")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FORMATS["float16"].cast("x"), "x must be an array of numbers, got 'x'"),
        (lambda: FORMATS["float16"].cast(1j), "x must be an array of real numbers, got"),
        (lambda: FORMATS["float16"].spacing(np.inf), "x must be finite, got inf"),
        (lambda: FORMATS["float16"].stochastic(1.0, rng=0), "rng must be a numpy.random.Generator"),
        (lambda: FORMATS["float16"].code(np.nan), "x must be a finite number, got nan"),
        (lambda: lost("float16", [1.0]), "format must be a Format, for example FORMATS"),
        (lambda: lost(FORMATS["float16"], [0.0]), "x must have at least one finite number that is not 0"),
        (lambda: lost(FORMATS["float16"], [1.0], scale=0), "scale must be a finite number > 0, got 0"),
        (lambda: underflow_depth(FORMATS["float16"], 1.0), "factor must be a finite number > 0 and < 1, got 1.0"),
        (lambda: LossScale(backoff=1.0), "backoff must be a finite number > 0 and < 1, got 1.0"),
        (lambda: LossScale().after(1), "finite must be True or False, got 1"),
        (lambda: LossScale(0.0).unscaled([np.ones(2)]), "value must be above 0 to divide by it, got 0.0"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()

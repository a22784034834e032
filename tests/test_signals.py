"""Sizes of signals: equal to the plain formulas where those work, right where they under- or overflow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from companion.signals import fate, log10_norm, log10_rms, norm, rms

ordinary = arrays(float, st.integers(1, 30), elements=st.floats(-1e3, 1e3).filter(lambda v: v == 0 or abs(v) > 1e-3))


@given(ordinary)
def test_they_equal_the_plain_formulas_in_the_ordinary_range(x):
    assert rms(x) == pytest.approx(np.sqrt(np.mean(x**2)), rel=1e-13, abs=0)
    assert norm(x) == pytest.approx(np.linalg.norm(x), rel=1e-13, abs=0)


@given(ordinary, st.integers(-900, 900))
def test_scaling_by_a_power_of_two_scales_the_size_exactly(x, k):
    assert rms(x * 2.0**k) == rms(x) * 2.0**k
    assert norm(x * 2.0**k) == norm(x) * 2.0**k


def test_float32_entries_of_1e_minus_23_do_not_vanish():
    x = np.full(100, 1e-23, dtype=np.float32)
    assert np.linalg.norm(x) == 0  # what the usual norm says
    assert norm(x) == pytest.approx(1e-22, rel=1e-6, abs=0)
    assert rms(x) == pytest.approx(1e-23, rel=1e-6, abs=0)
    assert log10_norm(x) == pytest.approx(-22, rel=1e-6)


def test_float32_entries_of_1e25_do_not_overflow():
    x = np.full(100, 1e25, dtype=np.float32)
    with np.errstate(over="ignore"):
        assert np.linalg.norm(x) == np.inf  # what the usual norm says
    assert norm(x) == pytest.approx(1e26, rel=1e-6)
    assert log10_rms(x) == pytest.approx(25, rel=1e-6)


@pytest.mark.parametrize("entry", [5e-324, 1e-308, 1e-200, 1e200, 1.7e308])
def test_the_ends_of_float64_are_reached(entry):
    x = np.full(7, entry)
    assert rms(x) == pytest.approx(entry, rel=1e-15, abs=0)
    assert log10_rms(x) == pytest.approx(np.log10(entry), rel=1e-14)
    assert log10_norm(x) == pytest.approx(np.log10(entry) + np.log10(7) / 2, rel=1e-14)


def test_the_log_survives_where_the_norm_cannot():
    x = np.full(100, 1e308)
    assert norm(x) == np.inf
    assert log10_norm(x) == pytest.approx(309, rel=1e-14)


@pytest.mark.parametrize("axis, shape", [(0, (3, 4)), (1, (2, 4)), (-1, (2, 3)), ((1, 2), (2,)), (None, ())])
def test_axes_are_reduced_as_numpy_does(axis, shape):
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    for size, plain in ((rms, np.mean), (norm, np.sum)):
        assert np.shape(size(x, axis)) == shape
        np.testing.assert_allclose(size(x, axis), np.sqrt(plain(x**2, axis=axis)), rtol=1e-15, atol=0)
    np.testing.assert_allclose(log10_rms(x, axis), np.log10(rms(x, axis)), rtol=0, atol=1e-14)


def test_each_slice_is_scaled_by_its_own_largest_entry():
    assert rms([[1e-200, 1e-200], [1e200, 1e200]], axis=1).tolist() == [1e-200, 1e200]


def test_zero_nan_and_infinity_pass_through_without_a_warning():
    assert rms([0.0, -0.0]) == 0.0 and log10_rms([0.0]) == -np.inf
    assert norm([np.inf, 1e300]) == np.inf and log10_norm([-np.inf, 1.0]) == np.inf
    assert np.isnan(rms([np.nan, 1e300])) and np.isnan(log10_norm([np.nan, np.inf]))
    assert log10_rms([[0.0, 0.0], [10.0, 10.0]], axis=1).tolist() == [-np.inf, 1.0]


def test_complex_entries_count_by_their_modulus():
    assert norm([3 + 4j, 0.0]) == 5.0


def test_whole_numbers_are_measured_like_floats():
    assert norm(np.array([30_000, 30_000], dtype=np.int16)) == pytest.approx(np.hypot(30_000, 30_000), rel=1e-15)


def test_empty_and_non_numeric_arrays_are_refused():
    with pytest.raises(ValueError, match=r"x must have at least one entry, got shape \(0,\)"):
        rms([])
    with pytest.raises(TypeError, match="x must be an array of numbers, got dtype <U3"):
        norm(np.array(["two"]))


@pytest.mark.parametrize(
    ("decades", "word"),
    [(0, "healthy"), (-1.04, "healthy"), (1.04, "healthy"), (-1.06, "vanishing"), (1.06, "exploding")]
    + [(-np.inf, "vanishing"), (np.inf, "exploding"), (np.float64(-12), "vanishing")],
)
def test_one_decade_is_healthy_as_shown(decades, word):
    assert fate(decades) == word


def test_a_ratio_that_is_no_number_has_no_fate():
    with pytest.raises(ValueError, match="decades must be a number or ±inf, got nan"):
        fate(np.nan)

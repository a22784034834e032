"""Every activation against independent derivatives, high precision and its own table row; relative tolerance only."""

import dataclasses

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from companion.activations import ACTIVATIONS, SELU_ALPHA, SELU_SCALE
from companion.quadrature import gaussian_mean

ALL = pytest.mark.parametrize("name", ACTIVATIONS)
TAILS = np.array([-800.0, -300, -40, -20, -5, -1, -0.3, 0.2, 1, 5, 20, 40, 300, 800])


def close(got, want, rtol):
    np.testing.assert_allclose(got, want, rtol=rtol, atol=0)


def test_the_ten():
    names = "identity sigmoid tanh relu leaky_relu elu selu gelu silu softplus"
    assert list(ACTIVATIONS)[:10] == names.split()  # more may follow
    assert all(record.name == name and record.label for name, record in ACTIVATIONS.items())


@ALL
def test_slope_is_the_complex_step_of_f(name):
    record = ACTIVATIONS[name]
    close(record.slope(TAILS), record.f(TAILS + 1e-30j).imag / 1e-30, 1e-13)


@ALL
def test_slope_is_the_difference_quotient_of_f(name):
    """Independent of complex arithmetic: both sides of every kink, where a quotient is accurate."""
    record, z, h = ACTIVATIONS[name], np.linspace(-4.05, 4.05, 28), 1e-5
    close(record.slope(z), (record.f(z + h) - record.f(z - h)) / (2 * h), 1e-7)


@ALL
@pytest.mark.parametrize("z", [TAILS, np.float64(0.7), TAILS.reshape(2, 7).astype(np.float32), TAILS + 0.1j])
def test_both_are_f_and_slope_to_the_last_bit(name, z):
    record = ACTIVATIONS[name]
    for got, want in zip(record.both(z), (record.f(z), record.slope(z)), strict=True):
        np.testing.assert_array_equal(got, want)
        assert got.dtype == want.dtype


@ALL
def test_complex_input_with_no_imaginary_part_changes_nothing(name):
    f = ACTIVATIONS[name].f
    close(f(TAILS + 0j), f(TAILS).astype(complex), 1e-13)


@ALL
def test_nothing_overflows(name):
    record = ACTIVATIONS[name]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for z in (TAILS, TAILS + 1e-30j, np.float32(TAILS)):
            assert np.isfinite(record.f(z)).all() and np.isfinite(record.slope(z)).all()


@pytest.mark.parametrize(
    "name, z, want",
    [  # closed forms of the tail, where the textbook expressions return 0 or lose all digits
        ("sigmoid", 100.0, np.exp(-100)),
        ("sigmoid", -700.0, np.exp(-700)),
        ("tanh", 20.0, 4 * np.exp(-40)),
        ("tanh", -300.0, 4 * np.exp(-600)),
        ("softplus", -700.0, np.exp(-700)),
        ("elu", -700.0, np.exp(-700)),
        ("gelu", -20.0, (-20 + 1 / 20) * np.exp(-200) / np.sqrt(2 * np.pi)),  # next term: z^-4
    ],
)
def test_tail_slopes(name, z, want):
    close(ACTIVATIONS[name].slope(z), want, 1e-12 if name != "gelu" else 2e-5)


@ALL
def test_max_slope_is_the_largest_slope(name):
    record, z = ACTIVATIONS[name], np.linspace(-30, 30, 6001)
    slopes = np.abs(record.slope(z))
    peak = z[slopes.argmax()]
    found = minimize_scalar(lambda x: -abs(record.slope(x)), bounds=(peak - 0.01, peak + 0.01), method="bounded")
    best = max(slopes.max(), -found.fun)
    assert best <= record.max_slope * (1 + 1e-15)
    close(best, record.max_slope, 1e-11)


@ALL
def test_kinks_and_homogeneity_are_what_the_record_says(name):
    record = ACTIVATIONS[name]
    jump = record.slope(1e-12) - record.slope(-1e-12)
    assert (0.0 in record.kinks) == (abs(jump) > 1e-3 or name == "elu")  # ELU: only the second derivative jumps
    z = np.array([-3.0, -1, 0.5, 2])
    assert record.homogeneous == np.allclose(record.f(7 * z), 7 * record.f(z), rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    "name, want", [("relu", 0), ("leaky_relu", 0.01), ("elu", 1), ("selu", SELU_SCALE * SELU_ALPHA)]
)
def test_at_a_kink_the_slope_is_the_one_from_the_left(name, want):
    close(ACTIVATIONS[name].slope(np.zeros(2)), [want, want], 1e-15)


@ALL
def test_shape_and_precision_are_kept(name):
    record, z = ACTIVATIONS[name], np.ones((2, 3, 4), np.float32)
    for function in (record.f, record.slope):
        assert function(z).shape == z.shape and function(z).dtype == np.float32
        assert np.shape(function(0.5)) == ()
        close(function(np.array([1, 2])), function(np.array([1.0, 2.0])), 1e-15)


def test_the_input_is_left_alone():
    for record in ACTIVATIONS.values():
        z = np.array([-1.0, 0.0, 2.0])
        record.f(z)[...] = 9
        record.slope(z)[...] = 9
        assert z.tolist() == [-1.0, 0.0, 2.0]


def test_selu_keeps_mean_0_and_variance_1():
    """Klambauer et al. 2017; its two constants are the solution of these two equations."""
    f = ACTIVATIONS["selu"].f
    assert abs(gaussian_mean(f)) < 1e-14 and abs(gaussian_mean(lambda z: f(z) ** 2) - 1) < 1e-13
    close([SELU_ALPHA, SELU_SCALE], [1.6732632423543772, 1.0507009873554805], 1e-15)


def test_values_from_the_literature():
    sigmoid, tanh = ACTIVATIONS["sigmoid"], ACTIVATIONS["tanh"]
    assert sigmoid.max_slope == sigmoid.slope(0.0) == 0.25  # Hochreiter 1991
    close(1.7159 * tanh.f(2 / 3), 0.9999972559224791, 1e-15)  # LeCun et al. 1998, section 4.4: f(1) = 1
    close(1 / sigmoid.slope(0.5), 4.255251930412761, 1e-14)  # onset of the wall of Pascanu et al. 2013
    close(sigmoid.f(1.0) ** 100, 2.4843785557240134e-14, 1e-13)  # forget-gate bias 1, 100 steps (Gers et al. 2000)


def test_saturated_is_a_slope_below_a_tenth_of_the_steepest():
    edge = np.arccosh(np.sqrt(10))  # 1 / cosh^2 = 1/10
    assert ACTIVATIONS["tanh"].saturated(edge * np.array([-1.01, -0.99, 0, 0.99, 1.01])).tolist() == [1, 0, 0, 0, 1]
    assert ACTIVATIONS["sigmoid"].saturated(2 * edge * np.array([0.99, 1.01])).tolist() == [0, 1]
    assert ACTIVATIONS["selu"].saturated(np.array([-30.0, 30.0])).tolist() == [1, 0]


def test_records_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ACTIVATIONS["relu"].max_slope = 2

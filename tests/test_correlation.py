"""Two inputs in a wide network: against closed forms (ReLU, erf), published values, plain simulation and training folklore."""

import dataclasses
from math import acos, asin, inf, log, pi, sqrt

import numpy as np
import pytest
from scipy.special import erf

from companion import theory
from companion.activations import ACTIVATIONS
from companion.chapters.edge_of_chaos import correlation

BIAS = sqrt(0.05)


def close(got, want, rtol=1e-10):
    np.testing.assert_allclose(got, want, rtol=rtol, atol=0)


@pytest.fixture
def error_function(monkeypatch):
    """erf in the place of tanh: its kernel is an arc sine (Williams 1997)."""
    slope = lambda z: 2 / sqrt(pi) * np.exp(-np.square(z))  # noqa: E731
    monkeypatch.setitem(ACTIVATIONS, "tanh", dataclasses.replace(ACTIVATIONS["tanh"], f=erf, slope=slope))


@pytest.mark.parametrize(
    ("got", "want", "rtol"),
    [  # values and sources as in the reference table of the course
        (lambda: correlation.fixed_point("tanh", 2, BIAS), 0.1650649620228977, 1e-6),  # Schoenholz, Poole: chaotic
        (lambda: correlation.slope("tanh", 1, BIAS, 1.0), 0.7590316471853936, 1e-6),  # ordered
        (lambda: correlation.slope("tanh", sqrt(1.760954639606766), BIAS, 1.0), 1.0, 1e-6),
        (lambda: correlation.lengths("tanh", sqrt(1.760954639606766), BIAS, 500)[-1], 0.570048, 1e-6),
        (lambda: 6 * correlation.depth_scale("tanh", 1, BIAS), 21.76, 1e-3),
    ],
)  # fmt: skip
def test_published_values(got, want, rtol):
    close(got(), want, rtol)


def test_depth_scales_of_schoenholz():
    """6 xi at sigma_b^2 = 0.05, rounded."""
    table = {1: 22, 1.25: 41, 1.5: 95, 1.65: 241, 1.9: 236, 2.1: 116, 2.5: 71, 3: 54, 4: 42}
    assert {v: round(6 * correlation.depth_scale("tanh", sqrt(v), BIAS)) for v in table} == table


@pytest.mark.parametrize("c", [-1.0, -0.7, 0.0, 0.3, 0.9, 0.999, 1 - 1e-9, 1.0])
def test_relu_is_the_arc_cosine_kernel(c):
    """Cho and Saul 2009."""
    value, steep = (sqrt(1 - c * c) + (pi - acos(c)) * c) / pi, (pi - acos(c)) / pi
    for sigma_w, sigma_b in ((sqrt(2), 0.0), (1.0, 0.5)):
        q = theory.length_fixed_point("relu", sigma_w, sigma_b)
        got = correlation.correlation_map("relu", sigma_w, sigma_b, c)
        np.testing.assert_allclose(
            got, (sigma_w**2 * value * q / 2 + sigma_b**2) / q, rtol=1e-12, atol=1e-15
        )  # 0 at c = -1
        np.testing.assert_allclose(
            correlation.slope("relu", sigma_w, sigma_b, c), sigma_w**2 * steep / 2, rtol=1e-12, atol=1e-15
        )


@pytest.mark.parametrize("c", [-0.9, 0.0, 0.5, 0.99, 1 - 1e-10, 1.0])
@pytest.mark.parametrize(("sigma_w", "sigma_b"), [(1.0, 0.2), (1.7, 0.3), (6.0, 0.1)])
def test_erf_is_an_arc_sine(error_function, sigma_w, sigma_b, c):
    q = theory.length_fixed_point("tanh", sigma_w, sigma_b)
    want = (sigma_w**2 * 2 / pi * asin(2 * q * c / (1 + 2 * q)) + sigma_b**2) / q
    close(correlation.correlation_map("tanh", sigma_w, sigma_b, c), want)
    steep = 2 / pi * 2 / sqrt((1 + 2 * q) ** 2 - (2 * q * c) ** 2)
    close(correlation.slope("tanh", sigma_w, sigma_b, c), sigma_w**2 * steep)


def test_erf_has_its_edge_where_the_closed_form_says(error_function):
    close(theory.critical_sigma_w("tanh", BIAS) ** 2, 1.3758390073466809, 1e-8)  # Williams 1997
    assert correlation.depth_scale("tanh", sqrt(1.3758390073466809), BIAS) > 1e6


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("c", [-0.5, 0.0, 0.4, 0.95])
def test_the_slope_is_the_derivative_of_the_map(name, c):
    setting = (name, 0.8, 0.4)
    up, down = (correlation.correlation_map(*setting, c + h) for h in (1e-5, -1e-5))
    close(correlation.slope(*setting, c), (up - down) / 2e-5, 1e-7)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_equal_inputs_stay_equal_and_chi_is_the_slope_there(name):
    setting = (name, 0.8, 0.4)
    close(correlation.correlation_map(*setting, 1.0), 1.0)
    close(correlation.slope(*setting, 1.0), theory.chi(*setting))


@pytest.mark.parametrize(
    ("name", "sigma_w", "sigma_b"),
    [("sigmoid", 2.5, 0.3), ("tanh", 0.7, 0.2), ("tanh", 2.5, 0.3), ("tanh", 1.3, 0.0), ("softplus", 0.9, 0.1),
     ("elu", 1.2, 0.3), ("selu", 1.0, 0.0), ("selu", 1.2, 0.3)],
)  # fmt: skip
def test_the_fixed_point_is_fixed_and_attracts_from_both_sides(name, sigma_w, sigma_b):
    setting = (name, sigma_w, sigma_b)
    end = correlation.fixed_point(*setting)
    np.testing.assert_allclose(correlation.correlation_map(*setting, end), end, rtol=1e-12, atol=1e-14)
    below, above = end - 0.1 * (end > 0), min(end + 0.1, (end + 1) / 2)
    assert correlation.correlation_map(*setting, below) > below or end == 0
    assert correlation.correlation_map(*setting, above) < above or end == 1
    assert (end == 1) == (theory.chi(*setting) <= 1)


def test_distances_shrink_by_e_every_xi_layers():
    for sigma_w in (1.0, 2.0):
        end, scale = correlation.fixed_point("tanh", sigma_w, BIAS), correlation.depth_scale("tanh", sigma_w, BIAS)
        gap = np.abs(correlation.correlations("tanh", sigma_w, BIAS, 0.5, 30) - end)
        close(log(gap[24] / gap[29]) / 5, 1 / scale, 1e-2)


def test_at_the_edge_relu_approaches_one_as_a_power():
    """1 - c_l -> 9 pi^2 / (2 l^2) (Hayou et al. 2019); the next term is of relative order log(l) / l."""
    gap = 1 - correlation.correlations("relu", sqrt(2), 0.0, 0.0, 100)
    close(gap[-1] * 100**2, 44.41321980490211, 0.2)


def test_a_simulated_network_does_this():
    """Plain loops: 60 networks of width 400, two inputs of correlation 0.4."""
    n, depth, found = 400, 6, []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        a = rng.normal(size=(n, 2)) @ np.linalg.cholesky([[1, 0.4], [0.4, 1]]).T
        for _ in range(depth):
            z = rng.normal(0, 1.6 / sqrt(n), (n, n)) @ a + BIAS * rng.normal(size=(n, 1))
            found.append([np.mean(z[:, 0] ** 2), np.mean(z[:, 0] * z[:, 1])])
            a = np.tanh(z)
    q, covariance = np.reshape(found, (60, depth, 2)).mean(0).T
    np.testing.assert_allclose(q, correlation.lengths("tanh", 1.6, BIAS, depth), rtol=0.03)
    np.testing.assert_allclose(
        covariance / q, correlation.correlations("tanh", 1.6, BIAS, 0.4, depth), rtol=0, atol=0.03
    )


def test_the_edge_itself_has_no_scale():
    edge = theory.critical_sigma_w("tanh", BIAS)
    assert correlation.depth_scale("tanh", edge, BIAS) > 1e9
    assert correlation.depth_scale("relu", sqrt(2), 0) == inf
    assert correlation.fixed_point("tanh", 0.99 * edge, BIAS) == 1 > correlation.fixed_point("tanh", 1.01 * edge, BIAS)


def test_arrays_and_numbers_agree():
    c = np.array([[0.1, 0.5], [0.9, 1.0]])
    got = correlation.correlation_map("selu", 0.9, 0.1, c)
    assert got.shape == c.shape
    close(got[1, 0], correlation.correlation_map("selu", 0.9, 0.1, 0.9), 1e-15)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: correlation.slope("tan", 1, 0, 0), ValueError, "activation must be one of identity, .*, got 'tan'"),
        (lambda: correlation.slope("tanh", 0, 0, 0), ValueError, "sigma_w must be a finite number > 0, got 0"),
        (lambda: correlation.slope("tanh", 1, 1, 1.1), ValueError, "c must be a correlation, from -1 to 1, got 1.1"),
        (lambda: correlation.correlations("tanh", 1, 1, np.nan, 3), ValueError, "c must be a finite number >= -1"),
        (lambda: correlation.lengths("tanh", 1, 1, 0), ValueError, "depth must be a whole number >= 1, got 0"),
        (
            lambda: correlation.depth_scale("tanh", 1, 0),
            ValueError,
            "with tanh, sigma_w = 1 and sigma_b = 0 the signal dies",
        ),
        (lambda: correlation.fixed_point("relu", 2, 0), ValueError, "no length fixed point: with relu"),
    ],
)
def test_bad_input_is_named(call, error, match):
    with pytest.raises(error, match=match):
        call()

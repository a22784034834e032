"""The chain against derivatives that know nothing of it: complex steps, root finding, a maximiser."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from companion import chain
from companion.activations import ACTIVATIONS

W, B, X = np.array([1.5, -0.7, 2.2, 0.9]), np.array([0.1, -0.3, 0.4, 0.2]), 0.6


def output(activation, weights, biases, x):
    a = x
    for w, b in zip(weights, biases, strict=True):
        a = ACTIVATIONS[activation].f(w * a + b)
    return a


def complex_slope(function, x):
    return np.imag(function(x + 1e-30j)) / 1e-30


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus", "identity", "relu"])
def test_bias_gradients_equal_the_complex_step(activation):
    want = [
        complex_slope(lambda b, layer=layer: output(activation, W, [*B[:layer], b, *B[layer + 1 :]], X), B[layer])
        for layer in range(4)
    ]
    got = chain.trace(W, B, X, activation=activation)
    np.testing.assert_allclose(got.bias_gradients, want, rtol=1e-12, atol=0)
    np.testing.assert_allclose(
        got.factors.prod(), complex_slope(lambda x: output(activation, W, B, x), X), rtol=1e-12, atol=0
    )


def test_a_weight_of_zero_stops_only_what_lies_below_it():
    got = chain.trace([1.0, 0.0, 1.0], np.zeros(3), 0.5, activation="sigmoid")
    assert got.factors[1] == 0 and got.bias_gradients[0] == 0
    assert got.bias_gradients[1] > 0 and got.bias_gradients[2] > 0
    assert np.array_equal(got.log10_product[1:], [-np.inf, -np.inf])


def test_log10_product_is_the_size_of_the_running_product():
    got = chain.trace(W, B, X, activation="tanh")
    np.testing.assert_allclose(got.log10_product, np.log10(np.abs(np.cumprod(got.factors))), rtol=1e-12, atol=0)


def test_many_chains_at_once_are_the_same_chains():
    rng = np.random.default_rng(1)
    weights, biases, x = rng.normal(size=(6, 5)), rng.normal(size=(6, 5)), rng.uniform(size=5)
    together = chain.trace(weights, biases, x, activation="tanh")
    for k in range(5):
        alone = chain.trace(weights[:, k], biases[:, k], x[k], activation="tanh")
        for field in ("z", "a", "factors", "bias_gradients"):
            np.testing.assert_allclose(getattr(together, field)[:, k], getattr(alone, field), rtol=1e-14, atol=0)


@pytest.mark.parametrize("weight", [4.5, 6.894, -9.0, 100.0])
@pytest.mark.parametrize("bias", [0.0, -2.5])
def test_explosion_interval_equals_root_finding(weight, bias):
    def excess(x):
        return abs(weight) * ACTIVATIONS["sigmoid"].slope(weight * x + bias) - 1

    centre = -bias / weight
    want = [brentq(excess, centre - 3, centre, xtol=1e-14), brentq(excess, centre, centre + 3, xtol=1e-14)]
    got = chain.explosion_interval(weight, bias)
    np.testing.assert_allclose(got, want, rtol=1e-9, atol=0)
    assert chain.explosion_width(weight) == pytest.approx(got[1] - got[0], rel=1e-12, abs=0)


def test_widest_explosion_interval():
    best = minimize_scalar(
        lambda w: -chain.explosion_width(w), bounds=(4, 20), method="bounded", options={"xatol": 1e-8}
    )
    assert best.x == pytest.approx(6.894151, rel=1e-6)
    assert -best.fun == pytest.approx(0.447743, rel=1e-6)


def test_no_explosion_up_to_four():
    assert chain.explosion_width(4) == chain.explosion_width(-3.99) == chain.explosion_width(0) == 0.0
    assert chain.explosion_interval(3.99, 1.0) is None
    assert chain.explosion_interval(-4, 2) == (0.5, 0.5)
    assert 0 < chain.explosion_width(4 + 1e-9) < 1e-3


def test_bound_is_reached_at_z_zero_and_never_passed():
    assert chain.trace([5.0], [0.0], 0.0, activation="sigmoid").factors[0] == chain.bound(5.0) == 1.25
    rng = np.random.default_rng(2)
    weights = rng.normal(scale=5, size=(4, 1000))
    factors = chain.trace(weights, rng.normal(size=(4, 1000)), 0.3, activation="sigmoid").factors
    assert np.all(np.abs(factors) <= np.abs(weights) / 4)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"weights": [], "biases": [], "x": 0.5}, "weights must hold one number a layer"),
        ({"weights": 1.0, "biases": 1.0, "x": 0.5}, "weights must hold one number a layer"),
        ({"weights": [1.0, 2.0], "biases": [0.0], "x": 0.5}, r"biases must have shape \(2\), got \(1,\)"),
        ({"weights": [1.0, np.nan], "biases": [0.0, 0.0], "x": 0.5}, "weights must be finite, got nan"),
        ({"weights": [1.0], "biases": [0.0], "x": np.inf}, "x must be finite, got inf"),
        ({"weights": [1.0], "biases": [0.0], "x": [1.0, 2.0]}, "x must be one number or one a chain"),
        (
            {"weights": [1.0], "biases": [0.0], "x": 0.5, "activation": "sigmoyd"},
            "activation must be one of .*got 'sigmoyd'",
        ),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        chain.trace(**{"activation": "sigmoid", **arguments})


def test_bad_weights_are_named():
    with pytest.raises(ValueError, match="weight must be a finite number, got nan"):
        chain.explosion_width(np.nan)
    with pytest.raises(TypeError, match="weight must be a finite number, got '5'"):
        chain.bound("5")
    with pytest.raises(ValueError, match="bias must be a finite number, got inf"):
        chain.explosion_interval(5, np.inf)

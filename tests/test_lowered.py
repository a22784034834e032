"""Chapter 18: blame in few bits is the blame of the network, rounded; its training is that of the book; its claims can fail."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from companion import course_network
from companion.chapters.numbers import claims
from companion.chapters.numbers.lowered import backward, train
from companion.chapters.numbers.studies import layers, spread
from companion.data import digits
from companion.formats import FORMATS, LossScale
from companion.variants import VARIANTS

X, Y = digits().train_x[:, :64], digits().train_y[:64]


def network(variant="torch_default"):
    return VARIANTS[variant].recipe.network(rng=np.random.default_rng(0))


@pytest.mark.parametrize("variant", ["torch_default", "he", "sigmoid", "tanh"])
def test_in_float64_it_is_the_backward_pass_of_the_network(variant):
    down = backward(network(variant), X, Y, FORMATS["float64"])
    exact = network(variant).gradients(X, Y, "cross_entropy")
    np.testing.assert_allclose(down.flat, exact.flat, rtol=1e-9, atol=0)
    for got, want in zip(down.deltas, exact.deltas, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=0)


def test_every_blame_and_gradient_is_a_number_of_the_format():
    for name in ("float16", "bfloat16", "float8_e5m2"):
        down = backward(network("tanh"), X, Y, FORMATS[name], scale=64.0)
        for array in (*down.deltas, down.flat):
            assert np.array_equal(FORMATS[name].cast(array), array)


def test_the_blame_is_rounded_between_two_layers_too():
    net, cast = network("tanh"), FORMATS["float8_e5m2"].cast
    down, z = backward(net, X, Y, FORMATS["float8_e5m2"], scale=64.0), net.forward(X).z
    handed = cast(net.layers[-1].weights.T @ down.deltas[-1])
    assert np.array_equal(down.deltas[-2], cast(handed / np.cosh(z[-2]) ** 2))


def test_a_power_of_two_changes_no_bit_within_the_window():
    plain, scaled = (backward(network("he"), X, Y, FORMATS["bfloat16"], scale).flat for scale in (1.0, 2.0**30))
    assert np.any(plain) and np.array_equal(plain, scaled / 2.0**30)


def test_float16_loses_the_lower_layers_and_a_scale_brings_them_back():
    plain, scaled, beyond = (layers("float16", scale) for scale in (1.0, 4096.0, 2.0**24))
    assert plain.zeros[0] == 1 and plain.zeros[-1] == 0 and scaled.zeros.max() < 0.3
    assert beyond.beyond[0] == 1 and 0 < beyond.beyond[-1] < 1  # one infinity above is NaN in all that lies below
    np.testing.assert_allclose(scaled.middle, plain.middle + np.log10(4096), rtol=1e-12, atol=0)


def test_its_training_is_that_of_the_course():
    variant = replace(VARIANTS["he"], steps=6)
    own = train(FORMATS["float64"], variant="he", optimizer="momentum", rate=0.01, steps=6, every=1, seed=2)
    theirs = course_network.train(variant, seed=2)  # in float32
    np.testing.assert_allclose(own["loss"][:6], theirs["loss"], rtol=1e-4, atol=0)
    np.testing.assert_allclose(own["moved"][1:6], theirs["moved"][1:], rtol=1e-3, atol=0)


def test_a_step_that_is_not_finite_is_left_out_and_halves_a_dynamic_scale():
    fixed = train(FORMATS["float16"], scale=2.0**24, seed=0, steps=4, every=1)
    assert fixed["skipped"] == 4 and np.isneginf(fixed["moved"][-1]).all()
    found = train(FORMATS["float16"], scale=LossScale(2.0**24, interval=100), seed=0, steps=8, every=1)
    assert 0 < found["skipped"] < 8 and found["scales"][-1] == 2.0 ** (24 - found["skipped"])
    assert np.isfinite(found["moved"][-1][-1])


def test_held_layers_take_no_step_and_the_others_do():
    moved = train(FORMATS["float32"], seed=0, steps=1, held=5)["moved"][-1]
    assert np.isneginf(moved[:5]).all() and np.isfinite(moved[5:]).all()


def test_weights_are_kept_in_the_format_and_chance_is_that_of_the_seed():
    settings = {"seed": 1, "steps": 3, "variant": "he", "optimizer": "momentum", "every": 1}
    near, chance, again = (
        train(FORMATS["float64"], kept="bfloat16", rounding=r, **settings)
        for r in ("nearest", "stochastic", "stochastic")
    )
    assert np.array_equal(chance["moved"], again["moved"]) and not np.array_equal(near["moved"], chance["moved"])


def test_the_sigmoid_network_tells_no_digit_from_another():
    assert spread("sigmoid") < -11 and spread("he") > -1


def test_the_evidence_fails_where_nothing_explodes_or_overflows():
    assert not claims._weights_overflow(gain=1.0).holds
    assert not claims._overflow_ends(scale=4096.0).holds

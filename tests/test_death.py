"""Dead networks and dead units against closed forms, naive loops and networks whose dead units are known."""

import re
from fractions import Fraction

import numpy as np
import pytest

from companion.chapters.activations import death
from companion.data import digits
from companion.layers import Dense
from companion.network import Network, train

LINE = np.array([[1.0, -1.0]])  # x and −x


@pytest.mark.parametrize(("width", "depth"), [(1, 1), (2, 10), (3, 10), (4, 10), (7, 3), (20, 50)])
def test_the_probability_equals_exact_fractions(width, depth):
    want = 1 - (1 - Fraction(1, 2**width)) ** depth
    assert death.born_dead(width, depth) == pytest.approx(float(want), rel=1e-13, abs=0)


def test_the_published_probabilities():
    """Lu et al. 2020, width 2, 3, 4 and ten layers, for one input: 1 − (1 − 2⁻ⁿ)^10 by hand."""
    assert [round(death.born_dead(n, 10), 3) for n in (2, 3, 4)] == [0.944, 0.737, 0.476]


@pytest.mark.parametrize("width", [2, 3, 4])
@pytest.mark.parametrize("inputs", [1, 5])
def test_drawn_networks_die_as_often_as_predicted(width, inputs):
    x = np.linspace(0.3, 1, inputs)[:, None]
    born = death.births(width=width, depth=10, x=x, nets=2000, rng=np.random.default_rng(width))
    for depth in (1, 3, 10):
        p = death.born_dead(width, depth)
        assert abs(born.one(depth) - p) < 4 * np.sqrt(p * (1 - p) / 2000)
        assert born.every(depth) == born.one(depth)  # there is only one input


@pytest.mark.parametrize("width", [2, 3])
def test_an_input_and_its_negative_after_two_layers(width):
    """No unit of layer 1 is off for both, so no network dies there for both. What is on for x is off for −x, hence their
    signals are orthogonal and meet layer 2 independently; a signal that ended in layer 1 stays ended."""
    p = 0.5**width
    want = 2 * p * p + (1 - 2 * p) * p * p
    born = death.births(width=width, depth=2, x=LINE, nets=20_000, rng=np.random.default_rng(1))
    assert born.every(1) == 0
    assert abs(born.every(2) - want) < 4 * np.sqrt(want / 20_000)


def test_it_follows_the_signal_as_a_plain_loop_does():
    x = np.random.default_rng(5).standard_normal((4, 6))
    got = death.births(width=3, depth=8, x=x, nets=50, rng=np.random.default_rng(2))
    rng, want, a = np.random.default_rng(2), np.full((50, 6), 9), [x] * 50
    for layer in range(1, 9):
        weights = rng.standard_normal((50, 3, len(a[0])))
        for net in range(50):
            a[net] = np.maximum(weights[net] @ a[net], 0)  # not rescaled
            ended = (a[net] == 0).all(0) & (want[net] == 9)
            want[net][ended] = layer
    np.testing.assert_array_equal(got.died, want)
    assert 0 < got.every() < got.one() < 1
    assert got.one(4) == np.mean(want[:, 0] <= 4)
    assert got.every(inputs=2) == np.mean((want[:, :2] <= 8).all(1))


def test_turns_do_not_depend_on_memory(monkeypatch):
    monkeypatch.setattr(death, "_AT_ONCE", 40)
    assert death.births(width=3, depth=4, x=LINE, nets=9, rng=np.random.default_rng(0)).died.shape == (9, 2)


def test_a_deep_signal_neither_overflows_nor_underflows():
    born = death.births(width=40, depth=1500, x=LINE, nets=2, rng=np.random.default_rng(0))
    assert born.every() == 0  # 40^(1500/2) is beyond float64


def known_network(activation):
    """Three hidden units of one input: always on, off for x < 0, off for x < 2; and the output."""
    hidden = Dense([[0.0], [1.0], [1.0]], [[1.0], [0.0], [-2.0]], activation)
    return Network([hidden, Dense(np.ones((1, 3)), [[0.0]], "identity")])


def test_a_unit_is_dead_only_for_all_of_the_data():
    net, x = known_network("relu"), np.array([[-1.0, 0.0, 1.0, 3.0]])
    assert death.dead_share(net, x).tolist() == [0.0]
    assert death.dead_share(net, x[:, :3]).tolist() == [pytest.approx(1 / 3)]
    assert death.dead_share(net, x[:, :2]).tolist() == [pytest.approx(2 / 3)]  # z = 0 is off
    assert death.dead_share(known_network("leaky_relu"), x[:, :2]).tolist() == [0.0]
    assert death.dead_share(known_network("leaky_relu"), x[:, :2], below=0.01).tolist() == [pytest.approx(2 / 3)]


def test_many_networks_are_counted_one_by_one():
    x = np.random.default_rng(0).standard_normal((4, 3))
    rng = np.random.default_rng(1)
    nets = Network.random([4, 9, 9, 2], activation="relu", initialization="he_normal", rng=rng, seeds=5)
    got = death.dead_share(nets, x)
    assert got.shape == (5, 2) and 0 < got.mean() < 0.5
    for seed in range(5):
        single = Network([Dense(layer.weights[seed], layer.bias[seed], layer.activation) for layer in nets.layers])
        np.testing.assert_array_equal(death.dead_share(single, x), got[seed])


def start(seeds=None, activation="relu"):
    rng = np.random.default_rng(0)
    return Network.random([64, 20, 20, 10], activation=activation, initialization="he_normal", rng=rng, seeds=seeds)


def test_a_batch_of_everything_is_plain_descent():
    x, y = digits().train_x[:, :200], digits().train_y[:200]
    got = death.toll(start(3), x, y, rate=0.2, steps=5, batch=200, rng=np.random.default_rng(0))
    want = train(start(3), x, y, rate=0.2, steps=5, loss="cross_entropy").network
    np.testing.assert_allclose(got.network.parameters, want.parameters, rtol=1e-6, atol=0)
    np.testing.assert_array_equal(got.accuracy, (want(x).argmax(-2) == y).mean(-1))
    np.testing.assert_array_equal(got.dead, death.dead_share(want, x, below=0.01))


def test_one_large_step_kills_above_the_first_layer_and_only_there():
    """Layer 1 sees centred inputs: no step makes a unit negative for all of them."""
    x, y = digits().train_x, digits().train_y
    dead = {
        name: death.toll(
            start(8, name), x, y, rate=10.0, steps=1, batch=100, rng=np.random.default_rng(0), below=below
        ).dead
        for name, below in (("relu", 0.0), ("leaky_relu", 0.0), ("gelu", 0.01))
    }
    assert dead["relu"][:, 0].max() == 0 and dead["relu"][:, 1].min() > 0.05
    assert dead["leaky_relu"].max() == 0
    assert dead["gelu"].mean() < dead["relu"].mean() / 2


def test_a_diverged_network_is_reported_as_such():
    x, y = digits().train_x[:, :300], digits().train_y[:300]
    steep = Network([Dense(1e3 * layer.weights, layer.bias, "leaky_relu") for layer in start(2).layers])
    got = death.toll(steep, x, y, rate=1e200, steps=4, batch=10, rng=np.random.default_rng(0))
    assert np.isnan(got.dead).all() and np.isnan(got.accuracy).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: death.born_dead(0, 3), "width must be a whole number >= 1, got 0"),
        (lambda: death.born_dead(2, 0), "depth must be a whole number >= 1, got 0"),
        (lambda: births(nets=0), "nets must be a whole number >= 1, got 0"),
        (lambda: births(x=[1.0]), "x must have 2 axes, got shape (1,)"),
        (lambda: births().one(4), "depth must be at most 3, the layers that were drawn, got 4"),
        (lambda: births().every(inputs=0), "inputs must be a whole number >= 1, got 0"),
        (lambda: death.dead_share(start(), np.ones((64, 2)), below=-1), "below must be a finite number >= 0, got -1"),
        (lambda: one_toll(rate=0.0), "rate must be a finite number > 0, got 0.0"),
        (lambda: one_toll(batch=4), "batch must be at most 3, the number of examples, got 4"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_randomness_needs_a_generator():
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator"):
        births(rng=7)


def births(**changes):
    return death.births(**{"width": 2, "depth": 3, "x": LINE, "nets": 5, "rng": np.random.default_rng(0)} | changes)


def one_toll(**changes):
    settings = {"rate": 0.1, "steps": 1, "batch": 2, "rng": np.random.default_rng(0)} | changes
    return death.toll(start(), np.ones((64, 3)), np.array([0, 1, 2]), **settings)

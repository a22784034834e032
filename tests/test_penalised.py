"""Gradient descent with a penalty: its step against the functions of ``fixes``, and what happens to who diverges."""

import numpy as np
import pytest

from companion.chapters.regularisation.penalised import PENALTIES, growth, relu_nets, tanh_nets, train
from companion.data import digits
from companion.fixes import decoupled_decay, l1, l2, spectral_norm
from companion.network import Network
from companion.network import train as plain

X, Y = digits().train_x[:, :40], digits().train_y[:40]


def same(got, want, rtol=1e-12):
    np.testing.assert_allclose(got, want, rtol=rtol, atol=0)


def one(network, seed):
    return Network(
        [layer.with_parameters(**{k: m[seed] for k, m in layer.parameters.items()}) for layer in network.layers]
    )


def test_without_a_penalty_it_is_plain_descent():
    start = relu_nets(1.0, seeds=2)
    got, want = train(start, X, Y, rate=0.1, steps=5), plain(start, X, Y, rate=0.1, steps=5, loss="cross_entropy")
    same(got.losses, want.losses)
    same(got.network.parameters, want.network.parameters)


def expected(penalty, weights, gradients, rate, strength):
    if penalty in ("l1", "l2"):
        return [
            w - rate * g
            for w, g in zip(weights, {"l1": l1, "l2": l2}[penalty](gradients, weights, strength), strict=True)
        ]
    if penalty == "decoupled":
        return [w - rate * g for w, g in zip(decoupled_decay(weights, rate, strength), gradients, strict=True)]
    moved = [w - rate * g for w, g in zip(weights, gradients, strict=True)]
    return [(1 - strength) * w + strength * spectral_norm(w) for w in moved] if penalty == "spectral" else moved


@pytest.mark.parametrize("penalty", PENALTIES)
def test_one_step_is_that_of_the_fix_and_spares_the_biases(penalty):
    start = relu_nets(1.0, seeds=2)
    found = start.gradients(X, Y, "cross_entropy")
    moved = train(start, X, Y, rate=0.1, steps=1, penalty=penalty, strength=0.3).network
    weights = expected(penalty, [layer.weights for layer in start.layers], found.weights, 0.1, 0.3)
    for layer, w, g in zip(moved.layers, weights, found.biases, strict=True):
        same(layer.weights, w)
        same(layer.bias, -0.1 * g)


def test_a_network_that_diverges_stops_alone():
    start = relu_nets(1.4, seeds=10)
    run = train(start, X, Y, rate=0.2, steps=30)
    assert run.diverged.any() and not run.diverged.all()
    for s in range(10):
        stop = run.stopped_at[s]
        assert np.isfinite(run.losses[:, s]).sum() == (31 if stop is None else stop)
    s = int(np.flatnonzero(~run.diverged)[0])
    same(run.losses[:, s], plain(one(start, s), X, Y, rate=0.2, steps=30, loss="cross_entropy").losses, rtol=1e-9)
    assert (run.accuracy(X, Y)[run.diverged] == 0.1).all()


def test_all_diverge_and_the_record_keeps_its_length():
    run = train(relu_nets(1e3, seeds=2), X, Y, rate=1.0, steps=20)
    assert run.losses.shape == run.growth.shape == run.weights.shape == (21, 2)
    assert run.diverged.all() and np.isnan(run.losses[-1]).all()


def test_growth_is_the_gain_and_decay_takes_it_down():
    start = relu_nets(0.5, seeds=4, width=60)
    assert growth(start.gradients(X, Y, "cross_entropy")) == pytest.approx(0.5, rel=0.05)
    run = train(start, X, Y, rate=0.1, steps=10, penalty="decoupled", strength=0.5)
    same(run.weights[10] / run.weights[0], 0.95**10, rtol=1e-3)


def test_dropout_is_on_in_training_and_off_in_use():
    run = train(relu_nets(1.0, seeds=2, keep=0.5), X, Y, rate=0.01, steps=2)
    trained = Network([layer for layer in run.network.layers if layer.parameters])
    assert (run.accuracy(X, Y) == np.mean(trained(X).argmax(axis=-2) == Y, axis=-1)).all()
    assert sum(not layer.parameters for layer in run.network.layers) == 8


def test_an_unknown_penalty_is_named():
    with pytest.raises(ValueError, match="penalty must be one of none, l2, l1"):
        train(relu_nets(1.0, seeds=1), X, Y, rate=0.1, steps=1, penalty="l3")


def test_tanh_nets_have_the_weights_of_relu_nets():
    relu, tanh = relu_nets(3.0, seeds=2, width=5), tanh_nets(3.0, seeds=2, width=5)
    for one, other in zip(relu.layers, tanh.layers, strict=True):
        np.testing.assert_array_equal(one.weights, other.weights)
    assert [layer.activation for layer in tanh.layers] == ["tanh"] * 8 + ["identity"]

"""Dense and the losses: every hand-derived derivative against an independent one, relative tolerance only."""

import numpy as np
import pytest
import torch

from companion.activations import ACTIVATIONS
from companion.gradcheck import complex_step
from companion.layers import LOSSES, Dense, cross_entropy, squared_error

EXACT = {"rtol": 1e-12, "atol": 0}
rng = np.random.default_rng(3)
A = rng.standard_normal((3, 5))  # (n_in, B)
LAYER = Dense(rng.standard_normal((4, 3)), rng.standard_normal((4, 1)), "tanh")
READ_OUT = rng.standard_normal((4, 5))  # ℒ = Σ READ_OUT ⊙ a_l, so g is READ_OUT


def read_out(layer, a):
    return (READ_OUT * layer.forward(a).output).sum()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_gradient_is_the_complex_step(activation):
    layer = Dense(LAYER.weights, LAYER.bias, activation)
    back = layer.backward(layer.forward(A), READ_OUT)
    for name, matrix in layer.parameters.items():
        want = complex_step(lambda m, name=name: read_out(layer.with_parameters(**{name: m}), A), matrix)
        np.testing.assert_allclose(back.parameters[name], want, **EXACT)
    np.testing.assert_allclose(back.input, complex_step(lambda a: read_out(layer, a), A), **EXACT)
    # A shift of z is what a bias of its own for every example would do.
    slopes = complex_step(lambda z: (READ_OUT * ACTIVATIONS[activation].f(z)).sum(), layer.forward(A).z)
    np.testing.assert_allclose(back.delta, slopes, **EXACT)


def test_a_stack_of_seeds_is_a_loop_over_seeds():
    weights, bias = rng.standard_normal((6, 4, 3)), rng.standard_normal((6, 4, 1))
    layer = Dense(weights, bias, "sigmoid")
    kept = layer.forward(A)  # one input for all six
    back = layer.backward(kept, READ_OUT)
    assert kept.output.shape == (6, 4, 5)
    for s in range(6):
        single = Dense(weights[s], bias[s], "sigmoid")
        alone = single.backward(single.forward(A), READ_OUT)
        for got, want in (
            (back.input, alone.input),
            (back.delta, alone.delta),
            (back.parameters["weights"], alone.parameters["weights"]),
            (back.parameters["bias"], alone.parameters["bias"]),
        ):
            np.testing.assert_allclose(got[s], want, **EXACT)


def test_a_layer_says_what_it_is():
    assert repr(LAYER) == "Dense(3 → 4, tanh)"
    assert repr(Dense(np.zeros((6, 4, 3)), np.zeros((6, 4, 1)), "relu")) == "Dense(6 × 3 → 4, relu)"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0], [[0.0]], "tanh"), r"weights must be a matrix \(or a stack of them\), got shape \(1,\)"),
        (([[1.0, 2.0]], [0.0], "tanh"), r"bias must be a matrix"),
        (
            (np.zeros((4, 3)), np.zeros((3, 1)), "tanh"),
            r"bias must have shape \(4, 1\) to go with weights of shape \(4, 3\), got \(3, 1\)",
        ),
        (([[1.0]], [[0.0]], "softmax"), "activation must be one of identity, .*, got 'softmax'"),
    ],
)
def test_bad_parameters_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Dense(*arguments)


def test_words_are_no_weights():
    with pytest.raises(TypeError, match="weights must be an array of numbers"):
        Dense("heavy", [[0.0]], "tanh")


def test_wrong_shapes_name_layer_and_shapes():
    with pytest.raises(
        ValueError, match=r"Dense\(3 → 4, tanh\) has 3 inputs: a must have shape \(3, B\), got \(5, 3\)"
    ):
        LAYER.forward(A.T)
    with pytest.raises(ValueError, match=r"Dense\(3 → 4, tanh\) has 4 outputs: g must have shape \(4, B\), got \(4,\)"):
        LAYER.backward(LAYER.forward(A), np.ones(4))


OUTPUT = rng.standard_normal((4, 5))
TARGETS = {"squared_error": rng.standard_normal((4, 5)), "cross_entropy": np.array([0, 3, 1, 1, 2])}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_loss_gradients_are_the_complex_step(loss):
    y = TARGETS[loss.name]
    np.testing.assert_allclose(loss.gradient(OUTPUT, y), complex_step(lambda a: loss.value(a, y), OUTPUT), **EXACT)


def test_losses_are_those_of_torch():
    a = torch.tensor(OUTPUT)
    half = torch.nn.functional.mse_loss(a, torch.tensor(TARGETS["squared_error"]), reduction="sum") / 2 / 5
    np.testing.assert_allclose(squared_error.value(OUTPUT, TARGETS["squared_error"]), half, **EXACT)
    entropy = torch.nn.functional.cross_entropy(a.T, torch.tensor(TARGETS["cross_entropy"]))
    np.testing.assert_allclose(cross_entropy.value(OUTPUT, TARGETS["cross_entropy"]), entropy, **EXACT)


def test_losses_by_hand():
    assert squared_error.value(np.array([[1.0, 3.0]]), np.array([[0.0, 1.0]])) == 1.25  # (½·1 + ½·4) / 2
    np.testing.assert_allclose(cross_entropy.value(np.zeros((10, 2)), np.array([3, 7])), np.log(10), **EXACT)


def test_cross_entropy_survives_large_logits():
    logits = np.array([[800.0, -800.0], [-800.0, 800.0]])
    assert cross_entropy.value(logits, np.array([0, 0])) == 800  # right for sure, and wrong for sure
    assert np.isfinite(cross_entropy.gradient(logits, np.array([0, 0]))).all()


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_losses_give_one_number_a_seed(loss):
    stack, y = np.stack([OUTPUT, 2 * OUTPUT]), TARGETS[loss.name]
    np.testing.assert_allclose(loss.value(stack, y), [loss.value(OUTPUT, y), loss.value(2 * OUTPUT, y)], **EXACT)
    np.testing.assert_allclose(loss.gradient(stack, y)[1], loss.gradient(2 * OUTPUT, y), **EXACT)


def test_targets_of_the_wrong_kind_are_refused():
    with pytest.raises(ValueError, match=r"y must have the shape of the output, \(4, 5\), got \(5,\)"):
        squared_error.value(OUTPUT, np.zeros(5))
    with pytest.raises(ValueError, match=r"y must hold one class from 0 to 3 for each of 5 examples, got float64"):
        cross_entropy.value(OUTPUT, np.zeros(5))
    with pytest.raises(ValueError, match="one class from 0 to 3"):
        cross_entropy.value(OUTPUT, np.array([0, 1, 2, 3, 4]))

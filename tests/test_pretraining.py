"""Chapter 15: the tied autoencoder, greedy pre-training, the starts that are compared, and transfer."""

import numpy as np
import pytest

pytest.importorskip("torch")

from companion import course_network, gradcheck
from companion.chapters.pretraining import claims, transfer
from companion.chapters.pretraining.autoencoder import Autoencoder, corrupt
from companion.chapters.pretraining.greedy import pretrain
from companion.chapters.pretraining.starts import STARTS, centred, shuffled
from companion.data import digits
from companion.network import Network

torch = pytest.importorskip("torch")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(output, rng):
    return Autoencoder(rng.standard_normal((3, 4)), rng.standard_normal((3, 1)), rng.standard_normal((4, 1)), "sigmoid", output)


@pytest.mark.parametrize("output", ["identity", "sigmoid"])
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_gradients_are_those_of_the_complex_step_and_of_torch(output, noise, rng):
    pair, clean = small(output, rng), rng.random((4, 5))
    x = corrupt(clean, noise=noise, rng=rng) if noise else clean
    own = pair.backward(pair.forward(x), clean)
    tensors = {name: torch.tensor(matrix, requires_grad=True) for name, matrix in pair.parameters.items()}
    sums = tensors["weights"].T @ torch.sigmoid(tensors["weights"] @ torch.tensor(x) + tensors["bias"]) + tensors["bias_down"]
    target = torch.tensor(clean)
    if output == "identity":
        loss = 0.5 * ((sums - target) ** 2).sum(0).mean()
    else:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(sums, target, reduction="none").sum(0).mean()
    loss.backward()
    np.testing.assert_allclose(pair.loss(x, clean), loss.item(), rtol=1e-14)
    for name, matrix in pair.parameters.items():
        by_steps = gradcheck.complex_step(lambda m, name=name: pair.with_parameters(**{name: m}).loss(x, clean), matrix)
        np.testing.assert_allclose(own[name], by_steps, rtol=1e-12, atol=0)
        np.testing.assert_allclose(own[name], tensors[name].grad.numpy(), rtol=1e-12, atol=0)


def test_the_numbers_of_the_page():
    """x = (1, 0), W = (2, −1), b = −2: the way up gives (1/8, 0), the way down (0, −1/4)."""
    pair, x = Autoencoder([[2.0, -1.0]], [[-2.0]], [[0.0], [0.0]]), np.array([[1.0], [0.0]])
    seen = pair.forward(x)
    assert seen.code.item() == 0.5 and seen.output.ravel().tolist() == [1.0, -0.5] and pair.loss(x) == 0.125
    assert pair.backward(seen, x)["weights"].tolist() == [[0.125, -0.25]]


def test_corrupt_spoils_its_share(rng):
    spoilt = corrupt(np.ones((100, 100)), noise=0.3, rng=rng)
    assert set(np.unique(spoilt)) == {0.0, 1.0} and abs((spoilt == 0).mean() - 0.3) < 0.02


def drawn(depth=4, activation="sigmoid", gain=1.0):
    law = "lecun_normal" if activation != "relu" else "he_normal"
    sizes, rng = [64, *[64] * (depth - 1), 10], np.random.default_rng(0)
    network = Network.random(sizes, activation=activation, initialization=law, rng=rng)
    return network.with_parameters(gain * network.parameters)


def learn(network, **settings):
    settings = {"rate": 0.1, "epochs": 3, "batch": 32, "rng": np.random.default_rng(0)} | settings
    return pretrain(network, digits().train_x, **settings)


def test_each_layer_learns_to_give_its_input_back_and_the_last_is_left_alone():
    network = drawn()
    ready = learn(network)
    assert all(errors[-1] < 0.5 * errors[0] for errors in ready.errors) and ready.stopped is None
    pairs = zip(ready.network.layers[:-1], network.layers[:-1], strict=True)
    assert all((new.weights != old.weights).all() for new, old in pairs)
    assert ready.network.layers[-1] is network.layers[-1]
    again = learn(network)
    assert (again.network.parameters == ready.network.parameters).all()
    assert (learn(network, rng=np.random.default_rng(1)).network.parameters != ready.network.parameters).any()


def test_a_layer_learns_from_the_codes_of_the_one_below():
    """Layer 1 of two networks that differ above it comes out the same; layer 2 depends on what layer 1 has learnt."""
    network = drawn(3)
    first = learn(network).network
    deeper = learn(drawn(4)).network  # the same first two draws
    assert (first.layers[1].weights == deeper.layers[1].weights).all()
    assert (learn(network, epochs=4).network.layers[0].weights != first.layers[0].weights).any()


def test_what_overflows_is_said_and_left_as_it_was():
    network = drawn(4, "relu", gain=2.0)
    found = learn(network)
    assert found.stopped == 1 and not np.isfinite(found.errors[-1][-1])
    assert (found.network.parameters == network.parameters).all()


def test_blame_reaches_layer_1_after_pretraining():
    def fall(network):
        deltas = network.gradients(digits().train_x, digits().train_y, "cross_entropy").deltas
        return np.log10(np.linalg.norm(deltas[0]) / np.linalg.norm(deltas[-1]))

    network = drawn(6)
    assert fall(network) < -3 and fall(learn(network, epochs=10).network) > -2.2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch": 2000}, "batch must be at most 1437, the number of examples, got 2000"),
        ({"noise": 1.0}, "noise must be a finite number >= 0 and < 1, got 1.0"),
        ({"rng": 0}, "rng must be a numpy.random.Generator"),
        ({"rate": -1}, "rate must be a finite number > 0, got -1"),
    ],
)
def test_pretrain_refuses(change, message):
    with pytest.raises((TypeError, ValueError), match=message):
        learn(drawn(), **change)


def test_other_refusals():
    with pytest.raises(ValueError, match="x must vary, and have a row for each of the 64 inputs"):
        pretrain(drawn(), np.ones((64, 9)), rate=0.1, epochs=1, batch=3, rng=np.random.default_rng(0))
    seeds = Network.random([2, 2, 2], activation="sigmoid", initialization="lecun_normal", rng=np.random.default_rng(0), seeds=2)
    with pytest.raises(ValueError, match="network must be a single one of Dense layers"):
        pretrain(seeds, np.eye(2), rate=0.1, epochs=1, batch=1, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"bias_down must have shape \(2, 1\)"):
        Autoencoder([[1.0, 1.0]], [[0.0]], [[0.0]])
    pair = Autoencoder([[1.0, 1.0]], [[0.0]], [[0.0], [0.0]], output="sigmoid")
    with pytest.raises(ValueError, match="target must lie from 0 to 1 with output 'sigmoid', got 0 to 2"):
        pair.loss(np.array([[0.0], [2.0]]))
    with pytest.raises(ValueError, match=r"x must have shape \(2, B\), got \(3, 1\)"):
        pair.forward(np.ones((3, 1)))
    with pytest.raises(ValueError, match="output must be one of identity, sigmoid, got 'relu'"):
        Autoencoder([[1.0]], [[0.0]], [[0.0]], output="relu")


def test_shuffled_and_centred():
    network = drawn(4)
    mixed = shuffled(network, seed=0)
    for new, old in zip(mixed.layers[:-1], network.layers[:-1], strict=True):
        assert (new.weights != old.weights).any() and (np.sort(new.weights, axis=None) == np.sort(old.weights, axis=None)).all()
    even = centred(network, digits().train_x)
    assert max(np.abs(z.mean(1)).max() for z in even.forward(digits().train_x).z[:-1]) < 1e-12
    assert (even.layers[2].weights == network.layers[2].weights).all() and even.layers[-1] is network.layers[-1]


def test_a_start_is_what_training_begins_with():
    start = STARTS["ready"]
    network = start.network(depth=3, seed=0)
    seen = []
    variant = start.variant(3)
    result = course_network.train(variant, 0, start=lambda drawn: seen.append(drawn) or network)
    assert (seen[0].parameters == variant.recipe.network(rng=np.random.default_rng(0)).parameters).all()
    assert result["loss"][0] != course_network.train(variant, 0)["loss"][0]
    with pytest.raises(TypeError, match="start must be a function"):
        course_network.train(variant, 0, start=3)


@pytest.mark.parametrize(
    ("evidence", "changed"),
    [
        (claims._cures_explosion, {"gain": 4.0}),  # weights that do not explode
        (claims._same_outputs, {"depth": 3}),  # too few layers for the spread to be lost without pre-training
        (claims._local_then_global, {"classes": 20}),  # if guessing cost more, practice would have taught something of the labels
        (claims._little_used, {"depth": 3}),  # a depth that needs no better start
    ],
)
def test_evidence_can_fail(evidence, changed):
    assert not evidence(**changed).holds


def test_transfer():
    assert (transfer.factors("frozen below", 3) == [0, 0, 1]).all() and (transfer.factors("fine-tuned", 3) == 1).all()
    assert (transfer.factors("slower above", 3) == transfer.factors("slower below", 3)[::-1]).all()
    data = digits()
    still = transfer.shifted(labelled=30, by=0)
    np.testing.assert_allclose(still.train_x, data.train_x[:, :30], rtol=1e-9, atol=1e-12)
    raw = (data.test_x * data.std + data.mean).reshape(8, 8, -1)
    moved = transfer._moved(raw.reshape(64, -1), 1).reshape(8, 8, -1)
    assert (moved[:, 1:] == raw[:, :-1]).all() and not moved[:, 0].any()
    task = transfer.only([5, 6])
    assert set(task.train_y.tolist()) == {5, 6} and task.train_x.shape[1] == len(task.train_y)
    with pytest.raises(ValueError, match="way must be one of from scratch"):
        transfer.factors("thawed", 3)


def test_a_source_and_frozen_layers_make_a_difference():
    task, source, ways = transfer.shifted(labelled=25), digits(), ("from scratch", "frozen below")
    ends = {way: transfer.transferred(task, source, way=way, seed=0, depth=3, steps=20) for way in ways}
    assert ends["from scratch"] != ends["frozen below"] and all(0 < end <= 1 for end in ends.values())

"""The walk through a small network: every number is the network's, known when its step comes and not before."""

import numpy as np
import pytest

from companion.chapters.chain_rule import walk
from companion.gradcheck import complex_step
from companion.layers import Dense
from companion.network import Network
from companion.steps import backpropagation_steps
from companion.views.drawing import say

EXACT = {"rtol": 1e-12, "atol": 0}
SIZES = [(2, 2, 1), (3, 4, 2, 2), (2, 1)]


def example(sizes, seed=0):
    rng = np.random.default_rng(seed)
    weights = [rng.standard_normal((above, below)) for below, above in zip(sizes, sizes[1:], strict=False)]
    return weights, rng.standard_normal(sizes[0]), rng.standard_normal(sizes[-1])


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_the_last_step_has_the_gradient_by_the_complex_step(sizes, activation):
    weights, x, y = example(sizes)
    last = backpropagation_steps(weights, x, activation, y, output=activation)[-1]
    network = Network([Dense(matrix, np.zeros((len(matrix), 1)), activation) for matrix in weights])
    flat = complex_step(lambda p: network.with_parameters(p).loss(x[:, None], y[:, None]), network.parameters)
    parts = iter(np.split(flat, np.cumsum([n for m in weights for n in (m.size, len(m))])[:-1]))
    for got, matrix in zip(last.slopes, weights, strict=True):
        np.testing.assert_allclose(got, next(parts).reshape(matrix.shape), **EXACT)
        next(parts)  # the biases'


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_last_step_agrees_with_autograd(activation):
    torch = pytest.importorskip("torch")
    weights, x, y = example((2, 2, 1))
    last = backpropagation_steps(weights, x, activation, y)[-1]
    first, second = (torch.tensor(matrix, requires_grad=True) for matrix in weights)
    hidden = getattr(torch, activation)(first @ torch.tensor(x))
    loss = ((second @ hidden - torch.tensor(y)) ** 2).sum() / 2
    loss.backward()
    np.testing.assert_allclose(last.loss, loss.item(), **EXACT)
    for got, want in zip(last.slopes, (first, second), strict=True):
        np.testing.assert_allclose(got, want.grad.numpy(), **EXACT)


@pytest.mark.parametrize("sizes", SIZES)
def test_a_number_once_known_stays_and_the_last_step_knows_all(sizes):
    weights, x, y = example(sizes)
    steps = backpropagation_steps(weights, x, "tanh", y)
    assert len(steps) == 1 + sum(sizes[1:]) + 1 + 2 * len(weights)
    flat = np.array(
        [np.concatenate([np.ravel(row) for rows in (s.values, s.z, s.blame, s.slopes) for row in rows]) for s in steps]
    )
    known = np.isfinite(flat)
    assert (np.diff(known.sum(axis=1)) > 0).sum() == len(steps) - 2, "each adds something, but the loss"
    assert not (known[:-1] & ~known[1:]).any() and known[-1].all() and known[0].sum() == sizes[0]
    assert all((np.where(known, flat, flat[-1]) == flat[-1]).all(axis=1)), "and never changes"
    ways = [step.way for step in steps]
    assert ways == ["", *["up"] * sum(sizes[1:]), "", *["back"] * (2 * len(weights))]
    assert [np.isfinite(step.loss) for step in steps] == [
        way == "back" or i > sum(sizes[1:]) for i, way in enumerate(ways)
    ]


def test_what_is_active_is_what_becomes_known():
    steps = walk.steps()
    for before, after in zip(steps, steps[1:], strict=False):
        fresh = {
            (layer + 1, unit)
            for layer, row in enumerate(after.z)
            for unit, z in enumerate(row)
            if np.isnan(before.z[layer][unit]) and np.isfinite(z)
        }
        if after.way == "up":
            assert {part for part in after.lit if len(part) == 2} == fresh
        told = {
            (layer + 1, *place)
            for layer, rows in enumerate(after.slopes)
            for place in np.argwhere(np.isnan(before.slopes[layer]) & np.isfinite(rows)).tolist()
        }
        if told:
            assert {tuple(map(int, part)) for part in after.lit} == {tuple(map(int, part)) for part in told}


def test_the_sentences_say_the_numbers_of_the_drawing():
    steps = walk.steps()
    assert steps[3].sentence == "The output: z = 1.00 × 0.69 + (−1.40) × (−0.15) = 0.90, and a = 0.90."
    assert steps[4].sentence == "The loss: ½ (0.90 − 0.00)² = 0.40."
    assert "unit 2 δ = 0.90 × (−1.40) × 0.98 = −1.23" in steps[7].sentence
    last = steps[-1].drawing()
    for text in (*last.texts["slopes"][:4],):
        assert text in steps[-1].sentence
    assert say(steps[-1].loss) in steps[4].sentence and last.labels == ("input", "a = tanh(z)", "wanted: 0")
    assert not any("nan" in step.sentence for step in steps)


def test_the_widget_is_small_and_has_a_frame_for_every_step():
    widget = walk.explorer()
    assert widget.size < 100_000
    assert widget.spec["controls"][0]["values"] == list(range(len(walk.steps())))
    assert repr(widget).startswith("Explorer 'steps': The inputs are 1.00 and 0.50")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"weights": [[[1.0, 2.0]], [[1.0, 2.0]]]},
            r"weights must fit on each other, .* got shapes \[\(1, 2\), \(1, 2\)\]",
        ),
        ({"weights": []}, "weights must be 1 to 8 matrices of at most 8 by 8, got shapes"),
        ({"weights": [np.ones((1, 9))]}, "weights must be 1 to 8 matrices"),
        ({"inputs": [1.0]}, r"inputs must have shape \(2\), got \(1,\)"),
        ({"target": [1.0, 2.0]}, r"target must hold 1 numbers, one an output, got shape \(2,\)"),
        ({"activation": "step"}, "activation must be one of .* got 'step'"),
        ({"output": "step"}, "output must be one of"),
    ],
)
def test_bad_walks_are_refused_by_name(wrong, message):
    right = {
        "weights": [[[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0]]],
        "inputs": [1.0, 2.0],
        "activation": "tanh",
        "target": 0.0,
    }
    with pytest.raises(ValueError, match=message):
        backpropagation_steps(**right | wrong)

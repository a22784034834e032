"""Pooling: each gradient against the complex step and against PyTorch, relative tolerance only; windows, ties and errors."""

import numpy as np
import pytest
import torch
from torch import nn

from companion import torch_nets
from companion.gradcheck import complex_step
from companion.layers import Dense
from companion.network import Network
from companion.pooling import MaxPool, MeanPool, global_mean

EXACT = {"rtol": 1e-12, "atol": 0}
rng = np.random.default_rng(14)

POOLS = [
    MeanPool(2, grid=(8,)),
    MaxPool(2, grid=(8,)),
    MeanPool(3, grid=(8,)),  # the last two places are in no window
    MaxPool(3, grid=(8,), stride=2),  # windows overlap
    MeanPool(3, grid=(8,), stride=1),
    MaxPool(2, grid=(8,), stride=3),  # places between the windows
    MeanPool(2, grid=(4, 6)),
    MaxPool(2, grid=(4, 6)),
    MeanPool((3, 2), grid=(4, 6), stride=(1, 2)),
    MaxPool((3, 2), grid=(4, 6), stride=(1, 3)),
    global_mean((4, 6)),
]


def example(pool, maps=3, batch=5):
    a = rng.standard_normal((maps * int(np.prod(pool.grid)), batch))
    return a, rng.standard_normal(pool.forward(a).output.shape)


@pytest.mark.parametrize("pool", POOLS, ids=repr)
def test_the_gradient_is_the_complex_step(pool):
    a, read_out = example(pool)
    back = pool.backward(pool.forward(a), read_out)
    np.testing.assert_allclose(
        back.input, complex_step(lambda a: (read_out * pool.forward(a).output).sum(), a), **EXACT
    )
    assert back.delta is read_out and back.parameters == {}  # no weights, so no z


@pytest.mark.parametrize("pool", POOLS, ids=repr)
def test_values_and_gradients_are_those_of_torch(pool):
    a, read_out = example(pool)
    maps = torch.tensor(a.T.reshape(5, 3, *pool.grid), requires_grad=True)  # torch's order: one example a row, C maps
    module = getattr(nn, f"{'Max' if isinstance(pool, MaxPool) else 'Avg'}Pool{len(pool.grid)}d")
    output = module(pool.size, pool.stride)(maps).flatten(1)
    (output * torch.tensor(read_out.T)).sum().backward()
    kept = pool.forward(a)
    np.testing.assert_allclose(kept.output, output.detach().numpy().T, **EXACT)
    np.testing.assert_allclose(pool.backward(kept, read_out).input, maps.grad.flatten(1).numpy().T, **EXACT)


@pytest.mark.parametrize("pool", POOLS, ids=repr)
def test_a_stack_of_seeds_is_a_loop_over_seeds(pool):
    a, _ = example(pool)
    stack = np.stack([a, -a])
    kept = pool.forward(stack)
    g = rng.standard_normal(kept.output.shape)
    back = pool.backward(kept, g).input
    for s in range(2):
        alone = pool.forward(stack[s])
        np.testing.assert_array_equal(kept.output[s], alone.output)
        np.testing.assert_array_equal(back[s], pool.backward(alone, g[s]).input)


@pytest.mark.parametrize("kind", [MeanPool, MaxPool])
def test_a_network_with_pooling_is_the_one_in_torch(kind):
    layers = [
        kind(2, grid=(8, 8)),  # 64 pixels become 16
        Dense(0.25 * rng.standard_normal((20, 16)), rng.standard_normal((20, 1)), "tanh"),
        kind(2, grid=(10,)),  # two maps of ten become two of five
        Dense(0.25 * rng.standard_normal((3, 10)), rng.standard_normal((3, 1)), "identity"),
    ]
    network, x, y = Network(layers), rng.standard_normal((64, 7)), rng.integers(0, 3, 7)
    gradients = network.gradients(x, y, "cross_entropy")
    module = torch_nets.mirror(network)
    rows = torch.tensor(x.T, requires_grad=True)
    nn.functional.cross_entropy(module(rows), torch.tensor(y)).backward()
    np.testing.assert_allclose(network(x), module(rows).detach().numpy().T, rtol=1e-10, atol=0)
    np.testing.assert_allclose(gradients.flat, torch_nets.gradients(module), rtol=1e-10, atol=0)
    np.testing.assert_allclose(gradients.input, rows.grad.numpy().T, rtol=1e-10, atol=0)


def test_by_hand():
    a = np.array([[1.0], [3.0], [2.0], [0.0]])
    for kind, output, blame in ((MeanPool, [2, 1], [5, 5, 10, 10]), (MaxPool, [3, 2], [0, 10, 20, 0])):
        pool = kind(2, grid=(4,))
        kept = pool.forward(a)
        assert kept.output.ravel().tolist() == output
        assert pool.backward(kept, np.array([[10.0], [20.0]])).input.ravel().tolist() == blame


def test_of_equal_ones_the_first_takes_all_as_in_torch():
    pool, zeros = MaxPool(2, grid=(2, 2)), np.zeros((4, 1))
    got = pool.backward(pool.forward(zeros), np.ones((1, 1))).input.ravel()
    t = torch.zeros(1, 1, 2, 2, requires_grad=True)
    nn.functional.max_pool2d(t, 2).sum().backward()
    assert got.tolist() == t.grad.flatten().tolist() == [1, 0, 0, 0]


def test_the_squared_blame_of_a_window_is_kept_by_max_and_divided_by_its_size_by_mean():
    a = rng.standard_normal((64, 50))
    for pool, share in ((MaxPool(2, grid=(8, 8)), 1), (MeanPool(2, grid=(8, 8)), 1 / 4), (global_mean((8, 8)), 1 / 64)):
        kept = pool.forward(a)
        g = rng.standard_normal(kept.output.shape)
        np.testing.assert_allclose((pool.backward(kept, g).input ** 2).sum(), share * (g**2).sum(), **EXACT)


def test_a_nan_in_a_window_comes_out():
    a = np.array([[1.0], [np.nan]])
    for kind in (MaxPool, MeanPool):
        assert np.isnan(kind(2, grid=(2,)).forward(a).output).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 5, "grid": (4,)}, "size must fit into the grid of 4, got 5"),
        ({"size": (2, 5), "grid": (4, 4)}, "size must fit into the grid of 4 × 4, got 2 × 5"),
        ({"size": (2, 2), "grid": (4,)}, r"size must be one whole number, or 1, got \(2, 2\)"),
        ({"size": 2, "grid": (4, 4), "stride": (1, 1, 1)}, r"stride must be one whole number, or 2, got \(1, 1, 1\)"),
        ({"size": 2, "grid": (2, 2, 2)}, r"grid must be one or two whole numbers, got \(2, 2, 2\)"),
        ({"size": 2, "grid": ()}, r"grid must be one or two whole numbers, got \(\)"),
        ({"size": 0, "grid": (4,)}, "size must be a whole number >= 1, got 0"),
        ({"size": 2, "grid": (4,), "stride": 0}, "stride must be a whole number >= 1, got 0"),
    ],
)
@pytest.mark.parametrize("kind", [MeanPool, MaxPool])
def test_bad_settings_are_named(kind, arguments, message):
    with pytest.raises(ValueError, match=message):
        kind(**arguments)


def test_bad_arrays_are_named():
    pool = MaxPool(2, grid=(4, 4))
    message = r"pools maps of 4 × 4: a must have shape \(16, B\), or a multiple of 16 rows, got \(15, 2\)"
    with pytest.raises(ValueError, match=message):
        pool.forward(np.zeros((15, 2)))
    with pytest.raises(ValueError, match=r"a must have shape .*, got \(0, 2\)"):
        pool.forward(np.zeros((0, 2)))
    kept = pool.forward(np.zeros((16, 2)))
    with pytest.raises(ValueError, match=r"g must have the shape of the output, \(4, 2\), got \(4, 1\)"):
        pool.backward(kept, np.zeros((4, 1)))
    with pytest.raises(TypeError, match="kept must be what forward gives, got 3"):
        pool.backward(3, np.zeros((4, 2)))

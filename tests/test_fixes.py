"""The fixes: every gradient against the complex step and PyTorch's autograd, every rule against what it promises."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch.nn import functional as F

from companion.fixes import (
    FIXES,
    BatchNorm,
    Dropout,
    GroupNorm,
    Highway,
    LayerNorm,
    Residual,
    RMSNorm,
    Site,
    assemble,
    clip_adaptive,
    clip_each,
    clip_global,
    clip_value,
    decoupled_decay,
    evaluation,
    fixup_scale,
    l1,
    l2,
    largest_singular_value,
    lsuv,
    spectral_norm,
    weight_norm,
    weight_norm_backward,
)
from companion.gradcheck import complex_step
from companion.layers import Dense
from companion.network import Network
from companion.recipes import Recipe
from companion.stack import Activate, Stack

EXACT = {"rtol": 1e-10, "atol": 0}
rng = np.random.default_rng(8)
N, B, S = 4, 5, 3
A = rng.standard_normal((N, B)) + 1.0
READ_OUT = rng.standard_normal((N, B))


def draw(*shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape)


def dense(*stack, activation="tanh", seed=0):
    numbers = np.random.default_rng(seed)
    return Dense(numbers.standard_normal((*stack, N, N)), numbers.standard_normal((*stack, N, 1)), activation)


def column(*stack, value=0.0):
    return draw(*stack, N, 1) + value


def torch_dense(p, number, x, f=torch.tanh):
    return f(p[f"{number}.weights"] @ x + p[f"{number}.bias"])


LAYERS = {  # name: (a layer with leading axes ``stack``, the same in torch as a function of parameters and input)
    "batch norm": (
        lambda *s: BatchNorm(column(*s), column(*s, value=2)),
        lambda p, x: F.batch_norm(x.mT, None, None, p["gamma"][:, 0], p["beta"][:, 0], training=True, eps=1e-5).mT,
    ),
    "layer norm": (
        lambda *s: LayerNorm(column(*s), column(*s, value=2)),
        lambda p, x: F.layer_norm(x.mT, (N,), p["gamma"][:, 0], p["beta"][:, 0], 1e-5).mT,
    ),
    "RMS norm": (
        lambda *s: RMSNorm(column(*s), 0.1),
        lambda p, x: F.rms_norm(x.mT, (N,), p["gamma"][:, 0], 0.1).mT,
    ),
    "group norm": (
        lambda *s: GroupNorm(column(*s), column(*s, value=2), 0.5, groups=2),
        lambda p, x: F.group_norm(x.mT, 2, p["gamma"][:, 0], p["beta"][:, 0], 0.5).mT,
    ),
    "fixed statistics": (
        lambda *s: BatchNorm(column(*s), column(*s, value=2)).evaluate(column(), column(value=5) ** 2),
        lambda p, x: (
            F.batch_norm(
                x.mT,
                torch.tensor(column()[:, 0]),
                torch.tensor((column(value=5) ** 2)[:, 0]),
                p["gamma"][:, 0],
                p["beta"][:, 0],
                eps=1e-5,
            ).mT
        ),
    ),
    "dropout": (
        lambda *s: Dropout(0.6, np.random.default_rng(1)),
        lambda p, x: x * torch.tensor((np.random.default_rng(1).random((N, B)) < 0.6) / 0.6),
    ),
    "activation": (lambda *s: Activate("gelu"), lambda p, x: F.gelu(x)),
    "stack": (
        lambda *s: Stack([dense(*s), Activate("silu"), dense(*s, activation="sigmoid", seed=1)]),
        lambda p, x: torch_dense(p, 3, F.silu(torch_dense(p, 1, x)), torch.sigmoid),
    ),
    "residual": (
        lambda *s: Residual([dense(*s)], shortcut=0.7, scale=0.3),
        lambda p, x: 0.7 * x + 0.3 * torch_dense(p, 1, x),
    ),
    "learnt scale": (
        lambda *s: Residual([dense(*s)], scale=draw(*s, 1, 1), learn=True),
        lambda p, x: x + p["scale"] * torch_dense(p, 1, x),
    ),
    "highway": (
        lambda *s: Highway([dense(*s)], dense(*s, activation="sigmoid", seed=2)),
        lambda p, x: torch_highway(p, x),
    ),
    "pre-activation block": (
        lambda *s: Residual([BatchNorm(column(*s), column(*s)), Activate("tanh"), dense(*s, activation="identity")]),
        lambda p, x: (
            x
            + p["3.weights"]
            @ torch.tanh(
                F.batch_norm(x.mT, None, None, p["1.gamma"][:, 0], p["1.beta"][:, 0], training=True, eps=1e-5).mT
            )
            + p["3.bias"]
        ),
    ),
    "nested": (
        lambda *s: Residual([Stack([dense(*s), RMSNorm(column(*s))]), Residual([dense(*s, seed=3)])]),
        lambda p, x: torch_nested(p, x),
    ),
}


def torch_highway(p, x):
    t = torch.sigmoid(p["gate.weights"] @ x + p["gate.bias"])
    return t * torch_dense(p, 1, x) + (1 - t) * x


def torch_nested(p, x):
    inner = F.rms_norm(torch_dense(p, "1.1", x).mT, (N,), p["1.2.gamma"][:, 0], 1e-5).mT
    return x + inner + torch_dense(p, "2.1", inner)


@pytest.mark.parametrize("name", LAYERS)
def test_each_gradient_is_the_complex_step(name):
    make, _ = LAYERS[name]

    def read_out(a, **parameters):  # a fresh layer each time: dropout starts its masks anew
        return (READ_OUT * make().with_parameters(**parameters).forward(a).output).sum()

    layer = make()
    back = layer.backward(layer.forward(A), READ_OUT)
    np.testing.assert_allclose(back.input, complex_step(lambda a: read_out(a), A), **EXACT)
    assert list(back.parameters) == list(layer.parameters)
    for key, matrix in layer.parameters.items():
        want = complex_step(lambda m, key=key: read_out(A, **{key: m}), matrix)
        np.testing.assert_allclose(back.parameters[key], want, err_msg=key, **EXACT)
        assert back.parameters[key].shape == matrix.shape


@pytest.mark.parametrize("name", LAYERS)
def test_each_gradient_is_that_of_autograd(name):
    make, function = LAYERS[name]
    layer = make()
    back = layer.backward(layer.forward(A), READ_OUT)
    x = torch.tensor(A, requires_grad=True)
    parameters = {key: torch.tensor(m, requires_grad=True) for key, m in layer.parameters.items()}
    output = function(parameters, x)
    np.testing.assert_allclose(make().forward(A).output, output.detach(), **EXACT)
    (torch.tensor(READ_OUT) * output).sum().backward()
    np.testing.assert_allclose(back.input, x.grad, **EXACT)
    for key, parameter in parameters.items():
        np.testing.assert_allclose(back.parameters[key], parameter.grad, err_msg=key, **EXACT)


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "dropout"])
def test_a_stack_of_seeds_is_a_loop_over_seeds(name):
    make, _ = LAYERS[name]
    layer, a, g = make(S), draw(S, N, B), draw(S, N, B)[::-1]
    kept = layer.forward(a)
    back = layer.backward(kept, g)
    for s in range(S):
        single = layer.with_parameters(**{key: m[s] if m.ndim == 3 else m for key, m in layer.parameters.items()})
        alone = single.forward(a[s])
        np.testing.assert_allclose(kept.output[s], alone.output, **EXACT)
        want = single.backward(alone, g[s])
        np.testing.assert_allclose(back.input[s], want.input, **EXACT)
        for key in layer.parameters:
            np.testing.assert_allclose(back.parameters[key][s], want.parameters[key], err_msg=key, **EXACT)


def test_batch_norm_by_hand():
    """x = 1, 5: m = 3, v = 4, so x̂ = −1, 1; a change of either x moves no x̂, and nothing comes back."""
    layer = BatchNorm([[2.0]], [[10.0]], eps=0.0)
    kept = layer.forward(np.array([[1.0, 5.0]]))
    assert kept.output.tolist() == [[8.0, 12.0]]
    back = layer.backward(kept, np.array([[1.0, 0.0]]))
    assert (back.input.tolist(), back.parameters["gamma"].tolist()) == ([[0.0, 0.0]], [[-1.0]])


def test_batch_norm_forgets_the_scale_and_the_mean_of_its_input():
    layer = BatchNorm(np.ones((N, 1)), np.zeros((N, 1)), eps=0.0)
    kept, larger = layer.forward(A), layer.forward(1024 * A + 7.0)
    np.testing.assert_allclose(larger.output, kept.output, rtol=1e-9)
    once, smaller = (layer.backward(k, READ_OUT).input for k in (kept, larger))
    np.testing.assert_allclose(1024 * smaller, once, rtol=1e-9)
    np.testing.assert_allclose(once.sum(-1), 0, atol=1e-12)  # nothing along the mean …
    np.testing.assert_allclose((once * kept.normalized).sum(-1), 0, atol=1e-12)  # … nor along x̂


def test_one_group_is_layer_norm():
    gamma, beta = column(), column(value=2)
    one, layer = GroupNorm(gamma, beta, groups=1), LayerNorm(gamma, beta)
    np.testing.assert_allclose(one.forward(A).output, layer.forward(A).output, **EXACT)


def test_batch_of_one():
    with pytest.raises(ValueError, match=r"BatchNorm\(4\) needs a batch of at least 2 .* got \(4, 1\)"):
        BatchNorm(column(), column()).forward(A[:, :1])
    layer = BatchNorm(column(), column()).settle(A)
    np.testing.assert_allclose(layer.forward(A[:, :1]).output, layer.forward(A).output[:, :1], **EXACT)


@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_settled_batch_norm_gives_what_training_gave_on_the_same_data(eps):
    layer = BatchNorm(column(), column(), eps)
    np.testing.assert_allclose(layer.settle(A).forward(A).output, layer.forward(A).output, **EXACT)


def test_evaluation_settles_batch_norm_and_dropout_inside_blocks():
    recipe = Recipe(depth=4, width=6, inputs=5, outputs=2, norm="batch_norm", residual="identity", keep=0.5)
    network, x = recipe.network(rng=np.random.default_rng(0)), draw(5, 40)
    used = evaluation(network, x)
    assert "BatchNorm(6, evaluation)" in repr(used) and "Dropout(0.5)" not in repr(used)
    np.testing.assert_array_equal(used(x), used(x))
    np.testing.assert_allclose(used(x[:, :1]), used(x)[:, :1], **EXACT)
    without = Recipe(depth=4, width=6, inputs=5, outputs=2, norm="batch_norm", residual="identity")
    np.testing.assert_allclose(used(x), without.network(rng=np.random.default_rng(0))(x), rtol=1e-9)


def test_dropout_keeps_the_mean_and_draws_a_new_mask_each_time():
    layer, x = Dropout(0.8, np.random.default_rng(0)), np.ones((200, 200))
    first, second = layer.forward(x), layer.forward(x)
    assert set(np.unique(first.output)) == {0.0, 1.25} and not np.array_equal(first.mask, second.mask)
    assert first.output.mean() == pytest.approx(1, rel=0.02) and (first.output**2).mean() == pytest.approx(
        1.25, rel=0.02
    )
    assert layer.backward(first, 3 * x).input.tolist() == (3 * first.mask).tolist()


def test_dropout_with_a_generator_a_seed():
    layer = Dropout(0.5, [np.random.default_rng(s) for s in range(3)])
    alone = Dropout(0.5, np.random.default_rng(2)).forward(np.ones((4, 5)))
    np.testing.assert_array_equal(layer.forward(np.ones((3, 4, 5))).mask[2], alone.mask)
    with pytest.raises(ValueError, match=r"a generator for each of 3 seeds: a must have as many, got \(2, 4, 5\)"):
        layer.forward(np.ones((2, 4, 5)))


def test_an_empty_branch_is_the_identity_and_two_identical_units_are_not():
    """D2 calls a residual block the sum of two identical units: that doubles, 2^L in L blocks."""
    zero = Dense(np.zeros((N, N)), np.zeros((N, 1)), "identity")
    same = Dense(np.eye(N), np.zeros((N, 1)), "identity")
    np.testing.assert_array_equal(Network([Residual([zero])] * 10)(A), A)
    np.testing.assert_array_equal(Network([Residual([same])] * 10)(A), 1024 * A)


def test_rezero_starts_as_the_identity_and_learns_its_scale_alone():
    block = FIXES["rezero"].build(Site(N), [dense()])
    back = block.backward(block.forward(A), READ_OUT)
    np.testing.assert_array_equal(back.input, READ_OUT)
    assert not back.parameters["1.weights"].any() and back.parameters["scale"].any()


def test_fixup_scales_all_but_the_last_matrix():
    layers = [dense(), dense(seed=1), dense(seed=2)]
    block = FIXES["fixup"].build(Site(N, blocks=81), layers)
    assert fixup_scale(81, 3) == pytest.approx(1 / 3) and block.learn
    np.testing.assert_allclose(block.layers[1].weights, layers[1].weights / 3, **EXACT)
    assert not block.layers[2].weights.any()
    np.testing.assert_allclose(block.forward(A).output, A + np.tanh(layers[2].bias), **EXACT)


def test_an_open_gate_leaves_only_the_branch():
    block = FIXES["highway"].using(bias=60.0).build(Site(N, rngs=(np.random.default_rng(0),)), [dense()])
    np.testing.assert_allclose(block.forward(A).output, dense().forward(A).output, rtol=1e-12, atol=0)
    assert len(Network([block]).gradients(A, A).deltas) == 1  # the gate's is not among them


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: BatchNorm([1.0], [0.0]), ValueError, r"gamma must have shape \(n, 1\), one number a unit, got \(1,\)"),
        (lambda: BatchNorm([[1.0]], [[0.0], [0.0]]), ValueError, r"beta must have the shape of gamma, \(1, 1\), got \(2, 1\)"),
        (lambda: BatchNorm([[1.0]], [[0.0]], -1), ValueError, "eps must be a finite number >= 0, got -1"),
        (lambda: BatchNorm(["a"], [[0.0]]), TypeError, "gamma must be an array of numbers"),
        (lambda: BatchNorm([[1.0]], [[0.0]]).evaluate([[0.0]], [[-1.0]]), ValueError, "var must not be negative, got -1"),
        (lambda: BatchNorm([[1.0]], [[0.0]]).evaluate([[0.0]], [[1.0]] * 2), ValueError, r"var must have shape \(1, 1\)"),
        (lambda: LayerNorm([[1.0]], [[0.0]]), ValueError, "gamma must have at least 2 units"),
        (lambda: RMSNorm(column()).forward(A.T), ValueError, r"RMSNorm\(4\) has 4 inputs: a must have .* got \(5, 4\)"),
        (lambda: GroupNorm(column(), column(), groups=3), ValueError, "groups must divide the 4 units .*, got 3"),
        (lambda: GroupNorm(column(), column(), groups=4), ValueError, "into parts of 2 or more, got 4"),
        (lambda: Dropout(0.0, rng), ValueError, "keep must be a finite number > 0 and <= 1, got 0.0"),
        (lambda: Dropout(0.5, 3), TypeError, "rng must be a numpy.random.Generator or one for each seed, got 3"),
        (lambda: Residual([]), ValueError, "layers must hold at least one layer, got none"),
        (lambda: Residual([dense()], scale=[1.0]), ValueError, r"scale must be a number .* got \(1,\)"),
        (lambda: Residual([Dense(np.ones((2, N)), np.ones((2, 1)), "relu")]).forward(A), ValueError,
         r"must keep the shape of their input, \(4, 5\), got \(2, 5\)"),
        (lambda: Residual([dense()]).with_parameters(scale=1.0), ValueError, "parameters of Residual.* got 'scale'"),
        (lambda: Highway([dense()], dense()), ValueError, "gate must be a Dense layer with a sigmoid, got Dense"),
        (lambda: FIXES["batch_norm"].using(epsilon=1), ValueError, "settings of batch_norm must be among eps, got 'epsilon'"),
        (lambda: FIXES["dropout"].build(Site(N)), ValueError, "site must hold a generator in rngs"),
        (lambda: assemble([dense()], "relu", [], Site(N)), ValueError, "weights must be linear layers"),
        (lambda: spectral_norm(np.zeros((2, 2))), ValueError, "weights must not be all zero"),
        (lambda: spectral_norm(np.ones(2)), ValueError, r"weights must be a matrix .* got shape \(2,\)"),
        (lambda: spectral_norm(np.eye(2), steps=1), TypeError, "rng must be a numpy.random.Generator .* got None"),
        (lambda: weight_norm(np.eye(2), np.ones(2)), ValueError, r"lengths must have shape \(fan_out, 1\)"),
        (lambda: weight_norm(np.zeros((1, 2)), np.ones((1, 1))), ValueError, "directions must have no row of zeros"),
        (lambda: clip_global([[1.0]], 0), ValueError, "limit must be a finite number > 0, got 0"),
        (lambda: clip_global(np.ones(3), 1), TypeError, "gradients must be a list of arrays, one a parameter, got ndarray"),
        (lambda: clip_each([[1.0, np.nan]], 1), ValueError, r"gradients\[0\] must be finite, got nan"),
        (lambda: clip_value([], 1), ValueError, "gradients must hold at least one array, got none"),
        (lambda: l2([A], [A.T], 0.1), ValueError, r"weights must have the shapes of gradients, \[\(4, 5\)\], got \[\(5, 4\)\]"),
        (lambda: l1([A], [A], -0.1), ValueError, "strength must be a finite number >= 0, got -0.1"),
        (lambda: decoupled_decay([A], 0, 0.1), ValueError, "rate must be a finite number > 0, got 0"),
    ],
)  # fmt: skip
def test_bad_input_is_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_spectral_norm_makes_the_largest_singular_value_one():
    w = draw(3, 20, 10)
    np.testing.assert_allclose(np.linalg.norm(spectral_norm(w), 2, axis=(-2, -1)), 1, **EXACT)
    np.testing.assert_allclose(largest_singular_value(w), np.linalg.norm(w, 2, axis=(-2, -1)), **EXACT)


def test_power_iteration_approaches_from_below():
    """Miyato et al. (2018) on 200 × 100: far off after one step, right to four digits after some fifty."""
    w = np.random.default_rng(0).standard_normal((200, 100))
    steps = [float(largest_singular_value(w, steps=k, rng=np.random.default_rng(1))) for k in (1, 5, 20, 50, 400)]
    exact = largest_singular_value(w)
    assert steps == sorted(steps) and steps[0] < 0.85 * exact
    assert steps[-1] == pytest.approx(exact, rel=1e-6) and steps[-1] <= exact * (1 + 1e-12)
    assert largest_singular_value(1e200 * w, steps=50, rng=np.random.default_rng(1)) == pytest.approx(1e200 * steps[3])


def test_a_square_gaussian_matrix_ends_at_half():
    """σ_1 → 2 σ_w: spectrally normalised, σ_w = ½, and ReLU's growth is ½/√2 = 0.354 a layer."""
    w = spectral_norm(np.random.default_rng(0).standard_normal((300, 300)))
    assert w.std() * 300**0.5 == pytest.approx(0.5, rel=0.03)


def test_weight_norm_against_autograd():
    v, g, read_out = draw(3, 4), draw(3, 1), draw(4, 3).T
    tv, tg = torch.tensor(v, requires_grad=True), torch.tensor(g, requires_grad=True)
    w = torch._weight_norm(tv, tg, 0)
    np.testing.assert_allclose(weight_norm(v, g), w.detach(), **EXACT)
    (w * torch.tensor(read_out.copy())).sum().backward()
    for got, want in zip(weight_norm_backward(v, g, read_out), (tv.grad, tg.grad), strict=True):
        np.testing.assert_allclose(got, want, **EXACT)
    assert np.isfinite(weight_norm(1e-250 * v, g)).all()


@pytest.mark.parametrize("seeds", [None, 3])
@pytest.mark.parametrize("fixes", [{}, {"residual": "identity"}, {"norm": "layer_norm"}])
def test_lsuv_gives_every_z_unit_variance(seeds, fixes):
    recipe = Recipe(depth=5, width=12, inputs=6, outputs=3, initialization="standard_normal", bias_std=0.5, **fixes)
    network, x = recipe.network(rng=np.random.default_rng(0), seeds=seeds), draw(6, 50)
    for z in lsuv(network, x).forward(x).z:
        np.testing.assert_allclose(z.std((-2, -1)), 1, **EXACT)


def test_lsuv_of_a_constant_signal_is_an_error():
    with pytest.raises(ValueError, match="a z that varies in every layer, got a constant one in Dense"):
        lsuv(Network([Dense(np.ones((2, N)), np.zeros((2, 1)), "relu")]), np.ones((N, 3)))


# Clipping

GRADIENTS = [np.array([[3.0, -4.0], [0.0, 12.0]]), np.array([[84.0], [0.0]])]  # norms 13 and 84, together 85


def test_the_rules_by_hand():
    clipped = clip_global(GRADIENTS, 8.5)
    for got, want in zip(clipped, GRADIENTS, strict=True):
        np.testing.assert_allclose(got, want / 10, **EXACT)
    each = clip_each(GRADIENTS, 13.0)
    np.testing.assert_array_equal(each[0], GRADIENTS[0])
    np.testing.assert_allclose(each[1], [[13.0], [0.0]], **EXACT)
    assert [g.tolist() for g in clip_value(GRADIENTS, 3.5)] == [[[3.0, -3.5], [0.0, 3.5]], [[3.5], [0.0]]]


def test_global_clipping_is_that_of_torch():
    parameters = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in GRADIENTS]
    for parameter, gradient in zip(parameters, GRADIENTS, strict=True):
        parameter.grad = torch.tensor(gradient)
    torch.nn.utils.clip_grad_norm_(parameters, 2.0)
    for got, parameter in zip(clip_global(GRADIENTS, 2.0), parameters, strict=True):
        np.testing.assert_allclose(got, parameter.grad, rtol=1e-7, atol=0)  # torch adds 1e-6 to the norm


def test_value_clipping_turns_the_direction_and_the_norm_does_not():
    """(3, 0.1) clipped to 0.1: from 1.9° to 45°."""
    (turned,), (kept,) = clip_value([np.array([3.0, 0.1])], 0.1), clip_global([np.array([3.0, 0.1])], 0.1)
    assert turned.tolist() == [0.1, 0.1]
    assert kept[1] / kept[0] == pytest.approx(0.1 / 3, rel=1e-14)


def test_adaptive_clipping_looks_at_each_row():
    weights, gradients = [np.array([[3.0, 4.0], [0.0, 0.0]])], [np.array([[0.0, 10.0], [0.0, 10.0]])]
    (clipped,) = clip_adaptive(gradients, weights, 0.01)
    np.testing.assert_allclose(clipped, [[0.0, 0.05], [0.0, 1e-5]], **EXACT)
    (bias,) = clip_adaptive([np.array([[3.0], [4.0]])], [np.array([[0.0], [1.0]])], 0.1)
    np.testing.assert_allclose(bias, [[0.06], [0.08]], **EXACT)  # a column is one row


RULES = {
    "value": clip_value,
    "each": clip_each,
    "global": clip_global,
    "adaptive": lambda gradients, limit: clip_adaptive(gradients, [np.ones_like(g) for g in gradients], limit),
}


@pytest.mark.parametrize("rule", RULES)
@given(
    gradients=st.lists(hnp.arrays(float, (2, 3), elements=st.floats(-1e308, 1e308)), min_size=1, max_size=3),
    limit=st.floats(1e-300, 1e300),
)
def test_clipping_never_enlarges_and_never_loses_what_it_cuts(rule, gradients, limit):
    before = [g.copy() for g in gradients]
    clipped = RULES[rule](gradients, limit)
    for old, kept, new in zip(gradients, before, clipped, strict=True):
        np.testing.assert_array_equal(old, kept)  # not in place
        assert new is not old and new.shape == old.shape
        assert (np.abs(new) <= np.abs(old)).all() and (new * np.sign(old) >= 0).all()
    largest = max(np.abs(g).max() for g in before)
    assert any(g.any() for g in clipped) or min(largest, limit) < 1e-290


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("size", [1e-300, 1e-13, 1.0])
def test_within_the_limit_nothing_changes_bit_for_bit(rule, size):
    gradients = [size * draw(3, 4), size * draw(4, 3)]
    for got, want in zip(RULES[rule](gradients, 100.0), gradients, strict=True):
        assert got.tobytes() == want.tobytes() and got is not want


@pytest.mark.parametrize("size", [1e-200, 1e200, 1e308])
def test_global_clipping_at_sizes_whose_squares_float64_cannot_hold(size):
    """Entries of 1e200: squared they are inf, and limit / inf times the gradient is 0."""
    clipped = clip_global([np.full(50, size), np.full(50, -size)], size * 1e-3)
    np.testing.assert_allclose(clipped, [np.full(50, size * 1e-4), np.full(50, -size * 1e-4)], **EXACT)


def test_float32_gradients_keep_their_kind():
    (clipped,) = clip_global([np.full(100, 1e25, dtype=np.float32)], 1.0)
    assert clipped.dtype == np.float32
    np.testing.assert_allclose(clipped, 0.1, rtol=1e-6)


# Penalties


def test_penalties_are_the_gradients_of_what_they_add_to_the_loss():
    w, zero = draw(3, 4), np.zeros((3, 4))
    np.testing.assert_allclose(l2([zero], [w], 0.3)[0], complex_step(lambda v: 0.15 * (v**2).sum(), w), **EXACT)
    np.testing.assert_allclose(
        l1([zero], [w], 0.3)[0], complex_step(lambda v: 0.3 * (v * np.sign(w)).sum(), w), **EXACT
    )
    assert l1([zero], [zero], 0.3)[0].any() == 0


def test_a_weight_halves_in_693_steps():
    """η = 0.1, λ = 0.01, no gradient: (1 − ηλ)^k = ½ at k = ln 2/ηλ."""
    decayed, penalised = np.array([1.0]), np.array([1.0])
    for _ in range(693):
        (decayed,) = decoupled_decay([decayed], 0.1, 0.01)
        penalised = penalised - 0.1 * l2([np.zeros(1)], [penalised], 0.01)[0]
    assert decayed[0] == pytest.approx(0.5, rel=1e-3) and penalised[0] == pytest.approx(decayed[0], rel=1e-12)


def test_the_table_names_its_records():
    assert all(name == fix.name for name, fix in FIXES.items())
    assert {fix.kind for fix in FIXES.values()} == {"layer", "wrapper", "weights", "gradients"}
    assert all((fix.place is not None) == (fix.kind in ("layer", "wrapper")) for fix in FIXES.values())


def test_no_entry_grows_by_rounding_where_the_norm_is_barely_over_the_limit():
    """Beside an entry of 1e300, those of 1e-20 become subnormal on the way, and are rounded up as often as down."""
    gradient = np.array([1e300, *np.linspace(1e-20, 3e-20, 50)])
    (clipped,) = clip_global([gradient], np.nextafter(1e300, 0))
    assert clipped[0] < 1e300 and (clipped <= gradient).all()


def test_a_layer_can_be_placed_on_either_side_of_the_activation():
    dense, site = Dense(np.eye(3), np.zeros((3, 1)), "identity"), Site(3)
    before, after = (assemble([dense], "relu", [FIXES["rms_norm"].placed(place)], site) for place in ("before", "after"))
    x = np.array([[3.0], [-4.0], [0.0]])
    close = {"rtol": 1e-4, "atol": 0}
    np.testing.assert_allclose(before.forward(x).output, [[3 / np.sqrt(25 / 3)], [0], [0]], **close)
    np.testing.assert_allclose(after.forward(x).output, [[3 / np.sqrt(9 / 3)], [0], [0]], **close)
    with pytest.raises(ValueError, match="place must be one of before, after, got 'behind'"):
        FIXES["rms_norm"].placed("behind")
    with pytest.raises(ValueError, match="only a fix of kind layer has a place beside the activation, got residual, a wrapper"):
        FIXES["residual"].placed("after")

"""Profiles against PyTorch's autograd, against theory, and at sizes that float64 cannot hold."""

from dataclasses import replace

import numpy as np
import pytest

from companion import propagation, theory
from companion.fixes import FIXES, ORDERS
from companion.propagation import profile
from companion.weights import INITIALIZATIONS

SMALL = {"activation": "tanh", "initialization": "xavier_uniform", "depth": 4, "width": 6, "batch": 5}


def with_torch(seed, *, activation, initialization, depth, width, batch, gain=1.0, bias_std=0.0, biases="zero"):
    """The rms of a_l, ∂ℒ/∂z_l, ∂ℒ/∂W_l and W_l of one network by autograd, from the definition in the module's docstring."""
    torch = pytest.importorskip("torch")
    functions = {
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "relu": torch.relu,
        "gelu": torch.nn.functional.gelu,
        "identity": lambda z: 1 * z,
    }
    rng = np.random.default_rng(seed)
    x, c = torch.tensor(rng.standard_normal((2, width, batch)))
    weights = gain * INITIALIZATIONS[initialization].draw(width, width, rng=rng, seeds=depth)
    if biases == "drawn":
        biases = INITIALIZATIONS[initialization].draw_bias(width, width, rng=rng, seeds=depth)
    else:
        biases = bias_std * rng.standard_normal((depth, width, 1))
    a, z, signals = x, [], []
    weights = [torch.tensor(w, requires_grad=True) for w in weights]
    for w, b in zip(weights, biases, strict=True):
        z.append(w @ a + torch.tensor(b))
        z[-1].retain_grad()
        a = functions[activation](z[-1])
        signals.append(a)
    ((c * a).sum() / batch).backward()
    rows = [signals, [v.grad for v in z], [w.grad for w in weights], weights]
    return [[float(v.detach().square().mean().sqrt()) for v in row] for row in rows]


@pytest.mark.parametrize(
    "setting",
    [
        SMALL,
        SMALL | {"activation": "sigmoid", "gain": 3.0, "bias_std": 0.5},
        SMALL | {"activation": "relu", "initialization": "he_normal", "batch": 20},
        SMALL | {"activation": "relu", "initialization": "standard_normal", "bias_std": 1.0},
        SMALL | {"activation": "gelu", "initialization": "standard_normal", "depth": 7},
        SMALL | {"activation": "identity", "initialization": "orthogonal", "width": 1, "batch": 1},
        SMALL | {"activation": "relu", "initialization": "torch_default", "biases": "drawn"},
    ],
)
def test_equals_autograd(setting):
    got = profile(**setting, seeds=3)
    want = np.array([with_torch(seed, **setting) for seed in range(3)])
    for k, name in enumerate(("signal", "delta", "weight_gradient")):
        np.testing.assert_allclose(getattr(got, name), want[:, k], rtol=1e-12, atol=0)
    np.testing.assert_allclose(got.relative_gradient, want[:, 2] / want[:, 3], rtol=1e-12, atol=0)


@pytest.mark.parametrize(("biases", "lost"), [("zero", 0.3), ("drawn", -17.9)])
def test_biases_decide_which_layer_of_a_relu_network_learns(biases, lost):
    """50 × 100, PyTorch's weights: δ_1 is 10^−19.2 of δ_50 with any biases, but ∂W_1/∂W_50 is 10^0.3 or 10^−17.9."""
    got = profile(activation="relu", initialization="torch_default", depth=50, width=100, biases=biases)
    assert np.median(got.decades) == pytest.approx(-19.2, abs=0.1)
    ends = got.log10_weight_gradient[:, 0] - got.log10_weight_gradient[:, -1]
    assert np.median(ends) == pytest.approx(lost, abs=0.35)
    relative = got.log10_relative_gradient
    np.testing.assert_allclose(np.median(relative[:, 0] - relative[:, -1]), np.median(ends), atol=0.02)  # equal weights


@pytest.mark.parametrize(("bias", "lost"), [(False, 0.3), (True, -17.9)])
def test_torchs_own_layers_lose_as_much(bias, lost):
    """The same ratio in ``nn.Linear`` as PyTorch draws it, by autograd: an independent check of the law and of the pass."""
    torch = pytest.importorskip("torch")
    ends = []
    for seed in range(12):
        torch.manual_seed(seed)
        layers = [torch.nn.Linear(100, 100, dtype=torch.float64) for _ in range(50)]
        a = torch.randn(32, 100, dtype=torch.float64)
        for layer in layers:
            a = torch.relu(layer(a) if bias else a @ layer.weight.T)
        (a * torch.randn_like(a)).sum().div(32).backward()
        first, last = (layer.weight.grad.square().mean().sqrt().item() for layer in (layers[0], layers[-1]))
        ends.append(np.log10(first / last))
    assert np.median(ends) == pytest.approx(lost, abs=0.5)


@pytest.mark.parametrize("name", [name for name in INITIALIZATIONS if name != "torch_default"])
def test_drawn_biases_are_zero_where_the_library_zeroes_them(name):
    zero, drawn = (profile(**SMALL | {"initialization": name}, seeds=2, biases=biases) for biases in ("zero", "drawn"))
    np.testing.assert_array_equal(drawn.log10_signal, zero.log10_signal)


def test_drawn_biases_leave_the_weights_as_they_are():
    setting = SMALL | {"initialization": "torch_default", "seeds": 2}
    zero, drawn = (profile(**setting, biases=biases) for biases in ("zero", "drawn"))
    np.testing.assert_array_equal(drawn.log10_weights, zero.log10_weights)
    assert not np.allclose(drawn.log10_signal, zero.log10_signal)


def test_the_relative_gradient_of_weights_that_are_zero_is_infinite():
    got = profile(activation="tanh", initialization="orthogonal", depth=4, width=6, seeds=2, fixes=["fixup"])
    relative = got.relative_gradient
    assert np.all(np.isinf(relative[:, 1::2])) and np.all(np.isfinite(relative[:, ::2])), (
        "Fixup: the last of each branch is 0"
    )


def test_a_seed_is_one_network_whoever_else_is_asked(monkeypatch):
    together = profile(**SMALL, seeds=5)
    monkeypatch.setattr(propagation, "_AT_ONCE", 2 * SMALL["depth"] * SMALL["width"] ** 2)
    for seeds in ([3], [4, 3], range(5), np.arange(5)):
        other = profile(**SMALL, seeds=seeds)
        for name in ("log10_signal", "log10_delta", "log10_weight_gradient"):
            np.testing.assert_allclose(getattr(other, name), getattr(together, name)[list(seeds)], rtol=1e-13, atol=0)
    assert not np.array_equal(together.delta[0], together.delta[1])


def test_a_deeper_network_starts_with_the_same_examples_and_layers():
    shallow, deep = profile(**SMALL, seeds=2), profile(**SMALL | {"depth": 9}, seeds=2)
    np.testing.assert_allclose(deep.log10_signal[:, :4], shallow.log10_signal, rtol=1e-13, atol=0)


@pytest.mark.parametrize("gain", [1e-3, 1e3])
def test_sizes_beyond_float64_are_right_in_log10(gain):
    """Orthogonal weights times a gain: every layer multiplies by exactly the gain, 150 times."""
    got = profile(activation="identity", initialization="orthogonal", depth=150, width=8, seeds=2, gain=gain)
    step = np.log10(gain)
    np.testing.assert_allclose(
        got.log10_delta - got.log10_delta[:, -1:], [step * np.arange(149, -1, -1)] * 2, atol=1e-9
    )
    np.testing.assert_allclose(np.diff(got.log10_signal), step, rtol=1e-9)
    assert np.all(got.delta[:, 0] == (0 if gain < 1 else np.inf))
    np.testing.assert_allclose(got.growth, gain, rtol=1e-9)


def test_a_vanishing_sigmoid_network_goes_on_in_a_straight_line():
    got = profile(activation="sigmoid", initialization="lecun_normal", depth=700, width=20, seeds=2)
    assert np.all(got.log10_delta[:, 0] < -400) and np.isfinite(got.log10_delta).all()
    first, second = got.decades, got.log10_delta[:, 350] - got.log10_delta[:, -1]
    np.testing.assert_allclose(first / second, 2, rtol=0.05)


def test_an_overflowing_signal_is_reported_and_not_warned_about():
    got = profile(activation="gelu", initialization="standard_normal", depth=450, width=100, seeds=1, batch=2)
    assert np.nanmax(got.log10_signal) > 300 and np.isnan(got.log10_signal[0, -1]) and np.isnan(got.log10_delta).any()


def test_a_dead_network_is_minus_infinity():
    got = profile(activation="relu", initialization="zeros", depth=3, width=4, seeds=2)
    assert np.all(got.log10_delta == -np.inf) and np.all(got.delta == 0) and np.isnan(got.growth).all()


@pytest.mark.parametrize(
    "activation, initialization, sigma_w, rtol",
    [("sigmoid", "lecun_normal", 1.0, 0.02), ("relu", "he_normal", 2**0.5, 0.01), ("relu", "lecun_normal", 1.0, 0.02)],
)
def test_growth_is_near_the_mean_field_value(activation, initialization, sigma_w, rtol):
    got = profile(activation=activation, initialization=initialization, depth=30, width=100)
    assert np.median(got.growth) == pytest.approx(theory.growth(activation, sigma_w, 0.0), rel=rtol)


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"activation": "sigmoyd"}, ValueError, "activation must be one of identity, .*got 'sigmoyd'"),
        ({"initialization": None}, ValueError, "initialization must be one of zeros, .*got None"),
        ({"depth": 0}, ValueError, "depth must be a whole number >= 1, got 0"),
        ({"width": 2.5}, TypeError, "width must be a whole number >= 1, got 2.5"),
        ({"batch": -1}, ValueError, "batch must be a whole number >= 1, got -1"),
        ({"seeds": 0}, ValueError, "seeds must be a whole number >= 1, got 0"),
        ({"seeds": []}, ValueError, "seeds must name at least one seed"),
        ({"seeds": [1, -1]}, ValueError, "seeds must be a whole number >= 0, got -1"),
        ({"seeds": "24"}, TypeError, "seeds must be a whole number >= 1, got '24'"),
        ({"gain": 0}, ValueError, "gain must be a finite number > 0, got 0"),
        ({"bias_std": -0.1}, ValueError, "bias_std must be a finite number >= 0, got -0.1"),
        ({"biases": "torch"}, ValueError, "biases must be one of zero, drawn, got 'torch'"),
        ({"biases": True}, ValueError, "biases must be one of zero, drawn, got True"),
        (
            {"biases": "drawn", "bias_std": 0.1},
            ValueError,
            "biases must be 'zero' where bias_std .* got 'drawn' .* 0.1",
        ),
    ],
)
def test_bad_input_is_named(change, error, message):
    with pytest.raises(error, match=message):
        profile(**SMALL | change)


def test_growth_needs_two_layers():
    with pytest.raises(ValueError, match="growth needs a depth of at least 2, got 1"):
        profile(**SMALL | {"depth": 1}).growth  # noqa: B018


def test_no_fixes_change_no_number():
    plain = profile(**SMALL, seeds=2)
    np.testing.assert_array_equal(profile(**SMALL, seeds=2, fixes=()).log10_delta, plain.log10_delta)


@pytest.mark.parametrize("order", ORDERS)
def test_blocks_without_a_fix_are_the_plain_network(order):
    """A residual block with no shortcut is its branch, so the general way must give what the fast one gives."""
    setting = SMALL | {"activation": "identity", "bias_std": 0.3, "depth": 6}
    nothing = replace(FIXES["residual"].using(shortcut=0.0), place=order)
    got, want = profile(**setting, seeds=3, fixes=[nothing]), profile(**setting, seeds=3)
    for name in ("log10_signal", "log10_delta", "log10_weight_gradient", "log10_weights"):
        np.testing.assert_allclose(getattr(got, name), getattr(want, name), rtol=1e-12, atol=0)


def block_with_torch(seed, fixes, *, activation, depth, width, batch, initialization):
    """The sizes of one network with fixes, by autograd, from the definitions."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    x, c = torch.tensor(rng.standard_normal((2, width, batch)))
    weights = INITIALIZATIONS[initialization].draw(width, width, rng=rng, seeds=depth)
    weights, z, signals = [torch.tensor(w, requires_grad=True) for w in weights], [], []
    norm = {
        "batch_norm": lambda v: torch.nn.functional.batch_norm(v.mT, None, None, training=True).mT,
        "layer_norm": lambda v: torch.nn.functional.layer_norm(v.mT, (width,)).mT,
        "rms_norm": lambda v: torch.nn.functional.rms_norm(v.mT, (width,), eps=1e-5).mT,
        "group_norm": lambda v: torch.nn.functional.group_norm(v.mT, 2).mT,
    }[fixes[0]]
    f, a = getattr(torch, activation), x
    for w in weights:
        z.append(w @ (f(norm(a)) if len(fixes) > 1 else a))
        z[-1].retain_grad()
        a = a + depth ** (-0.5 if fixes[1] == "residual_scaled" else 0) * z[-1] if len(fixes) > 1 else f(norm(z[-1]))
        signals.append(a)
    ((c * a).sum() / batch).backward()
    rows = [signals, [v.grad for v in z], [w.grad for w in weights]]
    return [[float(v.detach().square().mean().sqrt()) for v in row] for row in rows]


@pytest.mark.parametrize("norm", ["batch_norm", "layer_norm", "rms_norm", "group_norm"])
@pytest.mark.parametrize("wrapper", [(), ("residual",), ("residual_scaled",)])
def test_fixes_equal_autograd(norm, wrapper):
    setting = SMALL | {"activation": "relu", "depth": 5}
    named = FIXES["group_norm"].using(groups=2) if norm == "group_norm" else norm
    got = profile(**setting, seeds=2, fixes=(named, *wrapper))
    want = np.array([block_with_torch(seed, (norm, *wrapper), **setting) for seed in range(2)])
    for k, name in enumerate(("signal", "delta", "weight_gradient")):
        np.testing.assert_allclose(getattr(got, name), want[:, k], rtol=1e-9, atol=0)


STRUCTURAL = [name for name, fix in FIXES.items() if fix.kind in ("layer", "wrapper")]


@pytest.mark.parametrize("name", STRUCTURAL)
def test_a_seed_is_one_network_with_any_fix(name):
    setting = SMALL | {"width": 8, "fixes": [name]}
    together, alone = profile(**setting, seeds=4), profile(**setting, seeds=[2])
    for quantity in ("log10_signal", "log10_delta", "log10_weight_gradient"):
        np.testing.assert_allclose(getattr(together, quantity)[2:3], getattr(alone, quantity), rtol=1e-12, atol=0)


@pytest.mark.parametrize("batch", [8, 32])
def test_batch_norm_explodes_as_theorem_8_says(batch):
    """Squared growth √1.788 at B = 8, √1.522 at 32 (Yang et al. 2019), once the examples' correlations have settled.

    They start at 0 and take some 15 layers: nearer the input δ grows less, 1.19 in place of 1.23 at B = 32.
    """
    got = profile(
        activation="relu", initialization="he_normal", depth=30, width=200, batch=batch, seeds=4, fixes=["batch_norm"]
    )
    settled = 10 ** ((got.log10_delta[:, 14] - got.log10_delta[:, 29]) / 15)
    want = theory.batch_norm_growth("relu", batch)
    assert np.median(settled) == pytest.approx(want, rel=0.01)
    assert 0.95 * want < np.median(got.growth) < want


def test_a_residual_relu_network_doubles_the_squared_gradient_each_block():
    """x + W f(x), σ_w² = 2: log ‖g‖² = L ln 2, 27.7 at 40 blocks."""
    got = profile(activation="relu", initialization="he_normal", depth=41, width=100, seeds=6, fixes=["residual"])
    log_squared = 2 * np.log(10) * got.decades
    assert np.median(log_squared) == pytest.approx(40 * np.log(2), rel=0.05)


def test_a_scaled_residual_network_grows_by_no_more_than_root_e():
    got = profile(
        activation="relu", initialization="he_normal", depth=50, width=100, seeds=6, fixes=["residual_scaled"]
    )
    assert np.median(10**got.decades) == pytest.approx((1 + 1 / 50) ** (49 / 2), rel=0.1)


def test_dropout_raises_the_second_moment_by_one_over_keep():
    setting = {"activation": "relu", "initialization": "he_normal", "depth": 20, "width": 200, "seeds": 8}
    got = profile(**setting, fixes=[FIXES["dropout"].using(keep=0.8)])
    assert np.median(got.growth) == pytest.approx(0.8**-0.5, rel=0.02)


def test_fixes_do_not_underflow_on_the_way_back():
    got = profile(activation="sigmoid", initialization="lecun_normal", depth=700, width=10, seeds=2, fixes=["dropout"])
    assert np.all(got.log10_delta[:, 0] < -350) and np.isfinite(got.log10_delta).all()


def test_rezero_gives_its_weights_no_gradient_at_the_start():
    got = profile(**SMALL, seeds=2, fixes=["rezero"])
    assert np.all(got.log10_delta == -np.inf) and np.all(np.isfinite(got.log10_signal))


@pytest.mark.parametrize(
    "fixes, error, message",
    [
        (
            ["clip_global"],
            ValueError,
            "fixes must be among batch_norm, .*highway, got 'clip_global', .* of kind gradients",
        ),
        (["lsuv"], ValueError, "got 'lsuv', which is a fix of kind weights"),
        (["batchnorm"], ValueError, "fixes must be among batch_norm, .*, got 'batchnorm'"),
        (["residual", "highway"], ValueError, "fixes must hold at most one wrapper, got residual, highway"),
        ("batch_norm", TypeError, "fixes must be a list of fixes, .* got 'batch_norm'"),
    ],
)
def test_wrong_fixes_are_named(fixes, error, message):
    with pytest.raises(error, match=message):
        profile(**SMALL, fixes=fixes)


def test_batch_norm_of_a_batch_of_one_is_refused():
    with pytest.raises(
        ValueError, match=r"needs a batch of at least 2 examples: a must have shape \(6, B\) with B >= 2"
    ):
        profile(**SMALL | {"batch": 1}, fixes=["batch_norm"])


def test_a_block_of_several_matrices_is_what_its_layers_say():
    """Without a shortcut, blocks of any length are the same plain network; with one, fewer sums."""
    setting = SMALL | {"depth": 6, "activation": "relu", "seeds": 3}
    nothing = FIXES["residual"].using(shortcut=0.0)
    one, three = (profile(**setting, fixes=["batch_norm", nothing], block=block) for block in (1, 3))
    np.testing.assert_allclose(three.log10_delta, one.log10_delta, rtol=1e-12, atol=0)
    np.testing.assert_allclose(three.log10_signal[:, [0, 1, 2]], one.log10_signal[:, [2, 2, 2]], rtol=1e-12, atol=0)


@pytest.mark.parametrize("shortcut", [0.5, 0.9])
def test_the_shortcut_law(shortcut):
    """Blocks of two BN-ReLU layers: squared growth a block ρ² + (π/(π−1))² (1 − ρ²); LITERATURE measured within 3 %."""
    fixes = ["batch_norm", FIXES["residual"].using(shortcut=shortcut)]
    setting = {"activation": "relu", "initialization": "he_normal", "depth": 60, "width": 150, "batch": 128, "seeds": 2}
    got = profile(**setting, fixes=fixes, block=2).log10_delta[:, 1::2]  # δ at the end of each block
    squared = 10 ** (2 * np.median((got[:, 14] - got[:, 29]) / 15))
    assert squared == pytest.approx(shortcut**2 + (np.pi / (np.pi - 1)) ** 2 * (1 - shortcut**2), rel=0.05)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"fixes": ["fixup"], "block": 1}, "block must be at least 2 with fixup, got 1"),
        ({"fixes": ["fixup"], "depth": 5}, "depth must be a multiple of block = 2, .* got 5"),
        ({"fixes": ["residual"], "block": 0}, "block must be a whole number >= 1, got 0"),
    ],
)
def test_wrong_blocks_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        profile(**SMALL | change)

"""Recipes: every combination builds, gives right gradients, and says what is wrong with it."""

import numpy as np
import pytest

from companion.fixes import FIXES
from companion.gradcheck import complex_step, relative_error
from companion.network import Network
from companion.recipes import NORMS, RESIDUALS, Recipe
from companion.stack import Activate, Stack

SMALL = {"depth": 4, "width": 4, "inputs": 3, "outputs": 2, "activation": "tanh", "initialization": "xavier_normal"}
rng = np.random.default_rng(5)
X, Y = rng.standard_normal((3, 6)), np.array([0, 1, 1, 0, 1, 0])
SPECIAL = {"group_norm": FIXES["group_norm"].using(groups=2)}  # where the defaults do not fit a width of 4

COMBINATIONS = [
    *(
        {"norm": SPECIAL.get(norm, norm), "residual": residual}
        for norm in NORMS
        for residual in (None, "identity", "last")
    ),
    *({"residual": residual, "block": 2} for residual in RESIDUALS),
    {"norm": "batch_norm", "norm_position": "after"},
    {"norm": "layer_norm", "norm_position": "after", "residual": 0.5},
    {"norm": "batch_norm", "residual": FIXES["residual"].using(shortcut=0.5, scale=0.1), "order": "weights first"},
    {"residual": "identity", "order": "activation last", "block": 2, "bias_std": 0.5, "gain": 2.0},
]


def ids(change):
    return " ".join(f"{key}={getattr(value, 'name', value)}" for key, value in change.items())


@pytest.mark.parametrize("change", COMBINATIONS, ids=ids)
def test_all_gradients_are_the_complex_step(change):
    network = Recipe(**SMALL | change).network(rng=np.random.default_rng(0))
    start = network.parameters + 0.1 * np.random.default_rng(1).standard_normal(
        network.parameters.shape
    )  # off the zeros
    network = network.with_parameters(start)
    gradients = network.gradients(X, Y, "cross_entropy")
    want = complex_step(lambda flat: network.with_parameters(flat).loss(X, Y, "cross_entropy"), start)
    assert relative_error(gradients.flat, want) < 1e-12  # not entry by entry: a bias under batch norm has gradient 0
    assert len(gradients.deltas) == len(gradients.weights) == len(gradients.biases) == SMALL["depth"]
    assert [d.shape for d in gradients.deltas] == [z.shape for z in network.forward(X).z] == [(4, 6)] * 3 + [(2, 6)]


@pytest.mark.parametrize("change", COMBINATIONS, ids=ids)
def test_each_delta_is_the_gradient_of_its_z(change):
    """A bias is added to z, so the biases' gradients are the row sums of δ; and ∂ℒ/∂W_l = δ_l a_{l-1}ᵀ has its shape."""
    network = Recipe(**SMALL | change).network(rng=np.random.default_rng(0))
    gradients = network.gradients(X, Y, "cross_entropy")
    for delta, weight, bias in zip(gradients.deltas, gradients.weights, gradients.biases, strict=True):
        np.testing.assert_array_equal(delta.sum(-1, keepdims=True), bias)
        assert weight.shape[0] == delta.shape[0]


@pytest.mark.parametrize("change", COMBINATIONS, ids=ids)
def test_a_stack_of_seeds_has_one_network_a_seed(change):
    network = Recipe(**SMALL | change).network(rng=np.random.default_rng(0), seeds=3)
    gradients = network.gradients(X, Y, "cross_entropy")
    one = Recipe(**SMALL | change).network(rng=np.random.default_rng(0))
    for s in range(3):
        alone = one.with_parameters(network.parameters[s]).gradients(X, Y, "cross_entropy")
        assert relative_error(gradients.flat[s], alone.flat) < 1e-12
    z = network.forward(X).z[0]
    assert not np.array_equal(z[0], z[1])


def test_a_plain_recipe_is_a_random_network():
    recipe = Recipe(depth=3, width=7, inputs=3, outputs=2, activation="gelu", bias_std=0.3)
    got = recipe.network(rng=np.random.default_rng(4))
    want = Network.random(
        [3, 7, 7, 2], activation="gelu", initialization="he_normal", bias_std=0.3, rng=np.random.default_rng(4)
    )
    np.testing.assert_array_equal(got.parameters, want.parameters)
    assert repr(got) == repr(want)


def test_the_same_rng_draws_the_same_weights_whatever_fixes_are_on():
    plain = Recipe(**SMALL).network(rng=np.random.default_rng(0)).layers
    fixed = (
        Recipe(**SMALL, norm="batch_norm", residual="highway", keep=0.5).network(rng=np.random.default_rng(0)).layers
    )
    np.testing.assert_array_equal(plain[1].weights, fixed[1].parameters["1.weights"])


@pytest.mark.parametrize(
    "change, layers",
    [
        ({"norm": "rms_norm"}, ["Stack(Dense(3 → 4, identity), RMSNorm(4), tanh)"] * 1),
        ({"norm": "rms_norm", "norm_position": "after"}, ["Stack(Dense(3 → 4, tanh), RMSNorm(4))"]),
        ({"keep": 0.5}, ["Stack(Dense(3 → 4, tanh), Dropout(0.5))", "Stack(Dense(4 → 4, tanh), Dropout(0.5))"]),
        (
            {"residual": 0.5, "block": 2},
            [
                "Dense(3 → 4, identity)",
                "Residual(tanh, Dense(4 → 4, identity), tanh, Dense(4 → 4, identity); shortcut=0.5, scale=1)",
                "Stack(tanh, Dense(4 → 2, identity))",
            ],
        ),
        (
            {"residual": "last", "block": 2, "norm": "batch_norm"},
            [
                "Stack(Dense(3 → 4, identity), BatchNorm(4), tanh)",
                "Stack(Residual(Dense(4 → 4, identity), BatchNorm(4), tanh, Dense(4 → 4, identity), BatchNorm(4); "
                "shortcut=1, scale=1), tanh)",
                "Dense(4 → 2, identity)",
            ],
        ),
        ({"residual": "scaled"}, ["Dense(3 → 4, identity)"]
            + ["Residual(tanh, Dense(4 → 4, identity); shortcut=1, scale=0.707)"] * 2),
    ],
)  # fmt: skip
def test_what_a_recipe_builds(change, layers):
    built = [repr(layer) for layer in Recipe(**SMALL | change).network(rng=np.random.default_rng(0)).layers]
    assert built[: len(layers)] == layers


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"depth": 1}, ValueError, "depth must be a whole number >= 2, got 1"),
        ({"width": 0}, ValueError, "width must be a whole number >= 1, got 0"),
        ({"inputs": 2.0}, TypeError, "inputs must be a whole number >= 1, got 2.0"),
        ({"outputs": None}, TypeError, "outputs must be a whole number"),
        ({"activation": "swish"}, ValueError, "activation must be one of identity, .*got 'swish'"),
        ({"initialization": "he"}, ValueError, "initialization must be one of zeros, .*got 'he'"),
        ({"gain": 0}, ValueError, "gain must be a finite number > 0, got 0"),
        ({"bias_std": -1}, ValueError, "bias_std must be a finite number >= 0, got -1"),
        ({"keep": 1.5}, ValueError, "keep must be a finite number > 0 and <= 1, got 1.5"),
        ({"norm": "batchnorm"}, ValueError, "norm must be among batch_norm, layer_norm, rms_norm, group_norm, got 'batchnorm'"),
        ({"norm": FIXES["dropout"]}, ValueError, "norm must be among batch_norm, .*got Fix\\('dropout'"),
        ({"norm_position": "between"}, ValueError, "norm_position must be one of before, after, got 'between'"),
        ({"residual": "skip"}, ValueError, "residual must be one of identity, .*got 'skip'"),
        ({"residual": float("nan")}, ValueError, "residual must be a finite number, got nan"),
        ({"residual": FIXES["batch_norm"]}, ValueError, "residual must be among residual, .*which is a fix of kind layer"),
        ({"residual": True}, ValueError, "residual must be among residual, .*got True"),
        ({"order": "post"}, ValueError, "order must be one of weights first, activation first, activation last, got 'post'"),
        ({"residual": "identity", "block": 3}, ValueError, r"depth must be 2 \+ a multiple of block = 3, .*got 4"),
        ({"residual": "fixup"}, ValueError, "block must be at least 2 with residual 'fixup', got 1"),
    ],
)  # fmt: skip
def test_bad_input_is_named(change, error, message):
    with pytest.raises(error, match=message):
        Recipe(**SMALL | change)


def test_a_recipe_has_only_named_arguments():
    with pytest.raises(TypeError):
        Recipe(10)


def test_a_stack_numbers_the_parameters_of_its_parts():
    stack = Recipe(**SMALL, norm="rms_norm", residual="rezero").network(rng=np.random.default_rng(0)).layers[1]
    assert list(stack.parameters) == ["1.gamma", "3.weights", "3.bias", "scale"]
    changed = stack.with_parameters(**{"3.bias": np.ones((4, 1)), "scale": np.ones((1, 1))})
    assert changed.parameters["3.bias"].all() and not stack.parameters["3.bias"].any()
    x = np.ones((4, 2))
    branch = Stack(changed.layers).forward(x).output
    np.testing.assert_array_equal(changed.forward(x).output, x + branch)
    np.testing.assert_array_equal(stack.forward(x).output, x)
    with pytest.raises(
        ValueError, match="parameters of Residual.* are 1.gamma, 3.weights, 3.bias, scale, got '2.bias'"
    ):
        stack.with_parameters(**{"2.bias": np.ones((4, 1))})


def test_a_stack_needs_layers_and_an_activation_its_name():
    with pytest.raises(ValueError, match="layers must hold at least one layer, got none"):
        Stack([])
    with pytest.raises(ValueError, match="activation must be one of identity, .*got 'swish'"):
        Activate("swish")


def test_a_recipe_cannot_be_changed_and_equal_ones_are_equal():
    assert Recipe(**SMALL, residual=0.5) == Recipe(**SMALL, residual=0.5) != Recipe(**SMALL)
    assert len({Recipe(**SMALL, norm=FIXES["batch_norm"].using(eps=0.1)), Recipe(**SMALL)}) == 2
    with pytest.raises(AttributeError):
        Recipe(**SMALL).depth = 3


def test_the_gain_multiplies_every_weight():
    once, twice = (Recipe(**SMALL, gain=gain).network(rng=np.random.default_rng(0)).layers for gain in (1.0, 2.0))
    for layer, doubled in zip(once, twice, strict=True):
        np.testing.assert_array_equal(doubled.weights, 2 * layer.weights)


def test_fixes_take_no_draws_from_the_rng_given():
    plain, fixed = np.random.default_rng(0), np.random.default_rng(0)
    Recipe(**SMALL).network(rng=plain)
    network = Recipe(**SMALL, residual="highway", keep=0.5).network(rng=fixed)
    network(X)
    assert plain.random() == fixed.random()


def test_biases_are_drawn_as_the_library_draws_them():
    recipe = Recipe(**SMALL | {"initialization": "torch_default", "biases": "drawn"})
    drawn = recipe.network(rng=np.random.default_rng(0))
    bounds = [np.abs(layer.bias).max() * layer.weights.shape[1] ** 0.5 for layer in drawn.layers]
    assert all(0 < bound <= 1 for bound in bounds)
    stacked = recipe.network(rng=np.random.default_rng(0), seeds=3)
    assert stacked.layers[0].bias.shape == (3, 4, 1) and len(np.unique(stacked.layers[0].bias)) == 12
    he = {"initialization": "he_normal", "biases": "drawn"}
    assert not any(layer.bias.any() for layer in Recipe(**SMALL | he).network(rng=np.random.default_rng(0)).layers)
    mixed = Recipe(**SMALL | he | {"biases": "torch"}).network(rng=np.random.default_rng(0))
    assert all(0.1 < np.abs(layer.bias).max() * layer.weights.shape[1] ** 0.5 <= 1 for layer in mixed.layers)

"""The same network in NumPy and in PyTorch: outputs, losses and every gradient agree to 1e-10, relative only."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from companion import fixes, torch_nets
from companion.activations import ACTIVATIONS
from companion.fixes import FIXES
from companion.gradcheck import relative_error
from companion.network import Network
from companion.recipes import NORMS, RESIDUALS, Recipe
from companion.signals import log10_rms

RTOL = 1e-10

SMALL = {"depth": 6, "width": 12, "inputs": 7, "outputs": 4, "activation": "tanh", "bias_std": 0.3}
ROWS = {
    "plain": {},
    **{f"activation {name}": {"activation": name, "initialization": "lecun_normal"} for name in ACTIVATIONS},
    **{f"norm {name}": {"norm": name} for name in NORMS},
    **{f"norm {name} after": {"norm": name, "norm_position": "after"} for name in NORMS},
    **{f"residual {name}": {"residual": name, "block": 2} for name in RESIDUALS},
    **{f"residual {name}, one weight matrix a block": {"residual": name} for name in RESIDUALS if name != "fixup"},
    "residual 0.5": {"residual": 0.5},
    "branch 0.1": {"residual": FIXES["residual"].using(shortcut=0.9, scale=0.1)},
    **{f"norm {name}, eps 0.1": {"norm": FIXES[name].using(eps=0.1)} for name in NORMS},
    "groups of three": {"norm": FIXES["group_norm"].using(groups=3)},
    "norm and residual": {"norm": "batch_norm", "residual": "identity", "activation": "relu"},
    "norm and ReZero": {"norm": "layer_norm", "residual": "rezero", "activation": "gelu"},
}


def network(row, seed=0):
    return Recipe(**SMALL | ROWS[row]).network(rng=np.random.default_rng(seed))


def examples(seed=1, inputs=7, outputs=4, batch=9):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((inputs, batch)), rng.integers(outputs, size=batch)


def stirred(network, seed=2):
    """The network with every parameter moved: no γ is 1, no β and no scale is 0, so that none of them is out of play."""
    flat = network.parameters
    return network.with_parameters(flat + 0.1 * np.random.default_rng(seed).standard_normal(flat.shape))


def close(got, want):
    """Relative to the largest entry of the array, never absolute: the last digits of a sum depend on the order of its terms."""
    assert np.shape(got) == np.shape(want)
    assert relative_error(got, want) <= RTOL


@pytest.mark.parametrize("start", [lambda net: net, stirred], ids=["as drawn", "stirred"])
@pytest.mark.parametrize("row", ROWS)
def test_outputs_and_all_gradients_agree(row, start):
    net, (x, y) = start(network(row)), examples()
    module = torch_nets.mirror(net)
    inputs = torch.tensor(x.T.copy(), requires_grad=True)
    output = module(inputs)
    loss = nn.functional.cross_entropy(output, torch.tensor(y))
    loss.backward()

    trace = net.forward(x)
    want = net.backward(trace, y, "cross_entropy")
    close(output.detach().numpy().T, trace.output)
    close(loss.item(), net.loss(x, y, "cross_entropy"))
    close(inputs.grad.numpy().T, want.input)
    np.testing.assert_array_equal(torch_nets.parameters(module), net.parameters)
    got, start = torch_nets.gradients(module), 0
    for back in want.backs:  # each array on its own: a small one must not hide behind a large one
        for gradient in back.parameters.values():
            part = got[start : start + gradient.size].reshape(gradient.shape)
            if log10_rms(gradient) < -15:  # exactly 0 in theory (a bias before a norm): what is left is rounding
                assert log10_rms(part) < -15
            else:
                close(part, gradient)
            start += gradient.size
    assert start == got.size


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_agree_far_out_too(name):
    z = torch.linspace(-30, 60, 181, dtype=torch.float64, requires_grad=True)
    value = torch_nets.ACTIVATION_MODULES[name]()(z)
    value.sum().backward()
    record, at = ACTIVATIONS[name], z.detach().numpy()
    right, middle = at > -2, np.abs(at) < 3  # PyTorch loses digits in the left tail, and in the slopes on both sides
    np.testing.assert_allclose(value.detach().numpy()[right], record.f(at)[right], rtol=1e-12, atol=0)
    np.testing.assert_allclose(z.grad.numpy()[middle], record.slope(at)[middle], rtol=1e-12, atol=0)


def test_every_fix_that_is_a_layer_or_a_wrapper_is_compared():
    compared = {fix.name for row in ROWS.values() for fix in Recipe(**SMALL | row).fixes}
    built = {name for name, fix in FIXES.items() if fix.kind in ("layer", "wrapper")}
    assert compared == built - {"dropout"}  # each draws its own masks


def test_a_settled_batch_norm_agrees_and_stays_settled():
    net, (x, _) = stirred(network("norm batch_norm")), examples()
    settled = fixes.evaluation(net, x)
    module = torch_nets.mirror(settled).train()
    alone = torch.tensor(x[:, :1].T.copy())
    close(module(alone).detach().numpy().T, settled(x[:, :1]))


def test_a_recipe_and_a_seed_are_one_module():
    recipe, (x, _) = Recipe(**SMALL), examples()
    rows = torch.tensor(x.T.copy())
    first, second = torch_nets.module(recipe, seed=3), torch_nets.module(recipe, seed=3)
    assert torch.equal(first(rows), second(rows)) and not torch.equal(first(rows), torch_nets.module(recipe, seed=4)(rows))
    want = recipe.network(rng=np.random.default_rng(3)).parameters
    np.testing.assert_array_equal(torch_nets.parameters(first), want)
    assert torch_nets.module(recipe, seed=3, dtype=torch.float32)(rows.float()).dtype == torch.float32


@pytest.mark.parametrize("row", ["plain", "norm batch_norm", "residual rezero", "residual highway"])
def test_loading_copies_every_number(row):
    module, other = torch_nets.module(Recipe(**SMALL | ROWS[row]), seed=0), stirred(network(row, seed=5))
    assert torch_nets.load(module, other) is module
    np.testing.assert_array_equal(torch_nets.parameters(module), other.parameters)


def test_loading_another_network_says_where_it_differs():
    module = torch_nets.module(Recipe(**SMALL), seed=0)
    wide = Recipe(**SMALL | {"width": 13}).network(rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"'0.weight' has shape \(12, 7\) in module and \(13, 7\) in network"):
        torch_nets.load(module, wide)


def test_dropout_keeps_in_training_only():
    module = torch_nets.module(Recipe(**SMALL | {"keep": 0.5}), seed=0)
    x = torch.tensor(examples()[0].T.copy())
    plain = torch_nets.module(Recipe(**SMALL), seed=0)
    assert not torch.equal(module(x), plain(x)) and torch.equal(module.eval()(x), plain(x))
    assert [part.p for part in module.modules() if isinstance(part, nn.Dropout)] == [0.5] * 5


def test_what_has_no_counterpart_is_refused():
    class Odd:
        parameters = {"weights": np.ones((1, 1))}

        def __repr__(self):
            return "Odd()"

    with pytest.raises(TypeError, match=r"torch has no counterpart for Odd\(\); there is one for Dense, Activate, Stack"):
        torch_nets.mirror(Network([Odd()]))
    with pytest.raises(TypeError, match="network must be a companion.network.Network, got 'net'"):
        torch_nets.mirror("net")
    with pytest.raises(ValueError, match="network must be a single one, without a seeds axis"):
        torch_nets.mirror(Recipe(**SMALL).network(rng=np.random.default_rng(0), seeds=2))
    with pytest.raises(ValueError, match="seed must be a whole number >= 0, got -1"):
        torch_nets.module(Recipe(**SMALL), seed=-1)
    with pytest.raises(ValueError, match="module has no gradient yet for 0.weight"):
        torch_nets.gradients(nn.Sequential(nn.Linear(1, 1)))


def test_gates_are_not_among_the_weight_layers():
    net = network("residual highway")
    assert len(torch_nets.weight_layers(torch_nets.mirror(net))) == 6 == len(net.forward(examples()[0]).z)


def test_the_front_door_stays_free_of_torch():
    code = "import sys, companion, companion.recipes, companion.fixes; companion.propagation; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1]).returncode == 0

"""The fixes: every gradient against the complex step and PyTorch's autograd, every rule against what it promises."""

import numpy as np
import pytest
import torch
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


GAMMA = torch.tensor(column(value=2.0))


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


@pytest.mark.parametrize("name", set(LAYERS) - {"dropout"})
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

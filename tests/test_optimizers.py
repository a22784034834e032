"""The NumPy steps of the optimisers: torch's own over 200 steps, what they refuse, and what they leave alone."""

import numpy as np
import pytest

from companion.optimizers import NEWTON_SCHULZ, OPTIMIZERS, orthogonalised

torch = pytest.importorskip("torch")

STEPS = 200
TORCH = {
    "sgd": (torch.optim.SGD, {}, {"weight_decay": 0.01}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}, {"momentum": 0.5, "weight_decay": 0.01}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}, {"momentum": 0.5, "nesterov": True, "weight_decay": 0.01}),
    "rmsprop": (torch.optim.RMSprop, {}, {"alpha": 0.9, "eps": 1e-3, "weight_decay": 0.01}),
    "adam": (torch.optim.Adam, {}, {"betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.01}),
    "adamw": (torch.optim.AdamW, {}, {"betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.1}),
}


def gradients(seed, shape=(3, 4)):
    """Gradients over nine decades, some of them 0."""
    rng, shape = np.random.default_rng(seed), (STEPS, *shape)
    return rng.standard_normal(shape) * 10.0 ** rng.uniform(-8, 1, shape) * (rng.random(shape) > 0.1)


@pytest.mark.parametrize("changed", [False, True], ids=["defaults", "changed"])
@pytest.mark.parametrize("name", TORCH)
def test_two_hundred_steps_are_torch_s(name, changed):
    make, defaults, others = TORCH[name]
    theirs = others if changed else defaults
    ours = {key: value for key, value in theirs.items() if key != "nesterov"} if changed else {}
    w = np.random.default_rng(0).standard_normal((3, 4))
    parameter = torch.nn.Parameter(torch.from_numpy(w.copy()))
    optimizer, state = make([parameter], lr=0.01, **theirs), OPTIMIZERS[name].start(w)
    for g in gradients(1):
        parameter.grad = torch.from_numpy(g.copy())
        optimizer.step()
        w, state = OPTIMIZERS[name].step(w, g, state, rate=0.01, **ours)
        np.testing.assert_allclose(w, parameter.detach().numpy(), rtol=1e-12, atol=0)
    assert state["steps"] == STEPS


@pytest.mark.parametrize("name", TORCH)
def test_the_defaults_are_torch_s(name):
    make, given, _ = TORCH[name]
    theirs = make([torch.nn.Parameter(torch.zeros(1))], lr=0.1, **given).defaults
    assert all(theirs[key] == value for key, value in OPTIMIZERS[name].settings.items())


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="this torch has no Muon")
@pytest.mark.parametrize("nesterov", [True, False])
@pytest.mark.parametrize("shape", [(4, 6), (9, 3)])
def test_muon_is_torch_s_within_bfloat16(shape, nesterov):
    """torch orthogonalises in bfloat16, of 8 bits: each entry of its orthogonalised matrix is off by up to 0.04."""
    w = np.random.default_rng(0).standard_normal(shape)
    parameter = torch.nn.Parameter(torch.from_numpy(w.copy()))
    optimizer, state = torch.optim.Muon([parameter], lr=0.01, nesterov=nesterov), OPTIMIZERS["muon"].start(w)
    for g in np.random.default_rng(1).standard_normal((20, *shape)):
        before, theirs_before = w, parameter.detach().numpy().copy()
        parameter.grad = torch.from_numpy(g.copy())
        optimizer.step()
        w, state = OPTIMIZERS["muon"].step(w, g, state, rate=0.01, nesterov=nesterov)
        ours, theirs = (w - 0.999 * before) / 0.01, (parameter.detach().numpy() - 0.999 * theirs_before) / 0.01
        longer = max(1, shape[0] / shape[1]) ** 0.5
        assert np.abs(ours - theirs).max() / longer < 0.06
        assert np.abs(ours).max() / longer > 0.2, "or nothing was compared"


@pytest.mark.parametrize("shape", [(8, 8), (5, 20), (20, 5)])
def test_muon_s_direction_is_nearly_the_polar_factor(shape):
    """Same singular vectors as the gradient; singular values near 1, whatever they were."""
    g = np.random.default_rng(2).standard_normal(shape)
    u, s, vt = np.linalg.svd(g, full_matrices=False)
    got = u.T @ orthogonalised(g) @ vt.T
    assert np.abs(got - np.diag(np.diag(got))).max() < 1e-10
    seen = s / np.linalg.norm(g) > 0.01
    assert seen.sum() > 3 and (np.diag(got)[seen] > 0.68).all() and (np.diag(got) < 1.21).all()


def test_many_steps_of_the_classical_coefficients_give_the_polar_factor(monkeypatch):
    """The iteration itself: with (15/8, −10/8, 3/8) it comes to rest where every singular value is 1."""
    monkeypatch.setattr("companion.optimizers.NEWTON_SCHULZ", (15 / 8, -10 / 8, 3 / 8))
    g = np.random.default_rng(3).standard_normal((4, 6))
    u, _, vt = np.linalg.svd(g, full_matrices=False)
    np.testing.assert_allclose(orthogonalised(g, steps=60), u @ vt, rtol=1e-10)
    assert NEWTON_SCHULZ[0] > 3, "the course's own are steeper at 0"


def test_the_sign_is_all_that_counts():
    w, g = np.array([1.0, 1.0, 1.0]), np.array([1e-30, -5.0, 0.0])
    assert OPTIMIZERS["sign"].step(w, g, OPTIMIZERS["sign"].start(w), rate=0.5)[0].tolist() == [0.5, 1.5, 1.0]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_nothing_that_comes_in_is_changed(name):
    w, g = np.ones((2, 3)), np.full((2, 3), 0.5)
    state = OPTIMIZERS[name].start(w)
    first = OPTIMIZERS[name].step(w, g, state, rate=0.1)
    again = OPTIMIZERS[name].step(w, g, state, rate=0.1)
    assert (w == 1).all() and (g == 0.5).all() and state["steps"] == 0
    assert all((state[buffer] == 0).all() for buffer in OPTIMIZERS[name].buffers)
    assert (first[0] == again[0]).all() and not (first[0] == w).all()


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name != "muon"])
@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_the_precision_of_the_weights_stays(name, kind):
    w = np.ones(3, dtype=kind)
    new, state = OPTIMIZERS[name].step(w, np.ones(3), OPTIMIZERS[name].start(w), rate=0.1)
    assert new.dtype == kind and all(state[buffer].dtype == kind for buffer in OPTIMIZERS[name].buffers)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"g": np.ones(2)}, "g must have the shape"),
        ({"rate": -1}, "rate must be"),
        ({"state": {}}, "state must have mean, square, steps"),
        ({"state": {"mean": np.ones(3), "square": np.ones(2), "steps": 0}}, "square of state must have the shape"),
        ({"beta": 0.9}, "a setting of adam must be one of"),
        ({"betas": (0.9, 1.0)}, "betas must be"),
        ({"betas": 0.9}, "betas must be"),
        ({"eps": -1e-8}, "eps must be"),
    ],
)
def test_bad_input_is_named(change, message):
    w = np.ones(3)
    given = {"w": w, "g": w, "state": OPTIMIZERS["adam"].start(w), "rate": 0.1} | change
    with pytest.raises((ValueError, TypeError), match=message):
        OPTIMIZERS["adam"].step(given.pop("w"), given.pop("g"), given.pop("state"), **given)


def test_muon_takes_matrices_only():
    with pytest.raises(ValueError, match="w must be a matrix for muon"):
        OPTIMIZERS["muon"].start(np.ones(3))

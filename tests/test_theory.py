"""Mean-field values against closed forms, published values and simulations."""

import dataclasses
from math import erf, exp, inf, log, pi, sqrt

import numpy as np
import pytest

from companion import theory
from companion.activations import ACTIVATIONS
from companion.fixes import FIXES
from companion.propagation import profile
from companion.quadrature import gaussian_mean
from companion.weights import INITIALIZATIONS

ALL = pytest.mark.parametrize("name", ACTIVATIONS)


def close(got, want, rtol=1e-12):
    np.testing.assert_allclose(got, want, rtol=rtol, atol=0)


@pytest.mark.parametrize(
    "function, kinks, want",
    [
        (lambda z: z**8, (), 105),
        (np.cos, (), exp(-0.5)),
        (np.abs, (), sqrt(2 / pi)),
        (lambda z: np.exp(3 * z), (), exp(4.5)),
        (lambda z: 1.0 * (z > 1.3), (1.3,), (1 - erf(1.3 / sqrt(2))) / 2),
        (lambda z: np.exp(-((1000 * z) ** 2)), (), 1 / sqrt(1 + 2e6)),  # as narrow as a slope at q = 10^6
    ],
)
def test_gaussian_mean(function, kinks, want):
    close(gaussian_mean(function, kinks), want)


@pytest.mark.parametrize(
    "got, want, rtol",
    [  # Schoenholz et al. 2017; Poole et al. 2016; Klambauer et al. 2017; Brock et al. 2021; Yang et al. 2019
        (lambda: theory.chi("tanh", 5 / 3, 0), 1.2098313203828286, 1e-9),
        (lambda: theory.chi("selu", 1, 0), 1.0715749924557993, 1e-9),
        (lambda: theory.critical_sigma_w("tanh", sqrt(0.05)) ** 2, 1.760954639606766, 1e-6),
        (lambda: theory.length_fixed_point("tanh", theory.critical_sigma_w("tanh", sqrt(0.05)), 0.05**0.5), 0.570048, 1e-6),
        (lambda: theory.chi("tanh", 1, sqrt(0.05)), 0.7590316471853936, 1e-6),
        (lambda: 1 / theory.growth("sigmoid", 1, 1), 4.882, 1e-4),  # Nielsen 2015: factor a layer, biases N(0, 1)
        (lambda: gaussian_mean(lambda z: np.maximum(z, 0) ** 2) - gaussian_mean(lambda z: np.maximum(z, 0)) ** 2,
         1.712858550449663**-2, 1e-12),
        (lambda: theory.batch_norm_growth("relu", 8) ** 2, 1.7881899766587483, 1e-12),
        (lambda: 16 / log(theory.batch_norm_growth("relu") ** 2), 41.7558215472244, 1e-9),
        (lambda: theory.critical_sigma_w("sigmoid", 0) ** 2, 103.0, 5e-3),  # width at which N(0, 1) weights cross 1
    ],
)  # fmt: skip
def test_published_values(got, want, rtol):
    close(got(), want, rtol)


def test_closed_forms_of_the_growth():
    for sigma_w in (0.3, 1.0, sqrt(2), 10.0):
        close(theory.growth("identity", sigma_w, 0), sigma_w)
        close(theory.growth("relu", sigma_w, 0.4), sigma_w / sqrt(2))
        close(theory.chi("leaky_relu", sigma_w, 0), sigma_w**2 * (1 + 0.01**2) / 2)
    for sigma_w in (0.2, 0.9, 1.0):
        close(theory.chi("tanh", sigma_w, 0), sigma_w**2)


def test_width_law_of_the_sigmoid():
    """chi -> sqrt(n) / (6 sqrt(pi)) for N(0, 1) weights; the relative distance falls like 1/sqrt(n)."""
    gap = [theory.chi("sigmoid", sqrt(n), 0) * 6 * sqrt(pi / n) - 1 for n in (1e4, 1e6, 1e8)]
    close(np.divide(gap[:2], gap[1:]), 10, 0.02)
    assert 0 < gap[2] < 1e-4


@ALL
@pytest.mark.parametrize("sigma_w, sigma_b", [(0.4, 0.3), (0.9, 0.0), (1.0, 0.5), (1.3, 0.1)])
def test_length_fixed_point_is_where_the_length_map_ends(name, sigma_w, sigma_b):
    """Against plain iteration, started at q = 1."""
    f, q = ACTIVATIONS[name].f, 1.0
    for _ in range(4000):
        q = sigma_w**2 * gaussian_mean(lambda z, q=q: f(sqrt(q) * z) ** 2) + sigma_b**2
        if q > 900:
            with pytest.raises(ValueError, match=f"with {name}, sigma_w = {sigma_w:g} .* grows without bound"):
                theory.length_fixed_point(name, sigma_w, sigma_b)
            return
    got = theory.length_fixed_point(name, sigma_w, sigma_b)
    if got == 0:
        assert q < 1e-9
    else:
        close(got, q, 1e-9)


@ALL
def test_length_map_is_increasing(name):
    """What the search for the fixed point rests on."""
    f = ACTIVATIONS[name].f
    lengths = [gaussian_mean(lambda z, q=q: f(sqrt(q) * z) ** 2) for q in np.geomspace(1e-6, 1e6, 200)]
    assert (np.diff(lengths) > 0).all()


def test_lengths_that_need_a_convention():
    for name, sigma_w in (("relu", sqrt(2)), ("identity", 1), ("leaky_relu", sqrt(2 / 1.0001))):
        assert theory.length_fixed_point(name, sigma_w, 0) == 1  # every q is a fixed point
        with pytest.raises(ValueError, match="grows without bound"):
            theory.length_fixed_point(name, sigma_w, 0.1)
    close(theory.length_fixed_point("relu", 1, 0.5), 0.5)  # q = q/2 + 1/4
    for name in ("tanh", "gelu", "elu"):
        assert theory.length_fixed_point(name, 1, 0) == 0
    with pytest.raises(ValueError, match="with relu, sigma_w = 2 and sigma_b = 0 .* grows without bound"):
        theory.length_fixed_point("relu", 2, 0)
    close(theory.chi("relu", 2, 0), 2)  # the length explodes, the factor of a gradient is known all the same
    close(theory.chi("gelu", 2, 0), 2)  # limit of q -> infinity, where GELU is a ReLU
    close(theory.length_fixed_point("tanh", 0.5, 1e-8), 1e-16 / 0.75, 1e-9)  # tiny is not zero


def test_kinks_away_from_zero(monkeypatch):
    """Hard tanh: chi is sigma_w^2 times the share of z between its kinks."""
    hard = dataclasses.replace(
        ACTIVATIONS["tanh"], f=lambda z: np.clip(z, -1, 1), slope=lambda z: 1.0 * (np.abs(z) < 1), kinks=(-1.0, 1.0)
    )
    monkeypatch.setitem(ACTIVATIONS, "tanh", hard)
    q = theory.length_fixed_point("tanh", 1.5, 0.3)
    close(theory.chi("tanh", 1.5, 0.3), 1.5**2 * erf(1 / sqrt(2 * q)))


@ALL
@pytest.mark.parametrize("sigma_b", [0.0, 0.2])
def test_critical_point(name, sigma_b):
    if name in ("gelu", "silu"):
        with pytest.raises(ValueError, match=f"for {name}, .* chi jumps over 1 at 1."):
            theory.critical_sigma_w(name, sigma_b)
        return
    edge = theory.critical_sigma_w(name, sigma_b)
    close(theory.chi(name, edge, sigma_b), 1, 1e-9)
    below = [theory.chi(name, edge * share, sigma_b) for share in (0.3, 0.6, 0.9)]
    assert max(below) < 1


GELU_Q, SILU_Q = (3 + sqrt(17)) / 2, 14.320173618


@pytest.mark.parametrize(
    ("name", "q", "weights", "biases", "parallel"),
    [  # Roberts, Yaida and Hanin 2022, section 5.3.4: where both factors are 1; and GELU at a stable length
        ("gelu", GELU_Q, 1.98306, 0.17292, 1.0),
        ("silu", SILU_Q, 1.98800, 0.55514, 1.0),
        ("gelu", 10.0, 1.95582, 0.32346, 0.98182),
        ("relu", 3.0, 2.0, 0.0, 1.0),
        ("identity", 0.5, 1.0, 0.0, 1.0),
    ],
)
def test_with_biases_gelu_and_silu_have_an_edge(name, q, weights, biases, parallel):
    sigma_w, sigma_b = theory.edge(name, q)
    close([sigma_w**2, theory.chi_parallel(name, sigma_w, q)], [weights, parallel], 5e-6)
    np.testing.assert_allclose(sigma_b**2, biases, rtol=5e-5, atol=1e-12 * (biases == 0))


def test_an_edge_is_a_fixed_point_at_which_chi_is_1():
    for name, q in (("gelu", 10.0), ("gelu", 5.0), ("silu", 20.0), ("tanh", 0.57), ("elu", 2.0)):
        setting = theory.edge(name, q)
        close(theory.length_fixed_point(name, *setting), q, 1e-9)
        close(theory.chi(name, *setting), 1, 1e-9)
        close(theory.critical_sigma_w(name, setting[1]), setting[0], 1e-6)
        assert theory.chi_parallel(name, setting[0], q) < 1
    for name, unstable in (("gelu", 3.0), ("silu", 10.0)):  # below the critical point the same q exists, and is not stable
        assert theory.chi_parallel(name, theory.edge(name, unstable)[0], unstable) > 1


@ALL
def test_chi_parallel_is_the_slope_of_the_length_map(name):
    record = ACTIVATIONS[name]
    for q in (0.1, 1.0, 7.0):
        ahead, back = (gaussian_mean(lambda z, at=at: record.f(at**0.5 * z) ** 2) for at in (q * 1.0001, q * 0.9999))
        close(theory.chi_parallel(name, 1.3, q), 1.69 * (ahead - back) / (2e-4 * q), 1e-6)


def test_on_its_edge_with_biases_a_gelu_network_keeps_the_gradient():
    """Sixty layers of width 400, from layer 10 on: 0.998 a layer in Roberts et al.'s setting, 0.71 without its biases."""
    sigma_w, sigma_b = theory.edge("gelu", 10.0)
    found = []
    for bias_std in (sigma_b, 0.0):
        net = profile(
            activation="gelu",
            initialization="lecun_normal",
            gain=sigma_w,
            bias_std=bias_std,
            depth=60,
            width=400,
            seeds=4,
            batch=16,
        )
        found.append(10 ** np.median((net.log10_delta[:, 9] - net.log10_delta[:, -1]) / 50))
    assert 0.98 < found[0] < 1.01
    assert 0.68 < found[1] < 0.74


def test_log10_delta():
    close(theory.log10_delta("relu", 1, 0, 50), np.arange(49, -1, -1) * np.log10(0.5) / 2)
    settled = theory.log10_delta("sigmoid", 1, 0, 60)
    close(settled[30] - settled[31], np.log10(theory.growth("sigmoid", 1, 0)))
    biased = theory.log10_delta("sigmoid", 1, 1, 60)
    close(biased[30] - biased[31], np.log10(theory.growth("sigmoid", 1, 1)))
    assert theory.log10_delta("tanh", 1, 0, 1).tolist() == [0]
    close(theory.log10_delta("elu", 10, 0, 100)[0], 99 / 2 * np.log10(50), 1e-2)  # lengths of 50^100: no overflow


def test_log10_delta_is_what_a_network_does():
    """An independent simulation: 80 tanh networks of width 200, plain loops."""
    n, depth, squares = 200, 12, []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        weights = rng.normal(0, 1.5 / sqrt(n), (depth, n, n))
        a, z = rng.normal(size=n), []
        for w in weights:
            z.append(w @ a)
            a = np.tanh(z[-1])
        delta = [rng.normal(size=n) / np.cosh(z[-1]) ** 2]
        for layer in range(depth - 2, -1, -1):
            delta.append(weights[layer + 1].T @ delta[-1] / np.cosh(z[layer]) ** 2)
        squares.append([np.mean(d**2) for d in reversed(delta)])
    ratio = np.mean(squares, 0) / np.mean(squares, 0)[-1]
    assert np.abs(np.log10(ratio) / 2 - theory.log10_delta("tanh", 1.5, 0, depth)).max() < 0.03


@pytest.mark.parametrize("name, leak", [("identity", None), ("relu", None), ("leaky_relu", None), ("leaky_relu", 0.4)])
@pytest.mark.parametrize("batch", [8, 20])
def test_batch_norm_growth_is_what_batch_norm_does(monkeypatch, name, leak, batch):
    """One layer, simulated: the Jacobian of batch norm written out, for 100,000 units."""
    if leak:
        steep = dataclasses.replace(
            ACTIVATIONS[name],
            f=lambda z: np.where(np.asarray(z) < 0, leak * np.asarray(z), z),
            slope=lambda z: np.where(z < 0, leak, 1.0),
        )
        monkeypatch.setitem(ACTIVATIONS, name, steep)
    f, slope, rng = ACTIVATIONS[name].f, ACTIVATIONS[name].slope, np.random.default_rng(0)

    def unit():  # (units, batch): centred normal vectors
        x = rng.normal(size=(100_000, batch))
        return x - x.mean(1, keepdims=True)

    x = unit()
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    y = f(sqrt(batch) * x / norm)
    same, other = np.mean(y**2), (np.mean(y.sum(1) ** 2) - batch * np.mean(y**2)) / (batch * (batch - 1))
    length = norm * sqrt(same - other)  # of the next layer's centred z, with weights N(0, 1/n)
    g = unit()
    back = g * slope(x)
    back = back - back.mean(1, keepdims=True)
    back = (back - np.sum(back * x, 1, keepdims=True) * x / norm**2) * sqrt(batch) / length
    close(np.mean(back**2) / np.mean(g**2), theory.batch_norm_growth(name, batch) ** 2, 0.015)


def test_batch_norm_closed_forms():
    for batch in (4, 5, 64):
        close(theory.batch_norm_growth("identity", batch) ** 2, (batch - 2) / (batch - 3))
    for name in ("identity", "relu", "leaky_relu"):
        close(theory.batch_norm_growth(name, 10**6), theory.batch_norm_growth(name), 1e-5)
    close(theory.batch_norm_growth("tanh") ** 2, 1.1778, 1e-4)
    assert all(theory.batch_norm_growth(name) >= 1 for name in ACTIVATIONS)


@pytest.mark.parametrize(
    "call, error, match",
    [
        (lambda: theory.chi("rely", 1, 0), ValueError, "activation must be one of identity, .*, got 'rely'"),
        (lambda: theory.chi("relu", 0, 0), ValueError, "sigma_w must be a finite number > 0, got 0"),
        (lambda: theory.growth("relu", 1, -1), ValueError, "sigma_b must be a finite number >= 0, got -1"),
        (lambda: theory.length_fixed_point("tanh", inf, 0), ValueError, "sigma_w must be a finite number > 0, got inf"),
        (lambda: theory.length_fixed_point("tanh", "1", 0), TypeError, "sigma_w must be a finite number"),
        (lambda: theory.log10_delta("tanh", 1, 0, 0), ValueError, "depth must be a whole number >= 1, got 0"),
        (lambda: theory.batch_norm_growth("relu", 3), ValueError, "batch_size must be a whole number >= 4, got 3"),
        (lambda: theory.batch_norm_growth("relu", 8.0), TypeError, "batch_size must be a whole number >= 4, got 8.0"),
        (lambda: theory.batch_norm_growth("tanh", 8), ValueError, "identity, relu, leaky_relu .* got 'tanh'"),
        (lambda: theory.critical_sigma_w("tanh", -0.1), ValueError, "sigma_b must be a finite number >= 0, got -0.1"),
        (lambda: theory.edge("relu6", 1.0), ValueError, "activation must be one of .*, got 'relu6'"),
        (lambda: theory.edge("gelu", 0.0), ValueError, "q must be a finite number > 0, got 0.0"),
        (lambda: theory.edge("softplus", 1.0), ValueError, "no edge with softplus at q = 1: .* would have to be -2.14"),
        (lambda: theory.chi_parallel("gelu", 0, 1.0), ValueError, "sigma_w must be a finite number > 0, got 0"),
        (lambda: theory.chi_parallel("gelu", 1.0, -1.0), ValueError, "q must be a finite number > 0, got -1.0"),
    ],
)
def test_bad_input_is_named(call, error, match):
    with pytest.raises(error, match=match):
        call()


@pytest.mark.parametrize("norm", ["layer_norm", "rms_norm"])
@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "selu"])
def test_layer_norm_growth_is_what_layer_norm_does(name, norm):
    run = profile(activation=name, initialization="lecun_normal", depth=20, width=200, seeds=4, batch=8, fixes=[norm])
    inner = (run.log10_delta[:, 1] - run.log10_delta[:, -1]) / 18  # layer 1 divides by the spread of x, not of f
    close(10 ** inner.mean(), theory.layer_norm_growth(name), 0.02)


@pytest.mark.parametrize(("name", "gain"), [("sigmoid", 1.0), ("sigmoid", 10.0), ("relu", 2**0.5), ("tanh", 0.3)])
@pytest.mark.parametrize("norm", ["batch_norm", "layer_norm", "rms_norm"])
def test_behind_f_the_mean_of_f_goes_with_any_norm_that_centres(name, gain, norm):
    fix = FIXES[norm].placed("after")
    run = profile(activation=name, initialization="lecun_normal", depth=20, width=200, seeds=4, batch=64, gain=gain, fixes=[fix])
    inner = (run.log10_delta[:, 1] - run.log10_delta[:, -1]) / 18
    predict = theory.rms_norm_growth if norm == "rms_norm" else theory.layer_norm_growth
    close(10 ** inner.mean(), predict(name, place="after", sigma_w=gain), 0.025)


def test_the_place_decides_what_layer_norm_cures():
    close(theory.layer_norm_growth("sigmoid", place="after"), theory.batch_norm_growth("sigmoid"))
    close(theory.layer_norm_growth("relu", place="after", sigma_w=2**0.5) ** 2, pi / (pi - 1), 1e-9)
    close(theory.rms_norm_growth("sigmoid", place="after"), theory.layer_norm_growth("sigmoid"))
    with pytest.raises(ValueError, match="place must be one of before, after, got 'behind'"):
        theory.layer_norm_growth("tanh", place="behind")


def test_without_a_mean_to_lose_both_norms_grow_alike():
    close(theory.layer_norm_growth("tanh"), theory.batch_norm_growth("tanh"))
    assert theory.layer_norm_growth("sigmoid") < 0.5 < 1 < theory.batch_norm_growth("sigmoid") < 1.02
    with pytest.raises(ValueError, match="activation must be one of"):
        theory.layer_norm_growth("softmax")


@ALL
def test_batch_norm_never_vanishes(name):
    """Poincaré's inequality, Var f ≤ E f'², with equality for straight lines only."""
    assert theory.batch_norm_growth(name) > (1 - 1e-12 if name == "identity" else 1 + 1e-4)


SIZES = ("signal", "delta", "weight_gradient", "relative_gradient")
LAWS = [("lecun_normal", "zero"), ("he_normal", "zero"), ("torch_default", "zero"), ("torch_default", "drawn")]


def gains(law, biases, width):
    """(σ_w, σ_b) of an initialisation."""
    record = INITIALIZATIONS[law]
    return (width * record.variance(width, width)) ** 0.5, record.bias_spread(width, width) ** 0.5 * (biases == "drawn")


@pytest.mark.parametrize(("width", "depth"), [(100, 10), (100, 40), (200, 20)])
@pytest.mark.parametrize(("law", "biases"), LAWS)
@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "selu"])
def test_every_size_of_a_profile_is_predicted_absolutely(name, law, biases, width, depth):
    """To a tenth of a decade, and what depth / width adds: lengths are log-normal, their median is below the mean square."""
    run = profile(activation=name, initialization=law, depth=depth, width=width, seeds=8, batch=16, biases=biases)
    told = theory.sizes(name, *gains(law, biases, width), depth, width=width, batch=16)
    for size in SIZES:
        off = np.median(getattr(run, f"log10_{size}"), axis=0) - getattr(told, f"log10_{size}")  # (L,)
        assert np.abs(off).max() < 0.1 + 0.6 * depth / width, (size, off.round(2))


def test_the_mean_squares_of_linear_networks_are_exact_at_any_width():
    """Width 3, three layers, biases: 40 000 networks, since each of them strays; a factor off by 1.1 would be seen."""
    n, batch = 3, 4
    settings = {"initialization": "lecun_normal", "depth": 3, "width": n, "batch": batch, "gain": 0.8, "bias_std": 0.5}
    run = profile(activation="identity", seeds=40_000, **settings)
    told = theory.sizes("identity", 0.8, 0.5, 3, width=n, batch=batch)
    for size in ("signal", "delta", "weight_gradient"):
        mean_square = np.mean(10 ** (2 * getattr(run, f"log10_{size}")), axis=0)  # (L,)
        close(mean_square, 10 ** (2 * getattr(told, f"log10_{size}")), 0.03)


def test_one_linear_layer_by_hand():
    """z = Wx, ∂ℒ/∂z = c/B, ∂ℒ/∂W = Σ c_b x_bᵀ / B: mean squares σ², 1/B² and 1/B; W's own is σ²/n."""
    told = theory.sizes("identity", 2.0, 0.0, 1, width=100, batch=25)
    close([float(getattr(told, f"log10_{size}")[0]) for size in ("signal", "delta", "weight_gradient", "weights")],
          [log(2) / log(10), -log(25) / log(10), -log(5) / log(10), log(0.2) / log(10)])  # fmt: skip


def test_zero_biases_tell_relu_layers_alike_and_pytorchs_do_not():
    """FINDINGS of chapter 4: the same δ, the same tiny ∂W at layer 1; only what the *last* layer is told differs."""
    zero, drawn = (theory.sizes("relu", *gains("torch_default", b, 100), 50, width=100, batch=32) for b in ("zero", "drawn"))
    close(zero.log10_delta, drawn.log10_delta, 1e-9)
    assert np.ptp(zero.log10_weight_gradient) < 1e-9 and -20.0 < zero.log10_weight_gradient[0] < -19.9
    runs = [
        profile(activation="relu", initialization="torch_default", depth=50, width=100, seeds=8, biases=biases)
        for biases in ("zero", "drawn")
    ]
    for run, told in zip(runs, (zero, drawn), strict=True):
        ends = np.median(run.log10_weight_gradient, axis=0)[[0, -1]]
        assert abs(ends[0] - ends[1] - (told.log10_weight_gradient[0] - told.log10_weight_gradient[-1])) < 0.8


def test_sizes_of_homogeneous_networks_have_no_floor():
    close(theory.sizes("relu", 1e-3, 0.0, 300, width=10, batch=1).log10_signal[-1], 300 * (log(5e-7) / log(10)) / 2, 1e-9)
    close(theory.sizes("relu", 1e3, 0.0, 300, width=10, batch=1).log10_signal[-1], 300 * (log(5e5) / log(10)) / 2, 1e-9)

"""Shortcuts: closed forms against published values, simulation and profile; two sources that say the same in other words."""

from math import gamma, log, pi, sqrt

import numpy as np
import pytest

from companion.chapters.residual import shattering
from companion.fixes import FIXES
from companion.propagation import profile


def close(got, want, rtol=1e-9):
    np.testing.assert_allclose(got, want, rtol=rtol, atol=0)


@pytest.mark.parametrize(
    ("got", "want", "rtol"),
    [  # values and sources as in the reference table of the course
        (lambda: shattering.correlations("plain", 50)[-1], 0.0009120242197744207, 1e-6),  # ∏ (π − arccos c_l)/π, c_0 = 0
        (lambda: shattering.path_share(54, 5, 17), 0.0045366701507787415, 1e-12),  # Veit et al. 2016: 0.45 %
        (lambda: shattering.path_share(54, 19, 35), 0.98017, 1e-4),  # the same: more than 95 %
        (lambda: shattering.correlations("batch_norm", 50)[-1], 2.0**-50, 1e-12),
        (lambda: shattering.residual_power(50)[-1], 0.158, 3e-3),  # Balduzzi et al. 2017
        (lambda: shattering.shortcut_factor(0), (pi / (pi - 1)) ** 2, 1e-12),
        (lambda: shattering.shortcut_factor(0.5), 1.8639396, 1e-7),
        (lambda: shattering.shortcut_factor(0.9), 1.2188647, 1e-7),
        (lambda: 2 * np.log(10) * shattering.law(blocks=40).log10_gradient[0], 40 * log(2), 1e-9),  # 27.7
        (lambda: 2 * np.log(10) * shattering.law(blocks=50, activation="tanh").log10_gradient[0], 10.12, 1e-3),
        (lambda: 2 * np.log(10) * shattering.law(blocks=200, activation="tanh").log10_gradient[0], 21.02, 1e-3),
    ],
)  # fmt: skip
def test_published_values(got, want, rtol):
    close(got(), want, rtol)


def test_balduzzi_power_is_a_ratio_of_gamma_functions():
    close(shattering.residual_power(30)[-1], gamma(31.5) / gamma(1.5) / gamma(32))


@pytest.mark.parametrize(("kind", "power"), [("plain", -3), ("residual", -pi / (2 * (pi - 1)))])
def test_the_laws_are_powers_of_the_depth(kind, power):
    c = shattering.correlations(kind, 4000)
    close(np.log2(c[3999] / c[1999]), power, rtol=6e-3)


@pytest.mark.parametrize(
    ("kind", "depth", "rtol"),
    [("plain", 1, 0.02), ("plain", 5, 0.1), ("batch_norm", 1, 0.02), ("batch_norm", 3, 0.1), ("residual", 1, 0.02)]
    + [("residual", 5, 0.1), ("residual", 20, 0.15)],
)
def test_simulated_correlations_follow_the_laws(kind, depth, rtol):
    measured = [shattering.simulate(kind, depth, width=200, batch=128, seed=seed) for seed in range(4)]
    close(np.mean(measured), shattering.correlations(kind, depth)[-1], rtol)


@pytest.mark.parametrize("shortcut", [0.0, 0.5, 0.9])
def test_a_settled_stream_obeys_the_shortcut_law(shortcut):
    settled = shattering.law(blocks=200, shortcut=shortcut, norm=True, matrices=2).log10_gradient
    close(10 ** (2 * (settled[150] - settled[151])), shattering.shortcut_factor(shortcut), rtol=1e-4)  # eps


def test_scaled_blocks_stay_below_the_root_of_e():
    totals = [10 ** shattering.law(blocks=k, scale=k**-0.5).log10_gradient[0] for k in (1, 10, 1000)]
    close(totals, [(1 + 1 / k) ** (k / 2) for k in (1, 10, 1000)])
    assert max(totals) < sqrt(np.e)


@pytest.mark.parametrize(
    ("activation", "shortcut", "scale", "norm", "block"),
    [
        ("relu", 1.0, 1.0, False, 1),
        ("relu", 0.5, 1.0, False, 1),
        ("tanh", 1.0, 1.0, False, 1),
        ("sigmoid", 0.0, 1.0, False, 1),
        ("gelu", 1.0, 0.3, False, 2),
        ("relu", 0.5, 1.0, True, 2),
        ("tanh", 1.0, 0.5, True, 1),
        ("sigmoid", 0.9, 1.0, True, 1),
    ],
)
def test_the_law_agrees_with_random_networks(activation, shortcut, scale, norm, block):
    fixes = ["batch_norm"] * norm + [FIXES["residual"].using(shortcut=shortcut, scale=scale)]
    settings = {"width": 150, "batch": 128, "seeds": 4, "fixes": fixes, "block": block}
    net = profile(
        activation=activation,
        initialization="he_normal",
        depth=12 * block,
        **settings,
    )
    stream = shattering.law(
        blocks=12, activation=activation, shortcut=shortcut, scale=scale, norm=norm, matrices=block
    ).log10_gradient
    delta = np.median(net.log10_delta[:, block - 1 :: block], axis=0)  # s ∂ℒ/∂x_k
    np.testing.assert_allclose(delta - delta[-1], stream[1:], rtol=0, atol=0.12)  # decades
    if not norm:
        size = shattering.law(blocks=12, activation=activation, shortcut=shortcut, scale=scale, matrices=block).square
        np.testing.assert_allclose(
            np.median(net.log10_signal, 0)[block - 1 :: block], np.log10(size[1:]) / 2, rtol=0, atol=0.12
        )


def test_nothing_arrives_where_there_is_no_path():
    stream = shattering.law(blocks=3, shortcut=0.0, scale=0.0)
    assert stream.log10_gradient.tolist() == [-np.inf, -np.inf, -np.inf, 0.0]
    assert stream.square.tolist() == [1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shattering.law(blocks=0), "blocks must be a whole number >= 1, got 0"),
        (lambda: shattering.law(blocks=1, activation="step"), "activation must be one of"),
        (lambda: shattering.shortcut_factor(1.5), "shortcut must be"),
        (lambda: shattering.correlations("resnet", 3), "kind must be one of plain, batch_norm, residual"),
        (lambda: shattering.simulate("plain", 3, width=5, batch=1, seed=0), "batch must be a whole number >= 2"),
        (lambda: shattering.path_share(5, 3, 2), "most must be a whole number >= 3"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()

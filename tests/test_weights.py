"""Initialisations: shapes, exact variances (statistically and against torch), laws, errors."""

import numpy as np
import pytest

from companion.weights import CONSTANT, INITIALIZATIONS

FIXED = ["zeros", "constant"]
BOUNDED = ["uniform", "xavier_uniform", "he_uniform", "torch_default"]
RANDOM = [*BOUNDED, "standard_normal", "lecun_normal", "xavier_normal", "he_normal", "orthogonal"]
NAMES = [*FIXED, *RANDOM]
FANS = [(30, 20), (20, 30), (25, 25)]
every = pytest.mark.parametrize("name", NAMES)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_the_table_holds_the_eleven_names():
    assert sorted(INITIALIZATIONS) == sorted(NAMES) and len(NAMES) == 11
    assert all(record.name == name for name, record in INITIALIZATIONS.items())
    assert len({record.label for record in INITIALIZATIONS.values()}) == len(NAMES)


@every
def test_a_draw_is_fan_out_by_fan_in_and_repeats_with_its_seed(name):
    record = INITIALIZATIONS[name]
    first = record.draw(7, 4, rng=rng(1))
    assert first.shape == (4, 7) and first.dtype == np.float64
    assert (first == record.draw(7, 4, rng=rng(1))).all()


@every
def test_a_stack_is_what_single_draws_give_in_order(name):
    record, one_by_one = INITIALIZATIONS[name], rng(2)
    stack = record.draw(6, 3, rng=rng(2), seeds=5)
    assert (stack == [record.draw(6, 3, rng=one_by_one) for _ in range(5)]).all()


@pytest.mark.parametrize("fans", FANS)
@pytest.mark.parametrize("name", RANDOM)
def test_mean_and_variance_match_a_large_sample(name, fans):
    entries = INITIALIZATIONS[name].draw(*fans, rng=rng(3), seeds=1000)
    variance = INITIALIZATIONS[name].variance(*fans)
    # 500 000 entries: five standard errors of a normal variance are 1 %; kurtosis is smaller for every other law.
    assert np.mean(entries**2) == pytest.approx(variance, rel=0.01)
    assert abs(np.mean(entries)) < 5 * np.sqrt(variance / entries.size)


def test_the_two_fixed_starts_have_no_variance():
    for name, value in (("zeros", 0.0), ("constant", CONSTANT)):
        assert (INITIALIZATIONS[name].draw(3, 2, rng=rng()) == value).all()
        assert INITIALIZATIONS[name].variance(3, 2) == 0.0


@pytest.mark.parametrize("name", BOUNDED)
def test_uniform_laws_fill_their_interval_and_stay_inside(name):
    record = INITIALIZATIONS[name]
    bound = np.sqrt(3 * record.variance(40, 10))
    largest = np.abs(record.draw(40, 10, rng=rng(4), seeds=200)).max()
    assert 0.999 * bound < largest <= bound


def test_uniform_is_between_minus_one_and_one_whatever_the_width():
    assert np.abs(INITIALIZATIONS["uniform"].draw(500, 500, rng=rng(5))).max() <= 1.0


@pytest.mark.parametrize("fans", FANS)
def test_orthogonal_matrices_have_orthonormal_rows_or_columns(fans):
    stack = INITIALIZATIONS["orthogonal"].draw(*fans, rng=rng(6), seeds=4)
    for w in stack:
        product = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
        np.testing.assert_allclose(product, np.eye(len(product)), rtol=0, atol=1e-13)


def test_orthogonal_matrices_are_haar_distributed():
    """E[trace] = 0 and E[trace²] = 1 for Haar; with LAPACK's own signs they are -1.07 and 1.57 at n = 5."""
    traces = np.trace(INITIALIZATIONS["orthogonal"].draw(5, 5, rng=rng(7), seeds=20_000), axis1=1, axis2=2)
    assert np.mean(traces) == pytest.approx(0, abs=0.035)
    assert np.mean(traces**2) == pytest.approx(1, abs=0.05)


TORCH = {
    "standard_normal": lambda init, w: init.normal_(w),
    "uniform": lambda init, w: init.uniform_(w, -1, 1),
    "xavier_uniform": lambda init, w: init.xavier_uniform_(w),
    "xavier_normal": lambda init, w: init.xavier_normal_(w),
    "he_uniform": lambda init, w: init.kaiming_uniform_(w, nonlinearity="relu"),
    "he_normal": lambda init, w: init.kaiming_normal_(w, nonlinearity="relu"),
    "lecun_normal": lambda init, w: init.kaiming_normal_(w, nonlinearity="linear"),
    "orthogonal": lambda init, w: init.orthogonal_(w),
}


@pytest.mark.parametrize("fans", [(500, 300), (300, 500)])
@pytest.mark.parametrize("name", [*TORCH, "torch_default"])
def test_variances_are_those_of_torchs_own_initialisers(name, fans):
    torch = pytest.importorskip("torch")
    torch.manual_seed(8)
    layer = torch.nn.Linear(*fans)  # comes with torch's default already drawn
    if name != "torch_default":
        TORCH[name](torch.nn.init, layer.weight)
    assert layer.weight.var().item() == pytest.approx(INITIALIZATIONS[name].variance(*fans), rel=0.02)


def test_torchs_own_biases_have_the_bound_of_ours():
    torch = pytest.importorskip("torch")
    torch.manual_seed(9)
    theirs = torch.nn.Linear(64, 5000).bias.detach().numpy()
    ours = INITIALIZATIONS["torch_default"].draw_bias(64, 5000, rng=rng(9))
    assert ours.shape == (5000, 1)
    for biases in (theirs, ours):
        assert 0.999 / 8 < np.abs(biases).max() <= 1 / 8 and np.var(biases) == pytest.approx(1 / 192, rel=0.05)


@pytest.mark.parametrize("name", [name for name in INITIALIZATIONS if name != "torch_default"])
def test_other_libraries_start_biases_at_zero(name):
    assert not INITIALIZATIONS[name].draw_bias(5, 4, rng=rng(), seeds=3).any()
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator.* got 0"):
        INITIALIZATIONS["torch_default"].draw_bias(5, 4, rng=0)


@pytest.mark.parametrize("fans, match", [((0, 3), "fan_in .* got 0"), ((3, -1), "fan_out .* got -1")])
def test_a_layer_without_neurons_is_refused(fans, match):
    with pytest.raises(ValueError, match=match):
        INITIALIZATIONS["he_normal"].draw(*fans, rng=rng())
    with pytest.raises(ValueError, match=match):
        INITIALIZATIONS["he_normal"].variance(*fans)


def test_other_bad_arguments_are_named():
    draw = INITIALIZATIONS["he_normal"].draw
    with pytest.raises(TypeError, match="fan_in must be a whole number >= 1, got 2.5"):
        draw(2.5, 3, rng=rng())
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator.* got 0"):
        draw(2, 3, rng=0)
    with pytest.raises(ValueError, match="seeds must be a whole number >= 1, got 0"):
        draw(2, 3, rng=rng(), seeds=0)
    with pytest.raises(TypeError, match="rng"):
        draw(2, 3)


def test_published_numbers_of_scale():
    # Glorot and Bengio 2010, eq. 1: U(-1/sqrt(n), 1/sqrt(n)) has n Var = 1/3.
    assert 64 * INITIALIZATIONS["torch_default"].variance(64, 64) == pytest.approx(1 / 3, rel=1e-12)
    # He et al. 2015, section 2.2: a spread of 0.01 in model B loses about 1.7e4 between conv10 and conv2.
    fans = [9 * 64, *[9 * 128] * 2, *[9 * 256] * 2, *[9 * 512] * 4]
    loss = np.prod([INITIALIZATIONS["he_normal"].variance(fan, fan) ** 0.5 / 0.01 for fan in fans])
    assert loss == pytest.approx(16728.763602670293, rel=1e-9)

"""Spread of singular values: against drawn matrices, and against published closed forms."""

import numpy as np
import pytest

from companion import isometry


def test_published_values():
    # Glorot and Bengio 2010 report about 0.8; the quarter-circle law gives 8 / (3 pi).
    assert isometry.mean_singular_value() == pytest.approx(0.8488263631567752, rel=1e-12)
    # Pennington, Schoenholz and Ganguli 2017: L (mu_2 / mu_1^2 - 1 - s_1) = 10 (2 - 1 - 0).
    assert isometry.jacobian_variance("relu", 10, orthogonal=True) == pytest.approx(10, rel=1e-12)


def test_mean_singular_value_of_drawn_matrices():
    matrix = np.random.default_rng(0).standard_normal((400, 400)) * 1.5 / 20
    assert np.linalg.svd(matrix, compute_uv=False).mean() == pytest.approx(isometry.mean_singular_value(1.5), rel=0.01)


@pytest.mark.parametrize("orthogonal", [True, False])
def test_variance_of_drawn_jacobians(orthogonal):
    rng, width, depth, spreads = np.random.default_rng(1), 200, 3, []
    for _ in range(6):
        jacobian = np.eye(width)
        for _ in range(depth):
            weights = rng.standard_normal((width, width)) / width**0.5
            weights = np.linalg.qr(weights)[0] if orthogonal else weights
            jacobian = weights * (rng.random(width) < 0.5) @ jacobian  # half the ReLUs are on
        squared = np.linalg.svd(jacobian, compute_uv=False) ** 2
        spreads.append(squared.var() / squared.mean() ** 2)
    assert np.mean(spreads) == pytest.approx(isometry.jacobian_variance("relu", depth, orthogonal=orthogonal), rel=0.08)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="q must be a finite number > 0, got 0"):
        isometry.jacobian_variance("relu", 3, q=0)
    with pytest.raises(ValueError, match="gain must be a finite number > 0, got -1"):
        isometry.mean_singular_value(-1)

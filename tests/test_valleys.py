"""Valleys and their curvature: against a closed form, a hand derivation and the walks themselves."""

import numpy as np
import pytest

from companion.chapters.gradient_descent.valleys import Valley, curvature, fate, largest_curvature, nearest, valleys
from companion.descent import walk
from companion.surfaces import HILLS, Surface, landscape

COSINE = Surface("cosine", 1, lambda x: -np.cos(x), lambda x: (np.sin(x),))  # bottoms at 2πk, curvature cos x


def by_hand(x):
    """The second derivative of D3's landscape, derived on paper."""
    inner = np.cos(np.cos(x)) * np.cos(x) + np.sin(np.cos(x)) * np.sin(x) ** 2
    waves = 0.003 * np.sin(0.1 * x) + 0.009 * np.sin(0.3 * x + 2) + 0.04 * np.cos(0.1 * x) + 0.015 * np.sin(0.05 * x)
    return -0.5 * inner - waves


def test_curvature_equals_the_derivation_on_paper():
    x = np.linspace(40, 130, 501)
    np.testing.assert_allclose(curvature(landscape(3), x), 3 * by_hand(x), rtol=1e-12, atol=0)
    assert curvature(COSINE, 0.0) == 1.0


def test_the_largest_curvature_is_that_of_d3s_landscape_between_50_and_125():
    assert largest_curvature(landscape(1), 50, 125) == pytest.approx(by_hand(91.9521), rel=1e-5)
    assert largest_curvature(landscape(10), 50, 125) == pytest.approx(10 * by_hand(91.9521), rel=1e-5)


def test_the_valleys_of_a_cosine_are_at_multiples_of_two_pi():
    found = valleys(COSINE, -7, 20)
    np.testing.assert_allclose([v.x for v in found], 2 * np.pi * np.array([-1, 0, 1, 2, 3]), rtol=0, atol=1e-14)
    np.testing.assert_allclose([(v.value, v.curvature) for v in found], [(-1.0, 1.0)] * 5, rtol=1e-12)
    assert found[0].largest_rate == pytest.approx(2, rel=1e-12)


def test_a_landscape_without_a_valley_has_none():
    assert valleys(COSINE, 1, 6) == ()


@pytest.mark.parametrize("start", [53, 60, 67, 86, 92, 97, 103])
def test_walks_settle_where_the_valleys_are(start):
    valley = nearest(valleys(landscape(1), 50, 125), start)
    assert walk(landscape(1), start, steps=300).points[-1, 0] == pytest.approx(valley.x, rel=1e-12)


@pytest.mark.parametrize("valley", valleys(landscape(1), 50, 125), ids=lambda valley: f"{valley.x:.0f}")
def test_the_largest_rate_parts_settling_from_leaving(valley):
    for factor, settles in ((0.98, True), (1.02, False)):
        path = walk(landscape(1), valley.x + 1e-3, rate=factor * valley.largest_rate, steps=600)
        assert (fate(path.points[:, 0], [valley]) == "settled") is settles


def test_fates_are_told_apart():
    found = [Valley(60.0, 0.0, 1.0)]
    assert fate([58.0, 59.0, 60.02, 60.01], found) == "settled"
    assert fate([58.0, 58.02, 58.04, 58.06], found) == "frozen"
    assert fate([58.0, 59.0, 59.04, 59.08], found) == "creeping"
    assert fate([59.0, 61.0, 59.0, 61.0], found) == "two-cycle"
    assert fate([55.0, 61.0, 59.0, 61.0], found) == "moving"
    assert fate([59.0, 61.0, 64.0, 61.0], found) == "moving"
    assert fate([58.0, 1.0, np.inf, np.nan], found) == fate([np.inf] * 4, found) == "moving"


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match=r"surface must have 1 parameter, got 2 \(hills\)"):
        curvature(HILLS, 1.0)
    with pytest.raises(ValueError, match=r"surface must have 1 parameter, got 2 \(hills\)"):
        valleys(HILLS, 0, 1)
    with pytest.raises(ValueError, match="high must be a finite number > 5, got 5"):
        valleys(COSINE, 5, 5)
    with pytest.raises(ValueError, match="points must be a whole number >= 2, got 1"):
        largest_curvature(COSINE, 0, 1, points=1)
    with pytest.raises(ValueError, match=r"points must be at least 4 positions of one parameter, got shape \(3,\)"):
        fate([1.0, 2.0, 3.0], [Valley(0, 0, 1)])
    with pytest.raises(ValueError, match="found must have at least one valley"):
        nearest((), 1.0)

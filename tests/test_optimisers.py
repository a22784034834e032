"""Chapter 13: the gauge, the three numbers, D2's listing, and its claims with what they test switched off."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from companion.chapters.optimisers import claims, listing
from companion.chapters.optimisers.gauge import twins
from companion.chapters.optimisers.symptoms import symptoms
from companion.chapters.optimisers.transfer import handed_on
from companion.variants import VARIANTS


def test_one_number_repairs_a_scale_to_the_last_bit():
    three = twins(seed=1, steps=6)
    assert (three.good == three.louder).all() and (three.good != three.halved).all()
    odd = twins(seed=1, steps=6, factor=0.7)  # no power of two: the same but for rounding
    np.testing.assert_allclose(odd.louder, odd.good, rtol=1e-3)
    assert not (odd.louder == odd.good).all()


def test_the_three_numbers_know_a_scale_from_a_lost_signal():
    good, halved = (symptoms(replace(VARIANTS["he"], gain=gain), seed=0) for gain in (1.0, 0.5))
    lost = symptoms(replace(VARIANTS["sigmoid"], depth=10), seed=0)
    assert halved.told == pytest.approx(good.told - 19 * np.log10(2), abs=0.2)
    assert halved.differ == pytest.approx(good.differ, rel=1e-9) and halved.squeezed == pytest.approx(good.squeezed, rel=1e-6)
    assert abs(lost.told - halved.told) < 1 and lost.differ < 1e-5
    tanh = replace(VARIANTS["tanh"], depth=40, gain=0.85)
    turned, gaussian = symptoms(replace(tanh, initialization="orthogonal"), seed=0), symptoms(tanh, seed=0)
    assert turned.squeezed < 3 and gaussian.squeezed > 30


def test_the_rules_agree_at_the_base_and_part_above():
    one = [handed_on(rule, 64, 0.01, seed=0, steps=12)["loss"] for rule in ("standard", "mup")]
    assert one[0] != one[1]


def test_the_listing_is_read():
    assert listing.rates_of(listing.LISTING, 95)[-1] == pytest.approx(1e-4, rel=1e-9)
    with pytest.raises(ValueError, match="listing must set learning_rate, step_size and gamma, got"):
        listing.rates_of("x = 1", 3)


@pytest.mark.parametrize(
    "switched_off",
    [
        lambda: claims._decay("ch13-kinds", "halved", way="adam", steady="sgd"),
        lambda: claims._rate_scales_the_step("he_normal", "zero"),
        lambda: claims._higher_rate(deep=3),
        lambda: claims._higher_rate(high=0.1),
        lambda: claims._listing(listing.LISTING.replace("gamma=0.1", "gamma=1.0")),
        lambda: claims._listing("num_epochs = train = model = 1\n" + listing.LISTING),
        lambda: claims._optimizer_flow(fails="default-adam"),
        lambda: claims._optimizer_flow(trains="sigmoid-adam"),
        lambda: claims._step_size(high=0.1),
    ],
)
def test_an_evidence_without_its_cause_fails(switched_off):
    assert not switched_off().holds

"""Chapter 14: each evidence is broken once (a healthy start for the sick one, or as deep for shallow), and fails."""

import pytest

from companion.chapters.depth_and_width import claims as chapter

BREAKS = {
    "D1-compress-layers": {"short": 20},  # as deep as the other
    "D2-few-layers-suffice": {"short": 20, "long": 3},
    "D2-pooling-before-the-last": {"initialization": "he_normal"},  # nothing vanishes that pooling could save
    "D2-wider-instead": {"initialization": "standard_normal"},  # the variance does not shrink with the width
    "D3-shorten-the-network": {"short": 12},
}


@pytest.mark.parametrize("claim", chapter.CLAIMS, ids=lambda claim: claim.id)
def test_evidence_that_is_broken_no_longer_holds(claim):
    assert claim.evidence().holds
    assert not claim.evidence(**BREAKS[claim.id]).holds

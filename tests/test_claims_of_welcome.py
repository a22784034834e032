"""The evidence of chapter 0 can fail: each is given a healthy network, or has the thing that it tests switched off."""

import pytest

from companion.chapters.welcome import claims

HEALTHY = ("relu", "he_normal")


@pytest.mark.parametrize(
    "broken",
    [
        lambda: claims._vanishing_is_exploding(vanishing=HEALTHY),
        lambda: claims._vanishing_is_exploding(exploding=HEALTHY),
        lambda: claims._later_layers(*HEALTHY),
        lambda: claims._later_layers("tanh", "standard_normal"),  # explodes: the input side gets more
        lambda: claims._input_side_freezes(cases=(claims.SICK, HEALTHY)),
        lambda: claims._input_side_freezes(healthy=claims.SICK),
        lambda: claims._bigger_models(vanishing=HEALTHY),
        lambda: claims._bigger_models(exploding=HEALTHY),
        lambda: claims._bigger_models(exploding=("selu", "lecun_normal")),  # its variance shrinks with the width
        lambda: claims._bigger_models(level=claims.SICK),
        lambda: claims._more_examples(deep=HEALTHY),
        lambda: claims._more_examples(counts=(1000, 1100, 1200, 1437)),
        lambda: claims._more_examples(counts=(10, 1000, 100, 1437)),
    ],
)
def test_broken_evidence_fails(broken):
    assert not broken().holds


def test_width_alone_makes_a_gradient_explode_where_the_variance_stays():
    """ReLU, N(0, 1), 10 layers: 10^6.25 at width 50, 10^9.0 at width 200; "four times wider changes nothing" was false."""
    small, wide = (claims._decades("relu", "standard_normal", depth=10, width=width) for width in (50, 200))
    assert small == pytest.approx(6.25, abs=0.1) and wide == pytest.approx(9.0, abs=0.1)

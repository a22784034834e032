import re
from types import SimpleNamespace

import numpy as np
import pytest

from companion.activations import ACTIVATIONS
from companion.surfaces import HILLS
from companion.views import plots
from companion.views.style import COLOURS, INK, PAPER, THEME


def drawn(alt="One line falls from 0 to -2."):
    fig, ax = plots.figure(height=2)
    plots.line(ax, [1, 2, 3], [0, -1, -2], label="a chain δ")
    return plots.show(fig, alt)


def test_a_figure_has_svg_png_and_words():
    data, metadata = drawn()._repr_mimebundle_()
    assert data["text/plain"] == "Figure: One line falls from 0 to -2."
    assert data["image/svg+xml"].startswith("<svg ")
    assert data["image/png"].startswith(b"\x89PNG")
    assert {kind: meta["alt"] for kind, meta in metadata.items()} == dict.fromkeys(
        ("image/svg+xml", "image/png"), "One line falls from 0 to -2."
    )


def test_ink_and_paper_become_theme_colours_and_the_font_is_the_page_s():
    svg = drawn().svg
    assert INK not in svg
    assert PAPER not in svg
    assert THEME[INK] in svg
    assert "DejaVu" not in svg
    assert "var(--pst-font-family-base" in svg


def test_an_svg_styles_nothing_outside_itself():
    assert "<style" not in drawn().svg
    assert "<?xml" not in drawn().svg


def test_labels_stay_text():
    assert re.search(r"<text[^>]*>a chain δ</text>", drawn().svg)


def test_the_same_figure_twice_is_the_same_bytes():
    first, second = drawn(), drawn()
    assert first.svg == second.svg
    assert first.png == second.png


@pytest.mark.parametrize("alt", ["", "  \n", None, 3])
def test_an_alternative_text_is_obligatory(alt):
    fig, _ = plots.figure()
    with pytest.raises(ValueError, match="alt must say in words what the figure shows"):
        plots.show(fig, alt)


@pytest.mark.parametrize("bad", [{"height": 0}, {"columns": 0}, {"rows": 1.5}])
def test_a_bad_size_is_named(bad):
    with pytest.raises((ValueError, TypeError), match=next(iter(bad))):
        plots.figure(**bad)


def test_several_axes():
    _, axes = plots.figure(columns=2)
    assert axes.shape == (2,)


def test_an_unknown_role_is_named():
    _, ax = plots.figure()
    with pytest.raises(ValueError, match="role must be one of vanishing, healthy"):
        plots.line(ax, [0, 1], [0, 1], role="red")


def record():
    layers = np.arange(20, dtype=float)  # 12 decades over 20 layers, 5 seeds
    return SimpleNamespace(log10_delta=layers * 12 / 19 - 12 + np.linspace(-1, 1, 5)[:, None], signal=np.ones((5, 20)))


def test_profile_says_ends_and_theory_and_leaves_the_record_alone():
    fig, ax = plots.figure()
    profile = record()
    before = profile.log10_delta.copy()
    said = plots.profile(ax, profile, label="sigmoid", theory=10 ** (-12 / 19))
    assert said.startswith("sigmoid goes from -12 at 1 to 0 at 20 (median of 5; band from the 10% to the 90% quantile).")
    assert said.endswith("The theory, dashed, goes from -12 at 1 to 0 at 20.")
    assert (profile.log10_delta == before).all()
    assert ax.get_xlabel() == "layer l (1 = input side)"
    assert len(plots.show(fig, said).svg) > 1000


def test_profile_takes_theory_as_a_whole_line_and_a_signal():
    _, ax = plots.figure()
    assert "The theory, dashed, goes from -3 at 1 to 0 at 20." in plots.profile(ax, record(), theory=np.linspace(-3, 0, 20))
    assert plots.profile(ax, record(), what="signal").startswith("The line goes from 0 at 1 to 0 at 20")


def test_band_keeps_infinities():
    _, ax = plots.figure()
    said = plots.band(ax, [1, 2], [[-np.inf, 0.0]] * 3, label="underflowed")
    assert "from -inf at 1 to 0 at 2" in said


def test_losses_bars_activation_surface_heat():
    _, ax = plots.figure()
    assert plots.losses(ax, [[1.0, 0.5], [1.0, 0.1]], label="runs").endswith("(median of 2 runs).")
    assert ax.get_yscale() == "log"
    _, ax = plots.figure()
    assert plots.bars(ax, [0.25, 1.0], quantity="slope") == "slope: 1 0.25, 2 1."
    _, ax = plots.figure()
    said = plots.activation(ax, ACTIVATIONS["sigmoid"])
    assert said == "sigmoid: f from 0.00669 to 0.993; its slope, dashed, from 0.00665 to 0.25."
    fig, ax = plots.figure()
    said = plots.surface(ax, HILLS, (-4, 4), (-4, 4), path=[(0.5, 0.5), (0, 1)])
    assert said.endswith("the walk takes 1 steps from (0.5, 0.5) to (0, 1).")
    assert len(fig.axes) == 2
    _, ax = plots.figure()
    assert plots.heat(ax, [[-2.0, 1.0]], x=(0, 1), y=(0, 1), quantity="log χ", diverging=True) == "log χ from -2 to 1."
    assert ax.images[0].get_clim() == (-2.0, 2.0)


def test_the_three_meanings_differ_in_more_than_colour():
    assert COLOURS["vanishing"] == "#0072B2"
    assert COLOURS["exploding"] == "#D55E00"
    assert plots.LINES["theory"] != plots.LINES["healthy"]


def test_the_meanings_are_variables_that_dark_mode_can_lighten():
    fig, ax = plots.figure()
    plots.line(ax, [0, 1], [0, 1], role="vanishing")
    assert "stroke: var(--course-vanishing, #0072B2)" in plots.show(fig, "A line.").svg


@pytest.mark.parametrize("what", plots.SIZES)
def test_every_size_of_a_profile_can_be_drawn(what):
    from companion.propagation import profile

    measured = profile(activation="tanh", initialization="torch_default", depth=4, width=5, seeds=2, biases="drawn")
    _, ax = plots.figure()
    assert plots.profile(ax, measured, what=what).endswith("quantile).")
    assert ax.get_ylabel() == f"log10 {plots.SIZES[what]}"

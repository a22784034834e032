"""A network as a picture: places, fills, fates, and the same in a figure and in a widget's bytes."""

import numpy as np
import pytest

from companion.signals import fate
from companion.views import plots
from companion.views.drawing import Drawing, say
from companion.widgets import Frame, Network, Panel
from companion.widgets.network import FATES, UNKNOWN
from companion.widgets.packing import Packer, unpack

NAN = np.nan


def small(**options):
    fields = {
        "values": [[1.0, -0.5], [0.75, NAN], [-0.9]],
        "weights": [[[0.8, 0.1], [-1.3, 0.4]], [[0.5, -2.0]]],
        "blame": [[0.42, -0.004], [0.9]],
        "lit": [(1, 0), (1, 0, 1)],
        "way": "up",
    }
    return Drawing(**fields | options)


def large(spread=0.0):
    sizes = [64, *[64] * 20, 10]
    values = [layer / 21 + spread * np.arange(n) / n for layer, n in enumerate(sizes)]
    blame = [np.full(n, 10.0 ** (layer - 21)) for layer, n in enumerate(sizes)]
    return Drawing(values, blame=blame, limits=(0, 1))


def test_nodes_stand_in_columns_unit_0_on_top_and_the_single_one_in_the_middle():
    places = small().places
    assert [len(layer) for layer in places] == [2, 2, 1]
    assert places[0][0, 1] > places[0][1, 1] and places[2][0, 1] == 0.5
    assert all(np.ptp(layer[:, 0]) == 0 for layer in places) and places[0][0, 0] < places[1][0, 0] < places[2][0, 0]
    assert all((0 < layer).all() and (layer < 1).all() for layer in [*places, *large().places])


def test_fill_and_width_are_shares_of_the_largest_with_their_sign():
    drawing = small()
    np.testing.assert_allclose(drawing.fill, [1, -0.5, 0.75, NAN, -0.9])
    np.testing.assert_allclose(drawing.widths, np.array([0.8, 0.1, -1.3, 0.4, 0.5, -2.0]) / 2)
    assert [tuple(pair) for pair in drawing.edges] == [(0, 2), (1, 2), (0, 3), (1, 3), (2, 4), (3, 4)]
    assert Drawing([[1.0, 5.0], [3.0]], limits=(2, 4)).fill.tolist() == [0, 1, 0.5]
    assert Drawing([[0.0], [0.0]]).fill.tolist() == [0, 0]


def test_blame_has_the_fate_of_its_size_against_the_last_layer():
    assert small().fates == ("", "", "healthy", "vanishing", "healthy")
    assert fate(np.log10(0.004 / 0.9)) == "vanishing"
    assert small(blame=[[20.0, 0.0], [1.0]]).fates[2:] == ("exploding", "vanishing", "healthy")
    assert small(blame=[[1.0, 0.0], [0.0]]).fates[2:] == ("exploding", "", ""), "against nothing, nothing has a fate"
    assert small(blame=[[1.0, 2.0], [NAN]]).fates == ("",) * 5, "not yet known"
    assert large().fates == ("vanishing",) * 20 + ("healthy",) * 2


def test_what_is_lit_is_a_node_or_an_edge():
    drawing = small()
    assert drawing.lit_nodes.tolist() == [False, False, True, False, False]
    assert drawing.lit_edges.tolist() == [False, True, False, False, False, False]


def test_a_number_has_two_decimals_or_two_digits():
    assert [say(v) for v in (1, -1.3, 0.0994, -0.0, -2e-7, NAN, -np.inf)] == [
        "1.00",
        "−1.30",
        "0.099",
        "0.00",
        "−2e−7",
        "",
        "−∞",
    ]


def test_the_sentence_says_what_is_seen():
    assert small().sentence() == (
        "A network of 2, 2, 1 units. Values: 1.00, −0.50; 0.75, not yet known; −0.90. "
        "Weights: 0.80, 0.10, −1.30, 0.40; 0.50, −2.00. Blame: 0.42 (healthy), −0.004 (vanishing), 0.90 (healthy)."
    )
    assert large().sentence() == (
        "A network of 21 × 64, 10 units. Mean value: 0.00 in the first layer drawn, 1.00 in the last. "
        "Blame: vanishing in layers 0–19, healthy in layers 20–21."
    )


def packed(drawing):
    packer = Packer()
    packer.add(Frame([Panel([Network(drawing)], bare=True)]))
    spec, data = packer.pack()
    [panel] = unpack(spec, data, 0)["panels"]
    return panel, panel["marks"][0], len(data)


def test_a_widget_gets_the_same_places_shares_and_texts():
    drawing = small(
        slopes=[[[NAN] * 2] * 2, [[0.7, 0.03]]], notes=[["x_1", "x_2"], ["", ""], [""]], labels=["in", "", "out"]
    )
    panel, mark, _ = packed(drawing)
    assert panel["bare"] and panel["x"]["domain"].tolist() == [0, 1]
    np.testing.assert_allclose(np.column_stack([mark["x"], mark["y"]]), np.concatenate(drawing.places), rtol=1e-3)
    assert mark["fill"].tolist() == [200, 50, 175, UNKNOWN, 10] and mark["widths"].tolist() == [
        140,
        105,
        35,
        120,
        125,
        0,
    ]
    assert [FATES[byte] for byte in mark["fates"]] == list(drawing.fates)
    assert (mark["lit"].tolist(), mark["lit_edges"].tolist(), mark["way"]) == (
        [0, 0, 1, 0, 0],
        [0, 1, 0, 0, 0, 0],
        "up",
    )
    assert mark["value_texts"] == ["1.00", "−0.50", "0.75", "", "−0.90"] and mark["slope_texts"][-2:] == [
        "0.70",
        "0.03",
    ]
    assert mark["note_texts"][:2] == ["x_1", "x_2"] and mark["labels"] == ["in", "", "out"]


def test_a_strip_of_one_colour_is_one_byte():
    _, alike, few = packed(large())
    _, each, many = packed(large(spread=0.5))
    assert (len(alike["fill"]), len(each["fill"])) == (22, 1354) and many - few > 1300
    assert alike["value_texts"] == [] and len(alike["ends"]) == 0


@pytest.mark.parametrize(
    "drawing", [small(), small(way="back"), large(), large(0.5), Drawing([[1.0] * 6, [0.5]], weights=[[[1.0] * 6]])]
)
def test_a_figure_draws_every_kind_and_changes_nothing(drawing):
    fig, ax = plots.figure(2.5)
    before = drawing.sentence()
    shown = plots.show(fig, plots.network(ax, drawing))
    assert before == drawing.sentence() and before in repr(shown)
    assert ("0.75" in shown.svg) == drawing.numbered and len(shown.svg) < 60_000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": [[1.0]]}, r"values must hold two or more layers, at most 8192 units, got sizes \(1,\)"),
        ({"values": [[1.0], [1j]]}, "values must be real numbers, got"),
        ({"weights": [[[0.8, 0.1]]]}, "weights must hold 2 arrays, got 1"),
        (
            {"weights": [[[0.8, 0.1]], [[1.0, 2.0]]]},
            r"weights must have an array of shape \(2, 2\) there, got shape \(1, 2\)",
        ),
        ({"blame": [[1.0]]}, "blame must hold 3 arrays, got 1"),
        ({"slopes": [1.0]}, "slopes must hold 2 arrays, got 1"),
        ({"limits": (1, 0)}, r"limits must be two rising numbers, got \(1, 0\)"),
        ({"notes": [["a"]]}, r"notes must be texts for layers of \(2, 2, 1\), got \(1,\)"),
        ({"labels": ["a"]}, "labels must be 3, one a layer, got 1"),
        ({"way": "down"}, "way must be 'up', 'back' or '', got 'down'"),
        ({"lit": [(1, 2)]}, r"lit must hold \(layer, unit\) or .* of \(2, 2, 1\), got \(1, 2\)"),
        ({"lit": [(0, 0, 0)]}, "lit must hold"),
        ({"lit": [(3, 0)]}, "lit must hold"),
        ({"lit": ["ab"]}, "lit must hold .* got 'ab'"),
    ],
)
def test_bad_drawings_are_refused_by_name(options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        small(**options)


def test_a_network_needs_a_bare_panel():
    with pytest.raises(ValueError, match="bare of Panel must be True where a Network is drawn, got False"):
        Panel([Network(small())])
    with pytest.raises(TypeError, match="drawing of Network must be a Drawing"):
        Network([[1.0]])

"""The pictures of the course's own network show what was recorded, and say it in words."""

from dataclasses import replace

import numpy as np
import pytest

from companion import runs
from companion.views import course, plots
from companion.widgets import Explorer, Frame, Heat, Line, Network, Slider

RECORD = runs.load("ch00-course-network")
DEFAULT = RECORD.where(variant="torch_default")


def parts(panel, kind):
    return [mark for mark in panel.marks if isinstance(mark, kind)]


def test_each_panel_ends_at_the_step():
    network, loss, updates = course.panels(RECORD, "one-line", 150)
    k = course.steps(RECORD, "one-line").index(150)
    rows = RECORD.where(variant="one-line").rows
    assert [line.y.tolist() for line in parts(loss, Line)] == [row["loss"][: k + 1] for row in rows]
    assert {line.x[-1] for line in parts(loss, Line)} == {150.0} and loss.x.domain == updates.x.domain == (0.0, 399.0)
    (heat,) = parts(updates, Heat)
    middle = np.sort([row["update"][: k + 1] for row in rows], axis=0)[4]  # of ten
    np.testing.assert_array_equal(heat.values, middle.T)
    assert heat.x.tolist() == [0, 150] and heat.y.tolist() == [1, 20]


def test_a_strip_is_as_full_as_its_layer_has_moved():
    (mark,) = parts(course.panels(RECORD, "torch_default", 399)[0], Network)
    strips = mark.drawing.values
    assert [len(strip) for strip in strips] == [64] * 20 + [10] and np.isnan(strips[0]).all()
    want = np.sort([row["moved"][-1] for row in DEFAULT.rows], axis=0)[4]
    assert [strip[0] for strip in strips[1:]] == want.tolist() and len(mark.fill) == 21
    assert mark.fill[1] == mark.fill[5] == 100 < mark.fill[15] < mark.fill[20]  # nothing, nothing, then more and more
    begun = course.drawing(RECORD, "torch_default", 0)
    assert np.isneginf(np.concatenate(begun.values[1:])).all() and (begun.fill[64:] == 0).all()


def test_the_words_are_of_the_data():
    loss = np.median([row["loss"][0] for row in RECORD.where(variant="sigmoid").rows])
    assert course.said(RECORD, "sigmoid", 0) == (
        f"sigmoid after 0 steps: the loss is {loss:.2f}, the median of 10 seeds; "
        "layer 1 has not moved at all, layer 20 has not moved at all."
    )
    assert "layer 1 has not moved at all, layer 20 has moved by 10^−" in course.said(RECORD, "sigmoid", 399, label="Sigmoid")
    found = course.numbers(RECORD, "torch_default", 399)
    assert found["loss"] == np.median([row["loss"][-1] for row in DEFAULT.rows])
    assert (found["running"], found["seeds"]) == (10, 10)
    assert f"10^{found['first']:.1f}".replace("-", "−") in course.said(RECORD, "torch_default", 399)


def test_seeds_that_stopped_are_counted_and_drawn_as_far_as_they_came():
    whole = RECORD.where(variant="one-line-100")
    cut = {name: whole.rows[3][name][:2] for name in ("steps", "loss", "accuracy", "update", "moved")}
    stopped = replace(whole, rows=(*whole.rows[:3], whole.rows[3] | cut | {"stopped": 20}, *whole.rows[4:]))
    last = course.steps(stopped, "one-line-100")[-1]
    assert course.numbers(stopped, "one-line-100", last)["running"] == 9
    assert "the median of the 9 seeds still running" in course.said(stopped, "one-line-100", last)
    _, loss, updates = course.panels(stopped, "one-line-100", last)
    assert [len(line.y) for line in parts(loss, Line)][2:5] == [7, 2, 7] and parts(updates, Heat)[0].values.shape[0] == 100


def test_two_nets_side_by_side_fit_into_a_widget():
    def frame(step):
        pair = [course.panels(RECORD, name, step) for name in ("torch_default", "one-line")]
        return Frame([panel for both in zip(*pair, strict=True) for panel in both])

    assert Explorer("two", frame, [Slider("step", course.steps(RECORD, "one-line"), play=True)], summary="{step}").size < 100_000


def test_a_figure_has_a_row_for_each_variant():
    fig = course.figure(RECORD, {"torch_default": "PyTorch's defaults", "one-line": "One line changed"})
    assert isinstance(fig, plots.Shown) and fig.alt.startswith("PyTorch's defaults after 399 steps: the loss is 2.30, the median")
    assert "One line changed after 399 steps" in fig.alt and len(fig.svg) < 120_000


def test_a_figure_can_leave_the_strips_out():
    names = {"torch_default": "PyTorch's defaults"}
    whole, rest = course.figure(RECORD, names), course.figure(RECORD, names, strips=False)
    assert 10_000 < len(rest.svg) < len(whole.svg)
    assert rest.alt == whole.alt


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: course.panels(RECORD, "hee", 0), "variant must be one of torch_default, one-line, default-fast, .* got 'hee'"),
        (lambda: course.panels(RECORD, "one-line", 7), r"step must be one of 0, 15, … 399, the recorded ones, got 7"),
        (lambda: course.said(RECORD, "one-line", True), "step must be one of .* got True"),
        (lambda: course.panels(RECORD, "one-line", 0, label=""), "label must be a text, got ''"),
        (lambda: course.drawing(runs.load("ch06-ladder"), "one-line", 0), "record must be one of the course's own network, got"),
        (lambda: course.steps("ch00", "one-line"), "record must be a Record of the course's own network, .* got 'ch00'"),
        (lambda: course.figure(RECORD, []), r"variants must name at least one, got \[\]"),
        (lambda: course.figure(RECORD, "one-line"), "variants must be a list, got 'one-line'"),
    ],
)
def test_what_cannot_be_is_refused(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_a_record_without_any_seed_running_is_no_record():
    empty = replace(DEFAULT, rows=tuple(row | {"steps": [], "loss": [], "moved": [], "update": []} for row in DEFAULT.rows))
    with pytest.raises(ValueError, match="step must be one of the recorded ones, and there are none"):
        course.said(empty, "torch_default", 0)

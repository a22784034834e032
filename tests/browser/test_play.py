"""A slider that plays: by its buttons, by keyboard, with less motion, and when somebody else takes hold of it."""

import pytest

from . import stage
from .waiting import FRAME, until

PLACE = "Number(document.querySelector('input[type=range]').value)"


def button(page, name):
    return page.get_by_role("button", name=name)


def stopped(page):
    return button(page, "Play: Step k").count() == 1


@pytest.mark.parametrize("stops", [3, 9, 200])
def test_play_runs_to_the_end_and_pauses_there(on_stage, stops):
    """In the time that was asked for, whatever the number of stops, and at most eight a second."""
    page = on_stage([stage.play_explorer(1, stops)])
    page.evaluate(
        """() => { const seen = (globalThis.seen = []); const summary = document.querySelector(".cw-summary");
             const note = () => seen.push([performance.now(), summary.ariaLive]);
             new MutationObserver(note).observe(summary, { childList: true, subtree: true, characterData: true }); }"""
    )
    button(page, "Play: Step k").click()
    assert page.get_by_role("button", name="Pause: Step k").count() == 1
    until(page, lambda: stopped(page))
    assert page.evaluate(PLACE) == stops - 1
    seen = page.evaluate("globalThis.seen")
    assert len(seen) <= 9 and seen[-1][0] - seen[0][0] < 5000  # generous: a busy machine
    assert seen[-1][1] == "polite" and all(aloud == "off" for _, aloud in seen[:-1]), "only where it ends is read out"
    until(page, f"location.hash === '#played:step={stops - 1},base=sigmoid'")


def test_play_starts_again_at_the_end_and_stops_when_it_is_told_to(on_stage):
    page = on_stage([stage.play_explorer(20)], fragment="#played:step=8,base=sigmoid")
    button(page, "Play: Step k").press("Enter")
    assert page.evaluate(PLACE) == 0 and not stopped(page)
    until(page, PLACE + " === 1")
    page.get_by_text("tanh").click()
    assert not stopped(page), "another control does not interrupt it"
    assert "with tanh" in page.locator(".cw-summary").inner_text()
    button(page, "Pause: Step k").press(" ")
    assert stopped(page) and page.evaluate(PLACE) < 8


@pytest.mark.parametrize("how", ["drag", "key", "next", "previous", "reset", "hidden"])
def test_play_stops_when_somebody_takes_hold(on_stage, how):
    page = on_stage([stage.play_explorer(20)], fragment="#played:step=3,base=sigmoid")
    button(page, "Play: Step k").click()
    slider = page.locator("input[type=range]")
    if how == "drag":
        box = slider.bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    elif how == "hidden":
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    elif how == "key":
        slider.press("ArrowRight")
    else:
        button(page, {"next": "Next: Step k", "previous": "Previous: Step k", "reset": "Reset"}[how]).click()
    assert stopped(page)
    assert page.evaluate(PLACE) == {"drag": 6, "hidden": 3, "key": 4, "next": 4, "previous": 2, "reset": 0}[how]


def test_the_buttons_go_by_one_stop_and_not_beyond_the_ends(on_stage):
    page = on_stage([stage.play_explorer(stops=3)])
    places = []
    for name in ["Previous", "Next", "Next", "Next", "Previous"]:
        button(page, f"{name}: Step k").press("Enter")
        places.append(page.evaluate(PLACE))
    assert places == [0, 1, 2, 2, 1]


def test_with_less_motion_the_end_is_shown_at_once(on_stage):
    page = on_stage([stage.play_explorer(20)], reduced_motion="reduce")
    button(page, "Play: Step k").click()
    page.evaluate(FRAME)
    assert stopped(page) and page.evaluate(PLACE) == 8


@pytest.mark.parametrize("width", [320, 900])
def test_its_buttons_are_large_and_stand_beside_the_slider(on_stage, width):
    page = on_stage([stage.play_explorer()], width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [page.locator(".cw-play > *").nth(i).bounding_box() for i in range(4)]
    assert all(box["width"] >= 40 and box["height"] >= 40 for box in boxes)
    assert all(
        a["x"] + a["width"] <= b["x"] and abs(a["y"] - b["y"]) < 3 for a, b in zip(boxes, boxes[1:], strict=False)
    )


def test_the_buttons_stay_in_sight_on_a_phone(on_stage):
    """While the picture above them is looked at; the other controls come after it."""
    page = on_stage([stage.play_explorer(1, 9)], width=390)
    page.evaluate("document.querySelector('.cw-panels').style.paddingBottom = '2000px', scrollTo(0, 300)")
    page.evaluate(FRAME)
    box, height = button(page, "Play: Step k").bounding_box(), page.evaluate("innerHeight")
    assert height - 80 < box["y"] < height - box["height"]
    button(page, "Next: Step k").click()
    assert page.evaluate(PLACE) == 1
    assert page.get_by_text("tanh").bounding_box()["y"] > 2000 - 300

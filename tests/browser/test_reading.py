"""Values read off a panel by mouse, finger and keyboard; what leaves the frame; the part of an axis that is shown."""

import re

from . import stage
from .waiting import until


def reading(page):
    return page.locator(".cw-reading").first.evaluate(
        "(node) => node.hidden ? null : [...node.childNodes].map((row) => row.textContent)"
    )


def test_the_mouse_reads_a_value_and_takes_it_away(on_stage):
    page = on_stage([stage.explorer()])
    plot = page.locator(".cw-plot").first.bounding_box()
    page.mouse.move(plot["x"] + plot["width"] - 6, plot["y"] + 40)
    assert reading(page) == ["layer l 5", "band: 10−3.31 to 10−2.71", "product: 10−3.01", "theory: 10−3.11"]
    page.mouse.move(0, 0)
    until(page, lambda: reading(page) is None)


def test_arrow_keys_walk_through_the_values(on_stage):
    page = on_stage([stage.explorer()])
    panel = page.locator(".cw-panel").first
    panel.focus()
    panel.press("ArrowRight")
    assert reading(page)[0] == "layer l 1"
    panel.press("ArrowRight")
    assert (reading(page)[0], reading(page)[2]) == ("layer l 2", "product: 10−1.20")
    assert page.locator(".cw-reading").first.get_attribute("role") == "status"
    panel.press("Escape")
    assert reading(page) is None


def test_a_reading_follows_the_control(on_stage):
    page = on_stage([stage.explorer()])
    panel = page.locator(".cw-panel").first
    panel.focus()
    panel.press("ArrowRight")
    before = reading(page)
    page.evaluate("document.querySelectorAll('.cw-buttons input')[1].click()")
    assert reading(page)[0] == before[0] and reading(page)[2] != before[2]


def test_a_finger_reads_a_map(on_stage):
    page = on_stage([stage.map_explorer()], width=390, has_touch=True, is_mobile=True)
    plot = page.locator(".cw-plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    place, height, point = reading(page)[:3]
    assert re.fullmatch(r"\(−?0\.0\d, −?0\.0\d\)", place) and height.startswith("height: ")
    assert "(0.00, 0.00)" in point or point.startswith(("walk", "bottom"))


def test_a_click_uncovers_what_it_has_set(on_stage):
    """The reading stands clear of the upper half of a map when the pointer is there, and goes away with the click."""
    page = on_stage([stage.map_explorer()])
    plot = page.locator(".cw-plot").bounding_box()
    place = (plot["x"] + plot["width"] * 0.25, plot["y"] + plot["height"] * 0.25)
    page.mouse.move(*place)
    words = page.locator(".cw-reading").first.bounding_box()
    assert words["y"] > place[1] and words["x"] > place[0]
    page.mouse.click(*place)
    assert reading(page) is None
    page.mouse.move(place[0] + 3, place[1])
    assert reading(page) is not None


def test_an_arrow_is_drawn_with_its_name_and_read_along_its_way(on_stage):
    page = on_stage([stage.arrow_explorer()])
    assert page.locator(".cw-plot .cw-head").count() == 7 and page.locator(".cw-legend").inner_text().startswith("wind")
    assert page.locator(".cw-label").text_content() == "gradient"
    plot = page.locator(".cw-plot").bounding_box()
    page.mouse.move(plot["x"] + plot["width"] * 0.6, plot["y"] + plot["height"] * 0.5)
    assert "gradient: from (0.00, 0.00) to (1.00, 0.00)" in reading(page)
    page.locator("input[type=range]").press("Home")
    assert page.locator(".cw-plot .cw-head").count() == 6 and page.locator(".cw-plot .cw-marker").count() == 1


def test_an_arrow_that_leaves_the_frame_says_so(on_stage):
    page = on_stage([stage.arrow_explorer()], fragment="#arrows:length=4")
    assert page.locator(".cw-exit path").count() == 1 and page.locator(".cw-label").count() == 0
    assert "outside the frame →" in page.locator(".cw-edge").all_text_contents()
    assert "Outside the picture: gradient (right)." in page.locator(".cw-summary").inner_text()


def test_arrow_keys_move_over_a_map_in_two_directions(on_stage):
    page = on_stage([stage.map_explorer()])
    panel = page.locator(".cw-panel").first
    panel.focus()
    panel.press("ArrowUp")
    first = reading(page)[0]
    panel.press("ArrowUp")
    second = reading(page)[0]
    panel.press("ArrowLeft")
    assert len({first, second, reading(page)[0]}) == 3


def test_what_leaves_the_frame_is_marked_in_picture_and_words(on_stage):
    page = on_stage([stage.far_explorer()], fragment="#far:power=40")
    assert page.locator(".cw-exit path").count() == 1
    assert page.locator(".cw-exit text").text_content() == "to 1040.00"
    assert page.locator(".cw-exit").get_attribute("class").endswith("cw-exploding")
    summary = "To the power of 40. Outside the picture: product (above, to 1040.00)."
    assert page.locator(".cw-summary").inner_text().replace("\n", "") == summary
    assert "Outside" not in on_stage([stage.far_explorer()]).locator(".cw-summary").inner_text()


def test_a_long_axis_follows_what_is_small_and_says_so(on_stage):
    page = on_stage([stage.far_explorer()], fragment="#far:power=1")
    assert page.locator(".cw-range").inner_text() == "axis: −2.5 to 2.5, a part of −20 to 20"
    line = page.locator(".cw-plot path.cw-line").first.bounding_box()
    assert line["height"] > 20
    page.locator("input[type=range]").press("End")
    assert page.locator(".cw-range").inner_text() == "axis: −2.5 to 20, a part of −20 to 20"


def test_layers_have_no_layer_zero(on_stage):
    page = on_stage([stage.far_explorer()])
    ticks = page.locator(".cw-svg text[text-anchor=middle]").all_text_contents()
    assert ticks[0] == "1" and "0" not in ticks


def test_a_click_says_where_it_goes(on_stage):
    page = on_stage([stage.map_explorer()])
    assert page.locator(".cw-hint").inner_text() == "Click to set x and y (the click goes to the nearest mark)."
    assert page.locator(".cw-stop").count() == 1


def test_a_legend_is_typeset(on_stage):
    page = on_stage([stage.far_explorer()])
    assert page.locator(".cw-legend sup").text_content() == "l"

"""Without JavaScript every Explorer of the book shows its picture at the starting values, and the words to it."""

import pytest

from . import stage


@pytest.mark.parametrize("how", [{}, {"dark": True}, {"width": 390}], ids=["light", "dark", "phone"])
def test_every_explorer_has_its_picture_without_scripts(visit, path, how):
    seen = visit(path, java_script_enabled=False, **how)
    views = seen.page.locator(".cw-still")
    explorers = seen.page.context.browser.new_page()
    explorers.goto(seen.address)
    wanted = explorers.locator(".cw-explorer").count()
    assert explorers.locator(".cw-still").count() == 0, "a widget takes the place of its picture"
    explorers.close()
    assert views.count() == wanted
    for view in views.all():
        assert view.is_visible() and len(view.locator(".cw-summary").inner_text()) > 30
        for picture in view.locator("[role=img]").all():
            assert len(picture.get_attribute("aria-label")) > 30
            assert picture.locator("path, image, circle, rect").count() > 3
        assert "The controls need JavaScript." in view.inner_text()
    if how.get("width"):
        boxes = [view.locator("svg.cw-svg").first.bounding_box() for view in views.all()]
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)


def test_the_picture_is_that_of_the_widget(on_stage):
    """The same marks, by the same code."""
    paths = "(nodes) => nodes.map((node) => node.getAttribute('class'))"
    still = on_stage([stage.explorer(), stage.map_explorer()], stills=True, java_script_enabled=False)
    moving = on_stage([stage.explorer(), stage.map_explorer()])
    seen = [page.locator(".cw-plot *").evaluate_all(paths) for page in (still, moving)]
    assert seen[0] == seen[1] and len(seen[0]) > 20
    words = [page.locator(".cw-summary").all_inner_texts() for page in (still, moving)]
    assert words[0] == words[1]

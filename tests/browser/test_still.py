"""Without JavaScript every Explorer of the book shows its picture at the starting values, and the words to it."""

import re

from . import stage


def test_every_explorer_has_its_picture_without_scripts(opening, path, site):
    """Looked at in light and dark colours, and on a phone."""
    wanted = len(re.findall('"controls":', (site / path).read_text(encoding="utf-8")))
    with opening(path, java_script_enabled=False) as seen:
        views = seen.page.locator(".cw-still")
        assert views.count() == wanted
        words(views)
        seen.page.emulate_media(color_scheme="dark")
        assert all(view.is_visible() for view in views.all())
        seen.page.set_viewport_size({"width": 390, "height": 900})
        boxes = [view.locator("svg.cw-svg").first.bounding_box() for view in views.all()]
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)


def words(views):
    for view in views.all():
        assert view.is_visible() and len(view.locator(".cw-summary").inner_text()) > 30
        for picture in view.locator("[role=img]").all():
            assert len(picture.get_attribute("aria-label")) > 30
            assert picture.locator("path, image, circle, rect").count() > 3
        assert "The controls need JavaScript." in view.inner_text()


def test_the_picture_is_that_of_the_widget(on_stage):
    """The same marks, by the same code."""
    paths = "(nodes) => nodes.map((node) => node.getAttribute('class'))"
    still = on_stage([stage.explorer(), stage.map_explorer()], stills=True, java_script_enabled=False)
    moving = on_stage([stage.explorer(), stage.map_explorer()])
    seen = [page.locator(".cw-plot *").evaluate_all(paths) for page in (still, moving)]
    assert seen[0] == seen[1] and len(seen[0]) > 20
    words = [page.locator(".cw-summary").all_inner_texts() for page in (still, moving)]
    assert words[0] == words[1]

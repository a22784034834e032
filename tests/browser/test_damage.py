"""Saved state that is cut, changed, or of another version: a sentence in place of the widget, the others unharmed."""

import json
import re

import pytest

from . import stage
from .waiting import until

STATE = re.compile(r'(<script type="application/vnd.jupyter.widget-state\+json">)(.*?)(</script>)', re.DOTALL)


def spoiled(change):
    """Change the first widget's entry of the saved state."""

    def spoil(text):
        def write(found):
            state = json.loads(found[2])
            change(state["state"]["model0"])
            return found[1] + json.dumps(state) + found[3]

        return STATE.sub(write, text, count=1)

    return spoil


def spec(**changes):
    """Fields of the packed layout, changed or (None) lost."""

    def change(entry):
        entry["state"]["spec"] |= changes
        for key in [key for key, value in changes.items() if value is None]:
            del entry["state"]["spec"][key]

    return change


def data(change):
    def write(entry):
        buffer = next(buffer for buffer in entry["buffers"] if buffer["path"] == ["data"])
        buffer["data"] = change(buffer["data"])

    return write


def flipped(text):
    place = len(text) // 2 // 4 * 4
    return text[:place] + ("AAAA" if text[place : place + 4] != "AAAA" else "BBBB") + text[place + 4 :]


DAMAGES = {
    "cut base64": (data(lambda text: text[: len(text) // 2 // 4 * 4]), "its saved numbers are cut off"),
    "cut by four": (data(lambda text: text[:-4]), "its saved numbers are cut off"),
    "empty": (data(lambda text: ""), "its saved numbers are cut off"),
    "no base64": (data(lambda text: "*" + text[1:]), "the page's saved data are damaged"),
    "changed bytes": (data(flipped), "its saved numbers have changed (the checksum differs)"),
    "no buffers": (lambda entry: entry.pop("buffers"), "its saved numbers are cut off"),
    "lost path": (
        lambda entry: entry["buffers"][0].update(path=["spec", "no", "where"]),
        "the page's saved data are damaged",
    ),
    "another version": (spec(format=99), "it was saved by another version of the course"),
    "no layouts": (spec(layouts=None), "its saved layout is incomplete"),
    "no texts": (spec(texts=[]), "a text of its picture is missing"),
    "no controls": (spec(controls=None), "the page's saved data are damaged"),
    "fewer settings": (
        lambda entry: entry["state"]["spec"]["controls"][0]["values"].pop(),
        "its saved settings and pictures do not match",
    ),
    "more arrays": (spec(arrays=10**9), "its saved numbers are cut off"),
    "negative": (spec(arrays=-1), "its saved layout is incomplete"),
    "no spec": (lambda entry: entry["state"].update(spec=None), "the page's saved data are damaged"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_widget_says_so_and_harms_no_other(on_stage, damage):
    change, reason = DAMAGES[damage]
    page = on_stage([stage.explorer("one"), stage.explorer("two"), stage.question("number")], spoil=spoiled(change))
    sentence = page.get_by_role("alert").inner_text()
    assert reason in sentence and sentence.endswith("Loading the page again may help.")
    assert sentence.startswith("A widget" if damage == "no spec" else "The explorer “one” cannot be used here:")
    assert page.get_by_role("alert").count() == 1
    second = page.locator(".cw-explorer")
    assert second.count() == 1 and second.locator("svg[role=img]").count() == 2
    second.locator("input[type=range]").press("End")
    assert "10 layers of sigmoid" in second.locator(".cw-summary").inner_text()
    assert page.locator(".cw-question").count() == 1


def test_broken_json_is_said_at_every_widget(on_stage):
    def cut(text):
        return STATE.sub(lambda found: found[1] + found[2][: len(found[2]) // 2] + found[3], text, count=1)

    page = on_stage([stage.explorer("one"), stage.question("number")], stills=True, spoil=cut)
    first, second = (node.inner_text() for node in page.get_by_role("alert").all())
    assert first.startswith("The explorer “one” cannot be used here: the page's saved data are damaged.")
    assert first.endswith("The picture shows its starting values.")
    assert second.startswith("A widget cannot be used here")
    assert page.locator(".cw-still svg[role=img]").first.is_visible()


def test_a_question_without_its_record_says_so(on_stage):
    page = on_stage([stage.question("choice"), stage.question("number")], spoil=spoiled(spec(options=None)))
    assert page.get_by_role("alert").inner_text().startswith("The question “A choice question” cannot be used here")
    assert page.locator(".cw-question").count() == 1


def test_one_damaged_setting_leaves_the_others(on_stage):
    """Where only one picture is missing, the controls lead out of it."""

    def lose(entry):
        entry["state"]["spec"]["texts"] = [None if text == "10" else text for text in entry["state"]["spec"]["texts"]]

    page = on_stage([stage.explorer()], spoil=spoiled(lose))
    slider = page.locator("input[type=range]")
    slider.press("End")
    assert page.locator(".cw-message").inner_text() == "This setting cannot be shown: a text of its picture is missing."
    slider.press("Home")
    until(page, "document.querySelector('.cw-message').hidden")
    assert "2 layers of sigmoid" in page.locator(".cw-summary").inner_text()


def test_an_old_state_without_checksum_is_drawn(on_stage):
    page = on_stage([stage.explorer()], spoil=spoiled(spec(format=None, sum=None)))
    assert page.locator(".cw-explorer svg[role=img]").count() == 2

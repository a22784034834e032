"""Widgets as readers use them: by keyboard, mouse and touch, on the pages of the book and on a stage of their own."""

import json
import re

import pytest

from . import stage
from .waiting import FRAME, settle, until

EXPLORER, QUESTION = ".cw-explorer", ".cw-question"
# All that a widget shows, as a text: how elements came to be there (drawn or changed) makes no difference.
PICTURE = """(el) => {
  const shown = (node) => node.nodeType === Node.TEXT_NODE ? node.data : [node.nodeName,
    [...node.attributes].map(({ name, value }) => `${name}=${value}`).sort(), [...node.childNodes].map(shown)].flat(2).join(' ');
  const parts = [...el.querySelectorAll('.cw-panels, .cw-readouts dd, .cw-summary')];
  return parts.map((part) => [...part.childNodes].map(shown)).join('|');
}"""


# --- on every page of the book ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("over", ["http", "file"])
def test_every_control_moves_its_picture_by_keyboard(visit, path, over):
    """A page opened from the disk runs the same scripts: there the first control of each widget is enough."""
    seen = visit(path, over=over)
    assert seen.page.locator(".cw-still").count() == 0, "a widget takes the place of its picture"
    for explorer in seen.page.locator(EXPLORER).all():
        start = explorer.evaluate(PICTURE)
        controls = explorer.locator("input[type=range], select, input[type=radio]:checked").all()
        for control in controls if over == "http" else controls[:1]:
            label = control.evaluate("(node) => node.ariaLabel || node.closest('[aria-label]').ariaLabel")
            assert keys_that_move(control, explorer), f"{label} is dead"
            explorer.get_by_role("button", name="Reset").press("Enter")
            assert explorer.evaluate(PICTURE) == start, f"reset after {label}"
    assert seen.problems == [] and seen.third_parties == []


def keys_that_move(control, explorer):
    start = explorer.evaluate(PICTURE)
    for key in ("ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowDown", "End", "Home"):
        control.press(key)
        if explorer.evaluate(PICTURE) != start:
            return True
    return False


def test_every_question_is_answered_and_met_with_advice(visit, path):
    """The right answer is called right; every wrong option and listed mistake earns an advice."""
    seen = visit(path)
    specs = seen.page.evaluate(
        """() => [...document.querySelectorAll('script[type$="widget-state+json"]')].flatMap((tag) =>
             Object.values(JSON.parse(tag.textContent).state).map((model) => model.state.spec).filter((spec) => spec?.kind))"""
    )
    assert len(specs) == seen.page.locator(QUESTION).count()
    for spec in specs:
        label = json.dumps(f"Question: {spec['title']}", ensure_ascii=False)
        box = seen.page.locator(f"{QUESTION}[aria-label={label}]").first
        for answer, right in answers(spec):
            give(box, spec, answer)
            text = box.locator(".cw-feedback").inner_text()
            want = {"guess": "You guessed"}.get(spec["kind"], "Correct" if right else "Not yet")
            assert text.startswith(("✓\n" + want, "✗\n" + want, "✓" + want, "✗" + want, want)), (
                spec["id"],
                answer,
                text,
            )
            box.get_by_role("button", name="Try again").click()
            assert box.locator(".cw-feedback").inner_text() == ""
    assert seen.problems == []


def answers(spec):
    """(answer, is it right?): the right one, and one for each mistake."""
    if spec["kind"] == "choice":
        right = [i for i, option in enumerate(spec["options"]) if option["correct"]]
        return [(right, True)] + [([i], False) for i, option in enumerate(spec["options"]) if not option["correct"]]
    if spec["kind"] == "order":
        return [(spec["answer"], True), (spec["answer"][::-1], False)]
    if spec["kind"] == "guess":
        return [(repr(spec["answer"]), True), ("1", True)]
    return [(repr(spec["answer"]), True)] + [(repr(mistake["value"]), False) for mistake in spec["mistakes"]]


def give(box, spec, answer):
    if spec["kind"] == "choice":
        for i in answer:
            box.locator("input").nth(i).check()
    elif spec["kind"] == "order":
        current = spec.setdefault("current", list(range(len(answer))))  # what was moved stays moved
        for place, item in enumerate(answer):
            for _ in range(current.index(item) - place):
                at = current.index(item)
                box.locator("li").nth(at).get_by_role("button", name=re.compile("^Move up")).press("Enter")
                current[at - 1], current[at] = current[at], current[at - 1]
    else:
        box.locator("input").fill(answer)
    box.locator("button[type=submit]").press("Enter")


def test_the_setting_is_in_the_address_and_survives_a_reload(visit, path):
    """At once, in the browser's next task: nobody leaves the page before."""
    seen = visit(path)
    page = seen.page
    for index in range(page.locator(EXPLORER).count()):
        settle(page)  # what is cut off by a reload would count as failed
        explorer = page.locator(EXPLORER).nth(index)
        for control in explorer.locator("input[type=range], select").all():
            keys_that_move(control, explorer)
        moved = explorer.evaluate(PICTURE)
        page.evaluate("new Promise((done) => setTimeout(() => done(true)))")
        page.reload()
        assert explorer.evaluate(PICTURE) == moved
        explorer.get_by_role("button", name="Reset").click()
        until(page, "location.hash === ''")
    assert seen.problems == []


# --- on the stage ----------------------------------------------------------------------------------------------------


def test_what_stands_below_does_not_jump(on_stage):
    page = on_stage([stage.explorer()], width=390)
    strip = page.locator(".cw-strip")
    before = strip.bounding_box()["height"]
    readout = strip.locator("dd").first
    write = "(node, words) => { node.textContent = words; }"
    readout.evaluate(write, "a reading of many words " * 8)
    until(page, lambda: strip.evaluate("(node) => parseFloat(node.style.minHeight)") > before + 20)
    grown = strip.bounding_box()["height"]
    readout.evaluate(write, "few")
    for _ in range(2):
        page.evaluate(FRAME)
    assert strip.bounding_box()["height"] == grown > before
    page.set_viewport_size({"width": 800, "height": 900})
    until(page, lambda: strip.bounding_box()["height"] < grown)


def test_two_copies_are_independent(on_stage):
    page = on_stage([stage.explorer("one"), stage.explorer("two")])
    first, second = page.locator(EXPLORER).all()
    before = second.evaluate(PICTURE)
    first.locator("input[type=range]").press("End")
    first.get_by_text("tanh").click()
    assert "10 layers of tanh" in first.locator(".cw-summary").inner_text()
    assert second.evaluate(PICTURE) == before
    second.get_by_text("tanh").click()
    assert "5 layers of tanh" in second.locator(".cw-summary").inner_text()
    until(page, "location.hash === '#one:depth=10,base=tanh;two:depth=5,base=tanh'")


def test_a_link_sets_the_controls_even_while_the_page_is_open(on_stage):
    page = on_stage([stage.explorer()], fragment="#products:depth=2,base=tanh")
    summary = page.locator(".cw-summary")
    assert "2 layers of tanh" in summary.inner_text()
    page.evaluate("location.hash = '#products:depth=10'")
    until(page, "document.querySelector('.cw-summary').textContent.includes('10 layers of sigmoid')")
    page.evaluate("location.hash = '#products:depth=many,base=none,what=ever'")
    until(page, "document.querySelector('.cw-summary').textContent.includes('5 layers of sigmoid')")


def test_what_is_not_finite_is_marked(on_stage):
    page = on_stage([stage.explorer()], fragment="#products:depth=10,base=sigmoid")
    texts = page.locator(".cw-edge").all_text_contents()
    assert texts == [
        "NaN∞−∞",
        "",
        "NaN∞",
    ]  # the line; the theory below it, at the same places; the bars (10 to −∞ is 0)
    map_page = on_stage([stage.map_explorer()], fragment="#walk:x=1.5,y=0,steps=5")
    assert "outside the frame →" in map_page.locator(".cw-edge").all_text_contents()
    assert "not a number" in map_page.locator(".cw-legend").inner_text()


def test_a_click_on_the_map_sets_the_sliders(on_stage):
    page = on_stage([stage.map_explorer()])
    plot = page.locator(".cw-plot").bounding_box()
    page.mouse.click(plot["x"] + plot["width"] * 0.75, plot["y"] + plot["height"] * 0.27)
    assert page.locator(".cw-summary").inner_text() == "From (1, 1), 0 steps."
    page.mouse.move(plot["x"] + plot["width"] * 0.5, plot["y"] + plot["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(plot["x"] + plot["width"] * 0.26, plot["y"] + plot["height"] * 0.5, steps=4)
    page.mouse.up()
    assert page.locator(".cw-summary").inner_text() == "From (−1, 0), 0 steps."


def test_a_finger_moves_it_too(on_stage):
    page = on_stage([stage.map_explorer(), stage.explorer()], width=390, has_touch=True, is_mobile=True)
    page.locator(".cw-buttons label").nth(1).tap()
    assert "tanh" in page.locator(".cw-summary").nth(1).inner_text()
    slider = page.locator("input[type=range]").nth(2)
    box = slider.bounding_box()
    slider.tap(position={"x": box["width"] - 12, "y": box["height"] / 2})
    assert page.locator(".cw-summary").first.inner_text().startswith("From (0.5, 0), 5 steps.")


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_narrow_screen_keeps_text_legible_and_targets_large(on_stage, width):
    widgets = [stage.explorer(), stage.map_explorer(), *map(stage.question, stage.QUESTIONS)]
    page = on_stage(widgets, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        """() => [...document.querySelectorAll('.cw *')].filter((node) => [...node.childNodes].some((c) => c.nodeType === 3))
             .filter((node) => !node.closest('sup, sub, tspan[font-size], option') && node.getClientRects().length)
             .map((node) => [parseFloat(getComputedStyle(node).fontSize), node.textContent]).filter(([size]) => size < 11)"""
    )
    assert small == []
    scaled = page.evaluate(
        "() => [...document.querySelectorAll('.cw-svg')].map((s) => s.getBoundingClientRect().width / s.viewBox.baseVal.width)"
    )
    assert all(abs(scale - 1) < 0.01 for scale in scaled)
    targets = page.evaluate(
        """() => [...document.querySelectorAll('.cw :is(button, select, [type=range], [type=text], .cw-option, .cw-buttons)')]
             .filter((node) => node.getClientRects().length && node.getBoundingClientRect().height < 39.5)
             .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert targets == []
    if width == 390:
        row = page.locator(f"{EXPLORER} .cw-controls").first.bounding_box()["width"]
        widths = [box.bounding_box()["width"] for box in page.locator(EXPLORER).first.locator(".cw-control").all()]
        assert widths == [row] * len(widths)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_stand_out_from_the_paper(on_stage, theme):
    """Every role's colour has a contrast of 3 to 1 to the card, and text of 4.5 to 1."""
    page = on_stage([stage.explorer()], theme=theme)
    colours = page.evaluate(
        """() => { const cw = document.querySelector('.cw'), probe = document.createElement('i'); cw.append(probe);
             const read = (name) => (probe.style.color = `var(--cw-${name})`, getComputedStyle(probe).color);
             return Object.fromEntries(['card', 'ink', 'muted', 'vanishing', 'exploding', 'theory', 'sky', 'purple', 'orange',
                                        'accent', 'good', 'bad'].map((name) => [name, read(name)])); }"""
    )
    ratios = {name: contrast(colour, colours["card"]) for name, colour in colours.items() if name != "card"}
    need = {"ink": 4.5, "muted": 4.5, "good": 4.5, "bad": 4.5, "sky": 2.0 if theme == "light" else 3, "orange": 2.5}
    assert {name: ratio for name, ratio in ratios.items() if ratio < need.get(name, 3)} == {}


def contrast(first, second):
    def luminance(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_picture_follows_a_change_of_theme(on_stage):
    page = on_stage([stage.map_explorer()])
    light = page.locator(".cw-heat").get_attribute("href")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    until(page, f"document.querySelector('.cw-heat').getAttribute('href') !== {light!r}")


@pytest.mark.parametrize(("guess", "least", "most"), [("1e-12", 0, 0), ("1.5e-12", 0.1, 0.2), ("1e-6", 0.7, 0.8)])
def test_a_guess_near_by_stands_near_by(on_stage, guess, least, most):
    """In parts of the line between guess and measurement."""
    page = on_stage([stage.question("guess")])
    give(page.locator(".cw-question"), {"kind": "guess"}, guess)
    line = page.locator(".cw-guess-line").bounding_box()["width"]
    places = [mark.bounding_box()["x"] for mark in page.locator(".cw-guess-mark").all()]
    assert least - 0.02 <= abs(places[0] - places[1]) / line <= most + 0.02


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_stage(on_stage, theme):
    from axe_playwright_python.sync_playwright import Axe

    page = on_stage([stage.explorer(), stage.map_explorer(), *map(stage.question, stage.QUESTIONS)], theme=theme)
    page.context.new_cdp_session(page).send("Page.setBypassCSP", {"enabled": True})
    page.reload()
    for kind, answer in {"number": "0.5", "guess": "1e-3"}.items():
        give(page.get_by_role("group", name=f"Question: A {kind} question"), {"kind": kind}, answer)
    found = Axe().run(page).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["html"][:160]) for violation in found] == []


def test_the_picture_has_its_summary_as_a_name(on_stage):
    page = on_stage([stage.explorer()])
    text = "With 5 layers of sigmoid the product is 10^−3.0."
    assert page.locator(".cw-summary").inner_text().replace("\n", "") == text.replace("^", "")
    assert page.get_by_role("img", name=text).count() == 2
    assert page.locator(".cw-summary").get_attribute("aria-live") == "polite"


def test_order_keeps_the_keyboard_on_the_moved_item(on_stage):
    page = on_stage([stage.question("order")])
    up = page.get_by_role("button", name="Move up: first")
    up.focus()
    page.keyboard.press("Enter")
    assert page.locator("li").first.inner_text().startswith("first")
    assert page.evaluate("document.activeElement.ariaLabel") == "Move down: first"
    page.get_by_role("button", name="Check").press("Enter")
    assert "Correct" in page.locator(".cw-feedback").inner_text()


def test_what_cannot_be_read_is_asked_again(on_stage):
    page = on_stage([stage.question("number")])
    box = page.locator(QUESTION)
    give(box, {"kind": "number"}, "many")
    assert "Write a number such as" in box.locator(".cw-feedback").inner_text()
    give(box, {"kind": "number"}, "1/2")
    assert "Squared." in box.locator(".cw-feedback").inner_text()
    box.locator("input").fill("0")
    assert box.locator(".cw-feedback").inner_text() == "", "an old advice must not stand beside a new answer"


def test_a_foreign_widget_says_what_it_needs(on_stage):
    from ipywidgets import IntSlider

    page = on_stage([IntSlider(), stage.explorer()])
    assert page.locator(".course-widget").first.inner_text() == "This control needs a running kernel."
    assert page.locator(EXPLORER).count() == 1


def test_less_motion_is_respected(on_stage):
    page = on_stage([stage.explorer()], reduced_motion="reduce")
    assert page.locator(".cw-panels").evaluate("(node) => getComputedStyle(node).transitionDuration") in ("0s", "")


def test_state_is_json_of_the_notebook():
    """The stage shows what the book shows: state without script and style, bytes as base64."""
    made = stage.entry(stage.explorer())
    assert {"_esm", "_css"} & set(made["state"]) == set()
    assert [buffer["path"] for buffer in made["buffers"]] == [["data"], ["live_data"]]
    json.dumps(made)

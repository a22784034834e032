"""The setting in the address: written after every change, and read from links that anyone may have written."""

import pytest

from . import stage
from .waiting import until

HOSTILE = [
    "#__proto__:depth=1",
    "#products:__proto__=1,constructor=2,toString=3,hasOwnProperty=4",
    "#constructor:prototype=1;products:depth=__proto__",
    "#products:depth=NaN",
    "#products:depth=1e999,base=[object Object]",
    "#products:depth=-1e308",
    "#products:%E0%A4%A=1,depth=%zz",
    "#products:depth=<script>document.title='hit'</script>",
    "#products:<img src=x onerror=document.title='hit'>=1",
    "#products:base=%3Cimg%20src%3Dx%20onerror%3D%22document.title%3D'hit'%22%3E",
    "#products:" + ",".join(["depth=9"] * 5000),
    "#products:depth=" + "9" * 50_000,
    "#" + ";".join(["products:depth=2"] * 3000),
    "#products:😀=٣,depth=\u202e",
    "#products",
    "#products:",
    "#:::;;;,,,===",
]


@pytest.mark.parametrize("hash", HOSTILE, ids=lambda hash: hash[:30])
def test_a_hostile_address_does_no_harm(on_stage, hash):
    page = on_stage([stage.explorer(), stage.explorer("depth")], fragment=hash)
    assert page.locator(".cw-explorer svg[role=img]").count() == 4
    assert page.title() == "Stage" and page.locator(".cw :is(script, img)").count() == 0
    for explorer in page.locator(".cw-explorer").all():
        explorer.locator("input[type=range]").press("End")
        assert "10 layers of" in explorer.locator(".cw-summary").inner_text()
    text = page.locator(".cw-message").first.text_content()
    assert len(text) < 400


def test_what_could_not_be_used_is_said_and_the_rest_is_used(on_stage):
    page = on_stage([stage.explorer()], fragment="#products:depth=many,base=tanh,what=ever")
    assert "5 layers of tanh" in page.locator(".cw-summary").inner_text()
    sentence = "Not every setting in the address could be used: depth = many; what = ever."
    assert page.locator(".cw-message").inner_text() == sentence
    page.locator("input[type=range]").press("End")
    assert not page.locator(".cw-message").is_visible()
    page.evaluate("location.hash = '#products:depth=9'")
    until(page, "document.querySelector('.cw-message').textContent.includes('depth = 9 (10 is shown)')")


def test_a_change_is_in_the_address_at_once(on_stage):
    """The browser's very next task writes it: nobody leaves the page before."""
    page = on_stage([stage.explorer()])
    written = """(key) => { const range = document.querySelector('input[type=range]'); range.value = key;
                            range.dispatchEvent(new Event('input'));
                            return new Promise((done) => setTimeout(() => done(location.hash))); }"""
    assert page.evaluate(written, "2") == "#products:depth=10,base=sigmoid"
    assert page.evaluate(written, "0") == "#products:depth=2,base=sigmoid"


def test_a_flood_of_changes_is_written_before_the_page_is_left(on_stage):
    """A browser refuses an address that changes too often; what waits is written when the page is hidden or left."""
    page = on_stage([stage.explorer()])
    flood = """async () => { const range = document.querySelector('input[type=range]');
      for (let i = 0; i < 100; i++) {
        range.value = i % 3; range.dispatchEvent(new Event('input'));
        await new Promise((done) => setTimeout(done));
      }
      range.value = 0; range.dispatchEvent(new Event('input'));
      const before = location.hash; dispatchEvent(new Event('pagehide')); return [before, location.hash]; }"""
    before, after = page.evaluate(flood)
    assert before != after == "#products:depth=2,base=sigmoid"


def test_leaving_and_coming_back_keeps_the_setting(on_stage, tmp_path):
    page = on_stage([stage.explorer()])
    page.locator("input[type=range]").press("End")
    page.goto("about:blank")
    page.go_back()
    assert "10 layers of sigmoid" in page.locator(".cw-summary").inner_text()


def test_a_bound_control_gives_way_and_says_why(on_stage):
    page = on_stage([stage.bound_explorer()])
    neuron, depth = page.locator("input[type=range]").nth(1), page.locator("input[type=range]").nth(0)
    neuron.press("End")
    assert page.locator(".cw-summary").inner_text() == "Neuron 4 of 4."
    depth.press("Home")
    assert page.locator(".cw-summary").inner_text() == "Neuron 2 of 2."
    assert page.locator(".cw-message").inner_text() == "Change neuron: 2, because Neurons is 2."
    assert neuron.get_attribute("max") == "1"
    other = on_stage([stage.bound_explorer()], fragment="#bound:depth=2,neuron=4")
    assert other.locator(".cw-summary").inner_text() == "Neuron 2 of 2."
    assert "because Neurons is 2" in other.locator(".cw-message").inner_text()

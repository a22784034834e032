"""Every page in Firefox, where it is installed: no error, each widget draws, and every kind of control moves its picture."""

import pytest

from .firefox import Firefox, find
from .waiting import until

ARROW = {"right": "\ue014", "left": "\ue012", "down": "\ue015"}
EACH = "[...document.querySelectorAll('.cw-explorer')].map((el) => "
DRAWN = EACH + "el.querySelectorAll('.cw-panels svg[role=img] .cw-plot > *').length)"
TEXTS = EACH + "el.querySelector('.cw-panels').innerHTML + el.querySelector('.cw-summary').textContent)"
CONTROL = ".cw-controls :is(input[type=range], input[type=radio]:checked)"


@pytest.fixture(scope="module")
def firefox():
    pytest.importorskip("websocket", reason="websocket-client is not installed: Firefox's own protocol needs it")
    path = find()
    if path is None:
        pytest.skip("there is no Firefox on this machine (`firefox` or `firefox-esr`): its page tests are left out")
    with Firefox(path) as running:
        yield running


@pytest.mark.parametrize("over", ["http", "file"])
def test_a_page_works_in_firefox(firefox, server, site, path, over):
    firefox.open(f"{server if over == 'http' else site.as_uri()}/{path}")
    drawn = firefox.evaluate(DRAWN)
    assert all(count > 0 for count in drawn), drawn
    assert len(drawn) == firefox.evaluate("document.querySelectorAll('.cw-explorer .cw-panels').length")
    for index in range(len(drawn)):
        before = firefox.evaluate(TEXTS)[index]
        firefox.evaluate(f"document.querySelectorAll('.cw-explorer')[{index}].querySelector('{CONTROL}').focus()")
        for key in (ARROW["right"], ARROW["left"], ARROW["left"]):
            firefox.press(key)
            if firefox.evaluate(TEXTS)[index] != before:
                break
        assert firefox.evaluate(TEXTS)[index] != before
        until(firefox, "location.hash.includes(':')")
    assert firefox.problems == []


def test_a_broken_page_is_noticed_in_firefox(firefox, server):
    """The test above can fail: errors of scripts and of the console are recorded."""
    firefox.open(f"{server}/book/welcome.html")
    later = "new Promise((over) => setTimeout(() => { setTimeout(over, 0); throw new Error('planted'); }, 0))"
    firefox.evaluate(later)
    firefox.evaluate("console.error('planted too')")
    firefox.evaluate("1")
    assert [problem for problem in firefox.problems if "planted" in problem][0].endswith("planted")
    assert "planted too" in firefox.problems

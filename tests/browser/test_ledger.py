"""The ledger: every claim on it, filtered in the page by document, verdict and chapter."""

import re
from collections import Counter

import pytest

from companion import claims
from companion.chapters import CHAPTERS

PAGE = "book/ledger.html"
SHOWN = "tr.claim:visible"
CLAIMS = claims.load()


def chosen(**wanted):
    """How many claims have that document, verdict and chapter."""
    return sum(all(str(getattr(claim, name)) == value for name, value in wanted.items()) for claim in CLAIMS)


@pytest.fixture
def ledger(visit):
    def open_ledger(**how):
        seen = visit(PAGE, **how)
        seen.page.wait_for_selector("tr.claim" if how.get("java_script_enabled") is False else ".course-filter", state="attached")
        return seen

    return open_ledger


def count(page):
    return page.locator(".course-filter [role=status]").inner_text()


def test_every_claim_is_there_and_all_are_shown_without_a_script(ledger):
    page = ledger(java_script_enabled=False).page
    rows = page.locator(SHOWN)
    assert rows.count() == len(CLAIMS) and page.locator(".course-filter").count() == 0
    found = Counter(tuple(re.findall(r"claim-\S+", row.get_attribute("class"))) for row in rows.all())
    names = (("document", str), ("verdict", lambda verdict: verdict.replace(" ", "-")), ("chapter", str))
    assert found == Counter(tuple(f"claim-{name}-{say(getattr(claim, name))}" for name, say in names) for claim in CLAIMS)
    texts = page.locator(f"{SHOWN} td:first-child").all_inner_texts()
    assert all(any(claim.section in text and f"Chapter {claim.chapter}." in text for text in texts) for claim in CLAIMS)


def test_each_claim_leads_to_its_chapter(ledger):
    links = ledger().page.locator("tr.claim td:first-child a[title]")
    slugs = {number: slug for slug, number in CHAPTERS.items()}
    assert links.count() == len(CLAIMS)
    for text, href in links.evaluate_all("(links) => links.map((link) => [link.textContent, link.href])"):
        assert href.endswith(f"/{slugs[int(text.removeprefix('Chapter '))]}.html")


@pytest.mark.parametrize("mode", [{}, {"width": 390}])
def test_filters_work_together_by_keyboard_and_say_how_many_are_shown(ledger, mode):
    seen = ledger(**mode)
    page = seen.page
    assert count(page) == f"{len(CLAIMS)} of {len(CLAIMS)} claims are shown."
    document, verdict = page.get_by_label("Document"), page.get_by_label("Verdict")
    document.focus()
    page.keyboard.press("ArrowDown")  # D0
    page.keyboard.press("ArrowDown")  # D1
    assert document.input_value() == "D1" and page.locator(SHOWN).count() == chosen(document="D1")
    page.keyboard.press("Tab")
    assert verdict.evaluate("(node) => node === document.activeElement")
    verdict.select_option(label="half true")
    wanted = chosen(document="D1", verdict="half true")
    assert 0 < wanted < chosen(document="D1")
    assert page.locator(SHOWN).count() == wanted and count(page) == f"{wanted} of {len(CLAIMS)} claims are shown."
    assert page.locator("article h2:visible").count() == 1
    assert page.url.endswith("#document=D1&verdict=half-true")
    page.get_by_role("button", name="Show all").press("Enter")
    assert page.locator(SHOWN).count() == len(CLAIMS) and "#" not in page.url
    assert document.evaluate("(node) => node === document.activeElement")
    assert page.evaluate("document.documentElement.scrollWidth") <= mode.get("width", 1280)
    assert seen.problems == []


def test_menus_offer_what_there_is_in_order(ledger):
    page = ledger().page
    offered = [page.get_by_label(name).locator("option").all_inner_texts() for name in ("Document", "Verdict", "Chapter")]
    assert [text[:2] for text in offered[0]] == ["al", *claims.DOCUMENTS]
    assert offered[1] == ["all", *claims.VERDICTS]
    numbers = sorted({claim.chapter for claim in CLAIMS})
    assert [text.split(". ")[0] for text in offered[2]] == ["all", *map(str, numbers)]
    assert all(text.endswith("?") for text in offered[2][1:])


def test_the_address_holds_what_is_chosen(ledger):
    page = ledger(fragment="#chapter=4&verdict=false").page
    assert page.get_by_label("Chapter").input_value() == "4" and page.get_by_label("Verdict").input_value() == "false"
    assert page.locator(SHOWN).count() == chosen(chapter="4", verdict="false")
    page.evaluate("location.hash = '#document=D2'")
    page.wait_for_function("document.querySelector('.course-filter select').value === 'D2'")
    assert page.locator(SHOWN).count() == chosen(document="D2")


@pytest.mark.parametrize(
    "fragment",
    [
        "#document=D9&verdict=maybe&chapter=99",
        "#document=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
        "#document=__proto__&verdict=constructor",
        "#=&&=&%",
        "#document=D1%00&chapter=4.0&verdict=half%20true",
        "#" + "chapter=4x&" * 2000,
    ],
)
def test_a_hostile_address_changes_nothing(ledger, fragment):
    seen = ledger(fragment=fragment)
    assert seen.page.locator(SHOWN).count() == len(CLAIMS)
    assert seen.page.locator(".course-filter select").evaluate_all("(all) => all.map((one) => one.selectedIndex)") == [0, 0, 0]
    assert seen.page.locator("article img, .course-filter [onerror]").count() == 0
    assert seen.problems == [] and seen.third_parties == []


def test_a_place_that_is_filtered_away_is_shown_when_somebody_goes_there(ledger):
    page = ledger(fragment="#document=D4").page
    section = page.locator("article section", has=page.locator("tr.claim")).first
    assert not page.locator("#d0-gradient-descent-and-a-numpy-network").is_visible() and section.count()
    page.evaluate("location.hash = '#d0-gradient-descent-and-a-numpy-network'")
    page.wait_for_selector("#d0-gradient-descent-and-a-numpy-network")
    assert page.locator(SHOWN).count() == len(CLAIMS)


def test_a_chapter_leads_to_its_own_claims(visit):
    page = visit("book/why/products.html").page
    page.locator("article a[href*='ledger.html#']").first.click()
    page.wait_for_selector(".course-filter")
    assert page.url.endswith("ledger.html#chapter=4") and page.locator(SHOWN).count() == chosen(chapter="4")

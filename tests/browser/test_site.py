"""The site around the pages: its content policy, its Chinese, what is printed, and an address that is not there."""

import re

import pytest

from companion.book import policy

from .conftest import pages


def test_a_page_holds_no_script(site, path):
    assert list(policy.complaints((site / path).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("name", ["search.html", "genindex.html", "404.html", "index.html"])
def test_the_other_pages_hold_none_either(site, name):
    assert list(policy.complaints((site / name).read_text(encoding="utf-8"))) == []


def test_the_host_of_these_tests_forbids_inline_scripts(visit):
    seen = visit("book/references.html")
    seen.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.planted = 1'}))")
    assert seen.page.evaluate("window.planted") is None
    assert "Content Security Policy" in seen.problems[0]


def test_the_buttons_of_the_theme_work_under_the_policy(visit):
    page = visit("book/why/products.html").page
    page.evaluate("window.print = () => (window.printed = document.querySelectorAll('article details:not([open])').length)")
    assert page.evaluate("document.querySelectorAll('article details:not([open])').length") > 5
    page.evaluate("""document.querySelector('[data-course-action="course.printOpen()"]').click()""")
    assert page.evaluate("window.printed") == 0  # all were open while it printed
    page.evaluate("""document.querySelector('[data-course-action="window.print()"]').click()""")
    assert page.evaluate("window.printed") > 5


def fonts_of(page, selector):
    """The fonts that the browser really drew an element's text with, as ``{family: is it one of ours}``."""
    client = page.context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    node = client.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {font["familyName"]: font["isCustomFont"] for font in fonts}


def test_chinese_is_readable_on_a_machine_without_a_chinese_font(visit):
    """Either the machine's own Chinese font draws it, or the book's; a box drawn by a Latin font is neither."""
    page = visit("book/glossary.html").page
    page.evaluate("document.fonts.ready")
    fonts = fonts_of(page, "[id='term-梯度']")
    ours = {name for name, custom in fonts.items() if custom}
    local = {name for name in fonts if re.search(r"SC|CJK|YaHei|PingFang|Song|Hei|Micro", name)}
    assert ours or local, fonts


def test_the_chinese_font_holds_every_character_of_its_page(site, path):
    text = (site / path).read_text(encoding="utf-8")
    said = {chr(int(code, 16)) for code in re.findall(r"U\+([0-9A-F]+)", "".join(re.findall(r"unicode-range: [^;]*", text)))}
    assert set(re.findall("[\u4e00-\u9fff]", text)) <= said
    for name in re.findall(r"url\(([^)]*\.woff2)\)", text):
        assert 0 < (site / path).parent.joinpath(name).resolve().stat().st_size < 25_000


def test_a_dark_page_is_printed_in_light_colours(visit):
    page = visit("book/why/products.html", dark=True).page
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    light = page.evaluate(background)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert light == "rgb(255, 255, 255)" != dark == page.evaluate(background)


@pytest.mark.parametrize(("width", "media"), [(700, "print"), (390, "screen")])
def test_code_is_wrapped_on_paper_and_on_a_phone(visit, width, media):
    page = visit("book/why/chain_rule.html", width=width).page
    page.emulate_media(media=media)
    cut = "[...document.querySelectorAll('div.cell pre')].filter((box) => box.scrollWidth > box.clientWidth + 1).length"
    assert page.evaluate(cut) == 0


def test_every_page_describes_itself(site, path):
    text = (site / path).read_text(encoding="utf-8")
    said = re.search(r'<meta name="description" content="([^"]*)"', text)
    assert said and 40 <= len(said[1]) <= 260 and "<!--" not in said[1]
    assert len(re.findall(r'<meta property="og:(?:title|description|url|image)"', text)) == 4
    assert "CC BY 4.0" in text


def test_the_map_of_the_site_names_every_page(site, path):
    assert f"/{path}</loc>" in (site / "sitemap.xml").read_text(encoding="utf-8")


def test_next_leads_from_core_page_to_core_page(site, path):
    """A deeper page leads back to its core page and on to the next chapter, and no other page leads to it."""
    order = pages()
    place = order.index(path)
    before, after = ([page for page in part if not page.endswith("_deeper.html")] for part in (order[:place], order[place + 1 :]))
    text = (site / path).read_text(encoding="utf-8")
    found = {kind: re.search(rf'rel="{kind}"[^>]*href="([^"]*)"', text) for kind in ("prev", "next")}
    resolved = {kind: (site / path).parent.joinpath(link[1]).resolve() for kind, link in found.items() if link}
    wanted = {"prev": before[-1:], "next": after[:1]}
    assert resolved == {kind: (site / names[0]).resolve() for kind, names in wanted.items() if names}


def test_a_missing_page_has_whole_addresses_only(site):
    """It is served at any depth, so a relative address would lead nowhere."""
    found = re.findall(r'(?:href|src)="([^"]*)"', (site / "404.html").read_text(encoding="utf-8"))
    assert found and all(address.startswith("https://") for address in found)


def test_a_chinese_term_has_an_address_that_lasts(site):
    text = (site / "book" / "glossary.html").read_text(encoding="utf-8")
    assert 'id="term-梯度"' in text and not re.search(r'id="term-\d+"', text)

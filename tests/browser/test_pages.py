"""Every page of the built book, as a reader meets it: nothing from elsewhere, nothing broken, readable by everyone."""

import gzip
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest

from .conftest import Visit
from .waiting import until

PLAIN, WITH_WIDGET = 250, 350  # kB gzip of a first visit
CORE, NEXT_CORE = 260, 110  # of a core page: where a visit begins, and where it goes on
COMPRESSIBLE = {".html", ".css", ".js", ".svg", ".json", ""}


def test_page_loads_without_third_parties_and_without_errors(light):
    assert light.third_parties == []
    assert light.problems == []


def test_a_broken_page_is_noticed(visit):
    """The test above can fail: a script error, a console error and a stranger's image are all recorded."""
    seen = visit("book/welcome.html")
    seen.page.evaluate("setTimeout(() => { throw new Error('planted'); }); console.error('planted too')")
    seen.page.evaluate(
        "new Promise(ok => { const i = new Image(); i.onerror = ok; i.src = 'http://127.0.0.2:9/x.png'; })"
    )
    wanted = {"script error", "console error", "failed request"}
    until(seen.page, lambda: {problem.split(":")[0] for problem in seen.problems} >= wanted)
    assert seen.third_parties == ["http://127.0.0.2:9/x.png"]


def test_every_picture_says_what_it_shows(light):
    """An alternative text in words: myst-nb's own default would be a file name."""
    texts = light.page.evaluate(
        """() => [...document.querySelectorAll('article img, article svg[role=img], article canvas')]
             .filter((node) => node.getAttribute('aria-hidden') !== 'true')
             .map((node) => node.getAttribute('alt') ?? node.getAttribute('aria-label')
                            ?? document.getElementById(node.getAttribute('aria-labelledby'))?.textContent ?? '')"""
    )
    assert [text for text in texts if len(text.split()) < 3 or re.search(r"\.(png|svg)\b", text)] == []


# What depends on the mode is looked at again in it. A formula's letters are of the text's colour, and hidden from readers.
MATHS = {"exclude": [[".katex-html"]]}


def serious(page, rules=None):
    from axe_playwright_python.sync_playwright import Axe

    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    return [
        f"{violation['id']}: {violation['help']} ({violation['nodes'][0]['html'][:120]})"
        for violation in Axe().run(page, context=MATHS, options=options).response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]


def test_axe_finds_nothing_serious(light):
    assert serious(light.page) == []


def test_axe_finds_no_faint_text_in_the_dark(dark):
    assert serious(dark.page, ["color-contrast"]) == []


def test_axe_finds_nothing_out_of_reach_on_a_phone(phone):
    assert serious(phone.page, ["scrollable-region-focusable", "target-size", "meta-viewport"]) == []


def test_axe_notices_what_is_planted(visit):
    """The three tests above can fail."""
    page = visit("book/references.html", dark=True).page
    page.evaluate(
        """() => { const planted = document.createElement('div');
             planted.innerHTML = '<p style="color: #333">faint</p><img src="data:,">' +
               '<button aria-label="tiny" style="width: 5px; height: 5px; padding: 0; border: 0"></button>'.repeat(2);
             document.querySelector('article').prepend(planted); }"""
    )
    assert {found.split(":")[0] for found in serious(page)} >= {"color-contrast", "image-alt"}
    assert serious(page, ["color-contrast"]) and serious(page, ["target-size"])


def test_a_phone_shows_the_whole_width(phone):
    """At 390 px nothing is cut off: whatever is wide scrolls inside its own box."""
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_phone_can_enlarge_a_figure(visit):
    page = visit("book/why/products.html", width=390).page
    figure, button = page.locator(".course-figure").first, page.locator(".course-enlarge").first
    wide = "(node) => node.firstElementChild.getBoundingClientRect().width"
    fitted = figure.evaluate(wide)
    assert button.inner_text() == "Enlarge the figure"
    button.press("Enter")
    assert figure.evaluate(wide) > 1.8 * fitted
    assert figure.evaluate("(node) => node.tabIndex === 0 && node.scrollWidth > node.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert button.inner_text() == "Fit to the screen"
    button.press("Enter")
    assert figure.evaluate(wide) == fitted
    assert not visit("book/why/products.html").page.locator(".course-enlarge").first.is_visible()


def test_the_dark_mode_is_dark_and_figures_follow(dark):
    page = dark.page
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    papers = page.evaluate(
        "() => [...document.querySelectorAll('.course-figure svg')].map((svg) => getComputedStyle(svg).backgroundColor)"
    )
    light = [paper for paper in papers if _brightness(paper) > 0.5]
    assert light == []


def _brightness(colour):
    """From 0 to 1; a transparent colour counts as dark, because the page shows through."""
    parts = [float(part) for part in re.findall(r"[\d.]+", colour)]
    return 0.0 if len(parts) == 4 and parts[3] == 0 else sum(parts[:3]) / 3 / 255


def test_first_visit_is_light(light, each_page, next_core, site):
    """The bytes that a first visit moves, as a server with gzip would send them."""
    has_widget = light.page.locator("script[type='application/vnd.jupyter.widget-view+json']").count() > 0
    total, heaviest = weighed(site, light.moved)
    limit = CORE if next_core else WITH_WIDGET if has_widget else PLAIN
    print(f"{each_page}: {total:.0f} kB of {limit}; heaviest {heaviest}")
    assert 20 < total <= limit, heaviest


def test_the_next_core_page_of_a_visit_is_light(light, each_page, next_core, site):
    """What a reader fetches anew who goes on from one core page to the next."""
    if next_core is None:
        return
    again = Visit(light.page.context.new_page(), light.address.replace(each_page, next_core)).settled()
    known = {urlsplit(url).path for url in light.moved}  # a page that was not built again asks for ?v= of an earlier file
    total, heaviest = weighed(site, {url for url in again.moved if urlsplit(url).path not in known})
    again.page.close()
    print(f"{next_core} after {each_page}: {total:.0f} kB of {NEXT_CORE}; heaviest {heaviest}")
    assert 5 < total <= NEXT_CORE, heaviest


def weighed(site, urls):
    """kB of some files of the book, and the heaviest of them."""
    sizes = {url: weight(site, url) / 1000 for url in urls if url.startswith("http")}
    return sum(sizes.values()), sorted(((round(size), url.rsplit("/", 1)[-1]) for url, size in sizes.items()), reverse=True)[:6]


def weight(site, url):
    """Bytes of a file of the book, gzipped where that helps."""
    path = site / unquote(urlsplit(url).path).lstrip("/")
    data = path.read_bytes()
    return len(gzip.compress(data, 6)) if PurePosixPath(path.name).suffix in COMPRESSIBLE else len(data)


def test_every_icon_is_in_the_subset_of_the_font(light):
    """An icon that the subset lacks would be an empty box: every one on the page has a glyph in its font."""
    missing = light.page.evaluate(
        """async () => {
             const shown = [...document.querySelectorAll('[class*="fa-"], .admonition-title')]
               .flatMap((node) => ['::before', '::after'].map((pseudo) => getComputedStyle(node, pseudo)))
               .filter((style) => /Font Awesome/.test(style.fontFamily) && /[\\uf000-\\uf8ff]/.test(style.content));
             const named = [...document.querySelectorAll('i[class*="fa-"]')]
               .filter((node) => getComputedStyle(node, '::before').content === 'none').map((node) => node.className);
             const width = (font, text) => {
               const pen = document.createElement('canvas').getContext('2d');
               pen.font = font; return pen.measureText(text).width;
             };
             await document.fonts.ready;
             const empty = shown.filter((style) => {
               const glyph = style.content.replaceAll('"', ''), size = `${style.fontWeight} 40px `;
               return width(size + style.fontFamily, glyph) === width(size + '"No such font"', glyph);
             }).map((style) => style.content.codePointAt(1).toString(16));
             return [...named, ...empty];
           }"""
    )
    assert missing == []


def test_every_sign_of_a_formula_is_in_the_subset_of_its_font(light):
    """A sign that the subset lacks would be drawn in whatever comes next: then its width depends on what that is."""
    assert light.page.evaluate(MISSING_SIGNS) == []


MISSING_SIGNS = """async () => {
  const pen = document.createElement('canvas').getContext('2d'), found = new Set();
  const width = (font, sign) => { pen.font = font; return pen.measureText(sign).width; };
  for (const leaf of document.querySelectorAll('.katex-html span')) {
    if (leaf.childElementCount || !leaf.textContent.trim()) continue;
    const style = getComputedStyle(leaf), face = style.fontFamily.split(',')[0];
    for (const sign of leaf.textContent) found.add(JSON.stringify([`${style.fontStyle} ${style.fontWeight} 40px ${face}`, sign]));
  }
  const shown = [...found].map(JSON.parse);
  await Promise.all(shown.map(([font, sign]) => document.fonts.load(font, sign))); // also those of what is folded
  return shown.filter(([font, sign]) => !/\\s|\u200b/.test(sign)
    && !'½¼¾'.includes(sign) // which no font of KaTeX has
    && (!/KaTeX/.test(font) || width(font + ', serif', sign) !== width(font + ', monospace', sign)));
}"""


def test_a_sign_that_a_font_lacks_is_found(visit):
    page = visit("book/why/products.html").page
    page.evaluate("document.querySelector('.katex-html .mathnormal').textContent = 'Ж'")
    assert [sign for _, sign in page.evaluate(MISSING_SIGNS)] == ["Ж"]


def test_every_formula_is_whole(light):
    """A root has its radicand, a power its base and its exponent, in the MathML that is read aloud."""
    parts = {"msup": 2, "msub": 2, "mfrac": 2, "mroot": 2, "mover": 2, "munder": 2, "msubsup": 3, "munderover": 3}
    broken = """(parts) => Object.entries(parts).flatMap(([name, count]) => [...document.querySelectorAll(`math ${name}`)]
      .filter((node) => node.children.length !== count).map((node) => node.outerHTML))"""
    assert light.page.evaluate(broken, parts) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_menu_opens_and_closes_by_mouse_and_keyboard(visit, width):
    seen = visit("book/welcome.html", width=width)
    page, button = seen.page, seen.page.locator("[data-bs-toggle=dropdown]").first
    menu = page.locator(".dropdown-menu").first
    assert not menu.is_visible() and button.get_attribute("aria-expanded") == "false"
    button.click()
    box = menu.bounding_box()
    assert menu.is_visible() and box["x"] >= 0 and box["x"] + box["width"] <= width
    page.mouse.click(width / 2, 700)
    assert not menu.is_visible()
    button.press("Enter")
    assert menu.is_visible() and button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement === document.querySelector('.dropdown-menu :is(a, button)')")
    page.keyboard.press("ArrowUp")
    assert "Print with solutions" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Escape")
    assert not menu.is_visible() and button.evaluate("(node) => node === document.activeElement")
    assert seen.problems == []


def test_folded_code_opens_by_keyboard(visit):
    page = visit("book/welcome.html").page
    summary = page.locator("details.hide > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert summary.evaluate("node => node.parentElement.open")


def test_search_finds_a_word(visit):
    seen = visit("search.html", fragment="?q=gradient")
    seen.page.wait_for_selector("#search-results li a")
    assert seen.problems == []

"""What turns notebooks into pages: formulas that KaTeX cannot read stop the build, figures carry their words."""

import base64
import json
import re
from html import escape
from pathlib import Path

import pytest
from docutils import nodes

from companion.book import chinese, extension, katex, mathfonts, meta, policy, renderer, stills, styles, svg, vendor
from companion.book.toc import load
from companion.book.toc import pages as pages_of
from companion.chapters import CHAPTERS
from companion.widgets import Explorer, Frame, Heat, Line, Panel, Slider

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def vendored(tmp_path_factory):
    """The files of the packages, as the last build left them; else fetched."""
    built = ROOT / "_build" / "vendor"
    return vendor.ensure(built if built.exists() else tmp_path_factory.mktemp("vendor") / "vendor")


@pytest.fixture(scope="module")
def typesetter(vendored):
    """The real KaTeX."""
    with katex.Typesetter(vendored / "katex.min.js") as typesetter:
        yield typesetter


def test_a_formula_is_typeset_with_mathml(typesetter):
    html = typesetter(r"\frac{\partial \mathcal{L}}{\partial W_l}")
    assert "<math" in html and "katex-html" in html
    assert "katex-display" in typesetter("x < 1", display=True)


@pytest.mark.parametrize(
    ("latex", "message"),
    [
        (r"\unknownmacro{x}", r"Undefined control sequence: \\unknownmacro"),
        (r"\frac{1}{", "Unexpected end of input"),
        ("a_b_c", "Double subscript"),
    ],
)
def test_a_formula_that_katex_cannot_read_is_a_warning(typesetter, monkeypatch, latex, message):
    """And warnings are errors in every build of the book."""

    class writer:
        encode = staticmethod(escape)

        class builder:
            class app:
                pass

    writer.builder.app.typesetter = staticmethod(typesetter)
    warnings = []
    monkeypatch.setattr(katex.logger, "warning", lambda form, error, **where: warnings.append(str(error)))
    assert katex._typeset(writer, nodes.math("", latex)) == escape(latex)
    assert len(warnings) == 1
    with pytest.raises(ValueError, match=message):
        typesetter(latex)


def test_a_formula_is_tied_to_its_punctuation():
    mark = nodes.raw("", "<!--=x-->", format="html")
    line = nodes.paragraph("", "", nodes.Text("so ("), nodes.math("", "a"), mark, nodes.Text("), and "))
    line += [nodes.math("", "b"), nodes.Text(" stays; "), nodes.math("", "c"), nodes.Text("-fold")]
    extension.keep_punctuation(None, line, "page")
    assert line.astext() == "so (a<!--=x-->), and b stays; c-fold"
    assert [tied.astext() for tied in line.findall(nodes.inline)] == ["(a<!--=x-->),", "c-"]


def test_the_build_names_cells_by_what_they_hold():
    def cell(*children, classes=()):
        return nodes.container("", *children, classes=["cell", *classes])

    exercise = cell(nodes.container("", nodes.raw("", '<h3 class="course-exercise" id="e">One</h3>', format="html")))
    folded = cell(nodes.container(), classes=["tag_hide-input"])
    with_output = cell(nodes.container(), nodes.container(), classes=["tag_hide-input"])
    extension.name_cells(None, nodes.section("", exercise, folded, with_output), "page")
    assert [each["classes"][1:] for each in (exercise, folded, with_output)] == [
        ["course-card"],
        ["tag_hide-input", "course-folded"],
        ["tag_hide-input"],
    ]


def test_folded_cells_in_a_row_share_one_fold():
    def cell(code, *outputs):
        inside = nodes.container("", nodes.literal_block("", code), classes=["cell_input"])
        return nodes.container("", inside, *outputs, classes=["cell", "tag_hide-input"])

    page = nodes.section("", cell("a"), cell("b"), cell("c", nodes.container()), nodes.paragraph(), cell("d"), nodes.paragraph())
    extension.join_folded_cells(None, page, "page")
    cells = [child for child in page if isinstance(child, nodes.container)]
    assert [[block.astext() for block in each.findall(nodes.literal_block)] for each in cells] == [["a", "b", "c"], ["d"]]


def test_only_a_long_formula_may_be_broken():
    line = nodes.paragraph("", "", nodes.math("", "a"), nodes.Text(", "), nodes.math("", "a + " * 30), nodes.Text("."))
    extension.keep_punctuation(None, line, "page")
    assert [tied["classes"] for tied in line.findall(nodes.inline)] == [["tied"], ["tied", "wide"]]


SVG = (
    '<?xml version="1.0"?><svg width="9pt"><defs><path id="a"/></defs><use xlink:href="#a" clip-path="url(#a)"/></svg>'
)


def test_a_figure_is_one_image_with_words():
    html = renderer.inline_svg(SVG, 'δ falls "fast" & far')
    assert '<svg role="img" aria-label="δ falls &quot;fast&quot; &amp; far"' in html
    assert "<?xml" not in html


def test_two_figures_share_no_id():
    first, second = renderer.inline_svg(SVG, "one"), renderer.inline_svg(SVG.replace("9pt", "8pt"), "two")
    ids = [html.split('id="')[1].split('"')[0] for html in (first, second)]
    assert len(set(ids)) == 2
    assert all(html.count(name) == 3 for html, name in zip((first, second), ids, strict=True))


def test_coordinates_are_rounded_and_words_are_not():
    html = renderer.inline_svg(
        '<svg width="9pt"><path d="M 1.23456 2"/><text x="3.14159">slope 0.0129</text></svg>', "a line"
    )
    assert 'd="M1.23 2"' in html and '<text x="3.14">slope 0.0129</text>' in html


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("M 0 0 L 10 0.004 L 10 -10", "M0 0l10 0 0-10"),
        ("M 1 1 L 2 2 z M 5 5 L 6 5", "M1 1l1 1zM5 5l1 0"),
        ("M 1 1 L 2 2 z L 3 1", "M1 1l1 1zl2 0"),
        ("M 1 1 C 1 2 3 4 5 6 Q 7 8 9 9", "M1 1c0 1 2 3 4 5q2 2 4 3"),
        ("M 0.004 1e2 L 0.006 100", "M0 100l.01 0"),
        ("M 0 0 A 1 1 0 0 0 2 2", "M 0 0 A 1 1 0 0 0 2 2"),
        ("", ""),
    ],
)
def test_a_path_goes_in_steps(path, short):
    assert svg.steps(path) == short


def test_steps_do_not_drift():
    """A thousand steps of a third of a hundredth: the last point is where it was, to half a hundredth."""
    path = "M 0 0 " + " ".join(f"L {i / 300:.6f} {-i / 700:.6f}" for i in range(1000))
    numbers = [float(n) for n in re.findall(svg.NUMBER, svg.steps(path))]
    assert abs(sum(numbers[::2]) - 999 / 300) < 0.0051 and abs(sum(numbers[1::2]) + 999 / 700) < 0.0051


def test_a_widget_leaves_words_where_no_script_runs():
    class data:
        mime_type, string = renderer.WIDGET_VIEW, {"model_id": "x"}
        output_metadata = {renderer.WIDGET_VIEW: {"alt": "Explorer 'depth': 20 layers < 50"}}

    class builtin:
        render_widget_view = staticmethod(lambda data: ["the widget"])

    widget, words = renderer.FigureRenderer.handle_mime(builtin, data, False)
    assert widget == "the widget"
    assert words.astext() == "<noscript><p>Explorer &#x27;depth&#x27;: 20 layers &lt; 50</p></noscript>"


def packed(widget):
    return {"spec": widget.spec, "data": base64.b64encode(widget.data).decode()}


def explorer():
    def frame(depth):
        return Frame([Panel([Line([0.5**layer for layer in range(depth)])]), Panel([Heat([[0.0, 1.0], [2.0, 3.0]])])])

    return Explorer(
        "power", frame, [Slider("depth", [5, 10], label="Depth <L>")], summary="{depth} factors & no *more*."
    )


def test_a_still_shows_the_starting_values():
    html = stills.draw({"one": packed(explorer())})["one"]
    assert html.startswith('<div class="cw cw-still" role="group" aria-label="Explorer: power">')
    assert html.count('<svg class="cw-svg" role="img"') == 2 and html.count("data:image/png;base64,") == 2
    assert "5 factors &amp; no <em>more</em>." in html and "Depth &lt;L&gt;: 5" in html
    assert not any(word in html for word in ("<script", " id=", " style="))


def test_a_damaged_state_stops_the_build():
    state = packed(explorer())
    with pytest.raises(ValueError, match="its saved numbers are cut off"):
        stills.draw({"one": state | {"data": state["data"][:-8]}})


def test_a_still_takes_the_place_of_the_words(tmp_path, monkeypatch):
    widget = explorer()
    entry = {"_anywidget_id": stills.EXPLORER, "spec": widget.spec}
    model = {"state": entry, "buffers": [{"path": ["data"], "data": base64.b64encode(widget.data).decode()}]}
    notebook = {"metadata": {"widgets": {stills.STATE: {"state": {"m": model, "other": {"state": {}}}}}}}
    (tmp_path / "page.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    class app:
        class env:
            docname = "page"
            doc2path = staticmethod(lambda name: str(tmp_path / "page.ipynb"))

    view = nodes.raw(
        "", f'<script type="{renderer.WIDGET_VIEW}">{json.dumps({"model_id": "m"})}</script>', format="html"
    )
    cell = nodes.container("", view, nodes.raw("", renderer.without_scripts("words"), format="html"))
    stills.add_stills(app, nodes.section("", cell))
    assert [child.astext()[:22] for child in cell] == ['<div class="cw cw-stil', '<script type="applicat']


def test_a_squeezed_state_is_the_same_picture():
    """Also when it was squeezed before, as on a page that was not written again."""
    widget = explorer()
    state = {"_anywidget_id": stills.EXPLORER, "spec": widget.spec}
    buffer = {"path": ["data"], "data": base64.b64encode(widget.data).decode()}
    body = json.dumps({"state": {"m": {"state": state, "buffers": [buffer]}, "q": {"state": {"text": "</b>"}}}})
    page = f'<p>a</p><script type="{stills.STATE}">{body}</script><p>b</p>'
    squeezed = stills.squeeze(page)
    assert stills.squeeze(squeezed) == squeezed != page
    assert squeezed.count("</script>") == 1 and "</b>" not in squeezed
    models = json.loads(stills.SAVED.search(squeezed)[2])["state"]
    assert models["m"]["buffers"][0]["data"] != buffer["data"] and models["q"]["state"]["text"] == "</b>"
    saved = stills.explorers({"metadata": {"widgets": {stills.STATE: {"state": {"m": models["m"]}}}}})
    assert stills.draw(saved)["m"] == stills.draw({"m": packed(widget)})["m"]


def test_other_outputs_are_left_alone():
    class data:
        mime_type, output_metadata = "image/png", {}

    assert renderer.FigureRenderer.handle_mime(None, data, False) is None
    data.mime_type = "text/html"
    assert renderer.FigureRenderer.handle_mime(None, data, False) is None


def test_a_chapter_has_its_own_number(site):
    """In its heading and in the menu, also where a chapter before it is still to be written."""
    for page in (page for page in pages_of(load(ROOT)) if CHAPTERS.get(page.rsplit("/")[-1])):
        number, html = CHAPTERS[page.rsplit("/")[-1]], (site / f"{page}.html").read_text(encoding="utf-8")
        assert f'<h1><span class="section-number">{number}. </span>' in html
        menu = html.split('class="bd-links', 1)[1].split("</nav>")[0]
        assert re.search(rf'href="#"[^>]*>\s*{number}\. ', menu), menu[:3000]


def test_a_page_that_is_not_written_again_gets_no_second_font():
    assert chinese.FACE.sub("", f"<head>{chinese._face('a.woff2', '丑一')}</head>") == "<head></head>"


def test_licences_of_vendored_files_are_served(site):
    for name in ("katex/LICENSE", "fontawesome/LICENSE.txt", "noto-sans-sc/LICENSE"):
        assert (site / "_static" / "vendor" / name).exists()


# --- the head of a page, its policy, its Chinese --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<script>x()</script>", "an inline script: 'x()'"),
        ('<script type="module">x()</script>', "an inline script"),
        ('<p onmouseover="x()">', "a handler in an attribute"),
        ('<a href="javascript:x()">', "an address that is a script"),
        ('<script src="https://example.org/x.js"></script>', "from another host"),
        ('<img alt="" src="//example.org/x.png">', "from another host"),
    ],
)
def test_what_the_policy_forbids_is_found(html, complaint):
    assert any(complaint in found for found in policy.complaints(html))


def test_the_readme_names_the_policy_that_the_tests_run_under():
    assert f"Content-Security-Policy: {policy.POLICY}\n" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_scripts_move_to_files_and_data_stays():
    html = '<script>a()</script><script type="application/json">{"a": 1}</script><button onclick="go()">Go</button>'
    clean, scripts = policy.externalised(html, "_static")
    assert list(policy.complaints(clean)) == [] and list(scripts.values()) == ["a()\n"]
    assert '{"a": 1}' in clean and 'data-course-action="go()"' in clean


def test_a_description_is_the_first_whole_sentences():
    mark = nodes.raw("", "<!--=x-->", format="html")
    first = nodes.paragraph("", "", nodes.Text("It falls to 0.5"), mark, nodes.Text(". Why? "))
    second = nodes.paragraph("", "", nodes.Text("See "), nodes.math("", "x"), nodes.Text(". No more."))
    page = nodes.section("", nodes.title("", "Title"), first, nodes.note("", nodes.paragraph("", "Aside.")), second)
    assert meta.description(page) == "It falls to 0.5. Why?"
    long = nodes.section("", nodes.paragraph("", "word " * 100 + "end."))
    assert len(meta.description(long)) <= meta.LENGTH + 2 and meta.description(long).endswith("word …")


def test_the_tags_of_a_page_are_escaped():
    assert 'content="1 &lt; 2 &quot;q&quot;"' in meta.tags("t", '1 < 2 "q"', "https://example.org/", "https://example.org/p.png")


def test_a_character_that_the_font_lacks_is_an_error(tmp_path):
    (tmp_path / "unicode.json").write_text('{"[4]": "U+4E00-4E10,U+4E12"}', encoding="utf-8")
    with pytest.raises(ValueError, match="has no glyph for '丑'"):
        chinese.font(tmp_path, "丑")


# --- style sheets and the fonts of formulas -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        (".gone { top: 0 }", ""),
        (".here .gone, .here > p { top: 0 }", ".here > p{ top: 0 }"),
        (".here:not(.gone) { top: 0 }", ".here:not(.gone){ top: 0 }"),
        (":is(.here, .gone) { top: 0 }", ":is(.here, .gone){ top: 0 }"),
        ('a[href$=".gone"] { top: 0 }', 'a[href$=".gone"]{ top: 0 }'),
        ('.here::before { content: "}.gone{" }', '.here::before{ content: "}.gone{" }'),
        ("@media print { .gone { top: 0 } }", ""),
        ("@media print { @supports (top: 0) { .here { top: 0 } .gone { top: 1px } } }",)
        + ("@media print{@supports (top: 0){.here{ top: 0 }}}",),
        ("@font-face { src: url(a.gone) } @keyframes gone { 0% { top: 0 } }",)
        + ("@font-face{ src: url(a.gone) }@keyframes gone{ 0% { top: 0 } }",),
        ('@charset "U"; /* no */ /*! by a.gone; all */ .here { top: .5px }',)
        + ('@charset "U";/*! by a.gone; all */.here{ top: .5px }',),
    ],
)
def test_a_style_sheet_keeps_what_may_be_on_a_page(style, kept):
    assert styles.slim(style, {"here"}) == kept


def test_the_signs_of_a_formula_are_found_in_their_fonts(typesetter, vendored):
    style = (vendored / "static" / "vendor" / "katex" / "katex.min.css").read_text(encoding="utf-8")
    half = r"\sum \tfrac12"
    latex = r"x < \mathcal{L}^{\mathsf T} \mathbf{B} \mathbb{R} \Bigg( \sum_a \text{word} \boldsymbol{\beta} \mathit{d}"
    page = f"<p>Outside</p>{typesetter(latex)} between {typesetter(half, display=True)}<b>after</b>"
    found = mathfonts.used([page], mathfonts.faces(style), mathfonts.rules(style))
    signs = {name.removeprefix("KaTeX_").removesuffix(".woff2"): "".join(sorted(signs)) for name, signs in found.items()}
    assert signs == {
        "Math-Italic": "ax",
        "Main-Regular": "12<dorw\u200b",
        "Caligraphic-Regular": "L",
        "SansSerif-Regular": "T",
        "Main-Bold": "B",
        "AMS-Regular": "R",
        "Size4-Regular": "(",
        "Size1-Regular": "∑",
        "Size2-Regular": "∑",
        "Math-BoldItalic": "β",
        "Main-Italic": "d",
    }

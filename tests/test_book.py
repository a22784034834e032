"""What turns notebooks into pages: formulas that KaTeX cannot read stop the build, figures carry their words."""

from pathlib import Path

import pytest
from docutils import nodes

from companion.book import extension, renderer, vendor

ROOT = Path(__file__).parents[1]


class Writer:
    """As much of Sphinx's HTML writer as a formula needs."""

    class builder:
        class config:
            katex_prerender = True

    def __init__(self):
        self.body = []

    def starttag(self, node, tag, *arguments, **attributes):
        return f"<{tag}>"


@pytest.fixture(scope="module")
def formula():
    """``formula(latex)``: its HTML and the warnings of the build, from the real KaTeX."""
    katex = extension.configured_katex()

    def typeset(latex):
        warnings, writer = [], Writer()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(extension.logger, "warning", lambda *message, **where: warnings.append(message))
            with pytest.raises(nodes.SkipNode):
                extension.checked(katex.html_visit_math)(writer, nodes.math("", latex))
        return "".join(writer.body), warnings

    yield typeset
    server, katex.KaTeXServer.katex_server = katex.KaTeXServer.katex_server, None
    server.process.stdin.close()
    server.process.stdout.close()
    server.process.terminate()
    server.process.wait()
    server.sock.close()


def test_a_formula_is_typeset_with_mathml(formula):
    html, warnings = formula(r"\frac{\partial \mathcal{L}}{\partial W_l}")
    assert "<math" in html and "katex-html" in html and warnings == []


@pytest.mark.parametrize("latex", [r"\unknownmacro{x}", r"\frac{1}{", r"a_b_c"])
def test_a_formula_that_katex_cannot_read_is_a_warning(formula, latex):
    """Warnings are errors in every build of the book."""
    assert formula(latex)[1] == [("KaTeX cannot typeset %r", latex)]


def test_a_formula_is_tied_to_its_punctuation():
    mark = nodes.raw("", "<!--=x-->", format="html")
    line = nodes.paragraph("", "", nodes.Text("so ("), nodes.math("", "a"), mark, nodes.Text("), and "))
    line += [nodes.math("", "b"), nodes.Text(" stays; "), nodes.math("", "c"), nodes.Text("-fold")]
    extension.keep_punctuation(None, line, "page")
    assert line.astext() == "so (a<!--=x-->), and b stays; c-fold"
    assert [tied.astext() for tied in line.findall(nodes.inline)] == ["(a<!--=x-->),", "c-"]


SVG = '<?xml version="1.0"?><svg width="9pt"><defs><path id="a"/></defs><use xlink:href="#a" clip-path="url(#a)"/></svg>'


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
    html = renderer.inline_svg('<svg width="9pt"><path d="M 1.23456 2"/><text x="3.14159">slope 0.0129</text></svg>', "a line")
    assert 'd="M 1.23 2"' in html and '<text x="3.14">slope 0.0129</text>' in html


def test_a_widget_leaves_words_where_no_script_runs():
    class data:
        mime_type, string = renderer.WIDGET_VIEW, {"model_id": "x"}
        output_metadata = {renderer.WIDGET_VIEW: {"alt": "Explorer 'depth': 20 layers < 50"}}

    class builtin:
        render_widget_view = staticmethod(lambda data: ["the widget"])

    widget, words = renderer.FigureRenderer.handle_mime(builtin, data, False)
    assert widget == "the widget"
    assert words.astext() == "<noscript><p>Explorer &#x27;depth&#x27;: 20 layers &lt; 50</p></noscript>"


def test_other_outputs_are_left_alone():
    class data:
        mime_type, output_metadata = "image/png", {}

    assert renderer.FigureRenderer.handle_mime(None, data, False) is None
    data.mime_type = "text/html"
    assert renderer.FigureRenderer.handle_mime(None, data, False) is None


def test_the_version_of_katex_is_the_one_with_a_checksum(tmp_path):
    from sphinxcontrib.katex import katex_version

    assert katex_version in vendor.KATEX_SHA512
    with pytest.raises(ValueError, match="version must be one of 0.16.22, got '0.0.1'"):
        vendor.katex(tmp_path, "0.0.1")


def test_licences_of_vendored_files_are_served(site):
    for name in ("katex/LICENSE", "fontawesome/LICENSE.txt"):
        assert (site / "_static" / "vendor" / name).exists()

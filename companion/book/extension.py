"""The Sphinx extension of the book: mathematics at build time, vendored files, and the widgets' scripts."""

import re
from pathlib import Path

from docutils import nodes

from companion.book import katex, stills, vendor
from companion.book.renderer import WIDGET_VIEW

WIDE = 60  # characters of LaTeX; a longer formula may have to be broken on a phone


def setup(app):
    katex.setup(app, lambda app: _vendored(app) / "katex.min.js")
    app.connect("config-inited", add_own_files)
    app.connect("doctree-read", stills.add_stills)
    app.connect("doctree-resolved", keep_punctuation)
    app.connect("doctree-resolved", name_cells)
    app.connect("html-page-context", add_widget_style)
    app.connect("build-finished", cut_fonts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}


def add_own_files(app, config):
    """The vendored files, the drawing code of the widgets as one script and one style, and the page template."""
    from companion import widgets

    made = Path(app.confdir) / "_build" / "widgets"
    (made / "course").mkdir(parents=True, exist_ok=True)
    (made / "course" / "widgets.js").write_text(widgets.static_script(), encoding="utf-8")
    (made / "course" / "widgets.css").write_text(widgets.static_style(), encoding="utf-8")
    config.html_static_path += [str(vendor.ensure(_vendored(app)) / "static"), str(made)]
    config.templates_path.append(str(Path(__file__).parent / "templates"))


def keep_punctuation(app, doctree, page):
    """Tie a formula to the comma after it and the bracket before it: KaTeX's boxes would let the line break there."""
    for formula in list(doctree.findall(nodes.math)):
        parent = formula.parent
        first = last = parent.index(formula)
        while last + 1 < len(parent) and isinstance(parent[last + 1], nodes.raw):  # marks of bound numbers
            last += 1
        after = _edge(parent, last + 1, r"^[,.;:!?)\]’”%°–—-]+")
        before = _edge(parent, first - 1, r"[(\[‘“]+$")
        if not after and not before:
            continue
        words = [nodes.Text(before), *parent[first : last + 1], nodes.Text(after)]
        wide = len(formula.astext()) > WIDE
        tied = nodes.inline("", "", *words, classes=["tied", "wide"] if wide else ["tied"])
        if after:
            parent[last + 1] = nodes.Text(str(parent[last + 1])[len(after) :])
        if before:
            parent[first - 1] = nodes.Text(str(parent[first - 1])[: -len(before)])
        parent[first : last + 1] = [tied]


def _edge(parent, index, pattern):
    """What ``pattern`` finds in the text at ``index``; an empty text where there is none."""
    text = str(parent[index]) if 0 <= index < len(parent) and isinstance(parent[index], nodes.Text) else ""
    found = re.search(pattern, text)
    return found[0] if found else ""


def name_cells(app, doctree, page):
    """Classes for two kinds of cells that a style would otherwise have to look into: exercises, and folded code alone."""
    for cell in doctree.findall(nodes.container):
        if "cell" not in cell["classes"]:
            continue
        if any('class="course-exercise"' in raw.astext() for raw in cell.findall(nodes.raw)):
            cell["classes"].append("course-card")
        if len(cell) == 1 and "tag_hide-input" in cell["classes"]:
            cell["classes"].append("course-folded")


def cut_fonts(app, error):
    """Once every page is written, the fonts of formulas shrink to what is on them."""
    if error is None and app.builder.format == "html":
        vendor.cut_katex(_vendored(app), Path(app.outdir))


def _vendored(app):
    return Path(app.confdir) / "_build" / "vendor"


def add_widget_style(app, page, template, context, doctree):
    """The widgets' style, on pages with a widget only (myst-nb does the same for their scripts)."""
    if doctree is not None and any(WIDGET_VIEW in node.astext() for node in doctree.findall(nodes.raw)):
        app.add_css_file("course/widgets.css")

"""The Sphinx extension of the book: mathematics at build time, vendored files, and the widgets' scripts."""

import re
from pathlib import Path

from docutils import nodes

from companion.book import chinese, katex, ledger, mathfonts, meta, policy, stills, styles, toc, vendor
from companion.book.renderer import WIDGET_VIEW

WIDE = 60  # characters of LaTeX; a longer formula may have to be broken on a phone


def setup(app):
    katex.setup(app, lambda app: _vendored(app) / "katex.min.js")
    app.connect("config-inited", add_own_files)
    app.connect("config-inited", hide_dead_buttons)
    app.connect("env-get-updated", toc.number_chapters, priority=900)  # after Sphinx has numbered the pages
    app.connect("doctree-read", stills.add_stills)
    app.connect("doctree-resolved", keep_punctuation)
    app.connect("doctree-resolved", join_folded_cells)
    app.connect("doctree-resolved", name_cells)
    app.connect("doctree-resolved", ledger.mark_rows)
    app.connect("doctree-resolved", ledger.aim_links)
    app.connect("doctree-read", meta.name_terms)
    app.connect("html-page-context", add_widget_style)
    app.connect("html-page-context", ledger.add_script)
    app.connect("html-page-context", describe)
    app.connect("html-page-context", pass_deeper_pages)
    app.connect("html-page-context", offer_two_prints, priority=900)  # after the theme has made its buttons
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}


def add_own_files(app, config):
    """The vendored files, the drawing code of the widgets as one script and one style, and the page template."""
    from companion import widgets

    made = Path(app.outdir).parent / "widgets"
    (made / "course").mkdir(parents=True, exist_ok=True)
    (made / "course" / "widgets.js").write_text(widgets.static_script(), encoding="utf-8")
    (made / "course" / "widgets.css").write_text(widgets.static_style(), encoding="utf-8")
    config.html_static_path += [str(vendor.ensure(_vendored(app)) / "static"), str(made)]
    config.html_additional_pages["404"] = "404.html"
    config.templates_path.append(str(Path(__file__).parent / "templates"))


def is_public(url):
    """Whether a repository can stand at this address: an account on GitHub has no underscore.

    >>> is_public("https://github.com/your_account/your_repository"), is_public("https://github.com/account/name")
    (False, True)
    """
    return "_" not in url.split("/")[3]


def hide_dead_buttons(app, config):
    """No button leads to a repository that does not exist, or to Binder or Colab, which would run what is there."""
    options = config.html_theme_options
    if "repository_url" in options and not is_public(options["repository_url"]):
        for name in ("launch_buttons", "use_repository_button", "use_issues_button", "use_edit_page_button"):
            options.pop(name, None)


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


def join_folded_cells(app, doctree, page):
    """Folded code without an output goes into the fold of the cell after it: one line to open, not a row of them."""
    for cell in list(doctree.findall(nodes.container)):
        if not _is_folded(cell) or len(cell) > 1:
            continue
        after = cell.next_node(descend=False, siblings=True)
        if _is_folded(after):
            first, second = _input(cell), _input(after)
            second[:0] = list(first.children)
            cell.parent.remove(cell)


def _is_folded(node):
    return isinstance(node, nodes.container) and {"cell", "tag_hide-input"} <= set(node["classes"])


def _input(cell):
    return next(node for node in cell.findall(nodes.container) if "cell_input" in node["classes"])


def name_cells(app, doctree, page):
    """Classes for two kinds of cells that a style would otherwise have to look into: exercises, and folded code alone."""
    for cell in doctree.findall(nodes.container):
        if "cell" not in cell["classes"]:
            continue
        if any('class="course-exercise"' in raw.astext() for raw in cell.findall(nodes.raw)):
            cell["classes"].append("course-card")
        if len(cell) == 1 and "tag_hide-input" in cell["classes"]:
            cell["classes"].append("course-folded")


def finish(app, error):
    """Once every page is written: fonts shrink to what is on the pages, no page holds a script, and the site has its map."""
    if error is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    mathfonts.cut(_vendored(app), site)
    chinese.cut(_vendored(app), site)
    policy.apply(site)
    styles.cut(site)
    for page in (site / "book").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if (finished := toc.name_toggles(stills.squeeze(text))) != text:
            page.write_text(finished, encoding="utf-8")
    pages = [page.relative_to(site).as_posix() for page in (site / "book").rglob("*.html")]
    (site / "sitemap.xml").write_text(meta.sitemap(_address(app), pages), encoding="utf-8")
    (site / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {_address(app)}sitemap.xml\n", encoding="utf-8")


def describe(app, page, template, context, doctree):
    """Description, canonical address and link preview of a page."""
    context["course_address"] = _address(app)
    if doctree is not None:
        title = re.sub(r"<[^>]*>", "", context.get("title", ""))
        url, picture = _address(app) + context["current_page_name"] + ".html", f"{_address(app)}_static/{meta.CARD}"
        context["metatags"] = context.get("metatags", "") + "\n" + meta.tags(title, meta.description(doctree), url, picture)


def pass_deeper_pages(app, page, template, context, doctree):
    """Make "previous" and "next" lead from core page to core page; the deeper pages stand in the list beside."""
    builder = app.builder
    if page in getattr(builder, "relations", {}):
        for name, other in zip(("prev", "next"), toc.neighbours(page, builder.relations), strict=True):
            if other:
                title = builder.render_partial(app.env.titles[other])["title"]
                context[name] = {"link": builder.get_relative_uri(page, other), "title": title}
            else:
                context[name] = None


def offer_two_prints(app, page, template, context, doctree):
    """In place of the theme's one print button: with hints and solutions closed, or with all of them open."""
    for group in context.get("header_buttons", []):
        buttons = group.get("buttons", [])
        for index, button in enumerate(buttons):
            if button.get("javascript") == "window.print()":
                closed = button | {"text": "Print", "tooltip": "Print, or save as PDF"}
                opened = button | {"text": "Print with solutions", "tooltip": "Print with all hints and solutions open"}
                buttons[index : index + 1] = [closed, opened | {"javascript": "course.printOpen()", "label": "print-open-button"}]
                break


def _address(app):
    return meta.site_address(app.config.html_theme_options.get("repository_url", ""), app.config.html_baseurl)


def _vendored(app):
    return Path(app.confdir) / "_build" / "vendor"


def add_widget_style(app, page, template, context, doctree):
    """The widgets' style, on pages with a widget only (myst-nb does the same for their scripts)."""
    if doctree is not None and any(WIDGET_VIEW in node.astext() for node in doctree.findall(nodes.raw)):
        app.add_css_file("course/widgets.css")

"""The ledger as readers filter it: every claim's row says its document, verdict and chapter, in classes, and links its chapter.

The rows are those of ``claims.table(document=…)``; course/ledger.js filters them. The link from a chapter to the ledger shows the
claims of that chapter first.
"""

import re
from pathlib import PurePosixPath

from docutils import nodes

from companion.chapters import CHAPTERS, of_page

PAGE = "book/ledger"
VERDICT = re.compile(r"\S+\s(true|half\strue|depends|false)\.")


def mark_rows(app, doctree, page):
    """Give each claim's row on the ledger its classes and the link to its chapter."""
    if page != PAGE:
        return
    pages = {of_page(PurePosixPath(name).name): name for name in sorted(app.env.found_docs, reverse=True)}  # core page last
    for row in doctree.findall(nodes.row):
        first, second = (list(row.findall(kind)) for kind in (nodes.strong, nodes.emphasis))
        chapter = next((node for node in second if re.fullmatch(r"Chapter \d+\.", node.astext())), None)
        document = re.match(r"(D\d), ", first[0].astext()) if first else None
        verdict = next((found for node in first[1:] if (found := VERDICT.fullmatch(node.astext()))), None)
        if chapter and document and verdict:
            number = int(chapter.astext()[8:-1])
            name = pages[next(slug for slug, n in CHAPTERS.items() if n == number)]
            title = app.env.titles[name].astext()
            uri = app.builder.get_relative_uri(page, name)
            link = nodes.reference("", chapter.astext()[:-1], internal=True, refuri=uri, reftitle=title)
            chapter.parent.replace(chapter, [link, nodes.Text(".")])
            kind = re.sub(r"\s", "-", verdict[1])
            row["classes"] += ["claim", f"claim-document-{document[1]}", f"claim-verdict-{kind}", f"claim-chapter-{number}"]


def aim_links(app, doctree, page):
    """Let the links from a chapter's pages to the whole ledger lead to the claims of that chapter."""
    slug = of_page(PurePosixPath(page).name)
    if slug:
        for link in doctree.findall(nodes.reference):
            if link.get("internal") and link.get("refuri", "").endswith("ledger.html"):
                link["refuri"] += f"#chapter={CHAPTERS[slug]}"


def add_script(app, page, template, context, doctree):
    """The filter, on the ledger only."""
    if page == PAGE:
        app.add_js_file("course/ledger.js")

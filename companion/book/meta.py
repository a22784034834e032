"""What a page says of itself to search engines and to those who link it, and addresses that last.

The description of a page is its own first sentences. The site's address is ``html_baseurl`` or follows from the repository's, as
code hosts make it: https://github.com/name/course is published at https://name.github.io/course/.
"""

import re
from html import escape
from urllib.parse import urlsplit

from docutils import nodes

LENGTH = 200  # characters of a description; search engines show about so many
CARD = "course/card.png"  # the picture that is shown with a link, in the static folder


def site_address(repository, base=""):
    """Where the book is published, with a slash at its end.

    >>> site_address("https://github.com/your_account/your_repository")
    'https://your_account.github.io/your_repository/'
    """
    if base:
        return base.rstrip("/") + "/"
    owner, _, name = urlsplit(repository).path.strip("/").removesuffix(".git").partition("/")
    return f"https://{owner}.github.io/{name}/"


def description(doctree):
    """The first sentences of a page in plain words: whole ones, at most ``LENGTH`` characters, none with a formula."""
    said = ""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            for sentence in re.split(r"(?<=[.?!])\s+", _words(paragraph)):
                if "\0" in sentence:
                    return said
                longer = f"{said} {sentence}".strip()
                if len(longer) > LENGTH:
                    return said or sentence[: sentence[:LENGTH].rfind(" ")] + " …"
                said = longer
    return said


def _words(paragraph):
    """Its text; a formula is marked, the marks of bound numbers are left out."""
    parts = []
    for node in paragraph.findall(lambda node: isinstance(node, nodes.Text | nodes.math)):
        inside = node.parent
        if isinstance(node, nodes.math):
            parts.append("\0")
        elif not isinstance(inside, nodes.math | nodes.raw | nodes.comment):
            parts.append(str(node))
    return " ".join("".join(parts).split())


def tags(title, text, url, picture):
    """The elements for the head of a page."""
    said = {"og:title": title, "og:description": text, "og:url": url, "og:image": picture}
    said |= {"og:type": "article", "og:site_name": "Gradients That Survive"}
    lines = [f'<meta name="description" content="{escape(text)}"/>', f'<link rel="canonical" href="{escape(url)}"/>']
    lines += [f'<meta property="{name}" content="{escape(content)}"/>' for name, content in said.items()]
    return "\n".join([*lines, '<meta name="twitter:card" content="summary_large_image"/>'])


def sitemap(address, pages):
    """The map of a site for search engines, as XML."""
    rows = "\n".join(f"  <url><loc>{escape(address + page)}</loc></url>" for page in sorted(pages))
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return f"{head}\n{rows}\n</urlset>\n"


def name_terms(app, doctree):
    """Give a Chinese term an address made of the term itself: a count (``term-29``) shifts with every new term."""
    page, new = app.env.docname, {}
    for term in doctree.findall(nodes.term):
        for old in term["ids"]:
            if re.fullmatch(r"term-\d+", old):
                new[old] = "term-" + re.sub(r"[\s\"'<>&#%]+", "-", term.astext())
        term["ids"] = [new.get(each, each) for each in term["ids"]]
    if new:
        targets = app.env.get_domain("std").objects  # what a {term} role links to
        for key, (where, old) in list(targets.items()):
            if where == page and old in new:
                targets[key] = (page, new[old])
        index = app.env.get_domain("index").entries  # and the page of all terms
        index[page] = [(kind, text, new.get(old, old), *rest) for kind, text, old, *rest in index.get(page, [])]

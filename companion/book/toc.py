"""The pages of the book in reading order, as ``_toc.yml`` nests them: a deeper page stands below its core page.

>>> toc = {"root": "book/a", "parts": [{"chapters": [{"file": "book/p/b", "sections": [{"file": "book/p/b_deeper"}]}]}]}
>>> pages(toc), above(toc)["book/p/b_deeper"]
(['book/a', 'book/p/b', 'book/p/b_deeper'], 'book/p/b')
"""

from companion.chapters import CHAPTERS, DEEPER


def load(root):
    """The table of contents of the book in the folder ``root``, as a dict."""
    import yaml

    return yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))


def above(toc):
    """{page: the page that it stands below}, in reading order, without endings; the root of the book stands below none."""
    found = {toc["root"]: None}

    def walk(entries, parent):
        for entry in entries:
            found[entry["file"]] = parent
            walk(entry.get("sections", []), entry["file"])

    for part in toc.get("parts", []):
        walk(part["chapters"], toc["root"])
    return found


def pages(toc):
    """Every page, in reading order, without endings."""
    return list(above(toc))


def number_chapters(app, env):
    """Each chapter has its own number, also where those before it are still to be written; Sphinx has counted the pages."""
    for page, numbers in env.toc_secnumbers.items():
        chapter = CHAPTERS.get(page.rsplit("/")[-1])
        if not chapter:
            continue
        for anchor, number in numbers.items():
            numbers[anchor] = (chapter, *number[1:]) if number else number
        for node in (env.titles[page], *env.tocs[page].findall(lambda node: "secnumber" in getattr(node, "attributes", ()))):
            if node.get("secnumber"):
                node["secnumber"] = (chapter, *node["secnumber"][1:])
    return []


def is_deeper(page):
    """Whether a page is the deeper one of its chapter."""
    return page.endswith(DEEPER)


def neighbours(page, relations):
    """(previous, next) of a page for a reader: from core page to core page, where a deeper page may stand between them.

    ``relations`` are Sphinx's: {page: [the one above, the one before, the one after]}. From a deeper page it goes back to its
    core page and on to the next chapter.

    >>> order = {"a": [None, None, "a_deeper"], "a_deeper": ["a", "a", "b"], "b": [None, "a_deeper", None]}
    >>> neighbours("a", order), neighbours("a_deeper", order), neighbours("b", order)
    ((None, 'b'), ('a', 'b'), ('a', None))
    """
    _, before, after = relations[page]
    while before and is_deeper(before):
        before = relations[before][1]
    while after and is_deeper(after):
        after = relations[after][2]
    return before, after


def name_toggles(html):
    """A page with a name on each arrow that opens the pages below another; the theme draws them without one.

    >>> name_toggles('<summary><span class="toctree-toggle">v</span></summary>')
    '<summary aria-label="Pages below"><span class="toctree-toggle">v</span></summary>'
    """
    return html.replace('<summary><span class="toctree-toggle"', '<summary aria-label="Pages below"><span class="toctree-toggle"')

"""Links of the built book and of the files beside it: internal ones lead somewhere, external ones are well formed."""

import re
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from companion.book import meta
from tools.address import address

ROOT = Path(__file__).parents[1]
EXTERNAL = re.compile(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/[^\s<>\"]*)?(#\S*)?", re.IGNORECASE)

STATE = re.compile(r"((^|&)(document=D[0-4]|verdict=[a-z-]+|chapter=\d+))+")  # what the ledger's filter shows first


TAG = re.compile(r"<(?!use\b)[a-zA-Z][^<>]*>")
ATTRIBUTE = re.compile(r"""\s(id|name|href|src)=(?:"([^"]+)"|'([^']+)')""")
DATA = re.compile(r"(<script[^>]*>).*?</script>", re.DOTALL)


class Page:
    """The links of a page and the places in it that a link can name."""

    def __init__(self, path):
        self.links, self.places = [], {""}
        for tag in TAG.findall(DATA.sub(r"\1", path.read_text(encoding="utf-8"))):
            for name, *values in ATTRIBUTE.findall(tag):
                value = unescape("".join(values))
                self.places |= {value} if name in ("id", "name") else set()
                self.links += [value] if name in ("href", "src") else []


page = cache(Page)


def broken(path, root, own="https://somebody.github.io/course/"):
    """The links of the page at ``path`` that lead nowhere, each with the reason; ``own`` is where the site will stand."""
    root = root.resolve()
    for link in dict.fromkeys(page(path).links):
        folder = root if link.startswith(own) else path.parent
        parts = urlsplit(link.removeprefix(own) or "index.html")
        if parts.scheme in ("data", "mailto", "javascript"):
            continue
        if parts.scheme or parts.netloc:
            if not EXTERNAL.fullmatch(link):
                yield f"{link}: not a well-formed address"
            continue
        target = (folder / unquote(parts.path) if parts.path else path).resolve()
        target = target / "index.html" if target.is_dir() else target
        if not target.is_relative_to(root) or not target.exists():
            yield f"{link}: there is no such file"
        elif target.name == "ledger.html" and STATE.fullmatch(parts.fragment):
            continue
        elif target.suffix == ".html" and unquote(parts.fragment) not in page(target).places:
            yield f"{link}: there is no such place on that page"


def test_links_of_the_book(site):
    pages = sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)
    assert len(pages) > 8
    own = meta.site_address(address()[0])
    wrong = [f"{path.relative_to(site)} → {fault}" for path in pages for fault in broken(path, site, own)]
    assert wrong == []


def test_a_broken_link_is_found(tmp_path):
    (tmp_path / "b.html").write_text('<p id="here">')
    (tmp_path / "a.html").write_text(
        "<a href='b.html#here'><a href='b.html#there'><img src='c.png'><a href='https://nowhere'><a href='#x'>"
        "<a href='https://example.org/page?q=1#x'><a href='mailto:a@example.org'><a href='../../etc'>"
        "<a href='https://somebody.github.io/course/b.html'><a href='https://somebody.github.io/course/d.html'>"
    )
    faults = [fault.split(":")[0] for fault in broken(tmp_path / "a.html", tmp_path)]
    assert faults == ["b.html#there", "c.png", "https", "#x", "../../etc", "https"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_of_the_files_beside_the_book(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith("http"):
            assert EXTERNAL.fullmatch(link), link
        else:
            assert (ROOT / link.partition("#")[0]).exists(), link

"""The repository's address stands in ``_config.yml``; all else says the same, and no button leads to a stranger's code."""

import json
import shutil
from types import SimpleNamespace

import pytest

from companion.book.extension import hide_dead_buttons, is_public
from tools import address as tool

URL, BRANCH = tool.address()
REAL = "https://github.com/somebody/course"


@pytest.mark.parametrize("name", tool.PLACES)
def test_every_place_says_the_address(name):
    """`python -m tools.address` would change nothing."""
    text = (tool.ROOT / name).read_text(encoding="utf-8")
    assert tool.derived(text, URL, BRANCH) == text


@pytest.mark.parametrize("name", ["CITATION.cff", "LICENSE-TEXT", "SECURITY.md"])
def test_an_address_that_differs_is_found(name):
    text = (tool.ROOT / name).read_text(encoding="utf-8")
    assert URL in text
    assert tool.derived(text.replace(URL, REAL), URL, BRANCH) == text


def test_the_readme_has_buttons_where_there_is_a_repository():
    text = (tool.ROOT / "README.md").read_text(encoding="utf-8")
    real, none = tool.derived(text, REAL, "main"), tool.derived(text, "https://github.com/your_account/x", "main")
    assert "https://mybinder.org/v2/gh/somebody/course/main?" in real
    assert "https://colab.research.google.com/github/somebody/course/blob/main/book/welcome.ipynb" in real
    assert "mybinder.org" not in none and "colab.research" not in none
    assert tool.derived(none, REAL, "main") == real and tool.derived(real, URL, BRANCH) == text


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """The places in a folder of their own, with one notebook."""
    from tools import notebooks

    for name in ("_config.yml", *tool.PLACES):
        shutil.copy(tool.ROOT / name, tmp_path)
    (tmp_path / "book").mkdir()
    shutil.copy(tool.ROOT / "book" / "ledger.ipynb", tmp_path / "book")
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "CONFIG", tmp_path / "_config.yml")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    return tmp_path


def test_one_command_sets_it_everywhere(copy, capsys):
    before = {path.name: path.read_text() for path in copy.glob("*.*")}
    assert tool.main([REAL, "--branch", "trunk"]) == 0
    assert tool.address() == (REAL, "trunk")
    notebook = json.loads((copy / "book" / "ledger.ipynb").read_text())
    install = next("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert f"%pip install --quiet git+{REAL}@trunk" in install
    after = {path.name: path.read_text() for path in copy.glob("*.*")}
    assert not any("your_account" in text for text in after.values())
    assert {name for name in after if after[name] != before[name]} >= {"_config.yml", "README.md", "CITATION.cff", "SECURITY.md"}
    assert len(after["_config.yml"].splitlines()) == len(before["_config.yml"].splitlines())
    assert tool.main([]) == 0 and {path.name: path.read_text() for path in copy.glob("*.*")} == after


@pytest.mark.parametrize("url", ["https://example.org/a/b", "https://github.com/a", "https://github.com/your_account/x", "a/b"])
def test_what_is_no_address_is_refused(copy, url):
    with pytest.raises(ValueError, match="must look like https://github.com/account/name, got '"):
        tool.main([url])


def test_buttons_lead_to_a_public_repository_only():
    buttons = {"launch_buttons": {"colab_url": "https://colab.research.google.com"}, "use_repository_button": True}
    for url, left in ((REAL, {"repository_url", *buttons}), ("https://github.com/your_account/x", {"repository_url"})):
        config = SimpleNamespace(html_theme_options=buttons | {"repository_url": url})
        hide_dead_buttons(None, config)
        assert set(config.html_theme_options) == left


def test_the_pages_have_buttons_where_there_is_a_repository(site):
    text = (site / "book" / "welcome.html").read_text(encoding="utf-8")
    assert ("colab.research.google.com" in text) == ("mybinder.org" in text) == is_public(URL)
    assert is_public(URL) or URL not in text

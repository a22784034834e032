"""`make book` puts a whole book in place: killed at any step it leaves the one that was there, and the next call goes on."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import book

ROOT = Path(__file__).parents[1]
KILLED = """
import os, signal, sys
from pathlib import Path
from tools import book
def at_step(frame, event, argument, seen=[0]):
    if frame.f_code.co_filename not in (book.__file__, book.shutil.__file__):
        return None
    seen[0] += event != "call"
    if seen[0] == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    return at_step
sys.settrace(at_step)
book.publish(Path(sys.argv[1]), Path(sys.argv[2]))
"""


# The builder is killed when one of its files has 20,000 bytes.
LIMITED = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
"""


def site(folder, text):
    """A built site of three files that all say the same."""
    for name in ("index.html", "book/a.html", "book/b.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


STATES = {("old",) * 3: "old", ("new",) * 3: "new", (): "away"}


def texts(place):
    return [path.read_text() for path in sorted(place.rglob("*.html"))]


@pytest.mark.parametrize("linked", [True, False], ids=["again", "first"])
def test_killed_at_any_step_the_book_is_old_or_new(tmp_path, linked):
    """`first`: the old book is a folder, as `jupyter-book build` makes it; between two steps, once, it is beside its place."""
    new, found = site(tmp_path / "new", "new"), []
    for n in range(1, 10_000, 17):
        shutil.rmtree(tmp_path / "_build", ignore_errors=True)
        place = tmp_path / "_build" / "html"
        old = site(tmp_path / "_build" / ("html-a" if linked else "html"), "old")
        if linked:
            place.symlink_to(old.name)
        run = [sys.executable, "-S", "-c", KILLED, str(new), str(place), str(n)]
        code = subprocess.run(run, cwd=ROOT).returncode
        found.append(STATES.get(tuple(texts(place)), "torn"))
        book.publish(new, place)
        assert texts(place) == ["new"] * 3 and len(list(place.parent.iterdir())) == 2  # the link and its folder
        if code == 0:
            break
    assert code == 0 and len(found) > 12
    assert set(found) - (set() if linked else {"away"}) == {"old", "new"}


def test_a_build_that_fails_or_is_killed_leaves_the_book(tmp_path, monkeypatch, capsys):
    """A book of one page: built, built with a fault, killed while it is built, built again."""
    monkeypatch.setattr(book, "ROOT", tmp_path)
    (tmp_path / "_config.yml").write_text("title: Small\nonly_build_toc_files: true\nexclude_patterns: [_build]\n")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: page\n")
    source, page = tmp_path / "page.md", tmp_path / "_build" / "html" / "page.html"

    source.write_text("# Hello\n")
    assert book.main([]) == 0 and "Hello" in page.read_text()
    source.write_text("# Wrong\n\n{ref}`nowhere`\n")
    assert book.main(["--changed"]) == 1 and "Hello" in page.read_text()
    assert "nowhere" in capsys.readouterr().err

    source.write_text("# Bye\n")
    monkeypatch.setattr(book, "BUILDER", LIMITED + book.BUILDER)
    assert book.main([]) == 1 and "Hello" in page.read_text()
    assert (book.work_of(tmp_path) / "unfinished").exists()
    monkeypatch.undo()
    monkeypatch.setattr(book, "ROOT", tmp_path)
    assert book.main(["--changed"]) == 0 and "Bye" in page.read_text()

"""Build the book into ``_build/html``. A build that fails, or is killed, leaves the book that is there as it was.

    python -m tools.book             from scratch, with warnings as errors
    python -m tools.book --changed   only the pages that changed, for a look

It is built in ``_build/work``. Only when it is good, a copy goes to ``_build/html-a`` or ``_build/html-b``, in turn, and the
link ``_build/html`` is set on it in one step.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILDER = "from jupyter_book.cli.main import main; main()"


def work_of(root):
    """Where a book is built; while a file ``unfinished`` is there, nothing may be built upon it."""
    return root / "_build" / "work"


def site_of(root):
    """The pages as they were last built, good or not."""
    return work_of(root) / "_build" / "html"


def build(root, *, fresh=True):
    """Build the book of the folder ``root``, all or only what changed. What is wrong, as text; an empty text is a good book."""
    work = work_of(root)
    mark = work / "unfinished"  # there while a build runs: after a kill, half-written pages would look up to date
    fresh = fresh or mark.exists() or not site_of(root).exists()
    if fresh:
        shutil.rmtree(work, ignore_errors=True)  # pages that are no longer in the book go too
    work.mkdir(parents=True, exist_ok=True)
    mark.touch()
    command = [sys.executable, "-c", BUILDER, "build", str(root), "--path-output", str(work), "-W", "--keep-going", "-q"]
    done = subprocess.run([*command, "--all"] if fresh else command, cwd=root, capture_output=True, text=True)
    if done.returncode == 0:
        mark.unlink()
        return ""
    return done.stderr.strip() or done.stdout


def publish(built, place):
    """Put a copy of the folder ``built`` at ``place``, a link that points to the old copy or to the new one, never elsewhere."""
    copies = [place.with_name(f"{place.name}-{letter}") for letter in "ab"]
    new, old = copies if place.resolve() != copies[0].resolve() else reversed(copies)
    shutil.rmtree(new, ignore_errors=True)  # what a killed call left
    shutil.copytree(built, new)
    link = place.with_name(f"{place.name}-link")
    link.unlink(missing_ok=True)
    link.symlink_to(new.name)
    if place.is_dir() and not place.is_symlink():  # built without this tool
        shutil.rmtree(old, ignore_errors=True)
        place.rename(old)
    link.replace(place)
    shutil.rmtree(old, ignore_errors=True)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Build the book into _build/html.")
    parser.add_argument("--changed", action="store_true", help="build only the pages that changed")
    options = parser.parse_args(arguments)
    wrong, place = build(ROOT, fresh=not options.changed), ROOT / "_build" / "html"
    if not wrong:
        publish(site_of(ROOT), place)
        return 0
    print(wrong, file=sys.stderr)
    if place.exists():
        print(f"{place} is still the book as it was; what was built now is in {site_of(ROOT)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

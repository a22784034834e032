"""Run everything that concerns one page of the book, in under a minute: what to do between two edits of it.

    python -m tools.check book/why/products.ipynb
    python -m tools.check --counts book/why/products.ipynb   words, code and questions of it, and what a core page would allow

Its numbers, shape and cells, the claims and exercises of its chapter; and beside that a build of what changed, its links, and
the page in a browser. `make test` runs the rest.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from companion.book import core_page
from companion.chapters import CHAPTERS, DEEPER, of_page, records
from tools import book

ROOT = Path(__file__).parent.parent
SINGLE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
FILES = [f"tests/test_{name}.py" for name in ("notebooks", "core_pages", "bindings", "exercises", "claims")]


def chosen(page):
    """What pytest's ``-k`` must choose of the tests of all pages and chapters.

    >>> chosen("book/start/edge_of_chaos.ipynb").split(" or ")[:4]
    ['edge_of_chaos.ipynb', '[edge_of_chaos]', '[edge_of_chaos-', '[ch07-']
    """
    path = Path(page)
    names = [path.name, f"[{path.stem}]", f"[{path.stem}-"]
    if slug := of_page(path.stem):
        names += [f"[ch{CHAPTERS[slug]:02d}-"] + [f"[{slug}]", f"[{slug}-"] * (slug != path.stem)
        names += [f"[{claim.id}]" for claim in records(slug, "claims")]
    return " or ".join(names)


def pytest(*arguments, **environment):
    """Call pytest; what it says, short, and whether all is well."""
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | SINGLE_THREAD | environment)
    last = done.stdout.strip().splitlines()[-1:] or [done.stderr.strip()[-300:]]
    summary = re.sub(r"^=+ | =+$| in [\d.]+s.*", "", last[0])
    return done.returncode == 0, summary, done.stdout if done.returncode else ""


def check_cells(page):
    """The notebook: shape, numbers, outputs, and the records of its chapter."""
    return pytest("--nbval", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg", page, *FILES, "-k", chosen(page))


def check_build(page):
    """The book, with what changed built anew."""
    wrong = book.build(ROOT, fresh=False)
    return not wrong, "with warnings" if wrong else "no warning", wrong


def check_page(page):
    """The built page: its links and what a browser makes of it, in two processes."""
    html = Path(page).with_suffix(".html").as_posix()
    tests = ["tests/test_links.py", "tests/browser", "-k", f"{html} or test_links"]
    return pytest("-n", "2", "--dist", "loadscope", *tests, COURSE_SITE=str(book.site_of(ROOT)))


def report(step, page):
    """Run one step and print one line, or more where something is wrong; whether all is well."""
    start = time.perf_counter()
    good, summary, details = step(page)
    name = step.__name__.removeprefix("check_")
    print(f"{'good ' if good else 'WRONG'} {name}: {summary}, {time.perf_counter() - start:.0f} s\n{details}", end="", flush=True)
    return good


def counts(page):
    """Print the counts of a notebook, and what a core page would not allow; 1 where there is such a thing."""
    if not page.endswith(".ipynb"):
        print(f"{page} is no notebook: there is nothing to count")
        return 1
    read = core_page.read(json.loads((ROOT / page).read_text(encoding="utf-8")))
    wrong = core_page.faults(read) if not page.endswith(f"{DEEPER}.ipynb") else []
    print("\n".join([page, *core_page.told(read), *(f"WRONG {fault}" for fault in wrong)]))
    return int(bool(wrong))


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Run everything that concerns one page of the book.")
    parser.add_argument("page", help="book/….ipynb or book/….md")
    parser.add_argument("--counts", action="store_true", help="only count its words, code cells and questions")
    options = parser.parse_args(arguments)
    page = Path(options.page).resolve()
    if not page.is_file() or not page.is_relative_to(ROOT / "book"):
        parser.error(f"page must be a file below {ROOT / 'book'}, got {page}")
    page = page.relative_to(ROOT).as_posix()
    if options.counts:
        return counts(page)
    with ThreadPoolExecutor(2) as workers:  # two cores: the notebook's cells on one, its page on the other
        cells = workers.submit(report, check_cells, page) if page.endswith(".ipynb") else None
        good = report(check_build, page)
        good = report(check_page, page) and good
    return int(not (good and (cells is None or cells.result())))


if __name__ == "__main__":
    sys.exit(main())

"""`make check PAGE=…` chooses what concerns a page, and says in a line each what it found."""

import re
import subprocess
import sys

import pytest

from companion.chapters import records
from tools import check

PAGE = "book/why/products.ipynb"


def test_what_concerns_a_page_is_chosen_and_nothing_else():
    found = collected()
    own = {claim.id for claim in records("products", "claims")}
    assert own == {name for name in found if re.match(r"D\d-", name)}
    assert {name for name in found if name.startswith("ch")} == {name for name in found if name.startswith("ch04-")} != set()
    assert {"products", "products-exercises", "products-claims"} <= found
    assert {name.partition("-")[0] for name in found} <= {"products", "ch04", *(identity.partition("-")[0] for identity in own)}


def collected():
    """The parameters of the chosen tests."""
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", *check.FILES, "-k", check.chosen(PAGE)]
    lines = subprocess.run(command, cwd=check.ROOT, capture_output=True, text=True).stdout.splitlines()
    return {line.partition("[")[2].removesuffix("]") for line in lines if "[" in line}


def test_a_step_says_what_it_found(capsys):
    def check_cells(page):
        return False, "1 failed, 60 passed", "tests/test_x.py:3: AssertionError\n"

    assert not check.report(check_cells, PAGE)
    assert re.fullmatch(r"WRONG cells: 1 failed, 60 passed, 0 s\ntests/test_x.py:3: AssertionError\n", capsys.readouterr().out)


@pytest.mark.parametrize("page", ["book/why/nothing.ipynb", "README.md"])
def test_only_a_page_of_the_book_is_checked(page, capsys):
    with pytest.raises(SystemExit):
        check.main([page])
    assert re.search(r"page must be a file below .*/book, got .*" + page, capsys.readouterr().err)

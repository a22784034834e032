"""Numbers in prose: every violation that an author can make is planted once and found."""

import importlib
import json
import math
from pathlib import Path

import pytest

from companion.book import sources
from companion.book.bindings import Bindings, problems
from companion.book.numbers import NUMBER, agrees
from companion.chapters import CHAPTERS, FOLDER
from companion.claims import Evidence
from companion.practice.kinds import Choice, Option

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(path for path in (ROOT / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def notebook(prose, tags=("remove-cell",), **values):
    """A notebook of one markdown cell and, where there are values, one cell that binds them."""
    binding = {
        "cell_type": "code",
        "source": ["bind(", "…)"],
        "metadata": {"tags": list(tags)},
        "outputs": [{"metadata": Bindings(values)._repr_mimebundle_()[1]}],
    }
    return {"cells": [{"cell_type": "markdown", "source": prose, "metadata": {}}] + ([binding] if values else [])}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_book_says_what_was_computed(path):
    assert problems(json.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("prose", "value"),
    [
        ("about 0.236<!--=x--> a layer", 0.2361),
        ("about **0.236**<!--=x--> a layer", 0.23551),
        ("a growth of ×0.24<!--=x-->.", 0.2444),
        ("| a | 93.1<!--=x--> % |", 93.14),
        ("an angle of 57°<!--=x-->", 57.4),
        ("ends at −12.3<!--=x-->", -12.34),
        ("ends at $x = -12.3$<!--=x-->", -12.34),
        ("costs 1,000,001<!--=x--> passes", 1_000_001),
        ("shrinks to $10^{-12}$<!--=x-->", 2e-12),
        ("shrinks to 10⁻¹²<!--=x-->", 2e-12),
        ("shrinks to $3.2 \\cdot 10^{-13}$<!--=x-->", 3.24e-13),
        ("shrinks to $-3.2 \\times 10^{-13}$<!--=x-->", -3.24e-13),
        ("prints 3.2e-13<!--=x-->", 3.16e-13),
        ("spans 4.3<!--exact-->–5.5<!--=x-->", 5.46),
        ("at $(-3.105, 0.789)$<!--=x--> the walk ends", 0.7893),
        ("and $0.25^{20} = 10^{-12}$<!--=x--> remains", 0.25**20),
        ("an angle of 64°<!--=x-->", 64.3),
        ("grows 30-fold<!--=x--> in 100 layers", 29.6),
        ("about twice<!--=x--> as long", 2.11),
        ("some two thirds<!--=x--> of them", 0.7),
        ("all *three*<!--=x--> diverge", 3),
        ("thirty-fold<!--=x-->", 29.7),
        ("tenfold<!--=x-->", 10.2),
        ("never above 0.3<!--below=x-->", 0.2999),
        ("at least 0.9<!--above=x--> in all ten", 0.9001),
        ("below $10^{-400}$<!--below=x_log10-->", None),
    ],
)
def test_a_number_that_agrees_passes(prose, value):
    bound = {"x": value} if value is not None else {"x_log10": -400.5}
    assert problems(notebook(prose, **bound)) == []


@pytest.mark.parametrize(
    ("prose", "value", "complaint"),
    [
        ("about 0.236<!--=x--> a layer", 0.2366, "x is 0.2366, but the prose says '0.236'"),
        ("about 0.236<!--=x--> a layer", -0.236, "x is -0.236"),
        ("shrinks to $10^{-12}$<!--=x-->", 2e-13, "x is 2e-13"),
        ("shrinks to $10^{-12}$<!--=x-->", -1e-12, "x is -1e-12"),
        ("shrinks to $10^{-12}$<!--=x-->", 0, "x is 0"),
        ("shrinks to $3.2 \\cdot 10^{-13}$<!--=x-->", 3.3e-13, "x is 3.3e-13"),
        ("costs 1,000,001<!--=x--> passes", 1_000_000, "x is 1e"),
        ("some of it<!--=x-->", 0.25, "no number stands before the mark of x"),
        ("about a quarter<!--=x-->", 0.28, "x is 0.28, but the prose says 'quarter'"),
        ("about twice<!--=x-->", 2.21, "x is 2.21, but the prose says 'twice'"),
        ("all three<!--=x-->", 4, "x is 4, but the prose says 'three'"),
        ("grows 30-fold<!--=x-->", 31, "x is 31, but the prose says '30'"),
        ("an angle of 64°<!--=x-->", 64.6, "x is 64.6, but the prose says '64'"),
        ("never above 0.3<!--below=x-->", 0.3, "x is 0.3, not below '0.3'"),
        ("at least 0.9<!--above=x-->", 0.89, "x is 0.89, not above '0.9'"),
        ("at least 0.9<!-->x-->", 0.95, "a mark must be =key, below=key, above=key, exact or cited, got '<!-->x-->'"),
        ("it was 0.2361<!--exact-->, or 0.236<!--=x-->", 0.2361, "it is measured: bind it to x"),
        ("0.5 of them<!--=x-->", 0.5, "no number stands before the mark of x"),
        ("<!--=x-->0.5", 0.5, "first on its line"),
        ("- <!--=x--> 0.5", 0.5, "first on its line"),
        ("## Only 0.5<!--=x--> left", 0.5, "in a heading"),
        ("nothing here", 0.5, "x is bound but never used"),
        ("one 0.5<!--=y-->", 0.5, "y is not bound"),
    ],
)
def test_a_number_that_differs_is_reported(prose, value, complaint):
    assert any(complaint in problem for problem in problems(notebook(prose, x=value)))


@pytest.mark.parametrize(
    ("prose", "loose"),
    [
        ("a share of 0.5 is lost", "'0.5'"),
        ("a share of $0.5$ is lost", "'0.5'"),
        ("falls to $10^{-7}$ there", "'10^{-7}'"),
        ("falls to 10⁻⁷ there", "'10⁻⁷'"),
        ("falls to 1e-7 there", "'1e-7'"),
        ("about 0.25<!--exact--> and 0.75", "'0.75'"),
        ("First 0.75. Then 0.25<!--exact-->.", "'0.75'"),
        ("| 0.75 | 0.25<!--exact--> |", "'0.75'"),
        ("0.75 of it, at 0.25<!--exact-->", "'0.75'"),
        ("an angle of 64° is wide", "'64'"),
        ("grows 30-fold there", "'30'"),
        ("in 43 % of the steps", "'43'"),
        ("it is 300 times too long", "'300'"),
    ],
)
def test_a_number_without_a_mark_is_reported(prose, loose):
    assert any(loose in problem and "no mark" in problem for problem in problems(notebook(prose)))


@pytest.mark.parametrize(
    "prose",
    [
        "twenty layers, 20 seeds, 1,437 digits",
        "σ_w = 1.5 and σ_b = 0.05<!--exact--> are chosen",
        "Pennington et al. report 28.5<!--cited-->",
        "D0 2.3 and 2.4; D2 2.2.1.1; D0 (2.3); section 4.1",
        "`rtol=0.01` and ``1e-5``",
        "```python\nx = 0.5\n```\nno more",
        "$$\n\\eta = 0.1\n$$",
        "{cite:t}`d2l2.0` and [a page](https://example.org/v1.5/x)",
        ":::{note}\n:class: v1.5\nText\n:::",
        "## 1.5 times",
        "rates of 0.1, 0.01 and 0.001<!--exact--> are tried",
        "at $(0.5, 0.25)$<!--exact--> and from 0.1 to 0.9<!--exact-->",
        "between 0.1–0.3 %<!--exact--> or *0.5*<!--exact-->",
    ],
)
def test_what_needs_no_mark(prose):
    assert problems(notebook(prose)) == []


def test_sizes_that_no_float_holds_are_bound_by_their_exponent():
    prose = "falls to $10^{-412.5}$<!--=x_log10--> and $3.2 \\cdot 10^{-413}$<!--=x_log10-->"
    assert problems(notebook(prose, x_log10=math.log10(3.2) - 413)) == []
    assert len(problems(notebook(prose, x_log10=math.log10(3.4) - 413))) == 1
    assert len(problems(notebook(prose, x_log10=-412.4))) == 2


def test_half_a_unit_is_the_limit():
    written = NUMBER.search("0.24")
    assert agrees("x", 0.245, written) and agrees("x", 0.235, written)
    assert not agrees("x", 0.2451, written) and not agrees("x", 0.2349, written)


def test_a_cell_that_binds_is_hidden():
    assert "remove-cell" in problems(notebook("0.5<!--=x-->", tags=(), x=0.5))[0]


def test_a_key_is_bound_once():
    cells = notebook("0.5<!--=x-->", x=0.5)["cells"]
    assert problems({"cells": cells + cells[1:]}) == ["x is bound twice"]


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (float("nan"), ValueError, "x must be a finite number, got nan"),
        (float("inf"), ValueError, "bind its log10 as x_log10"),
        (True, TypeError, "x must be a finite number, got True"),
        ("0.5", TypeError, "x must be a finite number, got '0.5'"),
        ([0.5], TypeError, "x must be a finite number"),
    ],
)
def test_only_finite_numbers_are_bound(value, error, message):
    with pytest.raises(error, match=message):
        Bindings({"x": value})


# --- texts in code -------------------------------------------------------------------------------------------------------

KINDS = ("exercises", "questions", "claims")
SOURCES = [(slug, path.stem) for slug in CHAPTERS for path in sorted((FOLDER / slug).glob("*.py")) if path.stem.endswith(KINDS)]


@pytest.mark.parametrize(("slug", "kind"), SOURCES)
def test_exercises_and_claims_say_what_was_computed(slug, kind):
    module = importlib.import_module(f"companion.chapters.{slug}.{kind}")
    source = (FOLDER / slug / f"{kind}.py").read_text(encoding="utf-8")
    assert sources.problems(source, getattr(module, "NUMBERS", {})) == []


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ('Choice(prompt="It is 0.75 long.")', "'0.75' has no mark"),
        ('Evidence(True, f"{x:.2f} of 0.75")', "'0.75' has no mark"),
        ('Mistake(0.5, "Not " "0.75.")', "'0.75' has no mark"),
        ('Choice(prompt="It is 0.75<!--=x--> long.")', "x is 0.5, but the prose says '0.75'"),
        ('Choice(prompt="It is 0.75<!--=y--> long.")', "y is not bound"),
        ('Choice(prompt="It is long.")', "x is in NUMBERS but never used"),
    ],
)
def test_a_wrong_number_in_code_is_reported(source, complaint):
    assert any(complaint in problem for problem in sources.problems(source, {"x": lambda: 0.5}))


def test_what_is_code_or_computed_needs_no_mark():
    source = '''"""At 0.75."""
def f():
    """Half is 0.5."""
    return {"0.75": f"{0.75:.3f} and {'0.75'}"}
Code(stub="x = 0.75", solution="```python\\nx = 0.75\\n```\\nIt gives 0.5<!--=x-->")'''
    assert sources.problems(source, {"x": lambda: 0.5}) == []


def test_a_reader_never_sees_a_mark():
    options = (Option("0.5<!--exact-->", True, "It is 0.5<!--=x-->."), Option("0.6<!--exact-->", False, "Not 0.6<!--exact-->."))
    record = Choice("ch99-q-x", "X", "0.5<!--=x--> or more?", options=options, hints=("a 0.5<!--=x-->",), solution="0.5<!--=x-->")
    assert "<!--" not in json.dumps(record.public()) + record.prompt + record.solution + record.hints[0]
    assert "<!--" not in repr(record.judge(2)) + Evidence(True, "0.5<!--=x-->").text

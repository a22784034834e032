"""Numbers in prose: every violation that an author can make is planted once and found."""

import json
import math
from pathlib import Path

import pytest

from companion.book.bindings import NUMBER, Bindings, agrees, problems

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
    ],
)
def test_a_number_that_agrees_passes(prose, value):
    assert problems(notebook(prose, x=value)) == []


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
        ("about a quarter<!--=x-->", 0.25, "no number stands before the mark of x"),
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

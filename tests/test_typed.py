"""Numbers as people type them: Python and the page read the same table (widgets.test.mjs)."""

import json
from pathlib import Path

import numpy as np
import pytest

from companion.practice import typed
from companion.practice.kinds import Number

TABLE = json.loads(Path(__file__).with_name("typed_numbers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text, unit, want", TABLE["numbers"])
def test_a_number_is_read(text, unit, want):
    got, problem = typed.number(text, unit)
    assert problem == ""
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=0)


@pytest.mark.parametrize("text, words", TABLE["problems"])
def test_what_is_no_number_is_told(text, words):
    got, problem = typed.number(text)
    assert got is None and words in problem and text in problem


def test_check_reads_what_the_page_reads():
    record = Number("ch99-n-size", "Size", "How small?", answer=1e-12, unit="decades")
    for typed_in in (1e-12, "1e-12", "10^-12", "10⁻¹² decades"):
        assert record.judge(typed_in).status == "correct"
    assert record.judge("ten").status == "error"

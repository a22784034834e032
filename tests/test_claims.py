"""Every claim of the documents: its evidence is measured, and supports the verdict."""

import re

import pytest

from companion import claims
from companion.claims import DOCUMENTS, SECTIONS, VERDICTS, Claim, Evidence

GIVEN = {
    "id": "D1-test",
    "document": "D1",
    "section": "表现",
    "claim": "Something.",
    "verdict": "true",
    "evidence": lambda: Evidence(True, "1 of 1."),
    "chapter": 4,
}


def test_ids_are_unique():
    ids = [claim.id for claim in claims.CLAIMS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("claim", claims.load(), ids=lambda claim: claim.id)
def test_the_evidence_supports_the_verdict(claim):
    try:
        found = claim.measure()
    except ModuleNotFoundError as error:
        assert error.name == "torch"
        pytest.skip("it trains a network, and torch is not installed")
    assert re.search(r"\d", found.text), "evidence is a sentence with a number"
    assert claim.claim.strip().endswith((".", "!", "?"))
    assert "$" not in found.text + claim.claim


def test_every_document_has_its_sections():
    assert set(SECTIONS) == set(DOCUMENTS)
    assert all(len(set(sections)) == len(sections) for sections in SECTIONS.values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"document": "D7"}, "document must be one of D0, D1, D2, D3, D4, got 'D7'"),
        ({"verdict": "maybe"}, "verdict must be one of true, half true, depends, false, got 'maybe'"),
        ({"section": "99"}, "section of D1 must be one of 问题"),
        ({"id": "bound"}, "id must begin with D1-, got 'bound'"),
    ],
)
def test_a_bad_record_is_refused(change, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Claim(**(GIVEN | change))


def test_evidence_that_no_longer_holds_is_an_error():
    broken = Claim(**(GIVEN | {"evidence": lambda: Evidence(False, "0 of 1.")}))
    with pytest.raises(AssertionError, match="claim D1-test is called 'true', but now: 0 of 1."):
        broken.measure()


def test_a_table_says_document_verdict_and_measurement(monkeypatch):
    other = Claim(**(GIVEN | {"id": "D1-other", "section": "问题", "verdict": "false", "claim": "A | B."}))
    monkeypatch.setattr(claims, "load", lambda: (Claim(**GIVEN), other))
    lines = claims.table(chapter=4).text.splitlines()
    assert lines[0] == "| It says | Verdict and measurement |"
    assert lines[2] == "| **D1, 问题.** A \\| B. | **✗ false.** 1 of 1. |"  # in the order of the document
    assert lines[3] == "| **D1, 表现.** Something. | **✓ true.** 1 of 1. |"
    assert claims.table(document="D1").text.splitlines()[3].startswith("| **D1, 表现.** Something. *Chapter 4.* |")
    with pytest.raises(ValueError, match="there is no claim with chapter=7, document=None"):
        claims.table(chapter=7)


def test_the_verdicts_differ_in_more_than_their_word():
    assert len({text.split()[0] for text in VERDICTS.values()}) == len(VERDICTS)

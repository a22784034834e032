"""Claims of the five documents, each with the measurement that decides it.

A claim is a record in a chapter's ``claims.py`` (a list ``CLAIMS``). Its evidence is measured anew whenever it is shown, and a
claim whose evidence no longer supports its verdict is an error, not a table row.

>>> sorted(VERDICTS)
['depends', 'false', 'half true', 'true']
"""

from collections.abc import Callable
from dataclasses import dataclass

from companion import chapters, require
from companion.views import markdown

DOCUMENTS = {
    "D0": "Gradient descent and a NumPy network (禅与计算机程序设计艺术)",
    "D1": "Interview notes on vanishing and exploding gradients",
    "D2": "Causes and cures of vanishing gradients (禅与计算机程序设计艺术)",
    "D3": "What Are Gradients, and Why Do They Explode? (Warfield 2023, in Chinese)",
    "D4": "Python deep learning practice: vanishing and exploding gradients (cut off)",
}

SECTIONS = {  # as the documents number or name them
    "D0": ("1", "2.1", "2.2", "2.3"),
    "D1": (
        "问题",
        "表现",
        "根本原因",
        "梯度消失分析",
        "梯度爆炸分析",
        "带来的现象",
        "怎么解决",
        "梯度爆炸的解决方法",
        "梯度消失的解决方法",
        "参考资料",
    ),
    "D2": ("1", "2.1", "2.2", "2.2.1", "2.2.1.1", "2.2.1.2", "2.2.2", "2.2.3")
    + ("3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "4.1", "4.2", "4.3"),
    "D3": (
        "什么是梯度",
        "实际梯度",
        "简单模型中的梯度",
        "什么是梯度爆炸和梯度消失",
        "为什么梯度爆炸和梯度消失不好",
        *(f"fix {n}" for n in (1, 2, 4, 5, 6, 7, 8)),  # the document has no third
        "结论",
    ),
    "D4": ("1", "2.1", "2.2.1", "2.2.2", "2.2.3", "2.2.4", "3.1", "3.2", "3.3.1", "3.3.2", "3.3.3", "3.3.4", "3.4")
    + ("4.1", "4.2", "4.3.1", "4.3.2", "4.3.3", "4.3.4", "5.1", "5.2", "5.3", "5.4", "6", "6.1", "6.2", "6.3")
    + ("7.1", "7.2", "7.3"),
}

VERDICTS = {
    "true": "✓ true",
    "half true": "◐ half\u00a0true",
    "depends": "⇄ depends",
    "false": "✗ false",
}


@dataclass(frozen=True)
class Evidence:
    """What was measured: whether it supports the verdict, and the sentence with the numbers (light markup: 10^{-3}, x_{1})."""

    holds: bool
    text: str

    def __post_init__(self):
        markdown.unmarked_fields(self)


@dataclass(frozen=True)
class Claim:
    """One sentence of one document, paraphrased, with the verdict and the measurement behind it.

    ``evidence()`` measures again (at most a second) and returns Evidence; ``holds`` means that it supports the *verdict*.
    """

    id: str
    document: str
    section: str
    claim: str
    verdict: str
    evidence: Callable[[], Evidence]
    chapter: int

    def __post_init__(self):
        markdown.unmarked_fields(self)
        require.known("document", self.document, DOCUMENTS)
        require.known("verdict", self.verdict, VERDICTS)
        if self.section not in SECTIONS[self.document]:
            known = ", ".join(SECTIONS[self.document])
            raise ValueError(f"section of {self.document} must be one of {known}, got {self.section!r}")
        if not self.id.startswith(f"{self.document}-"):
            raise ValueError(f"id must begin with {self.document}-, got {self.id!r}")

    def measure(self):
        """Fresh evidence; an AssertionError if it no longer supports the verdict."""
        found = self.evidence()
        if not found.holds:
            raise AssertionError(f"claim {self.id} is called {self.verdict!r}, but now: {found.text}")
        return found


def load():
    """All claims of all chapters, in the order of the chapters."""
    return tuple(claim for slug in chapters.CHAPTERS for claim in chapters.records(slug, "claims"))


def table(*, chapter=None, document=None):
    """The claims of a chapter or of a document, measured now, as a Markdown table."""
    if document is not None:
        require.known("document", document, DOCUMENTS)
    rows = [c for c in load() if chapter in (None, c.chapter) and document in (None, c.document)]
    if not rows:
        raise ValueError(f"there is no claim with chapter={chapter!r}, document={document!r}")
    rows.sort(key=lambda c: (c.document, SECTIONS[c.document].index(c.section)))
    cells = [
        [
            f"**{c.document}, {c.section}.** {c.claim}" + (f" *Chapter {c.chapter}.*" if chapter is None else ""),
            f"**{VERDICTS[c.verdict]}.** {c.measure().text}",
        ]
        for c in rows
    ]
    text = markdown.table(["It says", "Verdict and measurement"], cells)
    return markdown.Markdown(markdown.light(text), text)


def tally():
    """How many claims of each document got which verdict, as a Markdown table (nothing is measured)."""
    rows = []
    for document, title in DOCUMENTS.items():
        verdicts = [claim.verdict for claim in load() if claim.document == document]
        rows.append([f"{document}: {title}", *(verdicts.count(verdict) or "·" for verdict in VERDICTS), len(verdicts)])
    rows.append(["all", *(sum(row[i] for row in rows if row[i] != "·") for i in range(1, len(VERDICTS) + 2))])
    return markdown.Markdown(markdown.table(["Document", *VERDICTS.values(), "claims"], rows))


def __getattr__(name):
    if name == "CLAIMS":
        return load()
    raise AttributeError(f"companion.claims has no attribute {name!r}")

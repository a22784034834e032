"""What can be counted on a core page: words read unfolded, visible code, questions by section; and what it allows.

A core page is one whose deeper page exists. ``python -m tools.check --counts book/….ipynb`` prints its counts.

>>> words("It has 12<!--exact--> layers: $a + b$ and [a link](x.md).\\n\\n<details><summary>More</summary>\\nfolded\\n</details>")
8
"""

import re
from dataclasses import dataclass, field
from statistics import median

WORDS, CELLS, MEDIAN = 1600, 12, 5  # unfolded words, visible code cells, and the median of their lines
OWN = (2, 3)  # sections of the page's own naming
EXERCISES, ANSWERABLE, LEARNT = (5, 6), 3, 3  # exercises, how many at least need no Python, lines of what the reader can now do
PLAN = ("At stake", "Guess first", "See it", None, "Then train", "Where it breaks")
PLAN += ("Is it so?", "Exercises", "What you can now do")
NUMBERS_FIRST = (*PLAN[:2], None, *PLAN[2:])  # a page may bring the idea before what is seen, and the rest after it
ASKED = PLAN[1:6]  # a question stands in each; what is at stake is asked about in the guess after it
LATE = PLAN[5:]  # only here may a link lead to a deeper page, but in a fold anywhere
TOO_FAR = r"\bHessians?\b|\bdigammas?\b|χ²|χ\^\{?2|\\chi\^\{?2|\b[cC]hi-squared?\b"
DOCUMENT = re.compile(r"\bD[0-4]\b")
DEEPER_LINK = re.compile(r"\]\([^)\s]*_deeper\b|\{doc\}`[^`]*_deeper\b")
FOLDS = re.compile(r"<details\b.*?</details>", re.DOTALL)
FENCE = re.compile(r"\s*(`{3,}|:{3,}|~{3,})\s*(?:\{([\w:-]+)\})?(.*)")
VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass
class Section:
    """What stands below one heading of the second level; before the first one, below the title."""

    heading: str
    prose: str = ""
    words: int = 0
    questions: int = 0  # answered in the page: a choice, a number, an order, a guess
    exercises: list = field(default_factory=list)  # their ids
    explorers: int = 0

    @property
    def kind(self):
        """The heading of the plan that this one begins with; None for a section of the page's own naming."""
        return next((kind for kind in PLAN if kind and re.fullmatch(re.escape(kind) + r"(:\s.+)?", self.heading)), None)


@dataclass
class Page:
    """A page as it is read: its title, its sections, the number of lines of each visible code cell, and all of its text."""

    title: str = ""
    sections: list = field(default_factory=list)
    cells: list = field(default_factory=list)
    text: str = ""

    @property
    def words(self):
        return sum(section.words for section in self.sections)

    @property
    def median(self):
        return median(self.cells) if self.cells else 0


def read(notebook):
    """The Page of a notebook (the dict of its JSON)."""
    page = Page(sections=[Section("")])
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "markdown":
            page.text += source + "\n"
            _add_prose(page, source)
        elif cell["cell_type"] == "code" and "remove-cell" not in tags:
            _add_code(page, page.sections[-1], source, tags, cell["outputs"])
    return page


def _add_prose(page, source):
    for line in unfolded(source).splitlines():
        if heading := re.match(r"## +(.+)", line):
            page.sections.append(Section(heading[1].strip()))
        elif heading := re.match(r"# +(.+)", line):
            page.title = page.title or heading[1].strip()
        section = page.sections[-1]
        section.prose += line + "\n"
    for section in page.sections:
        section.words = words(section.prose)


def _add_code(page, section, source, tags, outputs):
    if not {"remove-input", "hide-input"} & set(tags):
        page.cells.append(len(source.strip().splitlines()))
    ids = re.findall(r"\bexercise\(\s*[\"'](ch\d\d-[\w-]+)[\"']\s*\)", source)
    views = sum(VIEW in output.get("data", {}) for output in outputs)
    asks = bool(ids) or re.search(r"\bQuestion\(", source)
    section.exercises += ids
    section.questions += views if asks else 0
    section.explorers += 0 if asks else views
    for output in outputs:
        text = "".join(output.get("data", {}).get("text/markdown", ""))
        page.text += text + "\n"
        if not asks:  # a table that the cell shows is read; a task is an exercise, and counted as one
            section.prose += text + "\n"


def unfolded(source):
    """Markdown without what is folded (details, dropdowns), and without code and the lines of directives."""
    lines, open_fences = [], []  # each open fence: (its sign, what becomes of what is inside)
    for line in FOLDS.sub("", source).splitlines():
        fence = FENCE.match(line)
        if open_fences and fence and not fence[2] and not fence[3].strip() and line.strip()[0] == open_fences[-1][0][0]:
            if len(fence[1]) >= len(open_fences[-1][0]):
                open_fences.pop()
                continue
        if fence and (fence[2] or line.strip()[0] != ":"):
            shown = fence[2] and fence[2] not in ("dropdown", "hint", "solution", "code-cell", "code-block", "bibliography")
            open_fences.append([fence[1], bool(shown)])
            continue
        if open_fences and re.match(r"\s*:[\w-]+:", line):
            open_fences[-1][1] &= not re.match(r"\s*:class:.*\bdropdown\b", line)
            continue
        if all(shown for _, shown in open_fences):
            lines.append(line)
    return "\n".join(lines)


def words(source):
    """How many words of Markdown are read unfolded: a formula is one, comments and addresses are none."""
    text = re.sub(r"<!--.*?-->", "", unfolded(source), flags=re.DOTALL)
    text = re.sub(r"\$\$.+?\$\$|\$[^$\n]+\$", "formula", text, flags=re.DOTALL)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\]\([^)]*\)|\{[\w:-]+\}(?=`)|https?://\S+|<[^>\s][^>]*>", "", text)
    return len([word for word in re.split(r"[\s|]+", text) if re.search(r"\w", word)])


def faults(page):
    """What a core page has and may not have, or lacks: one sentence each; an empty list is a pass."""
    found = [*_plan(page)]
    if page.words > WORDS:
        found.append(f"the page has {page.words} unfolded words, allowed are {WORDS}")
    if len(page.cells) > CELLS:
        found.append(f"the page has {len(page.cells)} visible code cells, allowed are {CELLS}")
    if page.median > MEDIAN:
        found.append(f"the visible code cells have a median of {page.median:g} lines, allowed are {MEDIAN}")
    found += [f"the page says {word!r}, which belongs to a deeper page" for word in sorted(set(re.findall(TOO_FAR, page.text)))]
    if not any(DEEPER_LINK.search(section.prose) for section in page.sections if section.kind in LATE):
        found.append(f"the page has 0 links to its deeper page from {LATE[0]!r} on, needed is 1")
    for section in page.sections:
        found += [f"section {section.heading or 'before the first heading'!r} {fault}" for fault in _section(section)]
    return found


def _plan(page):
    if not page.title.endswith("?"):
        yield f"the title is a question, found {page.title!r}"
    kinds = [section.kind for section in page.sections[1:]]
    own = kinds.count(None)
    if not OWN[0] <= own <= OWN[1]:
        yield f"the page has {own} sections of its own naming, allowed are {OWN[0]} to {OWN[1]}"
    in_order = [kind for index, kind in enumerate(kinds) if kind or index == 0 or kinds[index - 1]]
    if tuple(in_order) not in (PLAN, NUMBERS_FIRST):
        yield f"the sections are {_list(in_order)}, expected {_list(PLAN)}"


def _list(kinds):
    return " · ".join(kind or "(own)" for kind in kinds)


def _section(section):
    kind = section.kind
    if section.heading and kind in (*ASKED, None) and not section.questions:
        yield "asks 0 questions that are answered in the page, needed is 1"
    if kind == "See it" and not section.explorers:
        yield "shows 0 widgets, needed is 1"
    if kind == "See it" and section.questions == 1:
        yield "asks 1 question, needed are 2: one after each thing to try"
    if kind == "Exercises":
        if not EXERCISES[0] <= len(section.exercises) <= EXERCISES[1]:
            yield f"has {len(section.exercises)} exercises, allowed are {EXERCISES[0]} to {EXERCISES[1]}"
        if section.questions < ANSWERABLE:
            yield f"has {section.questions} exercises that are answered in the page, needed are {ANSWERABLE}"
    if kind == "What you can now do" and (lines := len(re.findall(r"^(?:[-*+]|\d+\.) ", section.prose, re.M))) != LEARNT:
        yield f"lists {lines} things, expected are {LEARNT}"
    if kind == "Is it so?" and "ledger" not in section.prose:
        yield "has 0 links to the ledger, needed is 1"
    if kind != "Is it so?" and (named := DOCUMENT.findall(re.sub(r"\]\([^)]*\)", "]", section.prose))):
        yield f"names {', '.join(sorted(set(named)))}, which a newcomer has not met: say 'a popular article', and link the ledger"
    if kind not in LATE and (links := DEEPER_LINK.findall(section.prose)):
        yield f"has {len(links)} unfolded links to a deeper page, allowed are 0 before {LATE[0]!r}"


def told(page):
    """The counts of a page, as lines of text."""
    yield f"words unfolded      {page.words:5} of {WORDS}"
    yield f"visible code cells  {len(page.cells):5} of {CELLS}"
    yield f"their median lines  {page.median:5g} of {MEDIAN}, the longest has {max(page.cells, default=0)}"
    for section in page.sections:
        count = f"{section.words:5} words, {section.questions} questions"
        extra = [f"{len(section.exercises)} exercises"] * bool(section.exercises) + ["a widget"] * bool(section.explorers)
        yield f"  {section.heading or '(title)':60.60} {', '.join([count, *extra])}"

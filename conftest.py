"""A failing test prints at most 40 lines, whatever it compared: the beginning says where, the end says what."""

import pytest

LINES, WIDTH = 40, 200


def short(text, lines=LINES, width=WIDTH):
    """The first and last lines of a text, each cut to a width, with a line between that says how many are left out.

    >>> print(short("a\\nb\\nc\\nd\\ne\\nf", lines=5))
    a
    b
    … 2 lines are left out
    e
    f
    """
    rows = text.splitlines()
    rows = [row if len(row) <= width else f"{row[:width]} … {len(row) - width} characters are left out" for row in rows]
    if len(rows) > lines:
        half = (lines - 1) // 2
        rows[half : len(rows) - half] = [f"… {len(rows) - 2 * half} lines are left out"]
    return "\n".join(rows)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        text = report.longreprtext
        if short(text) != text.rstrip("\n"):
            report.longrepr = short(text, lines=LINES - 10)  # what the test itself printed has the other ten
        report.sections = [(name, short(content, lines=9)) for name, content in report.sections[-1:]]
    return report

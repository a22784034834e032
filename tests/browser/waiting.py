"""Waiting for what must become true, never for a time: a busy machine needs longer, an idle one nothing."""

import time

PATIENCE = 30  # s, after which it is not the machine
FRAME = "new Promise((shown) => requestAnimationFrame(() => shown(true)))"


def until(page, condition):
    """Wait, frame by frame, until a script's expression is true, or a function without arguments says so.

    (Playwright's own waiting needs `eval`, which a strict page forbids.)
    """
    end = time.monotonic() + PATIENCE
    holds = condition if callable(condition) else lambda: page.evaluate(condition)
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"never true: {condition}, with the fragment {page.evaluate('location.hash')}")
        page.evaluate(FRAME)


def settle(page):
    """Wait until the page has loaded, has its fonts, asks for nothing more, and has drawn what its scripts changed."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    for _ in range(2):
        page.evaluate(FRAME)

"""The widgets with a live kernel: JupyterLab runs a notebook, a reader moves a slider, Python knows it."""

import json
import os
import re
import socket
import subprocess
import sys
import time

import pytest

CELLS = [
    """import numpy as np
from companion.widgets import Axis, Explorer, Frame, Line, Panel, Question, Readout, Slider
calls = []
def frame(depth):
    calls.append(depth)
    if depth == 13:
        raise ValueError("13 is refused")
    y = 0.25 ** np.arange(1, depth + 1)
    return Frame([Panel([Line(y, name="product")], Axis("layer"), Axis("product", scale="log"))], readouts={"last": y[-1]})
w = Explorer("power", frame, [Slider("depth", [5, 10, 20], label="Depth")], [Readout("last", "last", "{:.1e}")],
             summary="Depth {depth}: the last product is {last}.")
w""",
    """q = Question({"id": "q", "kind": "number", "title": "Slope", "answer": 0.25, "rtol": 0.01})
q""",
    "print('READ', w.values, q.answer, calls)",
]


def notebook():
    cells = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for i, source in enumerate(CELLS)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab of our own, with `trial.ipynb` in it."""
    pytest.importorskip("jupyterlab")
    home = tmp_path_factory.mktemp("lab")
    (home / "work").mkdir()
    (home / "work" / "trial.ipynb").write_text(json.dumps(notebook()), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    private = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "RUNTIME", "DATA")}
    settings = {"ServerApp.port": port, "IdentityProvider.token": "", "ServerApp.root_dir": home / "work"}
    flags = [f"--{name}={value}" for name, value in settings.items()]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", *flags]
    log = (home / "log.txt").open("w")
    server = subprocess.Popen(command, env=os.environ | private | {"OMP_NUM_THREADS": "1"}, stdout=log, stderr=log)
    try:
        wait_for_port(port, server, home / "log.txt")
        yield f"http://127.0.0.1:{port}/lab/tree/trial.ipynb"
    finally:
        server.terminate()
        server.wait(timeout=60)
        log.close()


def wait_for_port(port, server, log):
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start: {log.read_text()}")


@pytest.fixture(scope="module")
def page(browser, lab):
    """The notebook, open, run to its end."""
    context = browser.new_context(viewport={"width": 1300, "height": 1400})
    context.set_default_timeout(40_000)
    page = context.new_page()
    page.goto(lab)
    idle(page)  # before that JupyterLab loses the command
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_selector(".cw-explorer svg[role=img]")
    page.wait_for_selector(".jp-OutputArea-output:has-text('READ')")
    yield page
    context.close()


def idle(page):
    page.wait_for_function("() => /\\| Idle$/m.test(document.querySelector('#jp-main-statusbar')?.innerText ?? '')")


def read(page):
    """Run the last cell again; what it prints about the state in Python."""
    idle(page)
    cell = page.locator(".jp-CodeCell").last
    before = cell.locator(".jp-InputPrompt").inner_text()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "(before) => { const t = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].at(-1).innerText;"
        " return t !== before && /\\d/.test(t); }",
        arg=before,
    )
    return cell.locator(".jp-OutputArea-output").inner_text()


def summary(page, wanted):
    page.wait_for_function("(text) => document.querySelector('.cw-summary').innerText.includes(text)", arg=wanted)


def test_arrow_keys_move_the_slider_and_python_reads_the_value(page):
    page.locator(".cw-explorer input[type=range]").press("ArrowRight")
    summary(page, "Depth 10:")
    assert "{'depth': 10}" in read(page)


def test_a_number_between_calls_the_function(page):
    box = page.locator(".cw-explorer input[type=number]")
    box.fill("7")
    box.press("Enter")
    summary(page, "Depth 7:")
    text = read(page)
    assert "{'depth': 7}" in text and re.search(r"\[5, 10, 20, 7\]", text)


def test_an_error_of_the_function_is_shown_and_the_next_value_works(page):
    box = page.locator(".cw-explorer input[type=number]")
    box.fill("13")
    box.press("Enter")
    page.wait_for_selector(".cw-message:has-text('13 is refused')")
    box.fill("12")
    box.press("Enter")
    summary(page, "Depth 12:")
    assert not page.locator(".cw-message").is_visible()


def test_a_number_outside_the_ends_is_not_taken(page):
    box = page.locator(".cw-explorer input[type=number]")
    box.fill("99")
    box.press("Enter")
    assert box.evaluate("(node) => node.validationMessage") == "A number from 5 to 20"
    assert "'depth': 99" not in read(page)


def test_python_sets_the_control(page):
    page.locator(".jp-CodeCell").last.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("; w.values = {'depth': 20}")
    read(page)
    summary(page, "Depth 20:")
    assert page.locator(".cw-explorer input[type=range]").input_value() == "2"


def test_a_question_is_answered_and_python_knows(page):
    box = page.locator(".cw-question input")
    box.fill("1/4")
    box.press("Enter")
    page.wait_for_selector(".cw-feedback:has-text('Correct')")
    assert "1/4" in read(page)

"""The built book, served, and a browser to read it with.

Where no browser is found the tests say so and skip; with ``CI=true`` a missing browser is a failure.
"""

import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from companion.book.policy import POLICY

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Quiet(SimpleHTTPRequestHandler):
    """A strict host: it sends the content policy that the README names, so that every page test is a test of it."""

    def log_message(self, *arguments):
        pass

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="session")
def server(site):
    """The address of the book over http."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site)) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.fixture(scope="session")
def browser(give_up):
    """One headless Chromium for all tests of a worker."""
    from playwright.sync_api import sync_playwright

    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        give_up("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


class Visit:
    """A page that a reader has opened, and everything that went wrong on it."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.problems, self.third_parties = [], []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("request", self._request)
        page.goto(address, wait_until="load")

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.problems.append(f"console {message.type}: {message.text}")

    def _failed(self, request):
        if request.failure != "net::ERR_ABORTED":  # cut off by leaving the page (the icon is often still on its way)
            self.problems.append(f"failed request: {request.url} ({request.failure})")

    def _request(self, request):
        own = self.address.split("/book/")[0]
        if not request.url.startswith((own, "data:", "blob:")):
            self.third_parties.append(request.url)


@pytest.fixture
def visit(browser, site, request):
    """Open a page of the book: ``visit("book/welcome.html", over="file", width=390, dark=True, fragment="#…")``."""
    contexts = []

    def open_page(path, *, over="http", width=1280, height=900, dark=False, fragment="", **options):
        start = request.getfixturevalue("server") if over == "http" else site.as_uri()
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        contexts.append(context)
        context.set_default_timeout(20_000)
        return Visit(context.new_page(), f"{start}/{path}{fragment}")

    yield open_page
    for context in contexts:
        context.close()


def pages():
    """The pages of the book in reading order, as paths in the built site (from ``_toc.yml``)."""
    import yaml

    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    names = [toc["root"]] + [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [f"{name}.html" for name in names]


def pytest_generate_tests(metafunc):
    """A test with an argument ``path`` runs once for each page."""
    if "path" in metafunc.fixturenames:
        metafunc.parametrize("path", pages())

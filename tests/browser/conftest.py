"""The built book, served, and a browser to read it with.

Where no browser is found the tests say so and skip; with ``CI=true`` a missing browser is a failure.
"""

import shutil
import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from companion.book import toc
from companion.book.policy import POLICY
from companion.chapters import DEEPER

from . import stage
from .waiting import settle

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
        self.problems, self.third_parties, self.requests = [], [], []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("request", self._request)
        page.on("requestfinished", lambda request: self.requests.append(request.url))
        page.goto(address, wait_until="load")

    def settled(self):
        """The same visit when the page has come to rest; ``moved`` is what was asked for until then."""
        settle(self.page)
        self.moved = set(self.requests)
        return self

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


@pytest.fixture(scope="module")
def opening(browser, site, server):
    """Open a page as a reader who has never been here: ``opening("book/welcome.html", over="file", width=390, dark=True)``."""

    @contextmanager
    def open_page(path, *, over="http", width=1280, height=900, dark=False, fragment="", **options):
        start = server if over == "http" else site.as_uri()
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        context.set_default_timeout(30_000)
        yield Visit(context.new_page(), f"{start}/{path}{fragment}")
        context.close()

    return open_page


@pytest.fixture
def visit(opening):
    """Open a page for one test: ``visit("book/welcome.html", …)``, closed when the test ends."""
    with ExitStack() as open_pages:
        yield lambda path, **how: open_pages.enter_context(opening(path, **how))


@pytest.fixture(scope="module")
def light(opening, each_page):
    """Every page in turn, opened once for all tests that only look at it."""
    with opening(each_page) as seen:
        yield seen.settled()


@pytest.fixture(scope="module")
def dark(opening, each_page):
    with opening(each_page, dark=True) as seen:
        yield seen.settled()


@pytest.fixture(scope="module")
def phone(opening, each_page):
    with opening(each_page, width=390) as seen:
        yield seen.settled()


@pytest.fixture(scope="module")
def next_core(each_page):
    """The core page that comes after this one, from the last the first; None where this is none."""
    core = [page for page in pages() if page.replace(".html", f"{DEEPER}.html") in pages()]
    return (core * 2)[core.index(each_page) + 1] if each_page in core else None


class Problems(list):
    """What went wrong on a page."""

    def listen(self, page):
        page.on("pageerror", lambda error: self.append(f"script error: {error}"))
        page.on("console", lambda message: message.type == "error" and self.append(f"console: {message.text}"))
        return page


@pytest.fixture
def on_stage(browser, tmp_path):
    """Open a page with the given widgets: ``on_stage([widget, …], width=390, theme="dark", fragment="#…")``."""
    contexts = []
    problems = Problems()

    def open_stage(widgets, *, theme="light", width=900, fragment="", stills=False, spoil=lambda text: text, **options):
        (tmp_path / "stage.html").write_text(spoil(stage.page(widgets, theme, stills)), encoding="utf-8")
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        contexts[-1].set_default_timeout(30_000)
        page = problems.listen(contexts[-1].new_page())
        page.goto((tmp_path / "stage.html").as_uri() + fragment)
        return page

    yield open_stage
    for context in contexts:
        context.close()
    assert problems == []


def pages():
    """The pages of the book in reading order, as paths in the built site (from ``_toc.yml``)."""
    return [f"{name}.html" for name in toc.pages(toc.load(ROOT))]


def pytest_generate_tests(metafunc):
    """A test with an argument ``path``, or with a page opened for all, runs once for each page."""
    if "path" in metafunc.fixturenames:
        metafunc.parametrize("path", pages())
    if "each_page" in metafunc.fixturenames:
        metafunc.parametrize("each_page", pages(), scope="module")

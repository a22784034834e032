"""The repository's address: it stands in ``_config.yml``, and everything that names it is written from there.

    python -m tools.address                                   write every place that names it
    python -m tools.address https://github.com/account/name   set it first (and the branch, with --branch)

Until the course has a public home the address is a name that nobody can register, because an account on GitHub has no
underscore; then the pages and the README show no button that would run a stranger's code.
"""

import argparse
import re
import sys
from pathlib import Path

import yaml

from companion.book.extension import is_public
from tools.files import write_whole

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "_config.yml"
PLACES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CITATION.cff", "LICENSE-TEXT", "pyproject.toml")
ADDRESS = re.compile(r"https://github\.com/[A-Za-z0-9_-]+/[A-Za-z0-9._-]*[A-Za-z0-9_-]")
BADGES = re.compile(r"(?<=<!-- badges -->\n).*?(?=<!-- /badges -->)", re.DOTALL)
START = "book/welcome.ipynb"


def address():
    """The address and the branch of the repository."""
    repository = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repository"]
    url = repository["url"]
    if not ADDRESS.fullmatch(url):
        raise ValueError(f"repository.url must look like https://github.com/account/name, got {url!r}")
    return url, repository["branch"]


def install(url, branch):
    """What pip installs the package from.

    >>> install("https://github.com/account/name", "main")
    'git+https://github.com/account/name@main'
    """
    return f"git+{url}@{branch}"


def badges(url, branch):
    """The lines of the README that open the first notebook elsewhere; a sentence as long as there is no such place."""
    if not is_public(url):
        return (
            "Buttons for Binder and Colab will stand here, and on every page, once the course has a public address (set it with\n"
            "`python -m tools.address https://github.com/…`).\n"
        )
    own = url.removeprefix("https://github.com/")
    binder = f"https://mybinder.org/v2/gh/{own}/{branch}?urlpath=lab/tree/{START}"
    colab = f"https://colab.research.google.com/github/{own}/blob/{branch}/{START}"
    return (
        f"[![Binder](https://mybinder.org/badge_logo.svg)]({binder})\n"
        f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab})\n"
    )


def derived(text, url, branch):
    """The text of a place with today's address: every address of a repository on GitHub in it is the course's own."""
    return BADGES.sub(lambda _: badges(url, branch), ADDRESS.sub(url, text))


def set_address(url, branch):
    """Write the address into ``_config.yml``, the one place where it stands."""
    if not (ADDRESS.fullmatch(url) and is_public(url)):
        raise ValueError(f"the address must look like https://github.com/account/name, got {url!r}")
    text = CONFIG.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(  url: )https://github\.com/.*$", lambda line: line[1] + url, text)
    text = re.sub(r"(?m)^(  branch: ).*$", lambda line: line[1] + branch, text)
    write_whole(CONFIG, text)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Write the repository's address wherever it is named.")
    parser.add_argument("url", nargs="?", help="the new address, https://github.com/account/name")
    parser.add_argument("--branch", default="main")
    options = parser.parse_args(arguments)
    if options.url:
        set_address(options.url, options.branch)
    url, branch = address()
    for path in (ROOT / name for name in PLACES):
        text = path.read_text(encoding="utf-8")
        if (new := derived(text, url, branch)) != text:
            write_whole(path, new)
            print(path.relative_to(ROOT))
    from tools import notebooks  # every notebook names it too

    return notebooks.main(["--as-it-is"])


if __name__ == "__main__":
    sys.exit(main())

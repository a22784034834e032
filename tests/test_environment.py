"""One set of versions: pyproject.toml, the locks, environment.yml and the citation say the same."""

import os
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import companion

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
WANTED = {
    canonicalize_name(requirement.name): requirement
    for requirement in map(Requirement, PROJECT["dependencies"] + [each for extra in EXTRAS.values() for each in extra])
}
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
CONDA_NAMES = {"pytorch-cpu": "torch"}


def pins(name):
    """{name: its requirement} of a file of exact versions, without the hashes."""
    lines = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    wanted = (Requirement(line.partition("--hash")[0]) for line in lines if line and not line.startswith("#"))
    return {requirement.name: requirement for requirement in wanted}


CONSTRAINTS, BOOK, TORCH = pins("constraints.txt"), pins("requirements.lock"), pins("requirements-torch.txt")
ALL = CONSTRAINTS | TORCH


def pinned(name):
    """The one version of ``name`` that the locks allow."""
    (clause,) = ALL[name].specifier
    assert clause.operator == "=="
    return clause.version


def test_the_package_asks_for_lower_bounds_only():
    """So it moves nothing that is installed already, as under the running kernel of a notebook."""
    for requirement in map(Requirement, PROJECT["dependencies"] + EXTRAS["torch"]):
        assert [clause.operator for clause in requirement.specifier] == [">="], requirement


@pytest.mark.parametrize("name", WANTED)
def test_the_lock_satisfies_the_project(name):
    assert WANTED[name].specifier.contains(pinned(name))


def test_the_locks_name_versions_and_nothing_else():
    for name in ALL:
        assert re.fullmatch(r"[a-z0-9-]+", name) and re.fullmatch(r"[\w.]+", pinned(name)), name
    for name in ("constraints.txt", "requirements.lock", "requirements-torch.txt"):
        assert not re.search(r"https?://|file:|index|find-links", (ROOT / name).read_text(encoding="utf-8")), name


def test_each_file_of_the_books_environment_has_its_hash():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    for line in lines:
        assert line.startswith("#") or re.search(r"--hash=sha256:[0-9a-f]{64}", line), line
    assert {name: each.specifier for name, each in BOOK.items()} == {name: CONSTRAINTS[name].specifier for name in BOOK}


def test_the_book_needs_neither_torch_nor_jupyterlab():
    wanted = {Requirement(each).name for each in PROJECT["dependencies"] + EXTRAS["book"]}
    assert wanted <= BOOK.keys()
    assert not BOOK.keys() & {"torch", "jupyterlab", "playwright", "pytest"}


def test_torch_is_pinned_in_one_place():
    files = [*ROOT.glob("*.*"), ROOT / "Makefile", ROOT / ".ci" / "run", *(ROOT / "tools").iterdir()]
    naming = [file.name for file in files if file.is_file() and "torch==" in file.read_text(encoding="utf-8")]
    assert naming == ["requirements-torch.txt"]


def test_this_environment_is_the_locked_one():
    """Whatever passes here was tested with the versions that a reader gets."""
    here = [name for name in WANTED if not ALL[name].marker or ALL[name].marker.evaluate()]
    assert {name: version(name).partition("+")[0] for name in here} == {name: pinned(name) for name in here}


def test_conda_agrees_with_the_project_and_the_lock():
    pip = next(each["pip"] for each in CONDA["dependencies"] if isinstance(each, dict))
    own = dict(each.split("=") for each in CONDA["dependencies"] if isinstance(each, str) and "=" in each)
    assert SpecifierSet(PROJECT["requires-python"]).contains(own.pop("python"))
    assert own == {name: pinned(CONDA_NAMES.get(name, name)) for name in own} and len(own) == 2
    assert pip == ["-c constraints.txt", "-e .[torch,lab]"] and {"torch", "lab"} <= set(EXTRAS)


def test_jupyterlab_can_show_the_book():
    assert {"jupyterlab", "jupyterlab-myst"} <= {Requirement(each).name for each in EXTRAS["lab"]}


def test_nothing_is_fetched_and_run():
    for name in ("Makefile", ".ci/run", "tools/environment.sh"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"curl|wget|urlretrieve|urlopen|https?://(?!localhost)", text), name


def test_a_python_that_cannot_make_environments_is_told_what_to_install(tmp_path):
    """Debian's Python without python3-venv: a sentence, nothing made, nothing fetched."""
    python = tmp_path / "python3"
    python.write_text("#!/bin/sh\ncase $2 in *ensurepip*) exit 1;; esac\n", encoding="utf-8")
    python.chmod(0o755)
    command = ["bash", str(ROOT / "tools" / "environment.sh"), str(tmp_path / "made"), "book"]
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | {"PATH": path})
    assert done.returncode == 1 and "install the package python3-venv" in done.stderr
    assert not (tmp_path / "made").exists()


def test_one_version_of_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["version"] == companion.__version__ == citation["version"]


@pytest.mark.skipif(not shutil.which("jupyter-repo2docker"), reason="jupyter-repo2docker is not installed")
def test_binder_reads_the_environment():
    command = ["jupyter-repo2docker", "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "python=3.12" in done.stderr + done.stdout

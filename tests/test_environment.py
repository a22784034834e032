"""One set of versions: pyproject.toml, requirements.lock, environment.yml and the citation say the same."""

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
from tools import lock

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
WANTED = {
    canonicalize_name(requirement.name): requirement
    for requirement in map(Requirement, PROJECT["dependencies"] + [each for extra in EXTRAS.values() for each in extra])
}
LOCKED = dict(line.split("==") for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").split())
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
CONDA_NAMES = {"pytorch-cpu": "torch"}


@pytest.mark.parametrize("name", WANTED)
def test_the_lock_satisfies_the_project(name):
    assert WANTED[name].specifier.contains(LOCKED[name])


def test_the_lock_names_versions_and_nothing_else():
    for name, pinned in LOCKED.items():
        assert re.fullmatch(r"[a-z0-9.-]+", name) and re.fullmatch(r"[\w.]+", pinned), (name, pinned)
    assert lock.lines(LOCKED.items()) == [f"{name}=={pinned}" for name, pinned in LOCKED.items()]


def test_this_environment_is_the_locked_one():
    """Whatever passes here was tested with the versions that a reader gets."""
    assert {name: version(name).partition("+")[0] for name in WANTED} == {name: LOCKED[name] for name in WANTED}


def test_conda_agrees_with_the_project():
    pip = next(each["pip"] for each in CONDA["dependencies"] if isinstance(each, dict))
    pins = dict(each.split("=") for each in CONDA["dependencies"] if isinstance(each, str) and "=" in each)
    assert SpecifierSet(PROJECT["requires-python"]).contains(pins.pop("python"))
    for name, pinned in pins.items():
        assert WANTED[CONDA_NAMES.get(name, name)].specifier.contains(pinned), name
    extras = re.fullmatch(r"-e \.\[([\w,]+)\]", pip[0])[1].split(",")
    assert len(pip) == 1 and set(extras) == {"torch", "lab"} and set(extras) <= set(EXTRAS)


def test_jupyterlab_can_show_the_book():
    assert {"jupyterlab", "jupyterlab-myst"} <= {Requirement(each).name for each in EXTRAS["lab"]}


def test_one_version_of_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["version"] == companion.__version__ == citation["version"]


@pytest.mark.skipif(not shutil.which("jupyter-repo2docker"), reason="jupyter-repo2docker is not installed")
def test_binder_reads_the_environment():
    command = ["jupyter-repo2docker", "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "python=3.12" in done.stderr + done.stdout

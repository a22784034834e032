"""The built book, for the tests that read it. ``COURSE_SITE`` names another built book than ``_build/html``."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# On a busy machine a time limit fails tests that have nothing wrong with them.
settings.register_profile("course", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("course")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def give_up():
    """``give_up(reason)`` fails in continuous integration (``CI=true``) and skips elsewhere."""
    return pytest.fail if os.environ.get("CI") == "true" else pytest.skip


@pytest.fixture(scope="session")
def site(give_up):
    """The folder of the built book."""
    folder = Path(os.environ.get("COURSE_SITE", ROOT / "_build" / "html"))
    if not (folder / "index.html").exists():
        give_up(f"there is no built book at {folder}: run `make book`")
    return folder

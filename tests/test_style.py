"""The code follows the style that pyproject.toml sets."""

import subprocess
import sys
from pathlib import Path


def test_ruff_has_no_complaint():
    command = [sys.executable, "-m", "ruff", "check", "--output-format", "concise", "."]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.returncode == 0, done.stdout

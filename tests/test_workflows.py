"""The files for a public host: readable, every action pinned to a version, no more rights than needed."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def faults(text):
    """What is wrong with a workflow, in words."""
    flow = yaml.safe_load(text)
    if flow.get("permissions") != {"contents": "read"}:
        yield "the workflow may do more than read"
    for name, job in flow["jobs"].items():
        if "timeout-minutes" not in job:
            yield f"{name} has no time limit"
        for step in job["steps"]:
            if "uses" in step and not re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]):
                yield f"{name} uses {step['uses']}, which is not an action of the host itself at a version"
            for command in re.findall(r"\S*/\S+", step.get("run", "")):
                if not command.startswith((".venv/", "_build/")) and not (ROOT / command).exists():
                    yield f"{name} runs {command}, which does not exist"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_workflow_is_in_order(path):
    assert list(faults(path.read_text(encoding="utf-8"))) == []


def test_there_are_workflows():
    assert {path.stem for path in FILES} == {"pages", "weekly"}


def test_faults_are_found():
    job = "{runs-on: x, steps: [{uses: some/thing@v1}, {uses: actions/checkout@main}, {run: .ci/nothing}]}"
    assert len(list(faults(f"on: push\npermissions: write-all\njobs: {{a: {job}}}"))) == 5

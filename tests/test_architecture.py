"""The arrows between the rooms: a module imports only from floors below its own."""

import ast
from pathlib import Path

import pytest
import yaml

from companion.chapters import CHAPTERS

COMPANION = Path(__file__).parents[1] / "companion"

FLOORS = [  # a new room gets its place here; move a wall when the code says so
    {"require", "special", "threads"},
    {"activations", "data", "quadrature", "cost", "signals", "chapters"},
    {"surfaces", "gradcheck", "weights", "chain", "products", "layers", "theory", "isometry", "views", "runs"}
    | {"optimizers", "schedules", "formats"},
    {"widgets"},
    {"descent", "network", "stack", "pooling", "practice", "claims", "book", "views.observables", "views.course"},
    {"fixes", "steps"},
    {"recipes", "propagation", "torch_nets", "torch_optimizers", "gradient_rules"},
    {"monitor", "variants"},
    {"training"},
    {"course_network"},
    {"chapters.*"},
]
FLOOR = {room: number for number, floor in enumerate(FLOORS) for room in floor}
AT = {room: f"(floor {number})" for room, number in FLOOR.items()}
TORCH_ROOMS = {"training", "course_network", "gradient_rules", "monitor", "torch_nets", "torch_optimizers", "probe"}


def floor_of(room):
    """The floor of a room; the chapters' rooms share the top one."""
    return FLOOR["chapters.*"] if room.startswith("chapters.") else FLOOR.get(room)


def room_of(names):
    """The room that a dotted name, as a list without ``companion``, lies in: a chapter, or a dotted name of the plan, is one."""
    own = ".".join(names[:2])
    return own if own in FLOOR or (names[0] == "chapters" and len(names) > 1 and names[1] in CHAPTERS) else names[0]


def modules(root):
    """(room, path) of every module below ``root``; the front door and its own floor plan are not rooms."""
    for path in sorted(root.rglob("*.py")):
        names = [name.removesuffix(".py") for name in path.relative_to(root).parts]
        if names != ["__init__"]:
            yield room_of(names), path


def imports(path):
    """Every module that a file imports, as a dotted name, also in functions, by ``import_module`` and ``require.package``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "require.package")) and node.args:
            first = node.args[0]
            first = first.values[0] if isinstance(first, ast.JoinedStr) else first
            if isinstance(first, ast.Constant):
                yield first.value


def faults(root):
    """Every broken rule, in words."""
    found = []
    for room, path in modules(root):
        floor = floor_of(room)
        if floor is None:
            found.append(f"{room} has no floor: give it one in FLOORS")
            continue
        for name in imports(path):
            parts = name.split(".")
            target = room_of(parts[1:]) if parts[0] == "companion" and parts[1:] else None
            if target and target != room and floor_of(target) is not None and floor_of(target) >= floor:
                found.append(f"{room} (floor {floor}) imports {target} (floor {floor_of(target)})")
            if parts[0] == "torch" and room not in TORCH_ROOMS:
                found.append(f"{room} imports torch")
            if name.startswith("matplotlib.pyplot"):
                found.append(f"{room} imports pyplot, which keeps a hidden current figure")
        if "np.random.seed" in path.read_text(encoding="utf-8"):
            found.append(f"{room} seeds the global generator")
    return found


def test_every_module_imports_only_from_below():
    assert faults(COMPANION) == []


def test_every_room_of_the_plan_exists():
    rooms = {room for room, _ in modules(COMPANION)}
    assert set(FLOOR) - {"chapters.*"} - rooms == set()
    assert {room for room in rooms if room.startswith("chapters.")} == {f"chapters.{slug}" for slug in CHAPTERS}


def test_the_chapters_are_those_of_the_book():
    parts = yaml.safe_load((COMPANION.parent / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    pages = [Path(page["file"]).name for part in parts for page in part["chapters"] if part.get("numbered")]
    assert list(CHAPTERS) == ["welcome", *pages] and list(CHAPTERS.values()) == sorted(set(CHAPTERS.values()))


@pytest.mark.parametrize(
    ("room", "code", "fault"),
    [
        ("layers", "from companion.network import Network", f"layers {AT['layers']} imports network {AT['network']}"),
        ("layers", "from companion import propagation", f"layers {AT['layers']} imports propagation {AT['propagation']}"),
        ("theory", "def f():\n    import companion.layers", f"theory {AT['theory']} imports layers {AT['layers']}"),
        (
            "views",
            "import importlib\nimportlib.import_module('companion.claims')",
            f"views {AT['views']} imports claims {AT['claims']}",
        ),
        ("network", "import torch.nn as nn", "network imports torch"),
        ("network", "torch = require.package('torch')", "network imports torch"),
        ("views", "from matplotlib import pyplot", "views imports pyplot, which keeps a hidden current figure"),
        ("data", "import numpy as np\nnp.random.seed(0)", "data seeds the global generator"),
        ("attic", "", "attic has no floor: give it one in FLOORS"),
    ],
)
def test_a_planted_fault_is_found(tmp_path, room, code, fault):
    (tmp_path / f"{room}.py").write_text(code, encoding="utf-8")
    assert fault in faults(tmp_path)


@pytest.mark.parametrize(
    ("file", "code", "fault"),
    [
        (
            "widgets/deep.py",
            "from companion.widgets import marks\nimport companion.practice.checker",
            f"widgets {AT['widgets']} imports practice {AT['practice']}",
        ),
        (
            "chapters/products/study.py",
            "from companion.chapters.clipping.cliff import X",
            f"chapters.products {AT['chapters.*']} imports chapters.clipping {AT['chapters.*']}",
        ),
        (
            "chapters/products/study.py",
            "from companion.chapters import residual",
            f"chapters.products {AT['chapters.*']} imports chapters.residual {AT['chapters.*']}",
        ),
        (
            "views/observables.py",
            "import companion.fixes",
            f"views.observables {AT['views.observables']} imports fixes {AT['fixes']}",
        ),
        (
            "views/plots.py",
            "from companion.views.observables import panel",
            f"views {AT['views']} imports views.observables {AT['views.observables']}",
        ),
        (
            "fixes/new.py",
            "from companion.chapters.products import claims",
            f"fixes {AT['fixes']} imports chapters.products {AT['chapters.*']}",
        ),
        ("chapters/products/study.py", "import torch", "chapters.products imports torch"),
        ("chapters/attic/study.py", "import companion.training", f"chapters {AT['chapters']} imports training {AT['training']}"),
    ],
)
def test_a_planted_fault_inside_a_package_is_found(tmp_path, file, code, fault):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(code, encoding="utf-8")
    assert faults(tmp_path) == [fault]

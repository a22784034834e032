"""The arrows between the rooms: a module imports only from floors below its own."""

import ast
from pathlib import Path

import pytest

COMPANION = Path(__file__).parents[1] / "companion"

FLOORS = [  # a new room gets its place here; move a wall when the code says so
    {"require", "style", "markdown", "quadrature", "cost", "typed"},
    {"activations", "surfaces", "data", "gradcheck", "signals", "trial"},
    {"weights", "descent", "valleys", "chain", "products", "kinds", "cliff"},
    {"layers", "theory", "isometry", "deep_linear"},
    {"network", "defects", "stack", "correlation", "shattering"},
    {"fixes", "death", "clipped"},
    {"recipes", "propagation", "torch_nets", "gradient_rules", "penalised"},
    {"monitor"},
    {"training"},
    {"plots", "widgets", "runs"},
    {"checker", "claims", "book"},
    {"exercises"},
]
FLOOR = {room: number for number, floor in enumerate(FLOORS) for room in floor}
AT = {room: f"(floor {number})" for room, number in FLOOR.items()}
LATE = {("checker", "exercises")}  # fetched by name when it is called: the catalogue lies above the checker on purpose
TORCH_ROOMS = {"training", "gradient_rules", "monitor", "torch_nets", "probe", "runs"}


def modules(root):
    """(room, path) of every module below ``root``; the front door and its own floor plan are not rooms."""
    for path in sorted(root.rglob("*.py")):
        room = path.relative_to(root).parts[0].removesuffix(".py")
        if room != "__init__":
            yield room, path


def imports(path):
    """Every module that a file imports, as a dotted name, also inside functions and through ``import_module("…")``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            first = node.args[0]
            first = first.values[0] if isinstance(first, ast.JoinedStr) else first
            if isinstance(first, ast.Constant):
                yield first.value


def faults(root):
    """Every broken rule, in words."""
    found = []
    for room, path in modules(root):
        if room not in FLOOR:
            found.append(f"{room} has no floor: give it one in FLOORS")
            continue
        for name in imports(path):
            target = name.split(".")[1] if name.startswith("companion.") else None
            if target in FLOOR and target != room and FLOOR[target] >= FLOOR[room] and (room, target) not in LATE:
                found.append(f"{room} (floor {FLOOR[room]}) imports {target} (floor {FLOOR[target]})")
            if name.split(".")[0] == "torch" and room not in TORCH_ROOMS:
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
    assert set(FLOOR) - rooms == set()


@pytest.mark.parametrize(
    ("room", "code", "fault"),
    [
        ("layers", "from companion.network import Network", f"layers {AT['layers']} imports network {AT['network']}"),
        ("layers", "from companion import propagation", f"layers {AT['layers']} imports propagation {AT['propagation']}"),
        ("theory", "def f():\n    import companion.layers", f"theory {AT['theory']} imports layers {AT['layers']}"),
        (
            "plots",
            "import importlib\nimportlib.import_module('companion.claims')",
            f"plots {AT['plots']} imports claims {AT['claims']}",
        ),
        ("network", "import torch.nn as nn", "network imports torch"),
        ("plots", "from matplotlib import pyplot", "plots imports pyplot, which keeps a hidden current figure"),
        ("data", "import numpy as np\nnp.random.seed(0)", "data seeds the global generator"),
        ("attic", "", "attic has no floor: give it one in FLOORS"),
    ],
)
def test_a_planted_fault_is_found(tmp_path, room, code, fault):
    (tmp_path / f"{room}.py").write_text(code, encoding="utf-8")
    assert fault in faults(tmp_path)


def test_a_planted_fault_inside_a_package_is_found(tmp_path):
    (tmp_path / "widgets").mkdir()
    code = "from companion.widgets.marks import Line\nimport companion.checker\n"
    (tmp_path / "widgets" / "deep.py").write_text(code, encoding="utf-8")
    assert faults(tmp_path) == [f"widgets {AT['widgets']} imports checker {AT['checker']}"]

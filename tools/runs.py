"""Measure the recorded runs and write each into its chapter's room. What was measured before is kept, also when you stop it.

    python -m tools.runs                 every recording: units that are missing or whose code changed
    python -m tools.runs ch06-ladder     this one only
    python -m tools.runs --fresh …       measure all its units again (after a change in what the unit calls)
    python -m tools.runs --jobs 1 …      on one core

Each finished unit goes to the folder ``.runs`` at once. A unit is measured anew when its setting has changed, or its function,
or whatever that uses of its own file. A change in the rest of the package needs ``--fresh``; the tests, which measure a sample
again, say when.
"""

import argparse
import ast
import inspect
import json
import os
import platform
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from time import process_time

SINGLE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
os.environ |= SINGLE_THREAD  # before NumPy is loaded: sums of floats depend on the number of threads

from joblib import Parallel, delayed  # noqa: E402
from tqdm import tqdm  # noqa: E402

from companion import runs  # noqa: E402

CACHE = Path(__file__).parent.parent / ".runs"
LIBRARIES = ("numpy", "scipy", "torch")


def path_of(recording, index, cache):
    """Where a unit is kept: named by its setting and its code."""
    text = json.dumps(recording.settings[index], sort_keys=True) + code_of(recording.unit)
    return cache / recording.name / f"{sha256(text.encode()).hexdigest()[:16]}.json"


def code_of(unit):
    """The source of a function with everything that it uses of its file, directly or not, in the order of the file.

    >>> [line for line in code_of(code_of).splitlines() if line.startswith(("def", "CACHE"))]
    ['def code_of(unit):', 'def _binds(node):']
    """
    body = ast.parse(inspect.getsource(inspect.getmodule(unit))).body
    needed, names = set(), {unit.__name__}
    while found := [node for node in body if node not in needed and names & _binds(node)]:
        needed.update(found)
        names.update(part.id for node in found for part in ast.walk(node) if isinstance(part, ast.Name))
    return "\n".join(ast.unparse(node) for node in body if node in needed or not needed)


def _binds(node):
    """The names that a statement of a file makes."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def measure(recording, index, path):
    """Measure one unit and keep it."""
    start = process_time()
    try:
        result = recording.measure(index)
    except Exception as error:
        error.add_note(f"while measuring {recording.name} with {recording.settings[index]}")
        raise
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps({"result": result, "seconds": process_time() - start}), encoding="utf-8")
    part.replace(path)  # whole or not at all


def record(recording, *, cache=CACHE, folder=None, jobs=1, fresh=False, quiet=False):
    """Measure the units that are missing, in parallel, and write the file. Returns its path."""
    paths = [path_of(recording, index, cache) for index in range(len(recording.settings))]
    missing = [index for index, path in enumerate(paths) if fresh or not path.exists()]
    calls = (delayed(measure)(recording, index, paths[index]) for index in missing)
    work = Parallel(n_jobs=min(jobs, max(1, len(missing))), return_as="generator_unordered")(calls)
    total, done = len(paths), len(paths) - len(missing)
    for _ in tqdm(work, desc=recording.name, initial=done, total=total, unit="unit", file=sys.stderr, disable=quiet):
        pass
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    target = folder / f"{recording.name}.json" if folder else runs.path_of(recording.name)
    target.write_text(_text(recording, kept), encoding="utf-8")
    return target


def _text(recording, kept):
    """The file: one unit a line, so that a change shows which; no date, so that only the seconds differ between two runs."""
    unit = f"{recording.unit.__module__}.{recording.unit.__qualname__}"
    versions = {"python": platform.python_version()} | {name: version(name).partition("+")[0] for name in LIBRARIES}
    head = {"name": recording.name, "chapter": recording.chapter, "about": recording.about, "unit": unit, "versions": versions}
    units = [
        json.dumps({"setting": setting, "result": each["result"]}, ensure_ascii=False)
        for setting, each in zip(recording.settings, kept, strict=True)
    ]
    seconds = [float(f"{each['seconds']:.2g}") for each in kept]
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    lines += ['"units": [\n  ' + ",\n  ".join(units) + "\n]", f'"seconds": {json.dumps(seconds)}']
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Measure the recorded runs.")
    parser.add_argument("names", nargs="*", metavar="name", help="which recordings; all if none is named")
    parser.add_argument("--fresh", action="store_true", help="measure again what was measured before")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many units at a time (all cores)")
    options = parser.parse_args(arguments)
    table = runs.recordings()
    unknown = [name for name in options.names if name not in table]
    if unknown:
        parser.error(f"there is no recording {', '.join(unknown)}; there are: {', '.join(table) or 'none'}")
    for name in options.names or table:
        path = record(table[name], jobs=options.jobs, fresh=options.fresh)
        seconds = json.loads(path.read_text(encoding="utf-8"))["seconds"]
        print(f"{path.name}: {len(seconds)} units, {sum(seconds):.0f} s, {path.stat().st_size / 1000:.0f} kB")
        if seconds[table[name].sample] > runs.SAMPLE_SECONDS:
            print(f"  its sample takes {seconds[table[name].sample]:.1f} s: the tests allow {runs.SAMPLE_SECONDS} s")


if __name__ == "__main__":
    main()

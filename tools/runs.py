"""Measure the recorded runs and write each into its chapter's room. What was measured before is kept, also when you stop it.

    python -m tools.runs                 every recording: units that are missing or whose code changed
    python -m tools.runs ch06-ladder     this one only
    python -m tools.runs --fresh …       measure all its units again (after a change in what the unit calls)
    python -m tools.runs --jobs 1 …      on one core
    python -m tools.runs --into FOLDER … leave the committed files alone and write into another folder

The committed file says which units there are: a unit is measured when the file does not hold its setting, or holds it from other
code (the function, and whatever that uses of its own file). A change in the rest of the package needs ``--fresh``; the tests,
which measure a sample again, say when. Each finished unit goes to the folder ``.runs`` at once, and from there into the file when
all are there.
"""

import argparse
import ast
import functools
import inspect
import io
import json
import multiprocessing
import os
import sys
import tokenize
from concurrent.futures import ProcessPoolExecutor, as_completed
from hashlib import sha256
from multiprocessing import connection
from pathlib import Path
from threading import Thread
from time import process_time

from tools.processor import SINGLE_THREAD

os.environ |= SINGLE_THREAD  # before NumPy is loaded: sums of floats depend on the number of threads

from tqdm import tqdm  # noqa: E402

from companion import runs  # noqa: E402
from tools.files import write_whole  # noqa: E402
from tools.processor import origin  # noqa: E402

CACHE = Path(__file__).parent.parent / ".runs"


def code_of(unit):
    """The source of a function with everything that it uses of its file, directly or not, in the order of the file.

    Comments, docstrings and the layout of lines are left out: they change no number.

    >>> code_of(_hash).splitlines()
    ['from hashlib import sha256', 'def _hash(text): return sha256(text.encode()).hexdigest()[:16]']
    """
    source = inspect.getsource(inspect.getmodule(unit))
    body = ast.parse(source).body
    needed, names = set(), {unit.__name__}
    while found := [node for node in body if node not in needed and names & _binds(node)]:
        needed.update(found)
        names.update(part.id for node in found for part in ast.walk(node) if isinstance(part, ast.Name))
    return "\n".join(_bare(source, node) for node in body if node in needed or not needed)


def _binds(node):
    """The names that a statement of a file makes."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    inner = {id(part) for loop in ast.walk(node) if isinstance(loop, ast.comprehension) for part in ast.walk(loop.target)}
    stored = [part for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
    return {part.id for part in stored if id(part) not in inner}


def _bare(source, node):
    """The text of a statement in one line, the same in every version of Python."""
    first = min(part.lineno for part in [node, *getattr(node, "decorator_list", [])])
    return " ".join(" ".join(_silent(source)[first - 1 : node.end_lineno]).split())


@functools.cache
def _silent(source):
    """The lines of a file without comments and docstrings."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            doc = node.body[0]
            lines[doc.lineno - 1 : doc.end_lineno] = [""] * (doc.end_lineno - doc.lineno + 1)
    return lines


def _hash(text):
    return sha256(text.encode()).hexdigest()[:16]


def measure(recording, index, path):
    """Measure one unit and keep it."""
    start = process_time()
    try:
        result = recording.measure(index)
    except Exception as error:
        error.add_note(f"while measuring {recording.name} with {recording.settings[index]}")
        raise
    path.parent.mkdir(parents=True, exist_ok=True)
    seconds = float(f"{process_time() - start:.2g}")
    write_whole(path, json.dumps({"result": result, "seconds": seconds, "origin": origin()}))


def record(recording, *, cache=CACHE, folder=None, jobs=1, fresh=False, quiet=False):
    """Measure the units that are missing, in parallel, and write the file if that changes it. Returns its path."""
    target = folder / f"{recording.name}.json" if folder else runs.path_of(recording.name)
    code = _hash(code_of(recording.unit))
    kept = {} if fresh else _kept(target, code)
    keys = [json.dumps(setting, sort_keys=True) for setting in recording.settings]
    paths = {key: cache / recording.name / f"{_hash(key + code)}.json" for key in keys if key not in kept}
    missing = [index for index, key in enumerate(keys) if key in paths and (fresh or not paths[key].exists())]
    work = _each([functools.partial(measure, recording, index, paths[keys[index]]) for index in missing], jobs)
    total, done = len(keys), len(keys) - len(missing)
    bar = {"initial": done, "total": total, "unit": "unit", "file": sys.stderr, "disable": quiet or not missing}
    for _ in tqdm(work, desc=recording.name, **bar):
        pass
    kept |= {key: json.loads(path.read_text(encoding="utf-8")) for key, path in paths.items()}
    text = _text(recording, code, [kept[key] for key in keys])
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        write_whole(target, text)
    return target


def _kept(path, code):
    """The units that a file holds from this code, by their setting."""
    if not path.exists() or (old := json.loads(path.read_text(encoding="utf-8"))).get("code") != code:
        return {}
    units = zip(old["units"], old["seconds"], old["origin"], strict=True)
    return {
        json.dumps(unit["setting"], sort_keys=True): {
            "result": unit["result"],
            "seconds": seconds,
            "origin": old["origins"][number],
        }
        for unit, seconds, number in units
    }


def _each(work, jobs):
    """Call each function of ``work``, ``jobs`` at a time; one result after the other, in the order in which they are ready."""
    if jobs == 1 or len(work) < 2:
        yield from (each() for each in work)
        return
    pool = ProcessPoolExecutor(min(jobs, len(work)), multiprocessing.get_context("spawn"), _end_with_parent)
    try:
        yield from (each.result() for each in as_completed([pool.submit(each) for each in work]))
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent():
    """In a worker: end when the process that started it ends, however that happens."""

    def watch():
        connection.wait([multiprocessing.parent_process().sentinel])
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _text(recording, code, kept):
    """The file: one unit a line, so that a change shows which; no date, so that only the seconds differ between two runs."""
    origins = list({json.dumps(each["origin"]): each["origin"] for each in kept}.values())
    head = {
        "name": recording.name,
        "chapter": recording.chapter,
        "about": recording.about,
        "unit": f"{recording.unit.__module__}.{recording.unit.__qualname__}",
        "code": code,
        "origins": origins,
    }
    units = [
        json.dumps({"setting": setting, "result": each["result"]}, ensure_ascii=False)
        for setting, each in zip(recording.settings, kept, strict=True)
    ]
    foot = {"origin": [origins.index(each["origin"]) for each in kept], "seconds": [each["seconds"] for each in kept]}
    lines = [_line(*item) for item in head.items()]
    lines += ['"units": [\n  ' + ",\n  ".join(units) + "\n]", *(_line(*item) for item in foot.items())]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _line(key, value):
    return f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help="which recordings; all if none is named")
    parser.add_argument("--fresh", action="store_true", help="measure again what was measured before")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many units at a time (all cores)")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="write there, and keep what is finished there too")
    options = parser.parse_args(arguments)
    table = runs.recordings()
    unknown = [name for name in options.names if name not in table]
    if unknown:
        parser.error(f"there is no recording {', '.join(unknown)}; there are: {', '.join(table) or 'none'}")
    places = {"folder": options.into, "cache": options.into / "units"} if options.into else {}
    for name in options.names or table:
        path = record(table[name], jobs=options.jobs, fresh=options.fresh, **places)
        made = runs.read(path)
        print(f"{path.name}: {len(made.rows)} units, {sum(made.seconds):.0f} s, {path.stat().st_size / 1000:.0f} kB")
        if (seconds := made.seconds[table[name].sample]) > runs.SAMPLE_SECONDS:
            print(f"  its sample takes {seconds:.1f} s: the tests allow {runs.SAMPLE_SECONDS} s")
        for sentence in table[name].broken(made):
            print(f"  no longer true: {sentence}")


if __name__ == "__main__":
    main()

"""See that the book says the same when an older processor computes it.

    python -m tools.portable                         every chapter's notebook, with the evidence of its claims, and all samples
    python -m tools.portable book/welcome.ipynb …    these files or tests only
    python -m tools.portable --recordings [name …]   measure recordings whole and judge their conclusions (an hour for all)

Two processes of their own, side by side, compute with the instructions of a processor without AVX-512 and of one without AVX at
all (``tools/processor.py``). What a notebook prints must be what is committed, and a sample near its record. On a processor
that has none of these itself there is nothing to compare; the report names what was in use.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from companion import runs
from companion.chapters import of_page
from tools.processor import older

ROOT = Path(__file__).parent.parent
NBVAL = ["--nbval", "--nbval-sanitize-with", str(ROOT / "tests" / "nbval_sanitize.cfg"), "-p", "no:cacheprovider"]
SAMPLES = "tests/test_runs.py::test_a_recorded_sample_is_measured_again"
LINES = 30  # of the report of one test that fails


def chapters():
    """The notebooks of all chapters, core and deeper; the ledger shows their claims once more."""
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "book").rglob("*.ipynb")) if of_page(path.stem)]


def run(arguments, setting):
    """Run ``python`` with arguments as an older processor would; the finished process with its output."""
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=os.environ | setting, **both)


def in_use(setting):
    """The instructions that a process with that setting uses, in a line."""
    found = dict(line.split(" ", 1) for line in run(["-m", "tools.processor"], setting).stdout.splitlines())
    return f"OpenBLAS {found['openblas']}, NumPy {found['numpy_instructions']}, PyTorch {found['torch_instructions']}"


def rerun(targets, setting):
    """(passed, report) of pytest over notebooks and tests."""
    done = run(["-m", "pytest", "-q", "--color=no", "--tb=short", *NBVAL, *targets], setting)
    return done.returncode == 0, "\n".join(shortened(done.stdout))


def shortened(output):
    """The failures of a pytest report, each cut to its first lines, and the last line."""
    parts = re.split(r"\n(?=_{4,} .* _{4,}\n|=+ short test summary)", output.rstrip())
    for part in parts[1:-1]:
        lines = part.splitlines()
        yield from lines[:LINES] + [f"… {len(lines) - LINES} lines more"] * (len(lines) > LINES)
    yield output.rstrip().splitlines()[-1]


def recordings(names, setting):
    """(passed, report) of recordings that are measured whole, in a folder that is removed again."""
    with tempfile.TemporaryDirectory() as folder:
        done = run(["-m", "tools.runs", "--jobs", "1", "--into", folder, *names], setting)
        if done.returncode:
            return False, "\n".join(done.stdout.splitlines()[-LINES:])
        table, report, whole = runs.recordings(), [], True
        for name in names:
            made = runs.read(Path(folder) / f"{name}.json")
            broken = table[name].broken(made)
            report += [f"{name}: {differences(table[name], made)}", *(f"  no longer true: {line}" for line in broken)]
            whole &= not broken
        return whole, "\n".join(report)


def differences(recording, made):
    """How far a record is from the committed one, in words."""
    pairs = list(zip(runs.load(recording.name).rows, made.rows, strict=True))
    changed = [(old, new) for old, new in pairs if not runs.same(new, old, 1e-5)]
    far = [(old, new) for old, new in changed if not runs.same(new, old, 0.02)]
    return f"{len(changed)} of {len(pairs)} units differ, {len(far)} by more than 2 %; {len(recording.conclusions)} conclusions"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", help="notebooks and tests; names of recordings with --recordings")
    parser.add_argument("--recordings", action="store_true", help="measure recordings whole instead of their samples")
    options = parser.parse_args(arguments)
    if platform.machine() not in ("x86_64", "AMD64"):
        parser.error(f"the settings are for x86-64 processors, this one is {platform.machine()}: nothing was tested")
    judge = recordings if options.recordings else rerun
    targets = options.targets or (list(runs.recordings()) if options.recordings else [*chapters(), SAMPLES])
    settings = older()
    with ThreadPoolExecutor(len(settings)) as pool:
        results = pool.map(lambda setting: (in_use(setting), *judge(targets, setting)), settings.values())
    failed = 0
    for name, (used, passed, report) in zip(settings, results, strict=True):
        print(f"== {name} ({used}): {'the same' if passed else 'NOT the same'}\n{report}\n", flush=True)
        failed += not passed
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())

"""Files stay whole when the writer is killed at any line or any byte, and when the disk is full."""

import errno
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools.files import write_whole

ROOT = Path(__file__).parents[1]
OLD, NEW = "old\n" * 5000, "neu ü\n" * 9000

# Ends the process without a word: at step n (a line or a return) of files.py, or when a file has grown to n bytes.
KILLER = """
import os, resource, signal, sys
kind, n = sys.argv[1], int(sys.argv[2])
def at_line(frame, event, argument, seen=[0]):
    if not frame.f_code.co_filename.endswith("files.py"):
        return None
    seen[0] += event != "call"
    if seen[0] == n:
        os.kill(os.getpid(), signal.SIGKILL)
    return at_line
if kind == "line":
    sys.settrace(at_line)
else:
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n, n))
"""
WRITER = KILLER + "from tools.files import write_whole\nwrite_whole(sys.argv[3], 'neu ü\\n' * 9000)\n"


def killed(kind, n, path, program=WRITER):
    """Write in a process that is killed on the way; whether it was."""
    code = subprocess.run([sys.executable, "-S", "-c", program, kind, str(n), str(path)], cwd=ROOT).returncode
    assert code in (0, -signal.SIGKILL, -signal.SIGXFSZ)
    return code != 0


def test_killed_at_any_line_the_file_is_old_or_new(tmp_path):
    path, found = tmp_path / "a.txt", []
    path.write_text(OLD)
    while killed("line", len(found) + 1, path):
        found.append(path.read_text())
        for each in tmp_path.iterdir():  # so that every round takes the same steps
            each.unlink()
        path.write_text(OLD)
    assert set(found) == {OLD, NEW} and len(found) > 15 and path.read_text() == NEW


@pytest.mark.parametrize("n", [0, 1, 4096, 60_000])
def test_killed_at_any_byte_the_file_is_the_old_one(tmp_path, n):
    path = tmp_path / "a.txt"
    path.write_text(OLD)
    assert killed("byte", n, path)
    assert path.read_text() == OLD
    write_whole(path, NEW)
    assert [each.read_text() for each in tmp_path.iterdir()] == [NEW]  # the rest was taken away


def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, OLD)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))  # Python ignores the signal: the write fails
    try:
        with pytest.raises(OSError) as error:
            write_whole(path, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert error.value.errno == errno.EFBIG
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.txt", OLD)]


def test_bytes_a_new_file_and_its_rights(tmp_path):
    path = tmp_path / "a.sh"
    write_whole(path, b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    path.chmod(0o750)
    write_whole(path, "#!/bin/sh\n")
    assert path.stat().st_mode & 0o777 == 0o750


def test_what_another_process_is_writing_is_left_alone(tmp_path):
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    part = tmp_path / f".a.txt.{other.pid}.part"
    part.write_text("half")
    write_whole(tmp_path / "a.txt", NEW)
    assert part.exists()
    other.communicate()
    write_whole(tmp_path / "a.txt", NEW)
    assert not part.exists()

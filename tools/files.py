"""Files that are whole at every moment: whoever reads one finds the old text or the new one, never a part."""

import os
from glob import escape
from pathlib import Path


def write_whole(path, text):
    """Write ``text`` (str as UTF-8, or bytes) to ``path``: beside it first, down to the disk, then put in its place.

    A process killed on the way leaves the file as it was, and a hidden ``.name.pid.part`` that the next call takes away;
    a full disk is an ``OSError`` and leaves nothing.
    """
    path = Path(path)
    for left in path.parent.glob(f".{escape(path.name)}.*.part"):
        if not _runs(int(left.name.split(".")[-2])):
            left.unlink(missing_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")  # in the same folder, so on the same disk
    try:
        with part.open("wb") as file:
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave the new name on an empty file
        if path.exists():
            part.chmod(path.stat().st_mode)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

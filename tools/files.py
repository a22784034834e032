"""Write a file so that it is whole at every moment: the old text or the new one, whatever ends the process."""

import os
from pathlib import Path


def write_whole(path, text):
    """Write ``text`` beside ``path``, see it onto the disk, then put it in the place of ``path``."""
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)

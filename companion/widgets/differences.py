"""Packed bytes in an order that compresses to about half: differences of neighbours, all low bytes before all high bytes.

The bytes are as many as before, and nothing is lost. The book's pages hold them so (``spec["differences"]``), because a server
sends what gzip makes of them; notebooks and kernels hold them as ``packing`` made them. differences.js is the inverse.

>>> folded(np.array([500, 501, 499, 499], "<u2")).tolist()  # 500, then 1 up, 2 down, and the same again
[1000, 2, 3, 0]
"""

import numpy as np

from companion.widgets.packing import KINDS


def folded(values):
    """Differences of whole numbers, the first from 0, in numbers without a sign: 0, −1, 1, −2 … become 0, 1, 2, 3 …"""
    values = values.reshape(-1)
    steps = np.diff(values, prepend=values.dtype.type(0)).view(values.dtype.str.replace("u", "i"))  # they wrap around
    return ((steps << 1) ^ (steps >> (8 * steps.itemsize - 1))).view(values.dtype)


def planes(parts):
    """The bytes of whole numbers: the lowest of each, then the next of each."""
    if not parts:
        return b""
    values = np.concatenate(parts)
    return values.view("u1").reshape(-1, values.itemsize).T.tobytes()


def as_differences(spec, data):
    """``(spec, data)`` of a packed grid with the bytes in that order."""
    dtype = np.dtype("<u4" if spec["wide"] else "<u2")
    table = np.frombuffer(data, dtype, spec["arrays"])
    rows = np.frombuffer(data, dtype, spec["rows"] * spec["width"], table.nbytes).reshape(spec["width"], spec["rows"])
    start, arrays = table.nbytes + rows.nbytes, {kind: [] for kind in KINDS}
    for entry in map(int, table):
        array = np.frombuffer(data, KINDS[entry % 4], entry // 4, start)
        arrays[array.dtype.str].append(array)
        start += array.nbytes
    parts = [planes([folded(table)]), planes([folded(column) for column in rows])]
    parts += [planes([folded(array.view(whole)) for array in arrays[kind]]) for kind, whole in (("<f2", "<u2"), ("<f4", "<u4"))]
    parts += [b"".join(array.tobytes() for array in arrays[kind]) for kind in ("<f8", "|u1")]
    return spec | {"differences": True}, b"".join(parts)

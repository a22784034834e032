"""One thread for NumPy's matrix products while the engine works; afterwards the setting is what it was.

The course multiplies many small matrices. On those, the threads of a BLAS library wait for each other: on two cores a profile of
width 200 takes ten times the processor time (``benchmarks/blas_threads.py``), and the last digits depend on the number of cores.

>>> with one_thread():
...     product = np.eye(2) @ np.eye(2)
"""

from contextlib import contextmanager
from functools import cache
from threading import Lock

import numpy as np  # noqa: F401 - the controller looks for the library that it loads

__all__ = ["LARGE", "one_thread"]

LARGE = 4096  # a product with fewer numbers than this is on one thread anyway
_HELD = Lock()  # by the outermost limit: it alone sets and restores, so that none restores what another one has set


@contextmanager
def one_thread(wanted=True):
    """As ``with one_thread():``, or as the decorator ``@one_thread()``; does nothing if not ``wanted`` (a small product).

    Without threadpoolctl, as in Pyodide (where there is but one thread), nothing is limited.
    """
    controller = _controller() if wanted else None
    if controller is None or not _HELD.acquire(blocking=False):
        yield
        return
    try:
        with controller.limit(limits=1):
            yield
    finally:
        _HELD.release()


@cache
def _controller():
    """The BLAS library that NumPy has loaded, looked for once (a millisecond); None without threadpoolctl."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController().select(user_api="blas")

"""How long a reader's code may run.

>>> with limit(10):
...     pass
"""

import signal
import sys
import threading
from contextlib import contextmanager
from time import monotonic

AGAIN = 0.5  # seconds until an interrupt that the code has swallowed is repeated


class TimeUp(BaseException):
    """The code has run for too long. No ``except Exception`` of the reader's catches it."""


def limit(seconds):
    """A context in which TimeUp is raised after so many seconds: by the alarm signal in the main thread of a Unix system, else
    from a thread beside it. In a browser nothing can interrupt Python, and nothing does."""
    if sys.platform == "emscripten":
        return _none()
    main = threading.current_thread() is threading.main_thread()
    return _by_signal(seconds) if main and hasattr(signal, "setitimer") else _by_thread(seconds)


@contextmanager
def _none():
    yield


@contextmanager
def _by_signal(seconds):
    def stop(number, frame):
        raise TimeUp

    start, before = monotonic(), signal.getitimer(signal.ITIMER_REAL)
    handler = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:  # also if the alarm went off on the way here
            signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler if handler is not None else signal.SIG_DFL)
        if before[0]:  # another's alarm goes on, less the time that has passed
            signal.setitimer(signal.ITIMER_REAL, max(before[0] - (monotonic() - start), 1e-3), before[1])


@contextmanager
def _by_thread(seconds):
    import ctypes  # a browser's Python may lack it

    here, done = ctypes.c_ulong(threading.get_ident()), threading.Event()
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch():
        wait = seconds
        while not done.wait(wait):
            raise_in(here, ctypes.py_object(TimeUp))
            wait = AGAIN

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        raise_in(here, None)  # one that was on its way

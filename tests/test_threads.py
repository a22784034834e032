"""The engine takes one BLAS thread and leaves the setting as found, whatever happens inside."""

import dataclasses
import subprocess
import sys
import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from companion.activations import ACTIVATIONS
from companion.layers import Dense
from companion.network import Network, train
from companion.propagation import profile
from companion.threads import LARGE, one_thread


def threads():
    """The number of threads of NumPy's BLAS library; SciPy and torch may have loaded others, which the engine does not use."""
    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return {library["num_threads"] for library in libraries if "numpy" in library["filepath"]}


@pytest.fixture(autouse=True)
def two_threads():
    with threadpool_limits(2, "blas"):
        if threads() != {2}:
            pytest.skip("this BLAS has no second thread")
        yield


@pytest.fixture
def seen(monkeypatch):
    """The numbers of threads at each call of the activation ``spy``."""
    found = []

    def f(z):
        found.append(threads())
        return np.tanh(z)

    monkeypatch.setitem(ACTIVATIONS, "spy", dataclasses.replace(ACTIVATIONS["tanh"], name="spy", f=f))
    return found


def network(width):
    return Network([Dense(np.eye(width), np.zeros((width, 1)), "spy")])


def test_a_profile_runs_on_one_thread_and_the_setting_stays(seen):
    profile(activation="spy", initialization="lecun_normal", depth=2, width=4, seeds=2)
    assert seen == [{1}] * 2 and threads() == {2}


def test_training_and_large_passes_run_on_one_thread(seen):
    x = np.ones((4, 3))
    train(network(4), x, x, rate=0.1, steps=1)
    network(64).forward(np.ones((64, LARGE // 64)))
    assert seen == [{1}] * 3 and threads() == {2}


def test_a_small_pass_is_not_slowed_down(seen):
    network(4).forward(np.ones((4, 3)))
    assert seen == [{2}]


def test_an_error_inside_leaves_the_setting(monkeypatch):
    def f(z):
        raise ZeroDivisionError

    monkeypatch.setitem(ACTIVATIONS, "broken", dataclasses.replace(ACTIVATIONS["tanh"], name="broken", f=f))
    with pytest.raises(ZeroDivisionError):
        profile(activation="broken", initialization="lecun_normal", depth=2, width=4, seeds=2)
    assert threads() == {2}


def test_side_by_side_the_first_one_in_restores_what_it_found():
    inside, leave = threading.Event(), threading.Event()

    def other():
        with one_thread():
            inside.set()
            leave.wait(60)

    beside = threading.Thread(target=other)
    with one_thread():
        beside.start()
        inside.wait(60)
        with one_thread():
            pass
        assert threads() == {1}
    assert threads() == {2}
    leave.set()
    beside.join()
    assert threads() == {2}


def test_it_works_without_threadpoolctl():
    code = (
        "import sys; sys.modules['threadpoolctl'] = None\n"
        "from companion.propagation import profile\n"
        "print(profile(activation='tanh', initialization='lecun_normal', depth=2, width=4, seeds=1).delta.shape)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "(1, 2)\n"

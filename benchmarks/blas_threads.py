"""What BLAS threads cost: the processor time of ``profile`` with all threads over that with one, in one run.

    python -m benchmarks.blas_threads          (without OMP_NUM_THREADS)

``profile`` limits itself to one thread; its bare function (``profile.__wrapped__``) is the same work on as many threads as BLAS
takes. A product of 100 × 100 by 100 × 32 is too small for OpenBLAS to share out, so width 100 shows 1.
"""

import os
from time import perf_counter, process_time

from companion.propagation import profile

SETTING = {"activation": "tanh", "initialization": "lecun_normal", "depth": 10, "seeds": 24}


def seconds(function, width):
    """(processor time, wall time) of one call, after another one."""
    function(width=width, **SETTING)
    start = process_time(), perf_counter()
    function(width=width, **SETTING)
    return process_time() - start[0], perf_counter() - start[1]


def main():
    print(f"{os.cpu_count()} processors; 24 networks, depth 10, batch 32; processor time (wall time)\n")
    for width in (100, 200, 300):
        (free, free_wall), (one, one_wall) = seconds(profile.__wrapped__, width), seconds(profile, width)
        times = f"all threads {free:6.2f} s ({free_wall:5.2f} s)   one thread {one:6.2f} s ({one_wall:5.2f} s)"
        print(f"width {width}   {times}   ratio {free / one:5.1f}")


if __name__ == "__main__":
    main()

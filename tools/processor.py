"""Which instructions the numbers are computed with, here and under settings that make this processor an older one.

The last digit of a sum depends on the processor: each of OpenBLAS, NumPy, MKL and PyTorch has code for several kinds. These
variables choose the code for an older kind; they are read when the library is loaded, so they are for a new process.

>>> sorted(older())
['avx2', 'sse']
"""

import functools
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("numpy", "scipy", "torch")
SINGLE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
OLDER = {  # the environment of a process that computes as an older processor would, but for NumPy's own variable
    "sse": {"OPENBLAS_CORETYPE": "PRESCOTT", "ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE"},
    "avx2": {"OPENBLAS_CORETYPE": "HASWELL", "ATEN_CPU_CAPABILITY": "avx2", "MKL_CBWR": "AVX2"},
}
AVX512 = re.compile(r"AVX512|X86_V4")  # what NumPy calls its code for such processors, in every version


def older():
    """The environments of :data:`OLDER`, whole: NumPy is told by the names that this version of it knows."""
    from numpy._core._multiarray_umath import __cpu_dispatch__ as names

    off = {"sse": names, "avx2": [name for name in names if AVX512.search(name)]}
    return {name: SINGLE_THREAD | setting | {"NPY_DISABLE_CPU_FEATURES": " ".join(off[name])} for name, setting in OLDER.items()}


@functools.cache
def origin():
    """What a measurement in this process comes from: versions, the processor's family, and the instructions in use."""
    import numpy  # noqa: F401  loads the OpenBLAS that is asked below
    import torch
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
    from threadpoolctl import threadpool_info

    blas = [each["architecture"] for each in threadpool_info() if each.get("internal_api") == "openblas"]
    used = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    return {
        "python": platform.python_version(),
        **{name: version(name).partition("+")[0] for name in LIBRARIES},
        "processor": family(),
        "openblas": blas[0] if blas else "none",
        "numpy_instructions": used[-1] if used else "baseline",
        "torch_instructions": torch.backends.cpu.get_cpu_capability(),
    }


def family():
    """The processor's model, as it calls itself."""
    if sys.platform == "darwin":
        return subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True).stdout.strip()
    try:
        about = dict(re.findall(r"^(.+?)\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE))
    except OSError:
        return platform.processor() or platform.machine()
    numbers = [f"{key} {about[name]}" for key, name in (("family", "cpu family"), ("model", "model")) if name in about]
    return " ".join([about.get("model name", platform.machine()), *[f"({', '.join(numbers)})"] * bool(numbers)])


if __name__ == "__main__":
    os.environ |= SINGLE_THREAD
    for item in origin().items():
        print(*item)

"""Print the versions installed in this environment, one a line: the content of ``requirements.lock``.

No index, no path and no local label (``+cpu``), so that the file means the same on every machine.
"""

from importlib.metadata import distributions

NOT_LOCKED = {"gradients-that-survive", "pip", "setuptools", "wheel"}


def lines(installed):
    """``name==version`` in alphabetical order, from pairs of name and version.

    >>> lines([("torch", "2.13.0+cpu"), ("NumPy", "2.4.6"), ("pip", "26.0")])
    ['numpy==2.4.6', 'torch==2.13.0']
    """
    pins = {name.lower().replace("_", "-"): version.partition("+")[0] for name, version in installed}
    return [f"{name}=={pins[name]}" for name in sorted(pins.keys() - NOT_LOCKED)]


if __name__ == "__main__":
    print("\n".join(lines((found.metadata["Name"], found.version) for found in distributions())))

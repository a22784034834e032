"""Companion package of *Gradients That Survive*: every number in the book comes from here.

Rooms (``companion.descent``, ``companion.theory`` …) are imported when they are first named, so that
``import companion`` is quick and never imports torch.

>>> import companion
>>> companion.activations.ACTIVATIONS["sigmoid"].max_slope
0.25
"""

from importlib import import_module

__version__ = "0.1.0"

_SHORTCUTS = {"check": "practice.checker", "exercise": "practice.checker", "hint": "practice.checker", "bind": "book"}
_ROOMS = ("activations", "surfaces", "descent", "chain", "network", "theory", "propagation", "claims")
__all__ = [*_ROOMS, *_SHORTCUTS]


def __getattr__(name):
    if name in _SHORTCUTS:
        return getattr(import_module(f"companion.{_SHORTCUTS[name]}"), name)
    if not name.startswith("_"):
        try:
            return import_module(f"companion.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"companion.{name}":
                raise
    raise AttributeError(f"companion has no attribute {name!r}; the front door is: {', '.join(__all__)}")


def __dir__():
    return sorted(__all__)

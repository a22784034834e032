r"""Schedules: the learning rate as a function of the step, 0 the first.

>>> warm = warm_up(cosine(0.1, steps=100), steps=10)
>>> [round(warm(step), 4) for step in (0, 4, 9, 10, 50, 99)]
[0.01, 0.0498, 0.098, 0.0976, 0.05, 0.0]

A schedule is a function from a whole number >= 0 to a rate. Each is equal to torch's of the same name, whose arguments are in
its docstring. Chapter 13.
"""

from inspect import signature
from math import cos, pi

from companion import require


def constant(rate):
    """The same ``rate`` at every step."""
    rate = require.number("rate", rate, at_least=0)
    return _schedule(lambda step: rate)


def step_decay(rate, *, every, factor=0.1):
    """``rate``, times ``factor`` after every ``every`` steps: torch's ``StepLR(step_size=every, gamma=factor)``."""
    rate, every = require.number("rate", rate, at_least=0), require.positive_int("every", every)
    factor = require.number("factor", factor, at_least=0, at_most=1)
    return _schedule(lambda step: rate * factor ** (step // every))


def cosine(rate, *, steps, lowest=0.0):
    """From ``rate`` to ``lowest`` along half a cosine, there from step ``steps`` on.

    Until then torch's ``CosineAnnealingLR(T_max=steps, eta_min=lowest)``, which climbs again after it.
    """
    rate, steps = require.number("rate", rate, at_least=0), require.positive_int("steps", steps)
    lowest = require.number("lowest", lowest, at_least=0, at_most=rate)
    return _schedule(lambda step: lowest + (rate - lowest) * _half_cosine(step / steps))


def warm_up(schedule, *, steps, first=None):
    """``schedule``, smaller at first: its rate at step k is multiplied by a share that grows evenly to 1 over ``steps`` steps.

    ``first`` is the share at step 0; None: 1/``steps``, so that step k has (k + 1)/``steps``. With a constant schedule it is
    torch's ``LinearLR(start_factor=first, total_iters=steps)``, or, with None, ``steps - 1`` of them.
    """
    require.function("schedule", schedule)
    steps = require.positive_int("steps", steps)
    start = 1 / steps if first is None else require.number("first", first, at_least=0, at_most=1)
    grows = steps if first is not None else max(1, steps - 1)
    return _schedule(lambda step: schedule(step) * min(1.0, start + (1 - start) * step / grows))


def one_cycle(rate, *, steps, rise=0.3, first=25.0, last=1e4):
    """Up to ``rate`` and down again, both along half a cosine, in ``steps`` steps; from then on the last rate.

    It begins at ``rate / first``, is at ``rate`` after the share ``rise`` of the steps, and ends at ``rate / first / last``:
    torch's ``OneCycleLR(rate, total_steps=steps, pct_start=rise, div_factor=first, final_div_factor=last)``. Smith & Topin 2019.
    """
    rate, steps = require.number("rate", rate, at_least=0), require.positive_int("steps", steps, minimum=2)
    rise = require.number("rise", rise, above=0, below=1)
    start = rate / require.number("first", first, at_least=1)
    end = start / require.number("last", last, at_least=1)
    peak = rise * steps - 1
    if peak <= 0:
        raise ValueError(f"rise must leave at least one step to climb: above {1 / steps:.3g} of {steps} steps, got {rise}")

    def at(step):
        if step <= peak:
            return rate + (start - rate) * _half_cosine(step / peak)
        return end + (rate - end) * _half_cosine((step - peak) / (steps - 1 - peak))

    return _schedule(at)


def _half_cosine(share):
    """From 1 at the start to 0 at the end, and 0 after it."""
    return (1 + cos(pi * min(1.0, share))) / 2


def _schedule(rate_at):
    def schedule(step):
        return float(rate_at(require.positive_int("step", step, minimum=0)))

    return schedule


SCHEDULES = {each.__name__: each for each in (constant, step_decay, cosine, warm_up, one_cycle)}
"""By name; a new schedule is one more function here."""


def named(schedule, rate, settings=None):
    """The ``schedule`` of that name with its ``settings``, a dict, as a record in JSON holds them. ``warm_up`` keeps ``rate``.

    >>> decayed = named("step_decay", 0.1, {"every": 100})
    >>> decayed(0), round(decayed(100), 4)
    (0.1, 0.01)
    """
    make = require.known("schedule", schedule, SCHEDULES)
    settings = require.instance("settings", {} if settings is None else settings, dict, "a dict such as {'every': 100}, or None")
    there = dict(list(signature(make).parameters.items())[1:])
    for setting in settings:
        require.known(f"a setting of {schedule}", setting, there)
    for setting, parameter in there.items():
        if parameter.default is parameter.empty and setting not in settings:
            raise ValueError(f"settings of {schedule} must have {setting}, got {require.shown(settings)}")
    return make(constant(rate) if make is warm_up else rate, **settings)

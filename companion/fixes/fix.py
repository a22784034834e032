r"""What a fix is: a record in a table, and where in a network it goes.

>>> from companion.fixes import FIXES
>>> FIXES["residual"]
Fix('residual', wrapper: residual)
>>> FIXES["residual"].using(shortcut=0.5).build(Site(4), [FIXES["batch_norm"].build(Site(4))])
Residual(BatchNorm(4); shortcut=0.5, scale=1)
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from inspect import signature

import numpy as np

from companion import require

BEFORE, AFTER = "before the activation", "after the activation"
PLACES = {"before": BEFORE, "after": AFTER}


@dataclass(frozen=True)
class Site:
    """Where a layer or a wrapper is put: into a network of ``width`` units and ``blocks`` blocks.

    ``rngs`` holds the generator of each of the ``seeds`` networks (one generator, repeated, will do); without seeds, one.
    """

    width: int
    blocks: int = 1
    seeds: int | None = None
    rngs: tuple = ()

    def draw(self, function):
        """``function(rng)``; with seeds the S of them, stacked."""
        drawn = [function(rng) for rng in self.rngs]
        return drawn[0] if self.seeds is None else np.stack(drawn)

    def column(self, value):
        """A parameter column full of ``value``, (n, 1); with seeds (S, n, 1)."""
        return np.full((*self.stack, self.width, 1), float(value))

    @property
    def stack(self):
        return () if self.seeds is None else (self.seeds,)


@dataclass(frozen=True, repr=False)
class Fix:
    """A remedy. ``name`` is the key in ``FIXES``, ``label`` the words for a menu, ``chapter`` and ``source`` where from.

    ``kind`` says what ``make`` is:

    - ``"layer"``: ``make(site, **settings)`` gives a layer, for the ``place`` before or after the activation;
    - ``"wrapper"``: ``make(site, layers, **settings)`` gives one layer around ``layers``; ``place`` is the order of weights
      and activation in its branch, a key of ``fixes.assembly.ORDERS``;
      ``layers`` is how many weight matrices that needs at least;
    - ``"weights"``: a function of a weight matrix or of a network, that gives a new one;
    - ``"gradients"``: a function of a list of gradients (or weights), that gives a new list.
    """

    name: str
    label: str
    kind: str
    make: Callable
    chapter: int
    source: str
    place: str | None = None
    settings: dict = field(default_factory=dict, hash=False)
    layers: int = 1

    def using(self, **settings):
        """The same fix with other settings: ``FIXES["residual"].using(shortcut=0.5)``.

        >>> from companion.fixes import FIXES
        >>> FIXES["residual"].using(shortcuts=0.5)
        Traceback (most recent call last):
        ValueError: settings of residual must be among shortcut, scale, got 'shortcuts'
        """
        known = [p.name for p in signature(self.make).parameters.values() if p.kind is p.KEYWORD_ONLY]
        for name in settings:
            if name not in known:
                raise ValueError(f"settings of {self.name} must be among {', '.join(known) or 'none'}, got {name!r}")
        return replace(self, settings=self.settings | settings)

    def placed(self, place):
        """The same layer ``"before"`` or ``"after"`` the activation.

        >>> from companion.fixes import FIXES
        >>> FIXES["layer_norm"].placed("after").place
        'after the activation'
        """
        require.known("place", place, PLACES)
        if self.kind != "layer":
            raise ValueError(f"only a fix of kind layer has a place beside the activation, got {self.name}, a {self.kind}")
        return replace(self, place=PLACES[place])

    def build(self, *arguments):
        """``make`` with the settings."""
        return self.make(*arguments, **self.settings)

    def __repr__(self):
        settings = "".join(f", {name}={value!r}" for name, value in self.settings.items())
        return f"Fix({self.name!r}, {self.kind}: {self.label}{settings})"


def structural(argument, fix, table, kinds=("layer", "wrapper")):
    """``fix``, a name in ``table`` or a :class:`Fix`, if it is of one of the ``kinds``; else an error that lists those."""
    record = fix if isinstance(fix, Fix) else table.get(fix) if isinstance(fix, str) else None
    if record is None or record.kind not in kinds or record.name not in table:
        names = ", ".join(name for name, other in table.items() if other.kind in kinds)
        why = "" if record is None or record.kind in kinds else f", which is a fix of kind {record.kind}"
        raise ValueError(f"{argument} must be among {names}, got {fix!r}{why}")
    return record


def per_seed(site, function):
    """``function(rng)`` for each seed as a tuple, or one without seeds: for layers that keep generators."""
    made = tuple(function(rng) for rng in site.rngs)
    if not made:
        raise ValueError("site must hold a generator in rngs for a fix that draws, got none")
    return made[0] if site.seeds is None else made

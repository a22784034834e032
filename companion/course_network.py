r"""The course's own network, trained and recorded: one recipe, one function, one record a seed.

>>> from dataclasses import replace
>>> short = replace(VARIANTS["torch_default"], name="short", steps=3)
>>> result = train(short, seed=0)
>>> result["steps"].tolist(), result["moved"].shape
([0, 1, 2], (3, 20))
>>> print(f"{result['loss'][0]:.1f}: as if it guessed one digit in ten.")
2.3: as if it guessed one digit in ten.

It computes in float32, as PyTorch does unless it is told otherwise, so that a reader who types the twenty lines sees what the
book says: a weight that stands still there stands *exactly* still. All chapters.
"""

from math import ceil

import numpy as np

from companion import require, torch_nets, training
from companion.data import digits
from companion.runs import Record, Recording
from companion.variants import VARIANTS, Variant

torch = require.package("torch")

__all__ = ["VARIANTS", "Variant", "learnt", "recording", "train"]

MOMENTS = 5  # at which δ and the correlation are kept
SETTINGS = "Digits, 20 layers of 64, 400 steps of SGD at rate 0.01 with momentum 0.9, 64 a step, float32, but for what is changed"


def train(variant, seed, *, start=None):
    """Train a :class:`~companion.variants.Variant`, or the one of that name in ``VARIANTS``; a dictionary of results.

    ``start`` is a function from the NumPy network that the recipe draws to the one that training begins with (None: that one).

    - ``steps``, ``loss``, ``accuracy`` (K,): of the batch at hand, before so many steps. Twenty layers and 400 steps have
      K = 28; where there are more layers, fewer steps are kept.
    - ``update`` (K, L): log10 of ‖ΔW_l‖ / ‖W_l‖, what the step changes of a layer; −inf where it changes nothing.
    - ``moved`` (K, L): log10 of how far W_l is from where it began, as a share of ‖W_l‖ there.
    - ``moments`` (K',): five of the steps, and there ``delta`` (K', L), log10 rms of δ_l, and ``correlation`` (K', L), the
      mean cosine between the z_l of two inputs.
    - ``test_loss``, ``test_accuracy``: on the digits kept aside, after the last step; NaN where the run stopped.
    - ``stopped``: None, or the step at which something was not finite: the run ends there, with what was recorded until then.

    >>> train("lecun", seed=0)
    Traceback (most recent call last):
    ValueError: variant must be one of torch_default, he, sigmoid, tanh, got 'lecun'
    """
    variant = _variant("variant", variant)
    network = variant.recipe.network(rng=np.random.default_rng(require.seed("seed", seed)))
    network = network if start is None else require.function("start", start)(network)
    module = torch_nets.mirror(network, dtype=torch.float32)
    every = ceil(variant.steps / 27 * max(1, variant.depth / 20))  # K L stays near 560
    run = training.train(module, seed=seed, record_every=every, **variant.training)
    moments = np.unique(np.linspace(0, len(run.steps) - 1, MOMENTS).round().clip(0).astype(int))[: len(run.steps)]
    loss, accuracy = (np.nan, np.nan) if run.stopped else run.evaluate(digits().test_x, digits().test_y)
    with np.errstate(divide="ignore"):
        update, moved = np.log10(run.update), np.log10(run.moved)
    return {
        "steps": run.steps,
        "loss": run.loss,
        "accuracy": run.accuracy,
        "update": update,
        "moved": moved,
        "moments": run.steps[moments],
        "delta": run.delta[moments],
        "correlation": run.correlation[moments],
        "test_loss": loss,
        "test_accuracy": accuracy,
        "stopped": run.stopped and run.stopped.step,
    }


def _variant(argument, value):
    return value if isinstance(value, Variant) else require.known(argument, value, VARIANTS)


DECIMALS = {"loss": 3, "accuracy": 3, "update": 1, "moved": 1, "delta": 1, "correlation": 3}


def unit(variant, changes, seed):
    """What a recording measures: :func:`train`, its logarithms rounded as the book shows them, to one decimal."""
    result = train(Variant(variant, variant, **changes), seed)
    return result | {name: np.round(result[name], decimals) + 0.0 for name, decimals in DECIMALS.items()}


def recording(name, chapter, about, variants, seeds=range(10), conclusions=(), sample=0):
    """The :class:`~companion.runs.Recording` of some variants (records, or names in ``VARIANTS``), for a chapter's ``runs.py``.

    Its rows have ``variant``, the name; ``changes``, what is not as in the course's own network; ``seed``; and the results of
    :func:`train`. ``sample`` is the unit that the tests measure again. Training is chaotic, so let the first of the variants be
    one that hardly moves, such as ``torch_default``.

    >>> recording("ch06-course-network", 6, "Starts.", ["he", Variant("zeros", "all 0", initialization="zeros")]).settings[10]
    {'variant': 'zeros', 'changes': {'initialization': 'zeros'}, 'seed': 0}
    """
    variants = [_variant("variants", each) for each in require.listed("variants", variants)]
    seeds = [require.seed("seeds", seed) for seed in require.listed("seeds", seeds)]
    return Recording(
        name,
        chapter,
        f"{about} {SETTINGS}.",
        unit=unit,
        settings=[{"variant": v.name, "changes": v.changes, "seed": seed} for v in variants for seed in seeds],
        sample=sample,
        rtol=0.05,
        conclusions=conclusions,
    )


def learnt(record, variant, above=0.5):
    """How many of the seeds of a variant read more than that share of the test digits; a run that stopped does not."""
    require.number("above", above, at_least=0, below=1)
    require.instance("record", record, Record, "a Record, as of companion.runs.load")
    require.known("variant", variant, dict.fromkeys(record["variant"]))
    rows = record.where(variant=variant).rows
    return sum(row["test_accuracy"] > above for row in rows)  # NaN is not above anything

r"""One training loop for every network of the course: a recipe, or any ``nn.Module``. It records what the gradients do.

>>> from companion.recipes import Recipe
>>> run = train(Recipe(depth=3, width=16), rate=0.1, steps=100, batch=32, seed=0, record_every=25)
>>> run.steps.tolist(), run.delta.shape                            # before steps 0, 25, 50, 75 and the last one
([0, 25, 50, 75, 99], (5, 3))
>>> bool(run.loss[-1] < run.loss[0]), run.stopped
(True, None)

torch trains on one thread here, and nothing outside changes: its generator is as it was, and so is the module that comes in
(``run.module`` is the trained copy). A seed says everything: the weights of a recipe are those of
``recipe.network(rng=default_rng(seed))``, the order of the examples comes from ``default_rng([seed, 1])``, torch's own
randomness (dropout) from ``torch.manual_seed(seed)``. Chapters 6 to 22.
"""

from collections.abc import Callable
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from companion import data as data_sets
from companion import require, torch_nets, torch_optimizers
from companion.gradient_rules import CLIPS, DECAYS, GradientRules
from companion.monitor import Monitor, Stop
from companion.network import Network
from companion.optimizers import OPTIMIZERS

torch = require.package("torch")
nn = torch.nn

__all__ = ["CLIPS", "DECAYS", "LOSSES", "OPTIMIZERS", "Run", "Stop", "train", "train_seeds"]

LOSSES: dict[str, Callable] = {
    "cross_entropy": nn.functional.cross_entropy,
    "squared_error": lambda output, y: 0.5 * ((output - y) ** 2).sum(1).mean(),
}
"""The losses of ``companion.layers``, of outputs (B, n_L)."""


@dataclass(frozen=True, eq=False)
class Run:
    """What a training run recorded, at K steps. A network has L weight matrices, layer 1 nearest the input.

    ``loss`` and ``accuracy`` are those of the batch at hand, in training mode, before the step is taken. ``delta`` is
    log10 rms of δ_l = ∂ℒ/∂z_l, z_l what the l-th weight matrix gives; ``update`` is ‖ΔW_l‖ / ‖W_l‖ for the whole step
    taken, with momentum, clipping and decay in it (inf where W_l was 0). ``moved`` is how far W_l was from where it started,
    before the step, as a share of ‖W_l‖ there; ``correlation`` the cosine between the z_l of two inputs, the mean over all
    pairs of the batch.

    A run that met a NaN or an infinity has ``stopped`` set, and holds what was recorded until then.
    """

    steps: np.ndarray  # (K,) how many steps had been taken
    loss: np.ndarray  # (K,)
    accuracy: np.ndarray  # (K,) NaN where the targets are not classes
    delta: np.ndarray  # (K, L)
    update: np.ndarray  # (K, L)
    moved: np.ndarray  # (K, L)
    correlation: np.ndarray  # (K, L)
    stopped: Stop | None
    module: nn.Module  # in evaluation mode
    seed: int

    def evaluate(self, x, y, loss="cross_entropy"):
        """(loss, accuracy) of the trained module in evaluation mode, on ``x`` (n_0, N) and ``y`` as in training."""
        x, y = _examples((x, y), next(self.module.parameters()).dtype)
        _check_targets(y, loss, Monitor(self.module).layers)
        score = _score(loss)
        self.module.eval()
        with _one_thread(), torch.no_grad():
            output = self.module(x)
            return float(score(output, y)), _accuracy(output, y)


def train(
    network,
    data=None,
    *,
    rate,
    steps,
    batch,
    seed,
    optimizer="sgd",
    momentum=0.0,
    settings=None,
    clip=None,
    limit=1.0,
    decay=None,
    strength=1e-4,
    loss="cross_entropy",
    record_every=10,
    progress=False,
):
    """Train ``network`` for ``steps`` steps and return the :class:`Run`.

    - ``network``: a :class:`companion.recipes.Recipe` or a NumPy ``Network`` (both in float64), or any ``nn.Module``.
    - ``data``: a pair (x, y), or a record with ``train_x`` and ``train_y``: columns (n_0, N) with N classes or (n_L, N)
      targets, as everywhere in the book; tensors are taken as they are, one example a row. None: the digits.
    - ``batch``: examples a step, or None for all. Every epoch has its own order; an incomplete last batch is left out.
    - ``rate``: a number, or a function of the step, such as a schedule of ``companion.schedules``.
    - ``optimizer``: a name in ``companion.optimizers``, with its ``settings``, ``{"eps": 1e-16}`` for example (what a
      ``weight_decay`` there decays is everything, biases too); or a function from the parameters to a ``torch.optim`` optimiser.
      "sgd" with ``momentum`` is "momentum" with that setting. Biases and gains beside "muon" have AdamW, at the same rate.
    - ``clip``: a clipping rule of ``fixes``, "clip_global" for example, with its ``limit``; or a function from the list of
      gradients to a new list. It sees all gradients at once, just before the step.
    - ``decay``: "l2" or "l1", added to the gradients before they are clipped, or "decoupled_decay", beside the step; with
      its ``strength``. It acts on weight matrices, not on biases and gains.
    - ``loss``: "cross_entropy", "squared_error", or a function of the output (B, n_L) and the targets.
    - ``record_every``: the Run holds steps 0, ``record_every``, 2 ``record_every`` … and the last one.
    - ``progress``: a bar on stderr. Leave it off in notebooks.
    """
    seed = require.seed("seed", seed)
    steps, every = require.positive_int("steps", steps), require.positive_int("record_every", record_every)
    rate_at, score, rules = _rate(rate), _score(loss), GradientRules(clip, limit, decay, strength)
    make = _optimizer(optimizer, momentum, settings)
    module = _module(network, seed)
    x, y = _examples(data_sets.digits() if data is None else data, next(module.parameters()).dtype)
    batches = _batches(len(x), _batch(batch, len(x)), seed)

    monitor, recorded, tqdm = Monitor(module), [], require.package("tqdm").tqdm
    _check_targets(y, loss, monitor.layers)
    stepper = make(monitor.parameters, rate_at(0))

    def one_step(step):
        """Take a step; the Stop if something was not finite."""
        chosen = next(batches)
        monitor.start(step % every == 0 or step == steps - 1)
        output = module(x[chosen])
        value = score(output, y[chosen])
        if stop := monitor.broken_forward(step, value):
            return stop
        stepper.zero_grad()
        value.backward()
        if stop := monitor.broken_backward(step):
            return stop
        seen = (monitor.moved(), monitor.correlation()) if monitor.recording else ()
        before = monitor.weights() if monitor.recording else None
        _set_rate(stepper, rate_at(step))
        rules.apply(monitor.parameters, rate_at(step))
        stepper.step()
        if monitor.recording:
            accuracy = _accuracy(output.detach(), y[chosen])
            recorded.append((step, value.item(), accuracy, monitor.log10_delta(), monitor.update(before), *seen))
        return monitor.broken_weights(step)

    module.train()
    with _one_thread(), _own_generator(seed), monitor.hooks(), tqdm(range(steps), disable=not progress) as bar:
        stopped = next(filter(None, map(one_step, bar)), None)
    return Run(*_columns(recorded, len(monitor.layers)), stopped, module.eval(), seed)


def train_seeds(network, data=None, *, seeds, jobs=1, **settings):
    """The :class:`Run` of each seed in ``seeds``, a list; ``jobs`` of them at a time, each in a process of its own.

    >>> from companion.recipes import Recipe
    >>> runs = train_seeds(Recipe(depth=2, width=8), seeds=range(3), rate=0.1, steps=5, batch=32)
    >>> np.median([run.loss for run in runs], axis=0).shape
    (2,)
    """
    jobs = require.positive_int("jobs", jobs)
    seeds = [require.seed("seeds", seed) for seed in require.listed("seeds", seeds)]
    joblib = require.package("joblib")
    one = joblib.delayed(train)
    return joblib.Parallel(n_jobs=jobs)(one(network, data, seed=seed, **settings) for seed in seeds)


def _module(network, seed):
    """A module of our own, to train."""
    if isinstance(network, nn.Module):
        return deepcopy(network)
    if isinstance(network, Network):
        return torch_nets.mirror(network)
    if hasattr(network, "network"):
        return torch_nets.module(network, seed=seed)
    raise TypeError(f"network must be a Recipe, a Network or a torch.nn.Module, got {require.shown(network)}")


def _examples(data, dtype):
    """(x, y) as tensors, one example a row."""
    if not hasattr(data, "train_x") and not (isinstance(data, tuple | list) and len(data) == 2):
        raise TypeError(f"data must be a pair (x, y) or a record with train_x and train_y, got {require.shown(data)}")
    x, y = (data.train_x, data.train_y) if hasattr(data, "train_x") else data
    if not isinstance(x, torch.Tensor):
        x = torch.tensor(require.finite_array("x", x, ndim=2).T.copy(), dtype=dtype)
    if not isinstance(y, torch.Tensor):
        y = np.asarray(require.numbers("y", y))
        classes = y.dtype.kind in "iu" and y.ndim == 1
        y = torch.tensor(y) if classes else torch.tensor(require.finite_array("y", y, ndim=2).T.copy(), dtype=dtype)
    if len(x) != len(y):
        raise ValueError(f"y must have a target for each of the {len(x)} examples of x, got {len(y)}")
    return x, y.long() if y.ndim == 1 and not y.is_floating_point() else y


def _check_targets(y, loss, layers):
    """An error unless ``y`` holds what the loss compares with: classes that the network has, or numbers."""
    classes = getattr(layers[-1], "out_features", None) if layers else None
    if loss == "cross_entropy" and (y.ndim != 1 or y.is_floating_point()):
        raise ValueError(f"y must hold one class, a whole number, for each example with cross_entropy, got {y.dtype} values")
    if loss == "cross_entropy" and classes and not 0 <= int(y.min()) <= int(y.max()) < classes:
        raise ValueError(f"y must hold classes from 0 to {classes - 1}, got {int(y.min())} to {int(y.max())}")
    if loss == "squared_error" and (y.ndim != 2 or classes and y.shape[1] != classes):
        raise ValueError(
            f"y must hold {classes or 'all'} targets for each example with squared_error, got shape {tuple(y.shape)}"
        )


def _batch(batch, examples):
    batch = examples if batch is None else require.positive_int("batch", batch)
    if batch > examples:
        raise ValueError(f"batch must be at most {examples}, the number of examples, got {batch}")
    return batch


def _batches(examples, batch, seed):
    """Indices of the examples of each step, without end."""
    rng = np.random.default_rng([seed, 1])
    while True:
        order = torch.from_numpy(rng.permutation(examples))
        for start in range(0, examples - batch + 1, batch):
            yield order[start : start + batch]


def _rate(rate):
    if callable(rate):
        return lambda step: require.number(f"rate at step {step}", rate(step), at_least=0)
    rate = require.number("rate", rate, above=0)
    return lambda step: rate


def _set_rate(stepper, rate):
    for group in stepper.param_groups:
        group["lr"] = rate


def _score(loss):
    return loss if callable(loss) else require.known("loss", loss, LOSSES)


def _optimizer(optimizer, momentum, settings):
    """``(parameters, rate) -> torch.optim.Optimizer``."""
    momentum = require.number("momentum", momentum, at_least=0, below=1)
    if momentum and optimizer != "sgd":
        raise ValueError(f"momentum belongs to the optimizer sgd, got {momentum} with {require.shown(optimizer)}")
    if callable(optimizer):
        if settings is not None:
            raise ValueError(f"settings must be None beside an optimizer of your own, got {require.shown(settings)}")
        return lambda parameters, rate: optimizer(parameters)
    require.known("optimizer", optimizer, OPTIMIZERS).chosen(settings)
    if momentum:
        optimizer, settings = "momentum", (settings or {}) | {"momentum": momentum}
    return lambda parameters, rate: torch_optimizers.build(optimizer, parameters, rate=rate, settings=settings)


def _accuracy(output, y):
    """The share of examples whose class has the largest output; NaN where the targets are not classes."""
    if y.ndim != 1 or y.is_floating_point() or output.ndim != 2:
        return float("nan")
    return (output.argmax(1) == y).double().mean().item()


def _columns(recorded, layers):
    """The K records as arrays: steps, loss, accuracy (K,), and what each layer has (K, L)."""
    steps, loss, accuracy, *by_layer = zip(*recorded, strict=True) if recorded else [()] * 7
    return np.array(steps, int), np.array(loss), np.array(accuracy), *(np.reshape(x, (len(recorded), layers)) for x in by_layer)


@contextmanager
def _one_thread():
    """Sums of floats depend on the number of threads: one, here."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@contextmanager
def _own_generator(seed):
    """torch's generator starts from ``seed`` inside, and outside goes on as if nothing had been."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield

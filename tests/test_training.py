"""The training loop against steps written out in NumPy, and everything that it records, refuses and leaves alone."""

import numpy as np
import pytest
import torch
from torch import nn

from companion import data, network, signals, torch_nets
from companion.fixes import clip_adaptive, clip_each
from companion.gradcheck import relative_error
from companion.optimizers import OPTIMIZERS
from companion.recipes import Recipe
from companion.schedules import SCHEDULES, named
from companion.training import CLIPS, DECAYS, Stop, train, train_seeds

DIGITS = data.digits()
X, Y = DIGITS.train_x[:, :40], DIGITS.train_y[:40]
RECIPE = Recipe(depth=4, width=9, activation="tanh", initialization="xavier_normal")
PLAIN = {"rate": 0.1, "steps": 6, "batch": None, "seed": 0, "record_every": 1}


def start(seed=0):
    return RECIPE.network(rng=np.random.default_rng(seed))


def by_hand(steps, move):
    """Parameters after ``steps`` full-batch steps: ``move(gradient, parameters, step)`` is what is added to them."""
    net = start()
    for step in range(steps):
        gradient = net.gradients(X, Y, "cross_entropy").flat
        net = net.with_parameters(net.parameters + move(gradient, net.parameters, step))
    return net


def agrees(run, net, rtol=1e-10):
    return relative_error(torch_nets.parameters(run.module), net.parameters) < rtol


def matrix_entries():
    """1 where a parameter stands in a weight matrix, 0 where it is a bias."""
    return np.concatenate([np.full(p.numel(), float(p.ndim == 2)) for p in torch_nets.mirror(start()).parameters()])


def test_plain_descent_is_the_loop_of_chapter_three():
    run = train(RECIPE, (X, Y), **PLAIN)
    want = network.train(start(), X, Y, rate=0.1, steps=6, loss="cross_entropy")
    assert agrees(run, want.network)
    np.testing.assert_allclose(run.loss, want.losses[:-1], rtol=1e-12, atol=0)


def test_momentum():
    velocity = 0

    def move(gradient, parameters, step):
        nonlocal velocity
        velocity = 0.9 * velocity + gradient
        return -0.1 * velocity

    assert agrees(train(RECIPE, (X, Y), **PLAIN, momentum=0.9), by_hand(6, move))


def test_adam():
    first = second = 0

    def move(gradient, parameters, step):
        nonlocal first, second
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        return -0.01 * first / (1 - 0.9 ** (step + 1)) / (np.sqrt(second / (1 - 0.999 ** (step + 1))) + 1e-8)

    assert agrees(train(RECIPE, (X, Y), **PLAIN | {"rate": 0.01}, optimizer="adam"), by_hand(6, move), rtol=1e-8)


STRANGE = {  # settings far from the defaults, of each
    "sgd": {"weight_decay": 0.1},
    "momentum": {"momentum": 0.5},
    "nesterov": {"momentum": 0.5},
    "rmsprop": {"alpha": 0.5, "eps": 1e-3},
    "adam": {"betas": (0.5, 0.9), "eps": 1e-2},
    "adamw": {"eps": 1e-2, "weight_decay": 0.5},
    "sign": {"weight_decay": 0.5},
    "muon": {"momentum": 0.5, "nesterov": False, "weight_decay": 0.5},
}


def by_record(name, steps, settings):
    """Weights and biases of the network after the record's own NumPy steps, one parameter at a time."""
    net = start()
    flat, states = [p.detach().numpy() for p in torch_nets.mirror(net).parameters()], {}
    for _ in range(steps):
        gradients = torch_nets.mirror(net.with_parameters(np.concatenate([w.ravel() for w in flat])))
        nn.functional.cross_entropy(gradients(torch.tensor(X.T.copy())), torch.tensor(Y)).backward()
        for i, p in enumerate(gradients.parameters()):
            one, chosen = OPTIMIZERS[name], settings
            if name == "muon" and p.ndim != 2:
                one, chosen = OPTIMIZERS["adamw"], {"weight_decay": settings.get("weight_decay", 0.1)}
            state = states.get(i) or one.start(flat[i])
            flat[i], states[i] = one.step(flat[i], p.grad.numpy(), state, rate=0.01, **chosen)
    return np.concatenate([w.ravel() for w in flat])


@pytest.mark.parametrize("strange", [False, True], ids=["defaults", "strange"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_takes_the_steps_of_its_record(name, strange):
    settings = STRANGE[name] if strange else {}
    run = train(RECIPE, (X, Y), **PLAIN | {"rate": 0.01}, optimizer=name, settings=settings)
    want = by_record(name, 6, settings)
    assert relative_error(torch_nets.parameters(run.module) - start().parameters, want - start().parameters) < 1e-7


@pytest.mark.parametrize("name", ["sign", "muon"])
def test_what_numpy_steps_computes_in_the_precision_of_the_module(name):
    module = torch_nets.module(RECIPE, seed=0, dtype=torch.float32)
    run = train(module, (X, Y), **PLAIN | {"rate": 0.01}, optimizer=name)
    assert {p.dtype for p in run.module.parameters()} == {torch.float32} and run.stopped is None
    assert run.loss[-1] < run.loss[0]


def test_momentum_is_a_short_name():
    runs = [train(RECIPE, (X, Y), **PLAIN, **how) for how in (
        {"momentum": 0.7}, {"optimizer": "momentum", "settings": {"momentum": 0.7}})]  # fmt: skip
    np.testing.assert_array_equal(*(torch_nets.parameters(run.module) for run in runs))


def test_a_smaller_eps_moves_what_is_small():
    faint = Recipe(depth=20, width=9, activation="sigmoid", initialization="lecun_normal")
    runs = [train(faint, (X, Y), **PLAIN, optimizer="adam", settings={"eps": eps}) for eps in (1e-8, 1e-20)]
    assert runs[1].moved[-1, 0] > 1e3 * runs[0].moved[-1, 0]


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_sets_the_steps(name):
    needs = {"step_decay": {"every": 2}, "cosine": {"steps": 6}, "warm_up": {"steps": 4}, "one_cycle": {"steps": 6}}
    schedule = named(name, 0.1, needs.get(name))
    run = train(RECIPE, (X, Y), **PLAIN | {"rate": schedule})
    assert agrees(run, by_hand(6, lambda g, p, step: -schedule(step) * g))
    assert name == "constant" or len({schedule(step) for step in range(6)}) > 2


@pytest.mark.parametrize(
    ("decay", "pull"),
    [
        ("l2", lambda w, rate: -rate * 0.3 * w),
        ("decoupled_decay", lambda w, rate: -rate * 0.3 * w),
        ("l1", lambda w, rate: -rate * 0.3 * np.sign(w)),
    ],
)
def test_decay_pulls_on_matrices_only(decay, pull):
    matrices = matrix_entries()
    run = train(RECIPE, (X, Y), **PLAIN, decay=decay, strength=0.3)
    assert agrees(run, by_hand(6, lambda g, p, step: -0.1 * g + matrices * pull(p, 0.1)))


def test_coupled_and_decoupled_decay_differ_under_adam():
    pair = [train(RECIPE, (X, Y), **PLAIN, optimizer="adam", decay=d, strength=0.3) for d in ("l2", "decoupled_decay")]
    assert relative_error(*(torch_nets.parameters(run.module) for run in pair)) > 0.01


def test_a_schedule_sets_each_step():
    run = train(RECIPE, (X, Y), **PLAIN | {"rate": lambda step: 0.1 * (step + 1)})
    assert agrees(run, by_hand(6, lambda g, p, step: -0.1 * (step + 1) * g))


def test_clipping_bounds_the_step():
    limit = 1e-3
    free, cut = (train(RECIPE, (X, Y), **PLAIN | {"steps": 1}, clip=clip, limit=limit) for clip in (None, "clip_global"))
    steps = [torch_nets.parameters(run.module) - start().parameters for run in (free, cut)]
    assert abs(signals.norm(steps[1]) / (0.1 * limit) - 1) < 1e-9
    assert relative_error(steps[1] / signals.norm(steps[1]), steps[0] / signals.norm(steps[0])) < 1e-9  # same direction
    assert signals.norm(steps[0]) > 10 * signals.norm(steps[1])


@pytest.mark.parametrize("clip", CLIPS)
def test_each_clip_is_the_one_of_fixes(clip):
    run = train(RECIPE, (X, Y), **PLAIN | {"steps": 1}, clip=clip, limit=1e-3)
    module = torch_nets.mirror(start())
    nn.functional.cross_entropy(module(torch.tensor(X.T.copy())), torch.tensor(Y)).backward()
    gradients, weights = ([part(p).numpy() for p in module.parameters()] for part in (lambda p: p.grad, lambda p: p.detach()))
    given = (gradients, weights, 1e-3) if clip == "clip_adaptive" else (gradients, 1e-3)
    flat = np.concatenate([array.ravel() for array in CLIPS[clip](*given)])
    assert agrees(run, start().with_parameters(start().parameters - 0.1 * flat))


def test_a_clip_of_ones_own():
    named = train(RECIPE, (X, Y), **PLAIN, clip="clip_each", limit=1e-3)
    own = train(RECIPE, (X, Y), **PLAIN, clip=lambda gradients: clip_each(gradients, 1e-3))
    np.testing.assert_array_equal(torch_nets.parameters(named.module), torch_nets.parameters(own.module))
    adaptive = train(RECIPE, (X, Y), **PLAIN, clip=lambda gradients, weights: clip_adaptive(gradients, weights, 1e-3))
    assert adaptive.stopped is None


def test_clipping_changes_nothing_on_a_network_that_vanishes():
    faint = Recipe(depth=12, width=9, activation="sigmoid", initialization="lecun_normal")
    runs = [train(faint, (X, Y), **PLAIN, clip=clip, limit=5.0) for clip in (None, *CLIPS) if clip != "clip_adaptive"]
    for run in runs[1:]:
        np.testing.assert_array_equal(torch_nets.parameters(run.module), torch_nets.parameters(runs[0].module))


def test_what_is_recorded_at_the_first_step():
    run = train(RECIPE, (X, Y), **PLAIN)
    gradients = start().gradients(X, Y, "cross_entropy")
    np.testing.assert_allclose(run.delta[0], [signals.log10_rms(d) for d in gradients.deltas], rtol=0, atol=1e-10)
    weights = [layer.parameters["1.weights"] if "1.weights" in layer.parameters else layer.weights for layer in start().layers]
    want = [0.1 * signals.norm(g) / signals.norm(w) for g, w in zip(gradients.weights, weights, strict=True)]
    np.testing.assert_allclose(run.update[0], want, rtol=1e-9, atol=0)
    assert run.accuracy[0] == np.mean(start()(X).argmax(0) == Y)


def test_blocks_and_norms_are_recorded_too():
    recipe = Recipe(depth=6, width=9, norm="batch_norm", residual="rezero")
    run = train(recipe, (X, Y), **PLAIN)
    gradients = recipe.network(rng=np.random.default_rng(0)).gradients(X, Y, "cross_entropy")
    np.testing.assert_allclose(run.delta[0], [signals.log10_rms(d) for d in gradients.deltas], rtol=0, atol=1e-9)
    assert run.delta.shape == run.update.shape == (6, 6)


def test_a_gradient_below_every_norm_is_recorded():
    run = train(Recipe(depth=130, width=9, gain=0.01), (X, Y), **PLAIN | {"steps": 1})
    assert -290 < run.delta[0, 0] < -250  # squared, it would be 0


def test_recording_steps():
    run = train(RECIPE, (X, Y), **PLAIN | {"steps": 12, "record_every": 5})
    assert run.steps.tolist() == [0, 5, 10, 11] and run.delta.shape == (4, 4)
    every = train(RECIPE, (X, Y), **PLAIN | {"steps": 12})
    for name in ("loss", "accuracy", "delta", "update"):
        np.testing.assert_array_equal(getattr(run, name), getattr(every, name)[run.steps])


def test_epochs_see_every_example_once():
    seen = []

    class Spy(nn.Linear):
        def forward(self, x):
            seen.append(x[:, 0].tolist())
            return super().forward(x)

    x = np.arange(10.0)[None]
    train(Spy(1, 2), (x, np.zeros(10, int)), rate=1e-9, steps=6, batch=3, seed=0)
    epochs = [sum(seen[i : i + 3], []) for i in (0, 3)]
    assert all(len(set(epoch)) == 9 for epoch in epochs) and epochs[0] != epochs[1]
    assert epochs[0] == np.random.default_rng([0, 1]).permutation(10)[:9].tolist()
    seen.clear()
    train(Spy(1, 2), (x, np.zeros(10, int)), rate=1e-9, steps=3, batch=3, seed=1)
    assert sum(seen, []) != epochs[0]


def test_the_same_seed_is_the_same_run_and_nothing_outside_changes():
    torch.manual_seed(11)
    torch.set_num_threads(2)
    outside = torch.random.get_rng_state()
    recipe = Recipe(depth=3, width=9, keep=0.7)
    settings = PLAIN | {"batch": 8}
    first, second, other = (train(recipe, (X, Y), **settings | {"seed": seed}) for seed in (0, 0, 1))
    assert torch.equal(torch.random.get_rng_state(), outside) and torch.get_num_threads() == 2
    np.testing.assert_array_equal(torch_nets.parameters(first.module), torch_nets.parameters(second.module))
    np.testing.assert_array_equal(first.loss, second.loss)
    assert (first.loss != other.loss).all()


def test_a_module_that_comes_in_stays_as_it_was():
    module = nn.Sequential(nn.Linear(64, 9), nn.ReLU(inplace=True), nn.Linear(9, 10))
    before = [p.detach().clone() for p in module.parameters()]
    run = train(module, (X, Y), **PLAIN)
    assert all(torch.equal(p, q) for p, q in zip(module.parameters(), before, strict=True))
    assert run.loss[-1] < run.loss[0] and next(run.module.parameters()).dtype == torch.float32
    assert not any(layer._forward_hooks for layer in run.module.modules())


def test_other_modules_tensors_and_losses():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.outer = nn.Conv1d(1, 1, 3, padding=1), nn.Linear(4, 1)

        def forward(self, x):
            return self.outer(torch.tanh(self.inner(torch.tanh(self.inner(x)))))[:, 0]

    x = torch.randn(20, 1, 4, generator=torch.Generator().manual_seed(0))
    run = train(Twice(), (x, x.sum(2)), **PLAIN, loss="squared_error")
    assert run.delta.shape == (6, 2) and np.isfinite(run.delta).all() and np.isnan(run.accuracy).all()
    absolute = train(Twice(), (x, x.sum(2)), **PLAIN, loss=lambda output, y: (output - y).abs().mean())
    assert absolute.loss[0] != run.loss[0]
    rows = np.random.default_rng(0).standard_normal((3, 20))
    fitted = train(nn.Linear(3, 2).double(), (rows, rows[:2]), **PLAIN | {"rate": 0.5, "steps": 200}, loss="squared_error")
    assert fitted.loss[-1] < 1e-6


def test_own_optimizers():
    run = train(RECIPE, (X, Y), **PLAIN, optimizer=lambda parameters: torch.optim.Adam(parameters, lr=9.0))
    np.testing.assert_array_equal(run.loss, train(RECIPE, (X, Y), **PLAIN, optimizer="adam").loss)


class Breaks(nn.Module):
    """An inner layer whose output or gradient stops being finite at the third step."""

    def __init__(self, where):
        super().__init__()
        self.where, self.seen = where, 0
        self.layers = nn.ModuleList([nn.Linear(64, 5), nn.Linear(5, 5), nn.Linear(5, 10)]).double()

    def forward(self, x):
        self.seen += self.training
        broken = self.seen == 3
        a = torch.relu(self.layers[0](x) * (torch.inf if broken and self.where == "loss" else 1.0) ** 0)
        z = self.layers[1](a * 1e200 * 1e200 if broken and self.where == "signal" else a)
        if broken and self.where == "gradient":
            z.register_hook(lambda g: g * torch.nan)
        output = self.layers[2](torch.tanh(z))
        return output + (torch.inf if broken and self.where == "loss" else 0)


@pytest.mark.parametrize(
    ("where", "layer", "text"),
    [
        ("signal", 2, "step 2: the signal of layer 2 is not finite"),
        ("gradient", 2, "step 2: the gradient of layer 2 is not finite"),
        ("loss", None, "step 2: the loss is not finite"),
    ],
)
def test_a_run_that_breaks_says_where_and_keeps_what_it_has(where, layer, text):
    run = train(Breaks(where), (X, Y), **PLAIN)
    assert run.stopped == Stop(2, layer, where) and str(run.stopped) == text
    assert run.steps.tolist() == [0, 1] and np.isfinite(run.loss).all() and np.isfinite(run.delta).all()


def test_weights_that_overflow_stop_the_run():
    run = train(RECIPE, (X, Y), **PLAIN | {"rate": lambda step: 1e308 if step == 1 else 0.1, "steps": 9}, momentum=0.9)
    assert run.stopped is not None and run.stopped.step <= 2 and len(run.steps) <= 3
    first = train(nn.Linear(64, 10).double(), (X, Y), **PLAIN | {"rate": 1e307}, clip=lambda gs: [g + 1e3 for g in gs])
    assert first.stopped == Stop(0, 1, "weights")


def test_a_run_that_breaks_at_once_is_empty():
    huge = Recipe(depth=30, width=9, gain=1e12)
    run = train(huge, (X, Y), **PLAIN)
    assert run.stopped.what == "signal" and run.stopped.layer == 26 and run.delta.shape == (0, 30) and run.loss.shape == (0,)


def test_digits_are_learnt_and_evaluated():
    run = train(Recipe(depth=3, width=32), rate=0.1, steps=150, batch=64, seed=0, record_every=50)
    loss, accuracy = run.evaluate(DIGITS.test_x, DIGITS.test_y)
    assert accuracy > 0.9 and loss < 0.5
    assert run.evaluate(DIGITS.test_x, DIGITS.test_y, "cross_entropy") == (loss, accuracy)


def test_evaluation_drops_nothing():
    run = train(Recipe(depth=3, width=32, keep=0.5), (X, Y), **PLAIN)
    first = run.evaluate(X, Y)
    run.module.train()
    assert run.evaluate(X, Y) == first


def test_several_seeds_at_once():
    settings = {"rate": 0.1, "steps": 3, "batch": 8, "record_every": 1}
    want = [train(RECIPE, (X, Y), seed=seed, **settings) for seed in (3, 4)]
    for jobs in (1, 2):
        runs = train_seeds(RECIPE, (X, Y), seeds=(3, 4), jobs=jobs, **settings)
        assert [run.seed for run in runs] == [3, 4]
        for got, expected in zip(runs, want, strict=True):
            np.testing.assert_array_equal(got.loss, expected.loss)


def test_quiet_unless_asked(capfd):
    train(RECIPE, (X, Y), **PLAIN)
    assert capfd.readouterr() == ("", "")
    train(RECIPE, (X, Y), **PLAIN, progress=True)
    out, err = capfd.readouterr()
    assert out == "" and "6/6" in err


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 0}, "steps must be a whole number >= 1, got 0"),
        ({"seed": -1}, "seed must be a whole number >= 0, got -1"),
        ({"record_every": 0}, "record_every must be a whole number >= 1, got 0"),
        ({"rate": 0}, "rate must be a finite number > 0, got 0"),
        ({"rate": lambda step: -1.0}, "rate at step 0 must be a finite number >= 0, got -1.0"),
        ({"batch": 41}, "batch must be at most 40, the number of examples, got 41"),
        ({"batch": 0}, "batch must be a whole number >= 1, got 0"),
        ({"optimizer": "rprop"}, "optimizer must be one of sgd, momentum, nesterov, rmsprop, adam, .* muon, got 'rprop'"),
        ({"settings": {"eps": 1e-16}}, "a setting of sgd must be one of weight_decay, got 'eps'"),
        ({"optimizer": "adam", "settings": {"eps": -1}}, "eps must be a finite number >= 0, got -1"),
        ({"optimizer": "adam", "settings": {"betas": 0.9}}, "betas must be a list, got 0.9"),
        ({"optimizer": "adam", "settings": [("eps", 1)]}, r"settings must be a dict such as {'eps': 1e-16}, or None, got \[\("),
        ({"optimizer": torch.optim.Adam, "settings": {}}, "settings must be None beside an optimizer of your own, got {}"),
        ({"momentum": 1}, "momentum must be a finite number >= 0 and < 1, got 1"),
        ({"momentum": 0.9, "optimizer": "adam"}, "momentum belongs to the optimizer sgd, got 0.9 with 'adam'"),
        ({"clip": "global"}, "clip must be one of clip_value, clip_each, clip_global, clip_adaptive, got 'global'"),
        ({"limit": 0}, "limit must be a finite number > 0, got 0"),
        ({"decay": "l3"}, "decay must be one of l2, l1, decoupled_decay, got 'l3'"),
        ({"strength": -1}, "strength must be a finite number >= 0, got -1"),
        ({"loss": "hinge"}, "loss must be one of cross_entropy, squared_error, got 'hinge'"),
        ({"data": (X, Y[:-1])}, "y must have a target for each of the 40 examples of x, got 39"),
        ({"data": (X[0], Y)}, r"x must have 2 axes, got shape \(40,\)"),
        ({"data": (X * np.nan, Y)}, "x must be finite, got nan"),
    ],
)
def test_wrong_arguments_are_named(changes, message):
    changes = dict(changes)
    with pytest.raises((ValueError, TypeError), match=message):
        train(RECIPE, changes.pop("data", (X, Y)), **PLAIN | changes)


def test_a_network_must_be_one():
    with pytest.raises(TypeError, match="network must be a Recipe, a Network or a torch.nn.Module, got 'relu'"):
        train("relu", (X, Y), **PLAIN)
    np.testing.assert_array_equal(train(start(), (X, Y), **PLAIN).loss, train(RECIPE, (X, Y), **PLAIN).loss)


def test_the_tables_are_those_of_fixes():
    assert list(CLIPS) == ["clip_value", "clip_each", "clip_global", "clip_adaptive"]
    assert list(DECAYS) == ["l2", "l1", "decoupled_decay"]


def test_how_far_each_layer_has_moved():
    run = train(RECIPE, (X, Y), **PLAIN)
    first, later = (torch_nets.weight_layers(train(RECIPE, (X, Y), **PLAIN | {"steps": steps}).module) for steps in (1, 5))
    assert (run.moved[0] == 0).all() and np.allclose(run.moved[1], run.update[0], rtol=1e-12, atol=0)
    begun = torch_nets.weight_layers(torch_nets.mirror(start()))
    for number, (zero, one, five) in enumerate(zip(begun, first, later, strict=True)):
        for step, layer in ((1, one), (5, five)):
            want = (layer.weight - zero.weight).norm() / zero.weight.norm()
            np.testing.assert_allclose(run.moved[step, number], want.item(), rtol=1e-12, atol=0)


def test_the_correlation_of_two_inputs():
    run = train(RECIPE, (X[:, :3], Y[:3]), **PLAIN | {"steps": 1})
    for number, z in enumerate(start().forward(X[:, :3]).z):
        unit = z / np.linalg.norm(z, axis=0)
        want = np.mean([unit[:, i] @ unit[:, j] for i, j in ((0, 1), (0, 2), (1, 2))])
        np.testing.assert_allclose(run.correlation[0, number], want, rtol=1e-10, atol=0)
    faint = train(Recipe(depth=4, width=9, gain=1e-60), (X, Y), **PLAIN | {"steps": 1})
    usual = train(Recipe(depth=4, width=9), (X, Y), **PLAIN | {"steps": 1})
    np.testing.assert_allclose(faint.correlation, usual.correlation, rtol=1e-9, atol=0)  # a size is no direction
    assert np.isnan(train(RECIPE, (X[:, :1], Y[:1]), **PLAIN | {"steps": 1}).correlation).all()

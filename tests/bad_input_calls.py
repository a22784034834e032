"""A valid call of every public function, and what kind of thing each argument is; see test_bad_input."""

from functools import partial
from importlib.util import find_spec

import numpy as np

# ruff: noqa: E501
from companion import activations, claims, formats, layers, products, recipes, runs, stack, surfaces, weights
from companion.chapters.activations import death
from companion.chapters.gradient_descent import valleys
from companion.chapters.products import coin
from companion.fixes import FIXES, BatchNorm, Dropout, Site, largest_singular_value, spectral_norm
from companion.layers import Dense
from companion.network import Network
from companion.pooling import MeanPool
from companion.propagation import profile
from companion.views import plots
from companion.views.drawing import Drawing
from companion.widgets.frames import Frame, Panel

ROOMS = ["activations", "surfaces", "descent", "chain", "network", "theory", "propagation", "claims"]
ROOMS += [
    "weights",
    "layers",
    "products",
    "gradcheck",
    "signals",
    "isometry",
    "stack",
    "pooling",
    "quadrature",
    "cost",
    "data",
    "runs",
    "recipes",
]
ROOMS += [f"fixes.{file}" for file in ("assembly", "batch_norm", "clipping", "decay", "dropout", "evaluation", "fix", "fixup")]
ROOMS += [f"fixes.{file}" for file in ("group_norm", "highway", "layer_norm", "lsuv", "residual", "rms_norm", "spectral_norm")]
ROOMS += ["chapters.numbers.lowered", "chapters.numbers.studies", "formats"]
ROOMS += ["chapters.products.coin", "optimizers", "schedules"]
ROOMS += ["chapters.depth_and_width.spread", "chapters.depth_and_width.pooled"]
ROOMS += ["fixes.weight_norm", "chapters.activations.death", "chapters.clipping.cliff", "chapters.clipping.clipped"]
ROOMS += ["chapters.edge_of_chaos.correlation", "chapters.gradient_descent.edge", "chapters.gradient_descent.valleys"]
ROOMS += ["chapters.initialisation.deep_linear"]
ROOMS += ["chapters.regularisation.penalised", "chapters.residual.shattering"]
ROOMS += ["chapters.pretraining.autoencoder", "chapters.pretraining.greedy"]
ROOMS += ["chapters.pretraining.starts", "chapters.pretraining.transfer"] if find_spec("torch") else []
ROOMS += ["steps", "views.course", "views.plots", "views.observables", "views.drawing"]
ROOMS += ["widgets.marks", "widgets.network", "widgets.controls", "widgets.frames"]
ROOMS += ["variants", *(["torch_nets", "torch_optimizers", "training", "course_network"] if find_spec("torch") else [])]
ROOMS += [f"chapters.optimisers.{file}" for file in ("symptoms", "gauge", "transfer")] if find_spec("torch") else []

RECORDS = {  # what functions return, and what only the package itself builds or calls
    "activations.Activation", "surfaces.Surface", "descent.Path", "chain.ChainTrace", "network.Gradients", "network.Trace",
    "network.Training", "propagation.Profile", "claims.Claim", "claims.Evidence", "weights.Initialization", "layers.Back",
    "layers.Kept", "layers.Loss", "products.Lengths", "pooling.PoolKept", "stack.ActivateKept", "stack.StackKept", "stack.rebuilt", "data.Digits",
    "runs.Record", "runs.Recording", "runs.plain", "runs.same", "runs.path_of", "runs.grid", "runs.read",
    "fixes.batch_norm.FixedKept", "fixes.dropout.DropoutKept",
    "fixes.fix.Fix", "fixes.fix.per_seed", "fixes.highway.HighwayKept", "fixes.assembly.stacked", "layers.layer_tuple",
    "fixes.fixup.fixup",
    "fixes.clipping.arrays", "fixes.clipping.pairs", "fixes.residual.with_scaled_weights", "fixes.assembly.assemble",
    "fixes.fix.structural",
    "chapters.products.coin.Products",
    "chapters.activations.death.Births", "chapters.activations.death.Toll", "chapters.clipping.cliff.Run",
    "chapters.clipping.cliff.Walk", "chapters.clipping.clipped.Clipped", "chapters.gradient_descent.valleys.Valley",
    "chapters.initialisation.deep_linear.Learning", "chapters.initialisation.deep_linear.loss_and_gradients",
    "chapters.regularisation.penalised.Penalised", "chapters.regularisation.penalised.growth",
    "chapters.residual.shattering.Stream", "chapters.residual.shattering.Kind",
    "chapters.pretraining.autoencoder.Seen", "chapters.pretraining.greedy.Pretrained", "chapters.pretraining.greedy.single",
    "chapters.pretraining.starts.Start", "chapters.pretraining.transfer.Task",
    "fixes.fix.Site", "views.plots.name_end", "views.drawing.say", "steps.Step", "widgets.marks.Mark", "theory.Sizes",
    "widgets.marks.same", "widgets.frames.Readout", "course_network.unit", "course_network.recording",
    "torch_nets.ResidualBlock", "torch_nets.HighwayBlock", "torch_nets.SettledBatchNorm", "training.Run",
    "chapters.numbers.lowered.Down", "chapters.numbers.studies.Layers", "formats.Format", "formats.Lost",
    "optimizers.Optimizer", "torch_optimizers.ByRule", "chapters.optimisers.symptoms.Symptoms", "chapters.optimisers.gauge.Louder",
    "chapters.optimisers.gauge.Twins", "chapters.optimisers.transfer.Shared",
}  # fmt: skip

KINDS = {
    **dict.fromkeys(
        ["depth", "width", "steps", "batch", "products", "batch_size", "fan_in", "fan_out", "blocks", "matrices"], "count"
    ),
    **dict.fromkeys(["points", "nets", "layers_", "least", "most", "hidden", "inputs", "outputs", "block", "groups"], "count"),
    **dict.fromkeys(["rate", "limit", "sigma_w", "gain", "scale", "step", "q", "start_", "goal", "eps_"], "positive"),
    **dict.fromkeys(["sigma_b", "bias_std", "strength", "below", "eps"], "nonnegative"),
    **dict.fromkeys(["weight", "bias", "shortcut", "low", "high"], "real"),
    **dict.fromkeys(
        ["activation", "initialization", "loss", "direction", "slope", "kind", "penalty", "document", "output", "place"], "name"
    ),
    **dict.fromkeys(
        ["weights", "biases", "x", "gamma", "beta", "mean", "var", "directions", "lengths", "gradient", "start"], "array"
    ),
    **dict.fromkeys(["point", "got", "want"], "numbers"),
    **dict.fromkeys(["surface", "network"], "object"),
    **dict.fromkeys(["function", "f", "clip"], "function"),
    **dict.fromkeys(["gradients", "layers", "sizes"], "list"),
    **dict.fromkeys(["orthogonal", "norm", "learn", "bare"], "flag"),
    "seed": "seed",
    "rng": "generator",
    "keep": "share",
    "axis": "any",
}


def net(seeds=None, sizes=(2, 3, 3, 2), activation="relu"):
    return Network.random(
        list(sizes), activation=activation, initialization="he_normal", rng=np.random.default_rng(0), seeds=seeds
    )


def rng():
    return np.random.default_rng(0)


X, Y, LABELS = np.linspace(-1, 1, 8).reshape(2, 4), np.linspace(0, 1, 8).reshape(2, 4), np.array([0, 1, 1, 0])
COLUMN = np.ones((2, 1))
PROFILE = profile(activation="tanh", initialization="he_normal", depth=2, width=4, seeds=2, batch=2)
COURSE = runs.load("ch00-course-network")
OF_COURSE = {"variant": "name", "label": "any"}
TANH = {"activation": "tanh", "sigma_w": 1.5, "sigma_b": 0.1}
GRADIENTS = [np.ones((2, 2)), np.ones(2)]
POOL = MeanPool(2, grid=(2,))
LINEAR = Dense(np.eye(2), np.zeros((2, 1)), "identity")
FOUND = valleys.valleys(surfaces.landscape(1), 50, 70, points=100)
SHAPES = {"x": "array", "y": "array"}

CALLS = {
    "steps.backpropagation_steps": (
        {"weights": [[[1.0, 2.0]]], "inputs": [1.0, 2.0], "activation": "tanh", "target": 0.0},
        {"weights": "list", "inputs": "array", "activation": "name", "target": "array", "output": "name"},
    ),
    "surfaces.landscape": {"scale": 1.0},
    "surfaces.Surface.value": lambda: (surfaces.HILLS.value, {"point": [1.0, 1.0]}),
    "surfaces.Surface.gradient": lambda: (surfaces.HILLS.gradient, {"point": [1.0, 1.0]}),
    "surfaces.Surface.forward_difference": lambda: (surfaces.HILLS.forward_difference, {"point": [1.0, 1.0], "step": 0.5}),
    "formats.lost": ({"format": formats.FORMATS["float16"], "x": [1.0, 2.0]}, {"format": "object", "x": "numbers"}),
    "formats.underflow_depth": ({"format": formats.FORMATS["float16"], "factor": 0.5}, {"format": "object", "factor": "share", "start": "positive"}),
    "formats.LossScale": (
        {"value": 2.0},
        {"value": "nonnegative", "growth": "positive", "backoff": "share", "interval": "count", "good": "count"},
    ),
    **{
        f"formats.{call}": lambda call=call, given=given: (getattr(formats.FORMATS["float16"], call.split(".")[1]), given, {"x": "numbers" if call.endswith(("cast", "stochastic")) else "array"})
        for call, given in {"Format.spacing": {"x": [1.0]}, "Format.cast": {"x": [1.0]}, "Format.stochastic": {"x": [1.0], "rng": rng()}}.items()
    },
    "formats.Format.code": lambda: (formats.FORMATS["float16"].code, {"x": 1.0}, {"x": "real"}),
    "formats.LossScale.unscaled": lambda: (formats.LossScale().unscaled, {"gradients": [np.ones(2)]}),
    "formats.LossScale.after": lambda: (formats.LossScale().after, {"finite": True}, {"finite": "flag"}),
    "chapters.numbers.lowered.backward": (
        {"network": net(), "x": X, "y": LABELS, "format": formats.FORMATS["float16"]},
        {"network": "object", "y": "labels", "format": "object"},
    ),
    "chapters.numbers.lowered.train": (
        {"format": formats.FORMATS["float16"], "seed": 0, "steps": 1},
        {"format": "object", "variant": "name", "optimizer": "name", "every": "count", "kept": "any", "rounding": "name", "settings": "any", "scale": "any", "held": "seed"},
    ),
    "chapters.numbers.studies.layers": (
        {"format": "float16", "scale": 1.0, "depth": 2},
        {"format": "name", "variant": "name"},
    ),
    "chapters.numbers.studies.largest_blame": {},
    "chapters.numbers.studies.largest_gradient": {},
    "chapters.numbers.studies.lost_layer": {},
    "chapters.numbers.studies.spread": ({}, {"variant": "name"}),
    "optimizers.orthogonalised": ({"g": [[1.0, 2.0], [0.0, 1.0]], "steps": 5}, {"g": "array", "eps": "positive"}),
    "schedules.named": ({"schedule": "constant", "rate": 0.1}, {"schedule": "name", "rate": "nonnegative", "settings": "any"}),
    "schedules.constant": ({"rate": 0.1}, {"rate": "nonnegative"}),
    "schedules.step_decay": ({"rate": 0.1, "every": 5}, {"rate": "nonnegative", "every": "count", "factor": "nonnegative"}),
    "schedules.cosine": ({"rate": 0.1, "steps": 5}, {"rate": "nonnegative", "lowest": "nonnegative"}),
    "schedules.warm_up": ({"schedule": lambda step: 0.1, "steps": 5}, {"schedule": "function", "first": "nonnegative"}),
    "schedules.one_cycle": ({"rate": 0.1, "steps": 50}, {"rate": "nonnegative", "rise": "positive", "first": "positive", "last": "positive"}),
    "descent.walk": ({"surface": surfaces.HILLS, "start": (1.0, 1.0), "steps": 2, "slope": "forward", "step": 0.5},),
    "chain.bound": {"weight": 2.0},
    "chain.explosion_interval": {"weight": 5.0, "bias": 1.0},
    "chain.explosion_width": {"weight": 5.0},
    "chain.trace": {"weights": [1.0, 2.0], "biases": [0.0, 0.0], "x": 0.5, "activation": "tanh"},
    "network.Network": ({"layers": [LINEAR]},),
    "network.Network.random": lambda: (
        Network.random,
        {"sizes": [2, 2], "activation": "tanh", "initialization": "he_normal", "rng": rng(), "seeds": 2},
        {"seeds": "count"},
    ),
    "network.Network.forward": lambda: (net().forward, {"x": X}),
    "network.Network.loss": lambda: (net().loss, {"x": X, "y": Y}, SHAPES),
    "network.Network.gradients": lambda: (net().gradients, {"x": X, "y": Y}, SHAPES),
    "network.Network.backward": lambda: (net().backward, {"trace": net().forward(X), "y": Y}, SHAPES | {"trace": "object"}),
    "network.Network.pull_back": lambda: (
        net().pull_back,
        {"trace": net().forward(X), "g": Y},
        {"g": "numbers", "trace": "object"},
    ),
    "network.Network.with_parameters": lambda: (net().with_parameters, {"flat": net().parameters}, {"flat": "numbers"}),
    "network.train": ({"network": net(), "x": X, "y": Y, "rate": 0.1, "steps": 2}, SHAPES),
    "theory.batch_norm_growth": {"activation": "relu", "batch_size": 8},
    "theory.chi": TANH,
    "theory.growth": TANH,
    "theory.length_fixed_point": TANH,
    "theory.log10_delta": TANH | {"depth": 3},
    "theory.sizes": TANH | {"depth": 3, "width": 4, "batch": 2},
    "theory.critical_sigma_w": {"activation": "tanh", "sigma_b": 0.1},
    "theory.layer_norm_growth": {"activation": "tanh", "place": "after", "sigma_w": 1.0},
    "theory.rms_norm_growth": {"activation": "tanh", "place": "after", "sigma_w": 1.0},
    "theory.edge": ({"activation": "gelu", "q": 10.0}, {"activation": "name", "q": "positive"}),
    "theory.chi_parallel": (
        {"activation": "tanh", "sigma_w": 1.5, "q": 1.0},
        {"activation": "name", "sigma_w": "positive", "q": "positive"},
    ),
    "propagation.profile": (
        {"activation": "tanh", "initialization": "he_normal", "depth": 2, "width": 4, "seeds": 2, "batch": 2},
        {"seeds": "count", "fixes": "list"},
    ),
    "claims.load": {},
    "claims.tally": {},
    "claims.table": lambda: (claims.table, {"chapter": 1, "document": "D3"}, {"chapter": "seed"}),
    "weights.Initialization.variance": lambda: (weights.INITIALIZATIONS["he_normal"].variance, {"fan_in": 2, "fan_out": 3}),
    "weights.Initialization.draw": lambda: (
        weights.INITIALIZATIONS["he_normal"].draw,
        {"fan_in": 2, "fan_out": 3, "rng": rng(), "seeds": 2},
        {"seeds": "count"},
    ),
    "layers.Dense": ({"weights": np.eye(2), "bias": COLUMN, "activation": "tanh"}, {"bias": "array"}),
    "layers.Dense.forward": lambda: (LINEAR.forward, {"a": X}, {"a": "numbers"}),
    "layers.Dense.backward": lambda: (LINEAR.backward, {"kept": LINEAR.forward(X), "g": Y}, {"g": "numbers", "kept": "any"}),
    "layers.cross_entropy": lambda: (
        lambda a, y: layers.cross_entropy.value(a, y),
        {"a": X, "y": LABELS},
        {"y": "labels", "a": "numbers"},
    ),
    "layers.cross_entropy.gradient": lambda: (
        lambda a, y: layers.cross_entropy.gradient(a, y),
        {"a": X, "y": LABELS},
        {"y": "labels", "a": "numbers"},
    ),
    "layers.squared_error": lambda: (
        lambda a, y: layers.squared_error.value(a, y),
        {"a": X, "y": Y},
        {"y": "array", "a": "numbers"},
    ),
    "chapters.products.coin.products_of": {"low": 0.5, "high": 1.5, "depth": 3},
    "chapters.products.coin.typical_factor": {"low": 0.5, "high": 1.5},
    "chapters.products.coin.Products.quantile": lambda: (coin.products_of(0.5, 1.5, 3).quantile, {"share": 0.5}, {"share": "share"}),
    "chapters.products.coin.Products.above": lambda: (coin.products_of(0.5, 1.5, 3).above, {"log10_size": 0.0}, {"log10_size": "real"}),
    "products.lengths": lambda: (products.lengths, {"width": 2, "depth": 3, "products": 4, "rng": rng()}),
    "products.typical_growth": {"width": 3},
    "products.typical_relu_growth": {"width": 3},
    "products.Lengths.quantile": lambda: (
        products.lengths(width=2, depth=3, products=4, rng=rng()).quantile,
        {"share": 0.5},
        {"share": "share"},
    ),
    "gradcheck.angle": ({"first": [1.0, 0.0], "second": [0.0, 1.0]}, {"first": "array", "second": "array"}),
    "gradcheck.central_difference": ({"f": lambda x: x.sum(), "x": [1.0, 2.0]},),
    "gradcheck.complex_step": ({"f": lambda x: x.sum(), "x": [1.0, 2.0]},),
    "gradcheck.forward_difference": ({"f": lambda x: x.sum(), "x": [1.0, 2.0], "step": 0.1},),
    "gradcheck.relative_error": {"got": [1.0], "want": [2.0]},
    "signals.rms": ({"x": [1.0]}, {"x": "numbers", "axis": "axis"}),
    "signals.norm": ({"x": [1.0]}, {"x": "numbers", "axis": "axis"}),
    "signals.log10_rms": ({"x": [1.0]}, {"x": "numbers", "axis": "axis"}),
    "signals.fate": ({"decades": -1.0}, {"decades": "decades"}),
    "signals.log10_norm": ({"x": [1.0]}, {"x": "numbers", "axis": "axis"}),
    "isometry.jacobian_variance": {"activation": "tanh", "depth": 3},
    "isometry.mean_singular_value": {"gain": 1.0},
    "stack.Activate": {"activation": "tanh"},
    "stack.Activate.forward": lambda: (stack.Activate("tanh").forward, {"a": X}, {"a": "numbers"}),
    "chapters.depth_and_width.spread.relative_variance": ({"widths": [3, 4]}, {"widths": "list"}),
    "chapters.depth_and_width.spread.coin_median": {"depth": 3, "width": 8},
    "chapters.depth_and_width.spread.log10_squares": (
        {"widths": [3, 4], "networks": 2, "rng": rng()}, {"widths": "list", "networks": "count"}
    ),
    "chapters.depth_and_width.spread.measured": (
        {"widths": [3, 4], "networks": 2, "rng": rng()}, {"widths": "list", "networks": "count"}
    ),
    "chapters.depth_and_width.spread.left_apart": ({"depth": 3, "width": 4, "networks": 2, "rng": rng()}, {"networks": "count"}),
    "chapters.depth_and_width.pooled.log10_squares": (
        {"kind": "mean", "networks": 2, "rng": rng(), "initialization": "he_normal"}, {"networks": "count"}
    ),
    "pooling.MeanPool": ({"size": 2, "grid": (4,), "stride": 1}, {"size": "count", "grid": "list", "stride": "count"}),
    "pooling.MaxPool": ({"size": 2, "grid": (4, 4), "stride": 1}, {"size": "count", "grid": "list", "stride": "count"}),
    "pooling.MeanPool.forward": lambda: (POOL.forward, {"a": X}, {"a": "numbers"}),
    "pooling.MeanPool.backward": lambda: (POOL.backward, {"kept": POOL.forward(X), "g": Y[:1]}, {"kept": "object", "g": "numbers"}),
    "pooling.global_mean": ({"grid": (4, 4)}, {"grid": "list"}),
    "stack.Stack": ({"layers": [LINEAR]},),
    "stack.Stack.forward": lambda: (stack.Stack([LINEAR]).forward, {"a": X}, {"a": "numbers"}),
    "quadrature.gaussian_mean": ({"function": np.square, "kinks": (0.5,)}, {"kinks": "array"}),
    "cost.operations": {"function": np.sin, "x": [1.0]},
    "data.digits": {},
    "data.xor": {},
    "runs.load": lambda: (runs.load, {"name": runs.files()[0].stem}, {"name": "name"}),
    "runs.files": {},
    "runs.recordings": {},
    "recipes.Recipe": (
        {"depth": 3, "width": 4, "norm": "batch_norm", "residual": "identity"},
        {"norm": "name", "residual": "any", "norm_position": "name", "order": "name", "keep": "share", "biases": "name"},
    ),
    "variants.Variant": (
        {"name": "he", "label": "He", "norm": "batch_norm", "residual": "identity", "depth": 3},
        dict.fromkeys(["name", "label"], "text")
        | dict.fromkeys(["norm", "norm_position", "biases", "order"], "name")
        | dict.fromkeys(["residual", "optimizer", "settings", "schedule", "schedule_settings", "clip", "decay"], "any")
        | {"block": "count", "keep": "share", "momentum": "nonnegative"},
    ),
    "recipes.Recipe.network": lambda: (
        recipes.Recipe(depth=3, width=4).network,
        {"rng": rng(), "seeds": 2},
        {"seeds": "count"},
    ),
    "activations.Activation.saturated": lambda: (activations.ACTIVATIONS["tanh"].saturated, {"z": X}, {"z": "numbers"}),
    "fixes.batch_norm.BatchNorm": {"gamma": COLUMN, "beta": COLUMN},
    "fixes.batch_norm.BatchNorm.forward": lambda: (BatchNorm(COLUMN, COLUMN).forward, {"a": X}, {"a": "numbers"}),
    "fixes.batch_norm.BatchNorm.settle": lambda: (BatchNorm(COLUMN, COLUMN).settle, {"a": X}, {"a": "array"}),
    "fixes.batch_norm.FixedNorm": {"gamma": COLUMN, "beta": COLUMN, "mean": COLUMN, "var": COLUMN},
    "fixes.clipping.clip_value": {"gradients": GRADIENTS, "limit": 1.0},
    "fixes.clipping.clip_each": {"gradients": GRADIENTS, "limit": 1.0},
    "fixes.clipping.clip_global": {"gradients": GRADIENTS, "limit": 1.0},
    "fixes.clipping.clip_adaptive": (
        {"gradients": GRADIENTS, "weights": GRADIENTS, "limit": 1.0},
        {"weights": "list", "eps": "positive"},
    ),
    "fixes.decay.l1": ({"gradients": GRADIENTS, "weights": GRADIENTS, "strength": 0.1}, {"weights": "list"}),
    "fixes.decay.l2": ({"gradients": GRADIENTS, "weights": GRADIENTS, "strength": 0.1}, {"weights": "list"}),
    "fixes.decay.decoupled_decay": ({"weights": GRADIENTS, "rate": 0.1, "strength": 0.1}, {"weights": "list"}),
    "fixes.dropout.Dropout": lambda: (Dropout, {"keep": 0.5, "rng": rng()}),
    "fixes.dropout.Dropout.forward": lambda: (Dropout(0.5, rng()).forward, {"a": X}, {"a": "numbers"}),
    "fixes.evaluation.evaluation": {"network": net(), "x": X},
    "fixes.fix.Fix.using": lambda: (
        lambda shortcut: FIXES["residual"].using(shortcut=shortcut).build(Site(2), [LINEAR]),
        {"shortcut": 1.0},
    ),
    "fixes.fixup.fixup_scale": ({"blocks": 2, "layers": 2}, {"layers": "count"}),
    "fixes.group_norm.GroupNorm": {"gamma": np.ones((4, 1)), "beta": np.ones((4, 1)), "groups": 2},
    "fixes.highway.Highway": ({"layers": [LINEAR], "gate": Dense(np.eye(2), np.zeros((2, 1)), "sigmoid")}, {"gate": "object"}),
    "fixes.layer_norm.LayerNorm": {"gamma": COLUMN, "beta": COLUMN},
    "fixes.lsuv.lsuv": {"network": net(), "x": X},
    "fixes.residual.Residual": ({"layers": [LINEAR], "shortcut": 1.0, "scale": 1.0}, {"scale": "array"}),
    "fixes.rms_norm.RMSNorm": {"gamma": COLUMN},
    "fixes.spectral_norm.largest_singular_value": lambda: (
        largest_singular_value,
        {"weights": np.eye(2), "steps": 2, "rng": rng()},
    ),
    "fixes.spectral_norm.spectral_norm": lambda: (spectral_norm, {"weights": np.eye(2), "steps": 2, "rng": rng()}),
    "fixes.weight_norm.weight_norm": {"directions": np.eye(2), "lengths": COLUMN},
    "fixes.weight_norm.weight_norm_backward": {"directions": np.eye(2), "lengths": COLUMN, "gradient": np.eye(2)},
    "chapters.activations.death.born_dead": {"width": 2, "depth": 3},
    "chapters.activations.death.births": lambda: (death.births, {"width": 2, "depth": 3, "x": X, "nets": 2, "rng": rng()}),
    "chapters.activations.death.dead_share": {"network": net(), "x": X},
    "chapters.activations.death.toll": lambda: (
        death.toll,
        {"network": net(), "x": X, "y": LABELS, "rate": 0.1, "steps": 2, "batch": 2, "rng": rng()},
        {"y": "labels"},
    ),
    "chapters.clipping.cliff.run": ({"weight": 1.0, "bias": 0.0}, {"weight": "array", "bias": "array"}),
    "chapters.clipping.cliff.wall": ({"weight": 1.0}, {"weight": "array"}),
    "chapters.clipping.cliff.steepness": {"weight": 1.0},
    "chapters.clipping.cliff.walk": {"start": [1.0, 1.0], "rate": 0.1, "steps": 2},
    "chapters.clipping.clipped.train": ({"network": net(), "x": X, "y": LABELS, "rate": 0.1, "steps": 2}, {"y": "labels"}),
    "chapters.edge_of_chaos.correlation.correlation_map": (TANH | {"c": 0.5}, {"c": "correlation"}),
    "chapters.edge_of_chaos.correlation.slope": (TANH | {"c": 0.5}, {"c": "correlation"}),
    "chapters.edge_of_chaos.correlation.correlations": (TANH | {"c": 0.5, "depth": 2}, {"c": "real"}),
    "chapters.edge_of_chaos.correlation.lengths": TANH | {"depth": 2},
    "chapters.edge_of_chaos.correlation.fixed_point": TANH,
    "chapters.edge_of_chaos.correlation.depth_scale": TANH,
    "chapters.gradient_descent.edge.sharpness": (
        {"network": net(), "x": X, "y": Y, "start": np.ones(net().parameters.size), "iterations": 2, "loss": "squared_error"},
        {"y": "array", "iterations": "count"},
    ),
    "chapters.gradient_descent.edge.at_the_start": {"seed": 0},
    "chapters.gradient_descent.edge.curvatures": ({"rate": 0.1, "seed": 0, "steps": 2, "every": 1}, {"every": "count"}),
    "chapters.gradient_descent.valleys.curvature": {"surface": surfaces.landscape(1), "x": [60.0]},
    "chapters.gradient_descent.valleys.largest_curvature": {
        "surface": surfaces.landscape(1),
        "low": 50,
        "high": 70,
        "points": 100,
    },
    "chapters.gradient_descent.valleys.valleys": {"surface": surfaces.landscape(1), "low": 50, "high": 70, "points": 100},
    "chapters.gradient_descent.valleys.nearest": lambda: (
        valleys.nearest,
        {"found": FOUND, "x": 60.0},
        {"found": "list", "x": "real"},
    ),
    "chapters.gradient_descent.valleys.fate": lambda: (
        valleys.fate,
        {"points": [60.0, 60.1, 60.1, 60.1], "found": FOUND},
        {"found": "list", "points": "numbers"},
    ),
    "chapters.initialisation.deep_linear.target": {"width": 4},
    "chapters.initialisation.deep_linear.learning_time": (
        {"initialization": "orthogonal", "depth": 2, "seed": 0, "width": 4, "rates": [0.1], "goal": 0.5, "most": 2},
        {"rates": "list"},
    ),
    "chapters.initialisation.deep_linear.mode_time": (
        {"strength": 1.0, "start": 0.1, "reached": 0.5},
        {"strength": "positive", "start": "positive", "reached": "positive"},
    ),
    "chapters.regularisation.penalised.relu_nets": ({"gain": 1.0, "seeds": 2, "hidden": 2, "width": 4}, {"seeds": "count"}),
    "chapters.regularisation.penalised.tanh_nets": ({"gain": 1.0, "seeds": 2, "hidden": 2, "width": 4}, {"seeds": "count"}),
    "chapters.regularisation.penalised.train": (
        {"network": net(2, (2, 3, 3, 3, 2)), "x": X, "y": LABELS, "rate": 0.1, "steps": 2},
        {"y": "labels"},
    ),
    "chapters.pretraining.autoencoder.Autoencoder": (
        {"weights": np.eye(2), "bias": COLUMN, "bias_down": COLUMN},
        {"weights": "numbers", "bias": "numbers", "bias_down": "numbers"},
    ),
    "chapters.pretraining.autoencoder.corrupt": ({"x": X, "noise": 0.5, "rng": rng()}, {"noise": "share"}),
    "chapters.pretraining.greedy.pretrain": (
        {"network": net(activation="sigmoid"), "x": X, "rate": 0.1, "epochs": 1, "batch": 2, "rng": rng()},
        {"epochs": "count", "noise": "share"},
    ),
    "chapters.pretraining.starts.pretrained": ({"network": net(sizes=(64, 2, 2)), "seed": 0, "rate": 1e-3}, {"noise": "share"}),
    "chapters.pretraining.starts.shuffled": {"network": net(), "seed": 0},
    "chapters.pretraining.starts.centred": {"network": net(), "x": X},
    "chapters.pretraining.transfer.shifted": ({"labelled": 2, "by": 1}, {"labelled": "count", "by": "count"}),
    "chapters.pretraining.transfer.only": ({"classes": [1, 2], "labelled": 2}, {"classes": "list", "labelled": "count"}),
    "chapters.pretraining.transfer.factors": ({"way": "fine-tuned", "depth": 2}, {"way": "name"}),
    "chapters.residual.shattering.law": ({"blocks": 2}, {"scale": "real"}),
    "chapters.residual.shattering.shortcut_factor": {"shortcut": 0.5},
    "chapters.residual.shattering.path_share": {"blocks": 4, "least": 1, "most": 2},
    "chapters.residual.shattering.correlations": {"kind": "plain", "depth": 2},
    "chapters.residual.shattering.residual_power": {"depth": 2},
    "chapters.residual.shattering.simulate": {"kind": "plain", "depth": 2, "width": 4, "batch": 3, "seed": 0},
}


def drawing(name, kinds=None, **good):
    """A valid call of a drawing, on a fresh pair of axes."""
    return lambda: (partial(getattr(plots, name), plots.figure()[1]), good, {"role": "name"} | (kinds or {}))


XY = {"x": "numbers", "y": "numbers"}
ENDS = {"x": "array", "y": "array"}
FREE = dict.fromkeys(
    ["label", "direct", "quantity", "labels", "colours", "levels", "path", "diverging", "limit", "theory", "style"], "any"
)
WORDS = (
    dict.fromkeys(["name", "title", "columns", "readouts", "format", "dash", "markers", "click", "equal", "height"], "any")
    | FREE
)
SEEN = {"profile": PROFILE, "shown": "delta", "relative": "relative", "rate": 0.1}
SEEN_KINDS = {"profile": "object", "shown": "name", "relative": "name"}
SEEN_KINDS |= dict.fromkeys(["theory", "name", "unit", "layers", "title", "height"], "any")
CALLS |= {
    "views.plots.figure": (
        {"height": 2.0, "columns": 1, "rows": 1},
        {"height": "positive", "columns": "count", "rows": "count", "subplots": "any"},
    ),
    "views.plots.Shown": lambda: (plots.Shown, {"fig": plots.figure()[0], "alt": "A line."}, {"fig": "object", "alt": "text"}),
    "views.plots.show": lambda: (plots.show, {"fig": plots.figure()[0], "alt": "A line."}, {"fig": "object", "alt": "text"}),
    "views.plots.line": drawing("line", XY | FREE, x=[1, 2], y=[3, 4]),
    "views.plots.band": drawing(
        "band", {"x": "numbers", "values": "numbers", "quantiles": "array"} | FREE, x=[1, 2], values=[[3, 4]]
    ),
    "views.plots.losses": drawing("losses", {"losses": "numbers"} | FREE, losses=[3, 2]),
    "views.plots.bars": drawing("bars", {"heights": "numbers"} | FREE, heights=[3, 2]),
    "views.plots.walk": drawing("walk", {"points": "numbers"} | FREE, points=[[1, 2], [3, 4]]),
    "views.plots.heat": drawing(
        "heat", ENDS | {"values": "numbers"} | FREE, values=np.eye(3), x=(0, 1), y=(0, 1), quantity="size"
    ),
    "views.plots.surface": drawing("surface", ENDS | FREE, surface=surfaces.HILLS, x=(0, 1), y=(0, 1)),
    "views.plots.activation": drawing(
        "activation", {"activation": "object", "reach": "positive"}, activation=activations.ACTIVATIONS["tanh"]
    ),
    "views.plots.profile": drawing("profile", {"profile": "object", "what": "name"} | FREE, profile=PROFILE),
    "views.observables.panel": (SEEN, SEEN_KINDS | {"theory": "any"}),
    "views.observables.log10_sizes": (SEEN, SEEN_KINDS),
    "views.observables.decades": ({"profile": PROFILE, "shown": "delta"}, SEEN_KINDS),
    "views.observables.numbers": ({"profile": PROFILE, "shown": "delta"}, SEEN_KINDS),
    "views.observables.fate": ({"profile": PROFILE}, SEEN_KINDS),
    "views.observables.label": ({"shown": "delta", "relative": "relative", "rate": 0.1}, SEEN_KINDS),
    "widgets.marks.Line": ({"y": [1, 2]}, XY | WORDS | {"role": "name"}),
    "widgets.marks.Band": ({"low": [1, 2], "high": [3, 4]}, XY | WORDS | {"low": "numbers", "high": "numbers", "role": "name"}),
    "widgets.marks.Bars": ({"heights": [1, 2]}, WORDS | {"heights": "numbers", "role": "name"}),
    "widgets.marks.Heat": (
        {"values": np.eye(3)},
        ENDS | WORDS | {"values": "numbers", "colors": "name", "limits": "array", "contours": "any"},
    ),
    "widgets.marks.Path": ({"points": [[1, 2], [3, 4]]}, WORDS | {"points": "numbers", "role": "name"}),
    "widgets.marks.Dot": ({"x": 1.0, "y": 2.0}, XY | WORDS | {"role": "name"}),
    "widgets.marks.Arrow": (
        {"x0": 0.0, "y0": 0.0, "x1": 1.0, "y1": [2.0]},
        WORDS | dict.fromkeys(["x0", "y0", "x1", "y1"], "numbers") | {"role": "name"},
    ),
    "widgets.network.Network": ({"drawing": Drawing([[1.0], [2.0]])}, {"drawing": "object"}),
    "views.drawing.Drawing": (
        {"values": [[1.0], [2.0]]},
        dict.fromkeys(["weights", "blame", "slopes", "notes", "labels", "lit", "quantity", "limits"], "any") | {"values": "list", "way": "any"},
    ),
    "views.plots.network": drawing("network", {"drawing": "object"}, drawing=Drawing([[1.0], [2.0]])),
    "widgets.marks.Rule": ({"x": 1.0}, WORDS | {"role": "name", "x": "any", "y": "any"}),
    "widgets.controls.Slider": ({"name": "depth", "values": [1, 2]}, WORDS | {"name": "any", "values": "list", "start": "any", "at_most": "any", "play": "any"}),
    "widgets.controls.Choice": (
        {"name": "f", "options": ["a", "b"]},
        WORDS | {"name": "any", "options": "list", "start": "any"},
    ),
    **{
        f"views.course.{name}": ({"record": COURSE, "variant": "tanh"} | more, dict.fromkeys(["record", "step"], "object") | OF_COURSE)
        for name, more in {"panels": {"step": 0}, "drawing": {"step": 0}, "numbers": {"step": 0}, "said": {"step": 0}, "steps": {}}.items()
    },
    "views.course.figure": ({"record": COURSE, "variants": ["tanh"]}, {"record": "object", "variants": "list", "height": "positive", "strips": "flag"}),
    "widgets.frames.Axis": ({"scale": "log", "domain": (1, 2)}, WORDS | {"scale": "name", "domain": "array", "fit": "any"}),
    "widgets.frames.Panel": ({"marks": []}, WORDS | {"marks": "list", "x": "any", "y": "any"}),
    "widgets.frames.Frame": lambda: (Frame, {"panels": [Panel([])]}, WORDS | {"panels": "list"}),
}


def torch_calls():
    import torch
    from torch import nn

    from companion import course_network, data, torch_nets, training

    settings = {"rate": 0.1, "steps": 2, "batch": 2}
    small = {"network": net(), "data": (X, LABELS), **settings}
    own = dict.fromkeys(["decay", "loss", "optimizer"], "name") | {
        "network": "object",
        "data": "object",
        "batch": "any",
        "seeds": "list",
        "jobs": "count",
    }
    own |= {
        "record_every": "count",
        "momentum": "nonnegative",
        "clip": "name",
        "progress": "any",
        "settings": "any",
        "rate": "rate",
    }
    after = nn.Linear(2, 2)
    after(after.weight).sum().backward()
    tiny = course_network.Variant("tiny", "tiny", depth=2, width=2, steps=1, batch=2)
    return {
        "course_network.train": ({"variant": tiny, "seed": 0}, {"variant": "name", "start": "function"}),
        "chapters.pretraining.transfer.transferred": (
            {"task": data.digits(), "source": data.digits(), "way": "from scratch", "seed": 0, "depth": 2, "steps": 1},
            {"task": "object", "source": "object", "way": "name"},
        ),
        "course_network.learnt": (
            {"record": COURSE, "variant": "tanh"},
            {"record": "object", "variant": "name", "above": "share"},
        ),
        "torch_nets.module": ({"recipe": recipes.Recipe(depth=2, width=2), "seed": 0}, {"recipe": "object", "dtype": "object"}),
        "torch_nets.mirror": ({"network": net()}, {"dtype": "object"}),
        "torch_nets.load": ({"module": torch_nets.mirror(net()), "network": net()}, {"module": "object"}),
        "torch_nets.weight_layers": ({"module": after}, {"module": "object"}),
        "torch_nets.parameters": ({"module": after}, {"module": "object"}),
        "torch_nets.gradients": ({"module": after}, {"module": "object"}),
        "chapters.optimisers.symptoms.symptoms": ({"variant": tiny, "seed": 0}, {"variant": "object"}),
        "chapters.optimisers.gauge.twins": ({"seed": 0, "steps": 1}, {"factor": "positive"}),
        "chapters.optimisers.transfer.handed_on": (
            {"rule": "mup", "width": 4, "rate": 0.1, "seed": 0, "steps": 1},
            {"rule": "name"},
        ),
        "torch_optimizers.build": (
            {"optimizer": "muon", "parameters": [nn.Parameter(torch.ones(2, 2))], "rate": 0.1},
            {"optimizer": "name", "parameters": "list", "rate": "nonnegative", "settings": "any"},
        ),
        "training.train": (small | {"seed": 0}, own),
        "training.train_seeds": lambda: (training.train_seeds, small | {"seeds": [0]}, own),
    }


CALLS |= torch_calls() if find_spec("torch") else {}

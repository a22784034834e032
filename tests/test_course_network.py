"""The course's own network: its recipe is plain PyTorch code, and the recording keeps what training gave."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from torch import nn

from companion import course_network, data, torch_nets, training
from companion.course_network import VARIANTS, Variant, learnt, recording, train
from companion.recipes import Recipe
from companion.runs import Record

SHORT = {"steps": 3}


def plain(variant, seed, steps, activation=nn.ReLU):
    """The course's own network as a reader types it, from the same weights and with the same batches: its losses, W_1."""
    images, labels = torch.tensor(data.digits().train_x.T, dtype=torch.float32), torch.tensor(data.digits().train_y)
    net = nn.Sequential()
    for layer in range(20):
        net.append(nn.Linear(64, 10 if layer == 19 else 64))
        if layer < 19:
            net.append(activation())
    net.load_state_dict(torch_nets.module(variant.recipe, seed=seed, dtype=torch.float32).state_dict())
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    batches, losses, first = training._batches(len(images), 64, seed), [], net[0].weight.detach().clone()
    for _ in range(steps):
        batch = next(batches)
        loss = nn.functional.cross_entropy(net(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        moved = (net[0].weight.detach() - first).double().norm() / first.double().norm()
        optimizer.step()
    return losses, moved.item()


@pytest.mark.parametrize(("name", "activation"), [("torch_default", nn.ReLU), ("he", nn.ReLU), ("sigmoid", nn.Sigmoid)])
def test_the_recipe_is_what_a_reader_types(name, activation):
    variant = replace(VARIANTS[name], steps=25)
    result, (losses, moved) = train(variant, seed=3), plain(VARIANTS[name], 3, 25, activation)
    np.testing.assert_allclose(result["loss"], losses, rtol=1e-6, atol=0)
    np.testing.assert_allclose(10.0 ** result["moved"][-1, 0], moved, rtol=1e-5, atol=0)


def test_pytorchs_own_layers_have_the_law_that_the_default_draws():
    ours = [part for part in torch_nets.module(VARIANTS["torch_default"].recipe, seed=0) if isinstance(part, nn.Linear)]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = [nn.Linear(64, 64) for _ in ours]
    for part in ("weight", "bias"):
        sizes = [torch.cat([getattr(layer, part).detach().double().flatten() for layer in net]) for net in (ours, theirs)]
        assert abs(sizes[0].std() / sizes[1].std() - 1) < 0.05
        assert all(0.95 * 64**-0.5 < each.abs().max() <= 64**-0.5 for each in sizes)


def test_float32_keeps_a_faint_layer_exactly_still():
    result = train(replace(VARIANTS["sigmoid"], **SHORT), seed=0)
    assert np.isneginf(result["moved"][-1, 0]) and np.isneginf(result["update"][:, 0]).all() and result["moved"][-1, -1] > -3
    assert result["delta"][0, 0] > -20  # something did arrive


def test_a_variant_is_made_again_from_its_changes():
    odd = Variant("odd", "odd", residual=0.5, norm="layer_norm", clip="clip_global", keep=0.9)
    small = Variant("small", "small", optimizer="adam", momentum=0, settings={"eps": 1e-16})
    decayed = Variant("decayed", "decayed", schedule="cosine", schedule_settings={"steps": 9})
    for variant in [*VARIANTS.values(), odd, small, decayed]:
        assert Variant(variant.name, variant.label, **variant.changes) == variant


def test_a_variant_has_every_field_of_a_recipe_and_of_training():
    wanted = {field.name for field in fields(Recipe)} - {"inputs", "outputs"}
    assert wanted == set(VARIANTS["he"].recipe.__dict__) - {"inputs", "outputs"} and wanted <= {f.name for f in fields(Variant)}
    changed = Variant("x", "x", depth=4, width=8, activation="tanh", initialization="torch_default", gain=2.0, biases="drawn")
    recipe = changed.recipe
    assert (recipe.depth, recipe.width, recipe.activation, recipe.gain, recipe.biases) == (4, 8, "tanh", 2.0, "drawn")


def test_deeper_networks_are_kept_at_fewer_steps():
    shapes = [train(replace(VARIANTS["he"], depth=depth, width=8, steps=54), 0)["moved"].shape for depth in (20, 80)]
    assert shapes == [(28, 20), (8, 80)]


def test_a_run_that_diverges_ends_with_what_it_had():
    result = train(replace(VARIANTS["he"], rate=1e4, steps=60), seed=0)
    assert 0 < result["stopped"] < 60 and len(result["loss"]) == len(result["update"]) == len(result["steps"]) > 0
    assert np.isnan(result["test_accuracy"]) and result["delta"].shape == (len(result["moments"]), 20)
    at_once = course_network.unit("x", {"gain": 1e30, "steps": 2}, 0)
    assert at_once["stopped"] == 0 and at_once["moved"].shape == at_once["delta"].shape == (0, 20)


def test_what_is_recorded_is_rounded_as_it_is_shown():
    small = {"depth": 3, "width": 8, "steps": 2}
    whole, kept = train(replace(VARIANTS["he"], **small), 1), course_network.unit("he", small, 1)
    np.testing.assert_allclose(kept["update"], whole["update"], rtol=0, atol=0.0501)
    assert (kept["update"] * 10 % 1 < 1e-9).sum() + (kept["update"] * 10 % 1 > 1 - 1e-9).sum() == kept["update"].size


def rows(*accuracies):
    return Record("ch00-x", 0, "", tuple({"variant": "he", "test_accuracy": each} for each in accuracies), (), ())


def test_seeds_that_learnt_are_counted():
    record = replace(rows(0.97, 0.1, np.nan, 0.6), origins=({},) * 4, seconds=(0.0,) * 4)
    assert (learnt(record, "he"), learnt(record, "he", 0.9)) == (2, 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: train("hee", 0), "variant must be one of torch_default, he, sigmoid, tanh, got 'hee'"),
        (lambda: train(3, 0), "variant must be one of torch_default, he, sigmoid, tanh, got 3"),
        (lambda: train("he", -1), "seed must be a whole number >= 0, got -1"),
        (lambda: Variant("", "x"), "name of Variant must be a text, got ''"),
        (lambda: Variant("x", "x", depth=1), "depth must be a whole number >= 2, got 1"),
        (lambda: Variant("x", "x", optimizer="adm"), "optimizer of Variant must be one of sgd, .*, got 'adm'"),
        (lambda: Variant("x", "x", settings={"eps": 1}), "a setting of sgd must be one of weight_decay, got 'eps'"),
        (lambda: Variant("x", "x", schedule="cosin"), "schedule must be one of constant, step_decay, .*, got 'cosin'"),
        (lambda: Variant("x", "x", schedule="cosine"), "settings of cosine must have steps, got {}"),
        (lambda: Variant("x", "x", rate=-1), "rate of Variant must be a finite number > 0, got -1"),
        (lambda: recording("ch06-x", 6, "X.", ["hee"]), "variants must be one of torch_default, he, sigmoid, tanh, got 'hee'"),
        (lambda: Recipe(biases="some"), "biases must be one of zero, drawn, torch, got 'some'"),
        (lambda: Recipe(biases="drawn", bias_std=0.1), "biases must be 'zero' where bias_std gives their size, got 'drawn'"),
    ],
)
def test_what_cannot_be_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()

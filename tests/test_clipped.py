"""Training with a clip against plain training, and against what a clip promises."""

import numpy as np
import pytest

from companion import network as plain
from companion.chapters.clipping.clipped import train
from companion.data import digits
from companion.fixes.clipping import clip_each, clip_global, clip_value
from companion.network import Network

X, Y = digits().train_x[:, :40], digits().train_y[:40]


def net(law="he_normal", depth=3):
    sizes = [64] + [12] * depth + [10]
    return Network.random(sizes, activation="relu", initialization=law, rng=np.random.default_rng(0), bias_std=0.1)


def test_without_a_clip_it_is_plain_gradient_descent():
    want = plain.train(net(), X, Y, rate=0.1, steps=10, loss="cross_entropy")
    got = train(net(), X, Y, rate=0.1, steps=10)
    np.testing.assert_array_equal(got.losses, want.losses)
    np.testing.assert_array_equal(got.network.parameters, want.network.parameters)
    assert got.norms.shape == (10,) and got.stopped_at is None


def test_a_limit_that_is_never_reached_changes_no_bit():
    free = train(net(), X, Y, rate=0.1, steps=10)
    limit = 1.01 * free.norms.max()
    cut = train(net(), X, Y, rate=0.1, steps=10, clip=lambda g: clip_global(g, limit))
    np.testing.assert_array_equal(cut.network.parameters, free.network.parameters)


@pytest.mark.parametrize(
    ("clip", "longest"), [(clip_global, 1.0), (clip_each, np.sqrt(8)), (clip_value, np.sqrt(net().parameters.size))]
)
def test_no_step_is_longer_than_the_rule_allows(clip, longest):
    start = net("standard_normal")
    once = train(start, X, Y, rate=0.5, steps=1, clip=lambda g: clip(g, 0.01))
    step = np.linalg.norm(once.network.parameters - start.parameters)
    assert once.norms[0] > 1
    assert 0 < step <= 0.5 * 0.01 * longest * (1 + 1e-12)


def test_the_clip_sees_each_parameter_in_its_shape():
    seen = []
    train(net(), X, Y, rate=0.1, steps=1, clip=lambda g: seen.extend(a.shape for a in g) or g)
    assert seen == [matrix.shape for layer in net().layers for matrix in layer.parameters.values()]


def test_a_gradient_that_is_not_finite_ends_the_run_before_the_clip():
    def never(gradients):
        assert all(np.isfinite(g).all() for g in gradients)
        return clip_global(gradients, 1.0)

    run = train(net("standard_normal", depth=1000), X, Y, rate=0.1, steps=5, clip=never)
    assert run.stopped_at == 0 and run.norms.size == 0 and run.losses.shape == (1,)
    np.testing.assert_array_equal(run.network.parameters, net("standard_normal", depth=1000).parameters)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="rate must be a finite number > 0, got 0"):
        train(net(), X, Y, rate=0, steps=1)
    with pytest.raises(ValueError, match="loss must be one of squared_error, cross_entropy, got 'mse'"):
        train(net(), X, Y, rate=1, steps=1, loss="mse")

r"""Greedy layer-wise pre-training: each hidden layer learns to give its own input back, then hands its codes to the next.

>>> from companion import data
>>> rng = np.random.default_rng(0)
>>> network = Network.random([64, 32, 32, 10], activation="sigmoid", initialization="lecun_normal", rng=rng)
>>> ready = pretrain(network, data.digits().train_x[:, :200], rate=0.1, epochs=2, batch=20, rng=rng)
>>> ready.network, [errors.shape for errors in ready.errors]
(Network(64 → 32 → 32 → 10: sigmoid, sigmoid, identity), [(3,), (3,)])
>>> bool((ready.network.layers[2].weights == network.layers[2].weights).all())               # the last layer is left alone
True
>>> ready.stopped

No label is used, and no layer knows of the ones above it. Chapter 15; Hinton et al. (2006) stacked another machine, Bengio et al.
(2007) these.
"""

from dataclasses import dataclass

import numpy as np

from companion import require
from companion.chapters.pretraining.autoencoder import Autoencoder, corrupt
from companion.layers import Dense
from companion.network import Network
from companion.threads import one_thread


@dataclass(frozen=True, eq=False)
class Pretrained:
    """A network whose hidden layers have been pre-trained, and how it went.

    ``errors`` has an array (epochs + 1,) a hidden layer: the mean squared error of an entry that its autoencoder gives back,
    as a share of what the mean alone would leave (1: it knows no more than the mean), before the first epoch and after each.
    ``stopped`` is None, or the layer (from 1) whose error was no longer finite: it and those above it stay as they were.
    """

    network: Network
    errors: tuple
    stopped: int | None


def single(network):
    """``network`` if it is a single one of Dense layers; else an error."""
    require.instance("network", network, Network, "a Network")
    if not all(isinstance(layer, Dense) and layer.weights.ndim == 2 for layer in network.layers):
        raise ValueError(f"network must be a single one of Dense layers, without a seeds axis, got {network!r}")
    return network


@one_thread()
def pretrain(network, x, *, rate, epochs, batch, rng, noise=0.0):
    """A :class:`Pretrained`: ``network``, its hidden layers trained one after the other as tied autoencoders, on ``x`` (n_0, N).

    Layer 1 learns to give ``x`` back; then its codes of ``x`` are what layer 2 learns to give back, and so on. Each begins
    with its own weights and biases (and c = the mean of its input), and takes ``epochs`` rounds of gradient descent through all
    examples, ``batch`` at a time, in an order by ``rng``. ``noise``: the share of entries set to 0 in what it sees. The last
    layer stays as it is.
    """
    network = single(network)
    x = require.finite_array("x", x, ndim=2)
    rate, noise = require.number("rate", rate, above=0), require.number("noise", noise, at_least=0, below=1)
    epochs, batch = require.positive_int("epochs", epochs), require.positive_int("batch", batch)
    require.generator("rng", rng)
    inputs = network.layers[0].weights.shape[1]
    if x.shape[0] != inputs or not x.var():
        raise ValueError(f"x must vary, and have a row for each of the {inputs} inputs, got shape {x.shape}")
    if batch > x.shape[1]:
        raise ValueError(f"batch must be at most {x.shape[1]}, the number of examples, got {batch}")
    layers, errors = list(network.layers), []
    for number, layer in enumerate(layers[:-1]):
        codes = number > 0 and layers[number - 1].activation == "sigmoid"  # what comes in lies between 0 and 1
        mean = x.mean(1, keepdims=True)  # (n, 1)
        down, output = (np.log(mean / (1 - mean)), "sigmoid") if codes else (mean, "identity")
        start = Autoencoder(layer.weights, layer.bias, down, layer.activation, output)
        learnt, course = _learn(start, x, rate, epochs, batch, noise, rng)
        errors.append(course)
        if not np.isfinite(course).all():
            return Pretrained(Network(layers), tuple(errors), number + 1)
        layers[number] = layer.with_parameters(weights=learnt.weights, bias=learnt.bias)
        x = layers[number].forward(x).output  # the codes: what the next layer is to give back
    return Pretrained(Network(layers), tuple(errors), None)


@np.errstate(over="ignore", invalid="ignore")  # what overflows is inf or NaN in the error, and stops it
def _learn(autoencoder, x, rate, epochs, batch, noise, rng):
    """The autoencoder after so many rounds through ``x``, and its error before and after each: (epochs + 1,), or fewer."""
    errors, examples = [_error(autoencoder, x)], x.shape[1]
    for _ in range(epochs):
        order = rng.permutation(examples)
        for start in range(0, examples - batch + 1, batch):
            clean = x[:, order[start : start + batch]]  # (n, batch)
            seen = autoencoder.forward(corrupt(clean, noise=noise, rng=rng) if noise else clean)
            slopes = autoencoder.backward(seen, clean)
            moved = {name: matrix - rate * slopes[name] for name, matrix in autoencoder.parameters.items()}
            autoencoder = autoencoder.with_parameters(**moved)
        errors.append(_error(autoencoder, x))
        if not np.isfinite(errors[-1]):
            break
    return autoencoder, np.array(errors)


def _error(autoencoder, x):
    """Mean squared error of an entry that comes back, as a share of the variance of the entries about their means."""
    return float(((autoencoder.forward(x).output - x) ** 2).mean() / x.var(1).mean())

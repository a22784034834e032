r"""How sharply the loss of a network bends while it trains: its largest curvature, over all directions of its parameters.

The curvature along a direction v is vᵀ(∂²ℒ/∂θ²)v. The product of this matrix (the Hessian) with v is a complex step of the exact
gradient, so the matrix, millions of entries even for a small network, is never made; multiplying again and again turns v into
the sharpest direction.

>>> from companion.layers import Dense
>>> line = Network([Dense([[1.0]], [[0.0]], "identity")])        # w x + b; ℒ = ½ mean (w x + b - y)²
>>> x, y = np.array([[-2.0, 2.0]]), np.array([[1.0, 0.0]])
>>> H, direction = sharpness(line, x, y, start=np.array([0.6, 0.8]), iterations=40)
>>> f"{H:.4f}", direction.round(4).tolist()                      # mean x² = 4 along w, 1 along b
('4.0000', [1.0, 0.0])

Chapter 2, deeper; Cohen et al. (2021).
"""

import numpy as np

from companion import require
from companion.data import digits
from companion.network import Network

SIZES = [64, 32, 32, 32, 32, 10]  # a tanh network, small enough for a notebook
EXAMPLES = 200
STEP = 1e-20  # of the complex step
COURSE, BATCH = [64] * 20 + [10], 64  # the course's own network


@np.errstate(over="ignore", invalid="ignore")  # what overflows is inf or NaN in the result
def sharpness(network, x, y, *, start, iterations=20, loss="squared_error"):
    """``(H, direction)``: the largest curvature at the network's parameters, and the unit vector (P,) along which it is found.

    ``start`` (P,) is where the search begins, such as a random vector or the last direction found; each of the ``iterations``
    costs one forward and one backward pass.
    """
    require.instance("network", network, Network, "a Network")
    parameters = network.parameters
    direction = require.finite_array("start", start, shape=parameters.shape)
    if not direction.any():
        raise ValueError("start must not be 0 everywhere: it is a direction")
    for _ in range(require.positive_int("iterations", iterations)):
        direction = direction / np.linalg.norm(direction)
        bent = network.with_parameters(parameters + 1j * STEP * direction)
        product = bent.gradients(x, y, loss).flat.imag / STEP  # (P,)
        curvature, direction = float(direction @ product), product
    return curvature, direction / np.linalg.norm(direction)


@np.errstate(over="ignore", invalid="ignore")
def curvatures(rate, seed, *, steps=500, every=50):
    """Plain descent on all of 200 digits at once (tanh, 5 layers, N(0, 1/n), squared error), and H on the way.

    ``steps`` (K,), and at each of them ``loss`` (K,) and ``curvature`` (K,).
    """
    rate = require.number("rate", rate, above=0)
    steps, every = require.positive_int("steps", steps), require.positive_int("every", every)
    rng = np.random.default_rng(require.seed("seed", seed))
    network = Network.random(SIZES, activation="tanh", initialization="lecun_normal", rng=rng)
    x, y = digits().train_x[:, :EXAMPLES], np.eye(10)[:, digits().train_y[:EXAMPLES]]  # (64, 200), (10, 200)
    direction, found = rng.standard_normal(network.parameters.shape), []
    for step in range(steps + 1):
        if step % every == 0:
            effort = 12 if found else 40  # the last direction found is a good start for the next search
            curvature, direction = sharpness(network, x, y, start=direction, iterations=effort)
            found.append((step, float(network.loss(x, y)), curvature))
        network = network.with_parameters(network.parameters - rate * network.gradients(x, y).flat)
    return dict(zip(("steps", "loss", "curvature"), map(list, zip(*found, strict=True)), strict=True))


def at_the_start(seed):
    """The largest curvature of the course's own network (He's weights) before the first step, on the first 64 digits."""
    rng = np.random.default_rng(require.seed("seed", seed))
    network = Network.random(COURSE, activation="relu", initialization="he_normal", rng=rng)
    x, y = digits().train_x[:, :BATCH], digits().train_y[:BATCH]  # (64, 64), (64,)
    start = rng.standard_normal(network.parameters.shape)
    return {"curvature": sharpness(network, x, y, start=start, loss="cross_entropy")[0]}

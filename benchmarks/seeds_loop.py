"""How long a profile takes, and the same measured by loops over seeds. One core: set OMP_NUM_THREADS=1. Prints all.

``loop`` is what a reader would write after chapter 3: one network at a time, float64, whole batches as matrices, the same
weights from the same seeds, the same three sizes in every layer, no care for underflow. Nothing in it is slowed down.
``networks`` is the same loop over the package's own parts: ``companion.network``, and sizes from ``companion.signals``, which do
not underflow either. Drawing the weights (12 million at width 100) is the same work for all three; ``draws`` is its time alone,
and ``bound`` the loop's time over it: how many times faster than the loop anything could be that draws the same weights.
"""

from functools import partial
from time import perf_counter

import numpy as np

from companion import signals
from companion.activations import ACTIVATIONS
from companion.layers import Dense
from companion.network import Network
from companion.propagation import profile
from companion.weights import INITIALIZATIONS

SEEDS, DEPTH, BATCH, REPEATS = 24, 50, 32, 5


def loop(activation, initialization, width):
    """rms of a_l, δ_l and ∂ℒ/∂W_l, (3, S, L), the plain way."""
    f, law = ACTIVATIONS[activation], INITIALIZATIONS[initialization]
    sizes = np.empty((3, SEEDS, DEPTH))
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        x, c = rng.standard_normal((2, width, BATCH))
        weights = [law.draw(width, width, rng=rng) for _ in range(DEPTH)]
        a, z = [x], []
        for w in weights:
            z.append(w @ a[-1])
            a.append(f.f(z[-1]))
        g = c / BATCH
        for layer in reversed(range(DEPTH)):
            delta = g * f.slope(z[layer])
            gradient = delta @ a[layer].T
            sizes[:, seed, layer] = [np.sqrt(np.mean(v**2)) for v in (a[layer + 1], delta, gradient)]
            g = weights[layer].T @ delta
    return sizes


def networks(activation, initialization, width):
    """The same sizes in log10, through the package's network and its careful sizes."""
    law, sizes = INITIALIZATIONS[initialization], np.empty((3, SEEDS, DEPTH))
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        x, c = rng.standard_normal((2, width, BATCH))
        bias = np.zeros((width, 1))
        network = Network([Dense(law.draw(width, width, rng=rng), bias, activation) for _ in range(DEPTH)])
        trace = network.forward(x)
        back = network.pull_back(trace, c / BATCH)
        for row, arrays in enumerate((trace.a[1:], back.deltas, back.weights)):
            sizes[row, seed] = [signals.log10_rms(array) for array in arrays]
    return sizes


def draws(initialization, width):
    for seed in range(SEEDS):
        INITIALIZATIONS[initialization].draw(width, width, rng=np.random.default_rng(seed), seeds=DEPTH)


def batch_of_seeds(activation, initialization, width):
    return profile(activation=activation, initialization=initialization, depth=DEPTH, width=width)


def agree(*setting):
    """All three ways give the same numbers."""
    p = batch_of_seeds(*setting)
    got = [p.log10_signal, p.log10_delta, p.log10_weight_gradient]
    np.testing.assert_allclose(networks(*setting), got, rtol=0, atol=1e-9)
    np.testing.assert_allclose(np.log10(loop(*setting)), got, rtol=0, atol=1e-9)


def seconds(function):
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        function()
        times.append(perf_counter() - start)
    return min(times)


def main():
    print(f"{SEEDS} seeds, depth {DEPTH}, batch {BATCH}, best of {REPEATS}; in brackets: times the profile's\n")
    print(f"{'network':<24}{'width':>6}{'profile':>10}{'loop':>18}{'networks':>18}{'draws':>10}{'bound':>8}")
    for activation, initialization in (("sigmoid", "lecun_normal"), ("tanh", "lecun_normal"), ("relu", "he_normal")):
        for width in (10, 30, 100):
            setting = (activation, initialization, width)
            agree(*setting)
            batched, plain, careful = (seconds(partial(way, *setting)) for way in (batch_of_seeds, loop, networks))
            alone = seconds(partial(draws, initialization, width))
            compared = "".join(f"{t:>9.3f} s ({t / batched:3.1f}x)" for t in (plain, careful))
            name = f"{activation}, {initialization}"
            print(f"{name:<24}{width:>6}{batched:>8.3f} s{compared}{alone:>8.3f} s{plain / alone:>7.1f}x")


if __name__ == "__main__":
    main()

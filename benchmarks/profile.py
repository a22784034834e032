"""How long a profile takes, and the same as a plain loop over seeds. One core: set OMP_NUM_THREADS=1. Prints both.

The loop is what a reader would write after chapter 3: one network at a time, float64, whole batches as matrices, the same
weights from the same seeds, the same three sizes in every layer, no care for underflow. Nothing in it is slowed down. Most of the
time goes into drawing 12 million normal weights, which both must do; a line gives that time alone.
"""

from time import perf_counter

import numpy as np

from companion.activations import ACTIVATIONS
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


def draws(initialization, width):
    for seed in range(SEEDS):
        INITIALIZATIONS[initialization].draw(width, width, rng=np.random.default_rng(seed), seeds=DEPTH)


def seconds(function):
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        function()
        times.append(perf_counter() - start)
    return min(times)


def main():
    print(f"{SEEDS} seeds, depth {DEPTH}, batch {BATCH}, best of {REPEATS}\n")
    print(f"{'network':<24}{'width':>6}{'profile':>10}{'loop':>10}{'ratio':>8}{'draws alone':>13}")
    for activation, initialization in (("sigmoid", "lecun_normal"), ("tanh", "lecun_normal"), ("relu", "he_normal")):
        for width in (10, 30, 100):
            setting = {"activation": activation, "initialization": initialization, "depth": DEPTH, "width": width}
            got, want = profile(**setting), loop(activation, initialization, width)
            for size, name in zip(want, ("signal", "delta", "weight_gradient"), strict=True):
                np.testing.assert_allclose(getattr(got, name), size, rtol=1e-9, atol=0)
            batched = seconds(lambda setting=setting: profile(**setting))
            plain = seconds(lambda a=activation, i=initialization, w=width: loop(a, i, w))
            alone = seconds(lambda i=initialization, w=width: draws(i, w))
            name = f"{activation}, {initialization}"
            print(f"{name:<24}{width:>6}{batched:>8.3f} s{plain:>8.3f} s{plain / batched:>7.1f}x{alone:>11.3f} s")


if __name__ == "__main__":
    main()

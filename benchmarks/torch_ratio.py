"""The batched NumPy engine against PyTorch on the same work: one forward and one backward pass, with every weight gradient.

    python -m benchmarks.torch_ratio

24 random networks, depth 50, width 100, batch 32, float64, one thread each, the same drawn weights and examples. Checked to
give the same numbers, then timed in turns: processor time, the best of several. ``numpy`` is ``propagation``'s measurement
itself, which also takes the rms of every signal, δ and weight gradient and keeps them from underflowing; ``bare`` is the same
passes without that. ``bmm`` is autograd over ``torch.bmm``, all networks at once, ``+ sizes`` also takes the rms of everything;
``vmap`` is ``torch.func.vmap`` of ``grad`` of one network. The ratios are NumPy's times over that of the faster torch, without
sizes.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

from time import process_time  # noqa: E402

import numpy as np  # noqa: E402
import torch  # noqa: E402

from companion import propagation  # noqa: E402
from companion.activations import ACTIVATIONS  # noqa: E402
from companion.torch_nets import ACTIVATION_MODULES  # noqa: E402
from companion.weights import INITIALIZATIONS  # noqa: E402

SEEDS, DEPTH, WIDTH, BATCH, REPEATS = 24, 50, 100, 32, 7
NETWORKS = (("sigmoid", "xavier_normal"), ("tanh", "xavier_normal"), ("relu", "he_normal"), ("gelu", "he_normal"))


def drawn(initialization):
    """(x, g, weights, biases): x and g = ∂ℒ/∂a_L (S, n, B), weights (S, L, n, n), biases 0."""
    return propagation._draw(range(SEEDS), INITIALIZATIONS[initialization], DEPTH, WIDTH, BATCH, 1.0, 0.0)


def bare(f, x, g, weights):
    """Forward and backward by hand, nothing measured: δ_l and ∂ℒ/∂W_l of every layer."""
    a, slopes, inputs = x, [], []
    for layer in range(DEPTH):
        inputs.append(a)
        z = weights[:, layer] @ a
        a, slope = f.both(z)
        slopes.append(slope)
    deltas, gradients = [], []
    for layer in reversed(range(DEPTH)):
        delta = g * slopes[layer]
        deltas.append(delta)
        gradients.append(delta @ inputs[layer].mT)
        g = weights[:, layer].mT @ delta
    return a, deltas[::-1], gradients[::-1]


def bmm(f, x, g, weights):
    """The same with autograd, a leaf for each layer's stack of 24 matrices."""
    a, signals, zs = x, [], []
    for w in weights:
        z = torch.bmm(w, a)
        a = f(z)
        zs.append(z)
        signals.append(a)
    found = torch.autograd.grad((a * g).sum(), [*zs, *weights])
    return signals, found[:DEPTH], found[DEPTH:]


def bmm_sizes(f, x, g, weights):
    return [[v.detach().square().mean((1, 2)).sqrt() for v in part] for part in bmm(f, x, g, weights)]


def vmapped(f):
    """All networks at once by vmap of the gradient of one, in its weights."""

    def readout(weights, x, g):
        for w in weights:
            x = f(w @ x)
        return (x * g).sum()

    return torch.func.vmap(torch.func.grad(readout))


def ways(activation, initialization):
    """name -> a function without arguments that does the work once, on data laid out as that way likes it best."""
    record, f = ACTIVATIONS[activation], ACTIVATION_MODULES[activation]()
    x, g, weights, biases = drawn(initialization)
    tx, tg, tw = (torch.from_numpy(array) for array in (x.copy(), g.copy(), weights))
    layers = [tw[:, layer].contiguous().requires_grad_() for layer in range(DEPTH)]
    plain = tuple(w.detach() for w in layers)
    mapped = vmapped(f)
    return {
        "numpy": lambda: propagation._measure(record, x.copy(), g.copy(), weights, biases),
        "numpy, bare": lambda: bare(record, x, g, weights),
        "bmm": lambda: bmm(f, tx, tg, layers),
        "bmm + sizes": lambda: bmm_sizes(f, tx, tg, layers),
        "vmap": lambda: mapped(plain, tx, tg),
    }


def agree(way):
    """All ways find the same weight gradients, signals and δ: relative to the largest entry of each layer."""
    _, deltas, gradients = way["numpy, bare"]()
    _, torch_deltas, torch_gradients = way["bmm"]()
    for got, want in ((torch_deltas, deltas), (torch_gradients, gradients), (way["vmap"](), gradients)):
        for layer in range(DEPTH):
            largest = np.abs(want[layer]).max()
            assert np.abs(got[layer].numpy() - want[layer]).max() <= 1e-9 * largest
    sizes = 10 ** way["numpy"]()
    for got, want in zip(way["bmm + sizes"](), sizes, strict=True):
        np.testing.assert_allclose(torch.stack(got).T, want, rtol=1e-9, atol=0)


def best(way):
    """The best processor time of each way, s. In turns, so that a busy moment of the machine meets all of them."""
    times = {name: [] for name in way}
    for _ in range(REPEATS):
        for name, work in way.items():
            start = process_time()
            work()
            times[name].append(process_time() - start)
    return {name: min(each) for name, each in times.items()}


def main():
    torch.set_num_threads(1)
    print(f"{SEEDS} seeds, depth {DEPTH}, width {WIDTH}, batch {BATCH}, float64, one thread")
    print(f"processor seconds, best of {REPEATS}\n")
    print(f"{'network':<24}{'numpy':>9}{'bare':>9}{'bmm':>9}{'+ sizes':>9}{'vmap':>9}{'numpy / torch':>16}{'bare / torch':>15}")
    for activation, initialization in NETWORKS:
        way = ways(activation, initialization)
        agree(way)
        time = best(way)
        torch_time = min(time["bmm"], time["vmap"])
        figures = "".join(f"{each:>9.3f}" for each in time.values())
        ratios = f"{time['numpy'] / torch_time:>16.2f}{time['numpy, bare'] / torch_time:>15.2f}"
        print(f"{activation + ', ' + initialization:<24}{figures}{ratios}")


if __name__ == "__main__":
    main()

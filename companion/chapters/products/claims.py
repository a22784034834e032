"""Chapter 4: what D1, D3 and D4 say about products of factors, and about what happens when they vanish or explode."""

import numpy as np

from companion import data, signals
from companion.chain import bound, explosion_width, trace
from companion.claims import Claim, Evidence
from companion.layers import Dense
from companion.network import Network, train
from companion.propagation import profile
from companion.weights import INITIALIZATIONS


def symptoms(activation, initialization, hidden=3, seeds=20):
    """(‖δ_1‖/‖δ_h‖, ‖∂W_1‖/‖∂W_h‖) of 64–64–…–64–10 with h hidden layers, on the digits: medians over seeds.

    W_1 to W_h are all 64 × 64: the norm of a larger matrix's gradient would be larger without any explosion.
    """
    digits, ratios = data.digits(), []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        sizes = [64, *[64] * hidden, 10]
        network = Network.random(sizes, activation=activation, initialization=initialization, rng=rng)
        back = network.backward(network.forward(digits.train_x), digits.train_y, "cross_entropy")
        ratios.append([signals.norm(v[0]) / signals.norm(v[hidden - 1]) for v in (back.deltas, back.weights)])
    return np.median(ratios, axis=0)


def _layer_one_lags(activation="sigmoid"):
    three, ten = symptoms(activation, "lecun_normal")[1], symptoms(activation, "lecun_normal", hidden=10, seeds=3)[1]
    digits, ends, moved = data.digits(), {}, {}
    for hidden in (3, 10):
        sizes = [64, *[64] * hidden, 10]
        start = Network.random(sizes, activation=activation, initialization="lecun_normal", rng=np.random.default_rng(0))
        run = train(start, digits.train_x[:, :100], digits.train_y[:100], rate=1.0, steps=200, loss="cross_entropy")
        ends[hidden] = float(run.losses[-1])
        pairs = zip(start.layers, run.network.layers, strict=True)
        moved[hidden] = [signals.norm(after.weights - before.weights) / signals.norm(before.weights) for before, after in pairs]
    shares = np.bincount(digits.train_y[:100], minlength=10) / 100
    chance = float(-np.sum(shares * np.log(shares)))  # guessing by the frequencies of these 100 digits
    return Evidence(
        0.05 < three < 0.5 and ten < 1e-4 and ends[3] < 0.3 and moved[3][0] > 0.3 and abs(ends[10] - chance) < 0.01 and moved[10][0] < 1e-3 < moved[10][9],
        f"Sigmoid on the digits, width 64, N(0, 1/n), zero biases. Layer 1 hardly at all is right when the network is deep: before training its weight gradient is {three:.2f} of that of the "
        f"last hidden layer with 3 of them, slower but not frozen, and 10^{{{np.log10(ten):.1f}}} with 10. That layer 3 then learns normally is not: trained on 100 digits, 200 steps at a rate of 1, the network of 3 learns, and every "
        f"layer of it moves (loss {ends[3]:.2f}). In that of 10 W₁ moves by less than a thousandth<!--exact--> of its size and the last hidden layer by {moved[10][9]:.2f} of its own, and yet nothing is learned there: the loss stays at "
        f"{ends[10]:.2f}, where guessing by the frequencies of these digits is.",
    )


def _layer_one_leads(initialization="standard_normal"):
    tanh, relu = symptoms("tanh", initialization), symptoms("relu", initialization)
    calm = symptoms("tanh", "lecun_normal")
    return Evidence(
        calm[0] < 1 and calm[1] < 1.2 and tanh[0] > 3 and tanh[1] > 1.8 and relu[0] > 10 and relu[1] < 0.7,
        f"Three hidden layers of 64, N(0, 1) weights, zero biases, 20 networks. It holds for tanh: layer 1 gets a weight gradient {tanh[1]:.1f} times that of layer 3 "
        f"(with N(0, 1/n), where nothing explodes, {calm[1]:.2f} times). It fails for ReLU without biases: δ_{{1}} is {relu[0]:.0f} times "
        f"δ_{{3}}, and yet the weight gradient of layer 1 is the *smaller* one, ×{relu[1]:.2f}.",
    )


def _below_one(scale=1.0):
    rng = np.random.default_rng(0)
    weights, biases = scale * rng.standard_normal((2, 20, 20_000))
    chains = trace(weights, biases, rng.random(20_000), activation="sigmoid")
    small, quarter = np.mean(np.abs(weights) < 1), np.mean(np.abs(chains.factors) <= bound(1.0))
    among_small = np.mean(np.abs(chains.factors[np.abs(weights) < 1]) <= bound(1.0))
    return Evidence(
        0.6 < small < 0.75 and 0.7 < quarter < 0.95 and among_small == 1,
        f"Usually below 1 is right: {small:.0%} of N(0, 1) weights are, and then the factor is at most ¼, in {among_small:.0%} of 20,000<!--exact--> chains of 20 sigmoid "
        f"neurons. *Each* factor is not: {1 - small:.0%} of the weights are larger, and {1 - quarter:.0%} of all factors exceed ¼.",
    )


def _narrow_interval(width=400):
    widest = max(explosion_width(w) for w in np.linspace(4, 50, 2000))
    rng = np.random.default_rng(0)
    weights, biases = rng.standard_normal((2, 4, 20_000))
    grown = int(np.sum(trace(weights, biases, rng.random(20_000), activation="sigmoid").log10_product[-1] > 0))
    wide = np.median(profile(activation="sigmoid", initialization="standard_normal", depth=20, width=width, seeds=8).growth)
    return Evidence(
        0.4 < widest < 0.45 and grown < 20 and wide > 1.2,
        f"It holds for a chain: no range of inputs is wider than {widest:.2f}, and of 20,000<!--exact--> chains of 4 neurons, weights and biases N(0, 1), "
        f"{grown or 'none'} {'grows' if grown < 2 else 'grow'}. It fails for wide layers: 20 sigmoid layers of {width} units, N(0, 1) weights, zero biases, explode, "
        f"×{wide:.2f} a layer.",
    )


def _unstable(initialization="standard_normal"):
    digits, first, stopped = data.digits(), [], []
    law = INITIALIZATIONS[initialization].label
    for seed in range(3):
        network = Network.random(
            [64, *[30] * 20, 10], activation="relu", initialization=initialization, rng=np.random.default_rng(seed)
        )
        run = train(network, digits.train_x[:, :200], digits.train_y[:200], rate=0.01, steps=10, loss="cross_entropy")
        first.append(np.log10(run.losses[1]) - np.log10(run.losses[0]))
        stopped.append(run.diverged_at if np.isnan(run.losses[-1]) else None)
    holds = min(first) > 50 and all(step is not None and step <= 5 for step in stopped)
    return Evidence(
        holds,
        f"20 hidden ReLU layers of 30, {law}, zero biases, 200 digits, rate 0.01<!--exact-->, 3 seeds: the first step multiplies the loss by at least 10^{{{min(first):.0f}}}, and "
        + (f"by step {max(stopped)} it is NaN every time." if holds else f"NaN is met at steps {stopped}."),
    )


def _above_one(initialization="uniform"):
    small = np.median(profile(activation="identity", initialization=initialization, depth=10, width=100, seeds=5).growth)
    large = trace([1.1] * 100, [0.0] * 100, 1.0, activation="identity").log10_product[-1]
    tiny = trace([0.9] * 100, [0.0] * 100, 1.0, activation="identity").log10_product[-1]
    return Evidence(
        small > 5 and large > 4 and tiny < -4,
        f"For products of single numbers it holds: a hundred factors of 1.1<!--exact--> make 10^{{{large:.1f}}}, a hundred of 0.9<!--exact--> make 10^{{{tiny:.1f}}}. For layers it does not: in ten linear layers of 100 units "
        f"all weights are below 1, U(−1, 1), and the gradient grows ×{small:.1f} a layer.",
    )


def two_part_network(factor=3.0, width=100, seed=0):
    """20 ReLU layers: 1 to 10 with He weights divided by ``factor``, 11 with He weights, 12 to 20 with He weights times it."""
    rng = np.random.default_rng(seed)
    layers = []
    for scale in [1 / factor] * 10 + [1.0] + [factor] * 9:
        weights = scale * INITIALIZATIONS["he_normal"].draw(width, width, rng=rng)
        layers.append(Dense(weights, np.zeros((width, 1)), "relu"))
    return Network(layers), rng.standard_normal((2, width, 32))


def two_part_deltas(factor=3.0):
    """log10 rms δ_l of :func:`two_part_network`, (20,)."""
    network, (x, g) = two_part_network(factor)
    return np.array([signals.log10_rms(delta) for delta in network.pull_back(network.forward(x), g).deltas])


def _both_at_once(factor=3.0):
    deltas = two_part_deltas(factor)
    up, down = deltas.max() - deltas[-1], deltas.max() - deltas[0]
    rng = np.random.default_rng(0)
    product = np.linalg.multi_dot(rng.standard_normal((10, 100, 100)) / 10)
    squared = np.linalg.svd(product, compute_uv=False) ** 2
    return Evidence(
        up > 4 and down > 4 and squared[0] > 10 and squared[-1] < 1e-15,
        f"20 ReLU layers of 100 with He weights, zero biases, the upper nine × {factor:g}, the lower ten ÷ {factor:g}: on its way back δ rises by {up:.1f} decades and then falls "
        f"by {down:.1f}. Even one part does both: ten random 100 × 100 layers multiply the squared length of one direction by {squared[0]:.0f} and of another by "
        f"10^{{{np.log10(squared[-1]):.0f}}}.",
    )


def _overflow(initialization="standard_normal"):
    exploding = profile(activation="relu", initialization=initialization, depth=20, width=100, seeds=5)
    decades = float(np.median(np.log10(exploding.growth)))
    depths = {
        name: int(np.log10(float(np.finfo(name).max)) / decades) + 1 for name in ("float16", "float32", "float64")
    }
    shallow, digits = float(np.median(symptoms("tanh", "standard_normal", hidden=5, seeds=5)[0])), data.digits()
    network = Network.random([64] * 6 + [10], activation="tanh", initialization="standard_normal", rng=np.random.default_rng(0))
    losses = train(network, digits.train_x, digits.train_y, rate=0.1, steps=60, loss="cross_entropy").losses
    return Evidence(
        depths["float16"] < 10 and 300 < depths["float64"] < 500 and shallow > 10 and losses[0] > 8 and losses[-1] < 2,
        f"It holds for deep networks: ReLU, N(0, 1), width 100 grows ×{10**decades:.1f} a layer, from size 1 past float16 after {depths['float16']} layers, past float32 after "
        f"{depths['float32']}, past float64 after {depths['float64']}. In a shallow one it does not: tanh with N(0, 1) on the digits, five hidden layers of 64, zero biases: δ₁ is {shallow:.0f} times δ₅, and the network trains, from a "
        f"loss of {losses[0]:.1f} to one below 2 in 60 steps at a rate of 0.1<!--exact-->.",
    )


CLAIMS = [
    Claim(
        "D1-layer-one-lags",
        "D1",
        "表现",
        "When the gradient vanishes, hidden layer 3 learns normally and hidden layer 1 hardly at all.",
        "half true",
        _layer_one_lags,
        4,
    ),
    Claim(
        "D1-layer-one-leads",
        "D1",
        "表现",
        "When the gradient explodes, the weights of hidden layer 1 change faster than those of hidden layer 3.",
        "depends",
        _layer_one_leads,
        4,
    ),
    Claim(
        "D1-weights-below-one",
        "D1",
        "梯度消失分析",
        "Weights from N(0, 1) are usually below 1, hence each factor is at most ¼.",
        "half true",
        _below_one,
        4,
    ),
    Claim(
        "D1-narrow-interval",
        "D1",
        "梯度爆炸分析",
        "Explosion needs |w| > 4 and inputs in a narrow range, so with sigmoid it rarely happens.",
        "half true",
        _narrow_interval,
        4,
    ),
    Claim(
        "D1-loss-becomes-nan",
        "D1",
        "带来的现象",
        "Explosion makes training unstable: the loss suddenly jumps.",
        "true",
        _unstable,
        4,
    ),
    Claim(
        "D3-weights-above-one",
        "D3",
        "什么是梯度爆炸和梯度消失",
        "If weights are above 1 the gradient becomes very large, if they are below 1 very small.",
        "half true",
        _above_one,
        4,
    ),
    Claim(
        "D3-both-at-once",
        "D3",
        "为什么梯度爆炸和梯度消失不好",
        "In theory one model can have vanishing and exploding gradients at once, in different parts.",
        "true",
        _both_at_once,
        4,
    ),
    Claim(
        "D4-ends-in-overflow",
        "D4",
        "2.1",
        "An exploding gradient grows on its way back until numbers overflow and training is impossible.",
        "depends",
        _overflow,
        4,
    ),
]

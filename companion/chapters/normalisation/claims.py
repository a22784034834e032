"""Chapter 8: what the documents say about batch normalisation: four descriptions, one of them a formula."""

import numpy as np

from companion import theory
from companion.activations import ACTIVATIONS
from companion.chapters.normalisation import first_steps
from companion.claims import Claim, Evidence
from companion.fixes import FIXES, BatchNorm
from companion.gradcheck import relative_error
from companion.propagation import profile
from companion.recipes import Recipe


def _run(activation, fixes=(), gain=1.0, batch=32, depth=50, law="lecun_normal"):
    return profile(
        activation=activation,
        initialization=law,
        depth=depth,
        width=100,
        seeds=4,
        batch=batch,
        gain=gain,
        fixes=fixes,
    )


def _growth(activation, fixes=(), **options):
    """The median growth a layer between layer 2 and the last; layer 1 has inputs of another spread."""
    sizes = _run(activation, fixes, **options).log10_delta  # (S, L)
    return float(np.median(10 ** ((sizes[:, 1] - sizes[:, -1]) / (sizes.shape[1] - 2))))


def _removes_the_scale(fixes=("batch_norm",)):
    small, large = (_growth("relu", fixes, gain=gain) for gain in (0.1, 10.0))
    weak, plain = (_growth("relu", gain=gain, depth=20) for gain in (0.1, 10.0))
    decades = 48 * np.log10(large)
    return Evidence(
        abs(large / small - 1) < 0.01 and plain > 5 and weak < 0.1 and large > 1.15 and decades > 3,
        f"Width 100, 50 ReLU layers, batch 32, norm in front of f, four networks, untrained. Removed: weights ten times smaller than N(0, 1/n) and ten times larger give the same growth, {small:.3f} and "
        f"{large:.3f} a layer (without batch norm {weak:.2f} and {plain:.1f}). Vanishing is solved. Exploding is not: {large:.2f} a layer is "
        f"{decades:.1f} decades from layer 50 to layer 2.",
    )


def _saturated(std, *, normal):
    """The share of saturated pre-activations in one sigmoid network as in _run, weights N(0, std²)."""
    rng, f, shares = np.random.default_rng(0), ACTIVATIONS["sigmoid"], []
    norm = BatchNorm(np.ones((100, 1)), np.zeros((100, 1)))
    a = rng.standard_normal((100, 32))
    for _ in range(50):
        z = std * rng.standard_normal((100, 100)) @ a
        z = norm.forward(z).output if normal else z
        shares.append(np.mean(f.saturated(z)))
        a = f.f(z)
    return np.mean(shares)


def _out_of_the_saturated_region(norm="batch_norm"):
    plain, normal = _growth("sigmoid"), _growth("sigmoid", [norm])
    behind = _growth("sigmoid", [FIXES["layer_norm"].placed("after")])
    wild = _growth("sigmoid", law="standard_normal")
    relu, normal_relu = _growth("relu", law="he_normal"), _growth("relu", ["batch_norm"], law="he_normal")
    before, after, small = _saturated(1.0, normal=False), _saturated(1.0, normal=True), _saturated(0.1, normal=False)
    return Evidence(
        before > 0.5 > 1e-3 > max(after, small)
        and abs(wild - 1) < 0.05
        and plain < 0.3
        and 1 < normal < 1.06
        and abs(behind - normal) < 0.04
        and abs(relu - 1) < 0.05
        and normal_relu > 1.2,
        f"Width 100, 50 layers, batch 32. With D1's own weights N(0, 1) batch norm does pull the units of a sigmoid network out: {before:.0%} are saturated before (slope "
        f"below a tenth of the steepest), {after:.0%} after. But that is not where the gradient was lost ({wild:.2f} a layer, width 100). It "
        f"is lost with N(0, 1/n), {plain:.2f} a layer, where {small:.0%} are saturated; there batch norm gives {normal:.2f}, and so does layer "
        f"norm behind f ({behind:.2f}): both divide by the spread of f without its mean. ReLU with N(0, 2/n) goes from {relu:.2f} to {normal_relu:.2f}: it starts to explode. "
        "Holds when the outputs have a large common mean, as the sigmoid's have.",
    )


def _averages_gradients(norm="batch_norm"):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((8, 6)), rng.integers(0, 3, 6)

    def off(norm):
        """How far the gradient of a batch of 6 is from the mean of the gradients of its three pairs."""
        network = Recipe(depth=3, width=8, inputs=8, outputs=3, norm=norm).network(rng=np.random.default_rng(1))
        pairs = [network.gradients(x[:, k : k + 2], y[k : k + 2], "cross_entropy").flat for k in (0, 2, 4)]
        return relative_error(np.mean(pairs, axis=0), network.gradients(x, y, "cross_entropy").flat)

    plain, normal = off(None), off(norm)
    return Evidence(
        plain < 1e-12 and normal > 0.1,
        f"Averaging is what any mini-batch does: in a network of three layers of 8 without batch norm the gradient of 6 examples is the mean over three pairs "
        f"(off by less than 10^{{-12}}<!--exact-->). With batch norm it is *not* that mean, off by {normal:.0%} of its largest entry: it normalises activations, and mixes the "
        "examples. (Whether it also regularises is not tested here.)",
    )


def _formula(added=1.0):
    z = 3 + 2 * np.random.default_rng(0).standard_normal((1, 100_000))
    mean, var = z.mean(), z.var()
    theirs = z / np.sqrt(var + 1e-5) + added * mean
    right = BatchNorm([[1.0]], [[0.0]]).forward(z).output
    return Evidence(
        abs(theirs.mean() - 4.5) < 0.05 and abs(right.mean()) < 1e-10,
        f"100,000 values from N(3, 2²), scale 1, shift 0: the formula gives them the mean {theirs.mean():.2f}, that is 3/2 + 3. "
        f"Batch norm gives {abs(right.mean()):.2f}: the mean is taken off before the division, not added after it. "
        "(With μ and σ of the data after normalisation, 0 and 1, as its legend says, the formula changes nothing.)",
    )


def _ensures_flow(norm="batch_norm"):
    growth = {batch: _growth("relu", [norm], batch=batch, law="he_normal") for batch in (4, 32, 128)}
    limit = theory.batch_norm_growth("relu")
    above = all(theory.batch_norm_growth("relu", batch) > limit for batch in range(4, 2000))
    sigmoid = [_run("sigmoid", fixes).decades for fixes in ((), ["batch_norm"])]
    start, later = np.median(first_steps.ratios(0.1, steps=1, seeds=3, batch=128), axis=0)
    return Evidence(
        growth[4] > growth[32] > growth[128] > 1.15
        and above
        and max(sigmoid[0]) < -25
        and max(abs(sigmoid[1])) < 2
        and later < start - 0.8,
        f"Avoids vanishing: 50 sigmoid layers, δ₁/δ₅₀ 10^{{{np.median(sigmoid[0]):.0f}}} plain, 10^{{{np.median(sigmoid[1]):.1f}}} with batch norm. Ensures the flow: not before training. "
        "ReLU, He weights, width 100, growth of δ a layer: "
        + ", ".join(f"{g:.2f} with batch {batch}" for batch, g in growth.items())
        + f"; in the limit of width it is above {limit:.3f} at every batch. One step of descent (40 layers, 128 digits, rate 0.1<!--exact-->) takes "
        f"most of that away: 10^{{{start:.1f}}} becomes 10^{{{later:.1f}}}.",
    )


def _reduces_variance(norm="batch_norm"):
    plain, normal = _run("relu", law="he_normal"), _run("relu", [norm], law="he_normal")
    first = [10 ** (2 * np.median(run.log10_delta[:, 0] - run.log10_delta[:, -1])) for run in (plain, normal)]
    wild = [2 * np.median(_run("relu", fixes, law="he_normal", gain=2.0).decades) for fixes in ((), [norm])]
    return Evidence(
        first[0] < 10 and first[1] > 1e6 and wild[0] > wild[1] + 10,
        f"50 ReLU layers of 100, batch 32, untrained. It fails with He's weights: the variance of the entries of δ₁, relative to δ₅₀, is {first[0]:.1f} without batch norm and "
        f"10^{{{np.log10(first[1]):.1f}}} with it. It holds when the weights are too large: with twice the weights 10^{{{wild[0]:.0f}}} "
        f"without, 10^{{{wild[1]:.0f}}} with.",
    )


def _needs_a_batch(norm="batch_norm"):
    """What a batch of one, and small ones, do to the layer: without the refusal of the package's own layer."""
    rng = np.random.default_rng(0)

    def shared(batch, draws=200):
        """How far the outputs of one example, in the company of ``draws`` other batches, stray: rms over units."""
        example = rng.standard_normal((64, 1))
        seen = []
        for _ in range(draws):
            z = np.hstack([example, rng.standard_normal((64, batch - 1))])
            seen.append(((z - z.mean(1, keepdims=True)) / np.sqrt(z.var(1, keepdims=True) + 1e-5))[:, 0])
        return float(np.std(seen, axis=0).mean()), float(np.abs(seen).max())

    (_, alone), (few, _), (many, _) = shared(1), shared(4), shared(64)
    growth = [_growth("relu", [norm], batch=batch, law="he_normal", depth=20) for batch in (4, 64)]
    calm = [_growth("relu", ["layer_norm"], batch=batch, law="he_normal", depth=20) for batch in (1, 64)]
    return Evidence(
        alone == 0 and few > 3 * many and growth[0] > growth[1] + 0.2 and abs(calm[0] - calm[1]) < 0.05,
        f"A batch of 1 leaves {alone:g}: an example minus its own mean. In batches of 4 the output for one and the same example strays by "
        f"{few:.2f} with its company, in batches of 64 by {many:.2f} (64 units, N(0, 1)). And a ReLU network grows by {growth[0]:.2f} a layer with 4 examples, {growth[1]:.2f} with "
        f"64 (20 layers, width 100); with layer norm {calm[0]:.2f} with 1 and {calm[1]:.2f} with 64.",
    )


def _claim(identity, section, claim, verdict, evidence):
    return Claim(identity, identity[:2], section, claim, verdict, evidence, chapter=8)


CLAIMS = [
    _claim(
        "D1-bn-removes-scale",
        "梯度爆炸的解决方法",
        "Batch norm removes the effect of scaling the weights, and so solves vanishing and exploding gradients.",
        "half true",
        _removes_the_scale,
    ),
    _claim(
        "D1-bn-out-of-saturation",
        "梯度消失的解决方法",
        "Batch norm solves vanishing: it pulls the outputs out of the saturated region.",
        "depends",
        _out_of_the_saturated_region,
    ),
    _claim(
        "D3-bn-averages",
        "fix 5",
        "Batch normalisation is a regularisation: it updates with the average gradient of a batch, not with a single one.",
        "false",
        _averages_gradients,
    ),
    _claim(
        "D4-bn-ensures-flow",
        "2.2.4",
        "Batch normalisation ensures the flow of the gradient and so avoids vanishing.",
        "half true",
        _ensures_flow,
    ),
    _claim(
        "D4-bn-variance",
        "3.2",
        "Batch normalisation reduces the variance of the gradient and so makes it more stable.",
        "depends",
        _reduces_variance,
    ),
    _claim("D4-bn-needs-batch", "3.3.4", "It needs batches, which restricts the batch size.", "true", _needs_a_batch),
    _claim(
        "D4-bn-formula",
        "4.3.4",
        "The output is (g z + b)/√(σ² + ε) + μ, with μ the mean.",
        "false",
        _formula,
    ),
]

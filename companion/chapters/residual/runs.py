"""Chapter 9: which networks of 50 layers train, and what a shortcut ρ does to the gradient over 54 blocks with batch norm."""

from companion.data import digits
from companion.fixes import FIXES
from companion.propagation import profile
from companion.recipes import Recipe
from companion.runs import Recording, grid
from companion.training import train

DEPTH, WIDTH, STEPS, BATCH, MOMENTUM, SEEDS = 50, 32, 200, 64, 0.9, 2
RATES = (0.01, 0.03)
KINDS = {  # what the recipe adds to 50 ReLU layers that start with N(0, 2/n)
    "plain": {},
    "batch norm": {"norm": "batch_norm"},
    "residual": {"residual": "identity"},
    "residual, 1/√L": {"residual": "scaled"},
    "ReZero": {"residual": "rezero"},
    "Fixup": {"residual": "fixup", "block": 2},
    "batch norm + residual": {"norm": "batch_norm", "residual": "identity"},
}
SMALLER = (1e-5, 1e-4, 1e-3)  # further rates for the one that diverges


def training(kind, rate, seed):
    """Train one kind at one rate; its test accuracy counts as 0 where it stopped."""
    recipe = Recipe(depth=DEPTH, width=WIDTH, **KINDS[kind])
    run = train(recipe, rate=rate, momentum=MOMENTUM, steps=STEPS, batch=BATCH, seed=seed, record_every=10)
    data = digits()
    return {
        "stopped": run.stopped and str(run.stopped),
        "accuracy": 0.0 if run.stopped else run.evaluate(data.test_x, data.test_y)[1],
        "loss": run.loss,
        "decades": run.delta[0, 1] - run.delta[0, -2] if len(run.delta) else None,  # δ of the first over the last block
    }


def shortcut(rho, seed):
    """log10 rms δ at the end of each of 54 blocks ρ x + W f(N(W f(N(x)))), relative to the last one."""
    fixes = ["batch_norm", FIXES["residual"].using(shortcut=rho)]
    net = profile(
        activation="relu",
        initialization="he_normal",
        depth=108,
        width=300,
        batch=256,
        seeds=[seed],
        fixes=fixes,
        block=2,
    )
    delta = net.log10_delta[0, 1::2]  # (54,)
    return {"log10_delta": delta - delta[-1]}


RECORDINGS = [
    Recording(
        "ch09-training",
        9,
        f"Digits, {DEPTH} layers of {WIDTH}, {STEPS} steps, momentum {MOMENTUM}, batch {BATCH}: the kind, the rate, the seed.",
        unit=training,
        settings=[
            *grid(kind=[*KINDS], rate=RATES, seed=range(SEEDS)),
            *grid(kind=["residual"], rate=SMALLER, seed=range(SEEDS)),
        ],
    ),
    Recording(
        "ch09-shortcut",
        9,
        "54 ReLU blocks of two layers with batch norm, N(0, 2/n), width 300, batch 256: the shortcut ρ, the seed.",
        unit=shortcut,
        settings=grid(rho=[0.0, 0.5, 0.7, 0.9, 0.95, 1.0], seed=range(3)),
    ),
]

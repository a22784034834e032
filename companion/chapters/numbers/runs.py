"""Chapter 18: the course's own network, its blame in formats of few bits; and its weights."""

import numpy as np

from companion.chapters.numbers.lowered import train
from companion.formats import FORMATS, LossScale
from companion.runs import Recording, grid

ADAM = {"steps": 240, "eps": 1e-12}  # an ε that does not hide faint gradients: chapter 13
STARTS = {  # name: the format of the blame, and the scale of the loss
    "float32": {"format": "float32"},
    "float16": {"format": "float16"},
    "scaled": {"format": "float16", "scale": 4096.0},
    "bfloat16": {"format": "bfloat16"},
    "too_large": {"format": "float16", "scale": 2.0**24},
    "dynamic": {"format": "float16", "scale": LossScale(2.0**24, interval=20)},
    "e5m2": {"format": "float8_e5m2"},
    "e5m2_scaled": {"format": "float8_e5m2", "scale": 4096.0},
    "sigmoid": {"format": "float64", "variant": "sigmoid", "eps": 1e-30},
}


def lowered(variant, seed):
    """One run: how it went."""
    settings = ADAM | STARTS[variant]
    result = train(FORMATS[settings.pop("format")], seed=seed, **settings)
    return result | {name: np.round(result[name], 1 if name == "moved" else 3) + 0.0 for name in ("loss", "moved")}


KEPT = {"float64": {}, "bfloat16": {"kept": "bfloat16"}, "stochastic": {"kept": "bfloat16", "rounding": "stochastic"}}
SGD = {"variant": "he", "optimizer": "momentum", "rate": 0.001, "every": 30, "steps": 300}


def stored(weights, seed):
    """One run from He's weights with SGD and momentum; the weights kept in float64, or in bfloat16 by either rounding."""
    result = train(FORMATS["float64"], seed=seed, **SGD, **KEPT[weights])
    return {name: np.round(result[name], 3) for name in ("loss", "test_accuracy")}


def held(seed):
    """One run in float32 of which layers 1 to 5 take no step."""
    result = train(FORMATS["float32"], seed=seed, held=5, **ADAM)
    return {"loss": np.round(result["loss"], 3), "moved": np.round(result["moved"][-1], 1)}


def _ends(record, variant):
    """The mean loss of the last three recorded steps, a seed each."""
    return np.array([np.mean(row["loss"][-3:]) for row in record.where(variant=variant).rows])


def float16_stands_still(record):
    """In float16 all ten losses end within 0.02 of ln 10, and in seven or more layer 1 has not moved at all."""
    still = sum(np.isneginf(row["moved"][-1][0]) for row in record.where(variant="float16").rows)
    return still >= 7 and (abs(_ends(record, "float16") - np.log(10)) < 0.02).all()


def scaled_learns_as_float32_does(record):
    """With the loss multiplied by 4096 all losses end below 2, as in float32 and in bfloat16, and no step is left out."""
    low = all((_ends(record, each) < 2).all() for each in ("scaled", "float32", "bfloat16"))
    return low and not record.where(variant="scaled")["skipped"].any()


def too_large_takes_no_step(record):
    """With the loss multiplied by 2^24 every step of all five runs is left out."""
    return (record.where(variant="too_large")["skipped"] == ADAM["steps"]).all()


def dynamic_finds_a_scale(record):
    """From 2^24 the dynamic scale leaves out 5 to 40 of 240 steps and falls after step 20 too; all five losses end below 2."""
    rows = record.where(variant="dynamic").rows
    falling = all(row["scales"][-1] < row["scales"][1] for row in rows)
    return falling and all(5 <= row["skipped"] < 40 for row in rows) and (_ends(record, "dynamic") < 2).all()


def eight_bits_need_the_scale(record):
    """In float8_e5m2 no loss ends below 2 without the scale; with 4096 at least three of five do."""
    return not (_ends(record, "e5m2") < 2).any() and (_ends(record, "e5m2_scaled") < 2).sum() >= 3


def sigmoid_is_alive_and_learns_nothing(record):
    """The sigmoid network in float64 ends within 0.05 of ln 10 in all five runs, though layer 1 moved by over a tenth."""
    moved = all(row["moved"][-1][0] > -1 for row in record.where(variant="sigmoid").rows)
    return moved and (abs(_ends(record, "sigmoid") - np.log(10)) < 0.05).all()


def held_layers_hold_all(record):
    """With layers 1 to 5 held, in float32, over six of ten losses end within 0.05 of ln 10; layers 6 to 20 moved by over 0.01."""
    ends = np.array([np.mean(row["loss"][-3:]) for row in record.rows])
    moved = all(np.isneginf(row["moved"][:5]).all() and np.min(row["moved"][5:]) > -2 for row in record.rows)
    return moved and (abs(ends - np.log(10)) < 0.05).sum() >= 7


def few_bits_lose_steps(record):
    """Kept in bfloat16 and rounded to nearest, all ten losses end above that of the same run in float64."""
    ends = [record.where(weights=name)["loss"][:, -1] for name in ("bfloat16", "float64")]
    return (ends[0] > ends[1] + 0.1).all()


def chance_keeps_them(record):
    """Read of the test digits, median of ten: in float64 and rounded by chance over 0.6, within 0.1; to nearest below 0.5."""
    read = {name: np.median(record.where(weights=name)["test_accuracy"]) for name in KEPT}
    near = read["stochastic"] > 0.6 and read["float64"] > 0.6 and abs(read["stochastic"] - read["float64"]) < 0.1
    return near and read["bfloat16"] < 0.5


RECORDINGS = [
    Recording(
        "ch18-held",
        18,
        "The course's own network with PyTorch's defaults, its blame in float32, of which layers 1 to 5 take no step: digits, "
        "Adam at rate 0.001 with ε = 1e-12, 240 steps, 64 a step.",
        unit=held,
        settings=grid(seed=range(10)),
        rtol=0.05,
        conclusions=[held_layers_hold_all],
    ),
    Recording(
        "ch18-weights",
        18,
        "The course's own network from He's weights, which are kept in few bits: digits, SGD at rate 0.001 with momentum 0.9, "
        "300 steps, 64 a step, blame in float64.",
        unit=stored,
        settings=grid(weights=list(KEPT), seed=range(10)),
        rtol=0.05,
        conclusions=[few_bits_lose_steps, chance_keeps_them],
    ),
    Recording(
        "ch18-formats",
        18,
        "The course's own network with PyTorch's defaults (and once with sigmoid), its blame in formats of few bits: digits, "
        "Adam at rate 0.001 with ε = 1e-12 (sigmoid: 1e-30), 240 steps, 64 a step.",
        unit=lowered,
        settings=grid(variant=list(STARTS)[:3], seed=range(10)) + grid(variant=list(STARTS)[3:], seed=range(5)),
        sample=10,  # float16: its lower layers stand still
        rtol=0.05,
        conclusions=[
            float16_stands_still,
            scaled_learns_as_float32_does,
            too_large_takes_no_step,
            dynamic_finds_a_scale,
            eight_bits_need_the_scale,
            sigmoid_is_alive_and_learns_nothing,
        ],
    ),
]

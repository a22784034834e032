"""Chapter 0: the course's own network as PyTorch makes it, with one line changed, and what else one might try."""

from dataclasses import replace

import numpy as np

from companion.course_network import VARIANTS, learnt, recording

DEFAULT = VARIANTS["torch_default"]
MENDED = replace(DEFAULT, name="one-line", label="one line changed", initialization="he_normal", biases="torch")


def _ends(record, variant, column):
    """The last recorded value in every seed, (S,) or (S, L)."""
    return np.array([row[column][-1] for row in record.where(variant=variant).rows])


def the_default_never_learns(record):
    """With PyTorch's defaults no seed reads more than 0.15 of the test digits, and each loss ends within 0.02 of ln 10."""
    rows = record.where(variant="torch_default").rows
    return learnt(record, "torch_default", 0.15) == 0 and all(abs(row["test_loss"] - np.log(10)) < 0.02 for row in rows)


def its_first_layer_stands_still(record):
    """Layer 1 of the default moves by 10^−9 to 10^−6.5 of its size in every seed, layer 20 by more than 1 %."""
    moved = _ends(record, "torch_default", "moved")
    return ((-9 <= moved[:, 0]) & (moved[:, 0] <= -6.5)).all() and moved[:, -1].min() > -2


def ten_times_the_rate_changes_nothing(record):
    """At rate 0.1 the default reads no more than 0.15 in any seed."""
    return learnt(record, "default-fast", 0.15) == 0


def one_line_mends_it(record):
    """With He's weights and PyTorch's biases every seed reads more than 0.8; layer 1 moves by more than a tenth of itself."""
    return learnt(record, "one-line", 0.8) == 10 and _ends(record, "one-line", "moved")[:, 0].min() > -1


def sigmoid_stands_exactly_still(record):
    """With sigmoid and N(0, 1/n) no seed reads more than 0.15, and no weight of layer 1 changes at all."""
    return learnt(record, "sigmoid", 0.15) == 0 and np.isneginf(_ends(record, "sigmoid", "moved")[:, 0]).all()


def tanh_learns(record):
    """With tanh and N(0, 1/n) every seed reads more than 0.9."""
    return learnt(record, "tanh", 0.9) == 10


def a_hundred_layers_do_not_learn(record):
    """With the same line, 100 layers read no more than half in any seed."""
    return learnt(record, "one-line-100", 0.5) == 0


RECORDINGS = [
    recording(
        "ch00-course-network",
        0,
        "The course's own network.",
        [
            DEFAULT,
            MENDED,
            replace(DEFAULT, name="default-fast", label="PyTorch's defaults, ten times the rate", rate=0.1),
            "sigmoid",
            "tanh",
            replace(MENDED, name="one-line-100", label="one line changed, 100 layers", depth=100),
        ],
        conclusions=[
            the_default_never_learns,
            its_first_layer_stands_still,
            ten_times_the_rate_changes_nothing,
            one_line_mends_it,
            sigmoid_stands_exactly_still,
            tanh_learns,
            a_hundred_layers_do_not_learn,
        ],
    ),
]

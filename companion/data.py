"""Two small data sets that need no download: XOR, and scikit-learn's handwritten digits.

Examples are columns: ``x`` has shape (features, examples), as every activation in the book has.

>>> x, y = xor()
>>> x.shape, y.shape
((2, 4), (1, 4))
>>> digits().train_x.shape, digits().test_x.shape
((64, 1437), (64, 360))
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from companion import require

SPLIT_SEED = 0
TEST_EXAMPLES = 360


def xor():
    """All four cases of exclusive or: x (2, 4), y (1, 4), each entry 0 or 1.

    No line separates the two classes, so a network without a hidden layer cannot learn it. Document D0 trains on it.

    >>> x, y = xor()
    >>> (x[0] != x[1]).astype(float) == y
    array([[ True,  True,  True,  True]])
    """
    return np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]]), np.array([[0.0, 1.0, 1.0, 0.0]])


@dataclass(frozen=True, eq=False)
class Digits:
    """Handwritten digits, 8 × 8 pixels, in a fixed random split. All arrays are read-only: copy before changing one.

    ``train_x`` (64, 1437) and ``test_x`` (64, 360) hold one standardised image a column, the pixels row by row from the
    top left; ``train_y`` (1437,) and ``test_y`` (360,) the digits 0–9. ``mean`` and ``std`` (64, 1), in grey levels 0–16
    of the training images, undo the standardisation: ``x * std + mean``.
    """

    train_x: np.ndarray
    train_y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray
    mean: np.ndarray
    std: np.ndarray


@cache
def digits():
    """scikit-learn's digits: 1437 to train on and 360 to test on, split once by a seeded shuffle.

    Every pixel is standardised by the mean and standard deviation that it has over the *training* images, so nothing
    about the test images leaks into training. A pixel that never varies there is only shifted.

    >>> data = digits()
    >>> bool(abs(data.train_x.mean()) < 1e-12), sorted(set(data.train_y.tolist())) == list(range(10))
    (True, True)
    """
    bunch = require.package("sklearn.datasets").load_digits()
    shuffled = np.random.default_rng(SPLIT_SEED).permutation(len(bunch.target))
    test, train = np.split(shuffled, [TEST_EXAMPLES])
    pixels = bunch.data.T.astype(float)  # (64, 1797)
    mean = pixels[:, train].mean(axis=1, keepdims=True)  # (64, 1)
    std = pixels[:, train].std(axis=1, keepdims=True)  # (64, 1)
    std[std == 0] = 1.0
    x = (pixels - mean) / std
    record = Digits(x[:, train], bunch.target[train], x[:, test], bunch.target[test], mean, std)
    for array in vars(record).values():
        array.flags.writeable = False
    return record

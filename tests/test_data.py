"""The data sets: shapes, the split, standardisation by the training images only, read-only arrays."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from companion.data import digits, xor


def test_xor_is_the_truth_table():
    x, y = xor()
    cases = {tuple(int(bit) for bit in column): int(label) for column, label in zip(x.T, y[0], strict=True)}
    assert cases == {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}


def test_xor_is_fresh_each_time():
    xor()[0][:] = 7
    assert xor()[0].max() == 1


def test_the_split_holds_every_image_once():
    data = digits()
    assert data.train_x.shape == (64, 1437) and data.test_x.shape == (64, 360)
    assert data.train_y.shape == (1437,) and data.test_y.shape == (360,)
    pixels = np.hstack([data.train_x, data.test_x]) * data.std + data.mean
    labelled = np.vstack([pixels.round(), np.hstack([data.train_y, data.test_y])]).T
    original = load_digits(return_X_y=True)
    # Sorted rows: the same images with the same labels, in another order.
    assert sorted(labelled.tolist()) == sorted(np.column_stack(original).tolist())


def test_training_pixels_are_standardised_and_constant_ones_are_zero():
    data = digits()
    varies = data.train_x.std(axis=1) > 0
    np.testing.assert_allclose(data.train_x.mean(axis=1), 0, atol=1e-13)
    np.testing.assert_allclose(data.train_x[varies].std(axis=1), 1, rtol=1e-12)
    assert (~varies).sum() == 3 and (data.train_x[~varies] == 0).all()


def test_the_test_images_are_scaled_by_the_training_images():
    # Standardised by their own mean, the test pixels' means would be 0 as well.
    assert np.abs(digits().test_x.mean(axis=1)).max() > 0.1


def test_every_digit_is_in_both_parts():
    data = digits()
    assert (np.bincount(data.train_y, minlength=10) > 100).all()
    assert (np.bincount(data.test_y, minlength=10) > 20).all()


def test_digits_are_loaded_once_and_cannot_be_changed_by_accident():
    assert digits() is digits()
    with pytest.raises(ValueError, match="read-only"):
        digits().train_x[0, 0] = 1.0

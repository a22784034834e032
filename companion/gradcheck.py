"""Independent derivatives, to check the ones derived by hand. Chapter 1 shows what each of them costs and loses.

Letters: ``f`` takes an array shaped like ``x`` and returns one number; every derivative here returns an array shaped
like ``x`` (a ``float`` for a single number) whose entry i is ∂f/∂x_i.

| method | error | cost for N entries | needs |
|---|---|--:|---|
| forward difference | grows with the step; rounding below about 1e-8 | N + 1 | values |
| central difference | grows with step²; rounding below about 1e-5 | 2N | values |
| complex step | rounding of ``f`` itself, about 1e-16 | N | ``f`` analytic, computed in complex numbers |

Source: Griewank & Walther (2008); Squire & Trapp (1998) for the complex step.
"""

import numpy as np

from companion import require


def complex_step(f, x, *, step=1e-30):
    """The gradient of ``f`` at ``x`` to machine precision: Im f(x + i·step·e_k) / step, one entry k at a time.

    Nothing is subtracted, so no digit cancels and the step can be as small as you like. ``f`` must be analytic along
    the way: sums, products, exp, sin, tanh, matrix products. ``np.abs``, ``.real``, comparisons of size and casts to
    float cut the imaginary part off; a result that comes back real is therefore an error, not a gradient of 0.

    >>> complex_step(lambda x: (x**3).sum(), [1.0, 2.0])
    array([ 3., 12.])
    """
    require.function("f", f)
    x = require.finite_array("x", x)
    step = require.moderate("step", step, above=0)

    def slope(index):
        moved = x.astype(complex)
        moved[index] += 1j * step
        value = _scalar(f(moved))
        if not np.iscomplexobj(value):
            raise ValueError(
                f"f must stay complex for a complex argument, got the real number {value!r}: "
                "np.abs, .real, maximum or a cast to float cut the imaginary part that carries the slope"
            )
        return value.imag / step

    return _per_entry(slope, x)


def central_difference(f, x, *, step=1e-5):
    """The gradient of ``f`` at ``x`` by (f(x + step·e_k) − f(x − step·e_k)) / (2·step), one entry k at a time.

    Error: about step²·|f′′′|/6 plus about 1e-16·|f|/step from rounding. It is an *absolute* error: a slope far below
    1e-11·|f| drowns in it, which is what happens to the first layers of a deep sigmoid network.

    >>> round(central_difference(np.sin, 0.0), 9)
    1.0
    """
    require.function("f", f)
    x = require.finite_array("x", x)
    step = require.moderate("step", step, above=0)
    return _per_entry(lambda k: (_moved(f, x, k, step) - _moved(f, x, k, -step)) / (2 * step), x)


def forward_difference(f, x, *, step):
    """The gradient of ``f`` at ``x`` by (f(x + step·e_k) − f(x)) / step: the slope of a chord, not of the curve.

    Error: about step·|f′′|/2 plus about 1e-16·|f|/step from rounding.

    >>> round(forward_difference(lambda x: x**2, 3.0, step=0.5), 9)
    6.5
    """
    require.function("f", f)
    x = require.finite_array("x", x)
    step = require.moderate("step", step, above=0)
    here = _scalar(f(x.copy()))
    return _per_entry(lambda k: (_moved(f, x, k, step) - here) / step, x)


def relative_error(got, want):
    """How wrong ``got`` is, in units of the largest entry of ``want``, of one shape: max|got − want| / max|want|.

    There is no absolute tolerance: gradients of 1e-13 are compared as strictly as gradients of 1, and an all-zero
    ``got`` has error 1, never 0. Both zero: 0. Only ``want`` zero, or a NaN or infinity anywhere: ``inf``.
    One error for the whole array: a small entry beside a large one is judged by the large one.

    >>> relative_error([0.0, 0.0], [3e-13, 1e-13])
    1.0
    >>> relative_error([1.0, float("nan")], [1.0, 2.0])
    inf
    """
    got, want = (_numbers(name, value) for name, value in (("got", got), ("want", want)))
    if got.shape != want.shape:
        raise ValueError(f"got must have the shape of want, {want.shape}, got shape {got.shape}")
    if not (np.isfinite(got).all() and np.isfinite(want).all()):
        return float("inf")
    scale = np.abs(want).max(initial=0.0)
    if scale == 0.0:
        return 0.0 if not got.any() else float("inf")
    with np.errstate(over="ignore"):
        return float(np.abs(got / scale - want / scale).max())


def angle(first, second):
    """The angle between two gradients in degrees, 0 to 180: how far one points beside the other.

    Vectors lie on the last axis: ``(..., d)`` gives ``(...)``. A zero vector, which points nowhere, gives NaN.

    >>> angle([3e-200, 0.0], [1.0, 1.0])
    np.float64(45.0)
    """
    first, second = (_unit(_vectors(name, v)) for name, v in (("first", first), ("second", second)))
    if first.shape[-1:] != second.shape[-1:]:
        raise ValueError(f"second must have the last axis of first, {first.shape[-1:]}, got {second.shape[-1:]}")
    apart, together = (np.linalg.norm(pair, axis=-1) for pair in (first - second, first + second))
    return np.degrees(2 * np.arctan2(apart, together))  # exact for tiny angles, where arccos loses half the digits


def _vectors(name, value):
    """``value`` as finite vectors on the last axis, of one entry at least."""
    vectors = require.finite_array(name, value)
    if vectors.ndim < 1 or vectors.shape[-1] < 1:
        raise ValueError(f"{name} must have vectors on its last axis, got shape {vectors.shape}")
    return vectors


def _unit(vectors):
    """Vectors of length 1, scaled by the largest entry first so that nothing under- or overflows; zero becomes NaN."""
    with np.errstate(invalid="ignore"):
        scaled = vectors / np.abs(vectors).max(axis=-1, keepdims=True)
        return scaled / np.linalg.norm(scaled, axis=-1, keepdims=True)


def _per_entry(slope, x):
    """Call ``slope(index)`` for every entry of ``x``; a 0-d ``x`` gives a float."""
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        gradient[index] = slope(index)
    return gradient if x.ndim else float(gradient)


def _moved(f, x, index, step):
    moved = x.copy()
    moved[index] += step
    return _scalar(f(moved))


def _scalar(value):
    array = np.asarray(value)
    if array.size != 1:
        raise ValueError(f"f must return one number, got an array of shape {array.shape}")
    return array.reshape(())[()]


def _numbers(name, value):
    array = np.asarray(require.numbers(name, value))
    return array.astype(np.result_type(array.dtype, float))

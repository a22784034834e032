"""The special functions that the course needs, in NumPy alone, so that ``import companion`` needs nothing else.

``ndtr`` and ``digamma`` follow Cephes (Moshier 1984–2000) and Boost, ``root`` Brent (1973), step for step as SciPy does, so that
they give what SciPy gives, to 1e-15. Each takes what the course asks of it: see there.

>>> ndtr(np.array([0.0, -1.96])).round(4), round(float(digamma(1.0)), 6), binomial_half(3).tolist()
(array([0.5  , 0.025]), -0.577216, [0.125, 0.375, 0.375, 0.125])
"""

from math import copysign, pi, sqrt

import numpy as np

__all__ = ["binomial_half", "digamma", "log1p", "ndtr", "root"]

_ERF_ABOVE = (9.60497373987051638749e0, 9.00260197203842689217e1, 2.23200534594684319226e3, 7.00332514112805075473e3)
_ERF_ABOVE += (5.55923013010394962768e4,)
_ERF_BELOW = (1.0, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3)
_ERF_BELOW += (2.26290000613890934246e4, 4.92673942608635921086e4)
_NEAR_ABOVE = (2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687e0, 4.86371970985681366614e1)
_NEAR_ABOVE += (1.96520832956077098242e2, 5.26445194995477358631e2, 9.34528527171957607540e2, 1.02755188689515710272e3)
_NEAR_ABOVE += (5.57535335369399327526e2,)
_NEAR_BELOW = (1.0, 1.32281951154744992508e1, 8.67072140885989742329e1, 3.54937778887819891062e2, 9.75708501743205489753e2)
_NEAR_BELOW += (1.82390916687909736289e3, 2.24633760818710981792e3, 1.65666309194161350182e3, 5.57535340817727675546e2)
_FAR_ABOVE = (5.64189583547755073984e-1, 1.27536670759978104416e0, 5.01905042251180477414e0, 6.16021097993053585195e0)
_FAR_ABOVE += (7.40974269950448939160e0, 2.97886665372100240670e0)
_FAR_BELOW = (1.0, 2.26052863220117276590e0, 9.39603524938001434673e0, 1.20489539808096656605e1, 1.70814450747565897222e1)
_FAR_BELOW += (9.60896809063285878198e0, 3.36907645100081516050e0)
_PSI_ABOVE = (-0.0020713321167745952, -0.045251321448739056, -0.28919126444774784, -0.65031853770896507)
_PSI_ABOVE += (-0.32555031186804491, 0.25479851061131551)
_PSI_BELOW = (-0.55789841321675513e-6, 0.0021284987017821144, 0.054151797245674225, 0.43593529692665969)
_PSI_BELOW += (1.4606242909763515, 2.0767117023730469, 1.0)
_PSI_FAR = (8.33333333333333333333e-2, -2.10927960927960927961e-2, 7.57575757575757575758e-3, -4.16666666666666666667e-3)
_PSI_FAR += (3.96825396825396825397e-3, -8.33333333333333333333e-3, 8.33333333333333333333e-2)
_PSI_ROOT = (1569415565 / 2**30, 381566830 / 2**60, 0.9016312093258695918615325266959189453125e-19)  # ψ(their sum) = 0
_EULER = 0.577215664901532860606512090082402431
_UNDERFLOW = 7.09782712893383996732e2  # exp(-x) is not a normal number beyond


def ndtr(z):
    """Φ(z), the share of a standard normal variable below z; complex z by quadrature along its imaginary part.

    >>> float(ndtr(0.0)), f"{float(ndtr(-30.0)):.3g}"
    (0.5, '4.91e-198')
    """
    z = np.asarray(z)
    if np.iscomplexobj(z):
        return _ndtr_complex(z)[()]
    x = np.clip(z.ravel().astype(float), -1e3, 1e3) * sqrt(0.5)
    y = np.empty_like(x)
    for start in range(0, x.size, 8192):  # what fits into the cache
        y[start : start + 8192] = _ndtr(x[start : start + 8192])
    return y.reshape(z.shape).astype(np.result_type(z, np.float32) if z.dtype.kind == "f" else float)[()]


def _ndtr(x):
    """Φ(x √2), by three rational functions: about the middle, |x| < 1, and in the tails, to |x| = 8 and beyond."""
    square = np.minimum(x * x, 1.0)
    y = 0.5 + 0.5 * (x * _polynomial(square, _ERF_ABOVE) / _polynomial(square, _ERF_BELOW))
    outside = ~(np.abs(x) < 1)  # a NaN is outside and stays one
    if not outside.any():
        return y
    t = np.abs(x[outside])
    near, far = np.minimum(t, 8.0), t > 8
    above, below = _polynomial(near, _NEAR_ABOVE), _polynomial(near, _NEAR_BELOW)
    if far.any():
        above[far], below[far] = _polynomial(t[far], _FAR_ABOVE), _polynomial(t[far], _FAR_BELOW)
    tail = 0.5 * (np.exp(-np.minimum(t * t, _UNDERFLOW)) * above / below)
    tail[t * t > _UNDERFLOW] = 0.0
    y[outside] = np.where(x[outside] > 0, 1 - tail, tail)
    return y


def _ndtr_complex(z):
    """Φ(x + iy) = Φ(x) + ∫₀ʸ i φ(x + it) dt: as exact as Φ in a complex step, where y is tiny, to 12 digits elsewhere."""
    x, y = z.real, z.imag
    turns = np.max(np.abs(y) * (np.abs(x) + np.abs(y)), initial=0.0, where=np.isfinite(z))
    nodes, weights = np.polynomial.legendre.leggauss(12 + int(min(turns, 400)))
    total = np.zeros(z.shape, dtype=complex)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        total += weight * np.exp(-np.square(x + 1j * (node * y)) / 2)
    return ndtr(x) + 1j * y * total / sqrt(2 * pi)


def log1p(z):
    """log(1 + z), exact for small z, real or complex (NumPy's own loses the small ones among the complex).

    >>> log1p(1e-20 + 1e-25j)
    np.complex128(1e-20+1e-25j)
    """
    if not np.iscomplexobj(z):
        return np.log1p(z)
    z = np.asarray(z)
    x, y, near = z.real, z.imag, z.real > -0.5
    slope = y / np.where(near, 1 + x, 1.0)  # log|1 + z| = log(1 + x) + log(1 + slope²) / 2
    found = np.empty(z.shape, dtype=complex)
    with np.errstate(divide="ignore"):  # the logarithm of 0
        found.real = np.where(near, np.log1p(np.where(near, x, 0.0)) + np.log1p(slope**2) / 2, np.log(np.hypot(1 + x, y)))
    found.imag = np.arctan2(y, 1 + x)
    return found[()]


def digamma(x):
    """ψ(x) = Γ′(x)/Γ(x) for x > 0.

    >>> digamma(np.array([0.5, 1.5, 100.0])).round(6)
    array([-1.96351 ,  0.03649 ,  4.600162])
    """
    x = np.array(x, dtype=float)
    if not (x > 0).all():
        raise ValueError(f"x must be above 0, got {x[~(x > 0)].ravel()[0]}")
    found, whole = np.zeros_like(x), (x == np.floor(x)) & (x <= 10)
    harmonic = np.cumsum(np.r_[0.0, 1 / np.arange(1.0, 10)])
    small = x < 1
    found[small] -= 1 / x[small]
    at = np.where(small, x + 1, x)
    while (high := (at > 2) & (at < 10)).any():  # ψ(x) = ψ(x - 1) + 1/(x - 1)
        at[high] -= 1
        found[high] += 1 / at[high]
    middle = np.minimum(at, 2.0)
    g = ((middle - _PSI_ROOT[0]) - _PSI_ROOT[1]) - _PSI_ROOT[2]
    ratio = _polynomial(middle - 1, _PSI_ABOVE) / _polynomial(middle - 1, _PSI_BELOW)
    z = 1 / np.square(np.maximum(at, 10.0))
    far = np.log(at) - 0.5 / at - z * _polynomial(z, _PSI_FAR)
    found += np.where(at <= 2, g * float(np.float32(0.99558162689208984)) + g * ratio, far)
    return np.where(whole, harmonic[np.where(whole, x, 1).astype(int) - 1] - _EULER, found)[()]


def _polynomial(x, coefficients):
    """Horner's rule, the highest power first, in place."""
    y = x * coefficients[0] + coefficients[1]
    for coefficient in coefficients[2:]:
        y *= x
        y += coefficient
    return y


def binomial_half(n):
    """The chance of k heads among n fair coins, k = 0 … n: whole numbers outward from the middle, divided at the end."""
    weights, weight, k = [0] * (n + 1), 1 << 1200, n // 2
    while weight and k >= 0:
        weights[k] = weights[n - k] = weight
        weight = weight * k // (n - k + 1)
        k -= 1
    total = sum(weights)
    return np.array([weight / total for weight in weights])


def root(function, low, high, *, xtol=2e-12, rtol=8.9e-16, steps=100):
    """Where a continuous ``function`` of one number crosses 0 between ``low`` and ``high``, by Brent's method.

    >>> round(root(lambda x: x * x - 2, 0, 2), 12)
    1.414213562373
    """
    before, here, across = low, high, 0.0
    f_before, f_here, f_across = function(low), function(high), 0.0
    if f_before == 0:
        return before
    if f_here == 0:
        return here
    if copysign(1, f_before) == copysign(1, f_here):
        raise ValueError(f"function must have different signs at {low} and {high}, got {f_before} and {f_here}")
    last = step = 0.0
    for _ in range(steps):
        if f_before != 0 and copysign(1, f_before) != copysign(1, f_here):
            across, f_across = before, f_before
            last = step = here - before
        if abs(f_across) < abs(f_here):
            before, here, across = here, across, here
            f_before, f_here, f_across = f_here, f_across, f_here
        tolerance, half = (xtol + rtol * abs(here)) / 2, (across - here) / 2
        if f_here == 0 or abs(half) < tolerance:
            return here
        short = half
        if abs(last) > tolerance and abs(f_here) < abs(f_before):
            if before == across:  # a line through two points
                short = -f_here * (here - before) / (f_here - f_before)
            else:  # a parabola through three
                one, two = (f_before - f_here) / (before - here), (f_across - f_here) / (across - here)
                short = -f_here * (f_across * two - f_before * one) / (two * one * (f_across - f_before))
        if short is not half and 2 * abs(short) < min(abs(last), 3 * abs(half) - tolerance):
            last, step = step, short
        else:
            last = step = half
        before, f_before = here, f_here
        here += step if abs(step) > tolerance else copysign(tolerance, half)
        f_here = function(here)
    raise ValueError(f"function did not settle at a root between {low} and {high} in {steps} steps")

"""What a computation costs, counted by the array that goes through it: no clock, so the same number on every machine.

>>> operations(lambda x: np.ones((3, 2)) @ x + 1, np.ones((2, 5)))          # 3·2·5 products and as many sums, then 3·5 sums
75
"""

import numpy as np

from companion import require


def operations(function, x):
    """How many arithmetic operations ``function(x)`` does on ``x`` and on whatever is computed from it.

    An elementwise function costs 1 an entry, a sum 1 an entry summed, a matrix product (p, q) @ (q, r) 2pqr. Moving,
    comparing and choosing entries is free, and so is all that does not depend on ``x``. Chapter 3.
    """
    require.function("function", function)
    x, tally = require.finite_array("x", x), 0

    class Counted(np.ndarray):
        def __array_ufunc__(self, ufunc, method, *inputs, out=None, **settings):
            nonlocal tally
            plain = [np.asarray(array) for array in inputs]
            result = np.asarray(getattr(ufunc, method)(*plain, **settings))
            if ufunc is np.matmul:
                tally += 2 * result.size * plain[0].shape[-1]
            elif result.dtype != bool:
                tally += max(result.size, plain[0].size)
            return result.view(Counted)

    function(x.view(Counted))
    return tally

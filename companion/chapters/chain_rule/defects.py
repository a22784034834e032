r"""Wrong backward passes, each one line away from the right one: what does each do, and which check finds it?

Every record is a minimal re-creation of a mistake found in a published listing or formula, planted into a network whose
forward pass stays right. So the loss is right, training often still works, and only a comparison of *every* gradient
entry with an independent derivative tells. Chapter 3.

>>> import numpy as np
>>> from companion.network import Network
>>> network = Network([Dense([[2.0]], [[0.0]], "tanh"), Dense([[3.0]], [[0.0]], "identity")])
>>> x, y = np.array([[0.5]]), np.array([[1.0]])
>>> for broken in (network, DEFECTS["not_passed_down"].plant(network)):
...     print(f"{broken.backward(broken.forward(x), y).biases[0].item():.3f}")  # ∂ℒ/∂b_1, with w_2 = 3 and without
1.619
0.540
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from companion.activations import ACTIVATIONS
from companion.layers import Back, Dense

__all__ = ["DEFECTS", "Defect"]


@dataclass(frozen=True)
class Defect:
    """One wrong rule. ``backward(layer, kept, g)`` stands in for :meth:`companion.layers.Dense.backward`.

    ``document`` names the document whose listing or formula does it ("" for one that only a lazy check lets through).
    """

    name: str
    label: str
    document: str
    backward: Callable[[Dense, tuple, object], Back]

    def plant(self, network):
        """The same network, Dense layers and all, except that every backward pass goes wrong in this way."""
        return replace(
            network, layers=tuple(_Broken(d.weights, d.bias, d.activation, self.backward) for d in network.layers)
        )


@dataclass(frozen=True, eq=False, repr=False)
class _Broken(Dense):
    rule: Callable

    def backward(self, kept, g):
        return self.rule(self, kept, g)


def _back(layer, kept, delta, passed_down):
    parameters = {"weights": delta @ kept.input.mT, "bias": delta.sum(-1, keepdims=True)}
    return Back(passed_down, delta, parameters)


def _slope(layer, at):
    return ACTIVATIONS[layer.activation].slope(at)


def _slope_at_output(layer, kept, g):
    delta = g * _slope(layer, kept.output)  # f′(a) for f′(z)
    return _back(layer, kept, delta, layer.weights.mT @ delta)


def _value_of_error(layer, kept, g):
    delta = g * ACTIVATIONS[layer.activation].f(g)  # f(error) for f′(z): neither the slope nor the right place
    return _back(layer, kept, delta, layer.weights.mT @ delta)


def _slope_on_wrong_side(layer, kept, g):
    delta = g * _slope(layer, kept.z)
    return _back(layer, kept, delta, (layer.weights.mT @ g) * _slope(layer, kept.z))  # (Wᵀg) ⊙ f′ for Wᵀ(g ⊙ f′)


def _not_passed_down(layer, kept, g):
    delta = g * _slope(layer, kept.z)
    return _back(layer, kept, delta, g)  # every layer is handed the error of the output


def _transposed(layer, kept, g):
    delta = g * _slope(layer, kept.z)
    back = _back(layer, kept, delta, layer.weights.mT @ delta)
    return back._replace(parameters=back.parameters | {"weights": kept.input @ delta.mT})  # a δᵀ for δ aᵀ


DEFECTS = {
    defect.name: defect
    for defect in (
        Defect("slope_at_output", "slope taken at a, not at z", "D4", _slope_at_output),
        Defect("value_of_error", "f(error) in place of f′(z)", "D0", _value_of_error),
        Defect("slope_on_wrong_side", "slope on the wrong side of Wᵀ", "D4", _slope_on_wrong_side),
        Defect("not_passed_down", "blame not handed back", "D0", _not_passed_down),
        Defect("transposed", "weight gradient transposed", "", _transposed),
    )
}
"""The wrong rules by name. ``slope_on_wrong_side`` runs on square layers only; ``not_passed_down`` needs one output or equal
widths, where broadcasting hides it. ``transposed`` is a transpose on square layers: on others a training step reads its
entries row by row into the shape of the weights, which scrambles them."""

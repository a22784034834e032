r"""The variants of the course's own network: one record each, with all that may be changed about it.

>>> VARIANTS["he"].recipe == Recipe(depth=20, width=64, activation="relu", initialization="he_normal", biases="zero")
True
>>> from dataclasses import replace
>>> replace(VARIANTS["he"], name="he-100", label="He, 100 layers", depth=100).changes
{'depth': 100}

The network has twenty layers of 64 units and learns the digits: 400 steps of SGD at rate 0.01 with momentum 0.9, 64 digits a
step. :mod:`companion.course_network` trains and records it. A chapter's own variants stand in its ``runs.py``. All chapters.
"""

from dataclasses import dataclass, fields

from companion import require, schedules
from companion.optimizers import OPTIMIZERS
from companion.recipes import Recipe

OF_RECIPE = ("depth", "width", "activation", "initialization", "gain", "biases", "bias_std")
OF_RECIPE += ("norm", "norm_position", "residual", "block", "order", "keep")
OF_TRAINING = ("optimizer", "rate", "momentum", "settings", "batch", "steps", "clip", "limit", "decay", "strength")
OF_SCHEDULE = ("schedule", "schedule_settings")


@dataclass(frozen=True)
class Variant:
    """The course's own network with something changed: ``name`` is its key in a record, ``label`` the words for it.

    The other fields are those of :class:`companion.recipes.Recipe` (names and numbers only) and of
    ``companion.training.train``, which explain them; their defaults are the course's: ReLU with He's weights, biases 0. A
    ``schedule`` of ``companion.schedules``, by name, starts from or leads to ``rate``.

    >>> Variant("adam", "He, with Adam", optimizer="adam", momentum=0.0, rate=0.001).changes
    {'optimizer': 'adam', 'rate': 0.001, 'momentum': 0.0}
    >>> Variant("decay", "He, decayed", schedule="step_decay", schedule_settings={"every": 100}).training["rate"](100)
    0.001
    """

    name: str
    label: str
    depth: int = 20
    width: int = 64
    activation: str = "relu"
    initialization: str = "he_normal"
    gain: float = 1.0
    biases: str = "zero"
    bias_std: float = 0.0
    norm: str | None = None
    norm_position: str = "before"
    residual: str | float | None = None
    block: int = 1
    order: str | None = None
    keep: float = 1.0
    optimizer: str = "sgd"
    rate: float = 0.01
    momentum: float = 0.9
    settings: dict | None = None
    schedule: str | None = None
    schedule_settings: dict | None = None
    batch: int = 64
    steps: int = 400
    clip: str | None = None
    limit: float = 1.0
    decay: str | None = None
    strength: float = 1e-4

    def __post_init__(self):
        for name in ("name", "label"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name).strip():
                raise ValueError(f"{name} of Variant must be a text, got {require.shown(getattr(self, name))}")
        for name in ("batch", "steps"):
            require.positive_int(f"{name} of Variant", getattr(self, name))
        for name in ("rate", "limit"):
            require.number(f"{name} of Variant", getattr(self, name), above=0)
        require.number("strength of Variant", self.strength, at_least=0)
        require.number("momentum of Variant", self.momentum, at_least=0, below=1)
        require.known("optimizer of Variant", self.optimizer, OPTIMIZERS).chosen(self.settings)
        self.recipe, self.training  # noqa: B018 - they check the rest

    @property
    def recipe(self):
        """The :class:`~companion.recipes.Recipe` of its network."""
        return Recipe(**{name: getattr(self, name) for name in OF_RECIPE})

    @property
    def training(self):
        """The settings of its training, for ``companion.training.train``."""
        given = {name: getattr(self, name) for name in OF_TRAINING}
        if self.schedule is None and self.schedule_settings is None:
            return given
        return given | {"rate": schedules.named(self.schedule, self.rate, self.schedule_settings)}

    @property
    def changes(self):
        """What is not as in the course's own network: {field: value}; with name and label it makes the variant again."""
        settings = {each.name: each.default for each in fields(self) if each.name in OF_RECIPE + OF_TRAINING + OF_SCHEDULE}
        return {name: getattr(self, name) for name, usual in settings.items() if getattr(self, name) != usual}


VARIANTS = {
    record.name: record
    for record in (
        Variant("torch_default", "ReLU, PyTorch's defaults", initialization="torch_default", biases="drawn"),
        Variant("he", "ReLU, He's weights"),
        Variant("sigmoid", "sigmoid, N(0, 1/n)", activation="sigmoid", initialization="lecun_normal"),
        Variant("tanh", "tanh, N(0, 1/n)", activation="tanh", initialization="lecun_normal"),
    )
}

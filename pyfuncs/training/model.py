"""What a workbook says to train: data, layers and settings, all read and checked, nothing of cells left."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.arrays import Matrix, Order, Vector, aligned_copy
from pyfuncs.kernels.layout import bias_of, build_network, pack, weight_of
from pyfuncs.kernels.network import Network
from pyfuncs.kernels.optimizers import MOST_SHARED, MOST_SLOTS, OPTIMIZER_SETTINGS, hyperparameters
from pyfuncs.kernels.schedules import SCHEDULES

TASKS = ("regression", "binary", "multiclass")


@dataclass(frozen=True)
class Layer:
    """One linear layer and its activation; `initial_*` is what Reset puts back, None where the workbook has none."""

    weight: Matrix
    bias: Matrix | None
    activation: str
    trains_weight: bool
    trains_bias: bool
    initial_weight: Matrix | None = None
    initial_bias: Matrix | None = None
    is_transposed: bool = False
    """Whether the workbook's cells hold the weight turned, a row a unit; here it is in×out all the same."""
    is_bias_transposed: bool = False
    """The same of the bias: out×1 in the cells, 1×out here."""


@dataclass(frozen=True)
class Settings:
    """How to train. `batch_size` above the number of training rows means all of them."""

    loss: str = "mse"
    optimizer: str = "sgd"
    lr: float = 0.1
    weight_decay: float = 0.0
    optimizer_settings: Mapping[str, float] = field(
        default_factory=lambda: {name: setting.default for name, setting in OPTIMIZER_SETTINGS.items()}
    )
    """What only some optimizers take, each by the name of its cell."""
    schedule: str = "constant"
    schedule_epochs: float = 100.0
    schedule_gamma: float = 0.1
    batch_size: int = 2**31
    shuffle: bool = True
    seed: int = 0
    initializer: str = "uniform"
    epochs_per_click: int = 10

    @property
    def hyperparameters(self) -> Vector:
        """Return the settings of the optimizer as the kernels take them."""
        return hyperparameters(
            lr=self.lr,
            weight_decay=self.weight_decay,
            schedule=SCHEDULES[self.schedule].code,
            schedule_epochs=self.schedule_epochs,
            schedule_gamma=self.schedule_gamma,
            **self.optimizer_settings,
        )


@dataclass(frozen=True)
class Names:
    """What the weights file calls rows and columns."""

    features: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """One row of the history; `accuracy` and `error_rate` are of the validation rows, where there are any.

    They are None for a regression, `valid_loss` where no row validates.
    """

    epoch: int
    step: int
    train_loss: float
    valid_loss: float | None
    accuracy: float | None
    error_rate: float | None


@dataclass
class State:
    """Everything training changes: parameters, the optimizer's memory (slots and shared numbers), counters, history.

    `epoch` counts whole epochs, `step` the steps since.
    """

    params: Vector
    optimizer: Matrix
    shared: Vector
    epoch: int = 0
    step: int = 0
    history: list[Record] = field(default_factory=list)

    def copy(self) -> "State":
        """Return a state that shares nothing with this one."""
        return State(
            aligned_copy(self.params),
            self.optimizer.copy(),
            self.shared.copy(),
            self.epoch,
            self.step,
            list(self.history),
        )


@dataclass(frozen=True)
class Model:
    """A network with its data and settings, as the workbook's cells said when it was read."""

    inputs: Matrix
    target: Matrix
    """One column an output; class numbers are already turned into a column a class."""
    trains: NDArray[np.bool_]
    """Which rows train; the others validate."""
    task: str
    layers: tuple[Layer, ...]
    settings: Settings
    names: Names
    state: State
    history_rows: int
    """How many rows the workbook has for the history."""

    @property
    def network(self) -> Network:
        """Return the layers as the kernels take them."""
        return build_network(
            [layer.weight for layer in self.layers],
            [layer.bias for layer in self.layers],
            [ACTIVATIONS[layer.activation].code for layer in self.layers],
            [layer.trains_weight for layer in self.layers],
            [layer.trains_bias for layer in self.layers],
        )

    @property
    def train_rows(self) -> Order:
        """Return the numbers of the rows that train."""
        return np.flatnonzero(self.trains)

    @property
    def valid_rows(self) -> Order:
        """Return the numbers of the rows that validate."""
        return np.flatnonzero(~self.trains)

    def blocks(self, params: Vector) -> list[tuple[str, Matrix]]:
        """Return every weight and bias with its name, in the order of the weights file."""
        network = self.network
        found: list[tuple[str, Matrix]] = []
        for k in range(len(self.layers)):
            found.append((f"weight_{k + 1}", weight_of(network, params, k)))
            bias = bias_of(network, params, k)
            if bias is not None:
                found.append((f"bias_{k + 1}", bias))
        return found


def first_state(params: Vector) -> State:
    """Return the state before any step: no memory, no history."""
    return State(params, np.zeros((MOST_SLOTS, params.size)), np.zeros(MOST_SHARED))


def packed_layers(layers: tuple[Layer, ...]) -> Vector:
    """Return the layers' present parameters as one vector."""
    return pack([layer.weight for layer in layers], [layer.bias for layer in layers])

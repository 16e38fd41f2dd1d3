"""What is trained: networks and data, and the project's own side of each comparison."""

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.layout import build_network, pack
from pyfuncs.kernels.losses import LOSSES
from pyfuncs.kernels.optimizers import OPTIMIZERS, hyperparameters
from pyfuncs.kernels.passes import Rules, batches_of, parameters_of, room_for
from pyfuncs.kernels.steps import run_steps, steps_per_epoch

LEARNING_RATE = 1e-3
SEED = 7

Epochs = Callable[[int], None]
"""Trains for so many epochs."""


@dataclass(frozen=True)
class Layer:
    """A linear layer with its activation; a fixed one has weights of 1 that do not train."""

    units: int
    activation: str
    has_bias: bool = False
    fixed: bool = False


@dataclass(frozen=True)
class Task:
    """A network, its data and its loss."""

    layers: Sequence[Layer]
    inputs: NDArray[np.float64]
    targets: NDArray[np.float64]
    loss: str


def titanic() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the 712 passengers whose age and port are known, as the lesson encodes them, and who survived."""
    path = Path(__file__).parents[1] / "workbooks" / "data" / "titanic.csv"
    with path.open(newline="", encoding="utf-8") as file:
        people = [row for row in csv.DictReader(file) if row["Age"] and row["Embarked"]]
    oldest = max(float(row["Age"]) for row in people)
    inputs = [
        [
            float(row["SibSp"]),
            float(row["Parch"]),
            float(row["Age"]) / oldest,
            math.log10(float(row["Fare"]) + 1.0),
            *(float(row["Pclass"] == name) for name in "12"),
            *(float(row["Embarked"] == name) for name in "SC"),
            float(row["Sex"] == "male"),
            1.0,
        ]
        for row in people
    ]
    return np.array(inputs), np.array([[float(row["Survived"])] for row in people])


def two_set() -> Task:
    """Return the lesson's two-set model: two relus of ten inputs each, summed."""
    return Task([Layer(2, "relu"), Layer(1, "identity", fixed=True)], *titanic(), "mse")


def linear() -> Task:
    """Return the lesson's linear model."""
    return Task([Layer(1, "identity")], *titanic(), "mse")


def digits() -> Task:
    """Return a 784-16-16-10 network of sigmoids on 5,000 rows of random numbers."""
    rng = np.random.default_rng(0)
    layers = [Layer(units, "sigmoid", has_bias=True) for units in (16, 16, 10)]
    return Task(layers, rng.random((5000, 784)), np.eye(10)[rng.integers(0, 10, 5000)], "mse")


def with_logits() -> Task:
    """Return the same with logits in the last layer and cross-entropy."""
    task = digits()
    return replace(task, layers=[*task.layers[:-1], Layer(10, "identity", has_bias=True)], loss="cross_entropy")


def network_of(task: Task) -> tuple[Any, NDArray[np.float64]]:
    """Return the kernel's form of a task's network, and its first parameters."""
    rng = np.random.default_rng(1)
    fan_in = task.inputs.shape[1]
    weights: list[NDArray[np.float64]] = []
    biases: list[NDArray[np.float64] | None] = []
    for layer in task.layers:
        bound = fan_in**-0.5
        shape = (fan_in, layer.units)
        weights.append(np.ones(shape) if layer.fixed else rng.uniform(-bound, bound, shape))
        biases.append(rng.uniform(-bound, bound, (1, layer.units)) if layer.has_bias else None)
        fan_in = layer.units
    activations = [ACTIVATIONS[layer.activation].code for layer in task.layers]
    trains = [not layer.fixed for layer in task.layers]
    return build_network(weights, biases, activations, trains, trains), pack(weights, biases)


def gradsheet(task: Task, batch_size: int, optimizer: str = "sgd") -> tuple[Epochs, NDArray[np.float64]]:
    """Return the project's own training of a task, and the parameters it changes."""
    network, params = network_of(task)
    rows = np.arange(len(task.inputs))
    rule = OPTIMIZERS[optimizer]
    parameters = parameters_of(params, rule.slots)
    batches = batches_of(task.inputs, task.targets, rows, batch_size, shuffles=True, seed=SEED)
    room = room_for(network, batch_size)
    rules = Rules(LOSSES[task.loss].code, rule.code, hyperparameters(lr=LEARNING_RATE, momentum=0.9))
    per_epoch = steps_per_epoch(rows.size, batch_size)
    done = 0

    def epochs(count: int) -> None:
        nonlocal done
        run_steps(network, rules, parameters, batches, room, done, 0, count * per_epoch)
        done += count

    return epochs, params

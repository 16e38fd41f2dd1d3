"""The workbook contract: which defined names say what to train.

A host brings the cells behind the names (`NamedCells`); what they mean is decided here, once for every host.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import count, takewhile
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pyfuncs.catalogue.targets import check_probabilities, class_probabilities
from pyfuncs.cells.block import shape_text
from pyfuncs.cells.errors import CellError, GradsheetError
from pyfuncs.cells.spelling import short
from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.arrays import Matrix
from pyfuncs.kernels.initialize import METHODS
from pyfuncs.kernels.losses import LOSSES
from pyfuncs.kernels.optimizers import OPTIMIZER_SETTINGS, OPTIMIZERS
from pyfuncs.kernels.schedules import SCHEDULES
from pyfuncs.kernels.split import TRAIN, VALID, split_rows
from pyfuncs.training.model import TASKS, Layer, Model, Names, Settings
from pyfuncs.training.named_cells import NamedCells
from pyfuncs.training.reader import TRANSPOSED, Reader, parameter_name
from pyfuncs.training.storage import read_state

SETTINGS = (
    *(setting.name for setting in fields(Settings) if setting.name != "optimizer_settings"),
    *OPTIMIZER_SETTINGS,
    *("task", "valid_fraction", "split_seed", "epoch", "step"),
)


def takers(setting: str) -> str:
    """Return the optimizers, or the schedules, that take a setting, as a sentence lists them."""
    return ", ".join(word for word, rule in (OPTIMIZERS | SCHEDULES).items() if setting in rule.settings)


def read_model(cells: NamedCells[Any]) -> Model:
    """Return the model that the workbook's names describe, with the state its cells hold.

    Single cells are read before the blocks: formulas in those show an error where a setting does not fit.

    Raises:
        GradsheetError: for a name that is missing, a cell that does not fit, shapes that do not chain.
    """
    reader = Reader(cells)
    for name in ("inputs", "target", "weight_1"):
        if parameter_name(cells, name) is None:
            raise GradsheetError(
                f"{cells.address('')} has no name {name}, so there is no model to train: "
                "open a workbook that has one, titanic_linear for instance, or define the names inputs, target and "
                "weight_1."
            )
    check_names(reader)
    switches = read_switches(reader)
    settings = read_settings(reader)
    check_loss(reader, switches[-1].activation, len(switches), settings)
    task = read_task(reader, settings)
    holdout = read_holdout(reader)
    inputs = reader.matrix("inputs", blank_input(reader))
    if "batch_size" not in cells:
        settings = replace(settings, batch_size=inputs.shape[0])
    layers = read_layers(reader, inputs, switches)
    target = read_target(reader, inputs, layers[-1], settings, task)
    outputs = target.shape[1]
    default_task = "binary" if np.isin(target, (0, 1)).all() and outputs == 1 else "regression"
    history_rows = len(cells.read("history")) if "history" in cells else 2
    return Model(
        inputs=inputs,
        target=target,
        trains=read_split(reader, inputs.shape[0], holdout),
        task=task or default_task,
        layers=layers,
        settings=settings,
        names=Names(reader.labels("feature_names", inputs.shape[1], "x"), reader.labels("target_names", outputs, "y")),
        state=read_state(reader, layers, settings),
        history_rows=history_rows,
    )


def check_names(reader: Reader) -> None:
    """Check that no cell is called like a setting whose name is not defined, for it would not count.

    Raises:
        GradsheetError: naming that cell.
    """
    names = list(SETTINGS)
    for k in takewhile(lambda k: parameter_name(reader.cells, f"weight_{k}") is not None, count(1)):
        names += [f"activation_{k}", f"trains_{k}", f"trains_bias_{k}"]
    missing = [name for name in names if name not in reader.cells]
    if not missing:
        return
    labels = reader.cells.labelled(
        name for name in names if name in reader.cells and reader.cells.constant(name) is None
    )
    for name in missing:
        if name in labels:
            raise GradsheetError(
                f"{labels[name]} is called {name}, but the name {name} is not defined, so what stands there would "
                "not count: define the name for that cell."
            )


def blank_input(reader: Reader) -> float | None:
    """Return the number that a blank cell of the inputs stands for, None where a blank is an error."""
    if "inputs_blank" not in reader.cells:
        return None
    return reader.number("inputs_blank", 0.0, lambda number: True, "a number")


class Switches(NamedTuple):
    """What single cells say about a layer."""

    activation: str
    trains_weight: bool
    trains_bias: bool


def read_switches(reader: Reader) -> tuple[Switches, ...]:
    """Return the switches of the layers weight_1, weight_2, ..."""
    found: list[Switches] = []
    while parameter_name(reader.cells, f"weight_{(k := len(found) + 1)}") is not None:
        trains = reader.flag(f"trains_{k}", True)
        activation = reader.word(f"activation_{k}", "identity", tuple(ACTIVATIONS))
        found.append(Switches(activation, trains, reader.flag(f"trains_bias_{k}", trains)))
    beyond = parameter_name(reader.cells, f"weight_{k + 1}")
    if beyond is not None:
        raise reader.fail(beyond, f"is there, but weight_{k} is not: number the layers 1, 2, 3 …")
    return tuple(found)


def read_layers(reader: Reader, inputs: Matrix, switches: Sequence[Switches]) -> tuple[Layer, ...]:
    """Return the layers with their shapes checked against each other."""
    layers: list[Layer] = []
    below, fan_in = f"inputs is {shape_text(inputs)}", inputs.shape[1]
    for k, (activation, trains_weight, trains_bias) in enumerate(switches, 1):
        name = parameter_name(reader.cells, f"weight_{k}") or f"weight_{k}"
        stored = reader.matrix(name)
        is_transposed = name.endswith(TRANSPOSED)
        weight = np.ascontiguousarray(stored.T) if is_transposed else stored
        if weight.shape[0] != fan_in:
            line = "columns" if is_transposed else "rows"
            raise reader.fail(name, f"is {shape_text(stored)}, but {below}: it must have {fan_in} {line}.")
        bias = reader.shaped_parameter(f"bias_{k}", (1, weight.shape[1]))
        layers.append(
            Layer(
                weight=weight,
                bias=bias,
                activation=activation,
                trains_weight=trains_weight,
                trains_bias=bias is not None and trains_bias,
                initial_weight=reader.shaped_parameter(f"initial_weight_{k}", (fan_in, weight.shape[1])),
                initial_bias=reader.shaped_parameter(f"initial_bias_{k}", (1, weight.shape[1])),
                is_transposed=is_transposed,
                is_bias_transposed=f"bias_{k}{TRANSPOSED}" in reader.cells,
            )
        )
        below, fan_in = f"{name} is {shape_text(stored)}", weight.shape[1]
    return tuple(layers)


def read_settings(reader: Reader) -> Settings:
    """Return the settings, each with its default where the name is not defined."""
    default = Settings()
    return Settings(
        loss=reader.word("loss", default.loss, tuple(LOSSES)),
        optimizer=reader.word("optimizer", default.optimizer, tuple(OPTIMIZERS)),
        lr=reader.number("lr", default.lr, lambda number: number >= 0, "0 or more"),
        weight_decay=reader.number("weight_decay", default.weight_decay, lambda number: number >= 0, "0 or more"),
        optimizer_settings={name: read_optimizer_setting(reader, name) for name in OPTIMIZER_SETTINGS},
        schedule=reader.word("schedule", default.schedule, tuple(SCHEDULES)),
        schedule_epochs=reader.number("schedule_epochs", default.schedule_epochs, lambda number: number > 0, "above 0"),
        schedule_gamma=reader.number("schedule_gamma", default.schedule_gamma, lambda number: number > 0, "above 0"),
        batch_size=reader.whole("batch_size", default.batch_size, 1),
        shuffle=reader.flag("shuffle", default.shuffle),
        seed=reader.whole("seed", default.seed),
        initializer=reader.word("initializer", default.initializer, tuple(METHODS)),
        epochs_per_click=reader.whole("epochs_per_click", default.epochs_per_click, 1),
    )


def read_optimizer_setting(reader: Reader, name: str) -> float:
    """Return what only some optimizers take."""
    setting = OPTIMIZER_SETTINGS[name]
    if setting.largest_share is None:
        return reader.number(name, setting.default, lambda number: number >= 0, "0 or more")
    return reader.number(name, setting.default, lambda number: 0 <= number < 1, "from 0 to below 1")


def check_loss(reader: Reader, activation: str, layers: int, settings: Settings) -> None:
    """Check that the last activation gives what the loss takes."""
    last = f"activation_{layers}"
    takes = LOSSES[settings.loss].takes
    fitting = [word for word, rule in ACTIVATIONS.items() if rule.gives_probabilities]
    if takes == "probabilities" and activation not in fitting:
        raise reader.fail(
            "loss",
            f"is {settings.loss}, which takes probabilities, but {last} is {activation}: "
            f"set {last} to {fitting[0]}, or the loss to {Settings.loss}.",
        )
    if takes == "logits" and activation != "identity":
        raise reader.fail(
            "loss",
            f"is {settings.loss}, which has the softmax inside, but {last} is {activation}: set {last} to identity.",
        )


def read_task(reader: Reader, settings: Settings) -> str | None:
    """Return the task, None where the workbook leaves it to the target."""
    default = "multiclass" if LOSSES[settings.loss].takes == "logits" else ""
    return reader.word("task", default, TASKS) or None


def read_target(reader: Reader, inputs: Matrix, last: Layer, settings: Settings, task: str | None) -> Matrix:
    """Return the target with one column an output; of several classes one column may hold the numbers."""
    target = reader.matrix("target")
    outputs = last.weight.shape[1]
    if target.shape[0] != inputs.shape[0]:
        raise reader.fail(
            "target", f"is {shape_text(target)}, but inputs is {shape_text(inputs)}: the rows must match."
        )
    takes_numbers = task == "multiclass" and outputs > 1 and target.shape[1] == 1
    takes = LOSSES[settings.loss].takes
    if takes == "logits" or takes_numbers:
        try:
            probabilities = class_probabilities(target, outputs)
            check_probabilities(probabilities, "target")
            return probabilities
        except CellError as error:
            raise GradsheetError(f"{reader.cells.address('target')}: {error}") from None
    if target.shape[1] != outputs:
        raise reader.fail("target", f"is {shape_text(target)}, but the last layer has {outputs} units.")
    for name, word, is_meant in (
        ("loss", settings.loss, takes == "probabilities"),
        ("task", task, task == "binary"),
    ):
        wrong = np.argwhere(~((target >= 0) & (target <= 1)))
        if is_meant and wrong.size:
            row, column = map(int, wrong[0])
            raise GradsheetError(
                f"{reader.place('target', row, column)} is {short(target[row, column])}, but must lie between 0 and 1 "
                f"for the {name} {word}."
            )
    return target


class Holdout(NamedTuple):
    """The rows kept aside where no cell says which."""

    fraction: float
    seed: int


def read_holdout(reader: Reader) -> Holdout:
    """Return how many rows are kept aside."""
    fraction = reader.number("valid_fraction", 0.0, lambda number: 0 <= number < 1, "from 0 to below 1")
    return Holdout(fraction, reader.whole("split_seed", 0))


def read_split(reader: Reader, rows: int, holdout: Holdout) -> NDArray[np.bool_]:
    """Return which rows train: as `split` says, else by valid_fraction."""
    if "split" not in reader.cells:
        return split_rows(rows, holdout.fraction, holdout.seed)
    cells = reader.rows("split")
    if len(cells) != rows or len(cells[0]) != 1:
        raise reader.fail("split", f"must be one column of {rows} cells, as many as inputs has rows.")
    for i, (cell,) in enumerate(cells):
        if cell not in (TRAIN, VALID):
            raise GradsheetError(f'{reader.cells.address("split", i, 0)} (split) must be "{TRAIN}" or "{VALID}".')
    return np.array([cell == TRAIN for (cell,) in cells])

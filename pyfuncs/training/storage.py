"""Where a workbook keeps what training changes: weights, the optimizer's memory, counters and the history."""

import functools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pyfuncs.cells.block import CellValue, shape_text, to_number
from pyfuncs.cells.errors import CellError, ErrorCode, GradsheetError
from pyfuncs.kernels.arrays import Matrix
from pyfuncs.kernels.optimizers import MOST_SHARED, MOST_SLOTS, OPTIMIZERS
from pyfuncs.training.model import Layer, Model, Record, Settings, State, packed_layers
from pyfuncs.training.named_cells import NamedCells, Rows
from pyfuncs.training.reader import TRANSPOSED, Reader, parameter_name

HISTORY_COLUMNS = ("epoch", "step", "train_loss", "valid_loss", "accuracy", "error_rate")


class StoredParameter(NamedTuple):
    """Where a workbook keeps a parameter and the optimizer's memory of it."""

    name: str
    """As the weights file calls it: weight_1."""
    cells: str
    """The name of its cells: weight_1 or weight_1_transposed."""
    memory: str
    rows: int
    columns: int
    trains: bool


def parameters_in_cells(layers: Sequence[Layer]) -> list[StoredParameter]:
    """Return every parameter in the order of the weights file."""
    found = []
    for k, layer in enumerate(layers, 1):
        rows, columns = layer.weight.shape
        cells = f"weight_{k}" + TRANSPOSED * layer.is_transposed
        found.append(StoredParameter(f"weight_{k}", cells, f"optimizer_state_{k}", rows, columns, layer.trains_weight))
        if layer.bias is not None:
            cells = f"bias_{k}" + TRANSPOSED * layer.is_bias_transposed
            found.append(
                StoredParameter(f"bias_{k}", cells, f"optimizer_bias_state_{k}", 1, columns, layer.trains_bias)
            )
    return found


def read_state(reader: Reader, layers: tuple[Layer, ...], settings: Settings) -> State:
    """Return the state: parameters, counters, the optimizer's memory (blank is 0) and the history.

    A memory block holds the slots one under the other, each of the parameter's shape, then a row a shared number.
    """
    optimizer = OPTIMIZERS[settings.optimizer]
    slots, shares = optimizer.slots, optimizer.shared
    memory: list[Matrix] = []
    shared = np.zeros(MOST_SHARED)
    for name, _, state_name, rows, columns, _ in parameters_in_cells(layers):
        wanted = slots * rows + shares
        block = np.zeros((MOST_SLOTS, rows * columns))
        if wanted and state_name not in reader.cells:
            raise GradsheetError(
                f"{reader.cells.address('')} has no name {state_name}: the optimizer {settings.optimizer} needs "
                f"{wanted}×{columns} cells there for its memory of {name}."
            )
        if wanted:
            cells = reader.matrix(state_name, blank=0.0)
            if cells.shape[0] < wanted or cells.shape[1] != columns:
                raise reader.fail(
                    state_name,
                    f"is {shape_text(cells)}, but the optimizer {settings.optimizer} needs {wanted}×{columns}.",
                )
            block[:slots] = cells[: slots * rows].reshape(slots, rows * columns)
            if optimizer.square is not None and (block[optimizer.square] < 0.0).any():
                raise reader.fail(
                    state_name,
                    f"holds a negative square, so it is not the memory of {settings.optimizer}: Reset, or clear it.",
                )
            if not memory:
                shared[:shares] = cells[slots * rows : wanted, 0]
        memory.append(block)
    return State(
        params=packed_layers(layers),
        optimizer=np.concatenate(memory, axis=1),
        shared=shared,
        epoch=reader.whole("epoch", 0, 0),
        step=reader.whole("step", 0, 0),
        history=read_history(reader),
    )


def trained_names(model: Model, cells: NamedCells[Any]) -> list[str]:
    """Return the names whose cells every whole epoch of training changes."""
    remembers = OPTIMIZERS[model.settings.optimizer].slots > 0
    names = [
        name
        for parameter in parameters_in_cells(model.layers)
        for name in (parameter.cells, parameter.memory)[: 1 + remembers]
        if parameter.trains
    ]
    return [name for name in (*names, "epoch", "history") if name in cells]


def no_memory(cells: NamedCells[Any]) -> dict[str, Rows]:
    """Return what to write so that the workbook's optimizer remembers nothing."""
    blocks: dict[str, Rows] = {}
    k = 1
    while parameter_name(cells, f"weight_{k}") is not None:
        for name in (f"optimizer_state_{k}", f"optimizer_bias_state_{k}"):
            if name in cells:
                blocks[name] = [[0.0] * len(row) for row in cells.read(name)]
        k += 1
    return blocks


def read_history(reader: Reader) -> list[Record]:
    """Return the history's rows down to the first blank one."""
    if "history" not in reader.cells:
        return []
    records = []
    for i, row in enumerate(reader.rows("history")):
        if len(row) != len(HISTORY_COLUMNS):
            raise reader.fail("history", f"must have {len(HISTORY_COLUMNS)} columns: {', '.join(HISTORY_COLUMNS)}.")
        if row[0] is None:
            break
        numbers: list[float | None] = []
        for j, cell in enumerate(row):
            place = functools.partial(reader.place, "history", i, j)
            try:
                # What is not finite is shown, and so kept, as #NUM!.
                known = math.inf if cell == ErrorCode.NUM else cell
                numbers.append(None if known is None and j > 2 else to_number(known, place))
            except CellError as error:
                raise GradsheetError(str(error)) from None
        epoch, step, loss, *rest = numbers
        records.append(Record(int(epoch or 0), int(step or 0), loss or 0.0, *rest))
    return records


def state_blocks(model: Model, state: State, cells: NamedCells[Any]) -> dict[str, Rows]:
    """Return what to write behind which names so that the workbook holds `state`."""
    values = dict(model.blocks(state.params))
    blocks: dict[str, Rows] = {}
    optimizer = OPTIMIZERS[model.settings.optimizer]
    slots, shares = optimizer.slots, optimizer.shared
    start = 0
    for name, place, state_name, rows, columns, _ in parameters_in_cells(model.layers):
        blocks[place] = rows_behind(place, values[name])
        if state_name in cells:
            memory = np.zeros((len(cells.read(state_name)), columns))
            part = state.optimizer[:slots, start : start + rows * columns]
            memory[: slots * rows] = part.reshape(slots * rows, columns)
            memory[slots * rows : slots * rows + shares] = state.shared[:shares, None]
            blocks[state_name] = rows_of(memory)
        start += rows * columns
    blocks["epoch"] = [[state.epoch]]
    blocks["step"] = [[state.step]]
    blocks["history"] = history_block(state.history, model.history_rows)
    return {name: block for name, block in blocks.items() if name in cells}


def first_weight_blocks(layers: Sequence[Layer], cells: NamedCells[Any]) -> dict[str, Rows]:
    """Return what to write behind the names of the layers' first weights, initial_weight_1 or its transposed."""
    blocks: dict[str, Rows] = {}
    for k, layer in enumerate(layers, 1):
        name = parameter_name(cells, f"initial_weight_{k}")
        if name is not None and layer.initial_weight is not None:
            blocks[name] = rows_behind(name, layer.initial_weight)
    return blocks


def history_block(history: Sequence[Record], rows: int) -> Rows:
    """Return the history as rows of cells, blank below its end."""
    block: Rows = [[getattr(record, column) for column in HISTORY_COLUMNS] for record in history]
    blank: list[CellValue] = [None] * len(HISTORY_COLUMNS)
    return [*block, *[blank] * (rows - len(block))]


def rows_behind(name: str, parameter: Matrix) -> Rows:
    """Return a parameter (in×out) as rows of the cells behind a name, which may hold it transposed."""
    return rows_of(parameter.T if name.endswith(TRANSPOSED) else parameter)


def rows_of(matrix: Matrix) -> Rows:
    """Return a matrix as rows of cells."""
    rows: Rows = matrix.tolist()
    return rows

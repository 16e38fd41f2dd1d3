"""Trained weights as CSV, one row a number, and back with the same bits.

UTF-8, RFC 4180, dot decimals. A name that begins like a formula gets an apostrophe in front, which is taken off again.
"""

import csv
import io
import re

import numpy as np

from pyfuncs.cells.block import quoted
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.cells.spelling import exact
from pyfuncs.kernels.arrays import Matrix, Vector
from pyfuncs.kernels.layout import pack
from pyfuncs.training.model import Model

HEADER = ("parameter", "row", "column", "row_name", "column_name", "value")
LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r]")
WHOLE = re.compile(r"[0-9]{1,9}")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def row_and_column_names(model: Model, k: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of layer k's (from 0) inputs and units: features, h1, h2, ... of a layer, outputs."""

    def units(layer: int) -> tuple[str, ...]:
        if layer < 0:
            return model.names.features
        if layer == len(model.layers) - 1:
            return model.names.outputs
        prefix = "h" if len(model.layers) == 2 else f"h{layer + 1}_"
        return tuple(f"{prefix}{j + 1}" for j in range(model.layers[layer].weight.shape[1]))

    return units(k - 1), units(k)


def export_weights(model: Model, params: Vector) -> str:
    """Return all parameters, those of fixed layers too, as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for name, block in model.blocks(params):
        rows, columns = row_and_column_names(model, int(name.rsplit("_", 1)[1]) - 1)
        if name.startswith("bias"):
            rows = ("bias",)
        for (i, j), value in np.ndenumerate(block):
            writer.writerow((name, i + 1, j + 1, guarded(rows[i]), guarded(columns[j]), exact(value)))
    return text.getvalue()


def import_weights(model: Model, text: str) -> Vector:
    """Return the parameters that a CSV text holds for this model.

    Raises:
        GradsheetError: for another header, a number that is none, a parameter, place or name the model does not have,
            a place given twice or not at all; the sentence names the line.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    blocks = {name: np.full(block.shape, np.nan) for name, block in model.blocks(model.state.params)}
    try:
        header = next(reader, [])
        if tuple(header) != HEADER:
            raise GradsheetError(f"line 1 must be {','.join(HEADER)}, but is {quoted(','.join(header)) or 'empty'}.")
        for fields in reader:
            if fields:
                put_number(model, blocks, fields, reader.line_num)
    except csv.Error as error:
        raise GradsheetError(f"line {reader.line_num} is not CSV: {error}.") from None
    for name, block in blocks.items():
        missing = np.argwhere(np.isnan(block))
        if missing.size:
            i, j = missing[0] + 1
            raise GradsheetError(f"{name}, row {i}, column {j}, is missing: the workbook's model needs it.")
    weights = [blocks[f"weight_{k + 1}"] for k in range(len(model.layers))]
    return pack(weights, [blocks.get(f"bias_{k + 1}") for k in range(len(model.layers))])


def put_number(model: Model, blocks: dict[str, Matrix], fields: list[str], line: int) -> None:
    """Put one line's number where it belongs.

    Raises:
        GradsheetError: naming the line, where it fits nowhere.
    """
    if len(fields) != len(HEADER):
        raise GradsheetError(f"line {line} has {len(fields)} fields, but must have {len(HEADER)}.")
    name, row, column, row_name, column_name, value = fields
    if name not in blocks:
        raise GradsheetError(f"line {line}: the workbook's model has no {quoted(name) or 'nameless parameter'}.")
    block = blocks[name]
    if not (WHOLE.fullmatch(row) and WHOLE.fullmatch(column)):
        given = f'row "{quoted(row)}" and column "{quoted(column)}"'
        raise GradsheetError(f"line {line}: {given} must be whole numbers from 1.")
    i, j = int(row) - 1, int(column) - 1
    if not (0 <= i < block.shape[0] and 0 <= j < block.shape[1]):
        shape = f"{block.shape[0]}×{block.shape[1]}"
        raise GradsheetError(f"line {line}: {name} is {shape} in the workbook and has no row {row}, column {column}.")
    if not np.isnan(block[i, j]):
        raise GradsheetError(f"line {line}: {name}, row {row}, column {column}, is given twice.")
    rows, columns = row_and_column_names(model, int(name.rsplit("_", 1)[1]) - 1)
    expected = ("bias" if name.startswith("bias") else rows[i], columns[j])
    for given, own, axis in zip((row_name, column_name), expected, ("row", "column"), strict=True):
        if given and unguarded(given) != own:
            raise GradsheetError(
                f'line {line}: the {axis} is called "{quoted(unguarded(given))}", but "{quoted(own)}" in the workbook.'
            )
    if not NUMBER.fullmatch(value) or not np.isfinite(float(value)):
        raise GradsheetError(f'line {line}: the value "{quoted(value)}" is not a number with a dot as decimal mark.')
    block[i, j] = float(value)


def guarded(name: str) -> str:
    """Return the name as the file holds it: no spreadsheet will take it for a formula."""
    return f"'{name}" if LIKE_A_FORMULA.match(name) else name


def unguarded(name: str) -> str:
    """Return the name behind `guarded`."""
    return name[1:] if name.startswith("'") and LIKE_A_FORMULA.match(name[1:]) else name

"""Apply the trained weights of an own table's workbook to new rows, prepared as the workbook prepares its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pyfuncs.cells.block import CellValue, quoted
from pyfuncs.cells.spelling import spelled
from pyfuncs.kernels.activations import softmax
from pyfuncs.kernels.arrays import Matrix
from pyfuncs.kernels.model import predict as network_outputs
from workbooks.own_data.meaning import DATE, NUMBER, PERCENT, TIME, VALUE, Meaning, date_text, shown
from workbooks.own_data.preparation import CLASS_LEFT, TABLE_TOP, TITLE, recipe_of
from workbooks.own_data.recipe import BLANK, BLANK_VALUE, DROP, OTHER, Input, Recipe
from workbooks.own_data.sentences import counted
from workbooks.own_data.table import Table
from workbooks.own_data.workbook import TEMPLATE
from workbooks.recalculate import FileCells, model_of
from workbooks.sheets.book import TEMPLATE_PROPERTY
from workbooks.xlsx.area import Area
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.workbook import WorkbookFile

FILL, MEAN, DEVIATION = 5, 7, 8
"""Columns of the sheet Preparation's table, from 0."""
MOST_SHOWN = 5


@dataclass(frozen=True)
class TrainedWorkbook:
    """What a workbook knows: how it prepares a table, and its trained network."""

    path: Path
    recipe: Recipe
    lines: list[list[CellValue]]
    """The table on the sheet Preparation, a line an input."""
    scale: tuple[float, float]
    """A regression target's mean and deviation."""
    file: WorkbookFile

    @classmethod
    def open(cls, path: Path) -> "TrainedWorkbook":
        """Read a workbook.

        Raises:
            FileProblem: for one that was not made from a table, or holds formulas without values.
        """
        file = WorkbookFile.open(path)
        if file.package.custom_properties().get(TEMPLATE_PROPERTY) != TEMPLATE:
            raise FileProblem(f"{path} was not made by gradsheet new, so it does not say how to prepare new rows.")
        cells = FileCells(file.package)
        try:
            recipe = recipe_of(cells)
        except (ValueError, TypeError, LookupError):
            raise FileProblem(f"{path}: the sheet {TITLE} is not as gradsheet new made it; make it anew.") from None
        bottom = TABLE_TOP + len(recipe.inputs) - 1
        lines = cells.values(Area(TITLE, TABLE_TOP, 1, bottom, DEVIATION + 1)).tolist()
        mean, deviation = cells.values(Area(TITLE, TABLE_TOP, CLASS_LEFT + 1, TABLE_TOP, CLASS_LEFT + 2))[0]
        for i, (each, line) in enumerate(zip(recipe.inputs, lines, strict=True)):
            needed = [FILL, MEAN, DEVIATION] if each.is_number else [] if each.kind == BLANK else [FILL]
            if any(line[j] is None for j in needed):
                raise FileProblem(
                    f"{path}, {TITLE}!A{TABLE_TOP + i}: a formula of that row has no stored value: open the workbook "
                    "in a spreadsheet program, let it calculate, and save it."
                )
        scale = (float(mean), float(deviation)) if recipe.task == "regression" else (0.0, 1.0)
        return cls(path, recipe, lines, scale, file)


@dataclass(frozen=True)
class Prediction:
    """Answers for new rows: the names and the cells of the columns to add, and sentences about what was done."""

    names: tuple[str, ...]
    rows: list[list[CellValue]]
    said: tuple[str, ...]
    meaning: Meaning
    """What the answers are: numbers, dates, times or words."""

    def text(self, answer: CellValue) -> CellValue:
        """Return an answer as the table's own columns write it: a date as a date."""
        if not isinstance(answer, float) or self.meaning.kind not in (DATE, TIME):
            return answer
        if self.meaning.kind == DATE and not self.meaning.has_time:
            return date_text(round(answer))
        return shown(answer, self.meaning.kind)


def predict(trained: TrainedWorkbook, table: Table) -> Prediction:
    """Return an answer for each row of a table, None where a row cannot be answered.

    Raises:
        FileProblem: for a column that is missing, or texts where the model needs numbers.
    """
    recipe = trained.recipe
    columns = columns_of(trained, table)
    prepared, unanswerable, said = without_blanks(trained, columns)
    said = other_units(recipe, table) + said
    inputs = []
    for each, line in zip(recipe.inputs, trained.lines, strict=True):
        cells = prepared[each.column]
        if each.is_number:
            inputs.append((numbers_of(cells) - as_number(line[MEAN])) / as_number(line[DEVIATION]))
        elif each.kind == BLANK:
            inputs.append(np.array([float(cell is None) for cell in columns[each.column]]))
        else:
            inputs.append(one_hot(each, [other for other in recipe.inputs if other.column == each.column], cells))
    for name, cells in prepared.items():
        said += unknown_values(name, [each for each in recipe.inputs if each.column == name], cells)
    names, answered = answers(recipe, outputs_of(trained, np.column_stack(inputs)), trained.scale)
    taken = {name.lower() for name in table.columns}
    empty: list[CellValue] = [None] * len(names)
    rows = [empty if blank else row for row, blank in zip(answered, unanswerable, strict=True)]
    truth = next((cells for name, cells in table.columns.items() if name.lower() == recipe.target.lower()), None)
    if truth is not None:
        said += judged(recipe, rows, truth)
    names = tuple(f"{name} 2" if name.lower() in taken else name for name in names)
    return Prediction(names, rows, tuple(said), recipe.meaning(recipe.target))


def columns_of(trained: TrainedWorkbook, table: Table) -> dict[str, list[CellValue]]:
    """Return the table's columns that the model needs, under the names it knows.

    Raises:
        FileProblem: for those that are missing, or at fault.
    """
    found = {name.lower(): cells for name, cells in table.columns.items()}
    wanted = dict.fromkeys(each.column for each in trained.recipe.inputs)
    missing = [name for name in wanted if name.lower() not in found]
    if missing:
        names = ", ".join(f'"{quoted(name)}"' for name in missing[:8])
        raise FileProblem(
            f"{table.path} lacks {'a column' if len(missing) == 1 else f'{len(missing)} columns'} that {trained.path} "
            f"was trained with: {names}.{table.elsewhere}"
        )
    folded = {name.lower() for name in wanted}
    table.check({name: fault for name, fault in table.faults.items() if name.lower() in folded}, set())
    return {name: found[name.lower()] for name in wanted}


def other_units(recipe: Recipe, table: Table) -> list[str]:
    """Say which columns of numbers have another unit than those that the model was trained with."""
    said = []
    for name in table.columns:
        meaning = recipe.meanings.get(name.lower())
        unit = table.meaning(name).unit
        if meaning is None or meaning.kind != NUMBER or meaning.unit == unit:
            continue
        line = f"{quoted(name)}: {meaning.unit or 'no unit'} in the training table, {unit or 'no unit'} here"
        said.append(f"{line}; 45 % is 0.45" if PERCENT in (unit, meaning.unit) else line)
    return said


def without_blanks(
    trained: TrainedWorkbook, columns: dict[str, list[CellValue]]
) -> tuple[dict[str, list[CellValue]], NDArray[np.bool_], list[str]]:
    """Return the columns with blanks filled, which rows cannot be answered instead, and what to say of it."""
    lines = zip(trained.recipe.inputs, trained.lines, strict=True)
    fills = {each.column: line[FILL] for each, line in reversed(list(lines))}
    is_dropped = trained.recipe.fill == DROP
    unanswerable = np.zeros(len(next(iter(columns.values()))), dtype=bool)
    said, prepared = [], {}
    for name, cells in columns.items():
        blank = np.array([cell is None for cell in cells])
        if blank.any():
            unanswerable |= blank & is_dropped
            count = f"{counted(int(blank.sum()), 'blank')} in {quoted(name)}"
            said.append(
                f"{count}: no prediction" if is_dropped else count + filled_with(trained.recipe, name, fills[name])
            )
        prepared[name] = [fills[name] if cell is None else cell for cell in cells]
    return prepared, unanswerable, said


def as_number(cell: CellValue) -> float:
    """Return the number that a cell of the sheet Preparation holds."""
    return float(cell)  # type: ignore[arg-type]


def filled_with(recipe: Recipe, column: str, fill: CellValue) -> str:
    """Say what becomes of a column's blanks."""
    if fill in (None, BLANK_VALUE):
        return ": blank is a value of its own"
    return f" filled with {shown(fill, recipe.meaning(column).kind)}"


def numbers_of(cells: Sequence[CellValue]) -> Matrix:
    """Return a column as numbers, NaN for a row that gets no prediction."""
    return np.array([np.nan if isinstance(cell, str) else cell for cell in cells], dtype=np.float64)


def one_hot(each: Input, own: Sequence[Input], cells: Sequence[CellValue]) -> Matrix:
    """Return 1 where a column holds an input's value, or for OTHER none of its column's, and else 0."""
    known = {str(other.value).lower() for other in own if other.kind in (VALUE, BLANK)}
    spelled = [shown(cell).lower() for cell in cells]
    if each.kind == OTHER:
        return np.array([float(cell not in known) for cell in spelled])
    return np.array([float(cell == str(each.value).lower()) for cell in spelled])


def unknown_values(name: str, own: Sequence[Input], cells: Sequence[CellValue]) -> list[str]:
    """Say which values of a column of texts the model has not seen, and what it makes of them."""
    if any(each.is_number or each.kind == OTHER for each in own):
        return []
    known = {str(each.value).lower() for each in own}
    strange = [shown(cell) for cell in cells if shown(cell).lower() not in known | {DROP}]
    if not strange:
        return []
    values = sorted(set(strange))
    shown_values = ", ".join(f'"{quoted(value)}"' for value in values[:MOST_SHOWN])
    more = f" and {len(values) - MOST_SHOWN} more" if len(values) > MOST_SHOWN else ""
    where = counted(len(strange), "row")
    return [f"{quoted(name)}: unknown to the model in {where}, counted as no value: {shown_values}{more}"]


def outputs_of(trained: TrainedWorkbook, inputs: Matrix) -> Matrix:
    """Return what the network gives for rows of inputs."""
    model = model_of(trained.file)
    outputs: Matrix = network_outputs(model.network, model.state.params, inputs)
    return outputs


def answers(
    recipe: Recipe, outputs: Matrix, scale: tuple[float, float]
) -> tuple[tuple[str, ...], list[list[CellValue]]]:
    """Return the names of the columns to add, and their cells: the answer in the table's words, then its shares."""
    if recipe.task == "regression":
        mean, deviation = scale
        return ("prediction",), [[float(output)] for output in outputs[:, 0] * deviation + mean]
    if recipe.task == "binary":
        no, yes = recipe.classes
        return ("prediction", f"p {shown(yes)}"), [[yes if p > 0.5 else no, float(p)] for p in outputs[:, 0]]
    shares = softmax(outputs)
    names = ("prediction", *(f"p {shown(value)}" for value in recipe.classes))
    return names, [[recipe.classes[int(np.argmax(row))], *row.tolist()] for row in shares]


def judged(recipe: Recipe, rows: Sequence[Sequence[CellValue]], truth: Sequence[CellValue]) -> list[str]:
    """Say how good the answers are where the table holds the truth."""
    pairs = [(row[0], true) for row, true in zip(rows, truth, strict=True) if row[0] is not None and true is not None]
    if not pairs:
        return []
    where = f"{counted(len(pairs), 'row')} {'hold' if len(pairs) > 1 else 'holds'} {quoted(recipe.target)} already"
    if recipe.task != "regression":
        right = sum(shown(said).lower() == shown(true).lower() for said, true in pairs)
        return [f"{where}: accuracy {right / len(pairs):.1%}"]
    if any(isinstance(true, str) for _, true in pairs):
        return []
    said, true = np.array(pairs, dtype=np.float64).T
    spread = ((true - true.mean()) ** 2).sum()
    return [f"{where}: R² {spelled(1 - ((said - true) ** 2).sum() / spread, 3)}"] if spread > 0 else []

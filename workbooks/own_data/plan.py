"""Decide from a table what its workbook is: which columns become which inputs, and what kind of task the target is."""

from collections.abc import Sequence
from dataclasses import dataclass

from addin.file.errors import FileProblem
from pyfuncs.cells.block import CellValue, quoted
from workbooks.own_data.recipe import DROP, MEDIAN, NUMBER, OTHER, VALUE, Input, Recipe, shown
from workbooks.own_data.table import Table

MOST_CLASSES = 30
MOST_WHOLE_CLASSES = 10
"""A target of more different whole numbers is a quantity, unless --task says otherwise."""
MOST_VALUES = 12
RARE_SHARE = 0.01
LEAST_COVERED = 0.2
"""Values that get inputs of their own must make up so much of a column, else it is one of names."""
MOST_INPUTS = 500
MOST_CELLS = 4_000_000
LEAST_COUNTED = 5


@dataclass(frozen=True)
class Wishes:
    """What a person asked for."""

    target: str
    task: str = "auto"
    fill: str = MEDIAN
    hidden: tuple[int, ...] = ()
    leave_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A recipe, the table it fits, and sentences about what was decided."""

    recipe: Recipe
    table: Table
    said: tuple[str, ...]


def plan(table: Table, wishes: Wishes) -> Plan:
    """Return what to make of a table.

    Raises:
        FileProblem: where nothing can be learned from it; the sentence says why and what to do.
    """
    target = named(table, wishes.target)
    left_out = {named(table, name) for name in wishes.leave_out}
    if target in left_out:
        raise FileProblem(f'"{quoted(target)}" is the target, so it cannot be left out.')
    said = list(table.said)
    table = table.without(left_out)
    table, lines = without_useless(table, target)
    said += lines
    table, lines = with_known_target(table, target)
    said += lines
    table, lines = filled_or_dropped(table, target, wishes.fill)
    said += lines
    spelled = {name: one_spelling(cells) for name, cells in table.columns.items()}
    table = Table(table.path, spelled, table.rows, table.said)
    task, classes, lines = task_of(table, target, wishes.task)
    said += lines
    table, inputs, lines = inputs_of(table, target)
    said += lines
    if not inputs:
        raise FileProblem(f"{table.path} has no column but the target that differs from row to row: nothing to learn.")
    if len(inputs) > MOST_INPUTS or len(inputs) * len(table.rows) > MOST_CELLS:
        raise FileProblem(
            f"{table.path} would give {len(inputs)} inputs for {len(table.rows)} rows, but a workbook takes at most "
            f"{MOST_INPUTS} inputs and {MOST_CELLS} numbers of them: leave columns out with --leave-out."
        )
    recipe = Recipe(
        len(table.rows), tuple(table.columns), inputs, target, task, classes, wishes.fill, tuple(wishes.hidden)
    )
    return Plan(recipe, table, tuple(said))


def named(table: Table, name: str) -> str:
    """Return the column that a person means.

    Raises:
        FileProblem: for a name that no column has.
    """
    found = name if name in table.columns else None
    found = found or next((known for known in table.columns if known.lower() == name.strip().lower()), None)
    if found is None:
        names = ", ".join(quoted(known) for known in list(table.columns)[:12])
        more = f" and {len(table.columns) - 12} more" if len(table.columns) > 12 else ""
        raise FileProblem(f'{table.path} has no column "{quoted(name)}"; it has {names}{more}.{table.elsewhere}')
    return found


def without_useless(table: Table, target: str) -> tuple[Table, list[str]]:
    """Leave out columns that hold nothing, or only count the rows."""
    blank = {name for name, cells in table.columns.items() if name != target and all(cell is None for cell in cells)}
    counting = {name for name, cells in table.columns.items() if name != target and counts_rows(cells)}
    said = [f"left out, all blank: {listed(blank)}"] if blank else []
    said += [f"left out, only counts the rows: {listed(counting)}"] if counting else []
    return table.without(blank | counting), said


def counts_rows(cells: Sequence[CellValue]) -> bool:
    """Tell whether a column counts 0, 1, 2 … or 1, 2, 3 … down the table."""
    if len(cells) < LEAST_COUNTED or cells[0] not in (0.0, 1.0):
        return False
    first = float(cells[0])  # type: ignore[arg-type]
    return all(cell == first + i for i, cell in enumerate(cells))


def with_known_target(table: Table, target: str) -> tuple[Table, list[str]]:
    """Leave out rows without a target.

    Raises:
        FileProblem: where no row has one.
    """
    known = [i for i, cell in enumerate(table.columns[target]) if cell is not None]
    if not known:
        raise FileProblem(f'{table.path}: the target "{quoted(target)}" is blank in every row; name another column.')
    missing = len(table.rows) - len(known)
    if not missing:
        return table, []
    return table.keep(known), [f"left out, target blank: {rows_text(missing)}"]


def filled_or_dropped(table: Table, target: str, fill: str) -> tuple[Table, list[str]]:
    """Leave out rows with blanks if so asked, else say how many blanks will be filled.

    Raises:
        FileProblem: where no row is without a blank.
    """
    if fill == DROP:
        whole = [i for i in range(len(table.rows)) if all(cells[i] is not None for cells in table.columns.values())]
        if not whole:
            raise FileProblem(f"{table.path} has a blank in every row: fill them with --fill median.")
        dropped = len(table.rows) - len(whole)
        return (table.keep(whole), [f"left out, with a blank: {rows_text(dropped)}"]) if dropped else (table, [])
    said = []
    for name, cells in table.columns.items():
        blanks = sum(cell is None for cell in cells)
        if blanks:
            is_text = any(isinstance(cell, str) for cell in cells)
            what = fill if fill == MEDIAN and not is_text else "most frequent value"
            said.append(f"{blanks} blank{'s' * (blanks > 1)} in {quoted(name)} filled with the {what}")
    return table, said


def one_spelling(cells: list[CellValue]) -> list[CellValue]:
    """Return a column that holds a text as texts only, each as it is first spelled: a spreadsheet ignores case."""
    if not any(isinstance(cell, str) for cell in cells):
        return cells
    spelling: dict[str, str] = {}
    return [None if cell is None else spelling.setdefault(shown(cell).lower(), shown(cell)) for cell in cells]


def task_of(table: Table, target: str, wish: str) -> tuple[str, tuple[CellValue, ...], list[str]]:
    """Return the task, the target's classes in order, and what to say of it.

    Raises:
        FileProblem: for a target that does not fit the task, has one value only, or too many classes.
    """
    cells = table.columns[target]
    values: list[CellValue] = sorted(set(cells), key=lambda cell: (str(cell).lower(), str(cell)))
    is_text = any(isinstance(cell, str) for cell in cells)
    if not is_text:
        values = sorted(set(cells))  # type: ignore[type-var]
    where = f'{table.path}: the target "{quoted(target)}"'
    if len(values) == 1:
        raise FileProblem(f'{where} is "{quoted(shown(values[0]))}" in every row: there is nothing to tell apart.')
    whole = not is_text and all(float(cell) == int(float(cell)) for cell in values)  # type: ignore[arg-type]
    if wish == "auto":
        few = is_text or (whole and len(values) <= MOST_WHOLE_CLASSES)
        task = "binary" if len(values) == 2 else "multiclass" if few else "regression"
    else:
        task = wish
    if task == "regression":
        if is_text:
            raise FileProblem(f"{where} holds texts, so it cannot be a regression; leave --task out.")
        return task, (), [f"task: regression, {quoted(target)} is a number"]
    if len(values) > MOST_CLASSES:
        raise FileProblem(f"{where} has {len(values)} different values, but a workbook takes at most {MOST_CLASSES}.")
    if task == "binary" and len(values) != 2:
        raise FileProblem(f"{where} has {len(values)} different values, so the task cannot be binary.")
    names = ", ".join(quoted(shown(value)) for value in values)
    if task == "binary":
        return task, tuple(values), [f"task: binary, is {quoted(target)} {quoted(shown(values[1]))}? ({names})"]
    hint = "" if is_text else "; --task regression takes it as a quantity"
    return task, tuple(values), [f"task: multiclass, {len(values)} classes of {quoted(target)}: {names}{hint}"]


def inputs_of(table: Table, target: str) -> tuple[Table, tuple[Input, ...], list[str]]:
    """Return the table without columns that never differ, the inputs, and what to say of them.

    Raises:
        FileProblem: for a column of texts none of which comes often enough.
    """
    inputs: list[Input] = []
    said = []
    constant = set()
    for name, cells in table.columns.items():
        if name == target:
            continue
        values = {cell for cell in cells if cell is not None}
        if len(values) == 1:
            constant.add(name)
        elif any(isinstance(cell, str) for cell in values):
            found, rare = values_of(table, name)
            inputs += found
            said += [f"{quoted(name)}: {rare} rare values are grouped as other"] if rare else []
        else:
            inputs.append(Input(name, NUMBER))
    said += [f"left out, the same in every row: {listed(constant)}"] if constant else []
    return table.without(constant), tuple(inputs), said


def values_of(table: Table, name: str) -> tuple[list[Input], int]:
    """Return an input a value of a column of texts, the most frequent first, and how many rare values share one.

    Raises:
        FileProblem: where no value comes often enough.
    """
    counts: dict[str, int] = {}
    for cell in table.columns[name]:
        if cell is not None:
            counts[str(cell)] = counts.get(str(cell), 0) + 1
    least = max(2, len(table.rows) * RARE_SHARE)
    ordered = sorted(counts, key=lambda value: (-counts[value], value.lower()))
    kept = [value for value in ordered if counts[value] >= least][:MOST_VALUES]
    if sum(counts[value] for value in kept) < LEAST_COVERED * sum(counts.values()):
        raise FileProblem(
            f'{table.path}: the column "{quoted(name)}" holds {len(counts)} different texts in {len(table.rows)} rows, '
            f'so hardly two rows share one, like names: leave it out with --leave-out "{quoted(name)}".'
        )
    rare = len(ordered) - len(kept)
    inputs = [Input(name, VALUE, value) for value in kept]
    return inputs + ([Input(name, OTHER)] if rare else []), rare


def listed(names: set[str]) -> str:
    """Return names as a sentence has them, not all of very many."""
    ordered = sorted(quoted(name) for name in names)
    return ", ".join(ordered[:8]) + (f" and {len(ordered) - 8} more" if len(ordered) > 8 else "")


def rows_text(count: int) -> str:
    """Return a number of rows in words."""
    return f"{count} row{'s' * (count != 1)}"

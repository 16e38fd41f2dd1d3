"""Decide from a table what its workbook is: which columns become which inputs, and what kind of task the target is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pyfuncs.cells.block import CellValue, quoted
from workbooks.own_data.columns import CALLED, Fault
from workbooks.own_data.meaning import DATE, NUMBER, TIME, VALUE, Meaning, shown
from workbooks.own_data.recipe import BLANK, BLANK_VALUE, DROP, MEDIAN, OTHER, Input, Recipe
from workbooks.own_data.sentences import counted, listed
from workbooks.own_data.table import Table
from workbooks.xlsx.errors import FileProblem

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
LEAST_IDS = 20
"""So many rows, and whole numbers that all differ may be an id."""


@dataclass(frozen=True)
class PlanOptions:
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


def plan(table: Table, options: PlanOptions) -> Plan:
    """Return what to make of a table.

    Raises:
        FileProblem: where nothing can be learned from it; the sentence says why and what to do.
    """
    target = named(table, options.target)
    left_out = {named(table, name) for name in options.leave_out}
    if target in left_out:
        raise FileProblem(f'"{quoted(target)}" is the target, so it cannot be left out.')
    table = table.without(left_out)
    said = list(table.said)
    table, lines = without_useless_columns(table, target)
    said += [f"{quoted(name)}: {table.remarks[name]}" for name in table.columns if name in table.remarks] + lines
    table, lines = with_known_target(table, target)
    said += lines
    table, lines = filled_or_dropped(table, target, options.fill)
    said += lines
    check_columns(table, target, options.fill)
    table = replace(table, columns={name: one_spelling(cells) for name, cells in table.columns.items()})
    task, classes, lines = task_of(table, target, options.task)
    said += lines
    table, inputs, lines = inputs_of(table, target, options.fill)
    said += lines
    if not inputs:
        raise FileProblem(f"{table.path} has no column but the target that differs from row to row: nothing to learn.")
    if len(inputs) > MOST_INPUTS or len(inputs) * len(table.rows) > MOST_CELLS:
        raise FileProblem(
            f"{table.path} would give {len(inputs)} inputs for {len(table.rows)} rows, but a workbook takes at most "
            f"{MOST_INPUTS} inputs and {MOST_CELLS} numbers of them: leave columns out with --leave-out."
        )
    columns, hidden = tuple(table.columns), tuple(options.hidden)
    meaning = table.meaning(target)
    recipe = Recipe(len(table.rows), columns, inputs, target, task, classes, options.fill, hidden, meaning)
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


def without_useless_columns(table: Table, target: str) -> tuple[Table, list[str]]:
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
    return table.keep(known), [f"left out, target blank: {counted(missing, 'row')}"]


def check_columns(table: Table, target: str, fill: str) -> None:
    """Check that every column can be used.

    Raises:
        FileProblem: naming all that cannot, those of names among them.
    """
    faults = {name: table.faults[name] for name in table.columns if name in table.faults}
    for name in table.columns:
        if name != target and name not in faults and is_words(table, name):
            fault = as_names(table, name, fill)
            faults |= {} if fault is None else {name: fault}
    table.check(faults, set(table.columns) - {target})


def is_words(table: Table, name: str) -> bool:
    """Tell whether a column holds a word."""
    return any(isinstance(cell, str) for cell in table.columns[name])


def as_names(table: Table, name: str, fill: str) -> Fault | None:
    """Return the fault of a column of words none of which comes often enough, None where one does."""
    cells = [None if cell is None else shown(cell).lower() for cell in table.columns[name]]
    counts = Counter(cell for cell in cells if cell is not None)
    blanks = cells.count(None)
    if len(counts) < 2 or (blanks and is_blank_a_value(cells, fill)):
        return None
    kept = kept_values(counts, len(cells))
    if sum(counts[value] for value in kept) >= LEAST_COVERED * counts.total():
        return None
    where = counted(counts.total(), "filled row" if blanks else "row")
    what = f"holds {len(counts)} different texts in {where}, none of them in more than {max(counts.values())}"
    return Fault(what, f'too few rows share one to learn from it, so leave it out with --leave-out "{quoted(name)}"')


def is_blank_a_value(cells: Sequence[CellValue], fill: str) -> bool:
    """Tell whether a blank is a value of its own: where it comes more often than any word does."""
    counts = Counter(cells)
    blanks = counts.pop(None, 0)
    return fill != DROP and blanks > max(counts.values(), default=0)


def filled_or_dropped(table: Table, target: str, fill: str) -> tuple[Table, list[str]]:
    """Leave out rows with blanks if so asked, else say what becomes of the blanks.

    Raises:
        FileProblem: where no row is without a blank.
    """
    if fill == DROP:
        whole = [i for i in range(len(table.rows)) if all(cells[i] is not None for cells in table.columns.values())]
        if not whole:
            raise FileProblem(f"{table.path} has a blank in every row: fill them with --fill median.")
        dropped = len(table.rows) - len(whole)
        return (table.keep(whole), [f"left out, with a blank: {counted(dropped, 'row')}"]) if dropped else (table, [])
    said = []
    for name, cells in table.columns.items():
        blanks = cells.count(None)
        if not blanks:
            continue
        is_text = is_words(table, name)
        count = f"{counted(blanks, 'blank')} in {quoted(name)}"
        if is_text and is_blank_a_value(one_spelling(cells), fill):
            said.append(f"{count}: blank is a value of its own")
        else:
            what = fill if fill == MEDIAN and not is_text else "most frequent value"
            own = ", and an input tells where" * (not is_text and 2 * blanks > len(cells))
            said.append(f"{count} filled with the {what}{own}")
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
    kind = table.meaning(target).kind
    called = f"column {target}" if target.isdecimal() else quoted(target)
    if len(values) == 1:
        raise FileProblem(
            f'{where} is "{quoted(shown(values[0], kind))}" in every row: there is nothing to tell apart.'
        )
    if kind in (DATE, TIME):
        if wish not in ("auto", "regression"):
            raise FileProblem(f"{where} holds {CALLED[kind]}, so the task can only be regression.")
        return "regression", (), [f"task: regression, {called} holds {CALLED[kind]}, and so will the answers"]
    whole = not is_text and all(float(cell) == int(float(cell)) for cell in values)  # type: ignore[arg-type]
    if wish == "auto":
        few = is_text or (whole and len(values) <= MOST_WHOLE_CLASSES)
        task = "binary" if len(values) == 2 else "multiclass" if few else "regression"
    else:
        task = wish
    if task == "regression":
        if is_text:
            raise FileProblem(f"{where} holds texts, so it cannot be a regression; leave --task out.")
        hint = f"; --task multiclass takes its {len(values)} whole numbers as classes"
        hint *= wish == "auto" and whole and len(values) <= MOST_CLASSES
        return task, (), [f"task: regression, {called} is a number{hint}"]
    if len(values) > MOST_CLASSES:
        raise FileProblem(f"{where} has {len(values)} different values, but a workbook takes at most {MOST_CLASSES}.")
    if task == "binary" and len(values) != 2:
        raise FileProblem(f"{where} has {len(values)} different values, so the task cannot be binary.")
    names = ", ".join(quoted(shown(value)) for value in values)
    if task == "binary":
        return task, tuple(values), [f"task: binary, is {called} {quoted(shown(values[1]))}? ({names})"]
    hint = "" if is_text else "; --task regression takes it as a quantity"
    return task, tuple(values), [f"task: multiclass, {len(values)} classes of {called}: {names}{hint}"]


def inputs_of(table: Table, target: str, fill: str) -> tuple[Table, tuple[Input, ...], list[str]]:
    """Return the table without columns that never differ, the inputs, and what to say of them."""
    inputs: list[Input] = []
    said = []
    constant = set()
    for name, cells in table.columns.items():
        if name == target:
            continue
        is_text = is_words(table, name)
        has_own_blank = (
            is_blank_a_value(cells, fill) if is_text else fill != DROP and 2 * cells.count(None) > len(cells)
        )
        if len(set(cells) - {None}) + has_own_blank == 1:
            constant.add(name)
        elif is_text:
            found, rare = values_of(table, name, has_own_blank)
            inputs += found
            said += (
                [f"{quoted(name)}: {rare} rare value{'s are' if rare > 1 else ' is'} grouped as other"] if rare else []
            )
        else:
            found, lines = numbers_of(table, name, has_own_blank)
            inputs += found
            said += lines
    said += [f"left out, the same in every row: {listed(constant)}"] if constant else []
    return table.without(constant), tuple(inputs), said


def numbers_of(table: Table, name: str, has_own_blank: bool) -> tuple[list[Input], list[str]]:
    """Return the input of a column of numbers, one for its blanks too where most are, and what to say of it."""
    cells = table.columns[name]
    meaning = table.meaning(name)
    blank = [Input(name, BLANK, BLANK_VALUE)] if has_own_blank else []
    found = [Input(name, meaning.kind, meaning.unit), *blank]
    if len({cell for cell in cells if cell is not None}) == 1:
        return blank, []
    is_id = (
        len(cells) >= LEAST_IDS
        and len(set(cells)) == len(cells)
        and all(isinstance(cell, float) and cell.is_integer() for cell in cells)
    )
    if not is_id or meaning != Meaning(NUMBER):
        return found, []
    return found, [
        f"{quoted(name)}: a different whole number in every row, taken as a quantity; if it is a name for the row, "
        f'--leave-out "{quoted(name)}"'
    ]


def values_of(table: Table, name: str, has_own_blank: bool) -> tuple[list[Input], int]:
    """Return an input a value of a column of texts, the most frequent first, and how many rare values share one."""
    counts = Counter(str(cell) for cell in table.columns[name] if cell is not None)
    kept = kept_values(counts, len(table.rows))
    rare = len(counts) - len(kept)
    inputs = [Input(name, BLANK, BLANK_VALUE)] if has_own_blank else []
    inputs += [Input(name, VALUE, value) for value in kept]
    return inputs + ([Input(name, OTHER)] if rare else []), rare


def kept_values(counts: Mapping[str, int], rows: int) -> list[str]:
    """Return the values that come often enough for an input of their own, the most frequent first."""
    least = max(2, rows * RARE_SHARE)
    ordered = sorted(counts, key=lambda value: (-counts[value], value.lower()))
    return [value for value in ordered if counts[value] >= least][:MOST_VALUES]

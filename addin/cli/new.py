"""gradsheet new: make a workbook from anyone's table."""

import argparse
import sys
from pathlib import Path

from addin.cli.parser import seed
from workbooks.own_data.header import NO_HEADER
from workbooks.own_data.plan import PlanOptions, plan
from workbooks.own_data.recipe import FILLS, MEDIAN, TASKS, Recipe
from workbooks.own_data.sentences import counted, file_name
from workbooks.own_data.table import read_table
from workbooks.own_data.words import StartTexts
from workbooks.own_data.workbook import build
from workbooks.sheets.writer import write
from workbooks.xlsx.atomic import write_atomically
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.locks import refuse_if_open

MOST_LAYERS = 5
MOST_UNITS = 64


def run(options: argparse.Namespace) -> int:
    """Read the table, decide what becomes of it, say so, and write the workbook.

    Raises:
        GradsheetError: for a table from which nothing can be learned, or a file that is there already; nothing is
            written then.
    """
    output = options.output or Path(f"{options.table.stem}.model.xlsx")
    if output.exists() and not options.force:
        raise FileProblem(f"{output} is there already; name another file with -o, or replace it with --force.")
    refuse_if_open(output)
    working(f"Reading {options.table} …")
    table = read_table(options.table, options.encoding, options.sheet, header_row=options.header_row)
    working(f"Preparing {len(table.rows)} rows × {len(table.columns)} columns …")
    asked = PlanOptions(options.target, options.task, options.fill, options.hidden, tuple(options.leave_out))
    found = plan(table, asked)
    words = StartTexts.of(found.recipe, file_name(output), file_name(options.table), found.said)
    check_split(options.table, found.recipe, options.valid_fraction)
    book = build(found.recipe, found.table, None, words, options.valid_fraction, options.seed)
    working(f"Writing {output} …")
    write_atomically(output, write(book))
    for line in found.said:
        print(f"- {line}")
    recipe = found.recipe
    sizes = "→".join(map(str, recipe.sizes))
    print(f"Made {output}: {recipe.rows} rows, {counted(len(recipe.inputs), 'input')}, network {sizes}.")
    print(f"Train it: gradsheet train {output}")
    return 0


def check_split(path: Path, recipe: Recipe, fraction: float) -> None:
    """Check that a row is left to train.

    Raises:
        FileProblem: where there are too few rows.
    """
    if recipe.rows < 2 or recipe.rows - int(recipe.rows * fraction) < 2:
        raise FileProblem(f"{path} leaves fewer than two rows to train on: more rows are needed.")


def working(line: str) -> None:
    """Say at once what comes next: a large table takes a while."""
    print(line, file=sys.stderr, flush=True)


def sizes(text: str) -> tuple[int, ...]:
    """Return the sizes of the hidden layers: 8,8."""
    try:
        found = tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} must be whole numbers with commas between, 8,8 for instance"
        ) from None
    if len(found) > MOST_LAYERS or any(not 1 <= size <= MOST_UNITS for size in found):
        raise argparse.ArgumentTypeError(f"{text}: at most {MOST_LAYERS} layers of 1 to {MOST_UNITS} units each")
    return found


def share(text: str) -> float:
    """Return a number from 0 to below 1."""
    number = float(text)
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError(f"{text} must be from 0 to below 1")
    return number


def line_number(text: str) -> int:
    """Return a line's number, from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} must be the number of a line, from 1 on")
    return int(text)


def add_header_options(command: argparse.ArgumentParser) -> None:
    """Add where a table's names stand."""
    header = command.add_mutually_exclusive_group()
    header.add_argument(
        "--header-row",
        type=line_number,
        metavar="N",
        help="the line of the file, or row of the sheet, with the columns' names (default: the first not blank)",
    )
    header.add_argument(
        "--no-header",
        dest="header_row",
        action="store_const",
        const=NO_HEADER,
        help="the columns have no names and are called 1, 2, 3 …",
    )


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the table, and what is wanted of it."""
    command.add_argument("table", type=Path, help="a CSV file, or an .xlsx or .ods file with a table")
    command.add_argument("--target", required=True, metavar="COLUMN", help="the column that the model is to predict")
    command.add_argument("--task", choices=("auto", *TASKS), default="auto", help="what the target is (default: auto)")
    command.add_argument(
        "--hidden", type=sizes, default=(), metavar="SIZES", help="units of each hidden layer, 8,8 for instance"
    )
    command.add_argument(
        "--fill", choices=FILLS, default=MEDIAN, help="what a blank becomes, or drop the row (default: median)"
    )
    command.add_argument(
        "--leave-out",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column to leave out of the inputs; repeatable",
    )
    command.add_argument(
        "--valid-fraction", type=share, default=0.2, help="share of the rows kept aside for checking (default: 0.2)"
    )
    command.add_argument("--seed", type=seed, default=0, help="seed of the split and the first weights (default: 0)")
    command.add_argument("--encoding", help="of a CSV file, where it is not found out: utf-8, cp1252 …")
    command.add_argument("--sheet", help="sheet of an .xlsx or .ods file, or an Excel table (default: the first sheet)")
    add_header_options(command)
    command.add_argument("-o", "--output", type=Path, help="workbook to write (default: TABLE.model.xlsx)")
    command.add_argument("--force", action="store_true", help="replace a workbook that is there already")

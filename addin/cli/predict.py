"""gradsheet predict: answers for new rows from a trained workbook that was made from a table."""

import argparse
import csv
import io
import re
import sys
from pathlib import Path

from addin.cli.new import add_header_options, working
from addin.cli.streams import print_data
from pyfuncs.cells.block import CellValue
from pyfuncs.cells.spelling import exact
from pyfuncs.training.weights import guarded
from workbooks.own_data.predict import Prediction, TrainedWorkbook, predict
from workbooks.own_data.sentences import counted
from workbooks.own_data.table import Table, read_table
from workbooks.xlsx.atomic import write_atomically

WRITTEN_NUMBER = re.compile(r"[+-]?[\d.,' \u00a0\u202f$€£¥%]*(?:[eE][+-]?\d+)?[ %]*")
"""A number as tables spell it, its sign, unit and separators included: nothing that a spreadsheet would run."""


def run(options: argparse.Namespace) -> int:
    """Prepare the new rows as the workbook prepares its own, and write them with the answers as CSV.

    Raises:
        GradsheetError: for a workbook not made from a table, or new rows that do not fit it; nothing is written then.
    """
    working(f"Reading {options.workbook} …")
    trained = TrainedWorkbook.open(options.workbook)
    table = read_table(
        options.table,
        options.encoding,
        options.sheet,
        header_row=options.header_row,
        known=trained.recipe.meanings,
    )
    found = predict(trained, table)
    text = as_csv(table, found)
    lines = [f"- {line}" for line in (*table.said, *found.said)]
    if trained.file.read("epoch") == [[0]] and trained.file.read("step") == [[0]]:
        lines.append(f"- the model is not trained yet: gradsheet train {options.workbook}")
    if options.output is None:
        print_data(text.replace("\r\n", "\n"))
        print("\n".join(lines), file=sys.stderr)
        return 0
    write_atomically(options.output, text.encode())
    print("\n".join(lines))
    print(f"Wrote {options.output}: {counted(len(table.rows), 'row')} with their prediction.")
    return 0


def as_csv(table: Table, found: Prediction) -> str:
    """Return the table with the answers as the text of a CSV file, its own cells as they were."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(map(as_text, (*table.as_read, *found.names)))
    for i, row in enumerate(found.rows):
        answer, *shares = row
        own = (cells[i] for cells in table.as_read.values())
        writer.writerow(map(as_text, (*own, found.text(answer), *shares)))
    return stream.getvalue()


def as_text(cell: CellValue) -> str:
    """Return a cell as the file holds it: numbers with all their digits, words that no spreadsheet will run."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return exact(cell)
    return str(cell) if WRITTEN_NUMBER.fullmatch(str(cell)) else guarded(str(cell))


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the workbook and the new rows."""
    command.add_argument("workbook", type=Path, help="a workbook made by gradsheet new, and trained")
    command.add_argument("table", type=Path, help="new rows: a CSV file, or an .xlsx or .ods file with a table")
    command.add_argument("-o", "--output", type=Path, help="CSV file to write (default: print it)")
    command.add_argument("--encoding", help="of a CSV file, where it is not found out: utf-8, cp1252 …")
    command.add_argument(
        "--sheet", help="sheet of that .xlsx or .ods file, or an Excel table (default: the first sheet)"
    )
    add_header_options(command)

"""The table on a sheet of a workbook."""

import datetime
import zipfile
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from addin.file.errors import FileProblem
from pyfuncs.cells.block import CellValue
from workbooks.own_data.delimited import read_bytes

DAMAGE = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, ParseError, OSError)


def read_sheet(path: Path, sheet: str | None) -> tuple[list[list[CellValue]], tuple[str, ...]]:
    """Return the rows of a sheet from its first on, and which sheet that was.

    Dates and times become texts as ISO 8601 writes them, TRUE and FALSE words, error cells blanks.

    Raises:
        FileProblem: for a file that is no workbook, or has no such sheet.
    """
    read_bytes(path)
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except DAMAGE:
        raise FileProblem(f"{path} is not an .xlsx workbook; save it as .xlsx or CSV and try again.") from None
    titles = [found.title for found in workbook.worksheets]
    if sheet is not None and sheet not in titles:
        raise FileProblem(f"{path} has no sheet {sheet}; it has {', '.join(titles)}.")
    title = sheet or titles[0]
    rows = [[value(cell) for cell in row] for row in workbook[title].iter_rows(values_only=True)]
    workbook.close()
    width = max((j + 1 for row in rows for j, cell in enumerate(row) if cell is not None), default=0)
    trimmed = [(row + [None] * width)[:width] for row in rows]
    return trimmed, (f"sheet {title}",)


def value(cell: object) -> CellValue:
    """Return what a cell holds as a table knows it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return float(cell)
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ") if cell.time() != datetime.time() else cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        return cell / datetime.timedelta(days=1)
    text = None if cell is None else str(cell)
    return None if text is None or (text.startswith("#") and text.endswith(("!", "?", "/A"))) else text

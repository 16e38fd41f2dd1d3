"""What the catalogue's tests share: the formulas as LAMBDAs in IronCalc."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ironcalc
import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

from pyfuncs.catalogue.lambdas import lambdas
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import ErrorCode
from workbooks.xlsx.future import stored

Cells = list[list[Any]]
Case = tuple[str, Sequence[Any], tuple[int, int]]
"""A formula's name, its arguments as cells, and how many rows and columns to show."""
FIRST_ARGUMENT = 40
"""The column where the arguments begin."""


@pytest.fixture(scope="session")
def in_ironcalc(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sequence[Case]], list[Cells]]:
    """Return what calculates formulas as LAMBDAs in IronCalc, their arguments being cells of the sheet."""

    def calculate(cases: Sequence[Case]) -> list[Cells]:
        book = openpyxl.Workbook()
        sheet = book.active
        for name, text in lambdas(formulas()).items():
            book.defined_names[name] = DefinedName(name, attr_text=stored(text))
        row, places = 1, []
        for name, arguments, (rows, columns) in cases:
            references, column, height = [], FIRST_ARGUMENT, rows
            for block in arguments:
                if block is None:
                    references.append("")
                    continue
                cells = rows_of(block)
                put(sheet, row, column, cells)
                right = column + len(cells[0]) - 1
                references.append(f"{get_column_letter(column)}{row}:{get_column_letter(right)}{row + len(cells) - 1}")
                column, height = right + 2, max(height, len(cells))
            call = f"={name}({','.join(references).rstrip(',')})"
            area = f"A{row}:{get_column_letter(columns)}{row + rows - 1}"
            sheet.cell(row, 1).value = ArrayFormula(area, call)
            places.append((row, rows, columns))
            row += height + 1
        path: Path = tmp_path_factory.mktemp("lambdas") / "cases.xlsx"
        book.save(path)
        model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
        model.evaluate()
        return [
            [[model.get_cell_value(0, top + i, 1 + j) for j in range(columns)] for i in range(rows)]
            for top, rows, columns in places
        ]

    return calculate


def rows_of(block: Any) -> Cells:
    """Return a block as rows of cells."""
    if not isinstance(block, list):
        return [[block]]
    return [row if isinstance(row, list) else [row] for row in block]


def put(sheet: Any, top: int, left: int, cells: Cells) -> None:
    """Put cells on a sheet; an error is a formula that gives it."""
    for i, row in enumerate(cells):
        for j, value in enumerate(row):
            sheet.cell(top + i, left + j).value = f"={value}" if isinstance(value, ErrorCode) else value

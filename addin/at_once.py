"""Clicks on a workbook file, which nobody watches: done at once, and the formulas follow as far as they are known."""

from collections.abc import Sequence
from pathlib import Path

from pyfuncs.training.restarts import FirstValues
from workbooks.clicks.click import Click, Run
from workbooks.recalculate import first_values, write_and_refresh
from workbooks.xlsx.workbook import WorkbookFile


class FileRun(Run):
    """One click on a file's model; the file is not saved."""

    cells: WorkbookFile

    def first_values(self, seeds: Sequence[int]) -> FirstValues:
        """Return the first values that a known template's formulas have for a seed."""
        return first_values(self.cells)

    def write(self) -> None:
        """Put what the click has come to into the cells, and give the formulas their values."""
        write_and_refresh(self.cells, self.blocks())


def press(click: Click, file: WorkbookFile, path: Path | None = None) -> str:
    """Do what a button does, and return its sentence.

    Raises:
        GradsheetError: where that cannot be done; the file's cells stay as they were.
    """
    run = FileRun(file, click, path)
    sentence = run.work()
    if not click.changes:
        return sentence or ""
    run.write()
    return run.sentence()

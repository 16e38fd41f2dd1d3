"""The files that are attacked, made once, and what other programs the attack needs."""

import contextlib
import functools
from pathlib import Path
from typing import Self

import openpyxl

from addin.calc.install import installer
from addin.calc.install.office import find_office
from workbooks.lessons.templates import TEMPLATES
from workbooks.sheets.writer import write

from ..hosts.calc.driver import Calc
from .commands import Commands
from .outcome import DONE, run

CORPUS = Path(__file__).with_name("corpus")
TEMPLATE = "titanic_linear"
LIFE_SECONDS = 12 * 3600
LONG_NAME = "=ORG.GRADSHEET.FUNCTIONS.NN_RELU(A1)"
"""A formula as LibreOffice saves it."""


class Bench(contextlib.ExitStack):
    """A folder with files to attack; what is started for an attack ends with it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.template = write(TEMPLATES[TEMPLATE].build(None))
        self.book, self.weights = folder / "book.xlsx", folder / "weights.csv"
        self.table, self.sheet, self.made = folder / "table.csv", folder / "table.xlsx", folder / "made.xlsx"
        self.saved = folder / "saved.xlsx"
        self.book.write_bytes(self.template)
        self.table.write_text(
            "size,kind,when,rent\n"
            + "".join(f"{30 + i},{'abc'[i % 3]},2020-01-{1 + i % 28:02},{400 + i * i % 97}\n" for i in range(60))
        )
        table, saved = openpyxl.Workbook(), openpyxl.Workbook()
        for line in self.table.read_text().splitlines():
            table.active.append([float(cell) if cell.isdecimal() else cell for cell in line.split(",")])
        saved.active.append([-1, LONG_NAME])
        table.save(self.sheet)
        saved.save(self.saved)
        # Besides making files, they compile what is trained and read with: no later command has to.
        for arguments in (
            ("export", self.book, self.weights),
            ("new", self.table, "--target", "rent", "-o", self.made),
            ("train", self.made, "--epochs", 1, "--quiet"),
            ("sweep", self.book, "--lr", "0.01,0.1", "--epochs", 1, "-o", folder / "swept.xlsx", "--quiet"),
        ):
            assert run(*arguments).kind == DONE, arguments

    @functools.cached_property
    def commands(self) -> Commands:
        """Return the folder in which commands are killed, with files of its own."""
        files = (self.book, self.made, self.saved, self.table, self.weights)
        return Commands(self.folder / "commands", {file.name: file.read_bytes() for file in files})

    @functools.cached_property
    def calc(self) -> Calc:
        """Return an office with Gradsheet installed in it.

        Raises:
            GradsheetError: where there is no LibreOffice.
        """
        installer.install(self.folder / "profile", lambda line: None)
        calc = Calc(find_office(), self.folder / "profile", life=LIFE_SECONDS)
        self.callback(calc.end)
        return calc

    def __enter__(self) -> Self:
        return self

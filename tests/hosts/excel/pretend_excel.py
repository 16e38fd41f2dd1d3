"""An Excel for the trial: xlwings' App, Book, Sheet and Range as far as it uses them, each call recorded.

Formulas are answered by the plain call and buttons by the trainer on the file, so what is tested is whether the trial
notices when one of them is not.
"""

import io
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import openpyxl
from pyopenvba import ExcelFile

from addin.at_once import FileRun
from addin.excel.build.layout import ButtonPlace
from addin.excel.build.project import with_project
from addin.excel.build.settings import TITLE as SETTINGS
from addin.excel.build.shapes import add_buttons
from addin.excel.check.smoke.buttons import buttons_in_file, models_in, put
from addin.excel.inside.values import ERROR_NUMBERS, FIRST_NUMBER, FIRST_SCODE
from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError, ErrorCode, GradsheetError
from workbooks.clicks.table import CLICKS, COMMANDS
from workbooks.xlsx.area import Area
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.workbook import WorkbookFile

from .formula_text import arguments_of, literal

MISSING = object()


def to_com(cell):
    """Return a cell as COM hands it over: an error is a number, a number a double."""
    if isinstance(cell, ErrorCode):
        return ERROR_NUMBERS[cell] - FIRST_NUMBER + FIRST_SCODE
    is_number = isinstance(cell, int) and not isinstance(cell, bool) and cell > FIRST_SCODE + 100
    return float(cell) if is_number else cell


def block_to_com(rows):
    if len(rows) == len(rows[0]) == 1:
        return to_com(rows[0][0])
    return tuple(tuple(to_com(cell) for cell in row) for row in rows)


def with_macros(data, values):
    """Return a workbook with one sheet, Model, as one with settings, a VBA project and a button for every command."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.create_sheet(SETTINGS)
    for row in values.items():
        sheet.append([*row])
    file = io.BytesIO()
    book.save(file)
    package = with_project(file.getvalue(), "xlsm")
    add_buttons(
        package, "Model", [ButtonPlace(command, row, 20, 0.0, 60.0, 24.0) for row, command in enumerate(COMMANDS, 1)]
    )
    return package.to_bytes()


class PretendExcel:
    """An App; `faults` turns what it answers wrong, by the name of what is asked."""

    def __init__(self, faults=None):
        self.faults = faults or {}
        self.calls = []
        self.opened = {}
        self.version = "16.0"
        self.books = self
        self.api = SimpleNamespace(Build=17928, OperatingSystem="Windows (64-bit) NT 10.00", Run=self.run)
        self.is_open = True

    def open(self, path):
        self.calls.append(("open", path))
        if "open" in self.faults:
            raise OSError("Excel cannot open the file")
        book = PretendBook(self, path)
        self.opened[book.name] = book
        return book

    def run(self, macro):
        book, _, name = macro.partition("!")
        self.calls.append(("Run", name))
        self.opened[book.strip("'")].press(name.removeprefix("Gradsheet").lower())

    def quit(self):
        self.calls.append(("quit",))
        self.is_open = False


class PretendModel:
    """A model in a file and what the last click found."""

    def __init__(self, file):
        self.file = file
        self.before = {}


class PretendBook:
    def __init__(self, app, path):
        self.app = app
        self.path = Path(path)
        self.name = self.path.name
        self.sheets = PretendSheets(self)
        self.active = None
        with ExcelFile(self.path) as file:
            modules = file.vba_project().module_names()
        kept = [name for name in modules if name not in self.app.faults.get("modules", ())]
        project = SimpleNamespace(VBComponents=[SimpleNamespace(Name=name) for name in kept])
        self.api = SimpleNamespace(Close=self.close)
        if "trust" not in self.app.faults:
            self.api.VBProject = project
        self.models = {sheet: PretendModel(WorkbookFile.open(self.path, sheet)) for sheet in models_in(self.path)}

    def close(self, saves_changes):
        assert saves_changes is False
        self.app.calls.append(("close", self.name))

    def macro(self, name):
        def run(*arguments):
            self.app.calls.append(("macro", name))
            return self.answer(name, [each.rows() if isinstance(each, PretendRange) else each for each in arguments])

        return run

    def answer(self, name, arguments):
        if name in self.app.faults:
            fault = self.app.faults[name]
            if isinstance(fault, BaseException):
                raise fault
            return fault
        try:
            return block_to_com(call(formulas()[name], [None if each is MISSING else each for each in arguments]))
        except CellError as error:
            return to_com(error.code)

    def press(self, button):
        if button in self.app.faults:
            fault = self.app.faults[button]
            if isinstance(fault, BaseException):
                raise fault
            if fault == "nothing":
                return
        model = self.models[self.active if self.active in self.models else None]
        run = FileRun(model.file, CLICKS[button])
        if button == "undo":
            put(model.file, model.before)
        elif run.click.changes and run.click.csv is None:
            with suppress(GradsheetError):
                run.work()
                model.before = {name: model.file.read(name) for name in run.blocks()}
                put(model.file, run.blocks())
        if self.app.faults.get(button) == "off":
            block = model.file.read("weight_1" if "weight_1" in model.file else "weight_1_transposed")
            block[0][0] += 1e-6

    def named(self, area):
        """Return the cells of a name, which is all that is asked of the file's sheets."""
        files = [model.file for model in self.models.values()]
        return next(
            file.read(name) for file in files for name, where in file.names.items() if where and is_at(where, area)
        )


def is_at(where, area):
    try:
        return Area.parse(where) == area
    except FileProblem:
        return False


class PretendSheets:
    def __init__(self, book):
        self.book = book
        self.added = {}

    def __iter__(self):
        """Yield the sheets with their shapes: a chart, and the buttons that the file's drawings hold."""
        kept = self.book.app.faults.get("buttons")
        for title, buttons in buttons_in_file(self.book.path).items():
            shapes = [SimpleNamespace(api=SimpleNamespace(OnAction=""))]
            for button in buttons if kept is None else kept:
                action = f"'{self.book.name}'!Gradsheet{button.capitalize()}"
                shapes.append(SimpleNamespace(api=SimpleNamespace(OnAction=action)))
            yield SimpleNamespace(name=title, shapes=shapes)

    def __getitem__(self, name):
        return self.added.setdefault(name, PretendSheet(self.book, name))

    def add(self, name):
        self.book.app.calls.append(("add", name))
        return self[name]


class PretendSheet:
    def __init__(self, book, name):
        self.book = book
        self.name = name
        self.cells = {}
        self.api = SimpleNamespace(Activate=self.activate)

    def activate(self):
        self.book.active = self.name

    def clear(self):
        self.cells.clear()

    def range(self, cells):
        return PretendRange(self, Area.parse(cells, self.name))


class PretendRange:
    def __init__(self, sheet, area):
        self.sheet = sheet
        self.area = area

    def rows(self):
        height, width = self.area.shape
        return [
            [self.sheet.cells.get((self.area.top + i, self.area.left + j)) for j in range(width)] for i in range(height)
        ]

    def _set(self, rows):
        values = [cell for row in rows for cell in row]
        self.sheet.cells |= dict(zip(self.area.positions(), values, strict=True))

    def _set_formula(self, text):
        self._set([[ErrorCode(text.removeprefix("="))]])

    formula = property(fset=_set_formula)

    def _calculate(self, text):
        name, words = arguments_of(text)
        result = self.sheet.book.answer(name, [self._argument(word) for word in words])
        rows = result if isinstance(result, tuple) else ((result,),)
        for row, column in self.area.positions():
            i, j = row - self.area.top, column - self.area.left
            # One value fills the whole block, as in Excel.
            self.sheet.cells[row, column] = rows[i][j] if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0]

    formula_array = property(fset=_calculate)

    def _argument(self, word):
        if not word:
            return MISSING
        if (value := literal(word)) is not None:
            return value
        return self.sheet.range(word).rows()

    def _value(self):
        if any(position in self.sheet.cells for position in self.area.positions()):
            return block_to_com(self.rows())
        return block_to_com(self.sheet.book.named(self.area))

    raw_value = property(_value, _set)

# ruff: noqa: N802, N803 - Excel names the members
"""An Excel of COM objects alone, for the tests: workbooks from files, and macros that call Python as ours in VBA do.

Its objects answer as Microsoft documents Excel's object model, as far as xlwings and Gradsheet ask. It calculates no
formula but a single call of one of Gradsheet's, which goes through xlwings' library as in Excel.
"""

import contextlib
import io
import os
import sys
import tempfile
import zipfile
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import openpyxl
import pythoncom
import pywintypes
import win32com.server.util
import win32con
import win32gui
import winerror
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula
from win32com.server.exception import COMException
from win32com.server.policy import DynamicPolicy

from addin.excel.check.smoke.buttons import buttons_in_file, models_in
from addin.excel.inside.values import ERROR_NUMBERS, FIRST_SCODE
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.training.contract import read_model
from pyfuncs.training.restarts import first_layers
from pyfuncs.training.storage import first_weight_blocks
from tests.hosts.excel.formula_text import arguments_of, literal
from tests.windows.as_vba import LEFT_OUT, Given, Library, error, invoke, server_command
from workbooks.recalculate import first_values
from workbooks.xlsx.workbook import WorkbookFile

APPLICATION = pywintypes.IID("{00024500-0000-0000-C000-000000000046}")
EXCEL_FAILED = -0x7FF5FC14
"""What Excel answers where it will not do something: 1004 in VBA."""
READY = "Excel can be asked for."
AUTOMATIC, MANUAL = -4105, -4135
LIST = 3
PUTS = pythoncom.DISPATCH_PROPERTYPUT | pythoncom.DISPATCH_PROPERTYPUTREF
SCODES = {str(code): FIRST_SCODE - 2000 + number for code, number in ERROR_NUMBERS.items()}
INTERFACES = {
    "Application": "{000208D5-0000-0000-C000-000000000046}",
    "Workbook": "{000208DA-0000-0000-C000-000000000046}",
    "Worksheet": "{000208D8-0000-0000-C000-000000000046}",
    "Range": "{00020846-0000-0000-C000-000000000046}",
}
"""By these a client tells the objects apart."""


def failed(text):
    return COMException(text, scode=EXCEL_FAILED)


def type_information():
    """Return a description of each interface that holds its name and its number and no member."""
    path = Path(tempfile.mkdtemp(), "excel.tlb")
    library = pythoncom.CreateTypeLib2(pythoncom.SYS_WIN64 if hasattr(pythoncom, "SYS_WIN64") else 3, str(path))
    for name, number in INTERFACES.items():
        created = library.CreateTypeInfo(name, pythoncom.TKIND_DISPATCH)
        created.SetGuid(pywintypes.IID(number))
        created.LayOut()
    library.SaveAllChanges()
    loaded = pythoncom.LoadTypeLib(str(path))
    return {name: loaded.GetTypeInfoOfGuid(pywintypes.IID(number)) for name, number in INTERFACES.items()}


class Policy(DynamicPolicy):
    """Tells a client what kind of object it has."""

    types: dict = {}  # noqa: RUF012 - filled once

    def _GetTypeInfoCount_(self):
        return 1

    def _GetTypeInfo_(self, index, lcid):
        if not Policy.types:
            Policy.types = type_information()
        return 0, Policy.types[type(self._obj_).__name__]


class Object:
    """An object of Excel's; what COM asks for by any spelling is the Python member of that name."""

    default = "Item"
    asked: ClassVar = Counter()
    """How often a client has asked for each member."""

    def _dynamic_(self, name, lcid, flags, arguments):
        Object.asked[f"{type(self).__name__}.{name}"] += 1
        if name == "_NewEnum":
            return win32com.server.util.NewEnum([outward(each) for each in self])
        wanted = self.default if name == "_value_" else name
        member = next((each for each in dir(self) if each.lower() == wanted.lower()), None)
        if member is None:
            raise COMException(f"{type(self).__name__} has no {wanted}", scode=winerror.DISP_E_MEMBERNOTFOUND)
        given = [inward(each) for each in arguments]
        if flags & PUTS:
            setattr(self, member, given[-1])
            return None
        value = getattr(self, member)
        if callable(value) and not isinstance(value, Object):
            if not flags & pythoncom.DISPATCH_METHOD and not given:
                # So a client that does not know learns that it is a method.
                raise COMException("a method", scode=winerror.DISP_E_MEMBERNOTFOUND)
            value = value(*given)
        elif given:
            value = getattr(value, value.default)(*given)
        return outward(value)


def outward(value):
    """Return a value as another process gets it."""
    if isinstance(value, Object):
        return win32com.server.util.wrap(value, usePolicy=Policy)
    # Of a tuple pywin32 gives back the first part alone, and the others as changed arguments.
    return list(value) if isinstance(value, tuple) else value


def inward(value):
    """Return the object of ours that has come back, or the value."""
    if isinstance(value, pythoncom.TypeIIDs[pythoncom.IID_IDispatch]):
        return pythoncom.UnwrapObject(value)._obj_
    return value


class Collection(Object):
    def __init__(self, items, Parent=None):
        self.items = items
        self.Parent = Parent

    def __iter__(self):
        return iter(self.items)

    @property
    def Count(self):
        return len(self.items)

    def Item(self, key):
        for number, each in enumerate(self.items, 1):
            if key == number or str(each.Name).lower() == str(key).lower():
                return each
        raise failed(f"there is no {key}")


class Application(Object):
    Name, Version, Build, OperatingSystem = "Microsoft Excel", "16.0", 17928, "Windows, pretended"
    default = "Name"

    def __init__(self, environment):
        self.library = Library(environment)
        self.command = server_command(environment / "Scripts" / "python.exe")
        self.Hwnd = win32gui.CreateWindowEx(0, "STATIC", "", 0, 0, 0, 0, 0, win32con.HWND_MESSAGE, 0, 0, None)
        self.Visible = self.Interactive = self.EnableEvents = self.DisplayAlerts = True
        self.calculation, self.ScreenUpdating, self.StatusBar = AUTOMATIC, True, False
        self.AutomationSecurity = 2
        self.books = []
        self.shown = []
        self.weights = str(Path(tempfile.mkdtemp(), "weights.csv"))

    @property
    def Workbooks(self):
        return Workbooks(self.books, self)

    @property
    def ActiveWorkbook(self):
        return self.books[-1] if self.books else None

    @property
    def Calculation(self):
        return self.calculation

    @Calculation.setter
    def Calculation(self, mode):
        self.calculation = mode
        self.calculate_automatically()

    def calculate_automatically(self):
        if self.calculation == AUTOMATIC:
            self.Calculate()

    def Calculate(self):
        for book in self.books:
            book.calculate()

    def Run(self, macro, *arguments):
        """Run a macro by its name as 'book.xlsm'!Name."""
        book, _, name = macro.rpartition("!")
        book = (
            self.Workbooks.Item(book.strip("'").replace("''", "'")) if book not in ("", "[0]") else self.ActiveWorkbook
        )
        if name.startswith("Gradsheet"):
            # What a click cannot do it says in a box.
            with contextlib.suppress(COMException):
                book.click(name.removeprefix("Gradsheet").lower())
            return None
        return book.formula(name, arguments)

    def Quit(self):
        self.books.clear()
        self.library.activate(self.command, mode=-1)
        win32gui.PostQuitMessage(0)

    def call(self, module, name, arguments, book):
        """Call Python as the macro CallPython does."""
        arguments = [outward(each) if isinstance(each, Object) else each for each in arguments]
        return invoke(self.library.activate(self.command), "CallUDF", module, name, arguments, outward(book))


class Workbooks(Collection):
    def Open(self, path, *rest):
        book = Workbook(self.Parent, Path(path))
        self.items.append(book)
        return book


class Workbook(Object):
    default = "Name"

    def __init__(self, application, path):
        self.Application = self.Parent = application
        self.Name, self.FullName, self.Path = path.name, str(path), str(path.parent)
        self.Saved = True
        self.file = path
        data = path.read_bytes()
        self.buttons = buttons_in_file(path)
        formulas, values = (
            openpyxl.load_workbook(io.BytesIO(openable(data)), data_only=only) for only in (False, True)
        )
        self.sheets = [Worksheet(self, each, values[each.title]) for each in formulas]
        self.ActiveSheet = self.sheets[0]
        self.first_weights = [FirstWeights(self, sheet) for sheet in models_in(path)]
        self.names = [Name(self, key, each.value) for key, each in formulas.defined_names.items()]
        for sheet in formulas:
            title = sheet.title if sheet.title.isalnum() else "'{}'".format(sheet.title.replace("'", "''"))
            self.names += [Name(self, f"{title}!{key}", each.value) for key, each in sheet.defined_names.items()]

    @property
    def Worksheets(self):
        return Worksheets(self.sheets, self)

    Sheets = Worksheets

    @property
    def Names(self):
        return Collection(self.names, self)

    @property
    def VBProject(self):
        raise failed("Programmatic access to Visual Basic Project is not trusted")

    def Close(self, SaveChanges=None, *rest):
        self.Application.books.remove(self)

    def formula(self, name, arguments):
        """Call a formula as its function in GradsheetFormulas does, and return what a cell would show."""
        given = [Given(error(LEFT_OUT).kind, LEFT_OUT) if each in (None, LEFT_OUT) else each for each in arguments]
        result = self.Application.call("addin.excel.inside.udfs", name, given, self)
        rows = result if isinstance(result, tuple) else [result] if isinstance(result, list) else [[result]]
        shown = tuple(tuple(SCODES.get(str(cell).partition(" ")[0], cell) for cell in row) for row in rows)
        return shown[0][0] if len(shown) == len(shown[0]) == 1 else shown

    def calculate(self):
        for each in self.first_weights:
            each.calculate()

    def click(self, button):
        """Do what a button's macro does, as TakeClick in GradsheetClicks."""
        application, module = self.Application, "addin.excel.inside.macros"
        if button == "stop":
            return
        if button == "messages":
            application.shown.append(application.call(module, "typed", ["=NN_RELU(1)"], self)[0])
            return
        path = application.weights if button in ("export", "import") else ""
        before = application.Calculation, application.ScreenUpdating
        sheets = [self.ActiveSheet.Name, *(sheet.Name for sheet in self.sheets)]
        names = (("", ""), *((name.Name, name.RefersTo) for name in self.names))
        answer = application.call(module, "click", [button, path, sheets, names], self)
        while True:
            if len(answer) > 3:
                application.Calculation, application.ScreenUpdating = MANUAL, False
                for i, (sheet, address) in enumerate(zip(answer[2::2], answer[3::2], strict=True)):
                    area = self.Worksheets.Item(sheet).Range(address)
                    area.Value = application.call(module, "block", [float(i)], self)
                application.Calculation, application.ScreenUpdating = before
            if answer[0] != "running":
                break
            application.StatusBar = answer[1]
            answer = application.call(module, "go_on", [False], self)
        application.StatusBar = False
        application.shown.append(answer[1])
        if answer[0] == "failed":
            raise failed(answer[1])


class FirstWeights:
    """The formulas of a model that make its first weights from the cell `seed`, as the command calculates them."""

    def __init__(self, book, sheet):
        self.book = book
        self.file = WorkbookFile.open(book.file, sheet)
        self.seed = self.range("seed") if "seed" in self.file else None
        self.calculated = self.seed and self.seed.Value

    @cached_property
    def model(self):
        return read_model(self.file)

    @cached_property
    def of_seed(self):
        return first_values(self.file)

    def range(self, name):
        area = self.file.area(name)
        sheet = next(each for each in self.book.sheets if each.Name == area.sheet)
        return Range(sheet, area.left, area.top, area.right, area.bottom)

    def calculate(self):
        seed = self.seed and self.seed.Value
        if seed == self.calculated:
            return
        self.calculated = seed
        drawn = first_weight_blocks(first_layers(self.model, int(seed), self.of_seed), self.file)
        made = {name: values.tolist() for name, values in self.of_seed(int(seed)).items()}
        for name, rows in (drawn | made).items():
            if self.file.has_formula(name):
                cells = self.range(name)
                cells.put(cells.Worksheet.values, rows)


class Worksheets(Collection):
    def Add(self, *rest):
        sheet = Worksheet(self.Parent, openpyxl.Workbook().active, openpyxl.Workbook().active)
        self.items.append(sheet)
        return sheet


class Worksheet(Object):
    default = "Name"

    def __init__(self, book, formulas, values):
        self.Parent, self.Application, self.Name = book, book.Application, formulas.title
        self.ProtectContents, self.ProtectionMode = bool(formulas.protection.sheet), False
        self.values, self.formulas, self.rules = {}, {}, {}
        for row in formulas:
            for cell in row:
                if cell.value is not None:
                    place = cell.row, cell.column
                    self.values[place] = values.cell(*place).value
                    self.formulas[place] = "=1" if isinstance(cell.value, ArrayFormula) else cell.value
        for rule in formulas.data_validations.dataValidation:
            if rule.type == "list":
                places = (place for area in rule.sqref.ranges for row in area.rows for place in row)
                self.rules |= dict.fromkeys(places, rule.formula1.strip('"'))

    @property
    def Index(self):
        return self.Parent.sheets.index(self) + 1

    def Activate(self):
        self.Parent.ActiveSheet = self

    def Range(self, first, last=None):
        one = first if isinstance(first, Range) else Range(self, *self.bounds(first))
        if last is None:
            return one
        other = last if isinstance(last, Range) else Range(self, *self.bounds(last))
        return Range(self, one.left, one.top, other.right, other.bottom)

    def bounds(self, text):
        try:
            return range_boundaries(text.replace("$", ""))
        except ValueError:
            raise failed(f"{text} is no range") from None

    @property
    def Cells(self):
        return Range(self, 1, 1, 16_384, 1_048_576)

    @property
    def Shapes(self):
        macros = self.Parent.buttons.get(self.Name, {})
        book = "'{}'!".format(self.Parent.Name.replace("'", "''"))
        return Collection([Shape(name, macro.replace("[0]!", book)) for name, macro in macros.items()])


class Shape(Object):
    def __init__(self, name, action):
        self.Name, self.OnAction, self.Type = name, action, 1


class Validation(Object):
    def __init__(self, words):
        self.words = words

    @property
    def Type(self):
        if self.words is None:
            raise failed("there is no rule")
        return LIST

    @property
    def Formula1(self):
        return self.words


class Range(Object):
    def __init__(self, sheet, left, top, right, bottom):
        self.Worksheet = self.Parent = sheet
        self.Application = sheet.Application
        self.left, self.top, self.right, self.bottom = left, top, right, bottom

    @property
    def Row(self):
        return self.top

    @property
    def Column(self):
        return self.left

    @property
    def Rows(self):
        return Collection(range(self.top, self.bottom + 1))

    @property
    def Columns(self):
        return Collection(range(self.left, self.right + 1))

    @property
    def Count(self):
        return self.Rows.Count * self.Columns.Count

    @property
    def Locked(self):
        return True

    @property
    def Validation(self):
        return Validation(self.Worksheet.rules.get((self.top, self.left)))

    def Item(self, row, column=1):
        place = self.left + int(column) - 1, self.top + int(row) - 1
        return Range(self.Worksheet, *place, *place)

    def places(self):
        return [[(row, column) for column in self.Columns.items] for row in self.Rows.items]

    def shown(self, cells, spelled):
        rows = tuple(tuple(spelled(cells.get(place)) for place in row) for row in self.places())
        return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows

    def put(self, cells, value):
        """Put rows, one row, or one value that fills all, as Excel spreads what it is given."""
        rows = value if isinstance(value, tuple | list) else [[value]]
        rows = rows if isinstance(rows[0], tuple | list) else [rows]
        for i, row in enumerate(self.places()):
            for j, place in enumerate(row):
                cells[place] = rows[i if len(rows) > 1 else 0][j if len(rows[0]) > 1 else 0]

    def value(self):
        return self.shown(self.Worksheet.values, as_value)

    def set_value(self, value):
        if self.Worksheet.ProtectContents:
            raise failed("the cell is protected")
        self.put(self.Worksheet.values, value)
        self.put(self.Worksheet.formulas, value)
        # A cell that is given a text of no letters is blank.
        for place in (place for row in self.places() for place in row):
            if self.Worksheet.values[place] == "":
                del self.Worksheet.values[place], self.Worksheet.formulas[place]
        self.Application.calculate_automatically()

    Value = Value2 = property(value, set_value)

    def formula(self):
        return self.shown(self.Worksheet.formulas, as_text)

    def set_formula(self, text):
        self.put(self.Worksheet.formulas, text)
        self.put(self.Worksheet.values, str(ErrorCode(text.removeprefix("="))))

    Formula = Formula2 = property(formula, set_formula)

    def set_formula_array(self, text):
        name, words = arguments_of(text)
        self.put(self.Worksheet.values, self.Worksheet.Parent.formula(name, [self.argument(word) for word in words]))

    FormulaArray = property(formula, set_formula_array)

    def argument(self, word):
        """Return what stands between two commas of a formula."""
        if not word:
            return None
        return self.Worksheet.Range(word) if (value := literal(word)) is None else value

    def Clear(self):
        for cells in (self.Worksheet.values, self.Worksheet.formulas):
            for place in [
                place for place in cells if self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right
            ]:
                del cells[place]

    def GetAddress(self, RowAbsolute=True, ColumnAbsolute=True, *rest):
        row, column = "$" if RowAbsolute else "", "$" if ColumnAbsolute else ""
        corners = (self.left, self.top), (self.right, self.bottom)
        first, last = (f"{column}{get_column_letter(x)}{row}{y}" for x, y in corners)
        return first if first == last else f"{first}:{last}"

    @property
    def Address(self):
        return self.GetAddress()


class Name(Object):
    default = "Name"

    def __init__(self, book, name, refers_to):
        self.Parent, self.Name, self.RefersTo = book, name, f"={refers_to}"

    @property
    def RefersToRange(self):
        sheet, _, cells = self.RefersTo.removeprefix("=").rpartition("!")
        if not sheet:
            raise failed("the name stands for no range")
        return self.Parent.Worksheets.Item(sheet.strip("'").replace("''", "'")).Range(cells)


def as_value(cell):
    """Return a cell as Value has it: numbers are floating, an error is its number."""
    if type(cell) is int and cell not in SCODES.values():
        return float(cell)
    return SCODES.get(cell, cell)


def as_text(cell):
    """Return a cell as Formula has it."""
    return "" if cell is None else str(cell)


def openable(data):
    """Return a file as openpyxl takes it, which does not know add-ins."""
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(found, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"excel.addin.macro", b"excel.sheet.macro"))
    return found.getvalue()


def started():
    """Return the application for another process; the registry names this function."""
    return Application(Path(sys.argv[1]))


def serve():
    """Make applications for other processes until one of them quits; the first argument is Python's environment."""
    pythoncom.CoInitialize()
    factory = pythoncom.MakePyFactory(APPLICATION)
    registered = pythoncom.CoRegisterClassObject(
        APPLICATION, factory, pythoncom.CLSCTX_LOCAL_SERVER, pythoncom.REGCLS_MULTIPLEUSE
    )
    print(READY, flush=True)
    pythoncom.PumpMessages()
    pythoncom.CoRevokeClassObject(registered)
    os._exit(0)

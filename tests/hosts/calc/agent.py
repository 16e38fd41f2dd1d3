"""Drives one office for the tests, run by the office's own Python: a line of JSON in, a line of JSON out."""

import json
import sys
import threading
import time
import traceback
from pathlib import Path

import uno
import unohelper
from com.sun.star.awt import XCallback
from com.sun.star.frame import XStatusListener
from com.sun.star.sheet.FillDirection import TO_BOTTOM
from com.sun.star.util import URL
from inside import values

from addin.calc.install.headless import Office, properties

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}
ALL_RESULTS = 7
SHOWN_SECONDS = 60
LARGE_PAPER = (200_000, 100_000)
"""Width and height, hundredths of a millimetre."""


class Listener(unohelper.Base, XStatusListener):
    """Keeps what a button is told."""

    def statusChanged(self, event):  # noqa: N802 - the office looks for this name
        self.state = event.State

    def disposing(self, source):
        pass


class Callback(unohelper.Base, XCallback):
    def __init__(self, work):
        self.work = work

    def notify(self, data):
        self.work()


class Agent:
    def __init__(self, office):
        self.office = office
        self.documents = []

    def open(self, path, hidden=True, read_only=False):
        return self._keep(self.office.load(path, hidden, ReadOnly=read_only))

    def shown(self):
        """Return the document that the office was started with: a window settles only where its own thread loads."""
        until = time.monotonic() + SHOWN_SECONDS
        while time.monotonic() < until:
            documents = list(self.office.desktop.Components)
            if documents and documents[0].CurrentController is not None:
                return self._keep(documents[0])
            time.sleep(0.5)
        raise TimeoutError(f"no document after {SHOWN_SECONDS} seconds")

    def titles(self, count):
        """Return the titles of all documents, once there are so many."""
        until = time.monotonic() + SHOWN_SECONDS
        while time.monotonic() < until:
            documents = list(self.office.desktop.Components)
            if len(documents) == count:
                return sorted(document.getTitle() for document in documents)
            time.sleep(0.5)
        raise TimeoutError(f"{len(documents)} documents after {SHOWN_SECONDS} seconds")

    def newest(self):
        """Return the document opened last, and what it would be saved as."""
        known = [document.RuntimeUID for document in self.documents if document is not None]
        (document,) = [each for each in self.office.desktop.Components if each.RuntimeUID not in known]
        return self._keep(document), document.URL

    def new(self):
        return self._keep(self.office.load("private:factory/scalc"))

    def _keep(self, document):
        assert document is not None, "the office could not load the file"
        self.documents.append(document)
        return len(self.documents) - 1

    def close(self, number):
        self.documents[number].close(True)
        self.documents[number] = None

    def close_all(self):
        """Close what a failed test has left open, so that no window asks whether to save it."""
        for document in filter(None, self.documents):
            document.setModified(False)
            document.close(True)

    def save(self, number, path):
        target = Path(path)
        self.documents[number].storeToURL(target.as_uri(), properties(FilterName=FILTERS[target.suffix]))

    def print_to(self, number, path):
        """Write all sheets as they are seen, as a PDF file: on paper so large that nothing is made smaller."""
        styles = self.documents[number].StyleFamilies.getByName("PageStyles")
        for sheet in self.documents[number].Sheets:
            style = styles.getByName(sheet.PageStyle)
            style.ScaleToPagesX = style.ScaleToPagesY = 0
            style.PageScale = 100
            style.Width, style.Height = LARGE_PAPER
        self.documents[number].storeToURL(Path(path).as_uri(), properties(FilterName="calc_pdf_Export"))

    def place_of(self, number, sheet, text):
        """Return the right and lower edge of the cell that shows a text, in hundredths of a millimetre."""
        page = self.documents[number].Sheets[sheet]
        cursor = page.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.getRangeAddress()
        rows = page.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow).getDataArray()
        ((row, column),) = ((i, j) for i, cells in enumerate(rows) for j, cell in enumerate(cells) if cell == text)
        cursor = page.createCursorByRange(page.getCellByPosition(column, row))
        cursor.collapseToMergedArea()
        return [cursor.Position.X + cursor.Size.Width, cursor.Position.Y + cursor.Size.Height]

    def save_as(self, number, path):
        """Save as the dialog does: the document is that file's from now on."""
        target = Path(path)
        self.documents[number].storeAsURL(target.as_uri(), properties(FilterName=FILTERS[target.suffix]))

    def save_again(self, number):
        self.documents[number].store()

    def condition(self, number, sheet, reference, formula):
        """Give cells a validation and a conditional format with a formula."""
        area = self.area(number, sheet, reference)
        validation = area.Validation
        validation.Type = uno.Enum("com.sun.star.sheet.ValidationType", "CUSTOM")
        validation.setFormula1(formula)
        area.Validation = validation
        formats = area.ConditionalFormat
        operator = uno.Enum("com.sun.star.sheet.ConditionOperator", "FORMULA")
        formats.addNew(properties(Operator=operator, Formula1=formula, StyleName="Good"))
        area.ConditionalFormat = formats

    def is_modified(self, number):
        return self.documents[number].isModified()

    def undo_titles(self, number):
        return list(self.documents[number].getUndoManager().getAllUndoActionTitles())

    def undo(self, number):
        self.documents[number].getUndoManager().undo()

    def redo(self, number):
        self.documents[number].getUndoManager().redo()

    def undo_by_key(self, number):
        """Undo as Ctrl+Z does, which says nothing where it cannot."""
        self._dispatch(number, ".uno:Undo")

    def _dispatch(self, number, url, **arguments):
        frame = self.documents[number].CurrentController.Frame
        helper = self.office.service("com.sun.star.frame.DispatchHelper")
        return helper.executeDispatch(frame, url, "", 0, properties(**arguments))

    def remove_name(self, number, name):
        self.documents[number].NamedRanges.removeByName(name)

    def remove_sheet(self, number, sheet):
        self.documents[number].Sheets.removeByName(sheet)

    def copy_sheet(self, number, sheet, name, place):
        self.documents[number].Sheets.copyByName(sheet, name, place)

    def protect(self, number, sheet):
        self.documents[number].Sheets[sheet].protect("")

    def calculate_by_itself(self, number, does):
        self.documents[number].enableAutomaticCalculation(does)

    def calculate(self, number):
        self.documents[number].calculateAll()

    def area(self, number, sheet, reference):
        return self.documents[number].Sheets[sheet].getCellRangeByName(reference)

    def put(self, number, sheet, reference, rows):
        self.area(number, sheet, reference).setDataArray(tuple(tuple(row) for row in rows))

    def formula(self, number, sheet, reference, text):
        self.area(number, sheet, reference).setFormula(text)

    def formulas(self, number, sheet, reference, rows):
        """Type a formula, or a number, into each cell of an area."""
        self.area(number, sheet, reference).setFormulaArray(tuple(tuple(row) for row in rows))

    def array(self, number, sheet, reference, text):
        self.area(number, sheet, reference).setArrayFormula(text)

    def row_height(self, number, sheet, reference):
        return self.area(number, sheet, reference).getRows().Height

    def fill_down(self, number, sheet, reference):
        """Fill the first row of an area into the others, as dragging its corner does."""
        self.area(number, sheet, reference).fillAuto(TO_BOTTOM, 1)

    def inside(self, script, function, given):
        """Return what a function of a macro gives for a text."""
        factory = self.office.service("com.sun.star.script.provider.MasterScriptProviderFactory")
        address = f"vnd.sun.star.script:{script}${function}?language=Python&location=user"
        found, _, _ = factory.createScriptProvider("").getScript(address).invoke((given,), (), ())
        return found

    def get(self, number, sheet, reference):
        return values(self.area(number, sheet, reference))

    def bounds(self, number, sheet, reference):
        cursor = (
            self.area(number, sheet, reference)
            .getSpreadsheet()
            .createCursorByRange(self.area(number, sheet, reference))
        )
        cursor.collapseToCurrentArray()
        return cursor.AbsoluteName

    def named(self, number, name):
        return values(self.documents[number].NamedRanges.getByName(name).getReferredCells())

    def known(self, number, names):
        return [name for name in names if self.documents[number].NamedRanges.hasByName(name)]

    def put_named(self, number, name, rows):
        area = self.documents[number].NamedRanges.getByName(name).getReferredCells()
        area.setDataArray(tuple(tuple(row) for row in rows))

    def formula_cells(self, number, which_error=True):
        """Return every formula cell's value; asking which error it is takes long where thousands show one."""
        found = {}
        for sheet in self.documents[number].Sheets:
            cells = found.setdefault(sheet.Name, {})
            for address in sheet.queryFormulaCells(ALL_RESULTS).getRangeAddresses():
                top, left = address.StartRow, address.StartColumn
                area = sheet.getCellRangeByPosition(left, top, address.EndColumn, address.EndRow)
                for i, row in enumerate(values(area) if which_error else area.getDataArray()):
                    for j, value in enumerate(row):
                        cells[f"{top + i + 1},{left + j + 1}"] = value
        return found

    def everything(self, number):
        """Return all that a user could find changed: every formula and value, the names, the undo list."""
        document = self.documents[number]
        cells = {}
        for sheet in document.Sheets:
            cursor = sheet.createCursor()
            cursor.gotoEndOfUsedArea(False)
            end = cursor.getRangeAddress()
            used = sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)
            cells[sheet.Name] = [used.getFormulaArray(), used.getDataArray()]
        names = {name: document.NamedRanges.getByName(name).getContent() for name in document.NamedRanges.ElementNames}
        manager = document.getUndoManager()
        undo = [manager.getAllUndoActionTitles(), manager.getAllRedoActionTitles()]
        return [cells, names, undo, document.isModified(), list(document.Sheets.ElementNames)]

    def name(self, number, name, content, sheet=None):
        document = self.documents[number]
        scope = document if sheet is None else document.Sheets[sheet]
        first = document.Sheets[0].getCellByPosition(0, 0).getCellAddress()
        scope.NamedRanges.addNewByName(name, content, first, 0)

    def database_range(self, number, name, sheet, reference):
        address = self.area(number, sheet, reference).getRangeAddress()
        self.documents[number].DatabaseRanges.addNewByName(name, address)

    def add_sheet(self, number, name):
        self.documents[number].Sheets.insertNewByName(name, self.documents[number].Sheets.getCount())

    def has_service(self, name):
        return self.office.service(name) is not None

    def solve(self, number, sheet, objective, variables, engine, settings):
        """Minimise a cell by changing others with one of Calc's solver engines; the cells stay as they were."""
        place = self.area(number, sheet, variables).getRangeAddress()
        solver = self.office.service(engine)
        solver.Document = self.documents[number]
        solver.Objective = self.area(number, sheet, objective).getCellByPosition(0, 0).getCellAddress()
        cells = self.documents[number].Sheets[sheet]
        solver.Variables = tuple(
            cells.getCellByPosition(column, row).getCellAddress()
            for row in range(place.StartRow, place.EndRow + 1)
            for column in range(place.StartColumn, place.EndColumn + 1)
        )
        solver.Constraints = ()
        solver.Maximize = False
        for name, value in settings.items():
            # A whole number goes as the type that the engine declares, not as the smallest that holds it.
            given = uno.Any("long", value) if type(value) is int else value
            uno.invoke(solver, "setPropertyValue", (name, given))
        solver.solve()
        return {"success": solver.Success, "result": solver.ResultValue, "solution": list(solver.Solution)}

    def open_documents(self):
        """Return how many documents the office holds, those without a window too."""
        return sum(1 for _ in self.office.desktop.Components)

    def formula_text(self, number, sheet, reference):
        return self.area(number, sheet, reference).getFormula()

    def select(self, number, sheet, reference):
        document = self.documents[number]
        document.CurrentController.setActiveSheet(document.Sheets[sheet])
        document.CurrentController.select(self.area(number, sheet, reference))

    def activate(self, number, sheet):
        self.documents[number].CurrentController.setActiveSheet(self.documents[number].Sheets[sheet])

    def tooltip(self, number, name):
        """Return what a button of the toolbar is told to show below the mouse."""
        url = URL(Complete=f"org.gradsheet:{name}")
        _, url = self.office.service("com.sun.star.util.URLTransformer").parseStrict(url)
        dispatch = self.documents[number].CurrentController.Frame.queryDispatch(url, "", 0)
        listener = Listener()
        dispatch.addStatusListener(listener, url)
        return {argument.Name: argument.Value for argument in listener.state.Arguments}["HelpText"]

    def follow_link(self, number, name):
        """Click as a link in a cell does, which hands over its own address."""
        return self.click(number, name, url=f"org.gradsheet:{name}")

    def click(self, number, name, file=None, url=None):
        url = url if file is None else Path(file).as_uri()
        arguments = {} if url is None else {"URL": url}
        event = self._dispatch(number, f"org.gradsheet:{name}", **arguments)
        return {"done": event.State == 1, "said": event.Result}

    def press(self, number, name):
        """Click in the office's own thread, as the mouse does.

        That thread paints the window and calculates; it and another one in which Python lets go of a cell can wait for
        each other for ever.
        """
        said, done = self._begin_click(number, name)
        if not done.wait(SHOWN_SECONDS):
            raise TimeoutError(f"{name} has not ended after {SHOWN_SECONDS} seconds")
        return said

    def _begin_click(self, number, name):
        """Click in the office's own thread; return where what is said will stand, and the event of its being there."""
        said, done = {}, threading.Event()

        def click():
            said.update(self.click(number, name))
            done.set()

        self._in_the_offices_thread(click)
        return said, done

    def click_and_leave(self, number, name):
        """Click where a dialog opens that somebody else has to answer; `left` gives what was said then."""
        self.said_later = {}
        answer = threading.Thread(target=lambda: self.said_later.update(self.click(number, name)), daemon=True)
        answer.start()

    def left(self):
        return self.said_later

    def click_and_stop(self, number, name, after):
        """Click, click again and Stop while that runs; tell what each said."""
        said = {}
        first = threading.Thread(target=lambda: said.update(first=self.click(number, name)))
        first.start()
        time.sleep(after)
        said["second"] = self.click(number, name)
        said["stop"] = self.click(number, "stop")
        first.join(60)
        return said

    def click_and_meddle(self, number, name, sheet, reference, seconds):
        """Click, and while that runs press Ctrl+Z and type into a cell again and again as a person does; then Stop."""
        typed = []

        def meddle():
            self.undo_by_key(number)
            if not done.is_set():
                typed.append(len(typed) + 1)
                self.formula(number, sheet, reference, str(typed[-1]))

        said, done = self._begin_click(number, name)
        until = time.monotonic() + seconds
        while time.monotonic() < until and not done.is_set():
            time.sleep(0.2)
            self._in_the_offices_thread(meddle)
        self._in_the_offices_thread(lambda: self.click(number, "stop"))
        done.wait(60)
        return {**said, "typed": typed}

    def _in_the_offices_thread(self, work):
        """Let the office call some work when it looks for events, as it hears of keys and of the mouse."""
        self.office.service("com.sun.star.awt.AsyncCallback").addCallback(Callback(work), None)

    def click_and_die(self, number, name, after):
        threading.Thread(target=lambda: self.click(number, name), daemon=True).start()
        time.sleep(after)
        self.office.kill()

    def has_notice(self, number, name):
        return self.documents[number].CurrentController.hasInfobar(name)

    def notices_while(self, number, name, other, notice):
        """Click, click another button while that runs, and Stop; tell whether a notice was there then and after."""

        def click_again():
            said["second"] = self.click(number, other)
            said["meanwhile"] = self.has_notice(number, notice)
            self.click(number, "stop")

        said, done = self._begin_click(number, name)
        time.sleep(1)
        self._in_the_offices_thread(click_again)
        done.wait(60)
        return {**said, "afterwards": self.has_notice(number, notice)}

    def fill_screen(self, number, width, height):
        self.documents[number].CurrentController.Frame.ContainerWindow.setPosSize(0, 0, width, height, 15)

    def types_of_methods(self):
        manager = self.office.context.getValueByName("/singletons/com.sun.star.reflection.theTypeDescriptionManager")
        interface = manager.getByHierarchicalName("org.gradsheet.XFunctions")
        return [member.getName().rpartition("::")[2] for member in interface.getMembers()]

    def wizard(self):
        functions = self.office.service("com.sun.star.sheet.FunctionDescriptions")
        found = {}
        for i in range(functions.getCount()):
            told = {each.Name: each.Value for each in functions.getByIndex(i)}
            if told["Name"].startswith("NN_"):
                arguments = [[each.Name, each.Description] for each in told["Arguments"]]
                found[told["Name"]] = {"description": told["Description"], "arguments": arguments}
        return found

    def version(self):
        """Return the office's version: 7.4."""
        provider = self.office.service("com.sun.star.configuration.ConfigurationProvider")
        product = properties(nodepath="/org.openoffice.Setup/Product")
        access = "com.sun.star.configuration.ConfigurationAccess"
        return provider.createInstanceWithArguments(access, product).ooSetupVersion

    def said(self):
        return self.office.said()


def main():
    soffice, profile, seconds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    options = tuple(sys.argv[4:]) or ("--headless",)
    with Office(soffice, profile, seconds, options=options) as office:
        agent = Agent(office)
        print(json.dumps({"gives": office.process.pid}), flush=True)
        for line in sys.stdin:
            name, arguments = json.loads(line)
            try:
                answer = {"gives": getattr(agent, name)(*arguments)}
            except Exception:
                answer = {"raised": traceback.format_exc() + office.said()[-3000:]}
            print(json.dumps(answer), flush=True)
        if office.process.poll() is None:
            agent.close_all()


main()

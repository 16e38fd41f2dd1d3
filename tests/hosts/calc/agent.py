"""Drives one office for the tests, run by the office's own Python: a line of JSON in, a line of JSON out."""

import json
import sys
import threading
import time
import traceback
from pathlib import Path

from addin.calc.headless import Office, properties

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}
ALL_RESULTS = 7
SHOWN_SECONDS = 60


class Agent:
    def __init__(self, office):
        self.office = office
        self.documents = []

    def open(self, path, hidden=True):
        return self._keep(self.office.load(path, hidden))

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

    def is_modified(self, number):
        return self.documents[number].isModified()

    def undo_titles(self, number):
        return list(self.documents[number].getUndoManager().getAllUndoActionTitles())

    def undo(self, number):
        self.documents[number].getUndoManager().undo()

    def redo(self, number):
        self.documents[number].getUndoManager().redo()

    def calculate(self, number):
        self.documents[number].calculateAll()

    def area(self, number, sheet, reference):
        return self.documents[number].Sheets[sheet].getCellRangeByName(reference)

    def put(self, number, sheet, reference, rows):
        self.area(number, sheet, reference).setDataArray(tuple(tuple(row) for row in rows))

    def formula(self, number, sheet, reference, text):
        self.area(number, sheet, reference).setFormula(text)

    def array(self, number, sheet, reference, text):
        self.area(number, sheet, reference).setArrayFormula(text)

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

    def put_named(self, number, name, rows):
        area = self.documents[number].NamedRanges.getByName(name).getReferredCells()
        area.setDataArray(tuple(tuple(row) for row in rows))

    def formula_cells(self, number):
        found = {}
        for sheet in self.documents[number].Sheets:
            cells = found.setdefault(sheet.Name, {})
            for address in sheet.queryFormulaCells(ALL_RESULTS).getRangeAddresses():
                top, left = address.StartRow, address.StartColumn
                area = sheet.getCellRangeByPosition(left, top, address.EndColumn, address.EndRow)
                for i, row in enumerate(values(area)):
                    for j, value in enumerate(row):
                        cells[f"{top + i + 1},{left + j + 1}"] = value
        return found

    def formula_text(self, number, sheet, reference):
        return self.area(number, sheet, reference).getFormula()

    def select(self, number, sheet, reference):
        document = self.documents[number]
        document.CurrentController.setActiveSheet(document.Sheets[sheet])
        document.CurrentController.select(self.area(number, sheet, reference))

    def activate(self, number, sheet):
        self.documents[number].CurrentController.setActiveSheet(self.documents[number].Sheets[sheet])

    def follow_link(self, number, name):
        """Click as a link in a cell does, which hands over its own address."""
        return self.click(number, name, url=f"org.gradsheet:{name}")

    def click(self, number, name, file=None, url=None):
        frame = self.documents[number].CurrentController.Frame
        helper = self.office.service("com.sun.star.frame.DispatchHelper")
        url = url if file is None else Path(file).as_uri()
        arguments = {} if url is None else {"URL": url}
        event = helper.executeDispatch(frame, f"org.gradsheet:{name}", "", 0, properties(**arguments))
        return {"done": event.State == 1, "said": event.Result}

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

    def click_and_die(self, number, name, after):
        threading.Thread(target=lambda: self.click(number, name), daemon=True).start()
        time.sleep(after)
        self.office.kill()

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


def values(area):
    """Return cells as numbers, texts, and errors by their numbers."""
    rows = [list(row) for row in area.getDataArray()]
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if cell is None:
                row[j] = {"error": area.getCellByPosition(j, i).getError()}
    return rows


def main():
    soffice, profile, seconds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    options = tuple(sys.argv[4:]) or ("--headless",)
    with Office(soffice, profile, seconds, options=options) as office:
        agent = Agent(office)
        print(json.dumps({"gives": "ready"}), flush=True)
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

"""Opens files with macros in an office and does what the tests ask of each; run by the office's own Python."""

import json
import sys
import traceback
from pathlib import Path

from addin.calc.install.headless import Office

ALWAYS_EXECUTE = 4
LIBRARY = "VBAProject"
LIFE_SECONDS = 300


def modules(document):
    """Return every module's text and its type in the office: 1 a standard one, 2 a class, 4 a sheet or the workbook."""
    library = document.BasicLibraries.getByName(LIBRARY)
    return {
        name: [library.getModuleInfo(name).ModuleType, library.getByName(name)] for name in library.getElementNames()
    }


def run(document, macro, *arguments):
    """Run a macro as a button does."""
    url = f"vnd.sun.star.script:{LIBRARY}.{macro}?language=Basic&location=document"
    result, _, _ = document.getScriptProvider().getScript(url).invoke(arguments, (), ())
    return result


def put(document, sheet, reference, rows):
    document.Sheets[sheet].getCellRangeByName(reference).setDataArray(tuple(tuple(row) for row in rows))


def array(document, sheet, reference, formula):
    document.Sheets[sheet].getCellRangeByName(reference).setArrayFormula(formula)


def formula(document, sheet, reference, text):
    document.Sheets[sheet].getCellRangeByName(reference).setFormula(text)


def name(document, text, sheet, reference):
    """Define a name for some cells."""
    place = document.Sheets[sheet].getCellRangeByName(reference).getCellByPosition(0, 0).getCellAddress()
    document.NamedRanges.addNewByName(text, f"${sheet}.{reference}", place, 0)


def get(document, sheet, reference):
    """Return the values of a range, an error as its number in braces."""
    area = document.Sheets[sheet].getCellRangeByName(reference)
    rows = [list(row) for row in area.getDataArray()]
    for i, row in enumerate(rows):
        for j in range(len(row)):
            if error := area.getCellByPosition(j, i).getError():
                row[j] = {"error": error}
    return rows


def shapes(document):
    """Return the macro of every shape, by sheet."""
    found = {}
    for sheet in document.Sheets:
        for shape in sheet.DrawPage:
            if hasattr(shape, "Events"):
                event = {each.Name: each.Value for each in shape.Events.getByName("OnClick") or ()}
                if event.get("Script"):
                    found.setdefault(sheet.Name, {})[shape.Name] = event["Script"]
    return found


def sheets(document):
    return [[sheet.Name, bool(sheet.IsVisible)] for sheet in document.Sheets]


def answers(document, orders):
    found = []
    for name, *arguments in orders:
        try:
            found.append({"gives": globals()[name](document, *arguments)})
        except Exception:
            found.append({"raised": traceback.format_exc()})
    return found


def main():
    soffice, profile, jobs = sys.argv[1:]
    found = []
    with Office(soffice, Path(profile), seconds=LIFE_SECONDS) as office:
        for path, orders in json.loads(jobs):
            # Not hidden, though nobody sees it: macros look for the window in front.
            document = office.load(path, hidden=False, MacroExecutionMode=ALWAYS_EXECUTE)
            found.append(answers(document, orders))
            document.setModified(False)
            document.close(True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()

"""What runs inside the office, as a macro: it types and reads thousands of cells, and sees what Python holds there."""

import collections
import gc
import itertools
import json
import sys


def results(given):
    """Type formulas into a new document, each with its arguments in cells beside it; return what each gives.

    An input is [cells of its arguments, those among them that are computed, formula, its place, rows and columns of
    what it gives]; cells are [[row, column], what is in it], places [row, column], both from 0.
    """
    inputs = json.loads(given)
    document = XSCRIPTCONTEXT.getDesktop().loadComponentFromURL("private:factory/scalc", "_blank", 0, hidden())  # noqa: F821
    sheet = document.Sheets[0]
    cells = {tuple(place): cell for arguments, *_ in inputs for place, cell in arguments}
    height, width = (1 + max(place[axis] for place in cells) for axis in (0, 1))
    table = tuple(tuple(cells.get((i, j), "") for j in range(width)) for i in range(height))
    sheet.getCellRangeByPosition(0, 0, width - 1, height - 1).setDataArray(table)
    areas = []
    for _, computed, formula, (top, left), (rows, columns) in inputs:
        for (row, column), text in computed:
            sheet.getCellByPosition(column, row).setFormula(text)
        area = sheet.getCellRangeByPosition(left, top, left + columns - 1, top + rows - 1)
        if rows == columns == 1:
            area.setFormulaArray(((formula,),))
        else:
            area.setArrayFormula(formula)
        areas.append(area)
    found = [values(area) for area in areas]
    document.close(True)
    return json.dumps(found)


def blocks_left_by_a_click(given):
    """Return how many blocks of memory Python holds more after each of some clicks in a document."""
    url, name, count = json.loads(given)
    (document,) = (each for each in XSCRIPTCONTEXT.getDesktop().Components if url == each.URL)  # noqa: F821
    services = XSCRIPTCONTEXT.getComponentContext().ServiceManager  # noqa: F821
    helper, frame = services.createInstance("com.sun.star.frame.DispatchHelper"), document.CurrentController.Frame
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(count):
        helper.executeDispatch(frame, f"org.gradsheet:{name}", "", 0, ())
    gc.collect()
    return json.dumps((sys.getallocatedblocks() - before) / count)


def calculated_by_a_click(given):
    """Return how often each formula is calculated from a click in a document until nothing is left to calculate."""
    from addin.calc.inside import functions

    url, name = json.loads(given)
    (document,) = (each for each in XSCRIPTCONTEXT.getDesktop().Components if url == each.URL)  # noqa: F821
    services = XSCRIPTCONTEXT.getComponentContext().ServiceManager  # noqa: F821
    helper, frame = services.createInstance("com.sun.star.frame.DispatchHelper"), document.CurrentController.Frame
    kept, counts = functions.evaluate, collections.Counter()

    def evaluate(formula, arguments):
        counts[formula.name] += 1
        return kept(formula, arguments)

    functions.evaluate = evaluate
    helper.executeDispatch(frame, f"org.gradsheet:{name}", "", 0, ())
    document.calculate()
    functions.evaluate = kept
    return json.dumps(counts)


def note_some_changes(given):
    """Let the undo list take note of every third change that it is not to, as the office does by chance."""
    from addin.calc.inside import live_cells
    from addin.calc.inside.bracket import Bracket

    kept, count = live_cells.not_to_be_undone, itertools.count()

    def asked(document):
        return Bracket(lambda: None, lambda: None) if next(count) % 3 == 1 else kept(document)

    live_cells.not_to_be_undone = asked
    live_cells.note_as_asked = lambda: setattr(live_cells, "not_to_be_undone", kept)
    return json.dumps(None)


def note_as_asked(given):
    """End what `note_some_changes` began."""
    from addin.calc.inside import live_cells

    live_cells.note_as_asked()
    return json.dumps(None)


def hidden():
    from com.sun.star.beans import PropertyValue

    return (PropertyValue(Name="Hidden", Value=True),)


def values(area):
    """Return cells as numbers, texts, and errors by their numbers."""
    rows = [list(row) for row in area.getDataArray()]
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if cell is None:
                row[j] = {"error": area.getCellByPosition(j, i).getError()}
    return rows

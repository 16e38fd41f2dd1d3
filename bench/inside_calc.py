"""The measurements in Calc, run by the office's own Python; prints them as JSON."""

import json
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from addin.calc.install.headless import Office, properties

ROUNDS = 30
SETTLED = 200
OPENINGS = 5
STOPS = 5
FORMULAS = 7
"""Results that are numbers, texts or errors: com.sun.star.sheet.FormulaResult."""
FORMULA = 16
"""com.sun.star.sheet.CellFlags."""


Result = tuple[str, float, float, str]
"""What was measured, the figure, the most that is asked, and the unit."""


def measured(what: str, figure: float, goal: float, unit: str) -> Result:
    """Return a measurement with as many digits as mean something."""
    return what, round(figure, 3), goal, unit


def median_of(work: Callable[[int], None], rounds: int = ROUNDS) -> float:
    """Return the median of the seconds that some work takes."""
    times = []
    for i in range(rounds):
        began = time.perf_counter()
        work(i)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def products(office: Office) -> Result:
    """Compare NN_MATMUL with MMULT, on sheets of their own, by turns."""
    document = office.load("private:factory/scalc")
    works = {}
    for i, name in enumerate(("NN_MATMUL", "MMULT")):
        document.Sheets.insertNewByName(name, i)
        sheet = document.Sheets.getByName(name)
        sheet.getCellRangeByName("A1:J712").setDataArray(
            tuple(tuple(random.random() for _ in range(10)) for _ in range(712))
        )
        sheet.getCellRangeByName("L1:M10").setDataArray(tuple((random.random(), 1.0) for _ in range(10)))
        result = sheet.getCellRangeByName("O1:P712")
        result.setArrayFormula(f"={name}(A1:J712;L1:M10)")
        cell = sheet.getCellRangeByName("L1")

        def work(number: int, cell: Any = cell, result: Any = result) -> None:
            cell.setValue(float(number))
            result.getDataArray()

        works[name] = work
        median_of(work, 5)
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(10):
        for name, work in works.items():
            times[name].append(median_of(work, 10))
    document.close(True)
    ours, own = (1000 * statistics.median(times[name]) for name in ("NN_MATMUL", "MMULT"))
    return measured("NN_MATMUL of 712x10 by 10x2, one weight changed, more than MMULT", ours - own, 0.5, "ms")


def freeze(sheet: Any) -> None:
    """Put values in the place of formulas."""
    areas = [
        sheet.getCellRangeByPosition(at.StartColumn, at.StartRow, at.EndColumn, at.EndRow)
        for at in sheet.queryFormulaCells(FORMULAS).getRangeAddresses()
    ]
    values = [
        tuple(tuple("" if cell is None else cell for cell in row) for row in area.getDataArray()) for area in areas
    ]
    # All at once, for an area may hold a part of an array formula.
    sheet.clearContents(FORMULA)
    for area, rows in zip(areas, values, strict=True):
        area.setDataArray(rows)


def one_weight(office: Office, path: Path, only: str) -> float:
    """Return the seconds that a changed weight takes where only one sheet calculates."""
    document = office.load(str(path))
    for sheet in document.Sheets:
        if sheet.Name != only:
            freeze(sheet)
    for sheet in document.Sheets:
        for name in sheet.Charts.getElementNames():
            sheet.Charts.removeByName(name)
    cell = document.NamedRanges.getByName("weight_1_transposed").getReferredCells().getCellByPosition(0, 0)
    value = cell.getValue()

    def work(number: int) -> None:
        cell.setValue(value + number * 1e-3)
        document.calculate()

    median_of(work, 5)
    seconds = median_of(work)
    document.close(True)
    return seconds


def sheets(office: Office, path: Path) -> Result:
    """Compare a workbook where only the Model sheet calculates with one where only the Lesson sheet does."""
    ours, own = (1000 * one_weight(office, path, name) for name in ("Model", "Lesson"))
    return measured("one weight changed, Model sheet over Lesson sheet", ours / own, 3.0, "times")


def what_if(office: Office, path: Path) -> Result:
    """Measure a setting changed on What if, until the losses of all epochs stand in their cells; no chart is drawn."""
    document = office.load(str(path))
    for sheet in document.Sheets:
        for name in sheet.Charts.getElementNames():
            sheet.Charts.removeByName(name)
    cells = {name: document.NamedRanges.getByName(name).getReferredCells() for name in ("what_if_lr", "loss_curve")}

    def work(number: int) -> None:
        cells["what_if_lr"].getCellByPosition(0, 0).setValue(0.05 + number * 1e-3)
        cells["loss_curve"].getDataArray()

    median_of(work, 5)
    seconds = median_of(work)
    document.close(True)
    return measured("100 epochs on What if, from the changed lr to the losses", 1000 * seconds, 20.0, "ms")


def clicker(office: Office, document: Any) -> Callable[[int], None]:
    """Return what clicks Epoch in a document, and waits for the cells."""
    frame = document.CurrentController.Frame
    helper = office.service("com.sun.star.frame.DispatchHelper")

    def click(_: int) -> None:
        assert helper.executeDispatch(frame, "org.gradsheet:epoch", "", 0, properties()).State == 1

    return click


def epoch_click(office: Office, path: Path, goal: float) -> Result:
    """Measure an Epoch click, its kernel included."""
    document = office.load(str(path))
    click = clicker(office, document)
    median_of(click, 10)
    seconds = median_of(click)
    document.close(True)
    return measured(f"an Epoch click on {path.stem}", 1000 * seconds, goal, "ms")


def held(office: Office, path: Path, count: int) -> Result:
    """Measure the memory after many clicks."""
    document = office.load(str(path))
    click = clicker(office, document)
    for _ in range(SETTLED):
        click(0)
    before = memory(office)
    for _ in range(count - SETTLED):
        click(0)
    after = memory(office)
    document.close(True)
    return measured(f"memory after {count} Epoch clicks, more than after {SETTLED}", after - before, 50.0, "MB")


def stop(office: Office, path: Path) -> Result:
    """Measure how long a long training goes on after Stop."""
    document = office.load(str(path))
    document.NamedRanges.getByName("epochs_per_click").getReferredCells().setValue(1e9)
    frame = document.CurrentController.Frame

    def click(name: str) -> None:
        helper = office.service("com.sun.star.frame.DispatchHelper")
        helper.executeDispatch(frame, f"org.gradsheet:{name}", "", 0, properties())

    seconds = []
    for _ in range(STOPS):
        training = threading.Thread(target=click, args=("epochs",))
        training.start()
        time.sleep(1.5)
        began = time.perf_counter()
        click("stop")
        training.join()
        seconds.append(time.perf_counter() - began)
    document.close(True)
    return measured("from Stop to the end of the training", statistics.median(seconds), 0.5, "s")


def memory(office: Office) -> float:
    """Return the megabytes that the office holds, with the processes it has started."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except (OSError, ValueError):
            continue
        found[int(status.parent.name)] = (int(fields["PPid"]), int(fields.get("VmRSS", "0 kB").split()[0]))
    ours = {office.process.pid}
    for _ in range(5):
        ours |= {number for number, (parent, _) in found.items() if parent in ours}
    return sum(found[number][1] for number in ours if number in found) / 1024


def openings(soffice: str, folder: Path, template: str) -> Result:
    """Compare opening the template with opening the same file without our formulas, each first in a new office."""
    times: dict[str, list[float]] = {f"{template}.xlsx": [], "plain.xlsx": []}
    for _ in range(OPENINGS):
        for name, seconds in times.items():
            with Office(soffice, folder / "profile", 300) as office:
                began = time.perf_counter()
                office.load(str(folder / name)).close(True)
                seconds.append(time.perf_counter() - began)
    ours, plain = (statistics.median(seconds) for seconds in times.values())
    return measured(f"opening {template} first of all, more than without our formulas", ours - plain, 0.3, "s")


def main() -> None:
    """Measure everything."""
    soffice, folder, count, template = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    results = [openings(soffice, folder, template)]
    book = folder / f"{template}.xlsx"
    clicked = json.loads(sys.argv[5])
    with Office(soffice, folder / "profile", 3000) as office:
        results.append(products(office))
        results += [measure(office, book) for measure in (sheets, what_if, stop)]
        results += [epoch_click(office, folder / f"{name}.xlsx", goal) for name, goal in clicked.items()]
        results.append(held(office, book, count))
    print(json.dumps(results))


main()

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


def measure(what: str, measured: float, unit: str, asked: float, **details: Any) -> dict[str, Any]:
    """Return one result."""
    return {"what": what, "measured": measured, "unit": unit, "asked": asked, "details": details}


def median_of(work: Callable[[int], None], rounds: int = ROUNDS) -> float:
    """Return the median of the seconds that some work takes."""
    times = []
    for i in range(rounds):
        began = time.perf_counter()
        work(i)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def products(office: Office) -> dict[str, Any]:
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
    return measure("NN_MATMUL of 712x10 by 10x2, more than MMULT", ours - own, "ms", 1.5, ours=ours, own=own)


def freeze(sheet: Any, keep: Callable[[str], bool]) -> None:
    """Put values in the place of formulas."""
    for address in sheet.queryFormulaCells(FORMULAS).getRangeAddresses():
        area = sheet.getCellRangeByPosition(address.StartColumn, address.StartRow, address.EndColumn, address.EndRow)
        if not any(keep(formula) for row in area.getFormulaArray() for formula in row):
            values = tuple(tuple("" if cell is None else cell for cell in row) for row in area.getDataArray())
            area.clearContents(16)
            area.setDataArray(values)


def one_weight(office: Office, path: Path, only: str) -> float:
    """Return the seconds that a changed weight takes where only one sheet calculates."""
    document = office.load(str(path))
    for sheet in document.Sheets:
        if sheet.Name != only:
            freeze(sheet, lambda formula: False)
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


def sheets(office: Office, path: Path) -> dict[str, Any]:
    """Compare a workbook where only the Model sheet calculates with one where only the Lesson sheet does."""
    ours, own = (1000 * one_weight(office, path, name) for name in ("Model", "Lesson"))
    return measure("one weight changed, Model sheet / Lesson sheet", ours / own, "times", 3, model=ours, lesson=own)


def what_if(office: Office, path: Path) -> dict[str, Any]:
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
    return measure("100 epochs on What if, from the changed lr to the losses", 1000 * seconds, "ms", 20)


def clicks(office: Office, path: Path, count: int) -> list[dict[str, Any]]:
    """Measure an Epoch click, and the memory after many."""
    document = office.load(str(path))
    frame = document.CurrentController.Frame
    helper = office.service("com.sun.star.frame.DispatchHelper")

    def click(_: int) -> None:
        assert helper.executeDispatch(frame, "org.gradsheet:epoch", "", 0, properties()).State == 1

    median_of(click, 10)
    seconds = median_of(click)
    for _ in range(SETTLED):
        click(0)
    before = memory(office)
    for _ in range(count - SETTLED):
        click(0)
    after = memory(office)
    document.close(True)
    return [
        measure("an Epoch click on the two-layer template, kernel included", 1000 * seconds, "ms", 60),
        measure(
            f"memory after {count} Epoch clicks, more than after {SETTLED}", after - before, "MB", 50, before=before
        ),
    ]


def stop(office: Office, path: Path) -> dict[str, Any]:
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
    return measure("from Stop to the end of the training", statistics.median(seconds), "s", 0.5)


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


def openings(soffice: str, folder: Path) -> dict[str, Any]:
    """Compare opening the template with opening the same file without our formulas, each first in a new office."""
    times: dict[str, list[float]] = {"template.xlsx": [], "plain.xlsx": []}
    for _ in range(OPENINGS):
        for name, seconds in times.items():
            with Office(soffice, folder / "profile", 300) as office:
                began = time.perf_counter()
                office.load(str(folder / name)).close(True)
                seconds.append(time.perf_counter() - began)
    ours, plain = (statistics.median(seconds) for seconds in times.values())
    return measure("opening the template first of all, more than without formulas", ours - plain, "s", 1.5, ours=ours)


def main() -> None:
    """Measure everything."""
    soffice, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    results = [openings(soffice, folder)]
    with Office(soffice, folder / "profile", 1500) as office:
        results.append(products(office))
        results.append(sheets(office, folder / "template.xlsx"))
        results.append(what_if(office, folder / "template.xlsx"))
        results.append(stop(office, folder / "template.xlsx"))
        results += clicks(office, folder / "template.xlsx", count)
    print(json.dumps(results))


main()

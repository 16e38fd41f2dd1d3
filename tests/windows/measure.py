"""Measure what a person in Excel waits for, as far as Python, xlwings' library and COM have a part in it.

Prints a table for docs/excel.md: milliseconds on the clock, the least of several, because whatever else runs only adds;
and of the processor in the Python behind the formulas, the mean, in which Wine's handing over of values has no part.
Under Wine a call between two processes takes several times as long as on Windows, so what counts is the difference from
a function that does nothing, and how many questions a click asks.
"""

import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pythoncom

from addin.excel.build.files import template_file
from tests.windows.as_vba import Library, invoke, server_command
from tests.windows.excel_object import Application, Object
from workbooks.lessons.templates import BUNDLED

UDFS = "addin.excel.inside.udfs"
CLICKED = "titanic_linear"


@dataclass(frozen=True)
class Seconds:
    """How long something takes: on the clock, and of the processor in the Python behind the formulas."""

    clock: float
    processor: float

    def __sub__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.clock - other.clock, self.processor - other.processor)

    def row(self, what: str) -> None:
        """Print a row of the table."""
        print(f"| {what} | {self.clock * 1000:,.1f} | {self.processor * 1000:,.1f} |", flush=True)


def least(several: Sequence[Seconds]) -> Seconds:
    """Return the least of several."""
    return Seconds(min(each.clock for each in several), min(each.processor for each in several))


def measured(act: Callable[[], Any], processor: Callable[[], float], times: int) -> Seconds:
    """Return how long something takes; `processor` tells how many seconds the Python behind the formulas has used."""
    clock = []
    used = processor()
    for _ in range(times):
        began = time.perf_counter()
        act()
        clock.append(time.perf_counter() - began)
    return Seconds(min(clock), (processor() - used) / times)


def block(rows: int, columns: int) -> tuple[tuple[float, ...], ...]:
    """Return numbers of no meaning."""
    draw = random.Random(0)
    return tuple(tuple(draw.random() for _ in range(columns)) for _ in range(rows))


def formulas_in(path: Path) -> int:
    """Return how many cells or blocks of a workbook call formulas of Gradsheet's; on opening each is calculated."""
    sheets = openpyxl.load_workbook(path).worksheets
    cells = (cell.value for sheet in sheets for row in sheet for cell in row)
    return sum("NN_" in str(getattr(cell, "text", cell)) for cell in cells)


def main() -> None:
    """Print the table."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)  # where the other process finds nothing.py
    pythoncom.CoInitialize()
    environment = Path(os.environ["LOCALAPPDATA"], "gradsheet", "venv")
    library, command = Library(environment), server_command(environment / "Scripts" / "python.exe")

    def call(module: str, name: str, *arguments: Any, command: str = command) -> Any:
        return invoke(library.activate(command), "CallUDF", module, name, list(arguments), None)

    print(f"Measured on: {platform.processor()}", flush=True)
    # A server for each spelling of the command; Wine starts none a second time.
    spelled = [command.replace(" -B ", f" -B {' ' * spaces}") for spaces in range(3)]
    starts, firsts = zip(*(first_calls(partial(call, command=each)) for each in spelled), strict=True)
    least(starts).row("start of Python, to the end of a function that does nothing")
    least(firsts).row("the first formula, beyond that")
    calls(call)
    for each in spelled:
        library.activate(each, mode=-1)
    excel = Application(environment)
    clicks(excel)
    excel.Quit()


def first_calls(call: Callable[..., Any]) -> tuple[Seconds, Seconds]:
    """Start a Python; return how long it takes to the end of a function that does nothing, and a formula after that."""
    began = time.perf_counter()
    used = call("nothing", "processor")
    start = Seconds(time.perf_counter() - began, used)
    return start, measured(partial(call, UDFS, "NN_RELU", 1.0), partial(call, "nothing", "processor"), 1)


def calls(call: Callable[..., Any]) -> None:
    """Print how long formulas take, and functions that do nothing, but for the first time."""

    def fifty(*arguments: Any) -> Seconds:
        call(*arguments)
        return measured(partial(call, *arguments), partial(call, "nothing", "processor"), 50)

    fifty(UDFS, "NN_RELU", 1.0).row("NN_RELU of one number")
    inputs, weight = block(712, 10), block(10, 2)
    product = fifty(UDFS, "NN_MATMUL", inputs, weight)
    product.row("NN_MATMUL of 712×10 and 10×2")
    for name, gives in {"nothing": "one cell", "zeros": "as many cells"}.items():
        empty = fifty("nothing", name, inputs, weight)
        (product - empty).row(f"the same, beyond a function that computes nothing and gives {gives}")


def clicks(excel: Application) -> None:
    """Print how many formulas each workbook calculates when it is opened, and how long a click takes in one."""
    with tempfile.TemporaryDirectory() as folder:
        for name in BUNDLED:
            path = Path(folder, f"{name}.xlsm")
            path.write_bytes(template_file(name))
            print(f"| formulas calculated when {name} is opened | {formulas_in(path)} |", flush=True)
        book = excel.Workbooks.Open(str(Path(folder, f"{CLICKED}.xlsm")))
        book.click("epoch")
        Object.asked.clear()
        book.click("epoch")
        questions = Object.asked.total()

        def processor() -> float:
            return float(excel.call("nothing", "processor", [], book))

        click = measured(partial(book.click, "epoch"), processor, 5)
        click.row(f"a click on Epoch, which asks Excel {questions} questions")
        asking = measured(partial(excel.call, "nothing", "ask", [float(questions)], book), processor, 5)
        (click - asking).row("the same, beyond as many questions for a name")


if __name__ == "__main__":
    main()

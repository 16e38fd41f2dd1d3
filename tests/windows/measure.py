"""Measure what a person in Excel waits for, as far as Python, xlwings' library and COM have a part in it.

Prints a table for docs/excel.md. Each figure is the least of several, because whatever else runs only adds. Under Wine
a call between two processes takes several times as long as on Windows, so what counts is the difference from a function
that does nothing, and how many questions a click asks.
"""

import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable
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


def seconds(act: Callable[[], Any], times: int = 1) -> float:
    """Return how long something takes, the least of several times."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return min(took)


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

    def row(what: str, took: float) -> None:
        print(f"| {what} | {took * 1000:,.1f} ms |", flush=True)

    print(f"Measured on: {platform.processor()}", flush=True)
    # A server for each spelling of the command; Wine starts none a second time.
    spelled = [command.replace(" -B ", f" -B {' ' * spaces}") for spaces in range(3)]
    start = min(seconds(partial(call, "nothing", "nothing", 1.0, 1.0, command=each)) for each in spelled)
    first = min(seconds(partial(call, UDFS, "NN_RELU", 1.0, command=each)) for each in spelled)
    row("start of Python, to the end of a function that does nothing", start)
    row("the first formula, beyond that", first)
    row("NN_RELU of one number", seconds(lambda: call(UDFS, "NN_RELU", 1.0), 50))
    inputs, weight = block(712, 10), block(10, 2)
    formula = seconds(lambda: call(UDFS, "NN_MATMUL", inputs, weight), 50)
    row("NN_MATMUL of 712×10 and 10×2", formula)
    for name, gives in {"nothing": "one cell", "zeros": "as many cells"}.items():
        empty = seconds(partial(call, "nothing", name, inputs, weight), 50)
        row(f"the same, beyond a function that computes nothing and gives {gives}", formula - empty)
    for each in spelled:
        library.activate(each, mode=-1)

    excel = Application(environment)
    with tempfile.TemporaryDirectory() as folder:
        for name in BUNDLED:
            path = Path(folder, f"{name}.xlsm")
            path.write_bytes(template_file(name))
            print(f"| formulas calculated when {name} is opened | {formulas_in(path)} |", flush=True)
        path = Path(folder, f"{CLICKED}.xlsm")
        book = excel.Workbooks.Open(str(path))
        book.click("epoch")
        Object.asked.clear()
        book.click("epoch")
        questions = Object.asked.total()
        click = seconds(lambda: book.click("epoch"), 5)
        asking = seconds(lambda: excel.call("nothing", "ask", [float(questions)], book), 5)
        row(f"a click on Epoch, which asks Excel {questions} questions", click)
        row("the same, beyond as many questions for a name", click - asking)
    excel.Quit()


if __name__ == "__main__":
    main()

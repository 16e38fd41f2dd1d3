"""Measure what a person in Excel waits for, as far as Python, xlwings' library and COM have a part in it.

Prints a table for docs/excel.md. Under Wine a call between two processes takes several times as long as on Windows, so
what counts is the difference from a function that does nothing. Measure while nothing else runs.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pythoncom

from addin.excel.build.files import template_file
from tests.windows.as_vba import Library, invoke, server_command

UDFS, MACROS = "addin.excel.inside.udfs", "addin.excel.inside.macros"


def seconds(act: Callable[[], Any]) -> float:
    """Return how long something takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def median(act: Callable[[], Any], times: int) -> float:
    """Return how long something takes in the middle of several times."""
    return statistics.median(seconds(act) for _ in range(times))


def block(rows: int, columns: int) -> tuple[tuple[float, ...], ...]:
    """Return numbers of no meaning."""
    draw = random.Random(0)
    return tuple(tuple(draw.random() for _ in range(columns)) for _ in range(rows))


def main() -> None:
    """Print the table."""
    from tests.windows.excel_object import Application

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    pythoncom.CoInitialize()
    environment = Path(os.environ["LOCALAPPDATA"], "gradsheet", "venv")
    library, command = Library(environment), server_command(environment / "Scripts" / "python.exe")

    def call(module: str, name: str, *arguments: Any) -> Any:
        return invoke(library.activate(command), "CallUDF", module, name, list(arguments), None)

    inputs, weight = block(712, 10), block(10, 2)
    lines = [("start of Python", seconds(lambda: library.activate(command)))]
    lines.append(("first call of a function that does nothing", seconds(lambda: call("nothing", "nothing", 1.0, 1.0))))
    lines.append(("first formula, beyond that", seconds(lambda: call(UDFS, "NN_RELU", 1.0))))
    lines.append(("NN_RELU of one number", median(lambda: call(UDFS, "NN_RELU", 1.0), 50)))
    call(UDFS, "NN_MATMUL", inputs, weight)
    formula = median(lambda: call(UDFS, "NN_MATMUL", inputs, weight), 20)
    lines.append(("NN_MATMUL of 712x10 and 10x2", formula))
    lines.append(
        (
            "beyond a function that does nothing",
            formula - median(lambda: call("nothing", "nothing", inputs, weight), 20),
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        excel = Application(environment)
        path = Path(folder, "titanic_linear.xlsm")
        path.write_bytes(template_file("titanic_linear"))
        book = excel.Workbooks.Open(str(path))
        book.click("epoch")
        lines.append(("a click on Epoch", median(lambda: book.click("epoch"), 10)))
    for what, took in lines:
        print(f"| {what} | {took * 1000:,.1f} ms |")
    library.activate(command, mode=-1)


if __name__ == "__main__":
    main()

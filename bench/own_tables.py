"""Measure the commands on large tables, each in a process of its own: processor, clock and the most memory."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
from openpyxl.workbook.defined_name import DefinedName

from bench import report

ROW = "large own tables"
SEED = 0
ROWS_AT_ONCE = 10_000
EMPTY = re.compile(rb"<sheetData ?/>|<sheetData></sheetData>")
SHEET = "xl/worksheets/sheet1.xml"
TABLES = (
    ("20,000 x 30", 20_000, 30, {"new": (5, 0), "train": (3, 0), "predict": (2, 0)}),
    ("200,000 x 20", 200_000, 20, {"new": (60, 1500), "train": (45, 1200), "predict": (45, 1200)}),
)
"""For each table the most seconds, and megabytes where they are asked for too."""
MILLION = (1_000_000, 10, (45, 3000))


def write_table(path: Path, rows: int, columns: int) -> None:
    """Write a table of numbers, the last of which is a sum of the others with noise."""
    draw = np.random.default_rng(SEED)
    inputs = draw.normal(size=(rows, columns - 1))
    target = inputs @ draw.normal(size=columns - 1) + draw.normal(size=rows)
    names = ",".join([*(f"x{j}" for j in range(1, columns)), "y"])
    np.savetxt(path, np.column_stack([inputs, target]), "%.6f", ",", header=names, comments="")


def write_bare_workbook(path: Path, rows: int, columns: int) -> None:
    """Write a workbook that holds inputs, target and weights, and not a formula."""
    book = openpyxl.Workbook()
    model = book.create_sheet("Model")
    for i in range(1, columns):
        model.cell(i, 1).value = 0.0
    model["C1"], model["C2"], model["C3"] = 0, 0.01, 1000
    letters = [openpyxl.utils.get_column_letter(j) for j in range(1, columns + 1)]
    references = {
        "inputs": f"Sheet!$A$1:${letters[-2]}${rows}",
        "target": f"Sheet!${letters[-1]}$1:${letters[-1]}${rows}",
        "weight_1": f"Model!$A$1:$A${columns - 1}",
        "epoch": "Model!$C$1",
        "lr": "Model!$C$2",
        "batch_size": "Model!$C$3",
    }
    for name, reference in references.items():
        book.defined_names[name] = DefinedName(name, attr_text=reference)
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before, after = EMPTY.split(parts[SHEET])
    draw = np.random.default_rng(SEED)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            with archive.open(name, "w") as stream:
                stream.write(before + b"<sheetData>" if name == SHEET else data)
                for first in range(1, rows + 1, ROWS_AT_ONCE) if name == SHEET else ():
                    for i, numbers in enumerate(draw.normal(size=(ROWS_AT_ONCE, columns)).round(4).tolist(), first):
                        cells = zip(letters, numbers, strict=True)
                        texts = "".join(f'<c r="{letter}{i}"><v>{number}</v></c>' for letter, number in cells)
                        stream.write(f'<row r="{i}">{texts}</row>'.encode())
                if name == SHEET:
                    stream.write(b"</sheetData>" + after)


def measure(what: str, command: list[str], folder: Path, goals: tuple[float, float]) -> list[report.Row]:
    """Run a command and return what it took.

    Raises:
        RuntimeError: where it fails.
    """
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "addin.cli", *command], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"{' '.join(command)} failed")
    found = [
        ("processor", used.ru_utime + used.ru_stime, goals[0], "s"),
        ("clock", time.perf_counter() - began, goals[0], "s"),
        ("memory", used.ru_maxrss / 1024, goals[1], "MB"),
    ]
    return [
        report.result(ROW, f"{what}, {by}", round(figure, 1), goal, unit) for by, figure, goal, unit in found if goal
    ]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.own_tables", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("out/bench_own_tables.json"))
    options = parser.parse_args()
    rows: list[report.Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for called, count, columns, goals in TABLES:
            write_table(folder / "table.csv", count, columns)
            commands = {
                "new": ["new", "table.csv", "--target", "y", "-o", "book.xlsx", "--force"],
                "train": ["train", "book.xlsx", "--epochs", "2", "--quiet"],
                "predict": ["predict", "book.xlsx", "table.csv", "-o", "answers.csv"],
            }
            for command, words in commands.items():
                rows += measure(f"{command} {called}", words, folder, goals[command])
        count, columns, most = MILLION
        write_bare_workbook(folder / "bare.xlsx", count, columns)
        rows += measure("train 1,000,000 x 10 without formulas", ["train", "bare.xlsx", "--epochs", "1"], folder, most)
    report.publish(rows, options.output)


if __name__ == "__main__":
    main()

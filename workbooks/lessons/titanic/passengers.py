"""The Titanic passengers, and the lesson's ten inputs made of them by formulas.

Data: workbooks/data/titanic.csv, the 891 passengers of the lesson out of the public titanic3 table (Vanderbilt
University, Department of Biostatistics). 177 ages and 2 ports are blank; 712 passengers are complete.
"""

import csv
import functools
from importlib import resources

import numpy as np

from pyfuncs.cells.block import CellValue
from workbooks.sheets.block import Block, NamedBlocks, Values, as_values
from workbooks.sheets.book import Look, Page

COLUMNS = ("Survived", "Pclass", "Sex", "Age", "SibSp", "Parch", "Fare", "Embarked")
TEXTS = ("Sex", "Embarked")
FEATURES = ("SibSp", "Parch", "Age_N", "log_Fare", "Pclass_1", "Pclass_2", "Embark_S", "Embark_C", "Male", "Ones")
FORMATS = {"Age": "0.##", "Fare": "0.00", "Age_N": "0.000", "log_Fare": "0.000"}

PREPARATIONS = (
    "{SibSp}",
    "{Parch}",
    "{Age}/MAX({Age:all})",
    "LOG10({Fare}+1)",
    "IF({Pclass}=1,1,0)",
    "IF({Pclass}=2,1,0)",
    'IF({Embarked}="S",1,0)',
    'IF({Embarked}="C",1,0)',
    'IF({Sex}="male",1,0)',
)


@functools.cache
def passengers() -> tuple[tuple[CellValue, ...], ...]:
    """Return all 891 passengers in the order of COLUMNS, None where a value is missing."""
    source = resources.files("workbooks").joinpath("data/titanic.csv").read_text(encoding="utf-8")

    def value(name: str, text: str) -> CellValue:
        return None if text == "" else text if name in TEXTS else float(text)

    return tuple(tuple(value(name, row[name]) for name in COLUMNS) for row in csv.DictReader(source.splitlines()))


def complete_passengers() -> list[tuple[int, tuple[CellValue, ...]]]:
    """Return the passengers with no value missing, each with its number among all (from 1)."""
    return [(number, row) for number, row in enumerate(passengers(), 1) if None not in row]


def raw_columns(page: Page, top: int, left: int) -> NamedBlocks:
    """Put the complete passengers' columns as values, and return each column's block by name."""
    rows = as_values([row for _, row in complete_passengers()])
    columns = {}
    for j, name in enumerate(COLUMNS):
        look = Look("centred" if name in TEXTS else "body", FORMATS.get(name, "General"))
        columns[name] = page.input(top, left + j, column(rows, j), look)
    return NamedBlocks("The table of passengers", columns)


def input_columns(page: Page, top: int, left: int, raw: NamedBlocks) -> Block:
    """Put the ten inputs as formulas of the raw columns, under the name inputs, and return them as one block."""
    count = raw["Age"].values.shape[0]
    columns = []
    for j, (feature, text) in enumerate(zip(FEATURES, PREPARATIONS, strict=False)):
        used = {name: block for name, block in raw.items() if f"{{{name}" in text}
        look = Look("inputs", FORMATS.get(feature, "0"))
        columns.append(page.each(top, left + j, (count, 1), text, look, None, **used))
    ones = page.text(top, left + len(PREPARATIONS), np.ones((count, 1)), Look("inputs", "0"))
    values = np.hstack([block.values for block in (*columns, ones)]).astype(np.float64)
    return page.define("inputs", Block(page.area(top, left, *values.shape), values))


def column(rows: Values, j: int) -> Values:
    """Return one column of rows as a block of its own, of numbers if it holds nothing else."""
    return as_values(rows[:, [j]].tolist())

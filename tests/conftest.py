"""What several rooms of tests share: a small model in memory or in a file, the templates, and the command."""

import importlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import numpy as np
import openpyxl
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from addin.cli.command import main
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels.optimizers import MOST_SLOTS
from pyfuncs.training.contract import read_model
from pyfuncs.training.model import Model, State
from pyfuncs.training.storage import state_blocks
from workbooks.lessons.templates import TEMPLATES
from workbooks.lessons.titanic.passengers import COLUMNS, complete_passengers
from workbooks.lessons.titanic.tasks import LR, WEIGHTS
from workbooks.sheets.writer import write
from workbooks.xlsx.package import Package

Blocks = dict[str, list[list[Any]]]


class MemoryCells:
    """Named cells without a workbook: each name has a sheet of its own and begins there at A1."""

    def __init__(self, blocks: Mapping[str, Sequence[Sequence[Any]]]) -> None:
        self.blocks = {name: [list(row) for row in rows] for name, rows in blocks.items()}
        self.drop_downs: dict[str, tuple[str, ...]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.blocks

    def constant(self, name: str) -> None:
        return None

    def matrix(self, name: str) -> None:
        """Return nothing, so that the cells are read."""

    def read(self, name: str) -> list[list[Any]]:
        return self.blocks[name]

    def choices(self, name: str) -> tuple[str, ...]:
        return self.drop_downs.get(name, ())

    def address(self, name: str, row: int | None = None, column: int | None = None) -> str:
        if name not in self.blocks:
            return "book.xlsx"
        if row is not None and column is not None:
            return f"book.xlsx, {name}!{get_column_letter(column + 1)}{row + 1}"
        rows = self.blocks[name]
        last = f"{get_column_letter(len(rows[0]))}{len(rows)}"
        return f"book.xlsx, {name}!A1" + ("" if last == "A1" else f":{last}")

    def labelled(self, names: Iterable[str]) -> dict[str, str]:
        return {}

    def forget(self) -> None:
        """Do nothing: what is held is what is read."""

    def refuse_unwritable(self, names: Sequence[str]) -> None:
        """Do nothing: all may be written."""

    def model(self) -> Model:
        return read_model(self)

    def hold(self, model: Model, state: State) -> None:
        """Save a state as a workbook does: numbers go through their text."""
        for name, rows in state_blocks(model, state, self).items():
            assert [len(row) for row in rows] == [len(row) for row in self.blocks[name]], name
            self.blocks[name] = [[stored(cell) for cell in row] for row in rows]


def stored(cell: float | None) -> float | ErrorCode | None:
    """Return a number as a file gives it back: through its text, and #NUM! where it is not finite."""
    if cell is None:
        return None
    return float(repr(float(cell))) if np.isfinite(cell) else ErrorCode.NUM


def numbers(seed: int, rows: int, columns: int) -> list[list[float]]:
    """Return numbers around 0, of few enough digits for openpyxl, which writes sixteen."""
    return np.random.default_rng(seed).normal(size=(rows, columns)).round(6).tolist()


def blocks_of(sizes: Sequence[int] = (3, 2, 1), rows: int = 12, **changes: Any) -> Blocks:
    """Return all that the contract knows for a small network with biases; a change to None takes a name away.

    A change that is no list is one cell.
    """
    target = [[float(sum(row) > 0)] * sizes[-1] for row in numbers(0, rows, sizes[0])]
    blocks: Blocks = {
        "inputs": numbers(0, rows, sizes[0]),
        "target": target,
        "task": [["binary"]],
        "valid_fraction": [[0]],
        "split_seed": [[0]],
        "loss": [["mse"]],
        "optimizer": [["sgd"]],
        "lr": [[0.05]],
        "momentum": [[0.9]],
        "weight_decay": [[0]],
        "batch_size": [[rows]],
        "shuffle": [[True]],
        "seed": [[0]],
        "initializer": [["uniform"]],
        "epochs_per_click": [[10]],
        "epoch": [[0]],
        "step": [[0]],
        "history": [[None] * 6 for _ in range(20)],
    }
    for k, (fan_in, fan_out) in enumerate(pairwise(sizes), 1):
        last = k == len(sizes) - 1
        blocks |= {
            f"activation_{k}": [["identity" if last else "tanh"]],
            f"trains_{k}": [[True]],
            f"weight_{k}": numbers(k, fan_in, fan_out),
            f"bias_{k}": numbers(10 + k, 1, fan_out),
            f"initial_weight_{k}": numbers(k, fan_in, fan_out),
            f"initial_bias_{k}": numbers(10 + k, 1, fan_out),
            f"optimizer_state_{k}": [[None] * fan_out for _ in range(MOST_SLOTS * fan_in + 4)],
            f"optimizer_bias_state_{k}": [[None] * fan_out for _ in range(MOST_SLOTS + 4)],
        }
    for name, change in changes.items():
        if change is None:
            blocks.pop(name, None)
        else:
            blocks[name] = change if isinstance(change, list) else [[change]]
    return blocks


def book_of(path: Path, sheets: Mapping[str, Mapping[str, Any]], *, scoped: bool = False) -> dict[str, str]:
    """Write a workbook with no formulas whose sheets hold named blocks one below the other.

    Scoped names belong to their sheet, others to the workbook. Return where each block is.
    """
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    places = {}
    for title, blocks in sheets.items():
        sheet = workbook.create_sheet(title)
        top = 1
        for name, rows in blocks.items():
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    sheet.cell(top + i, 1 + j, cell)
            last = f"{get_column_letter(len(rows[0]))}{top + len(rows) - 1}"
            places[name] = f"{title}!A{top}" + ("" if last == f"A{top}" else f":{last}")
            reference = f"'{title}'!$A${top}:${get_column_letter(len(rows[0]))}${top + len(rows) - 1}"
            names = sheet.defined_names if scoped else workbook.defined_names
            names[name] = DefinedName(name, attr_text=reference)
            top += len(rows) + 1
    workbook.save(path)
    return places


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test on the workbook digits as slow: building it takes ten seconds, and so does each look into it."""
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            parameters = [value for value in item.callspec.params.values() if isinstance(value, str)]
            if "digits" in parameters:
                item.add_marker(pytest.mark.slow)


class Typed(NamedTuple):
    """What a student types into one cell of the sheet Your turn, and the value that it has."""

    place: tuple[int, int]
    formula: str | None
    value: Any


YOUR_TURN = {
    1: {"Preds": "Q", "Loss": "S", "mean loss": "Q12", "gradient": "R12", "new weight": "S12"},
    2: {
        **{"Lin 1": "Q", "Lin 2": "R", "ReLU 1": "S", "ReLU 2": "T", "Preds": "U", "Loss": "W"},
        **{"mean loss": "Q14", "gradient": "S14", "new weight": "U14"},
    },
}
MADE = {
    **{"Age_N": "I", "log_Fare": "J", "Pclass_1": "K", "Pclass_2": "L"},
    **{"Embark_S": "M", "Embark_C": "N", "Male": "O", "Ones": "P"},
}


def right_numbers(units: int) -> dict[str, Any]:
    """Return by NumPy what belongs into each column and cell of the sheet Your turn."""
    table = {name: [row[j] for _, row in complete_passengers()] for j, name in enumerate(COLUMNS)}
    age, fare, y = (np.array(table[name], float) for name in ("Age", "Fare", "Survived"))
    found: dict[str, Any] = {"Age_N": age / age.max(), "log_Fare": np.log10(fare + 1)}
    for name, column, value in (
        ("Pclass_1", "Pclass", 1),
        ("Pclass_2", "Pclass", 2),
        ("Embark_S", "Embarked", "S"),
        ("Embark_C", "Embarked", "C"),
        ("Male", "Sex", "male"),
    ):
        found[name] = np.array([float(each == value) for each in table[column]])
    found["Ones"] = np.ones(len(age))
    given = [np.array(table[name], float) for name in ("SibSp", "Parch")]
    x = np.column_stack(given + list(found.values()))
    linear = x @ np.array(WEIGHTS[:units]).T
    hidden = np.maximum(linear, 0) if units == 2 else linear
    p = hidden.sum(axis=1)
    if units == 2:
        found |= {"Lin 1": linear[:, 0], "Lin 2": linear[:, 1], "ReLU 1": hidden[:, 0], "ReLU 2": hidden[:, 1]}
    found |= {"Preds": p, "Loss": (p - y) ** 2, "mean loss": ((p - y) ** 2).mean()}
    slope = 2 * ((p - y) * ((linear[:, 0] > 0) if units == 2 else 1) * found["Age_N"]).mean()
    return found | {"gradient": slope, "new weight": WEIGHTS[0][2] - LR * slope}


def own_formulas(units: int, row: int, top: int, bottom: int) -> dict[str, str]:
    """Return the formulas for a row of the sheet Your turn, and those of its single cells."""
    w = top - 5 + (units == 1) + 1
    shared = {
        "Age_N": f"D{row}/MAX(D${top}:D${bottom})",
        "log_Fare": f"LOG10(E{row}+1)",
        "Pclass_1": f"IF(B{row}=1,1,0)",
        "Pclass_2": f"IF(B{row}=2,1,0)",
        "Embark_S": f'IF(F{row}="S",1,0)',
        "Embark_C": f'IF(F{row}="C",1,0)',
        "Male": f'IF(C{row}="male",1,0)',
        "Ones": "1",
    }
    if units == 1:
        return shared | {
            "Preds": f"SUMPRODUCT(G${w}:P${w},G{row}:P{row})",
            "Loss": f"(Q{row}-R{row})^2",
            "mean loss": f"AVERAGE(S{top}:S{bottom})",
            "gradient": f"2*SUMPRODUCT(Q{top}:Q{bottom}-R{top}:R{bottom},I{top}:I{bottom})/712",
            "new weight": f"I{w}-T12*R12",
        }
    return shared | {
        "Lin 1": f"SUMPRODUCT(G${w}:P${w},G{row}:P{row})",
        "Lin 2": f"SUMPRODUCT(G${w + 1}:P${w + 1},G{row}:P{row})",
        "ReLU 1": f"MAX(0,Q{row})",
        "ReLU 2": f"MAX(0,R{row})",
        "Preds": f"S{row}+T{row}",
        "Loss": f"(U{row}-V{row})^2",
        "mean loss": f"AVERAGE(W{top}:W{bottom})",
        "gradient": f"2*SUMPRODUCT(U{top}:U{bottom}-V{top}:V{bottom},(Q{top}:Q{bottom}>0)*I{top}:I{bottom})/712",
        "new weight": f"I{w}-W14*S14",
    }


@cache
def solution(units: int) -> dict[str, list[Typed]]:
    """Return all that is to be typed on the sheet Your turn, by task; formulas without their equals sign."""
    numbers, top = right_numbers(units), 15 if units == 1 else 17
    found = {}
    for name, place in {**MADE, **YOUR_TURN[units]}.items():
        rows = [int(place[1:])] if place[1:] else range(top, top + 712)
        column = column_index_from_string(place[0])
        values = np.ravel(numbers[name]).tolist()
        found[name] = [
            Typed((row, column), own_formulas(units, row, top, top + 711)[name], value)
            for row, value in zip(rows, values, strict=True)
        ]
    return found


def type_cells(path: Path, cells: Iterable[Typed], sheet: str = "Your turn") -> Path:
    """Put formulas with their values into blank cells of a workbook, as a spreadsheet program stores them."""
    package = Package.open(path)
    part = package.sheet_part(sheet)
    typed = {f"{get_column_letter(each.place[1])}{each.place[0]}": each for each in cells}

    def filled(match: re.Match[str]) -> str:
        each = typed.pop(match[2], None)
        if each is None:
            return match[0]
        formula = "" if each.formula is None else f"<f>{escape(each.formula)}</f>"
        kind = ' t="str"' if isinstance(each.value, str) else ""
        value = "" if each.value is None else f"<v>{escape(str(each.value))}</v>"
        return f"{match[1]}{kind}>{formula}{value}</c>"

    text = re.sub(r'(<c r="([A-Z]+[0-9]+)" s="[0-9]+")(?:/>|></c>)', filled, package.read(part).decode())
    assert not typed, list(typed)[:3]
    package.put(part, text.encode())
    path.write_bytes(package.to_bytes())
    return path


class BuiltTemplates(Mapping[str, bytes]):
    """Every template's file by name."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        if name not in self.known:
            self.known[name] = write(TEMPLATES[name].build(None))
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(TEMPLATES)

    def __len__(self) -> int:
        return len(TEMPLATES)


class Result(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str


@pytest.fixture(scope="session")
def small_blocks() -> Callable[..., Blocks]:
    """Return the maker of a small model's cells."""
    return blocks_of


@pytest.fixture(scope="session")
def small_cells() -> Callable[..., MemoryCells]:
    """Return the maker of a small model's cells behind their names."""
    return lambda *args, **changes: MemoryCells(blocks_of(*args, **changes))


@pytest.fixture(scope="session")
def write_book() -> Callable[..., dict[str, str]]:
    """Return the writer of workbooks that are no template."""
    return book_of


@pytest.fixture
def small_book(tmp_path: Path) -> Callable[..., Path]:
    """Return the maker of a small workbook that is no template."""

    def make(*args: Any, path: Path = tmp_path / "small.xlsx", **changes: Any) -> Path:
        book_of(path, {"Model": blocks_of(*args, **changes)})
        return path

    return make


@pytest.fixture(scope="session")
def template_bytes() -> Mapping[str, bytes]:
    """Return the templates as they are built, each built when it is first asked for."""
    return BuiltTemplates()


@pytest.fixture
def template(template_bytes: Mapping[str, bytes], tmp_path: Path) -> Callable[[str], Path]:
    """Return the maker of a fresh copy of a template."""

    def copy(name: str) -> Path:
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(template_bytes[name])
        return path

    return copy


@pytest.fixture(scope="session")
def solved() -> Callable[[int], dict[str, list[Typed]]]:
    """Return what gives all that is to be typed on the sheet Your turn, for a number of linear sums a passenger."""
    return solution


@pytest.fixture(scope="session")
def type_in() -> Callable[..., Path]:
    """Return what puts formulas with their values into a workbook."""
    return type_cells


@pytest.fixture
def gradsheet(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Return the command, run in this process."""

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            status = int(ended.code or 0)
        return Result(status, *capsys.readouterr())

    return run


def imported(name: str, required_by: str) -> ModuleType:
    """Return a package that not every machine has; without it the test skips, or fails where a variable requires it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        if os.environ.get(required_by) == "1":
            pytest.fail(f"{required_by} is 1, but {name} cannot be imported")
        pytest.skip(f"{name} is not installed")


@pytest.fixture(scope="session")
def torch() -> ModuleType:
    """PyTorch, in one thread."""
    module = imported("torch", "GRADSHEET_REQUIRE_TORCH")
    module.set_num_threads(1)
    return module


@pytest.fixture(scope="session")
def distributed() -> ModuleType:
    """Dask's scheduler and workers."""
    return imported("distributed", "GRADSHEET_REQUIRE_DASK")


@pytest.fixture(scope="session")
def cluster(distributed: ModuleType) -> Iterator[str]:
    """Return the address of a Dask cluster of two processes on this machine."""
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as local:
        yield str(local.scheduler_address)


@pytest.fixture
def own_table(gradsheet: Callable[..., Result], tmp_path: Path) -> Path:
    """Return the workbook made from a table of flats and houses with their rents."""
    table, workbook = tmp_path / "rents.csv", tmp_path / "rents.xlsx"
    rows = [
        f"{30 + 7 * i % 90},{('flat', 'house')[i % 3 == 0]},{400 + 9 * (7 * i % 90) + 13 * i % 50}" for i in range(60)
    ]
    table.write_text("\n".join(["size,kind,rent", *rows]), encoding="utf-8")
    assert gradsheet("new", table, "--target", "rent", "-o", workbook).status == 0
    return workbook


@pytest.fixture
def workbook_of(template: Callable[[str], Path], request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """Return the maker of a fresh workbook: a template by its name, by another one that of an own table."""
    return lambda name: template(name) if name in TEMPLATES else request.getfixturevalue("own_table")

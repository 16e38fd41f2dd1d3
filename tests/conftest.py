"""What several rooms of tests share: a small model in memory or in a file, the templates, and the command."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from addin.cli.command import main
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels.optimizers import MOST_SLOTS
from pyfuncs.training.contract import read_model
from pyfuncs.training.model import Model, State
from pyfuncs.training.storage import state_blocks
from workbooks.lessons.templates import TEMPLATES
from workbooks.sheets.writer import write

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

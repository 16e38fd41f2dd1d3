"""Coverage-guided fuzzing of the readers of text: python -m tests.soak.fuzz {table,weights} FOLDER [libFuzzer options].

The folder, copied from tests/soak/corpus, grows by what reaches new code. Needs the extra fuzz.
"""

import contextlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["workbooks.own_data", "pyfuncs.training.weights"]):
    from pyfuncs.cells.errors import GradsheetError
    from pyfuncs.training.contract import read_model
    from pyfuncs.training.weights import import_weights
    from workbooks.lessons.templates import TEMPLATES
    from workbooks.own_data.plan import Wishes, plan
    from workbooks.own_data.table import read_table
    from workbooks.sheets.writer import write
    from workbooks.xlsx.workbook import WorkbookFile

FOLDER = Path(tempfile.mkdtemp())


def table(data: bytes) -> None:
    """Read a table and plan a workbook of it."""
    path = FOLDER / "table.csv"
    path.write_bytes(data)
    try:
        found = read_table(path)
        plan(found, Wishes(list(found.columns)[-1]))
    except GradsheetError:
        pass


def weights(data: bytes) -> None:
    """Read weights for a model of three layers."""
    with contextlib.suppress(GradsheetError):
        import_weights(MODEL, data.decode(errors="replace"))


def model_of_a_template() -> object:
    """Return the model whose weights are read."""
    path = FOLDER / "book.xlsx"
    path.write_bytes(write(TEMPLATES["titanic_two_layer"].build(None)))
    return read_model(WorkbookFile.open(path))


MODEL = model_of_a_template()

if __name__ == "__main__":
    reader = {"table": table, "weights": weights}[sys.argv.pop(1)]
    atheris.Setup(sys.argv, reader)
    atheris.Fuzz()

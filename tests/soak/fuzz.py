"""Coverage-guided fuzzing of the readers of text: python -m tests.soak.fuzz {table,weights} FOLDER [libFuzzer options].

The folder, copied from tests/soak/corpus, grows by what reaches new code. Needs the extra fuzz.
"""

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["workbooks.own_data", "pyfuncs.training.weights"]):
    from pyfuncs.cells.errors import GradsheetError
    from pyfuncs.training.contract import read_model
    from pyfuncs.training.weights import import_weights
    from workbooks.own_data.plan import PlanOptions, plan
    from workbooks.own_data.table import read_table
    from workbooks.xlsx.workbook import WorkbookFile

FOLDER = Path(tempfile.mkdtemp())
TEMPLATE = "titanic_two_layer"


def table(data: bytes) -> None:
    """Read a table and plan a workbook of it."""
    path = FOLDER / "table.csv"
    path.write_bytes(data)
    try:
        found = read_table(path)
        plan(found, PlanOptions(list(found.columns)[-1]))
    except GradsheetError:
        pass


def weights(data: bytes) -> None:
    """Read weights for a model of three layers."""
    with contextlib.suppress(GradsheetError):
        import_weights(MODEL, data.decode(errors="replace"))


def model_of_a_template() -> object:
    """Return the model whose weights are read."""
    # In a process of its own: Numba does not compile what is instrumented.
    subprocess.run([sys.executable, "-m", "addin.cli", "build", TEMPLATE, "-o", str(FOLDER)], check=True)
    return read_model(WorkbookFile.open(FOLDER / f"{TEMPLATE}.xlsx"))


MODEL = model_of_a_template()

if __name__ == "__main__":
    reader = {"table": table, "weights": weights}[sys.argv.pop(1)]
    atheris.Setup(sys.argv, reader)
    atheris.Fuzz()

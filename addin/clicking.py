"""What every program's buttons do with a file of weights, and how they say where training stands."""

from pathlib import Path

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.cells.spelling import spelled
from pyfuncs.kernels.arrays import Vector
from pyfuncs.training.model import Model, Record
from pyfuncs.training.weights import export_weights, import_weights
from workbooks.xlsx.atomic import write_atomically


def write_weights(model: Model, path: Path) -> str:
    """Write a model's weights into a CSV file, and say so."""
    write_atomically(path, export_weights(model, model.state.params).encode())
    return f"The weights are in {path}."


def read_weights(model: Model, path: Path) -> Vector:
    """Return the weights in a CSV file.

    Raises:
        GradsheetError: for a file that cannot be read or does not fit.

    """
    try:
        return import_weights(model, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GradsheetError(f"{path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise GradsheetError(f"{path} is not UTF-8 text; export the weights anew.") from None
    except GradsheetError as error:
        raise GradsheetError(f"{path}, {error}") from None


def reached(record: Record) -> str:
    """Return where the training stands as one reads it."""
    accuracy = "" if record.accuracy is None else f", accuracy {record.accuracy:.1%}"
    return f"Epoch {record.epoch}, step {record.step}: loss {spelled(record.train_loss, 6)}{accuracy}."

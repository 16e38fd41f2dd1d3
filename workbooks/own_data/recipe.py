"""What makes a workbook out of a table: which inputs from which columns, what the target is, and the network's size."""

from dataclasses import dataclass

from pyfuncs.cells.block import CellValue

NUMBER, VALUE, OTHER = "number", "value", "other"
TASKS = ("regression", "binary", "multiclass")
MEDIAN, MODE, DROP = "median", "mode", "drop"
FILLS = (MEDIAN, MODE, DROP)
LOSS = {"regression": "mse", "binary": "bce", "multiclass": "cross_entropy"}


@dataclass(frozen=True)
class Input:
    """One input of the model: a column's number, standardised, or 1 where the column holds a value and else 0.

    `kind` OTHER stands for all values of the column that have no input of their own.
    """

    column: str
    kind: str
    value: str | None = None

    @property
    def name(self) -> str:
        """Return what the sheet and the weights file call it."""
        if self.kind == NUMBER:
            return self.column
        return f"{self.column} = {self.value}" if self.kind == VALUE else f"{self.column}: other"


@dataclass(frozen=True)
class Recipe:
    """All that a workbook's formulas follow from, but for the numbers in its cells."""

    rows: int
    columns: tuple[str, ...]
    """The columns of the sheet Data, the target among them."""
    inputs: tuple[Input, ...]
    target: str
    task: str
    classes: tuple[CellValue, ...]
    """The values of the target in order, () for a regression; binary: the second is the one that counts as 1."""
    fill: str
    hidden: tuple[int, ...] = ()

    @property
    def outputs(self) -> int:
        """Return how many numbers the network gives for a row."""
        return len(self.classes) if self.task == "multiclass" else 1

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the sizes of the layers, the inputs first."""
        return (len(self.inputs), *self.hidden, self.outputs)

    @property
    def output_names(self) -> tuple[str, ...]:
        """Return what the sheet and the weights file call the outputs."""
        if self.task == "regression":
            return (self.target,)
        counted = self.classes if self.task == "multiclass" else self.classes[1:]
        return tuple(f"{self.target} = {shown(value)}" for value in counted)


def shown(value: CellValue) -> str:
    """Return a table's value as people read it: 2 and not 2.0."""
    return f"{value:.12g}" if isinstance(value, float) else str(value)

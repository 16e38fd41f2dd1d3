"""What makes a workbook out of a table: which inputs from which columns, what the target is, and the network's size."""

from dataclasses import dataclass

from pyfuncs.cells.block import CellValue
from workbooks.own_data.meaning import NUMBER, NUMERIC, VALUE, Meaning, shown

OTHER, BLANK = "other", "blank"
NUMBERS = Meaning(NUMBER)
KINDS = (*NUMERIC, VALUE, OTHER, BLANK)
BLANK_VALUE = "(blank)"
"""What fills the blanks of a column of words in which a blank is a value of its own."""
TASKS = ("regression", "binary", "multiclass")
MEDIAN, MODE, DROP = "median", "mode", "drop"
FILLS = (MEDIAN, MODE, DROP)
LOSS = {"regression": "mse", "binary": "bce", "multiclass": "cross_entropy"}


@dataclass(frozen=True)
class Input:
    """One input of the model: a column's number, standardised, or 1 where the column holds a value and else 0.

    `kind` OTHER stands for all values of the column that have no input of their own, BLANK for its blanks. The `value`
    of a number is its unit, that of a date how the table wrote it.
    """

    column: str
    kind: str
    value: str | None = None

    @property
    def is_number(self) -> bool:
        """Tell whether it is a column's number, a date's or a time's among them."""
        return self.kind in NUMERIC

    @property
    def meaning(self) -> Meaning:
        """Return what its column is."""
        return Meaning(self.kind, self.value) if self.is_number else Meaning(VALUE)

    @property
    def name(self) -> str:
        """Return what the sheet and the weights file call it."""
        if self.is_number:
            return self.column
        return f"{self.column} = {self.value}" if self.kind == VALUE else f"{self.column}: {self.kind}"


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
    target_meaning: Meaning = NUMBERS
    """What a regression's target is: numbers, dates or times."""

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

    def meaning(self, column: str) -> Meaning:
        """Return what a column is: numbers, dates, times or words."""
        if column != self.target:
            return next(each.meaning for each in self.inputs if each.column == column)
        if self.task == "regression":
            return self.target_meaning
        return Meaning(NUMBER if all(isinstance(value, float) for value in self.classes) else VALUE)

    @property
    def meanings(self) -> dict[str, Meaning]:
        """Return what every column is, by its name in small letters."""
        return {column.lower(): self.meaning(column) for column in self.columns}

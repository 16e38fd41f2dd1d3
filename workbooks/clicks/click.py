"""What a button is, and one click on the model behind some cells, whatever program they are in."""

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.cells.spelling import spelled
from pyfuncs.kernels.arrays import Matrix, Vector
from pyfuncs.training.contract import read_model
from pyfuncs.training.model import Model, Record, Settings
from pyfuncs.training.named_cells import NamedCells, Rows
from pyfuncs.training.reader import Reader, parameter_name
from pyfuncs.training.restarts import FirstValues, no_formulas
from pyfuncs.training.storage import state_blocks, trained_names
from pyfuncs.training.trainer import Trainer
from pyfuncs.training.weights import export_weights, import_weights
from workbooks.xlsx.archive import read_file
from workbooks.xlsx.atomic import write_atomically

PROTOCOL = "org.gradsheet:"
"""What the address of a link to Gradsheet's extension begins with."""
LARGEST_SEED = 999_999
"""Of those that New random weights takes: short enough to be typed again."""

Result = TypeVar("Result")


class Csv(Enum):
    """What a click does with a file of weights."""

    READ = "imported"
    WRITE = "exported"


@dataclass(frozen=True)
class Click:
    """A button: its name, what it says, what its tooltip explains, and what it does to the model in front.

    `work` changes the trainer of a run, or returns the sentence to say where it changes nothing; a click without it is
    the program's own affair. `epochs` makes it a long one that shows how far it is and can be stopped.
    """

    name: str
    label: str
    help: str
    work: "Callable[[Run], str | None] | None" = None
    epochs: Callable[[Settings], int] | None = None
    csv: Csv | None = None
    changes: bool = True
    trains: bool = True
    """Whether what it changes is the model, or its settings; else the cells that its work names."""
    needs: tuple[str, ...] = ()
    """Names without which a sheet offers no such button."""
    needs_first_values: bool = False
    """Whether a sheet offers it only where each weight and bias has a name for its first values."""
    sign: str = ""
    """What stands before the label on a sheet."""
    is_link: bool = False
    """Whether a sheet has it as a link in Calc, where a button takes a cell; the others stand on the toolbar."""
    is_on_sheets: bool = True
    """Whether every sheet with a model's buttons has it; else those that ask for it."""
    begins_group: bool = False
    picture: str = "MacroPlay"
    """The picture of a command of Excel's own, for the ribbon; those of other programs may be left blank there."""

    @property
    def text(self) -> str:
        """Return what stands on the button of a sheet."""
        return self.sign + self.label

    @property
    def url(self) -> str:
        """Return the address of a link that clicks it in Calc: org.gradsheet:step."""
        return PROTOCOL + self.name

    def title(self, settings: Settings) -> str:
        """Return what the undo list says of a click: N is the number of epochs."""
        if self.epochs is None or not self.label.startswith("N "):
            return self.label
        return f"{self.epochs(settings)}{self.label.removeprefix('N')}"


class Run:
    """One click on a model; a program's own kind of it shows how far it is, and writes what has come of it.

    The model's cells are read when it is made.

    Raises:
        GradsheetError: for cells that do not fit the contract.
    """

    def __init__(self, cells: NamedCells[Any], click: Click, path: Path | None = None) -> None:
        self.cells = cells
        self.click = click
        self.path = path
        """The CSV file to read or to write."""
        self.settings: dict[str, Rows] = {}
        """What the click changes in the cells beside the state of the training."""
        self.lead = ""
        """What the sentence begins with."""
        self.said = ""
        """The sentence of a click that does not train, instead of where the training stands."""
        cells.forget()
        self.use(read_model(cells))

    def use(self, model: Model) -> None:
        """Go on with a model."""
        self.model = model
        self.trainer = Trainer(model)
        self.last = self.trainer.state.epoch + self.epochs
        """The epoch at which a long click ends."""

    def work(self) -> str | None:
        """Do to the trainer what the click asks for; return what to say where that changes nothing."""
        return None if self.click.work is None else self.click.work(self)

    @property
    def epochs(self) -> int:
        """How many epochs a long click trains."""
        return 0 if self.click.epochs is None else self.click.epochs(self.model.settings)

    def refuse_unwritable(self) -> None:
        """Check, before a long click, that the cells which every epoch changes can be written."""
        self.cells.refuse_unwritable(trained_names(self.model, self.cells))

    def train(self) -> None:
        """Train as many epochs as the click asks for, or to the last whole one before Stop."""
        with suppress(KeyboardInterrupt):
            self.trainer.train(self.epochs, self)

    def advanced(self, epoch: int, phase: str, done: int, total: int) -> None:
        """Show how far the epoch is; Stop raises KeyboardInterrupt, as the trainer wants it."""

    def finished(self, record: Record) -> bool:
        """Show an epoch's end, and return whether to go on."""
        return True

    def look(self, text: str, done: int, total: int) -> None:
        """Show how far other work is.

        Raises:
            KeyboardInterrupt: for Stop.
        """

    def with_cells(self, function: Callable[[], Result]) -> Result:
        """Call a function that reads or writes cells, wherever the program allows that."""
        return function()

    def write_for_now(self, blocks: Mapping[str, Rows], *, back: bool = False) -> None:
        """Put values behind names for a calculation, or what was there before back; they are not to be undone."""
        self.cells.write(blocks)

    def first_values(self, seeds: Sequence[int]) -> FirstValues:
        """Return the first values that the formulas in the cells have for some seeds, as the program calculates them.

        Raises:
            GradsheetError: where the cell `seed` cannot be written.
            KeyboardInterrupt: for Stop.
        """
        shapes = self.with_cells(self._calculated)
        if not shapes or "seed" not in self.cells:
            return no_formulas
        before = self.with_cells(lambda: self.cells.read("seed"))
        found: dict[int, dict[str, Matrix]] = {}

        def of_seed(seed: int) -> dict[str, Matrix]:
            self.write_for_now({"seed": [[float(seed)]]})
            self.cells.forget()
            return first_parameters(self.cells, shapes)

        try:
            for seed in seeds:
                found[seed] = self.with_cells(partial(of_seed, seed))
                self.look("First weights", len(found), len(seeds))
        finally:
            self.with_cells(lambda: self.write_for_now({"seed": before}, back=True))
            self.cells.forget()
        return found.__getitem__

    def _calculated(self) -> dict[str, tuple[int, int]]:
        """Return the shapes of those first parameters, by their names, that formulas make."""
        shapes = {f"initial_{name}": values.shape for name, values in self.model.blocks(self.trainer.state.params)}
        found = {name: parameter_name(self.cells, name) for name in shapes}
        return {name: shapes[name] for name, place in found.items() if place and self.cells.has_formula(place)}

    def new_seed(self) -> int:
        """Return another seed than that of the model, at random."""
        seed = random.SystemRandom().randint(1, LARGEST_SEED - 1)
        return seed if seed < self.model.settings.seed else seed + 1

    def blocks(self) -> dict[str, Rows]:
        """Return what the cells are to hold."""
        if not self.click.trains:
            return self.settings
        return self.settings | state_blocks(self.model, self.trainer.state, self.cells)

    def sentence(self) -> str:
        """Return what the click has come to."""
        return self.said or self.cells.named_after_model(self.lead + reached(self.trainer.state.history[-1]))


def first_parameters(cells: NamedCells[Any], shapes: Mapping[str, tuple[int, int]]) -> dict[str, Matrix]:
    """Return first weights (in×out) and biases (1×out) by their names, which may stand transposed in the cells."""
    reader = Reader(cells)
    found = {name: reader.shaped_parameter(name, shape) for name, shape in shapes.items()}
    return {name: values for name, values in found.items() if values is not None}


def write_weights(model: Model, path: Path) -> str:
    """Write a model's weights into a CSV file, and say so."""
    write_atomically(path, export_weights(model, model.state.params).encode())
    return f"The weights are in {path}."


def read_weights(model: Model, path: Path) -> Vector:
    """Return the weights in a CSV file.

    Raises:
        GradsheetError: for a file that cannot be read or does not fit.

    """
    data = read_file(path)
    try:
        return import_weights(model, data.decode())
    except UnicodeDecodeError:
        raise GradsheetError(f"{path} is not UTF-8 text; export the weights anew.") from None
    except GradsheetError as error:
        raise GradsheetError(f"{path}, {error}") from None


def reached(record: Record) -> str:
    """Return where the training stands as one reads it."""
    accuracy = "" if record.accuracy is None else f", accuracy {record.accuracy:.1%}"
    return f"Epoch {record.epoch}, step {record.step}: loss {spelled(record.train_loss, 6)}{accuracy}."

"""One click's training of the open document's model: it writes what it has reached, and lets the office draw it."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from addin.calc.inside.live_cells import LiveCells
from addin.calc.inside.reentry import at_once
from addin.calc.inside.undo import one_entry
from addin.clicking import reached
from pyfuncs.training.contract import read_model
from pyfuncs.training.model import Record
from pyfuncs.training.named_cells import Rows
from pyfuncs.training.storage import state_blocks, trained_names
from pyfuncs.training.trainer import Trainer

if TYPE_CHECKING:  # the screen needs the office's own Python
    from addin.calc.inside.screen import Screen

SHOW_SECONDS = 0.05
LONGEST_SHOW_SECONDS = 0.5
"""How long Stop may have to wait: no click is heard while the office calculates what was put into the cells."""


class Training:
    """A model in training, watched on the screen; `stops` says whether Stop was clicked.

    Raises:
        GradsheetError: for a document that does not fit the contract.
        KeyboardInterrupt: for Stop while the cells are read.

    """

    def __init__(self, cells: LiveCells, screen: "Screen", stops: Callable[[], bool]) -> None:
        self.cells = cells
        self.screen = screen
        self.stops = stops
        began = self.looked = time.perf_counter()
        self.show(f"reading {cells.title}", 0, 1)
        cells.forget()
        with cells.watched(self.reading):
            self.model = read_model(cells)
        self.trainer = Trainer(self.model)
        self.last = self.trainer.state.epoch
        self.shown = time.perf_counter()
        # The formulas read the same cells as the training has: until their time is known, it is taken for as long.
        self.cost = self.shown - began
        self.first_shown: dict[str, Rows] | None = None

    def run(self, epochs: int) -> None:
        """Train so many epochs, or to the last whole one before Stop."""
        self.cells.refuse_unwritable(trained_names(self.model, self.cells))
        self.last = self.trainer.state.epoch + epochs
        with suppress(KeyboardInterrupt):
            self.trainer.train(epochs, self)

    def reading(self, name: str, done: int, total: int) -> None:
        """Show how far the cells are read; Stop ends it."""
        self.look(f"reading {name}", done, total)

    def advanced(self, epoch: int, phase: str, done: int, total: int) -> None:
        """Show how far the epoch is; Stop ends it."""
        self.look(f"Epoch {epoch} of {self.last}: {phase}", done, total)

    def look(self, text: str, done: int, total: int) -> None:
        """Show how far the work is, now and then.

        Raises:
            KeyboardInterrupt: for Stop, as the trainer wants it.

        """
        if time.perf_counter() - self.looked < SHOW_SECONDS:
            return
        self.show(text, done, total)
        if self.stops():
            raise KeyboardInterrupt

    def show(self, text: str, done: int, total: int) -> None:
        """Show how far the work is, and hear of clicks."""
        self.screen.progress(self.cells.named_after_model(text), done / total)
        self.screen.catch_up()
        self.looked = time.perf_counter()

    def finished(self, record: Record) -> bool:
        """Put an epoch's end into the cells, if the last one has been there long enough to be seen."""
        began = time.perf_counter()
        # Drawing may take longer than training: at most half of the time goes into it.
        pause = max(SHOW_SECONDS, self.cost)
        if record.epoch < self.last and pause <= LONGEST_SHOW_SECONDS and began - self.shown >= pause:
            self.write()
            self.screen.catch_up()
            self.shown = self.looked = time.perf_counter()
            self.cost = self.shown - began
        return not self.stops()

    def blocks(self) -> dict[str, Rows]:
        """Return what the cells are to hold."""
        return state_blocks(self.model, self.trainer.state, self.cells)

    def write(self) -> None:
        """Put the state into the cells, on the way.

        The undo list is to lead back to the cells before the click, and needs no more of the way than its first step.
        """
        blocks = self.blocks()
        self.cells.write(blocks, undoable=self.first_shown is None)
        self.first_shown = self.first_shown or blocks

    def conclude(self) -> None:
        """Put what training has come to into the cells."""
        self.show("calculating", 1, 1)
        if self.first_shown is None:
            self.cells.write(self.blocks())
            return
        with at_once(self.cells.document):
            self.cells.write(self.first_shown, undoable=False)
            self.cells.write(self.blocks())

    def click(self, label: str, change: Callable[[], None]) -> str:
        """Change the trainer, write what came of it even if that ended badly, as one entry of the undo list."""
        with one_entry(self.cells.document, self.cells.named_after_model(label)):
            try:
                change()
            finally:
                self.conclude()
        return self.cells.named_after_model(reached(self.trainer.state.history[-1]))

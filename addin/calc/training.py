"""One click's training of the open document's model: it writes what it has reached, and lets the office draw it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from addin.calc.live_cells import LiveCells
from addin.calc.reentry import at_once
from addin.calc.screen import Screen
from addin.calc.undo import not_to_be_undone, one_entry
from pyfuncs.training.contract import read_model
from pyfuncs.training.model import Record
from pyfuncs.training.storage import state_blocks
from pyfuncs.training.trainer import Trainer

SHOW_SECONDS = 0.05


class Training:
    """A model in training, watched on the screen; `stops` says whether Stop was clicked."""

    def __init__(self, cells: LiveCells, screen: Screen, stops: Callable[[], bool]) -> None:
        self.cells = cells
        self.screen = screen
        self.stops = stops
        self.model = read_model(cells)
        self.trainer = Trainer(self.model)
        self.last = self.trainer.state.epoch
        self.looked = self.shown = time.perf_counter()
        self.pause = SHOW_SECONDS

    def run(self, epochs: int) -> None:
        """Train so many epochs, or to the last whole one before Stop."""
        self.last = self.trainer.state.epoch + epochs
        with suppress(KeyboardInterrupt):
            self.trainer.train(epochs, self)

    def advanced(self, epoch: int, phase: str, done: int, total: int) -> None:
        """Show how far the epoch is; Stop ends it.

        Raises:
            KeyboardInterrupt: for Stop, as the trainer wants it.

        """
        if time.perf_counter() - self.looked < SHOW_SECONDS:
            return
        self.screen.progress(f"Epoch {epoch} of {self.last}: {phase}", done, total)
        self.screen.catch_up()
        self.looked = time.perf_counter()
        if self.stops():
            raise KeyboardInterrupt

    def finished(self, record: Record) -> bool:
        """Put an epoch's end into the cells, if the last one has been there long enough to be seen."""
        began = time.perf_counter()
        if record.epoch < self.last and began - self.shown >= self.pause:
            with not_to_be_undone(self.cells.document):
                self.write()
            self.screen.catch_up()
            self.shown = self.looked = time.perf_counter()
            # Drawing may take longer than training: at most half of the time goes into it.
            self.pause = max(SHOW_SECONDS, self.shown - began)
        return not self.stops()

    def write(self) -> None:
        """Put the state into the cells."""
        self.cells.write(state_blocks(self.model, self.trainer.state, self.cells))


@contextmanager
def one_click(document: Any, label: str, cells: LiveCells, training: Training) -> Iterator[Trainer]:
    """Give the trainer, write what came of it even if that ended badly, and make it one entry in the undo list."""
    names = state_blocks(training.model, training.trainer.state, cells)
    before = {name: cells.read(name) for name in names}
    try:
        yield training.trainer
    finally:
        with at_once(document):
            with not_to_be_undone(document):
                # What was shown on the way; the undo list is to know the state before the click.
                cells.write(before)
            with one_entry(document, label):
                training.write()

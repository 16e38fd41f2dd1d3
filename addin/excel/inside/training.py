"""A long run in Excel: it trains in short pieces and gives, in between, the blocks of cells that have changed."""

import time
from collections.abc import Mapping
from contextlib import suppress

from addin.clicking import reached
from addin.excel.inside.book import OpenBook
from addin.excel.inside.pieces import Pieces
from pyfuncs.cells.spelling import spelled
from pyfuncs.training.contract import read_model
from pyfuncs.training.model import Record, State
from pyfuncs.training.named_cells import Rows
from pyfuncs.training.storage import state_blocks, trained_names
from pyfuncs.training.trainer import Trainer

PIECE_SECONDS = 0.1
"""With what the trainer does at once, 0.1 s, a piece stays below a quarter of a second."""
SHOW_SECONDS = 0.25


class LongRun:
    """A model in training for some epochs; the cells are read when it is made, and never while it trains."""

    def __init__(self, cells: OpenBook, epochs: int | None) -> None:
        self.cells = cells
        self.model = read_model(cells)
        self.trainer = Trainer(self.model)
        cells.refuse_unwritable(trained_names(self.model, cells))
        self.epochs = self.model.settings.epochs_per_click if epochs is None else epochs
        self.last = self.trainer.state.epoch + self.epochs
        self.text = f"Epoch {self.trainer.state.epoch + 1} of {self.last}"
        self.whole: State | None = None
        self.shown = time.perf_counter()
        self.pause = SHOW_SECONDS
        self.answered: float | None = None
        self.pieces = Pieces(self._train)

    @property
    def is_running(self) -> bool:
        """Tell whether there is more to do."""
        return self.pieces.is_running

    def go_on(self) -> Mapping[str, Rows]:
        """Train one piece more, and return the blocks to show now: none while the last ones are hardly drawn.

        Raises:
            GradsheetError: where training diverged; `final` gives the last good state.

        """
        began = time.perf_counter()
        if self.answered is not None:
            # Excel calculates and draws all formulas after each block: at most half of the time goes into that.
            self.pause = max(SHOW_SECONDS, began - self.answered)
            self.shown, self.answered = began, None
        self.pieces.go_on(PIECE_SECONDS)
        if not self.is_running:
            return self.final()
        state, self.whole = self.whole, None
        if state is None:
            return {}
        self.answered = time.perf_counter()
        return self.cells.changed(state_blocks(self.model, state, self.cells))

    def final(self) -> Mapping[str, Rows]:
        """Return the blocks of the state that training has ended with."""
        return self.cells.changed(state_blocks(self.model, self.trainer.state, self.cells))

    def stop(self) -> None:
        """Let the next piece end the training after the last whole epoch."""
        self.pieces.stops = True

    def sentence(self) -> str:
        """Return where the training stands."""
        return self.cells.named_after_model(self.text if self.is_running else reached(self.trainer.state.history[-1]))

    def _train(self) -> None:
        with suppress(KeyboardInterrupt):
            self.trainer.train(self.epochs, self)

    def advanced(self, epoch: int, phase: str, done: int, total: int) -> None:
        """Hear how far the epoch is.

        Raises:
            KeyboardInterrupt: for Stop, as the trainer wants it.

        """
        self.pieces.rest()

    def finished(self, record: Record) -> bool:
        """Keep an epoch's end, if the last one has been shown long enough."""
        self.text = f"Epoch {record.epoch} of {self.last}: loss {spelled(record.train_loss, 6)}"
        if record.epoch < self.last and time.perf_counter() - self.shown >= self.pause:
            self.whole = self.trainer.state.copy()
        return not self.pieces.stops

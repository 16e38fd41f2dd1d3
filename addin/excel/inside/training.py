"""A long click in Excel: it trains in short pieces and gives, in between, the blocks of cells that have changed."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from addin.excel.inside.book import OpenBook
from addin.excel.inside.pieces import Pieces
from pyfuncs.cells.spelling import spelled
from pyfuncs.training.clock import PIECE_SECONDS, Pause
from pyfuncs.training.model import Record, State
from pyfuncs.training.named_cells import Rows
from pyfuncs.training.storage import state_blocks
from workbooks.clicks.click import Click, Run

SHOW_SECONDS = 0.25

Result = TypeVar("Result")


class LongRun(Run):
    """A click that trains for some epochs; the cells are read and written where VBA waits, never while it trains."""

    cells: OpenBook

    def __init__(self, cells: OpenBook, click: Click, path: Path | None = None) -> None:
        super().__init__(cells, click, path)
        self.refuse_unwritable()
        self.text = f"Epoch {self.trainer.state.epoch + 1} of {self.last}"
        self.whole: State | None = None
        self.pause = Pause(SHOW_SECONDS)
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
        if self.answered is not None:
            # Excel calculates and draws all formulas after each block, before it asks for more.
            self.pause.drawn(self.answered)
            self.answered = None
        self.pieces.go_on(PIECE_SECONDS)  # with what the trainer does at once, below a quarter of a second
        if not self.is_running:
            return self.final()
        state, self.whole = self.whole, None
        if state is None:
            return {}
        self.answered = time.perf_counter()
        return self.cells.changed(self.settings | state_blocks(self.model, state, self.cells))

    def final(self) -> Mapping[str, Rows]:
        """Return the blocks of the state that training has ended with."""
        return self.cells.changed(self.blocks())

    def stop(self) -> None:
        """Let the next piece end the training after the last whole epoch."""
        self.pieces.stops = True

    def sentence(self) -> str:
        """Return where the training stands."""
        return self.cells.named_after_model(self.text) if self.is_running else super().sentence()

    def _train(self) -> None:
        with suppress(KeyboardInterrupt):
            self.work()

    def with_cells(self, function: Callable[[], Result]) -> Result:
        """Call a function that reads or writes cells where VBA waits for the click."""
        return self.pieces.call(function)

    def look(self, text: str, done: int, total: int) -> None:
        """Say how far the work is.

        Raises:
            KeyboardInterrupt: for Stop.

        """
        self.text = f"{text} ({done / total:.0%})"
        self.pieces.rest()

    def advanced(self, epoch: int, phase: str, done: int, total: int) -> None:
        """Wait for the next turn, or stop.

        Raises:
            KeyboardInterrupt: for Stop, as the trainer wants it.

        """
        self.pieces.rest()

    def finished(self, record: Record) -> bool:
        """Keep an epoch's end, if the last one has been shown long enough."""
        self.text = f"Epoch {record.epoch} of {self.last}: loss {spelled(record.train_loss, 6)}"
        if record.epoch < self.last and self.pause.is_over:
            self.whole = self.trainer.state.copy()
        return not self.pieces.stops

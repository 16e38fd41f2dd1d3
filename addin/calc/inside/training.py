"""One click's training of the open document's model: it writes what it has reached, and lets the office draw it."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from addin.calc.inside.live_cells import LiveCells
from addin.calc.inside.reentry import at_once
from addin.calc.inside.undo import forget_last, one_entry
from pyfuncs.training.clock import Pause
from pyfuncs.training.model import Record
from pyfuncs.training.named_cells import Rows
from workbooks.clicks.click import Click, Run

if TYPE_CHECKING:  # the screen needs the office's own Python
    from addin.calc.inside.screen import Screen

SHOW_SECONDS = 0.05
LONGEST_SHOW_SECONDS = 0.5
"""How long Stop may have to wait: no click is taken while the office calculates what was put into the cells."""


class Training(Run):
    """A model in training, watched on the screen; `stops` says whether Stop was clicked.

    Raises:
        GradsheetError: for a document that does not fit the contract.
        KeyboardInterrupt: for Stop while the cells are read.

    """

    cells: LiveCells

    def __init__(
        self, cells: LiveCells, screen: "Screen", stops: Callable[[], bool], click: Click, path: Path | None = None
    ) -> None:
        self.cells = cells
        self.screen = screen
        self.stops = stops
        began = self.looked = time.perf_counter()
        self.show(f"reading {cells.title}", 0, 1)
        with cells.watched(self.reading):
            super().__init__(cells, click, path)
        # The formulas read the same cells as the training has: until their time is known, it is taken for as long.
        self.pause = Pause(SHOW_SECONDS, LONGEST_SHOW_SECONDS, cost=time.perf_counter() - began)
        self.first_shown: dict[str, Rows] | None = None
        self.tried = False
        """Whether values were in the cells for now."""

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
        """Show how far the work is, and take clicks."""
        self.screen.progress(self.cells.named_after_model(text), done / total)
        self.screen.catch_up()
        self.looked = time.perf_counter()

    def finished(self, record: Record) -> bool:
        """Put an epoch's end into the cells, if the last one has been there long enough to be seen."""
        if record.epoch < self.last and self.pause.is_over:
            began = time.perf_counter()
            self.write()
            self.screen.catch_up()
            self.looked = time.perf_counter()
            self.pause.drawn(began)
        return not self.stops()

    def write_for_now(self, blocks: Mapping[str, Rows], *, back: bool = False) -> None:
        """Put values behind names, of which the undo list needs the first and the last.

        The office may take note of any other when its own thread works while another one clicks; undone, those come
        after the last, and before the first.
        """
        changed = self.cells.write(blocks, undoable=back or not self.tried)
        self.tried = self.tried or changed

    def write(self) -> None:
        """Put the state into the cells, on the way.

        The undo list is to lead back to the cells before the click, and needs no more of the way than its first step.
        """
        blocks = self.blocks()
        self.cells.write(blocks, undoable=self.first_shown is None)
        self.first_shown = self.first_shown or blocks

    def conclude(self) -> bool:
        """Put what training has come to into the cells; return whether anything is other than before the click."""
        self.show("calculating", 1, 1)
        if self.first_shown is None:
            return self.cells.write(self.blocks())
        with at_once(self.cells.document):
            self.cells.write(self.first_shown, undoable=False)
            self.cells.write(self.blocks())
        return True

    def perform(self) -> str:
        """Do what the click asks for, and write what came of it even if that ended badly, as one entry to undo."""
        if not self.click.changes:
            return self.work() or ""
        title = self.cells.named_after_model(self.click.title(self.model.settings))
        changed = False
        try:
            with one_entry(self.cells.document, title):
                try:
                    if self.epochs:
                        self.refuse_unwritable()
                    self.work()
                finally:
                    changed = self.conclude()
        finally:
            if self.tried and not changed:
                forget_last(self.cells.document)
        return self.sentence()

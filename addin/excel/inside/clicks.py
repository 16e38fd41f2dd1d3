"""What each button does to the workbook in front; a long run goes on where VBA asks for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin.clicking import reached, read_weights, write_weights
from addin.excel.inside.book import OpenBook
from addin.excel.inside.training import LongRun
from pyfuncs.catalogue.warm import warm
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.contract import read_model
from pyfuncs.training.named_cells import Rows, are_same
from pyfuncs.training.storage import state_blocks
from pyfuncs.training.trainer import Trainer

RUNNING, DONE, SAID, FAILED = "running", "done", "said", "failed"


@dataclass(frozen=True)
class Answer:
    """What VBA hears: how it stands, a sentence, and the blocks of cells to write, each with its sheet and address."""

    state: str
    sentence: str
    blocks: tuple[tuple[str, str, Rows], ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """The cells that a click has changed, before and after it."""

    before: Mapping[str, Rows]
    after: Mapping[str, Rows]


class Clicks:
    """The buttons. There is one long run at a time, and one snapshot for the last click's model."""

    def __init__(self) -> None:
        self.run: LongRun | None = None
        self.before: Mapping[str, Rows] = {}
        self.snapshots: dict[str, Snapshot] = {}

    def click(self, book: Any, button: str, path: Path | None) -> Answer:
        """Do what a button asks for."""
        self.give_up()
        if button == "warm":
            return guarded(lambda: Answer(DONE, f"Ready in {warm():.1f} s."))
        return guarded(lambda: getattr(self, f"_{button}")(OpenBook(book), path))

    def go_on(self, stops: bool) -> Answer:
        """Go on with a long run; `stops` says that Stop or Esc was pressed."""
        run = self.run
        if run is None:
            return Answer(DONE, "")
        if stops:
            run.stop()
        try:
            blocks = run.go_on()
        except Exception as error:
            self.give_up()
            self.finish(run)
            # Where it diverged, the trainer is back at the last good epoch, which may not be in the cells yet.
            return Answer(FAILED, sentence_of(error), self.placed(run.cells, guarded_final(run)))
        if run.is_running:
            return Answer(RUNNING, run.sentence(), self.placed(run.cells, blocks))
        self.finish(run)
        return Answer(DONE, run.sentence(), self.placed(run.cells, blocks))

    def give_up(self) -> None:
        """End a long run for whose next piece nobody has asked: its click was broken off."""
        run, self.run = self.run, None
        if run is not None and run.is_running:
            run.stop()
            guarded(lambda: Answer(DONE, str(run.go_on())))

    def finish(self, run: LongRun) -> None:
        """Remember what a long run has changed, for Undo."""
        self.run = None
        after = state_blocks(run.model, run.trainer.state, run.cells)
        self.snapshots[run.cells.title] = Snapshot(self.before, after)

    def placed(self, cells: OpenBook, blocks: Mapping[str, Rows]) -> tuple[tuple[str, str, Rows], ...]:
        """Return blocks with where they belong."""
        return tuple((*cells.place(name), rows) for name, rows in blocks.items())

    def _step(self, cells: OpenBook, path: Path | None) -> Answer:
        return self._at_once(cells, lambda trainer: trainer.step())

    def _epoch(self, cells: OpenBook, path: Path | None) -> Answer:
        return self._long(LongRun(cells, 1))

    def _epochs(self, cells: OpenBook, path: Path | None) -> Answer:
        return self._long(LongRun(cells, None))

    def _long(self, run: LongRun) -> Answer:
        self.before = present(run.cells, state_blocks(run.model, run.trainer.state, run.cells))
        self.run = run
        return Answer(RUNNING, run.sentence())

    def _reset(self, cells: OpenBook, path: Path | None) -> Answer:
        return self._at_once(cells, lambda trainer: trainer.reset())

    def _import(self, cells: OpenBook, path: Path | None) -> Answer:
        return self._at_once(cells, lambda trainer: trainer.take(read_weights(trainer.model, wanted(path))))

    def _export(self, cells: OpenBook, path: Path | None) -> Answer:
        return Answer(SAID, write_weights(read_model(cells), wanted(path)))

    def _undo(self, cells: OpenBook, path: Path | None) -> Answer:
        snapshot = self.snapshots.get(cells.title)
        if snapshot is None:
            raise GradsheetError("There is no click of these buttons to take back.")
        if not all(name in cells and are_same(cells.read(name), rows) for name, rows in snapshot.after.items()):
            raise GradsheetError(
                "The model's cells have changed since the last click of these buttons, and undoing it would lose that: "
                "press Reset for the first weights."
            )
        cells.write(snapshot.before)
        del self.snapshots[cells.title]
        return Answer(DONE, "The last click is taken back.")

    def _at_once(self, cells: OpenBook, change: Callable[[Trainer], None]) -> Answer:
        trainer = Trainer(read_model(cells))
        before = present(cells, state_blocks(trainer.model, trainer.state, cells))
        change(trainer)
        after = state_blocks(trainer.model, trainer.state, cells)
        cells.write(after)
        self.snapshots[cells.title] = Snapshot(before, after)
        return Answer(DONE, cells.named_after_model(reached(trainer.state.history[-1])))


def present(cells: OpenBook, blocks: Mapping[str, Rows]) -> dict[str, Rows]:
    """Return what the cells of some blocks hold now."""
    return {name: cells.read(name) for name in blocks}


def wanted(path: Path | None) -> Path:
    """Return the file that a click needs.

    Raises:
        GradsheetError: where none was chosen.

    """
    if path is None:
        raise GradsheetError("No file was chosen.")
    return path


def guarded(work: Callable[[], Answer]) -> Answer:
    """Return what some work answers, or that it failed and why: nothing is ever raised into Excel."""
    try:
        return work()
    except Exception as error:
        return Answer(FAILED, sentence_of(error))


def guarded_final(run: LongRun) -> Mapping[str, Rows]:
    """Return the blocks of a run that failed, none where they cannot be written."""
    try:
        return run.final()
    except GradsheetError:
        return {}


def sentence_of(error: Exception) -> str:
    """Return what a person reads about an error."""
    if isinstance(error, GradsheetError):
        return str(error)
    return f"Gradsheet failed with {type(error).__name__}: {error}. Please report this."

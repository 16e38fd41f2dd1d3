"""What each button does to the workbook in front; a long run goes on where VBA asks for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin.excel.inside.book import Contents, OpenBook
from addin.excel.inside.training import LongRun
from pyfuncs.catalogue.warm import warm
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.named_cells import Rows, are_same
from workbooks.clicks.click import Click, Run
from workbooks.clicks.table import CLICKS

RUNNING, DONE, SAID, FAILED = "running", "done", "said", "failed"


@dataclass(frozen=True)
class Answer:
    """What VBA gets: how it stands, a sentence, and the blocks of cells to write, each with its sheet and address."""

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
        self.snapshots: dict[str, Snapshot] = {}

    def click(self, book: Any, button: str, path: Path | None, contents: Contents | None = None) -> Answer:
        """Do what a button asks for; the workbook is asked for its contents where they are not given."""
        self.give_up()
        if button == "warm":
            return guarded(lambda: Answer(DONE, f"Ready in {warm():.1f} s."))
        return guarded(lambda: self._press(CLICKS[button], OpenBook(book, contents), path))

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
        self.snapshots[run.cells.title] = snapshot(run)

    def placed(self, cells: OpenBook, blocks: Mapping[str, Rows]) -> tuple[tuple[str, str, Rows], ...]:
        """Return blocks with where they belong."""
        return tuple((*cells.place(name), rows) for name, rows in blocks.items())

    def _press(self, click: Click, cells: OpenBook, path: Path | None) -> Answer:
        if click.work is None:
            return self._undo(cells)
        if click.epochs is not None:
            self.run = LongRun(cells, click, path)
            return Answer(RUNNING, self.run.sentence())
        run = Run(cells, click, path)
        sentence = run.work()
        if not click.changes:
            return Answer(SAID, sentence or "")
        cells.write(run.blocks())
        self.snapshots[cells.title] = snapshot(run)
        return Answer(DONE, run.sentence())

    def _undo(self, cells: OpenBook) -> Answer:
        last = self.snapshots.get(cells.title)
        if last is None:
            raise GradsheetError("There is no click of these buttons to take back.")
        if not all(name in cells and are_same(cells.read(name), rows) for name, rows in last.after.items()):
            raise GradsheetError(
                "The model's cells have changed since the last click of these buttons, and undoing it would lose that: "
                "press Reset for the first weights."
            )
        cells.write(last.before)
        del self.snapshots[cells.title]
        return Answer(DONE, "The last click is taken back.")


def snapshot(run: Run) -> Snapshot:
    """Return what a click has changed, beside what it could have."""
    after = run.blocks()
    before = {name: run.cells.replaced.get(name, run.cells.read(name)) for name in after}
    return Snapshot(before, after)


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

"""What each button does to the document in front; the handler calls them by the buttons' names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from addin.calc.inside.explain import explain
from addin.calc.inside.help import help_text, workbook_path
from addin.calc.inside.live_cells import LiveCells
from addin.calc.inside.screen import Screen
from addin.calc.inside.training import Training
from addin.calc.inside.undo import undo_click
from addin.clicking import read_weights, write_weights


class Clicks:
    """The buttons for one document and window; each returns a sentence about what it has done."""

    def __init__(self, document: Any, screen: Screen, stops: Callable[[], bool], path: Path | None = None) -> None:
        self.document = document
        self.screen = screen
        self.stops = stops
        self.path = path
        """The CSV file to write or read, where a program clicks and no dialog shall ask for it."""
        self.cells = LiveCells(document, screen.frame.getController().getActiveSheet())

    def training(self) -> Training:
        """Return the model in the document, ready to train."""
        self.cells.calculate()
        behind = self.cells.sheet_behind
        self.screen.notice(BEHIND, None if behind is None else BEHIND_NOTICE.format(sheet=behind))
        return Training(self.cells, self.screen, self.stops)

    def writable(self) -> Training:
        """Return the same where something will be written.

        Raises:
            GradsheetError: for a document that is open read-only.

        """
        self.cells.refuse_read_only()
        return self.training()

    def step(self) -> str:
        """Take one step."""
        training = self.writable()
        return training.click("Step", training.trainer.step)

    def epoch(self) -> str:
        """Train to the end of the epoch."""
        training = self.writable()
        return training.click("Epoch", lambda: training.run(1))

    def epochs(self) -> str:
        """Train as many epochs as the workbook says."""
        training = self.writable()
        count = training.model.settings.epochs_per_click
        return training.click(f"{count} epochs", lambda: training.run(count))

    def reset(self) -> str:
        """Go back to the first weights."""
        training = self.writable()
        return training.click("Reset", training.trainer.reset)

    def undo(self) -> str:
        """Take the last click back.

        Raises:
            GradsheetError: where there is none to take back, or something else was changed after it.

        """
        self.cells.refuse_read_only()
        undo_click(self.document)
        self.cells.calculate()
        return "The last click is taken back."

    def export(self) -> str:
        """Write the weights into a CSV file."""
        model = self.training().model
        name = f"{Path(self.cells.title).stem}.weights.csv"
        path = self.path or self.screen.ask_for_csv("Export weights", suggestion=name)
        if path is None:
            return "Nothing is exported."
        sentence = write_weights(model, path)
        if self.path is None:
            self.screen.say(sentence)
        return sentence

    def import_(self) -> str:
        """Put the weights from a CSV file into the document.

        Raises:
            GradsheetError: for a file that cannot be read or does not fit.

        """
        training = self.writable()
        path = self.path or self.screen.ask_for_csv("Import weights")
        if path is None:
            return "Nothing is imported."
        params = read_weights(training.model, path)
        return training.click("Import weights", lambda: training.trainer.take(params))

    def messages(self) -> str:
        """Say what is wrong with the selected cell."""
        controller = self.screen.frame.getController()
        why = explain(self.document, controller.getSelection(), self.screen.service)
        self.screen.say(why)
        return why

    def help(self) -> str:
        """Say what the buttons do."""
        self.screen.say(help_text())
        return help_text()

    def open(self, name: str) -> str:
        """Open a copy of a workbook that comes with Gradsheet."""
        path = workbook_path(name)
        self.screen.open_copy(path)
        return f"A copy of {path} is open; save it where you like."


BEHIND = "gradsheet.behind"
BEHIND_NOTICE = (
    "This sheet has no model of its own: the buttons train the one of the sheet {sheet}. Go to the sheet of another "
    "model to train that one."
)

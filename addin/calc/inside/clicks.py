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
from workbooks.clicks.click import Click, Csv


class DocumentClicks:
    """The buttons for one document and window; each returns a sentence about what it has done."""

    def __init__(self, document: Any, screen: Screen, stops: Callable[[], bool], path: Path | None = None) -> None:
        self.document = document
        self.screen = screen
        self.stops = stops
        self.path = path
        """The CSV file to write or read, where a program clicks and no dialog asks for it."""
        self.cells = LiveCells(document, screen.frame.getController().getActiveSheet())

    def press(self, click: Click) -> str:
        """Do what a button asks for.

        Raises:
            GradsheetError: where that cannot be done, for a document that is open read-only for instance.

        """
        if click.work is None:
            return {"undo": self.undo, "messages": self.messages, "help": self.help}[click.name]()
        if click.changes:
            self.cells.refuse_read_only()
        training = self.training(click)
        if click.csv is not None and self.path is None:
            training.path = self.ask_for(click)
            if training.path is None:
                return f"Nothing is {click.csv.value}."
        sentence = training.perform()
        if self.path is None and not click.changes:
            self.screen.say(sentence)
        return sentence

    def training(self, click: Click) -> Training:
        """Return the model in the document, ready to train."""
        self.cells.calculate()
        behind = self.cells.sheet_behind
        self.screen.notice(BEHIND, None if behind is None else BEHIND_NOTICE.format(sheet=behind))
        return Training(self.cells, self.screen, self.stops, click, self.path)

    def ask_for(self, click: Click) -> Path | None:
        """Return the CSV file that a person chooses, None for none."""
        suggestion = f"{Path(self.cells.title).stem}.weights.csv" if click.csv is Csv.WRITE else None
        return self.screen.ask_for_csv(click.label, suggestion=suggestion)

    def undo(self) -> str:
        """Take the last click back.

        Raises:
            GradsheetError: where there is none to take back, or something else was changed after it.

        """
        self.cells.refuse_read_only()
        undo_click(self.document)
        self.cells.calculate()
        return "The last click is taken back."

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

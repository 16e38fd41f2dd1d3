"""What each button does to the document in front; the handler calls them by the buttons' names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from addin.calc.explain import explain
from addin.calc.live_cells import LiveCells
from addin.calc.screen import Screen
from addin.calc.training import Training, one_click
from addin.calc.undo import undo_click
from addin.clicking import reached, read_weights, write_weights
from pyfuncs.cells.errors import GradsheetError


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
        return Training(self.cells, self.screen, self.stops)

    def step(self) -> str:
        """Take one step."""
        training = self.training()
        with one_click(self.document, "Step", self.cells, training) as trainer:
            trainer.step()
        return reached(trainer.state.history[-1])

    def epoch(self) -> str:
        """Train to the end of the epoch."""
        return self._train("Epoch", self.training(), 1)

    def epochs(self) -> str:
        """Train as many epochs as the workbook says."""
        training = self.training()
        count = training.model.settings.epochs_per_click
        return self._train(f"{count} epochs", training, count)

    def _train(self, label: str, training: Training, epochs: int) -> str:
        with one_click(self.document, label, self.cells, training) as trainer:
            training.run(epochs)
        return reached(trainer.state.history[-1])

    def reset(self) -> str:
        """Go back to the first weights."""
        training = self.training()
        with one_click(self.document, "Reset", self.cells, training) as trainer:
            trainer.reset()
        return reached(trainer.state.history[-1])

    def undo(self) -> str:
        """Take the last click back.

        Raises:
            GradsheetError: where the last change was none of ours.

        """
        if not undo_click(self.document):
            raise GradsheetError("The last change was not made by these buttons; Edit, Undo takes that one back.")
        return "The last click is taken back."

    def export(self) -> str:
        """Write the weights into a CSV file."""
        model = self.training().model
        name = f"{Path(self.cells.title).stem}.weights.csv"
        path = self.path or self.screen.ask_for_csv(to_save=True, suggestion=name)
        if path is None:
            return "Nothing is exported."
        return write_weights(model, path)

    def import_(self) -> str:
        """Put the weights from a CSV file into the document.

        Raises:
            GradsheetError: for a file that cannot be read or does not fit.

        """
        training = self.training()
        path = self.path or self.screen.ask_for_csv(to_save=False, suggestion="")
        if path is None:
            return "Nothing is imported."
        params = read_weights(training.model, path)
        with one_click(self.document, "Import weights", self.cells, training) as trainer:
            trainer.take(params)
        return reached(trainer.state.history[-1])

    def messages(self) -> str:
        """Say what is wrong with the selected cell."""
        controller = self.screen.frame.getController()
        why = explain(self.document, controller.getSelection(), self.screen.service)
        self.screen.say(why)
        return why

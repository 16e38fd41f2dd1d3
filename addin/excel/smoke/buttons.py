"""Each button of a workbook pressed, and the cells afterwards compared with the same training done on the file."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from addin.excel.smoke.cells import difference, rows
from addin.excel.smoke.report import Report
from addin.file.workbook import WorkbookFile
from pyfuncs.training.contract import read_model
from pyfuncs.training.reader import Rows
from pyfuncs.training.storage import state_blocks
from pyfuncs.training.trainer import Trainer

MACRO = "gradsheet"
# Excel's own arithmetic makes the inputs, and differs from Python's in the last places.
TOLERANCE = 1e-9
TRAINS: Mapping[str, Callable[[Trainer], None]] = {
    "step": lambda trainer: trainer.step(),
    "epoch": lambda trainer: trainer.train(1),
    "epochs": lambda trainer: trainer.train(trainer.model.settings.epochs_per_click),
}
ASKS = {
    "export": "Excel asks where to write the weights: choose a name and press Save.",
    "import": "Excel asks for the weights: choose the file that you have just written.",
    "messages": "A box says what the selected formula raises: press OK.",
}
NEEDED = {"step", "epoch", "epochs", "stop", "reset", "undo", "export", "import"}
ORDER = ("step", "epoch", "epochs", "undo", "export", "import", "reset", "stop", "messages")


def macros_of(book: Any) -> dict[str, str]:
    """Return what the shapes of a workbook run, by the button's name."""
    found: dict[str, str] = {}
    for sheet in book.sheets:
        for shape in sheet.shapes:
            macro = str(shape.api.OnAction or "")
            name = macro.rpartition("!")[2].rpartition(".")[2].lower()
            if name.startswith(MACRO):
                found.setdefault(name.removeprefix(MACRO), macro)
    return found


def try_buttons(report: Report, app: Any, book: Any, path: Path) -> None:
    """Press the buttons of an open workbook in turn; the person at the screen answers what some ask."""
    file = WorkbookFile.open(path)
    if "inputs" not in file:
        report.note("there is no model in it to train, so no button was pressed")
        return
    macros = macros_of(book)
    report.check(set(macros) >= NEEDED, f"the buttons are {', '.join(macros) or 'none'}")
    trainer = Trainer(read_model(file))
    if file.sheet is not None:
        book.sheets[file.sheet].activate()
    before = trainer.state.copy()
    for name in (name for name in ORDER if name in macros):
        if name in ASKS:
            report.line(f"     {ASKS[name]}")
        with report.trying(f"button {name}"), report.timing(f"button {name}"):
            app.api.Run(macros[name])
        if name in TRAINS:
            before = trainer.state.copy()
            TRAINS[name](trainer)
        elif name == "undo":
            trainer.put(before.copy())
        elif name == "reset":
            trainer.reset()
        with report.trying(f"cells after {name}"):
            compare(report, book, file, name, state_blocks(trainer.model, trainer.state, file))


def compare(report: Report, book: Any, file: WorkbookFile, button: str, wanted: Mapping[str, Rows]) -> None:
    """Compare the cells with what they must hold."""
    worst, where = 0.0, ""
    for name, block in wanted.items():
        area = file.area(name)
        cells = book.sheets[area.sheet].range((area.top, area.left), (area.bottom, area.right))
        found = rows(cells.raw_value)
        if name.startswith("optimizer"):
            found = [[cell or 0.0 for cell in row] for row in found]  # a blank memory is an empty one
        apart = difference(found, block)
        if apart > worst:
            worst, where = apart, f" in {name}"
    report.check(worst <= TOLERANCE, f"after {button} the cells differ from training the file by {worst:.1e}{where}")

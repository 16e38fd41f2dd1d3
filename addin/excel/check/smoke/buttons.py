"""Each button of a workbook pressed, and the cells afterwards compared with the same training done on the file."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from addin.at_once import FileRun
from addin.excel.build.shapes import XDR
from addin.excel.check.smoke.cells import difference
from addin.excel.check.smoke.report import Report
from addin.excel.inside.values import rows_of
from pyfuncs.cells.block import to_number
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.named_cells import Rows
from workbooks.clicks.click import Click
from workbooks.clicks.table import COMMANDS
from workbooks.recalculate import refresh
from workbooks.xlsx.area import Area
from workbooks.xlsx.package import Package
from workbooks.xlsx.workbook import WorkbookFile

MACRO = "gradsheet"
INPUTS = "inputs"
# Excel's own arithmetic makes the inputs, and differs from Python's in the last places.
TOLERANCE = 1e-9
ASKS = {
    "export": "Excel asks where to write the weights: choose a name and press Save.",
    "import": "Excel asks for the weights: choose the file that you have just written.",
    "messages": "A box says what the selected formula raises: press OK.",
}
LAST = ("reset", "stop", "messages")
"""Pressed at the end: nothing is left to see of the others after Reset."""

Buttons = dict[str, dict[str, str]]
"""What each button runs, by its sheet and its name."""


def buttons_in_file(path: Path) -> Buttons:
    """Return the buttons that a file's drawings hold."""
    package = Package.open(path)
    shapes = {
        title: [
            shape.get("macro", "")
            for drawing in package.targets(package.sheet_part(title), "drawing").values()
            for shape in package.root(drawing).iter(f"{{{XDR}}}sp")
        ]
        for title in package.sheet_titles
    }
    return by_name(shapes)


def buttons_in_excel(book: Any) -> Buttons:
    """Return the buttons that Excel shows."""
    return by_name({sheet.name: [str(shape.api.OnAction or "") for shape in sheet.shapes] for sheet in book.sheets})


def by_name(macros: Mapping[str, Sequence[str]]) -> Buttons:
    """Return the macros of ours by sheet and button, without the sheets that have none."""
    found = {
        sheet: {name_of(macro).removeprefix(MACRO): macro for macro in listed if name_of(macro).startswith(MACRO)}
        for sheet, listed in macros.items()
    }
    return {sheet: buttons for sheet, buttons in found.items() if buttons}


def name_of(macro: str) -> str:
    """Return a macro's own name in small letters, without its workbook and module."""
    return macro.rpartition("!")[2].rpartition(".")[2].lower()


def models_in(path: Path) -> list[str | None]:
    """Return the sheets that hold a model of their own, None for one of the whole workbook."""
    scopes = [scope for scope, name in Package.open(path).defined_names() if name.casefold() == INPUTS]
    return [None] if None in scopes else list(dict.fromkeys(scopes))


def try_buttons(report: Report, app: Any, book: Any, path: Path, asks: bool) -> bool:
    """Press the buttons of every model in an open workbook; return whether a person was asked for files."""
    there, shown = buttons_in_file(path), buttons_in_excel(book)
    listed = {sheet: sorted(names) for sheet, names in shown.items()}
    report.check(
        {sheet: sorted(names) for sheet, names in there.items()} == listed,
        "the buttons are " + ("; ".join(f"{sheet}: {', '.join(names)}" for sheet, names in listed.items()) or "none"),
    )
    models = models_in(path)
    if not models:
        report.note("there is no model in it to train, so no button was pressed")
    for sheet in models:
        here = shown.get(sheet or "") or next(iter(shown.values()), {})
        with report.trying(f"the model {sheet or 'of the workbook'}"):
            if sheet is not None:
                book.sheets[sheet].api.Activate()  # xlwings' own brings Excel to the front, which Windows may refuse
            press(report, app, book, WorkbookFile.open(path, sheet), here, asks)
            asks = asks and not here
    return asks


class SameSeed(FileRun):
    """A click on a file that takes the seed which Excel shows after the same click there."""

    def __init__(self, file: WorkbookFile, click: Click, book: Any) -> None:
        super().__init__(file, click)
        self.book = book

    def new_seed(self) -> int:
        """Return the seed that Excel shows."""
        return int(to_number(shown_in(self.book, self.cells.area("seed"))[0][0], "seed"))


def press(report: Report, app: Any, book: Any, file: WorkbookFile, macros: Mapping[str, str], asks: bool) -> None:
    """Press the buttons of one model in turn; the person at the screen answers what some ask."""
    before: Mapping[str, Rows] = {}
    place = f" of {file.sheet}" if file.sheet else ""
    for click in (click for click in in_turn() if click.name in macros and (asks or click.name not in ASKS)):
        name = f"{click.name}{place}"
        if click.name in ASKS:
            report.line(f"     {ASKS[click.name]}")
        with report.trying(f"button {name}"), report.timing(f"button {name}"):
            app.api.Run(macros[click.name])
        with report.trying(f"cells after {name}"):
            run = SameSeed(file, click, book)
            if click.name == "undo":
                put(file, before)
            elif click.changes and click.csv is None:
                with suppress(GradsheetError):  # Excel has said the same sentence, and changes nothing either
                    run.work()
                    before = {changed: file.read(changed) for changed in run.blocks()}
                    put(file, run.blocks())
            compare(report, book, file, name, {changed: file.read(changed) for changed in run.blocks()})


def in_turn() -> list[Click]:
    """Return the buttons as they are pressed: Undo behind a click that it can take back, Reset behind all others."""
    return sorted(COMMANDS, key=lambda click: LAST.index(click.name) if click.name in LAST else -1)


def put(file: WorkbookFile, blocks: Mapping[str, Rows]) -> None:
    """Put blocks into a file; its first weights follow another seed."""
    file.write(blocks)
    if "seed" in blocks:
        refresh(file)


def shown_in(book: Any, area: Area) -> Rows:
    """Return what Excel shows in some cells."""
    return rows_of(book.sheets[area.sheet].range(area.cells).raw_value)


def compare(report: Report, book: Any, file: WorkbookFile, button: str, wanted: Mapping[str, Rows]) -> None:
    """Compare the cells with what they must hold."""
    worst, where = 0.0, ""
    for name, block in wanted.items():
        found = shown_in(book, file.area(name))
        if name.startswith("optimizer"):
            found = [[cell or 0.0 for cell in row] for row in found]  # a blank memory is an empty one
        apart = difference(found, block)
        if apart > worst:
            worst, where = apart, f" in {name}"
    report.check(worst <= TOLERANCE, f"after {button} the cells differ from training the file by {worst:.1e}{where}")

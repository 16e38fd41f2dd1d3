"""The part of the first hour in LibreOffice Calc, with the user's own settings; run by the office's own Python."""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from addin.calc.install.headless import Office, properties

SLOW_SECONDS = 5.0


class Visit:
    """An open office, and what a newcomer does in it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.helper = office.service("com.sun.star.frame.DispatchHelper")

    def timed(self, what: str, work: Any) -> Any:
        """Do something, and say if it was slow."""
        began = time.monotonic()
        result = work()
        seconds = time.monotonic() - began
        print(f"{what}: {seconds:.1f} s", flush=True)
        expect(seconds <= SLOW_SECONDS, f"{what} took {seconds:.1f} s in Calc")
        return result

    def click(self, document: Any, name: str, file: Path | None = None) -> Any:
        """Press a button."""
        arguments = properties() if file is None else properties(URL=file.as_uri())
        frame = document.CurrentController.Frame
        return self.helper.executeDispatch(frame, f"org.gradsheet:{name}", "", 0, arguments)


def expect(happened: bool, what: str) -> None:
    """Say what should have happened and did not."""
    if not happened:
        print(f"FOUND {what}", flush=True)


def number(document: Any, name: str) -> float:
    """Return the number behind a name."""
    value: float = document.NamedRanges.getByName(name).getReferredCells().getCellByPosition(0, 0).getValue()
    return value


def last_loss(document: Any) -> float:
    """Return the last training loss of the history."""
    rows = document.NamedRanges.getByName("history").getReferredCells().getDataArray()
    loss: float = [row[2] for row in rows if row[2] != ""][-1]
    return loss


def type_a_product(visit: Visit) -> None:
    """Type =NN_MATMUL over two ranges, and compare it with the spreadsheet's own product."""
    document = visit.office.load("private:factory/scalc")
    sheet = document.Sheets.getByIndex(0)
    sheet.getCellRangeByName("A1:C2").setDataArray(((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)))
    sheet.getCellRangeByName("E1:F3").setDataArray(((1.0, 0.5), (2.0, 0.25), (3.0, 0.125)))
    product = sheet.getCellRangeByName("H1:I2")
    visit.timed("the first formula", lambda: product.setArrayFormula("=NN_MATMUL(A1:C2;E1:F3)"))
    sheet.getCellRangeByName("K1:L2").setArrayFormula("=MMULT(A1:C2;E1:F3)")
    expect(product.getDataArray() == sheet.getCellRangeByName("K1:L2").getDataArray(), "NN_MATMUL is not MMULT")
    document.close(True)


def train(visit: Visit, workbook: Path, folder: Path) -> None:
    """Press Epoch twenty times, export, spoil the learning rate, and come back with Reset."""
    document = visit.timed("opening the two-layer workbook", lambda: visit.office.load(str(workbook)))
    start = document.Sheets.getByName("Start")
    expect(number(document, "epoch") == 0, "the workbook of make calc is trained already")
    first = last_loss(document)
    losses = [first]
    for _ in range(20):
        click = visit.timed("Epoch", lambda: visit.click(document, "epoch"))
        expect(click.State == 1, f"Epoch: {click.Result}")
        losses.append(last_loss(document))
    expect(number(document, "epoch") == 20, "twenty clicks on Epoch are not twenty epochs")
    expect(losses[1] < first, f"the first click makes the loss rise: {losses[:2]}")
    expect(losses[-1] < first, f"the loss does not fall: {losses}")
    expect(len(start.Charts.getElementNames()) == 1, "Start shows no chart")
    weights = folder / "weights.csv"
    visit.click(document, "export", weights)
    expect(weights.exists() and weights.read_text().startswith("parameter,row,column"), "Export has written no weights")
    document.NamedRanges.getByName("lr").getReferredCells().setValue(1000.0)
    for _ in range(3):
        click = visit.click(document, "epoch")
    texts = " ".join(str(cell) for row in start.getCellRangeByName("A1:K40").getDataArray() for cell in row)
    expect("learning rate is too high" in texts, "Start does not say that the learning rate is too high")
    document.NamedRanges.getByName("lr").getReferredCells().setValue(0.1)
    visit.click(document, "reset")
    expect(last_loss(document) == first and number(document, "epoch") == 0, "Reset does not bring the start back")
    document.close(True)


def read_help(visit: Visit) -> None:
    """Look one formula up in the function wizard."""
    functions = visit.office.service("com.sun.star.sheet.FunctionDescriptions")
    told = {each.Name: each.Value for each in functions.getByName("NN_RELU")}
    expect(len(told["Description"]) > 20, "the wizard says nothing about NN_RELU")
    expect(all(len(argument.Description) > 10 for argument in told["Arguments"]), "an argument of NN_RELU has no help")


def main() -> None:
    """Do it all in one office."""
    with tempfile.TemporaryDirectory() as folder, Office(sys.argv[1], None, 600) as office:
        visit = Visit(office)
        print("Calc is open", flush=True)
        type_a_product(visit)
        train(visit, Path("out/calc/titanic_two_layer.xlsx"), Path(folder))
        read_help(visit)
    print("that was all", flush=True)


main()

"""The jobs that the office runs when it has loaded or saved a document."""

import traceback
from typing import Any

import unohelper
from com.sun.star.lang import XServiceInfo
from com.sun.star.task import XJob

from addin.calc.inside.identifiers import LOAD_JOB, SAVE_JOB
from addin.calc.inside.lambdas_aside import put_back, set_aside
from addin.calc.inside.reentry import reenter
from addin.calc.inside.saving import repair_saved

SPREADSHEETS = "com.sun.star.sheet.SpreadsheetDocument"


class DocumentJob(unohelper.Base, XJob, XServiceInfo):
    """What is done with a spreadsheet after an event; a failure leaves everything as it was."""

    name = ""

    def handle(self, document: Any) -> object:
        """Do it."""
        raise NotImplementedError

    def execute(self, arguments: tuple[Any, ...]) -> tuple[()]:
        """Take the document out of what the office tells about the event."""
        environment = next((argument.Value for argument in arguments if argument.Name == "Environment"), ())
        document = next((value.Value for value in environment if value.Name == "Model"), None)
        try:
            if document is not None and document.supportsService(SPREADSHEETS):
                self.handle(document)
        except Exception:
            traceback.print_exc()
        return ()

    def getImplementationName(self) -> str:
        return self.name

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (self.name,)


class LoadJob(DocumentJob):
    """Formulas from .xlsx files calculate: those that the office does not know, or a name hides, are entered anew."""

    name = LOAD_JOB

    def handle(self, document: Any) -> object:
        return reenter(document) + set_aside(document)


class SaveJob(DocumentJob):
    """Formulas in a saved .xlsx file have the names that Excel knows, and the LAMBDAs that it came with."""

    name = SAVE_JOB

    def handle(self, document: Any) -> object:
        return repair_saved(document) + put_back(document)

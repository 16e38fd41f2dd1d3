"""The job that the office runs when it has loaded a document: formulas from .xlsx files calculate."""

import traceback
from typing import Any

import unohelper
from com.sun.star.lang import XServiceInfo
from com.sun.star.task import XJob

from addin.calc.identifiers import LOAD_JOB
from addin.calc.reentry import reenter

SPREADSHEETS = "com.sun.star.sheet.SpreadsheetDocument"


class LoadJob(unohelper.Base, XJob, XServiceInfo):
    """Mends what the office has loaded."""

    def execute(self, arguments: tuple[Any, ...]) -> tuple[()]:
        """Enter the formulas anew that the office does not know; a failure leaves the document as it was loaded."""
        environment = next((argument.Value for argument in arguments if argument.Name == "Environment"), ())
        document = next((value.Value for value in environment if value.Name == "Model"), None)
        try:
            if document is not None and document.supportsService(SPREADSHEETS):
                reenter(document)
        except Exception:
            traceback.print_exc()
        return ()

    def getImplementationName(self) -> str:
        return LOAD_JOB

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (LOAD_JOB,)

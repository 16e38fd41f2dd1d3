"""The formulas as the office calls them; imported inside the office only, where their interface is known."""

import gc
from typing import Any

import unohelper
from com.sun.star.lang import Locale, XServiceInfo, XServiceName
from com.sun.star.sheet import LocalizedName, XAddIn, XCompatibilityNames
from org.gradsheet import XFunctions

from addin.calc.inside import messages
from addin.calc.inside.identifiers import CATEGORY, FUNCTIONS
from addin.calc.inside.values import ERROR_VALUES, OfficeCells, to_office
from pyfuncs.catalogue.call import result
from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError

FORMULAS = formulas()
YOUNG = 50_000
"""Objects made before the garbage collector looks: a block of a thousand rows is a thousand tuples that soon go."""


def evaluate(formula: Formula, arguments: tuple[Any, ...]) -> OfficeCells:
    """Return what a formula gives; an error is a cell's value, Messages hears its sentence."""
    try:
        return to_office(result(formula, arguments))
    except CellError as error:
        messages.note(error)
        return ((ERROR_VALUES[error.code],),)


class Functions(unohelper.Base, XFunctions, XAddIn, XCompatibilityNames, XServiceInfo, XServiceName):
    """The add-in: one method a formula, put on below, and what the office asks about them."""

    def __init__(self) -> None:
        self.locale = Locale("en", "US", "")

    def getServiceName(self) -> str:
        return FUNCTIONS

    def getImplementationName(self) -> str:
        return FUNCTIONS

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return ("com.sun.star.sheet.AddIn", FUNCTIONS)

    def setLocale(self, locale: Any) -> None:
        self.locale = locale

    def getLocale(self) -> Any:
        return self.locale

    def getProgrammaticFuntionName(self, display: str) -> str:  # sic, the interface spells it so
        return display if display in FORMULAS else ""

    def getDisplayFunctionName(self, name: str) -> str:
        return name if name in FORMULAS else ""

    def getFunctionDescription(self, name: str) -> str:
        return FORMULAS[name].summary if name in FORMULAS else ""

    def getDisplayArgumentName(self, name: str, number: int) -> str:
        return FORMULAS[name].arguments[number].name

    def getArgumentDescription(self, name: str, number: int) -> str:
        return FORMULAS[name].arguments[number].help

    def getProgrammaticCategoryName(self, name: str) -> str:
        return CATEGORY

    def getDisplayCategoryName(self, name: str) -> str:
        return CATEGORY

    def getCompatibilityNames(self, name: str) -> tuple[Any, ...]:
        return (LocalizedName(Locale("en", "US", ""), self.getDisplayFunctionName(name)),)


def _method(formula: Formula) -> Any:
    def method(self: Functions, *arguments: Any) -> OfficeCells:
        return evaluate(formula, arguments)

    return method


for _name, _formula in FORMULAS.items():
    setattr(Functions, _name, _method(_formula))

# Numba leaves half a million objects that live as long as the office; going through them takes 50 ms each time.
gc.collect()
gc.freeze()
gc.set_threshold(YOUNG)

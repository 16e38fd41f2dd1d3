"""The VBA text that is made from the catalogue and from the buttons; the rest stands in the folder vba."""

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from addin.excel.inside.udfs import parameters
from addin.excel.inside.values import ERROR_NUMBERS
from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.registry import formulas
from workbooks.clicks.click import Click
from workbooks.clicks.table import COMMANDS

TEXTS = Path(__file__).with_name("vba")
UDFS = "addin.excel.inside.udfs"
WORKBOOK, ADD_IN = "xlsm", "xlam"
ADD_IN_FILE = f"gradsheet.{ADD_IN}"
BOOKS: Mapping[str, str] = {WORKBOOK: "ThisWorkbook", ADD_IN: "ActiveWorkbook"}
"""Which workbook the formulas and the buttons of each kind of file are about."""

OF_BOTH = ("GradsheetPython", "GradsheetErrors", "GradsheetClicks", "GradsheetExplain", "GradsheetHelp")
STANDARD: Mapping[str, tuple[str, ...]] = {
    WORKBOOK: OF_BOTH,
    ADD_IN: (*OF_BOTH, "GradsheetRibbon"),
}
LONGEST_LINE = 110
GLUE = "\0"
"""A space at which no line ends."""


def modules(kind: str) -> dict[str, str]:
    """Return the text of every standard module of our own by its name."""
    texts = {name: read(f"{name}.bas") for name in STANDARD[kind]}
    return texts | {"GradsheetFormulas": formulas_module(kind), "GradsheetButtons": buttons_module()}


def document_text(kind: str) -> str:
    """Return what the workbook itself does when it opens."""
    return read(f"ThisWorkbook.{kind}.bas")


def read(name: str) -> str:
    """Return a text from the folder vba."""
    return (TEXTS / name).read_text(encoding="ascii")


def formulas_module(kind: str) -> str:
    """Return the module with a function for every formula."""
    parts = ["Option Explicit", book_function(kind), error_function()]
    parts += [wrapper(formula, BOOKS[kind]) for formula in formulas().values()]
    return "\n\n".join(parts) + "\n"


def book_function(kind: str) -> str:
    """Return the function that gives the workbook which the buttons train."""
    return f"Public Function GradsheetBook() As Workbook\n    Set GradsheetBook = {BOOKS[kind]}\nEnd Function"


def error_function() -> str:
    """Return the function that gives the number of an error value, 0 for another text."""
    cases = "".join(
        f'        Case "{code}"\n            ErrorNumber = {number}\n' for code, number in ERROR_NUMBERS.items()
    )
    return (
        "Public Function ErrorNumber(ByVal code As String) As Long\n    Select Case code\n"
        f"{cases}    End Select\nEnd Function"
    )


def wrapper(formula: Formula, book: str) -> str:
    """Return a formula's function: it calls Python, and an error becomes a real error value."""
    name = formula.name
    given = [argument.name for argument in formula.arguments]
    declared = [
        f"Optional{GLUE}{argument.name}" if missing else argument.name for argument, missing in parameters(formula)
    ]
    head = wrapped(f"Public Function {name}({', '.join(declared)})", "        ")
    call = f'{name} = ShownByExcel(CallPython("{UDFS}", "{name}", Array({", ".join(given)}), {book}))'
    return "\n".join(
        [
            head,
            "    On Error GoTo failed",
            wrapped(f"    {call}", "        "),
            "    Exit Function",
            "failed:",
            f'    {name} = FailedCall("{name}", Err.Description)',
            "End Function",
        ]
    )


def wrapped(line: str, indent: str) -> str:
    """Return a line of VBA as several that each go on in the next; no text in quotes may hold a space."""
    parts = textwrap.wrap(line, LONGEST_LINE, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    text = " _\n".join([line[: len(line) - len(line.lstrip())] + parts[0].lstrip(), *parts[1:]])
    return text.replace(GLUE, " ")


def macro(command: Click) -> str:
    """Return the name of a button's macro."""
    return f"Gradsheet{command.name.capitalize()}"


def buttons_module() -> str:
    """Return the module with a macro for every button."""
    return "\n\n".join(["Option Explicit", *macros()]) + "\n"


def macros() -> Iterator[str]:
    """Yield the macro of every button."""
    for command in COMMANDS:
        yield f'Public Sub {macro(command)}()\n    GradsheetClick "{command.name}"\nEnd Sub'

"""A book as a workbook of Excel's with macros, or as the add-in: VBA project and buttons put on last."""

from collections.abc import Mapping

from addin.excel.build.intellisense import TITLE as INTELLISENSE
from addin.excel.build.intellisense import add_intellisense
from addin.excel.build.layout import take_buttons
from addin.excel.build.parts import MAIN, WORKBOOK_PART, Parts
from addin.excel.build.project import with_project
from addin.excel.build.shapes import add_buttons
from addin.excel.build.vba import WORKBOOK
from workbooks.sheets.book import Book
from workbooks.sheets.writer import write

CONTENT_TYPES: Mapping[str, str] = {
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
}


def workbook_file(book: Book) -> bytes:
    """Return a self-contained workbook: its formulas and buttons work without the add-in."""
    buttons = take_buttons(book)
    parts = macro_file(book, WORKBOOK)
    for title, places in buttons.items():
        add_buttons(parts, title, places)
    return parts.to_bytes()


def macro_file(book: Book, kind: str) -> Parts:
    """Return a book's parts with help and a VBA project, of a workbook ("xlsm") or of the add-in ("xlam")."""
    add_intellisense(book)
    parts = Parts(with_project(write(book), kind))
    parts.declare(WORKBOOK_PART, CONTENT_TYPES[kind])
    hide_help(parts)
    return parts


def hide_help(parts: Parts) -> None:
    """Let nobody stumble over the sheet with the help."""
    root = parts.root(WORKBOOK_PART)
    for sheet in root.iter(f"{{{MAIN}}}sheet"):
        if sheet.get("name") == INTELLISENSE:
            sheet.set("state", "hidden")
    parts.put(WORKBOOK_PART, root)

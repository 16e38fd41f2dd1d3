"""A book as a workbook of Excel's with macros, or as the add-in: VBA project and buttons put on last."""

from collections.abc import Mapping

from addin.excel.build.intellisense import TITLE as INTELLISENSE
from addin.excel.build.intellisense import add_intellisense
from addin.excel.build.layout import take_buttons
from addin.excel.build.project import with_project
from addin.excel.build.settings import TITLE as SETTINGS
from addin.excel.build.settings import add_settings, settings
from addin.excel.build.shapes import add_buttons
from addin.excel.build.vba import WORKBOOK
from workbooks.sheets.book import Book
from workbooks.sheets.writer import write
from workbooks.xlsx.additions import declare
from workbooks.xlsx.namespaces import SHEET
from workbooks.xlsx.package import Package

CONTENT_TYPES: Mapping[str, str] = {
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
}


def workbook_file(book: Book, values: Mapping[str, str] | None = None) -> bytes:
    """Return a self-contained workbook: its formulas and buttons work without the add-in."""
    buttons = take_buttons(book)
    package = macro_file(book, WORKBOOK, values)
    adapt_to_excel(package, book.template)
    for title, places in buttons.items():
        add_buttons(package, title, places)
    return package.to_bytes()


def adapt_to_excel(package: Package, name: str) -> None:
    """Let the texts on the sheets name the file as it is here, and no click that Calc alone wants."""
    for part in map(package.sheet_part, package.sheet_titles):
        data = package.read(part).replace(b" (Ctrl+click in Calc)", b"")
        package.put(part, data.replace(f"{name}.xlsx".encode(), f"{name}.xlsm".encode()))


def macro_file(book: Book, kind: str, values: Mapping[str, str] | None = None) -> Package:
    """Return a book as a package with settings, help and a VBA project: a workbook ("xlsm") or the add-in ("xlam")."""
    add_settings(book, values or settings())
    add_intellisense(book)
    package = with_project(write(book), kind)
    declare(package, package.workbook_part, CONTENT_TYPES[kind])
    hide_sheets(package)
    return package


def hide_sheets(package: Package) -> None:
    """Let nobody stumble over the sheets with the settings and the help."""
    for sheet in package.workbook.iter(SHEET):
        if sheet.get("name") in (SETTINGS, INTELLISENSE):
            sheet.set("state", "hidden")
    package.mark_workbook_changed()

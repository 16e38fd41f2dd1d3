"""The files that Excel needs: every template and an empty workbook with macros, and the add-in."""

from collections.abc import Callable, Mapping
from functools import partial

from addin.excel.build.package import macro_file, workbook_file
from addin.excel.build.ribbon import BLANK, add_ribbon
from addin.excel.build.vba import ADD_IN, ADD_IN_FILE, WORKBOOK
from workbooks.lessons.templates import BUNDLED, TEMPLATES
from workbooks.sheets.book import Book


def files(values: Mapping[str, str] | None = None) -> Mapping[str, Callable[[], bytes]]:
    """Return what makes each file, by its name; `values` are the settings of its macros."""
    makers: dict[str, Callable[[], bytes]] = {
        f"{name}.{WORKBOOK}": partial(template_file, name, values) for name in BUNDLED
    }
    return makers | {f"{BLANK}.{WORKBOOK}": partial(blank_file, values), ADD_IN_FILE: partial(add_in_file, values)}


def template_file(name: str, values: Mapping[str, str] | None = None) -> bytes:
    """Return a template with formulas and buttons that work."""
    return workbook_file(TEMPLATES[name].build(None), values)


def blank_file(values: Mapping[str, str] | None = None) -> bytes:
    """Return an empty workbook in which the formulas can be typed."""
    book = Book(BLANK, "Gradsheet")
    book.page("Sheet1")
    return workbook_file(book, values)


def add_in_file(values: Mapping[str, str] | None = None) -> bytes:
    """Return gradsheet.xlam."""
    book = Book(ADD_IN_FILE.removesuffix(f".{ADD_IN}"), "Gradsheet")
    book.page("Sheet1")
    package = macro_file(book, ADD_IN, values)
    add_ribbon(package)
    return package.to_bytes()

"""Refresh what a template's formulas show without a spreadsheet program: run its builder on the file's input cells."""

import contextlib
import re
from collections.abc import Callable, Mapping

import numpy as np

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.cells.spelling import exact
from pyfuncs.kernels.arrays import Matrix
from pyfuncs.training.contract import read_model
from pyfuncs.training.model import Model
from pyfuncs.training.named_cells import Rows
from pyfuncs.training.reader import refuse_other_words
from pyfuncs.training.restarts import FirstValues, no_formulas
from workbooks.lessons.templates import TEMPLATES
from workbooks.sheets.block import Values
from workbooks.sheets.book import TEMPLATE_PROPERTY, Book, StoredCells, spread
from workbooks.xlsx.area import LAST_COLUMN, LAST_ROW, Area
from workbooks.xlsx.cells import read_values
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.package import Package
from workbooks.xlsx.workbook import WorkbookFile

NUMBER = re.compile(r"(?<![\w.$])\d+(\.\d+)?(E[+-]?\d+)?(?![\w.])")


class FileCells:
    """The cells of a workbook file, as a builder asks for them."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.read: list[Area] = []
        """What was asked for."""

    def values(self, area: Area) -> Values:
        """Return the values of an area, None for a blank cell.

        Raises:
            FileProblem: for far more cells than there are: how many is itself read from cells.
        """
        if area.bottom > LAST_ROW or area.right > LAST_COLUMN:
            raise FileProblem(f"{self.package.path} describes cells beyond the end of a sheet.")
        self.package.grid(area.sheet).refuse_mostly_empty(area, self.package.title(area.sheet))
        self.read.append(area)
        return read_values(self.package, area)

    def has_formula(self, area: Area) -> bool:
        """Tell whether any cell of an area holds a formula."""
        return bool(self.package.grid(area.sheet).formula_texts(area))

    def formula_texts(self, area: Area) -> Values:
        """Return the formulas of an area, each with its equals sign, None for a cell without one."""
        texts = self.package.grid(area.sheet).formula_texts(area)
        found = np.full(area.shape, None, dtype=object)
        for (row, column), text in texts.items():
            found[row - area.top, column - area.left] = f"={text}"
        return found


def refresh(file: WorkbookFile) -> bool:
    """Give every formula of a known template its value for the present inputs; tell whether that could be done.

    It cannot where the workbook is no template, or where somebody has changed a formula: what that gives is for a
    spreadsheet program to say.
    """
    stored = FileCells(file.package)
    book = book_of(file, stored)
    if book is None:
        return False
    for page in book.pages:
        file.put_formula_values(page.title, page.small_formula_values())
        for block in page.tall_formula_blocks():
            file.put_formula_block(block.area, block.values)
    file.forget_stale_values_except([formula.area for page in book.pages for formula in page.formulas], stored.read)
    return True


def write_and_refresh(file: WorkbookFile, blocks: Mapping[str, Rows]) -> None:
    """Put values behind names and give the formulas theirs; what cannot be calculated here loses its stale value.

    Raises:
        GradsheetError: for cells that cannot be written.
    """
    file.write(blocks)
    if not refresh(file):
        file.forget_stale_values()


def book_of(file: WorkbookFile, stored: StoredCells) -> Book | None:
    """Return a known template's book for the file's present inputs, None where the file's formulas are not its own."""
    package = file.package
    build = builder(package.custom_properties().get(TEMPLATE_PROPERTY, ""))
    if build is None:
        return None
    try:
        book = build(stored)
    except (GradsheetError, TypeError, ValueError, LookupError, ArithmeticError):
        # A sheet renamed, text where the template has numbers: no value of ours can be trusted then.
        return None
    return book if has_formulas_of(package, book) and has_names_of(package, book) else None


def model_of(file: WorkbookFile) -> Model:
    """Return the model that a workbook describes.

    Raises:
        GradsheetError: as `read_model` does, and for a word that a drop-down of a known template does not offer: its
            formulas give #N/A for it.
    """
    if builder(file.package.custom_properties().get(TEMPLATE_PROPERTY, "")) is not None:
        for name in file.names:
            with contextlib.suppress(FileProblem):  # a name of somebody's own
                cell = file.area(name)
                if cell.shape == (1, 1) and file.choices(name) and not file.has_formula(name):
                    refuse_other_words(file, name, file.read(name)[0][0])
    return read_model(file)


def first_values(file: WorkbookFile) -> FirstValues:
    """Return what gives the first values that a known template's formulas have for a seed."""
    book = book_of(file, FileCells(file.package))
    if book is None:
        return no_formulas
    pages = [page for page in book.pages if not page.scoped or page.title == file.sheet]
    seed = next(filter(None, (page.block("seed") for page in pages)), None)
    formulas = [
        (block, formula)
        for page in pages
        for block, formula in page.suggestions
        if block.name is not None and block.name.startswith("initial_")
    ]

    def of_seed(number: int) -> Mapping[str, Matrix]:
        if seed is not None:
            seed.values[:] = number  # the formulas hold this very block
        return {
            str(block.name): spread(formula.value(), block.values.shape).astype(np.float64)
            for block, formula in formulas
        }

    return of_seed


def builder(name: str) -> Callable[[StoredCells], Book] | None:
    """Return what makes a workbook's book from its own cells: a template's builder, or that of own tables."""
    if name in TEMPLATES:
        return TEMPLATES[name].build
    from workbooks.own_data import workbook as own_data  # a template needs none of it

    return own_data.rebuild if name == own_data.TEMPLATE else None


def has_names_of(package: Package, book: Book) -> bool:
    """Tell whether the names that the formulas use still stand for the same cells, and none of a sheet's hides one."""
    defined = package.defined_names()
    folded = {(scope, name.casefold()): text for (scope, name), text in defined.items()}
    own = {
        (sheet, name.casefold()): reference
        for sheet, names in book.scoped_names.items()
        for name, reference in names.items()
    }
    hidden = {name for scope, name in folded if scope is not None and (scope, name) not in own}
    return all(same_cells(folded.get(place), reference) for place, reference in own.items()) and all(
        name.casefold() not in hidden and same_cells(folded.get((None, name.casefold())), reference)
        for name, reference in book.names.items()
    )


def same_cells(text: str | None, reference: str) -> bool:
    """Tell whether two references stand for the same cells."""
    return text is not None and text.replace("$", "").replace("'", "") == reference.replace("$", "").replace("'", "")


def has_formulas_of(package: Package, book: Book) -> bool:
    """Tell whether the file still holds every formula of the book, unchanged."""
    for page in book.pages:
        if page.title not in package.sheet_titles:
            return False
        grid = package.grid(page.title)
        for formula in page.formulas:
            place = (formula.area.top, formula.area.left)
            whole = grid.formulas.get(place)
            if isinstance(formula.texts, str) and whole is not None and grid.formula_area(place) == formula.area:
                if not same_formula(whole.text, formula.texts):
                    return False
                continue
            stored = grid.formula_texts(formula.area)
            found = list(map(stored.get, formula.area.positions()))
            texts = [formula.texts] * len(found) if isinstance(formula.texts, str) else formula.texts.ravel().tolist()
            if found != texts and not all(map(same_formula, found, texts)):
                return False
    return True


def same_formula(found: str | None, text: str) -> bool:
    """Tell whether two formulas are alike, however they spell their numbers: LibreOffice writes 1E-12 out."""
    return found == text or (found is not None and plain_numbers(found) == plain_numbers(text))


def plain_numbers(text: str) -> str:
    """Return a formula with its numbers spelled in one way."""
    return NUMBER.sub(lambda number: exact(float(number[0])), text)

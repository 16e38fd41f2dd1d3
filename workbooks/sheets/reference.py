"""The Functions sheet: every formula of the catalogue with what it does, takes and gives."""

from pyfuncs.catalogue.registry import FAMILIES
from workbooks.sheets.book import Book, Look

FUNCTIONS = "Functions"
HEADERS = ["Formula", "What it does", "Arguments", "Gives"]


def functions_page(book: Book) -> None:
    """Add the sheet, made from the catalogue."""
    page = book.page(FUNCTIONS)
    page.text(1, 1, FUNCTIONS, Look("title"))
    page.text(2, 1, "Type them like any other formula. Square brackets mark what may be left out.", Look("line"))
    page.heights[1] = 30
    row = 4
    page.text(row, 1, [HEADERS], Look("header"))
    page.frozen = f"A{row + 1}"
    page.widths = {"A": 42, "B": 52, "C": 72, "D": 24}
    for family in FAMILIES:
        row += 1
        page.text(row, 1, [[family.TITLE, None, None, None]], Look("heading"))
        for formula in family.FORMULAS:
            row += 1
            arguments = "\n".join(
                f"{argument.name} ({argument.shape_text}): {argument.help}" for argument in formula.arguments[:8]
            )
            if len(formula.arguments) > 8:
                arguments += "\n… and so on, up to " + formula.arguments[-1].name
            page.text(
                row, 1, formula.signature if len(formula.arguments) <= 8 else short(formula.signature), Look("label")
            )
            page.text(row, 2, [[formula.summary, arguments, formula.returns]], Look("wrapped"))
            lines = sum(1 + len(line) // 80 for line in arguments.split("\n"))
            page.heights[row] = 15.5 * max(
                lines, 1 + len(formula.summary) // 56, 1 + len(formula.signature[:120]) // 42
            )
    page.decorations.append(wrap_signatures)


def short(signature: str) -> str:
    """Return a long signature with its middle left out."""
    head, _, _ = signature.partition(", weight_1")
    return f"{head}, weight_1, [bias_1], …)"


def wrap_signatures(sheet: object) -> None:
    """Let the first column break its lines."""
    from openpyxl.styles import Alignment

    for (cell,) in sheet.iter_rows(min_row=5, max_col=1):  # type: ignore[attr-defined]
        cell.alignment = Alignment(wrap_text=True, vertical="top")

"""The sheet Data: the table's columns as they were read, and each row's number in the file."""

from pyfuncs.cells.block import CellValue
from workbooks.own_data.recipe import Recipe
from workbooks.own_data.sentences import file_name
from workbooks.own_data.table import Table
from workbooks.sheets.block import Block, as_values, column_of
from workbooks.sheets.book import Look, Page, StoredCells
from workbooks.xlsx.area import Area

TITLE = "Data"
HEADER_ROW, TOP = 4, 5


class DataPage:
    """The sheet while it is being put together: `columns` by name, `number` each row's number in the file."""

    def __init__(self, page: Page, recipe: Recipe, table: Table | None) -> None:
        page.bulk = (TOP, recipe.rows)
        page.text(1, 2, "Data", Look("title"))
        count = f"{recipe.rows} rows" + ("" if table is None else f" of {file_name(table.path)}")
        page.text(2, 2, f"{count}, as they were read. The sheet Preparation makes inputs of them.", Look("line"))
        page.text(HEADER_ROW, 1, [["row", *recipe.columns]], Look("header"))
        page.heights = {1: 30}
        page.widths = {"A": 9}
        page.frozen = f"B{TOP}"
        numbers: list[CellValue] = [None] * recipe.rows if table is None else list(table.rows)
        self.number = page.input(TOP, 1, column_of(numbers), Look("body", "0"))
        self.columns: dict[str, Block] = {}
        for j, name in enumerate(recipe.columns):
            cells: list[CellValue] = [None] * recipe.rows if table is None else table.columns[name]
            style = "words" if any(isinstance(cell, str) for cell in cells) else "body"
            look = Look(style, recipe.meaning(name).number_format)
            block = page.input(TOP, 2 + j, column_of(cells), look)
            self.columns[name] = block
            page.widths[block.letters] = min(max(11.0, len(name) * 1.2 + 2), 28.0)


def column_names(stored: StoredCells, count: int) -> tuple[str, ...]:
    """Return the names over the columns of the sheet as it is stored."""
    cells = stored.values(Area(TITLE, HEADER_ROW, 2, HEADER_ROW, 1 + count))
    return tuple(str(cell) for cell in as_values(cells.tolist())[0])

"""The sheet Surface: the loss over a and b as a coloured grid, with the path of one optimizer's epoch on it."""

from collections.abc import Sequence

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Border, Font, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.lessons.gradient_descent.data import Points
from workbooks.lessons.gradient_descent.optimizer_page import OptimizerPage
from workbooks.sheets.block import Block
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.colours import scale
from workbooks.xlsx.area import column_letters

TOP, LEFT = 7, 3
SLOPES = tuple(0.5 + 0.1 * j for j in range(26))
INTERCEPTS = tuple(50.0 - 2 * i for i in range(29))
PATH = LEFT + len(SLOPES) + 1


def surface_page(book: Book, pages: Sequence[OptimizerPage], points: Points) -> Block:
    """Add the sheet; return the grid of losses."""
    page = book.page("Surface")
    page.text(1, 2, "The loss surface: every a and b has its loss", Look("title"))
    page.text(
        2,
        2,
        "Blue is a small loss, orange a large one. A long valley lies askew: too steep a line makes up for one that "
        "begins too low.",
        Look("line"),
    )
    page.text(
        3,
        2,
        "● is where the optimizer goes in its present epoch, ★ the bottom. Select a cell to read its loss.",
        Look("line"),
    )
    page.heights |= {1: 32, TOP - 1: 20}
    page.widths = {"A": 2.0, "B": 9.0, column_letters(PATH - 1): 3.0}
    page.widths |= {column_letters(LEFT + j): 4.6 for j in range(len(SLOPES))}
    page.text(4, 2, "path of", Look("label"))
    names = tuple(each.rule.sheet for each in pages)
    page.merged.append(f"{column_letters(LEFT)}4:{column_letters(LEFT + 2)}4")
    chosen = page.input(4, LEFT, "Adam", Look("input", choices=names, help="Whose steps are shown."))
    page.text(TOP - 1, 2, "b \\ a", Look("label"))
    a = page.text(TOP - 1, LEFT, [SLOPES], Look("inputs", "0.0"))
    b = page.text(TOP, 2, [[value] for value in INTERCEPTS], Look("inputs", "0"))
    x, y = points.x, points.y

    text = "SUMPRODUCT(({a:column}*{x:all}+{b:row}-{y:all})^2)/" + str(x.values.shape[0])
    shape = (len(INTERCEPTS), len(SLOPES))
    # Numbers are there but not shown: colour says enough, and the path needs the room.
    grid = page.each(TOP, LEFT, shape, text, Look("body", ";;;"), a=a, b=b, x=x, y=y)
    scale(page, grid, percentile=25)
    places = path(book, pages, chosen, a, b)
    bottom = (
        f"AND(ABS({column_letters(LEFT)}${TOP - 1}-{points.slope.address('Surface')})<0.05,"
        f"ABS($B{TOP}-{points.intercept.address('Surface')})<1)"
    )
    mark(page, grid, places, bottom)
    return grid


def mark(page: Page, grid: Block, places: tuple[Block, Block], bottom: str) -> None:
    """Mark the cells of a grid that a path visits, by the rows and columns (from 1) of its places, and the bottom.

    `bottom` is the condition for the latter, as the first cell of the grid has it.
    """
    rows, columns = (block.reference(page.title) for block in places)
    here = f"ROW()-{grid.area.top - 1},{columns},COLUMN()-{grid.area.left - 1}"
    on_path = f"COUNTIFS({rows},{here})>0"

    def paint(sheet: Worksheet) -> None:
        for number, (formula, sign) in enumerate(((bottom, '"★"'), (on_path, '"●"'))):
            side = Side(style="thin", color="000000")
            style = DifferentialStyle(
                font=Font(bold=True, color="000000"),
                numFmt=NumberFormat(numFmtId=190 + number, formatCode=sign),
                border=Border(left=side, right=side, top=side, bottom=side),
            )
            place = grid.area.cells
            sheet.conditional_formatting.add(place, Rule(type="expression", formula=[formula], dxf=style))

    page.decorations.append(paint)


def path(
    book: Book, pages: Sequence[OptimizerPage], chosen: Block, slopes: Block, intercepts: Block
) -> tuple[Block, Block]:
    """Put the chosen optimizer's a and b after each step, and return the row and column of the grid each falls into."""
    page = book.pages[-1]
    count = pages[0].count + 1
    page.text(TOP - 1, PATH, [["step", "a", "b", "row", "column"]], Look("header"))
    page.text(TOP, PATH, [[i] for i in range(count)], Look("raw", "0"))
    names = [each.rule.sheet for each in pages]
    place = names.index(str(chosen.only)) if chosen.only in names else 0
    found = []
    for k in range(2):
        words = ",".join(f"{{v{i}}}" for i in range(len(pages)))
        listed = ",".join(f'"{name}"' for name in names)
        text = f"CHOOSE(MATCH({{c:all}},{{{listed}}},0),{words})"
        values = pages[place].table.epoch.states[:, k : k + 1]
        cells = {"c": chosen} | {f"v{i}": each.whole[k] for i, each in enumerate(pages)}
        look = Look("weights", "0.00")
        found.append(page.recurrence(TOP, PATH + 1 + k, text, values, look, **cells))
    axes = ((found[1], intercepts.values.ravel(), 3), (found[0], slopes.values.ravel(), 4))
    places = []
    for block, axis, k in axes:
        step = float(axis[1] - axis[0])
        text = f"ROUND(({{v}}-{axis[0]:g})/{step:.2g},0)+1"
        places.append(page.each(TOP, PATH + k, (count, 1), text, Look("raw", "0"), v=block))
    return places[0], places[1]

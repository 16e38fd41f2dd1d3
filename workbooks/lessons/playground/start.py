"""The playground's Start sheet: inputs, the plane coloured by what the network says, the points on it, the losses."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import Reference, ScatterChart, Series
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.worksheet.worksheet import Worksheet

from pyfuncs.cells.block import CellValue
from workbooks.sheets.block import Block, NamedBlocks, Values, as_values
from workbooks.sheets.book import Look, Page
from workbooks.sheets.charts import history_chart
from workbooks.sheets.expression import Expression
from workbooks.sheets.questions import put_questions
from workbooks.sheets.start import MORE_BUTTONS, Card, centre, link_buttons, put_status, without_gradsheet
from workbooks.xlsx.area import column_letters

TOP = 7
SIDE = 31
"""The plane is a grid of so many cells a side."""
REACH = 6.0
"""It goes from -6 to 6 in x1 and x2."""
STEP = 2 * REACH / (SIDE - 1)
GRID_LEFT = 11
INPUT_LEFT = 8
ROW = 13.5
"""Points: 18 pixels, as wide as a column of the grid."""
BLUE, ORANGE = "2F75B5", "ED7D31"
DARK_BLUE, DARK_ORANGE = "1F4E79", "8A3A00"
PALE_BLUE, PALE_ORANGE = "9DC3E6", "F8CBAD"


@dataclass(frozen=True)
class Input:
    """A cell that people choose or type in: its name, label, first value and what it may be."""

    name: str
    label: str
    value: CellValue
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    help: str | None = None


def lay_out(page: Page) -> None:
    """Give the sheet its columns and rows: text, inputs, the square grid, charts."""
    page.widths = {"A": 1.5, "B": 3.5, "G": 1.5, "H": 17.0, "I": 14.5, "J": 1.5} | dict.fromkeys("CDEF", 15.0)
    page.widths |= {column_letters(GRID_LEFT + j): 2.57 for j in range(SIDE)}
    page.widths[column_letters(GRID_LEFT + SIDE)] = 1.5
    page.heights = {1: 32, 2: 34, 3: 6, 4: 16, 5: 32, 6: 20} | {TOP + i: ROW for i in range(SIDE + 5)}


def put_inputs(page: Page, inputs: Sequence[Input]) -> NamedBlocks:
    """Put the inputs one below the other, two rows each, and return their cells by name."""
    found = NamedBlocks("The sheet Start")
    page.text(6, INPUT_LEFT, [["Choose", None]], Look("header"))
    for i, each in enumerate(inputs):
        row = TOP + 2 * i
        page.text(row, INPUT_LEFT, [[each.label], [None]], Look("card_label"))
        page.text(row + 1, INPUT_LEFT + 1, None, Look("input"))
        look = Look("input", "General", each.choices, each.minimum, each.maximum, help=each.help)
        found[each.name] = page.input(row, INPUT_LEFT + 1, each.value, look, each.name)
        for column in ("H", "I"):
            page.merged.append(f"{column}{row}:{column}{row + 1}")
    page.decorations.append(lambda sheet: centre(sheet, list(found.values())))
    return found


def put_texts(
    page: Page,
    title: str,
    lead: str,
    cards: Sequence[Card],
    steps: Sequence[str],
    notice: Sequence[str],
    history: Block,
    dead: Expression,
) -> None:
    """Put the title, the large numbers, the buttons, what to do, what to notice, and how training stands."""
    page.text(1, 2, title, Look("title"))
    page.text(2, 2, lead, Look("lead"))
    page.merged.append(f"B2:{column_letters(GRID_LEFT + SIDE - 1)}2")
    for i, card in enumerate(cards):
        page.text(4, 3 + i, card.label, Look("card_label"))
        look = Look("card", card.number_format)
        if isinstance(card.value, Expression):
            page.cell(5, 3 + i, card.value, look)
        else:
            page.text(5, 3 + i, card.value, look)
    page.text(6, 3, [[label for label, _ in MORE_BUTTONS]], Look("button"))
    row = numbered(page, TOP, "What to do", steps)
    numbered(page, row, "What to notice", notice, "•")
    put_status(page, 4, INPUT_LEFT, (2, 2), history, dead)
    lost = ("the losses and the plane on Start", "Model", "Plane")
    put_questions(page, TOP + SIDE + 2, 2, "I", (without_gradsheet(page, lost),), 105)
    page.decorations.append(lambda sheet: link_buttons(sheet, MORE_BUTTONS, 6, 3))


def numbered(page: Page, top: int, heading: str, lines: Sequence[str], mark: str | None = None) -> int:
    """Put a heading and lines under it, three low rows for a long line; return the first row below."""
    page.text(top, 2, heading, Look("heading"))
    page.merged.append(f"B{top}:F{top + 1}")
    row = top + 2
    for i, line in enumerate(lines, 1):
        rows = 2 if len(line) < 72 else 3
        page.text(row, 2, mark or i, Look("label"))
        page.text(row, 3, line, Look("wrapped"))
        page.merged.append(f"C{row}:F{row + rows - 1}")
        page.merged.append(f"B{row}:B{row + rows - 1}")
        row += rows
    return row


def put_plane(page: Page, predictions: Block) -> None:
    """Put the grid that shows what the network says, column by column from x1 = -6, its first row x2 = 6."""
    last = column_letters(GRID_LEFT + SIDE - 1)
    page.text(4, GRID_LEFT, "The plane, as the network sees it", Look("heading"))
    page.merged.append(f"{column_letters(GRID_LEFT)}4:{last}5")
    key = f"Orange: class 1. Blue: class 0. White: undecided. Pale points: test. x1, x2: -{REACH:g} to {REACH:g}."
    page.text(6, GRID_LEFT, key, Look("note"))
    for j in range(SIDE):
        column = predictions.part(top=j * SIDE, rows=SIDE)
        page.each(TOP, GRID_LEFT + j, (SIDE, 1), "{p}", Look("body", ";;;"), p=column)
    area = page.area(TOP, GRID_LEFT, SIDE, SIDE)

    def colour(sheet: Worksheet) -> None:
        scale = ColorScaleRule("num", 0, BLUE, "num", 0.5, "FFFFFF", "num", 1, ORANGE)
        sheet.conditional_formatting.add(area.address.rpartition("!")[2], scale)

    page.decorations.append(colour)


def draw(sheet: Worksheet, x1: Block, x2: Block, rows: int, history: Block) -> None:
    """Draw the points over the plane, and the losses and the error rate beside it."""
    chart = ScatterChart(scatterStyle="lineMarker")
    chart.style = 2
    chart.legend = None
    chart.layout = Layout(
        manualLayout=ManualLayout(layoutTarget="inner", x=0, y=0, w=1, h=1, xMode="edge", yMode="edge")
    )
    for axis in (chart.x_axis, chart.y_axis):
        axis.scaling.min, axis.scaling.max = -REACH - STEP / 2, REACH + STEP / 2
        axis.delete = True
        axis.majorGridlines = None
    nothing = LineProperties(noFill=True)
    chart.graphical_properties = GraphicalProperties(noFill=True, ln=nothing)
    chart.plot_area.graphicalProperties = GraphicalProperties(noFill=True, ln=nothing)
    source = sheet.parent[x1.area.sheet]
    looks = (
        ("class 0, training", DARK_BLUE, DARK_BLUE),
        ("class 1, training", DARK_ORANGE, DARK_ORANGE),
        ("class 0, test", PALE_BLUE, DARK_BLUE),
        ("class 1, test", PALE_ORANGE, DARK_ORANGE),
    )
    for i, (title, inside, edge) in enumerate(looks):
        top = x1.area.top + i * rows
        across, up = (
            Reference(source, min_col=block.area.left, min_row=top, max_row=top + rows - 1) for block in (x1, x2)
        )
        series = Series(up, across, title=title)
        series.marker.symbol = "circle"
        series.marker.size = 5
        series.marker.graphicalProperties = GraphicalProperties(
            solidFill=inside, ln=LineProperties(solidFill=edge, w=12700)
        )
        series.graphicalProperties = GraphicalProperties(ln=nothing)
        chart.series.append(series)
    chart.anchor = TwoCellAnchor(
        editAs="twoCell",
        _from=AnchorMarker(col=GRID_LEFT - 1, row=TOP - 1),
        to=AnchorMarker(col=GRID_LEFT - 1 + SIDE, row=TOP - 1 + SIDE),
    )
    sheet.add_chart(chart)
    beside = column_letters(GRID_LEFT + SIDE + 1)
    losses = {"train loss": 2, "test loss": 3}
    history_chart(sheet, history, "Loss, epoch by epoch", losses, "loss", f"{beside}4", (12.2, 9))
    history_chart(sheet, history, "Test error", {"error rate": 5}, "share of rows", f"{beside}23", (12.2, 8))


def plane_points() -> tuple[Values, Values]:
    """Return x1 and x2 of the plane's cells, column by column, each from the top down."""
    steps = [round(-REACH + STEP * i, 9) for i in range(SIDE)]
    return as_values([[x] for x in steps for _ in steps]), as_values([[-y] for _ in steps for y in steps])

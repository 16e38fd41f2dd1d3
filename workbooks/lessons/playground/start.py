"""The picture of the playground's Start: what to choose, the plane coloured by the network, the points, the losses."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import Reference, ScatterChart, Series
from openpyxl.chart.layout import Layout as ChartLayout
from openpyxl.chart.layout import ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.worksheet.worksheet import Worksheet

from pyfuncs.cells.block import CellValue
from workbooks.sheets.block import Block, NamedBlocks, Values, as_values
from workbooks.sheets.book import Look, Page
from workbooks.sheets.charts import Frame, history_chart
from workbooks.sheets.expression import Expression
from workbooks.sheets.settings import TRAIN_LOSS, VALID_LOSS
from workbooks.sheets.start import CARD_ROW, PICTURE_LEFT, Layout
from workbooks.sheets.style import NEGATIVE, PALE_NEGATIVE, PALE_POSITIVE, POSITIVE

TOP = CARD_ROW
SIDE = 25
"""The plane is a grid of so many cells a side."""
REACH = 6.0
"""It goes from -6 to 6 in x1 and x2."""
STEP = 2 * REACH / (SIDE - 1)
INPUT_LEFT = PICTURE_LEFT
GRID_LEFT = INPUT_LEFT + 3
ROW = 13.0
"""Points: 17 pixels, as wide as a column of the grid."""
LAYOUT = Layout(text=19.5, right=(13.0, 13.0, 1.5, *(2.43,) * SIDE), row=ROW, picture_of_cells=True)
DARK_POSITIVE, DARK_NEGATIVE = "1F4E79", "8A3A00"


@dataclass(frozen=True)
class StartInput:
    """A cell that people choose or type in: its name, label, first value and what it may be."""

    name: str
    label: str
    value: CellValue
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    help: str | None = None


def put_inputs(page: Page, inputs: Sequence[StartInput]) -> NamedBlocks:
    """Put the inputs one below the other, and return their cells by name."""
    found = NamedBlocks("The sheet Start")
    page.text(TOP, INPUT_LEFT, [["Choose", None]], Look("header"))
    page.merged.append(f"H{TOP}:I{TOP}")
    for row, each in enumerate(inputs, TOP + 1):
        page.text(row, INPUT_LEFT, each.label, Look("card_label"))
        look = Look("choice", "General", each.choices, each.minimum, each.maximum, help=each.help)
        found[each.name] = page.input(row, INPUT_LEFT + 1, each.value, look, each.name)
    return found


def put_reset_notice(page: Page, inputs: int, due: Expression) -> None:
    """Put below the inputs whether Reset must be pressed before what is chosen holds, and the chart's heading."""
    row = TOP + 1 + inputs
    page.array(row, INPUT_LEFT, (1, 1), due, Look("status"))
    page.merged.append(f"H{row}:I{row + 1}")
    page.text(row + 2, INPUT_LEFT, "loss: train blue, test orange", Look("note"))


def put_plane(page: Page, predictions: Block) -> None:
    """Put the grid that shows what the network says, column by column from x1 = -6, its first row x2 = 6."""
    key = f"Blue: class 1. Orange: class 0. White: undecided. Pale points: test. x1, x2: -{REACH:g} to {REACH:g}."
    page.text(TOP - 1, GRID_LEFT, key, Look("note"))
    for j in range(SIDE):
        column = predictions.part(top=j * SIDE, rows=SIDE)
        page.each(TOP, GRID_LEFT + j, (SIDE, 1), "{p}", Look("body", ";;;"), p=column)
    area = page.area(TOP, GRID_LEFT, SIDE, SIDE)

    def colour(sheet: Worksheet) -> None:
        scale = ColorScaleRule("num", 0, NEGATIVE, "num", 0.5, "FFFFFF", "num", 1, POSITIVE)
        sheet.conditional_formatting.add(area.cells, scale)

    page.decorations.append(colour)


def draw(sheet: Worksheet, x1: Block, x2: Block, rows: int, history: Block, inputs: int) -> None:
    """Draw the points over the plane, `rows` of each kind, and the losses below the inputs."""
    chart = ScatterChart(scatterStyle="lineMarker")
    chart.style = 2
    chart.legend = None
    chart.layout = ChartLayout(
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
        ("class 0, training", DARK_NEGATIVE, DARK_NEGATIVE),
        ("class 1, training", DARK_POSITIVE, DARK_POSITIVE),
        ("class 0, test", PALE_NEGATIVE, DARK_NEGATIVE),
        ("class 1, test", PALE_POSITIVE, DARK_POSITIVE),
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
    losses = {TRAIN_LOSS: "train loss", VALID_LOSS: "test loss"}
    history_chart(sheet, history, losses, None, Frame(None, f"H{TOP + inputs + 4}", (4.85, 2.7), None))


def plane_points() -> tuple[Values, Values]:
    """Return x1 and x2 of the plane's cells, column by column, each from the top down."""
    steps = [round(-REACH + STEP * i, 9) for i in range(SIDE)]
    return as_values([[x] for x in steps for _ in steps]), as_values([[-y] for _ in steps for y in steps])

"""Charts of curves over x: what a network gives beside what it should give, and what its units add to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import Reference, Series
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.block import Block
from workbooks.sheets.charts import ORANGE, small_text, titled_chart
from workbooks.sheets.style import ACCENT

COLOURS = (ACCENT, ORANGE, "2E5C1E", "5B2C83", "0B5A5E", "8A1C1C", "7F4F00", "7F7F7F")


@dataclass(frozen=True)
class Curve:
    """A column of numbers with what the legend calls it, drawn as dots or as a line."""

    title: str
    values: Block
    dots: bool = False
    colour: str = ACCENT
    x: Block | None = None
    """Where it has other places along the axis than the other curves."""


def curve_chart(
    sheet: Worksheet,
    x: Block,
    curves: Sequence[Curve],
    title: str,
    at: str,
    size: tuple[float, float],
    span: tuple[float, float | None],
    height: tuple[float, float] | None = None,
    *,
    unit: float | None = 1,
    logarithmic: bool = False,
) -> None:
    """Draw curves over the column x on an openpyxl sheet.

    `size` is width and height in centimetres, `span` where the axis of x begins and ends, `height` the other axis,
    `unit` how far the marks of the first are apart; `logarithmic` is the other axis in powers of ten.
    """
    chart = titled_chart(title, size)
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.number_format = "General"
        axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E3E3E3"))
        axis.tickLblPos = "low"
        axis.txPr = small_text()
    chart.x_axis.scaling.min, chart.x_axis.scaling.max = span
    chart.x_axis.majorUnit = unit
    if logarithmic:
        chart.y_axis.scaling.logBase = 10
    if height is not None:
        chart.y_axis.scaling.min, chart.y_axis.scaling.max = height
    chart.layout = Layout(manualLayout=ManualLayout(x=0.1, y=0.2, w=0.86, h=0.7, xMode="edge", yMode="edge"))
    for curve in curves:
        series = Series(column(sheet, curve.values), column(sheet, curve.x or x), title=curve.title)
        if curve.dots:
            series.marker.symbol = "circle"
            series.marker.size = 4
            series.marker.graphicalProperties = GraphicalProperties(
                solidFill=curve.colour, ln=LineProperties(solidFill=curve.colour)
            )
            series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
        else:
            series.marker.symbol = "none"
            series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=curve.colour, w=31750))
        series.smooth = False
        chart.series.append(series)
    sheet.add_chart(chart, at)


def column(sheet: Worksheet, block: Block) -> Reference:
    """Return a block of one column as a chart takes it."""
    area = block.area
    return Reference(sheet.parent[area.sheet], min_col=area.left, min_row=area.top, max_row=area.bottom)

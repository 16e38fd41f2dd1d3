"""The charts of a training: loss and accuracy over the epochs, drawn from the history."""

from openpyxl.chart import Reference, ScatterChart, Series
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.block import Block
from workbooks.sheets.style import ACCENT, FONT, GREY

ORANGE = "C55A11"
LOSS_FORMAT = "[>=1000]0.0E+00;0.00"
"""Losses and shares are never negative, so no program can lose a minus sign to the condition."""


def history_chart(
    sheet: Worksheet, history: Block, title: str, columns: dict[str, int], axis: str, at: str, size: tuple[float, float]
) -> None:
    """Draw columns of the history (counted from 0) over its first column, the epoch, on an openpyxl sheet.

    `size` is width and height in centimetres.
    """
    source = sheet.parent[history.area.sheet]
    chart = titled_chart(title, size)
    chart.x_axis.title = "epoch"
    chart.y_axis.title = axis
    chart.x_axis.delete = False
    chart.y_axis.delete = False
    chart.x_axis.number_format = "0"
    chart.x_axis.majorGridlines = None
    chart.x_axis.scaling.min = 0
    chart.y_axis.number_format = LOSS_FORMAT
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    chart.layout = Layout(manualLayout=ManualLayout(x=0.12, y=0.2, w=0.83, h=0.6, xMode="edge", yMode="edge"))
    for part in (chart.x_axis, chart.y_axis):
        for run in part.title.tx.rich.p[0].r:
            run.rPr = small()
        part.txPr = small_text()
    area = history.area
    epochs = Reference(source, min_col=area.left, min_row=area.top, max_row=area.bottom)
    for (name, column), colour in zip(columns.items(), (ACCENT, ORANGE), strict=False):
        values = Reference(source, min_col=area.left + column, min_row=area.top, max_row=area.bottom)
        series = Series(values, epochs, title=name)
        series.marker.symbol = "circle"
        series.marker.size = 4
        series.marker.graphicalProperties = GraphicalProperties(solidFill=colour, ln=LineProperties(solidFill=colour))
        series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=colour, w=22225))
        series.smooth = False
        chart.series.append(series)
    sheet.add_chart(chart, at)


def titled_chart(title: str, size: tuple[float, float]) -> ScatterChart:
    """Return an empty chart with its title, and its legend on top; `size` is width and height in centimetres."""
    chart = ScatterChart(scatterStyle="lineMarker")
    chart.title = title
    chart.style = 2
    chart.width, chart.height = size
    chart.legend.position = "t"
    chart.legend.overlay = False
    large = CharacterProperties(sz=1300, b=True, solidFill=ACCENT, latin=Font(typeface=FONT))
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=large)
    for run in chart.title.tx.rich.p[0].r:
        run.rPr = large
    return chart


def small() -> CharacterProperties:
    """Return the writing at the axes."""
    return CharacterProperties(sz=1000, solidFill=GREY, latin=Font(typeface=FONT))


def small_text() -> RichText:
    """Return a text at the axes."""
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=small()), endParaRPr=small())])

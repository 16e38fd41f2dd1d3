"""The charts of all workbooks: curves over x, and a training's losses and shares over its epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from workbooks.sheets.block import Block, as_values
from workbooks.sheets.style import ACCENT, FONT, GREY

if TYPE_CHECKING:
    from openpyxl.chart import Reference
    from openpyxl.chart._chart import ChartBase
    from openpyxl.chart.layout import Layout
    from openpyxl.chart.series import SeriesLabel
    from openpyxl.chart.title import Title
    from openpyxl.drawing.text import CharacterProperties
    from openpyxl.worksheet.worksheet import Worksheet

ORANGE = "C55A11"
COLOURS = (ACCENT, ORANGE, "2E5C1E", "5B2C83", "0B5A5E", "8A1C1C", "7F4F00", "7F7F7F")
GRID = "E3E3E3"
LETTER, LEGEND_KEY, HEADER_LETTERS = 0.19, 1.1, 10
"""Of a legend: the width of a letter and of the sign before a name, in cm, and about how long a cell's name is."""
EPOCHS = '[=0]0;[<1]" ";General'
"""Whole epochs from 1 on: at first there is one point, and the axis ends at 1."""


@dataclass(frozen=True)
class Curve:
    """A column of numbers with what the legend calls it: a text or the cell that holds it.

    It is drawn as a line, as dots, or as a line with dots (`marked`).
    """

    title: str | Block
    values: Block
    dots: bool = False
    colour: str = ACCENT
    x: Block | None = None
    """Where it has other places along the axis than the other curves."""
    marked: bool = False
    dashed: bool = False
    size: int = 4
    """Of a dot, in points."""


@dataclass(frozen=True)
class Axis:
    """An axis: its title, where it begins and ends, and how far its marks are apart; None leaves it to the program."""

    title: str | None
    low: float | None = None
    high: float | None = None
    unit: float | None = None
    logarithmic: bool = False
    number_format: str = "General"


@dataclass(frozen=True)
class Frame:
    """Where a chart stands, by its first cell, and how large it is in centimetres, with its title."""

    title: str | None
    at: str
    size: tuple[float, float]
    legend: str | None = "t"
    """Where it says what each curve is: on top (t), to the right (r), nowhere."""


def curve_chart(sheet: Worksheet, x: Block, curves: Sequence[Curve], frame: Frame, axes: tuple[Axis, Axis]) -> None:
    """Draw curves over the column x on an openpyxl sheet; `axes` are that of x and the other."""
    from openpyxl.chart import ScatterChart, Series
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.drawing.line import LineProperties

    chart = ScatterChart(scatterStyle="lineMarker")
    chart.style = 2
    chart.width, chart.height = frame.size
    put_title_and_axes(chart, frame.title, axes)
    for curve in curves:
        series = Series(column(sheet, curve.values), column(sheet, curve.x or x), title="")
        series.tx = label(curve.title)
        line = LineProperties(solidFill=curve.colour, w=22225)
        if curve.dashed:
            line.prstDash = "dash"
        series.marker.symbol = "circle" if curve.dots or curve.marked else "none"
        if curve.dots or curve.marked:
            series.marker.size = curve.size
            series.marker.graphicalProperties = GraphicalProperties(
                solidFill=curve.colour, ln=LineProperties(solidFill=curve.colour)
            )
        series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True) if curve.dots else line)
        series.smooth = False
        chart.series.append(series)
    if frame.legend is None:
        chart.legend = None
    else:
        chart.legend.position = frame.legend
        chart.legend.overlay = False
    chart.layout = inner_layout(frame, axes, legend_lines(frame, curves))
    sheet.add_chart(chart, frame.at)


def legend_lines(frame: Frame, curves: Sequence[Curve]) -> int:
    """Return how many lines a legend on top takes, by how much of the chart's width its names and keys fill."""
    if frame.legend != "t":
        return 0
    titles = [curve.title if isinstance(curve.title, str) else str(curve.title.only or "") for curve in curves]
    letters = sum(len(title) or HEADER_LETTERS for title in titles)
    return ceil((letters * LETTER + len(curves) * LEGEND_KEY) / frame.size[0])


def inner_layout(frame: Frame, axes: tuple[Axis, Axis], lines: int) -> Layout:
    """Return where the curves stand in a chart: what is around them needs the same room in every size."""
    from openpyxl.chart.layout import Layout, ManualLayout

    width, height = frame.size
    above = 0.3 + (0.8 if frame.title else 0) + (0.15 + 0.45 * lines if lines else 0)
    below = 1.35 if axes[0].title else 0.75
    left = 1.75 if axes[1].title else 1.15
    right = 3.2 if frame.legend == "r" else 0.45
    place = ManualLayout(
        layoutTarget="inner",
        xMode="edge",
        yMode="edge",
        x=left / width,
        y=above / height,
        w=1 - (left + right) / width,
        h=1 - (above + below) / height,
    )
    return Layout(manualLayout=place)


def history_chart(
    sheet: Worksheet, history: Block, columns: Mapping[int, str | None], title: str | None, frame: Frame, *others: Curve
) -> None:
    """Draw columns of the history over its first one, the epoch; `title` is that of their axis, None for a small chart.

    `columns` are their places, from 0, with what the legend calls each, None for what stands above it; `others` are
    curves beside them.
    """
    curves = [
        Curve(name or above(history, place), history.part(left=place, columns=1), colour=colour, marked=True)
        for (place, name), colour in zip(columns.items(), COLOURS, strict=False)
    ]
    curve_chart(
        sheet,
        history.part(columns=1),
        [*curves, *others],
        frame,
        (Axis(title and "epoch", 0, number_format=EPOCHS), Axis(title)),
    )


def above(history: Block, place: int) -> Block:
    """Return the cell above a column of the history."""
    area = history.area
    row, column = area.top - 1, area.left + place
    return Block(replace(area, top=row, bottom=row, left=column, right=column), as_values(None))


def put_title_and_axes(chart: ChartBase, title: str | None, axes: tuple[Axis, Axis]) -> None:
    """Give a chart its title and its axes, in the project's font and colours."""
    from openpyxl.chart.axis import NumericAxis
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.chart.text import RichText
    from openpyxl.drawing.line import LineProperties
    from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties

    if title is not None:
        chart.title = title
        write(chart.title, CharacterProperties(sz=1200, b=True, solidFill=ACCENT, latin=Font(typeface=FONT)))
        chart.title.overlay = False
    for drawn, axis in zip((chart.x_axis, chart.y_axis), axes, strict=True):
        drawn.delete = False
        if axis.title is not None:
            drawn.title = axis.title
            write(drawn.title, small())
        drawn.number_format = axis.number_format
        drawn.txPr = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=small()), endParaRPr=small())])
        drawn.tickLblPos = "low"
        if drawn.majorGridlines is not None:
            drawn.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=GRID))
        drawn.scaling.min, drawn.scaling.max = axis.low, axis.high
        if isinstance(drawn, NumericAxis):
            drawn.majorUnit = axis.unit
            drawn.scaling.logBase = 10 if axis.logarithmic else None


def write(title: Title, properties: CharacterProperties) -> None:
    """Write a title in a font."""
    from openpyxl.drawing.text import ParagraphProperties

    paragraph = title.tx.rich.p[0]
    paragraph.pPr = ParagraphProperties(defRPr=properties)
    for run in paragraph.r:
        run.rPr = properties


def small() -> CharacterProperties:
    """Return the writing at the axes."""
    from openpyxl.drawing.text import CharacterProperties, Font

    return CharacterProperties(sz=1000, b=False, solidFill=GREY, latin=Font(typeface=FONT))


def label(title: str | Block) -> SeriesLabel:
    """Return what the legend calls a curve."""
    from openpyxl.chart.data_source import StrRef
    from openpyxl.chart.series import SeriesLabel

    return SeriesLabel(v=title) if isinstance(title, str) else SeriesLabel(strRef=StrRef(title.address("")))


def column(sheet: Worksheet, block: Block) -> Reference:
    """Return a block of one column as a chart takes it."""
    from openpyxl.chart import Reference

    area = block.area
    return Reference(sheet.parent[area.sheet], min_col=area.left, min_row=area.top, max_row=area.bottom)

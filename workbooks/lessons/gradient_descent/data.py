"""The points of the lesson: 29 of them on a line whose slope and intercept are known."""

from dataclasses import dataclass

from workbooks.sheets.block import Block
from workbooks.sheets.book import Book, Look

XS = tuple((i * 37 + 11) % 97 + 1 for i in range(29))
"""Whole numbers from 3 to 96, no two the same, in no order."""

SLOPE, INTERCEPT = 2.0, 30.0


@dataclass(frozen=True)
class Points:
    """The points' cells."""

    x: Block
    y: Block
    slope: Block
    intercept: Block


def data_page(book: Book) -> Points:
    """Add the sheet Data: x, and y = slope × x + intercept."""
    page = book.page("Data")
    page.text(1, 1, "29 points on a line", Look("title"))
    page.text(2, 1, "y = slope × x + intercept, without noise: so we know what training must find.", Look("line"))
    page.text(3, 1, "Change the slope, the intercept or an x, press Reset on a sheet, and train again.", Look("line"))
    page.heights[1] = 32
    page.widths = {"A": 12.0, "B": 12.0, "C": 3.0, "D": 14.0, "E": 12.0}
    page.text(5, 4, [["slope"], ["intercept"]], Look("label"))
    slope = page.input(5, 5, SLOPE, Look("input", "General", help="What training should find as a."))
    intercept = page.input(6, 5, INTERCEPT, Look("input", "General", help="What training should find as b."))
    page.text(5, 1, [["x", "y"]], Look("header"))
    x = page.input(6, 1, [[value] for value in XS], Look("input", "General"))
    y = page.each(
        6,
        2,
        (len(XS), 1),
        "{s:all}*{x}+{c:all}",
        Look("target", "General"),
        s=slope,
        x=x,
        c=intercept,
    )
    page.frozen = "A6"
    return Points(x, y, slope, intercept)

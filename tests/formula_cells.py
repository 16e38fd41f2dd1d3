"""The cells that a sheet's formulas fill, as a file holds them."""

from collections.abc import Iterator
from itertools import chain

from workbooks.xlsx.cells import Cell, read_area
from workbooks.xlsx.package import Package


def cells_of_formulas(package: Package, title: str) -> Iterator[tuple[tuple[int, int], Cell]]:
    """Yield the row and column of each cell that a formula fills, an array formula's too, and what is stored there."""
    grid = package.grid(title)
    for place in grid.formulas:
        area = grid.formula_area(place)
        yield from zip(area.positions(), chain.from_iterable(read_area(package, area)), strict=True)

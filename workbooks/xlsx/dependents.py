"""Which formula cells show another value once some cells have changed."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from pyfuncs.training.named_cells import common
from workbooks.xlsx.area import Area
from workbooks.xlsx.package import Package
from workbooks.xlsx.references import References

Place = tuple[str, int, int]
"""A cell by its sheet, row and column."""


class Dependents(NamedTuple):
    """The formula cells that surely read what changed, and those of which only calculating tells."""

    sure: set[Place]
    possible: set[Place]


def dependents(package: Package, changed: Iterable[Area]) -> Dependents:
    """Return the formula cells that read the changed areas, directly or through other formulas.

    Possible ones are the formulas whose text does not tell all that they read (INDIRECT, RAND, an unknown name, another
    file), and what reads those.

    Raises:
        FileProblem: there is no such sheet, or a sheet's XML is broken.

    """
    areas = [Area(package.title(a.sheet), a.top, a.left, a.bottom, a.right) for a in changed]
    if not areas:
        return Dependents(set(), set())
    readers = _Readers()
    references = References(package)
    unknown: set[Area] = set()
    for title in package.sheet_titles:
        grid = package.grid(title)
        for place, formula in grid.formulas.items():
            sources, area = references.sources(formula.text, title), grid.formula_area(place)
            readers.add(area, sources.areas)
            if not sources.known:
                unknown.add(area)
    sure = _reached(readers, areas)
    possible = unknown - sure
    possible |= _reached(readers, possible) - sure
    return Dependents(_places(sure), _places(possible))


def may_read(package: Package, formulas: Iterable[Area], changed: Iterable[Area]) -> bool:
    """Tell whether formulas in some areas read changed ones, directly or through others, or perhaps do.

    Raises:
        FileProblem: there is no such sheet, or a sheet's XML is broken.

    """
    references = References(package)
    targets = list(changed)
    waiting = list(formulas) if targets else []
    seen = set(waiting)
    while waiting:
        area = waiting.pop()
        texts = package.grid(area.sheet).formula_texts(area).values() if area.sheet in package.sheet_titles else ()
        for text in set(texts):
            sources = references.sources(text, area.sheet)
            if not sources.known or any(_share_cells(*pair) for pair in product(sources.areas, targets)):
                return True
            waiting.extend(sources.areas - seen)
            seen |= sources.areas
    return False


def _share_cells(area: Area, other: Area) -> bool:
    return common(area, other) is not None


def _reached(readers: "_Readers", areas: Iterable[Area]) -> set[Area]:
    """Return the formulas that read some areas, directly or through others, taking them out of the readers."""
    found: set[Area] = set()
    waiting = list(areas)
    while waiting:
        area = waiting.pop()
        for row, column in area.positions():
            for reader in readers.take(area.sheet, row, column):
                if reader not in found:
                    found.add(reader)
                    waiting.append(reader)
    return found


def _places(areas: Iterable[Area]) -> set[Place]:
    return {(area.sheet, row, column) for area in areas for row, column in area.positions()}


class _Readers:
    """Finds the formulas that read a cell without looking at all of them, and each only once.

    Every area a formula reads is cut into tiles whose sides are powers of two and which lie on multiples of their
    sides. A cell lies in one tile of each size, so the formulas to find are those filed under these few tiles; and
    what was filed under a tile is taken out when found, so long chains of running totals stay quick.
    """

    def __init__(self) -> None:
        # By sheet, then by the tile's size, then by its place: each a pair of one number for rows, one for columns.
        self._sheets: dict[str, dict[tuple[int, int], dict[tuple[int, int], list[_Source]]]] = {}
        self._sources: dict[Area, _Source] = {}

    def add(self, formula: Area, sources: Iterable[Area]) -> None:
        for area in sources:
            source = self._sources.get(area)
            if source is None:
                source = self._sources[area] = []
                sizes = self._sheets.setdefault(area.sheet, {})
                for tall, down in _tiles(area.top, area.bottom):
                    for wide, across in _tiles(area.left, area.right):
                        sizes.setdefault((tall, wide), {}).setdefault((down, across), []).append(source)
            source.append(formula)

    def take(self, sheet: str, row: int, column: int) -> Iterator[Area]:
        for (tall, wide), tiles in self._sheets.get(sheet, {}).items():
            for source in tiles.pop((row - 1 >> tall, column - 1 >> wide), ()):
                yield from source
                source.clear()


_Source = list[Area]
"""The formulas that read one area, shared by all tiles of the area."""


@lru_cache(maxsize=65536)
def _tiles(first: int, last: int) -> tuple[tuple[int, int], ...]:
    """Cut rows or columns, counted from 1, into runs: each the exponent of its length and its place among such."""
    runs = []
    start, end = first - 1, last
    while start < end:
        exponent = (end - start).bit_length() - 1
        if start:
            exponent = min(exponent, (start & -start).bit_length() - 1)
        runs.append((exponent, start >> exponent))
        start += 1 << exponent
    return tuple(runs)

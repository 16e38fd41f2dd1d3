"""Tall blocks of cells, written straight into a sheet's XML: a hundred thousand cells take a tenth of a second."""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from operator import itemgetter
from xml.sax.saxutils import escape

import numpy as np

from pyfuncs.cells.spelling import exact_texts
from workbooks.sheets.block import Block, Values
from workbooks.sheets.book import Look, Page
from workbooks.xlsx.area import column_letters, column_number
from workbooks.xlsx.stored import stored_text
from workbooks.xlsx.text import encode

ROW = re.compile(rb'<row r="(\d+)"([^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
CELL = re.compile(rb'<c r="([A-Z]{1,3})\d+"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
SHEET_DATA = re.compile(rb"<sheetData\s*/>|<sheetData>(.*)</sheetData>", re.DOTALL)
DIMENSION = re.compile(rb'<dimension ref="[^"]*"\s*/>')
ROWS_AT_ONCE = 2_000


def tall_pieces(page: Page, xml: bytes, style: Callable[[Look], int]) -> Iterator[bytes]:
    """Yield a sheet's XML with the page's tall blocks put into it, piece by piece: the whole takes much memory."""
    if page.bulk is None:
        yield xml
        return
    top, count = page.bulk
    data = SHEET_DATA.search(xml)
    assert data is not None
    old = {int(row[1]): (row[2], row[3] or b"") for row in ROW.finditer(data[1] or b"")}
    # Without a dimension every reader counts for itself.
    yield DIMENSION.sub(b"", xml[: data.start()]) + b"<sheetData>"
    yield b"".join(row_xml(number, *old[number]) for number in sorted(old) if number < top)
    for first in range(0, count, ROWS_AT_ONCE):
        last = min(first + ROWS_AT_ONCE, count)
        columns = sorted(chain.from_iterable(tall_cells(page, style, first, last)), key=itemgetter(0))
        places = [place for place, _ in columns]
        rows = []
        for number, cells in enumerate(zip(*(cells for _, cells in columns), strict=True), top + first):
            attributes, content = old.get(number, (b"", b""))
            attributes = re.sub(rb' spans="[^"]*"', b"", attributes)
            rows.append(row_xml(number, attributes, merged(content, places, cells)))
        yield b"".join(rows)
    yield b"".join(row_xml(number, *old[number]) for number in sorted(old) if number >= top + count)
    yield b"</sheetData>" + xml[data.end() :]


def row_xml(number: int, attributes: bytes, content: bytes) -> bytes:
    """Return a row as XML."""
    return b'<row r="%d"%s>%s</row>' % (number, attributes, content)


def tall_cells(
    page: Page, style: Callable[[Look], int], first: int, last: int
) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Yield each tall block's columns as XML, from one of its rows to another."""
    for block, look in page.blocks:
        if page.is_bulk(block.area):
            yield cells_of(page, block, style(look), first, last)


def merged(content: bytes, places: list[int], cells: tuple[str, ...]) -> bytes:
    """Return a row's cells, those it had and the new ones, from left to right."""
    if not content:
        return "".join(cells).encode()
    there = {column_number(cell[1].decode()): cell[0] for cell in CELL.finditer(content)}
    there |= {place: cell.encode() for place, cell in zip(places, cells, strict=True)}
    return b"".join(there[place] for place in sorted(there))


def cells_of(page: Page, block: Block, style: int, first: int, last: int) -> Iterator[tuple[int, list[str]]]:
    """Yield each column of a block as XML, with its formulas, from one of its rows to another."""
    area = block.area
    texts = next((formula.texts for formula in page.formulas if formula.area == area), None)
    for j in range(area.shape[1]):
        letters = column_letters(area.left + j)
        values = block.values[first:last, j]
        if texts is None:
            formulas: list[str] | None = None
        elif isinstance(texts, str):
            reference = area.cells
            own = f'<f t="array" ref="{reference}">{escape(texts)}</f>' if j == first == 0 else ""
            formulas = [own] + [""] * (last - first - 1)
        else:
            formulas = [f"<f>{escape(text)}</f>" for text in texts[first:last, j]]
        yield area.left + j, column_xml(letters, area.top + first, values, style, formulas)


def column_xml(letters: str, top: int, values: Values, style: int, formulas: list[str] | None) -> list[str]:
    """Return one column's cells as XML."""
    start, rows = f'<c r="{letters}', range(top, top + len(values))
    if values.dtype == np.float64 and np.isfinite(values).all():
        numbers = exact_texts(values)
        if formulas is None:
            return [f'{start}{row}" s="{style}"><v>{v}</v></c>' for row, v in zip(rows, numbers, strict=True)]
        pairs = zip(rows, numbers, formulas, strict=True)
        return [f'{start}{row}" s="{style}">{f}<v>{v}</v></c>' for row, v, f in pairs]
    given = formulas or [""] * len(values)
    return [
        cell_xml(f'{start}{row}" s="{style}"', value, formula, is_formula=formulas is not None)
        for row, value, formula in zip(rows, values.tolist(), given, strict=True)
    ]


def cell_xml(start: str, value: object, formula: str, *, is_formula: bool) -> str:
    """Return one cell as XML, whatever it holds."""
    if value is None:
        return f"{start}>{formula}</c>"
    kind, text = stored_text(value)  # type: ignore[arg-type]
    if kind == "str" and not is_formula:
        return f'{start} t="inlineStr"><is><t xml:space="preserve">{escape(encode(str(value)))}</t></is></c>'
    mark = "" if kind is None else f' t="{kind}"'
    return f"{start}{mark}>{formula}<v>{escape(text)}</v></c>"

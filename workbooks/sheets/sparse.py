"""Numbers too many for openpyxl, nearly all of them 0 and left blank, written straight into a sheet's XML."""

import re

import numpy as np

from pyfuncs.cells.spelling import exact
from workbooks.sheets.block import Block
from workbooks.xlsx.area import column_letters

ROW = re.compile(rb'<row r="(\d+)"[^>]*?>')
END = b"</row>"
DIMENSION = re.compile(rb'<dimension ref="[^"]*"\s*/>')


def with_sparse_numbers(xml: bytes, block: Block) -> bytes:
    """Return a sheet's XML with a block of numbers at the end of its rows, which must all be there; 0 stays blank."""
    area, numbers = block.area, block.values
    texts = {value: exact(value) for value in np.unique(numbers).tolist()}
    starts = [f'<c r="{column_letters(area.left + j)}' for j in range(numbers.shape[1])]
    parts = []
    done = 0
    for match in ROW.finditer(xml):
        number = int(match[1])
        if area.top <= number <= area.bottom:
            row = numbers[number - area.top]
            end = xml.index(END, match.end())
            places = np.flatnonzero(row)
            cells = "".join(
                f'{starts[j]}{number}"><v>{texts[value]}</v></c>'
                for j, value in zip(places.tolist(), row[places].tolist(), strict=True)
            )
            parts += [xml[done:end], cells.encode()]
            done = end
    # Without a dimension every reader counts for itself.
    return DIMENSION.sub(b"", b"".join([*parts, xml[done:]]), count=1)

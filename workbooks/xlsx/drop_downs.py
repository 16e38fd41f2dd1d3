"""The drop-downs of a sheet's cells, as far as their words are written out."""

from workbooks.xlsx.area import Area, corners
from workbooks.xlsx.namespaces import DATA_VALIDATION, FORMULA_1
from workbooks.xlsx.package import Package


def drop_down(package: Package, cell: Area) -> tuple[str, ...]:
    """Return the words that a cell's drop-down offers; none where it has no list, or one that is kept in cells."""
    for rule in package.sheet(cell.sheet).iter(DATA_VALIDATION):
        text = (rule.findtext(FORMULA_1) or "").strip()
        ranges = (rule.get("sqref") or "").split()
        if rule.get("type") == "list" and text.startswith('"') and any(is_in(cell, each) for each in ranges):
            return tuple(word.strip() for word in text.strip('"').split(","))
    return ()


def is_in(cell: Area, cells: str) -> bool:
    """Tell whether a cell lies in a block such as B5 or B5:C7."""
    return Area(cell.sheet, *corners(cells)).contains(cell.top, cell.left)

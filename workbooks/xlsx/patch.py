"""Put values into a sheet's XML and leave everything around them as it is."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from lxml import etree
from lxml.etree import _Element
from numpy.typing import NDArray

from workbooks.xlsx.area import Area
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.namespaces import CALC_PR, DEFINED_NAME, DEFINED_NAMES, IS, MAIN, XML_SPACE, F, T, V
from workbooks.xlsx.package import Package
from workbooks.xlsx.stored import StoredValue, stored_text, stored_value
from workbooks.xlsx.tall import TallGrid

# What the schema puts after calcPr in the workbook part.
_AFTER_CALC_PR = {
    f"{{{MAIN}}}{name}"
    for name in (
        "oleSize",
        "customWorkbookViews",
        "pivotCaches",
        "smartTagPr",
        "smartTagTypes",
        "webPublishing",
        "fileRecoveryPr",
        "webPublishObjects",
        "extLst",
    )
}


def set_values(
    package: Package, sheet_title: str, values: Mapping[tuple[int, int], StoredValue], *, keep_formulas: bool = False
) -> None:
    """Store values in cells named by the sheet's row and column, both counted from 1; None empties a cell.

    Styles stay. Numbers keep every bit; one that is not finite is stored as #NUM!. Cells that are not there are made.
    A formula is never removed: `keep_formulas` says that values for formula cells are their results, to be stored
    with them.

    Raises:
        FileProblem: there is no such sheet, or without `keep_formulas` one of the cells holds a formula; nothing was
            changed then.

    """
    if not values:
        return
    title = package.title(sheet_title)
    grid = package.grid(title)
    formulas = cache(lambda: grid.formula_texts(_around(title, values)))
    held = None if keep_formulas else min(formulas().keys() & values.keys(), default=None)
    if held is not None:
        raise FileProblem(
            f"{Area(title, *held, *held).address} of {package.path} holds a formula, which a value would replace; "
            "clear the cell and try again."
        )
    for (row, column), value in values.items():
        if value is None:
            element = grid.cells(row).get(column)
            if element is not None:
                _clear(element)
            continue
        element = grid.make_cell(row, column)
        kind, text = stored_text(value)
        # Most formulas of a large workbook show after training what they showed before.
        if not _holds(element, kind, text):
            _clear(element)
            _store(element, kind, text, is_formula=kind == "str" and (row, column) in formulas())
    package.mark_sheet_changed(title)


def set_formula_values(package: Package, area: Area, values: NDArray[Any]) -> None:
    """Store what the formulas of an area give.

    Raises:
        FileProblem: there is no such sheet.

    """
    title = package.title(area.sheet)
    grid = package.grid(title)
    if isinstance(grid, TallGrid):
        rest = grid.put_formula_values(area, values)
        package.mark_sheet_changed(title)
    else:
        rest = dict(zip(area.positions(), values.ravel().tolist(), strict=True))
    set_values(package, title, rest, keep_formulas=True)


def drop_values(package: Package, cells: Iterable[tuple[str, int, int]]) -> None:
    """Remove the stored values of formula cells, each named by its sheet, row and column.

    Raises:
        FileProblem: there is no such sheet, or one of the cells holds no formula; nothing was changed then.

    """
    by_sheet: dict[str, list[tuple[int, int]]] = {}
    for name, row, column in cells:
        by_sheet.setdefault(package.title(name), []).append((row, column))
    elements = []
    for title, positions in by_sheet.items():
        grid = package.grid(title)
        formulas = grid.formula_texts(_around(title, positions))
        for row, column in positions:
            if (row, column) not in formulas:
                address = Area(title, row, column, row, column).address
                raise FileProblem(f"{address} of {package.path} holds no formula, so its value was not removed.")
            element = grid.cells(row).get(column)
            if element is not None:
                elements.append(element)
    for element in elements:
        _clear(element)
    for title in by_sheet:
        package.mark_sheet_changed(title)


def ask_for_full_calculation(package: Package) -> None:
    """Make the program that opens the workbook next calculate every formula."""
    _workbook_child(package, CALC_PR, _AFTER_CALC_PR).set("fullCalcOnLoad", "1")
    package.mark_workbook_changed()


def define_formulas(package: Package, formulas: Mapping[str, str], comments: Mapping[str, str]) -> None:
    """Define names of the whole workbook for formulas, as a file spells them; those that are there are replaced."""
    names = _workbook_child(package, DEFINED_NAMES, _AFTER_CALC_PR | {CALC_PR})
    folded = {name.casefold() for name in formulas}
    for element in [each for each in names if each.get("name", "").casefold() in folded]:
        if element.get("localSheetId") is None:
            names.remove(element)
    for name, text in formulas.items():
        element = etree.SubElement(names, DEFINED_NAME, {"name": name})
        if name in comments:
            element.set("comment", comments[name])
        element.text = text
    package.mark_workbook_changed()


def hold_values(package: Package, sheet_title: str, cells: Collection[tuple[int, int]]) -> None:
    """Let formula cells hold their values, without the formulas; of an array, its first cell is named."""
    if not cells:
        return
    title = package.title(sheet_title)
    grid = package.grid(title)
    for row, column in cells:
        element = grid.cells(row)[column]
        for formula in element.findall(F):
            element.remove(formula)
        if element.get("t") == "str":
            value = stored_value(element, package.shared_strings, package.epoch)[0]
            _clear(element)
            _store(element, *stored_text(value), is_formula=False)
    package.mark_sheet_changed(title)


def make_array(package: Package, sheet_title: str, cells: Iterable[tuple[int, int]]) -> None:
    """Make the formulas of cells array formulas: in others, Excel puts @ before a name that may give several cells."""
    title = package.title(sheet_title)
    grid = package.grid(title)
    for place in cells:
        element = grid.cells(place[0])[place[1]]
        for formula in element.findall(F):
            if formula.get("t") != "array":
                formula.text = grid.formulas[place].text
                formula.attrib.clear()
                formula.attrib.update({"t": "array", "ref": element.get("r", "")})
                package.mark_sheet_changed(title)


def _workbook_child(package: Package, tag: str, following: Collection[str]) -> _Element:
    """Return a child of the workbook part, made in its place before those that follow if it was not there."""
    found = package.workbook.find(tag)
    if found is None:
        found = etree.Element(tag)
        after = next((child for child in package.workbook if child.tag in following), None)
        if after is None:
            package.workbook.append(found)
        else:
            after.addprevious(found)
    return found


def _around(title: str, positions: Collection[tuple[int, int]]) -> Area:
    rows = [row for row, _ in positions]
    columns = [column for _, column in positions]
    return Area(title, min(rows), min(columns), max(rows), max(columns))


def _holds(element: _Element, kind: str | None, text: str) -> bool:
    """Whether just this value is stored, spelled as it would be now."""
    stored = element[-1] if len(element) else None
    if stored is None or stored.tag != V or element.get("vm") is not None:
        return False
    return bool(element.get("t") == kind and stored.text == text)


def _clear(element: _Element) -> None:
    for child in list(element):
        if child.tag in (V, IS):
            element.remove(child)
    element.attrib.pop("t", "")
    element.attrib.pop("vm", "")  # what a picture or a linked type in the cell showed in place of the old value


def _store(element: _Element, kind: str | None, text: str, *, is_formula: bool) -> None:
    if kind == "str" and not is_formula:
        kind = "inlineStr"
        stored = etree.Element(IS)
        child = etree.SubElement(stored, T)
        child.set(XML_SPACE, "preserve")
        child.text = text
    else:
        stored = etree.Element(V)
        stored.text = text
    if kind is not None:
        element.set("t", kind)
    formula = element.find(F)
    if formula is None:
        element.insert(0, stored)
    else:
        formula.addnext(stored)

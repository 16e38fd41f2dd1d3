"""Write a book as an .xlsx file: openpyxl lays it out, then every number is put in with all its bits.

openpyxl stores no value with a formula and sixteen digits of a number, so the values are put into its file afterwards.
The same book gives the same bytes.
"""

import datetime
import io
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from pyfuncs.cells.spelling import short
from workbooks.clicks.click import Click
from workbooks.sheets.block import Block
from workbooks.sheets.book import TEMPLATE_PROPERTY, Book, Look, Page
from workbooks.sheets.bulk import tall_pieces
from workbooks.sheets.buttons import NOTE, ButtonBar
from workbooks.sheets.large_numbers import shorten_large_numbers
from workbooks.sheets.schema import put_fonts_in_order
from workbooks.sheets.sparse import with_sparse_numbers
from workbooks.sheets.style import Painter
from workbooks.xlsx.archive import archive_of, new_archive
from workbooks.xlsx.package import Package
from workbooks.xlsx.patch import set_values

CALCULATION_ENGINE = 191029
"""Excel's since 2019: of a file with an older number it calculates every formula anew."""
BUILT_ON = datetime.datetime(2026, 1, 1)
BLANK = re.compile(rb'(<c r="[A-Z]+[0-9]+" s="[0-9]+") t="n"( ?/>|></c>)')
"""How openpyxl writes a blank cell with a style: IronCalc takes it for a number."""


def write(book: Book) -> bytes:
    """Return the book as an .xlsx file."""
    book.complete()
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    painter = Painter(workbook)
    sheets = [workbook.create_sheet(page.title) for page in book.pages]
    for page, sheet in zip(book.pages, sheets, strict=True):
        lay_out(page, sheet, painter)
        if page.buttons is not None:
            put_links(page.buttons, page.buttons.clicks(book.names_on(page)), sheet, painter)
    for page, sheet in zip(book.pages, sheets, strict=True):
        shorten_large_numbers(page, sheet)
        for decorate in page.decorations:
            decorate(sheet)
    for name, reference in book.names.items():
        workbook.defined_names[name] = DefinedName(name, attr_text=reference)
    for title, names in book.scoped_names.items():
        for name, reference in names.items():
            workbook[title].defined_names[name] = DefinedName(name, attr_text=reference)
    workbook.custom_doc_props.append(StringProperty(name=TEMPLATE_PROPERTY, value=book.template))
    workbook.properties.title = book.title
    workbook.properties.creator = "Gradsheet"
    workbook.properties.created = workbook.properties.modified = BUILT_ON
    workbook.calculation = CalcProperties(calcId=CALCULATION_ENGINE, fullCalcOnLoad=None)
    styles = {
        page.title: {
            look: painter.style_number(sheet, look.style, look.number_format)
            for block, look in page.blocks
            if page.is_bulk(block.area)
        }
        for page, sheet in zip(book.pages, sheets, strict=True)
    }
    package = with_all_bits(book, saved(workbook))
    for page in book.pages:
        part = package.sheet_part(page.title)
        pieces = partial(tall_pieces, page, package.read(part), styles[page.title].__getitem__)
        package.put_pieces(part, pieces)
        if page.sparse is not None:
            package.put(part, with_sparse_numbers(package.read(part), page.sparse))
    return package.to_bytes()


def saved(workbook: Workbook) -> bytes:
    """Return a workbook of openpyxl's as a file, made in memory alone."""
    stream = io.BytesIO()
    FileWriter(workbook, ZipFile(stream, "w")).save()
    return stream.getvalue()


class FileWriter(ExcelWriter):  # type: ignore[misc]  # openpyxl declares no types
    """openpyxl's writer without its temporary files, which need room on a disk and outlive a kill."""

    def write_worksheet(self, sheet: Worksheet) -> None:
        """Put a sheet into the file."""
        sheet._drawing = SpreadsheetDrawing()
        sheet._drawing.charts, sheet._drawing.images = sheet._charts, sheet._images
        writer = WorksheetWriter(sheet, io.BytesIO())
        writer.write()
        sheet._rels = writer._rels
        self._archive.writestr(sheet.path[1:], writer.read())
        self.manifest.append(sheet)


def lay_out(page: Page, sheet: Worksheet, painter: Painter) -> None:
    """Put a page's cells, formulas, drop-downs and sizes on an openpyxl sheet."""
    put_cells(page, sheet, painter)
    put_formulas(page, sheet)
    for letters, width in page.widths.items():
        sheet.column_dimensions[letters].width = width
    for row, height in page.heights.items():
        sheet.row_dimensions[row].height = height
    for reference in page.merged:
        sheet.merge_cells(reference)
    sheet.freeze_panes = page.frozen
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = page.zoom
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def put_cells(page: Page, sheet: Worksheet, painter: Painter) -> None:
    """Put what a page's blocks hold on an openpyxl sheet, with its looks and what may be typed there."""
    for block, look in page.blocks:
        if page.is_bulk(block.area):
            continue
        for (row, column), value in zip(block.area.positions(), block.values.flat, strict=True):
            cell = sheet.cell(row, column, value)
            if isinstance(value, str) and cell.data_type != "s":
                cell.data_type = "s"  # a text that looks like a formula or an error is a text
            painter.paint(cell, look.style, look.number_format)
        if look.choices or look.help or look.minimum is not None or look.maximum is not None:
            sheet.add_data_validation(validation(block, look))


def put_formulas(page: Page, sheet: Worksheet) -> None:
    """Put a page's formulas on an openpyxl sheet."""
    for formula in page.formulas:
        if page.is_bulk(formula.area):
            continue
        if isinstance(formula.texts, str):
            reference = formula.area.cells
            sheet.cell(formula.area.top, formula.area.left).value = ArrayFormula(reference, f"={formula.texts}")
        else:
            for (row, column), text in zip(formula.area.positions(), formula.texts.flat, strict=True):
                sheet.cell(row, column).value = f"={text}"


def put_links(bar: ButtonBar, clicks: Sequence[Click], sheet: Worksheet, painter: Painter) -> None:
    """Put the buttons as cells that are links, as many as the bar has room for."""
    places = list(bar.places())
    linked = [click for click in clicks if click.is_link]
    for place, click in zip(places, linked, strict=False):
        for position in place.positions():
            painter.paint(sheet.cell(*position), "button", None)
        cell = sheet.cell(place.top, place.left, click.text)
        style = cell._style
        cell.hyperlink = click.url
        cell._style = style
        if bar.size != (1, 1):
            sheet.merge_cells(place.cells)
    free = [(place.top, place.left) for place in places[len(linked) :]]
    for row, column in [bar.note] if bar.note is not None else free[:1]:
        painter.paint(sheet.cell(row, column, NOTE), "note", None)


def validation(block: Block, look: Look) -> DataValidation:
    """Return the drop-down or the range check of a block of input cells."""
    if look.choices:
        words = ",".join(look.choices)
        rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=False)
        rule.error = f"Choose one of: {', '.join(look.choices)}."
    elif look.minimum is None and look.maximum is None and not look.whole:
        rule = DataValidation()
    else:
        kind = "whole" if look.whole else "decimal"
        low = (-(2**31) if look.whole else -1e300) if look.minimum is None else look.minimum
        high = (2**31 - 1 if look.whole else 1e300) if look.maximum is None else look.maximum
        rule = DataValidation(type=kind, operator="between", formula1=short(low), formula2=short(high))
        rule.error = f"A {'whole ' * look.whole}number from {short(low)}" + (
            f" to {short(high)}." if look.maximum else " up."
        )
    rule.errorTitle = "Gradsheet"
    if look.help:
        rule.promptTitle = "Gradsheet"
        rule.prompt = look.help[:255]
        rule.showInputMessage = True
    rule.showErrorMessage = True
    rule.add(block.area.cells)
    return rule


def with_all_bits(book: Book, data: bytes) -> Package:
    """Return openpyxl's file with every number as it is and a value with every formula."""
    path = Path(f"{book.template}.xlsx")
    read = archive_of(data, path)
    parts = {name: BLANK.sub(rb"\g<1>\g<2>", part) for name, part in read.parts.items()}
    package = Package(path, new_archive(parts))
    put_fonts_in_order(package)
    for page in book.pages:
        formulas = page.small_formula_places()
        values = {
            place: value
            for block, _ in page.blocks
            if not page.is_bulk(block.area)
            for place, value in zip(block.area.positions(), block.values.flat, strict=True)
            if value is not None and (place in formulas or not isinstance(value, str))
        }
        set_values(package, page.title, values, keep_formulas=True)
    return package

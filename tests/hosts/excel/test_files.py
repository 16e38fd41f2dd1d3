"""The files for Excel as packages: whole, the same each time, and read by openpyxl."""

import io
import os
import posixpath
import re
import subprocess
import sys
import zipfile
from itertools import pairwise
from urllib.parse import unquote

import openpyxl
import pytest
from lxml import etree
from openpyxl.utils import get_column_letter

from addin.excel.build import vba
from addin.excel.build.files import files
from addin.excel.build.intellisense import TITLE
from addin.excel.build.layout import LOWEST, take_buttons
from addin.excel.build.package import workbook_file
from addin.excel.build.ribbon import CUSTOM_UI
from addin.excel.check.smoke.buttons import models_in
from pyfuncs.catalogue.registry import formulas
from workbooks.clicks.table import COMMANDS
from workbooks.lessons.templates import BUNDLED, TEMPLATES
from workbooks.recalculate import refresh
from workbooks.sheets.book import Book
from workbooks.sheets.buttons import ButtonBar
from workbooks.xlsx.workbook import WorkbookFile

NAMES = list(files())
every_file = pytest.mark.parametrize("name", NAMES)
every_template = pytest.mark.parametrize("template_name", BUNDLED)
TYPES = {
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
}
PROJECT = "application/vnd.ms-office.vbaProject"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
BUTTON_ATTRIBUTES = {"id", "label", "screentip", "supertip", "size", "imageMso", "tag", "onAction"}
CALLBACK = re.compile(r"^Public Sub (\w+)\(control As IRibbonControl\)$", re.M)


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len({name.casefold() for name in archive.namelist()})
        return {name: archive.read(name) for name in archive.namelist()}


def relationships(parts):
    """Yield the owner, the kind and the target of every relationship inside a package."""
    for name in [name for name in parts if name.endswith(".rels")]:
        folder, file = posixpath.split(posixpath.dirname(name) and name)
        owner = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
        ids = set()
        for each in etree.fromstring(parts[name]):
            assert each.get("Id") not in ids
            ids.add(each.get("Id"))
            if each.get("TargetMode") != "External":
                target = posixpath.join("/", posixpath.dirname(owner), unquote(each.get("Target")))
                yield owner, each.get("Type"), posixpath.normpath(target)[1:]


def macros_of(parts):
    drawings = [etree.fromstring(data) for name, data in parts.items() if name.startswith("xl/drawings/drawing")]
    return [shape.get("macro") for drawing in drawings for shape in drawing.iter(f"{XDR}sp")]


@every_file
def test_every_part_has_a_type_and_every_relationship_an_end(excel_files, name):
    parts = parts_of(excel_files[name])
    types = etree.fromstring(parts["[Content_Types].xml"])
    by_name = {each.get("PartName"): each.get("ContentType") for each in types if each.get("PartName")}
    by_extension = {each.get("Extension"): each.get("ContentType") for each in types if each.get("Extension")}
    assert by_name["/xl/workbook.xml"] == TYPES[name.rpartition(".")[2]]
    assert by_name.get("/xl/vbaProject.bin", by_extension.get("bin")) == PROJECT
    for part in parts:
        assert part == "[Content_Types].xml" or f"/{part}" in by_name or part.rpartition(".")[2] in by_extension
    assert all(part[1:] in parts for part in by_name)
    reached = {target for _, _, target in relationships(parts)}
    assert reached <= set(parts)
    assert {part for part in parts if not part.endswith(".rels")} - {"[Content_Types].xml"} == reached


def opened(data):
    """Let openpyxl open a file; it knows no add-ins, so those call themselves workbooks."""
    parts = parts_of(data)
    types = parts["[Content_Types].xml"].replace(TYPES["xlam"].encode(), TYPES["xlsm"].encode())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in (parts | {"[Content_Types].xml": types}).items():
            archive.writestr(name, part)
    return openpyxl.load_workbook(stream, keep_vba=True)


@every_file
def test_openpyxl_opens_it_and_keeps_the_macros(excel_files, name):
    workbook = opened(excel_files[name])
    assert workbook.vba_archive is not None
    assert workbook.sheetnames[-1] == TITLE
    assert workbook[TITLE].sheet_state == "hidden"


def in_excel(text):
    """Return a text as it is where a click needs no Ctrl and a workbook holds macros."""
    return re.sub(r"( gradsheet train \w+)\.xlsx", r"\1.xlsm", text.replace(" (Ctrl+click in Calc)", ""))


def cells_of(parts, title):
    """Return every cell of a sheet with what it holds: the text, the formula and the value, the look left out."""
    root = etree.fromstring(parts["xl/workbook.xml"])
    sheets = [sheet.get("name") for sheet in root.iter(f"{MAIN}sheet")]
    sheet = etree.fromstring(parts[f"xl/worksheets/sheet{sheets.index(title) + 1}.xml"])
    return {
        cell.get("r"): [(each.tag, dict(each.attrib), in_excel("".join(each.itertext()))) for each in cell]
        for cell in sheet.iter(f"{MAIN}c")
        if len(cell)
    }


@every_template
def test_a_templates_formulas_get_their_values_without_excel(excel_files, template_name, tmp_path):
    path = tmp_path / f"{template_name}.xlsm"
    path.write_bytes(excel_files[path.name])
    assert refresh(WorkbookFile.open(path, models_in(path)[0] if models_in(path) else None))


@every_template
def test_a_template_for_excel_holds_the_cells_of_the_plain_one(excel_files, template_bytes, template_name):
    plain, macro = parts_of(template_bytes[template_name]), parts_of(excel_files[f"{template_name}.xlsm"])
    book = TEMPLATES[template_name].build(None)
    for page in book.pages:
        before, after = cells_of(plain, page.title), cells_of(macro, page.title)
        bar = page.buttons
        places = [] if bar is None else [*bar.area.positions(), *([bar.note] if bar.note else [])]
        buttons = {get_column_letter(column) + str(row) for row, column in places}
        assert set(before) - set(after) <= buttons
        assert {place: cell for place, cell in before.items() if place in after} == after
    assert b"org.gradsheet:" not in b"".join(macro.values())
    names = {
        each.get("name"): each.text for each in etree.fromstring(plain["xl/workbook.xml"]).iter(f"{MAIN}definedName")
    }
    assert names == {
        each.get("name"): each.text for each in etree.fromstring(macro["xl/workbook.xml"]).iter(f"{MAIN}definedName")
    }


@every_template
def test_the_macro_of_every_shape_is_there(excel_files, template_name):
    parts = parts_of(excel_files[f"{template_name}.xlsm"])
    known = {f"[0]!{vba.macro(command)}" for command in COMMANDS}
    macros = macros_of(parts)
    assert set(macros) <= known
    drawings = [{name: data} for name, data in parts.items() if name.startswith("xl/drawings/drawing")]
    for drawing in drawings:
        assert len(macros_of(drawing)) == len(set(macros_of(drawing)))
    book = TEMPLATES[template_name].build(None)
    every = (book.names, *book.scoped_names.values())
    models = [names for names in every if "inputs" in names and names.keys() & {"weight_1", "weight_1_transposed"}]
    assert len(macros) >= 7 * len(models)


def test_the_titanic_has_every_button_on_start_and_on_lesson_and_keep_where_there_is_something_to_keep(excel_files):
    macros = macros_of(parts_of(excel_files["titanic_linear.xlsm"]))
    training = [vba.macro(command) for command in COMMANDS if command.is_on_sheets]
    keeping = [vba.macro(command) for command in COMMANDS if command.name in ("keep", "undo")]
    assert sorted(macros) == sorted(f"[0]!{name}" for name in 2 * training + 2 * keeping)


def small_book(*names):
    book = Book("small", "Small")
    page = book.page("Model")
    for i, name in enumerate(names):
        page.input(1 + 3 * i, 1, [[0.0]], name=name)
    return book


def test_a_workbook_without_a_model_has_no_buttons():
    assert macros_of(parts_of(workbook_file(small_book("inputs", "target")))) == []


def test_a_model_without_first_weights_has_no_reset():
    macros = macros_of(parts_of(workbook_file(small_book("inputs", "target", "weight_1", "weight_decay"))))
    assert "[0]!GradsheetReset" not in macros
    assert "[0]!GradsheetStep" in macros
    macros = macros_of(parts_of(workbook_file(small_book("inputs", "target", "weight_1", "initial_weight_1"))))
    assert "[0]!GradsheetReset" in macros


@pytest.mark.parametrize("rows", [1, 2, 6])
def test_the_buttons_stand_in_the_cells_kept_for_them(rows):
    book = small_book("inputs", "target", "weight_1")
    page = book.page("Start")
    page.widths = dict.fromkeys("BCDE", 20.0)
    page.heights = dict.fromkeys(range(1, 9), 13.0)
    page.buttons = ButtonBar(page.area(2, 2, rows, 4), (1, 2))
    places = take_buttons(book)["Start"]
    assert page.buttons is None
    assert {place.column for place in places} == {2, 4}
    assert len({(place.row, place.column, place.below) for place in places}) == len(places) == 7
    lines = 4
    tops = sorted({sum(page.heights[row] for row in range(2, place.row)) + place.below for place in places})
    assert len(tops) == lines
    assert all(lower - upper >= places[0].height for upper, lower in pairwise(tops))
    assert places[0].height >= LOWEST
    assert tops[-1] + places[0].height <= sum(page.heights[row] for row in range(2, 2 + rows))
    grown = [row for row, height in page.heights.items() if height != 13]
    assert grown == ([1 + rows] if rows < 6 else [])


@every_template
def test_no_row_of_a_start_grows_for_excels_buttons(template_name):
    book = TEMPLATES[template_name].build(None)
    before = dict(book.pages[0].heights)
    take_buttons(book)
    assert book.pages[0].heights == before


def test_shapes_of_one_sheet_have_numbers_of_their_own(excel_files):
    for name in NAMES:
        for part, data in parts_of(excel_files[name]).items():
            if part.startswith("xl/drawings/drawing"):
                numbers = [each.get("id") for each in etree.fromstring(data).iter(f"{XDR}cNvPr")]
                assert len(numbers) == len(set(numbers))


def test_the_ribbon_is_of_its_namespace_and_every_callback_is_there(excel_files):
    parts = parts_of(excel_files["gradsheet.xlam"])
    root = etree.fromstring(parts["customUI/customUI14.xml"])
    assert {each.tag for each in root.iter()} == {
        f"{{{CUSTOM_UI}}}{tag}" for tag in ("customUI", "ribbon", "tabs", "tab", "group", "button", "separator", "menu")
    }
    callbacks = set(CALLBACK.findall(vba.modules("xlam")["GradsheetRibbon"]))
    assert {each.get("onAction") for each in root.iter(f"{{{CUSTOM_UI}}}button")} == callbacks
    identifiers = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(identifiers) == len(set(identifiers))
    for each in root.iter():
        for key, value in each.attrib.items():
            assert 0 < len(value) <= 1024, key
    for each in root.iter(f"{{{CUSTOM_UI}}}button"):
        in_menu = each.getparent().tag == f"{{{CUSTOM_UI}}}menu"
        assert set(each.attrib) <= BUTTON_ATTRIBUTES - ({"size"} if in_menu else set())
        assert each.get("size", "large") == "large"
    tags = {each.get("tag") for each in root.iter(f"{{{CUSTOM_UI}}}button")} - {None}
    assert tags == {command.name for command in COMMANDS} | set(BUNDLED) | {"blank"}
    kinds = {kind for owner, kind, target in relationships(parts) if target == "customUI/customUI14.xml"}
    assert kinds == {"http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"}


@every_file
def test_the_sheet_for_help_tells_of_every_formula_and_argument(excel_files, name):
    rows = list(opened(excel_files[name])[TITLE].iter_rows(values_only=True))
    assert rows[0][:2] == ("FunctionInfo", 1)
    assert [row[0] for row in rows[1:]] == list(formulas())
    for row, formula in zip(rows[1:], formulas().values(), strict=True):
        assert row[1].startswith(formula.summary)
        assert row[2] is None
        given = [cell for cell in row[3:] if cell is not None]
        assert given[::2] == [argument.name for argument in formula.arguments]
        for text, argument in zip(given[1::2], formula.arguments, strict=True):
            assert argument.help in text
            assert len(text) <= 255


def test_the_command_builds_the_same_bytes_in_another_process_and_replaces_nothing(gradsheet, tmp_path, excel_files):
    subprocess.run(
        [sys.executable, "-P", "-m", "addin.cli", "build", "excel", "-o", str(tmp_path)],
        check=True,
        capture_output=True,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == dict(excel_files)
    again = gradsheet("build", "excel", "-o", tmp_path)
    assert again.status == 2
    assert "is there already" in again.err


def test_the_command_trains_such_a_file_and_leaves_its_macros_alone(gradsheet, tmp_path, excel_files):
    path = tmp_path / "titanic_linear.xlsm"
    path.write_bytes(excel_files["titanic_linear.xlsm"])
    assert gradsheet("train", path, "--epochs", 3, "--quiet").status == 0
    before, after = parts_of(excel_files["titanic_linear.xlsm"]), parts_of(path.read_bytes())
    assert after["xl/vbaProject.bin"] == before["xl/vbaProject.bin"]
    assert macros_of(after) == macros_of(before)
    changed = {name for name in before if before[name] != after[name]}
    assert changed
    assert all(name.startswith(("xl/worksheets/", "xl/workbook.xml", "xl/charts")) for name in changed), changed


@pytest.mark.parametrize("name", [name for name in files() if name.endswith(".xlsm")])
def test_texts_speak_of_excel(excel_files, name):
    with zipfile.ZipFile(io.BytesIO(excel_files[name])) as archive:
        sheets = [archive.read(part).decode() for part in archive.namelist() if part.startswith("xl/worksheets/sheet")]
    texts = [text for sheet in sheets for text in re.findall(r"<t[^>]*>([^<]*)</t>", sheet)]
    template = name.removesuffix(".xlsm")
    assert [text for text in texts if "in Calc" in text or f"{template}.xlsx" in text] == []
    assert name == "blank.xlsm" or len(texts) > 20

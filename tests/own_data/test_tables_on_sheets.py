"""Tables on the sheets of spreadsheet files: all rows and the right columns, whatever the file says of itself."""

import datetime
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table, TableStyleInfo

from pyfuncs.cells.errors import ErrorCode
from workbooks.own_data.sheet_table import read_sheet
from workbooks.own_data.table import read_table
from workbooks.xlsx.errors import FileProblem

SIZES = [[i % 7 + i / 10, i * i % 11, "yes" if i % 3 else "no"] for i in range(40)]
NAMES = ["length", "width", "ripe"]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def saved(tmp_path):
    """Return the writer of a workbook from its sheets' rows."""

    def write(name="fruit.xlsx", **sheets):
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, rows in (sheets or {"Fruit": [NAMES, *SIZES]}).items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        workbook.save(tmp_path / name)
        return tmp_path / name

    return write


def patched(path, part, pattern, replacement):
    """Change a part of a workbook that openpyxl would write otherwise."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part], count = re.subn(pattern, replacement, parts[part], flags=re.DOTALL)
    assert count == 1
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def with_table(path, name, ref, sheet=None, totals=0):
    workbook = openpyxl.load_workbook(path)
    where = workbook[sheet] if sheet else workbook.active
    where.add_table(Table(displayName=name, ref=ref, totalsRowCount=totals, tableStyleInfo=TableStyleInfo()))
    workbook.save(path)
    return path


@pytest.mark.parametrize("extent", ["A1", "A1:C21", "B7:B9", "A1:XFD1048576", "none"])
def test_a_sheet_is_read_whole_whatever_extent_it_states(saved, extent):
    path = patched(saved(), SHEET, rb'<dimension ref="[^"]*"', f'<dimension ref="{extent}"'.encode())
    found = read_table(path)
    assert list(found.columns) == NAMES
    assert found.columns["width"] == [row[1] for row in SIZES]
    assert found.rows == list(range(1, 41))


def test_a_sheet_without_a_stated_extent_is_read_whole(saved):
    path = patched(saved(), SHEET, rb"<dimension[^>]*/>", b"")
    assert len(read_table(path).rows) == 40


def test_new_and_predict_read_the_rows_beyond_the_stated_extent(saved, gradsheet, tmp_path):
    path = patched(saved(), SHEET, rb'<dimension ref="[^"]*"', b'<dimension ref="A1"')
    made = gradsheet("new", path, "--target", "ripe", "-o", tmp_path / "my.xlsx")
    assert "40 rows, 2 inputs, network 2→1" in made.out
    assert gradsheet("train", tmp_path / "my.xlsx", "--epochs", 5, "--quiet").status == 0
    answered = gradsheet("predict", tmp_path / "my.xlsx", path)
    assert (answered.status, len(answered.out.splitlines())) == (0, 41)


def every_reading_command(table, book, folder):
    """Return each command that reads a table or a workbook, with one that is at fault."""
    return (
        ("new", table, "--target", "ripe", "-o", folder / "other.xlsx"),
        ("predict", folder / "my.xlsx", table),
        ("predict", book, folder / "fruit.xlsx"),
        ("train", book),
        ("evaluate", book),
        ("export", book),
        ("import", book, folder / "fruit.xlsx"),
    )


def test_a_damaged_sheet_is_one_line_by_every_command_that_reads_it(saved, gradsheet, small_book, tmp_path):
    gradsheet("new", saved(), "--target", "ripe", "-o", tmp_path / "my.xlsx")
    broken = patched(saved("broken.xlsx"), SHEET, rb"</row>.*", b"</row><row r=")
    book = patched(small_book(), SHEET, rb"</row>.*", b"</row><row r=")
    for arguments in every_reading_command(broken, book, tmp_path):
        result = gradsheet(*arguments)
        assert (result.status, result.out) == (2, ""), arguments
        *progress, line = result.err.splitlines()
        assert all(said.endswith("…") for said in progress)
        assert str(broken if broken in arguments else book) in line, arguments
    assert not (tmp_path / "other.xlsx").exists()


def test_no_flipped_byte_of_a_table_gets_past_as_a_traceback(saved, tmp_path):
    good = saved().read_bytes()
    path = tmp_path / "flipped.xlsx"
    refused = 0
    for place in range(0, len(good), 61):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x5A]) + good[place + 1 :])
        try:
            read_table(path)
        except FileProblem:
            refused += 1
    assert refused > 20


def strict(path):
    """Give a workbook the namespaces of Strict Open XML, as Excel's file type of that name has them."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            data = data.replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            ).replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            archive.writestr(name, data)
    return path


def test_strict_open_xml_is_refused_in_one_sentence_by_every_command(saved, gradsheet, small_book, tmp_path):
    gradsheet("new", saved(), "--target", "ripe", "-o", tmp_path / "my.xlsx")
    table, book = strict(saved("strict.xlsx")), strict(small_book())
    for arguments in every_reading_command(table, book, tmp_path):
        result = gradsheet(*arguments)
        assert (result.status, result.out) == (2, "")
        assert "is a Strict Open XML workbook; save it as an ordinary Excel workbook (.xlsx)." in result.err


def test_a_workbook_whose_only_sheet_is_a_chart_has_no_table(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.create_chartsheet("Chart")
    workbook.remove(workbook.active)
    workbook.save(tmp_path / "chart.xlsx")
    with pytest.raises(FileProblem, match=r"chart.xlsx has no sheet with cells, so there is no table in it\."):
        read_table(tmp_path / "chart.xlsx")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize("name", ["old.xls", "old.xlsx", "old.csv"])
def test_the_old_format_is_named_whatever_the_file_is_called(gradsheet, tmp_path, name):
    (tmp_path / name).write_bytes(OLE)
    result = gradsheet("new", tmp_path / name, "--target", "y", "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert f"{name} is in the old .xls format; save it as .xlsx and try again." in result.err


def test_a_workbook_is_one_whatever_it_is_called(saved):
    assert len(read_table(saved().rename(saved().with_suffix(".csv"))).rows) == 40


def test_text_called_xls_is_told_from_a_workbook(gradsheet, tmp_path):
    (tmp_path / "export.xls").write_text("a\tb\n1\t2\n")
    result = gradsheet("new", tmp_path / "export.xls", "--target", "b", "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert "is not a workbook; open it in a spreadsheet program and save it as .xlsx." in result.err


class TestFormulasWithoutValues:
    """A program wrote them, and no spreadsheet program has calculated the file since."""

    @pytest.fixture
    def uncalculated(self, saved):
        rows = [[*row, f"=A{i}*B{i}"] for i, row in enumerate(SIZES, 2)]
        return saved(Fruit=[[*NAMES, "area"], *rows])

    @pytest.mark.parametrize("target", ["ripe", "area"])
    def test_they_are_said_to_be_that_and_not_blanks(self, uncalculated, gradsheet, tmp_path, target):
        result = gradsheet("new", uncalculated, "--target", target, "-o", tmp_path / "my.xlsx")
        assert (result.status, result.out) == (2, "")
        assert result.err.splitlines()[-1] == (
            f'gradsheet: {uncalculated}, Fruit!D2: the column "area" holds formulas without stored values: open the '
            "file in a spreadsheet program, let it calculate, and save it."
        )

    def test_predict_says_it_too(self, uncalculated, saved, gradsheet, tmp_path):
        gradsheet("new", saved("known.xlsx"), "--target", "ripe", "-o", tmp_path / "my.xlsx")
        result = gradsheet("predict", tmp_path / "my.xlsx", uncalculated)
        assert result.status == 2
        assert 'the column "area" holds formulas without stored values' in result.err

    def test_several_columns_are_named_at_once(self, saved):
        with pytest.raises(FileProblem, match=r'S!B3: the columns "b", "c" hold formulas without stored values'):
            read_table(saved(S=[["a", "b", "c"], [1, 2, 3], [1, "=A3", 3], [1, 2, "=A4"]]))

    def test_one_with_its_value_is_a_value(self, saved):
        path = patched(saved(S=[["a", "b"], [1, 2], [3, 4]]), SHEET, rb"<v>4</v>", b"<f>A3+1</f><v>4</v>")
        assert read_table(path).columns["b"] == [2.0, 4.0]

    def test_one_whose_value_is_an_empty_text_is_a_blank(self, saved):
        path = saved(S=[["a", "b"], [1, 2], [3, 4]])
        patched(path, SHEET, rb'<c r="B3"[^>]*><v>4</v>', b'<c r="B3" t="str"><f>IF(A3&gt;0,"",1)</f><v></v>')
        assert read_table(path).columns["b"] == [2.0, None]


class TestExcelTables:
    def off_the_corner(self, saved, below=()):
        title = [[None, "Harvest of this year"], [], [None, None]]
        rows = [[None, None, *row] for row in (NAMES, *SIZES)]
        path = saved(Fruit=[*title, *rows, *below], Notes=[["who", "what"], ["Ann", "weighed"]])
        return with_table(path, "Harvest", "C4:E44")

    def test_the_only_one_of_a_sheet_is_the_table(self, saved):
        found = read_table(self.off_the_corner(saved))
        assert list(found.columns) == NAMES
        assert len(found.rows) == 40
        assert found.said == ("table Harvest on the sheet Fruit",)

    @pytest.mark.parametrize("name", ["Harvest", "harvest", "Fruit"])
    def test_it_is_found_by_its_name_or_its_sheets(self, saved, name):
        assert list(read_table(self.off_the_corner(saved), sheet=name).columns) == NAMES

    def test_one_of_several_is_chosen_by_its_name(self, saved):
        path = saved(S=[["a", "b", None, "x", "y"], [1, 2, None, 3, 4], [5, 6, None, 7, 8], [9, 10]])
        with_table(path, "Left", "A1:B4")
        with_table(path, "Right", "D1:E3")
        assert read_table(path, sheet="Left").columns == {"a": [1, 5, 9], "b": [2, 6, 10]}
        assert read_table(path, sheet="Right").columns == {"x": [3, 7], "y": [4, 8]}
        assert list(read_table(path).columns) == ["a", "b", "x", "y"]

    def test_its_totals_are_no_row(self, saved):
        path = with_table(saved(S=[["a", "b"], [1, 2], [3, 4], ["Total", 6]]), "Sums", "A1:B4", totals=1)
        assert read_table(path).columns == {"a": [1, 3], "b": [2, 4]}

    def test_rows_below_it_are_said(self, saved):
        found = read_table(self.off_the_corner(saved, below=[[None, None, 1, 2, "no"], [None, "end"]]))
        assert len(found.rows) == 40
        assert found.said == ("table Harvest on the sheet Fruit", "left out, below the table: 1 row")

    def test_one_without_a_row_of_names_has_them_all_the_same(self, saved):
        path = with_table(saved(S=[["a", "b"], [1, 2], [3, 4]]), "Bare", "A1:B3")
        patched(
            path,
            "xl/tables/table1.xml",
            rb'(<table [^>]*)ref="A1:B3" headerRowCount="1"',
            rb'\1ref="A2:B3" headerRowCount="0"',
        )
        assert read_table(path).columns == {"a": [1, 3], "b": [2, 4]}

    def test_a_name_that_is_neither_names_all_there_are(self, saved):
        with pytest.raises(FileProblem, match=r"has no sheet Crop; it has Fruit, Notes, and the table Harvest\."):
            read_table(self.off_the_corner(saved), sheet="Crop")


def test_the_other_sheets_are_named_where_the_first_is_not_the_table(saved, gradsheet, tmp_path):
    words = [["column", "meaning"], ["length", "in cm"], ["ripe", "yes or no"]]
    path = saved(Words=words, Fruit=[NAMES, *SIZES])
    new = ("new", path, "--target", "ripe", "-o", tmp_path / "my.xlsx")
    result = gradsheet(*new)
    assert result.status == 2
    assert 'has no column "ripe"; it has column, meaning. That is the sheet Words; ' in result.err
    assert result.err.endswith("; name another with --sheet: Fruit.\n")
    assert gradsheet(*new, "--sheet", "Fruit").status == 0


def test_the_other_sheets_are_named_where_the_first_is_empty_or_no_table(saved):
    with pytest.raises(
        FileProblem, match=r"is empty: .* That is the sheet Cover; name another with --sheet: Fruit, More\."
    ):
        read_table(saved(Cover=[], Fruit=[NAMES, *SIZES], More=[["a"], [1]]))
    with pytest.raises(FileProblem, match=r'several columns named "a".* with --sheet: Fruit\.'):
        read_table(saved(Cover=[["a", "a"], [1, 2]], Fruit=[NAMES, *SIZES]))


def test_predict_names_them_too(saved, gradsheet, tmp_path):
    gradsheet("new", saved(), "--target", "ripe", "-o", tmp_path / "my.xlsx")
    several = saved("several.xlsx", Words=[["column"], ["length"]], Fruit=[NAMES, *SIZES])
    result = gradsheet("predict", tmp_path / "my.xlsx", several)
    assert "That is the sheet Words; name another with --sheet: Fruit." in result.err
    assert gradsheet("predict", tmp_path / "my.xlsx", several, "--sheet", "Fruit").status == 0


def test_a_date_is_told_from_a_number_by_its_format(saved):
    day, moment = datetime.date(2020, 2, 29), datetime.datetime(2020, 2, 29, 18, 30)
    path = saved(S=[["day", "moment", "time", "span", "number"]])
    workbook = openpyxl.load_workbook(path)
    workbook["S"].append([day, moment, datetime.time(6), datetime.timedelta(days=1.5), 43890])
    for column, number_format in enumerate(("DD.MM.YYYY", "yyyy-mm-dd hh:mm", "h:mm", "[h]:mm", "#,##0.00"), 1):
        workbook["S"].cell(2, column).number_format = number_format
    workbook.save(path)
    assert read_sheet(path, None).rows[1] == [day, moment, datetime.time(6), 1.5, 43890.0]
    assert read_table(path).columns["time"] == [0.25]


def test_a_date_counted_from_1904_is_the_same_date(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.epoch = openpyxl.utils.datetime.MAC_EPOCH
    workbook.active.append(["day"])
    workbook.active.append([datetime.date(2020, 2, 29)])
    workbook.save(tmp_path / "mac.xlsx")
    assert read_sheet(tmp_path / "mac.xlsx", None).rows[1] == [datetime.date(2020, 2, 29)]


def test_percent_and_currency_are_their_numbers(saved):
    path = saved(S=[["rate", "price", "loss"], [0.45, 1200.5, -0.765]])
    workbook = openpyxl.load_workbook(path)
    for column, number_format in enumerate(("0%", '#,##0.00 "€"', "#,##0.00_);(#,##0.00)"), 1):
        workbook["S"].cell(2, column).number_format = number_format
    workbook.save(path)
    assert read_table(path).columns == {"rate": [0.45], "price": [1200.5], "loss": [-0.765]}


def test_where_the_table_begins_is_known(saved):
    path = saved(S=[[], [], ["a", "b"], [1, 2], [], [3, 4]])
    found = read_sheet(path, None)
    assert found.first_row == 3
    assert found.rows == [["a", "b"], [1, 2], [None, None], [3, 4]]
    assert read_table(path).rows == [1, 3]


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
CALCEXT = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"


def ods(path: Path, kind: str = SPREADSHEET, manifest: str = "<m/>", content: str | None = None, **sheets: str) -> Path:
    """Write an OpenDocument spreadsheet from its sheets' rows of XML."""
    tables = "".join(f'<table:table table:name="{title}">{rows}</table:table>' for title, rows in sheets.items())
    spaces = f'xmlns:office="{OFFICE}" xmlns:table="{TABLE}" xmlns:text="{TEXT}" xmlns:calcext="{CALCEXT}"'
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr(
            "content.xml", content or f"<office:document-content {spaces}>{body}</office:document-content>"
        )
    return path


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def text(content: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{content}</text:p></table:table-cell>'


def cell(kind: str, value: str, attribute: str = "value", more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="{kind}" office:{attribute}="{value}" {more}>'
        "<text:p>as shown</text:p></table:table-cell>"
    )


BLANK_REST = '<table:table-cell table:number-columns-repeated="16380"/>'
HEADER = row(text("length"), text("width"), text("ripe"), BLANK_REST)


class TestOpenDocument:
    def test_every_kind_of_value_is_itself(self, tmp_path):
        values = row(
            cell("float", "1.5"),
            cell("percentage", "0.45"),
            cell("currency", "-1200.25"),
            cell("date", "2020-02-29", "date-value"),
            cell("date", "2020-02-29T18:30:00", "date-value"),
            cell("time", "PT36H00M00S", "time-value"),
            cell("time", "PT13H08M30S", "time-value"),
            cell("boolean", "true", "boolean-value"),
            text("two  spaces<text:s text:c='2'/>and<text:span> a span</text:span>"),
            text("#DIV/0!", 'calcext:value-type="error" table:formula="of:=1/0"'),
            "<table:table-cell/>",
        )
        header = row(*(text(f"c{i}") for i in range(11)))
        assert read_sheet(ods(tmp_path / "t.ods", S=header + values), None).rows[1] == [
            1.5,
            0.45,
            -1200.25,
            datetime.date(2020, 2, 29),
            datetime.datetime(2020, 2, 29, 18, 30),
            1.5,
            datetime.time(13, 8, 30),
            True,
            "two  spaces  and a span",
            ErrorCode.DIV0,
            None,
        ]

    def test_repeated_cells_and_rows_count_as_often_as_they_say(self, tmp_path):
        rows = (
            row("<table:table-cell/>", more='table:number-rows-repeated="2"')
            + HEADER
            + row(cell("float", "2", more='table:number-columns-repeated="2"'), text("no"), BLANK_REST)
            + row(
                cell("float", "7"), cell("float", "8"), text("yes"), BLANK_REST, more='table:number-rows-repeated="3"'
            )
            + row("<table:table-cell/>", more='table:number-rows-repeated="1048569"')
        )
        path = ods(tmp_path / "t.ods", S=rows)
        assert read_table(path).columns == {
            "length": [2, 7, 7, 7],
            "width": [2, 8, 8, 8],
            "ripe": ["no", "yes", "yes", "yes"],
        }
        assert read_sheet(path, None).first_row == 3

    def test_it_goes_through_new_and_predict(self, saved, gradsheet, tmp_path):
        rows = [row(cell("float", repr(a)), cell("float", str(b)), text(c)) for a, b, c in SIZES]
        path = ods(tmp_path / "fruit.ods", Notes=row(text("x")), Fruit=HEADER + "".join(rows))
        made = gradsheet("new", path, "--target", "ripe", "--sheet", "Fruit", "-o", tmp_path / "my.xlsx")
        assert "40 rows, 2 inputs, network 2→1" in made.out
        assert "- sheet Fruit" in made.out
        assert read_table(path, sheet="Fruit").columns == read_table(saved()).columns
        assert gradsheet("predict", tmp_path / "my.xlsx", path, "--sheet", "Fruit").status == 0

    def test_a_formula_that_nothing_calculated_is_named(self, tmp_path):
        bare = '<table:table-cell table:formula="of:=[.A2]*2"/>'
        path = ods(tmp_path / "t.ods", S=HEADER + row(cell("float", "1"), bare, text("no")))
        with pytest.raises(FileProblem, match=r't\.ods, S!B2: the column "width" holds formulas without stored values'):
            read_table(path)

    def test_the_tables_of_links_and_charts_are_no_sheets(self, tmp_path):
        inner = f"<table:shapes><table:table table:name='Inner'>{row(text('no'))}</table:table></table:shapes>"
        path = ods(tmp_path / "t.ods", S=inner + HEADER + row(cell("float", "1"), cell("float", "2"), text("no")))
        found = read_sheet(path, None)
        assert found.rows == [NAMES, [1, 2, "no"]]
        assert found.others == ()

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ({"manifest": "<manifest:encryption-data/>"}, "is protected by a password"),
            ({"kind": "application/vnd.oasis.opendocument.text"}, "is an OpenDocument file, but no spreadsheet"),
            ({"content": "<office:document"}, "is damaged: its part content.xml is broken XML"),
            ({"S": row(cell("float", "one"))}, "The value stored in S!A1 of"),
            ({"S": row(text("a"), more='table:number-rows-repeated="99999999999"')}, "has more than 1048576 rows"),
            ({"S": row(text("a"), more='table:number-rows-repeated="-1"')}, "is damaged"),
            ({}, "has no sheet with cells"),
        ],
    )
    def test_what_cannot_be_read_is_one_sentence(self, gradsheet, tmp_path, more, says):
        path = ods(tmp_path / "t.ods", **more)
        result = gradsheet("new", path, "--target", "a", "-o", tmp_path / "my.xlsx")
        assert result.status == 2
        assert says in result.err.splitlines()[-1]

    def test_a_model_in_one_is_refused_with_what_to_do(self, gradsheet, tmp_path):
        path = ods(tmp_path / "t.ods", S=HEADER)
        for command in ("train", "evaluate", "export"):
            result = gradsheet(command, path)
            assert result.status == 2
            assert "is an OpenDocument file (.ods); save it as .xlsx and try again." in result.err

"""Names as the Name Manager writes them: the columns of a table, and settings that are constants."""

import json

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from workbooks.xlsx.workbook import WorkbookFile

ROWS = [[i / 10, i * i % 7, 0.5 + i / 4, "note"] for i in range(12)]


@pytest.fixture
def book(tmp_path):
    """Return the writer of a workbook: a table C3:F15 with totals below, weights below that, and names as given."""

    def write(path=tmp_path / "tables.xlsx", **names):
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        sheet.title = "M"
        for i, row in enumerate([["x", "z [cm]", "y", "remark"], *ROWS, ["Total", 1, 2, 3]]):
            for j, cell in enumerate(row):
                sheet.cell(3 + i, 3 + j, cell)
        sheet.add_table(Table(displayName="People", ref="C3:F16", totalsRowCount=1))
        for row, weight in enumerate([0.5, -0.25], 20):
            sheet.cell(row, 1, weight)
        for row, rate in enumerate([0.01, "mse", False, 0], 25):
            sheet.cell(row, 1, rate)
        plain = {
            "inputs": "M!$C$4:$D$15",
            "target": "M!$E$4:$E$15",
            "weight_1": "M!$A$20:$A$21",
            "feature_names": "M!$C$3:$D$3",
            "lr": "M!$A$25",
            "loss": "M!$A$26",
            "shuffle": "M!$A$27",
        }
        for name, text in (plain | names).items():
            workbook.defined_names[name] = DefinedName(name, attr_text=text)
        workbook.save(path)
        return path

    return write


STRUCTURED = {
    "inputs": "People[[x]:[z '[cm']]]",
    "target": "people[Y]",
    "feature_names": "People[[#Headers],[x]:[z '[cm']]]",
}
CONSTANTS = {"lr": "0.01", "loss": '"mse"', "shuffle": "FALSE"}


@pytest.mark.parametrize("names", [STRUCTURED, CONSTANTS, STRUCTURED | CONSTANTS])
def test_they_train_and_export_as_plain_names_do(book, gradsheet, tmp_path, names):
    plain, other = book(), book(tmp_path / "other.xlsx", **names)
    for path in (plain, other):
        result = gradsheet("train", path, "--epochs", 3, "--quiet")
        assert result.status == 0, result.err
    evaluated = [json.loads(gradsheet("evaluate", path).out) for path in (plain, other)]
    assert evaluated[0] == evaluated[1]
    assert evaluated[0]["all"]["rows"] == 12
    assert gradsheet("export", plain).out == gradsheet("export", other).out
    assert "z [cm]" in gradsheet("export", other).out


def test_a_tables_column_has_its_place(book):
    file = WorkbookFile.open(book(**STRUCTURED))
    assert file.area("inputs").address == "M!C4:D15"
    assert file.area("feature_names").address == "M!C3:D3"
    assert file.read("target")[2] == [1.0]


def test_weights_that_are_a_tables_column_are_written_there(book, gradsheet, tmp_path):
    path = book(weight_1="Layer[w]")
    workbook = openpyxl.load_workbook(path)
    workbook["M"]["A19"] = "w"
    workbook["M"].add_table(Table(displayName="Layer", ref="A19:A21"))
    workbook.save(path)
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
    gradsheet("train", book(tmp_path / "plain.xlsx"), "--epochs", 1, "--quiet")
    trained = [openpyxl.load_workbook(each)["M"]["A20"].value for each in (path, tmp_path / "plain.xlsx")]
    assert trained[0] == trained[1] != 0.5


@pytest.mark.parametrize(
    ("names", "options", "says"),
    [
        (
            {"target": "People[age]"},
            (),
            "the name target is People[age]. The table People has no column age; it has x,",
        ),
        ({"target": "Folk[y]"}, (), "the name target must stand for one block of cells"),
        ({"lr": "-1"}, (), "Name Manager (lr) is -1, but must be 0 or more."),
        ({"loss": '"huber"'}, (), 'Name Manager (loss) is "huber", but must be one of mse'),
        ({"lr": "0.1"}, ("--lr", "0.2"), "the name lr must stand for one block of cells here, but is the constant 0.1"),
        ({"epoch": "0"}, (), "the name epoch must stand for one block of cells here, but is the constant 0"),
        ({"weight_1": "0.5"}, (), "the name weight_1 must stand for one block of cells here"),
    ],
)
def test_what_does_not_fit_is_one_line_and_nothing_changes(book, gradsheet, names, options, says):
    path = book(**names)
    before = path.read_bytes()
    result = gradsheet("train", path, *options, "--quiet")
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert says in result.err
    assert path.read_bytes() == before

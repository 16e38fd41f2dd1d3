"""The dialects of text files, and where the names of the columns stand, if there are any."""

import csv
import random
import re

import openpyxl
import pytest

from workbooks.own_data.table import read_table

chance = random.Random(3)
BODY = [(round(chance.gauss(5, 2), 2), round(chance.gauss(0, 1), 3), i * i % 5 % 2) for i in range(60)]
NAMES = ("a", "b", "y")
COLUMNS = {"a": [row[0] for row in BODY], "b": [row[1] for row in BODY], "y": [float(row[2]) for row in BODY]}
NUMBERED = dict(zip("123", COLUMNS.values(), strict=True))


def lines(delimiter=",", *, names=NAMES, behind="", before=lambda i: ""):
    head = [delimiter.join(names)] if names else []
    return "\n".join([*head, *(before(i) + delimiter.join(map(str, row)) + behind for i, row in enumerate(BODY, 1))])


def aligned(separator, names=()):
    rows = [[f"{cell:>9}" for cell in row] for row in [*([names] if names else []), *BODY]]
    return "\n".join(separator.join(row) for row in rows)


SHAPES = {
    "a line sep=": "sep=;\r\n" + lines(";"),
    "a line sep= in quotes": '"sep=|"\n' + lines("|"),
    "a line sep= with a delimiter that nothing else would tell": "SEP=:\n" + lines(":"),
    "names of rows, as R writes them": lines(before=lambda i: f'"r{i}",'),
    "numbers of rows, as R writes them": lines(before=lambda i: f'"{i}",'),
    "R's write.table": lines(" ", names=('"a"', '"b"', '"y"'), before=lambda i: f'"{i}" '),
    "a delimiter behind every row": lines(behind=","),
    "a delimiter behind everything": lines(names=("a", "b", "y,"), behind=","),
    "several delimiters behind the rows": lines(";", behind=";;;"),
    "a delimiter behind the names": lines(names=("a", "b", "y,")),
    "runs of blanks": aligned("  ", NAMES),
    "a tab and blanks": aligned("\t ", NAMES),
    "one blank": lines(" "),
    "runs of blanks and decimal commas": aligned("  ", NAMES).replace(".", ","),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_dialect_gives_the_same_columns(shape, table):
    found = read_table(table(SHAPES[shape]))
    assert found.columns == COLUMNS
    assert found.rows == list(range(1, 61))


def test_what_was_found_out_is_said(table):
    assert read_table(table(SHAPES["a line sep="])).said == ("UTF-8 text, semicolon between the columns",)
    assert read_table(table(SHAPES["runs of blanks"])).said == ("UTF-8 text, blanks between the columns",)
    named = read_table(table(SHAPES["names of rows, as R writes them"]))
    assert "left out, names of the rows: the first column" in named.said


WITHOUT_NAMES = {
    "comma": lines(names=()),
    "runs of blanks": aligned("   ", ()),
    "semicolon and decimal commas": lines(";", names=()).replace(".", ","),
    "runs of blanks and decimal commas": aligned("  ", ()).replace(".", ","),
    "a tab before the last of columns cut by blanks": "\n".join(f"{a}   {b}\t{y}" for a, b, y in BODY),
    "a delimiter behind every row": lines(names=(), behind=","),
}


@pytest.mark.parametrize("shape", WITHOUT_NAMES)
def test_a_table_without_names_is_taken_if_that_is_said(shape, table, gradsheet, tmp_path):
    path = table(WITHOUT_NAMES[shape], "t.data")
    result = gradsheet("new", path, "--target", "3", "-o", tmp_path / "my.xlsx")
    assert (result.status, result.out) == (2, "")
    assert "the first row looks like data, not like names of columns" in result.err
    assert "--no-header takes it as data" in result.err
    assert not (tmp_path / "my.xlsx").exists()
    found = read_table(path, header_row=0)
    assert {name: cells for name, cells in found.columns.items() if name != "4"} == NUMBERED
    result = gradsheet("new", path, "--no-header", "--target", "3", "-o", tmp_path / "my.xlsx")
    assert "task: binary, is column 3 1? (0, 1)" in result.out
    assert "60 rows, 2 inputs" in result.out


DATA_FIRST = {
    "a class that comes again": "5.1,3.5,setosa\n4.9,3.1,setosa\n6.3,3.3,virginica\n",
    "words that come again": "39,Private,Male,<=50K\n50,Private,Male,<=50K\n38,State,Female,>50K\n",
    "a question mark": "63.0,?,2\n67.0,1.0,0\n41.0,0.0,1\n",
    "the same number twice": "1.0,1.0,0\n2.0,3.0,1\n4.0,1.0,0\n",
    "a name in front": "AAT_ECOLI,0.49,0.29,cp\nACEA_ECOLI,0.07,0.40,cp\nAK1_ECOLI,0.56,0.40,im\n",
}


@pytest.mark.parametrize("case", DATA_FIRST)
def test_a_first_row_of_data_is_noticed(case, table, gradsheet, tmp_path):
    result = gradsheet("new", table(DATA_FIRST[case]), "--target", "y", "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert "--no-header" in result.err
    assert result.err.count("\n") == 2


@pytest.mark.parametrize(
    "names",
    ["city,2018,2019,2020", "n,0,1,2", "10,20,30,40", "0,1,2,3", "yes,no,maybe,y", "a,b,1.5,y"],
)
def test_names_that_are_numbers_may_be_names(names, table):
    found = read_table(table(names + "\n" + "".join(f"{i},{i * 0.5},{9 - i},{i % 2}\n" for i in range(9))))
    assert list(found.columns) == names.split(",")
    assert len(found.rows) == 9


def test_who_says_that_a_row_holds_names_is_believed(table):
    found = read_table(table("6.5,1.5\n1,2\n3,4\n"), header_row=1)
    assert found.columns == {"6.5": [1.0, 3.0], "1.5": [2.0, 4.0]}


def test_rows_without_names_get_answers_by_their_places(table, gradsheet, tmp_path):
    book, out = tmp_path / "my.xlsx", tmp_path / "out.csv"
    gradsheet("new", table(lines(names=())), "--no-header", "--target", "3", "-o", book)
    gradsheet("train", book, "--quiet")
    new = table("\n".join(f"{a},{b}" for a, b, _ in BODY[:5]), "new.csv")
    refused = gradsheet("predict", book, new, "-o", out)
    assert refused.status == 2
    assert "--no-header" in refused.err
    result = gradsheet("predict", book, new, "--no-header", "-o", out)
    assert result.status == 0, result.err
    with out.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == ["1", "2", "prediction", "p 1"]
    assert [tuple(map(float, row[:2])) for row in rows] == [row[:2] for row in BODY[:5]]


ABOVE = {
    "a title": ("Sales of 2020\n", 2),
    "a title with a comma": ("Sales, of 2020, in euros\n", 2),
    "a title and a blank line": ("Sales of 2020\n\n", 3),
    "a padded title": ("Sales of 2020,,\n", 2),
    "a title with as many commas as the numbers have": (
        "Sales, of 2020\nIn May, that is\n",
        3,
        lines(";").replace(".", ","),
    ),
    "remarks": ("# made by a machine\n# on a Monday, in May\n", 3),
}


@pytest.mark.parametrize("case", ABOVE)
def test_lines_above_the_names_are_named(case, table, gradsheet, tmp_path):
    above, place, *others = ABOVE[case]
    path = table(above + (others[0] if others else lines()))
    result = gradsheet("new", path, "--target", "y", "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert re.search(rf"--header-row {place}\b", result.err)
    assert read_table(path, header_row=place).columns == COLUMNS
    result = gradsheet("new", path, "--header-row", place, "--target", "y", "-o", tmp_path / "my.xlsx")
    assert "60 rows, 2 inputs" in result.out
    assert gradsheet("predict", tmp_path / "my.xlsx", path, "--header-row", place).status == 0


@pytest.mark.parametrize("above", [["Sales of 2020"], ["Sales of 2020", None, None]])
def test_a_title_above_the_names_of_a_sheet(above, tmp_path, gradsheet):
    workbook = openpyxl.Workbook()
    for row in ([], above, NAMES, *BODY):
        workbook.active.append(row)
    workbook.save(tmp_path / "t.xlsx")
    result = gradsheet("new", tmp_path / "t.xlsx", "--target", "y", "-o", tmp_path / "my.xlsx")
    assert "row 3 may: --header-row 3." in result.err
    assert read_table(tmp_path / "t.xlsx", header_row=3).columns == COLUMNS


@pytest.mark.parametrize("second", ["A,B,Y", "kg,cm,class"])
def test_names_over_two_rows_are_noticed(second, table, gradsheet, tmp_path):
    path = table("C1,C2,C3\n" + second + "\n" + lines(names=()))
    result = gradsheet("new", path, "--target", "C3", "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert "line 2: row 1 below the names holds texts over columns of numbers" in result.err
    assert "--header-row 2" in result.err
    assert list(read_table(path, header_row=2).columns) == second.split(",")


@pytest.mark.parametrize("place", [2, 99])
def test_a_header_row_that_is_not_there_is_one_line(place, table, gradsheet, tmp_path):
    path = table("a,y\n\n1,0\n2,1\n3,0\n")
    result = gradsheet("new", path, "--target", "y", "--header-row", place, "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert f"line {place} is blank or not there" in result.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (("--header-row", "0"), "0 must be the number of a line, from 1 on"),
        (("--header-row", "1", "--no-header"), "not allowed with argument --header-row"),
    ],
)
def test_a_header_row_that_cannot_be_is_one_line(option, expected, table, gradsheet):
    result = gradsheet("new", table("a,y\n1,0\n2,1\n"), "--target", "y", *option)
    assert (result.status, result.out) == (2, "")
    assert expected in result.err
    assert result.err.count("\n") == 1


def test_a_ragged_row_is_named_by_its_line(table, gradsheet, tmp_path):
    path = table('a,b,y\n1,"two\nlines",0\n\n1,2\n')
    result = gradsheet("new", path, "--target", "y", "-o", tmp_path / "my.xlsx")
    assert "line 5, row 2 below the names, has 2 fields, but the table has 3 columns" in result.err


@pytest.mark.parametrize(
    "text", ["full name\njohn smith\nmary jones\n", "a\nb\nc\n", "word\tn\nnew york\t1\nst paul\t2\n"]
)
def test_two_words_are_not_two_columns(text, table):
    assert list(read_table(table(text)).columns) == text.splitlines()[0].split("\t")

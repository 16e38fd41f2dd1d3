"""A table from which nothing can be learned gets one plain line, exit status 2 and no file."""

import openpyxl
import pytest

GOOD = "a,b,y\n1,u,0\n2,v,1\n3,u,0\n4,v,1\n5,u,1\n"
NAMES = "name,size,y\n" + "".join(f"person {i},{i * i % 7},{i % 2}\n" for i in range(40))

BAD = {
    "no such column": (GOOD, ["--target", "z"], 'has no column "z"; it has a, b, y.'),
    "one class only": ("a,y\n1,no\n2,no\n3,no\n", ["--target", "y"], 'is "no" in every row'),
    "target all blank": ("a,y\n1,\n2,NA\n3,\n", ["--target", "y"], "is blank in every row"),
    "duplicate headers": ("a,A,y\n1,2,0\n2,3,1\n", ["--target", "y"], 'several columns named "a"'),
    "a column of unique names": (NAMES, ["--target", "y"], 'leave it out with --leave-out "name"'),
    "unique names as the target": (NAMES, ["--target", "name"], "has 40 different values"),
    "an empty file": ("", ["--target", "y"], "is empty"),
    "only blank lines": ("\n\n\n", ["--target", "y"], "is empty"),
    "a header alone": ("a,b,y\n", ["--target", "y"], "no row below them"),
    "a header and blank rows": ("a,b,y\n,,\n,,\n", ["--target", "y"], "no row below them"),
    "20,000 columns": (
        ",".join(f"c{i}" for i in range(20_000)) + "\n" + ",".join(["1"] * 20_000) + "\n",
        ["--target", "c0"],
        "has 20000 columns, but a workbook takes at most 1000",
    ),
    "a ragged row": ("a,b,y\n1,2,0\n1,2\n", ["--target", "y"], "row 2 below the names, has 2 fields"),
    "an open quote": ('a,y\n1,0\n"2,1\n', ["--target", "y"], "check the quotes"),
    "a stray word": ("a,y\n" + "1.5,0\n2.5,1\n" * 10 + "two,1\n", ["--target", "y"], '"two" in row 21'),
    "a number beyond all reckoning": ("a,y\n1,0\n1e200,1\n3,0\n", ["--target", "y"], "holds 1e+200 in row 2"),
    "words as a quantity": (GOOD, ["--target", "b", "--task", "regression"], "holds texts"),
    "three classes as two": ("a,y\n1,0\n2,1\n3,2\n", ["--target", "y", "--task", "binary"], "has 3 different values"),
    "nothing but the target": ("y\n0\n1\n0\n", ["--target", "y"], "nothing to learn"),
    "a blank in every row": ("a,b,y\n1,,0\n,2,1\n", ["--target", "y", "--fill", "drop"], "a blank in every row"),
    "too few rows": ("a,y\n1,0\n2,1\n", ["--target", "y", "--valid-fraction", "0.9"], "fewer than two rows"),
    "a text that no cell can hold": (
        "a,w,y\n" + "".join(f"{i},{'x' * 40_000 if i == 3 else 'uv'[i % 2]},{i % 2}\n" for i in range(60)),
        ["--target", "y"],
        "holds a text of 40000 characters in row 4 (line 5)",
    ),
    "a name that no cell can hold": (f"a,{'n' * 300},y\n1,2,0\n2,1,1\n", ["--target", "y"], "has 300 characters"),
    "an encoding that does not exist": (GOOD, ["--target", "y", "--encoding", "utf-88"], "no encoding utf-88"),
}


@pytest.mark.parametrize("case", BAD)
def test_one_line_and_no_file(case, table, gradsheet, tmp_path):
    text, options, expected = BAD[case]
    result = gradsheet("new", table(text), *options, "-o", tmp_path / "my.xlsx")
    refused(result, tmp_path, expected)


def refused(result, folder, expected):
    assert (result.status, result.out) == (2, "")
    *progress, line = result.err.splitlines()
    assert all(said.endswith("…") for said in progress)
    assert line.startswith("gradsheet: ")
    assert expected in line
    assert len(line) < 400
    assert not (folder / "my.xlsx").exists()


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ("Größe,y\n1,0\n2,1\n".encode("cp1252"), ["--encoding", "utf-8"]),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", []),
        ("a,y\n1,0\n2,1\n".encode("utf-16-le"), []),
        ("Größe,y\n\x81,0\n2,1\n".encode("latin-1"), []),
        (b"\xff\xfea", []),
    ],
)
def test_a_wrong_encoding_is_one_line(data, options, gradsheet, tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    result = gradsheet("new", path, "--target", "y", *options, "-o", tmp_path / "my.xlsx")
    refused(result, tmp_path, "save it as CSV UTF-8, or name its encoding with --encoding")


def test_a_file_that_is_not_there_or_no_workbook(gradsheet, tmp_path):
    refused(
        gradsheet("new", tmp_path / "no.csv", "--target", "y", "-o", tmp_path / "my.xlsx"), tmp_path, "does not exist"
    )
    (tmp_path / "no.xlsx").write_text("a,b")
    result = gradsheet("new", tmp_path / "no.xlsx", "--target", "y", "-o", tmp_path / "my.xlsx")
    refused(result, tmp_path, "is not a workbook; open it in a spreadsheet program and save it as .xlsx")
    openpyxl.Workbook().save(tmp_path / "blank.xlsx")
    result = gradsheet("new", tmp_path / "blank.xlsx", "--target", "y", "-o", tmp_path / "my.xlsx")
    refused(result, tmp_path, "is empty")


def test_a_workbook_that_is_there_stays_unless_forced(table, gradsheet, tmp_path):
    path = tmp_path / "my.xlsx"
    path.write_bytes(b"mine")
    result = gradsheet("new", table(GOOD), "--target", "y", "-o", path)
    assert (result.status, path.read_bytes()) == (2, b"mine")
    assert "is there already" in result.err
    assert gradsheet("new", table(GOOD), "--target", "y", "-o", path, "--force").status == 0


def test_texts_that_look_like_formulas_stay_texts(table, gradsheet, tmp_path):
    text = "=1+1,y\n" + "=SUM(A1),no\n@x,yes\n" * 6
    path = tmp_path / "my.xlsx"
    assert gradsheet("new", table(text), "--target", "y", "-o", path).status == 0
    workbook = openpyxl.load_workbook(path)
    cells = [cell for sheet in ("Data", "Preparation") for row in workbook[sheet].iter_rows() for cell in row]
    found = {cell.value: cell.data_type for cell in cells if isinstance(cell.value, str)}
    assert found["=SUM(A1)"] == "s"
    assert found["=1+1"] == "s"
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0


@pytest.mark.parametrize("seed", [2**63, 10**30, -(2**53) - 1])
def test_a_seed_that_no_cell_can_hold(table, gradsheet, tmp_path, seed):
    result = gradsheet("new", table(GOOD), "--target", "y", "--seed", seed, "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert f"{seed} must be a whole number from -9007199254740992 to 9007199254740992" in result.err
    assert not (tmp_path / "my.xlsx").exists()

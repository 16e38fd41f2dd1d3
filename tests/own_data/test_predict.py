"""gradsheet predict answers new rows with the workbook's own preparation and weights."""

import csv

import numpy as np
import openpyxl
import pytest

OPTIONS = {
    "binary": ("--target", "sold"),
    "network": ("--target", "colour", "--hidden", "5,4"),
    "regression": ("--target", "size", "--fill", "mode"),
}


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def trained(gradsheet, tmp_path):
    def make(table, *options):
        path = tmp_path / "my.xlsx"
        result = gradsheet("new", table, *options, "-o", path)
        assert result.status == 0, result.err
        assert gradsheet("train", path, "--epochs", 30, "--quiet").status == 0
        return path

    return make


@pytest.mark.parametrize("case", OPTIONS)
def test_the_rows_it_was_trained_on_get_the_answers_on_the_sheet(case, trained, messy, gradsheet, tmp_path):
    book = trained(messy, *OPTIONS[case])
    out = tmp_path / "out.csv"
    result = gradsheet("predict", book, messy, "-o", out)
    assert result.status == 0, result.err
    sheet = openpyxl.load_workbook(book, data_only=True)["Model"]
    titles = {sheet.cell(8, column).value: column for column in range(1, sheet.max_column + 1)}
    answers = {sheet.cell(9 + i, 1).value: sheet.cell(9 + i, titles["says"]).value for i in range(60)}
    found = {number: row["prediction"] for number, row in enumerate(rows_of(out), 1)}
    known = {number: answer for number, answer in answers.items() if number is not None}
    assert len(known) > 40
    for number, answer in known.items():
        if case == "regression":
            assert abs(float(found[number]) - answer) < 1e-9
        else:
            assert found[number] == answer


def test_all_cells_of_the_new_rows_stay_as_they_were(trained, messy, gradsheet, tmp_path):
    book = trained(messy, "--target", "sold")
    gradsheet("predict", book, messy, "-o", tmp_path / "out.csv")
    kept = [
        {name: row[name] for name in ("id", "size", "colour", "kind", "sold")} for row in rows_of(tmp_path / "out.csv")
    ]
    assert kept == rows_of(messy)


def test_probabilities_of_the_classes_add_up_to_one(trained, messy, gradsheet, tmp_path):
    book = trained(messy, "--target", "colour")
    gradsheet("predict", book, messy, "-o", tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")
    shares = np.array([[float(row[name]) for name in row if name.startswith("p ")] for row in rows])
    assert shares.shape[1] == 5
    assert np.abs(shares.sum(axis=1) - 1).max() < 1e-12


def test_blanks_and_unknown_words_are_said(trained, messy, table, gradsheet, tmp_path):
    book = trained(messy, "--target", "sold")
    new = table("Size;Colour\n1,5;red\n;green\n2,5;\n3,5;violet\n", "new.csv")
    result = gradsheet("predict", book, new, "-o", tmp_path / "out.csv")
    assert result.status == 0, result.err
    assert "1 blank in size filled with" in result.out
    assert "1 blank in colour filled with red" in result.out
    assert "decimal comma" in result.out
    assert len(rows_of(tmp_path / "out.csv")) == 4


def test_a_word_that_has_no_input_is_said(trained, table, gradsheet, tmp_path):
    rows = "".join(f"{'uv'[i % 2]},{i % 3 % 2}\n" for i in range(30))
    book = trained(table("a,y\n" + rows), "--target", "y")
    result = gradsheet("predict", book, table("a\nw\nu\n", "new.csv"))
    assert 'unknown to the model in 1 row, counted as no value: "w"' in result.err
    assert result.out.splitlines()[0] == "a,prediction,p 1"


def test_dropped_blanks_get_no_prediction(trained, messy, table, gradsheet, tmp_path):
    book = trained(messy, "--target", "sold", "--fill", "drop")
    new = table("size,colour\n1.5,red\n,green\n2.5,\n", "new.csv")
    result = gradsheet("predict", book, new, "-o", tmp_path / "out.csv")
    assert "1 blank in size: no prediction" in result.out
    assert [bool(row["prediction"]) for row in rows_of(tmp_path / "out.csv")] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("colour\nred\n", "lacks a column that"),
        ("x\n1\n", "lacks 2 columns that"),
        ("size,colour\nbig,red\n2,red\n", 'holds "big" in row 1 (line 2), but a number is needed'),
        ("", "is empty"),
    ],
)
def test_rows_that_do_not_fit_are_one_line_and_no_file(text, expected, trained, messy, table, gradsheet, tmp_path):
    book = trained(messy, "--target", "sold")
    result = gradsheet("predict", book, table(text, "new.csv"), "-o", tmp_path / "out.csv")
    assert (result.status, result.out) == (2, "")
    assert expected in result.err.splitlines()[-1]
    assert not (tmp_path / "out.csv").exists()


def test_a_workbook_from_elsewhere_says_so(small_book, messy, gradsheet):
    result = gradsheet("predict", small_book(), messy)
    assert result.status == 2
    assert "was not made by gradsheet new" in result.err


def test_an_untrained_model_says_so(messy, gradsheet, tmp_path):
    gradsheet("new", messy, "--target", "sold", "-o", tmp_path / "my.xlsx")
    assert "the model is not trained yet" in gradsheet("predict", tmp_path / "my.xlsx", messy).err


def test_r_squared_of_a_regression_is_scikit_learns(trained, known_table, gradsheet, tmp_path):
    import json

    from sklearn.metrics import r2_score

    book = trained(known_table("diabetes"), "--target", "target")
    gradsheet("predict", book, known_table("diabetes"), "-o", tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")
    truth, said = ([float(row[name]) for row in rows] for name in ("target", "prediction"))
    found = json.loads(gradsheet("evaluate", book).out)
    trains = [row[0] == "train" for row in split_of(book)]
    valid = [i for i, train in enumerate(trains) if not train]
    expected = r2_score([truth[i] for i in valid], [said[i] for i in valid])
    assert abs(found["valid"]["r_squared"] - expected) < 1e-9
    assert f", R² {expected:.3f}." in gradsheet("train", book, "--epochs", 0).out


def split_of(path):
    sheet = openpyxl.load_workbook(path, data_only=True)["Model"]
    return [[sheet.cell(9 + i, 2).value] for i in range(442)]


def test_words_that_a_spreadsheet_would_run_get_an_apostrophe_and_numbers_do_not(gradsheet, tmp_path):
    rows = [f"{i % 7},{'uv'[i % 2]},{('=cmd|1', '+x')[i % 2]}" for i in range(40)]
    (tmp_path / "old.csv").write_text("\n".join(["=a,@w,y", *rows]), encoding="utf-8")
    book = tmp_path / "hostile.xlsx"
    assert gradsheet("new", tmp_path / "old.csv", "--target", "y", "-o", book).status == 0
    hostile = ["@SUM(1)", "-1+1", "+x", "v", "=HYPERLINK(1)", "'=u", "u"]
    new = "\n".join(["=a,@w", *(f"{number},{word}" for number, word in zip(SPELLED, hostile, strict=True))])
    (tmp_path / "new.csv").write_text(new, encoding="utf-8")
    assert gradsheet("predict", book, tmp_path / "new.csv", "-o", tmp_path / "out.csv").status == 0
    names, *rows = csv.reader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines())
    assert names == ["'=a", "'@w", "prediction", "p =cmd|1"]
    assert [row[0] for row in rows] == SPELLED
    assert [row[1] for row in rows] == ["'@SUM(1)", "'-1+1", "'+x", "v", "'=HYPERLINK(1)", "''=u", "u"]
    assert {row[2] for row in rows} <= {"'=cmd|1", "'+x"}
    assert all(0 <= float(row[3]) <= 1 for row in rows)


SPELLED = ["-5", "+3", "-1.5e-3", "-1 000", "-.5", "2", "-7"]

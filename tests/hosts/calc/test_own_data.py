"""A workbook made from a table in the real program: it calculates, trains by button, exports the same bytes."""

import shutil

import pytest
from sklearn.datasets import load_iris

from addin.file.package import Package
from workbooks.own_data.workbook import rebuild
from workbooks.recalculate import FileCells

CLOSE = 1e-9
EPOCHS = 40


@pytest.fixture
def messy(tmp_path):
    """Return a table with blanks, words and a quantity as target."""
    lines = ["size,colour,weight"]
    for i in range(40):
        size = "" if i % 7 == 3 else str(i * 1.5 + i * i % 11)
        colour = "" if i % 9 == 4 else ["red", "blue", "red", "green", "plum"][i % 5] if i % 13 else f"rare{i}"
        lines.append(f"{size},{colour},{i * 3 % 17 + i / 8}")
    path = tmp_path / "messy.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def iris(tmp_path):
    """Return scikit-learn's iris as CSV."""
    found = load_iris()
    rows = [",".join(map(str, [*row, found.target_names[k]])) for row, k in zip(found.data, found.target, strict=True)]
    path = tmp_path / "iris.csv"
    path.write_text("\n".join([",".join([*found.feature_names, "species"]), *rows]), encoding="utf-8")
    return path


@pytest.fixture
def dated(tmp_path):
    """Return a table with dates, times, percentages, and columns of words and numbers that are nearly blank."""
    lines = ["day,at,share,grade,pool,weight"]
    for i in range(40):
        day = "" if i % 11 == 5 else f"2020-{1 + i % 12:02}-{1 + i % 28:02}"
        grade = ["good", "fair"][i // 6 % 2] if i % 6 == 0 else ""
        lines.append(f"{day},{i % 24}:30,{i * 7 % 50} %,{grade},{i if i % 9 == 0 else ''},{i * 3 % 17 + i / 8}")
    path = tmp_path / "dated.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def differences(calc, book, path):
    """Return the formula cells that show something else than the file holds."""
    found = calc.formula_cells(book)
    expected = rebuild(FileCells(Package.open(path))).formula_values()
    return [
        (sheet, place, shown, value)
        for sheet, values in expected.items()
        for place, value in values.items()
        for shown in [found[sheet].get(f"{place[0]},{place[1]}")]
        if not is_same(shown, value)
    ]


def is_same(shown, value):
    if isinstance(value, str) or not isinstance(shown, int | float):
        return shown == value
    return abs(shown - value) <= CLOSE * max(1.0, abs(value))


def answers(gradsheet, book, table, out):
    """Return what the last column of the answers to a table holds."""
    result = gradsheet("predict", book, table, "-o", out)
    assert result.status == 0, result.err
    return [line.rpartition(",")[2] for line in out.read_text(encoding="utf-8").splitlines()[1:]]


@pytest.mark.parametrize(
    "options",
    [("--target", "weight"), ("--target", "weight", "--fill", "mode", "--hidden", "4,3"), ("--target", "colour")],
    ids=["regression", "mode and a network", "classes"],
)
def test_calc_calculates_what_the_file_holds(options, calc, messy, gradsheet, tmp_path):
    path = tmp_path / "my.xlsx"
    assert gradsheet("new", messy, *options, "-o", path).status == 0
    assert gradsheet("train", path, "--epochs", 5, "--quiet").status == 0
    book = calc.open(str(path))
    calc.calculate(book)
    assert differences(calc, book, path) == []
    calc.close(book)


@pytest.mark.parametrize("target", ["weight", "day"])
def test_calc_calculates_dates_and_blanks_that_are_values(target, calc, dated, gradsheet, tmp_path):
    path, saved = tmp_path / "my.xlsx", tmp_path / "saved.xlsx"
    result = gradsheet("new", dated, "--target", target, "-o", path)
    assert "blank is a value of its own" in result.out
    assert gradsheet("train", path, "--epochs", 5, "--quiet").status == 0
    book = calc.open(str(path))
    calc.calculate(book)
    assert differences(calc, book, path) == []
    calc.save(book, str(saved))
    calc.close(book)
    ours, theirs = (answers(gradsheet, each, dated, tmp_path / "out.csv") for each in (path, saved))
    if target == "day":
        assert ours == theirs
        assert ours[0].startswith("20")
    else:
        assert all(abs(float(a) - float(b)) < CLOSE for a, b in zip(ours, theirs, strict=True))


def test_the_buttons_train_it_and_both_exports_are_the_same_bytes(calc, iris, gradsheet, tmp_path):
    path = tmp_path / "my.xlsx"
    assert gradsheet("new", iris, "--target", "species", "-o", path).status == 0
    shutil.copy(path, tmp_path / "open.xlsx")
    book = calc.open(str(tmp_path / "open.xlsx"))
    calc.put_named(book, "epochs_per_click", [[EPOCHS]])
    assert calc.click(book, "epochs")["done"]
    assert calc.click(book, "export", str(tmp_path / "office.csv"))["done"]
    calc.close(book)
    trained = gradsheet("train", path, "--epochs", EPOCHS, "--quiet", "--export", tmp_path / "command.csv")
    assert trained.status == 0, trained.err
    assert gradsheet("export", path, tmp_path / "sheet.csv").status == 0
    assert (tmp_path / "sheet.csv").read_bytes() == (tmp_path / "command.csv").read_bytes()
    assert (tmp_path / "office.csv").read_bytes() == (tmp_path / "command.csv").read_bytes()


def test_what_the_command_trained_calc_exports_with_the_same_bytes(calc, iris, gradsheet, tmp_path):
    path = tmp_path / "my.xlsx"
    assert gradsheet("new", iris, "--target", "species", "--hidden", "6", "-o", path).status == 0
    gradsheet("train", path, "--quiet", "--export", tmp_path / "command.csv")
    book = calc.open(str(path))
    assert calc.click(book, "export", str(tmp_path / "office.csv"))["done"]
    calc.close(book)
    assert (tmp_path / "office.csv").read_bytes() == (tmp_path / "command.csv").read_bytes()


def test_predictions_after_calc_has_saved_are_the_same(calc, messy, gradsheet, tmp_path):
    path, saved = tmp_path / "my.xlsx", tmp_path / "saved.xlsx"
    assert gradsheet("new", messy, "--target", "weight", "-o", path).status == 0
    gradsheet("train", path, "--quiet")
    book = calc.open(str(path))
    calc.save(book, str(saved))
    calc.close(book)
    ours, theirs = (answers(gradsheet, each, messy, tmp_path / "out.csv") for each in (path, saved))
    assert max(abs(float(a) - float(b)) for a, b in zip(ours, theirs, strict=True)) < CLOSE
    assert gradsheet("train", saved, "--epochs", 3, "--quiet").status == 0
    assert gradsheet("predict", saved, messy).status == 0

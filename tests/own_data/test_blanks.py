"""Where most cells are blank, a blank is a value of its own; and what counts as one does not hang on other rows."""

import csv
import random
import re

import openpyxl
import pytest

from workbooks.own_data.blanks import BLANK_WORDS, ERRORS
from workbooks.own_data.numerals import UNKNOWN
from workbooks.own_data.plan import PlanOptions, plan
from workbooks.own_data.table import read_table
from workbooks.recalculate import refresh
from workbooks.xlsx.workbook import WorkbookFile


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def houses(table):
    """Return the writer of a table whose price is higher by 5 where a word or number stands in a sparse column."""

    def write(cell, name="t.csv"):
        chance = random.Random(11)
        lines = ["area,extra,price"]
        for i in range(300):
            area, stands = chance.gauss(10, 2), i % 5 == 0
            price = 0.5 * area + 5 * stands + chance.gauss(0, 0.1)
            lines.append(f"{area:.3f},{cell(i) if stands else ''},{price:.3f}")
        return table("\n".join(lines), name)

    return write


SPARSE = {
    "two grades": (lambda i: ["good", "fair"][i // 5 % 2], ["area", "extra: blank", "extra = fair", "extra = good"]),
    "one word": (lambda i: "yes", ["area", "extra: blank", "extra = yes"]),
    "words that come once": (lambda i: f"E{i}", ["area", "extra: blank", "extra: other"]),
    "numbers": (lambda i: i // 5 % 7, ["area", "extra", "extra: blank"]),
    "one number": (lambda i: 1, ["area", "extra: blank"]),
}


@pytest.mark.parametrize("case", SPARSE)
def test_a_blank_is_a_value_where_it_comes_more_often_than_any_other(case, houses, gradsheet, tmp_path):
    cell, inputs = SPARSE[case]
    book = tmp_path / "my.xlsx"
    assert [each.name for each in plan(read_table(houses(cell)), PlanOptions("price")).recipe.inputs] == inputs
    result = gradsheet("new", houses(cell), "--target", "price", "-o", book)
    assert "240 blanks in extra" in result.out
    said = gradsheet("train", book, "--quiet").out
    assert float(re.search(r"R² (\d\.\d+)", said)[1]) > 0.98
    assert refresh(WorkbookFile.open(book))
    result = gradsheet("predict", book, houses(cell, "new.csv"), "-o", tmp_path / "out.csv")
    assert "240 blanks in extra" in result.out
    sheet = openpyxl.load_workbook(book, data_only=True)["Model"]
    titles = {sheet.cell(8, column).value: column for column in range(1, sheet.max_column + 1)}
    shown = [sheet.cell(9 + i, titles["says"]).value for i in range(300)]
    answers = [float(row["prediction"]) for row in rows_of(tmp_path / "out.csv")]
    assert max(abs(a - b) for a, b in zip(shown, answers, strict=True)) < 1e-9


def test_few_blanks_among_words_are_filled_as_before(table):
    rows = "".join(f"{['red', 'blue', 'red', ''][i % 4]},{i % 7}\n" for i in range(60))
    found = plan(read_table(table("colour,y\n" + rows)), PlanOptions("y"))
    assert [each.name for each in found.recipe.inputs] == ["colour = red", "colour = blue"]
    assert "15 blanks in colour filled with the most frequent value" in found.said


def test_dropped_rows_leave_no_blank_to_be_a_value(houses):
    found = plan(read_table(houses(SPARSE["two grades"][0])), PlanOptions("price", fill="drop"))
    assert [each.name for each in found.recipe.inputs] == ["area", "extra = fair", "extra = good"]
    assert found.recipe.rows == 60


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("cells", [{"5": 1.5, "6": 2.5}, {"5": "red", "6": "blue"}])
@pytest.mark.parametrize("fill", ["median", "mode"])
def test_a_column_may_be_blank_in_all_rows_that_train(fill, cells, seed, table, gradsheet, tmp_path):
    chance = random.Random(5)
    rows = [f"{cells.get(str(i), '')},{chance.random():.3f},{chance.random():.3f}" for i in range(20)]
    book = tmp_path / "my.xlsx"
    path = table("\n".join(["sparse,b,y", *rows]))
    result = gradsheet(
        "new", path, "--target", "y", "--seed", seed, "--valid-fraction", "0.6", "--fill", fill, "-o", book
    )
    assert result.status == 0, result.err
    assert gradsheet("train", book, "--epochs", 3, "--quiet").status == 0
    assert gradsheet("predict", book, path).status == 0


@pytest.fixture
def cars(table, gradsheet, tmp_path):
    """Return a trained workbook whose horsepower is a number, unknown in some rows, and whose origin is a word."""
    rows = "".join(f"{'?' if i % 11 == 3 else 60 + i},{['1', '2', 'x'][i % 3]},{40 - i / 4}\n" for i in range(100))
    book = tmp_path / "cars.xlsx"
    assert gradsheet("new", table("horsepower,origin,mpg\n" + rows), "--target", "mpg", "-o", book).status == 0
    assert gradsheet("train", book, "--quiet").status == 0
    return book


@pytest.mark.parametrize("word", sorted(UNKNOWN | BLANK_WORDS | ERRORS))
def test_a_row_has_the_same_answer_whatever_stands_beside_it(word, cars, table, gradsheet, tmp_path):
    answers = []
    for others in ("", "120,2\n", "?,x\n"):
        new = table(f"horsepower,origin\n{word},1\n" + others, "new.csv")
        result = gradsheet("predict", cars, new, "-o", tmp_path / "out.csv")
        assert result.status == 0, result.err
        assert " in horsepower filled with " in result.out
        answers.append(rows_of(tmp_path / "out.csv")[0]["prediction"])
    assert len(set(answers)) == 1


def test_a_word_that_is_a_number_stays_the_word_that_training_knew(cars, table, gradsheet, tmp_path):
    answers = []
    for others in ("", "120,x\n"):
        result = gradsheet(
            "predict", cars, table("horsepower,origin\n90,2\n" + others, "new.csv"), "-o", tmp_path / "out.csv"
        )
        assert "unknown to the model" not in result.out
        answers.append(rows_of(tmp_path / "out.csv")[0]["prediction"])
    assert answers[0] == answers[1]


def test_the_page_names_every_word_for_a_blank():
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "own_data.md").read_text(encoding="utf-8").lower()
    assert [word for word in BLANK_WORDS | UNKNOWN if word and f"`{word}`" not in page] == []

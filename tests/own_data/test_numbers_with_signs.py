"""A number with a currency sign, a percent sign, brackets or marks between its thousands is the number that it says."""

import random
import re

import openpyxl
import pytest

from workbooks.own_data.meaning import NUMBER, VALUE, Meaning
from workbooks.own_data.table import read_table

NO_BREAK, NARROW, MINUS = "\u00a0", "\u202f", "\u2212"


@pytest.mark.parametrize(
    ("cells", "numbers", "unit"),
    [
        (["$1,200.00", "$7.5", "-$3", "$-3"], [1200.0, 7.5, -3.0, -3.0], "$"),
        (["($1,200.00)", "$(0.5)", "$2"], [-1200.0, -0.5, 2.0], "$"),
        (["£12", "£1,000"], [12.0, 1000.0], "£"),
        (["1200 USD", "7 USD"], [1200.0, 7.0], "USD"),
        (["₹ 12,000", "₹ 3"], [12000.0, 3.0], "₹"),
        (["45%", "7.5 %", "-12%", "(3%)", "0"], [0.45, 0.075, -0.12, -0.03, 0.0], "%"),
        (["(0.765)", "1.5", "(1,200)"], [-0.765, 1.5, -1200.0], None),
        ([f"1{NO_BREAK}200.5", f"12{NARROW}345{NARROW}678", "3"], [1200.5, 12345678.0, 3.0], None),
        (["1'200.5", "12’345", "3"], [1200.5, 12345.0, 3.0], None),
        ([f"{MINUS}0.765", f"{MINUS}1,200", "+3"], [-0.765, -1200.0, 3.0], None),
        ([f"{MINUS}$3", "$4", "–", "?"], [-3.0, 4.0, None, None], "$"),
    ],
)
def test_a_column_is_numbers(cells, numbers, unit, table):
    found = read_table(table("a\tb\n" + "".join(f"{cell}\t{i}\n" for i, cell in enumerate(cells))))
    assert found.columns["a"] == numbers
    assert found.meanings["a"] == Meaning(NUMBER, unit)
    assert found.faults == {}


def test_a_decimal_comma_takes_the_same_signs(table):
    found = read_table(table("a;b;c\n1.200,00 €;7,5 %;-1 200,5\n3,5 €;(12 %);2\n"))
    assert found.columns == {"a": [1200.0, 3.5], "b": [0.075, -0.12], "c": [-1200.5, 2.0]}
    assert found.said[-1] == "decimal comma"
    assert found.remarks["a"] == "numbers with €: 1.200,00 € is 1200"


@pytest.mark.parametrize(
    "cells",
    [
        ["A12", "B7"],
        ["person 1", "person 2"],
        ["12-34", "5-6"],
        ["1 2", "3 4"],
        ["(12", "7)"],
        ["$", "%"],
        ["--3", "+-4"],
        ["$5$", "5%%"],
        ["2100 - 2850", "2:1"],
    ],
)
def test_what_only_holds_digits_stays_words(cells, table):
    found = read_table(table("a\tb\n" + "".join(f"{cell}\t{i}\n" for i, cell in enumerate(cells))))
    assert found.columns["a"] == cells
    assert found.meanings["a"] == Meaning(VALUE)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["$5", "€6"], 'the column "a" holds several units ($, €): give them all in one.'),
        (["5%", "6"], 'the column "a" holds percentages, but "6" without the sign'),
    ],
)
def test_one_column_has_one_unit(cells, expected, table, gradsheet, tmp_path):
    text = "a,b,y\n" + "".join(f"{cell},{i * i % 7},{i % 2}\n" for i, cell in enumerate(cells * 5))
    result = gradsheet("new", table(text), "--target", "y", "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert expected in result.err
    assert gradsheet("new", table(text), "--target", "y", "--leave-out", "a", "-o", tmp_path / "my.xlsx").status == 0


@pytest.fixture
def written(table):
    """Return the writer of a table in which y follows the first column, its numbers written in some way."""

    def write(way, name):
        chance = random.Random(7)
        lines = ["x;b;y"]
        for _ in range(120):
            x, b = chance.randrange(-9000, 9000) / 100, chance.gauss(0, 1)
            lines.append(f"{way(x)};{b:.3f};{0.04 * x + b + chance.gauss(0, 0.2):.4f}")
        return table("\n".join(lines), name)

    return write


WAYS = {
    "percent": lambda x: f"{x} %",
    "dollars": lambda x: f"${x * 1000:,.2f}" if x >= 0 else f"-${-x * 1000:,.2f}",
    "accounts": lambda x: f"{x * 1000:,.2f}" if x >= 0 else f"({-x * 1000:,.2f})",
    "euros": lambda x: f"{x} EUR",
    "real minus": lambda x: str(x).replace("-", MINUS),
    "no-break spaces": lambda x: f"{x * 1000:,.2f}".replace(",", NO_BREAK),
}


def r_squared(said):
    return float(re.search(r"R² (-?\d\.\d+)", said)[1])


@pytest.mark.parametrize("way", WAYS)
def test_the_model_learns_as_much_as_from_plain_numbers(way, written, gradsheet, tmp_path):
    reached = []
    for name, spell in (("plain", str), (way, WAYS[way])):
        book = tmp_path / f"{name}.xlsx"
        result = gradsheet("new", written(spell, f"{name}.csv"), "--target", "y", "-o", book)
        assert result.status == 0, result.err
        assert "120 rows, 2 inputs, network 2→1" in result.out
        reached.append(r_squared(gradsheet("train", book, "--quiet").out))
    assert reached[0] == reached[1]
    assert reached[0] > 0.95


def test_a_target_in_dollars_is_a_number(written, gradsheet, tmp_path):
    book = tmp_path / "my.xlsx"
    result = gradsheet("new", written(WAYS["dollars"], "t.csv"), "--target", "x", "-o", book)
    assert "task: regression, x is a number" in result.out
    assert "- x: numbers with $: " in result.out


def test_another_unit_than_in_training_is_said(written, gradsheet, tmp_path):
    book, out = tmp_path / "my.xlsx", tmp_path / "out.csv"
    gradsheet("new", written(WAYS["percent"], "t.csv"), "--target", "y", "-o", book)
    result = gradsheet("predict", book, written(WAYS["percent"], "new.csv"), "-o", out)
    assert "x: " not in result.out
    result = gradsheet("predict", book, written(str, "new.csv"), "-o", out)
    assert "- x: % in the training table, no unit here; 45 % is 0.45\n" in result.out


def test_the_unit_stands_in_the_workbook(written, gradsheet, tmp_path):
    gradsheet("new", written(WAYS["percent"], "t.csv"), "--target", "y", "-o", tmp_path / "my.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "my.xlsx")["Preparation"]
    assert [cell.value for cell in sheet[16]][:4] == ["x", "x", "number", "%"]

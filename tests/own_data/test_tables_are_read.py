"""Delimiter, encoding and decimal mark are found out and said; blanks, rare values and useless columns are too."""

import csv
import datetime
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbooks.own_data.delimited import delimiter_of
from workbooks.own_data.plan import PlanOptions, plan
from workbooks.own_data.table import read_table
from workbooks.xlsx.errors import FileProblem

GERMAN = "Größe;Gewicht;Stadt\n1,80;1.080,5;Köln\n1,75;75;München\n1,6;60;Köln\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_german_table_comes_in(table, encoding):
    found = read_table(table(GERMAN, encoding=encoding))
    assert found.columns == {
        "Größe": [1.8, 1.75, 1.6],
        "Gewicht": [1080.5, 75.0, 60.0],
        "Stadt": ["Köln", "München", "Köln"],
    }
    assert "decimal comma" in found.said
    assert "semicolon between the columns" in found.said[0]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a,b\n1.5,2\n2.5,3\n", [1.5, 2.5]),
        ("a;b\n1.5;2\n2.5;3\n", [1.5, 2.5]),
        ('a,b\n"1,5",2\n"2,5",3\n', [1.5, 2.5]),
        ("a\tb\n1,5\t2,5\n2,5\t3,5\n", [1.5, 2.5]),
        ('a,b\n"1,500.25",2\n"2,500.5",3\n', [1500.25, 2500.5]),
        ("a;b\n1.500;2,5\n2.500;3,5\n", [1500.0, 2500.0]),
        ("a|b\n1e3|2\n.5|3\n", [1000.0, 0.5]),
    ],
)
def test_a_number_is_read_as_it_was_meant(table, text, numbers):
    assert read_table(table(text)).columns["a"] == numbers


@given(
    st.sampled_from("\t;|,"),
    st.integers(2, 6),
    st.lists(st.lists(st.text("abc ,;|1.\"'é\n", max_size=6), min_size=6, max_size=6), min_size=3, max_size=8),
)
def test_the_delimiter_is_the_one_that_cuts_the_row_of_names_in_the_same_way(delimiter, width, rows):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow([f"name{j}" for j in range(width)])
    writer.writerows([row[:width] for row in rows])
    assert delimiter_of(stream.getvalue()) == delimiter


def test_words_for_nothing_are_blanks(table):
    found = read_table(table("a,b\n1,x\nNA,y\n?,null\nNaN,y\n2,x\n"))
    assert found.columns == {"a": [1.0, None, None, None, 2.0], "b": ["x", "y", None, "y", "x"]}


def test_a_sheet_of_a_workbook_comes_in(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.create_sheet("Other").append([None])
    sheet = workbook.active
    sheet.append([])
    sheet.append(["day", "sun", "n", None])
    sheet.append([datetime.date(2024, 1, 1), True, 3, None])
    sheet.append([datetime.datetime(2024, 1, 2, 12), False, None, None])
    workbook.save(tmp_path / "t.xlsx")
    found = read_table(tmp_path / "t.xlsx")
    assert found.columns == {"day": [45292.0, 45293.5], "sun": ["TRUE", "FALSE"], "n": [3.0, None]}
    assert found.said == ("sheet Sheet",)
    with pytest.raises(FileProblem, match="has no sheet Third; it has Sheet, Other"):
        read_table(tmp_path / "t.xlsx", sheet="Third")


def test_what_is_done_to_a_messy_table_is_said(messy):
    found = plan(read_table(messy), PlanOptions("SOLD"))
    said = "\n".join(found.said)
    assert "left out, only counts the rows: id" in said
    assert "left out, target blank: 1 row\n" in said
    assert "left out, the same in every row: kind" in said
    assert "blanks in size filled with the median" in said
    assert "blanks in colour filled with the most frequent value" in said
    assert "is sold yes? (no, yes)" in said
    assert found.recipe.inputs[0].name == "size"
    assert found.recipe.rows == 59


def test_rare_values_share_one_input():
    from pathlib import Path

    from workbooks.own_data.table import Table

    words = ["a"] * 500 + ["b"] * 490 + ["c"] * 5 + [f"d{i}" for i in range(5)]
    cells = {"word": words, "y": [float(i % 2) for i in range(1000)]}
    found = plan(Table(Path("t.csv"), cells, list(range(1, 1001))), PlanOptions("y"))
    assert [each.name for each in found.recipe.inputs] == ["word = a", "word = b", "word: other"]
    assert "word: 6 rare values are grouped as other" in found.said


def test_spellings_that_a_spreadsheet_takes_for_one_are_one(table):
    rows = "".join(f"{word},{i % 2}\n" for i, word in enumerate(["Male", "male", "FEMALE", "Female"] * 3))
    found = plan(read_table(table("sex,y\n" + rows)), PlanOptions("y"))
    assert [each.value for each in found.recipe.inputs] == ["FEMALE", "Male"]

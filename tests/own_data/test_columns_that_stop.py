"""All columns that stop a table are named at once, in sentences that are true, and none that is left out stops it."""

import re

import openpyxl
import pytest

from workbooks.own_data.plan import PlanOptions, plan
from workbooks.own_data.table import read_table


@pytest.fixture
def passengers(table):
    """Return a table with names, tickets and cabins, and a stray word among the ages."""
    lines = ["name,ticket,cabin,age,fare,sold"]
    for i in range(100):
        age = "old" if i == 41 else 20 + i % 37
        lines.append(f"person {i},T{i % 95},{f'C{i // 3}' if i < 60 else ''},{age},{i % 7}.5,{i % 3 % 2}")
    return table("\n".join(lines))


def test_all_are_named_at_once_with_what_is_true_of_each(passengers, gradsheet, tmp_path):
    result = gradsheet("new", passengers, "--target", "sold", "-o", tmp_path / "my.xlsx")
    assert (result.status, result.out) == (2, "")
    line = result.err.splitlines()[-1]
    assert "3 columns cannot be used" in line
    assert '"name" holds 100 different texts in 100 rows, none of them in more than 1;' in line
    assert '"ticket" holds 95 different texts in 100 rows, none of them in more than 2:' in line
    assert '"age" holds numbers, but "old" in row 42 (line 43);' in line
    assert line.endswith('or leave them out with --leave-out "age" --leave-out "name" --leave-out "ticket".')


def test_following_the_sentence_leads_on(passengers, gradsheet, tmp_path):
    said = gradsheet("new", passengers, "--target", "sold", "-o", tmp_path / "my.xlsx").err
    options = [word for name in re.findall(r'--leave-out "(\w+)"', said) for word in ("--leave-out", name)]
    result = gradsheet("new", passengers, "--target", "sold", *options, "-o", tmp_path / "my.xlsx")
    assert result.status == 0, result.err
    assert "40 blanks in cabin: blank is a value of its own" in result.out


def test_a_column_of_names_with_few_blanks_counts_its_filled_rows(table, gradsheet, tmp_path):
    rows = "".join(f"{'' if i == 3 else f'n{i}'},{i % 7},{i % 2}\n" for i in range(40))
    result = gradsheet("new", table("name,b,y\n" + rows), "--target", "y", "-o", tmp_path / "my.xlsx")
    assert 'the column "name" holds 39 different texts in 39 filled rows, none of them in more than 1:' in result.err
    assert 'too few rows share one to learn from it, so leave it out with --leave-out "name".' in result.err


def test_texts_that_a_dozen_rows_share_each_are_not_said_to_be_shared_by_hardly_two(table, gradsheet, tmp_path):
    rows = "".join(f"country {i % 150},{i % 7},{i % 2}\n" for i in range(1500))
    result = gradsheet("new", table("country,b,y\n" + rows), "--target", "y", "-o", tmp_path / "my.xlsx")
    assert '"country" holds 150 different texts in 1500 rows, none of them in more than 10: too few' in result.err


def test_a_stray_word_does_not_stop_a_prediction_that_needs_no_such_column(table, gradsheet, tmp_path):
    book = tmp_path / "my.xlsx"
    rows = "".join(f"{i % 7},{i % 2}\n" for i in range(40))
    gradsheet("new", table("b,y\n" + rows), "--target", "y", "-o", book)
    new = table("b,note\n" + "1,2\n" * 20 + "3,four\n", "new.csv")
    assert gradsheet("predict", book, new).status == 0
    bad = table("b,note\n" + "1,2\n" * 20 + "three,4\n", "bad.csv")
    assert (
        'the column "b" holds "three" in row 21 (line 22), but a number is needed'
        in gradsheet("predict", book, bad).err
    )


def test_a_fault_on_a_sheet_is_named_by_its_cell(tmp_path, gradsheet):
    workbook = openpyxl.Workbook()
    for row in ([], [None, "a", "b", "y"], *([None, i * 1.5, i % 5, i % 2] for i in range(19)), [None, 1, "two", 0]):
        workbook.active.append(row)
    workbook.save(tmp_path / "t.xlsx")
    result = gradsheet("new", tmp_path / "t.xlsx", "--target", "y", "-o", tmp_path / "my.xlsx")
    assert 'the column "b" holds numbers, but "two" in row 20 (cell C22): mend it' in result.err


def test_several_strays_of_new_rows_are_named_at_once(table, gradsheet, tmp_path):
    book = tmp_path / "my.xlsx"
    rows = "".join(f"{i % 7},{i % 5},{i % 2}\n" for i in range(40))
    gradsheet("new", table("a,b,y\n" + rows), "--target", "y", "-o", book)
    said = gradsheet("predict", book, table("a,b\nx,1\n2,z\n", "new.csv")).err
    assert '2 columns cannot be used: "a" holds "x" in row 1 (line 2), but a number is needed; "b" holds "z"' in said
    assert "--leave-out" not in said


@pytest.mark.parametrize(
    ("values", "expected"),
    [(12, "; --task multiclass takes its 12 whole numbers as classes"), (31, "y is a number"), (9, "multiclass, 9")],
)
def test_whole_numbers_as_a_target_are_said_to_be_classes_too(values, expected, table, gradsheet, tmp_path):
    path = table("a,y\n" + "".join(f"{i * i % 17},{i % values}\n" for i in range(200)))
    said = plan(read_table(path), PlanOptions("y")).said[-1]
    assert said.endswith(expected) or expected in said.partition(" classes")[0]
    if values == 12:
        result = gradsheet("new", path, "--target", "y", "--task", "multiclass", "-o", tmp_path / "my.xlsx")
        assert "12 classes of y: 0, 1, 2" in result.out
        assert "network 1→12" in result.out


def test_a_different_whole_number_in_every_row_is_said(table):
    rows = [(15_634_602 + i * i * 37 % 10_007, i % 5, i % 2) for i in range(60)]
    path = table("customer,b,y\n" + "".join(f"{','.join(map(str, row))}\n" for row in rows))
    said = "\n".join(plan(read_table(path), PlanOptions("y")).said)
    assert "customer: a different whole number in every row, taken as a quantity" in said
    assert '--leave-out "customer"' in said
    assert "b: a different" not in said


@pytest.mark.parametrize(("rare", "expected"), [(1, "a: 1 rare value is grouped"), (2, "a: 2 rare values are grouped")])
def test_one_is_not_several(rare, expected, table):
    words = ["u"] * 30 + ["v"] * 30 + [f"w{i}" for i in range(rare)]
    path = table("a,y\n" + "".join(f"{word},{i % 2}\n" for i, word in enumerate(words)))
    assert expected in "\n".join(plan(read_table(path), PlanOptions("y")).said)


def test_a_single_row_is_answered_in_the_singular(table, gradsheet, tmp_path):
    book, out = tmp_path / "my.xlsx", tmp_path / "out.csv"
    gradsheet("new", table("a,y\n" + "".join(f"{i % 7},{i % 2}\n" for i in range(40))), "--target", "y", "-o", book)
    said = gradsheet("predict", book, table("a,y\n1,1\n", "new.csv"), "-o", out).out
    assert "1 row holds y already: accuracy" in said
    assert "1 row with" in said

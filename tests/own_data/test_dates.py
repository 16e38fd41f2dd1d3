"""Dates and times are read alike from text and workbook, count in days, and come out as dates."""

import csv
import datetime

import openpyxl
import pytest

from workbooks.own_data.meaning import DATE, TIME, VALUE, Meaning
from workbooks.own_data.table import read_table

FIRST = 43831.0
"""2020-01-01 as spreadsheets count days."""
FIRST_DAY = datetime.datetime(2020, 1, 1)
WAYS = {
    "%Y-%m-%d": "year-month-day",
    "%Y/%m/%d": "year-month-day",
    "%m/%d/%Y": "month/day/year",
    "%m/%d/%y": "month/day/year",
    "%d/%m/%Y": "day/month/year",
    "%d.%m.%Y": "day.month.year",
    "%d-%m-%Y": "day-month-year",
    "%d-%b-%y": "day month year",
    "%d %B %Y": "day month year",
    "%b %d, %Y": "month day, year",
}


def days(count):
    return [FIRST_DAY + datetime.timedelta(days=3 * i) for i in range(count)]


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("time", ["", " %H:%M", " %H:%M:%S", " %I:%M %p"])
def test_every_usual_way_of_writing_a_date(way, time, table):
    moments = [day + datetime.timedelta(hours=6 * bool(time)) for day in days(12)]
    text = "day;n\n" + "".join(f"{moment.strftime(way + time)};{i}\n" for i, moment in enumerate(moments))
    found = read_table(table(text))
    assert found.columns["day"] == [FIRST + 3 * i + 0.25 * bool(time) for i in range(12)]
    assert found.meanings["day"] == Meaning(DATE, WAYS[way] + ", with time" * bool(time))
    earliest = "2020-01-01 06:00:00" if time else "2020-01-01"
    assert found.remarks["day"].startswith(f"dates, as days since the earliest, {earliest}")


def test_where_day_and_month_may_be_swapped_that_is_said(table):
    found = read_table(table("day,n\n1/5/2019,1\n3/8/2019,2\n"))
    assert found.columns["day"] == [43470.0, 43532.0]
    assert "read as month/day/year, though day and month may be swapped" in found.remarks["day"]
    clear = read_table(table("day,n\n1/5/2019,1\n3/28/2019,2\n"))
    assert "swapped" not in clear.remarks["day"]


@pytest.mark.parametrize("cells", [["13:08", "9:30"], ["13:08:00", "09:30:00"], ["1:08 PM", "9:30 AM"]])
def test_times_of_the_day_are_parts_of_it(cells, table):
    found = read_table(table("at,n\n" + "".join(f"{cell},{i}\n" for i, cell in enumerate(cells))))
    assert found.columns["at"] == [788 / 1440, 570 / 1440]
    assert found.meanings["at"] == Meaning(TIME)


@pytest.mark.parametrize("cells", [["1.2.3", "10.20.30"], ["12/2020", "1/2021"], ["2:1", "0:3"], ["may 1", "5 may"]])
def test_what_is_no_date_stays_words(cells, table):
    found = read_table(table("a,n\n" + "".join(f"{cell},{i}\n" for i, cell in enumerate(cells))))
    assert found.columns["a"] == cells
    assert found.meanings["a"] == Meaning(VALUE)


def test_a_stray_word_among_dates_is_named(table, gradsheet, tmp_path):
    cells = [*(day.date() for day in days(20)), "soon"]
    text = "day,y\n" + "".join(f"{cell},{i % 2}\n" for i, cell in enumerate(cells))
    result = gradsheet("new", table(text), "--target", "y", "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert 'the column "day" holds dates, but "soon" in row 21 (line 22): mend it' in result.err


def test_dates_written_in_several_ways_are_named(table, gradsheet, tmp_path):
    cells = [day.strftime(["%m/%d/%Y", "%d/%m/%Y"][i % 2]) for i, day in enumerate(days(20))]
    text = "day,b,y\n" + "".join(f"{cell},{i % 5},{i % 2}\n" for i, cell in enumerate(cells))
    result = gradsheet("new", table(text), "--target", "y", "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert 'the column "day" holds dates written in several ways: write them all as 2020-01-31.' in result.err


ROWS = [(day, i * 7 % 24 / 24, "red" if i % 3 else "blue", round(i * 0.3 + i % 3, 2)) for i, day in enumerate(days(60))]
NAMES = ("day", "at", "colour", "y")


@pytest.fixture
def as_text(table):
    """Return the writer of rows as CSV, in one of the ways of writing a date."""

    def write(rows, way="%Y-%m-%d", name="t.csv"):
        lines = [f"{day.strftime(way)},{round(at * 24):02}:00,{colour},{y}" for day, at, colour, y in rows]
        return table("\n".join([",".join(NAMES), *lines]), name)

    return write


@pytest.fixture
def as_workbook(tmp_path):
    """Return the writer of rows as .xlsx, dates and times as its own cells have them."""

    def write(rows, name="t.xlsx"):
        workbook = openpyxl.Workbook()
        workbook.active.append(NAMES)
        for day, at, colour, y in rows:
            workbook.active.append([day, datetime.time(round(at * 24)), colour, y])
        workbook.save(tmp_path / name)
        return tmp_path / name

    return write


def test_both_kinds_of_file_are_the_same_table(as_text, as_workbook):
    text, workbook = read_table(as_text(ROWS)), read_table(as_workbook(ROWS))
    assert text.columns == workbook.columns
    assert text.meanings == workbook.meanings
    assert text.columns["day"][1] == FIRST + 3
    assert text.columns["at"][1] == 7 / 24
    assert [str(cell) for cell in workbook.as_read["day"]] == text.as_read["day"]


@pytest.mark.parametrize("trained_on", ["text", "workbook"])
def test_a_model_of_one_kind_of_file_answers_the_other(trained_on, as_text, as_workbook, gradsheet, tmp_path):
    book = tmp_path / "my.xlsx"
    source = as_text(ROWS) if trained_on == "text" else as_workbook(ROWS)
    result = gradsheet("new", source, "--target", "y", "-o", book)
    assert "- day: dates, as days since the earliest, 2020-01-01\n" in result.out
    assert "60 rows, 4 inputs" in result.out
    assert ", R² 0.9" in gradsheet("train", book, "--quiet").out
    answers = []
    for new in (
        as_text(ROWS[:9], name="n.csv"),
        as_workbook(ROWS[:9], "n.xlsx"),
        as_text(ROWS[:9], "%d.%m.%Y", "g.csv"),
    ):
        out = tmp_path / "out.csv"
        result = gradsheet("predict", book, new, "-o", out)
        assert result.status == 0, result.err
        rows = rows_of(out)
        answers.append([float(row["prediction"]) for row in rows])
        assert rows[1]["day"] == ("04.01.2020" if new.name == "g.csv" else "2020-01-04")
    assert answers[0] == answers[1] == answers[2]


def test_an_ambiguous_date_is_read_as_it_was_in_training(as_text, gradsheet, tmp_path):
    book, out = tmp_path / "my.xlsx", tmp_path / "out.csv"
    gradsheet("new", as_text(ROWS, "%d/%m/%Y"), "--target", "y", "-o", book)
    gradsheet("train", book, "--quiet")
    march = [row for row in ROWS if row[0].month == 3 and row[0].day <= 12]
    found = []
    for way in ("%d/%m/%Y", "%Y-%m-%d"):
        assert gradsheet("predict", book, as_text(march, way, "n.csv"), "-o", out).status == 0
        found.append([row["prediction"] for row in rows_of(out)])
    assert found[0] == found[1]


@pytest.mark.parametrize(("target", "shape"), [("day", "%Y-%m-%d"), ("at", "%H:%M:%S")])
def test_a_date_as_the_target_is_answered_by_a_date(target, shape, as_text, gradsheet, tmp_path):
    book, out = tmp_path / "my.xlsx", tmp_path / "out.csv"
    result = gradsheet("new", as_text(ROWS), "--target", target, "-o", book)
    assert f"task: regression, {target} holds " in result.out
    gradsheet("train", book, "--quiet")
    result = gradsheet("predict", book, as_text(ROWS, name="n.csv"), "-o", out)
    assert "60 rows hold" in result.out
    answers = [datetime.datetime.strptime(row["prediction"], shape) for row in rows_of(out)]
    if target == "day":
        missed = [abs((answer - row[0]).days) for answer, row in zip(answers, ROWS, strict=True)]
        assert sum(missed) / len(missed) < 12
    refused = gradsheet("new", as_text(ROWS), "--target", target, "--task", "multiclass", "-o", tmp_path / "no.xlsx")
    assert refused.status == 2
    assert "the task can only be regression" in refused.err


def test_the_sheets_show_dates_as_dates(as_text, gradsheet, tmp_path):
    book = tmp_path / "my.xlsx"
    gradsheet("new", as_text(ROWS), "--target", "y", "-o", book)
    sheets = openpyxl.load_workbook(book, data_only=True)
    assert sheets["Data"]["B5"].value == FIRST_DAY
    assert sheets["Data"]["C6"].value == datetime.time(7)
    assert [cell.value for cell in sheets["Preparation"][16]][2:4] == ["date", "year-month-day"]
    assert isinstance(sheets["Preparation"]["F16"].value, datetime.datetime)
    assert isinstance(sheets["Preparation"]["H16"].value, datetime.datetime)
    assert isinstance(sheets["Preparation"]["I16"].value, float)


def test_a_blank_date_is_filled_with_a_date(as_text, table, gradsheet, tmp_path):
    book = tmp_path / "my.xlsx"
    gradsheet("new", as_text(ROWS), "--target", "y", "-o", book)
    result = gradsheet("predict", book, table("day,at,colour\n,12:00,red\n2020-01-05,,red\n", "n.csv"))
    assert result.status == 0, result.err
    assert "1 blank in day filled with 2020-0" in result.err
    assert "1 blank in at filled with 1" in result.err


def test_years_and_dates_as_names_are_texts(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["city", 2019, 2020, datetime.date(2021, 1, 1)])
    for i in range(5):
        workbook.active.append([f"c{i}", i * 1.5, i * 2.5, i])
    workbook.save(tmp_path / "t.xlsx")
    assert list(read_table(tmp_path / "t.xlsx").columns) == ["city", "2019", "2020", "2021-01-01"]

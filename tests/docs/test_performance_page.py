"""The page on speed explains every row of the table kept, and no other; a slower row is named."""

import json
import re

import pytest

from bench import keep, report


def test_every_row_is_explained():
    text = keep.PAGE.read_text(encoding="utf-8")
    tables = re.findall(r"^\| row \|.*\n\|---.*\n((?:\|.*\n)+)", text, flags=re.MULTILINE)
    explained = [name for table in tables for name in re.findall(r"^\| (.+?) \|", table, flags=re.MULTILINE)]
    rows = [row["row"] for row in json.loads(report.KEPT.read_text(encoding="utf-8"))["rows"]]
    assert explained == list(dict.fromkeys(rows))


def test_the_figures_are_those_of_the_table_kept():
    text = keep.PAGE.read_text(encoding="utf-8")
    kept = json.loads(report.KEPT.read_text(encoding="utf-8"))
    assert keep.with_figures(text, kept, kept["rows"]) == text


@pytest.fixture
def kept(tmp_path):
    path = tmp_path / "table.json"
    rows = [
        {"what": "an epoch", "figure": 10.0, "more_is_better": True},
        {"what": "a formula", "figure": 10.0, "more_is_better": False},
    ]
    report.write(path, rows, {"processor": "P", "blas": "B"})
    return path


@pytest.mark.parametrize(
    ("ratio", "time", "named"),
    [(10.0, 10.0, []), (8.5, 11.9, []), (8.0, 10.0, ["an epoch"]), (12.0, 12.5, ["a formula"])],
)
def test_a_row_slower_by_more_than_a_fifth_is_named(kept, ratio, time, named):
    rows = [
        {"what": "an epoch", "figure": ratio, "more_is_better": True},
        {"what": "a formula", "figure": time, "more_is_better": False},
    ]
    lines = report.slower(rows, {"processor": "P", "blas": "B"}, kept)
    assert [line.rpartition(": ")[2] for line in lines] == named


def test_another_machine_is_not_compared(kept):
    rows = [{"what": "a formula", "figure": 99.0, "more_is_better": False}]
    (line,) = report.slower(rows, {"processor": "Q", "blas": "B"}, kept)
    assert line == "The table kept is of another machine (P; BLAS B): not compared."


def test_a_share_is_to_be_large_and_a_time_small():
    assert report.result("share", "share", 40.0, 35.0, "%", more_is_better=True)["met"]
    assert not report.result("time", "time", 40.0, 35.0, "ms")["met"]

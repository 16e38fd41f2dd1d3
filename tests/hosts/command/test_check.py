"""gradsheet check: a class's files, some wrong, copied or damaged, and the line that each gets."""

import csv
import itertools
import re
import zipfile
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import pytest

from workbooks.lessons.titanic.tasks import tasks
from workbooks.lessons.titanic.your_turn import TITLE, exercise
from workbooks.xlsx.package import Package
from workbooks.xlsx.patch import set_values

NAMES = {1: "titanic_linear", 2: "titanic_two_layer"}
SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
)
MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
REFERENCE = re.compile(r"(?:(\w+)!)?(\$?[A-Z]{1,2}\$?\d+)(?::(\$?[A-Z]{1,2}\$?\d+))?")


def given(units):
    """Return the cells of the sheet that are not the student's, by row and column."""
    known = exercise(units)
    cells = {}
    for name, block in known.given.items():
        cells |= dict(zip(block.area.positions(), block.values.ravel().tolist(), strict=True))
        if name not in ("weights", "lr"):
            cells[known.layout.header_row, block.area.left] = name
    for answer in known.answers:
        if answer.task.is_column:
            cells[known.layout.header_row, answer.typed.area.left] = answer.task.name
    return cells


def open_formula(text):
    """Return a formula as an OpenDocument file spells it."""

    def spelled(found):
        sheet, first, last = found.groups()
        prefix = "" if sheet is None else f"${sheet}"
        return f"[{prefix}.{first}" + (f":.{last}]" if last else "]")

    return "of:=" + REFERENCE.sub(spelled, text).replace(",", ";")


def cell_xml(value, formula=None):
    said = "" if formula is None else f" table:formula={quoteattr(open_formula(formula))}"
    if value is None:
        return f"<table:table-cell{said}/>"
    if isinstance(value, str):
        return f'<table:table-cell{said} office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    return f'<table:table-cell{said} office:value-type="float" office:value="{value!r}"/>'


def ods(path, units, typed, *, names="", doctype="", cells=None):
    """Write an OpenDocument file with the sheet Your turn alone, and an empty sheet Lesson."""
    known = {place: cell_xml(value) for place, value in (given(units) if cells is None else cells).items()}
    known |= {each.place: cell_xml(each.value, each.formula) for each in typed}
    rows = []
    for row in range(1, max(row for row, _ in known) + 1):
        line = "".join(known.get((row, column), "<table:table-cell/>") for column in range(1, 25))
        rows.append(f"<table:table-row>{line}</table:table-row>")
    lesson = '<table:table table:name="Lesson"><table:table-row><table:table-cell/></table:table-row></table:table>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<office:document-content {SPACES}><office:body>'
        f'<office:spreadsheet>{lesson}<table:table table:name="{TITLE}">{"".join(rows)}</table:table>'
        f"{names}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIMETYPE)
        archive.writestr("content.xml", content)
    return path


def lines(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def with_changes(solution, changes):
    """Return all cells of a solution, with another formula and value where these are given, or none of a task."""
    found = []
    for name, cells in solution.items():
        change = changes.get(name, {})
        if change is None:
            continue
        for each in cells:
            formula, value = change.get(each.place[0], (each.formula, each.value))
            if (formula, value) != (None, None):
                found.append(each._replace(formula=formula, value=value))
    return found


def uncalculated(solution):
    return {name: {each.place[0]: (each.formula, None) for each in cells} for name, cells in solution.items()}


def as_numbers(cells):
    return {each.place[0]: (None, each.value) for each in cells}


SAID_COPIED = "copied: row 20, a formula points to another sheet"
STUDENTS = {
    "all_right": ({}, {}, ""),
    "nothing": ("nothing", "empty", "Age_N: empty"),
    "half_done": ({"Preds": None, "Loss": None}, {"Preds": "empty", "Loss": "empty"}, "Preds: empty"),
    "divided_by_100": (
        {"Age_N": {20: ("D20/100", 0.35)}},
        {"Age_N": "wrong"},
        "Age_N: first wrong: row 20, you have 0.35, it is {Age_N}",
    ),
    "pointed_at_lesson": ({"Male": {20: ("Lesson!J15", 1.0)}}, {"Male": "copied"}, f"Male: {SAID_COPIED}"),
    "pointed_through_text": (
        {"log_Fare": {20: ('INDIRECT("Lesson!E15")', 1.0)}},
        {"log_Fare": "copied"},
        f"log_Fare: {SAID_COPIED}",
    ),
    "typed_as_numbers": (
        {"Embark_S": "numbers"},
        {"Embark_S": "numbers"},
        "Embark_S: right, but row {top}, typed as a number: type a formula",
    ),
    "a_blank_row": (
        {"Ones": {20: (None, None)}},
        {"Ones": "wrong"},
        "Ones: first wrong: row 20, you have nothing, it is 1",
    ),
    "a_word": (
        {"Pclass_1": {20: ('"=yes"', "=yes")}},
        {"Pclass_1": "wrong"},
        "Pclass_1: first wrong: row 20, you have =yes, it is {Pclass_1}",
    ),
    "wrong_mean": (
        {"mean loss": "half"},
        {"mean loss": "wrong"},
        "mean loss: wrong: you have 0.5, it is {mean loss}",
    ),
    "never_calculated": (
        "uncalculated",
        "not calculated",
        "Age_N: not calculated: open the file in a spreadsheet program and save it",
    ),
}


def expected_of(units, student, solution):
    """Return what a student types, how each task is marked, and the first sentence."""
    changes, marks, said = STUDENTS[student]
    names = [task.name for task in tasks(units)]
    if changes == "nothing":
        cells = []
    else:
        changes = uncalculated(solution) if changes == "uncalculated" else dict(changes)
        for name, change in changes.items():
            if change == "numbers":
                changes[name] = as_numbers(solution[name])
            if change == "half":
                changes[name] = {solution[name][0].place[0]: ("1/2", 0.5)}
        cells = with_changes(solution, changes)
    top = exercise(units).layout.top
    values = {name: f"{round(each.value, 9):.15g}" for name, each in ((n, at(solution[n], 20)) for n in names)}
    marked = dict.fromkeys(names, marks) if isinstance(marks, str) else dict.fromkeys(names, "right") | marks
    return cells, marked, said.format(**values, top=top)


def at(cells, row):
    """Return a column's cell in a row, or a task's only cell."""
    return next((each for each in cells if each.place[0] == row), cells[0])


def damaged(folder, template):
    """Make files that are none, and return what begins the sentence on each."""
    whole = template("titanic_linear").read_bytes()
    found = {}
    for name, data, said in (
        ("cut.xlsx", whole[: len(whole) // 2], "{} is damaged or incomplete"),
        ("empty.ods", b"", "{} is empty"),
        ("notes.xlsx", b"Dear teacher, here is my work.", "{} is not a workbook"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "{} is in the old .xls format"),
    ):
        (folder / name).write_bytes(data)
        found[folder / name] = said.format(folder / name)
    other = folder / "another.xlsx"
    openpyxl.Workbook().save(other)
    found[other] = "it has no sheet Your turn"
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    hostile = ods(folder / "entity.ods", 1, [], doctype=entity)
    found[hostile] = f"{hostile} is damaged: its part content.xml declares a document type"
    found[folder / "missing.ods"] = f"{folder / 'missing.ods'} does not exist"
    return found


def test_a_class_of_thirty(template, solved, type_in, gradsheet, tmp_path):
    """Eleven students twice, as .xlsx of one workbook and as .ods of the other; seven files that are none; one more."""
    folder = tmp_path / "class"
    folder.mkdir()
    expected = {}
    for i, student in enumerate(STUDENTS):
        for ending in ("xlsx", "ods"):
            units = 1 + (i + (ending == "ods")) % 2
            cells, marks, said = expected_of(units, student, solved(units))
            path = folder / f"{student}.{ending}"
            if ending == "ods":
                ods(path, units, cells)
            else:
                type_in(template(NAMES[units]), cells).rename(path)
            expected[path] = marks, said
    nasty = ods(folder / "=cmd.ods", 1, itertools.chain(*solved(1).values()))
    expected[nasty] = dict.fromkeys((task.name for task in tasks(1)), "right"), ""
    broken = damaged(folder, template)
    paths = [*expected, *broken]
    assert len(paths) == 30
    scores = tmp_path / "scores.csv"
    result = gradsheet("check", *paths, "-o", scores)
    assert (result.status, result.out) == (0, f"Wrote {scores}: 30 files.\n")
    found = lines(scores)
    assert [line["file"] for line in found] == [str(path) for path in paths]
    for line, (marks, said) in zip(found, expected.values(), strict=False):
        assert {name: line[name] for name in marks} == marks, line
        assert line["first"] == said, line
        right = sum(mark == "right" for mark in marks.values())
        assert (line["score"], line["of"]) == (str(right), str(len(marks)))
        assert not [name for name in line.keys() - marks.keys() - {"file", "score", "of", "first"} if line[name]]
    for line, said in zip(found[len(expected) :], broken.values(), strict=True):
        assert line["first"].startswith(said), line
        assert not [name for name, cell in line.items() if cell and name not in ("file", "first")]


def test_a_name_like_a_formula_stays_a_text(solved, gradsheet, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ods(tmp_path / "=1+1.ods", 1, [])
    ods(tmp_path / "@x.ods", 1, [], cells={(1, 1): "@x"})
    out = gradsheet("check", "=1+1.ods", "@x.ods", "+missing.ods").out
    rows = list(csv.reader(out.splitlines()))
    assert [row[0] for row in rows[1:]] == ["'=1+1.ods", "'@x.ods", "'+missing.ods"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_its_own_answers_and_score_count_for_nothing(template, solved, type_in, gradsheet):
    """A student who types the praise into the check's cells gets none."""
    path = template("titanic_linear")
    package = Package.open(path)
    layout = exercise(1).layout
    praise = {(1, layout.right - 1): "Score: 13 of 13"} | {(4 + i, 7): "712 of 712 right" for i in range(7)}
    set_values(package, TITLE, praise, keep_formulas=True)
    path.write_bytes(package.to_bytes())
    (line,) = csv.DictReader(gradsheet("check", path).out.splitlines())
    assert (line["score"], line["Age_N"]) == ("0", "empty")


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_given_cells_that_were_changed_are_said(template, solved, type_in, gradsheet, tmp_path, ending):
    """The first passenger's age of 22 made 40: what is right is what the lesson's own data give."""
    cells = list(itertools.chain(*solved(1).values()))
    if ending == "ods":
        path = ods(tmp_path / "changed.ods", 1, cells, cells=given(1) | {(15, 4): 40.0})
    else:
        path = type_in(template("titanic_linear"), cells)
        package = Package.open(path)
        set_values(package, TITLE, {(15, 4): 40.0}, keep_formulas=True)
        path.write_bytes(package.to_bytes())
    (line,) = csv.DictReader(gradsheet("check", path).out.splitlines())
    assert line["first"] == "the data were changed: row 15, Age is 40, but was 22"
    assert line["score"] == "13"


def test_a_file_that_a_library_saved_without_values_is_said(template, gradsheet):
    path = template("titanic_linear")
    openpyxl.load_workbook(path).save(path)
    (line,) = csv.DictReader(gradsheet("check", path).out.splitlines())
    assert (line["score"], line["Age_N"]) == ("0", "not calculated")
    assert line["first"] == "Age_N: not calculated: open the file in a spreadsheet program and save it"


def test_changed_weights_are_said(solved, gradsheet, tmp_path):
    path = ods(tmp_path / "w.ods", 1, itertools.chain(*solved(1).values()), cells=given(1) | {(12, 9): 0.0})
    (line,) = csv.DictReader(gradsheet("check", path).out.splitlines())
    assert line["first"] == "the weights were changed: I12 is 0, but was -0.35"


def test_a_name_for_cells_of_another_sheet_counts_as_copied(solved, gradsheet, tmp_path):
    names = (
        '<table:named-expressions><table:named-range table:name="ages" table:base-cell-address="$Lesson.$A$1" '
        'table:cell-range-address="$Lesson.$D$12:.$D$723"/></table:named-expressions>'
    )
    cells = with_changes(solved(1), {"Age_N": {20: ("INDEX(AGES,6)", at(solved(1)["Age_N"], 20).value)}})
    path = ods(tmp_path / "names.ods", 1, cells, names=names)
    (line,) = csv.DictReader(gradsheet("check", path).out.splitlines())
    assert line["first"] == f"Age_N: {SAID_COPIED}"


def test_a_moved_table_is_said(gradsheet, tmp_path):
    moved = {(row + 1, column): value for (row, column), value in given(2).items()}
    path = ods(tmp_path / "moved.ods", 2, [], cells=moved)
    (line,) = csv.DictReader(gradsheet("check", path).out.splitlines())
    assert line["first"] == "on the sheet Your turn the columns' names are not where they were: nothing can be checked"


def test_a_folder_stands_for_its_workbooks(solved, gradsheet, tmp_path):
    for name in ("b.ods", "a.ods", ".~lock.a.ods#", "~$a.xlsx", "notes.txt"):
        ods(tmp_path / name, 1, [])
    rows = list(csv.DictReader(gradsheet("check", tmp_path).out.splitlines()))
    assert [row["file"] for row in rows] == [str(tmp_path / "a.ods"), str(tmp_path / "b.ods")]
    assert rows == list(csv.DictReader(gradsheet("check", tmp_path / "*.ods").out.splitlines()))
    (tmp_path / "none").mkdir()
    for none in (tmp_path / "none", tmp_path / "*.xlsx"):
        result = gradsheet("check", none)
        said = f"gradsheet: {none} stands for no file that ends in .xlsx, .xlsm, .ods; name another, or files.\n"
        assert (result.status, result.err) == (2, said)


def test_rows_repeated_without_end_are_not_read_to_the_end(gradsheet, tmp_path):
    """A row of a hundred bytes that says it is repeated a million times, in every column."""
    many = (
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"'
    )
    path = ods(tmp_path / "many.ods", 1, [])
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    start = content.index("<table:table-row>", content.index(f'table:name="{TITLE}"'))
    filled = f'{many} office:value-type="float" office:value="1"/></table:table-row>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", MIMETYPE)
        archive.writestr("content.xml", content[:start] + filled + content[start:])
    (line,) = csv.DictReader(gradsheet("check", path).out.splitlines())
    assert "the columns' names are not where they were" in line["first"]

import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from workbooks.xlsx.area import Area
from workbooks.xlsx.dependents import Dependents, dependents, may_read
from workbooks.xlsx.package import Package

Found = Callable[..., set[str]]


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """Build a workbook of formulas (sheet S unless named), change cells, and name the cells that depend on them."""

    def find(formulas: dict[str, object], *changed: str, names: dict[str, str] | None = None) -> set[str]:
        book = openpyxl.Workbook()
        book.worksheets[0].title = "S"
        for title in ("My sheet", "T", "U"):
            book.create_sheet(title)
        for key, text in (names or {}).items():
            sheet, _, name = key.rpartition("!")
            owner = book[sheet] if sheet else book
            owner.defined_names[name] = DefinedName(name, attr_text=text)
        table = book["T"]
        table.append(["Age", "Fare 2"])
        table.append([1, 2])
        table.add_table(Table(displayName="People", ref="A1:B2"))
        for place, formula in formulas.items():
            area = Area.parse(place, "S")
            book[area.sheet].cell(area.top, area.left).value = formula
        book.save(tmp_path / "d.xlsx")
        package = Package.open(tmp_path / "d.xlsx")
        areas = [Area.parse(text, "S") for text in changed]
        cells = all_of(dependents(package, areas))
        for place in formulas:
            cell = Area.parse(place, "S")
            assert may_read(package, [cell], areas) == ((cell.sheet, cell.top, cell.left) in cells), place
        return {Area(s, r, c, r, c).address.removeprefix("S!") for s, r, c in cells}

    return find


def all_of(found: Dependents) -> set[tuple[str, int, int]]:
    assert not found.sure & found.possible
    return found.sure | found.possible


def test_a_direct_reference(found: Found) -> None:
    assert found({"B1": "=A1*2", "B2": "=A2*2"}, "A1") == {"B1"}


def test_through_other_formulas(found: Found) -> None:
    assert found({"B1": "=A1", "C1": "=B1", "D1": "=C1", "E1": "=F1"}, "A1") == {"B1", "C1", "D1"}


def test_a_circle_ends(found: Found) -> None:
    assert found({"B1": "=A1+C1", "C1": "=B1"}, "A1") == {"B1", "C1"}


def test_a_range_that_holds_the_cell(found: Found) -> None:
    assert found({"D1": "=SUM(A1:C3)", "D2": "=SUM(A2:C3)", "D3": "=SUM(B1:C3)"}, "A1") == {"D1"}


def test_a_changed_block(found: Found) -> None:
    assert found({"D1": "=C3", "D2": "=SUM(A9:C10)", "D3": "=A4"}, "A1:C3", "B10") == {"D1", "D2"}


def test_dollars(found: Found) -> None:
    assert found({"B1": "=$A$1", "B2": "=A$1", "B3": "=$A1"}, "A1") == {"B1", "B2", "B3"}


def test_a_changed_formula_cell_is_not_its_own_dependent(found: Found) -> None:
    assert found({"A1": "=1", "B1": "=A1"}, "A1") == {"B1"}


def test_nothing_changed(found: Found) -> None:
    assert found({"B1": "=RAND()"}) == set()


def test_another_sheet(found: Found) -> None:
    assert found({"U!A1": "=S!A1", "U!A2": "=A1", "U!A3": "=A9"}, "A1") == {"U!A1", "U!A2"}


def test_a_quoted_sheet(found: Found) -> None:
    assert found({"B1": "='My sheet'!A1", "B2": "='my SHEET'!A1", "B3": "=A1"}, "'My sheet'!A1") == {"B1", "B2"}


def test_sheets_in_a_row(found: Found) -> None:
    formulas: dict[str, object] = {"B1": "=SUM('My sheet:U'!A5)", "B2": "=SUM(T:U!A5)", "B3": "=SUM(S:T!A5)"}
    assert found(formulas, "U!A5") == {"B1", "B2"}


def test_text_that_looks_like_a_reference(found: Found) -> None:
    assert found({"B1": '="A1"&"x"', "B2": "=LOG10(5)"}, "A1", "LOG10") == set()


def test_whole_columns(found: Found) -> None:
    assert found({"C1": "=SUM(A:A)", "C2": "=SUM($A:$B)", "C3": "=SUM(B:B)"}, "A900000") == {"C1", "C2"}


def test_whole_rows(found: Found) -> None:
    assert found({"A9": "=SUM(1:3)", "A10": "=SUM($3:$3)", "A11": "=SUM(4:5)"}, "XFD3") == {"A9", "A10"}


def test_unions_and_intersections(found: Found) -> None:
    assert found({"D1": "=SUM((A1,B5))", "D2": "=SUM(A1:B1 B1:B5)", "D3": "=SUM(C1,B6)"}, "B5") == {"D1", "D2"}


def test_a_global_name(found: Found) -> None:
    assert found({"B1": "=lr*2", "B2": "=LR", "B3": "=beta"}, "A1", names={"lr": "S!$A$1", "beta": "S!$A$2"}) == {
        "B1",
        "B2",
    }


def test_a_name_of_the_sheet_wins(found: Found) -> None:
    names = {"lr": "S!$A$1", "T!lr": "S!$A$2"}
    formulas: dict[str, object] = {"B1": "=lr", "T!D1": "=lr", "B2": "=T!lr"}
    assert found(formulas, "A1", names=names) == {"B1"}
    assert found(formulas, "A2", names=names) == {"T!D1", "B2"}


def test_a_name_of_a_name(found: Found) -> None:
    assert found({"B1": "=twice"}, "A1", names={"lr": "S!$A$1", "twice": "2*lr"}) == {"B1"}


def test_names_in_a_circle_count_as_dependent(found: Found) -> None:
    assert found({"B1": "=a_"}, "A1", names={"a_": "b_", "b_": "a_"}) == {"B1"}


def test_a_name_like_a_number(found: Found) -> None:
    assert found({"B1": "=inf"}, "A1", names={"inf": "S!$A$1"}) == {"B1"}
    assert found({"B1": "=inf"}, "A2", names={"inf": "S!$A$1"}) == set()


def test_a_relative_name_counts_as_dependent(found: Found) -> None:
    names = {"left": "S!A1", "mixed": "S!$A1", "fixed": "S!$A$1"}
    assert found({"C1": "=left", "C2": "=mixed", "C3": "=fixed"}, "Z9", names=names) == {"C1", "C2"}


def test_a_name_that_calculates(found: Found) -> None:
    assert found({"B1": "=last"}, "A1", names={"last": "OFFSET(S!$C$1,1,1)"}) == {"B1"}


def test_a_name_of_a_function(found: Found) -> None:
    names = {"SCALED": "_xlfn.LAMBDA(_xlpm.x,_xlpm.x*S!$A$1)"}
    assert found({"B1": "=SCALED(3)"}, "A1", names=names) == {"B1"}


@pytest.mark.parametrize(
    "reference", ["People", "people[Age]", "People[[#This Row],[Fare 2]]", "People[#All]", "People[[Age]:[Fare 2]]"]
)
def test_a_table_is_read_as_a_whole(found: Found, reference: str) -> None:
    assert found({"B1": f"=SUM({reference})"}, "T!B2") == {"B1"}
    assert found({"B1": f"=SUM({reference})"}, "T!B3") == set()


@pytest.mark.parametrize(
    "formula",
    [
        '=INDIRECT("Z"&1)',
        "=OFFSET(C1,1,1)",
        "=RAND()",
        "=NOW()",
        "=_xlfn.RANDARRAY(2)",
        "=[1]Other!A1",
        "='[1]Other sheet'!A1",
        "=nobody_knows",
        "=Gone!A1",
        "=Lost[Age]",
        "=C1:INDEX(C1:C9,3)",
        "=INDEX(C1:C9,3):C5",
        "=SUM(C1))",
        "=#WHAT!",
    ],
)
def test_what_cannot_be_known_counts_as_dependent(found: Found, formula: str) -> None:
    assert found({"B1": formula, "B2": "=B1", "B3": "=C1"}, "A1") == {"B1", "B2"}


@pytest.mark.parametrize("formula", ["=_xlfn.LET(_xlpm.q,A1,_xlpm.q*1)", "=_xlfn.LAMBDA(_xlpm.q,_xlpm.q+A1)(2)"])
def test_the_names_of_a_let_or_lambda_are_its_own(found: Found, formula: str) -> None:
    assert found({"B1": formula}, "A1") == {"B1"}
    assert found({"B1": formula}, "A2") == set()


def test_a_range_that_begins_at_a_lets_name_counts_as_dependent(found: Found) -> None:
    assert found({"B1": "=_xlfn.LET(_xlpm.q,A1,SUM(_xlpm.q:C3))"}, "Z9") == {"B1"}


def test_what_surely_depends_is_told_from_what_only_calculating_tells(raw: Callable[..., Package]) -> None:
    formulas = ["A1*2", "B1+1", "OFFSET(C9,1,1)", "B3+1", "OFFSET(A1,1,1)", "RAND()+B2", "C9*2"]
    rows = "".join(f'<row r="{r}"><c r="B{r}"><f>{text}</f></c></row>' for r, text in enumerate(formulas, 1))
    found = dependents(raw({"S": rows}), [Area("S", 1, 1, 1, 1)])
    assert {row for _, row, _ in found.sure} == {1, 2, 5, 6}
    assert {row for _, row, _ in found.possible} == {3, 4}


def test_deleted_cells_are_no_reason(found: Found) -> None:
    assert found({"B1": "=#REF!+1", "B2": "=S!#REF!"}, "A1") == set()


def test_index_reads_what_it_is_given(found: Found) -> None:
    assert found({"B1": "=INDEX(C1:C9,3)"}, "C9") == {"B1"}
    assert found({"B1": "=INDEX(C1:C9,3)"}, "A1") == set()


def test_all_cells_of_an_array_formula(found: Found) -> None:
    array = ArrayFormula("B1:C2", "=A1:A2*2")
    assert found({"B1": array, "E1": "=C2", "E2": "=D2"}, "A2") == {"B1", "C1", "B2", "C2", "E1"}


def test_shared_formulas(raw: Callable[..., Package]) -> None:
    rows = (
        '<row r="1"><c r="B1"><f t="shared" ref="B1:B3" si="0">A1+$D$1</f><v>1</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"/></c></row><row r="3"><c r="B3"><f t="shared" si="0"/></c></row>'
    )
    assert dependents(raw({"S": rows}), [Area("S", 2, 1, 2, 1)]).sure == {("S", 2, 2)}
    assert len(dependents(raw({"S": rows}), [Area("s", 1, 4, 1, 4)]).sure) == 3


def test_a_what_if_table_counts_as_dependent(raw: Callable[..., Package]) -> None:
    rows = '<row r="1"><c r="A1"><f t="dataTable" ref="A1:A2" r1="F1"/></c></row>'
    assert all_of(dependents(raw({"S": rows}), [Area("S", 9, 9, 9, 9)])) == {("S", 1, 1), ("S", 2, 1)}


BLOCK = st.tuples(st.integers(1, 12), st.integers(1, 6), st.integers(0, 9), st.integers(0, 3))


@given(
    cells=st.dictionaries(st.tuples(st.integers(1, 12), st.integers(1, 6)), st.lists(BLOCK, max_size=3)), start=BLOCK
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_agrees_with_looking_at_every_formula_again_and_again(
    raw: Callable[..., Package],
    cells: dict[tuple[int, int], list[tuple[int, int, int, int]]],
    start: tuple[int, int, int, int],
) -> None:
    def area(block: tuple[int, int, int, int]) -> Area:
        return Area("S", block[0], block[1], block[0] + block[2], block[1] + block[3])

    rows: dict[int, str] = {}
    for (row, column), blocks in sorted(cells.items()):
        formula = "+".join(f"SUM({area(block).address})" for block in blocks)
        rows[row] = rows.get(row, "") + f'<c r="{get_column_letter(column)}{row}"><f>{formula}</f></c>'
    package = raw({"S": "".join(f'<row r="{row}">{text}</row>' for row, text in rows.items())})
    stale: set[tuple[int, int]] = set()
    dirty = set(area(start).positions())
    while True:
        more = {
            cell
            for cell, blocks in cells.items()
            if cell not in stale and any(area(block).contains(*place) for block in blocks for place in dirty)
        }
        if not more:
            break
        stale |= more
        dirty |= more
    assert dependents(package, [area(start)]) == ({("S", row, column) for row, column in stale}, set())


@pytest.mark.slow
def test_fifty_thousand_formulas_in_one_chain_take_seconds(raw: Callable[..., Package]) -> None:
    rows = "".join(
        f'<row r="{r}"><c r="B{r}"><f>B{r - 1}+A{r}*Z{r}</f></c><c r="C{r}"><f>SUM(A$1:A{r})</f></c></row>'
        for r in range(2, 25002)
    )
    package = raw({"S": rows})
    start = time.perf_counter()
    assert len(dependents(package, [Area("S", 1, 1, 1, 2)]).sure) == 50000
    assert (
        time.perf_counter() - start < 30
    )  # a few seconds as a rule; the limit only catches work that grows as a square

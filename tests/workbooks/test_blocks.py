import pytest

from pyfuncs.cells.errors import ErrorCode, GradsheetError
from workbooks.sheets.block import Block, NamedBlocks, as_values, below, beside
from workbooks.xlsx.area import Area


def block(top, left, rows, sheet="Model"):
    values = as_values(rows)
    height, width = values.shape
    return Block(Area(sheet, top, left, top + height - 1, left + width - 1), values)


def test_blocks_below_one_another_are_one():
    whole = below([block(2, 3, [["relu"]]), block(3, 3, [["tanh"], ["identity"]])])
    assert whole.area == Area("Model", 2, 3, 4, 3)
    assert whole.values.tolist() == [["relu"], ["tanh"], ["identity"]]


@pytest.mark.parametrize(
    ("other", "address"),
    [
        (block(4, 3, [[1]]), r"Model!\$C\$4"),
        (block(3, 4, [[1]]), r"Model!\$D\$3"),
        (block(3, 3, [[1, 2]]), r"Model!\$C\$3:\$D\$3"),
        (block(3, 3, [[1]], "Start"), r"Start!\$C\$3"),
    ],
)
def test_blocks_that_stand_elsewhere_are_refused(other, address):
    with pytest.raises(GradsheetError, match=rf"^{address} does not stand right below Model!\$C\$2\.$"):
        below([block(2, 3, [[1]]), other])


def test_blocks_beside_one_another_are_one():
    whole = beside([block(2, 3, [["a"], ["b"]]), block(2, 4, [[1.0, 2.0], [3.0, 4.0]])])
    assert whole.area == Area("Model", 2, 3, 3, 5)
    assert whole.values.tolist() == [["a", 1.0, 2.0], ["b", 3.0, 4.0]]
    assert beside([block(2, 3, [[1.0]]), block(2, 4, [[2.0]])]).values.dtype == float


@pytest.mark.parametrize(
    ("other", "address"),
    [
        (block(2, 5, [[1]]), r"Model!\$E\$2"),
        (block(3, 4, [[1]]), r"Model!\$D\$3"),
        (block(2, 4, [[1], [2]]), r"Model!\$D\$2:\$D\$3"),
        (block(2, 4, [[1]], "Start"), r"Start!\$D\$2"),
    ],
)
def test_blocks_that_do_not_stand_beside_are_refused(other, address):
    with pytest.raises(GradsheetError, match=rf"^{address} does not stand right beside Model!\$C\$2\.$"):
        beside([block(2, 3, [[1]]), other])


def test_a_name_that_is_not_there_is_said_with_those_that_are():
    columns = NamedBlocks("The table of passengers", {"Age": block(1, 1, [[1]]), "Fare": block(1, 2, [[1]])})
    assert columns["Age"].number == 1
    with pytest.raises(GradsheetError, match=r"^The table of passengers has no age; it has Age, Fare\.$"):
        columns["age"]
    with pytest.raises(GradsheetError, match=r"^The sheet Start has no lr; it has none: put it there\.$"):
        NamedBlocks("The sheet Start", remedy="put it there")["lr"]


@pytest.mark.parametrize(("value", "told"), [(ErrorCode.NUM, "#NUM!"), ("three", "three"), (None, "blank")])
def test_a_cell_without_a_number_is_named(value, told):
    with pytest.raises(GradsheetError, match=rf"^Model!\$C\$2 is {told}, but must be a number\.$"):
        _ = block(2, 3, [[value]]).number

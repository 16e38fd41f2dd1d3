import pytest
from openpyxl.utils import absolute_coordinate, quote_sheetname

from workbooks.xlsx.area import Area
from workbooks.xlsx.errors import FileProblem


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Model!D20:M731", Area("Model", 20, 4, 731, 13)),
        ("Model!$D$20:$M$731", Area("Model", 20, 4, 731, 13)),
        ("'My sheet'!$A$1:$B$2", Area("My sheet", 1, 1, 2, 2)),
        ("'It''s'!b3", Area("It's", 3, 2, 3, 2)),
        ("Model!B2:A1", Area("Model", 1, 1, 2, 2)),
        ("Model!XFD1048576", Area("Model", 1048576, 16384, 1048576, 16384)),
        ("'a!b'!A1", Area("a!b", 1, 1, 1, 1)),
    ],
)
def test_references_are_read(text: str, area: Area) -> None:
    assert Area.parse(text) == area


def test_the_default_sheet_serves_a_reference_without_one() -> None:
    assert Area.parse("A1:B2", "Here") == Area("Here", 1, 1, 2, 2)
    assert Area.parse("There!A1", "Here").sheet == "There"


@pytest.mark.parametrize(
    "text",
    ["Model!A:A", "Model!1:3", "Model!A0", "Model!XFE1", "Model!A1048577", "Model!A1,Model!B2", "Model!", "A1", ""],
)
def test_other_references_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(FileProblem) as caught:
        Area.parse(text)
    assert repr(text) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("area", "address"),
    [
        (Area("Model", 20, 4, 731, 13), "Model!D20:M731"),
        (Area("Model", 20, 4, 20, 4), "Model!D20"),
        (Area("My sheet", 1, 1, 1, 1), "'My sheet'!A1"),
        (Area("It's", 1, 1, 1, 2), "'It''s'!A1:B1"),
        (Area("AB12", 1, 1, 1, 1), "'AB12'!A1"),
        (Area("R1C1", 1, 1, 1, 1), "'R1C1'!A1"),
        (Area("2024", 1, 1, 1, 1), "'2024'!A1"),
    ],
)
def test_addresses_quote_a_sheet_only_where_needed(area: Area, address: str) -> None:
    assert area.address == address
    assert Area.parse(address) == area


def test_a_cell_inside_is_named_by_its_position() -> None:
    assert Area("Model", 20, 4, 731, 13).cell_address(1, 2) == "Model!F21"


def test_shape() -> None:
    assert Area("Model", 20, 4, 731, 13).shape == (712, 10)


def test_openpyxl_spelling_is_understood() -> None:
    assert Area.parse(f"{quote_sheetname('It' + chr(39) + 's')}!{absolute_coordinate('B2:C3')}").shape == (2, 2)

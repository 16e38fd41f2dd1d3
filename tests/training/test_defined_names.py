"""What a name's text says where it is no plain block: a constant, or a part of a table."""

import pytest

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.defined_names import StructuredReference, TableLayout, constant_of

LAYOUT = TableLayout(8, ("x", "y", "z q", "a[b]#'c"), header_rows=1, totals_rows=1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", 0.1),
        ("=0.1", 0.1),
        ("-0.5", -0.5),
        ("5%", 0.05),
        ("1E-3", 0.001),
        (".5", 0.5),
        ("FALSE", False),
        ("=true", True),
        ("FALSE()", False),
        ('"adam"', "adam"),
        ('"a ""b"" c"', 'a "b" c'),
    ],
)
def test_a_constant_is_its_value(text, value):
    found = constant_of(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text", ["Model!$A$1", "1+1", "{1,2}", "Rows[x]", "lr", "#REF!", "", '"a"&"b"', "1 2", "SUM(1)"]
)
def test_anything_else_is_none(text):
    assert constant_of(text) is None


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Rows", (1, 0, 6, 3)),
        ("Rows[]", (1, 0, 6, 3)),
        ("=Rows[x]", (1, 0, 6, 0)),
        ("Rows[Z Q]", (1, 2, 6, 2)),
        ("Rows[[x]:[z q]]", (1, 0, 6, 2)),
        ("Rows[[z q]:[x]]", (1, 0, 6, 2)),
        ("Rows[#All]", (0, 0, 7, 3)),
        ("Rows[#Totals]", (7, 0, 7, 3)),
        ("Rows[[#Headers],[x]:[y]]", (0, 0, 0, 1)),
        ("Rows[[#Headers];[x]:[y]]", (0, 0, 0, 1)),
        ("Rows[[#Headers],[#Data],[y]]", (0, 1, 6, 1)),
        ("Rows[[#Data],[#Totals]]", (1, 0, 7, 3)),
        ("Rows[a'[b']'#''c]", (1, 3, 6, 3)),
        ("Rows[[y]:[a'[b']'#''c]]", (1, 1, 6, 3)),
    ],
)
def test_a_part_of_a_table_is_its_cells(text, cells):
    reference = StructuredReference.parse(text)
    assert reference.table == "Rows"
    assert reference.cells(LAYOUT) == cells


@pytest.mark.parametrize(
    "text", ["Model!$A$1", "'Rows'!A1", "Rows[x]+1", "Rows[x],Rows[y]", "0.1", "Rows[[x]", "#REF!"]
)
def test_what_is_no_part_of_a_table_is_none(text):
    assert StructuredReference.parse(text) is None


@pytest.mark.parametrize(
    ("text", "layout", "says"),
    [
        ("Rows[age]", LAYOUT, r"The table Rows has no column age; it has x, y, z q, "),
        ("Rows[#Totals]", TableLayout(3, ("x",)), "The table Rows has no rows there"),
        ("Rows[[#This Row],[x]]", LAYOUT, "means another row in every cell"),
    ],
)
def test_what_a_table_has_not_is_said(text, layout, says):
    with pytest.raises(GradsheetError, match=says):
        StructuredReference.parse(text).cells(layout)

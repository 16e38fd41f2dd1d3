"""Values that are stored already are left as they are, all others are stored: also those that look alike."""

import time

import pytest

from pyfuncs.cells.errors import ErrorCode
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.patch import set_values

VALUES = [1.0, 0.1, -0.0, 0.0, True, False, "1", "TRUE", "", ErrorCode.NUM, "#NUM!"]


@pytest.mark.parametrize("before", VALUES, ids=repr)
@pytest.mark.parametrize("after", VALUES, ids=repr)
def test_what_was_there_before_makes_no_difference(before, after, raw):
    package, fresh = (raw({"S": '<row r="1"><c r="A1"><f>B1</f></c></row>'}) for _ in range(2))
    set_values(package, "S", {(1, 1): before}, keep_formulas=True)
    set_values(package, "S", {(1, 1): after}, keep_formulas=True)
    set_values(fresh, "S", {(1, 1): after}, keep_formulas=True)
    area = Area("S", 1, 1, 1, 1)
    assert repr(read_area(package, area)) == repr(read_area(fresh, area))
    assert package.to_bytes() == fresh.to_bytes()


def test_the_two_packages_are_compared_without_their_times(raw, monkeypatch):
    first = raw({"S": ""}).to_bytes()
    monkeypatch.setattr(time, "localtime", lambda *_: time.struct_time((2001, 2, 3, 4, 5, 6, 5, 34, 0)))
    assert raw({"S": ""}).to_bytes() == first

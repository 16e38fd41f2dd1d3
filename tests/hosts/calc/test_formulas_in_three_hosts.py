"""A formula gives the same bits, or the same error, by the plain call, in Excel's stand-in and in Calc; briefly."""

import random

import pytest

from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError, ErrorCode

from ...soak.hosts import EACH, compared, three_hosts
from ...soak.outcome import DONE, FAULT, REFUSED

RELU = formulas()["NN_RELU"]
VALUE = CellError(ErrorCode.VALUE, "NN_RELU: inputs is blank.")
CALC_VALUE, CALC_NUM = ({"error": number} for number in (519, 503))


def test_generated_inputs_give_one_thing_everywhere(calc):
    outcomes = three_hosts(calc, random.Random("short"))
    assert len(outcomes) == EACH * len(formulas())
    assert [outcome.said for outcome in outcomes if outcome.kind == FAULT] == []
    assert min(sum(outcome.kind == kind for outcome in outcomes) for kind in (DONE, REFUSED)) > len(outcomes) / 4


@pytest.mark.parametrize(
    ("arguments", "plain", "excel", "calc", "kind"),
    [
        ([[[2.0]]], [[2.0]], 2.0, [[2.0]], DONE),
        ([[[2.0]]], [[2.0]], 2.0000000000000004, [[2.0]], FAULT),
        ([[[2.0]]], [[2.0]], 2.0, [[2.0000000000000004]], FAULT),
        ([[[2.0]]], [[2.0]], 2.0, [[CALC_NUM]], FAULT),
        ([[[2.0, 3.0]]], [[2.0, ErrorCode.NUM]], [2.0, "#NUM!"], [[2.0, CALC_NUM]], DONE),
        ([[[2.0, 3.0]]], [[2.0, ErrorCode.NUM]], [2.0, "#NUM!"], [[2.0, CALC_VALUE]], FAULT),
        ([[[None]]], VALUE, f"#VALUE! {VALUE}", [[CALC_VALUE]], REFUSED),
        ([[[None]]], VALUE, "#VALUE! another sentence", [[CALC_VALUE]], FAULT),
        ([[[None]]], VALUE, f"#VALUE! {VALUE}", [[CALC_NUM]], FAULT),
        ([[[None]]], VALUE, f"#VALUE! {VALUE}", [[0.0]], FAULT),
        ([[[ErrorCode.NA]]], VALUE, f"#VALUE! {VALUE}", [[{"error": 504}]], REFUSED),
        ([[[ErrorCode.NA]]], VALUE, f"#VALUE! {VALUE}", [[0.0]], FAULT),
    ],
)
def test_any_difference_is_a_fault(arguments, plain, excel, calc, kind):
    assert compared(RELU, arguments, plain, excel, plain, calc).kind == kind

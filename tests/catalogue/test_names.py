"""No name of a formula or argument means something else to a spreadsheet."""

import re

from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.registry import FAMILIES, formulas

A1 = re.compile(r"[A-Z]{1,3}[0-9]{1,7}", re.IGNORECASE)
R1C1 = re.compile(r"R[0-9]*(C[0-9]*)?|C[0-9]*", re.IGNORECASE)


def declared() -> list[Formula]:
    return [formula for family in FAMILIES for formula in family.FORMULAS]


def test_every_formula_has_a_name_of_its_own_in_any_case() -> None:
    names = [formula.name.lower() for formula in declared()]
    assert len(set(names)) == len(names)
    assert list(formulas()) == [formula.name for formula in declared()]


def test_every_argument_has_a_name_of_its_own_within_its_formula() -> None:
    for formula in declared():
        names = [argument.name for argument in formula.arguments]
        assert len(set(names)) == len(names), formula.name


def test_no_name_looks_like_a_cells_address() -> None:
    for formula in declared():
        for name in (formula.name, *(argument.name for argument in formula.arguments)):
            assert not A1.fullmatch(name), f"{formula.name}: {name}"
            assert not R1C1.fullmatch(name), f"{formula.name}: {name}"


def test_an_optional_argument_before_a_required_one_says_what_leaving_it_out_means() -> None:
    # One types NN_TRAIN(..., lr, , epochs) there, with nothing between the commas.
    for formula in declared():
        last = max(i for i, argument in enumerate(formula.arguments) if not argument.optional)
        for argument in formula.arguments[:last]:
            if argument.optional:
                assert "left out" in (argument.shape_text + argument.help).lower(), f"{formula.name}: {argument.name}"


def test_a_formula_fits_what_a_host_can_take() -> None:
    for formula in declared():
        assert len(formula.name) <= 31, formula.name
        assert len(formula.arguments) <= 29, formula.name  # a VBA function called through Application.Run takes 30

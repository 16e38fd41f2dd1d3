"""The help on paper tells all there is to tell, and its tables stay tables."""

import re

import pytest

from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.lambdas import has_lambda
from pyfuncs.catalogue.reference import markdown, one_line, section, shown, text, typed
from pyfuncs.catalogue.registry import FAMILIES, formulas
from pyfuncs.cells.errors import ErrorCode

every_formula = pytest.mark.parametrize("formula", list(formulas().values()), ids=lambda formula: formula.name)


def test_the_reference_holds_every_family_and_every_formula_once() -> None:
    page = markdown()
    for family in FAMILIES:
        assert page.count(f"\n## {family.TITLE}\n") == 1
    for formula in formulas().values():
        assert page.count(f"\n### {formula.name}\n") == 1
        assert section(formula) in page


@every_formula
def test_text_and_section_name_every_argument_error_and_example(formula: Formula) -> None:
    for page in (text(formula), section(formula)):
        parts = [formula.signature, formula.summary, formula.returns, formula.source]
        parts += [
            part for argument in formula.arguments for part in (argument.name, argument.shape_text, argument.help)
        ]
        parts += [part for code, why in formula.errors for part in (str(code), why)]
        parts += [shown(formula, example) for example in formula.examples]
        assert [part for part in parts if part not in page] == []
    assert one_line(formula).startswith(formula.signature)


@every_formula
def test_the_page_says_whether_it_needs_python(formula: Formula) -> None:
    said = re.search(r"Without Python: (.+)\.\n", section(formula))
    assert said is not None
    assert said[1].startswith("yes" if has_lambda(formula) else "no, a cell holds its value there")
    assert (said[1] == "yes") == (not formula.needs_python)


@every_formula
def test_the_arguments_stand_in_a_table_of_three_columns(formula: Formula) -> None:
    rows = [line for line in section(formula).splitlines() if line.startswith("|")]
    assert len(rows) == len(formula.arguments) + 2
    assert all(row.count("|") == 4 for row in rows)


@every_formula
def test_no_sentence_breaks_its_line_or_ends_twice(formula: Formula) -> None:
    for page in (text(formula), section(formula)):
        assert ".." not in page
        assert "  \n" not in page
    for sentence in (formula.summary, formula.returns, formula.source, *(a.help for a in formula.arguments)):
        assert sentence == sentence.strip()
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (1, "1"),
        (-0.5, "-0.5"),
        (True, "TRUE"),
        ("mean", '"mean"'),
        (ErrorCode.DIV0, "#DIV/0!"),
        ([[1]], "1"),
        ([[1, 2], [3, 4]], "{1,2;3,4}"),
        ([1, 2], "{1;2}"),
        ([["a"], [None]], '{"a";(blank)}'),
    ],
)
def test_a_block_is_shown_as_one_types_it(block: object, said: str) -> None:
    assert typed(block) == said

"""Every example of every formula, typed into the real program."""

import pytest

from addin.calc.inside.values import ERROR_NUMBERS
from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import ErrorCode
from workbooks.sheets.block import as_values

NOT_CALLED = 504
TOP = 20


def has_single_blank(example):
    """Tell whether an argument is one blank cell, which reaches an add-in of Calc's as 0."""
    given = [as_values(argument) for argument in example.arguments if argument is not None]
    return any(values.size == 1 and values[0, 0] in (None, "") for values in given)


def parameters(wanted):
    return [
        pytest.param(name, example, id=f"{name}-{i}")
        for name, formula in formulas().items()
        for i, example in enumerate(formula.examples)
        if wanted(example)
    ]


def letters(column):
    return chr(ord("A") + column) if column < 26 else chr(ord("A") + column // 26 - 1) + chr(ord("A") + column % 26)


def place(calc, sheet, values, column):
    """Put values into cells from row 1 on, and return the reference to them."""
    rows, columns = values.shape
    for (i, j), value in zip(((i, j) for i in range(rows) for j in range(columns)), values.flat, strict=True):
        cell = f"{letters(column + j)}{i + 1}"
        if isinstance(value, ErrorCode):
            calc.formula(sheet, "Sheet1", cell, "=1/0" if value == ErrorCode.DIV0 else "=NA()")
        elif isinstance(value, bool):
            calc.formula(sheet, "Sheet1", cell, f"={str(value).upper()}()")
        elif value is not None:
            calc.put(sheet, "Sheet1", cell, [[value]])
    first, last = f"{letters(column)}1", f"{letters(column + columns - 1)}{rows}"
    return first if first == last else f"{first}:{last}"


def constants_of(example):
    """Return an example's arguments as array constants, None where Calc has none for them: blanks, errors, TRUE."""
    constants = []
    for argument in example.arguments:
        values = as_values("" if argument is None else argument)
        if argument is not None and any(type(cell) not in (int, float, str) or cell == "" for cell in values.flat):
            return None
        texts = [[f'"{cell}"' if isinstance(cell, str) else repr(float(cell)) for cell in row] for row in values]
        joined = "{" + "|".join(";".join(row) for row in texts) + "}"
        constants.append("" if argument is None else texts[0][0] if values.size == 1 else joined)
    return constants


def typed(name, references):
    while references and references[-1] == "":
        references.pop()
    return f"={name}({';'.join(references)})"


def assert_gives(found, name, example):
    """The cells hold what the plain call gives, bit for bit."""
    if isinstance(example.gives, ErrorCode):
        assert found[0][0] == {"error": ERROR_NUMBERS[example.gives]}
        return
    expected = call(formulas()[name], example.arguments)
    assert found == [
        [{"error": ERROR_NUMBERS[cell]} if isinstance(cell, ErrorCode) else cell for cell in row] for row in expected
    ]


def shape_of(example):
    return (1, 1) if isinstance(example.gives, ErrorCode) else as_values([list(row) for row in example.gives]).shape


def block_at(column, shape):
    return f"{letters(column)}{TOP}:{letters(column + shape[1] - 1)}{TOP + shape[0] - 1}"


def references_of(calc, sheet, example):
    """Put an example's arguments into cells side by side, and return the references to them."""
    references, column = [], 0
    for argument in example.arguments:
        if argument is None:
            references.append("")
            continue
        values = as_values(argument)
        references.append(place(calc, sheet, values, column))
        column += values.shape[1]
    return references


@pytest.mark.parametrize(("name", "example"), parameters(lambda example: not has_single_blank(example)))
def test_an_example_in_ranges(calc, sheet, name, example):
    text = typed(name, references_of(calc, sheet, example))
    block = block_at(0, shape_of(example))
    calc.array(sheet, "Sheet1", block, text)
    assert_gives(calc.get(sheet, "Sheet1", block), name, example)
    calc.formula(sheet, "Sheet1", "A50", text)
    assert calc.get(sheet, "Sheet1", "A50")[0][0] == calc.get(sheet, "Sheet1", block)[0][0]


@pytest.mark.parametrize(("name", "example"), parameters(lambda example: constants_of(example) is not None))
def test_an_example_with_constants(calc, sheet, name, example):
    block = block_at(0, shape_of(example))
    calc.array(sheet, "Sheet1", block, typed(name, constants_of(example)))
    assert_gives(calc.get(sheet, "Sheet1", block), name, example)


@pytest.mark.parametrize(("name", "example"), parameters(lambda example: not has_single_blank(example)))
def test_an_example_nested(calc, sheet, name, example):
    """Arguments that are themselves computed, and a result that other functions take."""
    references = [
        f"({reference}+0)"
        if argument is not None and all(type(value) in (int, float) for value in as_values(argument).flat)
        else reference
        for reference, argument in zip(references_of(calc, sheet, example), example.arguments, strict=True)
    ]
    inner = typed(name, references)[1:]
    calc.array(sheet, "Sheet1", f"A{TOP}", f"=IF(ISERROR(SUM({inner}));-1;ROWS({inner})*1000+COLUMNS({inner}))")
    rows, columns = shape_of(example)
    # A sum over cells of which one is an error is that error.
    has_error = any(isinstance(value, ErrorCode) for value in as_values(example.gives).flat)
    expected = -1 if has_error else rows * 1000 + columns
    assert calc.get(sheet, "Sheet1", f"A{TOP}") == [[expected]]


def test_an_error_inside_a_range_is_an_error_of_calcs(calc, sheet):
    calc.formula(sheet, "Sheet1", "A1", "=1/0")
    calc.put(sheet, "Sheet1", "B1", [[1]])
    calc.formula(sheet, "Sheet1", "C1", "=NN_RELU(A1:B1)")
    assert calc.get(sheet, "Sheet1", "C1") == [[{"error": NOT_CALLED}]]


def test_a_single_blank_cell_is_zero_and_a_blank_in_a_range_is_not(calc, sheet):
    calc.formula(sheet, "Sheet1", "C1", "=NN_SIGMOID(A1)")
    calc.formula(sheet, "Sheet1", "C2", "=NN_SIGMOID(A1:B1)")
    assert calc.get(sheet, "Sheet1", "C1:C2") == [[0.5], [{"error": ERROR_NUMBERS[ErrorCode.VALUE]}]]


def test_iferror_sees_the_errors(calc, sheet):
    calc.formula(sheet, "Sheet1", "A1", '=IFERROR(NN_RELU("x");7)')
    assert calc.get(sheet, "Sheet1", "A1") == [[7]]


def test_a_result_that_is_not_finite_is_an_error_in_its_cell_alone(calc, sheet):
    calc.put(sheet, "Sheet1", "A1:A2", [[1e200], [1]])
    calc.array(sheet, "Sheet1", "B1:B2", '=NN_MSE_LOSS(A1:A2;{0|0};"none")')
    assert calc.get(sheet, "Sheet1", "B1:B2") == [[{"error": ERROR_NUMBERS[ErrorCode.NUM]}], [1]]


def test_words_can_be_compared_once_joined_to_a_text(calc, sheet):
    calc.array(sheet, "Sheet1", "A1:A4", '=NN_SPLIT(4;0.25)&""')
    calc.formula(sheet, "Sheet1", "B1", '=COUNTIF(A1:A4;"train")')
    assert calc.get(sheet, "Sheet1", "B1") == [[3]]


def test_the_wizard_explains_every_formula_and_argument(calc):
    told = calc.wizard()
    for name, formula in formulas().items():
        description = told[name]["description"]
        assert description.startswith(f"{formula.summary} Gives: {formula.returns}.")
        assert ("Ctrl+Shift+Enter" in description and "tick Array" in description) == (formula.returns != "1×1")
        assert [argument for argument, _ in told[name]["arguments"]] == [each.name for each in formula.arguments]
        for (_, text), argument in zip(told[name]["arguments"], formula.arguments, strict=True):
            assert argument.help in text


def test_the_interface_has_every_formula(calc):
    assert set(formulas()) <= set(calc.types_of_methods())

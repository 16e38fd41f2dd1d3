"""Messages: the sentence of the selected cell's formula, and nothing in the document is touched for it."""

import pytest

VALUE, NOT_CALLED, NOT_AVAILABLE = 519, 504, 32767


@pytest.fixture
def calc(calc_of_a_country):
    """Return an office of each country in turn."""
    return calc_of_a_country


@pytest.fixture
def sheet(calc):
    """Return a document with a block of three columns, weights for it with a text among them, and a bias."""
    number = calc.new()
    calc.put(number, "Sheet1", "A1:C4", [[1.5, 2, 3], [4, 5, 6], [7, 8, 9], [-1, 0, 1]])
    calc.put(number, "Sheet1", "E1:F3", [[1, 2], [3, "abc"], [5, 6]])
    calc.put(number, "Sheet1", "E5:F5", [[0.5, 0.5]])
    yield number
    calc.close(number)


TEXT = 'holds the text "abc": a number is needed there.'


def explained(calc, document, cell, sheet="Sheet1"):
    """Return what Messages says, once it is sure that nothing has changed, not even the list of open documents."""
    calc.select(document, sheet, cell)
    before, open_before = calc.everything(document), calc.open_documents()
    answer = calc.click(document, "messages")
    assert answer["done"], answer["said"]
    assert calc.everything(document) == before
    assert calc.open_documents() == open_before
    return answer["said"]


@pytest.mark.parametrize(
    ("block", "formula", "sentence"),
    [
        ("H1:I2", "=NN_RELU(E2:F3)", f"NN_RELU: inputs, row 1, column 2, {TEXT}"),
        ("H1:I4", "=NN_MATMUL(A1:C4;E1:F3)", f"NN_MATMUL: b, row 2, column 2, {TEXT}"),
        ("H1:I4", "=NN_LINEAR(A1:C4;E1:F3;E5:F5)", f"NN_LINEAR: weight, row 2, column 2, {TEXT}"),
        ("H1", '=NN_MSE_LOSS(A1:A3;E1:E3;"avarage")', "reduction"),
        ("H1", '=NN_MSE_LOSS(A1:A3;F1:F3;"mean")', f"row 2, column 1, {TEXT}"),
    ],
)
@pytest.mark.parametrize("entered", ["array", "formula"])
def test_a_formula_with_one_two_or_three_arguments(calc, sheet, block, formula, sentence, entered):
    cell = block.partition(":")[0]
    getattr(calc, entered)(sheet, "Sheet1", block if entered == "array" else cell, formula)
    assert calc.get(sheet, "Sheet1", cell) == [[{"error": VALUE}]]
    assert sentence in explained(calc, sheet, cell)


def test_any_cell_of_an_array_is_explained_alike(calc, sheet):
    calc.array(sheet, "Sheet1", "H1:I4", "=NN_LINEAR(A1:C4;E1:F3;E5:F5)")
    assert len({explained(calc, sheet, cell) for cell in ("H1", "I4", "H1:I4")}) == 1
    calc.put(sheet, "Sheet1", "F2", [[4]])
    assert calc.get(sheet, "Sheet1", "H1:I4")[0] == [1.5 + 6 + 15 + 0.5, 3 + 8 + 18 + 0.5]


@pytest.mark.parametrize(
    "formula",
    [
        "=NN_RELU(NN_MATMUL(A1:C4;E1:F3))",
        "=NN_RELU(NN_MATMUL(A1:C4*2,5;E1:F3)+1)".replace(",", "."),
        "=IF(A1>0;NN_MATMUL(A1:C4;E1:F3);0)",
        "=SUM(IF(A1>0;NN_MATMUL(A1:C4;E1:F3);0))",
        "=IFERROR(NN_SPLIT(-1;0);7)+NN_MATMUL({1;2;3|4;5;6};E1:F3)",
        "=NN_MATMUL(block;E1:F3)",
        "=nn_matmul(A1:C4;weights)",
        "=NN_MATMUL(A1:C4;OFFSET(E1;0;0;3;2))",
        '=NN_MATMUL(A1:C4;INDIRECT("E1:F3"))',
        "=NN_MATMUL(A1:C4;moved)",
        "=NN_MATMUL(A1:C4;table)",
    ],
)
def test_calls_within_other_formulas_and_behind_names(calc, sheet, formula):
    calc.name(sheet, "block", "$Sheet1.$A$1:$C$4")
    calc.name(sheet, "weights", "$Sheet1.$E$1:$F$3", "Sheet1")
    calc.database_range(sheet, "table", "Sheet1", "E1:F3")
    calc.name(sheet, "moved", "OFFSET($Sheet1.$A$1;0;4;3;2)")
    calc.array(sheet, "Sheet1", "H1", formula)
    assert explained(calc, sheet, "H1") == f"NN_MATMUL: b, row 2, column 2, {TEXT}"


def test_cells_on_other_sheets_and_errors_that_come_from_there(calc, sheet):
    calc.add_sheet(sheet, "Two words")
    calc.array(sheet, "Two words", "B2:C5", "=NN_MATMUL($Sheet1.A1:C4;$Sheet1.E1:F3)")
    sentence = f"NN_MATMUL: b, row 2, column 2, {TEXT}"
    assert explained(calc, sheet, "C3", "Two words") == sentence
    calc.formula(sheet, "Sheet1", "H1", "=SUM($'Two words'.B2:C5)")
    assert explained(calc, sheet, "H1") == f"Sheet1.H1 reads 'Two words'.B2, and there:\n{sentence}"
    calc.formula(sheet, "Sheet1", "H2", "=NN_RELU($'Two words'.B2:C5)")
    assert explained(calc, sheet, "H2") == f"Sheet1.H2 reads 'Two words'.B2, and there:\n{sentence}"


def test_an_error_of_the_offices_own_is_told_with_its_formula_as_it_is_shown(calc, sheet):
    calc.formula(sheet, "Sheet1", "H1", "=1/0")
    assert explained(calc, sheet, "H1") == (
        "Sheet1.H1 shows #DIV/0!, but no formula of Gradsheet's raised it: look at the formula =1/0."
    )
    calc.formula(sheet, "Sheet1", "H2", "=NN_RELU(H1:H1)")
    assert explained(calc, sheet, "H2") == (
        "Sheet1.H2 reads Sheet1.H1, which holds an error of its own: Sheet1.H1 shows #DIV/0!. Mend that cell first."
    )


def test_nothing_is_told_about_other_formulas_or_documents(calc, sheet):
    other = calc.new()
    calc.formula(other, "Sheet1", "A1", '=NN_RELU("other")')
    calc.calculate(other)
    calc.formula(sheet, "Sheet1", "H1", '=NN_RELU("here")')
    calc.formula(sheet, "Sheet1", "H2", "=NN_RELU(-1)")
    for cell in ("H2", "A1", "Z99"):
        assert explained(calc, sheet, cell) == "The selected cell shows no error."
    calc.close(other)
    assert explained(calc, sheet, "H2") == "The selected cell shows no error."


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("=NN_RELU()", "NN_RELU: no arguments are given, but NN_RELU(inputs) takes 1."),
        ("=NN_RELU(A1;2)", "NN_RELU: 2 arguments are given, but NN_RELU(inputs) takes 1."),
        ("=1+ABS(NN_MATMUL( A1:C4 ))", "NN_MATMUL: 1 argument is given, but NN_MATMUL(a, b) takes 2."),
        ("=NN_LINEAR(A1:C4)", "NN_LINEAR: 1 argument is given, but NN_LINEAR(inputs, weight, [bias]) takes 2 to 3."),
        (
            "=NN_LINEAR(A1:C4;E1:F3;;MAX(1;2))",
            "NN_LINEAR: 4 arguments are given, but NN_LINEAR(inputs, weight, [bias]) takes 2 to 3.",
        ),
    ],
)
def test_a_wrong_number_of_arguments(calc, sheet, formula, sentence):
    calc.formula(sheet, "Sheet1", "H1", formula)
    assert calc.get(sheet, "Sheet1", "H1") == [[{"error": NOT_CALLED}]]
    assert explained(calc, sheet, "H1") == sentence


def test_a_result_with_too_little_room_is_told_with_the_keys_that_make_room(calc, sheet):
    calc.put(sheet, "Sheet1", "F2", [[4]])
    calc.formula(sheet, "Sheet1", "H1", "=NN_MATMUL(A1:C4;E1:F3)")
    assert explained(calc, sheet, "H1") == (
        "Sheet1.H1 shows no error, but only 1×1 of the 4×2 cells that its formula gives. To see all, select H1:I4, "
        "press F2, then Ctrl+Shift+Enter (in the function wizard, tick Array)."
    )
    calc.array(sheet, "Sheet1", "K2:K3", "=NN_MATMUL(A1:C4;E1:F3)")
    assert "only 2×1 of the 4×2 cells" in explained(calc, sheet, "K3")
    assert "select K2:L5," in explained(calc, sheet, "K3")
    for cell in ("N1", "N2"):
        calc.formula(sheet, "Sheet1", cell, "=SUM(NN_MATMUL(A1:C4;E1:F3))" if cell == "N1" else "=SUM(A1:C4)")
        assert explained(calc, sheet, cell) == "The selected cell shows no error."


def test_an_array_beyond_its_result_is_told(calc, sheet):
    calc.array(sheet, "Sheet1", "H1:J5", "=NN_RELU(A1:B4)")
    assert calc.get(sheet, "Sheet1", "J5") == [[{"error": NOT_AVAILABLE}]]
    assert explained(calc, sheet, "J5") == (
        "The formula gives 4×2 cells, but fills 5×3: the cells beyond its result show #N/A. Delete the array and enter "
        "it in H1:I4 alone."
    )


def test_the_lessons_own_sheet_is_explained_and_mended(calc, template):
    book = calc.open(str(template("titanic_linear")))
    calc.put(book, "Lesson", "C4", [["abc"]])
    assert calc.get(book, "Model", "K9") == [[{"error": VALUE}]]
    sentence = explained(calc, book, "K9", "Model")
    assert sentence == f"NN_LINEAR: weight, row 2, column 1, {TEXT}"
    assert explained(calc, book, "C5", "Start") == (
        f"Start.C5 reads Model.C4, and there:\nNN_LOSS: weight_1, row 2, column 1, {TEXT}"
    )
    calc.put(book, "Lesson", "C4", [[0.5]])
    assert isinstance(calc.get(book, "Model", "K9")[0][0], float)
    calc.close(book)


def test_a_sheets_own_name_wins_and_other_errors_are_not_its_business(calc, sheet):
    calc.add_sheet(sheet, "Other")
    calc.put(sheet, "Other", "A1:B1", [["own", 1]])
    calc.name(sheet, "layer", "$Sheet1.$A$1:$B$1")
    calc.name(sheet, "layer", "$Other.$A$1:$B$1", "Other")
    calc.formula(sheet, "Other", "D1", "=NN_RELU(layer)")
    calc.formula(sheet, "Sheet1", "H1", '=NN_RELU("elsewhere")')
    assert 'holds the text "own"' in explained(calc, sheet, "D1", "Other")
    calc.array(sheet, "Sheet1", "K1:L1", "=NN_RELU(layer)")
    assert explained(calc, sheet, "K1") == "The selected cell shows no error."

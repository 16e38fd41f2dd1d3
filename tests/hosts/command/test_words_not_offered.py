"""A word that the workbook's formulas do not know is refused by name, wherever it is said; nothing changes."""

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from workbooks.xlsx.workbook import WorkbookFile

WRONG = [
    ("titanic_linear", "activation_1", "tanh", "identity, sigmoid"),
    ("titanic_two_layer", "activation_2", "relu", "identity, sigmoid"),
    ("titanic_two_layer", "second_layer", "trained", "fixed ones, trained with biases"),
    ("titanic_two_layer", "shuffle", "maybe", "TRUE, FALSE"),
    ("sine", "loss", "bce", "mse, l1"),
    ("sine", "units_1", "3", "1, 2, 4, 6, 8"),
    ("sine", "activation_3", "tanh", "identity"),
    ("playground", "dataset", "moons", "circle, XOR, two Gaussians, spiral"),
    ("backprop", "activation_2", "softmax", "identity, sigmoid"),
]


@pytest.mark.parametrize(("name", "setting", "word", "offered"), WRONG)
def test_on_the_command_line(gradsheet, template, name, setting, word, offered):
    path = template(name)
    before = path.read_bytes()
    result = gradsheet("train", path, "--set", f"{setting}={word}", "--epochs", 1)
    assert (result.status, result.out) == (2, "")
    assert result.err.count("\n") == 1
    assert f'({setting}) is "{word}", but must be one of {offered}.' in result.err
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("command", "name", "setting", "word", "offered"),
    [("train", *case) for case in WRONG] + [(command, *WRONG[2]) for command in ("evaluate", "export")],
)
def test_in_the_cell(gradsheet, template, command, name, setting, word, offered):
    path = template(name)
    file = WorkbookFile.open(path)
    file.write({setting: [[float(word) if word.isdigit() else word]]})
    file.save()
    before = path.read_bytes()
    result = gradsheet(command, path)
    assert (result.status, result.out) == (2, "")
    assert f'({setting}) is "{word}", but must be one of {offered}.' in result.err.splitlines()[-1]
    assert path.read_bytes() == before


@pytest.mark.parametrize(("name", "model"), [("Momentum", "adagrad"), ("Adam", "eve")])
def test_a_sheet_of_one_optimizer_takes_no_other(gradsheet, template, name, model):
    result = gradsheet("train", template("gradient_descent"), "--model", name, "--optimizer", model, "--epochs", 1)
    assert result.status == 2
    assert f'(optimizer) is "{model}", but must be one of {name.lower()}.' in result.err


@pytest.mark.parametrize("word", ["Sigmoid", "SIGMOID", "sigmoid"])
def test_capitals_are_as_good_as_small_letters_as_in_the_formulas(gradsheet, template, word):
    path = template("titanic_linear")
    assert gradsheet("train", path, "--set", f"activation_1={word}", "--steps", 1).status == 0
    file = WorkbookFile.open(path)
    shown = file.read("new_weight_1")
    assert gradsheet("train", path, "--steps", 1).status == 0
    assert WorkbookFile.open(path).read("weight_1_transposed") == [
        [pytest.approx(cell, abs=1e-12) for cell in column] for column in zip(*shown, strict=True)
    ]


@pytest.mark.parametrize("value", ["TRUE", "false", "1", "0"])
def test_a_switch_takes_numbers_too(gradsheet, template, value):
    assert gradsheet("train", template("titanic_linear"), "--set", f"shuffle={value}", "--steps", 1).status == 0


def with_drop_down(path, name, words):
    workbook = openpyxl.load_workbook(path)
    sheet, cell = workbook.defined_names[name].attr_text.replace("$", "").replace("'", "").split("!")
    rule = DataValidation(type="list", formula1=words)
    rule.add(cell)
    workbook[sheet].add_data_validation(rule)
    workbook.save(path)
    return path


def test_the_drop_down_of_somebodys_own_workbook_counts_too(gradsheet, small_book):
    path = with_drop_down(small_book(activation_1="tanh"), "activation_1", '"relu, sigmoid"')
    result = gradsheet("train", path, "--epochs", 1)
    assert result.status == 2
    assert '(activation_1) is "tanh", but must be one of relu, sigmoid.' in result.err
    assert gradsheet("train", path, "--set", "activation_1=sigmoid", "--epochs", 1).status == 0


@pytest.mark.parametrize("words", ["Model!$A$1:$A$3", '"ja,nein"'])
def test_a_drop_down_that_says_nothing_of_the_models_words_leaves_them_as_they_are(gradsheet, small_book, words):
    path = with_drop_down(small_book(activation_1="tanh"), "activation_1", words)
    assert gradsheet("train", path, "--epochs", 1).status == 0

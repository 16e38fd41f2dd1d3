"""Each thing in a workbook that does not fit the contract gives one sentence that names file, cell and problem."""

import pytest

from pyfuncs.cells.errors import ErrorCode, GradsheetError
from pyfuncs.training.trainer import Trainer

TWELVE = [[0.5]] * 12


def rows_with(row, column, cell):
    """Return inputs with one cell replaced."""
    rows = [[1.0, 2.0, 3.0] for _ in range(12)]
    rows[row][column] = cell
    return rows


CASES = {
    "no inputs": ({"inputs": None}, "book.xlsx has no name inputs, so there is no model to train"),
    "no target": ({"target": None}, "book.xlsx has no name target"),
    "no weight_1": ({"weight_1": None}, "book.xlsx has no name weight_1"),
    "a blank input": ({"inputs": rows_with(4, 1, None)}, "book.xlsx, inputs!B5 (inputs, row 5, column 2) is blank"),
    "an empty text": ({"inputs": rows_with(4, 1, "")}, "book.xlsx, inputs!B5 (inputs, row 5, column 2) is blank"),
    "spaces": ({"inputs": rows_with(4, 1, "  ")}, "book.xlsx, inputs!B5 (inputs, row 5, column 2) is blank"),
    "a text input": ({"inputs": rows_with(11, 2, "n/a")}, 'inputs!C12 (inputs, row 12, column 3) holds the text "n/a"'),
    "a number as text": (
        {"inputs": rows_with(0, 0, "1.5")},
        'inputs!A1 (inputs, row 1, column 1) holds the text "1.5"',
    ),
    "an error input": (
        {"inputs": rows_with(0, 0, ErrorCode.DIV0)},
        "inputs!A1 (inputs, row 1, column 1) holds the err",
    ),
    "a blank weight": ({"weight_2": [[1.0], [None]]}, "book.xlsx, weight_2!A2 (weight_2, row 2, column 1) is blank"),
    "a text bias": ({"bias_1": [[0.0, "b"]]}, 'bias_1!B1 (bias_1, row 1, column 2) holds the text "b"'),
    "a blank target": ({"target": [*TWELVE[1:], [None]]}, "target!A12 (target, row 12, column 1) is blank"),
    "weight_1 too short": (
        {"weight_1": [[1.0, 1.0]] * 2},
        "(weight_1) is 2×2, but inputs is 12×3: it must have 3 rows",
    ),
    "weight_2 too long": ({"weight_2": [[1.0]] * 3}, "(weight_2) is 3×1, but weight_1 is 3×2: it must have 2 rows."),
    "a bias too wide": ({"bias_1": [[1.0] * 3]}, "(bias_1) is 1×3, but must be 1×2."),
    "a bias standing": ({"bias_1": [[1.0], [1.0]]}, "(bias_1) is 2×1, but must be 1×2."),
    "initial_weight_1": ({"initial_weight_1": [[1.0]]}, "(initial_weight_1) is 1×1, but must be 3×2."),
    "initial_bias_1": ({"initial_bias_1": [[1.0]]}, "(initial_bias_1) is 1×1, but must be 1×2."),
    "target too short": ({"target": TWELVE[:11]}, "(target) is 11×1, but inputs is 12×3: the rows must match."),
    "target too wide": ({"target": [[0.5, 0.5]] * 12}, "(target) is 12×2, but the last layer has 1 units."),
    "a layer left out": ({"weight_4": [[1.0]]}, "(weight_4) is there, but weight_3 is not: number the layers 1, 2, 3"),
    "unknown optimizer": ({"optimizer": "lion"}, '(optimizer) is "lion", but must be one of sgd, momentum'),
    "blank optimizer": ({"optimizer": [[None]]}, "(optimizer) is blank, but must be one of"),
    "a number as optimizer": ({"optimizer": 3}, '(optimizer) is "3", but must be one of'),
    "unknown loss": ({"loss": "huber"}, '(loss) is "huber", but must be one of mse, l1, bce, cross_entropy.'),
    "unknown activation": ({"activation_1": "swish"}, '(activation_1) is "swish", but must be one of identity, relu'),
    "unknown task": ({"task": "ranking"}, '(task) is "ranking", but must be one of regression, binary, multiclass.'),
    "unknown initializer": ({"initializer": "he"}, '(initializer) is "he", but must be one of uniform'),
    "an error as word": ({"loss": ErrorCode.NAME}, "(loss) is"),
    "negative lr": ({"lr": -0.1}, "book.xlsx, lr!A1 (lr) is -0.1, but must be 0 or more."),
    "text lr": ({"lr": "fast"}, 'lr!A1 (lr) holds the text "fast"'),
    "blank lr": ({"lr": [[None]]}, "lr!A1 (lr) is blank"),
    "infinite lr": ({"lr": float("inf")}, "(lr) is inf, but must be 0 or more."),
    "two cells for lr": ({"lr": [[0.1, 0.2]]}, "(lr) must be one cell."),
    "momentum one": ({"momentum": 1}, "(momentum) is 1, but must be from 0 to below 1."),
    "negative decay": ({"weight_decay": -1}, "(weight_decay) is -1, but must be 0 or more."),
    "batch size 0": ({"batch_size": 0}, "(batch_size) is 0, but must be a whole number, at least 1."),
    "batch size 2.5": ({"batch_size": 2.5}, "(batch_size) is 2.5, but must be a whole number, at least 1."),
    "seed 0.5": ({"seed": 0.5}, "(seed) is 0.5, but must be a whole number."),
    "shuffle 2": ({"shuffle": 2}, "(shuffle) is 2, but must be TRUE or FALSE."),
    "trains as text": ({"trains_1": "yes"}, '(trains_1) holds the text "yes"'),
    "no epochs a click": ({"epochs_per_click": 0}, "(epochs_per_click) is 0, but must be a whole number, at least 1."),
    "negative epoch": ({"epoch": -1}, "(epoch) is -1, but must be a whole number, at least 0."),
    "half a step": ({"step": 0.5}, "(step) is 0.5, but must be a whole number, at least 0."),
    "valid_fraction 1": ({"valid_fraction": 1}, "(valid_fraction) is 1, but must be from 0 to below 1."),
    "a wrong split": (
        {"split": [["train"]] * 5 + [["test"]] + [["train"]] * 6},
        'book.xlsx, split!A6 (split) must be "train" or "valid".',
    ),
    "a short split": ({"split": [["train"]] * 5}, "(split) must be one column of 12 cells"),
    "a lying split": ({"split": [["train"] * 12]}, "(split) must be one column of 12 cells"),
    "bce of any number": (
        {"loss": "bce"},
        "book.xlsx, loss!A1 (loss) is bce, which takes probabilities, but activation_2 is identity: set activation_2",
    ),
    "bce beyond 1": (
        {"loss": "bce", "activation_2": "sigmoid", "target": [[2.0]] * 12},
        "book.xlsx, target!A1 (target, row 1, column 1) is 2, but must lie between 0 and 1 for the loss bce.",
    ),
    "two softmaxes": (
        {"loss": "cross_entropy", "activation_2": "softmax"},
        "(loss) is cross_entropy, which has the softmax inside, but activation_2 is softmax: set activation_2 to id",
    ),
    "a yes or no of 7": (
        {"target": [*TWELVE[1:], [7.0]]},
        "target!A12 (target, row 12, column 1) is 7, but must lie between 0 and 1 for the task binary.",
    ),
    "a seed that breaks the first weights": (
        {"seed": 1.5, "initial_weight_1": [[ErrorCode.NUM] * 2] * 3, "weight_1": [[ErrorCode.NUM] * 2] * 3},
        "(seed) is 1.5, but must be a whole number.",
    ),
    "a fraction that breaks the split": (
        {"valid_fraction": 1, "split": [[ErrorCode.NUM]] * 12, "inputs": [[ErrorCode.NUM] * 3] * 12},
        "(valid_fraction) is 1, but must be from 0 to below 1.",
    ),
    "a split's seed that breaks it": (
        {"split_seed": 0.5, "split": [[ErrorCode.NUM]] * 12},
        "(split_seed) is 0.5, but must be a whole number.",
    ),
    "an optimizer's word that breaks the inputs": (
        {"optimizer": "lion", "inputs": [[ErrorCode.NAME] * 3] * 12},
        '(optimizer) is "lion"',
    ),
    "no such class": (
        {"sizes": (3, 2, 3), "loss": "cross_entropy", "target": [[0.0]] * 11 + [[3.0]]},
        "book.xlsx, target!A1:A12: target, row 12, is 3, but must be a class",
    ),
    "half a class": (
        {"sizes": (3, 2, 3), "loss": "cross_entropy", "target": [[0.5]] * 12},
        "target, row 1, is 0.5, but must be a class",
    ),
    "no memory": (
        {"optimizer": "momentum", "optimizer_state_1": None},
        "book.xlsx has no name optimizer_state_1: the optimizer momentum needs 3×2 cells there",
    ),
    "no memory of a bias": (
        {"optimizer": "momentum", "optimizer_bias_state_2": None},
        "book.xlsx has no name optimizer_bias_state_2: the optimizer momentum needs 1×1 cells there",
    ),
    "too little memory": (
        {"optimizer": "momentum", "optimizer_state_1": [[0.0, 0.0]] * 2},
        "(optimizer_state_1) is 2×2, but the optimizer momentum needs 3×2.",
    ),
    "text in the memory": (
        {"optimizer": "momentum", "optimizer_state_2": [[0.0], ["v"]]},
        'optimizer_state_2!A2 (optimizer_state_2, row 2, column 1) holds the text "v"',
    ),
    "too few feature names": ({"feature_names": [["a", "b"]]}, "(feature_names) has 2 cells, but must have 3."),
    "a narrow history": ({"history": [[0, 0, 0.5]]}, "(history) must have 6 columns: epoch, step, train_loss"),
    "text in the history": (
        {"history": [[0, 0, "low", None, None, None]]},
        "C1 (history, row 1, column 3) holds the text",
    ),
    "no loss in the history": (
        {"history": [[0, 0, None, None, None, None]]},
        "C1 (history, row 1, column 3) is blank",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), CASES.values(), ids=CASES)
def test_it_is_refused_in_one_sentence_that_says_where(small_cells, change, sentence):
    with pytest.raises(GradsheetError) as caught:
        small_cells(**change).model()
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("book.xlsx")


@pytest.mark.parametrize("name", ["seed", "split_seed", "epoch"])
def test_a_whole_number_no_computer_counts_with_is_refused(small_cells, name):
    """A seed of 1E+300 is a whole number, but not one of 64 bits."""
    with pytest.raises(GradsheetError, match=name):
        Trainer(small_cells(**{name: 1e300}, valid_fraction=0.5).model()).train(1)


def test_a_split_without_a_training_row_is_refused(small_cells):
    with pytest.raises(GradsheetError, match="needs at least one train row"):
        Trainer(small_cells(split=[["valid"]] * 12).model())

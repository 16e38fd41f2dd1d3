"""What a click says of a document that does not fit names the cell, or the name, that a person has to change."""

import pytest


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("seed", 1.5, "titanic_linear.xlsx, Training.B21 (seed) is 1.5, but must be a whole number."),
        (
            "valid_fraction",
            1,
            "titanic_linear.xlsx, Training.B23 (valid_fraction) is 1, but must be from 0 to below 1.",
        ),
        ("split_seed", 0.5, "titanic_linear.xlsx, Training.B24 (split_seed) is 0.5, but must be a whole number."),
    ],
)
def test_a_setting_is_named_and_not_the_formulas_that_it_breaks(calc, opened, name, value, said):
    book = opened("titanic_linear")
    calc.put_named(book, name, [[value]])
    for button in ("step", "reset"):
        assert calc.click(book, button) == {"done": False, "said": said}


def test_an_answer_that_is_neither_yes_nor_no_is_named(calc, opened):
    book = opened("titanic_linear")
    calc.put(book, "Data", "B8", [[7]])
    answer = calc.click(book, "epochs")
    assert not answer["done"]
    assert answer["said"].endswith("is 7, but must lie between 0 and 1 for the task binary.")
    assert "Data.B8" in answer["said"]


def test_cells_that_were_deleted_are_not_looked_for_on_another_sheet(calc, opened):
    book = opened("titanic_linear")
    calc.remove_sheet(book, "Training")
    answer = calc.click(book, "step")
    assert not answer["done"]
    assert "points at cells that were deleted" in answer["said"]
    assert "Data" not in answer["said"]


@pytest.mark.parametrize(("name", "cell"), [("lr", "B8"), ("epochs_per_click", "B25")])
def test_a_cell_that_has_lost_its_name_is_named(calc, opened, name, cell):
    book = opened("titanic_linear")
    calc.remove_name(book, name)
    answer = calc.click(book, "step")
    assert answer == {
        "done": False,
        "said": f"titanic_linear.xlsx, Training.{cell} is called {name}, but the name {name} is not defined, so what "
        "stands there would not count: define the name for that cell.",
    }


def test_a_sheet_copied_between_others_says_which_name_was_moved(calc, opened):
    book = opened("titanic_notebook")
    calc.copy_sheet(book, "Linear", "Copied", 2)
    calc.activate(book, "Copied")
    answer = calc.click(book, "step")
    assert not answer["done"]
    assert "the name inputs points at Two hidden, but that of Two hidden at the same cells of Data" in answer["said"]
    for sheet in ("Linear", "One hidden", "Two hidden"):
        calc.activate(book, sheet)
        assert calc.click(book, "step")["done"]


def test_a_sheet_copied_to_the_end_has_a_model_of_its_own(calc, opened):
    book = opened("titanic_notebook")
    calc.copy_sheet(book, "Linear", "Copied", 99)
    calc.activate(book, "Copied")
    assert calc.click(book, "epoch")["done"]
    assert calc.get(book, "Copied", "N9:N20") != calc.get(book, "Linear", "N9:N20")


def test_a_workbook_in_which_nothing_is_trained_is_not_told_to_start_from_a_template(calc, opened):
    answer = calc.click(opened("neurons"), "step")
    assert answer["said"] == (
        "neurons.xlsx has no name inputs, so there is no model to train: open a workbook that has one, titanic_linear "
        "for instance, or define the names inputs, target and weight_1."
    )


def test_what_was_trained_is_said_where_the_sheet_in_front_has_no_model(calc, opened):
    book = opened("gradient_descent")
    assert calc.click(book, "step")["said"].startswith("SGD: Epoch 0, step 1: loss ")
    assert calc.undo_titles(book) == ["Gradsheet: SGD: Step"]
    calc.activate(book, "Adam")
    assert calc.click(book, "step")["said"].startswith("Epoch 0, step 1: loss ")
    assert calc.undo_titles(book) == ["Gradsheet: Step", "Gradsheet: SGD: Step"]

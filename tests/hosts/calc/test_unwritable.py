"""Where a document or a cell takes no change, a click says so and how to go on, and changes nothing."""

import pytest

WRITING = ("step", "epoch", "epochs", "reset", "import", "undo")


def everything(calc, book):
    return {
        name: calc.named(book, name)
        for name in ("weight_1_transposed", "optimizer_state_1", "epoch", "step", "history")
    }


@pytest.mark.parametrize("button", WRITING)
def test_a_document_open_read_only_is_not_changed_and_the_way_out_is_said(calc, template, tmp_path, button):
    book = calc.open(str(template("titanic_linear")), True, True)
    before = everything(calc, book)
    weights = tmp_path / "weights.csv"
    assert calc.click(book, "export", str(weights))["done"]
    answer = calc.click(book, button, str(weights) if button == "import" else None)
    assert answer == {
        "done": False,
        "said": "titanic_linear.xlsx is open read-only, so nothing in it can be changed: "
        "File, Save As makes a copy to train.",
    }
    assert everything(calc, book) == before
    calc.close(book)


@pytest.mark.parametrize("button", ["step", "epoch", "epochs"])
@pytest.mark.parametrize(
    ("sheet", "place"), [("Training", "Training.B31 (epoch)"), ("Lesson", "Lesson.B4:K4 (weight_1_transposed)")]
)
def test_a_protected_sheet_is_named_and_nothing_of_the_others_is_written(calc, opened, sheet, place, button):
    book = opened("titanic_linear")
    before = everything(calc, book)
    calc.protect(book, sheet)
    titles = calc.undo_titles(book)
    answer = calc.click(book, button)
    assert not answer["done"]
    assert answer["said"] == (
        f"titanic_linear.xlsx, {place} is protected with its sheet, so training cannot write there: "
        f"lift the protection of the sheet {sheet} with Tools, Protect Sheet."
    )
    assert everything(calc, book) == before
    assert calc.undo_titles(book) == titles


def test_protecting_a_sheet_that_training_does_not_write_to_changes_nothing(calc, opened):
    book = opened("titanic_linear")
    calc.protect(book, "Start")
    assert calc.click(book, "epoch")["done"]
    assert calc.named(book, "epoch") == [[1]]


def test_reset_on_a_protected_sheet_does_not_claim_success(calc, opened):
    book = opened("titanic_linear")
    assert calc.click(book, "epoch")["done"]
    trained = everything(calc, book)
    calc.protect(book, "Training")
    answer = calc.click(book, "reset")
    assert not answer["done"]
    assert "Tools, Protect Sheet" in answer["said"]
    assert everything(calc, book) == trained


def test_a_layer_that_is_not_trained_may_be_protected(calc, tmp_path, small_blocks, write_book):
    path = tmp_path / "two.xlsx"
    fixed = small_blocks(trains_2=False)
    layer = {name: fixed.pop(name) for name in ("weight_2", "bias_2")}
    write_book(path, {"Model": fixed, "Fixed": layer})
    book = calc.open(str(path))
    calc.protect(book, "Fixed")
    assert calc.click(book, "epochs")["done"]
    assert calc.named(book, "epoch") == [[10]]
    calc.close(book)


@pytest.mark.parametrize("button", ["step", "epochs", "undo"])
def test_what_a_click_shows_is_calculated_where_the_office_waits_for_f9(calc, opened, button):
    book = opened("titanic_linear")
    calc.calculate_by_itself(book, False)
    if button == "undo":
        assert calc.click(book, "epoch")["done"]
    assert calc.click(book, button)["done"]
    last = [row for row in calc.named(book, "history") if row[0] != ""][-1]
    assert calc.get(book, "Model", "C4")[0][0] == pytest.approx(last[2], abs=1e-12)


def test_a_click_reads_what_the_formulas_would_show(calc, opened):
    book, other = opened("titanic_linear"), opened("titanic_linear")
    calc.calculate_by_itself(book, False)
    for number in (book, other):
        calc.put_named(number, "seed", [[3]])
        assert calc.click(number, "reset")["done"]
    assert calc.named(book, "weight_1_transposed") == calc.named(other, "weight_1_transposed")

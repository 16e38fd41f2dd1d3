"""The buttons, pressed through the dispatcher: the same bits as the command, one entry to undo, and nothing lost."""

import shutil

import pytest

from workbooks.xlsx.workbook import WorkbookFile

STATE = ("weight_1", "weight_1_transposed", "optimizer_state_1", "epoch", "step", "history")
STEPS = 6
BATCH = 128


@pytest.fixture
def book(calc, opened):
    """Return the two-layer template with six steps an epoch, shuffled, and a momentum to remember."""
    number = opened("titanic_two_layer")
    calc.put_named(number, "batch_size", [[BATCH]])
    calc.put_named(number, "optimizer", [["momentum"]])
    calc.put_named(number, "lr", [[0.01]])
    calc.put_named(number, "valid_fraction", [[0.2]])
    press(calc, number, "reset")  # the history's first row is of the new settings then
    return number


def state(calc, book):
    return {name: calc.named(book, name) for name in calc.known(book, STATE)}


def press(calc, book, name, file=None):
    answer = calc.click(book, name, file)
    assert answer["done"], answer["said"]
    return answer["said"]


def steps_an_epoch(calc, book):
    rows = [row[0] for row in calc.named(book, "split")].count("train")
    return -(-rows // BATCH)


def as_in_the_file(rows):
    """Return cells as the office has them: a blank is an empty text, TRUE is 1."""
    return [["" if cell is None else cell if isinstance(cell, str) else float(cell) for cell in row] for row in rows]


def test_all_steps_of_an_epoch_are_the_epoch(calc, book, opened):
    first = state(calc, book)
    for _ in range(steps_an_epoch(calc, book)):
        press(calc, book, "step")
    stepped = state(calc, book)
    press(calc, book, "reset")
    assert state(calc, book) == first
    press(calc, book, "epoch")
    trained = state(calc, book)
    assert {name: stepped[name] for name in ("weight_1_transposed", "optimizer_state_1", "epoch", "step")} == {
        name: trained[name] for name in ("weight_1_transposed", "optimizer_state_1", "epoch", "step")
    }
    assert [row for row in stepped["history"] if row[0] != "" and row[1] == 0] == [
        row for row in trained["history"] if row[0] != ""
    ]


@pytest.mark.parametrize("name", ["titanic_linear", "titanic_two_layer", "sine", "playground"])
def test_an_epoch_is_that_of_the_command_bit_for_bit(calc, template, gradsheet, tmp_path, name):
    settings = {"batch_size": BATCH, "optimizer": "momentum", "lr": 0.01, "valid_fraction": 0.2}
    if name == "playground":
        del settings["valid_fraction"]  # its points are divided as they are drawn
    path = template(name)
    shutil.copy(path, tmp_path / "open.xlsx")
    book = calc.open(str(tmp_path / "open.xlsx"))
    for key, value in settings.items():
        calc.put_named(book, key, [[value]])
    press(calc, book, "epoch")
    press(calc, book, "export", str(tmp_path / "office.csv"))
    options = [f"--set={key}={value}" for key, value in settings.items()]
    result = gradsheet("train", path, "--epochs", 1, "--quiet", *options, "--export", tmp_path / "command.csv")
    assert result.status == 0, result.err
    assert (tmp_path / "office.csv").read_bytes() == (tmp_path / "command.csv").read_bytes()
    file = WorkbookFile.open(path)
    for key in calc.known(book, STATE):
        assert calc.named(book, key) == as_in_the_file(file.read(key)), key
    calc.close(book)


def test_a_link_in_a_cell_is_a_click(calc, book):
    calc.click(book, "reset")
    for name in ("step", "epoch", "reset"):
        assert calc.follow_link(book, name)["done"], name


def test_n_epochs_are_so_many_single_ones(calc, book):
    calc.put_named(book, "epochs_per_click", [[7]])
    press(calc, book, "epochs")
    at_once = state(calc, book)
    press(calc, book, "reset")
    for _ in range(7):
        press(calc, book, "epoch")
    assert state(calc, book) == at_once


def test_a_step_puts_what_the_sheet_shows_as_new_weights(calc, book):
    shown = turned(calc.get(book, "Model", new_weights(calc, book)))
    press(calc, book, "step")
    for row, expected in zip(calc.named(book, "weight_1_transposed"), shown, strict=True):
        assert row == pytest.approx(expected, abs=1e-12)


def turned(rows):
    """Return a table with rows and columns changed round."""
    return [list(column) for column in zip(*rows, strict=True)]


def new_weights(calc, book):
    """Return where the Model sheet shows the new weights of layer 1."""
    headers = calc.get(book, "Model", "A8:CZ8")[0]
    first = headers.index("new Lin1")
    letters = [chr(64 + n // 26) + chr(65 + n % 26) if n >= 26 else chr(65 + n) for n in (first, first + 1)]
    return f"{letters[0]}9:{letters[1]}18"


def test_reset_puts_the_first_weights_back(calc, book):
    first = turned(calc.named(book, "initial_weight_1"))
    press(calc, book, "epochs")
    assert calc.named(book, "weight_1_transposed") != first
    press(calc, book, "reset")
    assert calc.named(book, "weight_1_transposed") == first
    assert calc.named(book, "epoch") == [[0]]


def test_export_then_import_changes_nothing(calc, book, tmp_path):
    press(calc, book, "epoch")
    before = state(calc, book)
    press(calc, book, "export", str(tmp_path / "weights.csv"))
    press(calc, book, "import", str(tmp_path / "weights.csv"))
    assert state(calc, book) == before
    press(calc, book, "epoch")
    press(calc, book, "import", str(tmp_path / "weights.csv"))
    assert calc.named(book, "weight_1_transposed") == before["weight_1_transposed"]
    press(calc, book, "export", str(tmp_path / "again.csv"))
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "weights.csv").read_bytes()


def test_a_click_is_one_entry_to_undo(calc, opened):
    book = opened("titanic_two_layer")
    first = state(calc, book)
    press(calc, book, "epochs")
    after = state(calc, book)
    assert calc.undo_titles(book) == ["Gradsheet: 10 epochs"]
    calc.undo(book)
    assert state(calc, book) == first
    calc.redo(book)
    assert state(calc, book) == after
    press(calc, book, "undo")
    assert state(calc, book) == first


def test_undo_step_leaves_other_changes_alone(calc, opened):
    book = opened("titanic_linear")
    press(calc, book, "step")
    calc.put_named(book, "lr", [[0.2]])
    answer = calc.click(book, "undo")
    assert not answer["done"]
    assert "Edit, Undo" in answer["said"]
    assert calc.named(book, "epoch") == [[1]]


def test_stop_ends_a_training_after_a_whole_epoch_and_other_clicks_are_ignored(calc, book):
    calc.put_named(book, "epochs_per_click", [[1_000_000]])
    before = calc.undo_titles(book)
    said = calc.click_and_stop(book, "epochs", 1.5)
    assert said["second"] == {"done": False, "said": "The click is ignored: a training is under way."}
    assert said["first"]["done"]
    assert calc.named(book, "step") == [[0]]
    (epoch,) = calc.named(book, "epoch")[0]
    assert 0 < epoch < 1_000_000
    assert calc.undo_titles(book) == ["Gradsheet: 1000000 epochs", *before]


def test_an_error_names_the_cell_and_changes_nothing(calc, opened):
    book = opened("titanic_two_layer")
    calc.put_named(book, "lr", [[-1]])
    before = state(calc, book)
    answer = calc.click(book, "epoch")
    assert not answer["done"]
    assert answer["said"].endswith("Training.B10 (lr) is -1, but must be 0 or more.")
    assert state(calc, book) == before


def test_a_word_that_the_drop_down_does_not_offer_is_refused_and_nothing_changes(calc, opened):
    book = opened("titanic_linear")
    before = state(calc, book)
    calc.put_named(book, "activation_1", [["tanh"]])
    answer = calc.click(book, "step", None)
    assert not answer["done"]
    assert answer["said"].endswith('Training.B5 (activation_1) is "tanh", but must be one of identity, sigmoid.')
    assert state(calc, book) == before


@pytest.mark.parametrize(("choice", "first"), [("fixed ones", 0), ("trained with biases", 0.3)])
def test_reset_begins_the_second_layer_as_training_says(calc, opened, choice, first):
    book = opened("titanic_two_layer")
    calc.put_named(book, "second_layer", [[choice]])
    press(calc, book, "reset")
    assert calc.named(book, "weight_2") == [[1], [1]]
    assert calc.named(book, "bias_1") == [[first, first]]
    shown = calc.named(book, "new_weight_2"), calc.named(book, "new_bias_1")
    press(calc, book, "step")
    for name, expected in zip(("weight_2", "bias_1"), shown, strict=True):
        assert calc.named(book, name) == [[pytest.approx(cell, abs=1e-12) for cell in row] for row in expected]


def test_start_counts_the_units_that_are_dead(calc, opened):
    book = opened("titanic_two_layer")
    weights = calc.named(book, "weight_1_transposed")
    calc.put_named(book, "weight_1_transposed", [weights[0], [-1] * 10])
    [[said]] = calc.get(book, "Start", "B6")
    assert said.startswith("Formulas are on. Dead units: 1. ReLU gives 0 there in every row")
    calc.put_named(book, "weight_1_transposed", weights)
    assert calc.get(book, "Start", "B6") == [["Formulas are on."]]


def test_a_training_that_diverges_says_so_and_keeps_the_last_good_weights(calc, opened):
    book = opened("titanic_two_layer")
    calc.put_named(book, "lr", [[1e200]])
    answer = calc.click(book, "epochs")
    assert not answer["done"]
    assert "diverged" in answer["said"]
    assert all(isinstance(cell, float) for row in calc.named(book, "weight_1_transposed") for cell in row)


def test_a_document_without_a_model_says_what_is_missing(calc, sheet):
    answer = calc.click(sheet, "step")
    assert not answer["done"]
    assert "has no name inputs" in answer["said"]


def test_the_active_sheets_own_names_win(calc, tmp_path, small_blocks, write_book):
    path = tmp_path / "two.xlsx"
    write_book(path, {"First": small_blocks(), "Second": small_blocks(seed=1)}, scoped=True)
    places = write_book(tmp_path / "again.xlsx", {"First": small_blocks(), "Second": small_blocks(seed=1)}, scoped=True)
    weights = places["weight_1"].rpartition("!")[2]
    book = calc.open(str(path))
    before = calc.get(book, "First", weights)
    calc.activate(book, "Second")
    press(calc, book, "step")
    assert calc.get(book, "First", weights) == before
    assert calc.get(book, "Second", weights) != before
    calc.close(book)

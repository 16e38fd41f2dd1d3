"""New random weights and Best of 64: the numbers of the command, one entry to undo, and seed says which weights."""

import pytest

from workbooks.xlsx.workbook import WorkbookFile

STATE = ("weight_1", "epoch", "step", "history", "seed", "initial_weight_1")


def parameter(calc, book, name):
    """Return weights in×out, which a workbook may hold turned."""
    if calc.known(book, [name]) == [name]:
        return calc.named(book, name)
    return turned(calc.named(book, f"{name}_transposed"))


def turned(rows):
    return [list(row) for row in zip(*rows, strict=True)]


def state(calc, book):
    return {name: parameter(calc, book, name) for name in STATE}


def in_file(path, name):
    file = WorkbookFile.open(path)
    rows = file.read(name) if name in file else turned(file.read(f"{name}_transposed"))
    return [[float(cell) if cell is not None else "" for cell in row] for row in rows]


@pytest.mark.parametrize("name", ["titanic_linear", "sine"])
def test_new_random_weights_are_those_of_the_seed_that_is_shown(calc, opened, template, gradsheet, tmp_path, name):
    book = opened(name)
    assert calc.click(book, "epoch")["done"]
    trained, titles = state(calc, book), calc.undo_titles(book)
    answer = calc.click(book, "seed")
    assert answer["done"], answer["said"]
    drawn = state(calc, book)
    assert drawn["seed"] != trained["seed"]
    assert drawn["weight_1"] == drawn["initial_weight_1"] != trained["initial_weight_1"]
    assert drawn["epoch"] == [[0]]
    path = tmp_path / "command.xlsx"
    seed = f"{drawn['seed'][0][0]:.0f}"
    options = ("--save", path, "--seed", seed, "--reset", "--epochs", 0, "--quiet")
    assert gradsheet("train", template(name), *options).status == 0
    assert {key: in_file(path, key) for key in ("weight_1", "seed")} == {
        key: drawn[key] for key in ("weight_1", "seed")
    }
    assert calc.undo_titles(book) == ["Gradsheet: New random weights", *titles]
    assert calc.click(book, "undo")["done"]
    assert state(calc, book) == trained
    calc.redo(book)
    assert state(calc, book) == drawn
    assert calc.click(book, "reset")["done"]
    assert state(calc, book) == drawn


@pytest.mark.parametrize("name", ["titanic_two_layer", "backprop", "sine", "playground", "digits_8x8"])
def test_best_of_64_is_the_commands(calc, opened, template, gradsheet, tmp_path, name):
    book = opened(name)
    calc.put_named(book, "epochs_per_click", [[3]])
    before, titles = state(calc, book), calc.undo_titles(book)
    answer = calc.click(book, "best")
    assert answer["done"], answer["said"]
    best = state(calc, book)
    path = tmp_path / "command.xlsx"
    result = gradsheet("train", template(name), "--save", path, "--restarts", 64, "--epochs", 3, "--quiet")
    assert result.status == 0
    assert answer["said"].startswith(result.out.splitlines()[0])
    assert {key: in_file(path, key) for key in ("weight_1", "seed", "epoch")} == {
        key: best[key] for key in ("weight_1", "seed", "epoch")
    }
    assert calc.undo_titles(book) == ["Gradsheet: Best of 64", *titles]
    assert calc.click(book, "undo")["done"]
    assert state(calc, book) == before
    calc.redo(book)
    assert state(calc, book) == best
    assert calc.click(book, "reset")["done"]
    assert parameter(calc, book, "weight_1") == calc.named(book, "initial_weight_1") == best["initial_weight_1"]


@pytest.fixture(params=[False, True], ids=["noted as asked", "some noted as well"])
def noted(request, calc):
    """Let the undo list take note of some values for now, as it does where another thread clicks than the office's."""
    if request.param:
        calc.run_inside("note_some_changes", None)
    yield
    if request.param:
        calc.run_inside("note_as_asked", None)


@pytest.mark.parametrize("seed", [0, 5])
@pytest.mark.parametrize("button", ["seed", "best"])
def test_the_seeds_that_are_tried_stand_in_no_state_of_the_undo_list(calc, opened, noted, button, seed):
    book = opened("titanic_two_layer")
    calc.put_named(book, "seed", [[seed]])
    before, titles = state(calc, book), calc.undo_titles(book)
    assert calc.click(book, button)["done"]
    after = state(calc, book)
    for _ in range(2):
        calc.undo(book)
        assert state(calc, book) == before
        assert calc.undo_titles(book) == titles
        calc.redo(book)
        assert state(calc, book) == after


def test_stop_among_the_starts_leaves_nothing_to_undo_or_redo(calc, opened, noted):
    book = opened("titanic_two_layer")
    calc.put_named(book, "epochs_per_click", [[1_000_000]])
    before, titles = state(calc, book), calc.undo_titles(book)
    assert calc.click_and_stop(book, "best", 3)["first"]["said"] == "Stopped before anything was changed."
    assert calc.undo_titles(book) == titles
    calc.undo(book)
    calc.redo(book)
    assert state(calc, book) == before


@pytest.mark.parametrize("name", ["titanic_linear", "gradient_descent"])
def test_first_weights_that_are_not_made_from_seed_stay_and_that_is_said(calc, opened, template, name):
    book = opened(name)
    if name == "titanic_linear":
        place = WorkbookFile.open(template(name)).area("initial_weight_1")
        calc.array(book, place.sheet, place.cells, f"=ROW({place.cells})/100")
    titles = calc.undo_titles(book)
    answer = calc.click(book, "seed")
    assert not answer["done"]
    assert "(initial_weight_1): the first weights are not made from seed" in answer["said"]
    assert calc.undo_titles(book) == titles


def test_stop_among_the_starts_leaves_the_workbook_as_it_was(calc, opened):
    book = opened("titanic_two_layer")
    calc.put_named(book, "epochs_per_click", [[1_000_000]])
    before, titles = state(calc, book), calc.undo_titles(book)
    said = calc.click_and_stop(book, "best", 3)
    assert said["second"]["said"] == "The click is ignored: a training is under way."
    assert said["first"]["said"] == "Stopped before anything was changed."
    assert state(calc, book) == before
    assert calc.undo_titles(book) == titles


def test_a_protected_seed_is_named(calc, opened):
    book = opened("titanic_linear")
    before = state(calc, book)
    calc.protect(book, "Training")
    for button in ("seed", "best"):
        answer = calc.click(book, button)
        assert not answer["done"]
        assert "is protected with its sheet, so training cannot write there" in answer["said"]
    assert state(calc, book) == before


def test_a_link_in_a_cell_draws_new_weights(calc, opened):
    book = opened("titanic_linear")
    before = state(calc, book)
    answer = calc.follow_link(book, "seed")
    assert answer["done"], answer["said"]
    assert state(calc, book)["seed"] != before["seed"]


def test_first_weights_may_stand_transposed(calc, opened):
    book = opened("titanic_linear")
    calc.add_sheet(book, "Own")
    calc.array(book, "Own", "A1:J1", "=TRANSPOSE(NN_INIT(10;1;seed;initializer;1))")
    calc.remove_name(book, "initial_weight_1")
    calc.name(book, "initial_weight_1_transposed", "$Own.$A$1:$J$1")
    before = calc.get(book, "Own", "A1:J1")
    answer = calc.click(book, "seed")
    assert answer["done"], answer["said"]
    assert calc.named(book, "weight_1_transposed") == calc.get(book, "Own", "A1:J1") != before

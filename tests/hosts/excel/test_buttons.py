"""The buttons over a workbook in memory: the numbers of the file host, and Excel's settings put back whatever comes."""

import copy
import shutil

import pytest

from addin.excel.inside.book import OpenBook, cells_of
from addin.excel.inside.clicks import DONE, FAILED, RUNNING, SAID, Clicks
from pyfuncs.training.trainer import Trainer
from workbooks.clicks.table import COMMANDS
from workbooks.recalculate import first_values
from workbooks.xlsx.workbook import WorkbookFile

STATE = ("weight_1_transposed", "optimizer_state_1", "epoch", "step", "history")
BATCH = 128
SETTINGS = {"batch_size": BATCH, "optimizer": "momentum", "lr": 0.01}


@pytest.fixture(scope="session")
def pretend(beside):
    return beside("pretend_book")


@pytest.fixture(scope="session")
def prototypes():
    """Templates already read, from which copies are made."""
    return {}


@pytest.fixture
def opened(pretend, template, prototypes):
    """Return the opener of a template in the pretended Excel."""

    def open_template(name="titanic_two_layer"):
        if name not in prototypes:
            prototypes[name] = pretend.Book(template(name))
        return copy.deepcopy(prototypes[name])

    return open_template


@pytest.fixture
def book(opened):
    """Return the two-layer template with six steps an epoch, and a momentum to remember."""
    made = opened()
    for name, value in SETTINGS.items():
        made._put(name, [[value]])
    press(made, "reset")
    made._log.clear()
    return made


def follow(clicks, book, answer, stop_after=None):
    """Do what the VBA does: write the blocks of each answer and ask for more."""
    asked = 0
    while True:
        for sheet, address, rows in answer.blocks:
            area = next(name.refers_to_range for name in book.names if is_at(name, sheet, address))
            area.raw_value = cells_of(rows)
        if answer.state != RUNNING:
            return answer
        asked += 1
        answer = clicks.go_on(stop_after is not None and asked >= stop_after)


def is_at(name, sheet, address):
    if "!" not in name.refers_to:
        return False
    area = name.refers_to_range
    return (area.sheet.name, area.get_address(False, False)) == (sheet, address)


def press(book, button, path=None, clicks=None, **how):
    clicks = clicks or Clicks()
    answer = follow(clicks, book, clicks.click(book, button, path), **how)
    assert answer.state in (DONE, SAID), answer.sentence
    return answer.sentence


def state(book):
    return {name: book._get(name) for name in STATE}


def number(cell):
    return cell if cell is None or isinstance(cell, str) else float(cell)


@pytest.mark.parametrize("name", ["App", "Range", "Sheet", "Name", "Book", "Sheets"])
def test_the_pretended_book_has_nothing_that_xlwings_has_not(pretend, name):
    made = getattr(pretend, name)
    real = pretend.SHAPED_AFTER[made]
    asked = {each for each in dir(made) if not each.startswith("_")} - set(dir(list))
    assert {each for each in asked if not hasattr(real, each)} == set()


@pytest.mark.parametrize("name", ["titanic_linear", "titanic_two_layer"])
@pytest.mark.parametrize(("button", "options"), [("step", ["--steps", "1"]), ("epoch", []), ("epochs", [])])
def test_a_click_gives_the_bits_of_the_command(opened, template, gradsheet, tmp_path, name, button, options):
    book = opened(name)
    for key, value in SETTINGS.items():
        book._put(key, [[value]])
    press(book, button)
    path = shutil.copy(template(name), tmp_path / "command.xlsx")
    count = [] if options or button == "epochs" else ["--epochs", "1"]
    settings = [f"--set={key}={value}" for key, value in SETTINGS.items()]
    assert gradsheet("train", path, "--quiet", *settings, *options, *count).status == 0
    file = WorkbookFile.open(path)
    for key in STATE:
        assert [[number(cell) for cell in row] for row in book._get(key)] == [
            [number(cell) for cell in row] for row in file.read(key)
        ], key


def test_each_block_is_read_and_written_once_as_a_whole(book):
    press(book, "step")
    reads = [entry for entry in book._log if entry[0] == "read"]
    writes = [entry for entry in book._log if entry[0] == "write"]
    assert len(reads) == len(set(reads))
    assert len(writes) == len(set(writes))
    assert {"read", "write"} < {entry[0] for entry in book._log}
    assert len(writes) <= len(STATE)


def test_nothing_is_written_while_excel_calculates(book):
    press(book, "step")
    kinds = [entry for entry in book._log if entry[0] != "read"]
    assert kinds[:2] == [("screen_updating", False), ("calculation", "manual")]
    assert kinds[-2:] == [("calculation", "automatic"), ("screen_updating", True)]
    assert all(entry[0] == "write" for entry in kinds[2:-2])


def test_excels_settings_come_back_when_something_breaks(book, monkeypatch, pretend):
    book.app.calculation = "semiautomatic"

    def broken(self, rows):
        raise RuntimeError("Excel is busy")

    monkeypatch.setattr(pretend.Range, "raw_value", property(pretend.Range.raw_value.fget, broken))
    answer = Clicks().click(book, "step", None)
    assert answer.state == FAILED
    assert "Excel is busy" in answer.sentence
    assert (book.app.calculation, book.app.screen_updating) == ("semiautomatic", True)


def test_excels_settings_are_untouched_when_the_trainer_raises(book, monkeypatch):
    def raising(self, count=1):
        raise RuntimeError("no luck")

    monkeypatch.setattr(Trainer, "step", raising)
    before = state(book)
    answer = Clicks().click(book, "step", None)
    assert (answer.state, "no luck" in answer.sentence) == (FAILED, True)
    assert (book.app.calculation, book.app.screen_updating) == ("automatic", True)
    assert state(book) == before


def test_a_long_run_stops_with_whole_epochs(book):
    book._put("epochs_per_click", [[1_000_000]])
    press(book, "epochs", stop_after=8)
    (step,), (epoch,) = book._get("step")[0], book._get("epoch")[0]
    assert step == 0
    assert 0 < epoch < 1_000_000
    stopped = state(book)
    press(book, "reset")
    book._put("epochs_per_click", [[int(epoch)]])
    press(book, "epochs")
    assert state(book) == stopped


def test_a_long_run_shows_whole_epochs_on_the_way(book, monkeypatch):
    monkeypatch.setattr("addin.excel.inside.training.SHOW_SECONDS", 0.0)
    book._put("epochs_per_click", [[1_000_000]])
    epoch = next(name for name in book.names if name.name == "epoch")
    clicks = Clicks()
    answer = clicks.click(book, "epochs", None)
    shown = []
    for _ in range(12):
        answer = clicks.go_on(False)
        assert answer.state == RUNNING
        assert answer.sentence.startswith("Epoch ")
        shown += [rows for sheet, address, rows in answer.blocks if is_at(epoch, sheet, address)]
    follow(clicks, book, answer, stop_after=0)
    assert len(shown) > 1
    assert shown == sorted(shown)


def test_a_click_that_was_broken_off_does_not_go_on(book):
    book._put("epochs_per_click", [[1_000_000]])
    clicks = Clicks()
    clicks.click(book, "epochs", None)
    clicks.go_on(False)
    run = clicks.run
    before = state(book)
    press(book, "step", clicks=clicks)
    assert not run.is_running
    assert book._get("step") == [[1.0]]
    assert state(book) != before
    assert clicks.go_on(False).state == DONE


def test_undo_takes_the_last_click_back_and_no_other_change(book):
    clicks = Clicks()
    first = state(book)
    press(book, "epochs", clicks=clicks)
    press(book, "undo", clicks=clicks)
    assert [[number(cell) for cell in row] for row in book._get("weight_1_transposed")] == [
        [number(cell) for cell in row] for row in first["weight_1_transposed"]
    ]
    assert book._get("epoch") == [[0.0]]
    answer = clicks.click(book, "undo", None)
    assert answer.sentence == "There is no click of these buttons to take back."
    press(book, "step", clicks=clicks)
    weights = book._get("weight_1_transposed")
    book._put("weight_1_transposed", [[cell + 1 for cell in row] for row in weights])
    answer = clicks.click(book, "undo", None)
    assert (answer.state, "have changed since" in answer.sentence) == (FAILED, True)


def test_export_then_import_gives_the_same_weights(book, tmp_path):
    press(book, "epoch")
    weights = book._get("weight_1_transposed")
    path = tmp_path / "weights.csv"
    assert press(book, "export", path) == f"The weights are in {path}."
    press(book, "epoch")
    press(book, "import", path)
    assert book._get("weight_1_transposed") == weights
    answer = Clicks().click(book, "import", tmp_path / "none.csv")
    assert (answer.state, "does not exist" in answer.sentence) == (FAILED, True)


def test_a_workbook_without_a_model_says_which_name_is_missing(pretend, tmp_path, write_book):
    path = tmp_path / "empty.xlsx"
    write_book(path, {"Sheet1": {"lr": [[1.0]]}})
    for button in ("step", "epoch", "reset", "export"):
        answer = Clicks().click(pretend.Book(path), button, tmp_path / "x.csv")
        assert answer.state == FAILED
        assert answer.sentence.startswith("empty.xlsx has no name inputs, so there is no model to train: ")


def test_an_error_names_the_cell_and_changes_nothing(book):
    book._put("lr", [[-1.0]])
    before = state(book)
    answer = Clicks().click(book, "epoch", None)
    assert answer.state == FAILED
    assert "(lr) is -1, but must be 0 or more." in answer.sentence
    assert f"Training!{book._range('lr').get_address(False, False)}" in answer.sentence
    assert state(book) == before


def test_a_name_that_stands_for_nothing_is_named(book):
    next(name for name in book.names if name.name == "lr").refers_to = "=#REF!"
    answer = Clicks().click(book, "step", None)
    assert "the name lr must stand for one block of cells, but is =#REF!" in answer.sentence


def test_a_setting_may_be_a_constant(book, template):
    """The Name Manager takes =0.02 as what a name refers to."""
    rate = next(name for name in book.names if name.name == "lr")
    book._put("lr", [[0.02]])
    press(book, "epoch")
    by_cell = book._get("weight_1_transposed")
    press(book, "reset")
    book._put("lr", [[0.5]])
    rate.refers_to = "=0.02"
    press(book, "epoch")
    assert book._get("weight_1_transposed") == by_cell
    rate.refers_to = "=-1"
    assert ", Name Manager (lr) is -1, but must be 0 or more." in Clicks().click(book, "epoch", None).sentence


def test_a_formula_in_a_cell_of_the_training_is_not_overwritten(book):
    area = book._range("weight_1_transposed")
    area.sheet._formulas[area._top, area._left] = "=1/3"
    for button in ("step", "epoch"):
        clicks = Clicks()
        answer = follow(clicks, book, clicks.click(book, button, None))
        assert answer.state == FAILED
        assert "holds a formula, which training would overwrite" in answer.sentence
    assert clicks.run is None


def test_a_training_that_diverges_says_so_and_keeps_the_last_good_weights(book):
    book._put("lr", [[1e200]])
    clicks = Clicks()
    answer = follow(clicks, book, clicks.click(book, "epochs", None))
    assert answer.state == FAILED
    assert "diverged" in answer.sentence
    assert all(isinstance(cell, int | float) for row in book._get("weight_1_transposed") for cell in row)


def test_the_active_sheets_own_model_is_meant(pretend, tmp_path, small_blocks, write_book):
    path = tmp_path / "two.xlsx"
    write_book(path, {"First": small_blocks(), "The second": small_blocks(seed=1)}, scoped=True)
    book = pretend.Book(path)
    book.sheets._active = "The second"
    before = book._get("First!weight_1")
    press(book, "step")
    assert book._get("First!weight_1") == before
    assert OpenBook(book).address("weight_1").startswith("two.xlsx, The second!")
    assert book._get("'The second'!step") == [[0.0]] or book._get("'The second'!epoch") != [[0]]


def test_a_click_between_warms_the_formulas(book):
    assert Clicks().click(book, "warm", None).state == DONE


def test_every_button_that_python_answers_is_there(book, tmp_path):
    in_vba = {"stop", "messages"}
    clicks = Clicks()
    for command in COMMANDS:
        if command.name not in in_vba:
            answer = follow(clicks, book, clicks.click(book, command.name, tmp_path / "weights.csv"), stop_after=3)
            assert "Please report this" not in answer.sentence, command.name
            refused = "not made from seed" in answer.sentence or "nothing here can be kept" in answer.sentence
            assert answer.state in (DONE, SAID) or refused, answer.sentence


def test_keep_writes_what_the_sheet_in_front_shows_and_undo_takes_it_back(opened):
    book, clicks = opened("titanic_linear"), Clicks()
    before = book._get("kept_loss_curve"), book._get("kept_hand_try")
    book.sheets._active = "What if"
    assert press(book, "keep", clicks=clicks) == "What the sheet shows is kept: titanic_linear.xlsx, What if!H29:H129."
    assert book._get("kept_loss_curve") == book._get("loss_curve")
    assert book._get("kept_hand_try") == before[1]
    press(book, "undo", clicks=clicks)
    assert book._get("kept_loss_curve") == before[0]
    book.sheets._active = "By hand"
    press(book, "keep", clicks=clicks)
    assert book._get("kept_hand_try")[0] == book._get("hand_try")[0]
    assert book._get("kept_loss_curve") == before[0]


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_word_that_the_drop_down_does_not_offer_is_refused_and_nothing_changes(opened, separator):
    made = opened("titanic_linear")
    area = made._range("activation_1")
    place = (area._top, area._left)
    area.sheet._drop_downs[place] = separator.join(area.sheet._drop_downs[place].split(","))
    before = state(made)
    for word in ("tanh", "softplus"):
        made._put("activation_1", [[word]])
        answer = Clicks().click(made, "step", None)
        assert answer.state == FAILED
        assert f'!B5 (activation_1) is "{word}", but must be one of identity, sigmoid.' in answer.sentence
    assert state(made) == before
    made._put("activation_1", [["sigmoid"]])
    press(made, "step")
    assert state(made) != before


@pytest.mark.parametrize("locked", [True, None])
@pytest.mark.parametrize("button", ["step", "epoch", "epochs"])
def test_a_protected_sheet_is_named_and_nothing_is_written(book, button, locked):
    sheet = book._range("epoch").sheet
    sheet.api.ProtectContents, sheet._locked = True, locked
    before = state(book)
    answer = Clicks().click(book, button, None)
    assert answer.state == FAILED
    assert answer.sentence.startswith("titanic_two_layer.xlsx, Training!")
    assert answer.sentence.endswith(
        f"({'step' if button == 'step' else 'epoch'}) is protected with its sheet, so training cannot write there: "
        "lift the protection of the sheet Training with Review, Unprotect Sheet."
    )
    assert state(book) == before
    assert not [entry for entry in book._log if entry[0] == "write"]


@pytest.mark.parametrize(("mode", "locked"), [(True, True), (False, False)])
def test_cells_that_are_protected_from_people_alone_or_not_locked_are_trained(book, mode, locked):
    sheet = book._range("epoch").sheet
    sheet.api.ProtectContents, sheet.api.ProtectionMode, sheet._locked = True, mode, locked
    press(book, "epoch")
    assert book._get("epoch") == [[1.0]]


@pytest.mark.parametrize("button", ["step", "undo"])
def test_what_a_click_reads_and_shows_is_calculated_where_excel_waits_for_f9(book, button):
    clicks = Clicks()
    press(book, "epoch", clicks=clicks)
    book.app.calculation = "manual"
    book._log.clear()
    press(book, button, clicks=clicks)
    kinds = [entry[0] for entry in book._log]
    assert kinds.index("calculate") < kinds.index("read")
    assert kinds[::-1].index("calculate") < kinds[::-1].index("write")
    assert book.app.calculation == "manual"


def test_excel_that_calculates_by_itself_is_not_asked_to(book):
    press(book, "step")
    assert ("calculate",) not in book._log


def test_the_sheet_whose_model_is_trained_is_said_where_another_is_in_front(opened):
    book = opened("gradient_descent")
    assert press(book, "step").startswith("SGD: Epoch 0, step 1: loss ")
    clicks = Clicks()
    assert clicks.click(book, "epochs", None).sentence.startswith("SGD: Epoch 1 of ")
    book.sheets._active = "Adam"
    assert press(book, "step").startswith("Epoch 0, step 1: loss ")


def test_the_cell_that_a_wrong_one_repeats_is_named(opened):
    book = opened("titanic_linear")
    data = book.sheets["Data"]
    data._values[8, 2] = data._formulas[8, 2] = 7.0
    book.sheets["Lesson"]._values[15, 13] = book.sheets["Model"]._values[12, 3] = 7.0
    answer = Clicks().click(book, "step", None)
    assert "titanic_linear.xlsx, Data!B8, read by Model!C12 (target, row 4, column 1) is 7, but must" in answer.sentence


@pytest.fixture
def calculated(opened, template):
    """Return the linear template in an Excel that calculates the first weights from the seed."""
    book = opened("titanic_linear")
    weights_of = first_values(WorkbookFile.open(template("titanic_linear")))

    def calculate():
        for name, values in weights_of(int(book._get("seed")[0][0])).items():
            book._put(name, values.tolist())

    book.app._formulas = calculate
    book._put("epochs_per_click", [[3]])
    return book


FIRST = (*STATE, "seed", "initial_weight_1")
WEIGHT = "weight_1_transposed"


def turned(rows):
    return [list(row) for row in zip(*rows, strict=True)]


def with_first(book):
    return {name: [[number(cell) for cell in row] for row in book._get(name)] for name in FIRST}


def test_new_random_weights_are_those_of_the_seed_that_is_shown(calculated, template, gradsheet):
    clicks = Clicks()
    press(calculated, "epoch", clicks=clicks)
    trained = with_first(calculated)
    assert press(calculated, "seed", clicks=clicks).startswith("Epoch 0, step 0: loss ")
    drawn = with_first(calculated)
    assert drawn["seed"] != trained["seed"]
    assert turned(drawn[WEIGHT]) == drawn["initial_weight_1"] != trained["initial_weight_1"]
    path = template("titanic_linear")
    seed = f"{drawn['seed'][0][0]:.0f}"
    assert gradsheet("train", path, "--seed", seed, "--reset", "--epochs", 0, "--quiet").status == 0
    assert WorkbookFile.open(path).read(WEIGHT) == drawn[WEIGHT]
    press(calculated, "undo", clicks=clicks)
    assert with_first(calculated) == trained


def test_best_of_64_is_the_commands(calculated, template, gradsheet):
    clicks = Clicks()
    before = with_first(calculated)
    said = press(calculated, "best", clicks=clicks)
    best = with_first(calculated)
    path = template("titanic_linear")
    result = gradsheet("train", path, "--restarts", 64, "--epochs", 3, "--quiet")
    assert said.startswith(result.out.splitlines()[0])
    file = WorkbookFile.open(path)
    assert {key: file.read(key) for key in (WEIGHT, "seed", "epoch")} == {
        key: best[key] for key in (WEIGHT, "seed", "epoch")
    }
    press(calculated, "undo", clicks=clicks)
    assert with_first(calculated) == before
    press(calculated, "best")
    press(calculated, "reset")
    assert turned(calculated._get(WEIGHT)) == best["initial_weight_1"]


@pytest.mark.parametrize("after", [1, 20, 70])
def test_stop_among_the_starts_leaves_the_workbook_as_it_was(calculated, after, monkeypatch):
    monkeypatch.setattr("addin.excel.inside.training.PIECE_SECONDS", 0.0)
    calculated._put("epochs_per_click", [[100_000]])
    before = with_first(calculated)
    clicks = Clicks()
    follow(clicks, calculated, clicks.click(calculated, "best", None), stop_after=after)
    assert {name: rows for name, rows in with_first(calculated).items() if name != "history"} == {
        name: rows for name, rows in before.items() if name != "history"
    }


def test_first_weights_that_are_not_made_from_seed_stay_and_that_is_said(book):
    before = state(book)
    answer = Clicks().click(book, "seed", None)
    assert answer.state == FAILED
    assert "(initial_weight_1): the first weights are not made from seed" in answer.sentence
    assert state(book) == before


def test_a_cell_that_has_lost_its_name_is_named(book):
    book.names.remove(next(name for name in book.names if name.name == "lr"))
    answer = Clicks().click(book, "step", None)
    assert answer.state == FAILED
    assert answer.sentence.startswith(
        "titanic_two_layer.xlsx, Training!B10 is called lr, but the name lr is not defined"
    )

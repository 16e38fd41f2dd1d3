"""A click is one entry of the undo list, whatever is drawn and done meanwhile; each entry leads to a whole state."""

import pytest

STATE = (
    "weight_1",
    "weight_1_transposed",
    "weight_2",
    "optimizer_state_1",
    "optimizer_state_2",
    "epoch",
    "step",
    "history",
)


def state(calc, book):
    return {name: calc.named(book, name) for name in calc.known(book, STATE)}


@pytest.fixture
def drawn(calc, opened):
    """Return the opener of a workbook whose training is drawn many times in one click."""

    def open_template(name, **settings):
        book = opened(name)
        for key, value in settings.items():
            calc.put_named(book, key, [[value]])
        return book

    return open_template


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("digits_8x8", {"epochs_per_click": 100}),
        ("titanic_two_layer", {"epochs_per_click": 2000, "optimizer": "adam", "lr": 0.01}),
    ],
)
def test_a_long_click_is_one_entry_that_leads_from_a_whole_state_to_a_whole_state(calc, drawn, name, settings):
    book = drawn(name, **settings)
    before = calc.undo_titles(book)
    first = state(calc, book)
    assert calc.click(book, "epochs")["done"]
    after = state(calc, book)
    assert len([row for row in after["history"] if row[0] != ""]) > 50
    assert calc.undo_titles(book) == [f"Gradsheet: {settings['epochs_per_click']} epochs", *before]
    for _ in range(2):
        calc.undo(book)
        assert state(calc, book) == first
        calc.redo(book)
        assert state(calc, book) == after
    assert calc.click(book, "undo")["done"]
    assert state(calc, book) == first
    calc.undo(book)  # what was done before the click, the last of the settings
    assert calc.undo_titles(book) == before[1:]


def test_a_reset_is_undone_and_redone_whole(calc, opened):
    book = opened("titanic_linear")
    assert calc.click(book, "epochs")["done"]
    trained = state(calc, book)
    assert calc.click(book, "reset")["done"]
    first = state(calc, book)
    calc.undo(book)
    assert state(calc, book) == trained
    calc.redo(book)
    assert state(calc, book) == first


def test_typing_and_undoing_while_it_trains_belong_to_the_click(calc, drawn):
    book = drawn("titanic_two_layer", epochs_per_click=1_000_000)
    before, first = calc.undo_titles(book), state(calc, book)
    meddled = calc.click_and_meddle(book, "epochs", "Start", "A60", 3)
    assert meddled["done"], meddled["said"]
    assert len(meddled["typed"]) > 1
    after = state(calc, book)
    assert after["epoch"][0][0] > 1
    assert [row[0] for row in after["history"] if row[0] != ""][-1] == after["epoch"][0][0]
    assert calc.undo_titles(book) == ["Gradsheet: 1000000 epochs", *before]
    calc.undo(book)
    assert (state(calc, book), calc.get(book, "Start", "A60")) == (first, [[""]])
    calc.redo(book)
    assert (state(calc, book), calc.get(book, "Start", "A60")) == (after, [meddled["typed"][-1:]])


def test_opening_a_workbook_leaves_nothing_to_undo(calc, opened):
    book = opened("titanic_linear")
    assert calc.undo_titles(book) == []
    answer = calc.click(book, "undo")
    assert answer == {"done": False, "said": "There is no click of these buttons to take back."}


def test_undo_step_names_the_change_that_was_made_after_the_last_click(calc, opened):
    book = opened("titanic_linear")
    calc.put_named(book, "lr", [[0.2]])
    assert calc.click(book, "undo")["said"] == "There is no click of these buttons to take back."
    assert calc.click(book, "step")["done"]
    calc.formula(book, "Start", "A60", "=1+1")
    typed, click, *_ = calc.undo_titles(book)
    assert click == "Gradsheet: Step"
    answer = calc.click(book, "undo")
    assert not answer["done"]
    assert f'"{typed}"' in answer["said"]
    calc.undo(book)
    assert calc.click(book, "undo")["done"]
    assert calc.named(book, "epoch") == [[0]]

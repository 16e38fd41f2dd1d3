"""A window that somebody could see: real clicks train, and the picture goes into the README."""

import os
import subprocess
import time
from pathlib import Path

import pytest

PICTURE = Path(__file__).parents[3] / "docs" / "images" / "calc.png"
KEEP = "GRADSHEET_KEEP_PICTURES"
WITH_TITLE_BAR = ((38, 101), (773, 333))
WITHOUT_TITLE_BAR = ((38, 82), (773, 314))
PLACES = (WITH_TITLE_BAR, WITHOUT_TITLE_BAR, WITH_TITLE_BAR)
"""Where the button Step, the first of the toolbar, and the link to it on Start are, on a screen of 1920×1080."""


def until(happened, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happened():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.skipif(not os.environ.get("GRADSHEET_REQUIRE_CALC"), reason="a visible window: GRADSHEET_REQUIRE_CALC=1")
def test_a_click_on_the_toolbar_and_one_on_the_sheets_link_take_a_step(window, tmp_path):
    calc, book, display = window
    environment = os.environ | display
    calc.fill_screen(book, 1920, 1050)
    assert not calc.is_modified(book)
    time.sleep(4)
    link = None
    for step, link_of_that_window in PLACES:
        subprocess.run(["xdotool", "mousemove", *map(str, step), "click", "1"], env=environment, check=True)
        if until(lambda: calc.named(book, "epoch")[0][0] >= 1):
            link = link_of_that_window
            break
    assert link is not None, "no click on Step has trained"
    clicked = calc.named(book, "epoch")[0][0]
    mouse = ["mousemove", *map(str, link), "keydown", "ctrl", "click", "1", "keyup", "ctrl"]
    for _ in range(2):
        subprocess.run(["xdotool", *mouse], env=environment, check=True)
        if until(lambda: calc.named(book, "epoch")[0][0] > clicked):
            break
    assert calc.named(book, "epoch")[0][0] > clicked
    clicked = calc.named(book, "epoch")[0][0]
    for _ in range(3):
        assert until(lambda: calc.press(book, "epochs")["done"])
    time.sleep(1)
    picture = tmp_path / "calc.png"
    subprocess.run(["import", "-window", "root", str(picture)], env=environment, check=True)
    if os.environ.get(KEEP):
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_bytes(picture.read_bytes())
    assert calc.named(book, "epoch") == [[clicked + 30]]
    assert picture.stat().st_size > 50_000
    calc.close(book)


@pytest.mark.skipif(not os.environ.get("GRADSHEET_REQUIRE_CALC"), reason="a visible window: GRADSHEET_REQUIRE_CALC=1")
def test_export_begins_in_the_workbooks_folder_and_says_where_it_wrote(window, tmp_path):
    calc, book, display = window
    environment = os.environ | display
    calc.fill_screen(book, 1920, 1050)
    time.sleep(4)

    def titles():
        found = subprocess.run(["xdotool", "search", "--name", "."], env=environment, capture_output=True, text=True)
        names = (["xdotool", "getwindowname", number] for number in found.stdout.split())
        return [subprocess.run(each, env=environment, capture_output=True, text=True).stdout.strip() for each in names]

    def press_return():
        subprocess.run(["xdotool", "key", "Return"], env=environment, check=True)

    calc.click_and_leave(book, "export")
    assert until(lambda: "Export weights" in titles()), titles()
    time.sleep(2)
    press_return()
    weights = tmp_path / "titanic_two_layer.weights.csv"
    assert until(weights.exists)
    assert until(lambda: "Gradsheet" in titles()), titles()
    assert not calc.left(), "the sentence stays until somebody has read it"
    press_return()
    assert until(calc.left)
    assert calc.left() == {"done": True, "said": f"The weights are in {weights}."}


def test_a_click_that_is_ignored_is_said_over_the_sheet_while_the_training_lasts(window):
    calc, book, _ = window
    calc.put_named(book, "epochs_per_click", [[10_000_000]])
    said = calc.notices_while(book, "epochs", "reset", "gradsheet.refused")
    assert said["done"]
    assert said["second"] == {"done": False, "said": "The click is ignored: a training is under way."}
    assert (said["meanwhile"], said["afterwards"]) == (True, False)
    calc.close(book)


@pytest.mark.skipif(not os.environ.get("GRADSHEET_REQUIRE_CALC"), reason="a visible window: GRADSHEET_REQUIRE_CALC=1")
@pytest.mark.parametrize("shown", ["gradient_descent"])
def test_the_model_that_is_trained_is_said_over_a_sheet_that_has_none(window):
    calc, book, _ = window
    assert calc.press(book, "step")["done"]
    assert calc.has_notice(book, "gradsheet.behind")
    calc.activate(book, "Adam")
    assert calc.press(book, "step")["done"]
    assert not calc.has_notice(book, "gradsheet.behind")
    calc.close(book)

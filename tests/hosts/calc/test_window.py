"""A window that somebody could see: real clicks train, and the picture goes into the README."""

import os
import subprocess
import time
from pathlib import Path

import pytest

PICTURE = Path(__file__).parents[3] / "docs" / "images" / "calc.png"
KEEP = "GRADSHEET_KEEP_PICTURES"
WITH_TITLE_BAR = ((38, 101), (722, 361))
WITHOUT_TITLE_BAR = ((38, 82), (722, 342))
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
        assert until(lambda: calc.click(book, "epochs")["done"])
    time.sleep(1)
    picture = tmp_path / "calc.png"
    subprocess.run(["import", "-window", "root", str(picture)], env=environment, check=True)
    if os.environ.get(KEEP):
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_bytes(picture.read_bytes())
    assert calc.named(book, "epoch") == [[clicked + 30]]
    assert picture.stat().st_size > 50_000
    calc.close(book)

"""A window that somebody could see: real clicks train, and the picture goes into the README."""

import os
import subprocess
import time
from pathlib import Path

import pytest

PICTURE = Path(__file__).parents[3] / "docs" / "images" / "calc.png"
KEEP = "GRADSHEET_KEEP_PICTURES"
STEP = ((38, 101), (38, 82), (38, 101))
"""Where the button Step, the first of the toolbar, is on a screen of 1920×1080, with a title bar or without one."""

LINK = ((722, 352), (722, 333), (722, 352))
"""Where the link to Step is on the sheet Start."""


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
    stepped = False
    for place in STEP:
        subprocess.run(["xdotool", "mousemove", *map(str, place), "click", "1"], env=environment, check=True)
        stepped = until(lambda: calc.named(book, "epoch")[0][0] >= 1)
        if stepped:
            break
    clicked = calc.named(book, "epoch")[0][0]
    linked = False
    for place in LINK:
        mouse = ["mousemove", *map(str, place), "keydown", "ctrl", "click", "1", "keyup", "ctrl"]
        subprocess.run(["xdotool", *mouse], env=environment, check=True)
        linked = until(lambda: calc.named(book, "epoch")[0][0] > clicked)
        if linked:
            break
    clicked = calc.named(book, "epoch")[0][0]
    for _ in range(3):
        assert until(lambda: calc.click(book, "epochs")["done"])
    time.sleep(1)
    picture = tmp_path / "calc.png"
    subprocess.run(["import", "-window", "root", str(picture)], env=environment, check=True)
    if os.environ.get(KEEP):
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_bytes(picture.read_bytes())
    assert stepped
    assert linked
    assert calc.named(book, "epoch") == [[clicked + 30]]
    assert picture.stat().st_size > 50_000
    calc.close(book)

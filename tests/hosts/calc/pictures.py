"""The pictures in the pages and the README, made anew from the real windows: `make pictures`."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from workbooks.lessons.templates import TEMPLATES

DOCS = Path(__file__).parents[3] / "docs"
LAPTOP, LARGE = (1366, 768), (1920, 1080)
SETTLE_SECONDS = 4
COLOURS = 200
OWN_DATA = "own_data"


@dataclass(frozen=True)
class Picture:
    """What to do before a sheet is taken, on a screen of some size.

    `models` are the sheets in front of which the clicks are made, one after the other.
    """

    path: str
    workbook: str
    sheet: str = "Start"
    screen: tuple[int, int] = LARGE
    settings: Mapping[str, Any] = field(default_factory=dict)
    clicks: Mapping[str, int] = field(default_factory=dict)
    models: tuple[str, ...] = ("Start",)
    typed: Mapping[str, str] = field(default_factory=dict)
    """What is typed into each cell of an area of the sheet; {row} is the cell's row."""


NOTEBOOK_MODELS = ("Linear", "One hidden", "Two hidden")
WITHOUT_A_MODEL = ("neurons",)
STARTS = tuple(
    Picture(f"start/{name}", name, screen=LAPTOP, clicks={} if name in WITHOUT_A_MODEL else {"epochs": 1})
    for name in TEMPLATES
    if name != "digits"
)
HALF_DONE = {
    "I17:I728": "=D{row}/MAX(D$17:D$728)",
    "J17:J728": "=LOG10(E{row}+1)",
    "K17:K728": "=IF(B{row}=1;1;0)",
    "L17:L728": "=IF(B{row}>1;1;0)",
    "M17:M728": "=$Lesson.H{row}",
    "L10": "show",
}
PICTURES = (
    Picture("calc", "titanic_two_layer", clicks={"step": 1, "epochs": 3}),
    Picture("lesson", "titanic_linear", "Lesson", LAPTOP, clicks={"epochs": 3}),
    Picture("multiply", "titanic_linear", "Multiply", LAPTOP, clicks={"epochs": 3}),
    Picture(
        "you_aboard", "titanic_linear", "You aboard", LAPTOP, settings={"epochs_per_click": 100}, clicks={"epochs": 1}
    ),
    Picture("your_turn", "titanic_two_layer", "Your turn", LAPTOP, typed=HALF_DONE),
    Picture("titanic_model", "titanic_two_layer", "Model", clicks={"epochs": 3}),
    Picture("titanic_notebook", "titanic_notebook", clicks={"epochs": 1}, models=NOTEBOOK_MODELS),
    Picture("titanic_notebook_mistakes", "titanic_notebook", "Mistakes", clicks={"epochs": 1}, models=NOTEBOOK_MODELS),
    Picture("gradient_descent", "gradient_descent", "Adam", clicks={"epochs": 2}, models=("Adam",)),
    Picture("neurons", "neurons", "Gates"),
    Picture("sine", "sine", clicks={"epochs": 1}),
    Picture(
        "sine_line", "sine", settings={"activation_1": "identity", "activation_2": "identity"}, clicks={"epochs": 1}
    ),
    Picture("sine_units", "sine", "Units", clicks={"epochs": 1}),
    Picture("backprop", "backprop", "Net", settings={"epochs_per_click": 100}, clicks={"epochs": 1}),
    Picture("backprop_blame", "backprop", "Who is to blame", LAPTOP, clicks={"epochs": 1}),
    Picture("digits_drawn", "digits_8x8", "Draw your own digit", LAPTOP, clicks={"epochs": 1}),
    Picture("playground", "playground", clicks={"epochs": 10}),
    Picture("digits", "digits", settings={"epochs_per_click": 30}, clicks={"epochs": 1}),
    Picture("digits_masks", "digits", "First layer", settings={"epochs_per_click": 30}, clicks={"epochs": 1}),
    Picture("own_data", OWN_DATA, settings={"epochs_per_click": 40}, clicks={"epochs": 1}),
    Picture(f"start/{OWN_DATA}", OWN_DATA, screen=LAPTOP, settings={"epochs_per_click": 40}, clicks={"epochs": 1}),
    *STARTS,
)


@pytest.fixture(params=PICTURES, ids=lambda picture: picture.path)
def picture(request: pytest.FixtureRequest) -> Picture:
    return request.param


@pytest.fixture
def shown(picture: Picture) -> str:
    return picture.workbook


@pytest.fixture
def screen_size(picture: Picture) -> tuple[int, int]:
    return picture.screen


@pytest.fixture
def template(
    template: Callable[[str], Path], gradsheet: Callable[..., Any], tmp_path: Path
) -> Iterator[Callable[[str], Path]]:
    """Return the maker of a workbook, from an own table too."""

    def make(name: str) -> Path:
        if name != OWN_DATA:
            return template(name)
        table = shutil.copy(DOCS / "data" / "iris.csv", tmp_path)
        assert gradsheet("new", table, "--target", "species", "-o", tmp_path / "iris.xlsx").status == 0
        return tmp_path / "iris.xlsx"

    return make


def test_a_picture_is_made(picture, window):
    calc, book, display = window
    for model in picture.models:
        calc.activate(book, model)
        for name, value in picture.settings.items():
            calc.put_named(book, name, [[value]])
        for name, times in picture.clicks.items():
            for _ in range(times):
                assert calc.press(book, name)["done"]
    for area, text in picture.typed.items():
        first, _, last = area.partition(":")
        rows = range(int(first[1:]), int((last or first)[1:]) + 1)
        calc.formulas(book, picture.sheet, area, [[text.format(row=row)] for row in rows])
    calc.select(book, picture.sheet, "A1")
    width, height = picture.screen
    calc.fill_screen(book, width, height)
    time.sleep(SETTLE_SECONDS)
    path = DOCS / "images" / f"{picture.path}.png"
    path.parent.mkdir(exist_ok=True)
    command = ["import", "-window", "root", "-colors", str(COLOURS), "-strip", f"PNG8:{path}"]
    subprocess.run(command, env=os.environ | display, check=True)
    calc.close(book)

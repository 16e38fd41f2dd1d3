"""The parts of a template that people and programs rely on change only on purpose.

After a change that is meant, make the files anew with GRADSHEET_REGENERATE=1 and read the difference.
"""

import os
import re
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest

from workbooks.lessons.templates import TEMPLATES
from workbooks.xlsx.area import column_letters
from workbooks.xlsx.package import Package

HERE = Path(__file__).parent
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def defined_names(package: Package) -> list[str]:
    return [
        f"{name} = {text}" for (_, name), text in sorted(package.defined_names().items(), key=lambda item: item[0][1])
    ]


def validations(package: Package) -> list[str]:
    lines = []
    for title in package.sheet_titles:
        for rule in package.sheet(title).iter(f"{MAIN}dataValidation"):
            limits = [child.text for child in rule if child.tag in (f"{MAIN}formula1", f"{MAIN}formula2")]
            kind = f"{rule.get('type') or 'any'} {' to '.join(map(str, limits))}".strip()
            lines.append(f"{title}!{rule.get('sqref')}: {kind}; {rule.get('error') or 'no error'}")
    return lines


def formulas(title: str) -> Callable[[Package], list[str]]:
    """Return the lister of a sheet's formulas; where one is filled down, {row} stands for the row's number."""

    def filled_down(text: str, row: int) -> str:
        def from_here(match: re.Match[str]) -> str:
            return f"{{row{int(match[0]) - row:+d}}}".replace("+0", "")

        return re.sub(r"(?<=[A-Z])\d+(?![\d(])", from_here, text)

    def listed(package: Package) -> list[str]:
        blocks = []
        columns: dict[tuple[int, str], list[int]] = {}
        grid = package.grid(title)
        for place, formula in grid.formulas.items():
            area = grid.formula_area(place)
            if area.shape == (1, 1):
                columns.setdefault((area.left, filled_down(formula.text, area.top)), []).append(area.top)
            else:
                blocks.append((area.left, area.top, area.address.rpartition("!")[2], formula.text))
        for (column, text), rows in columns.items():
            # Rows that follow one another differ from their place in the list by the same number.
            for _, run in groupby(enumerate(sorted(rows)), lambda pair: pair[1] - pair[0]):
                found = [row for _, row in run]
                letters = column_letters(column)
                place = f"{letters}{found[0]}" + (f" down to {letters}{found[-1]}" if len(found) > 1 else "")
                blocks.append((column, found[0], place, text))
        return [f"{place}: {text}" for _, _, place, text in sorted(blocks)]

    return listed


PARTS: dict[str, Callable[[Package], list[str]]] = {
    "names": defined_names,
    "validations": validations,
    "model_formulas": formulas("Model"),
    "lesson_formulas": formulas("Lesson"),
    "multiply_formulas": formulas("Multiply"),
    "you_aboard_formulas": formulas("You aboard"),
}


TITANIC = [name for name in TEMPLATES if name in ("titanic_linear", "titanic_two_layer")]


@pytest.fixture(scope="module", params=TITANIC)
def package(request, template_bytes, tmp_path_factory):
    path = tmp_path_factory.mktemp("golden") / f"{request.param}.xlsx"
    path.write_bytes(template_bytes[request.param])
    return Package.open(path)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_as_it_was(package, part):
    text = "\n".join(PARTS[part](package)) + "\n"
    golden = HERE / f"{package.path.stem}.{part}.txt"
    if os.environ.get("GRADSHEET_REGENERATE"):
        golden.write_text(text, encoding="utf-8")
    assert text.splitlines() == golden.read_text(encoding="utf-8").splitlines()

"""The page on an own table shows what the commands print, a formula of the workbook, and figures that are so."""

import re
import shlex
import shutil
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "own_data.md").read_text(encoding="utf-8")
SHOWN = re.compile(r"^```\n(gradsheet [^\n]*)\n```\n\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "docs" / "data", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


def test_what_is_shown_is_what_is_printed(gradsheet):
    shown = dict(SHOWN.findall(PAGE))
    assert len(shown) == 2
    for line in re.findall(r"^gradsheet .*", PAGE, re.MULTILINE):
        result = gradsheet(*shlex.split(line)[1:])
        assert result.status == 0, result.err
        if line in shown:
            assert result.out == shown[line]


def test_the_formula_is_that_of_the_first_input(gradsheet):
    gradsheet("new", "iris.csv", "--target", "species", "-o", "iris.xlsx")
    formula = openpyxl.load_workbook("iris.xlsx")["Model"]["D9"].value.text
    assert f"```text\n{formula}\n```" in PAGE


@pytest.mark.parametrize(
    ("title", "name"), [("wine", "wine"), ("breast cancer", "breast_cancer"), ("diabetes", "diabetes")]
)
def test_the_figures_are_those_that_training_ends_with(title, name, gradsheet):
    from sklearn import datasets

    found = getattr(datasets, f"load_{name}")()
    rows = [",".join(map(str, [*row, target])) for row, target in zip(found.data, found.target, strict=True)]
    Path("t.csv").write_text("\n".join([",".join([*found.feature_names, "target"]), *rows]), encoding="utf-8")
    gradsheet("new", "t.csv", "--target", "target", "-o", "t.xlsx")
    said = gradsheet("train", "t.xlsx", "--quiet").out
    figure = re.search(rf"^\| {title} \| \d+ \| ([\d.]+)", PAGE, re.MULTILINE)[1]
    digits = f"R² {figure}" if name == "diabetes" else f"accuracy {float(figure):.1f}%"
    assert digits in said

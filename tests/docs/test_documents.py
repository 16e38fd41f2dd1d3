import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from addin.cli.command import main
from pyfuncs.catalogue.reference import pages
from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.initialize import METHODS
from pyfuncs.kernels.losses import LOSSES
from pyfuncs.kernels.optimizers import OPTIMIZER_SETTINGS, OPTIMIZERS
from pyfuncs.kernels.schedules import SCHEDULES

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


TRAINING = ("train", "evaluate")
SURVIVED = {"accuracy": (0.825, 0.827)}
OUTCOMES = {
    "README.md": (
        {"train loss": (0.2555, 0.2565)},
        {"train loss": (0.1803, 0.1813), "accuracy": (0.74, 0.76)},
        {"loss": (0.1803, 0.1813)},
        {"train loss": (0.144227, 0.144228)},  # within a millionth of least squares
        {"train loss": (0.211, 0.213)},  # Reset brings the first weights back
        {"train loss": (0.15208, 0.15218), "accuracy": (0.78, 0.79)},
        {"train loss": (0.14992, 0.15002), "accuracy": (0.78, 0.795)},
        {"best loss": (0.1300, 0.1320), "median": (0.1435, 0.1450), "worst": (0.40, 0.41)},
        {"best loss": (0.1285, 0.1294)},
    ),
    "titanic.md": (
        {"train loss": (0.2555, 0.2565)},
        {"train loss": (0.162, 0.163)},
        {"train loss": (1, 1e6)},  # flies off
        {"train loss": (0.163, 0.164)},
        {"train loss": (0.14992, 0.15002), "accuracy": (0.78, 0.795)},
    ),
    "titanic_notebook.md": (
        {"train loss": (0.2055, 0.2057)} | SURVIVED,
        {"train loss": (0.2001, 0.2003)} | SURVIVED,
        {"train loss": (0.1968, 0.1970)} | SURVIVED,
        {"accuracy": (0.8258, 0.8259), "error_rate": (0.1741, 0.1742)},
        {"train loss": (0.3959, 0.3979), "accuracy": (0.66, 0.68)},  # jammed: nobody survives
    ),
    "sine.md": (
        {"train loss": (0, 0.001)},
        {"train loss": (0.20718, 0.2076)},  # a straight line
        {"train loss": (0.0345, 0.0353)},  # worse than 2 units
    ),
    "backprop.md": (
        {"train loss": (0, 0.01), "accuracy": (1, 1)},
        {"train loss": (0.1, 0.15), "accuracy": (0, 0.875)},  # at least one row of eight stays wrong
    ),
    "playground.md": ({"accuracy": (0.99, 1)}, {"accuracy": (0.95, 1)}),
    "gradient_descent.md": (
        {"train loss": (212.5, 213.5)},
        {"train loss": (0, 1e-6)},
        {"train loss": (0.00015, 0.00025)},
    ),
    "digits.md": (
        {"accuracy": (0.89, 0.91)},
        {"error_rate": (0.09, 0.11)},
        {"accuracy": (0.91, 0.925)},
        {"error_rate": (0.075, 0.09)},
        {"accuracy": (0.915, 0.93)},
    ),
    "own_data.md": (
        {"accuracy": (0.93, 0.94)},
        {"accuracy": (0.96, 1)},
        {"accuracy": (0.96, 1)},
    ),
}
"""What each train and evaluate of a page ends with, in the page's order: figures from and to."""


def code_lines(document):
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document):
    for target in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def commands(document):
    return [shlex.split(line)[1:] for line in code_lines(document) if line.startswith("gradsheet ")]


def said(output):
    """Return the figures that a command prints: a line after training, JSON after evaluate (of the rows that judge)."""
    if output.startswith("{"):
        judged = json.loads(output)
        return judged["valid"] or judged["train"]
    figures = re.findall(r"(train loss|valid loss|accuracy|best loss|median|worst|R²) ([0-9.]+[0-9])(%?)", output)
    return {name: float(number) / (100 if percent else 1) for name, number, percent in figures}


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(page, marks=[pytest.mark.slow] if page.stem == "digits" else [])
        for page in DOCUMENTS
        if commands(page)
    ],
    ids=lambda path: path.name,
)
def test_every_command_works_in_the_order_of_the_page_and_ends_as_it_should(document, tmp_path, monkeypatch, capsys):
    """The pages on the lesson and on digits take long: they print long trainings."""
    shutil.copytree(ROOT / "docs" / "data", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    outcomes = iter(OUTCOMES.get(document.name, ()))
    for command in commands(document):
        capsys.readouterr()
        status = main(command)
        printed = capsys.readouterr()
        assert status == 0, (command, printed.err)
        if command[0] in TRAINING:
            figures = said(printed.out)
            for name, (low, high) in next(outcomes).items():
                assert low <= figures[name] <= high, (command, name, figures)
    assert next(outcomes, None) is None, "an outcome without a command"


def test_the_readme_shows_how_the_command_is_used():
    assert len(commands(ROOT / "README.md")) > 10


def test_make_knows_the_commands_of_the_readme():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    said = [line.split()[1] for line in code_lines(ROOT / "README.md") if line.startswith("make ")]
    assert {"run", "test"} <= set(said) <= set(targets)


def test_the_formula_reference_is_made_from_the_declarations():
    made = pages()
    for path, content in made.items():
        assert (ROOT / "docs" / path).read_text(encoding="utf-8") == content
    found = {path.name for path in (ROOT / "docs" / "functions").iterdir()}
    assert found == {Path(path).name for path in made if "/" in path}


WORDS = {
    "activation_k": ACTIVATIONS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "initializer": METHODS,
}


def test_the_page_on_names_lists_every_word_and_who_takes_each_setting():
    text = (ROOT / "docs" / "workbook.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| `")]
    meaning = {name: set(re.findall(r"`(\w+)`", row[-1])) for row in cells for name in re.findall(r"`(\w+)`", row[0])}
    for name, words in WORDS.items():
        assert set(words) <= meaning[name]
    for name in OPTIMIZER_SETTINGS:
        assert meaning[name] == {word for word, rule in OPTIMIZERS.items() if name in rule.settings}

"""A command imports what it needs and no more: most of what a person waits for was the rest."""

import json
import subprocess
import sys

import pytest

TELL = (
    "import json, sys; from addin.cli.command import main; status = main(sys.argv[1:]); "
    "print(json.dumps(sorted(sys.modules)), file=sys.stderr); sys.exit(status)"
)


def imported(*arguments):
    command = [sys.executable, "-c", TELL, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(json.loads(ended.stderr.splitlines()[-1]))


@pytest.mark.parametrize("command", ["evaluate", "export"])
def test_reading_a_model_needs_no_builder_and_no_other_program(template, command):
    found = imported(command, template("titanic_linear"))
    assert "workbooks.xlsx.workbook" in found
    assert not found & {"openpyxl", "xlwings", "pyopenvba", "workbooks.sheets.writer", "workbooks.own_data"}
    assert not [
        name for name in found if name.startswith("workbooks.lessons.") and name != "workbooks.lessons.templates"
    ]


def test_training_a_template_imports_its_builder_alone(template):
    found = imported("train", template("titanic_linear"), "--epochs", 1, "--quiet")
    assert "workbooks.lessons.titanic.lesson" in found
    assert not found & {
        "xlwings",
        "pyopenvba",
        "workbooks.own_data",
        "workbooks.lessons.sine",
        "workbooks.sheets.writer",
    }


def test_the_catalogue_needs_no_workbook():
    found = imported("functions", "NN_RELU")
    assert not found & {"openpyxl", "lxml", "xlwings", "workbooks.lessons", "tqdm"}

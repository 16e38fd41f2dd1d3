"""A command imports what it needs and no more: most of what a person waits for was the rest."""

import json
import subprocess
import sys

import pytest

TELL = (
    "import json, sys\nfrom addin.cli.command import main\n"
    "try: status = main(sys.argv[1:])\n"
    "except SystemExit as end: status = end.code\n"
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
        "openpyxl",
        "tqdm",
        "xlwings",
        "pyopenvba",
        "asyncio",
        "urllib.request",
        "workbooks.own_data",
        "workbooks.lessons.sine",
        "workbooks.sheets.writer",
    }


def test_training_another_template_or_an_own_table_imports_no_openpyxl(template, tmp_path):
    table, book = tmp_path / "table.csv", tmp_path / "own.xlsx"
    table.write_text("size,rent\n" + "".join(f"{30 + i},{400 + 7 * i}\n" for i in range(20)))
    imported("new", table, "--target", "rent", "-o", book)
    for path in (template("sine"), book):
        assert "openpyxl" not in imported("train", path, "--epochs", 1, "--quiet")


@pytest.mark.parametrize("arguments", [("evaluate",), ("train", "--epochs", 1, "--quiet")], ids=lambda each: each[0])
def test_code_that_was_compiled_before_needs_no_numba(template, arguments):
    command, *options = arguments
    path = template("titanic_linear")
    imported(command, path, *options)  # which compiles what is not compiled yet
    assert "numba" not in imported(command, path, *options)


def test_help_needs_no_mathematics():
    assert not imported("--help") & {"numba", "numpy", "joblib", "importlib.metadata"}


def test_one_worker_needs_no_joblib(template):
    path = template("titanic_linear")
    options = ("--epochs", 1, "--restarts", 2, "--quiet")
    assert "joblib" not in imported("train", path, *options, "--jobs", 1)
    assert "joblib" in imported("train", path, *options, "--jobs", 2)


def test_the_catalogue_needs_no_workbook():
    found = imported("functions", "NN_RELU")
    assert not found & {"openpyxl", "lxml", "xlwings", "workbooks.lessons", "tqdm", "numba", "scipy"}

"""Every command as a user starts it: gradsheet.exe, into pipes, in a folder with a space, an umlaut, an apostrophe."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from addin.cli.reference import commands

OF_EXCEL = {"install", "uninstall", "doctor"}
"""What test_install.py tries."""
TABLE = "größe,farbe → ж,Preis √\n" + "".join(f"{i},{'rot' if i % 2 else 'weiß'},{i * i % 7}\n" for i in range(40))
BOOK, CSV, WEIGHTS = "bücher ж.xlsx", "bücher ж.csv", "gewichte ж.csv"


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "Übung von O'Brien"
    place.mkdir()
    (place / CSV).write_text(TABLE, encoding="utf-8")
    return place


@pytest.fixture
def run(environment, folder):
    program = environment / "Scripts" / "gradsheet.exe"

    def run(code_page, *arguments):
        variables = os.environ | {"PYTHONIOENCODING": code_page}
        return subprocess.run([program, *map(str, arguments)], cwd=folder, env=variables, capture_output=True)

    return run


@pytest.mark.parametrize("code_page", ["cp1252", "cp437"])
def test_every_command_does_its_work(run, folder, code_page):
    lines = [
        ["build"],
        ["build", "backprop", "titanic_linear"],
        ["check", "titanic_linear.xlsx"],
        ["equip", "titanic_linear.xlsx", "-o", "ж equipped.xlsx"],
        ["new", CSV, "--target", "Preis √", "-o", BOOK],
        ["train", BOOK, "--epochs", 2],
        ["sweep", BOOK, "--epochs", 1, "--lr", "0.1,0.01"],
        ["evaluate", BOOK],
        ["export", BOOK],
        ["export", BOOK, WEIGHTS],
        ["import", BOOK, WEIGHTS],
        ["predict", BOOK, CSV],
        ["functions"],
        ["functions", "--markdown"],
        ["repair", BOOK],
        ["warm"],
    ]
    assert {line[0] for line in lines} == commands().keys() - OF_EXCEL
    for line in lines:
        ended = run(code_page, *line)
        assert (ended.returncode, b"Traceback" in ended.stderr) == (0, False), (line, ended.stderr)
    assert {path.name for path in folder.iterdir()} >= {BOOK, CSV, WEIGHTS, "backprop.xlsx"}


def test_data_are_utf_8_whatever_the_code_page(run):
    run("utf-8", "new", CSV, "--target", "Preis √", "-o", BOOK)
    first, second = (run(code_page, "predict", BOOK, CSV).stdout for code_page in ("cp1252", "cp437"))
    assert "farbe → ж".encode() in first
    assert first == second


def test_compiled_kernels_are_kept_in_the_users_own_folder(environment, monkeypatch):
    monkeypatch.delenv("GRADSHEET_CACHE_DIR")
    folder = Path(os.environ["LOCALAPPDATA"], "gradsheet", "Cache")
    shutil.rmtree(folder, ignore_errors=True)
    code = "import numpy; from pyfuncs.kernels.linear import matmul; matmul(numpy.eye(2), numpy.eye(2))"
    subprocess.run([environment / "Scripts" / "python.exe", "-c", code], check=True)
    assert [*folder.rglob("*.code")]
    shutil.rmtree(folder)


def test_a_complaint_is_one_line(run):
    ended = run("cp437", "train", "ж →.xlsx")
    assert (ended.returncode, ended.stdout, ended.stderr.count(b"\n")) == (2, b"", 1)

"""In a pipe or a file no command ends at a character that the code page does not have."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from addin.cli.command import main
from addin.cli.reference import commands

CODE_PAGES = ("ascii", "cp437", "cp1252")
TABLE = "größe,farbe → ж,Preis √\n" + "".join(f"{i},{'rot' if i % 2 else 'weiß'},{i * i % 7}\n" for i in range(40))
OFFICES = {"install", "uninstall", "doctor"}
"""What these print they print in the office's tests; here, that they do not know an option."""


@pytest.fixture
def run(monkeypatch):
    """Return the command with its streams in a code page as Python opens them; it gives the status and the bytes."""

    def run(code_page, *arguments):
        streams = [io.TextIOWrapper(io.BytesIO(), encoding=code_page, newline="") for _ in range(2)]
        with monkeypatch.context() as patch:
            for name, stream in zip(("stdout", "stderr"), streams, strict=True):
                patch.setattr(sys, name, stream)
            try:
                status = main([str(argument) for argument in arguments])
            except SystemExit as ended:
                status = ended.code or 0
        for stream in streams:
            stream.flush()
        return status, *(stream.buffer.getvalue() for stream in streams)

    return run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "bücher ж.csv").write_text(TABLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("code_page", CODE_PAGES)
@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], *([name, "--help"] for name in commands())], ids=" ".join
)
def test_every_help_is_shown(run, code_page, arguments):
    status, out, err = run(code_page, *arguments)
    assert (status, err) == (0, b"")
    assert out.endswith(b"\n")


@pytest.mark.parametrize("code_page", CODE_PAGES)
def test_every_command_does_its_work(run, folder, code_page):
    book, table, weights = "bücher ж.xlsx", "bücher ж.csv", "gewichte ж.csv"
    lines = [
        ["build"],
        ["build", "backprop"],
        ["new", table, "--target", "Preis √", "-o", book],
        ["train", book, "--epochs", 2],
        ["evaluate", book],
        ["sweep", book, "--lr", "0.01,0.1", "--epochs", 1, "-o", "versuche ж.xlsx"],
        ["check", book],
        ["equip", book, "-o", "überall ж.xlsx"],
        ["export", book],
        ["export", book, weights],
        ["import", book, weights],
        ["predict", book, table],
        ["predict", book, table, "-o", "answers ж.csv"],
        ["functions"],
        ["functions", "NN_RELU", "NN_RMSPROP_STEP", "NN_MATMUL"],
        ["functions", "--markdown"],
        ["repair", book],
        ["warm"],
    ]
    assert {line[0] for line in lines} == commands().keys() - OFFICES
    for line in lines:
        status, _, err = run(code_page, *line)
        assert status == 0, (line, err)


@pytest.mark.parametrize("code_page", CODE_PAGES)
@pytest.mark.parametrize("name", commands())
def test_every_complaint_is_one_line(run, folder, code_page, name):
    status, out, err = run(code_page, name, "--ж")
    assert (status, out, err.count(b"\n")) == (2, b"", 1)
    assert run(code_page, "train", "ж →.xlsx")[0] == 2


def test_what_a_code_page_lacks_is_a_question_mark_in_a_message(run, folder):
    _, out, _ = run("cp1252", "new", "bücher ж.csv", "--target", "Preis √", "-o", "größe ж.xlsx")
    assert "größe ?.xlsx".encode("cp1252") in out


def test_data_are_utf_8_in_every_code_page(run, folder):
    book, table = "bücher.xlsx", "bücher ж.csv"
    run("utf-8", "new", table, "--target", "Preis √", "-o", book)
    run("utf-8", "predict", book, table, "-o", "answers.csv")
    answers = Path("answers.csv").read_bytes().replace(b"\r\n", b"\n")
    assert "farbe → ж".encode() in answers
    for code_page in CODE_PAGES:
        assert run(code_page, "predict", book, table)[1] == answers
    assert run("ascii", "functions", "--markdown") == run("utf-8", "functions", "--markdown")


@pytest.mark.parametrize("code_page", CODE_PAGES)
def test_a_real_pipe_is_no_other(code_page, folder):
    command = [sys.executable, "-P", "-m", "addin.cli", "new", "bücher ж.csv", "--target", "Preis √", "-o", "ж.xlsx"]
    environment = os.environ | {"PYTHONIOENCODING": code_page, "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, env=environment)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)

"""A workbook that takes seconds to read is announced; nothing else is said on standard error."""

import pytest

COMMANDS = [("evaluate",), ("export",), ("train", "--steps", "1")]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_large_workbook_is_announced_and_a_small_one_is_not(command, gradsheet, small_book, monkeypatch):
    path = small_book()
    name, *options = command
    assert gradsheet(name, path, *options).err == ""
    monkeypatch.setattr("addin.cli.progress.LARGE", path.stat().st_size - 1000)
    lines = gradsheet(name, path, *options).err.splitlines()
    assert lines[0] == f"Reading {path} …"
    assert lines[1:] == ([f"Calculating and saving {path} …"] if name == "train" else [])


def test_quiet_is_quiet(gradsheet, small_book, monkeypatch):
    monkeypatch.setattr("addin.cli.progress.LARGE", 0)
    assert gradsheet("train", small_book(), "--epochs", "1", "--quiet").err == ""

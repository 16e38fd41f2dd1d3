"""--debug gives the traceback, --help every command, --version the version."""

import importlib.metadata

import pytest

from pyfuncs.cells.errors import GradsheetError

COMMANDS = ("build", "train", "evaluate", "export", "import", "functions")


def test_debug_lets_the_error_through(gradsheet, tmp_path):
    with pytest.raises(GradsheetError, match="does not exist"):
        gradsheet("train", tmp_path / "none.xlsx", "--debug")


def test_debug_lets_ctrl_c_through(gradsheet, small_book, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("addin.cli.train.model_of", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gradsheet("train", small_book(), "--debug")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(gradsheet, command):
    result = gradsheet(command, "--help")
    assert (result.status, result.err) == (0, "")
    assert f"gradsheet {command}" in result.out
    assert "--debug" in result.out


def test_help_lists_the_commands(gradsheet):
    out = gradsheet("--help").out
    assert [command for command in COMMANDS if command not in out] == []


def test_version(gradsheet):
    assert gradsheet("--version").out.strip() == importlib.metadata.version("gradsheet")

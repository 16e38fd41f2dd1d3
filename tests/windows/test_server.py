"""A Python that xlwings' library cannot start: noticed at once, where it would wait for two minutes."""

from pathlib import Path

import pytest

from tests.windows.as_vba import Problem, server_command


def test_a_python_that_cannot_start_is_noticed_at_once(library, command):
    broken = command.replace("import sys, os;", "import sys, os, no_such_module;")
    assert broken != command
    with pytest.raises(Problem, match="exited"):
        library.activate(broken)


@pytest.mark.parametrize("path", [r"C:\no such folder\python.exe", r"C:\it's 100% & more (1)\python.exe"])
def test_an_interpreter_that_is_not_there_is_noticed_at_once(library, path):
    with pytest.raises(Problem, match="exited"):
        library.activate(server_command(Path(path)))

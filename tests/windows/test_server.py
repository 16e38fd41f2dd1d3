"""The Python that xlwings' library starts: how it ends, and that there is one of it."""

from pathlib import Path

import pytest
from as_vba import Problem, invoke, server_command

UDFS = "addin.excel.inside.udfs"


def test_a_python_that_cannot_start_is_noticed_at_once(library, command):
    broken = command.replace("import sys, os;", "import sys, os, no_such_module;")
    assert broken != command
    with pytest.raises(Problem, match="exited"):
        library.activate(broken)


@pytest.mark.parametrize("path", [r"C:\no such folder\python.exe", r"C:\it's 100% & more (1)\python.exe"])
def test_an_interpreter_that_is_not_there_is_noticed_at_once(library, path):
    with pytest.raises(Problem, match="exited"):
        library.activate(server_command(Path(path)))


def test_asking_again_gives_the_same_python(call):
    first, second = (call(UDFS, "NN_RELU", 1.0) for _ in range(2))
    assert first == second


def test_a_python_that_was_ended_is_told_from_one_that_raises(library, command):
    one = command.replace("import sys, os;", "import sys, os; ")  # a Python of its own
    address = library.activate(one)
    assert invoke(address, "CallUDF", UDFS, "NN_RELU", [3.0], None) == 3.0
    library.activate(one, mode=-1)
    assert invoke(library.activate(one), "CallUDF", UDFS, "NN_RELU", [-3.0], None) == 0.0
    library.activate(one, mode=-1)

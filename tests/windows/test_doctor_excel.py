"""`gradsheet doctor --excel` from one end to the other, against an Excel of COM objects in a process of its own."""

import os
import re
import subprocess
import sys
import winreg
from pathlib import Path

import pytest

from addin.excel.build.vba import ADD_IN_FILE
from pyfuncs.catalogue.registry import formulas
from tests.windows import excel_object
from tests.windows.conftest import remove_key
from workbooks.lessons.templates import BUNDLED

ROOT = Path(__file__).parent.parent.parent
CLASS = rf"CLSID\{excel_object.APPLICATION}"
SERVE = f"import sys; sys.path.insert(0, r'{ROOT}'); from {excel_object.__name__} import serve; serve()"
EXAMPLES = sum(len(formula.examples) for formula in formulas().values())


@pytest.fixture
def excel(excel, environment):
    """Let COM give the Excel of the tests to a program that asks for Excel."""
    keys = {
        r"Excel.Application\CLSID": str(excel_object.APPLICATION),
        rf"{CLASS}\PythonCOM": f"{excel_object.__name__}.started",
        rf"{CLASS}\PythonCOMPolicy": f"{excel_object.__name__}.Policy",
    }
    for key, value in keys.items():
        winreg.SetValue(winreg.HKEY_CLASSES_ROOT, key, winreg.REG_SZ, value)
    # Started here, because COM waits for a program that it starts itself for a limited time alone.
    command = [sys.executable, "-c", SERVE, str(environment)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline() == f"{excel_object.READY}\n"
        yield
        server.kill()
    remove_key(winreg.HKEY_CLASSES_ROOT, CLASS)


@pytest.fixture
def report(run, excel, tmp_path):
    """Return the trial's status and its report."""
    assert run("install", "excel", "--no-open").returncode == 0
    try:
        ended = run("doctor", "--excel", "--report", "report.txt")
        yield ended.returncode, (tmp_path / "report.txt").read_text(encoding="utf-8")
    finally:
        assert run("uninstall", "excel").returncode == 0


def test_the_trial_of_everything_is_green(report):
    status, text = report
    problems = [line for line in text.splitlines() if line.startswith("BAD")]
    assert (status, problems) == (0, []), text
    assert f"{2 * EXAMPLES} calls of {EXAMPLES} examples were answered" in text
    assert f"{2 * EXAMPLES} of {2 * EXAMPLES} gave the bits of the plain call" in text
    opened = re.findall(r"^== (.*)\.xl[as]m$", text, re.MULTILINE)
    assert {*opened} == {*BUNDLED, "blank", Path(ADD_IN_FILE).stem}
    after = re.findall(
        r"^ok   after (\w+)[\w ]* the cells differ from training the file by 0.0e\+00$", text, re.MULTILINE
    )
    assert {*after} == {"step", "epoch", "epochs", "stop", "reset", "seed", "best", "undo", "export", "import"}
    assert str(Path.home()) not in text
    assert os.environ["USERNAME"] not in text

"""`gradsheet doctor --excel` from one end to the other, against an Excel of COM objects in a process of its own."""

import os
import re
import sys
import winreg
from pathlib import Path

import pytest
from excel_object import APPLICATION

from pyfuncs.catalogue.registry import formulas

HERE = Path(__file__).parent
CLASS = rf"Software\Classes\CLSID\{APPLICATION}"


@pytest.fixture
def excel(excel, environment):
    """Let COM start the Excel of the tests where a program asks for Excel."""
    command = f'"{sys.executable}" "{HERE / "excel_object.py"}" "{environment}"'
    winreg.SetValue(
        winreg.HKEY_CURRENT_USER, r"Software\Classes\Excel.Application\CLSID", winreg.REG_SZ, str(APPLICATION)
    )
    winreg.SetValue(winreg.HKEY_CURRENT_USER, rf"{CLASS}\LocalServer32", winreg.REG_SZ, command)
    yield
    for inner in (r"\LocalServer32", ""):
        winreg.DeleteKey(winreg.HKEY_CURRENT_USER, CLASS + inner)


def test_the_report_is_green(run, excel, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    assert run("install", "excel", "--no-open").returncode == 0
    try:
        monkeypatch.delenv("PYTHONPATH")
        ended = run("doctor", "--excel", "--report", "report.txt")
        report = (tmp_path / "report.txt").read_text(encoding="utf-8")
        assert ended.returncode == 0, report
        assert "BAD" not in report
        examples = sum(len(formula.examples) for formula in formulas().values())
        assert f"{2 * examples} calls of {examples} examples were answered" in report
        assert f"{2 * examples} of {2 * examples} gave the bits of the plain call" in report
        assert len(re.findall(r"after epochs.* differ from training the file by 0\.0e\+00", report)) >= 5
        assert str(Path.home()) not in report
        assert os.environ["USERNAME"] not in report
    finally:
        assert run("uninstall", "excel").returncode == 0

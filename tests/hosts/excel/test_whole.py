"""The files as they are built, installed for a pretend user and tried in a pretend Excel; what ties them together."""

import re
from pathlib import Path

import pytest
import xlwings

from addin.excel.build.dependency import pinned_xlwings
from addin.excel.build.settings import INSTALLED, INTERPRETER, TITLE, settings
from addin.excel.build.vba import ADD_IN_FILE, TEXTS
from addin.excel.check.doctor.examine import examine
from addin.excel.check.doctor.interpreter import DLL
from addin.excel.check.smoke.buttons import models_in
from addin.excel.check.smoke.run import smoke
from addin.excel.install.installer import FIRST, install, uninstall
from addin.excel.install.registration import add_in_path
from workbooks.lessons.templates import BUNDLED

from .pretend import PretendWindows, contents
from .pretend_excel import MISSING, PretendExcel

CALLER = (Path(xlwings.__file__).parent / "xlwings.bas").read_text(encoding="cp1252")


@pytest.fixture
def windows(tmp_path):
    return PretendWindows(tmp_path)


def test_all_that_is_built_is_installed_tried_and_removed(windows, tmp_path, excel_files):
    def build(folder, values):
        # Its interpreter is the one that the files name where nothing else is said.
        assert values[INTERPRETER] == INSTALLED
        for name, data in excel_files.items():
            (folder / name).write_bytes(data)

    before = contents(tmp_path), windows.registry.copy()
    assert install(windows, build, lambda: 0.0, [].append).name == FIRST
    folder = windows.folders.documents / "Gradsheet"
    assert {path.name for path in folder.iterdir()} == excel_files.keys() - {ADD_IN_FILE}
    assert {f"{name}.xlsm" for name in BUNDLED} <= {path.name for path in folder.iterdir()}
    assert all((folder / name).read_bytes() == data for name, data in excel_files.items() if name != ADD_IN_FILE)
    assert add_in_path(windows.folders).read_bytes() == excel_files[ADD_IN_FILE]
    assert [finding.line for finding in examine(windows) if not finding.is_well] == []
    report = tmp_path / "report.txt"
    assert smoke(windows, PretendExcel, lambda: MISSING, report, [].append) == 0
    said = report.read_text(encoding="utf-8")
    assert set(re.findall(r"^== (.*\.xl.m)$", said, re.MULTILINE)) == excel_files.keys()
    models = [len(models_in(path)) for path in folder.iterdir()]
    assert max(models) > 1
    assert len(re.findall(r"^ok   after step", said, re.MULTILINE)) == sum(models)
    report.unlink()
    uninstall(windows, [].append)
    assert (contents(tmp_path), windows.registry.copy()) == before


def test_the_macros_read_each_setting_that_is_written_from_the_sheet_that_is_written():
    texts = CALLER + "".join(path.read_text(encoding="ascii") for path in TEXTS.glob("*.bas"))
    for key in settings():
        assert f'GetConfig("{key}"' in texts, key
    assert TITLE == "xlwings.conf"
    assert 'Const PROJECT_NAME As String = "xlwings"' in CALLER
    assert 'wb.Sheets(PROJECT_NAME & ".conf")' in CALLER


def test_the_macros_load_the_library_that_the_doctor_looks_for():
    libraries = set(re.findall(r'Lib "(xlwings\d\d-[^"]+)"', CALLER))
    assert libraries == {DLL.format(bits=bits, version=pinned_xlwings()) for bits in (32, 64)}

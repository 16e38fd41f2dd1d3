"""Installing, the doctor, repairing and uninstalling, with Windows' registry and the folders that Windows names."""

import os
from pathlib import Path

from addin.excel.build.settings import INTERPRETER, WORKBOOKS, read_settings
from addin.excel.install.this_registry import ThisRegistry
from addin.excel.install.this_windows import folders

EXCEL = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Excel"


def everything():
    """Return what there is of Gradsheet outside its environment and its compiled formulas."""
    places = [folders().documents, folders().roaming / "Microsoft", folders().profile / ".xlwings"]
    files = {
        path
        for place in places
        for path in place.rglob("*")
        if "gradsheet" in str(path).lower() or ".xlwings" in str(path)
    }
    return files, ThisRegistry().values(rf"{EXCEL}\Options")


def test_without_excel_the_way_out_is_named(run):
    ended = run("install", "excel", "--no-open")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "gradsheet install calc" in ended.stderr


def test_from_nothing_to_excel_and_back(run, excel, environment):
    before = everything()
    assert run("doctor", "excel").returncode == 2
    ended = run("install", "excel", "--no-open")
    assert ended.returncode == 0, ended.stderr
    add_in = folders().roaming / "Microsoft" / "AddIns" / "gradsheet.xlam"
    assert ThisRegistry().values(rf"{EXCEL}\Options")["OPEN"] == f'"{add_in}"'
    workbooks = folders().documents / "Gradsheet"
    for path in (add_in, workbooks / "titanic_linear.xlsm"):
        found = read_settings(path)
        assert Path(os.path.expandvars(found[INTERPRETER])) == environment / "Scripts" / "python.exe"
        assert found[WORKBOOKS] == str(workbooks)
    assert not (folders().profile / ".xlwings").exists()
    ended = run("doctor", "excel")
    assert ended.returncode == 0, ended.stdout
    assert "BAD" not in ended.stdout

    # Something breaks, and installing once more repairs it; what a person has changed stays under another name.
    add_in.unlink()
    (workbooks / "titanic_linear.xlsm").write_bytes(b"mine")
    assert run("doctor", "excel").returncode == 2
    assert run("install", "excel", "--no-open").returncode == 0
    assert run("doctor", "excel").returncode == 0
    assert (workbooks / "titanic_linear (1).xlsm").read_bytes() == b"mine"

    ended = run("uninstall", "excel")
    assert ended.returncode == 0, ended.stderr
    (workbooks / "titanic_linear (1).xlsm").unlink()
    workbooks.rmdir()
    assert everything() == before
    assert "was not installed" in run("uninstall", "excel").stdout

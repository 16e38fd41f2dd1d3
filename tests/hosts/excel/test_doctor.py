"""The doctor on a pretend Windows: each fault is put in alone, found, and its way out named."""

from functools import cache
from pathlib import Path

import pytest

from addin.excel.build.dependency import pinned_xlwings
from addin.excel.build.files import add_in_file, blank_file
from addin.excel.build.settings import read_settings
from addin.excel.check.doctor.examine import examine
from addin.excel.install.configuration import configuration_path
from addin.excel.install.installer import install
from addin.excel.install.registration import add_in_path

from .pretend import APP_PATH, CLICK_TO_RUN, CURRENT, EXCEL, OPTIONS, PretendWindows, program

POLICY = r"HKEY_CURRENT_USER\Software\Policies\Microsoft\Office\16.0\Excel\Security"
MACHINE_POLICY = POLICY.replace("HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE")
VERSION = pinned_xlwings()
MARK = "[ZoneTransfer]\r\nZoneId=3\r\n"


@cache
def built(make, values):
    return make(dict(values))


def build(folder, values):
    makers = {"gradsheet.xlam": add_in_file, "titanic_linear.xlsm": blank_file}
    for name, make in makers.items():
        (folder / name).write_bytes(built(make, tuple(values.items())))


def change_settings(windows, **changes):
    """Write other settings into the workbook, as somebody may who looks for the hidden sheet."""
    workbook(windows).write_bytes(blank_file(read_settings(workbook(windows)) | changes))


@pytest.fixture
def windows(tmp_path):
    windows = PretendWindows(tmp_path)
    install(windows, build, lambda: 0.0, [].append)
    return windows


def workbook(windows):
    return windows.folders.documents / "Gradsheet" / "titanic_linear.xlsm"


def library(windows, bits=64):
    return windows.interpreter.prefix / f"xlwings{bits}-{VERSION}.dll"


def replace_program(windows, machine):
    program(windows.program, machine)


def disable(windows):
    item = b"\x01\0\0\0" + str(add_in_path(windows.folders)).upper().encode("utf-16-le").lower() + b"\0\0"
    windows.registry.put(rf"{EXCEL}\Resiliency\DisabledItems", "1F2A", item)


FAULTS = {
    "no Excel": (lambda w: w.registry.keys.pop(CURRENT), "Excel is not found", "gradsheet install calc"),
    "old Excel": (lambda w: w.registry.put(CURRENT, "", "Excel.Application.14"), "older than Excel 2016", "install"),
    "Excel of the Store": (
        lambda w: w.registry.put(APP_PATH, "", r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop\EXCEL.EXE"),
        "Microsoft Store",
        "office.com",
    ),
    "32 bits without their library": (
        lambda w: (replace_program(w, 0x014C), library(w, 32).unlink()),
        f"xlwings32-{VERSION}.dll is neither",
        "virus scanner",
    ),
    "bits by the installation": (
        lambda w: (w.program.unlink(), w.registry.put(CLICK_TO_RUN, "Platform", "x86"), library(w, 32).unlink()),
        f"xlwings32-{VERSION}.dll is neither",
        "install.ps1",
    ),
    "library gone": (lambda w: library(w).unlink(), f"xlwings64-{VERSION}.dll is neither", "virus scanner"),
    "library of another version": (
        lambda w: library(w).rename(library(w).with_name("xlwings64-0.30.1.dll")),
        "there is xlwings32",
        "install.ps1",
    ),
    "empty library": (lambda w: library(w).write_bytes(b""), "is empty", "install.ps1"),
    "xlwings of another version": (
        lambda w: w.change_interpreter(packages=w.interpreter.packages | {"xlwings": "0.30.1"}),
        "xlwings is 0.30.1",
        f"xlwings=={VERSION}",
    ),
    "no xlwings": (
        lambda w: w.change_interpreter(packages={"gradsheet": "0.1.0"}),
        "xlwings is not in",
        "install.ps1",
    ),
    "no pywin32": (
        lambda w: w.change_interpreter(import_problem="pythoncom: DLL load failed"),
        "cannot talk to Excel (pythoncom: DLL load failed)",
        "install.ps1",
    ),
    "32-bit Python": (lambda w: w.change_interpreter(platform="win32"), "made for win32", "python.org"),
    "Python of the Store": (
        lambda w: w.change_interpreter(base=Path("C:/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.12")),
        "hides its folders",
        "python.org",
    ),
    "another interpreter": (
        lambda w: change_settings(w, INTERPRETER_WIN=r"C:\other\python.exe"),
        "Two interpreters: ",
        "gradsheet install excel",
    ),
    "no interpreter": (lambda w: change_settings(w, INTERPRETER_WIN=""), "names no interpreter", "install excel"),
    "debugging on": (lambda w: change_settings(w, **{"DEBUG UDFS": "True"}), "DEBUG UDFS is True", "install excel"),
    "damaged workbook": (lambda w: workbook(w).write_bytes(b"half"), "titanic_linear.xlsm", "install excel"),
    "PYTHONPATH": (lambda w: w.environment.update(PYTHONPATH="C:\\old"), "PYTHONPATH is C:\\old", "remove it"),
    "letters": (lambda w: setattr(w, "ansi", "ascii"), "letters that Excel's macros cannot read", "UTF-8"),
    "add-in gone": (lambda w: add_in_path(w.folders).unlink(), "gradsheet.xlam is not there", "virus scanner"),
    "add-in not listed": (
        lambda w: w.registry.delete(OPTIONS, "OPEN"),
        "does not load gradsheet.xlam",
        "install excel",
    ),
    "add-in disabled": (disable, "disabled gradsheet.xlam", "Disabled Items"),
    "newer packages": (
        lambda w: w.change_interpreter(packages=w.interpreter.packages | {"gradsheet": "0.2.0"}),
        "were built with gradsheet 0.1.0",
        "install excel",
    ),
    "marked add-in": (
        lambda w: Path(f"{add_in_path(w.folders)}:Zone.Identifier").write_text(MARK),
        "gradsheet.xlam carries the Mark of the Web",
        "Unblock",
    ),
    "marked workbook": (
        lambda w: Path(f"{workbook(w)}:Zone.Identifier").write_text(MARK),
        "titanic_linear.xlsm carries the Mark of the Web",
        "Unblock",
    ),
    "no macros": (lambda w: w.registry.put(rf"{EXCEL}\Security", "VBAWarnings", 4), "no macros at all", "Trust Center"),
    "signed macros": (
        lambda w: w.registry.put(rf"{EXCEL}\Security", "vbawarnings", 3),
        "signed macros only",
        "Trust Center",
    ),
    "an administrator's rule": (
        lambda w: (w.registry.put(POLICY, "vbawarnings", 4), w.registry.put(rf"{EXCEL}\Security", "VBAWarnings", 1)),
        "no macros at all",
        "an administrator has set this",
    ),
    "a rule for the machine": (
        lambda w: w.registry.put(MACHINE_POLICY, "VBAWarnings", 3),
        "signed macros only",
        "admin",
    ),
    "no add-ins": (
        lambda w: w.registry.put(rf"{EXCEL}\Security", "DisableAllAddins", 1),
        "loads no add-ins",
        "clear Disable all",
    ),
    "signed add-ins": (
        lambda w: w.registry.put(MACHINE_POLICY, "RequireAddinSig", 1),
        "signed add-ins only",
        "an administrator has set this",
    ),
}


def test_after_installing_all_is_well(windows):
    found = list(examine(windows))
    assert [finding.line for finding in found if not finding.is_well or finding.is_note] == []
    assert len(found) > 8


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_found_with_its_way_out(windows, fault):
    break_it, found, way_out = FAULTS[fault]
    break_it(windows)
    bad = [finding.text for finding in examine(windows) if not finding.is_well]
    assert any(found in text and way_out in text for text in bad), bad
    assert all(text.endswith((".", ")")) for text in bad)


def test_one_fault_makes_one_finding(windows):
    Path(f"{workbook(windows)}:Zone.Identifier").write_text(MARK)
    assert sum(not finding.is_well for finding in examine(windows)) == 1


@pytest.mark.parametrize(("bits", "machine"), [(32, 0x014C), (64, 0x8664)])
def test_the_library_is_that_of_excels_bits_not_of_pythons(windows, bits, machine):
    replace_program(windows, machine)
    texts = [finding.text for finding in examine(windows) if finding.is_well]
    assert f"Excel is a program of {bits} bits" in texts
    assert any(f"xlwings{bits}-{VERSION}.dll is there" in text for text in texts)


@pytest.mark.parametrize("variable", ["OneDrive", "OneDriveCommercial", None])
def test_onedrive_is_a_note_with_a_way_out(windows, variable):
    if variable:
        windows.environment[variable] = str(windows.folders.documents).upper()
    else:
        account = r"HKEY_CURRENT_USER\Software\Microsoft\OneDrive\Accounts\Business1"
        windows.registry.put(account, "UserFolder", str(windows.folders.documents))
    notes = [finding for finding in examine(windows) if finding.is_note]
    assert len(notes) == 1
    assert "is in OneDrive" in notes[0].text
    assert "--workbooks" in notes[0].text
    assert notes[0].is_well


@pytest.mark.parametrize(
    "place", [configuration_path, lambda folders: folders.documents / "Gradsheet" / "xlwings.conf"]
)
def test_settings_elsewhere_have_no_say(windows, place):
    path = place(windows.folders)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b'"INTERPRETER_WIN","C:\\other\\python.exe"\r\n"PYTHONPATH","C:\\numpy 1"\r\n')
    assert all(finding.is_well and not finding.is_note for finding in examine(windows))


def test_the_other_add_in_of_xlwings_is_a_note(windows):
    windows.registry.put(OPTIONS, "OPEN1", '"C:\\Users\\x\\xlwings.xlam"')
    assert any("own add-in" in finding.text for finding in examine(windows) if finding.is_note)


def test_before_installing_the_doctor_says_what_to_do(tmp_path):
    bad = [finding.text for finding in examine(PretendWindows(tmp_path)) if not finding.is_well]
    assert all("gradsheet install excel" in text for text in bad)
    assert len(bad) >= 3
    assert not [text for text in bad if "missing" in text]

"""Installing for a user of a pretend Windows, and uninstalling without a trace."""

import json
from pathlib import Path

import pytest

from addin.excel.install.configuration import configuration_path, read
from addin.excel.install.installer import install, uninstall
from addin.excel.install.office import find_excel
from addin.excel.install.record import record_path
from addin.excel.install.registration import add_in_path, registered
from pyfuncs.cells.errors import GradsheetError

from .pretend import CURRENT, EXCEL, OPTIONS, PretendWindows, contents

BUILT = {
    "gradsheet.xlam": b"the add-in",
    "titanic_linear.xlsm": b"the linear model",
    "titanic_two_layer.xlsm": b"two layers",
}


@pytest.fixture
def windows(tmp_path):
    return PretendWindows(tmp_path)


def build(folder, built=BUILT):
    for name, data in built.items():
        (folder / name).write_bytes(data)


def installed(windows, built=BUILT, **options):
    said = []
    opened = install(windows, lambda folder, values: build(folder, built), lambda: 0.0, said.append, **options)
    return opened, said


def removed(windows):
    said = []
    uninstall(windows, said.append)
    return said


def state(windows, tmp_path):
    return contents(tmp_path), windows.registry.copy()


def settings(windows):
    return read(configuration_path(windows.folders), windows.ansi)


def listed(windows):
    values = {name.upper(): value for name, value in windows.registry.values(OPTIONS).items()}
    return {name: value for name, value in values.items() if name.startswith("OPEN")}


def test_everything_is_where_excel_looks_for_it(windows):
    opened, _ = installed(windows)
    folder = windows.folders.documents / "Gradsheet"
    assert opened == folder / "titanic_linear.xlsm"
    assert opened.read_bytes() == BUILT["titanic_linear.xlsm"]
    assert (folder / "titanic_two_layer.xlsm").read_bytes() == BUILT["titanic_two_layer.xlsm"]
    assert add_in_path(windows.folders) == windows.folders.roaming / "Microsoft" / "AddIns" / "gradsheet.xlam"
    assert add_in_path(windows.folders).read_bytes() == BUILT["gradsheet.xlam"]
    assert listed(windows) == {"OPEN": f'"{add_in_path(windows.folders)}"'}


def test_the_macros_are_told_the_interpreter_and_where_the_workbooks_are(windows, tmp_path):
    given = []

    def remember(folder, values):
        given.append(values)
        build(folder)

    install(windows, remember, lambda: 0.0, [].append)
    windows.change_interpreter(program=tmp_path / "elsewhere" / "python.exe")
    install(windows, remember, lambda: 0.0, [].append, tmp_path / "lessons")
    inside, outside = given
    # Below the user's own folder a workbook that is passed on finds the interpreter of whoever opens it.
    assert inside["INTERPRETER_WIN"] == r"%LOCALAPPDATA%\gradsheet\venv\Scripts\python.exe"
    assert inside["GRADSHEET_WORKBOOKS"] == str(windows.folders.documents / "Gradsheet")
    assert outside["INTERPRETER_WIN"] == str(tmp_path / "elsewhere" / "python.exe")
    assert outside["GRADSHEET_WORKBOOKS"] == str(tmp_path / "lessons")


def test_uninstalling_leaves_no_trace(windows, tmp_path):
    before = state(windows, tmp_path)
    installed(windows)
    cache = windows.folders.local / "gradsheet" / "Cache" / "0123"
    cache.mkdir(parents=True)
    (cache / "kernel.nbi").write_bytes(b"compiled")
    assert state(windows, tmp_path) != before
    assert removed(windows) == ["Gradsheet is taken out of Excel."]
    assert state(windows, tmp_path) == before


def test_uninstalling_after_a_second_installation_leaves_no_trace(windows, tmp_path):
    before = state(windows, tmp_path)
    installed(windows)
    installed(windows, BUILT | {"titanic_linear.xlsm": b"a newer build"})
    removed(windows)
    assert state(windows, tmp_path) == before


def test_uninstalling_what_was_never_installed_changes_nothing(windows, tmp_path):
    before = state(windows, tmp_path)
    assert removed(windows) == ["Gradsheet was not installed in Excel."]
    assert state(windows, tmp_path) == before


def test_an_installation_that_fails_half_way_can_be_uninstalled_without_a_trace(windows, tmp_path):
    before = state(windows, tmp_path)

    def full(folder, values):
        (folder / "gradsheet.xlam").write_bytes(b"half")
        raise GradsheetError("the disk is full")

    def broken():
        raise GradsheetError("no compiler")

    with pytest.raises(GradsheetError, match="full"):
        install(windows, full, lambda: 0.0, [].append)
    removed(windows)
    assert state(windows, tmp_path) == before
    with pytest.raises(GradsheetError, match=r"gradsheet\.xlam was not built"):
        installed(windows, {"titanic_linear.xlsm": b"alone"})
    with pytest.raises(GradsheetError, match="compiler"):
        install(windows, lambda folder, values: build(folder), broken, [].append)
    removed(windows)
    assert state(windows, tmp_path) == before


def test_where_excel_never_ran_its_keys_go_again(windows, tmp_path):
    for key in [key for key in windows.registry.keys if key.startswith("HKEY_CURRENT_USER")]:
        del windows.registry.keys[key]
    before = state(windows, tmp_path)
    installed(windows)
    assert windows.registry.exists(OPTIONS)
    removed(windows)
    assert state(windows, tmp_path) == before


def test_other_add_ins_keep_their_order_and_no_number_is_left_out(windows):
    for name, entry in {"OPEN": "/R solver", "OPEN1": '"gradsheet.xlam"', "open2": '/A "C:\\other.xlam"'}.items():
        windows.registry.put(OPTIONS, name, entry)
    installed(windows)
    ours = f'"{add_in_path(windows.folders)}"'
    assert listed(windows) == {"OPEN": "/R solver", "OPEN1": '/A "C:\\other.xlam"', "OPEN2": ours}
    removed(windows)
    assert listed(windows) == {"OPEN": "/R solver", "OPEN1": '/A "C:\\other.xlam"'}


def test_more_than_ten_add_ins_stay_in_their_order(windows):
    others = [f'"C:\\{n}.xlam"' for n in range(12)]
    for n, entry in enumerate(others):
        windows.registry.put(OPTIONS, f"OPEN{n or ''}", entry)
    installed(windows)
    assert listed(windows)["OPEN12"] == f'"{add_in_path(windows.folders)}"'
    removed(windows)
    assert listed(windows) == {f"OPEN{n or ''}": entry for n, entry in enumerate(others)}


def test_an_add_in_that_was_switched_off_is_switched_on(windows):
    manager = rf"{EXCEL}\Add-in Manager"
    windows.registry.put(manager, "C:\\elsewhere\\Gradsheet.xlam", "")
    windows.registry.put(manager, "C:\\elsewhere\\other.xlam", "")
    installed(windows)
    assert list(windows.registry.values(manager)) == ["C:\\elsewhere\\other.xlam"]
    assert registered(windows.registry, find_excel(windows))


MINE = [
    b'"INTERPRETER_WIN","C:\\mine\\python.exe"',
    b'"LICENSE_KEY","\xe4bc"',
    b'"USE UDF SERVER","False"',
    b"nonsense",
]


def test_the_settings_of_other_xlwings_projects_are_left_alone(windows):
    path = configuration_path(windows.folders)
    path.parent.mkdir()
    path.write_bytes(b"\r\n".join(MINE))
    for act in (installed, installed, removed):
        act(windows)
        assert path.read_bytes() == b"\r\n".join(MINE)


def as_gradsheet_0_1_left_it(windows, before):
    """Let an installation have its settings in the user's configuration, as Gradsheet 0.1 had them."""
    installed(windows)
    ours = {"INTERPRETER_WIN": "C:\\ours\\python.exe", "USE UDF SERVER": "True", "SHOW CONSOLE": "False"}
    path = configuration_path(windows.folders)
    record = json.loads(record_path(windows.folders).read_text(encoding="utf-8"))
    record |= {"settings": ours, "settings_before": before}
    if not path.parent.exists():
        path.parent.mkdir()
        record["made_folders"].append(str(path.parent))
    kept = path.read_bytes().splitlines() if path.exists() else []
    kept = [line for line in kept if line.split(b'"')[1:2] not in ([b"INTERPRETER_WIN"], [b"USE UDF SERVER"])]
    lines = [f'"{key}","{value}"'.encode("cp1252") for key, value in ours.items()]
    path.write_bytes(b"\r\n".join((*lines, *kept)))
    record_path(windows.folders).write_text(json.dumps(record), encoding="utf-8")
    return path


@pytest.mark.parametrize("act", [installed, removed])
def test_what_an_earlier_version_wrote_there_is_taken_out(windows, act):
    path = configuration_path(windows.folders)
    path.parent.mkdir()
    path.write_bytes(b"\r\n".join(MINE))
    as_gradsheet_0_1_left_it(windows, {"INTERPRETER_WIN": "C:\\mine\\python.exe", "USE UDF SERVER": "False"})
    act(windows)
    assert sorted(path.read_bytes().splitlines()) == sorted(MINE)


@pytest.mark.parametrize("act", [installed, removed])
def test_a_configuration_that_an_earlier_version_made_goes(windows, act):
    path = as_gradsheet_0_1_left_it(windows, {})
    act(windows)
    assert not path.parent.exists()


def test_a_setting_that_the_user_has_changed_since_is_left_alone(windows):
    path = as_gradsheet_0_1_left_it(windows, {})
    path.write_bytes(path.read_bytes().replace(b'"SHOW CONSOLE","False"', b'"SHOW CONSOLE","True"'))
    removed(windows)
    assert settings(windows) == {"SHOW CONSOLE": "True"}


def test_a_trained_workbook_is_never_overwritten_nor_removed(windows):
    opened, _ = installed(windows)
    opened.write_bytes(b"hours of training")
    _, said = installed(windows)
    kept = opened.with_name("titanic_linear (1).xlsm")
    assert kept.read_bytes() == b"hours of training"
    assert opened.read_bytes() == BUILT["titanic_linear.xlsm"]
    assert any("titanic_linear (1).xlsm" in line for line in said)
    opened.write_bytes(b"trained again")
    said = removed(windows)
    assert f"{opened} was changed since it was built and stays." in said
    assert sorted(path.name for path in opened.parent.iterdir()) == ["titanic_linear (1).xlsm", "titanic_linear.xlsm"]


def test_an_unchanged_workbook_is_replaced_without_a_second_copy(windows):
    opened, _ = installed(windows)
    installed(windows, BUILT | {"titanic_linear.xlsm": b"newer"})
    assert opened.read_bytes() == b"newer"
    assert len(list(opened.parent.iterdir())) == 2


def test_what_was_built_is_unblocked(windows):
    opened, _ = installed(windows)
    marks = [Path(f"{path}:Zone.Identifier") for path in (opened, add_in_path(windows.folders))]
    for mark in marks:
        mark.write_text("[ZoneTransfer]\r\nZoneId=3\r\n")
    installed(windows)
    assert not any(mark.exists() for mark in marks)


def test_nothing_happens_while_excel_is_open(windows, tmp_path):
    windows.running.add("excel.exe")
    before = state(windows, tmp_path)
    with pytest.raises(GradsheetError, match="close Excel"):
        installed(windows)
    with pytest.raises(GradsheetError, match="close Excel"):
        removed(windows)
    assert state(windows, tmp_path) == before


def test_without_excel_the_way_out_is_named(windows, tmp_path):
    del windows.registry.keys[CURRENT]
    before = state(windows, tmp_path)
    with pytest.raises(GradsheetError, match="gradsheet install calc"):
        installed(windows)
    assert state(windows, tmp_path) == before


def test_uninstalling_works_when_excel_is_gone(windows):
    installed(windows)
    del windows.registry.keys[CURRENT]
    removed(windows)
    assert not add_in_path(windows.folders).exists()
    assert not record_path(windows.folders).exists()
    assert not (windows.folders.documents / "Gradsheet").exists()


def test_documents_in_onedrive_are_said_to_be_there_and_another_folder_can_be_named(windows, tmp_path):
    windows.environment["OneDrive"] = str(windows.folders.profile)
    _, said = installed(windows)
    assert any("is in OneDrive" in line and "--workbooks" in line for line in said)
    windows.environment.clear()
    opened, said = installed(windows, workbooks=tmp_path / "lessons" / "sgd")
    assert opened == tmp_path / "lessons" / "sgd" / "titanic_linear.xlsm"
    assert not any("OneDrive" in line for line in said)
    removed(windows)
    assert not (tmp_path / "lessons").exists()
    assert not (windows.folders.documents / "Gradsheet").exists()


def test_a_user_whose_folder_macros_cannot_read_is_told_before_anything_is_written(tmp_path):
    windows = PretendWindows(tmp_path, user="Ελένη")
    before = state(windows, tmp_path)
    with pytest.raises(GradsheetError, match="UTF-8"):
        installed(windows)
    assert state(windows, tmp_path) == before


def test_the_record_says_what_was_done(windows):
    installed(windows)
    said = json.loads(record_path(windows.folders).read_text(encoding="utf-8"))
    assert said["xlwings"] == windows.interpreter.packages["xlwings"]
    assert len(said["files"]) == len(BUILT)

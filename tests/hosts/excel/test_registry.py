"""One contract for the registry: the pretend one, and the real one's code over a stand-in of winreg or over Windows."""

import importlib
import sys

import pytest

from addin.excel.install.windows import CLASSES, MACHINE, USER

from . import pretend_winreg
from .pretend import PretendRegistry

KEY = rf"{USER}\Software\gradsheet tests\Options"
TOP = rf"{USER}\Software\gradsheet tests"


def this_registry(monkeypatch):
    if sys.platform != "win32":
        pretend_winreg.keys.clear()
        pretend_winreg.keys.make(pretend_winreg.HKEY_CURRENT_USER, "Software")
        pretend_winreg.HKEYType.open_handles = 0
        monkeypatch.setattr(sys, "platform", "win32")
        monkeypatch.setitem(sys.modules, "winreg", pretend_winreg)
    monkeypatch.delitem(sys.modules, "addin.excel.install.this_registry", raising=False)
    return importlib.import_module("addin.excel.install.this_registry").ThisRegistry()


@pytest.fixture(params=["pretend", "this"])
def registry(request, monkeypatch):
    if request.param == "pretend":
        yield PretendRegistry()
        return
    registry = this_registry(monkeypatch)
    yield registry
    for key in (KEY, TOP):
        for name in registry.values(key):
            registry.delete(key, name)
        if registry.exists(key):
            registry.delete_key(key)
    monkeypatch.delitem(sys.modules, "addin.excel.install.this_registry")
    assert pretend_winreg.HKEYType.open_handles == 0


def test_what_is_written_can_be_read_under_names_of_any_case(registry):
    assert not registry.exists(KEY)
    assert registry.values(KEY) == {}
    registry.write(KEY, "OPEN", '"C:\\Zoë\\gradsheet.xlam"')
    registry.write(KEY, "open", "/R other")
    registry.write(KEY, "OPEN1", "second")
    assert dict(registry.values(KEY.upper())) == {"OPEN": "/R other", "OPEN1": "second"}
    assert registry.exists(KEY.lower().replace(USER.lower(), USER))
    assert list(registry.subkeys(TOP)) == ["Options"]


def test_what_is_removed_is_gone_and_the_rest_is_there(registry):
    registry.write(KEY, "OPEN", "first")
    registry.write(KEY, "OPEN1", "second")
    registry.delete(KEY, "OPEN")
    assert dict(registry.values(KEY)) == {"OPEN1": "second"}
    registry.delete(KEY, "OPEN1")
    registry.delete_key(KEY)
    assert not registry.exists(KEY)
    assert registry.exists(TOP)
    assert list(registry.subkeys(TOP)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="writes into the machine's part")
def test_both_halves_of_the_machine_are_read_and_the_64_bit_one_wins(monkeypatch):
    registry = this_registry(monkeypatch)
    path, machine = r"Software\Microsoft\Office", pretend_winreg.HKEY_LOCAL_MACHINE
    pretend_winreg.keys.make(machine, path)[1]["both"] = "64"
    other = pretend_winreg.keys.make(machine, path, pretend_winreg.KEY_WOW64_32KEY)[1]
    other.update({"both": "32", "only": "32"})
    assert dict(registry.values(rf"{MACHINE}\{path}")) == {"both": "64", "only": "32"}
    with pytest.raises(PermissionError):
        registry.write(rf"{MACHINE}\{path}", "both", "ours")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a made-up root")
def test_the_unnamed_value_of_a_class_is_read(monkeypatch):
    registry = this_registry(monkeypatch)
    key = pretend_winreg.keys.make(pretend_winreg.HKEY_CLASSES_ROOT, r"Excel.Application\CurVer")
    key[1][""] = "Excel.Application.16"
    assert registry.values(rf"{CLASSES}\Excel.Application\CurVer")[""] == "Excel.Application.16"

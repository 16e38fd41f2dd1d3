"""Installing into the real program, asking the doctor, and taking it out again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from addin.calc.install.installer import TASK_SECONDS, package_folders, run_python, user_folder
from addin.calc.install.office import Program, show
from addin.calc.install.profile import is_current
from pyfuncs.kernels.code_files import cache_folder

from .driver import Calc

RUN_A_KERNEL = """
import numpy
from pyfuncs.kernels.activations import RELU, elementwise
print(elementwise(RELU, numpy.ones((1, 1)))[0, 0])
"""


@pytest.fixture
def profile(installed, tmp_path):
    """Return a copy of an installed profile."""
    return shutil.copytree(installed, tmp_path / "profile", ignore=shutil.ignore_patterns(".lock"))


def test_the_doctor_finds_all_well(gradsheet, profile):
    result = gradsheet("doctor", "calc", "--profile", profile)
    assert result.status == 0, result.out
    assert "=NN_RELU(2) gives 2 in Calc" in result.out
    assert all(line.startswith(("ok ", "note ")) for line in result.out.splitlines())


def test_the_doctor_notes_a_python_that_would_lead_the_office_astray(gradsheet, profile, monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").touch()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    assert (
        f"({tmp_path / 'bin'}): open LibreOffice from the desktop"
        in gradsheet("doctor", "calc", "--profile", profile).out
    )
    monkeypatch.setenv("PATH", f"/usr/bin{os.pathsep}/bin")
    assert "note" not in gradsheet("doctor", "calc", "--profile", profile).out


def test_the_doctor_finds_what_is_missing(gradsheet, profile):
    (profile / "user" / "gradsheet-python-path.txt").unlink()
    result = gradsheet("doctor", "calc", "--profile", profile)
    assert result.status == 2
    assert "BAD  The office looks for the packages in no folder" in result.out


def test_uninstalled_nothing_is_left(gradsheet, profile, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADSHEET_CACHE_DIR", str(tmp_path / "cache"))
    result = gradsheet("uninstall", "calc", "--profile", profile)
    assert result.status == 0, result.err
    assert result.out == "The extension is removed.\n"
    again = gradsheet("uninstall", "calc", "--profile", profile)
    assert again.out == "The extension was not registered.\n"
    assert "is not registered: run gradsheet install calc" in gradsheet("doctor", "calc", "--profile", profile).out
    # The office itself clears its unpacked copy away when it starts the next time.
    assert not [path for path in profile.rglob("*") if "gradsheet" in path.name.lower()]
    assert "gradsheet" not in (profile / "user" / "registrymodifications.xcu").read_text().lower()


@pytest.mark.parametrize("holds", ["pyvenv.cfg", "bin/python3"], ids=["a venv", "conda or pyenv"])
def test_another_python_is_kept_from_the_office_that_is_opened(tmp_path, monkeypatch, holds):
    """The office's Python would load its library: registering fails then, and the office may crash."""
    other = tmp_path / "other"
    (other / "bin").mkdir(parents=True)
    (other / holds).touch(mode=0o755)
    monkeypatch.setenv("VIRTUAL_ENV", str(other))
    monkeypatch.setenv("PATH", f"{other / 'bin'}{os.pathsep}{os.environ['PATH']}")
    said = tmp_path / "said"
    program = tmp_path / "soffice"
    program.write_text(f'#!/bin/sh\necho "$PATH $VIRTUAL_ENV $@" > {said}\n')
    program.chmod(0o755)
    assert show(Program(program, program, "3.11.2"), tmp_path / "book.xlsx").wait(60) == 0
    text = said.read_text()
    assert str(other) not in text
    assert text.endswith(f"--calc {tmp_path / 'book.xlsx'}\n")


def test_the_extension_is_registered_though_another_python_leads_the_path(gradsheet, monkeypatch, tmp_path):
    here = Path(sys.base_prefix) / "bin"
    monkeypatch.setenv("PATH", f"{here}{os.pathsep}{os.environ['PATH']}")
    result = gradsheet("install", "calc", "--profile", tmp_path / "profile")
    assert result.status == 0, result.err


@pytest.fixture
def open_office(office, profile):
    """Open the office with an installed profile."""
    calc = Calc(office, profile)
    yield
    calc.end()


def test_a_workbook_opens_in_the_office_that_is_open(gradsheet, office, profile, template, screen, monkeypatch):
    calc = Calc(office, profile, "--calc", str(template("backprop")), **screen)
    calc.shown()
    for name, value in screen.items():
        monkeypatch.setenv(name, value)
    handed_over = []
    monkeypatch.setattr("addin.cli.install.show", lambda *what: handed_over.append(show(*what)))
    result = gradsheet("install", "calc", "--profile", profile, "--open", template("neurons"))
    assert result.status == 0, result.err
    assert "is registered and up to date" in result.out
    assert handed_over[0].wait(60) == 0
    assert calc.titles(2) == ["backprop.xlsx", "neurons.xlsx"]
    calc.end()


def make_old(profile, pattern):
    """Put something else into a file of the profile."""
    (file,) = (profile / "user").glob(pattern)
    file.write_bytes(b"old")


@pytest.mark.parametrize(
    "old", ["gradsheet-python-path.txt", "uno_packages/**/CalcAddIns.xcu", "uno_packages/**/uno_packages.pmap"]
)
def test_what_is_old_is_not_replaced_under_an_open_office(gradsheet, open_office, profile, template, old):
    make_old(profile, old)
    result = gradsheet("install", "calc", "--profile", profile, "--open", template("neurons"))
    assert result.status == 2
    assert result.err.endswith("LibreOffice is open: close all its windows, and run this again.\n")
    assert result.err.count("gradsheet:") == 1


def test_what_is_old_is_replaced(gradsheet, profile, template, monkeypatch):
    make_old(profile, "uno_packages/**/CalcAddIns.xcu")
    opened = []
    monkeypatch.setattr("addin.cli.install.show", lambda office, *what: opened.append(what))
    book = template("neurons")
    result = gradsheet("install", "calc", "--profile", profile, "--open", book)
    assert result.status == 0, result.err
    assert "up to date" not in result.out
    assert opened == [(book, profile)]
    assert "up to date" in gradsheet("install", "calc", "--profile", profile, "--open", book).out


def test_a_workbook_that_is_not_there_is_not_opened(gradsheet, profile, tmp_path):
    result = gradsheet("install", "calc", "--profile", profile, "--open", tmp_path / "none.xlsx")
    assert result.status == 2
    assert result.err == f"gradsheet: {tmp_path / 'none.xlsx'} does not exist; check its name and folder.\n"


def test_the_users_own_folder_is_the_one_that_the_office_uses(gradsheet, office, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADSHEET_CACHE_DIR", str(cache_folder().parent))
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = user_folder(office, None)
    assert not folder.exists()
    assert gradsheet("install", "calc").status == 0
    assert tmp_path in folder.parents
    assert is_current(folder, package_folders())


def test_the_office_finds_what_the_command_has_compiled(office, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADSHEET_CACHE_DIR", str(tmp_path))
    subprocess.run([sys.executable, "-c", RUN_A_KERNEL], check=True)
    compiled = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.code")}
    assert compiled
    assert run_python(office, ["-c", RUN_A_KERNEL], TASK_SECONDS, package_folders()) == "1.0\n"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.code")} == compiled


def test_nothing_that_lies_in_the_present_folder_is_run(gradsheet, profile, monkeypatch, tmp_path):
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    for name in ("uno", "json", "addin", "platformdirs", "unohelper"):
        (downloads / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})\n")
    monkeypatch.chdir(downloads)
    assert gradsheet("doctor", "calc", "--profile", profile).status == 0
    monkeypatch.chdir(downloads)
    relative = f"../{profile.name}"
    assert gradsheet("uninstall", "calc", "--profile", relative).status == 0
    assert not (tmp_path / "ran").exists()

"""Installing into the real program, asking the doctor, and taking it out again."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from addin.calc.office import Program, show


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

"""What a newcomer's first commands do: targets of the Makefile, as make says them without doing it, and setting up."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = ROOT / "Makefile"
EDITABLE = "import sys; from setuptools import build_meta; build_meta.build_editable(sys.argv[1])"


@pytest.fixture
def planned(tmp_path):
    """Return what make would run on a new machine."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    (tmp_path / "pyproject.toml").touch()

    def plan(*targets):
        command = ["make", "--dry-run", "--file", MAKEFILE, *targets]
        # Run by make itself, the tests hand its flags on, and another make says which folder it enters.
        alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, env=alone).stdout

    return plan


def test_make_calc_opens_a_workbook_that_make_run_has_not_trained(planned):
    trained = re.findall(r"gradsheet train (\S+)", planned("run"))
    commands = planned("calc")
    (opened,) = re.findall(r"--open (\S+)", commands)
    assert len(trained) == 2
    assert opened not in trained
    folder, _, name = opened.rpartition("/")
    assert f"gradsheet build {name.removesuffix('.xlsx')} --output {folder}\n" in commands


def test_make_calc_keeps_the_workbook_that_is_there(planned, tmp_path):
    (opened,) = re.findall(r"--open (\S+)", planned("calc"))
    (tmp_path / opened).parent.mkdir(parents=True)
    (tmp_path / opened).touch()
    assert "gradsheet build" not in planned("calc")


def test_make_digits_builds_with_the_package_it_has_installed(planned):
    install, build = planned("digits").splitlines()[-3:-1]
    assert ".venv/bin/pip install" in install
    assert "'.[digits]'" in install
    assert build.endswith(".venv/bin/gradsheet build digits --output out")


def test_setting_up_prints_no_warning(tmp_path):
    for name in ("addin", "pyfuncs", "workbooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.xlsx"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    command = [sys.executable, "-W", "error", "-c", EDITABLE, tmp_path]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("*.whl"))

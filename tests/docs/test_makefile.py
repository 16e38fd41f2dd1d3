"""What the targets of the Makefile do, as make itself says it without doing it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"


@pytest.fixture
def planned(tmp_path):
    """Return what make would run on a new machine."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    (tmp_path / "pyproject.toml").touch()

    def plan(*targets):
        command = ["make", "--dry-run", "--file", MAKEFILE, *targets]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

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

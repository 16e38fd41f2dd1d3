"""Installing into the real program, asking the doctor, and taking it out again."""

import shutil

import pytest


@pytest.fixture
def profile(installed, tmp_path):
    """Return a copy of an installed profile."""
    return shutil.copytree(installed, tmp_path / "profile", ignore=shutil.ignore_patterns(".lock"))


def test_the_doctor_finds_all_well(gradsheet, profile):
    result = gradsheet("doctor", "calc", "--profile", profile)
    assert result.status == 0, result.out
    assert "=NN_RELU(2) gives 2 in Calc" in result.out
    assert all(line.startswith("ok ") for line in result.out.splitlines())


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

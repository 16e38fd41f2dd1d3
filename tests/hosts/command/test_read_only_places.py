"""A folder or a file that may not be written: one line that says so, and everything is as it was."""

import contextlib
import os
import tempfile
from pathlib import Path

import pytest

NOBODY = 65534


@contextlib.contextmanager
def an_ordinary_user():
    """Be somebody whom permissions bind: root writes everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder():
    """Return a folder that everybody may read and nobody else write; pytest's own is closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        Path(name).chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no such permissions")
@pytest.mark.parametrize("command", ["train", "import", "export", "save", "build"])
def test_a_read_only_folder(gradsheet, small_book, folder, command):
    path = small_book(path=folder / "small.xlsx")
    gradsheet("export", path, folder / "w.csv")
    gradsheet("train", path, "--epochs", 1)  # so that the kernels are compiled before the user changes
    arguments = {
        "train": ("train", path, "--epochs", 1, "--quiet"),
        "import": ("import", path, folder / "w.csv"),
        "export": ("export", path, folder / "new.csv"),
        "save": ("train", path, "--epochs", 1, "--quiet", "--save", folder / "new.xlsx"),
        "build": ("build", "titanic_linear", "-o", folder / "new"),
    }[command]
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    folder.chmod(0o555)
    with an_ordinary_user():
        result = gradsheet(*arguments)
    assert (result.status, result.out) == (2, "")
    assert result.err.count("\n") == 1
    assert str(folder) in result.err
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == files


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no such permissions")
def test_a_read_only_file_in_a_folder_open_to_all(gradsheet, small_book, folder):
    path = small_book(path=folder / "small.xlsx")
    gradsheet("train", path, "--epochs", 1)
    before = path.read_bytes()
    folder.chmod(0o777)
    path.chmod(0o444)
    with an_ordinary_user():
        result = gradsheet("train", path, "--epochs", 1, "--quiet")
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert str(path) in result.err
    assert path.read_bytes() == before
    assert [file.name for file in folder.iterdir()] == ["small.xlsx"]

"""gradsheet build writes templates, lists them, and replaces nothing unasked."""

import os
import subprocess
import sys
from pathlib import Path

import workbooks
from workbooks.lessons.templates import TEMPLATES


def test_without_a_name_it_lists_the_templates(gradsheet):
    result = gradsheet("build")
    assert result.status == 0
    lines = result.out.splitlines()
    assert [line.split()[0] for line in lines] == list(TEMPLATES)
    assert "titanic_two_layer  Two sets of weights with ReLU, or a trained second layer" in lines


def test_it_builds_the_one_named_into_a_new_folder(gradsheet, tmp_path, template_bytes):
    folder = tmp_path / "new" / "folder"
    result = gradsheet("build", "titanic_two_layer", "-o", folder)
    assert (result.status, result.err) == (0, "")
    assert [path.name for path in folder.iterdir()] == ["titanic_two_layer.xlsx"]
    assert (folder / "titanic_two_layer.xlsx").read_bytes() == template_bytes["titanic_two_layer"]
    assert str(folder / "titanic_two_layer.xlsx") in result.out


def test_another_process_builds_the_same_bytes_into_the_present_folder(tmp_path, template_bytes):
    committed = [name for name in TEMPLATES if (Path(workbooks.__file__).parent / f"{name}.xlsx").exists()]
    assert len(committed) > 5
    subprocess.run(
        [sys.executable, "-P", "-m", "addin.cli", "build", *committed],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )
    for name in committed:
        assert (tmp_path / f"{name}.xlsx").read_bytes() == template_bytes[name], name


def test_all_means_all_and_they_are_built_as_they_were(gradsheet, tmp_path, monkeypatch, template_bytes):
    monkeypatch.setattr("addin.cli.build.write", lambda book: template_bytes[book])
    monkeypatch.setattr("addin.cli.build.TEMPLATES", {name: Named(name) for name in TEMPLATES})
    assert gradsheet("build", "all", "-o", tmp_path).status == 0
    assert sorted(path.stem for path in tmp_path.glob("*.xlsx")) == sorted(TEMPLATES)


class Named:
    """A template that is built in no time."""

    summary = "quick"

    @staticmethod
    def missing():
        return None

    def __init__(self, name):
        self.name = name

    def build(self, stored):
        assert stored is None
        return self.name


def test_a_file_that_is_there_stays_unless_forced(gradsheet, tmp_path, monkeypatch, template_bytes):
    monkeypatch.setattr("addin.cli.build.write", lambda book: template_bytes[book])
    monkeypatch.setattr("addin.cli.build.TEMPLATES", {name: Named(name) for name in TEMPLATES})
    path = tmp_path / "titanic_linear.xlsx"
    path.write_bytes(b"mine")
    result = gradsheet("build", "titanic_linear", "-o", tmp_path)
    assert (result.status, result.out) == (2, "")
    assert result.err == f"gradsheet: {path} is there already; move it, or replace it with --force.\n"
    assert path.read_bytes() == b"mine"
    assert gradsheet("build", "titanic_linear", "-o", tmp_path, "--force").status == 0
    assert path.read_bytes() == template_bytes["titanic_linear"]


def test_an_unknown_name_builds_nothing(gradsheet, tmp_path):
    result = gradsheet("build", "titanic_linear", "titanic_deep", "-o", tmp_path)
    assert result.status == 2
    assert result.err.startswith("gradsheet: There is no template titanic_deep; there are titanic_linear, titanic_two_")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_one_line(gradsheet, tmp_path):
    place = tmp_path / "file"
    place.write_text("")
    result = gradsheet("build", "titanic_linear", "-o", place)
    assert result.status == 2
    assert str(place) in result.err
    assert result.err.count("\n") == 1


def test_a_workbook_open_elsewhere_is_not_replaced(gradsheet, tmp_path):
    path = tmp_path / "titanic_linear.xlsx"
    path.write_bytes(b"mine")
    (tmp_path / ".~lock.titanic_linear.xlsx#").write_text(",anna,desk,;")
    result = gradsheet("build", "titanic_linear", "-o", tmp_path, "--force")
    assert result.status == 2
    assert "is open in LibreOffice by anna on desk" in result.err
    assert path.read_bytes() == b"mine"


def test_without_its_package_a_template_says_what_to_install(gradsheet, tmp_path, monkeypatch):
    monkeypatch.setattr("workbooks.lessons.digits.images.has_large_images", lambda: False)
    result = gradsheet("build", "digits", "-o", tmp_path)
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert result.err.endswith(f'{sys.executable} -m pip install "gradsheet[digits]"\n')
    assert list(tmp_path.iterdir()) == []


def test_all_leaves_out_what_cannot_be_built_and_says_so(gradsheet, tmp_path, monkeypatch):
    monkeypatch.setattr("workbooks.lessons.digits.images.has_large_images", lambda: False)
    monkeypatch.setattr("addin.cli.build.write", lambda book: b"built")
    quick = {"sine": Named("sine"), "digits": TEMPLATES["digits"]}
    monkeypatch.setattr("addin.cli.build.TEMPLATES", quick)
    result = gradsheet("build", "all", "-o", tmp_path)
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("Left out digits: ")
    assert f'{sys.executable} -m pip install "gradsheet[digits]"' in result.out
    assert [path.name for path in tmp_path.iterdir()] == ["sine.xlsx"]

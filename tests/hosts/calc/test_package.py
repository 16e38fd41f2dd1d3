"""The extension as a file: made from the catalogue, whole, and the same each time; no office is needed."""

import io
import sys
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from addin.calc.inside.identifiers import command_url
from addin.calc.install import installer, office
from addin.calc.install.office import Program, check_version
from addin.calc.install.package import extension
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import GradsheetError
from workbooks.clicks.table import COMMANDS
from workbooks.lessons.templates import BUNDLED

OOR = "{http://openoffice.org/2001/registry}"


@pytest.fixture(scope="module")
def parts():
    with zipfile.ZipFile(io.BytesIO(extension())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_same_bytes_each_time():
    assert extension() == extension()


def test_the_manifest_names_files_that_are_there(parts):
    listed = etree.fromstring(parts["META-INF/manifest.xml"]).xpath("//@*[local-name()='full-path']")
    assert set(listed) <= set(parts)
    assert {name for name in parts if name.endswith((".idl", ".xcu", ".py"))} == set(listed)


def test_every_formula_is_in_the_interface_and_the_wizard(parts):
    idl = parts["gradsheet.idl"].decode()
    nodes = etree.fromstring(parts["CalcAddIns.xcu"]).iter("node")
    named = {node.get(f"{OOR}name") for node in nodes}
    for name, formula in formulas().items():
        assert f" {name}( " in idl
        assert {name, *(argument.name.upper() for argument in formula.arguments)} <= named


def test_every_button_has_its_place_and_its_icon(parts):
    addons = parts["Addons.xcu"].decode()
    for command in COMMANDS:
        assert addons.count(f">{command_url(command.name)}<") == 3  # menu, toolbar and icon
        assert etree.fromstring(parts[f"icons/{command.name}.svg"]).tag.endswith("svg")


def test_the_menu_opens_every_workbook_and_has_help(parts):
    addons = etree.fromstring(parts["Addons.xcu"])
    (menu,) = addons.xpath("//node[@*[local-name()='name']='OfficeMenuBar']")
    urls = [value.text for value in menu.xpath(".//prop[@*[local-name()='name']='URL']/value")]
    assert [url for url in urls if url and "open/" in url] == [command_url(f"open/{name}") for name in BUNDLED]
    assert urls[-1] == command_url("help")
    names = [node.get(f"{OOR}name") for node in menu.iter("node")]
    assert len({len(name) for name in names if name.startswith("n")}) == 1, "the office sorts by length first"


def test_the_command_builds_it(gradsheet, tmp_path):
    assert gradsheet("build", "calc", "--output", tmp_path).status == 0
    assert (tmp_path / "gradsheet.oxt").read_bytes() == extension()
    again = gradsheet("build", "calc", "--output", tmp_path)
    assert again.status == 2
    assert "is there already" in again.err


def test_another_python_in_the_office_is_explained():
    program = Program(Path("/opt/office/soffice"), Path("/opt/office/python"), "3.99.1")
    with pytest.raises(GradsheetError, match=r"runs Python 3\.99, but .*python3\.99 -m venv"):
        check_version(program)
    old = Program(Path("/opt/office/soffice"), Path("/opt/office/python"), "3.8.10")
    with pytest.raises(GradsheetError, match="install a newer LibreOffice"):
        check_version(old)
    check_version(Program(Path("soffice"), Path("python"), "{}.{}.0".format(*sys.version_info)))


def test_without_an_office_the_command_says_so(gradsheet, monkeypatch):
    monkeypatch.setenv(office.SOFFICE, "/nowhere/soffice")
    for order in ("install", "uninstall"):
        result = gradsheet(order, "calc")
        assert result.status == 2
        assert "/nowhere/soffice" in result.err
    result = gradsheet("doctor", "calc")
    assert result.status == 2
    assert result.out.startswith("BAD ")


def test_the_folders_hold_the_packages_and_not_the_standard_library():
    folders = [Path(folder) for folder in installer.package_folders()]
    for name in ("addin", "numpy", "numba", "platformdirs"):
        assert any((folder / name).exists() for folder in folders), name
    assert not any((folder / "argparse.py").exists() for folder in folders)

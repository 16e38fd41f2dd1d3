"""The VBA project in every file, read back by three readers that know nothing of the one that wrote it.

The third, LibreOffice, is in test_in_calc.py.
"""

import io
import re
import warnings
import zipfile

import olefile
import pytest

from addin.excel.build import vba
from addin.excel.build.files import files
from addin.excel.build.project import caller, crlf, from_wheel
from addin.excel.build.settings import TITLE, read_settings, settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it calls its own libraries by old names
    from oletools.olevba import VBA_Parser

NAMES = list(files())
every_file = pytest.mark.parametrize("name", NAMES)
DOCUMENT = re.compile(rb"\A(Attribute VB_\w+ = [^\r\n]*\r\n)+")


def project_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/vbaProject.bin")


def expected(kind):
    """Return every standard module's bytes."""
    texts = {"xlwings": crlf(caller())}
    texts |= {name: f'Attribute VB_Name = "{name}"\r\n' + crlf(text) for name, text in vba.modules(kind).items()}
    return {name: text.encode("cp1252") for name, text in texts.items()}


def body(text):
    return DOCUMENT.sub(b"", text)


@every_file
def test_our_own_reader_finds_every_module_byte_for_byte(excel_files, ovba_reader, name):
    kind = name.rpartition(".")[2]
    modules, references = ovba_reader.read(project_of(excel_files[name]))
    standard = {title: module.text for title, module in modules.items() if module.is_procedural}
    assert standard == expected(kind)
    assert body(modules["ThisWorkbook"].text) == crlf(vba.document_text(kind)).encode()
    dictionary = from_wheel("Dictionary")
    code = crlf(dictionary[dictionary.index("''\n") :]).encode("cp1252")
    assert modules["Dictionary"].text.endswith(code)
    assert references == ["stdole", "Office"]


@every_file
def test_oletools_reads_the_same_bytes(excel_files, ovba_reader, name):
    parser = VBA_Parser(name, data=excel_files[name])
    found = {title.rpartition(".")[0]: code for _, _, title, code in parser.extract_macros()}
    parser.close()
    modules, _ = ovba_reader.read(project_of(excel_files[name]))
    assert {title: code.encode("cp1252") for title, code in found.items()} == {
        title: module.text for title, module in modules.items()
    }


@every_file
def test_it_holds_source_and_no_compiled_code(excel_files, ovba_reader, name):
    project = project_of(excel_files[name])
    modules, _ = ovba_reader.read(project)
    assert {title: module.offset for title, module in modules.items()} == dict.fromkeys(modules, 0)
    with olefile.OleFileIO(project) as file:
        assert file.openstream("VBA/_VBA_PROJECT").read() == bytes.fromhex("cc61ffff000000")
        streams = {"/".join(path) for path in file.listdir()}
    assert streams == {"PROJECT", "PROJECTwm", "VBA/dir", "VBA/_VBA_PROJECT", *(f"VBA/{title}" for title in modules)}


@every_file
def test_every_sheet_and_the_workbook_have_their_module(excel_files, ovba_reader, name):
    with zipfile.ZipFile(io.BytesIO(excel_files[name])) as archive:
        texts = [archive.read(part).decode() for part in archive.namelist() if part.startswith("xl/worksheets/sheet")]
        workbook = archive.read("xl/workbook.xml").decode()
    codes = {re.search(r'<sheetPr[^>]* codeName="(\w+)"', text)[1] for text in texts}
    modules, _ = ovba_reader.read(project_of(excel_files[name]))
    documents = {title for title, module in modules.items() if not module.is_procedural} - {"Dictionary"}
    assert documents == codes | {"ThisWorkbook"}
    assert len(codes) == len(texts)
    assert re.search(r'<workbookPr[^>]* codeName="ThisWorkbook"', workbook)


def test_the_xlwings_module_names_the_library_of_the_version_installed():
    assert '"xlwings64-0.37.8.dll"' in from_wheel("xlwings")


def test_the_command_that_starts_python_names_no_workbook_and_ends_with_it():
    """A workbook's path in it would start a Python for each path, and leave one behind at each Save As."""
    text = caller()
    body = text[text.index("Function XLPyCommand()") : text.index("Private Sub XLPyLoadDLL()")]
    assert "ThisWorkbook" not in body
    assert (body.count(" /K "), body.count(" /C ")) == (0, 2)


def test_every_setting_that_starting_python_asks_for_stands_in_the_workbook():
    """One that did not would be looked for in files beside the workbook and in the user's folder."""
    text = caller()
    asked = set()
    for name in ("Function XLPyCommand", "Private Sub XLPyLoadDLL"):
        body = text[text.index(name) :]
        asked |= set(
            re.findall(r'GetConfig\("([^"]+)"', body[: re.search(r"^End (Sub|Function)", body, re.MULTILINE).start()])
        )
    # The old name of the interpreter is asked for where the new one is blank.
    assert asked - {"INTERPRETER"} <= settings().keys()


@every_file
def test_settings_stand_on_a_hidden_sheet(excel_files, name, tmp_path):
    path = tmp_path / name
    path.write_bytes(excel_files[name])
    found = read_settings(path)
    assert found == settings()
    with zipfile.ZipFile(path) as archive:
        assert re.search(rf'<sheet [^>]*name="{TITLE}"[^>]* state="hidden"', archive.read("xl/workbook.xml").decode())
    assert list(found) == [key.upper() for key in found]  # xlwings looks them up in capitals


def test_a_damaged_project_is_found_out(excel_files, ovba_reader):
    data = bytearray(project_of(excel_files["blank.xlsm"]))
    data[600:700] = bytes(100)
    with pytest.raises(Exception, match=r"."):
        ovba_reader.read(bytes(data))

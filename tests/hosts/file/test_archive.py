"""Every file of ours is zipped in one way, which tells neither when nor where it was made."""

import ast
import io
import zipfile
from pathlib import Path

import addin
import pyfuncs
import workbooks
from workbooks.xlsx import archive
from workbooks.xlsx.archive import zipped

PARTS = {"b.xml": b"<b/>", "a/a.bin": bytes(range(256)) * 40}


def test_the_same_parts_give_the_same_bytes_in_their_order():
    assert zipped(PARTS) == zipped(dict(PARTS))
    with zipfile.ZipFile(io.BytesIO(zipped(PARTS))) as made:
        assert {name: made.read(name) for name in made.namelist()} == PARTS
        assert made.namelist() == list(PARTS)
        assert {(info.date_time, info.create_system, info.compress_type) for info in made.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 3, zipfile.ZIP_DEFLATED)
        }


def imports_zipfile(path):
    return any(
        isinstance(node, ast.Import) and any(name.name == "zipfile" for name in node.names)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


def test_no_other_module_makes_or_reads_a_zip_file():
    folders = [Path(package.__file__).parent for package in (addin, pyfuncs, workbooks)]
    found = [path for folder in folders for path in folder.rglob("*.py") if imports_zipfile(path)]
    assert found == [Path(archive.__file__)]

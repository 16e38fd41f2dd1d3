"""A workbook is made in memory: no temporary file needs room on a disk, or stays when the command is killed."""

from workbooks.lessons.sine import build
from workbooks.sheets.writer import write


def test_no_file_is_opened(monkeypatch):
    def refused(*arguments, **options):
        raise AssertionError(f"a file: {arguments}")

    book = build(None)
    monkeypatch.setattr("tempfile._mkstemp_inner", refused)
    monkeypatch.setattr("openpyxl.worksheet._writer.NamedTemporaryFile", refused)
    assert write(book)

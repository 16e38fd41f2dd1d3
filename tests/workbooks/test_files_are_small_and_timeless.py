"""A template is under a megabyte and tells no time; that two builds give the same bytes is tested with the command."""

import io
import zipfile

import pytest

from workbooks.lessons.templates import BUNDLED, TEMPLATES


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_is_under_a_megabyte_or_does_not_come_with_gradsheet(template_bytes, name):
    assert len(template_bytes[name]) < (1_000_000 if name in BUNDLED else 8_000_000)


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_part_tells_when_it_was_built(template_bytes, name):
    with zipfile.ZipFile(io.BytesIO(template_bytes[name])) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = archive.read("docProps/core.xml").decode()
    assert properties.count("2026-01-01T00:00:00Z") == 2

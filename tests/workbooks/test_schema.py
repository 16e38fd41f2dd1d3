"""What openpyxl leaves out or puts in another order than the schema of workbooks; the whole check is make validate."""

import zipfile

import pytest
from lxml import etree

from workbooks.lessons.templates import BUNDLED

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FONT = [
    "b",
    "i",
    "strike",
    "condense",
    "extend",
    "outline",
    "shadow",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
]


@pytest.mark.parametrize("name", [*BUNDLED, "own table"])
def test_fonts_and_scatter_charts_are_as_the_schema_wants_them(workbook_of, name):
    with zipfile.ZipFile(workbook_of(name)) as archive:
        styles = etree.fromstring(archive.read("xl/styles.xml"))
        charts = [etree.fromstring(archive.read(part)) for part in archive.namelist() if "/charts/chart" in part]
    fonts = [[FONT.index(child.tag.removeprefix(MAIN)) for child in font] for font in styles.iter(f"{MAIN}font")]
    assert len(fonts) > 2
    assert all(order == sorted(order) for order in fonts)
    scattered = [chart for root in charts for chart in root.iter(f"{CHART}scatterChart")]
    assert [chart[0].tag for chart in scattered] == [f"{CHART}scatterStyle"] * len(scattered)
    assert {chart[0].get("val") for chart in scattered} <= {"lineMarker"}

"""Buttons on a sheet: shapes in its drawing, each with the macro that a click runs."""

from collections.abc import Sequence
from typing import Any

from lxml import etree

from addin.excel.build.layout import GAP, ButtonPlace
from addin.excel.build.vba import macro
from workbooks.sheets.style import ACCENT, FONT
from workbooks.xlsx.additions import declare, free_name, relate
from workbooks.xlsx.namespaces import MAIN, OFFICE, RELATIONSHIP_ID
from workbooks.xlsx.package import Package

XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
DRAWING = "application/vnd.openxmlformats-officedocument.drawing+xml"
AFTER_DRAWING = ("legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems")
LAST_ELEMENTS = frozenset(f"{{{MAIN}}}{name}" for name in (*AFTER_DRAWING, "tableParts", "extLst"))

POINT = 12_700
"""English metric units in a point."""

LARGEST_FONT, CHARACTER_SHARE = 10.0, 0.48
"""In points; and the width of a bold character as a share of the font's size."""


def add_buttons(package: Package, title: str, places: Sequence[ButtonPlace]) -> None:
    """Put buttons on a sheet."""
    part = drawing_of(package, title)
    root = package.root(part)
    first = 1 + max((int(each.get("id", "1")) for each in root.iter(f"{{{XDR}}}cNvPr")), default=1)
    for number, place in enumerate(places, first):
        root.append(button(place, number))
    package.mark_changed(part)


def drawing_of(package: Package, title: str) -> str:
    """Return the drawing of a sheet, a new one where it has none."""
    sheet = package.sheet_part(title)
    for part in package.targets(sheet, "drawing").values():
        return part
    part = free_name(package, "xl/drawings/drawing{}.xml")
    package.put(part, f'<xdr:wsDr xmlns:xdr="{XDR}" xmlns:a="{A}"/>'.encode())
    declare(package, part, DRAWING)
    relationship = relate(package, sheet, f"{OFFICE}/drawing", f"/{part}")
    root = package.sheet(title)
    at = next((i for i, each in enumerate(root) if each.tag in LAST_ELEMENTS), len(root))
    root.insert(at, etree.Element(f"{{{MAIN}}}drawing", {RELATIONSHIP_ID: relationship}, nsmap={"r": OFFICE}))
    package.mark_sheet_changed(title)
    return part


def button(place: ButtonPlace, number: int) -> Any:
    """Return a button's shape with its number in the drawing."""
    return etree.fromstring(
        SHAPE.format(
            number=number,
            column=place.column - 1,
            row=place.row - 1,
            x=round(GAP / 2 * POINT),
            y=round(place.below * POINT),
            width=round(place.width * POINT),
            height=round(place.height * POINT),
            macro=macro(place.command),
            size=font_size(place),
            label=place.command.text,
            help=place.command.help,
        )
    )


def font_size(place: ButtonPlace) -> int:
    """Return the size of a button's letters, in hundredths of a point, at which its label fits."""
    return int(100 * min(LARGEST_FONT, place.width / (CHARACTER_SHARE * len(place.command.text))))


SHAPE = f"""<xdr:oneCellAnchor xmlns:xdr="{XDR}" xmlns:a="{A}">
<xdr:from><xdr:col>{{column}}</xdr:col><xdr:colOff>{{x}}</xdr:colOff>
<xdr:row>{{row}}</xdr:row><xdr:rowOff>{{y}}</xdr:rowOff></xdr:from>
<xdr:ext cx="{{width}}" cy="{{height}}"/>
<xdr:sp macro="[0]!{{macro}}" textlink="">
<xdr:nvSpPr><xdr:cNvPr id="{{number}}" name="{{macro}}" descr="{{help}}"/><xdr:cNvSpPr/></xdr:nvSpPr>
<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{{width}}" cy="{{height}}"/></a:xfrm>
<a:prstGeom prst="roundRect"><a:avLst/></a:prstGeom>
<a:solidFill><a:srgbClr val="{ACCENT}"/></a:solidFill><a:ln><a:noFill/></a:ln></xdr:spPr>
<xdr:txBody><a:bodyPr vertOverflow="clip" horzOverflow="clip" wrap="none"
lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"/>
<a:lstStyle/><a:p><a:pPr algn="ctr"/><a:r><a:rPr lang="en-US" sz="{{size}}" b="1"><a:solidFill><a:srgbClr val="FFFFFF"/>
</a:solidFill><a:latin typeface="{FONT}"/></a:rPr><a:t>{{label}}</a:t></a:r></a:p></xdr:txBody></xdr:sp>
<xdr:clientData/>
</xdr:oneCellAnchor>"""

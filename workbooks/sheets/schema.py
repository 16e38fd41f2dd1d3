"""Where the schema of workbooks wants another order than openpyxl writes: strict readers complain of it."""

from workbooks.xlsx.namespaces import FONT, MAIN
from workbooks.xlsx.package import Package

_FONT_CHILDREN = [
    f"{{{MAIN}}}{name}"
    for name in (
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
    )
]
"""The order that Microsoft's Open XML SDK accepts."""


def put_fonts_in_order(package: Package) -> None:
    """Put what each font says into the order of the schema."""
    for part in package.targets(package.workbook_part, "styles").values():
        for font in package.root(part).iter(FONT):
            font[:] = sorted(font, key=lambda child: _FONT_CHILDREN.index(child.tag))
        package.mark_changed(part)

"""Take what is about LibreOffice out of a workbook for Excel: links that nothing answers there, and words."""

from lxml.etree import _Element

from addin.calc.inside.identifiers import PROTOCOL
from workbooks.xlsx.namespaces import HYPERLINK, RELATIONSHIP_ID, C
from workbooks.xlsx.package import Package, relationships_part


def speak_of_excel(package: Package, name: str) -> None:
    """Let the texts on the sheets name the file as it is here, and no click that Calc alone wants."""
    for part in map(package.sheet_part, package.sheet_titles):
        data = package.read(part).replace(b" (Ctrl+click in Calc)", b"")
        package.put(part, data.replace(f"{name}.xlsx".encode(), f"{name}.xlsm".encode()))


def drop_links(package: Package) -> None:
    """Remove links to org.gradsheet:step and so on, and what their cells show."""
    for title in package.sheet_titles:
        part = relationships_part(package.sheet_part(title))
        relationships = list(package.root(part)) if part in package else []
        gone = {each.get("Id", ""): each for each in relationships if each.get("Target", "").startswith(PROTOCOL)}
        if gone:
            sheet = package.sheet(title)
            for link in [each for each in sheet.iter(HYPERLINK) if each.get(RELATIONSHIP_ID) in gone]:
                remove(cell_of(sheet, link.get("ref", "")))
                remove_link(link)
            for relationship in gone.values():
                remove(relationship)
            package.mark_sheet_changed(title)
            package.mark_changed(part)


def cell_of(sheet: _Element, reference: str) -> _Element | None:
    """Return a cell of a sheet, None where it is not there."""
    return next((cell for cell in sheet.iter(C) if cell.get("r") == reference), None)


def remove_link(link: _Element) -> None:
    """Take a link out of a sheet, and the list of links when it was the last."""
    links = link.getparent()
    remove(link)
    if links is not None and len(links) == 0:
        remove(links)


def remove(element: _Element | None) -> None:
    """Take an element out of its parent."""
    parent = None if element is None else element.getparent()
    if element is not None and parent is not None:
        parent.remove(element)

"""Take what is about LibreOffice out of a workbook for Excel: links that nothing answers there, and words."""

from typing import Any

from addin.calc.inside.identifiers import PROTOCOL
from addin.excel.build.parts import MAIN, OFFICE, Parts, relationships_part


def speak_of_excel(parts: Parts, name: str) -> None:
    """Let the texts on the sheets name the file as it is here, and no click that Calc alone wants."""
    for sheet in parts.sheets().values():
        data = parts.data[sheet].replace(b" (Ctrl+click in Calc)", b"")
        parts.data[sheet] = data.replace(f"{name}.xlsx".encode(), f"{name}.xlsm".encode())


def drop_links(parts: Parts) -> None:
    """Remove links to org.gradsheet:step and so on, and what their cells show."""
    for sheet in parts.sheets().values():
        gone = {
            each.get("Id"): each for each in relationships_of(parts, sheet) if each.get("Target").startswith(PROTOCOL)
        }
        if gone:
            root = parts.root(sheet)
            for link in [each for each in root.iter(f"{{{MAIN}}}hyperlink") if each.get(f"{{{OFFICE}}}id") in gone]:
                empty_cell(root, link.get("ref"))
                remove(link)
            parts.put(sheet, root)
            forget_relationships(parts, sheet, set(gone))


def relationships_of(parts: Parts, owner: str) -> list[Any]:
    """Return the relationships of a part."""
    part = relationships_part(owner)
    return list(parts.root(part)) if part in parts.data else []


def forget_relationships(parts: Parts, owner: str, ids: set[str]) -> None:
    """Remove relationships of a part."""
    part = relationships_part(owner)
    root = parts.root(part)
    for each in [each for each in root if each.get("Id") in ids]:
        root.remove(each)
    parts.put(part, root)


def empty_cell(root: Any, reference: str) -> None:
    """Take a cell out of a sheet."""
    for cell in root.iter(f"{{{MAIN}}}c"):
        if cell.get("r") == reference:
            cell.getparent().remove(cell)
            return


def remove(link: Any) -> None:
    """Take a link out of a sheet, and the list of links when it was the last."""
    links = link.getparent()
    links.remove(link)
    if len(links) == 0:
        links.getparent().remove(links)

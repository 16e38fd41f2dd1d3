"""Add parts to a workbook, and take them out: free names, what they are, and which parts refer to them."""

from lxml import etree

from workbooks.xlsx.namespaces import OVERRIDE, RELATIONSHIP, RELATIONSHIPS
from workbooks.xlsx.package import Package, relationships_part

_TYPES_PART = "[Content_Types].xml"
_NO_RELATIONSHIPS = f'<Relationships xmlns="{RELATIONSHIPS}"/>'.encode()


def declare(package: Package, part: str, content_type: str) -> None:
    """Say what a part is."""
    types = package.root(_TYPES_PART)
    found = next((each for each in types.iter(OVERRIDE) if each.get("PartName") == f"/{part}"), None)
    if found is None:
        found = etree.SubElement(types, OVERRIDE, {"PartName": f"/{part}"})
    found.set("ContentType", content_type)
    package.mark_changed(_TYPES_PART)


def relate(package: Package, owner: str, kind: str, target: str) -> str:
    """Let a part, or "", the file, refer to another by a relationship of type `kind`; return the relationship's id."""
    part = relationships_part(owner)
    if part not in package:
        package.put(part, _NO_RELATIONSHIPS)
    root = package.root(part)
    used = {each.get("Id") for each in root}
    key = next(key for n in range(1, len(used) + 2) if (key := f"rId{n}") not in used)
    etree.SubElement(root, RELATIONSHIP, {"Id": key, "Type": kind, "Target": target})
    package.mark_changed(part)
    return key


def remove(package: Package, owner: str, kind: str) -> None:
    """Take out the parts to which a part refers by relationships of a kind, "calcChain" for instance."""
    for key, part in package.targets(owner, kind).items():
        for root_part, attribute, value in (
            (relationships_part(owner), "Id", key),
            (_TYPES_PART, "PartName", f"/{part}"),
        ):
            root = package.root(root_part)
            for element in [each for each in root if each.get(attribute) == value]:
                root.remove(element)
            package.mark_changed(root_part)
        package.remove(part)


def free_name(package: Package, pattern: str) -> str:
    """Return the first name of a part that is free: xl/drawings/drawing{}.xml with a number."""
    number = 1
    while pattern.format(number) in package:
        number += 1
    return pattern.format(number)

"""The parts of a workbook file in memory: add parts, relate them, say what they are, and zip them again."""

import io
import posixpath
import zipfile
from typing import Any

from lxml import etree

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES_PART = "[Content_Types].xml"
WORKBOOK_PART = "xl/workbook.xml"
OLDEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
UNIX = 3
EMPTY_PREFIX: Any = {None: RELATIONSHIPS}  # the stubs do not know that a namespace may have no prefix


class Parts:
    """A workbook's parts by name, in their order; what is not changed keeps its bytes."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.data = {name: archive.read(name) for name in archive.namelist()}

    def root(self, part: str) -> Any:
        """Return a part's XML; `put` takes it back."""
        return etree.fromstring(self.data[part])

    def put(self, part: str, root: Any) -> None:
        """Write a part's XML."""
        self.data[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def declare(self, part: str, content_type: str) -> None:
        """Say what a part is."""
        types = self.root(TYPES_PART)
        tag = f"{{{CONTENT_TYPES}}}Override"
        found = next((each for each in types.iter(tag) if each.get("PartName") == f"/{part}"), None)
        if found is None:
            found = etree.SubElement(types, tag, PartName=f"/{part}")
        found.set("ContentType", content_type)
        self.put(TYPES_PART, types)

    def relate(self, owner: str, kind: str, target: str) -> str:
        """Let a part (or "", the file) refer to another, and return the relationship's id."""
        part = relationships_part(owner)
        if part not in self.data:
            self.put(part, etree.Element(f"{{{RELATIONSHIPS}}}Relationships", {}, EMPTY_PREFIX))
        root = self.root(part)
        used = {each.get("Id") for each in root}
        number = next(n for n in range(1, len(used) + 2) if f"rId{n}" not in used)
        etree.SubElement(root, f"{{{RELATIONSHIPS}}}Relationship", Id=f"rId{number}", Type=kind, Target=target)
        self.put(part, root)
        return f"rId{number}"

    def targets(self, owner: str, kind: str) -> dict[str, str]:
        """Return the parts that a part refers to by relationships of a kind, "drawing" say, by their ids."""
        part = relationships_part(owner)
        if part not in self.data:
            return {}
        return {
            each.get("Id"): posixpath.normpath(posixpath.join("/", posixpath.dirname(owner), each.get("Target")))[1:]
            for each in self.root(part)
            if each.get("Type").endswith(f"/{kind}")
        }

    def sheets(self) -> dict[str, str]:
        """Return each sheet's part by its title."""
        parts = self.targets(WORKBOOK_PART, "worksheet")
        sheets = self.root(WORKBOOK_PART).iter(f"{{{MAIN}}}sheet")
        return {sheet.get("name"): parts[sheet.get(f"{{{OFFICE}}}id")] for sheet in sheets}

    def new_name(self, pattern: str) -> str:
        """Return the first free name of a part: xl/drawings/drawing{}.xml with a number."""
        return next(name for n in range(1, len(self.data) + 2) if (name := pattern.format(n)) not in self.data)

    def to_bytes(self) -> bytes:
        """Return the file; the same parts give the same bytes."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, data in sorted(self.data.items(), key=lambda item: (item[0] != TYPES_PART, item[0])):
                info = zipfile.ZipInfo(name, OLDEST_ZIP_DATE)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system = UNIX
                archive.writestr(info, data)
        return stream.getvalue()


def relationships_part(owner: str) -> str:
    """Return the part with a part's relationships."""
    folder, name = posixpath.split(owner)
    return posixpath.join(folder, "_rels", f"{name}.rels")

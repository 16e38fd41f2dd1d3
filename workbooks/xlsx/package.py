"""A workbook file as its parts: find them by their relationships, read them once, save all others untouched."""

import datetime
import hashlib
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import unquote

from lxml import etree
from lxml.etree import _Element

from pyfuncs.cells.block import DAY_ZERO
from workbooks.xlsx.archive import Archive, archive_bytes, digest_of, read_archive
from workbooks.xlsx.atomic import real_path, write_atomically
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.grid import Grid, numbered_cells, numbered_rows
from workbooks.xlsx.namespaces import (
    CUSTOM_PROPERTY,
    DEFINED_NAME,
    RELATIONSHIP,
    RELATIONSHIP_ID,
    ROW,
    SHEET,
    SHEET_DATA,
    SHEETS,
    SI,
    STRICT_MAIN,
    TABLE_COLUMN,
    WORKBOOK,
    WORKBOOK_PR,
)
from workbooks.xlsx.parse import elements, parsed
from workbooks.xlsx.tall import TallGrid, tall_grid
from workbooks.xlsx.text import decode, rich_text

DAY_ZERO_OF_1904 = datetime.datetime(1904, 1, 1)
"""Of workbooks that early Macs made."""


class NamedTable(NamedTuple):
    """Where a table lies, headers and totals included, the names of its columns, and how many rows those take."""

    sheet: str
    ref: str
    columns: tuple[str, ...]
    header_rows: int = 1
    totals_rows: int = 0


class _Relationship(NamedTuple):
    kind: str  # the last word of its type: worksheet, sharedStrings, table ...
    part: str


class Package:
    """A workbook file held in memory; nothing reaches the disk before `save`."""

    def __init__(self, path: Path, archive: Archive) -> None:
        if archive.is_open_document:
            raise FileProblem(f"{path} is an OpenDocument file (.ods); save it as .xlsx and try again.")
        self.path = path
        self._archive = archive
        self._digest = archive.digest
        self._put: dict[str, Callable[[], Iterable[bytes]]] = {}
        self._removed: set[str] = set()
        self._tall: dict[str, TallGrid | None] = {}
        self._names = {name.casefold(): name for name in archive.parts}  # part names differ by more than case
        self._roots: dict[str, _Element] = {}
        self._grids: dict[str, Grid] = {}
        self._sheet_parts: dict[str, str] = {}
        self._changed: set[str] = set()
        self.workbook_part = self._find_workbook()
        relationships = self._relationships(self.workbook_part)
        self._single_parts = {relationship.kind: relationship.part for relationship in relationships.values()}
        # Chart sheets keep their place here, because a sheet-scoped name gives its sheet as a place in this list.
        self._all_titles: list[str] = []
        sheets = self.workbook.find(SHEETS)
        for sheet in [] if sheets is None else sheets.iterchildren(SHEET):
            title = sheet.get("name", "")
            self._all_titles.append(title)
            relationship = relationships.get(sheet.get(RELATIONSHIP_ID, ""))
            if relationship is not None and relationship.kind == "worksheet":
                self._sheet_parts[title] = relationship.part

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the workbook at `path`.

        Raises:
            FileProblem: there is no such file, or it is damaged, protected or not an .xlsx or .xlsm workbook.

        """
        return cls(path, read_archive(path))

    @property
    def sheet_titles(self) -> tuple[str, ...]:
        """The worksheets in their order, chart sheets left out."""
        return tuple(self._sheet_parts)

    @property
    def workbook(self) -> _Element:
        """The root of the workbook part; who changes it calls `mark_workbook_changed`."""
        return self.root(self.workbook_part)

    def title(self, name: str) -> str:
        """Spell a sheet's name as the workbook does; case does not count, as in formulas.

        Raises:
            FileProblem: no worksheet has that name.

        """
        if name in self._sheet_parts:
            return name
        for title in self._sheet_parts:
            if title.casefold() == name.casefold():
                return title
        raise FileProblem(f"{self.path} has no sheet named {name!r}; its sheets are {', '.join(self._sheet_parts)}.")

    def sheet(self, title: str) -> _Element:
        """Return the root of a sheet's XML; who changes it calls `mark_sheet_changed`.

        Raises:
            FileProblem: there is no such sheet, or its XML is broken.

        """
        return self.root(self.sheet_part(title))

    def sheet_part(self, title: str) -> str:
        """Return the name of a sheet's part.

        Raises:
            FileProblem: there is no such sheet.

        """
        return self._sheet_parts[self.title(title)]

    def grid(self, title: str) -> Grid:
        """Return the rows and cells of a sheet, indexed once.

        Raises:
            FileProblem: there is no such sheet, or its XML is broken.

        """
        title = self.title(title)
        tall = self._tall_grid(self.sheet_part(title))
        if tall is not None:
            return tall
        if title not in self._grids:
            data = self.sheet(title).find(SHEET_DATA)
            if data is None:
                raise FileProblem(f"The sheet {title!r} of {self.path} has no cells part; take another copy of it.")
            self._grids[title] = Grid(data, title, self.path)
        return self._grids[title]

    def _tall_grid(self, part: str) -> TallGrid | None:
        """Return a sheet's rows and cells where it is a large one that can be read without an element a cell."""
        if part not in self._tall:
            title = next((title for title, of in self._sheet_parts.items() if of == part), None)
            is_large = self._archive.is_large(part) and part not in self._put and part not in self._changed
            self._tall[part] = (
                tall_grid(lambda: self._archive.open(part), title, self.path, lambda: self.shared_strings, self.epoch)
                if is_large and title is not None
                else None
            )
        return self._tall[part]

    def rows(self, title: str) -> Iterator[tuple[int, Mapping[int, _Element]]]:
        """Yield the number and the cells, by column, of each row from top to bottom, read anew and not kept.

        Where a sheet's cells end is what they say themselves: programs write extents that are too small.

        Raises:
            FileProblem: there is no such sheet, or its XML is broken, which may show late.

        """
        title = self.title(title)
        part = self.sheet_part(title)
        found = elements(self.read(part), (ROW,), part, self.path)
        for number, row in numbered_rows(found, title, self.path):
            yield number, numbered_cells(row, number, title, self.path)

    def mark_sheet_changed(self, title: str) -> None:
        """Say that the sheet's XML was changed and must be written anew."""
        self.mark_changed(self.sheet_part(title))

    def mark_workbook_changed(self) -> None:
        """Say that the workbook part was changed and must be written anew."""
        self.mark_changed(self.workbook_part)

    def mark_changed(self, part: str) -> None:
        """Say that a part's XML was changed and must be written anew."""
        self._changed.add(part)

    def read(self, part: str) -> bytes:
        """Return a part's bytes as the file has them, or as they are written where the part was changed.

        Raises:
            FileProblem: there is no such part.

        """
        return b"".join(self._pieces(part))

    def _pieces(self, part: str) -> Iterable[bytes]:
        if part in self._changed:
            tall = self._tall.get(part)
            if tall is not None:
                return tall.pieces()
            tree = self.root(part).getroottree()
            return (etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True),)
        if part in self._put:
            return self._put[part]()
        if part in self._removed or part not in self._archive.parts:
            raise FileProblem(f"{self.path} is damaged: its part {part} is missing; take another copy of it.")
        return (self._archive.parts[part],)

    def put(self, part: str, data: bytes) -> None:
        """Add a part, or replace its bytes."""
        self.put_pieces(part, lambda: (data,))

    def put_pieces(self, part: str, pieces: Callable[[], Iterable[bytes]]) -> None:
        """Add a part, or replace its bytes by those that `pieces` gives one after the other, each time it is called."""
        self._put[self._names.setdefault(part.casefold(), part)] = pieces
        self._tall[part] = None
        self._removed.discard(part)
        self._roots.pop(part, None)
        self._changed.discard(part)

    def remove(self, part: str) -> None:
        """Take a part out; who does so takes out what refers to it."""
        for known in (self._put, self._roots, self._tall):
            known.pop(part, None)
        self._removed.add(part)
        self._names.pop(part.casefold(), None)
        self._changed.discard(part)

    def __contains__(self, part: str) -> bool:
        """Tell whether there is a part of that name; case does not count."""
        return part.casefold() in self._names

    @cached_property
    def shared_strings(self) -> tuple[str, ...]:
        """The texts that cells refer to by number."""
        part = self._single_parts.get("sharedStrings")
        return () if part is None else tuple(rich_text(item) for item in self.root(part).iterchildren(SI))

    @cached_property
    def epoch(self) -> datetime.datetime:
        """The day from which the workbook counts its dates."""
        settings = self.workbook.find(WORKBOOK_PR)
        is_1904 = settings is not None and settings.get("date1904") in ("1", "true")
        return DAY_ZERO_OF_1904 if is_1904 else DAY_ZERO

    @property
    def styles(self) -> _Element | None:
        """The root of the styles, None where the workbook has none."""
        part = self._single_parts.get("styles")
        return None if part is None else self.root(part)

    def defined_names(self) -> dict[tuple[str | None, str], str]:
        """Return each defined name's formula text under its sheet's title (None for a global name) and its name."""
        names: dict[tuple[str | None, str], str] = {}
        for element in self.workbook.iter(DEFINED_NAME):
            place = element.get("localSheetId")
            try:
                title = None if place is None else self._all_titles[int(place)]
            except (ValueError, IndexError) as error:
                raise FileProblem(
                    f"The name {element.get('name')!r} in {self.path} belongs to a sheet that is not there; delete "
                    "the name and try again."
                ) from error
            names[title, element.get("name", "")] = element.text or ""
        return names

    def tables(self) -> dict[str, NamedTable]:
        """Return the tables of all sheets under the names formulas use."""
        tables = {}
        for title, sheet_part in self._sheet_parts.items():
            for relationship in self._relationships(sheet_part).values():
                if relationship.kind == "table":
                    root = self.root(relationship.part)
                    columns = tuple(decode(column.get("name", "")) for column in root.iter(TABLE_COLUMN))
                    headers = 0 if root.get("headerRowCount") == "0" else 1
                    totals = 1 if root.get("totalsRowCount", "0") != "0" else 0
                    name, ref = root.get("displayName", ""), root.get("ref", "")
                    tables[name] = NamedTable(title, ref, columns, headers, totals)
        return tables

    def custom_properties(self) -> dict[str, str]:
        """Return the document's custom properties as the text that is stored."""
        for relationship in self._relationships("").values():
            if relationship.kind == "custom-properties":
                elements = self.root(relationship.part).iter(CUSTOM_PROPERTY)
                return {element.get("name", ""): "".join(map(str, element.itertext())).strip() for element in elements}
        return {}

    def targets(self, owner: str, kind: str) -> dict[str, str]:
        """Return the parts that a part refers to by relationships of a kind, "drawing" for instance, by their ids."""
        found = self._relationships(owner).items()
        return {key: relationship.part for key, relationship in found if relationship.kind == kind}

    def root(self, part: str) -> _Element:
        """Return the root of a part's XML; who changes it calls `mark_changed`.

        Raises:
            FileProblem: there is no such part, or its XML is broken.

        """
        name = self._names.get(part.casefold(), part)
        if name not in self._roots:
            tall = self._tall_grid(name)
            self._roots[name] = tall.root if tall is not None else parsed(self.read(name), name, self.path)
        return self._roots[name]

    def to_bytes(self) -> bytes:
        """Return the file: parts marked as changed written anew, all others with the bytes they had."""
        changed = dict.fromkeys([*self._archive.parts, *self._put])
        pieces = {part: self._pieces(part) for part in changed if part in self._changed or part in self._put}
        return archive_bytes(self._archive, pieces, self._removed)

    def save(self, path: Path) -> None:
        """Write the file to `path`, whole or not at all.

        Raises:
            FileProblem: it cannot be written there, or `path` is the file that was read and another program has
                changed it since; a file that was there is as it was.

        """
        data = self.to_bytes()
        if not self._digest or real_path(path) != real_path(self.path):
            write_atomically(path, data)
            return
        write_atomically(path, data, self._refuse_if_changed)
        self._digest = digest_of(data)

    def _refuse_if_changed(self) -> None:
        try:
            with self.path.open("rb") as stream:
                is_as_read = hashlib.file_digest(stream, "sha256").digest() == self._digest
        except FileNotFoundError:
            raise FileProblem(f"{self.path} was moved or deleted by another program in the meantime.") from None
        except OSError as error:
            raise FileProblem(
                f"{self.path} cannot be read any more ({error.strerror}), so it was left alone."
            ) from error
        if not is_as_read:
            raise FileProblem(
                f"{self.path} was changed by another program in the meantime, so it was left as it is now."
            )

    def _find_workbook(self) -> str:
        for relationship in self._relationships("").values():
            if relationship.kind == "officeDocument":
                if relationship.part.endswith(".bin"):
                    raise FileProblem(f"{self.path} is a binary workbook (.xlsb); save it as .xlsx and try again.")
                root = self.root(relationship.part)
                if root.tag == WORKBOOK:
                    return relationship.part
                if root.tag == f"{{{STRICT_MAIN}}}workbook":
                    raise FileProblem(
                        f"{self.path} is a Strict Open XML workbook; save it as an ordinary Excel workbook (.xlsx)."
                    )
        raise FileProblem(f"{self.path} is not a workbook; open it in a spreadsheet program and save it as .xlsx.")

    def _relationships(self, part: str) -> dict[str, _Relationship]:
        """Return what a part refers to inside the file, by id; the part "" is the file itself."""
        return dict(self._read_relationships(relationships_part(part), posixpath.dirname(part)))

    def _read_relationships(self, rels_part: str, folder: str) -> Iterator[tuple[str, _Relationship]]:
        if rels_part not in self:
            return
        for element in self.root(rels_part).iter(RELATIONSHIP):
            if element.get("TargetMode") != "External":
                # An absolute target makes join forget the folder.
                target = posixpath.normpath(posixpath.join("/", folder, unquote(element.get("Target", ""))))
                kind = element.get("Type", "").rpartition("/")[2]
                yield element.get("Id", ""), _Relationship(kind, self._names.get(target[1:].casefold(), target[1:]))


def relationships_part(owner: str) -> str:
    """Return the name of the part with the relationships of another; the part "" is the file itself."""
    folder, name = posixpath.split(owner)
    return posixpath.join(folder, "_rels", f"{name}.rels")

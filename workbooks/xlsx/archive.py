"""The zip file around a workbook: every part's bytes in, every part's bytes out."""

import hashlib
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from workbooks.xlsx.errors import FileProblem

_ZIP_START = b"PK\x03\x04"
_OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLDEST_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
# zipfile lets all of these out of a damaged archive, depending on which byte is wrong.
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError, ValueError)
MOST_BYTES = 2**30
LARGE_PART = 2**23
"""Parts of more bytes stay packed until they are asked for, and only one of them is held unpacked."""
_LARGE = 2**25
_PIECE = 2**18
"""Bytes of a file that are read at once."""
_LENGTHS_IN_HEADER = 26
_MOST_TIMES = 200
"""How much smaller packing makes a large part at most: 40 times is usual for the emptiest of sheets."""


class PackedParts(Mapping[str, bytes]):
    """The parts of a zip file by name, each unpacked once to check it, the large ones again when they are asked for."""

    def __init__(self, archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo]) -> None:
        self._archive = archive
        self._infos = {info.filename: info for info in infos}
        self._small: dict[str, bytes] = {}
        self._latest = ("", b"")
        for info in infos:
            if info.file_size <= LARGE_PART:
                self._small[info.filename] = archive.read(info)
            else:
                with archive.open(info) as stream:
                    while stream.read(LARGE_PART):
                        pass

    def __getitem__(self, name: str) -> bytes:
        """Return a part's bytes."""
        if name in self._small:
            return self._small[name]
        if name != self._latest[0]:
            self._latest = ("", b"")  # before the next one is unpacked
            self._latest = (name, self._archive.read(self._infos[name]))
        return self._latest[1]

    def __iter__(self) -> Iterator[str]:
        """Yield the names in their order."""
        return iter(self._infos)

    def __len__(self) -> int:
        """Return how many parts there are."""
        return len(self._infos)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a part of that name, unpacking none."""
        return name in self._infos

    def open(self, name: str) -> BinaryIO:
        """Return a part's bytes as a stream, which takes no memory for a large one."""
        return cast(BinaryIO, self._archive.open(self._infos[name]))


@dataclass(frozen=True)
class Archive:
    """The parts of a zip file by name, in their order, with what the zip says about each."""

    infos: tuple[zipfile.ZipInfo, ...]
    parts: Mapping[str, bytes]
    comment: bytes
    data: bytes = b""
    """The whole file, empty for one that was never read."""

    @cached_property
    def digest(self) -> bytes:
        """The SHA-256 of the whole file, empty for one that was never read."""
        return digest_of(self.data) if self.data else b""

    def open(self, name: str) -> BinaryIO:
        """Return a part's bytes as a stream."""
        return self.parts.open(name) if isinstance(self.parts, PackedParts) else io.BytesIO(self.parts[name])

    def is_large(self, name: str) -> bool:
        """Tell whether a part of the file is large; one that never was in a file is not."""
        return any(info.filename == name and info.file_size > LARGE_PART for info in self.infos)

    @property
    def is_open_document(self) -> bool:
        """Whether it is an OpenDocument file, .ods for instance."""
        return self.parts.get("mimetype", b"").startswith(b"application/vnd.oasis.opendocument")


def read_archive(path: Path) -> Archive:
    """Read all parts of the file at `path`, checking each part's checksum.

    Raises:
        FileProblem: there is no such file, it cannot be read, is damaged, or no zip file.

    """
    return archive_of(read_file(path), path)


def _refuse_bomb(infos: tuple[zipfile.ZipInfo, ...], path: Path) -> None:
    """Check that the parts unpack to what a computer can hold; no more than it says is unpacked of a part."""
    for info in infos:
        if info.file_size > _LARGE and info.file_size > _MOST_TIMES * info.compress_size:
            raise FileProblem(
                f"{path} was not opened: its part {info.filename} would unpack to {info.file_size:,} bytes of almost "
                "nothing, as no spreadsheet program writes; take another copy of the workbook."
            )
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise FileProblem(
            f"{path} was not opened: its parts would unpack to more than {MOST_BYTES:,} bytes; use fewer rows or "
            "columns."
        )


def digest_of(data: bytes) -> bytes:
    """Return the SHA-256 of a file's bytes, by which another version of it is told."""
    return hashlib.sha256(data).digest()


def starts_as_workbook(path: Path) -> bool:
    """Tell whether a file begins as workbooks do, old and new ones, whatever its name; no where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(_OLE_START)).startswith((_ZIP_START, _OLE_START))
    except OSError:
        return False


def archive_of(data: bytes, path: Path) -> Archive:
    """Return the parts of a workbook that is in memory; `path` names it in errors.

    Raises:
        FileProblem: the bytes are damaged, or another kind of file.

    """
    if not data:
        raise FileProblem(f"{path} is empty; take another copy of the workbook.")
    if data.startswith(_OLE_START):
        if _ENCRYPTED_STREAM in data:
            raise FileProblem(f"{path} is protected by a password; save it without one and try again.")
        raise FileProblem(f"{path} is in the old .xls format; save it as .xlsx and try again.")
    if not data.startswith(b"PK"):
        raise FileProblem(f"{path} is not a workbook; open it in a spreadsheet program and save it as .xlsx.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = tuple(archive.infolist())
        _refuse_bomb(infos, path)
        parts = PackedParts(archive, infos)
    except _DAMAGE as error:
        raise FileProblem(f"{path} is damaged or incomplete; take another copy of the workbook.") from error
    if len(parts) != len(infos):
        raise FileProblem(f"{path} is damaged: it holds a part twice; take another copy of the workbook.")
    return Archive(infos, parts, archive.comment, data)


def new_archive(parts: Mapping[str, bytes]) -> Archive:
    """Return an archive of parts in their order that says nothing of when and where it was made."""
    return Archive(tuple(_new_info(name) for name in parts), parts, b"")


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Zip parts in their order; the same parts give the same bytes."""
    return archive_bytes(new_archive(parts), {})


def archive_bytes(archive: Archive, changed: Mapping[str, Iterable[bytes]], removed: Collection[str] = ()) -> bytes:
    """Zip the parts again but for those removed: those in `changed` of the pieces of their new bytes, others as packed.

    New ones come last.

    The same input gives the same bytes.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as output:
        output.comment = archive.comment
        for old in archive.infos:
            if old.filename in removed:
                continue
            # A new ZipInfo, because the old one's extra field can hold sizes and padding that no longer hold true.
            info = zipfile.ZipInfo(old.filename, old.date_time)
            info.compress_type = old.compress_type
            info.comment = old.comment
            info.create_system = old.create_system
            info.external_attr = old.external_attr
            info.internal_attr = old.internal_attr
            if old.filename in changed:
                _write(output, info, changed[old.filename])
            elif archive.data:
                _copy(output, info, old, archive.data)
            else:
                _write(output, info, (archive.parts[old.filename],))
        for name, pieces in changed.items():
            if name not in archive.parts:
                _write(output, _new_info(name), pieces)
    return stream.getvalue()


def _write(output: zipfile.ZipFile, info: zipfile.ZipInfo, pieces: Iterable[bytes]) -> None:
    with output.open(info, "w") as part:
        for piece in pieces:
            part.write(piece)


def _copy(output: zipfile.ZipFile, info: zipfile.ZipInfo, old: zipfile.ZipInfo, data: bytes) -> None:
    """Copy a part as it is packed, for which `zipfile` has no function."""
    name_length, extra_length = struct.unpack_from("<HH", data, old.header_offset + _LENGTHS_IN_HEADER)
    start = old.header_offset + zipfile.sizeFileHeader + name_length + extra_length  # type: ignore[attr-defined]
    stream = output.fp
    assert stream is not None
    info.CRC, info.compress_size, info.file_size = old.CRC, old.compress_size, old.file_size
    info.header_offset = stream.tell()
    stream.write(info.FileHeader())
    stream.write(memoryview(data)[start : start + old.compress_size])
    output.filelist.append(info)
    output.NameToInfo[info.filename] = info
    output.start_dir = stream.tell()


def _new_info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _OLDEST_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = _UNIX
    return info


def read_file(path: Path) -> bytes:
    """Return what a file holds, or what comes out of a pipe.

    Raises:
        FileProblem: it cannot be read, is a device, or holds more than a gigabyte.

    """
    try:
        if stat.S_ISCHR(path.stat().st_mode):
            raise FileProblem(f"{path} is a device and no file; name a file.")
        with path.open("rb") as stream:
            # Windows sets memory aside for all that a read may give, though the file holds less.
            pieces = iter(partial(stream.read, _PIECE), b"")
            data = b"".join(islice(pieces, MOST_BYTES // _PIECE + 1))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileProblem(f"{path} does not exist; check its name and folder.") from error
    except IsADirectoryError as error:
        raise FileProblem(f"{path} is a folder; name a workbook inside it.") from error
    except PermissionError as error:
        if path.is_dir():  # what Windows says of a folder
            raise FileProblem(f"{path} is a folder; name a workbook inside it.") from error
        raise FileProblem(
            f"{path} may not be read; close it in other programs or ask for permission to read it."
        ) from error
    except OSError as error:
        raise FileProblem(f"{path} cannot be read ({error.strerror or error}); check the disk and its name.") from error
    if len(data) > MOST_BYTES:
        raise FileProblem(f"{path} is larger than {MOST_BYTES:,} bytes, which is too much; use fewer rows or columns.")
    return data

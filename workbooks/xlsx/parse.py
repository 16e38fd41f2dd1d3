"""Parse a part's XML, whole or element by element, trusting nothing in it."""

import io
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from lxml.etree import _Element

from workbooks.xlsx.errors import FileProblem


def parsed(data: bytes, part: str, path: Path) -> _Element:
    """Return the root of a part's XML.

    Raises:
        FileProblem: it is broken, or declares a document type, which no workbook does.

    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, strip_cdata=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _broken(part, path) from error
    _refuse_document_type(root, part, path)
    return root


def elements(data: bytes, tags: tuple[str, ...], part: str, path: Path) -> Iterator[_Element]:
    """Yield the elements with one of some tags as each ends, and forget what lies before it: a sheet may be large.

    Raises:
        FileProblem: the XML is broken, which may show late, or declares a document type.

    """
    found = etree.iterparse(io.BytesIO(data), tag=tags, resolve_entities=False, no_network=True, huge_tree=True)
    try:
        for _, element in found:
            _refuse_document_type(element, part, path)
            yield element
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise _broken(part, path) from error


def _broken(part: str, path: Path) -> FileProblem:
    return FileProblem(f"{path} is damaged: its part {part} is broken XML; take another copy.")


def _refuse_document_type(element: _Element, part: str, path: Path) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise FileProblem(f"{path} is damaged: its part {part} declares a document type; take another copy.")

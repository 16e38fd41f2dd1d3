"""Write the office's configuration files (.xcu): nested nodes with properties."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

LANGUAGE = "en-US"
OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name={name} oor:package={package}>\n'
)


@dataclass(frozen=True)
class Text:
    """A text that people read, and that could be translated."""

    text: str


Value = str | bool | int | Text


@dataclass(frozen=True)
class Node:
    """A node with its properties and the nodes in it; `operation` says what becomes of a node that is there already."""

    name: str
    properties: Mapping[str, Value] = field(default_factory=dict)
    children: tuple["Node", ...] = ()
    operation: str | None = "replace"

    def xml(self, indent: int = 1) -> str:
        """Return the node as XML."""
        space = "  " * indent
        operation = f' oor:op="{self.operation}"' if self.operation else ""
        lines = [f"{space}<node oor:name={quoteattr(self.name)}{operation}>"]
        lines += [f"{space}  {property_xml(name, value)}" for name, value in self.properties.items()]
        lines += [child.xml(indent + 1) for child in self.children]
        return "\n".join([*lines, f"{space}</node>"])


def group(name: str, *children: Node) -> Node:
    """Return a node of the office's own schema, into which others are put."""
    return Node(name, children=children, operation=None)


def property_xml(name: str, value: Value) -> str:
    """Return a property as XML."""
    if isinstance(value, Text):
        return f'<prop oor:name="{name}"><value xml:lang="{LANGUAGE}">{escape(value.text)}</value></prop>'
    kind = {bool: "xs:boolean", int: "xs:int", str: "xs:string"}[type(value)]
    text = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f'<prop oor:name="{name}" oor:type="{kind}"><value>{text}</value></prop>'


def configuration(path: str, *nodes: Node) -> str:
    """Return a configuration file for a part of the registry: org.openoffice.Office.Addons."""
    package, _, name = path.rpartition(".")
    head = OPENING.format(name=quoteattr(name), package=quoteattr(package))
    return head + "\n".join(node.xml() for node in nodes) + "\n</oor:component-data>\n"

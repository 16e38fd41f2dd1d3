"""Put gradsheet.oxt together; the same sources give the same bytes."""

import importlib.metadata
from importlib import resources
from xml.sax.saxutils import escape

from addin.calc.inside.identifiers import COMPONENT, IDENTIFIER
from addin.calc.install.idl import interface
from addin.calc.install.menus import buttons, jobs, protocol, window_state
from addin.calc.install.wizard import descriptions
from workbooks.xlsx.archive import zipped

TYPES = "application/vnd.sun.star.uno-typelibrary;type=RDB"
PYTHON = "application/vnd.sun.star.uno-component;type=Python"
CONFIGURATION = "application/vnd.sun.star.configuration-data"


def parts() -> dict[str, tuple[str | None, bytes]]:
    """Return the files of the extension by their paths, each with its media type where it needs one."""
    component = resources.files("addin.calc.inside") / "component" / COMPONENT
    listed = {
        "gradsheet.idl": (TYPES, interface()),
        COMPONENT: (PYTHON, component.read_text(encoding="utf-8")),
        "CalcAddIns.xcu": (CONFIGURATION, descriptions()),
        "Jobs.xcu": (CONFIGURATION, jobs()),
        "ProtocolHandler.xcu": (CONFIGURATION, protocol()),
        "Addons.xcu": (CONFIGURATION, buttons()),
        "CalcWindowState.xcu": (CONFIGURATION, window_state()),
    }
    found: dict[str, tuple[str | None, bytes]] = {path: (kind, text.encode()) for path, (kind, text) in listed.items()}
    icons = resources.files("addin.calc.install") / "icons"
    for icon in sorted(icons.iterdir(), key=lambda icon: icon.name):
        if icon.name.endswith(".svg"):
            found[f"icons/{icon.name}"] = (None, icon.read_bytes())
    return found


def manifest(files: dict[str, tuple[str | None, bytes]]) -> str:
    """Return META-INF/manifest.xml."""
    entries = "".join(
        f'  <manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>\n'
        for path, (kind, _) in files.items()
        if kind
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{entries}</manifest:manifest>\n'
    )


def version() -> str:
    """Return the version of the extension, which is Gradsheet's."""
    return importlib.metadata.version("gradsheet")


def description() -> str:
    """Return description.xml."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<description xmlns="http://openoffice.org/extensions/description/2006">\n'
        f'  <identifier value="{IDENTIFIER}"/>\n  <version value="{escape(version())}"/>\n'
        '  <display-name><name lang="en">Gradsheet</name></display-name>\n</description>\n'
    )


def contents() -> dict[str, bytes]:
    """Return what gradsheet.oxt holds, by path."""
    files = parts()
    return {
        "description.xml": description().encode(),
        "META-INF/manifest.xml": manifest(files).encode(),
        **{path: data for path, (_, data) in files.items()},
    }


def extension() -> bytes:
    """Return gradsheet.oxt."""
    return zipped(contents())

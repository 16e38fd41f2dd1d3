"""Put gradsheet.oxt together; the same sources give the same bytes."""

import importlib.metadata
from importlib import resources
from xml.sax.saxutils import escape

from addin.calc.inside.identifiers import COMPONENT, IDENTIFIER
from addin.calc.install.idl import interface
from addin.calc.install.menus import buttons, jobs, protocol, window_state
from addin.calc.install.wizard import descriptions
from workbooks.clicks.click import Click
from workbooks.clicks.table import COMMANDS
from workbooks.xlsx.archive import zipped

LETTERED = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
    '<rect x="1.5" y="1.5" width="21" height="21" rx="3" fill="none" stroke="#1F4E79" stroke-width="2"/>'
    '<text x="12" y="{base:.1f}" font-family="sans-serif" font-size="{size:.1f}" font-weight="bold" '
    'text-anchor="middle" fill="#1F4E79">{letters}</text></svg>'
)
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
    return found | {f"icons/{click.name}.svg": (None, icon(click)) for click in COMMANDS}


def icon(click: Click) -> bytes:
    """Return a button's icon: its own drawing, or its sign or initials in a frame where it has none."""
    drawing = resources.files("addin.calc.install") / "icons" / f"{click.name}.svg"
    if drawing.is_file():
        return drawing.read_bytes()
    letters = click.sign.strip() or "".join(word[0] for word in click.label.split()).upper()
    size = 15 if len(letters) == 1 else 22 / len(letters)
    return LETTERED.format(letters=escape(letters), size=size, base=12 + 0.36 * size).encode()


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

"""The configuration files around the buttons: toolbar, menu, where they stand, who answers, and the load job."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from addin.calc.inside.help import HELP, OPEN, OPEN_LABEL
from addin.calc.inside.identifiers import HANDLER, LOAD_JOB, MENU, PROTOCOL, SAVE_JOB, TOOLBAR, command_url
from addin.calc.install.xcu import Node, Text, Value, configuration, group
from workbooks.clicks.table import COMMANDS
from workbooks.lessons.templates import BUNDLED, TEMPLATES

TITLE = "Gradsheet"
SPREADSHEETS = "com.sun.star.sheet.SpreadsheetDocument"
SEPARATOR = Node("", {"URL": "private:separator"})
"""A line between groups."""
ICONS = "%origin%/icons"


def buttons() -> str:
    """Return Addons.xcu: the menu, the toolbar and their icons."""
    menu = Node(
        MENU,
        {"Context": SPREADSHEETS, "Title": Text(TITLE), "Target": "_self"},
        (group("Submenu", *in_order(menu_entries())),),
    )
    images = [
        Node(
            f"{MENU}.{command.name}",
            {"URL": command_url(command.name)},
            (
                Node(
                    "UserDefinedImages",
                    dict.fromkeys(("ImageSmallURL", "ImageBigURL"), f"{ICONS}/{command.name}.svg"),
                    operation=None,
                ),
            ),
        )
        for command in COMMANDS
    ]
    return configuration(
        "org.openoffice.Office.Addons",
        group(
            "AddonUI",
            group("OfficeMenuBar", menu),
            group("OfficeToolBar", Node(TOOLBAR, children=tuple(in_order(training_entries())))),
            group("Images", *images),
        ),
    )


def menu_entries() -> Iterator[Node]:
    """Yield the menu: the workbooks to open, the buttons and the help."""
    workbooks = [entry(command_url(OPEN + name), f"{name}: {TEMPLATES[name].summary}") for name in BUNDLED]
    yield entry("", OPEN_LABEL, (group("Submenu", *in_order(workbooks)),))
    yield SEPARATOR
    yield from training_entries()
    yield SEPARATOR
    yield entry(command_url(HELP.name), HELP.label)


def training_entries() -> Iterator[Node]:
    """Yield the buttons, with lines between their groups."""
    for command in COMMANDS:
        if command.begins_group:
            yield SEPARATOR
        yield entry(command_url(command.name), command.label)


def entry(url: str, label: str, children: tuple[Node, ...] = ()) -> Node:
    """Return one entry."""
    return Node("", {"Context": SPREADSHEETS, "URL": url, "Title": Text(label), "Target": "_self"}, children)


def in_order(entries: Iterable[Node]) -> Iterator[Node]:
    """Name entries after their places: the office sorts them by name."""
    for place, node in enumerate(entries):
        yield replace(node, name=f"n{place:02}")


def window_state() -> str:
    """Return CalcWindowState.xcu: the toolbar's name and its place below the others."""
    properties: dict[str, Value] = {
        "UIName": Text(TITLE),
        "Docked": True,
        "DockingArea": 0,
        "DockPos": "0,2",
        "Visible": True,
        "Style": 2,
    }
    state = Node(f"private:resource/toolbar/addon_{TOOLBAR}", properties)
    return configuration("org.openoffice.Office.UI.CalcWindowState", group("UIElements", group("States", state)))


def protocol() -> str:
    """Return ProtocolHandler.xcu."""
    handler = Node(HANDLER, {"Protocols": f"{PROTOCOL}*"})
    text = configuration("org.openoffice.Office.ProtocolHandler", group("HandlerSet", handler))
    return text.replace("xs:string", "oor:string-list")


JOBS = {LOAD_JOB: ("OnLoadFinished",), SAVE_JOB: ("OnSaveDone", "OnSaveAsDone")}
"""The events of a document after which each job runs."""


def jobs() -> str:
    """Return Jobs.xcu."""
    listed = [Node(job, {"Service": job}) for job in JOBS]
    events = [
        Node(event, children=(group("JobList", Node(job)),), operation="fuse")
        for job, events in JOBS.items()
        for event in events
    ]
    return configuration("org.openoffice.Office.Jobs", group("Jobs", *listed), group("Events", *events))

"""The configuration files around the buttons: toolbar, menu, where they stand, who answers, and the load job."""

from addin.calc.identifiers import HANDLER, LOAD_JOB, MENU, PROTOCOL, SAVE_JOB, TOOLBAR, command_url
from addin.calc.xcu import Node, Text, Value, configuration, group
from addin.commands import COMMANDS, Command

TITLE = "Gradsheet"
SPREADSHEETS = "com.sun.star.sheet.SpreadsheetDocument"
SEPARATOR = "private:separator"
ICONS = "%origin%/icons"


def buttons() -> str:
    """Return Addons.xcu: the menu, the toolbar and their icons."""
    menu = Node(
        MENU,
        {"Context": SPREADSHEETS, "Title": Text(TITLE), "Target": "_self"},
        (group("Submenu", *entries("m")),),
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
            group("OfficeToolBar", Node(TOOLBAR, children=tuple(entries("b")))),
            group("Images", *images),
        ),
    )


def entries(prefix: str) -> list[Node]:
    """Return the buttons in order, with lines between their groups; the office sorts them by node name."""
    nodes: list[Node] = []
    for command in COMMANDS:
        if command.begins_group:
            nodes.append(Node(f"{prefix}{len(nodes):02}", {"URL": SEPARATOR}))
        nodes.append(entry(f"{prefix}{len(nodes):02}", command))
    return nodes


def entry(name: str, command: Command) -> Node:
    """Return one button."""
    return Node(
        name,
        {"Context": SPREADSHEETS, "URL": command_url(command.name), "Title": Text(command.label), "Target": "_self"},
    )


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

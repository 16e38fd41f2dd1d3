"""The add-in's tab in the ribbon, made from the buttons and the templates."""

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from workbooks.clicks.table import COMMANDS
from workbooks.lessons.templates import BUNDLED, TEMPLATES
from workbooks.xlsx.additions import relate
from workbooks.xlsx.package import Package

CUSTOM_UI = "http://schemas.microsoft.com/office/2009/07/customui"
PART = "customUI/customUI14.xml"
RELATIONSHIP = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
BLANK = "blank"


def add_ribbon(package: Package) -> None:
    """Put the tab into the add-in."""
    package.put(PART, ribbon().encode())
    relate(package, "", RELATIONSHIP, PART)


def ribbon() -> str:
    """Return the tab as XML."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        f'<customUI xmlns="{CUSTOM_UI}">',
        "  <ribbon>",
        "    <tabs>",
        '      <tab id="gradsheet" label="Gradsheet">',
        *(f"        {line}" for line in (*training_groups(), *workbook_group())),
        "      </tab>",
        "    </tabs>",
        "  </ribbon>",
        "</customUI>",
    ]
    return "\n".join(lines) + "\n"


def training_groups() -> Iterator[str]:
    """Yield the groups of the buttons that every program has."""
    yield '<group id="training" label="Training">'
    for command in COMMANDS:
        if command.begins_group:
            yield f'  <separator id="before_{command.name}"/>'
        yield "  " + button(command.name, command.label, command.help, "Click", command.picture, command.name)
    yield "</group>"


def workbook_group() -> Iterator[str]:
    """Yield the group of what only Excel has."""
    yield '<group id="workbook" label="Workbook">'
    yield "  " + button(
        "insert", "Insert formula", "Choose a formula and fill in its cells", "Insert", "FunctionWizard"
    )
    yield "  " + button(
        "new", "New workbook", "Make a workbook in which the formulas can be typed", "Open", "FileNew", BLANK
    )
    yield '  <menu id="templates" label="Open template" size="large" imageMso="FileOpen">'
    for name in BUNDLED:
        yield "    " + button(
            name, TEMPLATES[name].summary, f"Make a copy of {name}.xlsm and open it", "Open", None, name
        )
    yield "  </menu>"
    yield "  " + button(
        "repair", "Repair links", "Let formulas from another computer find the add-in here", "Repair", "HyperlinkInsert"
    )
    yield "  " + button("doctor", "Doctor", "Check every step from Excel to Python", "Doctor", "ErrorChecking")
    yield "</group>"


def button(name: str, label: str, tip: str, callback: str, image: str | None, tag: str = "") -> str:
    """Return a button; one in a menu has no picture and no size."""
    given = {"id": name, "label": label, "screentip": label, "supertip": tip}
    given |= {} if image is None else {"size": "large", "imageMso": image}
    given |= {"tag": tag} if tag else {}
    attributes = " ".join(f"{key}={quoteattr(value)}" for key, value in given.items())
    return f'<button {attributes} onAction="GradsheetRibbon{callback}"/>'

"""The names under which the office knows Gradsheet's parts."""

IDENTIFIER = "org.gradsheet"
"""The extension, the module of its interface and the protocol of its buttons."""

INTERFACE = "XFunctions"
FUNCTIONS = f"{IDENTIFIER}.Functions"
HANDLER = f"{IDENTIFIER}.Handler"
LOAD_JOB = f"{IDENTIFIER}.LoadJob"
SAVE_JOB = f"{IDENTIFIER}.SaveJob"
TOOLBAR = f"{IDENTIFIER}.toolbar"
MENU = f"{IDENTIFIER}.menu"
PROTOCOL = f"{IDENTIFIER}:"

CATEGORY = "Add-In"
"""Where the function wizard lists the formulas."""

PACKAGE = "gradsheet.oxt"
COMPONENT = "gradsheet_component.py"
PYTHON_PATH = "gradsheet-python-path.txt"
"""A file in the office's user folder: the folders of Gradsheet and of what it needs, one a line."""


def idl_name(name: str) -> str:
    """Return how the interface spells an argument; UNO allows an underscore among capitals only."""
    return name.upper()


def command_url(name: str) -> str:
    """Return the URL that stands for a click on a button: org.gradsheet:step."""
    return PROTOCOL + name

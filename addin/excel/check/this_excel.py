"""Start the Excel of this machine through xlwings."""

import importlib
from typing import Any


def start_excel() -> Any:
    """Return a new Excel in a window, without a workbook."""
    import xlwings  # here, because it takes a while

    return xlwings.App(visible=True, add_book=False)


def left_out() -> Any:
    """Return what COM takes for an argument that is left out; pywin32's own Missing goes into typed calls alone."""
    constants = importlib.import_module("winerror")
    kind = importlib.import_module("pythoncom").VT_ERROR
    return importlib.import_module("win32com.client").VARIANT(kind, constants.DISP_E_PARAMNOTFOUND)

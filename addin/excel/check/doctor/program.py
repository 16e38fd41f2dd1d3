"""Whether this is an Excel that can call Python."""

from collections.abc import Iterator

from addin.excel.install.office import Excel
from addin.finding import Finding

OLDEST = 16


def examine_program(excel: Excel) -> Iterator[Finding]:
    """Look at the program's version, at where it came from, and at what it is made for."""
    name = f"Excel {excel.release or excel.version}"
    if float(excel.version) < OLDEST:
        yield Finding(False, f"{name} is older than Excel 2016: install a newer one, or use LibreOffice.")
    else:
        yield Finding(True, f"{name} is at {excel.program or 'a place that Windows does not name'}")
    if excel.is_from_store:
        yield Finding(
            False,
            "Excel comes from the Microsoft Store, whose sandbox keeps Python out: remove Office in Settings, Apps, "
            "and install it from office.com with the same licence.",
        )
    if excel.bits is None:
        yield Finding(True, "Windows does not say whether Excel is of 32 or 64 bits", is_note=True)
    elif excel.is_arm:
        yield Finding(True, "Excel is made for ARM processors; Gradsheet has not been tried there", is_note=True)
    else:
        yield Finding(True, f"Excel is a program of {excel.bits} bits")

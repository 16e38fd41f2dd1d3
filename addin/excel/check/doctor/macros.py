r"""Whether Excel lets macros run, which the user sets under Software\Microsoft, an administrator under Policies.

The values are those of Microsoft's documentation of the Trust Center's VBAWarnings and of the add-in settings.
"""

from collections.abc import Iterator

from addin.excel.install.office import Excel
from addin.excel.install.windows import MACHINE, USER, Windows, first_value
from addin.finding import Finding

ENABLED, ASKS, SIGNED_ONLY, DISABLED = 1, 2, 3, 4
TRUST_CENTER = "File, Options, Trust Center, Trust Center Settings"
ADMINISTRATOR = (
    "an administrator has set this: ask for the add-ins folder and the workbooks' folder as trusted locations"
)


def examine_macros(windows: Windows, excel: Excel) -> Iterator[Finding]:
    """Look at the macro settings, the administrator's first, for they win."""
    policies = [
        rf"{root}\Software\Policies\Microsoft\Office\{excel.version}\Excel\Security" for root in (USER, MACHINE)
    ]
    own = [rf"{excel.key}\Security"]
    ruled = first_value(windows.registry, policies, "VBAWarnings")
    setting = first_value(windows.registry, own, "VBAWarnings") if ruled is None else ruled
    way_out = ADMINISTRATOR if ruled is not None else f"{TRUST_CENTER}, Macro Settings: Disable with notification"
    if setting == DISABLED:
        yield Finding(False, f"Excel runs no macros at all: {way_out}.")
    elif setting == SIGNED_ONLY:
        yield Finding(False, f"Excel runs signed macros only, and Gradsheet is built here unsigned: {way_out}.")
    elif setting == ENABLED:
        yield Finding(True, "Excel runs all macros without asking")
    else:
        yield Finding(True, "Excel asks before it runs macros: click Enable Content the first time")
    for name, meaning, place in (
        ("DisableAllAddins", "Excel loads no add-ins", "Add-ins: clear Disable all Application Add-ins"),
        (
            "RequireAddinSig",
            "Excel loads signed add-ins only",
            "Add-ins: clear Require Application Add-ins to be signed",
        ),
    ):
        if first_value(windows.registry, policies, name) == 1:
            yield Finding(False, f"{meaning}: {ADMINISTRATOR}.")
        elif first_value(windows.registry, own, name) == 1:
            yield Finding(False, f"{meaning}: {TRUST_CENTER}, {place}.")

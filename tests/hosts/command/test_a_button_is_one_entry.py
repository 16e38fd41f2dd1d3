"""One more entry in the table of buttons, and every program has it: nothing else lists them."""

import json
import subprocess
import sys

ADD_ONE = """
import json
from workbooks.clicks import table
from workbooks.clicks.click import Click

HALVE = Click("halve", "Halve the weights", "Divide every weight by two", lambda run: None, sign="½ ")
table.COMMANDS += (HALVE,)
table.CLICKS["halve"] = HALVE

from addin.calc.inside.help import help_text
from addin.calc.install.menus import buttons
from addin.calc.install.package import contents
from addin.cli.reference import markdown
from workbooks.sheets.buttons import useful_clicks
from addin.excel.build.ribbon import ribbon
from addin.excel.build.vba import buttons_module
from addin.excel.check.smoke.buttons import in_turn

print(json.dumps({
    "toolbar, menu and icons": buttons().count("org.gradsheet:halve"),
    "icon": contents()["icons/halve.svg"].decode().count("½"),
    "help in Calc": help_text().count("Halve the weights: Divide every weight by two."),
    "ribbon": ribbon().count('tag="halve"'),
    "macro": buttons_module().count("Public Sub GradsheetHalve()"),
    "on a sheet": useful_clicks(dict.fromkeys(["inputs", "target", "weight_1"], "")).count(HALVE),
    "trial": in_turn().count(HALVE),
    "documents": markdown().count("| Halve the weights | Divide every weight by two |"),
}))
"""


def test_one_entry_is_a_button_everywhere():
    ran = subprocess.run([sys.executable, "-c", ADD_ONE], capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    assert found.pop("toolbar, menu and icons") == 3
    assert found == dict.fromkeys(found, 1)

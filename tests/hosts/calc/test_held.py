"""Calc does not change a workbook while the command works on it."""

import pytest

from workbooks.xlsx.locks import held


def test_a_workbook_that_the_command_works_on_opens_to_be_read_only(calc, template):
    path = str(template("titanic_linear"))
    with held(template("titanic_linear")):
        # Calc asks a person what to do about the lock; here is nobody to answer.
        with pytest.raises(AssertionError, match="could not load the file"):
            calc.open(path)
        calc.close(calc.open(path, True, True))
    calc.close(calc.open(path))

import openpyxl
import pytest

from workbooks.sheets.status import ABOVE_THE_START, AS_SAVED


def texts_of_start(path):
    book = openpyxl.load_workbook(path, data_only=True)
    return {cell.value for row in book["Start"].iter_rows() for cell in row}


@pytest.mark.parametrize("name", ["titanic_linear", "titanic_two_layer"])
def test_start_says_that_the_learning_rate_is_too_high_until_reset(gradsheet, template, name):
    path = template(name)
    assert AS_SAVED in texts_of_start(path)
    gradsheet("train", path, "--lr", 3, "--epochs", 8)
    assert ABOVE_THE_START in texts_of_start(path)
    gradsheet("train", path, "--reset", "--lr", 0.1, "--epochs", 1)
    assert AS_SAVED in texts_of_start(path)

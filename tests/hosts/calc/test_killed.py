"""The office killed in the middle of an epoch."""

from workbooks.xlsx.workbook import WorkbookFile


def test_the_file_on_disk_is_whole(own_calc, template, gradsheet):
    path = template("titanic_two_layer")
    before = path.read_bytes()
    book = own_calc.open(str(path))
    own_calc.put_named(book, "epochs_per_click", [[1_000_000]])
    own_calc.click_and_die(book, "epochs", 2)
    assert path.read_bytes() == before
    for lock in path.parent.glob(".~lock.*"):
        lock.unlink()
    WorkbookFile.open(path)
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0

"""Protecting a sheet keeps slips of the hand out; the command writes what it was asked to, and the protection stays."""

import openpyxl


def test_a_protected_sheet_in_a_file_is_trained_and_stays_protected(small_book, gradsheet):
    path = small_book()
    book = openpyxl.load_workbook(path)
    book["Model"].protection.enable()
    book.save(path)
    assert gradsheet("train", path, "--epochs", 2, "--quiet").status == 0
    book = openpyxl.load_workbook(path)
    assert book["Model"].protection.sheet
    sheet, place = next(book.defined_names["epoch"].destinations)
    assert book[sheet][place.partition(":")[0]].value == 2

"""The lessons: a workbook each, built as a program."""

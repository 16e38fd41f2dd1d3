"""Gradsheet in Microsoft Excel on Windows, through xlwings."""

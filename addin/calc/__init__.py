"""Gradsheet in LibreOffice Calc: the extension, what runs inside the office, and how it is installed."""

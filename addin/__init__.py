"""The hosts that put Gradsheet into a spreadsheet, and its command line."""

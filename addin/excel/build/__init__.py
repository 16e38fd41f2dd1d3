"""The files that Excel opens: workbooks with macros and the add-in."""

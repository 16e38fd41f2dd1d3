"""Installing: from an unpacked folder and a bare Python to Gradsheet in Excel."""

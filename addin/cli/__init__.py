"""The command: gradsheet build, train, evaluate, export, import, functions and warm."""

"""The command: gradsheet build, train, evaluate, export, import and functions."""

from addin.cli.main import main

__all__ = ["main"]

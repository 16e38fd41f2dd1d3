"""The one error the plain-file host raises."""

from pyfuncs.cells.errors import GradsheetError


class FileProblem(GradsheetError):  # noqa: N818 - read aloud it is what the user is told: a problem with the file
    """A file cannot be read or written as it is; the text names it and says what to do."""

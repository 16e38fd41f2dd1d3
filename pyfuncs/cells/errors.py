"""The errors Gradsheet raises, and the error values a spreadsheet shows for them."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """An error value as a spreadsheet spells it; ISERROR and IFERROR see it as an error."""

    NULL = "#NULL!"
    DIV0 = "#DIV/0!"
    VALUE = "#VALUE!"
    REF = "#REF!"
    NAME = "#NAME?"
    NUM = "#NUM!"
    NA = "#N/A"


class GradsheetError(Exception):
    """A problem the user can mend; its text is one plain sentence that says what, where and what to do."""


class CellError(GradsheetError):
    """A formula cannot give a value: the cell shows `code`, the Messages button shows the sentence."""

    def __init__(self, code: ErrorCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code

"""What a formula and a click come to without Gradsheet: the same values and questions, and nothing done with them."""

import time

import xlwings as xw


@xw.func
def processor():
    """Return how many seconds of the processor this Python has used since it began."""
    return time.process_time()


@xw.func
@xw.arg("first", ndim=2, err_to_str=True)
@xw.arg("second", ndim=2, err_to_str=True)
def nothing(first, second):
    """Do nothing with arguments."""
    return 0.0


@xw.func
@xw.arg("first", ndim=2, err_to_str=True)
@xw.arg("second", ndim=2, err_to_str=True)
def zeros(first, second):
    """Return as many cells as the product of two matrices has, and compute none."""
    return [[0.0] * len(second[0])] * len(first)


@xw.func
def ask(times):
    """Ask the workbook that called for its name so many times."""
    book = xw.Book.caller().api
    for _ in range(int(times)):
        book.Name  # noqa: B018 - the question is what counts
    return 0.0
